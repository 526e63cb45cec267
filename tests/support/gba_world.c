/* SPDX-License-Identifier: Apache-2.0
 *
 * One bootstrapping, step by step: each may be bent or left out by the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/agree/gba/gba.h"
#include "tests/support/gba_world.h"

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;
/* d41d8cd98f00b204e9800998ecf8427e: MD5 of nothing. */
static const uint8_t md5_of_nothing[16] = {0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04,
                                           0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8, 0x42, 0x7e};

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_gba_bsf_step(role, in, out);
}

void gba_world_apply(gba_world_t *w)
{
    assert_int_equal(godwit_gba_bsf_init(&w->bsf, &w->config), GODWIT_OK);
}

void gba_world_init(gba_world_t *w)
{
    memset(w, 0, sizeof *w);
    owner_init(&w->owner, step, &w->bsf);
    w->sqn = 1000;
    w->config = (godwit_gba_bsf_config_t){.crypto = crypto,
                                          .name = GBA_BSF,
                                          .two_g = true,
                                          .naf_count = 1,
                                          .nafs = {{.host = GBA_NAF_HOST, .name_count = 1, .names = {GBA_NAF_NAME}}},
                                          .local_host = "bsf.home.example",
                                          .local_realm = "home.example"};
    assert_int_equal(godwit_plmn_from_text("001-01", &w->config.home), GODWIT_OK);
    gba_world_apply(w);
}

void gba_device_init(gba_device_t *d, const char *digits, godwit_gba_flavour_t flavour)
{
    uint8_t k[16] = {0x46, 0x5b}, opc[16] = {0xcd, 0x63};
    godwit_aka_key_t key;
    godwit_plmn_t home;
    memset(d, 0, sizeof *d);
    d->imsi = owner_imsi(digits);
    d->sender = 7;
    d->tls = flavour == GODWIT_GBA_SIM;
    k[15] = (uint8_t)digits[14];
    godwit_aka_algorithm_t algorithm = flavour == GODWIT_GBA_SIM ? GODWIT_ALG_GSM_MILENAGE : GODWIT_ALG_MILENAGE;
    assert_int_equal(
        godwit_aka_key_init(&key, crypto, algorithm, godwit_slice(k, 16), godwit_slice(opc, 16), true, NULL),
        GODWIT_OK);
    godwit_usim_init(&d->card, crypto, &d->imsi, &key);
    d->card.gba_u = flavour == GODWIT_GBA_U;
    assert_int_equal(godwit_plmn_from_text("001-01", &home), GODWIT_OK);
    assert_int_equal(godwit_gba_impi(&d->imsi, home, d->impi), GODWIT_OK);
    const godwit_gba_config_t config = {
        .crypto = crypto, .flavour = flavour, .impi = d->impi, .bsf = GBA_BSF, .tls = d->tls};
    assert_int_equal(godwit_gba_init(&d->gba, &config), GODWIT_OK);
}

/* ---- Ub and Zh ---- */

static void look_for_answer(gba_world_t *w)
{
    const godwit_request_t *request;
    for (size_t i = 0; (request = owner_request(&w->owner, GODWIT_REQUEST_MESSAGE, i)) != NULL; i++) {
        if (request->message->kind == GODWIT_UB_ANSWER && request->message->transaction == w->transaction) {
            w->answer = request->message->u.ub_answer;
            w->answered = true;
        }
    }
}

static bool asks_hss(const gba_world_t *w)
{
    const godwit_request_t *request = owner_request(&w->owner, GODWIT_REQUEST_MESSAGE, 0);
    return request != NULL && request->message->kind == GODWIT_ZH_REQUEST;
}

