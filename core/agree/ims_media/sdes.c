/* SPDX-License-Identifier: Apache-2.0
 *
 * a=crypto:TAG SUITE inline:BASE64[|LIFETIME][|MKI:LENGTH] (RFC 4568 9.1, 9.2).
 */
#include "core/agree/ims_media/sdes.h"

#include <string.h>

#define KEY_SALT 30u
#define DIGITS_MAX 15u /* 2^48 has so many */

static const char *const suites[] = {"", "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"};
#define SUITES (sizeof suites / sizeof suites[0])

static bool take_text(godwit_reader_t *r, const char *text)
{
    size_t len = strlen(text);
    if (r->left < len || memcmp(r->ptr, text, len) != 0) {
        return false;
    }
    (void)godwit_get_slice(r, len);
    return true;
}

/* One to DIGITS_MAX digits, the first not 0. */
static bool take_number(godwit_reader_t *r, uint64_t *number)
{
    size_t digits = 0;
    *number = 0;
    while (r->left > 0 && *r->ptr >= '0' && *r->ptr <= '9' && digits <= DIGITS_MAX) {
        *number = *number * 10 + (uint64_t)(godwit_get_u8(r) - '0');
        digits++;
        if (*number == 0) {
            return false;
        }
    }
    return digits > 0 && digits <= DIGITS_MAX;
}

/* Up to a space, which is taken too. */
static godwit_slice_t take_word(godwit_reader_t *r)
{
    const uint8_t *end = r->left > 0 ? memchr(r->ptr, ' ', r->left) : NULL;
    const godwit_slice_t word = godwit_get_slice(r, end != NULL ? (size_t)(end - r->ptr) : 0);
    (void)godwit_get_u8(r);
    return word;
}

static godwit_status_t take_key(godwit_reader_t *r, godwit_sdes_t *s)
{
    uint8_t octets[KEY_SALT];
    size_t len = 0;
    const godwit_slice_t text = godwit_get_slice(r, GODWIT_BASE64_LEN(KEY_SALT));
    godwit_status_t status = godwit_reader_status(r);
    if (status == GODWIT_OK) {
        status = godwit_base64_decode(text, octets, sizeof octets, &len);
    }
    if (status == GODWIT_OK && len == sizeof octets) {
        memcpy(s->key, octets, sizeof s->key);
        memcpy(s->salt, octets + sizeof s->key, sizeof s->salt);
    } else {
        status = GODWIT_MALFORMED;
    }
    godwit_wipe(octets, sizeof octets);
    return status;
}

/* Lifetime, as a number or a power of 2. */
static bool take_lifetime(godwit_reader_t *r, uint64_t number, godwit_sdes_t *s)
{
    if (number == 2 && take_text(r, "^")) {
        uint64_t power = 0;
        if (!take_number(r, &power) || power > 48) {
            return false;
        }
        number = (uint64_t)1 << power;
    }
    s->lifetime = number;
    return number <= GODWIT_SDES_LIFETIME_MAX;
}

static bool mki_fits(uint64_t mki, uint64_t len)
{
    return mki <= UINT32_MAX && len > 0 && len <= GODWIT_SDES_MKI_LEN_MAX && (len >= 4 || mki >> (8 * len) == 0);
}

/* What may stand behind the key: each once, in that order. */
static bool take_options(godwit_reader_t *r, godwit_sdes_t *s)
{
    uint64_t number = 0, len = 0;
    bool more = take_text(r, "|");
    if (more && !take_number(r, &number)) {
        return false;
    }
    if (more && (r->left == 0 || *r->ptr != ':')) {
        if (!take_lifetime(r, number, s)) {
            return false;
        }
        more = take_text(r, "|");
        if (more && !take_number(r, &number)) {
            return false;
        }
    }
    if (!more) {
        return true;
    }
    if (!take_text(r, ":") || !take_number(r, &len) || !mki_fits(number, len)) {
        return false;
    }
    s->mki = (uint32_t)number;
    s->mki_len = (uint8_t)len;
    return true;
}

