/* SPDX-License-Identifier: Apache-2.0
 *
 * Custody: which node ever held which key. The watcher knows every subscriber's K, so it derives every key that any
 * vector in play leads to, and searches the memory of nodes and the octets on wires for them. One table
 * (custody_rules.c) says who may hold what; anything else is a violation. A key of another name than its own (K_enc,
 * K_int of a K_session) counts as the key that it came from.
 */
#ifndef GODWIT_LAB_CUSTODY_H
#define GODWIT_LAB_CUSTODY_H

#include "lab/world.h"

typedef enum godwit_lab_key {
    GODWIT_LAB_CK,
    GODWIT_LAB_IK,
    GODWIT_LAB_CK_PRIME,
    GODWIT_LAB_IK_PRIME,
    GODWIT_LAB_KASME,
    GODWIT_LAB_E2M_KEYSET,
    GODWIT_LAB_K_SESSION,
    GODWIT_LAB_K_E2E,
    GODWIT_LAB_K_IWF,
    GODWIT_LAB_K_MTC,
    GODWIT_LAB_KC,    /* of device RAND: both */
    GODWIT_LAB_CHAIN, /* of device RAND */
    GODWIT_LAB_KS,
    GODWIT_LAB_KS_NAF,
    GODWIT_LAB_K_AUSF,
    GODWIT_LAB_K_AKMA,
    GODWIT_LAB_K_AF,
    GODWIT_LAB_K_DI,      /* K_di_conf, K_di_int */
    GODWIT_LAB_IWF_ROOT,  /* of K_iwf, of EMSK of EAP-AKA' */
    GODWIT_LAB_TEXT,      /* no key: readings and messages end to end */
    GODWIT_LAB_STRANGERS, /* made up, to be believed by nobody */
    GODWIT_LAB_KEYS
} godwit_lab_key_t;
const char *godwit_lab_key_name(godwit_lab_key_t key); /* "ck", ... as in the JSON of godwit lab run */

/* Kinds of nodes: the functions of world.h, and all devices and all cards as one each. */
enum { GODWIT_LAB_DEVICE = GODWIT_WORLD_FUNCTIONS, GODWIT_LAB_USIM, GODWIT_LAB_KINDS };
const char *godwit_lab_kind_name(unsigned kind);
static inline unsigned godwit_lab_kind_of(unsigned node)
{
    return node < GODWIT_WORLD_FUNCTIONS ? node : GODWIT_LAB_DEVICE + (node - GODWIT_WORLD_FUNCTIONS) % 2;
}

/* Bit k: a node of that kind has held key k. Only in a world that watches memory. */
uint32_t godwit_world_custody(const godwit_world_t *world, unsigned kind);
/* Searches the memory of every node now. */
void godwit_world_search(godwit_world_t *world);
/* For tests: an e2mKEYSET of that device, as the watcher knows it; false: there is none yet. */
bool godwit_world_e2m_keyset(const godwit_world_t *world, unsigned device, uint8_t e2m_keyset[32]);

#endif