void gba_get(gba_world_t *w, const gba_device_t *d, const char *authorization, bool hss)
{
    godwit_message_t message = {.kind = GODWIT_UB_REQUEST,
                                .from = GODWIT_FUNCTION_DEVICE,
                                .to = GODWIT_FUNCTION_BSF,
                                .transaction = ++w->transaction,
                                .route = 77};
    godwit_ub_request_t *ub = &message.u.ub_request;
    ub->tls = d->tls;
    ub->sender = d->sender;
    memcpy(ub->method, "GET", 4);
    memcpy(ub->uri, "/", 2);
    memcpy(ub->body_hash_md5, md5_of_nothing, sizeof md5_of_nothing);
    ub->authorization_len = (uint16_t)strlen(authorization);
    memcpy(ub->authorization, authorization, ub->authorization_len);
    w->answered = false;
    owner_give_message(&w->owner, &message);
    look_for_answer(w);
    if (hss && asks_hss(w)) {
        gba_hss(w, d, d->card.gba_u);
    }
}

static godwit_message_t zh_answer_to(gba_world_t *w)
{
    const godwit_message_t *request = owner_message(&w->owner, GODWIT_ZH_REQUEST, 0);
    assert_string_equal(request->origin_host, "bsf.home.example");
    return (godwit_message_t){.kind = GODWIT_ZH_ANSWER,
                              .from = GODWIT_FUNCTION_HSS,
                              .to = GODWIT_FUNCTION_BSF,
                              .transaction = request->transaction};
}

void gba_hss_refuses(gba_world_t *w, godwit_status_t status)
{
    godwit_message_t message = zh_answer_to(w);
    message.u.zh_answer.status = status;
    owner_give_message(&w->owner, &message);
    look_for_answer(w);
}

static void put_vector(gba_world_t *w, const gba_device_t *d, bool uicc, godwit_zh_answer_t *a)
{
    static const uint8_t amf[2] = {0, 0};
    godwit_vector_t v;
    memset(a->rand, 0x30, sizeof a->rand);
    a->rand[0] = (uint8_t)++w->vectors;
    a->rand[1] = (uint8_t)(w->vectors >> 8);
    if (d->card.key.algorithm == GODWIT_ALG_GSM_MILENAGE) {
        a->type = GODWIT_GBA_2G;
        a->xres_len = 4;
        assert_int_equal(godwit_gsm_compute(crypto, &d->card.key, a->rand, a->xres, a->kc), GODWIT_OK);
        return;
    }
    w->sqn += 32;
    assert_int_equal(godwit_vector_create(crypto, &d->card.key, a->rand, w->sqn, amf, &v), GODWIT_OK);
    memcpy(a->autn, v.autn, sizeof a->autn);
    memcpy(a->ck, v.ck, sizeof a->ck);
    memcpy(a->ik, v.ik, sizeof a->ik);
    memcpy(a->xres, v.xres, sizeof a->xres);
    a->xres_len = v.xres_len;
    a->uicc_gba = uicc;
}

void gba_hss(gba_world_t *w, const gba_device_t *d, bool uicc)
{
    const godwit_zh_request_t request = owner_message(&w->owner, GODWIT_ZH_REQUEST, 0)->u.zh_request;
    godwit_message_t message = zh_answer_to(w);
    assert_string_equal(request.impi, d->impi);
    if (request.resync) {
        godwit_status_t status = godwit_auts_consume(crypto, &d->card.key, request.rand, request.auts, &w->sqn);
        if (status != GODWIT_OK) {
            gba_hss_refuses(w, status);
            return;
        }
    }
    put_vector(w, d, uicc, &message.u.zh_answer);
    owner_give_message(&w->owner, &message);
    look_for_answer(w);
}

/* ---- the device ---- */

static const godwit_gba_request_t *last_of(const gba_device_t *d)
{
    assert_true(d->requests.count > 0);
    return &d->requests.item[d->requests.count - 1];
}

const char *gba_authorization(const gba_device_t *d)
{
    assert_int_equal(last_of(d)->kind, GODWIT_GBA_GET);
    return last_of(d)->authorization;
}

