/* SPDX-License-Identifier: Apache-2.0
 *
 * Device RAND: RAND1 and its counter, the first datagram, and the chain (docs/device-rand.md). Pure rules; the MAC is
 * checked before anything moves.
 */
#include <string.h>

#include "core/agree/device_rand/device_rand.h"

#define COUNTER_OCTETS 6
#define KEY_IDS 7u
#define FIRST_MAC 8u /* of the default suite */

/* ---- RAND1 ---- */

void godwit_rand1_make(uint64_t counter, const uint8_t random[GODWIT_RAND1_RANDOM], uint8_t rand1[16])
{
    uint8_t eight[8];
    godwit_store_u64(eight, counter);
    memcpy(rand1, eight + 2, COUNTER_OCTETS);
    memcpy(rand1 + COUNTER_OCTETS, random, GODWIT_RAND1_RANDOM);
}

uint64_t godwit_rand1_counter(const uint8_t rand1[16])
{
    return godwit_load_u64(rand1) >> 16;
}

uint8_t godwit_rand1_key_id(const uint8_t rand1[16])
{
    return (uint8_t)(1u + godwit_rand1_counter(rand1) % KEY_IDS);
}

godwit_status_t godwit_mtc_counter_check(uint64_t last, uint64_t counter)
{
    if (counter <= last) {
        return GODWIT_REPLAY;
    }
    return counter - last > GODWIT_MTC_COUNTER_JUMP ? GODWIT_KEY_EXPIRED : GODWIT_OK;
}

/* ---- the first datagram ---- */

godwit_status_t godwit_mtc_first_peek(godwit_slice_t datagram, godwit_framing_t framing, godwit_mtc_first_t *first)
{
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    const size_t before = 2u + framing.session_octets + framing.counter_octets;
    godwit_status_t status = godwit_emsdp_peek(datagram, framing, &header);
    if (status != GODWIT_OK) {
        return status;
    }
    if (header.user_plane || header.key_id == 0 || header.session_id != 0 || header.low_count != 0 ||
        header.command != GODWIT_SESSION_REQUEST || datagram.len < before + FIRST_MAC) {
        return GODWIT_MALFORMED;
    }
    const godwit_slice_t tlvs = godwit_slice(datagram.ptr + before, datagram.len - before - FIRST_MAC);
    status = godwit_emsdp_control_parse(header.command, true, tlvs, &m);
    if (status != GODWIT_OK || !godwit_emsdp_has(&m, GODWIT_TLV_RAND1) ||
        header.key_id != godwit_rand1_key_id(m.rand1)) {
        return GODWIT_MALFORMED;
    }
    memset(first, 0, sizeof *first);
    first->by_temporary = godwit_emsdp_has(&m, GODWIT_TLV_TEMPORARY_IDENTITY);
    if (first->by_temporary) {
        memcpy(first->temporary, m.temporary.ptr, sizeof first->temporary);
    }
    first->imsi = m.imsi;
    memcpy(first->rand1, m.rand1, sizeof first->rand1);
    first->has_res = godwit_emsdp_has(&m, GODWIT_TLV_ENCRYPTED_RES);
    memcpy(first->encrypted_res, m.encrypted_res, sizeof first->encrypted_res);
    return GODWIT_OK;
}

godwit_status_t godwit_mtc_key(const godwit_crypto_t *crypto, const uint8_t k_mtc[32], const uint8_t rand1[16],
                               godwit_framing_t framing, uint32_t session_id, godwit_end_t end, godwit_emsdp_key_t *key)
{
    return godwit_emsdp_key_init(crypto, key, k_mtc, GODWIT_SUITE_DEFAULT, godwit_rand1_key_id(rand1), framing,
                                 session_id, 1, end);
}

godwit_status_t godwit_mtc_first_open(const godwit_crypto_t *crypto, godwit_slice_t datagram, godwit_framing_t framing,
                                      const uint8_t k_mtc[32], godwit_emsdp_key_t *key, uint8_t *plain,
                                      godwit_emsdp_opened_t *opened)
{
    godwit_mtc_first_t first;
    godwit_status_t status = godwit_mtc_first_peek(datagram, framing, &first);
    if (status == GODWIT_OK) {
        status = godwit_mtc_key(crypto, k_mtc, first.rand1, framing, 0, GODWIT_END_NETWORK, key);
    }
    if (status == GODWIT_OK) {
        status = godwit_emsdp_open(crypto, key, datagram, godwit_slice(NULL, 0), plain, opened);
    }
    if (status == GODWIT_OK && opened->count != 0) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        godwit_emsdp_accept(key, opened);
    } else {
        godwit_wipe(key, sizeof *key);
    }
    return status;
}

