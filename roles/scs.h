/* SPDX-License-Identifier: Apache-2.0
 *
 * A source of triggers (TS 23.682): SCS over Tsp, or AS over REST; one role, since they differ in the adapter alone. It
 * asks the MTC-IWF on behalf of its operator, says a request again until it is answered, remembers the last outcomes
 * and takes delivery reports. It keeps nothing in a store: its references begin where its owner says, and who forgets
 * an outcome may ask for the same reference again.
 */
#ifndef GODWIT_ROLES_SCS_H
#define GODWIT_ROLES_SCS_H

#include "roles/role.h"

#define GODWIT_SCS_TRIGGERS_MAX 256 /* the oldest that is known to be done makes room */

typedef enum godwit_scs_state {
    GODWIT_SCS_FREE = 0,
    GODWIT_SCS_ASKED,    /* not answered yet */
    GODWIT_SCS_REFUSED,  /* status says why */
    GODWIT_SCS_ACCEPTED, /* its outcome will be reported */
    GODWIT_SCS_DONE,     /* outcome */
    GODWIT_SCS_SILENT,   /* never answered */
} godwit_scs_state_t;

typedef struct godwit_scs_trigger {
    godwit_scs_state_t state;
    godwit_device_action_t action;
    godwit_request_status_t status;
    godwit_delivery_outcome_t outcome;
    uint32_t transaction;
    uint8_t asked;    /* how often */
    bool proved;      /* SUCCESS came by a hop that proves who said it: so must its report */
    uint32_t reports; /* how often its report came: what is above 1 changed nothing */
    uint64_t number;  /* order of asking */
    uint64_t created_ms, done_ms;
} godwit_scs_trigger_t;

typedef struct godwit_scs_config {
    godwit_function_t function;         /* SCS or AS */
    char name[GODWIT_SCS_NAME_MAX + 1]; /* SCS-Identity; of an AS the name in its certificate */
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
    /* whose delivery reports are taken; "": of any peer that the adapter lets in */
    char iwf_host[GODWIT_NODE_NAME_MAX];
    uint32_t first_reference; /* of the first request; an owner that restarts gives one that was not used */
    uint32_t answer_ms;       /* 0: 10000 */
    uint8_t attempts;         /* of one request; 0: 3 */
} godwit_scs_config_t;

typedef struct godwit_scs {
    godwit_scs_config_t config;
    uint32_t last_transaction, next_reference;
    uint64_t last_number;
    godwit_scs_trigger_t triggers[GODWIT_SCS_TRIGGERS_MAX];
} godwit_scs_t;

/* GODWIT_INVALID_ARGUMENT: another function, no name. */
GODWIT_MUST_USE godwit_status_t godwit_scs_init(godwit_scs_t *scs, const godwit_scs_config_t *config);
/* How long it waits for an answer, and how often it asks, from now on; 0 as in the configuration. */
void godwit_scs_change(godwit_scs_t *scs, uint32_t answer_ms, uint8_t attempts);
/* The operator's request: sends it, and gives its reference, unless action->reference is not 0: then that one.
 * action->scs is filled in here.
 * GODWIT_OVERLOAD: too many are pending; GODWIT_INVALID_ARGUMENT: a reference that is in use for something else. */
GODWIT_MUST_USE godwit_status_t godwit_scs_request(godwit_scs_t *scs, const godwit_device_action_t *action,
                                                   uint64_t now_ms, uint32_t *reference, godwit_outbox_t *out);
/* NULL: not known (any more). */
const godwit_scs_trigger_t *godwit_scs_find(const godwit_scs_t *scs, uint32_t reference);
/* Inputs: MESSAGE (DEVICE_ACTION_ANSWER, DEVICE_NOTIFICATION, which is always answered), TIMER. Events:
 * trigger_accepted, trigger_refused, trigger_silent, trigger_outcome. */
void godwit_scs_step(godwit_scs_t *scs, const godwit_input_t *in, godwit_outbox_t *out);

#endif