static void run_card(gba_device_t *d)
{
    godwit_usim_output_t out;
    godwit_gba_card_result_t result;
    const godwit_gba_request_t *request = last_of(d);
    memset(&result, 0, sizeof result);
    memset(&out, 0, sizeof out);
    if (d->gba.config.flavour == GODWIT_GBA_SIM) {
        result.res_len = 4;
        assert_int_equal(godwit_usim_step_gsm(&d->card, request->rand, result.res, result.kc), GODWIT_OK);
    } else {
        bool in_card = d->gba.config.flavour == GODWIT_GBA_U;
        assert_int_equal(in_card ? godwit_usim_step_gba(&d->card, request->rand, request->autn, &out)
                                 : godwit_usim_step(&d->card, request->rand, request->autn, &out),
                         GODWIT_OK);
        result.status = out.result.status;
        result.res_len = out.result.res_len;
        memcpy(result.res, out.result.res, sizeof result.res);
        memcpy(result.ck, out.result.ck, sizeof result.ck);
        memcpy(result.ik, out.result.ik, sizeof result.ik);
        memcpy(result.auts, out.result.auts, sizeof result.auts);
    }
    assert_int_equal(godwit_gba_card_result(&d->gba, &result, &d->requests), GODWIT_OK);
}

void gba_device_answer(gba_world_t *w, gba_device_t *d)
{
    assert_true(w->answered);
    const godwit_gba_answer_t answer = {
        .code = w->answer.code,
        .www_authenticate = godwit_slice_of_string(w->answer.www_authenticate),
        .authentication_info = godwit_slice_of_string(w->answer.authentication_info),
        .body = godwit_slice(w->answer.body, w->answer.body_len),
    };
    assert_int_equal(godwit_gba_answer(&d->gba, &answer, w->owner.now_ms / 1000, &d->requests), GODWIT_OK);
    if (last_of(d)->kind == GODWIT_GBA_AUTHENTICATE) {
        run_card(d);
    }
}

bool gba_bootstrap(gba_world_t *w, gba_device_t *d)
{
    static const uint8_t dice[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    assert_int_equal(godwit_gba_bootstrap(&d->gba, dice, &d->requests), GODWIT_OK);
    for (unsigned i = 0; i < 8 && last_of(d)->kind == GODWIT_GBA_GET; i++) {
        gba_get(w, d, gba_authorization(d), true);
        gba_device_answer(w, d);
    }
    return strcmp(last_of(d)->name, "bootstrapped") == 0;
}

/* ---- Zn ---- */

const godwit_zn_answer_t *gba_zn(gba_world_t *w, const char *host, const char *b_tid, const char *naf, bool gba_u_aware)
{
    static const uint8_t ua[5] = {1, 0, 0, 0, 2};
    godwit_message_t message = {
        .kind = GODWIT_ZN_REQUEST, .from = GODWIT_FUNCTION_NAF, .to = GODWIT_FUNCTION_BSF, .transaction = 5};
    godwit_zn_request_t *zn = &message.u.zn_request;
    memcpy(message.origin_host, host, strlen(host) + 1);
    memcpy(zn->b_tid, b_tid, strlen(b_tid) + 1);
    zn->gba_u_aware = gba_u_aware;
    assert_int_equal(godwit_gba_naf_id(godwit_slice_of_string(naf), ua, zn->naf_id, &zn->naf_id_len), GODWIT_OK);
    owner_give_message(&w->owner, &message);
    return &owner_message(&w->owner, GODWIT_ZN_ANSWER, 0)->u.zn_answer;
}

godwit_bootstrap_record_t *gba_record(gba_world_t *w, const char *b_tid)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_BOOTSTRAP};
    const char *bsf;
    assert_int_equal(godwit_gba_b_tid_parse(b_tid, key.octets, &bsf), GODWIT_OK);
    godwit_record_t *record = owner_find(&w->owner, &key);
    return record != NULL ? &record->u.bootstrap : NULL;
}
