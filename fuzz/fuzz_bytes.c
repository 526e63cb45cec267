/* SPDX-License-Identifier: Apache-2.0
 *
 * What core/bytes reads from a peer or a person: whatever is accepted must come back the same when it is written again.
 * The first octet chooses the reader.
 */
#include "fuzz/fuzz.h"
#include "godwit/bytes.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 1024

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void imsi_from_ef(const uint8_t *data, size_t size)
{
    godwit_imsi_t imsi, again;
    uint8_t ef[8];
    if (size != sizeof ef || godwit_imsi_from_ef(data, &imsi) != GODWIT_OK) {
        return;
    }
    godwit_imsi_to_ef(&imsi, ef);
    check(godwit_imsi_from_ef(ef, &again) == GODWIT_OK && godwit_imsi_equal(&imsi, &again));
    check(godwit_imsi_from_text(imsi.digits, &again) == GODWIT_OK && godwit_imsi_equal(&imsi, &again));
}

static void tbcd(const uint8_t *data, size_t size)
{
    char text[2 * TEXT_MAX + 1];
    uint8_t octets[TEXT_MAX];
    if (godwit_tbcd_decode(godwit_slice(data, size), text, sizeof text) == GODWIT_OK) {
        check(godwit_tbcd_encode(text, octets, sizeof octets) == size && memcmp(octets, data, size) == 0);
    }
}

static void plmn(const uint8_t *data, size_t size)
{
    godwit_plmn_t plmn, again;
    char text[8];
    if (size != sizeof plmn.octets) {
        return;
    }
    memcpy(plmn.octets, data, size);
    if (godwit_plmn_to_text(plmn, text) == GODWIT_OK) {
        check(godwit_plmn_from_text(text, &again) == GODWIT_OK && godwit_plmn_equal(plmn, again));
    }
}

static void texts(const uint8_t *data, size_t size)
{
    char text[TEXT_MAX + 1], hex[2 * TEXT_MAX + 1];
    uint8_t octets[TEXT_MAX];
    size_t len;
    godwit_imsi_t imsi;
    godwit_plmn_t plmn;
    memcpy(text, data, size);
    text[size] = '\0';
    if (godwit_hex_decode(text, octets, sizeof octets, &len) == GODWIT_OK) {
        godwit_hex_encode(godwit_slice(octets, len), hex);
        check(strlen(hex) == strlen(text));
    }
    if (godwit_imsi_from_text(text, &imsi) == GODWIT_OK) {
        check(strcmp(imsi.digits, text) == 0);
    }
    if (godwit_plmn_from_text(text, &plmn) == GODWIT_OK) {
        check(godwit_plmn_to_text(plmn, hex) == GODWIT_OK && strcmp(hex, text) == 0);
    }
    if (godwit_fqdn_is_canonical(godwit_slice(data, size))) {
        check(size >= 1 && size <= GODWIT_FQDN_MAX && data[size - 1] != '.');
    }
}

/* The readers of every width, in an order that the input chooses: they never read past the end and remember a short
 * read. */
static void reader(const uint8_t *data, size_t size)
{
    godwit_reader_t r = godwit_reader(godwit_slice(data, size));
    size_t taken = 0;
    for (size_t i = 0; i < size; i++) {
        size_t want = data[i] % 16u;
        taken += godwit_get_slice(&r, want).len;
        check(taken + r.left == size || r.failed);
    }
    check((godwit_reader_done(&r) == GODWIT_OK) == (!r.failed && r.left == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const targets[])(const uint8_t *, size_t) = {imsi_from_ef, tbcd, plmn, texts, reader};
    if (size >= 1 && size <= TEXT_MAX) {
        targets[data[0] % 5u](data + 1, size - 1);
    }
    return 0;
}
