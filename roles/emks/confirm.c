/* SPDX-License-Identifier: Apache-2.0
 *
 * KEY_CONFIRM: a datagram of the device verified, so the USIM has taken the vector and it is outstanding no more.
 * Idempotent; answered only when durable. It must not confirm another vector than the one it names.
 */
#include "roles/emks/internal.h"

static void answer(const godwit_message_t *request, godwit_status_t status, godwit_outbox_t *out)
{
    godwit_message_t *message = godwit_outbox_answer(out, request, GODWIT_KEY_CONFIRM_ANSWER, GODWIT_FUNCTION_EMKS);
    if (message == NULL) {
        return;
    }
    message->u.key_confirm_answer = status == GODWIT_OK ? GODWIT_OK : godwit_status_on_the_wire(status);
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
}

/* Said again by a session that still lives under it. */
static bool is_former(const godwit_key_confirm_t *request, const godwit_key_set_record_t *stored)
{
    return stored != NULL && request->key_set != 0 && stored->former.vector_number == request->key_set &&
           request->generation != 0 && request->generation <= stored->former.generation;
}

static godwit_status_t confirm(const godwit_key_confirm_t *request, const godwit_key_set_record_t *stored,
                               godwit_outbox_t *out)
{
    if (is_former(request, stored)) {
        return GODWIT_OK;
    }
    if (stored == NULL || stored->vector_number != request->key_set || request->generation == 0 ||
        request->generation > stored->generation) {
        return GODWIT_UNKNOWN_KEY;
    }
    if (stored->confirmed) {
        return GODWIT_OK;
    }
    godwit_key_set_record_t *key_set = godwit_emks_commit(out, stored);
    if (key_set == NULL) {
        return GODWIT_OVERLOAD;
    }
    key_set->confirmed = true;
    godwit_wipe(&key_set->former, sizeof key_set->former);
    return GODWIT_OK;
}

void godwit_emks_on_key_confirm(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out)
{
    (void)emks;
    const godwit_key_confirm_t *request = &in->message->u.key_confirm;
    godwit_status_t status = GODWIT_OK;
    const char *detail = "not a key that was handed out";
    if (!godwit_speaks_for(in->message, request->endpoint)) {
        status = GODWIT_NOT_ENTITLED;
        detail = "the node that confirms is not the endpoint it names";
    } else if (in->fetch_status == GODWIT_AGAIN) {
        godwit_emks_fetch_key_set(out, &request->imsi, request->agreement);
        return;
    } else if (in->fetch_status != GODWIT_OK && in->fetch_status != GODWIT_NOT_FOUND) {
        status = GODWIT_STORE_FAILED;
        detail = "the key set could not be read";
    } else {
        status = confirm(request, in->fetched != NULL ? &in->fetched->u.key_set : NULL, out);
    }
    answer(in->message, status, out);
    if (status != GODWIT_OK) {
        godwit_outbox_event(out, "refused", status, &request->imsi, detail);
    }
}
