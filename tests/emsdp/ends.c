/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/emsdp/ends.h"
#include "tests/kat/kat.h"

struct wanted {
    godwit_agreement_t agreement;
    uint8_t keyset[32];
};

static void use_keyset(const kat_record_t *r, void *context)
{
    struct wanted *w = context;
    if (kat_number(r, "agreement") == w->agreement) {
        memcpy(w->keyset, kat_hex(r, "e2m_keyset").ptr, 32);
    }
}

void ends_k_session(godwit_agreement_t agreement, uint32_t generation, uint8_t k_session[32])
{
    struct wanted w = {.agreement = agreement};
    kat_each("golden-emsdp.txt", "e2m_keyset", use_keyset, &w);
    assert_int_equal(godwit_k_session(CRYPTO, w.keyset, godwit_slice_of_string("hse.example"), generation, k_session),
                     GODWIT_OK);
}

ends_t ends_make(const uint8_t k_session[32], uint8_t suite, uint8_t key_id, godwit_framing_t framing)
{
    ends_t e;
    assert_int_equal(
        godwit_emsdp_key_init(CRYPTO, &e.device, k_session, suite, key_id, framing, 1, 1, GODWIT_END_DEVICE),
        GODWIT_OK);
    assert_int_equal(
        godwit_emsdp_key_init(CRYPTO, &e.network, k_session, suite, key_id, framing, 1, 1, GODWIT_END_NETWORK),
        GODWIT_OK);
    return e;
}

ends_t ends_default(uint8_t suite, godwit_framing_t framing)
{
    uint8_t k_session[32];
    ends_k_session(GODWIT_AGREEMENT_SEPARATE_EPS, 1, k_session);
    return ends_make(k_session, suite, 1, framing);
}

octets_t hex(const char *text)
{
    octets_t o;
    assert_int_equal(godwit_hex_decode(text, o.at, sizeof o.at, &o.len), GODWIT_OK);
    return o;
}

octets_t seal_user(godwit_emsdp_key_t *key, godwit_slice_t payload)
{
    octets_t o;
    godwit_writer_t w = godwit_writer(o.at, sizeof o.at);
    assert_int_equal(godwit_emsdp_seal_user(CRYPTO, key, payload, &w), GODWIT_OK);
    o.len = w.len;
    return o;
}

octets_t seal_control(godwit_emsdp_key_t *key, const godwit_emsdp_control_t *m, godwit_slice_t transcript)
{
    octets_t o;
    godwit_writer_t w = godwit_writer(o.at, sizeof o.at);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, key, m, transcript, &w), GODWIT_OK);
    o.len = w.len;
    return o;
}
