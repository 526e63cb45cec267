/* SPDX-License-Identifier: Apache-2.0
 *
 * EMSDP, the protocol that protects small data (docs/emsdp-wire.md, revision godwit1; command codes, header fields and
 * the IMSI TLV are those of TS 33.163 6.2). Suites, framing, control messages, keys with their counters, and the two
 * operations: seal and open. Fixed memory. Opening a datagram changes nothing; godwit_emsdp_accept moves the counters
 * once every check of the caller has passed as well.
 */
#ifndef GODWIT_EMSDP_H
#define GODWIT_EMSDP_H

#include "godwit/crypto.h"
#include "godwit/e2e.h"
#include "godwit/keys.h"

/* A datagram fits the smallest IPv6 MTU: 1280 - 40 - 8. */
#define GODWIT_EMSDP_DATAGRAM_MAX 1232
/* Header 1 + 4 + 3, MAC 16. */
#define GODWIT_EMSDP_OVERHEAD_MAX 24
#define GODWIT_EMSDP_PAYLOAD_MAX (GODWIT_EMSDP_DATAGRAM_MAX - GODWIT_EMSDP_OVERHEAD_MAX)
#define GODWIT_EMSDP_DATA_TLV_MAX 255
#define GODWIT_EMSDP_MAC_MAX 16
#define GODWIT_EMSDP_TRANSCRIPT 32
#define GODWIT_EMSDP_ECHO 8

typedef enum godwit_end { GODWIT_END_DEVICE = 0, GODWIT_END_NETWORK = 1 } godwit_end_t;

/* ---- suites ------------------------------------------------------------------------------------------------------ */

typedef struct godwit_suite {
    uint8_t id;
    const char *name;   /* "eea2-eia2-64" */
    uint8_t eea;        /* 0 to 3 */
    uint8_t eia;        /* 1 to 3; 0 for HMAC-SHA-256 */
    uint8_t mac_len;    /* M: 4, 8 or 16 octets */
    bool below_minimum; /* needs a reason in the policy: a 4-octet MAC, or no ciphering (eea 0) */
} godwit_suite_t;

#define GODWIT_SUITE_DEFAULT 1
#define GODWIT_SUITE_LAST 9

const godwit_suite_t *godwit_suite(uint8_t id); /* NULL for an id that does not exist */
GODWIT_MUST_USE godwit_status_t godwit_suite_from_name(const char *name, uint8_t *id);
/* Whether the user plane of that service may be under that suite: for confidentiality one that ciphers, for integrity
 * one that does not, for key agreement the default one, which nothing is sent under. */
bool godwit_service_allows(godwit_service_t service, uint8_t suite_id);

/* ---- framing: fixed for one HSE address -------------------------------------------------------------------------- */

typedef struct godwit_framing {
    uint8_t session_octets; /* S, 0 to 4; default 3 */
    uint8_t counter_octets; /* E, 0 to 3; default 1 */
} godwit_framing_t;

#define GODWIT_FRAMING_DEFAULT ((godwit_framing_t){3, 1})

typedef struct godwit_emsdp_header {
    bool user_plane;
    uint8_t key_id;      /* 0 to 7; 0: no key yet */
    uint32_t session_id; /* 0 when S is 0 */
    uint32_t low_count;  /* the lowest 3 + 8E bits of COUNT */
    uint8_t command;     /* control plane only, else 0 */
} godwit_emsdp_header_t;

enum {
    GODWIT_SESSION_REQUEST = 0x10,
    GODWIT_SESSION_START = 0x11,
    GODWIT_SESSION_START_CONFIRMATION = 0x12,
    GODWIT_SESSION_TERMINATE_REQUEST = 0x20,
    GODWIT_SESSION_TERMINATE_RESPONSE = 0x21,
    GODWIT_MANAGE_KEYS_REQUEST = 0x30,
    GODWIT_MANAGE_KEYS_RESPONSE = 0x31,
    GODWIT_MESSAGE_REJECT = 0x80,
};

/* Reads the header (and the command octet of a control datagram). GODWIT_MALFORMED when it is too short for its
 * framing, RFU is set, the command is unknown, or Key ID 000 comes with anything but a Session Request of session 0 or
 * a Reject. No key is needed. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_peek(godwit_slice_t datagram, godwit_framing_t framing,
                                                  godwit_emsdp_header_t *header);

/* ---- control messages -------------------------------------------------------------------------------------------- */

