/* SPDX-License-Identifier: Apache-2.0
 *
 * The association record of one device while one input works on it, and the step from a key to an IWF Security Mode
 * Command. The association in use lives until the Complete of the next one: nothing but that ends it. Never: an
 * association number that is not above every one before, or a Command that leaves before its number is durable.
 */
#include <string.h>

#include "roles/mtc_iwf/keys.h"

#define MS 1000u

/* ---- held between the rounds of an input ---- */

void godwit_iwf_forget(godwit_iwf_keys_t *keys)
{
    godwit_wipe(&keys->held, sizeof keys->held);
    godwit_wipe(&keys->opened, sizeof keys->opened);
    keys->holds = keys->moved = keys->judged = keys->proved = keys->newest = keys->counted = false;
}

godwit_status_t godwit_iwf_hold(godwit_iwf_keys_t *keys, const godwit_input_t *in, const godwit_imsi_t *imsi,
                                godwit_outbox_t *out)
{
    if (in->fetch_status == GODWIT_AGAIN) {
        godwit_iwf_forget(keys); /* of an input that was given up */
    } else if (keys->holds) {
        return GODWIT_OK;
    }
    if (in->fetch_status == GODWIT_AGAIN || in->fetched_key.kind != GODWIT_RECORD_ASSOCIATION) {
        godwit_record_key_t *key = &godwit_outbox_add(out, GODWIT_REQUEST_STORE_FETCH)->record_key;
        key->kind = GODWIT_RECORD_ASSOCIATION;
        key->imsi = *imsi;
        return GODWIT_AGAIN;
    }
    if (in->fetch_status != GODWIT_OK && in->fetch_status != GODWIT_NOT_FOUND) {
        return GODWIT_STORE_FAILED;
    }
    if (in->fetched != NULL) {
        keys->held = in->fetched->u.association;
    }
    keys->held.imsi = *imsi;
    keys->holds = true;
    return GODWIT_OK;
}

void godwit_iwf_release(godwit_iwf_keys_t *keys, godwit_outbox_t *out)
{
    godwit_record_t *record = keys->holds && keys->moved ? godwit_outbox_alloc(out, sizeof *record) : NULL;
    if (record != NULL) {
        record->kind = GODWIT_RECORD_ASSOCIATION;
        record->u.association = keys->held;
        godwit_outbox_add(out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    }
    godwit_iwf_forget(keys);
}

bool godwit_iwf_is_ready(const godwit_iwf_keys_t *keys)
{
    const godwit_association_t *a = &keys->held.current;
    return keys->holds && a->number != 0 && a->confirmed && a->next_down != UINT32_MAX;
}

godwit_status_t godwit_iwf_protect(godwit_iwf_keys_t *keys, const godwit_a3_message_t *message,
                                   godwit_iwf_container_t *container)
{
    const godwit_status_t status = godwit_iwf_seal(keys->crypto, &keys->held.current, message, container);
    keys->moved = keys->moved || status == GODWIT_OK;
    return status;
}

/* ---- the next one ---- */

static void offer(const godwit_iwf_keys_config_t *config, godwit_a3_command_t *command)
{
    static const uint8_t otherwise[] = {1, 3}; /* those that cipher and that every device has, or may have */
    const bool configured = config->suites > 0 && config->suites <= GODWIT_A3_SUITES_MAX;
    command->suites = configured ? config->suites : (uint8_t)sizeof otherwise;
    memcpy(command->suite, configured ? config->suite : otherwise, command->suites);
}

static godwit_status_t command_create(const godwit_iwf_keys_t *keys, godwit_association_t *next, uint64_t now_ms,
                                      godwit_iwf_container_t *container)
{
    godwit_a3_message_t message = {.type = GODWIT_A3_COMMAND};
    message.command.association = next->number;
    message.command.root = next->root;
    memcpy(message.command.root_name, next->root_name, sizeof next->root_name);
    message.command.time_s = (uint32_t)(now_ms / MS);
    offer(&keys->config, &message.command);
    return godwit_iwf_seal(keys->crypto, next, &message, container);
}

/* Of a root that came: the number is ours, and the HSS's where that one is ahead. */
static godwit_status_t derive(const godwit_iwf_keys_t *keys, const godwit_iwf_key_t *key, godwit_association_t *next)
{
    const godwit_association_record_t *held = &keys->held;
    if (!key->is_root) {
        next->number = key->association;
        memcpy(next->k_iwf, key->key, sizeof next->k_iwf);
        return next->number > held->last_number ? GODWIT_OK : GODWIT_REPLAY;
    }
    if (held->last_number == UINT32_MAX) {
        return GODWIT_COUNT_EXHAUSTED;
    }
    next->number = key->association > held->last_number ? key->association : held->last_number + 1;
    return godwit_k_iwf(keys->crypto, key->key, godwit_slice_of_string(keys->local_host), &held->imsi, next->number,
                        next->k_iwf);
}

godwit_status_t godwit_iwf_next_create(godwit_iwf_keys_t *keys, const godwit_iwf_key_t *key, uint64_t now_ms)
{
    godwit_iwf_container_t command = {0};
    godwit_association_t next = {.root = key->root, .suite = GODWIT_A3_SUITE_MANDATORY, .created_ms = now_ms};
    memcpy(next.root_name, key->root_name, sizeof next.root_name);
    godwit_status_t status = derive(keys, key, &next);
    if (status == GODWIT_OK) {
        status = command_create(keys, &next, now_ms, &command);
    }
    if (status == GODWIT_OK) {
        keys->held.next = next;
        keys->held.last_number = next.number;
        keys->held.command_len = command.len;
        memcpy(keys->held.command, command.octets, sizeof keys->held.command);
        keys->moved = true;
    }
    godwit_wipe(&next, sizeof next);
    return status;
}
