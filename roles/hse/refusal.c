/* SPDX-License-Identifier: Apache-2.0
 *
 * User data that is refused to the device: Reject under the key, which names the datagram by its last octets. A
 * datagram of an end-to-end session may be anybody's, for the HSE cannot check it: so many Rejects a minute, to where
 * the device was heard last, and no more; some of them to where it may be now.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

#define MINUTE_MS 60000
#define PER_MINUTE 8
#define STRANGERS_PER_MINUTE 2 /* and only while fewer were sent in all: they leave the device its share */
#define REJECT_OCTETS 64u

static bool may_tell(godwit_hse_turn_t *turn, const godwit_address_t *stranger)
{
    godwit_hse_session_t *session = &turn->work;
    uint64_t now_ms = turn->in->now_ms;
    if (now_ms < session->told_ms || now_ms - session->told_ms >= MINUTE_MS) {
        session->told_ms = now_ms;
        session->told = 0;
    }
    if (session->told >= (stranger != NULL ? STRANGERS_PER_MINUTE : PER_MINUTE) ||
        (stranger != NULL && !godwit_hse_budget_spend(turn->hse, stranger, REJECT_OCTETS, now_ms))) {
        return false;
    }
    session->told++;
    return true;
}

static godwit_status_t reject(godwit_hse_turn_t *turn, godwit_status_t reason, const uint8_t echo[GODWIT_EMSDP_ECHO],
                              const godwit_address_t *to)
{
    uint8_t octets[GODWIT_EMSDP_OVERHEAD_MAX + 32];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emsdp_control_t m = {.command = GODWIT_MESSAGE_REJECT, .reason = godwit_status_on_the_wire(reason)};
    m.present = 1u << GODWIT_TLV_REASON | 1u << GODWIT_TLV_ECHO;
    memcpy(m.echo, echo, sizeof m.echo);
    godwit_status_t status = godwit_hse_seal(turn, &m, godwit_slice(NULL, 0), &w);
    if (status == GODWIT_OK) {
        godwit_hse_send(turn->out, to, godwit_written(&w));
    }
    return status;
}

godwit_status_t godwit_hse_reject_create(godwit_hse_turn_t *turn, godwit_status_t reason,
                                         const uint8_t echo[GODWIT_EMSDP_ECHO])
{
    const godwit_address_t to = godwit_hse_address_of(&turn->work.record);
    return reject(turn, reason, echo, &to);
}

void godwit_hse_refuse_data(godwit_hse_turn_t *turn, godwit_status_t reason, const uint8_t echo[GODWIT_EMSDP_ECHO],
                            const char *detail)
{
    godwit_hse_refuse_data_at(turn, reason, echo, NULL, detail);
}

void godwit_hse_refuse_data_at(godwit_hse_turn_t *turn, godwit_status_t reason, const uint8_t echo[GODWIT_EMSDP_ECHO],
                               const godwit_address_t *stranger, const char *detail)
{
    const godwit_session_record_t *record = &turn->work.record;
    if (!may_tell(turn, stranger)) {
        turn->detail = detail;
        godwit_hse_turn_end(turn, reason);
        return;
    }
    godwit_status_t status = godwit_hse_turn_begin(turn);
    if (status == GODWIT_OK) {
        godwit_hse_event(turn->out, "refused", reason, &record->imsi, record->session_id, detail);
        status = stranger != NULL ? reject(turn, reason, echo, stranger) : godwit_hse_reject_create(turn, reason, echo);
    }
    if (status == GODWIT_OK && stranger == NULL && (reason == GODWIT_KEY_EXPIRED || reason == GODWIT_UNKNOWN_KEY)) {
        status = godwit_hse_maintain(turn); /* the device listens, and the age that it lacks may be here already */
    }
    godwit_hse_turn_end(turn, status);
}
