/* SPDX-License-Identifier: Apache-2.0
 *
 * Sessions in memory: a cache of the store in sets of eight. Only sessions for which a MAC has verified come in, so
 * nobody who holds no key can push one out.
 */
#include <string.h>

#include "roles/hse/internal.h"

#define WAYS 8

/* The set of an id: Session IDs are random, but the owner's may be small numbers, so the bits are mixed. */
static godwit_hse_session_t *set_of(const godwit_hse_t *hse, uint32_t session_id, size_t *ways)
{
    *ways = hse->session_capacity < WAYS ? hse->session_capacity : WAYS;
    uint32_t mixed = session_id * UINT32_C(0x9E3779B1);
    mixed ^= mixed >> 15;
    return &hse->sessions[(mixed & (hse->session_capacity / *ways - 1)) * *ways];
}

godwit_hse_session_t *godwit_hse_session_find(godwit_hse_t *hse, uint32_t session_id)
{
    size_t ways;
    godwit_hse_session_t *set = set_of(hse, session_id, &ways);
    for (size_t i = 0; i < ways; i++) {
        if (set[i].used && set[i].record.session_id == session_id) {
            return &set[i];
        }
    }
    return NULL;
}

static godwit_hse_session_t *place_for(godwit_hse_t *hse, uint32_t session_id)
{
    size_t ways;
    godwit_hse_session_t *set = set_of(hse, session_id, &ways), *oldest = &set[0];
    for (size_t i = 0; i < ways; i++) {
        if (!set[i].used) {
            return &set[i];
        }
        if (set[i].last_used < oldest->last_used) {
            oldest = &set[i];
        }
    }
    return oldest;
}

void godwit_hse_session_keep(godwit_hse_t *hse, const godwit_hse_session_t *work, uint64_t now_ms)
{
    godwit_hse_session_t *session = godwit_hse_session_find(hse, work->record.session_id);
    if (session == NULL) {
        session = place_for(hse, work->record.session_id);
    }
    *session = *work;
    session->used = true;
    session->last_used = now_ms;
}

void godwit_hse_session_forget(godwit_hse_t *hse, uint32_t session_id)
{
    godwit_hse_session_t *session = godwit_hse_session_find(hse, session_id);
    if (session != NULL) {
        godwit_wipe(session, sizeof *session);
    }
}

uint32_t godwit_hse_id_of_address(const godwit_crypto_t *crypto, const godwit_address_t *address)
{
    uint8_t digest[GODWIT_SHA256_SIZE] = {0};
    godwit_slice_t octets = godwit_slice(address->octets, address->len);
    if (crypto->sha256(&octets, 1, digest) != GODWIT_OK) {
        memset(digest, 0, sizeof digest);
    }
    uint32_t id = godwit_load_u32(digest);
    return id != 0 && id != GODWIT_HSE_TIMER_AGENDA ? id : 1;
}
