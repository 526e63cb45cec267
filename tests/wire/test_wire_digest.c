/* SPDX-License-Identifier: Apache-2.0
 *
 * Digest AKA: known answers of RFC 2617, 7616, 3310 and of Python (tests/vectors/digest.txt), headers of RFC 3310
 * clause 4, and headers that must be refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/crypto/md5.h"
#include "core/crypto/sha1.h"
#include "core/wire/digest_aka.h"
#include "tests/kat/kat.h"
#include "tests/wire/wire.h"

static void compare_md5(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t digest[16];
    godwit_slice_t input = kat_hex(record, "input");
    for (size_t cut = 0; cut <= input.len; cut += 13) { /* in two parts, wherever they meet */
        const godwit_slice_t parts[] = {godwit_slice(input.ptr, cut), godwit_slice(input.ptr + cut, input.len - cut)};
        godwit_md5(parts, 2, digest);
        kat_expect(record, "digest", digest, sizeof digest);
    }
}

static void compare_sha1(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t digest[20];
    const godwit_slice_t input = kat_hex(record, "input");
    const godwit_slice_t parts[2] = {godwit_slice(input.ptr, input.len / 2),
                                     godwit_slice(input.ptr + input.len / 2, input.len - input.len / 2)};
    godwit_sha1(parts, 2, digest);
    kat_expect(record, "digest", digest, sizeof digest);
}

static void compare_hmac_sha1(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t mac[20];
    const godwit_slice_t data = kat_hex(record, "data");
    godwit_hmac_sha1(kat_hex(record, "key"), &data, 1, mac);
    kat_expect(record, "mac", mac, sizeof mac);
}

static void compare_base64(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t text[512], octets[300];
    size_t len = 0;
    godwit_writer_t w = godwit_writer(text, sizeof text);
    godwit_put_base64(&w, kat_hex(record, "octets"));
    assert_slice(godwit_written(&w), kat_text(record, "text"));
    assert_int_equal(godwit_base64_decode(godwit_written(&w), octets, sizeof octets, &len), GODWIT_OK);
    kat_expect(record, "octets", octets, len);
    assert_int_equal(godwit_base64_decode(godwit_written(&w), octets, len - 1, &len), GODWIT_NO_SPACE);
}

static void hashes_and_base64_have_their_known_answers(void **state)
{
    (void)state;
    (void)kat_each("digest.txt", "md5", compare_md5, NULL);
    (void)kat_each("digest.txt", "sha1", compare_sha1, NULL);
    (void)kat_each("digest.txt", "hmac_sha1", compare_hmac_sha1, NULL);
    (void)kat_each("digest.txt", "base64", compare_base64, NULL);
}

static void base64_has_one_spelling(void **state)
{
    (void)state;
    static const char *const bad[] = {"Zg",   "Zg=",      "Zh==",  "Zm9=", "Zm9v Zm9v", "Zm9v\n", "Z===",
                                      "====", "Zg==Zg==", "Zm9vY", "Zm-_", "Zm=v",      "=Zm9"};
    uint8_t octets[16];
    size_t len = 7;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        godwit_slice_t text = godwit_slice_of_string(bad[i]);
        assert_int_equal(godwit_base64_decode(text, octets, sizeof octets, &len), GODWIT_MALFORMED);
    }
    assert_int_equal(len, 7);
    assert_int_equal(godwit_base64_decode(godwit_slice(NULL, 0), octets, 0, &len), GODWIT_OK);
    assert_int_equal(len, 0);
}

static void compare_digest(const kat_record_t *record, void *context)
{
    (void)context;
    godwit_digest_authorization_t a, again;
    uint8_t body[16], answer[16], digest[16];
    char text[GODWIT_HTTP_FIELD_MAX];
    godwit_slice_t method = godwit_slice_of_string(kat_text(record, "method")), password = kat_hex(record, "password");
    godwit_slice_t request_body = kat_hex(record, "body"), answer_body = kat_hex(record, "answer");
    godwit_md5(&request_body, 1, body);
    godwit_md5(&answer_body, 1, answer);
    assert_int_equal(godwit_digest_authorization_parse(godwit_slice_of_string(kat_text(record, "header")), &a),
                     GODWIT_OK);
    assert_true(a.has_response);
    kat_expect(record, "response", a.response, 16);
    godwit_digest_compute(&a, method, password, body, digest);
    kat_expect(record, "response", digest, 16);
    godwit_digest_compute(&a, godwit_slice(NULL, 0), password, answer, digest);
    kat_expect(record, "rspauth", digest, 16);
    assert_int_equal(a.has_auts, kat_has(record, "auts"));
    if (a.has_auts) {
        kat_expect(record, "auts", a.auts, sizeof a.auts);
    }
    assert_int_equal(godwit_digest_authorization_build(&a, text), GODWIT_OK);
    assert_string_equal(text, kat_text(record, "header"));
    assert_int_equal(godwit_digest_authorization_parse(godwit_slice_of_string(text), &again), GODWIT_OK);
    assert_memory_equal(&a, &again, sizeof a);
}

