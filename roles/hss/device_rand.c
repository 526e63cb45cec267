/* SPDX-License-Identifier: Apache-2.0
 *
 * Device RAND (contribution 001): what the SIM makes of RAND1. An MKEF gives RAND1 and the IMSI, and RANDa and RANDb
 * are derived here, so that nobody can ask for the keys of a RAND that he recorded. No standard HLR answers this: a
 * RAND of somebody else's is foreign to MAP and S6a. No SQN is touched, for GSM knows none (TS 33.102 6.8: c2, c3; TS
 * 55.205).
 */
#include <string.h>

#include "roles/hss/internal.h"

static bool is_mkef(const godwit_hss_t *hss, const char *host)
{
    for (size_t i = 0; i < hss->mkef_count && i < GODWIT_HSS_MKEFS_MAX; i++) {
        if (hss->mkefs[i][0] != '\0' && godwit_equal_names(hss->mkefs[i], host)) {
            return true;
        }
    }
    return false;
}

/* kc_sres: Kc_a || Kc_b || SRES_a || SRES_b. */
static godwit_status_t compute(const godwit_crypto_t *crypto, const godwit_aka_key_t *key,
                               const godwit_device_rand_request_t *request, uint8_t kc_sres[24])
{
    uint8_t rand_a[16], rand_b[16];
    memset(kc_sres, 0, 24);
    if (request->plain) {
        return godwit_gsm_compute(crypto, key, request->rand1, kc_sres + 16, kc_sres);
    }
    godwit_status_t status = godwit_device_rand_pair(crypto, request->rand1, &request->imsi, rand_a, rand_b);
    if (status == GODWIT_OK) {
        status = godwit_gsm_compute(crypto, key, rand_a, kc_sres + 16, kc_sres);
    }
    if (status == GODWIT_OK) {
        status = godwit_gsm_compute(crypto, key, rand_b, kc_sres + 20, kc_sres + 8);
    }
    return status;
}

static void answer(const godwit_message_t *request, godwit_status_t status, const uint8_t kc_sres[24],
                   godwit_outbox_t *out)
{
    godwit_message_t *message = godwit_outbox_answer(out, request, GODWIT_DEVICE_RAND_ANSWER, GODWIT_FUNCTION_HSS);
    if (message == NULL) {
        return;
    }
    message->u.device_rand_answer.status = status == GODWIT_OK ? GODWIT_OK : godwit_status_on_the_wire(status);
    if (status == GODWIT_OK) {
        memcpy(message->u.device_rand_answer.kc_sres, kc_sres, 24);
    }
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
}

static godwit_status_t judge(const godwit_hss_t *hss, const godwit_message_t *message, const char **detail)
{
    if (!is_mkef(hss, message->origin_host)) {
        *detail = "device RAND from a node that is no MKEF of ours";
        return GODWIT_NOT_ENTITLED;
    }
    if (message->u.device_rand_request.plain && !hss->plain_rand) {
        *detail = "profile ts33868, which is off here";
        return GODWIT_POLICY_FORBIDS;
    }
    return GODWIT_OK;
}

void godwit_hss_on_device_rand(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_device_rand_request_t *request = &in->message->u.device_rand_request;
    const char *detail = NULL;
    uint8_t kc_sres[24] = {0};
    godwit_status_t status = judge(hss, in->message, &detail);
    if (status == GODWIT_OK && in->fetch_status == GODWIT_AGAIN) {
        godwit_record_key_t *key = &godwit_outbox_add(out, GODWIT_REQUEST_STORE_FETCH)->record_key;
        key->kind = GODWIT_RECORD_SUBSCRIBER;
        key->imsi = request->imsi;
        return;
    }
    if (status == GODWIT_OK && in->fetched == NULL) {
        status = in->fetch_status == GODWIT_NOT_FOUND ? GODWIT_UNKNOWN_SUBSCRIBER : GODWIT_STORE_FAILED;
    }
    if (status == GODWIT_OK) {
        status = compute(hss->crypto, &in->fetched->u.subscriber.key, request, kc_sres);
    }
    answer(in->message, status, kc_sres, out);
    godwit_outbox_event(out, status == GODWIT_OK ? "device_rand_answered" : "refused", status, &request->imsi, detail);
    godwit_wipe(kc_sres, sizeof kc_sres);
}
