/* SPDX-License-Identifier: Apache-2.0
 *
 * The vector of the next session, handed out under the session that lives (contribution 000; docs/emsdp-wire.md, "Next
 * vector"): what makes the HSE ask for one, and what becomes of one that the device refuses. The key set before it
 * lives on until a datagram under the new key verifies.
 */
#include <string.h>

#include "roles/hse/internal.h"

#define REFUSALS_MAX 2 /* one AUTS is answered with a new vector; after that the key set before it has to do */
#define LINGER_MS 60000

bool godwit_hse_may_hand_vector(const godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    bool separate =
        record->agreement == GODWIT_AGREEMENT_SEPARATE_EPS || record->agreement == GODWIT_AGREEMENT_SEPARATE_UMTS;
    return turn->hse->config.next_vector != GODWIT_NEXT_VECTOR_NEVER && separate &&
           turn->work.refusals < REFUSALS_MAX && record->pending_len == 0 && !turn->establishing &&
           !godwit_emsdp_key_is_set(&record->next);
}

bool godwit_hse_inquire_vector(godwit_hse_turn_t *turn, bool ending, const uint8_t *auts)
{
    godwit_key_request_t *ask;
    godwit_hse_exchange_t *x = godwit_hse_inquiry_create(turn, ending, &ask);
    if (x == NULL) {
        return false;
    }
    x->vector = true;
    ask->purpose = GODWIT_KEY_NEXT_VECTOR;
    ask->resync = auts != NULL;
    if (auts != NULL) {
        memcpy(ask->auts, auts, sizeof ask->auts);
    }
    return true;
}

void godwit_hse_vector_refused(godwit_hse_turn_t *turn)
{
    turn->work.refusals = REFUSALS_MAX;
}

bool godwit_hse_vector_reject_consume(godwit_hse_turn_t *turn, bool ours)
{
    godwit_session_record_t *record = &turn->work.record;
    const godwit_emsdp_control_t *m = &turn->opened.control;
    bool of_answer = record->pending_len == 0 && record->state == GODWIT_SESSION_ANNOUNCED &&
                     record->answer_len >= GODWIT_EMSDP_ECHO &&
                     memcmp(record->answer + record->answer_len - GODWIT_EMSDP_ECHO, m->echo, sizeof m->echo) == 0;
    if (record->next_key_set == 0 || (!ours && !of_answer)) {
        return false;
    }
    godwit_wipe(&record->next, sizeof record->next);
    record->next_key_set = 0;
    record->pending_len = 0;
    turn->work.sendings = 0;
    record->state = of_answer ? GODWIT_SESSION_IDLE : GODWIT_SESSION_ACTIVE;
    godwit_outbox_timer(turn->out, record->session_id, of_answer ? LINGER_MS : 0);
    bool stale = m->reason == GODWIT_AUTH_RESYNC && godwit_emsdp_has(m, GODWIT_TLV_AUTS);
    if (stale && turn->work.refusals == 0 && godwit_hse_inquire_vector(turn, false, m->auts)) {
        turn->work.refusals = 1; /* of a session that is over only the home is resynchronised */
    } else {
        godwit_hse_vector_refused(turn);
    }
    return true;
}
