/* SPDX-License-Identifier: Apache-2.0
 *
 * Octets: slices that do not own, a reader and a writer that remember an overflow until they are asked once at the end,
 * comparison in constant time, wiping, and the telephone digits of TBCD. No allocation, no terminators, no recursion.
 */
#ifndef GODWIT_BYTES_H
#define GODWIT_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "godwit/status.h"

/* ---- slice: somebody else's octets, read-only ---------------------------------------------------------------- */

typedef struct godwit_slice {
    const uint8_t *ptr; /* may be NULL only when len is 0 */
    size_t len;         /* octets */
} godwit_slice_t;

static inline godwit_slice_t godwit_slice(const void *ptr, size_t len)
{
    return (godwit_slice_t){(const uint8_t *)ptr, len};
}

godwit_slice_t godwit_slice_of_string(const char *text);     /* without the terminator; NULL gives the empty slice */
bool godwit_slice_equal(godwit_slice_t a, godwit_slice_t b); /* for public data only: returns early */

/* ---- secrets --------------------------------------------------------------------------------------------------- */

/* True when the len octets are equal. Time depends on len only. */
GODWIT_MUST_USE bool godwit_equal_secret(const void *a, const void *b, size_t len);
/* Overwrites with zeros in a way that no compiler removes. */
void godwit_wipe(void *ptr, size_t len);

/* ---- writer: appends to a fixed buffer; after an overflow it appends nothing more -------------------------------- */

typedef struct godwit_writer {
    uint8_t *buf;
    size_t cap; /* octets that buf can take */
    size_t len; /* octets written so far */
    bool overflow;
} godwit_writer_t;

godwit_writer_t godwit_writer(void *buf, size_t cap);
void godwit_put(godwit_writer_t *w, const void *octets, size_t len);
void godwit_put_slice(godwit_writer_t *w, godwit_slice_t slice);
void godwit_put_u8(godwit_writer_t *w, uint8_t value);
void godwit_put_u16(godwit_writer_t *w, uint16_t value); /* big-endian, as are all below */
void godwit_put_u24(godwit_writer_t *w, uint32_t value); /* the low 24 bits */
void godwit_put_u32(godwit_writer_t *w, uint32_t value);
void godwit_put_u48(godwit_writer_t *w, uint64_t value); /* the low 48 bits: SQN */
void godwit_put_u64(godwit_writer_t *w, uint64_t value);
/* Makes room for len octets and returns where they stand, zeroed; NULL on overflow. */
uint8_t *godwit_put_space(godwit_writer_t *w, size_t len);
/* GODWIT_OK, or GODWIT_NO_SPACE when anything did not fit: to be asked once, at the end. */
GODWIT_MUST_USE godwit_status_t godwit_writer_status(const godwit_writer_t *w);
godwit_slice_t godwit_written(const godwit_writer_t *w);

/* ---- reader: takes from the front; after a short read it gives zeros and empty slices ---------------------------- */

typedef struct godwit_reader {
    const uint8_t *ptr;
    size_t left; /* octets not yet taken */
    bool failed;
} godwit_reader_t;

godwit_reader_t godwit_reader(godwit_slice_t octets);
uint8_t godwit_get_u8(godwit_reader_t *r);
uint16_t godwit_get_u16(godwit_reader_t *r);
uint32_t godwit_get_u24(godwit_reader_t *r);
uint32_t godwit_get_u32(godwit_reader_t *r);
uint64_t godwit_get_u48(godwit_reader_t *r);
uint64_t godwit_get_u64(godwit_reader_t *r);
void godwit_get(godwit_reader_t *r, void *octets, size_t len); /* copies; zeros when too short */
godwit_slice_t godwit_get_slice(godwit_reader_t *r, size_t len);
/* GODWIT_OK when nothing was short and nothing is left, else GODWIT_MALFORMED. */
GODWIT_MUST_USE godwit_status_t godwit_reader_done(const godwit_reader_t *r);
/* GODWIT_OK when nothing was short, else GODWIT_MALFORMED; octets may be left. */
GODWIT_MUST_USE godwit_status_t godwit_reader_status(const godwit_reader_t *r);

/* ---- big-endian in place ----------------------------------------------------------------------------------------- */

uint16_t godwit_load_u16(const uint8_t octets[2]);
uint32_t godwit_load_u32(const uint8_t octets[4]);
uint64_t godwit_load_u48(const uint8_t octets[6]);
uint64_t godwit_load_u64(const uint8_t octets[8]);
void godwit_store_u16(uint8_t octets[2], uint16_t value);
void godwit_store_u32(uint8_t octets[4], uint32_t value);
void godwit_store_u48(uint8_t octets[6], uint64_t value);
void godwit_store_u64(uint8_t octets[8], uint64_t value);

/* ---- window of a receiver of COUNTs ------------------------------------------------------------------------------ */

/* next: highest COUNT accepted + 1, 0: none yet (UINT32_MAX is never a COUNT). seen: bit i says that next - 1 - i was
 * accepted. window: COUNTs at and below the highest that may still come, at most 64. */
