/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access: authentication and what comes of it (TS 33.102 6.3.3, TS 33.401 6.1; contribution 003, step 3).
 * AMF says something only after the USIM has accepted the MAC over it. CK and IK go no further than this file, but for
 * device triggering (trigger.c); the key set is shown only when the serving network has proved the keys of the same
 * run.
 */
#include <string.h>

#include "core/agree/access_aka/access_aka.h"
#include "device/access/trigger.h"

#define AMF_AT 22 /* in RAND || AUTN */
/* TS 24.301 9.9.3.9, TS 24.008 10.5.5.14 */
#define CAUSE_MAC_FAILURE 20
#define CAUSE_SYNCH_FAILURE 21
#define CAUSE_NON_EPS_AUTHENTICATION 26

static bool is_eps(const godwit_access_t *access)
{
    return access->config.kind == GODWIT_ACCESS_EPS;
}

static godwit_status_t respond(godwit_access_t *access, godwit_access_requests_t *requests)
{
    if (access->config.circuit_switched) {
        return godwit_cs_respond(access, requests);
    }
    return is_eps(access) ? godwit_eps_respond(access, requests) : godwit_umts_respond(access, requests);
}

static godwit_status_t fail(godwit_access_t *access, uint8_t cause, const uint8_t *auts,
                            godwit_access_requests_t *requests)
{
    if (access->config.circuit_switched) {
        return godwit_cs_fail(access, cause, auts, requests);
    }
    return is_eps(access) ? godwit_eps_fail(access, cause, auts, requests)
                          : godwit_umts_fail(access, cause, auts, requests);
}

/* A vector for the other system: E-UTRAN wants the separation bit (TS 33.401 6.1.1). In UTRAN one that has it would
 * lead to agreement 02, whose CK and IK the serving network must not hold and here does. */
bool godwit_access_is_for_this_system(const godwit_access_t *access, const uint8_t rand_autn[32])
{
    bool separated = (godwit_load_u16(rand_autn + AMF_AT) & GODWIT_AMF_SEPARATION) != 0;
    return separated == is_eps(access);
}

godwit_status_t godwit_access_challenge(godwit_access_t *access, const godwit_access_challenge_t *challenge,
                                        godwit_access_requests_t *requests)
{
    godwit_access_vector_t *v = &access->vector;
    if (v->running || access->next.running || access->trigger.awaits) {
        return GODWIT_AGAIN;
    }
    v->protect = challenge->verified;
    v->asked_reference = challenge->reference;
    if (v->taken && memcmp(v->given, challenge->rand_autn, sizeof v->given) == 0) {
        /* the same octets again: the response was lost (TS 24.301 5.4.2.3); late ones, once the keys are in use, are
         * noise */
        return v->fresh ? respond(access, requests) : GODWIT_REPLAY;
    }
    if (!godwit_access_is_for_this_system(access, challenge->rand_autn)) {
        godwit_access_event(requests, "refused", GODWIT_POLICY_FORBIDS);
        return is_eps(access) ? fail(access, CAUSE_NON_EPS_AUTHENTICATION, NULL, requests) : GODWIT_OK;
    }
    if (v->runs >= GODWIT_ACCESS_USIM_RUNS_MAX) {
        return GODWIT_OVERLOAD;
    }
    v->runs++;
    v->running = true;
    v->asked_ksi = challenge->ksi;
    memcpy(v->asked, challenge->rand_autn, sizeof v->asked);
    godwit_access_request_t *request = godwit_access_ask_for(requests, GODWIT_ACCESS_AUTHENTICATE);
    request->rand = v->asked;
    request->autn = v->asked + 16;
    return GODWIT_OK;
}

bool godwit_access_expects_plain_challenge(const godwit_access_t *access)
{
    bool resuming = !is_eps(access) && !access->secured && access->exchange.pending != GODWIT_ACCESS_NOTHING;
    return access->state == GODWIT_ACCESS_ATTACHING || resuming;
}

void godwit_access_drop_challenge(godwit_access_t *access)
{
    godwit_access_vector_t *v = &access->vector;
    if (v->fresh && !v->protect) {
        v->fresh = v->has_key_set = v->rooted = false;
        v->res_len = 0;
        godwit_wipe(v->ck_ik, sizeof v->ck_ik);
        godwit_wipe(v->root, sizeof v->root);
        godwit_wipe(v->res, sizeof v->res);
        godwit_wipe(v->e2m_keyset, sizeof v->e2m_keyset);
    }
}

/* CK and IK for the access into root, and the key set where there is one. */
static godwit_status_t agree(const godwit_access_t *access, const godwit_usim_result_t *result,
                             godwit_access_vector_t *next)
{
    const godwit_access_config_t *config = &access->config;
    const uint8_t *autn = next->given + 16;
    memcpy(next->root, result->ck, 16);
    memcpy(next->root + 16, result->ik, 16);
    next->flagged = godwit_access_aka_flagged(autn, config->amf_flag);
    next->rooted = config->trigger;
    if (next->rooted) { /* in EPS nothing replaces CK and IK */
        memcpy(next->ck_ik, next->root, sizeof next->ck_ik);
        next->card_only = next->flagged && result->e2m && !is_eps(access);
    }
    if (!next->flagged) {
        return GODWIT_OK;
    }
    if (result->e2m) { /* the card did it: in UMTS what it gave are CK', IK' already */
        memcpy(next->e2m_keyset, result->e2m_keyset, sizeof next->e2m_keyset);
        next->has_key_set = true;
    } else if (config->me_derives) {
        godwit_access_aka_keys_t keys;
        godwit_status_t status =
            godwit_access_aka_derive(config->crypto, result->ck, result->ik, autn, config->amf_flag, &keys);
        if (status != GODWIT_OK) {
            return status;
        }
        memcpy(next->root, keys.ck, 16);
        memcpy(next->root + 16, keys.ik, 16);
        memcpy(next->e2m_keyset, keys.e2m_keyset, sizeof next->e2m_keyset);
        next->has_key_set = true;
        godwit_wipe(&keys, sizeof keys);
    }
    return GODWIT_OK;
}

