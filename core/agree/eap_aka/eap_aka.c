/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys and identities of EAP-AKA' (RFC 9048 3.3, 3.4.1; TS 23.003 19.3.2).
 */
#include "core/agree/eap_aka/eap_aka.h"

#include <string.h>

#define MK_SIZE (16 + 32 + 32 + 64 + 64)
#define ROUNDS ((MK_SIZE + GODWIT_SHA256_SIZE - 1) / GODWIT_SHA256_SIZE)
#define LEADING '6' /* EAP-AKA', permanent identity */

/* PRF' (RFC 9048 3.4.1): T1 = HMAC(K, S | 01), Tn = HMAC(K, Tn-1 | S | n). */
static godwit_status_t prf(const godwit_crypto_t *crypto, const uint8_t key[32], const godwit_slice_t seed[2],
                           uint8_t out[ROUNDS * GODWIT_SHA256_SIZE])
{
    godwit_status_t status = GODWIT_OK;
    for (uint8_t round = 1; status == GODWIT_OK && round <= ROUNDS; round++) {
        uint8_t *to = out + (size_t)(round - 1) * GODWIT_SHA256_SIZE;
        const godwit_slice_t before =
            round == 1 ? godwit_slice(NULL, 0) : godwit_slice(to - GODWIT_SHA256_SIZE, GODWIT_SHA256_SIZE);
        const godwit_slice_t parts[] = {before, seed[0], seed[1], godwit_slice(&round, 1)};
        status = crypto->hmac_sha256(godwit_slice(key, 32), parts, 4, to);
    }
    return status;
}

godwit_status_t godwit_eap_aka_keys(const godwit_crypto_t *crypto, const uint8_t ck_ik_prime[32],
                                    godwit_slice_t identity, godwit_eap_aka_keys_t *keys)
{
    uint8_t key[32], mk[ROUNDS * GODWIT_SHA256_SIZE];
    const godwit_slice_t seed[] = {godwit_slice_of_string("EAP-AKA'"), identity};
    memcpy(key, ck_ik_prime + 16, 16); /* IK' comes first */
    memcpy(key + 16, ck_ik_prime, 16);
    const godwit_status_t status = prf(crypto, key, seed, mk);
    if (status == GODWIT_OK) {
        memcpy(keys->k_encr, mk, 16);
        memcpy(keys->k_aut, mk + 16, 32);
        memcpy(keys->k_re, mk + 48, 32);
        memcpy(keys->msk, mk + 80, 64);
        memcpy(keys->emsk, mk + 144, 64);
    } else {
        godwit_wipe(keys, sizeof *keys);
    }
    godwit_wipe(key, sizeof key);
    godwit_wipe(mk, sizeof mk);
    return status;
}

/* ---- identities ---- */

static godwit_status_t put_domain(godwit_plmn_t home, godwit_writer_t *w)
{
    char domain[14];
    const godwit_status_t status = godwit_plmn_to_domain(home, domain);
    if (status == GODWIT_OK) {
        godwit_put_slice(w, godwit_slice_of_string("@wlan."));
        godwit_put_slice(w, godwit_slice_of_string(domain));
        godwit_put_slice(w, godwit_slice_of_string(".3gppnetwork.org"));
    }
    return status;
}

/* Whether the IMSI begins with MCC and MNC of that network. */
static bool is_of(const godwit_imsi_t *imsi, godwit_plmn_t home)
{
    char text[8];
    if (godwit_plmn_to_text(home, text) != GODWIT_OK) {
        return false;
    }
    const size_t mnc = strlen(text + 4);
    return imsi->len > 3 + mnc && memcmp(imsi->digits, text, 3) == 0 && memcmp(imsi->digits + 3, text + 4, mnc) == 0;
}

godwit_status_t godwit_eap_nai(const godwit_imsi_t *imsi, godwit_plmn_t home, char nai[GODWIT_EAP_NAI_MAX + 1])
{
    godwit_writer_t w = godwit_writer(nai, GODWIT_EAP_NAI_MAX);
    if (!is_of(imsi, home)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(&w, LEADING);
    godwit_put(&w, imsi->digits, imsi->len);
    const godwit_status_t status = put_domain(home, &w);
    if (status != GODWIT_OK) {
        return status;
    }
    nai[w.len] = '\0';
    return godwit_writer_status(&w);
}

godwit_status_t godwit_eap_imsi_of(godwit_slice_t nai, godwit_plmn_t home, godwit_imsi_t *imsi)
{
    char digits[GODWIT_IMSI_DIGITS_MAX + 1], expected[GODWIT_EAP_NAI_MAX + 1];
    godwit_imsi_t parsed;
    size_t len = 0;
    while (len + 1 < nai.len && len < GODWIT_IMSI_DIGITS_MAX && nai.ptr[len + 1] >= '0' && nai.ptr[len + 1] <= '9') {
        digits[len] = (char)nai.ptr[len + 1];
        len++;
    }
    digits[len] = '\0';
    if (godwit_imsi_from_text(digits, &parsed) != GODWIT_OK || godwit_eap_nai(&parsed, home, expected) != GODWIT_OK ||
        !godwit_slice_equal(nai, godwit_slice_of_string(expected))) {
        return GODWIT_MALFORMED;
    }
    *imsi = parsed;
    return GODWIT_OK;
}
