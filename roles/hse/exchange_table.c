/* SPDX-License-Identifier: Apache-2.0
 *
 * Set-ups and inquiries under way. An entry lives exchange_ms and is then as good as free; its keys are wiped at the
 * next sweep.
 */
#include <string.h>

#include "roles/hse/internal.h"

#define EXCHANGE_MS 60000
#define PER_IMSI 4

static bool is_alive(const godwit_hse_t *hse, const godwit_hse_exchange_t *x, uint64_t now_ms)
{
    uint32_t life = hse->config.exchange_ms != 0 ? hse->config.exchange_ms : EXCHANGE_MS;
    if (x->device_rand && life < GODWIT_HSE_DEVICE_RAND_MS) {
        life = GODWIT_HSE_DEVICE_RAND_MS;
    }
    return x->used && (now_ms < x->since_ms || now_ms - x->since_ms <= life);
}

godwit_hse_exchange_t *godwit_hse_exchange_by_hash(godwit_hse_t *hse, const uint8_t hash[32], uint64_t now_ms)
{
    for (size_t i = 0; i < hse->exchange_top; i++) {
        godwit_hse_exchange_t *x = &hse->exchanges[i];
        if (is_alive(hse, x, now_ms) && !x->inquiry && memcmp(x->request_hash, hash, 32) == 0) {
            return x;
        }
    }
    return NULL;
}

godwit_hse_exchange_t *godwit_hse_exchange_by_transaction(godwit_hse_t *hse, uint32_t transaction)
{
    for (size_t i = 0; i < hse->exchange_top; i++) {
        godwit_hse_exchange_t *x = &hse->exchanges[i];
        if (x->used && !x->started && x->transaction == transaction) {
            return x;
        }
    }
    return NULL;
}

godwit_hse_exchange_t *godwit_hse_exchange_by_key(godwit_hse_t *hse, uint32_t session_id, uint8_t key_id,
                                                  uint64_t now_ms)
{
    for (size_t i = 0; i < hse->exchange_top; i++) {
        godwit_hse_exchange_t *x = &hse->exchanges[i];
        if (x->started && x->session_id == session_id && x->key.hot.key_id == key_id && is_alive(hse, x, now_ms)) {
            return x;
        }
    }
    return NULL;
}

godwit_hse_exchange_t *godwit_hse_inquiry_of(godwit_hse_t *hse, uint32_t session_id)
{
    for (size_t i = 0; i < hse->exchange_top; i++) {
        godwit_hse_exchange_t *x = &hse->exchanges[i];
        if (x->used && x->inquiry && x->session_id == session_id) {
            return x;
        }
    }
    return NULL;
}

const godwit_hse_exchange_t *godwit_hse_exchange_newest(const godwit_hse_t *hse, const godwit_imsi_t *imsi,
                                                        uint64_t now_ms)
{
    const godwit_hse_exchange_t *newest = NULL;
    for (size_t i = 0; i < hse->exchange_top; i++) {
        const godwit_hse_exchange_t *x = &hse->exchanges[i];
        if (x->started && is_alive(hse, x, now_ms) && godwit_imsi_equal(&x->imsi, imsi) &&
            (newest == NULL || x->since_ms >= newest->since_ms)) {
            newest = x;
        }
    }
    return newest;
}

/* What a new entry may take: a free or expired one; of the same IMSI when it has as many as it may, the oldest of the
 * same sender, else the oldest; else one whose session exists already, the oldest. */
typedef struct candidates {
    godwit_hse_exchange_t *free, *same_sender, *own, *done;
    uint32_t own_count;
} candidates_t;

static void take_older(godwit_hse_exchange_t **oldest, godwit_hse_exchange_t *x)
{
    if (*oldest == NULL || x->since_ms < (*oldest)->since_ms) {
        *oldest = x;
    }
}

static void consider(candidates_t *c, godwit_hse_exchange_t *x, const godwit_imsi_t *imsi, const godwit_address_t *from)
{
    if (!x->inquiry && !x->live && godwit_imsi_equal(&x->imsi, imsi)) {
        c->own_count++;
        take_older(&c->own, x);
        if (godwit_hse_is_same_sender(&x->from, from)) {
            take_older(&c->same_sender, x);
        }
    }
    if (x->live) {
        take_older(&c->done, x);
    }
}

