/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration file as it stands in YAML: texts and numbers, each NULL or zero when absent. What it means is
 * config.h's.
 */
#ifndef GODWITD_CONFIG_RAW_H
#define GODWITD_CONFIG_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemons/godwitd/config_raw_aaa.h"
#include "daemons/godwitd/config_raw_downlink.h"
#include "daemons/godwitd/config_raw_akma.h"
#include "daemons/godwitd/config_raw_e2e.h"
#include "daemons/godwitd/config_raw_metrics.h"
#include "daemons/godwitd/config_raw_policy.h"
#include "daemons/godwitd/config_raw_deliver.h"
#include "daemons/godwitd/config_raw_sms.h"
#include "daemons/godwitd/config_raw_eas.h"
#include "daemons/godwitd/config_raw_trigger.h"

#define CONFIG_ERROR_MAX 512
#define CONFIG_FILE_MAX ((size_t)1 << 20)

typedef struct raw_store {
    char *path, *key_file;
    uint32_t busy_ms;
} raw_store_t;

typedef struct raw_log {
    char *level, *imsi, *format;
} raw_log_t;

typedef struct raw_control {
    char *path;
} raw_control_t;

typedef struct raw_node {
    char *host;
    uint32_t ind;
    bool home;
} raw_node_t;

typedef struct raw_network {
    char *realm, *plmn;
} raw_network_t;

/* Where another function is, when it is in another process. */
typedef struct raw_remote {
    char *host, *realm;
} raw_remote_t;

typedef struct raw_hss_e2m {
    char *delivery, *endpoint, *hse_realm, *amf_flag;
    raw_remote_t *emks;
    char **gateways;
    unsigned gateways_count;
    uint32_t retention_seconds, push_life_seconds;
} raw_hss_e2m_t;

/* Device triggering: the MTC-IWFs of this home, and what associations stand on. */
typedef struct raw_hss_iwf {
    char *host, *realm;
    bool roots;
} raw_hss_iwf_t;

typedef struct raw_hss_trigger {
    char *root;
    raw_hss_iwf_t *mtc_iwfs;
    unsigned mtc_iwfs_count;
} raw_hss_trigger_t;

typedef struct raw_hss {
    char *best_plmn;
    uint32_t vectors_per_request, ticks_per_second, skew_ticks;
    raw_node_t *nodes;
    unsigned nodes_count;
    raw_network_t *networks;
    unsigned networks_count;
    raw_hss_e2m_t *e2m;
    char **mkefs;
    unsigned mkefs_count;
    bool plain_rand;
    char **bsfs;
    unsigned bsfs_count;
    uint32_t gba_life_seconds;
    char **ausfs;
    unsigned ausfs_count;
    char **aaas, **eese_hosts;
    unsigned aaas_count, eese_hosts_count;
    raw_hss_trigger_t *trigger;
} raw_hss_t;

typedef struct raw_tls {
    char *certificate, *key, *ca;
} raw_tls_t;

typedef struct raw_mkef {
    char *listen, *ts33868;
    char **callers;
    unsigned callers_count;
    raw_tls_t *tls;
    raw_remote_t *hss;
    uint32_t requests_per_minute, failures_per_minute, outstanding, connections, connections_of_one;
} raw_mkef_t;

typedef struct raw_mtc_server {
    char *url, *connect_to, *ts33868;
    raw_tls_t *tls;
    uint32_t timeout_ms;
} raw_mtc_server_t;

typedef struct raw_gsup {
    char *address, *name;
} raw_gsup_t;

typedef struct raw_emks {
    char *best_plmn, *source, *separate_umts;
    char **agreements, **separate_umts_imsis, **pushes_from, **eese_hosts;
    unsigned agreements_count, separate_umts_imsis_count, pushes_from_count, eese_hosts_count;
    raw_gsup_t *gsup;
    raw_remote_t *hss;
    uint32_t timeout_ms, key_set_days;
    struct raw_emks_gba *gba;
    struct raw_akma_client *akma;
} raw_emks_t;

typedef struct raw_intercept {
    char *targets, *url, *queue, *audit;
    uint32_t queue_copies, retry_ms;
    raw_tls_t *tls;
} raw_intercept_t;

typedef struct raw_gateway {
    char *host, *address;
} raw_gateway_t;

typedef struct raw_hse_e2m {
    char *source, *push_from;
    raw_remote_t *hss;
    raw_gateway_t *gateways;
    unsigned gateways_count;
    uint32_t idle_seconds, bearers, bearers_per_imsi, pushes;
} raw_hse_e2m_t;

