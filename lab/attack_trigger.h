/* SPDX-License-Identifier: Apache-2.0
 *
 * Whoever attacks triggers: what he sees, what he can compute of it, and what he can send.
 */
#ifndef GODWIT_LAB_ATTACK_TRIGGER_H
#define GODWIT_LAB_ATTACK_TRIGGER_H

#include "lab/internal.h"
#include "lab/table.h"

#define HEARD_MAX 16

typedef struct heard {
    uint8_t len, octets[GODWIT_TRIGGER_CONTAINER_MAX];
} heard_t;

typedef struct attacker {
    godwit_lab_place_t place;
    godwit_world_t *w;
    /* messages of interface A3 on their way down; the first the Command, where there is one */
    heard_t heard[HEARD_MAX];
    size_t heard_count;
    uint32_t next_count; /* above the highest COUNT heard */
    /* What was found: K_iwf of the association. */
    bool knows;
    uint8_t k_iwf[32];
    uint32_t association, next_up;
    uint8_t suite;           /* of one that he has completed himself */
    uint8_t key_of_node[32]; /* a K_iwf that passed by T5 */
    bool has_key_of_node;
    /* What is done with what goes down from now on. */
    bool alters, holds, confirms;
    unsigned altered;
    bool has_read;
    char wanted[LAB_TEXT_MAX]; /* the text that is to be read */
    /* Of interface B. */
    bool holds_actions;
    godwit_device_action_t action; /* the last one held */
} attacker_t;

/* ---- attack_trigger_tap.c ---- */
bool lab_attacker_on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p);
/* Tries everything that the visited node holds as a root, and as K_iwf, against the Command that passed. */
void lab_attacker_computes(attacker_t *a);
/* Sends a message down to the device as his place lets him; forged: he made it himself. */
void lab_attacker_sends(attacker_t *a, godwit_slice_t message, bool forged);
void lab_attacker_hears(attacker_t *a, godwit_slice_t message);
/* A trigger of his own: without protection, and under every key that he has found, or invents. */
void lab_attacker_forges(attacker_t *a, const godwit_a3_trigger_t *trigger);
/* What a message says, if he can read it. */
bool lab_attacker_opens(const attacker_t *a, godwit_slice_t message, godwit_a3_trigger_t *trigger);

/* ---- attack_trigger_elsewhere.c ---- */
/* Again and again, while time passes. */
void lab_attacker_claims(attacker_t *a);
/* What came to him. */
void lab_attacker_elsewhere(attacker_t *a, const godwit_world_packet_t *p);

#endif
