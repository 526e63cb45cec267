/* SPDX-License-Identifier: Apache-2.0
 *
 * Interface A3: what stands between header and MAC (docs/trigger-wire.md, "Messages"). One spelling of each message:
 * what a build would not write, a parse refuses.
 */
#include "core/trigger/internal.h"

#include <string.h>

#define RESERVED_FLAGS ((uint8_t) ~(A3_PRIORITY | A3_ACKNOWLEDGE | A3_ACTION_MASK))

static bool is_root(godwit_iwf_root_t root)
{
    return root >= GODWIT_IWF_ROOT_FLAGGED && root <= GODWIT_IWF_ROOT_EAP;
}

/* ---- IWF Security Mode ---- */

static bool is_command(const godwit_a3_command_t *m)
{
    return m->association != 0 && is_root(m->root) && m->suites > 0 && m->suites <= GODWIT_A3_SUITES_MAX;
}

static bool command_build(const godwit_a3_command_t *m, godwit_writer_t *w)
{
    if (!is_command(m)) {
        return false;
    }
    godwit_put_u32(w, m->association);
    godwit_put_u8(w, (uint8_t)m->root);
    godwit_put(w, m->root_name, sizeof m->root_name);
    godwit_put_u32(w, m->time_s);
    godwit_put(w, m->suite, m->suites);
    return true;
}

static bool command_parse(godwit_reader_t *r, godwit_a3_command_t *m)
{
    m->association = godwit_get_u32(r);
    m->root = (godwit_iwf_root_t)godwit_get_u8(r);
    godwit_get(r, m->root_name, sizeof m->root_name);
    m->time_s = godwit_get_u32(r);
    if (r->left > GODWIT_A3_SUITES_MAX) {
        return false;
    }
    m->suites = (uint8_t)r->left;
    godwit_get(r, m->suite, m->suites);
    return is_command(m);
}

static bool complete_build(const godwit_a3_complete_t *m, godwit_writer_t *w)
{
    godwit_put_u8(w, m->suite);
    godwit_put_u16(w, m->device_suites);
    godwit_put(w, m->command, sizeof m->command);
    return true;
}

static bool complete_parse(godwit_reader_t *r, godwit_a3_complete_t *m)
{
    m->suite = godwit_get_u8(r);
    m->device_suites = godwit_get_u16(r);
    godwit_get(r, m->command, sizeof m->command);
    return true;
}

static bool is_reject(const godwit_a3_reject_t *m)
{
    return m->reason >= GODWIT_A3_NO_ROOT && m->reason <= GODWIT_A3_REASON_LAST &&
           (m->root == GODWIT_IWF_ROOT_NONE || is_root(m->root));
}

static bool reject_build(const godwit_a3_reject_t *m, godwit_writer_t *w)
{
    if (!is_reject(m)) {
        return false;
    }
    godwit_put_u8(w, (uint8_t)m->reason);
    godwit_put_u8(w, (uint8_t)m->root);
    godwit_put(w, m->root_name, sizeof m->root_name);
    godwit_put_u32(w, m->association);
    godwit_put(w, m->command, sizeof m->command);
    return true;
}

static bool reject_parse(godwit_reader_t *r, godwit_a3_reject_t *m)
{
    m->reason = (godwit_a3_reason_t)godwit_get_u8(r);
    m->root = (godwit_iwf_root_t)godwit_get_u8(r);
    godwit_get(r, m->root_name, sizeof m->root_name);
    m->association = godwit_get_u32(r);
    godwit_get(r, m->command, sizeof m->command);
    return is_reject(m);
}

/* ---- triggers ---- */

static bool is_trigger(const godwit_a3_trigger_t *m)
{
    switch (m->action) {
    case GODWIT_A3_TRIGGERING:
        return m->old_reference == 0 && m->payload_len <= GODWIT_TRIGGER_PAYLOAD_MAX;
    case GODWIT_A3_RECALL:
        return m->payload_len == 0 && m->old_reference != m->reference;
    case GODWIT_A3_REPLACE:
        return m->payload_len <= GODWIT_TRIGGER_PAYLOAD_MAX && m->old_reference != m->reference;
    default:
        return false;
    }
}

static bool trigger_build(const godwit_a3_trigger_t *m, godwit_writer_t *w)
{
    if (!is_trigger(m)) {
        return false;
    }
    godwit_put_u8(
        w, (uint8_t)((m->priority ? A3_PRIORITY : 0u) | (m->acknowledge ? A3_ACKNOWLEDGE : 0u) | (unsigned)m->action));
    godwit_put_u32(w, m->reference);
    godwit_put_u32(w, m->time_s);
    godwit_put_u32(w, m->validity_s);
    godwit_put_u16(w, m->port);
    godwit_put(w, m->source, sizeof m->source);
    if (m->action != GODWIT_A3_TRIGGERING) {
        godwit_put_u32(w, m->old_reference);
    }
    godwit_put(w, m->payload, m->payload_len);
    return true;
}

