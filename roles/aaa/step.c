/* SPDX-License-Identifier: Apache-2.0
 *
 * EAP-AKA' at the AAA server: identity, challenge, response (RFC 9048, RFC 4187 clause 3). A response that is wrong
 * ends its run: the device begins anew, and an SQN has been spent as by any attach.
 */
#include <string.h>

#include "core/agree/eap_aka/eap_aka.h"
#include "roles/aaa/internal.h"

#define SWEEP_MOST 4u /* that end in one sweep: as many answers fit into one list */

/* ---- identity ---- */

static bool is_listed(const godwit_aaa_t *aaa, const char *host)
{
    for (size_t i = 0; i < aaa->config.network_count; i++) {
        if (strcmp(aaa->config.networks[i], host) == 0) {
            return true;
        }
    }
    return aaa->config.network_count == 0;
}

static const char *network_name(const godwit_aaa_t *aaa)
{
    return aaa->config.network_name[0] != '\0' ? aaa->config.network_name : GODWIT_EAP_NETWORK_WLAN;
}

/* Asks the HSS for a vector; auts NULL: no resynchronisation. */
static bool ask_vector(godwit_aaa_t *aaa, godwit_aaa_run_t *run, const uint8_t *auts, uint64_t now_ms,
                       godwit_outbox_t *out)
{
    run->transaction = ++aaa->next_transaction;
    godwit_message_t *message =
        godwit_aaa_ask(aaa, out, GODWIT_FUNCTION_HSS, GODWIT_HE_VECTOR_REQUEST, run->transaction);
    if (message == NULL) {
        return false;
    }
    godwit_5g_auth_request_t *request = &message->u.auth_5g_request;
    request->imsi = run->imsi;
    request->serving_network = aaa->config.home;
    memcpy(request->eap_network, network_name(aaa), strlen(network_name(aaa)) + 1);
    if (auts != NULL) {
        request->resync = true;
        memcpy(request->rand, run->rand, sizeof request->rand);
        memcpy(request->auts, auts, sizeof request->auts);
    }
    run->state = GODWIT_AAA_VECTOR;
    run->since_ms = now_ms;
    godwit_aaa_sweep_later(aaa, godwit_aaa_wait(aaa) / 4 + 1, out);
    return true;
}

/* A run that is in no table: what is refused before there is one. */
static void refuse(const godwit_message_t *m, uint8_t identifier, godwit_status_t reason, const char *detail,
                   godwit_outbox_t *out)
{
    godwit_aaa_run_t run = {.caller_transaction = m->transaction, .caller_route = m->route, .identifier = identifier};
    godwit_aaa_reject(&run, reason, detail, out);
}

static void on_identity(godwit_aaa_t *aaa, const godwit_input_t *in, const godwit_eap_t *eap, godwit_outbox_t *out)
{
    const godwit_message_t *m = in->message;
    godwit_imsi_t imsi;
    if (godwit_eap_imsi_of(eap->identity, aaa->config.home, &imsi) != GODWIT_OK) {
        refuse(m, eap->identifier, GODWIT_UNKNOWN_SUBSCRIBER, "not a permanent identity of our home network", out);
        return;
    }
    if (in->random.len != GODWIT_EAP_STATE) {
        godwit_outbox_add(out, GODWIT_REQUEST_RANDOM)->count = GODWIT_EAP_STATE;
        return;
    }
    godwit_aaa_run_t *run = godwit_aaa_place(aaa, m->origin_host);
    if (run == NULL) {
        refuse(m, eap->identifier, GODWIT_OVERLOAD, "too many runs wait", out);
        return;
    }
    godwit_wipe(run, sizeof *run);
    run->imsi = imsi;
    run->identifier = eap->identifier;
    run->caller_transaction = m->transaction;
    run->caller_route = m->route;
    memcpy(run->caller, m->origin_host, sizeof run->caller);
    memcpy(run->name, in->random.ptr, sizeof run->name);
    run->identity_len = (uint8_t)eap->identity.len;
    memcpy(run->identity, eap->identity.ptr, eap->identity.len);
    if (!ask_vector(aaa, run, NULL, in->now_ms, out)) {
        godwit_wipe(run, sizeof *run);
    }
}