enum {
    GODWIT_TLV_IMSI = 0x01,
    GODWIT_TLV_SUCI = 0x02,
    GODWIT_TLV_UE_CONFIGURATION = 0x03,
    GODWIT_TLV_ENTERPRISE = 0x04,
    GODWIT_TLV_SERVING_NETWORK = 0x05,
    GODWIT_TLV_RAND = 0x06,
    GODWIT_TLV_AUTN = 0x07,
    GODWIT_TLV_HSE_CONFIGURATION = 0x08,
    GODWIT_TLV_RAND1 = 0x09,
    GODWIT_TLV_AUTS = 0x0A,
    GODWIT_TLV_KEY = 0x0B,
    GODWIT_TLV_COUNT = 0x0C,
    GODWIT_TLV_REASON = 0x0D,
    GODWIT_TLV_ECHO = 0x0E,
    GODWIT_TLV_DATA = 0x0F,
    GODWIT_TLV_TEMPORARY_IDENTITY = 0x10, /* device RAND */
    GODWIT_TLV_ENCRYPTED_RES = 0x11,      /* device RAND, profile ts33868 */
    GODWIT_TLV_KEY_REFERENCE = 0x12,      /* agreements 04 and 05: B-TID, A-KID */
    GODWIT_TLV_SERVICE_REQUEST = 0x13,    /* up: the device asks for protection end to end with the EAS of Enterprise */
    GODWIT_TLV_SERVICE = 0x14,            /* down: the terms of the key that it is to derive */
};

/* One control message, whichever command. present has bit t set when the TLV with tag t is there. Slices point into the
 * datagram (or the caller's plain buffer) that was parsed. */
typedef struct godwit_emsdp_control {
    uint8_t command;
    uint32_t present;
    godwit_imsi_t imsi;
    godwit_slice_t suci;
    uint8_t agreements;        /* UE configuration: bit i-1 = agreement i */
    uint16_t suites;           /* UE configuration: bit i-1 = suite i */
    godwit_slice_t enterprise; /* FQDN of the EAS, may be empty */
    godwit_plmn_t serving_network;
    uint8_t rand[16], autn[16];
    uint8_t agreement, suite; /* HSE configuration */
    godwit_framing_t framing; /* HSE configuration */
    uint32_t generation;      /* HSE configuration: 1 when absent */
    uint8_t rand1[16];
    uint8_t auts[14];
    uint32_t key_generation;    /* Key */
    uint8_t key_suite, key_id;  /* Key */
    uint32_t count, user_count; /* COUNT: of this datagram; the sender's next on the user plane */
    godwit_status_t reason;     /* Reason */
    uint8_t echo[GODWIT_EMSDP_ECHO];
    godwit_slice_t data;
    godwit_slice_t temporary; /* Temporary Identity: 8 octets */
    uint8_t encrypted_res[4];
    godwit_slice_t key_reference; /* 1 to 127 octets, printable */
    /* Service Request */
    godwit_service_t service;
    uint16_t service_suites; /* bit i-1 = suite i: what the device can do on the user plane */
    uint32_t service_age;    /* the last age that it took of the key set; 0: none */
    /* Service: the suite and whether the service allows it are the receiver's to judge */
    godwit_e2e_terms_t terms;
} godwit_emsdp_control_t;

static inline bool godwit_emsdp_has(const godwit_emsdp_control_t *m, unsigned tag)
{
    return (m->present >> tag & 1u) != 0;
}

