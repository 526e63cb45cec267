/* SPDX-License-Identifier: Apache-2.0
 *
 * What the control socket asks of the SCS in this process (docs/control.md): triggers, recalls, replacements, and what
 * became of them.
 */
#include "core/wire/tsp.h"
#include "daemons/godwitd/daemon.h"

static const char *action_name(godwit_action_type_t action)
{
    return action == GODWIT_ACTION_RECALL ? "recall" : action == GODWIT_ACTION_REPLACE ? "replace" : "trigger";
}

static const char *state_name(godwit_scs_state_t state)
{
    static const char *const names[] = {"free", "asked", "refused", "accepted", "done", "silent"};
    return (unsigned)state < sizeof names / sizeof names[0] ? names[state] : "?";
}

static json_t *trigger_json(const godwit_scs_trigger_t *t)
{
    bool answered = t->state == GODWIT_SCS_REFUSED || t->state == GODWIT_SCS_ACCEPTED || t->state == GODWIT_SCS_DONE;
    return json_pack("{s:I, s:s, s:s, s:s?, s:s?, s:I, s:I, s:I}", "reference", (json_int_t)t->action.reference,
                     "action", action_name(t->action.action), "state", state_name(t->state), "status",
                     answered ? godwit_request_status_name(t->status) : NULL, "outcome",
                     t->state == GODWIT_SCS_DONE ? godwit_delivery_outcome_name(t->outcome) : NULL, "created_ms",
                     (json_int_t)t->created_ms, "done_ms", (json_int_t)t->done_ms, "reports", (json_int_t)t->reports);
}

typedef struct asking {
    godwit_device_action_t action;
    uint32_t reference;
} asking_t;

static godwit_status_t ask_scs(void *role, void *context, uint64_t now_ms, godwit_outbox_t *out)
{
    asking_t *asking = context;
    return godwit_scs_request(role, &asking->action, now_ms, &asking->reference, out);
}

/* Who is meant by a recall or replacement that names nobody: the device of the trigger itself. */
static bool name_device(const godwit_scs_t *scs, godwit_device_action_t *action)
{
    if (action->device.external_id[0] != '\0' || action->device.msisdn[0] != '\0') {
        return true;
    }
    const godwit_scs_trigger_t *old = godwit_scs_find(scs, action->old_reference);
    if (old != NULL) {
        action->device = old->action.device;
    }
    return old != NULL;
}

static const char *why_not(const godwit_scs_t *scs, godwit_status_t status, uint32_t reference)
{
    switch (status) {
    case GODWIT_OVERLOAD:
        return "too many triggers are pending";
    case GODWIT_INVALID_ARGUMENT:
        return godwit_scs_find(scs, reference) != NULL
                   ? "that reference is in use for something else"
                   : "a reference of one's own is below those that are given here: name a smaller one, or none";
    case GODWIT_COUNT_EXHAUSTED:
        return "this source has given every reference there is: it needs another name";
    case GODWIT_STORE_FAILED:
        return "the store does not take it, and nothing was asked for; see the log";
    default:
        return "refused; see the log";
    }
}

json_t *daemon_answer_trigger(godwitd_t *d, const godwit_control_request_t *request)
{
    const godwit_scs_t *scs = trigger_scs(d);
    asking_t asking = {.action = request->trigger};
    if (scs == NULL) {
        return godwit_control_error(GODWIT_NOT_FOUND, "there is no scs in this process");
    }
    if (request->command == GODWIT_CONTROL_TRIGGER_STATUS) {
        const godwit_scs_trigger_t *t = godwit_scs_find(scs, request->trigger.reference);
        return t == NULL ? godwit_control_error(GODWIT_NOT_FOUND, "no such trigger is remembered") : trigger_json(t);
    }
    if (!name_device(scs, &asking.action)) {
        return godwit_control_error(GODWIT_NOT_FOUND,
                                    "that trigger is not remembered: name the device by external_id or msisdn");
    }
    godwit_status_t status = owner_call(d->owner, GODWIT_FUNCTION_SCS, ask_scs, &asking);
    if (status != GODWIT_OK) {
        return godwit_control_error(status, why_not(scs, status, request->trigger.reference));
    }
    return json_pack("{s:I}", "reference", (json_int_t)asking.reference);
}