/* ---- the chain ---- */

static godwit_status_t try_chain(const godwit_crypto_t *crypto, const godwit_mtc_claim_t *claim,
                                 const uint8_t rand1[16], const uint8_t chain[32], uint8_t *plain, uint8_t k_mtc[32])
{
    godwit_emsdp_key_t key;
    godwit_emsdp_opened_t opened;
    godwit_status_t status = godwit_k_mtc(crypto, claim->kc_sres, claim->server_id, &claim->imsi, rand1, chain, k_mtc);
    if (status == GODWIT_OK) {
        status = godwit_mtc_first_open(crypto, claim->datagram, claim->framing, k_mtc, &key, plain, &opened);
    }
    godwit_wipe(&key, sizeof key);
    godwit_wipe(plain, claim->datagram.len);
    return status;
}

godwit_status_t godwit_mtc_claim_check(const godwit_crypto_t *crypto, const godwit_mtc_claim_t *claim,
                                       godwit_mtc_chain_t *chain, uint8_t *plain, uint8_t k_mtc[32])
{
    godwit_mtc_first_t first;
    godwit_mtc_chain_t next;
    godwit_status_t status = godwit_mtc_first_peek(claim->datagram, claim->framing, &first);
    if (status != GODWIT_OK) {
        return status;
    }
    memcpy(next.previous, chain->current, sizeof next.previous);
    status = try_chain(crypto, claim, first.rand1, chain->current, plain, k_mtc);
    if (status == GODWIT_MAC_FAILURE) {
        memcpy(next.previous, chain->previous, sizeof next.previous);
        status = try_chain(crypto, claim, first.rand1, chain->previous, plain, k_mtc);
    }
    if (status == GODWIT_OK) {
        status = godwit_next_chain(crypto, claim->kc_sres, next.previous, first.rand1, next.current);
    }
    if (status == GODWIT_OK) {
        *chain = next;
    } else {
        godwit_wipe(k_mtc, 32);
    }
    godwit_wipe(&next, sizeof next);
    return status;
}

/* ---- profile ts33868 ---- */

godwit_status_t godwit_mtc_ts33868(const godwit_crypto_t *crypto, godwit_mtc_profile_t profile, const uint8_t kc[8],
                                   godwit_slice_t server_id, const uint8_t rand[16], uint8_t res[4], uint8_t k_mtc[32])
{
    godwit_status_t status = profile == GODWIT_MTC_TS33868_KC || profile == GODWIT_MTC_TS33868_K_MTC
                                 ? godwit_k_mtc_ts33868(crypto, kc, server_id, k_mtc)
                                 : GODWIT_INVALID_ARGUMENT;
    if (status == GODWIT_OK) {
        const godwit_slice_t key = profile == GODWIT_MTC_TS33868_KC ? godwit_slice(kc, 8) : godwit_slice(k_mtc, 32);
        status = godwit_res_crypt_ts33868(crypto, key, rand, res);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(k_mtc, 32);
    }
    return status;
}

godwit_status_t godwit_mtc_ts33868_check(const godwit_crypto_t *crypto, godwit_mtc_profile_t profile,
                                         const godwit_mtc_claim_t *claim, uint8_t k_mtc[32])
{
    godwit_mtc_first_t first;
    godwit_status_t status = godwit_mtc_first_peek(claim->datagram, claim->framing, &first);
    if (status == GODWIT_OK && (!first.has_res || first.by_temporary)) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        status = godwit_mtc_ts33868(crypto, profile, claim->kc_sres, claim->server_id, first.rand1, first.encrypted_res,
                                    k_mtc);
    }
    if (status == GODWIT_OK && !godwit_equal_secret(first.encrypted_res, claim->kc_sres + 16, 4)) {
        godwit_wipe(k_mtc, 32);
        status = GODWIT_MAC_FAILURE;
    }
    godwit_wipe(&first, sizeof first);
    return status;
}