typedef struct raw_hse {
    char *endpoint, *below_minimum, *gtpu, *next_vector;
    char **listen, **agreements, **suites;
    unsigned listen_count, agreements_count, suites_count;
    uint32_t *session_octets, *counter_octets;
    uint32_t rekey_datagrams, rekey_days, reauthenticate_generations, reauthenticate_days;
    uint32_t exchange_seconds, exchanges_per_imsi, budget_octets, retransmit_ms, attempts;
    uint32_t sessions, exchanges, senders;
    raw_remote_t *emks, *eese;
    raw_hse_eas_t *eas;
    raw_hse_e2m_t *e2m;
    raw_delivery_t *deliver;
    unsigned deliver_count;
    raw_queue_t *deliver_queue;
    raw_intercept_t *intercept;
    raw_sms_link_t *sms;
} raw_hse_t;

/* Next session, of mme and sgsn alike. */
typedef struct raw_next_session {
    bool on, early;
    uint32_t life_days, wait_ms;
} raw_next_session_t;

typedef struct raw_mme_other {
    uint32_t group, code;
    char *address;
} raw_mme_other_t;

typedef struct raw_mme_trigger {
    bool on;
    raw_remote_t *mtc_iwf;
    uint32_t wait_ms;
} raw_mme_trigger_t;

typedef struct raw_mme {
    char *plmn, *radio, *gtp, *sgw, *pgw, *apn;
    char **eea, **eia;
    unsigned eea_count, eia_count;
    raw_remote_t *hss, *sms_sc;
    uint32_t idle_seconds, devices, tac, group, code, reauthenticate_attaches;
    bool unaware;
    raw_next_session_t *next_session;
    raw_mme_other_t *others;
    unsigned others_count;
    raw_mme_trigger_t *trigger;
} raw_mme_t;

typedef struct raw_sgsn_apn {
    char *name, *ggsn;
} raw_sgsn_apn_t;

typedef struct raw_sgsn_other {
    uint32_t lac, rac;
    char *address;
} raw_sgsn_other_t;

typedef struct raw_sgsn {
    char *plmn, *radio, *gtp;
    raw_sgsn_apn_t *apns;
    unsigned apns_count;
    raw_remote_t *hss, *sms_sc;
    uint32_t idle_seconds, devices, lac, rac, reauthenticate_attaches;
    bool unaware;
    char *ki128, *iwf_number;
    raw_next_session_t *next_session;
    raw_sgsn_other_t *others;
    unsigned others_count;
} raw_sgsn_t;

typedef struct raw_sgw {
    char *gtp;
    char **peers;
    unsigned peers_count;
    uint32_t contexts;
} raw_sgw_t;

typedef struct raw_pgw_apn {
    char *name, *kind, *hse, *endpoint, *server, *pool;
    bool notify_home;
    uint32_t pool_size;
} raw_pgw_apn_t;

typedef struct raw_pgw {
    char *gtp, *home;
    char **peers;
    unsigned peers_count;
    raw_pgw_apn_t *apns;
    unsigned apns_count;
    raw_remote_t *hse, *hss;
    uint32_t contexts, hse_wait_ms, home_wait_ms, device_port;
    bool strip_container;
} raw_pgw_t;

typedef struct raw_peer {
    char *identity, *realm, *address, *protection, **only;
    unsigned only_count;
    bool relay;
} raw_peer_t;

typedef struct raw_diameter {
    char *listen, *link_protected;
    raw_peer_t *peers;
    unsigned peers_count;
    raw_tls_t *tls;
    uint32_t timeout_ms;
} raw_diameter_t;

typedef struct raw_config {
    char *identity, *realm;
    char **functions;
    unsigned functions_count;
    raw_store_t *store;
    raw_log_t *log;
    raw_control_t *control;
    raw_metrics_t *metrics;
    raw_hss_t *hss;
    raw_emks_t *emks;
    raw_hse_t *hse;
    raw_mme_t *mme;
    raw_sgsn_t *sgsn;
    raw_sgw_t *sgw;
    raw_pgw_t *pgw;
    raw_msc_t *msc;
    raw_sms_sc_t *sms_sc;
    raw_diameter_t *diameter;
    raw_policy_t *policy;
    raw_mkef_t *mkef;
    raw_mtc_server_t *mtc_server;
    raw_gba_bsf_t *gba_bsf;
    raw_naf_t *naf;
    raw_ausf_t *ausf;
    raw_aaa_t *aaa;
    raw_downlink_t *downlink;
    raw_aanf_t *aanf;
    raw_mtc_iwf_t *mtc_iwf;
    raw_scs_t *scs;
    raw_eese_t *eese;
    raw_eas_t *eas;
} raw_config_t;

/* Reads YAML text. On failure *raw is NULL and error says what and in which line: "FILE:LINE: ...". */
bool raw_config_parse(const char *file, const char *text, size_t len, raw_config_t **raw, char error[CONFIG_ERROR_MAX]);
void raw_config_free(raw_config_t *raw); /* NULL is none */

#endif
