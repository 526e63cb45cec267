/* SPDX-License-Identifier: Apache-2.0
 *
 * The record of a device at its EAS: asked for by HSE and Session ID, or by IMSI; read into eas->device, and written
 * from it.
 */
#include <string.h>

#include "roles/eas/internal.h"

void godwit_eas_fetch_session(const godwit_eas_turn_t *turn, const uint8_t hse_key[16], uint32_t session_id)
{
    godwit_record_key_t *key = &godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_FETCH)->record_key;
    key->kind = GODWIT_RECORD_EAS_SESSION;
    key->session_id = session_id;
    memcpy(key->octets, hse_key, sizeof key->octets);
}

void godwit_eas_fetch_newest(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi)
{
    godwit_record_key_t *key = &godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_FETCH)->record_key;
    key->kind = GODWIT_RECORD_EAS_SESSION;
    key->imsi = *imsi;
}

bool godwit_eas_was_session(const godwit_eas_turn_t *turn, bool newest)
{
    const godwit_input_t *in = turn->in;
    return in->fetch_status != GODWIT_AGAIN && in->fetched_key.kind == GODWIT_RECORD_EAS_SESSION &&
           (in->fetched_key.imsi.len > 0) == newest;
}

bool godwit_eas_store_failed(const godwit_eas_turn_t *turn)
{
    const godwit_status_t status = turn->in->fetch_status;
    return status != GODWIT_AGAIN && status != GODWIT_OK && status != GODWIT_NOT_FOUND;
}

godwit_status_t godwit_eas_session_load(const godwit_eas_turn_t *turn)
{
    if (turn->in->fetched == NULL) {
        return GODWIT_NOT_FOUND;
    }
    const godwit_eas_session_record_t *record = &turn->in->fetched->u.eas_session;
    if (record->len > sizeof record->octets) {
        return GODWIT_MALFORMED;
    }
    turn->eas->begun_ms = record->begun_ms;
    return godwit_eas_load(&turn->eas->device, turn->eas->config.crypto, godwit_slice(record->octets, record->len));
}

static uint64_t due_ms(const godwit_eas_turn_t *turn)
{
    const uint64_t due_s = godwit_eas_due(&turn->eas->device, godwit_eas_now_s(turn));
    return due_s < UINT64_MAX / 1000u ? due_s * 1000u : UINT64_MAX;
}

godwit_status_t godwit_eas_session_commit(const godwit_eas_turn_t *turn)
{
    const godwit_eas_device_t *device = &turn->eas->device;
    godwit_record_t *record = godwit_outbox_alloc(turn->out, sizeof *record);
    if (record == NULL) {
        return GODWIT_OVERLOAD;
    }
    godwit_eas_session_record_t *session = &record->u.eas_session;
    record->kind = GODWIT_RECORD_EAS_SESSION;
    session->path = device->path;
    session->begun_ms = turn->eas->begun_ms;
    session->due_ms = due_ms(turn);
    session->len = (uint16_t)godwit_eas_save(device, session->octets);
    if (session->len == 0 || godwit_name_key(device->crypto, device->path.hse, session->hse_key) != GODWIT_OK) {
        return GODWIT_CRYPTO_FAILED;
    }
    godwit_eas_sweep_by(turn, session->due_ms);
    godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    return GODWIT_OK;
}

void godwit_eas_session_delete(const godwit_eas_turn_t *turn, const uint8_t hse_key[16], uint32_t session_id)
{
    godwit_request_t *request = godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT);
    request->deleting = true;
    request->record_key.kind = GODWIT_RECORD_EAS_SESSION;
    request->record_key.session_id = session_id;
    memcpy(request->record_key.octets, hse_key, sizeof request->record_key.octets);
}
