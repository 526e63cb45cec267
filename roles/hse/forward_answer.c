/* SPDX-License-Identifier: Apache-2.0
 *
 * What the EAS found in a datagram. Its OK is the one proof there is: of where the device is, that it listens, and of
 * the key that it took. A refusal that may pass is met with patience; one that stays is told to the device where that
 * can help it.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

#define PATIENCE 5 /* sendings: a key that was just given may reach the EAS after the first datagram under it */

/* 0: none that can be read. */
static uint8_t key_of(const godwit_hse_turn_t *turn, const godwit_hse_forward_t *f)
{
    godwit_emsdp_header_t header;
    godwit_status_t status = godwit_emsdp_peek(godwit_slice(f->datagram, f->len), turn->hse->config.framing, &header);
    return status == GODWIT_OK ? header.key_id : 0;
}

static bool key_is_granted(const godwit_hse_turn_t *turn, const godwit_hse_forward_t *f)
{
    const godwit_session_record_t *record = &turn->work.record;
    uint8_t key_id = key_of(turn, f);
    return key_id != 0 && (key_id == record->e2e.key_id || key_id == record->e2e_next.key_id);
}

/* Once there is a next age, an EAS that does not know the one before has lost it. */
static bool key_may_come(const godwit_hse_turn_t *turn, const godwit_hse_forward_t *f)
{
    const godwit_session_record_t *record = &turn->work.record;
    uint8_t newest = record->e2e_next.age != 0 ? record->e2e_next.key_id : record->e2e.key_id;
    return key_is_granted(turn, f) && key_of(turn, f) == newest;
}

static bool is_final(const godwit_hse_turn_t *turn, const godwit_hse_forward_t *f, godwit_status_t status)
{
    switch (status) {
    case GODWIT_OK:
    case GODWIT_MALFORMED:
    case GODWIT_MAC_FAILURE:
    case GODWIT_REPLAY:
    case GODWIT_KEY_EXPIRED:
    case GODWIT_COUNT_EXHAUSTED:
    case GODWIT_POLICY_FORBIDS:
    case GODWIT_NOT_ENTITLED:
        return true;
    case GODWIT_UNKNOWN_SESSION:
    case GODWIT_UNKNOWN_KEY:
        return f->sendings >= PATIENCE || !key_may_come(turn, f);
    default:
        return false;
    }
}

/* What the device can do something about. From where it was not heard last it may be a forgery: only that a key is lost
 * is told there, for a device whose address has changed would never hear of it otherwise, and only of a key that was
 * given. */
static bool is_to_be_told(const godwit_hse_turn_t *turn, const godwit_hse_forward_t *f, godwit_status_t status)
{
    if (f->confirm) { /* it waits for an answer, whichever it is */
        return true;
    }
    switch (status) {
    case GODWIT_KEY_EXPIRED:
    case GODWIT_UNKNOWN_KEY:
    case GODWIT_UNKNOWN_SESSION:
        return !f->stranger || key_is_granted(turn, f);
    case GODWIT_POLICY_FORBIDS:
    case GODWIT_NOT_ENTITLED:
    case GODWIT_COUNT_EXHAUSTED:
        return !f->stranger;
    default:
        return false;
    }
}

static void refuse(godwit_hse_turn_t *turn, const godwit_hse_forward_t *f, godwit_status_t status)
{
    static const char detail[] = "the EAS refuses what the device sent";
    if (is_to_be_told(turn, f, status) && f->len >= GODWIT_EMSDP_ECHO) {
        /* A session that the EAS does not know is a key that it has lost: the device may ask for the next. */
        godwit_hse_refuse_data_at(turn, status == GODWIT_UNKNOWN_SESSION ? GODWIT_UNKNOWN_KEY : status,
                                  f->datagram + f->len - GODWIT_EMSDP_ECHO, f->stranger ? &f->from : NULL, detail);
        return;
    }
    turn->detail = detail;
    godwit_hse_turn_end(turn, status);
}

static void move_address(godwit_hse_turn_t *turn, const godwit_hse_forward_t *f)
{
    godwit_session_record_t *record = &turn->work.record;
    godwit_address_t before = godwit_hse_address_of(record);
    if (!godwit_address_equal(&before, &f->from)) {
        turn->work.sendings = 0; /* what is pending went where the device no longer listens: it is due at once */
        record->address_len = f->from.len;
        memcpy(record->address, f->from.octets, sizeof record->address);
    }
    record->has_address = true;
}

