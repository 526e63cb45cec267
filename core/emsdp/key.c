/* SPDX-License-Identifier: Apache-2.0
 *
 * A key of a session: made fresh, as a record that survives, and the choice of its Key ID.
 */
#include "core/emsdp/frame.h"

#include <string.h>

godwit_status_t godwit_emsdp_key_init(const godwit_crypto_t *crypto, godwit_emsdp_key_t *key,
                                      const uint8_t k_session[32], uint8_t suite_id, uint8_t key_id,
                                      godwit_framing_t framing, uint32_t session_id, uint32_t generation,
                                      godwit_end_t end)
{
    uint8_t k_int[32];
    godwit_wipe(key, sizeof *key);
    if (godwit_suite(suite_id) == NULL) {
        return GODWIT_UNSUPPORTED_SUITE;
    }
    if (key_id == 0 || key_id > EMSDP_KEY_ID_MASK || !frame_is_framing(framing) ||
        (framing.session_octets > 0 && (uint64_t)session_id >> (8u * framing.session_octets) != 0)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_status_t status = godwit_suite_keys(crypto, k_session, suite_id, key->hot.k_enc, k_int);
    if (status == GODWIT_OK) {
        memcpy(key->hot.k_int, k_int, 16);
        memcpy(key->k_int_tail, k_int + 16, 16);
        key->hot.suite = suite_id;
        key->hot.key_id = key_id;
        key->hot.framing = (uint8_t)(framing.session_octets << 4 | framing.counter_octets);
        key->hot.end = (uint8_t)end;
        key->hot.session_id = session_id;
        key->generation = generation;
        key->hot.up_limit_out = UINT32_MAX;
        key->cp_limit_out = UINT32_MAX;
    }
    godwit_wipe(k_int, sizeof k_int);
    return status;
}

uint8_t godwit_emsdp_next_key_id(uint8_t last, uint8_t live)
{
    uint8_t id = last;
    for (unsigned i = 0; i < EMSDP_KEY_ID_MASK; i++) {
        id = (uint8_t)(id % EMSDP_KEY_ID_MASK + 1);
        if ((live >> id & 1u) == 0) {
            return id;
        }
    }
    return 0;
}
