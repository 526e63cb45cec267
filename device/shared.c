/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests to the caller, and keys with their reserved COUNTs. COUNTs are reserved in the record before they are used,
 * so that a power loss at any point can skip some but never use one twice.
 */
#include "device/shared.h"

#include <string.h>

#define REQUESTS_BESIDE_STORES (GODWIT_DEVICE_REQUESTS_MAX - 2u)
#define SHIFT_MAX 8u /* doublings of the wait, so that it stays a number */

/* ---- requests ---- */

godwit_device_request_t *godwit_device_ask_for(godwit_device_requests_t *requests, godwit_device_request_kind_t kind)
{
    size_t at = requests->count < REQUESTS_BESIDE_STORES ? requests->count++ : REQUESTS_BESIDE_STORES - 1u;
    memset(&requests->item[at], 0, sizeof requests->item[at]);
    requests->item[at].kind = kind;
    return &requests->item[at];
}

void godwit_device_event(godwit_device_requests_t *requests, const char *name, godwit_status_t reason)
{
    godwit_device_request_t *event = godwit_device_ask_for(requests, GODWIT_DEVICE_EVENT);
    event->name = name;
    event->reason = reason;
}

void godwit_device_wait(godwit_device_requests_t *requests, uint32_t first_ms, unsigned sendings)
{
    unsigned doublings = sendings > 0 ? sendings - 1u : 0u;
    uint32_t wait_ms = first_ms << (doublings < SHIFT_MAX ? doublings : SHIFT_MAX);
    godwit_device_ask_for(requests, GODWIT_DEVICE_TIMER)->delay_ms = wait_ms;
}

void godwit_device_timer_cancel(godwit_device_requests_t *requests)
{
    godwit_device_ask_for(requests, GODWIT_DEVICE_TIMER)->delay_ms = 0;
}

/* ---- the one way out ---- */

void godwit_device_store_first(godwit_device_requests_t *requests, godwit_device_request_kind_t kind,
                               godwit_slice_t record)
{
    memmove(requests->item + 1, requests->item, requests->count * sizeof requests->item[0]);
    requests->item[0] = (godwit_device_request_t){.kind = kind, .octets = record};
    requests->count++;
}

bool godwit_device_hold_back(godwit_device_requests_t *requests)
{
    size_t kept = 0;
    bool asked = false;
    for (size_t i = 0; i < requests->count; i++) {
        godwit_device_request_t *r = &requests->item[i];
        asked = asked || r->kind == GODWIT_DEVICE_AUTHENTICATE || r->kind == GODWIT_DEVICE_AUTHENTICATE_GSM;
        if (r->kind == GODWIT_DEVICE_EVENT && strcmp(r->name, "reading_sent") == 0) {
            r->name = "reading_uncertain";
        }
        if (r->kind == GODWIT_DEVICE_EVENT || r->kind == GODWIT_DEVICE_TIMER) {
            requests->item[kept++] = *r;
        }
    }
    requests->count = kept;
    return asked;
}

/* ---- COUNTs ---- */

bool godwit_device_ends_the_session(godwit_status_t reason)
{
    return reason == GODWIT_UNKNOWN_SESSION || reason == GODWIT_UNKNOWN_KEY || reason == GODWIT_COUNT_EXHAUSTED ||
           reason == GODWIT_KEY_EXPIRED;
}

/* At most 2^n at a time, n = 3 + 8E bits of COUNT being sent: the network tries four times as far ahead. */
static uint32_t raised(uint32_t reserve, const godwit_emsdp_key_t *key, uint32_t next)
{
    const unsigned bits = 3u + 8u * (key->hot.framing & 0x0Fu);
    const uint32_t most = UINT32_C(1) << bits;
    const uint32_t by = reserve < most ? reserve : most;
    return next > UINT32_MAX - by ? UINT32_MAX : next + by;
}

void godwit_reserve_first(uint32_t reserve, godwit_emsdp_key_t *key)
{
    key->hot.up_limit_out = raised(reserve, key, 0);
    key->cp_limit_out = raised(reserve, key, 0);
}

