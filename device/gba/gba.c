/* SPDX-License-Identifier: Apache-2.0
 *
 * GBA in the device: beginning, what the card says, and NAF keys. Ks of a flavour that keeps it in the card never
 * stands here.
 */
#include <string.h>

#include "core/agree/gba/gba.h"
#include "device/gba/internal.h"

godwit_gba_request_t *godwit_gba_add(godwit_gba_requests_t *requests, godwit_gba_request_kind_t kind)
{
    size_t at = requests->count < GODWIT_GBA_REQUESTS_MAX ? requests->count++ : GODWIT_GBA_REQUESTS_MAX - 1;
    godwit_gba_request_t *request = &requests->item[at];
    memset(request, 0, sizeof *request);
    request->kind = kind;
    return request;
}

void godwit_gba_event(godwit_gba_requests_t *requests, const char *name, godwit_status_t reason)
{
    godwit_gba_request_t *request = godwit_gba_add(requests, GODWIT_GBA_EVENT);
    request->name = name;
    request->reason = reason;
}

/* Nothing of a bootstrapping that has ended stays. */
static void forget(godwit_gba_t *gba)
{
    gba->phase = GODWIT_GBA_IDLE;
    gba->card_runs = 0;
    gba->password_len = 0;
    godwit_wipe(gba->password, sizeof gba->password);
    godwit_wipe(&gba->next, sizeof gba->next);
}

void godwit_gba_refuse(godwit_gba_t *gba, godwit_gba_requests_t *requests, godwit_status_t reason)
{
    forget(gba);
    godwit_gba_event(requests, "refused", reason);
}

/* GET with gba->authorization. */
static godwit_status_t get(godwit_gba_t *gba, godwit_gba_requests_t *requests)
{
    godwit_status_t status = godwit_digest_authorization_build(&gba->authorization, gba->text);
    if (status == GODWIT_OK) {
        godwit_gba_request_t *request = godwit_gba_add(requests, GODWIT_GBA_GET);
        request->uri = gba->authorization.uri;
        request->authorization = gba->text;
    }
    return status;
}

static bool fits(const char *text, size_t cap)
{
    return text != NULL && text[0] != '\0' && memchr(text, '\0', cap) != NULL;
}

godwit_status_t godwit_gba_init(godwit_gba_t *gba, const godwit_gba_config_t *config)
{
    memset(gba, 0, sizeof *gba);
    if (config->crypto == NULL || config->flavour > GODWIT_GBA_SIM || !fits(config->impi, GODWIT_IMPI_MAX + 1) ||
        !fits(config->bsf, GODWIT_FQDN_MAX + 1) || !godwit_fqdn_is_canonical(godwit_slice_of_string(config->bsf))) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (config->flavour == GODWIT_GBA_SIM && !config->tls) {
        return GODWIT_POLICY_FORBIDS; /* TS 33.220 I.4: without TLS a false BSF could make the SIM run for it */
    }
    gba->config = *config;
    return GODWIT_OK;
}

/* The first request names the user and nothing else: nonce="", response="" (TS 24.109 A.3). */
godwit_status_t godwit_gba_bootstrap(godwit_gba_t *gba, const uint8_t random[8], godwit_gba_requests_t *requests)
{
    requests->count = 0;
    godwit_digest_authorization_t *a = &gba->authorization;
    forget(gba);
    memset(a, 0, sizeof *a);
    memcpy(a->username, gba->config.impi, strlen(gba->config.impi) + 1);
    memcpy(a->realm, gba->config.bsf, strlen(gba->config.bsf) + 1);
    a->uri[0] = '/';
    a->algorithm = GODWIT_DIGEST_AKAV1_MD5;
    godwit_status_t status = get(gba, requests);
    if (status == GODWIT_OK) {
        gba->phase = GODWIT_GBA_ASKED;
        godwit_hex_encode(godwit_slice(random, 8), a->cnonce); /* goes with the first response */
    }
    return status;
}

/* ---- the card ---- */

static godwit_status_t answer_with(godwit_gba_t *gba, godwit_slice_t password, godwit_gba_requests_t *requests)
{
    godwit_digest_authorization_t *a = &gba->authorization;
    static const uint8_t md5_of_nothing[GODWIT_DIGEST_SIZE] = {0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04,
                                                               0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8, 0x42, 0x7e};
    a->has_response = true;
    godwit_digest_compute(a, godwit_slice_of_string("GET"), password, md5_of_nothing, a->response);
    return get(gba, requests);
}

