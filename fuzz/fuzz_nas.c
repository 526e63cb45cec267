/* SPDX-License-Identifier: Apache-2.0
 *
 * What core/wire reads of NAS: every EMM and ESM message, PCOs, the container, K_iwf for a device, the security
 * wrapper. What is accepted is built again, and must be accepted again with the same octets. A wrapper with a wrong MAC
 * moves no COUNT.
 */
#include "core/wire/e2m_container.h"
#include "core/wire/nas_security.h"
#include "core/wire/ue_key.h"
#include "fuzz/fuzz.h"
#include "tests/support/nas_messages.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void message(const nas_codec_t *codec, godwit_slice_t octets)
{
    static uint8_t first[70000], second[70000];
    _Alignas(16) uint8_t parsed[NAS_STRUCTURE_MAX], again[NAS_STRUCTURE_MAX];
    godwit_writer_t w = godwit_writer(first, sizeof first);
    if (codec->parse(octets, parsed) != GODWIT_OK) {
        return;
    }
    check(codec->build(parsed, &w) == GODWIT_OK && w.len <= octets.len);
    check(codec->parse(godwit_written(&w), again) == GODWIT_OK);
    godwit_writer_t v = godwit_writer(second, sizeof second);
    check(codec->build(again, &v) == GODWIT_OK && godwit_slice_equal(godwit_written(&w), godwit_written(&v)));
}

static void identity(godwit_slice_t octets)
{
    uint8_t built[GODWIT_EPS_IDENTITY_MAX];
    godwit_writer_t w = godwit_writer(built, sizeof built);
    godwit_eps_identity_t i;
    if (godwit_eps_identity_parse(octets, &i) == GODWIT_OK) {
        check(godwit_eps_identity_build(&i, &w) == GODWIT_OK);
    }
}

static void options(godwit_slice_t octets)
{
    uint8_t built[256];
    godwit_writer_t w = godwit_writer(built, sizeof built);
    godwit_slice_t contents, datagram;
    godwit_e2m_container_t c;
    godwit_plmn_t plmn;
    if (godwit_pco_find(octets, GODWIT_E2M_CONTAINER_ID, &contents) != GODWIT_OK) {
        return;
    }
    if (godwit_e2m_container_parse(contents, &c) == GODWIT_OK) {
        check(godwit_e2m_container_build(&c, &w) == GODWIT_OK && godwit_slice_equal(contents, godwit_written(&w)));
    }
    w = godwit_writer(built, sizeof built);
    if (godwit_e2m_answer_parse(contents, &plmn, &datagram) == GODWIT_OK) {
        check(godwit_e2m_answer_build(plmn, datagram, &w) == GODWIT_OK &&
              godwit_slice_equal(contents, godwit_written(&w)));
    }
    static uint8_t stripped[65536];
    w = godwit_writer(stripped, sizeof stripped);
    check(godwit_pco_strip(octets, GODWIT_E2M_CONTAINER_ID, &w) == GODWIT_OK);
    check(godwit_pco_find(godwit_written(&w), GODWIT_E2M_CONTAINER_ID, &contents) == GODWIT_NOT_FOUND);
}

static void ue_key(godwit_slice_t octets)
{
    uint8_t built[GODWIT_UE_KEY_SIZE];
    godwit_writer_t w = godwit_writer(built, sizeof built);
    godwit_iwf_key_t key;
    if (godwit_ue_key_parse(octets, &key) == GODWIT_OK) {
        check(godwit_ue_key_build(&key, &w) == GODWIT_OK && godwit_slice_equal(octets, godwit_written(&w)));
    }
}

static void wrapper(godwit_slice_t octets)
{
    static const uint8_t kasme[32] = "not a key";
    uint8_t buffer[GODWIT_NAS_MAX], type;
    godwit_slice_t plain;
    godwit_nas_security_t context, before;
    for (uint8_t eia = 1; eia <= 3; eia++) {
        check(godwit_nas_security_init(&context, &godwit_crypto_builtin, kasme, 0, eia, eia, true) == GODWIT_OK);
        before = context;
        if (godwit_nas_security_consume(&context, &godwit_crypto_builtin, octets, buffer, &plain, &type) == GODWIT_OK) {
            check(context.next_up > before.next_up && plain.len + GODWIT_NAS_SECURITY_HEADER == octets.len);
        } else {
            check(memcmp(&context, &before, sizeof before) == 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_slice_t octets = godwit_slice(data, size);
    for (size_t i = 0; i < nas_codec_count; i++) {
        message(&nas_codecs[i], octets);
    }
    identity(octets);
    options(octets);
    ue_key(octets);
    if (size <= 256) { /* three MACs for each input are slow */
        wrapper(octets);
    }
    return 0;
}
