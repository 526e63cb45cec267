/* SPDX-License-Identifier: Apache-2.0
 *
 * What must never happen, watched from outside: at the antenna, at the store's door, at the application. The memory of
 * the watcher survives every power loss.
 */
#include <stdlib.h>
#include <string.h>

#include "core/agree/gba/gba.h"
#include "lab/internal.h"

void lab_violate(godwit_world_t *w, const char *what)
{
    if (w->violation == NULL && !lab_is_excused(w, what)) {
        w->violation = what;
    }
}

/* ---- a set of hashes ---- */

uint64_t lab_hash_of(const godwit_slice_t *parts, size_t count)
{
    uint8_t digest[GODWIT_SHA256_SIZE];
    if (godwit_crypto_builtin.sha256(parts, count, digest) != GODWIT_OK) {
        abort();
    }
    return godwit_load_u64(digest);
}

static struct lab_entry *place_of(const lab_set_t *set, uint64_t key)
{
    size_t at = (size_t)key & (set->capacity - 1);
    while (set->entries[at].used && set->entries[at].key != key) {
        at = (at + 1) & (set->capacity - 1);
    }
    return &set->entries[at];
}

static void grow(lab_set_t *set)
{
    lab_set_t larger = {.capacity = set->capacity == 0 ? 256 : set->capacity * 2};
    larger.entries = lab_alloc(larger.capacity * sizeof *larger.entries);
    for (size_t i = 0; i < set->capacity; i++) {
        if (set->entries[i].used) {
            *place_of(&larger, set->entries[i].key) = set->entries[i];
        }
    }
    larger.count = set->count;
    lab_free(set->entries);
    *set = larger;
}

/* True the first time. */
bool lab_set_is_new(lab_set_t *set, uint64_t key)
{
    if (set->count * 2 >= set->capacity) {
        grow(set);
    }
    struct lab_entry *e = place_of(set, key);
    if (e->used) {
        return false;
    }
    *e = (struct lab_entry){.key = key, .used = true};
    set->count++;
    return true;
}

bool lab_set_add(lab_set_t *set, godwit_slice_t octets)
{
    return lab_set_is_new(set, lab_hash_of(&octets, 1));
}

bool lab_set_has(const lab_set_t *set, godwit_slice_t octets)
{
    return set->capacity > 0 && place_of(set, lab_hash_of(&octets, 1))->used;
}

void lab_set_free(lab_set_t *set)
{
    lab_free(set->entries);
    *set = (lab_set_t){0};
}

/* ---- messages ---- */

static uint64_t message_of(unsigned device, godwit_slice_t text)
{
    uint8_t number[4];
    godwit_store_u32(number, device);
    const godwit_slice_t parts[2] = {godwit_slice(number, sizeof number), text};
    return lab_hash_of(parts, 2);
}

void lab_check_message_sent(godwit_world_t *w, unsigned device, godwit_slice_t text)
{
    (void)lab_set_is_new(&w->told, message_of(device, text));
}

void lab_check_message_delivered(godwit_world_t *w, unsigned device, godwit_slice_t text)
{
    uint64_t message = message_of(device, text);
    if (w->told.capacity == 0 || !place_of(&w->told, message)->used) {
        lab_violate(w, "a message delivered that nobody sent");
    } else if (!lab_set_is_new(&w->heard, message) && !w->e2e.disturbed) {
        lab_violate(w, "a message delivered twice");
    }
}

/* ---- vectors and keys ---- */

static unsigned device_of(const godwit_world_t *w, const godwit_imsi_t *imsi)
{
    for (unsigned i = 0; i < w->config.devices; i++) {
        godwit_imsi_t own = lab_imsi(i);
        if (godwit_imsi_equal(&own, imsi)) {
            return i;
        }
    }
    return UINT32_MAX;
}

static uint64_t sqn_of(unsigned device, const uint8_t rand[16], const uint8_t autn[16])
{
    godwit_aka_key_t key = lab_key(device);
    godwit_vector_t vector;
    uint64_t sqn;
    return godwit_autn_consume(&godwit_crypto_builtin, &key, rand, autn, &sqn, &vector) == GODWIT_OK ? sqn : UINT64_MAX;
}

/* Whose vector that is: nobody but its subscriber's key opens it. */
static void check_vector(godwit_world_t *w, const lab_call_t *call, const godwit_auth_info_vector_t *vector)
{
    for (unsigned i = 0; i < w->config.devices; i++) {
        uint64_t sqn = sqn_of(i, vector->rand, vector->autn);
        if (sqn != UINT64_MAX) {
            w->devices[i].vectors++;
            if (!lab_set_is_new(&w->sqns, (uint64_t)i << 48 | sqn)) {
                lab_violate(w, "a SQN given twice");
            }
            lab_learn_vector(w, i, call->asker, call->plmn, call->vectors, vector->rand, vector->autn);
            return;
        }
    }
    lab_violate(w, "a vector of no subscriber");
}