/* ---- challenge ---- */

static godwit_status_t derive(const godwit_aaa_t *aaa, godwit_aaa_run_t *run, const godwit_he_vector_answer_t *v)
{
    const godwit_crypto_t *crypto = aaa->config.crypto;
    godwit_eap_aka_keys_t keys;
    godwit_status_t status =
        godwit_eap_aka_keys(crypto, v->ck_ik_prime, godwit_slice(run->identity, run->identity_len), &keys);
    if (status == GODWIT_OK) {
        memcpy(run->k_aut, keys.k_aut, sizeof run->k_aut);
        memcpy(run->msk, keys.msk, sizeof run->msk);
        status = godwit_iwf_eap_root(crypto, keys.emsk, &run->imsi, run->root);
    }
    memcpy(run->rand, v->rand, sizeof run->rand);
    memcpy(run->xres, v->xres, sizeof run->xres);
    run->xres_len = v->xres_len;
    godwit_wipe(&keys, sizeof keys);
    return status;
}

static godwit_status_t build_challenge(const godwit_aaa_t *aaa, const godwit_aaa_run_t *run, const uint8_t autn[16],
                                       godwit_eap_answer_t *answer)
{
    godwit_writer_t w = godwit_writer(answer->packet, sizeof answer->packet);
    const godwit_eap_t challenge = {.code = GODWIT_EAP_REQUEST,
                                    .identifier = run->identifier,
                                    .type = GODWIT_EAP_TYPE_AKA_PRIME,
                                    .subtype = GODWIT_EAP_CHALLENGE,
                                    .rand = run->rand,
                                    .autn = autn,
                                    .kdf = GODWIT_EAP_KDF_AKA_PRIME,
                                    .network = godwit_slice_of_string(network_name(aaa)),
                                    .has_mac = true};
    godwit_status_t status = godwit_eap_build(&challenge, &w);
    if (status == GODWIT_OK) {
        status = godwit_eap_sign(aaa->config.crypto, run->k_aut, answer->packet, w.len);
    }
    answer->packet_len = (uint16_t)w.len;
    return status;
}

static void on_vector(godwit_aaa_t *aaa, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_he_vector_answer_t *v = &in->message->u.he_vector_answer;
    godwit_aaa_run_t *run = godwit_aaa_by_transaction(aaa, in->message->transaction);
    if (run == NULL) {
        return;
    }
    godwit_status_t status = v->status;
    if (status == GODWIT_OK && (v->xres_len < 4 || v->xres_len > sizeof v->xres)) {
        status = GODWIT_PEER_INTERNAL; /* a vector of another kind */
    }
    if (status == GODWIT_OK) {
        status = derive(aaa, run, v);
    }
    if (status != GODWIT_OK) {
        godwit_aaa_reject(run, status, "the HSS gives no vector", out);
        return;
    }
    run->identifier++;
    const size_t count = out->count;
    godwit_eap_answer_t *answer = godwit_aaa_answer(run, GODWIT_EAP_GOES_ON, out);
    if (answer == NULL || build_challenge(aaa, run, v->autn, answer) != GODWIT_OK) {
        out->count = count; /* nothing of it leaves */
        godwit_aaa_reject(run, GODWIT_INTERNAL, "the challenge could not be made", out);
        return;
    }
    run->state = GODWIT_AAA_CHALLENGED;
    run->since_ms = in->now_ms;
    godwit_outbox_event(out, run->resynchronised ? "resynchronised" : "challenged", GODWIT_OK, &run->imsi, NULL);
}

/* ---- response ---- */

