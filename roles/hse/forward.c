/* SPDX-License-Identifier: Apache-2.0
 *
 * The user plane up of an end-to-end session: datagrams go to the EAS as they came. Nothing here has checked them, so
 * they move nothing: no window, no address, no record. They take room in a bounded table, and what comes from where the
 * device was not heard last takes little of it and costs its sender's budget.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

#define SHORTEST 2u /* header and something: the MAC is the EAS's matter, but nobody is troubled with less */

static bool is_flowing(godwit_session_state_t state)
{
    return state == GODWIT_SESSION_ACTIVE || state == GODWIT_SESSION_REKEYING || state == GODWIT_SESSION_TERMINATING ||
           state == GODWIT_SESSION_ANNOUNCED;
}

/* What the EESE agreed to; after the end of an entitlement there is none. */
static const godwit_e2e_terms_t *terms_of(const godwit_session_record_t *record)
{
    return record->e2e.age != 0 ? &record->e2e : &record->e2e_next;
}

static godwit_status_t judge(godwit_hse_turn_t *turn, godwit_slice_t datagram)
{
    const godwit_session_record_t *record = &turn->work.record;
    if (!is_flowing(record->state)) {
        turn->detail = "not in this state of the session";
        return GODWIT_WRONG_STATE;
    }
    if (terms_of(record)->age == 0) {
        turn->detail = "the EAS is not entitled any more";
        return GODWIT_NOT_ENTITLED;
    }
    if (terms_of(record)->service == GODWIT_SERVICE_KEY_AGREEMENT) {
        turn->detail = "user data of a service that only agrees keys";
        return GODWIT_POLICY_FORBIDS;
    }
    turn->detail = "no user-plane datagram of that session";
    return datagram.len >= GODWIT_EMSDP_ECHO + SHORTEST ? GODWIT_OK : GODWIT_MALFORMED;
}

static const uint8_t *echo_of(godwit_slice_t datagram)
{
    return datagram.ptr + datagram.len - GODWIT_EMSDP_ECHO;
}

void godwit_hse_forward(godwit_hse_turn_t *turn)
{
    godwit_hse_t *hse = turn->hse;
    const godwit_input_t *in = turn->in;
    const godwit_session_record_t *record = &turn->work.record;
    godwit_address_t last = godwit_hse_address_of(record);
    bool stranger = !godwit_address_equal(&last, &in->from);
    godwit_status_t status = judge(turn, in->datagram);
    if (status == GODWIT_OK && stranger &&
        !godwit_hse_budget_spend(hse, &in->from, (uint32_t)in->datagram.len, in->now_ms)) {
        turn->detail = "this sender's budget is spent";
        status = GODWIT_OVERLOAD;
    } else if (status == GODWIT_OK) {
        turn->detail = "too much waits for the EAS";
        status = godwit_hse_forward_put(hse, record, &in->from, in->datagram,
                                        stranger ? GODWIT_HSE_STRANGER : GODWIT_HSE_AS_BEFORE, in->now_ms);
    }
    if (status == GODWIT_OK) {
        return;
    }
    /* To a stranger, who may be the device: that the service has ended, for no EAS will ever say so; and that there
     * is no room, for it would think its reading under way. */
    bool told = !stranger || status == GODWIT_NOT_ENTITLED || status == GODWIT_OVERLOAD;
    if (!told || status == GODWIT_MALFORMED || status == GODWIT_WRONG_STATE || in->datagram.len < GODWIT_EMSDP_ECHO) {
        godwit_hse_turn_end(turn, status);
        return;
    }
    godwit_hse_refuse_data_at(turn, status, echo_of(in->datagram), stranger ? &in->from : NULL, turn->detail);
}

godwit_status_t godwit_hse_forward_inner(godwit_hse_turn_t *turn, godwit_slice_t datagram, godwit_hse_way_t way)
{
    godwit_hse_t *hse = turn->hse;
    const godwit_session_record_t *record = &turn->work.record;
    godwit_emsdp_header_t header;
    godwit_status_t status = godwit_emsdp_peek(datagram, hse->config.framing, &header);
    bool named = status == GODWIT_OK && record->end_to_end && header.user_plane && header.key_id != 0 &&
                 (hse->config.framing.session_octets == 0 || header.session_id == record->session_id);
    status = named ? judge(turn, datagram) : GODWIT_POLICY_FORBIDS; /* it is not under K_e2e */
    if (status == GODWIT_OK) {
        status = godwit_hse_forward_put(hse, record, &turn->in->from, datagram, way, turn->in->now_ms);
    }
    if (status == GODWIT_OK) {
        return status;
    }
    godwit_hse_event(turn->out, "refused", status, &record->imsi, record->session_id,
                     "user data in a control message of an end-to-end session");
    return godwit_hse_reject_create(turn, status,
                                    echo_of(datagram.len >= GODWIT_EMSDP_ECHO ? datagram : turn->in->datagram));
}