godwit_hse_exchange_t *godwit_hse_exchange_new(godwit_hse_t *hse, const godwit_imsi_t *imsi,
                                               const godwit_address_t *from, uint64_t now_ms)
{
    uint32_t most = hse->config.exchanges_per_imsi != 0 ? hse->config.exchanges_per_imsi : PER_IMSI;
    candidates_t c = {.free = NULL};
    for (size_t i = hse->exchange_top;
         i-- > 0;) { /* the free one with the lowest index is last: the table stays short */
        godwit_hse_exchange_t *x = &hse->exchanges[i];
        if (is_alive(hse, x, now_ms)) {
            consider(&c, x, imsi, from);
        } else {
            c.free = x;
        }
    }
    if (c.free == NULL && hse->exchange_top < hse->exchange_capacity) {
        c.free = &hse->exchanges[hse->exchange_top]; /* counted when it is taken */
    }
    godwit_hse_exchange_t *x = c.free != NULL ? c.free : c.done;
    if (c.own_count >= most) {
        x = c.same_sender != NULL ? c.same_sender : c.own;
    }
    if (x != NULL) {
        godwit_wipe(x, sizeof *x);
        hse->exchange_top += x == &hse->exchanges[hse->exchange_top];
        x->used = true;
        x->since_ms = now_ms;
        x->imsi = *imsi;
        x->from = *from;
    }
    return x;
}

void godwit_hse_exchange_release(godwit_hse_exchange_t *exchange)
{
    godwit_wipe(exchange, sizeof *exchange);
}

void godwit_hse_exchange_release_session(godwit_hse_t *hse, uint32_t session_id)
{
    for (size_t i = 0; i < hse->exchange_top; i++) {
        godwit_hse_exchange_t *x = &hse->exchanges[i];
        if (x->used && !x->device_rand && (x->inquiry || x->live) && x->session_id == session_id) {
            godwit_hse_exchange_release(x);
        }
    }
}

void godwit_hse_exchange_release_device_rand(godwit_hse_t *hse, uint32_t session_id)
{
    for (size_t i = 0; i < hse->exchange_top; i++) {
        godwit_hse_exchange_t *x = &hse->exchanges[i];
        if (x->used && x->device_rand && x->live && x->session_id == session_id) {
            godwit_hse_exchange_release(x);
        }
    }
}

bool godwit_hse_exchange_holds_id(const godwit_hse_t *hse, uint32_t session_id, uint64_t now_ms)
{
    return godwit_hse_exchange_live_keys(hse, session_id, now_ms) != 0;
}

uint8_t godwit_hse_exchange_live_keys(const godwit_hse_t *hse, uint32_t session_id, uint64_t now_ms)
{
    unsigned live = 0;
    for (size_t i = 0; i < hse->exchange_top; i++) {
        const godwit_hse_exchange_t *x = &hse->exchanges[i];
        if ((x->started || x->opening) && x->session_id == session_id && is_alive(hse, x, now_ms)) {
            live |= 1u << x->key.hot.key_id;
        }
    }
    return (uint8_t)live;
}

bool godwit_hse_exchange_sweep(godwit_hse_t *hse, uint64_t now_ms)
{
    bool left = false;
    for (size_t i = 0; i < hse->exchange_top; i++) {
        godwit_hse_exchange_t *x = &hse->exchanges[i];
        if (x->used && now_ms < x->since_ms) {
            x->since_ms =
                now_ms; /* the clock was set back: its life begins again, but does not wait for the old time */
        }
        if (x->used && !is_alive(hse, x, now_ms)) {
            godwit_hse_exchange_release(x);
        }
        left |= x->used;
    }
    while (hse->exchange_top > 0 && !hse->exchanges[hse->exchange_top - 1].used) {
        hse->exchange_top--;
    }
    return left;
}

uint32_t godwit_hse_next_transaction(godwit_hse_t *hse)
{
    hse->next_transaction = hse->next_transaction == UINT32_MAX ? 1 : hse->next_transaction + 1;
    return hse->next_transaction;
}
