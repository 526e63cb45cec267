/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's end of an association (docs/trigger-wire.md, section 4): Command, Complete, Reject. Which roots are
 * trusted and which MTC-IWF it is are configuration, and nothing from the air changes them. The record holds the
 * association before its Complete leaves.
 */
#include <string.h>

#include "device/trigger/internal.h"
#include "godwit/keys.h"

/* A Command under way. */
typedef struct asked {
    const trigger_input_t *in;
    godwit_a3_command_t command;
    uint8_t digest[GODWIT_A3_DIGEST];
} asked_t;

/* ---- Reject ---- */

static godwit_status_t status_of(godwit_a3_reason_t reason)
{
    switch (reason) {
    case GODWIT_A3_WRONG_MAC:
        return GODWIT_MAC_FAILURE;
    case GODWIT_A3_OLD_NUMBER:
        return GODWIT_REPLAY;
    case GODWIT_A3_NO_SUITE:
        return GODWIT_UNSUPPORTED_SUITE;
    default:
        return GODWIT_UNKNOWN_KEY;
    }
}

static const godwit_trigger_root_t *root_of(const godwit_trigger_t *t, unsigned kind)
{
    return kind >= 1 && kind <= GODWIT_TRIGGER_ROOTS && t->root[kind - 1].state != GODWIT_TRIGGER_ROOT_NONE
               ? &t->root[kind - 1]
               : NULL;
}

static bool is_named(const godwit_trigger_root_t *root, const uint8_t *name)
{
    return root != NULL && memcmp(root->name, name, sizeof root->name) == 0;
}

uint32_t godwit_trigger_floor(const godwit_trigger_t *t, godwit_iwf_root_t kind, const uint8_t *name)
{
    const godwit_trigger_root_t *root = root_of(t, kind);
    return is_named(root, name) ? root->taken : t->last_number;
}

/* asked NULL: no Command came. The device names the root of its kind that it has, or else its newest; one that derives
 * nothing has none. */
static godwit_a3_message_t reject_of(const godwit_trigger_t *t, godwit_a3_reason_t reason, const asked_t *asked)
{
    const unsigned kind = asked != NULL ? asked->command.root : GODWIT_IWF_ROOT_NONE;
    godwit_a3_message_t m = {.type = GODWIT_A3_REJECT, .reject = {.reason = reason}};
    const unsigned named = root_of(t, kind) != NULL ? kind : t->newest_root;
    const godwit_trigger_root_t *root = root_of(t, named);
    m.reject.association = root != NULL ? root->taken : 0;
    if (t->config.ue_key_received) {
        m.reject.association =
            asked != NULL ? godwit_trigger_floor(t, asked->command.root, asked->command.root_name) : t->last_number;
    } else if (root != NULL) {
        m.reject.root = (godwit_iwf_root_t)named;
        memcpy(m.reject.root_name, root->name, sizeof root->name);
    }
    memcpy(m.reject.command, asked != NULL ? asked->digest : t->drawn, sizeof m.reject.command);
    return m;
}

godwit_status_t godwit_trigger_hint(godwit_trigger_t *t, godwit_trigger_via_t via, godwit_trigger_requests_t *requests)
{
    const godwit_a3_message_t m = reject_of(t, GODWIT_A3_NO_ASSOCIATION, NULL);
    return godwit_trigger_say_unprotected(t, &m, via, requests);
}

/* An old number goes without protection: an MTC-IWF that knew the association would have known the number. */
TRIGGER_OWN_FRAME static godwit_status_t refuse(godwit_trigger_t *t, const asked_t *asked, godwit_a3_reason_t reason,
                                                godwit_trigger_requests_t *requests)
{
    godwit_trigger_event(requests, "association_refused", status_of(reason));
    if (!godwit_trigger_may_reject(t, asked->in->via)) {
        return GODWIT_OK;
    }
    const godwit_a3_message_t m = reject_of(t, reason, asked);
    if (!godwit_trigger_can_say(t) || !t->current.heard || reason == GODWIT_A3_OLD_NUMBER) {
        return godwit_trigger_say_unprotected(t, &m, asked->in->via, requests);
    }
    return godwit_trigger_say(t, &m, asked->in->via, requests);
}

/* ---- Complete ---- */

