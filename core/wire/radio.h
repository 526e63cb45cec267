/* SPDX-License-Identifier: Apache-2.0
 *
 * Our stand-in for the radio, S1AP and RANAP: one datagram between device and MME or SGSN is one frame, kind (1) ||
 * rest. The frame is ours and nobody else's; which radio connection it belongs to, the datagram's address says. EPS
 * uses NAS, RELEASE and PAGING only: its NAS messages are protected by themselves (TS 24.301 4.4). UMTS has the RRC's
 * part here: the security mode (TS 33.102 6.4.5), and from its command on UEA2 and UIA2 (TS 35.215) over everything. A
 * receiver must check the MAC before anything else, and a COUNT must never protect two frames under one key: it belongs
 * to CK, IK and lives on through releases and new security modes (as START lets it do in TS 33.102 6.4.8). GERAN has
 * the frames of UMTS, with Kc128 and Ki128 (TS 33.102 6.8, TS 43.020 annex H) in the place of CK and IK; without Ki128
 * there is no integrity, as there is none in GERAN.
 */
#ifndef GODWIT_WIRE_RADIO_H
#define GODWIT_WIRE_RADIO_H

#include "godwit/bytes.h"
#include "godwit/crypto.h"

typedef enum godwit_radio_kind {
    GODWIT_RADIO_NAS = 1,   /* octets: one NAS message, both ways */
    GODWIT_RADIO_N_PDU,     /* UMTS: NSAPI (1) || octets, both ways */
    GODWIT_RADIO_RELEASE,   /* the connection is released: empty, both ways */
    GODWIT_RADIO_PAGING,    /* down: IMSI (8, as in EF_IMSI) */
    GODWIT_RADIO_COMMAND,   /* UMTS, down: UEA (1) UIA (1) FRESH (4) and the capability as the network heard it (2) */
    GODWIT_RADIO_COMPLETE,  /* UMTS, up: empty */
    GODWIT_RADIO_PROTECTED, /* UMTS: COUNT (4) || MAC-I (4) || ciphertext of a frame of kind 1, 2, 3, 5 or 6 */
    GODWIT_RADIO_INTEGRITY, /* UMTS, down: COUNT (4) || MAC-I (4) || a COMMAND in clear */
    GODWIT_RADIO_INITIAL_NAS, /* UMTS, up: capability (2) || octets: the first NAS message of a connection. NAS does as well, with
                                 the default capability. */
    /* UMTS, GERAN, up: capability (2) || MAC-I (4) || octets: the first NAS message, under keys that were never in use
     * (contribution 000). COUNT is 0 and not sent. The message itself is in clear, as a first message is. */
    GODWIT_RADIO_INITIAL_PROTECTED,
} godwit_radio_kind_t;

/* UEA and UIA are numbered as in TS 25.413 and TS 33.102: 0 none, 1 KASUMI (not here), 2 SNOW 3G. Bit i of a capability
 * is algorithm i. */
#define GODWIT_UEA0 0
#define GODWIT_UEA2 2
#define GODWIT_UIA0 0 /* none: in GERAN alone, where the network has no Ki128 */
#define GODWIT_UIA2 2
#define GODWIT_RADIO_GERAN 0x80U /* in uea: the device stands in GERAN (Gb mode), and its keys are Kc128, Ki128 or Kc */
typedef struct godwit_radio_capability {
    uint8_t uea, uia;
} godwit_radio_capability_t;
#define GODWIT_RADIO_CAPABILITY_DEFAULT                                                                                \
    ((godwit_radio_capability_t){1U << GODWIT_UEA0 | 1U << GODWIT_UEA2, 1U << GODWIT_UIA2})

/* The command repeats, under its MAC, what the network took for the device's capability (TS 33.102 6.4.5): a device
 * that finds another one than it sent has been bid down and must not answer. */
typedef struct godwit_radio_command {
    uint8_t uea, uia;
    uint32_t fresh;
    godwit_radio_capability_t capability;
} godwit_radio_command_t;

typedef struct godwit_radio_frame {
    godwit_radio_kind_t kind;
    godwit_slice_t
        octets;         /* NAS, N_PDU, INITIAL_NAS, INITIAL_PROTECTED; of PROTECTED and INTEGRITY all behind the kind */
    uint8_t nsapi;      /* N_PDU */
    godwit_imsi_t imsi; /* PAGING */
    godwit_radio_command_t command;
    godwit_radio_capability_t capability; /* INITIAL_NAS, INITIAL_PROTECTED, and the default for NAS */
} godwit_radio_frame_t;

#define GODWIT_RADIO_N_PDU_MAX 1600                         /* octets of one N-PDU */
#define GODWIT_RADIO_INNER_MAX (3 + GODWIT_RADIO_N_PDU_MAX) /* of a frame that is not protected */
#define GODWIT_RADIO_FRAME_MAX (9 + GODWIT_RADIO_INNER_MAX) /* of any frame */

/* Any kind but PROTECTED, INTEGRITY and INITIAL_PROTECTED, which come from the functions below. GODWIT_INVALID_ARGUMENT
 * for those, for an NSAPI above 15 and for too many octets. */
GODWIT_MUST_USE godwit_status_t godwit_radio_build(const godwit_radio_frame_t *frame, godwit_writer_t *w);
/* The slices point into octets. GODWIT_MALFORMED for an unknown kind, too. */
GODWIT_MUST_USE godwit_status_t godwit_radio_parse(godwit_slice_t octets, godwit_radio_frame_t *frame);

/* ---- UMTS: protection -------------------------------------------------------------------------------------------- */

