/* SPDX-License-Identifier: Apache-2.0
 *
 * What the configuration says, checked: every value is one that the daemon can use, every default is filled in.
 */
#ifndef GODWITD_CONFIG_H
#define GODWITD_CONFIG_H

#include "adapters/deliver/queue.h"
#include "adapters/diameter/diameter.h"
#include "adapters/observe/observe.h"
#include "adapters/policy/server.h"
#include "adapters/psk/psk.h"
#include "adapters/ua/ua.h"
#include "adapters/ub/ub.h"
#include "adapters/udp/udp.h"
#include "daemons/godwitd/config_aaa.h"
#include "daemons/godwitd/config_downlink.h"
#include "daemons/godwitd/config_akma.h"
#include "daemons/godwitd/config_bits.h"
#include "daemons/godwitd/config_e2e.h"
#include "daemons/godwitd/config_eas.h"
#include "daemons/godwitd/config_emks.h"
#include "daemons/godwitd/config_raw.h"
#include "daemons/godwitd/config_trigger.h"
#include "roles/gba_bsf.h"
#include "roles/hse.h"
#include "roles/hss.h"
#include "roles/mkef.h"
#include "roles/mme.h"
#include "roles/naf.h"
#include "roles/msc.h"
#include "roles/pgw.h"
#include "roles/sgsn.h"
#include "roles/sgw.h"
#include "roles/sms_sc.h"

#define CONFIG_LISTEN_MAX 2 /* one IPv4, one IPv6: an answer leaves by the address that the request came to */
#define CONFIG_DELIVER_MAX GODWIT_QUEUE_DESTINATIONS
#define CONFIG_SESSIONS_DEFAULT 4096
#define CONFIG_EXCHANGES_DEFAULT 1024
#define CONFIG_SENDERS_DEFAULT 4096
#define CONFIG_BEARERS_DEFAULT 4096
#define CONFIG_PUSHES_DEFAULT 1024
#define CONFIG_GATEWAYS_MAX 16
#define CONFIG_TABLE_MAX (1u << 24)
#define CONFIG_DAY_MS (UINT64_C(24) * 3600 * 1000)

typedef struct config_log {
    godwit_log_level_t level;
    bool imsi_in_full, json;
} config_log_t;

typedef struct config_hss {
    godwit_plmn_t best_plmn;
    uint8_t vectors_per_request;
    uint64_t ticks_per_second, skew_ticks;
    godwit_hss_node_t nodes[GODWIT_HSS_NODES_MAX];
    size_t node_count;
    godwit_hss_network_t networks[GODWIT_HSS_NETWORKS_MAX];
    size_t network_count;
    godwit_hss_e2m_t e2m;
    char mkefs[GODWIT_HSS_MKEFS_MAX][GODWIT_NODE_NAME_MAX];
    size_t mkef_count;
    bool plain_rand;
    char bsfs[GODWIT_HSS_BSFS_MAX][GODWIT_NODE_NAME_MAX]; /* served over Zh */
    size_t bsf_count;
    uint32_t gba_life_s;
    char ausfs[GODWIT_HSS_AUSFS_MAX][GODWIT_NODE_NAME_MAX]; /* who is given 5G vectors */
    size_t ausf_count;
    char aaas[GODWIT_HSS_AUSFS_MAX][GODWIT_NODE_NAME_MAX]; /* who is given vectors of EAP-AKA' */
    size_t aaa_count;
    config_eeses_t eeses;
    godwit_hss_iwf_t iwfs[GODWIT_HSS_IWFS_MAX]; /* served over S6m; the first is told to nodes */
    size_t iwf_count;
    godwit_iwf_root_t iwf_root;
    /* Where what it pushes goes; the host of an HSE is its endpoint. Empty: in this process. */
    char hse_realm[GODWIT_NODE_NAME_MAX], emks_host[GODWIT_NODE_NAME_MAX], emks_realm[GODWIT_NODE_NAME_MAX];
} config_hss_t;

