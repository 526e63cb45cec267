/* SPDX-License-Identifier: Apache-2.0
 *
 * E2E_KEY_REQUEST: an EESE asks for K_e2e of one device with one EAS (Solution 5 of TR 33.863, contribution 004). The
 * age is committed before the answer, and rises over all endpoints of a key set, so that none is ever given twice. The
 * key set may be one whose vector is still outstanding:
 * the HSE asks before it answers the device. It must not hand out anything over a hop that proves nothing, and never
 * e2mKEYSET.
 */
#include "roles/emks/internal.h"

static godwit_status_t judge(const godwit_emks_t *emks, const godwit_message_t *message, const char **detail)
{
    const godwit_e2e_key_request_t *request = &message->u.e2e_key_request;
    if (!godwit_emks_is_listed(emks->eeses, emks->eese_count, message->origin_host)) {
        *detail = "a key end to end, and not one of our EESEs";
        return GODWIT_NOT_ENTITLED;
    }
    if (message->hop == GODWIT_HOP_OPEN) {
        *detail = "a key end to end over a hop that proves nothing";
        return GODWIT_NOT_ENTITLED;
    }
    if (!godwit_is_endpoint(request->endpoint) || request->key_set == 0) {
        *detail = "a key end to end for nobody, or of no key set";
        return GODWIT_MALFORMED;
    }
    return GODWIT_OK;
}

static godwit_status_t derive(const godwit_crypto_t *crypto, const godwit_e2e_key_request_t *request,
                              const uint8_t e2m_keyset[32], uint32_t last, godwit_e2e_key_answer_t *answer,
                              const char **detail)
{
    answer->age = godwit_age_after(last, request->above_age);
    if (answer->age == 0) {
        *detail = "no age is left above the one that was named";
        return GODWIT_COUNT_EXHAUSTED;
    }
    *detail = "no key end to end could be made";
    return godwit_k_e2e(crypto, e2m_keyset, godwit_slice_of_string(request->endpoint), answer->age, answer->k_e2e);
}

/* Of the key set that was asked for: the newest, or the one that is lived under while a newer vector is outstanding. */
static godwit_status_t hand_out(const godwit_emks_t *emks, const godwit_input_t *in, godwit_e2e_key_answer_t *answer,
                                godwit_outbox_t *out, const char **detail)
{
    const godwit_e2e_key_request_t *request = &in->message->u.e2e_key_request;
    const godwit_key_set_record_t *stored = in->fetched != NULL ? &in->fetched->u.key_set : NULL;
    const bool current = stored != NULL && godwit_emks_has_key_set(stored) && stored->vector_number == request->key_set;
    const bool former = !current && stored != NULL && stored->former.vector_number == request->key_set;
    if (!current && !former) {
        *detail = "a key end to end of a key set that is not here";
        return GODWIT_UNKNOWN_KEY;
    }
    if (current && godwit_emks_is_expired(emks, stored, in->now_ms)) {
        *detail = "the life of the key set is over";
        return GODWIT_KEY_EXPIRED;
    }
    const godwit_status_t status =
        derive(emks->crypto, request, current ? stored->e2m_keyset : stored->former.e2m_keyset,
               current ? stored->age : stored->former.age, answer, detail);
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_key_set_record_t *committed = godwit_emks_commit(out, stored);
    if (committed == NULL) {
        return GODWIT_OVERLOAD;
    }
    *(current ? &committed->age : &committed->former.age) = answer->age;
    return GODWIT_OK;
}

void godwit_emks_on_e2e_key_request(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_e2e_key_request_t *request = &in->message->u.e2e_key_request;
    godwit_e2e_key_answer_t made = {.age = 0};
    const char *detail = NULL;
    godwit_status_t status = judge(emks, in->message, &detail);
    if (status == GODWIT_OK) {
        status = godwit_emks_gather(in, &request->imsi, request->agreement, out, &detail);
    }
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (status == GODWIT_OK) {
        status = hand_out(emks, in, &made, out, &detail);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(&made, sizeof made);
        made.status = godwit_status_on_the_wire(status);
    }
    godwit_message_t *answer = godwit_outbox_answer(out, in->message, GODWIT_E2E_KEY_ANSWER, GODWIT_FUNCTION_EMKS);
    if (answer != NULL) {
        answer->u.e2e_key_answer = made;
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = answer;
    }
    godwit_outbox_event(out, status == GODWIT_OK ? "e2e_key_given" : "refused", status, &request->imsi,
                        status == GODWIT_OK ? NULL : detail);
    godwit_wipe(&made, sizeof made);
}
