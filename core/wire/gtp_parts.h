/* SPDX-License-Identifier: Apache-2.0
 *
 * What both versions of GTP write alike: an APN as labels (TS 23.003 9.1), an IMSI of eight octets of TBCD (TS 29.060
 * 7.7.2, TS 29.274 8.3), and the first octet that tells which version it is.
 */
#ifndef GODWIT_WIRE_GTP_PARTS_H
#define GODWIT_WIRE_GTP_PARTS_H

#include "godwit/bytes.h"

#define GODWIT_GTPC_PORT 2123
#define GODWIT_GTPU_PORT 2152
#define GODWIT_GTP_OCTETS_MAX 1500 /* the longest message that we read or write */
#define GODWIT_APN_MAX 100         /* octets of an APN as labels (TS 23.003 9.1) */

/* An APN as text, "iot.example"; terminated. Lower case: an APN's case means nothing (TS 23.003 9.1). */
typedef struct godwit_apn {
    char text[GODWIT_APN_MAX];
} godwit_apn_t;

/* GODWIT_MALFORMED: empty, too long, or a character that no label has. */
GODWIT_MUST_USE godwit_status_t godwit_apn_from_text(const char *text, godwit_apn_t *apn);
/* Labels, each after its length. */
GODWIT_MUST_USE godwit_status_t godwit_apn_parse(godwit_slice_t labels, godwit_apn_t *apn);
void godwit_apn_put(godwit_writer_t *w, const godwit_apn_t *apn);
size_t godwit_apn_labels_len(const godwit_apn_t *apn);
bool godwit_apn_equal(const godwit_apn_t *a, const godwit_apn_t *b);

/* The version of the first octet; 0 when there is none, or when it is GTP' (charging). */
uint8_t godwit_gtp_version(godwit_slice_t octets);

/* For the GTP codecs alone. */
#define GODWIT_GTP_EXTENSIONS_MAX 8 /* extension headers of one message; more are refused */
/* Passes over the extension headers of GTPv1-C and GTP-U, next being the type of the first, 0 for none.
 * GODWIT_POLICY_FORBIDS: one that has to be understood. */
GODWIT_MUST_USE godwit_status_t godwit_gtp_skip_extensions(godwit_reader_t *r, uint8_t next);
#define GODWIT_GTP_IMSI_LEN 8
void godwit_gtp_put_imsi(godwit_writer_t *w, const godwit_imsi_t *imsi,
                         bool padded); /* padded: to 8 octets, with filler */
GODWIT_MUST_USE godwit_status_t godwit_gtp_read_imsi(godwit_slice_t octets, godwit_imsi_t *imsi);
/* The two octets at `at` become the count of those written after `from`. */
void godwit_gtp_patch_length(godwit_writer_t *w, size_t at, size_t from);

#endif