typedef struct config_mkef {
    bool served;
    char host[64];
    uint16_t port;
    config_tls_t tls;
    const char *callers[CONFIG_CALLERS_MAX + 1]; /* in the raw configuration; NULL ends them */
    godwit_mtc_profile_t ts33868;
    uint32_t requests_per_minute, failures_per_minute, outstanding_per_caller, connections, connections_of_one;
    char hss_host[GODWIT_NODE_NAME_MAX], hss_realm[GODWIT_NODE_NAME_MAX];
} config_mkef_t;

/* The way to the MKEF; url NULL: it is in this process, or there is no MTC server. */
typedef struct config_mtc_server {
    const char *url, *connect_to; /* in the raw configuration */
    config_tls_t tls;
    uint32_t timeout_ms;
    bool alone; /* the HSE here takes device RAND and nothing else: it needs no EMKS */
} config_mtc_server_t;

/* Readings wait in a queue: in the store, or in memory alone. */
typedef struct config_queue {
    bool used, store;
    uint32_t readings;
    uint64_t octets;
} config_queue_t;

/* Lawful interception; targets NULL: none. */
typedef struct config_intercept {
    const char *targets, *url, *queue, *audit, *certificate, *key, *ca; /* in the raw configuration */
    uint32_t queue_copies, retry_ms;
} config_intercept_t;

/* One end of the link between HSE and SMS-SC (docs/sms.md). */
typedef struct config_sms_link {
    bool used;
    godwit_address_t listen, peer;
} config_sms_link_t;

typedef struct config_hse {
    godwit_hse_config_t role; /* without crypto */
    godwit_address_t listen[CONFIG_LISTEN_MAX];
    size_t listen_count;
    bool has_gtpu;
    godwit_address_t gtpu; /* where gateways send G-PDUs */
    uint32_t sessions, exchanges, senders;
    uint32_t bearers, pushes; /* 0: no Solution 1 */
    godwit_hse_gateway_t gateways[CONFIG_GATEWAYS_MAX];
    char emks_host[GODWIT_NODE_NAME_MAX], emks_realm[GODWIT_NODE_NAME_MAX];
    char hss_host[GODWIT_NODE_NAME_MAX], hss_realm[GODWIT_NODE_NAME_MAX]; /* e2m.source hss */
    godwit_queue_destination_t deliver[CONFIG_DELIVER_MAX];               /* strings are in the raw configuration */
    config_queue_t queue;
    size_t deliver_count;
    config_intercept_t intercept;
    config_sms_link_t sms;
} config_hse_t;

typedef struct config_mme {
    godwit_mme_config_t role; /* without crypto */
    godwit_address_t radio;
    uint32_t devices;
} config_mme_t;

typedef struct config_sgsn {
    godwit_sgsn_config_t role; /* without crypto */
    godwit_address_t radio;
    uint32_t devices;
} config_sgsn_t;

typedef struct config_sgw {
    godwit_sgw_config_t role;
    uint32_t contexts;
} config_sgw_t;

typedef struct config_pgw {
    godwit_pgw_config_t role;
    uint32_t contexts;
    uint16_t device_port;
    bool tunnels; /* some APN is one */
    char hse_host[GODWIT_NODE_NAME_MAX], hse_realm[GODWIT_NODE_NAME_MAX];
    char hss_host[GODWIT_NODE_NAME_MAX], hss_realm[GODWIT_NODE_NAME_MAX];
} config_pgw_t;

typedef struct config_naf {
    godwit_naf_config_t role;          /* without crypto */
    char host[GODWIT_HTTPS_DOORS][64]; /* HTTP without TLS, with TLS; "": no such door */
    uint16_t port[GODWIT_HTTPS_DOORS];
    const char *certificate, *key; /* in the raw configuration */
    char psk_host[64];
    godwit_psk_config_t psk; /* without host; neither tls nor dtls: no such door */
    bool dtls_raw;           /* over DTLS comes what it is, not CoAP */
    uint32_t keys;
    bool kms; /* POST /kms is answered by the KMS of TS 33.328 */
} config_naf_t;