static godwit_status_t accept_vector(godwit_access_t *access, const godwit_usim_result_t *result)
{
    godwit_access_vector_t *v = &access->vector;
    godwit_access_vector_t next = *v;
    next.taken = next.fresh = true;
    next.has_key_set = false;
    next.ksi = v->asked_ksi;
    memcpy(next.given, v->asked, sizeof next.given);
    next.res_len = result->res_len <= sizeof next.res ? result->res_len : (uint8_t)sizeof next.res;
    memcpy(next.res, result->res, sizeof next.res);
    godwit_status_t status = agree(access, result, &next);
    if (status == GODWIT_OK && is_eps(access)) {
        uint8_t kasme[32];
        status = godwit_kasme(access->config.crypto, next.root, access->config.serving_network, next.given + 16, kasme);
        memcpy(next.root, kasme, sizeof next.root);
        godwit_wipe(kasme, sizeof kasme);
    }
    if (status == GODWIT_OK) {
        if (!access->config.e2m && !access->config.key_set) {
            godwit_wipe(next.e2m_keyset, sizeof next.e2m_keyset);
        }
        *v = next;
    }
    godwit_wipe(&next, sizeof next);
    return status;
}

godwit_status_t godwit_access_usim_result(godwit_access_t *access, const godwit_usim_result_t *result,
                                          godwit_access_requests_t *requests)
{
    godwit_access_vector_t *v = &access->vector;
    godwit_access_begin(access, requests);
    if (access->next.running) {
        return godwit_access_next_result(access, result, requests);
    }
    if (!v->running) {
        return GODWIT_WRONG_STATE;
    }
    v->running = false;
    if (!v->protect && !godwit_access_expects_plain_challenge(access)) { /* what it was for is over */
        godwit_access_event(requests, "refused", GODWIT_WRONG_STATE);
        return GODWIT_OK;
    }
    if (result->status == GODWIT_OK) {
        godwit_status_t status = accept_vector(access, result);
        if (status == GODWIT_OK) {
            status = respond(access, requests);
            godwit_access_event(requests, "authenticated", GODWIT_OK);
            if (!is_eps(access) && v->flagged && !v->has_key_set) {
                godwit_access_event(requests, "not_derived",
                                    GODWIT_OK); /* so no security mode will verify: the network has CK', IK' */
            }
        }
        return status;
    }
    godwit_access_event(requests, "refused", result->status);
    if (result->status == GODWIT_AUTH_MAC_FAILURE) {
        return fail(access, CAUSE_MAC_FAILURE, NULL, requests);
    }
    if (result->status == GODWIT_AUTH_RESYNC) {
        return fail(access, CAUSE_SYNCH_FAILURE, result->auts, requests);
    }
    return GODWIT_OK; /* the card did not answer: the network will ask again, or this attach ends */
}

static void show_key_set(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_access_vector_t *v = &access->vector;
    memcpy(access->key_set, v->e2m_keyset, sizeof access->key_set);
    access->awaits_container = access->config.e2m;
    godwit_access_request_t *request = godwit_access_ask_for(requests, GODWIT_ACCESS_KEY_SET);
    request->agreement = is_eps(access) ? GODWIT_AGREEMENT_ACCESS_EPS : GODWIT_AGREEMENT_ACCESS_UMTS;
    request->rand = v->given;
    request->sqn = v->given + 16;
    request->e2m_keyset = access->key_set;
}

void godwit_access_secured(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_access_vector_t *v = &access->vector;
    bool wanted = access->config.e2m || access->config.key_set;
    godwit_access_give_roots(access, requests);
    v->fresh = false;
    v->runs = 0;
    godwit_wipe(v->root, sizeof v->root);
    godwit_wipe(v->res, sizeof v->res);
    v->res_len = 0;
    access->exchange.former = GODWIT_ACCESS_DETACHED;
    access->exchange.proved = true;
    access->known = access->known && access->state != GODWIT_ACCESS_ATTACHING; /* until it accepts, and gives a name */
    access->keyed = wanted && v->has_key_set;
    access->container_len = 0; /* it named another key set */
    access->awaits_container = access->owes_activation = access->container_spent = false;
    godwit_access_event(requests, "secured", GODWIT_OK);
    godwit_access_next_fallback(access, requests);
    if (wanted && v->has_key_set) {
        show_key_set(access, requests);
    } else if (wanted) {
        godwit_access_event(requests, v->flagged ? "not_derived" : "not_flagged", GODWIT_OK);
    }
    v->has_key_set = false;
    godwit_wipe(v->e2m_keyset, sizeof v->e2m_keyset);
}