bool godwit_window_is_replay(uint32_t next, uint64_t seen, unsigned window, uint32_t count);
/* Makes `to` the next COUNT expected; nothing moves back. */
void godwit_window_advance(uint32_t *next, uint64_t *seen, uint32_t to);
/* Accepts count. */
void godwit_window_mark(uint32_t *next, uint64_t *seen, uint32_t count);

/* ---- hex (public data and the calculators) ----------------------------------------------------------------------- */

/* Writes 2*len lower-case digits and a terminator into text, which must hold 2*len+1. */
void godwit_hex_encode(godwit_slice_t octets, char *text);
/* Digits of either case, nothing else. GODWIT_MALFORMED for an odd count or another character; GODWIT_NO_SPACE when
 * cap is too small. *len is set on success only. */
GODWIT_MUST_USE godwit_status_t godwit_hex_decode(const char *text, uint8_t *octets, size_t cap, size_t *len);

/* ---- base64, RFC 4648 clause 4 ----------------------------------------------------------------------------------- */

#define GODWIT_BASE64_LEN(octets) (((octets) + 2) / 3 * 4)

/* Appends GODWIT_BASE64_LEN(octets.len) characters, no terminator. */
void godwit_put_base64(godwit_writer_t *w, godwit_slice_t octets);
/* One spelling only: padded, no white space, no stray bits. GODWIT_MALFORMED otherwise, GODWIT_NO_SPACE when cap is too
 * small; octets may be written then. *len is set on success only. */
GODWIT_MUST_USE godwit_status_t godwit_base64_decode(godwit_slice_t text, uint8_t *octets, size_t cap, size_t *len);

/* ---- identities -------------------------------------------------------------------------------------------------- */

#define GODWIT_IMSI_DIGITS_MIN 6
#define GODWIT_IMSI_DIGITS_MAX 15

/* IMSI (TS 23.003 2.2): 6 to 15 decimal digits. */
typedef struct godwit_imsi {
    char digits[GODWIT_IMSI_DIGITS_MAX + 1]; /* terminated */
    uint8_t len;                             /* digits, without the terminator */
} godwit_imsi_t;

GODWIT_MUST_USE godwit_status_t godwit_imsi_from_text(const char *text, godwit_imsi_t *imsi);
bool godwit_imsi_equal(const godwit_imsi_t *a, const godwit_imsi_t *b);
/* Octets 2 to 9 of EF_IMSI (TS 31.102 4.2.2, TS 24.008 10.5.1.4): low nibble of the first octet is type 1 and
 * parity. */
void godwit_imsi_to_ef(const godwit_imsi_t *imsi, uint8_t ef[8]);
GODWIT_MUST_USE godwit_status_t godwit_imsi_from_ef(const uint8_t ef[8], godwit_imsi_t *imsi);
/* The IMSI of a private identity IMSI@ims.mncNNN.mccNNN.3gppnetwork.org (TS 23.003 13.3). GODWIT_MALFORMED for any
 * other form, and where the domain is not of the IMSI's own network. */
GODWIT_MUST_USE godwit_status_t godwit_impi_to_imsi(const char *impi, godwit_imsi_t *imsi);
/* Plain TBCD (TS 29.002, GSUP, GTP): two digits an octet, low nibble first, filler F. Returns octets written, 0 if it
 * does not fit. */
size_t godwit_tbcd_encode(const char *digits, uint8_t *octets, size_t cap);
/* text must hold 2*len+1. GODWIT_MALFORMED for a nibble that is no digit, or a filler that is not last. */
GODWIT_MUST_USE godwit_status_t godwit_tbcd_decode(godwit_slice_t octets, char *text, size_t cap);

/* PLMN identity, 3 octets as in TS 24.301 TAI: MCC2|MCC1, MNC3 or F|MCC3, MNC2|MNC1. */
typedef struct godwit_plmn {
    uint8_t octets[3];
} godwit_plmn_t;

/* From "001-01" or "001-001". */
GODWIT_MUST_USE godwit_status_t godwit_plmn_from_text(const char *text, godwit_plmn_t *plmn);
/* To "001-01" or "001-001"; text holds 8. GODWIT_MALFORMED when a nibble is no digit. */
GODWIT_MUST_USE godwit_status_t godwit_plmn_to_text(godwit_plmn_t plmn, char text[8]);
/* "mnc001.mcc001", as the domains of TS 23.003 have it: an MNC of two digits with a zero before it. GODWIT_MALFORMED as
 * above. */
GODWIT_MUST_USE godwit_status_t godwit_plmn_to_domain(godwit_plmn_t plmn, char domain[14]);
bool godwit_plmn_equal(godwit_plmn_t a, godwit_plmn_t b);

#define GODWIT_FQDN_MAX 253

/* True for a canonical name: 1 to 253 octets of lower-case A-labels (a-z 0-9 -) of 1 to 63, separated by single dots,
 * none beginning or ending with a hyphen, no final dot. Names that are not canonical are refused, not mended. */
GODWIT_MUST_USE bool godwit_fqdn_is_canonical(godwit_slice_t name);

#endif