godwit_status_t godwit_reserve_seal_user(const godwit_crypto_t *crypto, uint32_t reserve, godwit_emsdp_key_t *key,
                                         godwit_slice_t payload, godwit_writer_t *out, bool *unstored)
{
    uint32_t limit = key->hot.up_limit_out;
    if (key->hot.up_next_out >= limit) {
        key->hot.up_limit_out = raised(reserve, key, key->hot.up_next_out);
    }
    godwit_status_t status = godwit_emsdp_seal_user(crypto, key, payload, out);
    if (status != GODWIT_OK) {
        key->hot.up_limit_out = limit;
    } else if (key->hot.up_limit_out != limit) {
        *unstored = true;
    }
    return status;
}

godwit_status_t godwit_reserve_seal_control(const godwit_crypto_t *crypto, uint32_t reserve, godwit_emsdp_key_t *key,
                                            const godwit_emsdp_control_t *m, godwit_writer_t *out, bool *unstored)
{
    uint32_t limit = key->cp_limit_out;
    if (key->cp_next_out >= limit) {
        key->cp_limit_out = raised(reserve, key, key->cp_next_out);
    }
    godwit_status_t status = godwit_emsdp_seal_control(crypto, key, m, godwit_slice(NULL, 0), out);
    if (status != GODWIT_OK) {
        key->cp_limit_out = limit;
    } else if (key->cp_limit_out != limit) {
        *unstored = true;
    }
    return status;
}

/* ---- records ---- */

godwit_status_t godwit_device_check_of(const godwit_crypto_t *crypto, godwit_slice_t record, const godwit_imsi_t *imsi,
                                       godwit_slice_t endpoint, godwit_framing_t framing,
                                       uint8_t check[GODWIT_DEVICE_CHECK])
{
    uint8_t both = (uint8_t)(framing.session_octets << 4 | framing.counter_octets);
    uint8_t digest[GODWIT_SHA256_SIZE];
    const godwit_slice_t parts[4] = {
        record,
        godwit_slice(imsi->digits, sizeof imsi->digits),
        endpoint,
        godwit_slice(&both, 1),
    };
    godwit_status_t status = crypto->sha256(parts, 4, digest);
    memcpy(check, digest, GODWIT_DEVICE_CHECK);
    return status;
}

void godwit_device_put_key(godwit_writer_t *w, const godwit_emsdp_key_t *key)
{
    godwit_emsdp_key_t copy = *key;
    uint8_t *at = godwit_put_space(w, GODWIT_EMSDP_KEY_RECORD);
    copy.hot.up_next_out = copy.hot.up_limit_out;
    copy.cp_next_out = copy.cp_limit_out;
    if (at != NULL) {
        godwit_emsdp_key_save(&copy, at);
    }
    godwit_wipe(&copy, sizeof copy);
}

godwit_status_t godwit_device_get_key(godwit_reader_t *r, godwit_framing_t framing, godwit_emsdp_key_t *key)
{
    godwit_slice_t octets = godwit_get_slice(r, GODWIT_EMSDP_KEY_RECORD);
    godwit_status_t status =
        octets.len == GODWIT_EMSDP_KEY_RECORD ? godwit_emsdp_key_load(octets.ptr, key) : GODWIT_MALFORMED;
    bool ours =
        key->hot.end == GODWIT_END_DEVICE && key->hot.framing == (framing.session_octets << 4 | framing.counter_octets);
    if (status == GODWIT_OK && godwit_emsdp_key_is_set(key) && !ours) {
        status = GODWIT_MALFORMED;
    }
    key->hot.up_limit_out = key->hot.up_next_out;
    key->cp_limit_out = key->cp_next_out;
    return status;
}

GODWIT_DEVICE_OWN_FRAME godwit_status_t godwit_device_digest_of(const godwit_crypto_t *crypto, godwit_slice_t datagram,
                                                                uint8_t digest[8])
{
    uint8_t whole[GODWIT_SHA256_SIZE];
    godwit_status_t status = crypto->sha256(&datagram, 1, whole);
    memcpy(digest, whole, 8);
    return status;
}
