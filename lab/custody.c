/* SPDX-License-Identifier: Apache-2.0
 *
 * The index of secrets, and the search for them in octets.
 */
#include "lab/custody.h"

#include <stdio.h>
#include <string.h>

#include "lab/internal.h"

static const char *const key_names[GODWIT_LAB_KEYS] = {
    "ck",     "ik",     "ck_prime", "ik_prime", "kasme",    "e2m_keyset", "k_session",
    "k_e2e",  "k_iwf",  "k_mtc",    "kc",       "chain",    "ks",         "ks_naf",
    "k_ausf", "k_akma", "k_af",     "k_di",     "iwf_root", "text",       "a stranger's key"};

const char *godwit_lab_key_name(godwit_lab_key_t key)
{
    return key_names[key];
}

const char *godwit_lab_kind_name(unsigned kind)
{
    return kind < GODWIT_WORLD_FUNCTIONS ? godwit_world_node_name(kind) : kind == GODWIT_LAB_DEVICE ? "device" : "usim";
}

uint32_t godwit_world_custody(const godwit_world_t *w, unsigned kind)
{
    return w->secrets.held[kind];
}

/* ---- the index ---- */

static size_t slot_of(const lab_secrets_t *s, const uint8_t *octets)
{
    return (size_t)(godwit_load_u64(octets) * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (s->slot_count - 1);
}

static void place(lab_secrets_t *s, size_t index)
{
    size_t at = slot_of(s, s->list[index].octets);
    while (s->slots[at] != 0) {
        at = (at + 1) & (s->slot_count - 1);
    }
    s->slots[at] = (uint32_t)index + 1;
}

static void grow(lab_secrets_t *s)
{
    size_t capacity = s->capacity == 0 ? 128 : 2 * s->capacity;
    lab_secret_t *list = lab_alloc(capacity * sizeof *list);
    if (s->count > 0) {
        memcpy(list, s->list, s->count * sizeof *list);
    }
    lab_free_secret(s->list);
    lab_free(s->slots);
    s->list = list;
    s->capacity = capacity;
    s->slot_count = 4 * capacity;
    s->slots = lab_alloc(s->slot_count * sizeof *s->slots);
    for (size_t i = 0; i < s->count; i++) {
        place(s, i);
    }
}

const lab_secret_t *lab_secret_at(const lab_secrets_t *s, const uint8_t *octets, size_t left)
{
    if (s->count == 0) {
        return NULL;
    }
    for (size_t at = slot_of(s, octets); s->slots[at] != 0; at = (at + 1) & (s->slot_count - 1)) {
        const lab_secret_t *secret = &s->list[s->slots[at] - 1];
        if (secret->len <= left && memcmp(secret->octets, octets, secret->len) == 0) {
            return secret;
        }
    }
    return NULL;
}

/* The same octets under two names (a vector asked for twice) stay what they were first, and whoever either may. */
void lab_secret_add(lab_secrets_t *s, const lab_secret_t *secret)
{
    lab_secret_t *known = (lab_secret_t *)(uintptr_t)lab_secret_at(s, secret->octets, secret->len);
    if (known != NULL) {
        known->may |= secret->may;
        return;
    }
    if (s->count == s->capacity) {
        grow(s);
    }
    s->list[s->count] = *secret;
    place(s, s->count++);
    unsigned n = (unsigned)secret->octets[0] << 8 | secret->octets[1];
    s->filter[n >> 6] |= UINT64_C(1) << (n & 63u);
}

void lab_secrets_free(lab_secrets_t *s)
{
    lab_free_secret(s->list);
    lab_free(s->slots);
    lab_free_secret(s->keysets);
    lab_free_secret(s->iwf_roots);
    memset(s, 0, sizeof *s);
}

/* ---- the search ---- */

static void violate(godwit_world_t *w, const lab_secret_t *secret, const char *where, unsigned node)
{
    if (w->violation == NULL) {
        (void)snprintf(w->violation_text, sizeof w->violation_text, "%s %s %s", key_names[secret->key], where,
                       godwit_world_node_name(node));
        w->violation = w->violation_text;
    }
}

static bool may_hold(const lab_secret_t *secret, unsigned node)
{
    bool right_device = lab_is_function(node) || lab_device_of(node) == secret->device;
    return right_device && (secret->may >> godwit_lab_kind_of(node) & 1u) != 0;
}

void lab_search_octets(godwit_world_t *w, unsigned node, const void *octets, size_t len)
{
    const uint8_t *at = octets, *end = at + len;
    lab_secrets_t *s = &w->secrets;
    static const uint8_t zeros[64];
    while (end - at >= 16) {
        if (at[0] == 0 && end - at >= 80 && memcmp(at, zeros, 64) == 0) {
            at += 64; /* tables are mostly empty; a key that began here would begin with 64 zeros */
            continue;
        }
        const lab_secret_t *found = lab_secrets_maybe(s, at) ? lab_secret_at(s, at, (size_t)(end - at)) : NULL;
        if (found != NULL) {
            s->held[godwit_lab_kind_of(node)] |= 1u << found->key;
            if (!may_hold(found, node)) {
                violate(w, found, "in the memory of", node);
            }
        }
        at++;
    }
}

void lab_search_wire(godwit_world_t *w, unsigned from, unsigned to, bool may_carry, godwit_slice_t octets)
{
    const lab_secrets_t *s = &w->secrets;
    for (size_t i = 0; i + 16 <= octets.len; i++) {
        const lab_secret_t *found =
            lab_secrets_maybe(s, octets.ptr + i) ? lab_secret_at(s, octets.ptr + i, octets.len - i) : NULL;
        if (found != NULL && !(may_carry && may_hold(found, from) && may_hold(found, to))) {
            violate(w, found, "on the wire to", to);
        }
    }
}

bool godwit_world_e2m_keyset(const godwit_world_t *w, unsigned device, uint8_t e2m_keyset[32])
{
    for (size_t i = w->secrets.keyset_count; i-- > 0;) {
        if (w->secrets.keysets[i].device == device) {
            memcpy(e2m_keyset, w->secrets.keysets[i].octets, 32);
            return true;
        }
    }
    return false;
}
