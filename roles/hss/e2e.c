/* SPDX-License-Identifier: Apache-2.0
 *
 * E2E_KEY_REQUEST at the HSS as owner of the key sets that it retains (variants 1A, 1B, 1C; docs/e2e.md): K_e2e of one
 * device with one EAS, for a configured EESE. An age is given once: key set and age live and die together in memory, so
 * nothing is to be made durable before. It must not hand out anything over a hop that proves nothing, and never the key
 * set.
 */
#include "roles/hss/internal.h"

static godwit_status_t judge(const godwit_hss_t *hss, const godwit_message_t *message, const char **detail)
{
    const godwit_e2e_key_request_t *request = &message->u.e2e_key_request;
    if (!godwit_hss_is_listed(hss->eeses, hss->eese_count, message->origin_host)) {
        *detail = "a key end to end, and not one of our EESEs";
        return GODWIT_NOT_ENTITLED;
    }
    if (message->hop == GODWIT_HOP_OPEN) {
        *detail = "a key end to end over a hop that proves nothing";
        return GODWIT_NOT_ENTITLED;
    }
    if (!godwit_hss_owns_key_sets(hss)) {
        *detail = "this HSS owns no key sets";
        return GODWIT_UNKNOWN_KEY;
    }
    if (!godwit_is_endpoint(request->endpoint) || request->key_set == 0) {
        *detail = "a key end to end for nobody, or of no key set";
        return GODWIT_MALFORMED;
    }
    return GODWIT_OK;
}

static godwit_status_t hand_out(const godwit_hss_t *hss, const godwit_e2e_key_request_t *request,
                                const godwit_hss_retained_t *entry, godwit_e2e_key_answer_t *answer,
                                const char **detail)
{
    const bool selected = entry->key_set == request->key_set && entry->agreement == request->agreement;
    const godwit_status_t status = godwit_hss_usable(hss, entry, selected, detail);
    if (status != GODWIT_OK) {
        return status;
    }
    answer->age = godwit_age_after(entry->age, request->above_age);
    if (answer->age == 0) {
        *detail = "no age is left above the one that was named";
        return GODWIT_COUNT_EXHAUSTED;
    }
    *detail = "no key end to end could be made";
    return godwit_k_e2e(hss->crypto, entry->e2m_keyset, godwit_slice_of_string(request->endpoint), answer->age,
                        answer->k_e2e);
}

void godwit_hss_on_e2e_key_request(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_e2e_key_request_t *request = &in->message->u.e2e_key_request;
    godwit_message_t *answer = godwit_outbox_answer(out, in->message, GODWIT_E2E_KEY_ANSWER, GODWIT_FUNCTION_HSS);
    const char *detail = NULL;
    if (answer == NULL) {
        return;
    }
    godwit_status_t status = judge(hss, in->message, &detail);
    godwit_hss_retained_t *entry = status == GODWIT_OK ? godwit_hss_retained_of(hss, &request->imsi, in->now_ms) : NULL;
    if (status == GODWIT_OK && entry == NULL) {
        detail = "no key set of that subscriber is retained";
        status = GODWIT_UNKNOWN_KEY;
    } else if (status == GODWIT_OK) {
        status = hand_out(hss, request, entry, &answer->u.e2e_key_answer, &detail);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(&answer->u.e2e_key_answer, sizeof answer->u.e2e_key_answer);
        answer->u.e2e_key_answer.status = godwit_status_on_the_wire(status);
    }
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = answer;
    if (entry != NULL && status == GODWIT_OK && !out->overflow) {
        entry->age = answer->u.e2e_key_answer.age;
    }
    godwit_outbox_event(out, status == GODWIT_OK ? "e2e_key_given" : "refused", status, &request->imsi,
                        status == GODWIT_OK ? NULL : detail);
}
