/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks that the sections of the configuration share. Each returns false after it has written config->error: "FILE:
 * WHERE: what".
 */
#ifndef GODWITD_CONFIG_CHECK_H
#define GODWITD_CONFIG_CHECK_H

#include "daemons/godwitd/config.h"

/* where may hold one %u for index. */
bool config_refuse(config_t *c, const char *where, unsigned index, const char *what, const char *value);
bool config_name(config_t *c, const char *where, unsigned index, const char *text, char name[GODWIT_NODE_NAME_MAX]);
bool config_plmn(config_t *c, const char *where, unsigned index, const char *text, godwit_plmn_t *plmn);
bool config_address(config_t *c, const char *where, unsigned index, const char *text, godwit_address_t *address);
/* An address as host and port, for adapters that want it so. */
bool config_host_port(config_t *c, const char *where, unsigned index, const char *text, char host[64], uint16_t *port);
/* An IPv4 address without a port. */
bool config_ipv4(config_t *c, const char *where, unsigned index, const char *text, uint8_t ipv4[4]);
/* 0 stays 0; else within least and most. */
bool config_range(config_t *c, const char *where, uint32_t value, uint32_t least, uint32_t most);
/* Agreements 03, 04 and 07, with access also 01 and 02, as bits; none listed: 03. */
bool config_agreements(config_t *c, const char *where, char **names, unsigned count, bool access, uint8_t *bits);

/* Where a function in another process is: realm, and a host unless any of the realm will do. */
bool config_remote(config_t *c, const char *where, const raw_remote_t *raw, char host[GODWIT_NODE_NAME_MAX],
                   char realm[GODWIT_NODE_NAME_MAX]);

/* Adds to the deliveries of the process. */
bool config_deliveries(config_t *c, const raw_delivery_t *raw, unsigned count);
/* The queue before them; after all sections that deliver. raw NULL: as it is best. */
bool config_queue(config_t *c, const raw_queue_t *raw);

/* Solution 1 in three sections (config_e2m.c); raw NULL: without it. */
bool config_hss_e2m(config_t *c, const raw_hss_e2m_t *raw);
bool config_emks_e2m(config_t *c, const raw_emks_t *raw);
bool config_hse_e2m(config_t *c, const raw_hse_e2m_t *raw);

/* The sections. */
bool config_eese_section(config_t *c, const raw_eese_t *raw);
bool config_hse_e2e(config_t *c, const raw_hse_t *raw); /* hse.eese, hse.eas: after endpoint */
bool config_hss_section(config_t *c, const raw_hss_t *raw);
bool config_emks_section(config_t *c, const raw_emks_t *raw);
bool config_hse_section(config_t *c, const raw_hse_t *raw);
bool config_naf_section(config_t *c, const raw_naf_t *raw);
bool config_emks_gba(config_t *c, const raw_emks_gba_t *raw); /* after the agreements */
bool config_mme_section(config_t *c, const raw_mme_t *raw);
bool config_mme_trigger(config_t *c, const raw_mme_trigger_t *raw); /* config_mme_trigger.c */
bool config_sgsn_section(config_t *c, const raw_sgsn_t *raw);
/* Next session: what mme and sgsn have alike, under that name; and the rest of each. */
typedef struct config_next_session {
    bool on, early;
    uint32_t life_s, wait_ms;
} config_next_session_t;
bool config_next_session(config_t *c, const char *where, const raw_next_session_t *raw, config_next_session_t *made);
bool config_mme_next_session(config_t *c, const raw_mme_t *raw);
bool config_sgsn_next_session(config_t *c, const raw_sgsn_t *raw);
/* Short messages (config_sms.c): *on when there is a SMS-SC, here or elsewhere. */
bool config_iwf_number(config_t *c, const char *where, const char *text, char number[GODWIT_E164_MAX + 1]);
bool config_sms_node(config_t *c, const char *where, const raw_remote_t *raw, bool *on);
bool config_hse_sms(config_t *c, const raw_sms_link_t *raw);
bool config_msc_section(config_t *c, const raw_msc_t *raw);
bool config_sms_sc_section(config_t *c, const raw_sms_sc_t *raw);
bool config_sgw_section(config_t *c, const raw_sgw_t *raw);
bool config_pgw_section(config_t *c, const raw_pgw_t *raw);
bool config_diameter_section(config_t *c, const raw_diameter_t *raw);
bool config_intercept_section(config_t *c, const raw_intercept_t *raw); /* hse.intercept */
bool config_mkef_section(config_t *c, const raw_mkef_t *raw);
bool config_mtc_server_section(config_t *c, const raw_mtc_server_t *raw);
/* The EESEs that an owner of key sets answers (config_eeses.c). */
bool config_eeses(config_t *c, const char *where, char **names, unsigned count, config_eeses_t *eeses);
bool config_hss_device_rand(config_t *c, const raw_hss_t *raw);
bool config_hss_gba(config_t *c, const raw_hss_t *raw);
bool config_hss_akma(config_t *c, const raw_hss_t *raw);
bool config_hss_trigger(config_t *c, const raw_hss_trigger_t *raw); /* config_home.c */
bool config_ausf_section(config_t *c, const raw_ausf_t *raw);
bool config_aanf_section(config_t *c, const raw_aanf_t *raw);
/* Certificate, key and ca of a HTTPS door; all three are needed. */
bool config_tls_files(config_t *c, const char *where, const raw_tls_t *raw, config_tls_t *to);
bool config_rest(config_t *c, const raw_mtc_iwf_t *raw);              /* after the sources */
bool config_downlink_section(config_t *c, const raw_downlink_t *raw); /* after the store */
bool config_aaa_section(config_t *c, const raw_aaa_t *raw);
bool config_hss_aaa(config_t *c, const raw_hss_t *raw);
bool config_emks_akma(config_t *c, const raw_akma_client_t *raw); /* after the agreements */
bool config_gba_bsf_section(config_t *c, const raw_gba_bsf_t *raw);
bool config_mtc_iwf_section(config_t *c, const raw_mtc_iwf_t *raw);
bool config_scs_section(config_t *c, const raw_scs_t *raw);
bool config_eas_section(config_t *c, const raw_eas_t *raw);
bool config_metrics_section(config_t *c, const raw_metrics_t *raw);
bool config_policy_section(config_t *c, const raw_policy_t *raw);

#endif
