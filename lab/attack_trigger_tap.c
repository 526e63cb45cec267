/* SPDX-License-Identifier: Apache-2.0
 *
 * What an attacker sees of triggers, what he computes, and what he sends. On a protected interface he sees no content,
 * and what he makes or bends does not pass; he can still hold back what is genuine.
 */
#include <stdlib.h>
#include <string.h>

#include "core/wire/t5.h"
#include "core/wire/tsp.h"
#include "lab/attack_trigger.h"

#define NEXT_MS 8000 /* one after the other: a serving node takes one at a time */

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

static unsigned node_of(const attacker_t *a)
{
    return lab_serving_node(a->w);
}

/* ---- keys ---- */

static bool fits(attacker_t *a, const uint8_t k_iwf[32])
{
    const godwit_a3_key_t key = {k_iwf, a->association, GODWIT_A3_SUITE_MANDATORY};
    godwit_a3_opened_t opened;
    for (size_t i = 0; i < a->heard_count; i++) {
        const godwit_slice_t command = godwit_slice(a->heard[i].octets, a->heard[i].len);
        godwit_a3_command_t said;
        if (godwit_a3_command_peek(command, &said) == GODWIT_OK && said.association == a->association &&
            godwit_a3_open(crypto, &key, true, command, &opened) == GODWIT_OK) {
            memcpy(a->k_iwf, k_iwf, 32);
            a->knows = true;
            return true;
        }
    }
    return false;
}

/* As K_iwf itself, and as its root. */
static bool try_key(attacker_t *a, const uint8_t octets[32])
{
    uint8_t k_iwf[32];
    const godwit_imsi_t imsi = lab_imsi(0);
    return fits(a, octets) || (godwit_k_iwf(crypto, octets, godwit_slice_of_string(lab_host(GODWIT_WORLD_MTC_IWF)),
                                            &imsi, a->association, k_iwf) == GODWIT_OK &&
                               fits(a, k_iwf));
}

static void search(attacker_t *a, const void *memory, size_t len)
{
    static const uint8_t zeros[32];
    const uint8_t *octets = memory;
    for (size_t i = 0; i + 32 <= len && !a->knows; i++) {
        if (memcmp(octets + i, zeros, 16) != 0) {
            (void)try_key(a, octets + i);
        }
    }
}

void lab_attacker_computes(attacker_t *a)
{
    godwit_a3_command_t said;
    for (size_t i = 0; i < a->heard_count; i++) {
        if (godwit_a3_command_peek(godwit_slice(a->heard[i].octets, a->heard[i].len), &said) == GODWIT_OK) {
            a->association = said.association;
        }
    }
    if (a->association == 0) {
        return;
    }
    if (a->has_key_of_node) {
        (void)try_key(a, a->key_of_node);
    }
    for (size_t i = 0; i < LAB_ROWS && a->place == GODWIT_LAB_PLACE_VISITED; i++) {
        if (node_of(a) == GODWIT_WORLD_MME && a->w->mme.ues[i].state != GODWIT_MME_FREE) {
            search(a, &a->w->mme.ues[i], sizeof a->w->mme.ues[i]);
        } else if (node_of(a) == GODWIT_WORLD_SGSN && a->w->sgsn.ues[i].state != GODWIT_SGSN_FREE) {
            search(a, &a->w->sgsn.ues[i], sizeof a->w->sgsn.ues[i]);
        } else if (node_of(a) == GODWIT_WORLD_MSC && a->w->msc.ues[i].state != GODWIT_MSC_FREE) {
            search(a, &a->w->msc.ues[i], sizeof a->w->msc.ues[i]);
        }
    }
}

