/* SPDX-License-Identifier: Apache-2.0
 *
 * What core/wire reads of GMM, SM and the radio stand-in. What is accepted is built again, and must be accepted again
 * with the same octets.
 * A protected frame with a wrong MAC moves no COUNT.
 */
#include "core/wire/radio.h"
#include "fuzz/fuzz.h"
#include "tests/support/gmm_messages.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Octet by octet. */
static bool is_same(const void *a, const void *b, size_t len)
{
    return memcmp(a, b, len) == 0;
}

static void message(const gmm_codec_t *codec, godwit_slice_t octets)
{
    static uint8_t first[4096], second[4096];
    _Alignas(16) uint8_t parsed[GMM_STRUCTURE_MAX] = {0}, again[GMM_STRUCTURE_MAX] = {0};
    godwit_writer_t w = godwit_writer(first, sizeof first), v = godwit_writer(second, sizeof second);
    if (codec->parse(octets, parsed) != GODWIT_OK) {
        return;
    }
    godwit_status_t status = codec->build(parsed, &w);
    if (status == GODWIT_INVALID_ARGUMENT && codec->named) {
        return;
    }
    check(status == GODWIT_OK && w.len <= octets.len);
    check(codec->parse(godwit_written(&w), again) == GODWIT_OK);
    check(codec->build(again, &v) == GODWIT_OK && godwit_slice_equal(godwit_written(&w), godwit_written(&v)));
}

static void frame(godwit_slice_t octets)
{
    static uint8_t built[GODWIT_RADIO_FRAME_MAX];
    godwit_radio_frame_t f;
    godwit_writer_t w = godwit_writer(built, sizeof built);
    if (godwit_radio_parse(octets, &f) == GODWIT_OK && f.kind != GODWIT_RADIO_PROTECTED &&
        f.kind != GODWIT_RADIO_INTEGRITY && f.kind != GODWIT_RADIO_INITIAL_PROTECTED) {
        check(godwit_radio_build(&f, &w) == GODWIT_OK && godwit_slice_equal(octets, godwit_written(&w)));
    }
}

static void protection(godwit_slice_t octets, bool network)
{
    static const uint8_t key[16] = "not a key";
    static uint8_t buffer[GODWIT_RADIO_INNER_MAX];
    godwit_radio_security_t security, before;
    godwit_radio_frame_t inner;
    godwit_radio_security_init(&security, &godwit_crypto_builtin, key, key, network);
    security.commanded = network;
    before = security;
    if (godwit_radio_protected_consume(&security, octets, buffer, &inner) == GODWIT_OK) {
        check(security.next_in > before.next_in);
    } else if (security.next_in == before.next_in) {
        check(is_same(&security, &before, sizeof before));
    }
}

/* A first frame under keys of before: either it verifies, or nothing has moved. */
static void initial(godwit_slice_t octets)
{
    static const uint8_t key[16] = "not a key";
    godwit_radio_security_t security, before;
    godwit_radio_frame_t f;
    godwit_radio_security_init(&security, &godwit_crypto_builtin, key, key, true);
    godwit_radio_agree(&security, GODWIT_UEA2, GODWIT_UIA2, key);
    before = security;
    if (godwit_radio_initial_consume(&security, octets, &f) == GODWIT_OK) {
        check(security.next_in == 1 && f.kind == GODWIT_RADIO_INITIAL_PROTECTED);
    } else {
        check(is_same(&security, &before, sizeof before));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_slice_t octets = godwit_slice(data, size);
    for (size_t i = 0; i < gmm_codec_count; i++) {
        message(&gmm_codecs[i], octets);
    }
    frame(octets);
    if (size <= 256) {
        protection(octets, true);
        protection(octets, false);
        initial(octets);
    }
    return 0;
}
