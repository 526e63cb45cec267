/* SPDX-License-Identifier: Apache-2.0
 *
 * Godwit's own: a pre-shared key of K_e2e for another protocol (docs/keys.md, "exported PSK"). One number is never used
 * twice:
 * its owner counts.
 */
#include "core/keys/kdf.h"
#include "core/keys/profile.h"

#define ROLE_SERVER 1

static bool is_protocol(const char *label)
{
    static const char *const protocols[] = {"dtls1.2", "dtls1.3", "tls1.3", "oscore"};
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
        if (strcmp(label, protocols[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool godwit_psk_is_proved_by_handshake(const char *label)
{
    return strcmp(label, "oscore") != 0;
}

godwit_status_t godwit_exported_psk(const godwit_crypto_t *c, const uint8_t k_e2e[32], const char *label, uint8_t role,
                                    uint32_t number, uint8_t psk[32])
{
    uint8_t role_and_number[5] = {role};
    godwit_store_u32(role_and_number + 1, number);
    const godwit_slice_t p[] = {godwit_slice_of_string(label), godwit_slice(role_and_number, 5)};
    if (role > ROLE_SERVER || label == NULL || !is_protocol(label)) {
        return kdf_refuse(psk, 32);
    }
    return godwit_kdf_own(c, godwit_slice(k_e2e, 32), FC_OWN_EXPORTED_PSK, p, 2, psk);
}