/* Appends the TLVs of m, tags rising. GODWIT_INVALID_ARGUMENT when m has a TLV that its command does not carry, or
 * lacks one it must. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_control_build(const godwit_emsdp_control_t *m, godwit_writer_t *w);
/* Reads the TLVs after the command octet. GODWIT_MALFORMED for any breach of "TLVs" in emsdp-wire: tags not rising
 * strictly, a size that is wrong, an unknown tag below 80, a TLV that the command does not carry, a missing one. keyed
 * tells whether the datagram has a Key ID other than 000: a keyed Session Request is early data, without an IMSI, or
 * device RAND, with IMSI and RAND1. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_control_parse(uint8_t command, bool keyed, godwit_slice_t tlvs,
                                                           godwit_emsdp_control_t *m);
/* Session Start before its key is known: reads RAND, AUTN and HSE configuration, and no further. GODWIT_MALFORMED also
 * for a framing that is not the one under which it came. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_start_peek(godwit_slice_t datagram, godwit_framing_t framing,
                                                        godwit_emsdp_control_t *m);

/* Datagrams without a key: a first Session Request (low_count: random for each attempt), and a Reject as a hint. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_unkeyed_build(godwit_framing_t framing, uint32_t session_id,
                                                           uint32_t low_count, const godwit_emsdp_control_t *m,
                                                           godwit_writer_t *out);
GODWIT_MUST_USE godwit_status_t godwit_emsdp_unkeyed_parse(godwit_slice_t datagram, godwit_framing_t framing,
                                                           godwit_emsdp_header_t *header, godwit_emsdp_control_t *m);
/* Echo of a rejected datagram: its last 8 octets; for Key ID 000 the first 8 of its SHA-256. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_echo(const godwit_crypto_t *crypto, godwit_slice_t rejected,
                                                  godwit_framing_t framing, uint8_t echo[GODWIT_EMSDP_ECHO]);
/* Transcript hash: SHA-256 over whole datagrams, one for 11, two for 12. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_transcript(const godwit_crypto_t *crypto, const godwit_slice_t *datagrams,
                                                        size_t count, uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT]);

/* ---- one key of one session, at one end -------------------------------------------------------------------------- */

/* What one user-plane datagram of an EIA suite needs: one cache line, raw keys. */
typedef struct godwit_emsdp_hot {
    uint8_t k_enc[16];
    uint8_t k_int[16];     /* HMAC suites: the first half */
    uint64_t up_seen;      /* bit i: COUNT up_next_in - 1 - i was accepted */
    uint32_t up_next_in;   /* highest COUNT accepted on the user plane + 1; 0: none yet */
    uint32_t up_next_out;  /* COUNT of the next user-plane datagram sent */
    uint32_t up_limit_out; /* first COUNT that is not reserved; sending at it gives GODWIT_COUNT_EXHAUSTED */
    uint32_t session_id;
    uint8_t suite, key_id;
    uint8_t framing; /* S << 4 | E */
    uint8_t end;     /* godwit_end_t: whose end this is */
    uint8_t spare[4];
} godwit_emsdp_hot_t;

typedef struct godwit_emsdp_key {
    godwit_emsdp_hot_t hot;
    uint64_t cp_seen;
    uint32_t cp_next_in, cp_next_out, cp_limit_out; /* as above, control plane */
    uint32_t generation;
    uint8_t k_int_tail[16]; /* HMAC suites: the second half of K_int */
} godwit_emsdp_key_t;

_Static_assert(sizeof(godwit_emsdp_hot_t) == 64, "a session's hot part is one cache line");

/* A fresh key, all COUNTs 0, nothing reserved for sending less than all (limits UINT32_MAX). k_session is K_session,
 * K_e2e or K_MTC.
 * key_id 1 to 7; session_id must fit the S octets of the framing (S = 0: any, it does not travel).
 * GODWIT_UNSUPPORTED_SUITE for an unknown suite. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_key_init(const godwit_crypto_t *crypto, godwit_emsdp_key_t *key,
                                                      const uint8_t k_session[32], uint8_t suite_id, uint8_t key_id,
                                                      godwit_framing_t framing, uint32_t session_id,
                                                      uint32_t generation, godwit_end_t end);
static inline bool godwit_emsdp_key_is_set(const godwit_emsdp_key_t *key)
{
    return key->hot.key_id != 0;
}

/* Appends one whole user-plane datagram; takes the next COUNT. GODWIT_COUNT_EXHAUSTED at the limit; GODWIT_NO_SPACE. On
 * any error nothing is appended and no COUNT is used. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_seal_user(const godwit_crypto_t *crypto, godwit_emsdp_key_t *key,
                                                       godwit_slice_t payload, godwit_writer_t *out);
/* Appends one whole control datagram under the key. transcript: 32 octets for commands 11 and 12, empty for all others.
 * When m has COUNT, its two values are filled in by this function. GODWIT_INVALID_ARGUMENT for TLVs that the command
 * does not carry in this situation: keyed, and in the direction that the key's end sends (Key goes down only). */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_seal_control(const godwit_crypto_t *crypto, godwit_emsdp_key_t *key,
                                                          const godwit_emsdp_control_t *m, godwit_slice_t transcript,
                                                          godwit_writer_t *out);

