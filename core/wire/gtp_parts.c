/* SPDX-License-Identifier: Apache-2.0
 *
 * APN, IMSI and version: what both versions of GTP write alike; and extension headers, which GTP-U has as well.
 */
#include "core/wire/gtp_parts.h"

#include <string.h>

#define COMPREHENSION_REQUIRED 0x80U /* of the endpoint (TS 29.281 figure 5.2.1-2) */
#define LABEL_MAX 63

/* Letters, digits and hyphen (TS 23.003 9.1), and the underscore that operators use all the same; 0 for anything
 * else. */
static char apn_character(uint8_t c)
{
    if (c >= 'A' && c <= 'Z') {
        return (char)(c - 'A' + 'a');
    }
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ? (char)c : '\0';
}

godwit_status_t godwit_apn_parse(godwit_slice_t labels, godwit_apn_t *apn)
{
    godwit_reader_t r = godwit_reader(labels);
    godwit_apn_t parsed;
    size_t at = 0;
    memset(&parsed, 0, sizeof parsed);
    if (labels.len < 2 || labels.len > GODWIT_APN_MAX) {
        return GODWIT_MALFORMED;
    }
    while (r.left > 0) {
        godwit_slice_t label = godwit_get_slice(&r, godwit_get_u8(&r));
        if (r.failed || label.len == 0 || label.len > LABEL_MAX) {
            return GODWIT_MALFORMED;
        }
        if (at > 0) {
            parsed.text[at++] = '.';
        }
        for (size_t i = 0; i < label.len; i++) {
            char c = apn_character(label.ptr[i]);
            if (c == '\0') {
                return GODWIT_MALFORMED;
            }
            parsed.text[at++] = c;
        }
    }
    *apn = parsed;
    return GODWIT_OK;
}

/* The text as labels; returns their octets, 0 when a label is empty or too long, or there is no room. */
static size_t text_to_labels(const char *text, uint8_t labels[GODWIT_APN_MAX])
{
    size_t len = strlen(text), head = 0;
    if (len == 0 || len >= GODWIT_APN_MAX) {
        return 0;
    }
    for (size_t i = 0; i <= len; i++) {
        if (i == len || text[i] == '.') {
            if (i == head || i - head > LABEL_MAX) {
                return 0;
            }
            labels[head] = (uint8_t)(i - head);
            head = i + 1;
        } else {
            labels[i + 1] = (uint8_t)text[i];
        }
    }
    return len + 1;
}

godwit_status_t godwit_apn_from_text(const char *text, godwit_apn_t *apn)
{
    uint8_t labels[GODWIT_APN_MAX];
    size_t len = text == NULL ? 0 : text_to_labels(text, labels);
    return len == 0 ? GODWIT_MALFORMED : godwit_apn_parse(godwit_slice(labels, len), apn);
}

void godwit_apn_put(godwit_writer_t *w, const godwit_apn_t *apn)
{
    uint8_t labels[GODWIT_APN_MAX];
    godwit_put(w, labels, text_to_labels(apn->text, labels));
}

size_t godwit_apn_labels_len(const godwit_apn_t *apn)
{
    uint8_t labels[GODWIT_APN_MAX];
    return text_to_labels(apn->text, labels);
}

bool godwit_apn_equal(const godwit_apn_t *a, const godwit_apn_t *b)
{
    return strncmp(a->text, b->text, sizeof a->text) == 0;
}

uint8_t godwit_gtp_version(godwit_slice_t octets)
{
    if (octets.len == 0) {
        return 0;
    }
    uint8_t version = (uint8_t)(octets.ptr[0] >> 5);
    bool prime = version == 1 && (octets.ptr[0] & 0x10U) == 0; /* PT 0: GTP' */
    return prime ? 0 : version;
}

void godwit_gtp_put_imsi(godwit_writer_t *w, const godwit_imsi_t *imsi, bool padded)
{
    uint8_t octets[GODWIT_GTP_IMSI_LEN];
    memset(octets, 0xFF, sizeof octets);
    size_t len = godwit_tbcd_encode(imsi->digits, octets, sizeof octets);
    godwit_put(w, octets, padded ? sizeof octets : len);
}

godwit_status_t godwit_gtp_read_imsi(godwit_slice_t octets, godwit_imsi_t *imsi)
{
    char digits[2 * GODWIT_GTP_IMSI_LEN + 1];
    while (octets.len > 0 && octets.ptr[octets.len - 1] == 0xFF) {
        octets.len--;
    }
    if (octets.len > GODWIT_GTP_IMSI_LEN || godwit_tbcd_decode(octets, digits, sizeof digits) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    return godwit_imsi_from_text(digits, imsi);
}

void godwit_gtp_patch_length(godwit_writer_t *w, size_t at, size_t from)
{
    if (!w->overflow) {
        godwit_store_u16(w->buf + at, (uint16_t)(w->len - from));
    }
}

/* Each is its length in units of four octets, contents, and the type of the next (TS 29.281 5.2.1, TS 29.060 6). */
godwit_status_t godwit_gtp_skip_extensions(godwit_reader_t *r, uint8_t next)
{
    for (unsigned i = 0; next != 0; i++) {
        size_t units = godwit_get_u8(r);
        if (i == GODWIT_GTP_EXTENSIONS_MAX || units == 0 || r->failed) {
            return GODWIT_MALFORMED;
        }
        if ((next & COMPREHENSION_REQUIRED) != 0) {
            return GODWIT_POLICY_FORBIDS;
        }
        (void)godwit_get_slice(r, 4 * units - 2);
        next = godwit_get_u8(r);
    }
    return godwit_reader_status(r);
}
