/* SPDX-License-Identifier: Apache-2.0
 *
 * The EESE's records: what an input has fetched so far, what a session stands on, and what becomes durable.
 */
#include <string.h>

#include "roles/eese/internal.h"

godwit_record_key_t godwit_eese_session_key(const godwit_imsi_t *imsi, const uint8_t eas_key[16], uint32_t session_id)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_E2E_SESSION, .imsi = *imsi, .session_id = session_id};
    memcpy(key.octets, eas_key, sizeof key.octets);
    return key;
}

/* ---- fetching ---- */

static godwit_eese_fetched_t *kept(godwit_eese_t *eese, const godwit_record_key_t *key)
{
    for (size_t i = 0; i < eese->fetched_count; i++) {
        if (godwit_record_key_equal(&eese->fetched[i].key, key)) {
            return &eese->fetched[i];
        }
    }
    return NULL;
}

static godwit_eese_fetched_t *keep(godwit_eese_t *eese, const godwit_input_t *in)
{
    godwit_eese_fetched_t *f = &eese->fetched[eese->fetched_count++];
    memset(f, 0, sizeof *f);
    f->key = in->fetched_key;
    f->status = in->fetched == NULL && in->fetch_status == GODWIT_OK ? GODWIT_NOT_FOUND : in->fetch_status;
    if (in->fetched == NULL) {
        return f;
    }
    switch (in->fetched->kind) {
    case GODWIT_RECORD_EAS:
        f->u.eas = in->fetched->u.eas;
        break;
    case GODWIT_RECORD_EAS_ENTITLEMENT:
        f->u.entitlement = in->fetched->u.eas_entitlement;
        break;
    case GODWIT_RECORD_E2E_SESSION:
        f->u.session = in->fetched->u.e2e_session;
        break;
    default:
        f->status = GODWIT_STORE_FAILED;
        break;
    }
    return f;
}

godwit_status_t godwit_eese_fetch(const godwit_eese_turn_t *turn, const godwit_record_key_t *key,
                                  const godwit_eese_fetched_t **found)
{
    godwit_eese_t *eese = turn->eese;
    const godwit_input_t *in = turn->in;
    godwit_eese_fetched_t *f = kept(eese, key);
    if (f == NULL && in->fetch_status != GODWIT_AGAIN && godwit_record_key_equal(&in->fetched_key, key)) {
        f = eese->fetched_count < GODWIT_EESE_FETCHED_MAX ? keep(eese, in) : NULL;
        if (f == NULL) {
            return GODWIT_STORE_FAILED;
        }
    }
    if (f == NULL) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_FETCH)->record_key = *key;
        return GODWIT_AGAIN;
    }
    *found = f;
    return f->status == GODWIT_OK || f->status == GODWIT_NOT_FOUND ? f->status : GODWIT_STORE_FAILED;
}

godwit_status_t godwit_eese_judge_eas(const godwit_eese_turn_t *turn, const uint8_t eas_key[16],
                                      const godwit_imsi_t *imsi, uint8_t services, godwit_eese_ground_t *ground)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_EAS};
    const godwit_eese_fetched_t *found = NULL;
    memcpy(key.octets, eas_key, sizeof key.octets);
    godwit_status_t status = godwit_eese_fetch(turn, &key, &found);
    if (status != GODWIT_OK && status != GODWIT_NOT_FOUND) {
        return status;
    }
    ground->registered = status == GODWIT_OK;
    if (ground->registered) {
        ground->eas = found->u.eas;
    }
    key.kind = GODWIT_RECORD_EAS_ENTITLEMENT;
    key.imsi = *imsi;
    key.agreement = services;
    key.at_ms = turn->in->now_ms;
    status = godwit_eese_fetch(turn, &key, &found);
    if (status != GODWIT_OK && status != GODWIT_NOT_FOUND) {
        return status;
    }
    ground->entitled = status == GODWIT_OK;
    ground->entitled_until_ms = ground->entitled ? found->u.entitlement.not_after_ms : 0;
    return GODWIT_OK;
}

godwit_status_t godwit_eese_find_session(const godwit_eese_turn_t *turn, const godwit_record_key_t *key,
                                         godwit_eese_ground_t *ground)
{
    const godwit_eese_fetched_t *found = NULL;
    const godwit_status_t status = godwit_eese_fetch(turn, key, &found);
    ground->known = status == GODWIT_OK;
    if (ground->known) {
        ground->session = found->u.session;
    }
    return status;
}

/* ---- committing ---- */

void godwit_eese_commit(const godwit_eese_turn_t *turn, godwit_e2e_session_record_t *session,
                        const godwit_eese_ground_t *ground)
{
    godwit_record_t *record = godwit_outbox_alloc(turn->out, sizeof *record);
    if (record == NULL) {
        return;
    }
    session->due_ms = godwit_eese_due(&turn->eese->config, session, ground, turn->in->now_ms);
    record->kind = GODWIT_RECORD_E2E_SESSION;
    record->u.e2e_session = *session;
    godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    godwit_eese_arm(turn, session->due_ms);
}

void godwit_eese_forget(const godwit_eese_turn_t *turn, const godwit_e2e_session_record_t *session)
{
    godwit_request_t *request = godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT);
    request->deleting = true;
    request->record_key = godwit_eese_session_key(&session->path.imsi, session->eas_key, session->path.session_id);
}
