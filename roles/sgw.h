/* SPDX-License-Identifier: Apache-2.0
 *
 * The S-GW (TS 23.401 4.4.3.2) for PDN connections over control plane CIoT optimisation: GTPv2-C and the user plane on
 * S11 towards the MME and on S5/S8 towards the P-GW. It relays: what it does not understand of a PCO it does not look
 * at. While a device is idle it keeps no data: a datagram for it is dropped, and the MME is told by Downlink Data
 * Notification. Memory is the owner's.
 */
#ifndef GODWIT_ROLES_SGW_H
#define GODWIT_ROLES_SGW_H

#include "roles/gtp_path.h"

#define GODWIT_SGW_CONTEXTS_MAX 32768

typedef enum godwit_sgw_state {
    GODWIT_SGW_FREE = 0,
    GODWIT_SGW_CREATING, /* the P-GW was asked */
    GODWIT_SGW_ACTIVE,
    GODWIT_SGW_DELETING,
} godwit_sgw_state_t;

/* One PDN connection with its default bearer. */
typedef struct godwit_sgw_context {
    godwit_sgw_state_t state;
    bool idle;     /* no user plane towards the MME */
    uint32_t teid; /* of S11, control and user plane; S5 has the same with GODWIT_SGW_S5 */
    godwit_imsi_t imsi;
    uint8_t ebi;
    uint32_t mme_teid, mme_user_teid, pgw_teid, pgw_user_teid;
    uint8_t mme[4], mme_user[4], pgw[4], pgw_user[4];
    uint64_t notified_ms; /* when the MME was told of data for an idle device; 0: not since it went idle */
    /* What the MME asked and waits for, while the P-GW is asked. */
    uint8_t asked_type;
    uint32_t asked_sequence;
    godwit_address_t asked_from;
    /* A Bearer Resource Command under way: of the MME, and ours towards the P-GW (0: none); and where the P-GW's Update
     * Bearer Request, which has our number, came from. */
    uint32_t command_sequence, own_command_sequence;
    uint8_t command_ebi, command_pti;
    godwit_address_t command_from, update_from;
} godwit_sgw_context_t;

#define GODWIT_SGW_S5 0x8000U

typedef struct godwit_sgw_config {
    uint8_t ipv4[4];               /* its own: GTP-C and GTP-U, S11 and S5 */
    uint16_t gtpc_port, gtpu_port; /* where all nodes listen; 0: 2123 and 2152 */
    uint8_t recovery;              /* restart counter (TS 23.007 18) */
    uint32_t t3_ms;                /* 0: as godwit_gtp_path_init */
    uint8_t n3;
    godwit_gtp_peers_t peers; /* MMEs and P-GWs: from others nothing is taken */
    uint32_t notify_again_ms; /* 0: 10000; the MME is told once more when data still come after that */
} godwit_sgw_config_t;

typedef struct godwit_sgw {
    godwit_sgw_config_t config;
    godwit_gtp_path_t path;
    godwit_sgw_context_t *contexts;
    size_t capacity;
} godwit_sgw_t;

/* GODWIT_INVALID_ARGUMENT: a table of size 0, or more contexts than GODWIT_SGW_CONTEXTS_MAX. */
GODWIT_MUST_USE godwit_status_t godwit_sgw_init(godwit_sgw_t *sgw, const godwit_sgw_config_t *config,
                                                godwit_sgw_context_t *contexts, size_t capacity,
                                                godwit_gtp_pending_t *pending, size_t pending_capacity,
                                                godwit_gtp_answered_t *answered, size_t answered_capacity);
/* Inputs: DATAGRAM of GTPC and GTPU, TIMER. Needs: RANDOM (TEIDs of a new context).
 * Events: context_created, context_released, context_idle, context_active, downlink_notified; refused; unanswered. */
void godwit_sgw_step(godwit_sgw_t *sgw, const godwit_input_t *in, godwit_outbox_t *out);

#endif