static void tell_iwf(godwit_aaa_t *aaa, const godwit_aaa_run_t *run, const uint8_t name[GODWIT_IWF_ROOT_NAME],
                     godwit_outbox_t *out)
{
    godwit_message_t *message = aaa->config.iwf.host[0] == '\0' ? NULL
                                                                : godwit_aaa_ask(aaa, out, GODWIT_FUNCTION_MTC_IWF,
                                                                                 GODWIT_T5_UP, ++aaa->next_transaction);
    if (message != NULL) {
        godwit_t5_up_t *up = &message->u.t5_up;
        up->imsi = run->imsi;
        up->kind = GODWIT_T5_REGISTERED;
        up->new_root = true;
        up->plmn = aaa->config.home;
        up->to = aaa->config.iwf;
        memcpy(up->root_name, name, sizeof up->root_name);
    }
}

static void accept(godwit_aaa_t *aaa, godwit_aaa_run_t *run, uint64_t now_ms, godwit_outbox_t *out)
{
    uint8_t name[GODWIT_IWF_ROOT_NAME];
    const godwit_eap_t success = {.code = GODWIT_EAP_SUCCESS, .identifier = run->identifier};
    if (godwit_iwf_root_name(aaa->config.crypto, run->rand, name) != GODWIT_OK) {
        godwit_aaa_reject(run, GODWIT_CRYPTO_FAILED, NULL, out);
        return;
    }
    godwit_eap_answer_t *answer = godwit_aaa_answer(run, GODWIT_EAP_ACCEPTED, out);
    if (answer == NULL) {
        return;
    }
    godwit_writer_t w = godwit_writer(answer->packet, sizeof answer->packet);
    answer->packet_len = godwit_eap_build(&success, &w) == GODWIT_OK ? (uint16_t)w.len : 0;
    memcpy(answer->msk, run->msk, sizeof answer->msk);
    godwit_aaa_keep(aaa, run, name, now_ms);
    godwit_outbox_event(out, "authenticated", GODWIT_OK, &run->imsi, NULL);
    tell_iwf(aaa, run, name, out);
    godwit_wipe(run, sizeof *run);
}

static void on_challenge_response(godwit_aaa_t *aaa, const godwit_input_t *in, const godwit_eap_t *eap,
                                  godwit_aaa_run_t *run, godwit_outbox_t *out)
{
    const godwit_message_t *m = in->message;
    const godwit_slice_t octets = godwit_slice(m->u.eap_request.packet, m->u.eap_request.packet_len);
    const godwit_status_t status = godwit_eap_verify(aaa->config.crypto, run->k_aut, eap, octets);
    if (status != GODWIT_OK) {
        godwit_aaa_reject(run, status, "AT_MAC is wrong", out);
        return;
    }
    if (eap->res.len != run->xres_len || !godwit_equal_secret(eap->res.ptr, run->xres, run->xres_len)) {
        godwit_aaa_reject(run, GODWIT_AUTH_MAC_FAILURE, "AT_RES is wrong", out);
        return;
    }
    accept(aaa, run, in->now_ms, out);
}

static void on_synchronization_failure(godwit_aaa_t *aaa, const godwit_input_t *in, const godwit_eap_t *eap,
                                       godwit_aaa_run_t *run, godwit_outbox_t *out)
{
    if (run->resynchronised || eap->auts == NULL) {
        godwit_aaa_reject(run, run->resynchronised ? GODWIT_AUTH_RESYNC : GODWIT_MALFORMED,
                          "no second resynchronisation, or no AT_AUTS", out);
        return;
    }
    run->resynchronised = true;
    if (!ask_vector(aaa, run, eap->auts, in->now_ms, out)) {
        godwit_wipe(run, sizeof *run);
    }
}

