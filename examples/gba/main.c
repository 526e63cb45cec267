/* SPDX-License-Identifier: Apache-2.0
 *
 * A device that bootstraps with a BSF and takes a NAF's key, without an HTTP library: docs/gba.md explains it.
 */
#include <string.h>

#include "core/wire/http.h"
#include "examples/gba/line.h"
#include "godwit/gba.h"

#define BSF "bsf.mnc001.mcc001.pub.3gppnetwork.org"
#define ANSWER_MAX 4096

static godwit_gba_t gba;
static godwit_gba_requests_t requests;

static bool start(void)
{
    uint8_t record[GODWIT_GBA_RECORD_MAX];
    const godwit_gba_config_t config = {
        .crypto = &godwit_crypto_builtin, .impi = "001010123456789@ims.mnc001.mcc001.3gppnetwork.org", .bsf = BSF};
    bool good = godwit_gba_init(&gba, &config) == GODWIT_OK;
    size_t len = board_nvm_read(record, sizeof record);
    if (good && len > 0 && godwit_gba_restore(&gba, godwit_slice(record, len)) != GODWIT_OK) {
        board_log("record", "damaged"); /* no harm: bootstrap again */
    }
    godwit_wipe(record, sizeof record);
    return good;
}

/* One request, and what comes until the answer is whole. False: nothing of HTTP came. */
static bool ask(const godwit_gba_request_t *request, godwit_http_answer_t *answer, uint8_t octets[ANSWER_MAX])
{
    godwit_writer_t w = godwit_writer(octets, ANSWER_MAX);
    godwit_status_t status = godwit_http_get_build(BSF, request->uri, request->authorization, &w);
    size_t len = 0, used = 0;
    if (status != GODWIT_OK || !line_open(BSF) || !line_write(octets, w.len)) {
        return false;
    }
    status = GODWIT_AGAIN;
    while (status == GODWIT_AGAIN && len < ANSWER_MAX) {
        int came = line_read(octets + len, ANSWER_MAX - len);
        if (came < 0) {
            break;
        }
        len += (size_t)came;
        status = godwit_http_answer_parse(godwit_slice(octets, len), came == 0, answer, &used);
    }
    line_close();
    return status == GODWIT_OK;
}

static void get(const godwit_gba_request_t *request, uint64_t now_s)
{
    static uint8_t octets[ANSWER_MAX];
    godwit_http_answer_t http;
    godwit_gba_answer_t answer = {.code = 0};
    if (ask(request, &http, octets)) {
        answer = (godwit_gba_answer_t){.code = http.code,
                                       .www_authenticate = godwit_http_header(&http, "www-authenticate"),
                                       .authentication_info = godwit_http_header(&http, "authentication-info"),
                                       .body = http.body};
    }
    if (godwit_gba_answer(&gba, &answer, now_s, &requests) != GODWIT_OK) {
        requests.count = 0;
    }
}

static void authenticate(const godwit_gba_request_t *request)
{
    static const godwit_status_t meanings[] = {GODWIT_OK, GODWIT_AUTH_MAC_FAILURE, GODWIT_AUTH_RESYNC};
    godwit_gba_card_result_t result = {.status = GODWIT_IO_FAILED};
    int answer = board_usim_authenticate_res(request->rand, request->autn, result.res, &result.res_len, result.ck,
                                             result.ik, result.auts);
    if (answer >= 0) {
        result.status = meanings[answer];
    }
    if (godwit_gba_card_result(&gba, &result, &requests) != GODWIT_OK) {
        requests.count = 0;
    }
    godwit_wipe(&result, sizeof result);
}

/* False: the record could not be written, and what follows it must not happen. */
static bool carry_out(uint64_t now_s)
{
    for (size_t i = 0; i < requests.count; i++) {
        const godwit_gba_request_t r = requests.item[i];
        if (r.kind == GODWIT_GBA_STORE && !board_nvm_write(r.octets.ptr, r.octets.len)) {
            board_log("record", "not written");
            return false;
        }
        if (r.kind == GODWIT_GBA_EVENT) {
            board_log(r.name, godwit_status_name(r.reason));
        } else if (r.kind == GODWIT_GBA_GET || r.kind == GODWIT_GBA_AUTHENTICATE) { /* always the last of a list */
            if (r.kind == GODWIT_GBA_GET) {
                get(&r, now_s);
            } else {
                authenticate(&r);
            }
            i = (size_t)-1;
        }
    }
    return true;
}

/* The key for that NAF_Id, bootstrapped first where there is none that lives. now_s: 0 where there is no clock. */
static bool naf_key(godwit_slice_t naf_id, uint64_t now_s, uint8_t ks_naf[32])
{
    uint8_t random[8];
    godwit_status_t status = godwit_gba_ks_naf(&gba, naf_id, now_s, ks_naf);
    if (status == GODWIT_NOT_FOUND || status == GODWIT_KEY_EXPIRED) {
        board_random(random, sizeof random);
        if (godwit_gba_bootstrap(&gba, random, &requests) != GODWIT_OK || !carry_out(now_s)) {
            return false;
        }
        status = godwit_gba_ks_naf(&gba, naf_id, now_s, ks_naf);
    }
    return status == GODWIT_OK;
}
