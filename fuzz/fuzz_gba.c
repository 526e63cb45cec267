/* SPDX-License-Identifier: Apache-2.0
 *
 * What GBA reads: headers of Digest, the body of Ub, names and dates. The first octet says which. What is accepted is
 * built again and must be accepted again with the same meaning.
 */
#include <stdlib.h>
#include <string.h>

#include "core/agree/gba/gba.h"
#include "core/wire/bootstrapping_info.h"
#include "core/wire/digest_aka.h"
#include "core/wire/http.h"
#include "fuzz/fuzz.h"

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void challenge(godwit_slice_t text)
{
    godwit_digest_challenge_t c, again;
    char built[GODWIT_HTTP_FIELD_MAX];
    if (godwit_digest_challenge_parse(text, &c) == GODWIT_OK && godwit_digest_challenge_build(&c, built) == GODWIT_OK) {
        check(godwit_digest_challenge_parse(godwit_slice_of_string(built), &again) == GODWIT_OK);
        check(memcmp(&c, &again, sizeof c) == 0);
    }
}

static void authorization(godwit_slice_t text)
{
    static const uint8_t md5[16] = {0};
    godwit_digest_authorization_t a, again;
    uint8_t digest[GODWIT_DIGEST_SIZE];
    char built[GODWIT_HTTP_FIELD_MAX];
    if (godwit_digest_authorization_parse(text, &a) != GODWIT_OK) {
        return;
    }
    godwit_digest_compute(&a, godwit_slice_of_string("GET"), godwit_slice_of_string("x"), md5, digest);
    if (godwit_digest_authorization_build(&a, built) == GODWIT_OK) {
        check(godwit_digest_authorization_parse(godwit_slice_of_string(built), &again) == GODWIT_OK);
        check(memcmp(&a, &again, sizeof a) == 0);
    }
}

static void info(godwit_slice_t text)
{
    godwit_digest_info_t i, again;
    char built[GODWIT_HTTP_FIELD_MAX];
    if (godwit_digest_info_parse(text, &i) == GODWIT_OK && i.qop != GODWIT_QOP_NONE &&
        godwit_digest_info_build(&i, built) == GODWIT_OK) {
        check(godwit_digest_info_parse(godwit_slice_of_string(built), &again) == GODWIT_OK);
        check(memcmp(&i, &again, sizeof i) == 0);
    }
}

static void body(godwit_slice_t text)
{
    godwit_bootstrapping_info_t b, again;
    uint8_t built[GODWIT_UB_BODY_MAX];
    godwit_writer_t w = godwit_writer(built, sizeof built);
    memset(&b, 0, sizeof b);
    if (godwit_bootstrapping_info_parse(text, &b) == GODWIT_OK) {
        check(godwit_bootstrapping_info_build(&b, &w) == GODWIT_OK);
        check(godwit_bootstrapping_info_parse(godwit_written(&w), &again) == GODWIT_OK);
        check(strcmp(b.b_tid, again.b_tid) == 0 && b.expires_s == again.expires_s);
    }
}

static void names(godwit_slice_t text)
{
    char copy[256] = {0}, again[GODWIT_DIGEST_NONCE_MAX + 1];
    uint8_t rand[16], autn[16], data[GODWIT_AKA_SERVER_DATA_MAX];
    const char *bsf;
    size_t len = 0;
    godwit_imsi_t imsi;
    const godwit_plmn_t home = {{0x00, 0xf1, 0x10}};
    memcpy(copy, text.ptr, text.len < sizeof copy ? text.len : sizeof copy - 1);
    if (godwit_gba_b_tid_parse(copy, rand, &bsf) == GODWIT_OK && strlen(copy) <= GODWIT_B_TID_MAX) {
        check(godwit_gba_b_tid(rand, bsf, again) == GODWIT_OK && strcmp(copy, again) == 0);
    }
    if (godwit_aka_nonce_parse(copy, rand, autn, data, &len) == GODWIT_OK) {
        check(godwit_aka_nonce_build(rand, autn, godwit_slice(data, len), again) == GODWIT_OK &&
              strcmp(copy, again) == 0);
    }
    if (godwit_gba_imsi(copy, home, &imsi) == GODWIT_OK) {
        check(godwit_gba_impi(&imsi, home, again) == GODWIT_OK && strcmp(copy, again) == 0);
    }
}

static void http(godwit_slice_t text)
{
    godwit_http_answer_t answer;
    size_t used = 0;
    for (unsigned closed = 0; closed < 2; closed++) {
        if (godwit_http_answer_parse(text, closed == 1, &answer, &used) == GODWIT_OK) {
            check(used <= text.len && answer.code >= 200 && answer.code <= 599);
            check(godwit_http_header(&answer, "www-authenticate").len <= text.len && answer.body.len <= text.len);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(godwit_slice_t) = {challenge, authorization, info, body, names, http};
    if (size > 1) {
        readers[data[0] % (sizeof readers / sizeof readers[0])](godwit_slice(data + 1, size - 1));
    }
    return 0;
}
