/* SPDX-License-Identifier: Apache-2.0
 *
 * Tickets of IMS media security (TS 33.328, MIKEY-TICKET, RFC 6043): user A asks the Key Management Service for a
 * ticket, gives it to user B, who has the service resolve it; then both have one traffic key, and the service has kept
 * nothing. psk: Ks_NAF of each user for the service's NAF_Id with the Ua identifier below. The order of the messages is
 * recalled; what MACs cover, and the inside of the ticket, are Godwit's own (docs/gaa.md).
 * The MAC of a message is checked before anything of it is believed; nothing of an output counts but on GODWIT_OK.
 */
#ifndef GODWIT_AGREE_IMS_MEDIA_TICKET_H
#define GODWIT_AGREE_IMS_MEDIA_TICKET_H

#include "godwit/crypto.h"

#define GODWIT_TICKET_NAME_MAX 127
#define GODWIT_TICKET_MESSAGE_MAX 1024
#define GODWIT_TICKET_RANDOM 78 /* octets of randomness for one answer of the service */
#define GODWIT_TICKETS_SEEN 16

extern const uint8_t godwit_ims_media_ua[5];

/* What a message is told apart by: counter rises with each message of one user, rand is fresh. */
typedef struct godwit_ticket_fresh {
    uint32_t csb_id, counter;
    uint8_t rand[16];
} godwit_ticket_fresh_t;

/* What both users have in the end. */
typedef struct godwit_ticket_keys {
    char initiator[GODWIT_TICKET_NAME_MAX + 1], responder[GODWIT_TICKET_NAME_MAX + 1];
    uint64_t expires_ms;
    uint8_t mpk[16];           /* secret: proves the transfer */
    uint8_t tek[16], salt[14]; /* secret: master key and salt of SRTP */
} godwit_ticket_keys_t;

/* ---- the service ---- */

typedef struct godwit_kms {
    const godwit_crypto_t *crypto;
    uint8_t ticket_key[32]; /* secret, its own; who has it opens every ticket */
    uint32_t life_ms;       /* of a ticket */
} godwit_kms_t;

/* Answers REQUEST_INIT_PSK and RESOLVE_INIT_PSK. user: whose key psk is. GODWIT_MALFORMED; GODWIT_MAC_FAILURE: of the
 * request, or of a ticket that is not ours as we made it; GODWIT_NOT_ENTITLED: it is in another's name, or the ticket
 * is for another; GODWIT_KEY_EXPIRED. */
GODWIT_MUST_USE godwit_status_t godwit_kms_answer(const godwit_kms_t *kms, const uint8_t psk[32], const char *user,
                                                  godwit_slice_t request, uint64_t now_ms,
                                                  const uint8_t random[GODWIT_TICKET_RANDOM], godwit_writer_t *out);

/* ---- user A ---- */

GODWIT_MUST_USE godwit_status_t godwit_ticket_request(const uint8_t psk[32], const godwit_ticket_fresh_t *fresh,
                                                      const char *me, const char *responder, godwit_writer_t *out);
/* ticket points into answer. */
GODWIT_MUST_USE godwit_status_t godwit_ticket_take(const godwit_crypto_t *crypto, const uint8_t psk[32],
                                                   godwit_slice_t request, godwit_slice_t answer,
                                                   godwit_ticket_keys_t *keys, godwit_slice_t *ticket);
GODWIT_MUST_USE godwit_status_t godwit_ticket_transfer(const godwit_ticket_keys_t *keys,
                                                       const godwit_ticket_fresh_t *fresh, godwit_slice_t ticket,
                                                       godwit_writer_t *out);
/* Whether answer shows that the responder has the keys. */
GODWIT_MUST_USE godwit_status_t godwit_ticket_confirmed(const godwit_ticket_keys_t *keys, godwit_slice_t transfer,
                                                        godwit_slice_t answer);

/* ---- user B ---- */

/* Transfers that were taken, until their ticket is over. */
typedef struct godwit_tickets_seen {
    struct {
        uint8_t ticket[16];
        uint64_t expires_ms;
        uint32_t next_counter;
    } entry[GODWIT_TICKETS_SEEN];
} godwit_tickets_seen_t;

GODWIT_MUST_USE godwit_status_t godwit_ticket_resolve(const uint8_t psk[32], const godwit_ticket_fresh_t *fresh,
                                                      const char *me, godwit_slice_t transfer, godwit_writer_t *out);
/* Takes the service's answer to resolve, checks the transfer with it and writes what user A gets. GODWIT_REPLAY: that
 * transfer, or a later one under its ticket, was taken; GODWIT_KEY_EXPIRED; GODWIT_OVERLOAD: too many tickets are
 * alive. */
GODWIT_MUST_USE godwit_status_t godwit_ticket_accept(const godwit_crypto_t *crypto, const uint8_t psk[32],
                                                     godwit_slice_t resolve, godwit_slice_t resolved,
                                                     godwit_slice_t transfer, uint64_t now_ms,
                                                     godwit_tickets_seen_t *seen, godwit_ticket_keys_t *keys,
                                                     godwit_writer_t *out);

#endif