/* One end's view of a pair of CK, IK. Lives as long as these do; holds keys: godwit_wipe. */
typedef struct godwit_radio_security {
    const godwit_crypto_t *crypto;
    bool network;   /* this end is the network */
    bool no_ik;     /* GERAN without Ki128: commands of UIA0 alone, and a MAC-I of zeros; else of UIA2 alone */
    bool commanded; /* a command has been given or taken: algorithms and FRESH mean something */
    uint8_t ck[16], ik[16];
    uint8_t uea, uia;
    uint32_t fresh;
    bool exhausted;    /* COUNT has come to its end in direction out: nothing can be sent under these keys any more */
    uint32_t next_out; /* the next COUNT that is used */
    uint32_t next_in;  /* one above the highest COUNT that verified; 0: none has */
    uint64_t seen_in;  /* bit i: COUNT next_in - 1 - i has been taken */
} godwit_radio_security_t;

/* Whether what goes under it now is ciphered and has integrity: else anybody could read it, or change what he knows into
 * what he likes. */
bool godwit_radio_is_confidential(const godwit_radio_security_t *security);
/* COUNT starts at 0: never for a pair of keys that was used before. */
void godwit_radio_security_init(godwit_radio_security_t *security, const godwit_crypto_t *crypto, const uint8_t ck[16],
                                const uint8_t ik[16], bool network);

/* Of the vector's CK || IK: CK and IK as they are; in GERAN Kc128 and Ki128; in GERAN with uia UIA0 c4 of Kc (Kc ||
 * Kc), 64 bits of strength, and no IK. */
GODWIT_MUST_USE godwit_status_t godwit_radio_security_derive(godwit_radio_security_t *security,
                                                             const godwit_crypto_t *crypto, const uint8_t ck_ik[32],
                                                             bool geran, uint8_t uia, bool network);

/* ---- keys of a vector that was handed over in a session before (contribution 000) ----
 * There was no command, so FRESH could not be sent: it is the first 4 octets of that vector's RES, which both ends
 * keep. FRESH is there so that what was protected in one connection means nothing in another under the same key (TS
 * 33.102 6.5.3.3), and is no secret; these keys are used in one attach, from COUNT 0 on, and each end lets go of its
 * copy before it uses them, so that there is no other connection. A later security mode brings a FRESH as ever. */
void godwit_radio_agree(godwit_radio_security_t *security, uint8_t uea, uint8_t uia, const uint8_t res[4]);
/* Device: an INITIAL_PROTECTED around nas. GODWIT_WRONG_STATE unless COUNT is 0; GODWIT_UNSUPPORTED_SUITE without
 * integrity. */
GODWIT_MUST_USE godwit_status_t godwit_radio_initial_create(godwit_radio_security_t *security,
                                                            godwit_radio_capability_t capability, godwit_slice_t nas,
                                                            godwit_writer_t *w);
/* Network: octets is the whole frame. GODWIT_MAC_FAILURE leaves security alone. */
GODWIT_MUST_USE godwit_status_t godwit_radio_initial_consume(godwit_radio_security_t *security, godwit_slice_t octets,
                                                             godwit_radio_frame_t *frame);
/* Small data inside that message, both ways the same: under COUNT 0 up, by whose keystream nothing else goes. in and
 * out may be one. */
GODWIT_MUST_USE godwit_status_t godwit_radio_initial_cipher(const godwit_radio_security_t *security, godwit_slice_t in,
                                                            uint8_t *out);

/* Network: a SECURITY MODE COMMAND as a frame INTEGRITY, whose algorithms and FRESH hold from now on in both
 * directions. UIA2 only (no_ik: UIA0 only), and UEA0 or UEA2: GODWIT_UNSUPPORTED_SUITE else. Giving the same command
 * again costs a COUNT and changes nothing else. */
GODWIT_MUST_USE godwit_status_t godwit_radio_command_create(godwit_radio_security_t *security,
                                                            const godwit_radio_command_t *command, godwit_writer_t *w);
/* A frame PROTECTED around inner. GODWIT_WRONG_STATE before a command, GODWIT_COUNT_EXHAUSTED at the end of COUNT,
 * GODWIT_INVALID_ARGUMENT for an inner frame of a kind that does not go protected. */
GODWIT_MUST_USE godwit_status_t godwit_radio_protected_create(godwit_radio_security_t *security,
                                                              const godwit_radio_frame_t *inner, godwit_writer_t *w);
/* Opens a frame PROTECTED or INTEGRITY: octets is the whole frame. buffer is room to work in; it takes the inner frame,
 * into which inner's slices point. The
 * MAC first (GODWIT_MAC_FAILURE), then the COUNT (GODWIT_REPLAY; late ones are taken within a window of 64), then
 * deciphered and read (GODWIT_MALFORMED); a COUNT is moved by a frame that verified and by no other. INTEGRITY is for
 * the device alone: the algorithms and FRESH of the command are tried, and taken over when it verifies; the caller then
 * looks at inner->command (its own capability? algorithms that it accepts?) before it answers with COMPLETE. */
GODWIT_MUST_USE godwit_status_t godwit_radio_protected_consume(godwit_radio_security_t *security, godwit_slice_t octets,
                                                               uint8_t buffer[GODWIT_RADIO_INNER_MAX],
                                                               godwit_radio_frame_t *inner);
/* The same of a frame PROTECTED under the algorithms and FRESH of a command that was given and not yet proved: security
 * moves to them when the frame verifies, and is untouched otherwise. */
GODWIT_MUST_USE godwit_status_t godwit_radio_commanded_consume(godwit_radio_security_t *security,
                                                               const godwit_radio_command_t *command,
                                                               godwit_slice_t octets,
                                                               uint8_t buffer[GODWIT_RADIO_INNER_MAX],
                                                               godwit_radio_frame_t *inner);

#endif
