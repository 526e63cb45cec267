/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside core/emsdp: what header, TLVs, sealing and opening share.
 */
#ifndef GODWIT_CORE_EMSDP_FRAME_H
#define GODWIT_CORE_EMSDP_FRAME_H

#include "core/emsdp/profile.h"
#include "godwit/emsdp.h"

/* ---- header ------------------------------------------------------------------------------------------------------ */

static inline bool frame_is_framing(godwit_framing_t f)
{
    return f.session_octets <= EMSDP_SESSION_OCTETS_MAX && f.counter_octets <= EMSDP_COUNTER_OCTETS_MAX;
}

static inline size_t frame_header_len(godwit_framing_t f)
{
    return 1u + f.session_octets + f.counter_octets;
}

/* How many bits of COUNT travel: n = 3 + 8E. */
static inline unsigned frame_count_bits(godwit_framing_t f)
{
    return EMSDP_LOW_COUNT_BITS + 8u * f.counter_octets;
}

/* header->command is written on the control plane; of header->low_count the bits that travel. */
void godwit_emsdp_header_put(godwit_writer_t *w, godwit_framing_t framing, const godwit_emsdp_header_t *header);

/* ---- TLVs -------------------------------------------------------------------------------------------------------- */

/* In which situation a set of TLVs is judged: whether the datagram is keyed, and which way it goes. Masks: a bit of
 * each. */
enum {
    FRAME_UNKEYED = 1,
    FRAME_KEYED = 2,
    FRAME_UP = 4,
    FRAME_DOWN = 8,
    FRAME_ANY = FRAME_UNKEYED | FRAME_KEYED | FRAME_UP | FRAME_DOWN,
};

/* Whether the command is one of the eight of TS 33.163. */
bool godwit_emsdp_command_exists(uint8_t command);
/* Whether a command may carry exactly these TLVs in the situation. */
bool godwit_emsdp_tlvs_fit(uint8_t command, unsigned situation, uint32_t present);
/* Whether TLVs that its command may carry fit each other. */
bool godwit_emsdp_tlvs_agree(const godwit_emsdp_control_t *m);

/* counts: COUNT of the datagram and next of the user plane for the COUNT TLV; NULL takes them from m. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_tlvs_build(const godwit_emsdp_control_t *m, unsigned situation,
                                                        const uint32_t counts[2], godwit_writer_t *w);
/* Writes into *m as it reads: *m means nothing after a refusal. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_tlvs_parse(uint8_t command, unsigned situation, godwit_slice_t tlvs,
                                                        godwit_emsdp_control_t *m);
/* The value of the first TLV with that tag; empty when there is none. Nothing else is looked at. */
godwit_slice_t godwit_emsdp_tlv_find(godwit_slice_t tlvs, unsigned tag);
/* The COUNT that a Manage Keys Request claims to have; false when it claims none. */
bool godwit_emsdp_claimed_count(godwit_slice_t tlvs, uint32_t *count);

/* ---- protection -------------------------------------------------------------------------------------------------- */

/* The key of a datagram with what makes its MAC and keystream unique. */
typedef struct frame_protection {
    const godwit_crypto_t *crypto;
    const godwit_emsdp_key_t *key;
    const godwit_suite_t *suite;
    godwit_framing_t framing;
    godwit_eps_input_t input;  /* COUNT, BEARER, DIRECTION */
    godwit_slice_t transcript; /* stands after the command octet of 11 and 12; else empty */
} frame_protection_t;

/* Everything but COUNT and transcript. GODWIT_INVALID_ARGUMENT for a key that was never set. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_protection(const godwit_crypto_t *crypto, const godwit_emsdp_key_t *key,
                                                        bool user_plane, bool sending, frame_protection_t *p);
/* datagram: every octet before the MAC. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_mac(const frame_protection_t *p, godwit_slice_t datagram, uint8_t mac[32]);
/* Enciphers or deciphers in place. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_cipher(const frame_protection_t *p, uint8_t *octets, size_t len);
/* The same for the TLVs of a control datagram: of them what the command ciphers (docs/emsdp-wire.md, "Ciphering"). */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_cipher_tlvs(const frame_protection_t *p, uint8_t command, uint8_t *tlvs,
                                                         size_t len);

/* 128-EIA1 and 128-EIA3, which take their message in one piece; the parts are those of the MAC input without its first
 * 8 octets. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_mac_in_one_piece(const frame_protection_t *p, const godwit_slice_t *parts,
                                                              size_t count, uint8_t mac[4]);

/* Start and Confirmation, whose MACs cover the exchange before them. */
static inline bool frame_has_transcript(uint8_t command)
{
    return command == GODWIT_SESSION_START || command == GODWIT_SESSION_START_CONFIRMATION;
}

/* Whether everything after the command octet is one ciphered string; otherwise only the value of Data is, and in a
 * Start that of Temporary Identity, which goes on where Data ends. */
static inline bool frame_ciphers_all(uint8_t command)
{
    return command == GODWIT_SESSION_START_CONFIRMATION || command == GODWIT_SESSION_TERMINATE_REQUEST ||
           command == GODWIT_SESSION_TERMINATE_RESPONSE || command == GODWIT_MANAGE_KEYS_RESPONSE;
}

static inline godwit_framing_t frame_of_key(const godwit_emsdp_key_t *key)
{
    return (godwit_framing_t){(uint8_t)(key->hot.framing >> 4), (uint8_t)(key->hot.framing & 0x0Fu)};
}

/* ---- COUNT ------------------------------------------------------------------------------------------------------- */

#define FRAME_CANDIDATES_MAX (1 + EMSDP_AHEAD)

/* The COUNTs that a datagram with these low bits may have, in the order to try; returns how many. */
unsigned godwit_emsdp_candidates(uint32_t next_in, godwit_framing_t framing, uint32_t low_count,
                                 uint32_t candidates[FRAME_CANDIDATES_MAX]);
/* Whether count was accepted already or is behind the window. */
bool godwit_emsdp_is_replay(uint32_t next_in, uint64_t seen, godwit_framing_t framing, uint32_t count);

#endif
