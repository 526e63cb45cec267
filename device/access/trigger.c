/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access: device triggering (contribution 002). Roots go to their owner when the network has proved the
 * keys of their run; messages and K_iwf only out of protected messages of the network; messages up as soon as there is
 * a registration and a radio connection. How they are carried: eps_trigger.c, and as short messages sms.c. Without
 * config.trigger nothing here does anything.
 */
#include <string.h>

#include "device/access/trigger.h"

void godwit_access_trigger_hide(godwit_access_t *access)
{
    godwit_wipe(access->trigger.roots, sizeof access->trigger.roots);
    godwit_wipe(&access->trigger.key, sizeof access->trigger.key);
}

/* ---- roots ---- */

static void give_root(godwit_access_t *access, godwit_iwf_root_t kind, const uint8_t *root,
                      godwit_access_requests_t *requests)
{
    godwit_access_request_t *request = godwit_access_ask_for(requests, GODWIT_ACCESS_ROOT);
    uint8_t *shown = access->trigger.roots[kind == GODWIT_IWF_ROOT_FLAGGED ? 0 : 1];
    request->root_kind = kind;
    request->rand = access->vector.given;
    if (root != NULL) {
        memcpy(shown, root, sizeof access->trigger.roots[0]);
        request->root = shown;
    }
}

void godwit_access_give_roots(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_access_vector_t *v = &access->vector;
    if (!v->rooted) {
        return;
    }
    v->rooted = false;
    if (v->flagged) {
        give_root(access, GODWIT_IWF_ROOT_FLAGGED, v->card_only ? NULL : v->ck_ik, requests);
    }
    if (access->config.kind == GODWIT_ACCESS_EPS) {
        give_root(access, GODWIT_IWF_ROOT_KASME, v->root, requests);
    } else if (!v->flagged) {
        give_root(access, GODWIT_IWF_ROOT_CK_IK, v->ck_ik, requests);
    }
    godwit_wipe(v->ck_ik, sizeof v->ck_ik);
}

/* ---- down ---- */

void godwit_access_give_trigger(godwit_slice_t octets, bool answers, godwit_access_requests_t *requests)
{
    godwit_access_request_t *request = godwit_access_ask_for(requests, GODWIT_ACCESS_TRIGGER);
    request->octets = octets;
    request->answers = answers;
}

/* ---- up ---- */

static bool is_registered(const godwit_access_t *access)
{
    return access->state == GODWIT_ACCESS_ATTACHED || access->state == GODWIT_ACCESS_ACTIVE;
}

static bool by_sms(const godwit_access_t *access)
{
    return access->config.kind != GODWIT_ACCESS_EPS || access->config.trigger_sms;
}

godwit_status_t godwit_access_trigger_flush(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_access_trigger_t *t = &access->trigger;
    const godwit_slice_t octets = godwit_slice(t->held, t->held_len);
    if (t->held_len == 0 || !is_registered(access) || !access->connected) {
        return GODWIT_OK;
    }
    if (by_sms(access)) {
        return godwit_access_sms_trigger(access, requests);
    }
    t->held_len = 0;
    return godwit_eps_send_trigger(access, octets, requests);
}

void godwit_access_trigger_drop(godwit_access_t *access, godwit_access_requests_t *requests)
{
    if (access->trigger.held_len > 0) {
        access->trigger.held_len = 0;
        godwit_access_event(requests, "trigger_dropped", GODWIT_OK);
    }
}

static godwit_status_t hold(godwit_access_t *access, godwit_slice_t octets)
{
    godwit_access_trigger_t *t = &access->trigger;
    if (t->held_len > 0) {
        return GODWIT_AGAIN;
    }
    memcpy(t->held, octets.ptr, octets.len);
    t->held_len = (uint8_t)octets.len;
    return GODWIT_OK;
}

static godwit_status_t send(godwit_access_t *access, godwit_slice_t octets, godwit_access_requests_t *requests)
{
    godwit_status_t status = hold(access, octets);
    if (status != GODWIT_OK || access->state == GODWIT_ACCESS_ATTACHING) {
        return status;
    }
    if (access->connected) {
        return godwit_access_trigger_flush(access, requests);
    }
    if (access->exchange.pending == GODWIT_ACCESS_NOTHING) {
        status = godwit_access_start(access, GODWIT_ACCESS_DO_RESUME, requests);
    }
    access->trigger.held_len = status == GODWIT_OK ? access->trigger.held_len : 0;
    return status;
}

godwit_status_t godwit_access_trigger(godwit_access_t *access, godwit_slice_t octets,
                                      godwit_access_requests_t *requests)
{
    godwit_access_begin(access, requests);
    if (!access->config.trigger || (access->state != GODWIT_ACCESS_ATTACHING && !is_registered(access))) {
        return GODWIT_WRONG_STATE;
    }
    if (octets.len > GODWIT_TRIGGER_CONTAINER_MAX) {
        return GODWIT_NO_SPACE;
    }
    if (access->trigger.awaits) {
        return godwit_eps_complete_awaited(access, octets, requests);
    }
    return octets.len > 0 ? send(access, octets, requests) : GODWIT_INVALID_ARGUMENT;
}