static void adopt(godwit_trigger_t *t, const asked_t *asked, uint8_t suite, const uint8_t k_iwf[32])
{
    if (t->current.heard || t->former.number == 0) { /* else the MTC-IWF may still have the one before it */
        t->former = t->current;
    }
    if (asked->command.time_s <
        t->time_s) { /* a new key may put the time back; what was made under an older one may not profit */
        godwit_wipe(&t->former, sizeof t->former);
    }
    t->current = (godwit_trigger_association_t){
        .number = asked->command.association,
        .root = (uint8_t)asked->command.root,
        .suite = suite,
        .device_suites = t->config.suites,
        .next_up = 1, /* 0 is the Complete's */
        .limit_up = 1 + t->config.reserve,
    };
    memcpy(t->current.command, asked->digest, sizeof asked->digest);
    memcpy(t->current.k_iwf, k_iwf, sizeof t->current.k_iwf);
    godwit_window_mark(&t->current.next_down, &t->current.seen_down, 0);
    t->last_number = t->last_number > t->current.number ? t->last_number : t->current.number;
    if (is_named(root_of(t, asked->command.root), asked->command.root_name)) {
        t->root[asked->command.root - 1].taken = t->current.number;
    }
    t->time_s = asked->command.time_s;
    t->base_up_ms = asked->in->now.up_ms;
    godwit_wipe(&t->received, sizeof t->received);
    memset(t->rejects, 0, sizeof t->rejects);
    t->repeats = 0;
    t->unstored = true;
}

/* Over UDP the MTC-IWF need not say the Command again where the Complete was lost, or could not be said: the device
 * polls, and says it first, until something comes down. */
static void await(godwit_trigger_t *t, godwit_trigger_via_t via, godwit_trigger_requests_t *requests)
{
    if (via != GODWIT_TRIGGER_VIA_A3) {
        godwit_trigger_polls_end(t, requests);
        return;
    }
    t->polls = 0;
    godwit_trigger_polls_go_on(t, requests);
}

TRIGGER_OWN_FRAME static godwit_status_t complete(godwit_trigger_t *t, const asked_t *asked, uint8_t suite,
                                                  const uint8_t k_iwf[32], godwit_trigger_requests_t *requests)
{
    adopt(t, asked, suite, k_iwf);
    godwit_status_t status = godwit_trigger_say_complete(t, asked->in->via, requests);
    if (status == GODWIT_OK || asked->in->via == GODWIT_TRIGGER_VIA_A3) {
        await(t, asked->in->via, requests);
    }
    if (status == GODWIT_OK) {
        godwit_trigger_event(requests, "associated", GODWIT_OK);
    }
    return status;
}

