/* SPDX-License-Identifier: Apache-2.0
 *
 * Protecting what goes down and opening what comes up, under the associations of one record (docs/trigger-wire.md).
 * Pure: the caller commits the record before what was protected leaves, and before it acts on what was opened. Never: a
 * COUNT twice, a message that the window has seen, an association that its Complete has not confirmed.
 */
#include <string.h>

#include "roles/mtc_iwf/keys.h"

static godwit_a3_key_t key_of(const godwit_association_t *a)
{
    return (godwit_a3_key_t){.k_iwf = a->k_iwf, .association = a->number, .suite = a->suite};
}

/* So far from the last one that a successor comes in time, also where the device skips some at each loss of power. */
#define COUNT_WORN 0xFF000000u

bool godwit_iwf_is_worn(const godwit_association_t *a)
{
    return a->number != 0 && (a->next_down >= COUNT_WORN || a->up_highest >= COUNT_WORN);
}

godwit_status_t godwit_iwf_seal(const godwit_crypto_t *crypto, godwit_association_t *a,
                                const godwit_a3_message_t *message, godwit_iwf_container_t *container)
{
    if (a->number == 0 || (!a->confirmed && message->type != GODWIT_A3_COMMAND)) {
        return GODWIT_WRONG_STATE;
    }
    if (a->next_down == UINT32_MAX) {
        return GODWIT_COUNT_EXHAUSTED;
    }
    const godwit_a3_key_t key = key_of(a);
    godwit_writer_t w = godwit_writer(container->octets, sizeof container->octets);
    const godwit_status_t status = godwit_a3_protect(crypto, &key, a->next_down, message, &w);
    if (status == GODWIT_OK) {
        a->next_down++;
        container->len = (uint8_t)w.len;
    }
    return status;
}

/* The Complete of the Command under way makes its association the one in use; the one before is forgotten. */
static godwit_status_t complete(const godwit_crypto_t *crypto, godwit_association_record_t *record,
                                godwit_slice_t octets)
{
    uint8_t suite = 0;
    const godwit_status_t status = godwit_a3_complete_open(
        crypto, record->next.k_iwf, godwit_slice(record->command, record->command_len), octets, &suite);
    if (status != GODWIT_OK) {
        return status;
    }
    record->next.suite = suite;
    record->next.confirmed = true;
    godwit_window_mark(&record->next.up_highest, &record->next.up_seen, 0); /* its COUNT, core/trigger */
    record->current = record->next;
    godwit_wipe(&record->next, sizeof record->next);
    godwit_wipe(record->command, sizeof record->command);
    record->command_len = 0;
    return GODWIT_OK;
}

static godwit_status_t open_current(const godwit_crypto_t *crypto, godwit_association_t *a, godwit_slice_t octets,
                                    godwit_a3_opened_t *opened)
{
    const godwit_a3_key_t key = key_of(a);
    if (a->number == 0 || !a->confirmed) {
        return GODWIT_UNKNOWN_KEY;
    }
    godwit_status_t status = godwit_a3_open(crypto, &key, false, octets, opened);
    if (status == GODWIT_OK && godwit_window_is_replay(a->up_highest, a->up_seen, GODWIT_A3_WINDOW, opened->count)) {
        status = GODWIT_REPLAY;
    }
    if (status == GODWIT_OK) {
        godwit_window_mark(&a->up_highest, &a->up_seen, opened->count);
    }
    return status;
}

/* Whether the device has taken the Command under way, and its Complete was lost: something came under a key that nobody
 * else has. */
static bool is_of_next(const godwit_crypto_t *crypto, const godwit_association_record_t *record, godwit_slice_t octets)
{
    godwit_a3_command_t command;
    godwit_a3_opened_t opened;
    if (record->next.number == 0 ||
        godwit_a3_command_peek(godwit_slice(record->command, record->command_len), &command) != GODWIT_OK) {
        return false;
    }
    for (size_t i = 0; i < command.suites && i < GODWIT_A3_SUITES_MAX; i++) {
        const godwit_a3_key_t key = {record->next.k_iwf, record->next.number, command.suite[i]};
        if (godwit_a3_open(crypto, &key, false, octets, &opened) == GODWIT_OK) {
            return true;
        }
    }
    return false;
}

godwit_status_t godwit_iwf_open(const godwit_crypto_t *crypto, godwit_association_record_t *record,
                                godwit_slice_t octets, godwit_a3_opened_t *opened)
{
    godwit_a3_header_t header;
    memset(opened, 0, sizeof *opened);
    godwit_status_t status = godwit_a3_peek(octets, &header);
    if (status != GODWIT_OK) {
        return status;
    }
    if (header.type == GODWIT_A3_COMPLETE && record->next.number != 0 &&
        header.key_id == godwit_a3_key_id(record->next.number)) {
        status = complete(crypto, record, octets);
        if (status == GODWIT_OK) {
            opened->message.type = GODWIT_A3_COMPLETE;
            return GODWIT_OK;
        }
        if (status != GODWIT_MAC_FAILURE || record->current.number == 0) {
            return status;
        }
    }
    /* A Complete under the association in use was said again: the window has seen it. */
    status = open_current(crypto, &record->current, octets, opened);
    const bool foreign = status == GODWIT_UNKNOWN_KEY || status == GODWIT_MAC_FAILURE;
    return foreign && header.type != GODWIT_A3_COMPLETE && is_of_next(crypto, record, octets) ? GODWIT_WRONG_STATE
                                                                                              : status;
}