static godwit_status_t take_suite(godwit_slice_t word, godwit_sdes_t *s)
{
    for (size_t i = 1; i < SUITES; i++) {
        if (godwit_slice_equal(word, godwit_slice_of_string(suites[i]))) {
            s->suite = (godwit_sdes_suite_t)i;
            return GODWIT_OK;
        }
    }
    return word.len > 0 ? GODWIT_UNSUPPORTED_SUITE : GODWIT_MALFORMED;
}

godwit_status_t godwit_sdes_parse(godwit_slice_t line, godwit_sdes_t *sdes)
{
    godwit_reader_t r = godwit_reader(line);
    godwit_sdes_t s;
    uint64_t tag = 0;
    memset(&s, 0, sizeof s);
    if (line.len > GODWIT_SDES_LINE_MAX || !take_text(&r, "a=crypto:") || !take_number(&r, &tag) ||
        tag > GODWIT_SDES_TAG_MAX || !take_text(&r, " ")) {
        return GODWIT_MALFORMED;
    }
    s.tag = (uint32_t)tag;
    godwit_status_t status = take_suite(take_word(&r), &s);
    if (status == GODWIT_OK) {
        status = take_text(&r, "inline:") ? take_key(&r, &s) : GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK && !take_options(&r, &s)) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK && r.left > 0) { /* a session parameter, another key */
        status = *r.ptr == ' ' || *r.ptr == ';' ? GODWIT_UNSUPPORTED_SUITE : GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        *sdes = s;
    }
    godwit_wipe(&s, sizeof s);
    return status;
}

/* ---- written ---- */

static void put_text(godwit_writer_t *w, const char *text)
{
    godwit_put(w, text, strlen(text));
}

static void put_number(godwit_writer_t *w, uint64_t number)
{
    uint64_t unit = 1;
    while (number / unit >= 10) {
        unit *= 10;
    }
    for (; unit > 0; unit /= 10) {
        godwit_put_u8(w, (uint8_t)('0' + number / unit % 10));
    }
}

static void put_lifetime(godwit_writer_t *w, uint64_t lifetime)
{
    uint64_t power = 0;
    while (lifetime >> power > 1) {
        power++;
    }
    bool is_power = power > 0 && lifetime == (uint64_t)1 << power;
    put_text(w, is_power ? "|2^" : "|");
    put_number(w, is_power ? power : lifetime);
}

godwit_status_t godwit_sdes_build(const godwit_sdes_t *sdes, godwit_writer_t *out)
{
    uint8_t octets[KEY_SALT];
    if (sdes->tag == 0 || sdes->tag > GODWIT_SDES_TAG_MAX || sdes->suite == 0 || (size_t)sdes->suite >= SUITES ||
        sdes->lifetime > GODWIT_SDES_LIFETIME_MAX ||
        (sdes->mki_len > 0 && (sdes->mki == 0 || !mki_fits(sdes->mki, sdes->mki_len)))) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memcpy(octets, sdes->key, sizeof sdes->key);
    memcpy(octets + sizeof sdes->key, sdes->salt, sizeof sdes->salt);
    put_text(out, "a=crypto:");
    put_number(out, sdes->tag);
    put_text(out, " ");
    put_text(out, suites[sdes->suite]);
    put_text(out, " inline:");
    godwit_put_base64(out, godwit_slice(octets, sizeof octets));
    if (sdes->lifetime > 0) {
        put_lifetime(out, sdes->lifetime);
    }
    if (sdes->mki_len > 0) {
        put_text(out, "|");
        put_number(out, sdes->mki);
        put_text(out, ":");
        put_number(out, sdes->mki_len);
    }
    godwit_wipe(octets, sizeof octets);
    return godwit_writer_status(out);
}

/* ---- offer and answer ---- */

godwit_status_t godwit_sdes_accept(const godwit_sdes_t *offer, size_t count, const godwit_sdes_t *answer, size_t *taken)
{
    for (size_t i = 0; i < count; i++) {
        if (offer[i].tag != answer->tag) {
            continue;
        }
        if (offer[i].suite != answer->suite) {
            return GODWIT_UNSUPPORTED_SUITE;
        }
        if (godwit_equal_secret(offer[i].key, answer->key, sizeof answer->key)) {
            return GODWIT_REPLAY;
        }
        *taken = i;
        return GODWIT_OK;
    }
    return GODWIT_UNKNOWN_KEY;
}
