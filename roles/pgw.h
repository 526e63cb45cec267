/* SPDX-License-Identifier: Apache-2.0
 *
 * The P-GW, and as well the GGSN: GTPv2-C from a S-GW, GTPv1-C from a SGSN, the user plane of both. An APN is of one of
 * two kinds. E2M: N-PDUs go to and come from the HSE as G-PDUs with this gateway's TEID; a container in the PCO becomes
 * a BEARER message to the HSE, and its answer a container in the PCO of the answer (contribution 003, steps 5 to 9).
 * TUNNEL: each device has an IPv4 address of a pool, and its N-PDUs leave as UDP towards the APN's server (TS 23.401
 * 4.3.17.8.3.3.2).
 * It must never believe a container that names another IMSI than that of its own context, and never pass an N-PDU
 * between a context and an address that does not belong to it. Memory is the owner's.
 */
#ifndef GODWIT_ROLES_PGW_H
#define GODWIT_ROLES_PGW_H

#include "roles/gtp_path.h"

#define GODWIT_PGW_CONTEXTS_MAX 65536
#define GODWIT_PGW_APNS_MAX 8
#define GODWIT_PGW_QOS_MAX 32 /* 24.008 10.5.6.5 has 21 octets after its length */

typedef enum godwit_pgw_apn_kind { GODWIT_PGW_E2M = 1, GODWIT_PGW_TUNNEL = 2 } godwit_pgw_apn_kind_t;

typedef struct godwit_pgw_apn {
    godwit_apn_t name;
    godwit_pgw_apn_kind_t kind;
    /* E2M */
    godwit_address_t hse;               /* its GTP-U: IPv4 and port */
    char endpoint[GODWIT_FQDN_MAX + 1]; /* its name, in ACTIVATION */
    bool notify_home;                   /* variant 1B: ACTIVATION to the HSS goes before BEARER */
    /* TUNNEL */
    godwit_address_t server; /* IPv4 and port of the application server, or HSE */
    uint8_t pool[4];         /* address of the first device */
    uint32_t pool_size;      /* addresses; 0: as many as contexts */
    uint16_t device_port;    /* 0: the server's */
} godwit_pgw_apn_t;

typedef enum godwit_pgw_state {
    GODWIT_PGW_FREE = 0,
    GODWIT_PGW_ACTIVE,
    GODWIT_PGW_WAIT_HOME, /* ACTIVATION was sent */
    GODWIT_PGW_WAIT_HSE,  /* BEARER was sent */
} godwit_pgw_state_t;

/* One PDN connection or PDP context. */
typedef struct godwit_pgw_context {
    godwit_pgw_state_t state;
    uint8_t version;       /* of GTP: 1 from a SGSN, 2 from a S-GW */
    uint8_t apn;           /* which of the configuration */
    uint8_t bearer_number; /* EBI or NSAPI */
    bool told;             /* the HSE has had a BEARER for it */
    uint32_t teid;         /* ours: control and user plane */
    uint32_t peer_teid, peer_user_teid;
    uint8_t peer[4], peer_user[4];
    godwit_imsi_t imsi;
    godwit_plmn_t serving_network;
    uint32_t device; /* TUNNEL: which address of the pool */
    /* The request that waits for an answer. */
    bool created; /* it has been answered once: later ones modify */
    uint8_t asked_type;
    uint32_t asked_sequence;
    godwit_address_t asked_from;
    uint8_t pti;
    uint32_t pco_element; /* which element the PCO came in, and goes back in: GODWIT_GTPV2_PCO, _APCO or _EPCO */
    uint32_t transaction; /* of the message that is out */
    godwit_bearer_t bearer;
    /* What answers repeat. */
    uint16_t pdp_type;
    uint32_t ambr_up, ambr_down;
    godwit_bearer_qos_t bearer_qos;
    uint8_t qos_len;
    uint8_t qos[GODWIT_PGW_QOS_MAX];
} godwit_pgw_context_t;

typedef struct godwit_pgw_config {
    uint8_t ipv4[4];               /* its own: GTP-C and GTP-U */
    uint16_t gtpc_port, gtpu_port; /* where the other nodes listen; 0: 2123 and 2152 */
    godwit_gtp_peers_t peers;      /* S-GWs and SGSNs: from others nothing is taken, but user plane of an HSE */
    uint8_t recovery;              /* restart counter (TS 23.007 18) */
    uint32_t t3_ms;                /* 0: as godwit_gtp_path_init */
    uint8_t n3;
    uint32_t hse_wait_ms;  /* for BEARER_ANSWER; 0: 2500; then the answer goes without a container */
    uint32_t home_wait_ms; /* for ACTIVATION_ANSWER; 0: 2500 */
    godwit_plmn_t home;    /* whose containers it takes */
    bool strip_container;  /* a gateway without Godwit: the PCO is not looked at, and nothing put into it */
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
    uint8_t apns;
    godwit_pgw_apn_t apn[GODWIT_PGW_APNS_MAX];
} godwit_pgw_config_t;

typedef struct godwit_pgw {
    godwit_pgw_config_t config;
    godwit_gtp_path_t path;
    godwit_pgw_context_t *contexts;
    size_t capacity;
    uint32_t next_transaction;
} godwit_pgw_t;

/* GODWIT_INVALID_ARGUMENT: a table of size 0, more contexts than GODWIT_PGW_CONTEXTS_MAX, no APN, or one that is not
 * complete. */
GODWIT_MUST_USE godwit_status_t godwit_pgw_init(godwit_pgw_t *pgw, const godwit_pgw_config_t *config,
                                                godwit_pgw_context_t *contexts, size_t capacity,
                                                godwit_gtp_pending_t *pending, size_t pending_capacity,
                                                godwit_gtp_answered_t *answered, size_t answered_capacity);
/* Inputs: DATAGRAM of GTPC, GTPU and SGI, MESSAGE (BEARER_ANSWER, ACTIVATION_ANSWER), TIMER. Needs: RANDOM (TEID of a
 * new context).
 * Events: context_created, context_modified, context_released; refused; not_entitled (the container names another
 * IMSI); bearer_unanswered and activation_unanswered, bearer_refused and activation_refused (the answer goes without a
 * container). */
void godwit_pgw_step(godwit_pgw_t *pgw, const godwit_input_t *in, godwit_outbox_t *out);

#endif