bool lab_attacker_opens(const attacker_t *a, godwit_slice_t message, godwit_a3_trigger_t *trigger)
{
    static const uint8_t suites[] = {1, 3, 5, 6};
    godwit_a3_message_t plain;
    godwit_a3_opened_t opened;
    if (godwit_a3_unprotected_parse(true, message, &plain) == GODWIT_OK && plain.type == GODWIT_A3_TRIGGER) {
        *trigger = plain.trigger;
        return true;
    }
    for (size_t i = 0; i < sizeof suites && a->knows; i++) {
        const godwit_a3_key_t key = {a->k_iwf, a->association, suites[i]};
        if (godwit_a3_open(crypto, &key, true, message, &opened) == GODWIT_OK &&
            opened.message.type == GODWIT_A3_TRIGGER) {
            *trigger = opened.message.trigger;
            return true;
        }
    }
    return false;
}

/* ---- sending ---- */

static void arrive(attacker_t *a, lab_packet_t *p, bool forged)
{
    p->bent = forged && a->place == GODWIT_LAB_PLACE_D_PROTECTED;
    lab_after(a->w, 1, LAB_PACKET, p->to)->packet = p;
}

static void send_t5(attacker_t *a, godwit_slice_t message, bool forged)
{
    uint8_t octets[GODWIT_WORLD_PACKET_MAX];
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    const unsigned node = node_of(a);
    godwit_t5_down_t down = {.imsi = lab_imsi(0), .kind = GODWIT_T5_CONTAINER, .container_len = (uint8_t)message.len};
    memcpy(down.container, message.ptr, message.len);
    down.to.function = node == GODWIT_WORLD_MME   ? GODWIT_FUNCTION_MME
                       : node == GODWIT_WORLD_MSC ? GODWIT_FUNCTION_MSC
                                                  : GODWIT_FUNCTION_SGSN;
    const uint32_t hop = lab_call_by(a->w, GODWIT_WORLD_STRANGER, GODWIT_T5_DOWN, node);
    const godwit_diameter_envelope_t e = {
        .hop_by_hop = hop,
        .end_to_end = hop,
        .session_id = godwit_slice_of_string("attacker;1"),
        .origin_host = godwit_slice_of_string(lab_host(GODWIT_WORLD_MTC_IWF)),
        .origin_realm = godwit_slice_of_string(lab_realm(GODWIT_WORLD_MTC_IWF)),
        .destination_host = godwit_slice_of_string(lab_host_in(a->w, node)),
        .destination_realm = godwit_slice_of_string(lab_realm_in(a->w, node)),
    };
    if (godwit_t5_down_build(&e, &down, &out) == GODWIT_OK) {
        arrive(a, lab_packet(GODWIT_WORLD_LEG_DIAMETER, GODWIT_WORLD_MTC_IWF, node, godwit_written(&out)), forged);
    }
}

void lab_attacker_sends(attacker_t *a, godwit_slice_t message, bool forged)
{
    if (a->place != GODWIT_LAB_PLACE_WIFI && a->place != GODWIT_LAB_PLACE_ELSEWHERE) {
        send_t5(a, message, forged);
        return;
    }
    lab_packet_t *p = lab_packet(GODWIT_WORLD_LEG_A3, GODWIT_WORLD_MTC_IWF, godwit_world_device_node(0), message);
    p->source = lab_node_address(GODWIT_WORLD_MTC_IWF, LAB_A3_PORT);
    p->destination = lab_address(a->w->devices[0].address);
    arrive(a, p, forged);
}

