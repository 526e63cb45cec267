/* SPDX-License-Identifier: Apache-2.0
 *
 * The owner of the roles: gives them inputs and carries out what they ask, as roles/role.h says. Inputs come in
 * batches, and the commits of a batch share one transaction. It must never let anything leave that stands after a
 * commit before that commit is durable.
 */
#ifndef GODWITD_OWNER_H
#define GODWITD_OWNER_H

#include "adapters/observe/observe.h"
#include "adapters/store/store.h"
#include "daemons/godwitd/timers.h"
#include "roles/role.h"

#define OWNER_BATCH 64 /* inputs; as many datagrams as the UDP adapter gives at once */
#define OWNER_FUNCTIONS (GODWIT_FUNCTION_DEVICE + 1)

/* A role behind one face. */
typedef void owner_step_t(void *role, const godwit_input_t *in, godwit_outbox_t *out);

/* What leaves the owner goes through these. Called only for what may leave. */
typedef struct owner_exits {
    void *context;
    /* request: port, from (SGI), to, octets */
    void (*datagram)(void *context, godwit_function_t from, const godwit_request_t *request);
    void (*message)(void *context, godwit_function_t from, const godwit_message_t *message);
    void (*deliver)(void *context, const godwit_reading_t *reading);
    void (*intercept)(void *context, const godwit_reading_t *reading, bool down); /* NULL: nowhere */
    /* Whether there is no room for another reading when so many come first. NULL: there always is. */
    bool (*full)(void *context, uint32_t readings, uint64_t octets);
} owner_exits_t;

typedef struct owner owner_t;

typedef struct owner_config {
    godwit_store_t *store;
    godwit_observer_t *observer;
    uint32_t timers; /* how many may run at once */
    owner_exits_t exits;
    uint64_t (*now_ms)(void);       /* since 1970 */
    uint64_t (*monotonic_ms)(void); /* for timers */
} owner_config_t;

owner_t *owner_new(const owner_config_t *config); /* NULL without memory */
void owner_free(owner_t *owner);
void owner_set_role(owner_t *owner, godwit_function_t function, owner_step_t *step, void *role);
bool owner_has_role(const owner_t *owner, godwit_function_t function);

/* Gives one input to a role; kind and what belongs to it are filled in, time and answers are the owner's. What the role
 * asked waits for owner_finish. A full batch is finished first. A message that the input points to must stay where it
 * is until then. */
void owner_feed(owner_t *owner, godwit_function_t function, godwit_input_t *input);
/* Makes the batch's commits durable, and then carries out what waits. */
void owner_finish(owner_t *owner);
/* One input in a batch of its own, for an operator who waits for the outcome: the first refusal that the role told,
 * else GODWIT_OK.
 * detail is static text or NULL. */
godwit_status_t owner_ask(owner_t *owner, godwit_function_t function, godwit_input_t *input, const char **detail);
/* What an operator asks of a role outside of its inputs: call is given the role and an empty list, which is carried out
 * when it says GODWIT_OK. It asks for no needs. GODWIT_NOT_FOUND: there is no such role here; GODWIT_STORE_FAILED: a
 * commit failed, and nothing behind it was carried out. */
typedef godwit_status_t owner_call_t(void *role, void *context, uint64_t now_ms, godwit_outbox_t *out);
godwit_status_t owner_call(owner_t *owner, godwit_function_t function, owner_call_t *call, void *context);
/* A timer of that role, as if it had asked. False: all run. */
bool owner_set_timer(owner_t *owner, godwit_function_t function, uint32_t number, uint32_t delay_ms);
/* Feeds the timers that are due, one batch at most. */
void owner_run_timers(owner_t *owner);
/* The milliseconds until the next timer is due, at most `most`. To be asked last: whatever is fed may set a timer. */
uint64_t owner_wait(const owner_t *owner, uint64_t most);
uint32_t owner_timers(const owner_t *owner);
const char *owner_function_name(godwit_function_t function); /* "hse"; "none" */

#endif
