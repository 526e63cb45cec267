/* SPDX-License-Identifier: Apache-2.0
 *
 * What must never happen end to end: an age or a K_e2e given twice, a K_e2e kept by the EESE when its EAS has it, an
 * age that goes back, a key kept beyond its overlap, a user-plane datagram that an HSE made.
 */
#include <string.h>

#include "godwit/eas.h"
#include "lab/internal.h"

#define LATE_S 60u /* until a timer has come */
#define SETTLE_STEP_MS 100u
#define SETTLED_MS 300000u /* several times the longest wait until the EESE pushes again */

static bool is_zero(const uint8_t key[32])
{
    static const uint8_t zero[32];
    return memcmp(key, zero, sizeof zero) == 0;
}

void lab_learn_e2e_keys(godwit_world_t *w, unsigned device)
{
    const godwit_address_t own = lab_address(device);
    const godwit_device_e2e_t *e = &w->devices[device].e2e.library;
    lab_learn_key(w, LAB_END_E2E_DEVICES, &e->former.plane, &own);
    lab_learn_key(w, LAB_END_E2E_DEVICES, &e->current.plane, &own);
}

/* ---- messages ---- */

static void check_owner(godwit_world_t *w, const godwit_e2e_key_answer_t *answer)
{
    if (answer->status != GODWIT_OK) {
        return;
    }
    lab_learn_age(w, answer->age);
    if (!lab_set_add(&w->keys, godwit_slice(answer->k_e2e, sizeof answer->k_e2e))) {
        lab_violate(w, "an age given twice by the owner of its key set");
    }
}

/* What is pulled is committed as given before it leaves, and leaves once; what is pushed, until the EAS has it. */
static void check_given(godwit_world_t *w, const godwit_eas_session_t *session, bool pulled)
{
    const godwit_slice_t key = godwit_slice(session->k_e2e, sizeof session->k_e2e);
    if (is_zero(session->k_e2e)) {
        return;
    }
    if (pulled ? !lab_set_add(&w->pulled, key) : lab_set_has(&w->acknowledged, key)) {
        lab_violate(w, "a K_e2e given again when its EAS had it");
    }
}

static int device_of(const godwit_world_t *w, const godwit_user_plane_t *u)
{
    const godwit_record_t *durable = w->functions[GODWIT_WORLD_EAS].store.durable;
    for (size_t i = 0; i < w->functions[GODWIT_WORLD_EAS].store.durable_count; i++) {
        const godwit_eas_session_record_t *r = &durable[i].u.eas_session;
        if (durable[i].kind != GODWIT_RECORD_EAS_SESSION || r->path.session_id != u->session_id) {
            continue;
        }
        for (unsigned d = 0; d < w->config.devices; d++) {
            const godwit_imsi_t imsi = lab_imsi(d);
            if (godwit_imsi_equal(&imsi, &r->path.imsi)) {
                return (int)d;
            }
        }
    }
    return -1;
}

/* The EAS has sealed it: no COUNT of a key is used twice. */
static void check_sealed(godwit_world_t *w, const godwit_user_plane_t *u)
{
    const godwit_slice_t octets = godwit_slice(u->datagram, u->len);
    const int device = device_of(w, u);
    if (device < 0) {
        lab_violate(w, "an EAS that sends to a session that it does not have");
        return;
    }
    const godwit_address_t peer = lab_address((unsigned)device);
    (void)lab_set_add(&w->sealed, octets);
    lab_check_sent(w, LAB_END_E2E_EAS, &peer, lab_framing(w, lab_endpoint_node(w)), octets);
}

void lab_check_e2e_message(godwit_world_t *w, unsigned node, const godwit_message_t *m)
{
    if (m->kind == GODWIT_E2E_KEY_ANSWER) {
        check_owner(w, &m->u.e2e_key_answer);
    } else if (m->kind == GODWIT_EAS_SESSION_PUSH ||
               (m->kind == GODWIT_EAS_SESSION_PULL_ANSWER && m->u.eas_session.status == GODWIT_OK)) {
        check_given(w, &m->u.eas_session, m->kind == GODWIT_EAS_SESSION_PULL_ANSWER);
    } else if (m->kind == GODWIT_USER_PLANE_UP) {
        w->e2e.forwarded++;
    } else if (m->kind == GODWIT_USER_PLANE_UP_ANSWER) {
        const godwit_status_t status = m->u.user_plane_answer.status;
        w->e2e.foreign += status == GODWIT_MAC_FAILURE || status == GODWIT_MALFORMED;
    } else if (m->kind == GODWIT_USER_PLANE_DOWN && node == GODWIT_WORLD_EAS) {
        check_sealed(w, &m->u.user_plane);
    }
}

void lab_check_forwarded(godwit_world_t *w, godwit_slice_t octets)
{
    if (!lab_set_has(&w->sealed, octets)) {
        lab_violate(w, "a user-plane datagram that the HSE made, or changed");
    }
}

