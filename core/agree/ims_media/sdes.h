/* SPDX-License-Identifier: Apache-2.0
 *
 * SDES of IMS media security (TS 33.328; contribution 001 calls it 33.228): SRTP's master key in a line a=crypto of SDP
 * (RFC 4568), which SIP's own protection carries. The line, read and written, and what an answer may say to an offer.
 * No SRTP and no session keys of it; no suite but AES-CM-128 with HMAC-SHA-1; one key in a line, no session parameters.
 * RFC 4568 was not at hand: docs/gaa.md.
 */
#ifndef GODWIT_AGREE_IMS_MEDIA_SDES_H
#define GODWIT_AGREE_IMS_MEDIA_SDES_H

#include "godwit/bytes.h"

#define GODWIT_SDES_LINE_MAX 160
#define GODWIT_SDES_TAG_MAX 999999999u /* RFC 4568 9.1: nine digits */
#define GODWIT_SDES_LIFETIME_MAX ((uint64_t)1 << 48)
#define GODWIT_SDES_MKI_LEN_MAX 128

typedef enum godwit_sdes_suite {
    GODWIT_SDES_AES_CM_128_HMAC_SHA1_80 = 1,
    GODWIT_SDES_AES_CM_128_HMAC_SHA1_32,
} godwit_sdes_suite_t;

typedef struct godwit_sdes {
    uint32_t tag;
    godwit_sdes_suite_t suite;
    uint8_t key[16], salt[14]; /* secret */
    uint64_t lifetime;         /* packets; 0: not said, 2^48 for SRTP */
    uint8_t mki_len;           /* octets in each packet; 0: no MKI */
    uint32_t mki;
} godwit_sdes_t;

/* line: without its end. GODWIT_MALFORMED; GODWIT_UNSUPPORTED_SUITE: a suite, session parameter or second key that is
 * not for us. An offer may have such lines beside others: they are passed over. */
GODWIT_MUST_USE godwit_status_t godwit_sdes_parse(godwit_slice_t line, godwit_sdes_t *sdes);
/* GODWIT_INVALID_ARGUMENT for what could not be read again. */
GODWIT_MUST_USE godwit_status_t godwit_sdes_build(const godwit_sdes_t *sdes, godwit_writer_t *out);
/* Which of the lines of our offer the answer takes: its tag, and then the suite must be the same (RFC 4568 5.1.3).
 * GODWIT_UNKNOWN_KEY: no line of that tag; GODWIT_UNSUPPORTED_SUITE: not its suite; GODWIT_REPLAY: the answer gives
 * back the key of the offer, so that one key would serve both directions. */
GODWIT_MUST_USE godwit_status_t godwit_sdes_accept(const godwit_sdes_t *offer, size_t count,
                                                   const godwit_sdes_t *answer, size_t *taken);

#endif
