/* SPDX-License-Identifier: Apache-2.0
 *
 * AUTHENTICATE in the 3G context, TS 31.102 7.1.2 and TS 33.102 6.3.3: MAC-A, then SQN, then the keys. Whoever does not
 * know K learns nothing from a USIM but "MAC failure"; a stale SQN is answered with AUTS, and the array moves on
 * success only.
 */
#include <string.h>

#include "core/aka/functions.h"

static void take_result(const godwit_vector_t *vector, godwit_usim_result_t *result)
{
    memcpy(result->res, vector->xres, sizeof result->res);
    result->res_len = vector->xres_len;
    memcpy(result->ck, vector->ck, sizeof result->ck);
    memcpy(result->ik, vector->ik, sizeof result->ik);
}

godwit_status_t godwit_usim_authenticate(const godwit_crypto_t *crypto, const godwit_aka_key_t *key,
                                         godwit_sqn_array_t *array, const uint8_t rand[16], const uint8_t autn[16],
                                         godwit_usim_result_t *result)
{
    uint64_t sqn = 0;
    godwit_vector_t vector;
    memset(result, 0, sizeof *result);
    godwit_status_t status = godwit_autn_consume(crypto, key, rand, autn, &sqn, &vector);
    if (status == GODWIT_OK) {
        status = godwit_sqn_accept(array, sqn);
    }
    result->status = status;
    if (status == GODWIT_OK) {
        take_result(&vector, result);
    } else if (status == GODWIT_AUTH_RESYNC) {
        status = godwit_auts_create(crypto, key, rand, godwit_sqn_highest(array), result->auts);
    } else if (status == GODWIT_AUTH_MAC_FAILURE) {
        status = GODWIT_OK;
    }
    godwit_wipe(&vector, sizeof vector);
    return status;
}