/* ---- records ---- */

static void check_session(godwit_world_t *w, const godwit_e2e_session_record_t *a, const godwit_e2e_session_record_t *b)
{
    if (b->with_eas && !is_zero(b->k_e2e)) {
        lab_violate(w, "a K_e2e that the EESE keeps when its EAS has it");
    }
    if (a == NULL) {
        return;
    }
    if (b->with_eas && !is_zero(a->k_e2e)) {
        (void)lab_set_add(&w->acknowledged, godwit_slice(a->k_e2e, sizeof a->k_e2e));
    }
    const bool same = a->key_set == b->key_set && a->agreement == b->agreement;
    if (same && b->terms.age < a->terms.age) {
        lab_violate(w, "an age that went back");
    }
}

static void learn_eas(godwit_world_t *w, const godwit_eas_session_record_t *record)
{
    godwit_eas_device_t device;
    if (record->len == 0 && w->backup.put_back == LAB_PUT_BACK_SAFE) {
        return; /* it has noted that keys of before the backup are lost */
    }
    if (godwit_eas_load(&device, &godwit_crypto_builtin, godwit_slice(record->octets, record->len)) != GODWIT_OK) {
        lab_violate(w, "an EAS that writes what it cannot read");
        return;
    }
    for (unsigned d = 0; d < w->config.devices; d++) {
        const godwit_imsi_t imsi = lab_imsi(d);
        const godwit_address_t peer = lab_address(d);
        for (size_t i = 0; i < GODWIT_EAS_KEYS && godwit_imsi_equal(&imsi, &record->path.imsi); i++) {
            lab_learn_key(w, LAB_END_E2E_EAS, &device.keys[i].plane, &peer);
        }
    }
    godwit_eas_wipe(&device);
}

void lab_check_e2e_commit(godwit_world_t *w, unsigned node, const godwit_record_t *before, const godwit_record_t *after)
{
    (void)node;
    if (after->kind == GODWIT_RECORD_E2E_SESSION) {
        check_session(w, before == NULL ? NULL : &before->u.e2e_session, &after->u.e2e_session);
    } else if (after->kind == GODWIT_RECORD_EAS_SESSION) {
        learn_eas(w, &after->u.eas_session);
    } else if (after->kind == GODWIT_RECORD_KEY_SET && before != NULL &&
               before->u.key_set.vector_number == after->u.key_set.vector_number &&
               after->u.key_set.age < before->u.key_set.age) {
        lab_violate(w, "an age of a key set that went back");
    }
}

/* ---- at the end ---- */

static void check_old_keys(godwit_world_t *w, const godwit_eas_session_record_t *record)
{
    godwit_eas_device_t device;
    if (godwit_eas_load(&device, &godwit_crypto_builtin, godwit_slice(record->octets, record->len)) != GODWIT_OK) {
        return; /* said when it was written */
    }
    for (size_t i = 0; i < GODWIT_EAS_KEYS; i++) {
        const godwit_eas_key_t *key = &device.keys[i];
        if (key->terms.age != 0 && key->until_s != UINT64_MAX && key->until_s + LATE_S < w->now_ms / 1000) {
            lab_violate(w, "a K_e2e kept beyond its overlap");
        }
    }
    godwit_eas_wipe(&device);
}

static bool all_given(const godwit_world_t *w)
{
    const lab_store_t *eese = &w->functions[GODWIT_WORLD_EESE].store;
    for (size_t i = 0; i < eese->durable_count; i++) {
        const godwit_e2e_session_record_t *s = &eese->durable[i].u.e2e_session;
        if (eese->durable[i].kind == GODWIT_RECORD_E2E_SESSION && !s->closed && !s->with_eas &&
            !lab_suffers(w, &s->path.imsi)) {
            return false;
        }
    }
    return true;
}

/* A push that is under way at the end, or waits for its time to be said again, is no fault; one that never arrives is.
 * What is pulled waits for its EAS. */
static void check_given_at_last(godwit_world_t *w)
{
    const uint64_t began = w->now_ms;
    while (!all_given(w) && w->now_ms - began < SETTLED_MS && w->violation == NULL) {
        godwit_world_run(w, SETTLE_STEP_MS);
    }
    if (!all_given(w)) {
        lab_violate(w, "a K_e2e that its EAS never got");
    }
}

/* What the EAS has is nowhere at the EESE any more; what is beyond its overlap is nowhere at all. */
void lab_check_e2e_end(godwit_world_t *w)
{
    const lab_store_t *eas = &w->functions[GODWIT_WORLD_EAS].store;
    if (!w->config.e2e.pull) {
        check_given_at_last(w);
    }
    for (size_t i = 0; i < eas->durable_count; i++) {
        if (eas->durable[i].kind == GODWIT_RECORD_EAS_SESSION) {
            check_old_keys(w, &eas->durable[i].u.eas_session);
        }
    }
}
