/* SPDX-License-Identifier: Apache-2.0
 *
 * A serving node with a T5 link of its own, under TLS and in its own name, that the device is not at and the HSS does
 * not name: it says that the device is there, makes K_iwf where it is asked, takes it where it is given, completes the
 * association in the device's place, and polls under it from an address of its own, where triggers then go.
 */
#include <string.h>

#include "core/wire/t5.h"
#include "lab/attack_trigger.h"

#define ALLOWED 0x0005u /* suites 1 and 3 */
#define CLAIMS 20u
#define SECOND_MS 1000

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

static void say(attacker_t *a, godwit_t5_up_kind_t kind, godwit_slice_t container)
{
    godwit_message_t m = {.kind = GODWIT_T5_UP, .to = GODWIT_FUNCTION_MTC_IWF, .transaction = UINT32_MAX};
    godwit_t5_up_t *up = &m.u.t5_up;
    up->imsi = lab_imsi(0);
    up->plmn = LAB_VISITED_PLMN;
    up->kind = kind;
    up->new_root = kind == GODWIT_T5_REGISTERED;
    memset(up->root_name, 0x66, sizeof up->root_name);
    up->container_len = (uint8_t)container.len;
    if (container.len > 0) {
        memcpy(up->container, container.ptr, container.len);
    }
    lab_send_message(a->w, GODWIT_WORLD_STRANGER, &m);
}

static void poll(attacker_t *a)
{
    uint8_t inner[GODWIT_TRIGGER_CONTAINER_MAX], octets[GODWIT_A3_DATAGRAM_MAX];
    godwit_writer_t in = godwit_writer(inner, sizeof inner), out = godwit_writer(octets, sizeof octets);
    const godwit_imsi_t imsi = lab_imsi(0);
    const godwit_a3_message_t m = {.type = GODWIT_A3_POLL};
    const godwit_a3_key_t key = {a->k_iwf, a->association, a->suite};
    if (godwit_a3_protect(crypto, &key, ++a->next_up, &m, &in) == GODWIT_OK &&
        godwit_a3_datagram_build(&imsi, godwit_written(&in), &out) == GODWIT_OK) {
        lab_packet_t *p =
            lab_packet(GODWIT_WORLD_LEG_A3, GODWIT_WORLD_STRANGER, GODWIT_WORLD_MTC_IWF, godwit_written(&out));
        p->source = lab_node_address(GODWIT_WORLD_STRANGER, LAB_A3_PORT);
        p->destination = lab_node_address(GODWIT_WORLD_MTC_IWF, LAB_A3_PORT);
        lab_after(a->w, 1, LAB_PACKET, p->to)->packet = p;
    }
}

void lab_attacker_claims(attacker_t *a)
{
    for (unsigned i = 0; i < CLAIMS; i++) {
        say(a, GODWIT_T5_REGISTERED, godwit_slice(NULL, 0));
        if (a->suite != 0) {
            poll(a);
        }
        godwit_world_run(a->w, SECOND_MS);
    }
}

static void answer(attacker_t *a, godwit_slice_t octets)
{
    lab_packet_t *p = lab_packet(GODWIT_WORLD_LEG_DIAMETER, GODWIT_WORLD_STRANGER, GODWIT_WORLD_MTC_IWF, octets);
    lab_after(a->w, 1, LAB_PACKET, p->to)->packet = p;
}

static godwit_diameter_envelope_t own(const godwit_diameter_envelope_t *request)
{
    godwit_diameter_envelope_t e = *request;
    e.origin_host = godwit_slice_of_string(lab_host(GODWIT_WORLD_STRANGER));
    e.origin_realm = godwit_slice_of_string(lab_realm(GODWIT_WORLD_STRANGER));
    return e;
}

/* He is asked for K_iwf, and makes one. */
static void give_key(attacker_t *a, const godwit_diameter_envelope_t *request, const godwit_iwf_key_request_t *asked)
{
    uint8_t octets[GODWIT_WORLD_PACKET_MAX];
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    const godwit_diameter_envelope_t e = own(request);
    godwit_iwf_key_answer_t m = {.status = GODWIT_OK, .key = {.association = asked->association}};
    m.key.root = lab_serving_node(a->w) == GODWIT_WORLD_MME ? GODWIT_IWF_ROOT_KASME : GODWIT_IWF_ROOT_CK_IK;
    memset(m.key.root_name, 0x66, sizeof m.key.root_name);
    memset(m.key.key, 0x66, sizeof m.key.key);
    memcpy(a->k_iwf, m.key.key, sizeof a->k_iwf);
    a->association = asked->association;
    a->knows = true;
    if (godwit_t5_key_answer_build(&e, &m, &out) == GODWIT_OK) {
        answer(a, godwit_written(&out));
    }
}

/* As the device would, if he has the key. */
static void complete(attacker_t *a, godwit_slice_t command)
{
    uint8_t octets[GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    godwit_a3_message_t m = {.type = GODWIT_A3_COMPLETE};
    godwit_a3_command_t said;
    if (!a->knows || godwit_a3_command_peek(command, &said) != GODWIT_OK) {
        return;
    }
    m.complete.suite = godwit_a3_choose(&said, ALLOWED);
    m.complete.device_suites = ALLOWED;
    const godwit_a3_key_t key = {a->k_iwf, said.association, m.complete.suite};
    a->association = said.association;
    a->suite = m.complete.suite;
    a->next_up = 0;
    if (godwit_a3_digest(crypto, command, m.complete.command) == GODWIT_OK &&
        godwit_a3_protect(crypto, &key, 0, &m, &out) == GODWIT_OK) {
        say(a, GODWIT_T5_FROM_DEVICE, godwit_written(&out));
    }
}

/* K_iwf, a Command, or what goes under the association that he has completed. */
static void take(attacker_t *a, const godwit_diameter_envelope_t *request, const godwit_t5_down_t *down)
{
    uint8_t octets[GODWIT_WORLD_PACKET_MAX];
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    const godwit_diameter_envelope_t e = own(request);
    godwit_a3_header_t header;
    if (down->kind == GODWIT_T5_UE_KEY) {
        memcpy(a->k_iwf, down->ue_key.key, sizeof a->k_iwf);
        a->knows = true;
    } else {
        const godwit_slice_t container = godwit_slice(down->container, down->container_len);
        lab_attacker_hears(a, container);
        if (godwit_a3_peek(container, &header) == GODWIT_OK && header.type == GODWIT_A3_COMMAND) {
            complete(a, container);
        }
    }
    if (godwit_t5_outcome_build(&e, GODWIT_OK, &out) == GODWIT_OK) {
        answer(a, godwit_written(&out));
    }
}

void lab_attacker_elsewhere(attacker_t *a, const godwit_world_packet_t *p)
{
    const godwit_slice_t octets = godwit_slice(p->octets, p->len);
    godwit_diameter_envelope_t e;
    godwit_diameter_fault_t fault;
    godwit_iwf_key_request_t asked;
    godwit_t5_down_t down;
    if (p->leg == GODWIT_WORLD_LEG_A3) {
        lab_attacker_hears(a, octets);
        return;
    }
    switch (godwit_t5_message(octets)) {
    case GODWIT_T5_MESSAGE_KEY:
        if (godwit_t5_key_parse(octets, &e, &asked, &fault) == GODWIT_OK) {
            give_key(a, &e, &asked);
        }
        break;
    case GODWIT_T5_MESSAGE_DOWN:
        if (godwit_t5_down_parse(octets, &e, &down, &fault) == GODWIT_OK) {
            take(a, &e, &down);
        }
        break;
    default:
        break; /* an answer */
    }
}