typedef struct config_gba_bsf {
    godwit_gba_bsf_config_t role;      /* without crypto */
    char host[GODWIT_HTTPS_DOORS][64]; /* without TLS, with TLS; "": no such door */
    uint16_t port[GODWIT_HTTPS_DOORS];
    const char *certificate, *key;                                        /* in the raw configuration */
    char hss_host[GODWIT_NODE_NAME_MAX], hss_realm[GODWIT_NODE_NAME_MAX]; /* empty: in this process */
} config_gba_bsf_t;
typedef struct config_msc {
    godwit_msc_config_t role; /* without crypto */
    godwit_address_t radio;
    uint32_t devices;
} config_msc_t;

typedef struct config_sms_sc {
    godwit_sms_sc_config_t role;
    uint32_t devices;
    config_sms_link_t hse;
} config_sms_sc_t;

typedef struct config_diameter {
    bool used;
    char listen[64];
    uint16_t port;
    uint32_t timeout_ms;
    godwit_diameter_peer_t peers[GODWIT_DIAMETER_PEERS_MAX];
    size_t peer_count;
    const char *certificate, *key, *ca, *link_protected; /* in the raw configuration; NULL: none */
} config_diameter_t;

typedef struct config_policy {
    const char *file, *state; /* in the raw configuration, as all texts here; file NULL: no policy */
    char **others;            /* files with policies of other networks */
    unsigned other_count;
    bool served;
    char host[64];
    uint16_t port;
    const char *certificate, *key, *ca;
    uint32_t connection_ms; /* 0: the server's own bound */
    godwit_policy_peer_t peers[GODWIT_POLICY_PEERS_MAX];
    size_t peer_count;
} config_policy_t;

typedef struct config_metrics {
    char host[64]; /* "": no such door */
    uint16_t port;
} config_metrics_t;

typedef struct config {
    char *file;
    raw_config_t *raw;
    char identity[GODWIT_NODE_NAME_MAX], realm[GODWIT_NODE_NAME_MAX];
    unsigned functions;
    const char *store_path, *key_file, *control_path; /* in the raw configuration; control NULL: none */
    uint32_t store_busy_ms;
    config_log_t log;
    config_metrics_t metrics;
    config_hss_t hss;
    config_emks_t emks;
    config_hse_t hse;
    config_hse_e2e_t hse_e2e;
    config_eese_t eese;
    config_mme_t mme;
    config_sgsn_t sgsn;
    config_sgw_t sgw;
    config_pgw_t pgw;
    config_msc_t msc;
    config_sms_sc_t sms_sc;
    char sms_sc_host[GODWIT_NODE_NAME_MAX], sms_sc_realm[GODWIT_NODE_NAME_MAX];           /* of mme, sgsn or msc */
    char visited_hss_host[GODWIT_NODE_NAME_MAX], visited_hss_realm[GODWIT_NODE_NAME_MAX]; /* of mme or sgsn */
    config_diameter_t diameter;
    config_policy_t policy;
    config_mkef_t mkef;
    config_mtc_server_t mtc_server;
    config_gba_bsf_t gba_bsf;
    config_naf_t naf;
    config_ausf_t ausf;
    config_aaa_t aaa;
    config_downlink_t downlink;
    config_aanf_t aanf;
    config_mtc_iwf_t mtc_iwf;
    config_scs_t scs;
    config_eas_t eas;
    char zn_host[GODWIT_NODE_NAME_MAX],
        zn_realm[GODWIT_NODE_NAME_MAX]; /* the BSF of naf and emks; empty: in this process */
    char error[CONFIG_ERROR_MAX];       /* the first thing that is wrong */
} config_t;

/* NULL when anything is wrong: error then says what, where, and what to do, in one line. */
config_t *config_load(const char *file, char error[CONFIG_ERROR_MAX]);
config_t *config_from_text(const char *file, const char *text, size_t len, char error[CONFIG_ERROR_MAX]);
void config_free(config_t *config);
/* As many timers as the functions can have running at once, with all their tables full. */
uint32_t config_timers(const config_t *config);
static inline bool config_has(const config_t *config, unsigned function)
{
    return (config->functions & function) != 0;
}

#endif
