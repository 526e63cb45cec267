/* SPDX-License-Identifier: Apache-2.0
 *
 * What the MTC-IWF waits for while an association is made: a key that was asked for, or a node that has a key for its
 * device. One for each device, a bounded number of them, in memory alone.
 */
#include <string.h>

#include "roles/mtc_iwf/keys.h"
#include "roles/rate.h"

#define TRANSACTIONS 0x80000000u
#define KEY_WAIT_MS 5000u
#define GIVE_WAIT_MS 60000u /* a node answers when the device has acknowledged: it may have to be paged first */

uint32_t godwit_iwf_key_wait_ms(const godwit_iwf_keys_t *keys)
{
    return keys->config.key_wait_ms != 0 ? keys->config.key_wait_ms : KEY_WAIT_MS;
}

static bool is_open(const godwit_iwf_keys_t *keys, const godwit_iwf_key_wait_t *wait, uint64_t now_ms)
{
    const uint32_t most = wait->giving ? GIVE_WAIT_MS : godwit_iwf_key_wait_ms(keys);
    return wait->transaction != 0 && now_ms >= wait->since_ms && now_ms - wait->since_ms < most;
}

godwit_iwf_key_wait_t *godwit_iwf_wait_of(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, uint64_t now_ms)
{
    for (size_t i = 0; i < GODWIT_IWF_KEYS_WAITING_MAX; i++) {
        if (is_open(keys, &keys->waiting[i], now_ms) && godwit_imsi_equal(&keys->waiting[i].imsi, imsi)) {
            return &keys->waiting[i];
        }
    }
    return NULL;
}

size_t godwit_iwf_waits(const godwit_iwf_keys_t *keys, uint64_t now_ms)
{
    size_t open = 0;
    for (size_t i = 0; i < GODWIT_IWF_KEYS_WAITING_MAX; i++) {
        open += is_open(keys, &keys->waiting[i], now_ms) ? 1 : 0;
    }
    return open;
}

godwit_iwf_key_wait_t *godwit_iwf_wait_place(godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way, uint64_t now_ms,
                                             godwit_outbox_t *out)
{
    uint64_t taken[GODWIT_IWF_KEYS_WAITING_MAX];
    for (size_t i = 0; i < GODWIT_IWF_KEYS_WAITING_MAX; i++) {
        taken[i] = is_open(keys, &keys->waiting[i], now_ms) ? godwit_iwf_whose(&keys->waiting[i].way) : 0;
    }
    const size_t place = godwit_rate_share(taken, GODWIT_IWF_KEYS_WAITING_MAX, godwit_iwf_whose(way));
    if (place == GODWIT_IWF_KEYS_WAITING_MAX) {
        return NULL;
    }
    if (taken[place] != 0) {
        godwit_iwf_give_up(keys, &keys->waiting[place].imsi, &keys->waiting[place].way, out);
    }
    return &keys->waiting[place];
}

godwit_iwf_key_wait_t *godwit_iwf_wait_for(godwit_iwf_keys_t *keys, const godwit_input_t *in)
{
    for (size_t i = 0; i < GODWIT_IWF_KEYS_WAITING_MAX; i++) {
        if (is_open(keys, &keys->waiting[i], in->now_ms) && keys->waiting[i].transaction == in->message->transaction) {
            return &keys->waiting[i];
        }
    }
    return NULL;
}

void godwit_iwf_give_up(const godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, const godwit_iwf_way_t *way,
                        godwit_outbox_t *out)
{
    if (way->kind == GODWIT_IWF_WAY_SECURING) {
        godwit_iwf_send(keys, imsi, way, godwit_slice(NULL, 0), out);
    }
}

void godwit_iwf_overtake(godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way, bool another_run, uint64_t now_ms,
                         godwit_outbox_t *out)
{
    godwit_iwf_key_wait_t *wait = godwit_iwf_wait_of(keys, &keys->held.imsi, now_ms);
    if (wait != NULL && ((wait->giving && another_run) || !godwit_equal_names(wait->way.node.host, way->node.host))) {
        godwit_iwf_give_up(keys, &wait->imsi, &wait->way, out);
        memset(wait, 0, sizeof *wait);
    }
}

uint32_t godwit_iwf_keys_transaction(godwit_iwf_keys_t *keys)
{
    keys->last_transaction = (keys->last_transaction + 1) | TRANSACTIONS;
    return keys->last_transaction;
}

bool godwit_iwf_is_key_answer(const godwit_message_t *message)
{
    return (message->transaction & TRANSACTIONS) != 0 &&
           (message->kind == GODWIT_SUBSCRIBER_INFO_ANSWER || message->kind == GODWIT_IWF_KEY_ANSWER ||
            message->kind == GODWIT_T5_DOWN_ANSWER);
}
