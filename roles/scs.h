/* SPDX-License-Identifier: Apache-2.0
 *
 * A source of triggers (TS 23.682): SCS over Tsp, or AS over REST; one role, since they differ in the adapter alone. It
 * asks the MTC-IWF on behalf of its operator, says a request again until it is answered, remembers the last outcomes
 * and takes delivery reports. Where its owner has a store, a trigger is in it before it is asked for, and no reference
 * is ever given twice. Without one its references begin where its owner says, and a restart forgets everything.
 */
#ifndef GODWIT_ROLES_SCS_H
#define GODWIT_ROLES_SCS_H

#include "roles/role.h"

#define GODWIT_SCS_RECORDS (GODWIT_SCS_TRIGGERS_MAX + 1) /* that it keeps: a trigger in each place, and itself */
#define GODWIT_SCS_TIMER_RESERVE GODWIT_SCS_TRIGGERS_MAX /* below: of the trigger in that place */

typedef struct godwit_scs_config {
    godwit_function_t function;         /* SCS or AS */
    char name[GODWIT_SCS_NAME_MAX + 1]; /* SCS-Identity; of an AS the name in its certificate */
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
    /* whose delivery reports are taken; "": of any peer that the adapter lets in */
    char iwf_host[GODWIT_NODE_NAME_MAX];
    const godwit_crypto_t *crypto; /* only where it keeps */
    bool keeps;                    /* in the store of its owner */
    /* Of the first request ever. Without a store of every life: an owner that restarts gives one that was not used. */
    uint32_t first_reference;
    uint32_t answer_ms; /* 0: 10000 */
    uint8_t attempts;   /* of one request; 0: 3 */
} godwit_scs_config_t;

typedef struct godwit_scs {
    godwit_scs_config_t config;
    uint8_t source_key[16];
    uint32_t last_transaction;
    uint64_t next_reference;             /* 0: nobody knows which were given */
    uint64_t reserved;                   /* the highest that may be given: the store has it */
    uint64_t last_number, former_number; /* former: of the lives before */
    godwit_scs_trigger_t triggers[GODWIT_SCS_TRIGGERS_MAX];
} godwit_scs_t;

/* GODWIT_INVALID_ARGUMENT: another function, no name; GODWIT_CRYPTO_FAILED. */
GODWIT_MUST_USE godwit_status_t godwit_scs_init(godwit_scs_t *scs, const godwit_scs_config_t *config);

/* Of one that keeps: the key of each of its GODWIT_SCS_RECORDS records. Before the first input its owner fetches them
 * all, the last of them last, and gives back what there is, NULL where there is none. What cannot be read it does not give back: without the
 * record of the source itself every new request is refused. Then it gives TIMER GODWIT_SCS_TIMER_RESERVE: references
 * are reserved, and what was not answered is asked for again. */
godwit_record_key_t godwit_scs_key(const godwit_scs_t *scs, unsigned which);
void godwit_scs_restore(godwit_scs_t *scs, unsigned which, const godwit_record_t *record);

/* How long it waits for an answer, and how often it asks, from now on; 0 as in the configuration. */
void godwit_scs_change(godwit_scs_t *scs, uint32_t answer_ms, uint8_t attempts);
/* The operator's request: sends it, and gives its reference, unless action->reference is not 0: then that one, which is
 * below those that are given here; said again it is the same request. action->scs is filled in here.
 * GODWIT_OVERLOAD: too many are pending; GODWIT_INVALID_ARGUMENT: a reference that is in use for something else, or is
 * not below; GODWIT_COUNT_EXHAUSTED: there is no other; GODWIT_STORE_FAILED: nobody knows which were given. */
GODWIT_MUST_USE godwit_status_t godwit_scs_request(godwit_scs_t *scs, const godwit_device_action_t *action,
                                                   uint64_t now_ms, uint32_t *reference, godwit_outbox_t *out);
/* NULL: not known (any more). */
const godwit_scs_trigger_t *godwit_scs_find(const godwit_scs_t *scs, uint32_t reference);
/* Inputs: MESSAGE (DEVICE_ACTION_ANSWER, DEVICE_NOTIFICATION, which is always answered), TIMER, COMMIT_FAILED. Events:
 * trigger_accepted, trigger_refused, trigger_silent, trigger_outcome. */
void godwit_scs_step(godwit_scs_t *scs, const godwit_input_t *in, godwit_outbox_t *out);

#endif
