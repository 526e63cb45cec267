/* SPDX-License-Identifier: Apache-2.0
 *
 * GBA in the device (TS 33.220, TS 24.109): bootstrapping with the BSF over Ub, in three flavours. GBA_ME: the device
 * keeps Ks = CK || IK. GBA_U: Ks stays in the card, which gives Ks_ext_NAF out and keeps Ks_int_NAF. 2G GBA (Annex I):
 * a SIM, inside server-authenticated TLS only. As godwit/device.h: no malloc, no threads, no clock; one input at a
 * time, and requests that the caller carries out in order.
 *
 *     godwit_gba_init(&gba, &config);
 *     godwit_gba_restore(&gba, record);                     // after a reboot, when a record was stored
 *     godwit_gba_bootstrap(&gba, random, &requests);        // then carry out requests until "bootstrapped" or "refused"
 *     godwit_gba_ks_naf(&gba, naf_id, now, ks_naf);         // not for GBA_U: there the card is asked
 */
#ifndef GODWIT_GBA_H
#define GODWIT_GBA_H

#include "core/wire/digest_aka.h"
#include "godwit/aka.h"
#include "godwit/keys.h"

#define GODWIT_GBA_REQUESTS_MAX 5
#define GODWIT_GBA_RECORD_MAX 200
/* Runs of the card that one bootstrapping may cost, whatever a BSF answers. */
#define GODWIT_GBA_CARD_RUNS_MAX 4

typedef enum godwit_gba_flavour {
    GODWIT_GBA_ME = 0,
    GODWIT_GBA_U = 1,
    GODWIT_GBA_SIM = 2, /* 2G GBA */
} godwit_gba_flavour_t;

/* The caller owns what the pointers show; it must live as long as the gba. */
typedef struct godwit_gba_config {
    const godwit_crypto_t *crypto;
    godwit_gba_flavour_t flavour;
    const char *impi; /* user name on Ub: godwit_gba_impi of core/agree/gba/gba.h makes it of an IMSI */
    const char *bsf;  /* name of the BSF: the realm that its challenges must have */
    bool tls; /* what GET asks for goes through TLS in which the BSF has shown a certificate: without it no 2G GBA */
    uint32_t margin_s; /* TIMER comes so long before the key expires; 0: 600 */
} godwit_gba_config_t;

typedef enum godwit_gba_request_kind {
    /* GET uri, with the header Authorization: authorization, to the BSF (TS 24.109 4.2); then call godwit_gba_answer.
     * Last of its list. */
    GODWIT_GBA_GET,
    /* Run the card with rand and autn in the context that the flavour says: 3G, GBA (bootstrapping), or GSM with rand
     * alone; then call godwit_gba_card_result. Last of its list. */
    GODWIT_GBA_AUTHENTICATE,
    GODWIT_GBA_CARD_KEEP, /* GBA_U: b_tid and expires_s into the card's EF_GBABP (TS 31.102 4.2.79) */
    /* octets: the record, to be made durable in place of the former one before what stands after it is carried out.
     * When that fails, drop what follows and go on as after a power loss. */
    GODWIT_GBA_STORE,
    GODWIT_GBA_TIMER, /* after delay_s, bootstrap again: the key expires soon */
    GODWIT_GBA_EVENT, /* for a log: name, reason */
} godwit_gba_request_kind_t;

typedef struct godwit_gba_request {
    godwit_gba_request_kind_t kind;
    const char *uri, *authorization, *b_tid; /* live until the next call, as do the others */
    const uint8_t *rand, *autn;
    godwit_slice_t octets;
    uint64_t expires_s, delay_s;
    /* Static: "challenged", "resynchronised" (the card gave AUTS), "bootstrapped", "refused" (the bootstrapping has
     * ended without a key: reason).
     * A key of before stays, but with GBA_U, where the card has forgotten it as soon as it ran. */
    const char *name;
    godwit_status_t reason;
} godwit_gba_request_t;

typedef struct godwit_gba_requests {
    godwit_gba_request_t item[GODWIT_GBA_REQUESTS_MAX];
    size_t count;
} godwit_gba_requests_t;

/* What came back on GET; code 0: nothing. Headers that did not come are empty. */
typedef struct godwit_gba_answer {
    uint16_t code;
    godwit_slice_t www_authenticate, authentication_info, body;
} godwit_gba_answer_t;

typedef struct godwit_gba_card_result {
    godwit_status_t status;               /* OK, AUTH_MAC_FAILURE, AUTH_RESYNC (auts), IO_FAILED */
    uint8_t res_len, res[GODWIT_RES_MAX]; /* 2G: SRES */
    uint8_t ck[16], ik[16];               /* GBA_ME */
    uint8_t kc[8];                        /* 2G */
    uint8_t auts[14];
} godwit_gba_card_result_t;

typedef struct godwit_gba godwit_gba_t; /* defined at the end: allocate it where you like, touch nothing inside */

/* GODWIT_INVALID_ARGUMENT for a configuration that cannot be, GODWIT_POLICY_FORBIDS for 2G GBA without TLS. */
GODWIT_MUST_USE godwit_status_t godwit_gba_init(godwit_gba_t *gba, const godwit_gba_config_t *config);
/* A record that a STORE request gave. GODWIT_MALFORMED when it is damaged or of another subscriber, BSF or flavour: as
 * after init then. */
GODWIT_MUST_USE godwit_status_t godwit_gba_restore(godwit_gba_t *gba, godwit_slice_t record);
/* Begins, or begins anew what was under way. random: 8 octets fresh from the caller. */
GODWIT_MUST_USE godwit_status_t godwit_gba_bootstrap(godwit_gba_t *gba, const uint8_t random[8],
                                                     godwit_gba_requests_t *requests);
/* GODWIT_WRONG_STATE when none was asked for. What an answer says is judged, and told by EVENT. now_s: since 1970, UTC;
 * 0: this device has no clock, and believes the BSF whatever expiry it names. */
GODWIT_MUST_USE godwit_status_t godwit_gba_answer(godwit_gba_t *gba, const godwit_gba_answer_t *answer, uint64_t now_s,
                                                  godwit_gba_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_gba_card_result(godwit_gba_t *gba, const godwit_gba_card_result_t *result,
                                                       godwit_gba_requests_t *requests);

/* Ks_NAF for FQDN || Ua security protocol identifier. GODWIT_NOT_FOUND without a bootstrapped key, GODWIT_KEY_EXPIRED
 * after its life, GODWIT_WRONG_STATE for GBA_U: the card has the key. ks_naf is wiped on failure. */
GODWIT_MUST_USE godwit_status_t godwit_gba_ks_naf(const godwit_gba_t *gba, godwit_slice_t naf_id, uint64_t now_s,
                                                  uint8_t ks_naf[32]);
/* "" without a bootstrapped key. What a device shows a NAF. */
const char *godwit_gba_b_tid_of(const godwit_gba_t *gba);
uint64_t godwit_gba_expires_of(const godwit_gba_t *gba); /* 0 without */

#include "godwit/gba_state.h"

#endif