static void send_under(attacker_t *a, const godwit_a3_key_t *key, const godwit_a3_message_t *m)
{
    uint8_t octets[GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    if (godwit_a3_protect(crypto, key, a->next_count++, m, &out) == GODWIT_OK) {
        lab_attacker_sends(a, godwit_written(&out), true);
        godwit_world_run(a->w, NEXT_MS);
    }
}

void lab_attacker_forges(attacker_t *a, const godwit_a3_trigger_t *trigger)
{
    static const uint8_t invented[32] = "a key that nobody has given him";
    uint8_t octets[GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    const godwit_a3_message_t m = {.type = GODWIT_A3_TRIGGER, .trigger = *trigger};
    const uint8_t suite = a->w->devices[0].trigger.library.current.suite; /* there are few: he would try each */
    if (godwit_a3_unprotected_build(&m, &out) == GODWIT_OK) {
        lab_attacker_sends(a, godwit_written(&out), true);
        godwit_world_run(a->w, NEXT_MS);
    }
    const uint32_t number = a->association != 0 ? a->association : 1;
    const godwit_a3_key_t wrong = {invented, number, suite == 0 ? 1 : suite}, right = {a->k_iwf, number, wrong.suite};
    send_under(a, &wrong, &m);
    if (a->knows) {
        send_under(a, &right, &m);
    }
}

/* ---- what passes ---- */

static bool sees(const attacker_t *a)
{
    return a->place != GODWIT_LAB_PLACE_D_PROTECTED && a->place != GODWIT_LAB_PLACE_B;
}

void lab_attacker_hears(attacker_t *a, godwit_slice_t message)
{
    godwit_a3_header_t header;
    godwit_a3_trigger_t trigger;
    if (a->heard_count < HEARD_MAX && message.len <= GODWIT_TRIGGER_CONTAINER_MAX) {
        heard_t *h = &a->heard[a->heard_count++];
        h->len = (uint8_t)message.len;
        memcpy(h->octets, message.ptr, message.len);
    }
    if (!sees(a) || godwit_a3_peek(message, &header) != GODWIT_OK) {
        return;
    }
    a->next_count = header.count >= a->next_count ? header.count + 1 : a->next_count;
    const size_t len = strlen(a->wanted);
    if (len > 0 && lab_attacker_opens(a, message, &trigger)) {
        a->has_read |= trigger.payload_len == len && memcmp(trigger.payload, a->wanted, len) == 0;
    }
    for (size_t i = 0; len > 0 && i + len <= message.len; i++) {
        a->has_read |= memcmp(message.ptr + i, a->wanted, len) == 0;
    }
}

/* Where he cannot read he knows the place of each octet: first the last one of the payload, whose ciphering a bit passes
 * through; then others. */
static void bend(const attacker_t *a, uint8_t *octets, size_t len)
{
    const size_t behind = a->altered == 1 ? GODWIT_A3_MAC : (7 * a->altered) % len;
    octets[len - 1 - behind] ^= 1;
}

/* In place: as far as he can read it, another payload. */
static void alter(attacker_t *a, uint8_t *octets, size_t len)
{
    godwit_a3_trigger_t trigger;
    godwit_a3_header_t header;
    godwit_writer_t out = godwit_writer(octets, len);
    if (godwit_a3_peek(godwit_slice(octets, len), &header) != GODWIT_OK || header.type != GODWIT_A3_TRIGGER) {
        return;
    }
    a->altered++;
    if (!sees(a) || !lab_attacker_opens(a, godwit_slice(octets, len), &trigger)) {
        bend(a, octets, len);
        return;
    }
    trigger.payload[0] = 'T';
    const godwit_a3_message_t m = {.type = GODWIT_A3_TRIGGER, .trigger = trigger};
    const godwit_a3_key_t key = {a->k_iwf, a->association, a->w->devices[0].trigger.library.current.suite};
    godwit_status_t status = header.key_id == 0 ? godwit_a3_unprotected_build(&m, &out)
                                                : godwit_a3_protect(crypto, &key, header.count, &m, &out);
    if (status != GODWIT_OK) {
        abort();
    }
}

/* The serving node's word that it has delivered, in its place. */
static void confirm(attacker_t *a, const godwit_diameter_envelope_t *request)
{
    uint8_t octets[GODWIT_WORLD_PACKET_MAX];
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    const unsigned node = node_of(a);
    godwit_diameter_envelope_t e = *request;
    e.origin_host = godwit_slice_of_string(lab_host_in(a->w, node));
    e.origin_realm = godwit_slice_of_string(lab_realm_in(a->w, node));
    if (godwit_t5_outcome_build(&e, GODWIT_OK, &out) == GODWIT_OK) {
        arrive(a, lab_packet(GODWIT_WORLD_LEG_DIAMETER, node, GODWIT_WORLD_MTC_IWF, godwit_written(&out)), true);
    }
}

static bool on_t5(attacker_t *a, godwit_world_packet_t *p)
{
    uint8_t whole[GODWIT_WORLD_PACKET_MAX];
    godwit_diameter_envelope_t e;
    godwit_diameter_fault_t fault;
    godwit_t5_down_t down;
    memcpy(whole, p->octets, p->len); /* the envelope shows into it */
    if (godwit_t5_message(godwit_slice(whole, p->len)) != GODWIT_T5_MESSAGE_DOWN ||
        godwit_t5_down_parse(godwit_slice(whole, p->len), &e, &down, &fault) != GODWIT_OK) {
        return true;
    }
    if (down.kind == GODWIT_T5_UE_KEY) {
        a->has_key_of_node = sees(a);
        memcpy(a->key_of_node, down.ue_key.key, 32);
        return true;
    }
    lab_attacker_hears(a, godwit_slice(down.container, down.container_len));
    if (a->holds) {
        if (a->confirms && sees(a)) {
            confirm(a, &e);
        }
        return false;
    }
    if (a->alters) {
        godwit_writer_t out = godwit_writer(p->octets, GODWIT_WORLD_PACKET_MAX);
        alter(a, down.container, down.container_len);
        if (godwit_t5_down_build(&e, &down, &out) == GODWIT_OK) {
            p->len = out.len;
        }
    }
    return true;
}

static bool on_action(attacker_t *a, godwit_world_packet_t *p)
{
    uint8_t whole[GODWIT_WORLD_PACKET_MAX];
    godwit_diameter_envelope_t e;
    godwit_diameter_fault_t fault;
    godwit_device_action_t action;
    memcpy(whole, p->octets, p->len);
    if (godwit_tsp_dar_parse(godwit_slice(whole, p->len), &e, &action, &fault) != GODWIT_OK) {
        return true;
    }
    const size_t len = strlen(a->wanted);
    a->has_read |= len > 0 && action.payload_len == len && memcmp(action.payload, a->wanted, len) == 0;
    a->action = action;
    if (a->alters) {
        godwit_writer_t out = godwit_writer(p->octets, GODWIT_WORLD_PACKET_MAX);
        action.payload[0] = 'T';
        if (godwit_tsp_dar_build(&e, &action, &out) == GODWIT_OK) {
            p->len = out.len;
        }
    }
    return !a->holds_actions;
}

bool lab_attacker_on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    attacker_t *a = context;
    a->w = w;
    if (a->place == GODWIT_LAB_PLACE_ELSEWHERE) {
        if (p->to == GODWIT_WORLD_STRANGER) {
            lab_attacker_elsewhere(a, p);
        }
        return p->to != GODWIT_WORLD_STRANGER;
    }
    if (a->place == GODWIT_LAB_PLACE_WIFI && p->leg == GODWIT_WORLD_LEG_A3 && p->to == godwit_world_device_node(0)) {
        lab_attacker_hears(a, godwit_slice(p->octets, p->len));
        if (a->alters) {
            alter(a, p->octets, p->len);
        }
        return !a->holds;
    }
    if (p->leg == GODWIT_WORLD_LEG_DIAMETER && a->place == GODWIT_LAB_PLACE_B) {
        return p->to != GODWIT_WORLD_MTC_IWF || on_action(a, p);
    }
    if (p->leg == GODWIT_WORLD_LEG_DIAMETER && a->place != GODWIT_LAB_PLACE_WIFI && p->from == GODWIT_WORLD_MTC_IWF &&
        p->to == node_of(a)) {
        return on_t5(a, p);
    }
    return true;
}