static void on_response(godwit_aaa_t *aaa, const godwit_input_t *in, const godwit_eap_t *eap, godwit_outbox_t *out)
{
    const godwit_message_t *m = in->message;
    godwit_aaa_run_t *run =
        m->u.eap_request.has_state ? godwit_aaa_by_name(aaa, m->u.eap_request.state, m->origin_host) : NULL;
    if (run == NULL || run->identifier != eap->identifier) {
        refuse(m, eap->identifier, GODWIT_UNKNOWN_SESSION, "no challenge is out for that State and identifier", out);
        return;
    }
    run->caller_transaction = m->transaction;
    run->caller_route = m->route;
    if (eap->type != GODWIT_EAP_TYPE_AKA_PRIME) {
        godwit_aaa_reject(run, GODWIT_POLICY_FORBIDS, "the device does not want EAP-AKA'", out);
    } else if (eap->subtype == GODWIT_EAP_CHALLENGE) {
        on_challenge_response(aaa, in, eap, run, out);
    } else if (eap->subtype == GODWIT_EAP_SYNCHRONIZATION_FAILURE) {
        on_synchronization_failure(aaa, in, eap, run, out);
    } else {
        godwit_aaa_reject(run, GODWIT_AUTH_MAC_FAILURE, "the device refuses the challenge", out);
    }
}

static void on_eap(godwit_aaa_t *aaa, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_message_t *m = in->message;
    godwit_eap_t eap;
    const godwit_slice_t octets = godwit_slice(m->u.eap_request.packet, m->u.eap_request.packet_len);
    if (!is_listed(aaa, m->origin_host)) {
        refuse(m, octets.len > 1 ? octets.ptr[1] : 0, GODWIT_NOT_ENTITLED, "not one of our access networks", out);
    } else if (godwit_eap_parse(octets, &eap) != GODWIT_OK || eap.code != GODWIT_EAP_RESPONSE) {
        refuse(m, octets.len > 1 ? octets.ptr[1] : 0, GODWIT_MALFORMED, "not an EAP response", out);
    } else if (eap.type == GODWIT_EAP_TYPE_IDENTITY) {
        on_identity(aaa, in, &eap, out);
    } else {
        on_response(aaa, in, &eap, out);
    }
}

/* ---- time ---- */

/* What does not fit into this list is swept with the next one. */
static void on_timer(godwit_aaa_t *aaa, uint64_t now_ms, godwit_outbox_t *out)
{
    bool left = false;
    unsigned ended = 0;
    for (size_t i = 0; i < aaa->run_capacity; i++) {
        godwit_aaa_run_t *run = &aaa->runs[i];
        if (run->state == GODWIT_AAA_FREE) {
            continue;
        }
        run->since_ms = now_ms < run->since_ms ? now_ms : run->since_ms; /* the clock was set back */
        if (now_ms - run->since_ms < godwit_aaa_wait(aaa) || ended == SWEEP_MOST) {
            left = true;
        } else if (run->state == GODWIT_AAA_CHALLENGED) {
            ended++;
            godwit_outbox_event(out, "given_up", GODWIT_OK, &run->imsi, "no response came");
            godwit_wipe(run, sizeof *run);
        } else {
            ended++;
            godwit_aaa_reject(run, GODWIT_PEER_INTERNAL, "the HSS is silent", out);
        }
    }
    aaa->sweeping = false;
    if (left) {
        godwit_aaa_sweep_later(aaa, ended == SWEEP_MOST ? 1 : godwit_aaa_wait(aaa) / 4 + 1, out);
    }
}

void godwit_aaa_step(godwit_aaa_t *aaa, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (in->kind == GODWIT_INPUT_TIMER) {
        on_timer(aaa, in->now_ms, out);
    }
    if (in->kind != GODWIT_INPUT_MESSAGE) {
        return;
    }
    switch (in->message->kind) {
    case GODWIT_EAP_PACKET:
        on_eap(aaa, in, out);
        break;
    case GODWIT_HE_VECTOR_ANSWER:
        on_vector(aaa, in, out);
        break;
    case GODWIT_IWF_KEY_REQUEST:
        godwit_aaa_on_key_request(aaa, in, out);
        break;
    default:
        break;
    }
}