static bool trigger_parse(godwit_reader_t *r, godwit_a3_trigger_t *m)
{
    const uint8_t flags = godwit_get_u8(r);
    m->action = (godwit_a3_action_t)(flags & A3_ACTION_MASK);
    m->priority = (flags & A3_PRIORITY) != 0;
    m->acknowledge = (flags & A3_ACKNOWLEDGE) != 0;
    m->reference = godwit_get_u32(r);
    m->time_s = godwit_get_u32(r);
    m->validity_s = godwit_get_u32(r);
    m->port = godwit_get_u16(r);
    godwit_get(r, m->source, sizeof m->source);
    if (m->action != GODWIT_A3_TRIGGERING) {
        m->old_reference = godwit_get_u32(r);
    }
    if (r->left > GODWIT_TRIGGER_PAYLOAD_MAX) {
        return false;
    }
    m->payload_len = (uint8_t)r->left;
    godwit_get(r, m->payload, m->payload_len);
    return (flags & RESERVED_FLAGS) == 0 && is_trigger(m);
}

static bool is_acknowledgement(const godwit_a3_acknowledgement_t *m)
{
    return m->outcome >= GODWIT_A3_DELIVERED && m->outcome <= GODWIT_A3_OUTCOME_LAST;
}

static bool acknowledgement_build(const godwit_a3_acknowledgement_t *m, godwit_writer_t *w)
{
    godwit_put_u32(w, m->reference);
    godwit_put_u8(w, (uint8_t)m->outcome);
    return is_acknowledgement(m);
}

static bool acknowledgement_parse(godwit_reader_t *r, godwit_a3_acknowledgement_t *m)
{
    m->reference = godwit_get_u32(r);
    m->outcome = (godwit_a3_outcome_t)godwit_get_u8(r);
    return is_acknowledgement(m);
}

/* ---- dispatch ---- */

static bool build(const godwit_a3_message_t *m, godwit_writer_t *w)
{
    switch (m->type) {
    case GODWIT_A3_COMMAND:
        return command_build(&m->command, w);
    case GODWIT_A3_COMPLETE:
        return complete_build(&m->complete, w);
    case GODWIT_A3_REJECT:
        return reject_build(&m->reject, w);
    case GODWIT_A3_TRIGGER:
        return trigger_build(&m->trigger, w);
    case GODWIT_A3_ACKNOWLEDGEMENT:
        return acknowledgement_build(&m->acknowledgement, w);
    case GODWIT_A3_POLL:
        godwit_put_u32(w, m->poll.next_down);
        return true;
    case GODWIT_A3_POLL_ANSWER:
        godwit_put_u32(w, m->poll_answer.time_s);
        godwit_put_u8(w, m->poll_answer.waiting);
        return true;
    }
    return false;
}

godwit_status_t godwit_a3_body_build(const godwit_a3_message_t *message, godwit_writer_t *w)
{
    return build(message, w) ? GODWIT_OK : GODWIT_INVALID_ARGUMENT;
}

static bool parse(godwit_reader_t *r, godwit_a3_message_t *m)
{
    switch (m->type) {
    case GODWIT_A3_COMMAND:
        return command_parse(r, &m->command);
    case GODWIT_A3_COMPLETE:
        return complete_parse(r, &m->complete);
    case GODWIT_A3_REJECT:
        return reject_parse(r, &m->reject);
    case GODWIT_A3_TRIGGER:
        return trigger_parse(r, &m->trigger);
    case GODWIT_A3_ACKNOWLEDGEMENT:
        return acknowledgement_parse(r, &m->acknowledgement);
    case GODWIT_A3_POLL:
        m->poll.next_down = godwit_get_u32(r);
        return true;
    case GODWIT_A3_POLL_ANSWER:
        m->poll_answer.time_s = godwit_get_u32(r);
        m->poll_answer.waiting = godwit_get_u8(r);
        return true;
    }
    return false;
}

godwit_status_t godwit_a3_body_parse(godwit_a3_type_t type, godwit_slice_t body, godwit_a3_message_t *message)
{
    godwit_reader_t r = godwit_reader(body);
    memset(message, 0, sizeof *message);
    message->type = type;
    return parse(&r, message) ? godwit_reader_done(&r) : GODWIT_MALFORMED;
}
