/* SPDX-License-Identifier: Apache-2.0
 *
 * EAP-AKA' in the device (RFC 9048, TS 33.402): what a device without an EAP client of its own answers its access
 * network over WiFi, and the root of K_iwf that a run leaves (contribution 002; godwit/trigger.h takes it). Permanent
 * identity, full authentication. As godwit/device.h: no malloc, no threads, no clock; one input at a time, and one
 * action that the caller carries out.
 *
 *     godwit_eap_peer_init(&peer, &config);
 *     godwit_eap_peer_receive(&peer, request, &action);   // EAP request of the access network
 *     ... SEND, or AUTHENTICATE and then godwit_eap_peer_usim_result(&peer, &result, &action)
 *     ... until SUCCEEDED: action.msk for the access network, godwit_eap_peer_root(&peer) for triggers
 *
 * Until the server's AT_MAC has verified, nothing that comes changes more than how this run goes on. EAP-Failure is not
 * protected: it ends the run, and takes nothing from what an earlier run left.
 */
#ifndef GODWIT_EAP_H
#define GODWIT_EAP_H

#include "core/agree/eap_aka/eap_aka.h"
#include "core/wire/eap_aka.h"
#include "godwit/aka.h"

/* Runs of the card that one run of EAP may cost, whatever a network sends. */
#define GODWIT_EAP_CARD_RUNS_MAX 4

/* The caller owns what the pointers show; it must live as long as the peer. */
typedef struct godwit_eap_config {
    const godwit_crypto_t *crypto;
    godwit_imsi_t imsi;
    godwit_plmn_t home;
    const char *network_name; /* of the access that the device sees (TS 24.302 8.1.1.2); NULL: "WLAN" */
} godwit_eap_config_t;

typedef enum godwit_eap_action_kind {
    GODWIT_EAP_ACTION_NONE = 0,     /* what came was not taken: reason */
    GODWIT_EAP_ACTION_SEND,         /* octets: the EAP response */
    GODWIT_EAP_ACTION_AUTHENTICATE, /* rand, autn: run the USIM (3G context), then call godwit_eap_peer_usim_result */
    GODWIT_EAP_ACTION_SUCCEEDED,    /* msk: 64 octets for the access network; and there is a new root */
    GODWIT_EAP_ACTION_FAILED,       /* the network has ended the run */
} godwit_eap_action_kind_t;

typedef struct godwit_eap_action {
    godwit_eap_action_kind_t kind;
    godwit_slice_t octets; /* lives until the next call, as do the pointers */
    const uint8_t *rand, *autn, *msk;
    godwit_status_t reason; /* of NONE; of SEND: why a refusal is sent, or GODWIT_OK */
} godwit_eap_action_t;

typedef enum godwit_eap_phase {
    GODWIT_EAP_IDLE = 0,
    GODWIT_EAP_CARD,      /* the card runs */
    GODWIT_EAP_RESPONDED, /* a challenge was answered: success is to come */
} godwit_eap_phase_t;

/* Allocate it where you like, touch nothing inside. */
typedef struct godwit_eap_peer {
    godwit_eap_config_t config;
    godwit_eap_phase_t phase;
    uint8_t identity_len, identity[GODWIT_EAP_NAI_MAX];
    uint8_t card_runs;
    uint16_t challenge_len, response_len;
    uint8_t challenge[GODWIT_EAP_MAX]; /* while the card runs: its AT_MAC is checked afterwards */
    uint8_t response[GODWIT_EAP_MAX];  /* said again when the request comes again */
    uint8_t request_hash[8];
    uint8_t rand[16], autn[16];
    uint8_t msk[64], root[32];            /* of the run that goes on; secret */
    bool has_root;                        /* of the last run that succeeded */
    uint8_t last_rand[16], last_root[32]; /* secret */
} godwit_eap_peer_t;

/* GODWIT_INVALID_ARGUMENT: the IMSI is not of that home network, or the name is too long. */
GODWIT_MUST_USE godwit_status_t godwit_eap_peer_init(godwit_eap_peer_t *peer, const godwit_eap_config_t *config);
/* An EAP packet came. */
void godwit_eap_peer_receive(godwit_eap_peer_t *peer, godwit_slice_t packet, godwit_eap_action_t *action);
/* GODWIT_WRONG_STATE when none was asked for. Status IO_FAILED in it where the card did not answer. */
GODWIT_MUST_USE godwit_status_t godwit_eap_peer_usim_result(godwit_eap_peer_t *peer, const godwit_usim_result_t *result,
                                                            godwit_eap_action_t *action);
/* The root of K_iwf of the last run that succeeded, 32 octets, and its RAND in *rand; NULL: there was none. */
const uint8_t *godwit_eap_peer_root(const godwit_eap_peer_t *peer, const uint8_t **rand);
void godwit_eap_peer_wipe(godwit_eap_peer_t *peer);

#endif
