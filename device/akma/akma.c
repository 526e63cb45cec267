/* SPDX-License-Identifier: Apache-2.0
 *
 * AKMA in the device: 5G AKA's keys, the anchor key, its record. version (1) | A-TID (32) | K_AKMA (32) | zero (7) |
 * check (8): first of SHA-256 over all that and the IMSI.
 */
#include "godwit/akma.h"

#include <string.h>

#include "core/agree/akma/akma.h"

#define VERSION 1u
#define CHECK 8u
#define AMF_SEPARATION 0x80u /* of the first octet of AMF, the seventh of AUTN */

static const char *routing_indicator_of(const godwit_akma_config_t *config)
{
    return config->routing_indicator != NULL ? config->routing_indicator : "0";
}

godwit_status_t godwit_akma_init(godwit_akma_t *akma, const godwit_akma_config_t *config)
{
    static const uint8_t any[32];
    char a_kid[GODWIT_A_KID_MAX + 1];
    memset(akma, 0, sizeof *akma);
    if (godwit_akma_a_kid(any, routing_indicator_of(config), config->home, a_kid) != GODWIT_OK) {
        return GODWIT_INVALID_ARGUMENT;
    }
    akma->config = *config;
    return GODWIT_OK;
}

/* ---- the record ---- */

static godwit_status_t check_of(const godwit_akma_t *akma, const uint8_t *record, uint8_t check[CHECK])
{
    uint8_t digest[GODWIT_SHA256_SIZE];
    const godwit_slice_t parts[] = {godwit_slice(record, GODWIT_AKMA_RECORD - CHECK),
                                    godwit_slice_of_string(akma->config.imsi.digits)};
    godwit_status_t status = akma->config.crypto->sha256(parts, 2, digest);
    memcpy(check, digest, CHECK);
    godwit_wipe(digest, sizeof digest);
    return status;
}

/* Of the next anchor key. */
static godwit_status_t save(const godwit_akma_t *akma, uint8_t record[GODWIT_AKMA_RECORD])
{
    memset(record, 0, GODWIT_AKMA_RECORD);
    record[0] = VERSION;
    memcpy(record + 1, akma->next_a_tid, sizeof akma->next_a_tid);
    memcpy(record + 1 + sizeof akma->next_a_tid, akma->next_k_akma, sizeof akma->next_k_akma);
    return check_of(akma, record, record + GODWIT_AKMA_RECORD - CHECK);
}

godwit_status_t godwit_akma_restore(godwit_akma_t *akma, godwit_slice_t record)
{
    uint8_t check[CHECK];
    akma->has_key = false;
    if (record.len != GODWIT_AKMA_RECORD) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = check_of(akma, record.ptr, check);
    if (status != GODWIT_OK) {
        return status;
    }
    if (record.ptr[0] != VERSION || !godwit_equal_secret(check, record.ptr + record.len - CHECK, CHECK)) {
        return GODWIT_MALFORMED;
    }
    memcpy(akma->a_tid, record.ptr + 1, sizeof akma->a_tid);
    memcpy(akma->k_akma, record.ptr + 1 + sizeof akma->a_tid, sizeof akma->k_akma);
    akma->has_key = true;
    return GODWIT_OK;
}

/* ---- primary authentication ---- */

static godwit_status_t derive(godwit_akma_t *akma, const char *network, const uint8_t rand[16], const uint8_t autn[16],
                              const godwit_usim_result_t *usim, uint8_t res_star[16])
{
    const godwit_crypto_t *crypto = akma->config.crypto;
    const godwit_slice_t name = godwit_slice_of_string(network);
    uint8_t ck_ik[32], k_ausf[32];
    memcpy(ck_ik, usim->ck, 16);
    memcpy(ck_ik + 16, usim->ik, 16);
    godwit_status_t status = godwit_k_ausf(crypto, ck_ik, name, autn, k_ausf); /* AUTN begins with SQN xor AK */
    if (status == GODWIT_OK) {
        status = godwit_res_star(crypto, ck_ik, name, rand, godwit_slice(usim->res, usim->res_len), res_star);
    }
    if (status == GODWIT_OK) {
        status = godwit_akma_anchor(crypto, k_ausf, &akma->config.imsi, akma->next_k_akma, akma->next_a_tid);
    }
    godwit_wipe(ck_ik, sizeof ck_ik);
    godwit_wipe(k_ausf, sizeof k_ausf);
    return status;
}

godwit_status_t godwit_akma_answer(godwit_akma_t *akma, godwit_plmn_t serving_network, const uint8_t rand[16],
                                   const uint8_t autn[16], const godwit_usim_result_t *usim, uint8_t res_star[16])
{
    char network[GODWIT_SERVING_NETWORK_NAME_MAX + 1];
    akma->has_next = false;
    godwit_status_t status = usim->status;
    if (status == GODWIT_OK && (autn[6] & AMF_SEPARATION) == 0) {
        status = GODWIT_AUTH_MAC_FAILURE;
    }
    if (status == GODWIT_OK) {
        status = godwit_akma_serving_network(serving_network, network);
    }
    if (status == GODWIT_OK) {
        status = derive(akma, network, rand, autn, usim, res_star);
    }
    akma->has_next = status == GODWIT_OK;
    return status;
}

godwit_status_t godwit_akma_confirmed(godwit_akma_t *akma, uint8_t record[GODWIT_AKMA_RECORD])
{
    if (!akma->has_next) {
        return GODWIT_WRONG_STATE;
    }
    const godwit_status_t status = save(akma, record);
    if (status != GODWIT_OK) { /* nothing has changed: it may be confirmed once more */
        godwit_wipe(record, GODWIT_AKMA_RECORD);
        return status;
    }
    memcpy(akma->a_tid, akma->next_a_tid, sizeof akma->a_tid);
    memcpy(akma->k_akma, akma->next_k_akma, sizeof akma->k_akma);
    godwit_wipe(akma->next_k_akma, sizeof akma->next_k_akma);
    akma->has_next = false;
    akma->has_key = true;
    return GODWIT_OK;
}

/* ---- applications ---- */

godwit_status_t godwit_akma_name(const godwit_akma_t *akma, char a_kid[GODWIT_A_KID_MAX + 1])
{
    if (!akma->has_key) {
        return GODWIT_WRONG_STATE;
    }
    return godwit_akma_a_kid(akma->a_tid, routing_indicator_of(&akma->config), akma->config.home, a_kid);
}

godwit_status_t godwit_akma_k_af(const godwit_akma_t *akma, godwit_slice_t af_id, uint8_t k_af[32])
{
    if (!akma->has_key) {
        godwit_wipe(k_af, 32);
        return GODWIT_WRONG_STATE;
    }
    return godwit_k_af(akma->config.crypto, akma->k_akma, af_id, k_af);
}