/* The key is there: does it prove the Command? */
static godwit_status_t consume(godwit_trigger_t *t, const asked_t *asked, const uint8_t k_iwf[32],
                               godwit_trigger_requests_t *requests)
{
    const godwit_a3_key_t key = {k_iwf, asked->command.association, GODWIT_A3_SUITE_MANDATORY};
    godwit_a3_opened_t opened;
    godwit_status_t status = godwit_a3_open(t->config.crypto, &key, true, asked->in->octets, &opened);
    if (status == GODWIT_MAC_FAILURE || (status == GODWIT_OK && opened.count != 0)) {
        return refuse(t, asked, GODWIT_A3_WRONG_MAC, requests);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    const uint8_t suite = godwit_a3_choose(&opened.message.command, t->config.suites);
    if (suite == 0) {
        return refuse(t, asked, GODWIT_A3_NO_SUITE, requests);
    }
    return complete(t, asked, suite, k_iwf, requests);
}

/* ---- Command ---- */

/* Of the association in use: its Complete may have been lost. As soon as something came down under it, it was not. */
static godwit_status_t again(godwit_trigger_t *t, const asked_t *asked, godwit_trigger_requests_t *requests)
{
    if (t->current.heard || t->repeats >= TRIGGER_REPEATS_MAX) {
        return GODWIT_REPLAY;
    }
    t->repeats++;
    return godwit_trigger_say_complete(t, asked->in->via, requests);
}

static godwit_status_t derive(godwit_trigger_t *t, const asked_t *asked, const godwit_trigger_root_t *root,
                              godwit_trigger_requests_t *requests)
{
    uint8_t k_iwf[32];
    if (root->state == GODWIT_TRIGGER_ROOT_IN_CARD) {
        if (t->asked_via != 0) {
            return GODWIT_AGAIN; /* the card is at it; the Command comes again */
        }
        t->asked_via = (uint8_t)asked->in->via;
        t->command_len = (uint8_t)asked->in->octets.len; /* as peeked: it fits */
        memcpy(t->command, asked->in->octets.ptr, t->command_len);
        godwit_trigger_ask(requests, GODWIT_TRIGGER_DERIVE)->association = asked->command.association;
        return GODWIT_OK;
    }
    godwit_status_t status =
        godwit_k_iwf(t->config.crypto, root->key, t->config.iwf, &t->config.imsi, asked->command.association, k_iwf);
    if (status == GODWIT_OK) {
        status = consume(t, asked, k_iwf, requests);
    }
    godwit_wipe(k_iwf, sizeof k_iwf);
    return status;
}

static bool is_allowed(const godwit_trigger_t *t, const godwit_a3_command_t *command)
{
    return (t->config.roots >> (command->root - 1u) & 1u) != 0;
}

/* The root that the Command names, where this device trusts its kind and has it. */
static const godwit_trigger_root_t *trusted(const godwit_trigger_t *t, const godwit_a3_command_t *command)
{
    const godwit_trigger_root_t *root = root_of(t, command->root);
    return is_allowed(t, command) && is_named(root, command->root_name) && root->state != GODWIT_TRIGGER_ROOT_NAMED
               ? root
               : NULL;
}

TRIGGER_OWN_FRAME static godwit_status_t read_command(const godwit_trigger_t *t, const trigger_input_t *in,
                                                      asked_t *asked)
{
    asked->in = in;
    godwit_status_t status = godwit_a3_command_peek(in->octets, &asked->command);
    return status == GODWIT_OK ? godwit_a3_digest(t->config.crypto, in->octets, asked->digest) : status;
}

static godwit_status_t with_key_received(godwit_trigger_t *t, const asked_t *asked, godwit_trigger_requests_t *requests)
{
    if (!is_allowed(t, &asked->command)) {
        return refuse(t, asked, GODWIT_A3_NO_ROOT, requests);
    }
    const godwit_a3_command_t *m = &asked->command;
    if (m->association <= godwit_trigger_floor(t, m->root, m->root_name)) {
        return refuse(t, asked, GODWIT_A3_OLD_NUMBER, requests);
    }
    const bool is_its = t->received.association == m->association && t->received.root == m->root &&
                        memcmp(t->received.root_name, m->root_name, sizeof m->root_name) == 0;
    return is_its ? consume(t, asked, t->received.key, requests) : refuse(t, asked, GODWIT_A3_NO_KEY, requests);
}

/* Numbers rise for each root by itself: who has one, and uses up its numbers, has used up no others. */
static godwit_status_t with_root(godwit_trigger_t *t, const asked_t *asked, godwit_trigger_requests_t *requests)
{
    const godwit_trigger_root_t *root = trusted(t, &asked->command);
    if (root == NULL) {
        return refuse(t, asked, GODWIT_A3_NO_ROOT, requests);
    }
    return asked->command.association > root->taken ? derive(t, asked, root, requests)
                                                    : refuse(t, asked, GODWIT_A3_OLD_NUMBER, requests);
}

godwit_status_t godwit_trigger_command(godwit_trigger_t *t, const trigger_input_t *in,
                                       godwit_trigger_requests_t *requests)
{
    asked_t asked;
    godwit_status_t status = read_command(t, in, &asked);
    if (status != GODWIT_OK) {
        return status;
    }
    if (t->current.number != 0 && memcmp(asked.digest, t->current.command, sizeof asked.digest) == 0) {
        return again(t, &asked, requests);
    }
    return t->config.ue_key_received ? with_key_received(t, &asked, requests) : with_root(t, &asked, requests);
}

static godwit_status_t answer_came(godwit_trigger_t *t, godwit_status_t status, const uint8_t k_iwf[32],
                                   godwit_trigger_now_t now, godwit_trigger_requests_t *requests)
{
    asked_t asked;
    const trigger_input_t in = {godwit_slice(t->command, t->command_len), (godwit_trigger_via_t)t->asked_via, now};
    t->asked_via = 0;
    godwit_trigger_tick(t, now);
    godwit_status_t read = read_command(t, &in, &asked);
    if (read != GODWIT_OK) {
        return read;
    }
    const godwit_trigger_root_t *root = trusted(t, &asked.command);
    if (root == NULL) { /* another AKA run came meanwhile: the card answered of that one */
        return refuse(t, &asked, GODWIT_A3_NO_ROOT, requests);
    }
    if (asked.command.association <= root->taken) { /* the root came meanwhile, and another Command */
        return refuse(t, &asked, GODWIT_A3_OLD_NUMBER, requests);
    }
    if (status != GODWIT_OK) {
        t->root[GODWIT_IWF_ROOT_FLAGGED - 1].state = GODWIT_TRIGGER_ROOT_NONE;
        return refuse(t, &asked, GODWIT_A3_NO_ROOT, requests);
    }
    return consume(t, &asked, k_iwf, requests);
}

godwit_status_t godwit_trigger_derived(godwit_trigger_t *trigger, godwit_status_t status, const uint8_t k_iwf[32],
                                       godwit_trigger_now_t now, godwit_trigger_requests_t *requests)
{
    requests->count = 0;
    return trigger->asked_via != 0
               ? godwit_trigger_finish(trigger, answer_came(trigger, status, k_iwf, now, requests), requests)
               : GODWIT_WRONG_STATE;
}
