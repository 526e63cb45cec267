/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access: the vector of the following session (contribution 000). What the USIM made of it goes into a
 * record that is durable before anything else is done with it; the attach that goes by it empties the record first, so
 * that it is used once whatever happens to the power. Nothing of it waits for the network: an attach that is not
 * answered to, or is answered with a challenge, goes on as any.
 */
#include <string.h>

#include "core/agree/access_aka/access_aka.h"
#include "device/access/internal.h"

/* ---- the record ---- */

static godwit_status_t store(godwit_access_t *access, const godwit_next_session_t *next,
                             godwit_access_requests_t *requests)
{
    godwit_access_next_t *n = &access->next;
    godwit_status_t status = godwit_next_session_save(access->config.crypto, &access->config.imsi, next, n->record);
    if (status == GODWIT_OK) {
        godwit_access_ask_for(requests, GODWIT_ACCESS_STORE)->octets = godwit_slice(n->record, sizeof n->record);
    }
    return status;
}

static godwit_status_t store_nothing(godwit_access_t *access, godwit_access_requests_t *requests)
{
    static const godwit_next_session_t nothing = {.domain = GODWIT_NEXT_NONE};
    return store(access, &nothing, requests);
}

godwit_status_t godwit_access_restore(godwit_access_t *access, godwit_slice_t record)
{
    return godwit_next_session_load(access->config.crypto, &access->config.imsi, record, &access->next.stored);
}

/* ---- the hand-over ---- */

static godwit_status_t may_take(const godwit_access_t *access, const uint8_t rand_autn[32])
{
    if (!access->config.next_session) {
        return GODWIT_NOT_ENTITLED;
    }
    if (access->vector.running || access->next.running) {
        return GODWIT_AGAIN;
    }
    if (!godwit_access_is_for_this_system(access, rand_autn) ||
        godwit_access_aka_flagged(rand_autn + 16, access->config.amf_flag)) { /* Solution 1 makes other keys of it */
        return GODWIT_POLICY_FORBIDS;
    }
    return GODWIT_OK;
}

void godwit_access_next_offered(godwit_access_t *access, const uint8_t rand[16], const uint8_t autn[16],
                                const godwit_next_session_t *found, godwit_access_requests_t *requests)
{
    godwit_access_next_t *n = &access->next;
    uint8_t rand_autn[32];
    memcpy(rand_autn, rand, 16);
    memcpy(rand_autn + 16, autn, 16);
    if (memcmp(n->asked, rand_autn, sizeof rand_autn) == 0) {
        return; /* the message came again */
    }
    godwit_status_t status = may_take(access, rand_autn);
    if (status != GODWIT_OK) {
        godwit_access_event(requests, "next_refused", status);
        return;
    }
    memcpy(n->asked, rand_autn, sizeof n->asked);
    n->found = *found;
    n->running = true;
    godwit_access_request_t *request = godwit_access_ask_for(requests, GODWIT_ACCESS_AUTHENTICATE);
    request->rand = n->asked;
    request->autn = n->asked + 16;
}

static godwit_status_t complete(const godwit_access_t *access, const godwit_usim_result_t *result,
                                godwit_next_session_t *found)
{
    godwit_status_t status = GODWIT_OK;
    memcpy(found->root, result->ck, 16);
    memcpy(found->root + 16, result->ik, 16);
    found->res_len = result->res_len <= sizeof found->res ? result->res_len : (uint8_t)sizeof found->res;
    memcpy(found->res, result->res, sizeof found->res);
    if (found->domain == GODWIT_NEXT_EPS) {
        uint8_t kasme[32];
        status = godwit_kasme(access->config.crypto, found->root, found->plmn, access->next.asked + 16, kasme);
        memcpy(found->root, kasme, sizeof found->root);
        godwit_wipe(kasme, sizeof kasme);
    }
    return status;
}

/* The network has put the vector that was refused in the place of the one that is stored here. */
static godwit_status_t drop_former(godwit_access_t *access, godwit_access_requests_t *requests)
{
    if (access->next.stored.domain == GODWIT_NEXT_NONE) {
        return GODWIT_OK;
    }
    godwit_wipe(&access->next.stored, sizeof access->next.stored);
    return store_nothing(access, requests);
}