static void responses_have_their_known_answers(void **state)
{
    (void)state;
    assert_int_equal(kat_each("digest.txt", "digest", compare_digest, NULL), 8);
}

static void compare_nonce(const kat_record_t *record, void *context)
{
    (void)context;
    char nonce[GODWIT_DIGEST_NONCE_MAX + 1];
    uint8_t rand[16], autn[16], data[GODWIT_AKA_SERVER_DATA_MAX];
    size_t len = 0;
    assert_int_equal(godwit_aka_nonce_build(kat_hex(record, "rand").ptr, kat_hex(record, "autn").ptr,
                                            kat_hex(record, "data"), nonce),
                     GODWIT_OK);
    assert_string_equal(nonce, kat_text(record, "text"));
    assert_int_equal(godwit_aka_nonce_parse(nonce, rand, autn, data, &len), GODWIT_OK);
    kat_expect(record, "rand", rand, 16);
    kat_expect(record, "autn", autn, 16);
    kat_expect(record, "data", data, len);
}

static void nonces_carry_rand_autn_and_server_data(void **state)
{
    (void)state;
    uint8_t rand[16] = {0}, autn[16] = {0}, data[GODWIT_AKA_SERVER_DATA_MAX + 1] = {0};
    char nonce[GODWIT_DIGEST_NONCE_MAX + 1];
    size_t len;
    (void)kat_each("digest.txt", "nonce", compare_nonce, NULL);
    assert_int_equal(godwit_aka_nonce_build(rand, autn, godwit_slice(data, sizeof data), nonce), GODWIT_NO_SPACE);
    assert_int_equal(godwit_aka_nonce_parse("MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMQ==", rand, autn, data, &len),
                     GODWIT_MALFORMED); /* 31 octets */
    assert_int_equal(godwit_aka_nonce_parse("", rand, autn, data, &len), GODWIT_MALFORMED);
}

/* RFC 3310 clause 4, as far as it goes without RES. */
static void headers_of_rfc_3310_are_read(void **state)
{
    (void)state;
    godwit_digest_authorization_t a;
    godwit_digest_challenge_t c, again;
    godwit_digest_info_t i;
    char text[GODWIT_HTTP_FIELD_MAX];
    const char *first = "Digest username=\"jon.dough@mobile.biz\", realm=\"RoamingUsers@mobile.biz\", nonce=\"\", "
                        "uri=\"sip:home.mobile.biz\", response=\"\"";
    const char *challenge = "Digest realm=\"RoamingUsers@mobile.biz\", "
                            "nonce=\"MzQ0a2xrbGtmbGtsZm9wb2tsc2tqaHJzZXNy9uQyMzMzMQo=\", qop=\"auth,auth-int\", "
                            "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\", algorithm=AKAv1-MD5";
    const char *info =
        "qop=auth-int, rspauth=\"6629fae49394a05397450978507c4ef1\", "
        "cnonce=\"6629fae49393a05397450978507c4ef1\", nc=00000001, "
        "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\", nonce=\"MzQ0a2xrbGtmbGtsZm9wb2tsc2tqaHJzZXNy9uQy\"";
    assert_int_equal(godwit_digest_authorization_parse(godwit_slice_of_string(first), &a), GODWIT_OK);
    assert_string_equal(a.username, "jon.dough@mobile.biz");
    assert_string_equal(a.nonce, "");
    assert_false(a.has_response);
    assert_int_equal(a.qop, GODWIT_QOP_NONE);
    assert_int_equal(godwit_digest_challenge_parse(godwit_slice_of_string(challenge), &c), GODWIT_OK);
    assert_int_equal(c.algorithm, GODWIT_DIGEST_AKAV1_MD5);
    assert_int_equal(c.qops, GODWIT_QOP_AUTH | GODWIT_QOP_AUTH_INT);
    assert_false(c.stale);
    assert_int_equal(godwit_digest_challenge_build(&c, text), GODWIT_OK);
    assert_string_equal(text, challenge);
    assert_int_equal(godwit_digest_info_parse(godwit_slice_of_string(info), &i), GODWIT_OK);
    assert_true(i.has_rspauth);
    assert_int_equal(i.nc, 1);
    c.stale = true;
    assert_int_equal(godwit_digest_challenge_build(&c, text), GODWIT_OK);
    assert_int_equal(godwit_digest_challenge_parse(godwit_slice_of_string(text), &again), GODWIT_OK);
    assert_memory_equal(&c, &again, sizeof c);
}