typedef struct godwit_emsdp_opened {
    bool user_plane;
    uint32_t count;
    godwit_slice_t payload;         /* user plane; points into plain */
    godwit_emsdp_control_t control; /* control plane; its slices point into plain */
} godwit_emsdp_opened_t;

/* Checks the MAC under the candidates for COUNT, then the window, then deciphers into plain (which needs datagram.len
 * octets), then, for control, parses. Changes nothing: see godwit_emsdp_accept. transcript: that of the open exchange,
 * or empty; used for commands 11 and 12 only, which cannot be right without one. Order of refusals: GODWIT_MALFORMED
 * (header, too short), GODWIT_UNKNOWN_SESSION and GODWIT_UNKNOWN_KEY (the header's are not this key's),
 * GODWIT_MAC_FAILURE, GODWIT_REPLAY (the MAC is right, the COUNT was seen or is behind the window), GODWIT_MALFORMED
 * (authentic but senseless). *opened is of use after GODWIT_OK only: it is written in place, so that a small stack
 * suffices. */
GODWIT_MUST_USE godwit_status_t godwit_emsdp_open(const godwit_crypto_t *crypto, const godwit_emsdp_key_t *key,
                                                  godwit_slice_t datagram, godwit_slice_t transcript, uint8_t *plain,
                                                  godwit_emsdp_opened_t *opened);
/* Moves the receive counter and window of the plane past an opened datagram; a COUNT TLV moves those of the user plane
 * forward, too. */
void godwit_emsdp_accept(godwit_emsdp_key_t *key, const godwit_emsdp_opened_t *opened);

/* Window of the receiver: min(64, 2^(n-1)) with n = 3 + 8E. */
unsigned godwit_emsdp_window(godwit_framing_t framing);

/* A key as octets, for records that survive (keys in clear: the store wraps them). Fixed size, with a checksum:
 * GODWIT_MALFORMED for a damaged one. A key that was never set can be saved, too. */
#define GODWIT_EMSDP_KEY_RECORD 104
void godwit_emsdp_key_save(const godwit_emsdp_key_t *key, uint8_t record[GODWIT_EMSDP_KEY_RECORD]);
GODWIT_MUST_USE godwit_status_t godwit_emsdp_key_load(const uint8_t record[GODWIT_EMSDP_KEY_RECORD],
                                                      godwit_emsdp_key_t *key);

/* Key ID for the next key: the one after the last used, 7 then 1, skipping live (bit i set: Key ID i is live). 0 when
 * all are live. */
uint8_t godwit_emsdp_next_key_id(uint8_t last, uint8_t live);

/* ---- the session as a state machine (docs/emsdp-wire.md, "States") ----------------------------------------------- */

typedef enum godwit_session_state {
    GODWIT_SESSION_IDLE,        /* nothing agreed */
    GODWIT_SESSION_REQUESTED,   /* 10 sent or received; 11 not yet */
    GODWIT_SESSION_STARTED,     /* 11 sent or received; 12 not yet verified (network) */
    GODWIT_SESSION_ACTIVE,      /* user plane flows */
    GODWIT_SESSION_REKEYING,    /* 30 with Key sent or received; the new key not yet confirmed */
    GODWIT_SESSION_TERMINATING, /* 20 sent; 21 not yet */
    GODWIT_SESSION_ANNOUNCED,   /* ended with a key for the next session: only 10 under it is taken */
    GODWIT_SESSION_STATES
} godwit_session_state_t;

const char *godwit_session_state_name(godwit_session_state_t state);
/* What the table says about a command that this end sends or receives in this state: GODWIT_OK and *next set, or
 * GODWIT_WRONG_STATE.
 * with_key: the command carries a Key TLV. User-plane data is asked for with command 0; with_key then says that it is
 * under the newest key, which confirms a switch. */
GODWIT_MUST_USE godwit_status_t godwit_session_step(godwit_session_state_t state, godwit_end_t end, bool sending,
                                                    uint8_t command, bool with_key, godwit_session_state_t *next);

#endif
