/* SPDX-License-Identifier: Apache-2.0
 *
 * The framing under GSUP: IPA (2 octets of length, 1 of protocol), its connection management (CCM: who are you, are you
 * there), and the extension octet that says GSUP. As OsmoHLR and its clients speak it; the numbers are from Osmocom's
 * public documentation.
 */
#ifndef GODWIT_WIRE_IPA_H
#define GODWIT_WIRE_IPA_H

#include "godwit/bytes.h"

#define GODWIT_IPA_PAYLOAD_MAX 2048 /* of one frame; a SendAuthInfo result has less than 700 */
#define GODWIT_IPA_FRAME_MAX (3 + GODWIT_IPA_PAYLOAD_MAX)

typedef enum godwit_ipa_kind {
    GODWIT_IPA_OTHER, /* something that may be skipped */
    GODWIT_IPA_PING,
    GODWIT_IPA_PONG,
    GODWIT_IPA_ID_GET,
    GODWIT_IPA_ID_RESP,
    GODWIT_IPA_ID_ACK,
    GODWIT_IPA_GSUP,
} godwit_ipa_kind_t;

typedef struct godwit_ipa_frame {
    godwit_ipa_kind_t kind;
    godwit_slice_t payload; /* behind the message type, or behind the extension octet */
} godwit_ipa_frame_t;

/* The first frame of a stream, and how many octets it took. GODWIT_AGAIN: more octets are needed. GODWIT_MALFORMED:
 * longer than GODWIT_IPA_PAYLOAD_MAX, or a frame without its message type; the stream cannot go on. */
GODWIT_MUST_USE godwit_status_t godwit_ipa_frame_parse(godwit_slice_t stream, godwit_ipa_frame_t *frame, size_t *used);

/* One CCM frame of that kind without content (PING, PONG, ID_ACK). */
void godwit_ipa_put_ccm(godwit_writer_t *w, godwit_ipa_kind_t kind);
/* "Who are you", as a server asks it: serial number and unit name. */
void godwit_ipa_put_id_get(godwit_writer_t *w);
/* The answer: the name as serial number, which OsmoHLR goes by, and as unit name; and a unit id, without which it hangs
 * up. */
void godwit_ipa_put_id_resp(godwit_writer_t *w, const char *unit_name);
/* The unit name in the payload of an ID_RESP, or an empty slice. */
godwit_slice_t godwit_ipa_unit_name(godwit_slice_t payload);

/* A frame of GSUP: open, write the message, close. */
size_t godwit_ipa_gsup_open(godwit_writer_t *w);
void godwit_ipa_close(godwit_writer_t *w, size_t at);

#endif