godwit_status_t godwit_access_next_result(godwit_access_t *access, const godwit_usim_result_t *result,
                                          godwit_access_requests_t *requests)
{
    godwit_access_next_t *n = &access->next;
    godwit_status_t status = result->status;
    n->running = false;
    if (status == GODWIT_OK && (result->res_len < 4 || result->res_len > GODWIT_RES_MAX)) {
        status = GODWIT_MALFORMED;
    }
    if (status != GODWIT_OK) { /* the network hears of it when an attach comes that needs a vector */
        godwit_access_event(requests, "next_refused", status);
        return drop_former(access, requests);
    }
    status = complete(access, result, &n->found);
    if (status == GODWIT_OK) {
        status = store(access, &n->found, requests);
    }
    if (status == GODWIT_OK) {
        n->stored = n->found;
        n->passed_over = false;
        godwit_access_event(requests, "next_stored", GODWIT_OK);
    }
    godwit_wipe(&n->found, sizeof n->found);
    return status;
}

/* ---- the attach ---- */

static godwit_next_domain_t domain_of(const godwit_access_t *access)
{
    if (access->config.kind == GODWIT_ACCESS_EPS) {
        return GODWIT_NEXT_EPS;
    }
    return access->config.circuit_switched ? GODWIT_NEXT_CS : GODWIT_NEXT_PS;
}

/* A device that is registered still has keys in use: it attaches by them. */
static bool fits(const godwit_access_t *access)
{
    const godwit_next_session_t *stored = &access->next.stored;
    return access->config.next_session && stored->domain == domain_of(access) && !access->next.running &&
           !access->next.passed_over && (stored->domain != GODWIT_NEXT_EPS || godwit_eps_next_usable(access)) &&
           access->exchange.former == GODWIT_ACCESS_DETACHED &&
           godwit_plmn_equal(stored->plmn, access->config.serving_network);
}

godwit_status_t godwit_access_next_arm(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_access_next_t *n = &access->next;
    n->armed = n->carries = false;
    n->frame_len = 0;
    if (!fits(access)) {
        return GODWIT_OK;
    }
    godwit_status_t status = store_nothing(access, requests);
    if (status == GODWIT_OK) {
        n->carries = n->data.len > 0 &&
                     (access->config.carrier == GODWIT_CARRIER_SMS ||
                      (access->config.carrier == GODWIT_CARRIER_NAS && access->config.kind == GODWIT_ACCESS_EPS));
        access->sms.with_attach = n->carries && access->config.carrier == GODWIT_CARRIER_SMS;
        n->found = n->stored;
        godwit_wipe(&n->stored, sizeof n->stored);
        n->armed = true;
    }
    return status;
}

bool godwit_access_next_sends(const godwit_access_t *access)
{
    return access->next.armed && access->exchange.sendings <= GODWIT_ACCESS_OFFERS; /* a reject counts as a sending */
}

void godwit_access_next_send(godwit_access_t *access, godwit_access_requests_t *requests)
{
    const godwit_access_next_t *n = &access->next;
    size_t from = access->out.len;
    godwit_put(&access->out, n->frame, n->frame_len);
    godwit_access_send_from(access, from, false, requests);
}

void godwit_access_next_disarm(godwit_access_t *access)
{
    godwit_access_next_t *n = &access->next;
    n->armed = n->carries = false;
    if (!n->running) { /* else it is what the USIM works on */
        godwit_wipe(&n->found, sizeof n->found);
    }
    godwit_wipe(n->frame, n->frame_len);
    n->frame_len = 0;
}

void godwit_access_next_used(godwit_access_t *access, godwit_access_requests_t *requests)
{
    if (access->next.armed) {
        godwit_access_next_disarm(access);
        godwit_access_event(requests, "next_used", GODWIT_OK);
    }
}

void godwit_access_next_fallback(godwit_access_t *access, godwit_access_requests_t *requests)
{
    if (access->next.carries && access->config.carrier != GODWIT_CARRIER_SMS) { /* that comes again by itself */
        godwit_access_event(requests, "n_pdu_uncertain", GODWIT_OK);
    }
    access->sms.with_attach = false;
    if (access->next.armed) {
        godwit_access_next_disarm(access);
        godwit_access_event(requests, "next_fallback", GODWIT_OK);
    }
}