static void check_zh(godwit_world_t *w, const godwit_zh_answer_t *answer)
{
    for (unsigned i = 0; i < w->config.devices && answer->type == GODWIT_GBA_3G; i++) {
        uint64_t sqn = sqn_of(i, answer->rand, answer->autn);
        if (sqn != UINT64_MAX) {
            w->devices[i].vectors++;
            if (!lab_set_is_new(&w->sqns, (uint64_t)i << 48 | sqn)) {
                lab_violate(w, "a SQN given twice");
            }
            lab_learn_zh(w, i, answer);
            return;
        }
    }
}

static void check_gba(godwit_world_t *w, const lab_call_t *call, const godwit_message_t *message)
{
    const godwit_zn_answer_t *zn = &message->u.zn_answer;
    godwit_imsi_t imsi;
    if (message->kind == GODWIT_ZH_ANSWER) {
        if (message->u.zh_answer.status == GODWIT_OK) {
            check_zh(w, &message->u.zh_answer);
        }
        return;
    }
    if (zn->status == GODWIT_OK && call->asker != GODWIT_WORLD_NAF) {
        lab_violate(w, "Ks_NAF given to a NAF that is not its own");
    } else if (zn->status == GODWIT_OK && godwit_gba_imsi(zn->impi, w->plmn, &imsi) == GODWIT_OK &&
               device_of(w, &imsi) != UINT32_MAX) {
        lab_learn_zn(w, device_of(w, &imsi), zn);
    }
}

void lab_check_message(godwit_world_t *w, const lab_call_t *call, const godwit_message_t *message)
{
    w->policy_asked |= message->kind == GODWIT_AUTH_INFO_REQUEST && message->u.auth_info_request.policy_version != 0 &&
                       message->u.auth_info_request.e2m_aware;
    if (message->kind == GODWIT_AUTH_INFO_ANSWER) {
        w->policy_answered |= message->u.auth_info_answer.policy_version != 0;
        for (size_t i = 0; i < message->u.auth_info_answer.vectors; i++) {
            check_vector(w, call, &message->u.auth_info_answer.vector[i]);
        }
    }
    if (message->kind == GODWIT_ZH_ANSWER || message->kind == GODWIT_ZN_ANSWER) {
        check_gba(w, call, message);
    }
    if (message->kind == GODWIT_MTC_KEY_ANSWER && message->u.mtc_key_answer.status == GODWIT_OK &&
        call->asker != GODWIT_WORLD_MTC) {
        lab_violate(w, "K_MTC given to a server that is not entitled to it");
    }
    if (message->kind == GODWIT_KEY_PUSH) { /* sent until it is answered */
        lab_learn_session(w, message->u.key_push.k_session, message->u.key_push.generation);
    }
    if (message->kind == GODWIT_KEY_ANSWER && message->u.key_answer.status == GODWIT_OK) {
        const godwit_slice_t k_session = godwit_slice(message->u.key_answer.k_session, 32);
        if (!lab_set_is_new(&w->keys, lab_hash_of(&k_session, 1)) && !message->u.key_answer.parked.set) {
            lab_violate(w, "a K_session handed out twice");
        }
        lab_learn_session(w, message->u.key_answer.k_session, message->u.key_answer.generation);
    }
    if (message->kind == GODWIT_AUTH_INFO_REQUEST && message->u.auth_info_request.resync && w->stale.kind == 0) {
        w->stale = *message;
    }
    if (message->kind == GODWIT_AUTH_INFO_REQUEST && device_of(w, &message->u.auth_info_request.imsi) != UINT32_MAX &&
        message->u.auth_info_request.vectors > 1) {
        lab_violate(w, "more than one vector asked for");
    }
}

void lab_watch_node(godwit_world_t *w, unsigned node)
{
    if (w->config.watch_memory && ++w->inputs >= w->config.search_every) {
        w->inputs = 0;
        lab_search_node(w, node);
    }
}

void lab_check_taken(godwit_world_t *w, unsigned device, const uint8_t rand[16], const uint8_t autn[16])
{
    if (!lab_set_is_new(&w->taken, (uint64_t)device << 48 | sqn_of(device, rand, autn))) {
        lab_violate(w, "a card that took a SQN twice");
    }
}
