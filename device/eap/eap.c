/* SPDX-License-Identifier: Apache-2.0
 *
 * The peer of EAP-AKA' (RFC 9048 3, RFC 4187 6 and 9). AUTN is the card's to judge, AT_MAC is judged behind it: K_aut
 * comes of what the card gives.
 */
#include "godwit/eap.h"

#include <string.h>

#define UNABLE_TO_PROCESS 0 /* AT_CLIENT_ERROR_CODE, RFC 4187 10.20 */

static godwit_slice_t network_of(const godwit_eap_peer_t *peer)
{
    return godwit_slice_of_string(peer->config.network_name != NULL ? peer->config.network_name
                                                                    : GODWIT_EAP_NETWORK_WLAN);
}

godwit_status_t godwit_eap_peer_init(godwit_eap_peer_t *peer, const godwit_eap_config_t *config)
{
    char nai[GODWIT_EAP_NAI_MAX + 1];
    memset(peer, 0, sizeof *peer);
    peer->config = *config;
    const godwit_slice_t network = network_of(peer);
    const godwit_status_t status = godwit_eap_nai(&config->imsi, config->home, nai);
    if (status != GODWIT_OK || network.len == 0 || network.len > GODWIT_EAP_NETWORK_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    peer->identity_len = (uint8_t)strlen(nai);
    memcpy(peer->identity, nai, peer->identity_len);
    return GODWIT_OK;
}

void godwit_eap_peer_wipe(godwit_eap_peer_t *peer)
{
    godwit_wipe(peer, sizeof *peer);
}

const uint8_t *godwit_eap_peer_root(const godwit_eap_peer_t *peer, const uint8_t **rand)
{
    *rand = peer->has_root ? peer->last_rand : NULL;
    return peer->has_root ? peer->last_root : NULL;
}

/* ---- responses ---- */

static void forget_run(godwit_eap_peer_t *peer)
{
    peer->phase = GODWIT_EAP_IDLE;
    godwit_wipe(peer->msk, sizeof peer->msk);
    godwit_wipe(peer->root, sizeof peer->root);
}

static void refuse(godwit_status_t reason, godwit_eap_action_t *action)
{
    action->kind = GODWIT_EAP_ACTION_NONE;
    action->reason = reason;
}

/* k_aut NULL: the response has no AT_MAC. */
static godwit_status_t respond(godwit_eap_peer_t *peer, const godwit_eap_t *response, const uint8_t *k_aut,
                               godwit_eap_action_t *action)
{
    godwit_writer_t w = godwit_writer(peer->response, sizeof peer->response);
    godwit_status_t status = godwit_eap_build(response, &w);
    if (status == GODWIT_OK && k_aut != NULL) {
        status = godwit_eap_sign(peer->config.crypto, k_aut, peer->response, w.len);
    }
    peer->response_len = status == GODWIT_OK ? (uint16_t)w.len : 0;
    if (status == GODWIT_OK) {
        action->kind = GODWIT_EAP_ACTION_SEND;
        action->octets = godwit_slice(peer->response, peer->response_len);
    } else {
        refuse(status, action);
    }
    return status;
}

/* A refusal: the run goes no further unless the network begins anew. */
static void respond_bare(godwit_eap_peer_t *peer, uint8_t identifier, godwit_eap_subtype_t subtype, const uint8_t *auts,
                         godwit_status_t reason, godwit_eap_action_t *action)
{
    const godwit_eap_t response = {.code = GODWIT_EAP_RESPONSE,
                                   .identifier = identifier,
                                   .type = GODWIT_EAP_TYPE_AKA_PRIME,
                                   .subtype = (uint8_t)subtype,
                                   .auts = auts,
                                   .kdf = auts != NULL ? GODWIT_EAP_KDF_AKA_PRIME : 0,
                                   .client_error = UNABLE_TO_PROCESS};
    forget_run(peer);
    if (respond(peer, &response, NULL, action) == GODWIT_OK) {
        action->reason = reason;
    }
}

/* ---- challenge ---- */

/* Which of the refusals that RFC 9048 3 has, or that the challenge may go to the card. */
static godwit_status_t check_challenge(const godwit_eap_peer_t *peer, const godwit_eap_t *eap)
{
    if (eap->rand == NULL || eap->autn == NULL || !eap->has_mac || eap->network.ptr == NULL) {
        return GODWIT_MALFORMED;
    }
    if (eap->kdf != GODWIT_EAP_KDF_AKA_PRIME) {
        return GODWIT_UNSUPPORTED_SUITE;
    }
    if (!godwit_slice_equal(eap->network, network_of(peer))) {
        return GODWIT_POLICY_FORBIDS; /* the name of another network: its keys would be another's */
    }
    /* AMF stands behind SQN xor AK; without the separation bit the vector is not for this use (TS 33.102 Annex H). */
    return (eap->autn[6] & (GODWIT_AMF_SEPARATION >> 8)) != 0 ? GODWIT_OK : GODWIT_POLICY_FORBIDS;
}

static void on_challenge(godwit_eap_peer_t *peer, const godwit_eap_t *eap, godwit_slice_t packet,
                         godwit_eap_action_t *action)
{
    const godwit_status_t status = check_challenge(peer, eap);
    if (status == GODWIT_MALFORMED || peer->card_runs >= GODWIT_EAP_CARD_RUNS_MAX) {
        respond_bare(peer, eap->identifier, GODWIT_EAP_CLIENT_ERROR, NULL, status, action);
        return;
    }
    if (status != GODWIT_OK) {
        respond_bare(peer, eap->identifier, GODWIT_EAP_AUTHENTICATION_REJECT, NULL, status, action);
        return;
    }
    forget_run(peer);
    peer->phase = GODWIT_EAP_CARD;
    peer->card_runs++;
    peer->challenge_len = (uint16_t)packet.len;
    memcpy(peer->challenge, packet.ptr, packet.len);
    memcpy(peer->rand, eap->rand, sizeof peer->rand);
    memcpy(peer->autn, eap->autn, sizeof peer->autn);
    action->kind = GODWIT_EAP_ACTION_AUTHENTICATE;
    action->rand = peer->rand;
    action->autn = peer->autn;
}

static godwit_status_t derive(godwit_eap_peer_t *peer, const godwit_usim_result_t *result, uint8_t k_aut[32])
{
    const godwit_crypto_t *crypto = peer->config.crypto;
    uint8_t ck_ik[32], prime[32];
    godwit_eap_aka_keys_t keys;
    memcpy(ck_ik, result->ck, 16);
    memcpy(ck_ik + 16, result->ik, 16);
    godwit_status_t status = godwit_eap_aka_prime(crypto, ck_ik, network_of(peer), peer->autn, prime);
    if (status == GODWIT_OK) {
        status = godwit_eap_aka_keys(crypto, prime, godwit_slice(peer->identity, peer->identity_len), &keys);
    }
    if (status == GODWIT_OK) {
        memcpy(k_aut, keys.k_aut, 32);
        memcpy(peer->msk, keys.msk, sizeof peer->msk);
        status = godwit_iwf_eap_root(crypto, keys.emsk, &peer->config.imsi, peer->root);
    }
    godwit_wipe(ck_ik, sizeof ck_ik);
    godwit_wipe(prime, sizeof prime);
    godwit_wipe(&keys, sizeof keys);
    return status;
}

static void answer_challenge(godwit_eap_peer_t *peer, const godwit_eap_t *challenge, const godwit_usim_result_t *result,
                             godwit_eap_action_t *action)
{
    uint8_t k_aut[32];
    const godwit_slice_t packet = godwit_slice(peer->challenge, peer->challenge_len);
    godwit_status_t status = derive(peer, result, k_aut);
    if (status == GODWIT_OK) {
        status = godwit_eap_verify(peer->config.crypto, k_aut, challenge, packet);
    }
    if (status != GODWIT_OK) {
        respond_bare(peer, challenge->identifier, GODWIT_EAP_CLIENT_ERROR, NULL, status, action);
    } else {
        const godwit_eap_t response = {.code = GODWIT_EAP_RESPONSE,
                                       .identifier = challenge->identifier,
                                       .type = GODWIT_EAP_TYPE_AKA_PRIME,
                                       .subtype = GODWIT_EAP_CHALLENGE,
                                       .res = godwit_slice(result->res, result->res_len),
                                       .has_mac = true};
        peer->phase = respond(peer, &response, k_aut, action) == GODWIT_OK ? GODWIT_EAP_RESPONDED : GODWIT_EAP_IDLE;
    }
    godwit_wipe(k_aut, sizeof k_aut);
}

godwit_status_t godwit_eap_peer_usim_result(godwit_eap_peer_t *peer, const godwit_usim_result_t *result,
                                            godwit_eap_action_t *action)
{
    godwit_eap_t challenge;
    memset(action, 0, sizeof *action);
    if (peer->phase != GODWIT_EAP_CARD) {
        return GODWIT_WRONG_STATE;
    }
    godwit_status_t status = godwit_eap_parse(godwit_slice(peer->challenge, peer->challenge_len), &challenge);
    if (status != GODWIT_OK) {
        return status;
    }
    if (result->status == GODWIT_OK) {
        answer_challenge(peer, &challenge, result, action);
    } else if (result->status == GODWIT_AUTH_RESYNC) {
        respond_bare(peer, challenge.identifier, GODWIT_EAP_SYNCHRONIZATION_FAILURE, result->auts, result->status,
                     action);
    } else if (result->status == GODWIT_AUTH_MAC_FAILURE) {
        respond_bare(peer, challenge.identifier, GODWIT_EAP_AUTHENTICATION_REJECT, NULL, result->status, action);
    } else {
        respond_bare(peer, challenge.identifier, GODWIT_EAP_CLIENT_ERROR, NULL, result->status, action);
    }
    return GODWIT_OK;
}

/* ---- what comes ---- */

static void on_identity(godwit_eap_peer_t *peer, const godwit_eap_t *eap, godwit_eap_action_t *action)
{
    const bool plain = eap->type == GODWIT_EAP_TYPE_IDENTITY;
    const godwit_eap_t response = {.code = GODWIT_EAP_RESPONSE,
                                   .identifier = eap->identifier,
                                   .type = eap->type,
                                   .subtype = plain ? 0 : GODWIT_EAP_AKA_IDENTITY,
                                   .identity = godwit_slice(peer->identity, peer->identity_len)};
    forget_run(peer);
    peer->card_runs = plain ? 0 : peer->card_runs;
    (void)respond(peer, &response, NULL, action);
}

/* Notifications are acknowledged; one that ends a run ends it with the EAP-Failure behind it (RFC 4187 6.1). */
static void on_request(godwit_eap_peer_t *peer, const godwit_eap_t *eap, godwit_slice_t packet,
                       godwit_eap_action_t *action)
{
    if (eap->type == GODWIT_EAP_TYPE_IDENTITY ||
        (eap->type == GODWIT_EAP_TYPE_AKA_PRIME && eap->subtype == GODWIT_EAP_AKA_IDENTITY)) {
        on_identity(peer, eap, action);
    } else if (eap->type != GODWIT_EAP_TYPE_AKA_PRIME) {
        const godwit_eap_t nak = {
            .code = GODWIT_EAP_RESPONSE, .identifier = eap->identifier, .type = GODWIT_EAP_TYPE_NAK};
        (void)respond(peer, &nak, NULL, action);
    } else if (eap->subtype == GODWIT_EAP_CHALLENGE) {
        on_challenge(peer, eap, packet, action);
    } else if (eap->subtype == GODWIT_EAP_NOTIFICATION) {
        respond_bare(peer, eap->identifier, GODWIT_EAP_NOTIFICATION, NULL, GODWIT_OK, action);
    } else {
        respond_bare(peer, eap->identifier, GODWIT_EAP_CLIENT_ERROR, NULL, GODWIT_MALFORMED, action);
    }
}

static void on_success(godwit_eap_peer_t *peer, const godwit_eap_t *eap, godwit_eap_action_t *action)
{
    if (peer->phase != GODWIT_EAP_RESPONDED || peer->response_len < 2 || eap->identifier != peer->response[1]) {
        refuse(GODWIT_WRONG_STATE, action);
        return;
    }
    peer->has_root = true;
    memcpy(peer->last_root, peer->root, sizeof peer->last_root);
    memcpy(peer->last_rand, peer->rand, sizeof peer->last_rand);
    godwit_wipe(peer->root, sizeof peer->root);
    peer->phase = GODWIT_EAP_IDLE;
    action->kind = GODWIT_EAP_ACTION_SUCCEEDED;
    action->msk = peer->msk;
}

void godwit_eap_peer_receive(godwit_eap_peer_t *peer, godwit_slice_t packet, godwit_eap_action_t *action)
{
    godwit_eap_t eap;
    uint8_t hash[GODWIT_SHA256_SIZE];
    memset(action, 0, sizeof *action);
    if (godwit_eap_parse(packet, &eap) != GODWIT_OK || eap.code == GODWIT_EAP_RESPONSE ||
        peer->config.crypto->sha256(&packet, 1, hash) != GODWIT_OK) {
        refuse(GODWIT_MALFORMED, action);
    } else if (eap.code == GODWIT_EAP_SUCCESS) {
        on_success(peer, &eap, action);
    } else if (eap.code == GODWIT_EAP_FAILURE) {
        forget_run(peer);
        action->kind = GODWIT_EAP_ACTION_FAILED;
    } else if (peer->response_len > 0 && eap.type == GODWIT_EAP_TYPE_AKA_PRIME &&
               memcmp(hash, peer->request_hash, sizeof peer->request_hash) == 0) {
        action->kind = GODWIT_EAP_ACTION_SEND; /* the same request again (RFC 3748 4.1) */
        action->octets = godwit_slice(peer->response, peer->response_len);
    } else {
        memcpy(peer->request_hash, hash, sizeof peer->request_hash);
        peer->response_len = 0;
        on_request(peer, &eap, godwit_slice(packet.ptr, godwit_load_u16(packet.ptr + 2)), action);
    }
}