static godwit_status_t accept(godwit_hse_turn_t *turn, const godwit_hse_forward_t *f, bool highest)
{
    const godwit_session_record_t *record = &turn->work.record;
    godwit_emsdp_header_t header;
    godwit_status_t status = godwit_emsdp_peek(godwit_slice(f->datagram, f->len), turn->hse->config.framing, &header);
    if (status == GODWIT_OK) {
        status = godwit_hse_turn_begin(turn);
    }
    if (status == GODWIT_OK && highest) {
        move_address(turn, f);
        turn->heard = true;
    }
    if (status == GODWIT_OK && record->e2e_next.age != 0 && header.key_id == record->e2e_next.key_id &&
        header.key_id != record->e2e.key_id) {
        godwit_hse_terms_taken(turn);
    }
    return status == GODWIT_OK && highest ? godwit_hse_maintain(turn) : status;
}

/* What the EAS has taken already it calls a replay: the acknowledgement was lost, or this HSE's memory. Nobody but
 * the device can have brought it. Nor can it be one that the EAS has not and whose window has passed it by: the device
 * sends nothing else of the user plane until it is answered; given up, it is not what the device waits for, and the
 * Echo of that is another (docs/emsdp-wire.md, section 12). */
static bool is_taken(const godwit_hse_forward_t *f, godwit_status_t status)
{
    return status == GODWIT_OK || (f->confirm && status == GODWIT_REPLAY);
}

static godwit_status_t acknowledge(godwit_hse_turn_t *turn, const godwit_hse_forward_t *f)
{
    uint8_t octets[GODWIT_EMSDP_OVERHEAD_MAX + 32];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emsdp_control_t m = {.command = GODWIT_MANAGE_KEYS_RESPONSE, .present = 1u << GODWIT_TLV_ECHO};
    if (f->len < sizeof m.echo) {
        return GODWIT_MALFORMED;
    }
    memcpy(m.echo, f->datagram + f->len - sizeof m.echo, sizeof m.echo);
    godwit_status_t status = godwit_hse_seal(turn, &m, godwit_slice(NULL, 0), &w);
    if (status == GODWIT_OK) {
        const godwit_address_t to = godwit_hse_address_of(&turn->work.record);
        godwit_hse_send(turn->out, &to, godwit_written(&w));
    }
    return status;
}

static godwit_status_t take(godwit_hse_turn_t *turn, const godwit_hse_forward_t *f, bool highest)
{
    godwit_status_t status = accept(turn, f, highest);
    return status == GODWIT_OK && f->confirm ? acknowledge(turn, f) : status;
}

static bool is_of_session(const godwit_session_record_t *record, const godwit_hse_forward_t *f)
{
    return record->end_to_end && godwit_imsi_equal(&record->imsi, &f->imsi) && strcmp(record->enterprise, f->eas) == 0;
}

void godwit_hse_on_up_answer(godwit_hse_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    const godwit_user_plane_answer_t *answer = &message->u.user_plane_answer;
    godwit_hse_forward_t *f = godwit_hse_forward_by_transaction(turn->hse, message->transaction);
    if (f == NULL || message->hop == GODWIT_HOP_OPEN || !godwit_speaks_for(message, f->eas)) {
        return; /* said again meanwhile: the answer to that counts; and of the EAS that was asked, as the hop proves it */
    }
    godwit_status_t found = godwit_hse_turn_find(turn, f->session_id, NULL);
    if (found == GODWIT_AGAIN || found == GODWIT_STORE_FAILED) {
        return;
    }
    if (found != GODWIT_OK || !is_of_session(&turn->work.record, f)) {
        godwit_hse_forward_release(f);
        return;
    }
    if (!is_final(turn, f, answer->status)) {
        return;
    }
    if (is_taken(f, answer->status)) {
        godwit_hse_turn_end(turn, take(turn, f, answer->status == GODWIT_OK && answer->highest));
    } else {
        refuse(turn, f, answer->status);
    }
    godwit_hse_forward_release(f);
    if (godwit_hse_is_awake(turn->hse, &turn->work, turn->in->now_ms)) {
        godwit_hse_drain_later(turn->hse, &turn->work); /* it may have been waited for, to tell where the device is */
    }
}