static void what_is_bent_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        godwit_status_t status;
    } bad[] = {
        {"", GODWIT_MALFORMED},
        {"Digest", GODWIT_MALFORMED},
        {"Basic dXNlcjpwdw==", GODWIT_MALFORMED},
        {"Digestusername=\"u\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"\"", GODWIT_MALFORMED},
        {"Digest username=\"u\", realm=\"r\", nonce=\"\", uri=\"/\"", GODWIT_MALFORMED},
        {"Digest username=\"u\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"\", username=\"v\"", GODWIT_MALFORMED},
        {"Digest username=\"u\\\"\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"\"", GODWIT_MALFORMED},
        {"Digest username=\"u, realm=\"r\", nonce=\"\", uri=\"/\", response=\"\"", GODWIT_MALFORMED},
        {"Digest username=\"u\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"\r\nX: y\"", GODWIT_MALFORMED},
        {"Digest username=\"u\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"6629fae49393a05397450978507c4ef\"",
         GODWIT_MALFORMED},
        {"Digest username=\"u\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"6629FAE49393a05397450978507c4ef1\"",
         GODWIT_MALFORMED},
        {"Digest username=\"u\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"\", qop=auth", GODWIT_MALFORMED},
        {"Digest username=\"u\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"\", nc=00000001", GODWIT_MALFORMED},
        {"Digest username=\"u\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"\", qop=auth, nc=1, cnonce=\"c\"",
         GODWIT_MALFORMED},
        {"Digest username=\"u\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"\", auts=\"AAAA\"", GODWIT_MALFORMED},
        {"Digest username=\"u\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"\", qop=auth-conf, nc=00000001, "
         "cnonce=\"c\"",
         GODWIT_UNSUPPORTED_SUITE},
        {"Digest username=\"u\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"\", algorithm=SHA-256",
         GODWIT_UNSUPPORTED_SUITE},
        {"Digest username=\"u\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"\", algorithm=AKAv2-MD5",
         GODWIT_UNSUPPORTED_SUITE},
    };
    godwit_digest_authorization_t a, none;
    memset(&none, 0, sizeof none);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        memset(&a, 0xAA, sizeof a);
        assert_int_equal(godwit_digest_authorization_parse(godwit_slice_of_string(bad[i].text), &a), bad[i].status);
        assert_memory_equal(&a, &none, sizeof a);
    }
}

static void headers_that_are_too_long_are_refused(void **state)
{
    (void)state;
    char text[2 * GODWIT_HTTP_FIELD_MAX];
    godwit_digest_authorization_t a;
    static const char begin[] = "Digest username=\"u\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"\"";
    memset(text, ' ', sizeof text);
    memcpy(text, begin, sizeof begin - 1);
    assert_int_equal(godwit_digest_authorization_parse(godwit_slice(text, GODWIT_HTTP_FIELD_MAX - 1), &a), GODWIT_OK);
    assert_int_equal(godwit_digest_authorization_parse(godwit_slice(text, GODWIT_HTTP_FIELD_MAX), &a),
                     GODWIT_MALFORMED);
    size_t len = sizeof begin - 1;
    for (unsigned i = 0; i < 20; i++) { /* more parameters than any header has */
        memcpy(text + len, ",x=y", 4);
        len += 4;
    }
    assert_int_equal(godwit_digest_authorization_parse(godwit_slice(text, len), &a), GODWIT_MALFORMED);
    memcpy(text, begin, sizeof begin - 1);
    memset(text + sizeof "Digest username=\"" - 1, 'u', 200);
    memcpy(text + 217, "\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"\"", 45);
    assert_int_equal(godwit_digest_authorization_parse(godwit_slice(text, 262), &a), GODWIT_MALFORMED);
}

static void nothing_breaks_out_of_its_quotes(void **state)
{
    (void)state;
    char text[GODWIT_HTTP_FIELD_MAX];
    godwit_digest_challenge_t c = {.realm = "r\"; x=\"y", .nonce = "n"};
    assert_int_equal(godwit_digest_challenge_build(&c, text), GODWIT_INVALID_ARGUMENT);
    assert_string_equal(text, "");
    godwit_digest_authorization_t a = {.username = "u\r\nX: y", .realm = "r", .uri = "/"};
    assert_int_equal(godwit_digest_authorization_build(&a, text), GODWIT_INVALID_ARGUMENT);
    godwit_digest_info_t i = {.cnonce = "\\", .qop = GODWIT_QOP_AUTH};
    assert_int_equal(godwit_digest_info_build(&i, text), GODWIT_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_and_base64_have_their_known_answers),
        cmocka_unit_test(base64_has_one_spelling),
        cmocka_unit_test(responses_have_their_known_answers),
        cmocka_unit_test(nonces_carry_rand_autn_and_server_data),
        cmocka_unit_test(headers_of_rfc_3310_are_read),
        cmocka_unit_test(what_is_bent_is_refused),
        cmocka_unit_test(headers_that_are_too_long_are_refused),
        cmocka_unit_test(nothing_breaks_out_of_its_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