static godwit_status_t resynchronise(godwit_gba_t *gba, const uint8_t auts[14], godwit_gba_requests_t *requests)
{
    gba->authorization.has_auts = true;
    memcpy(gba->authorization.auts, auts, sizeof gba->authorization.auts);
    gba->phase = GODWIT_GBA_ASKED;
    godwit_gba_event(requests, "resynchronised", GODWIT_OK);
    return answer_with(gba, godwit_slice(NULL, 0), requests); /* RFC 3310 3.4: an empty password */
}

/* Password and Ks of the flavour. */
static godwit_status_t take_keys(godwit_gba_t *gba, const godwit_gba_card_result_t *result)
{
    godwit_gba_key_t *next = &gba->next;
    memcpy(next->rand, gba->rand, sizeof next->rand);
    if (gba->config.flavour == GODWIT_GBA_SIM) {
        gba->password_len = 16;
        return result->res_len == 4 ? godwit_gba_2g(gba->config.crypto, result->kc, gba->rand, result->res,
                                                    gba->ks_input, gba->password, next->ks)
                                    : GODWIT_MALFORMED;
    }
    if (result->res_len == 0 || result->res_len > GODWIT_RES_MAX) {
        return GODWIT_MALFORMED;
    }
    gba->password_len = result->res_len;
    memcpy(gba->password, result->res, result->res_len);
    if (gba->config.flavour == GODWIT_GBA_ME) {
        memcpy(next->ks, result->ck, 16);
        memcpy(next->ks + 16, result->ik, 16);
    }
    return GODWIT_OK;
}

/* The card that keeps Ks has forgotten the one of before: so must we, durably, before anything else happens. */
static godwit_status_t drop_former(godwit_gba_t *gba, godwit_gba_requests_t *requests)
{
    if (gba->config.flavour != GODWIT_GBA_U || !gba->key.set) {
        return GODWIT_OK;
    }
    static const godwit_gba_key_t none;
    return godwit_gba_take_key(gba, &none, requests);
}

godwit_status_t godwit_gba_card_result(godwit_gba_t *gba, const godwit_gba_card_result_t *result,
                                       godwit_gba_requests_t *requests)
{
    requests->count = 0;
    if (gba->phase != GODWIT_GBA_CARD) {
        return GODWIT_WRONG_STATE;
    }
    if (result->status == GODWIT_AUTH_RESYNC && gba->config.flavour != GODWIT_GBA_SIM) {
        return resynchronise(gba, result->auts, requests);
    }
    godwit_status_t status = result->status == GODWIT_OK ? take_keys(gba, result) : result->status;
    if (status != GODWIT_OK) {
        godwit_gba_refuse(gba, requests, status);
        return GODWIT_OK;
    }
    status = drop_former(gba, requests);
    if (status != GODWIT_OK) {
        godwit_gba_refuse(gba, requests, status);
        return status;
    }
    gba->phase = GODWIT_GBA_ANSWERED;
    return answer_with(gba, godwit_slice(gba->password, gba->password_len), requests);
}

/* ---- keys ---- */

godwit_status_t godwit_gba_ks_naf(const godwit_gba_t *gba, godwit_slice_t naf_id, uint64_t now_s, uint8_t ks_naf[32])
{
    godwit_wipe(ks_naf, 32);
    if (!gba->key.set) {
        return GODWIT_NOT_FOUND;
    }
    if (now_s != 0 && now_s >= gba->key.expires_s) {
        return GODWIT_KEY_EXPIRED;
    }
    if (gba->config.flavour == GODWIT_GBA_U) {
        return GODWIT_WRONG_STATE;
    }
    return godwit_ks_naf(gba->config.crypto, gba->key.ks, false, gba->key.rand,
                         godwit_slice_of_string(gba->config.impi), naf_id, ks_naf);
}

const char *godwit_gba_b_tid_of(const godwit_gba_t *gba)
{
    return gba->key.set ? gba->key.b_tid : "";
}

uint64_t godwit_gba_expires_of(const godwit_gba_t *gba)
{
    return gba->key.set ? gba->key.expires_s : 0;
}
