/* SPDX-License-Identifier: Apache-2.0
 *
 * A HSS and an EMKS with their stores, what is under way between them, and what must hold whatever they are asked.
 */
#ifndef GODWIT_FUZZ_HOME_NODES_H
#define GODWIT_FUZZ_HOME_NODES_H

#include "roles/emks.h"
#include "roles/hss.h"
#include "tests/support/owner.h"

#define HOME_KEYS 256
#define HOME_RING 8
#define HOME_SUBSCRIBERS 2
#define HOME_HSS "hss.home.test"
#define HOME_EESE "eese.home.test"
#define HOME_EMKS "emks.home.test"

extern const char *const home_endpoints[2];
extern const char *const home_hosts[4]; /* those two, an MME, a gateway */
extern const char *const home_digits[HOME_SUBSCRIBERS];

/* A key that was handed out. */
typedef struct home_key {
    uint8_t k_session[32];
    godwit_imsi_t imsi;
    godwit_agreement_t agreement;
    uint64_t key_set;
    uint32_t generation, reached;
    bool held; /* by the endpoint that it was handed to */
    bool of_hss;
    const char *endpoint;
} home_key_t;

typedef struct home_nodes {
    godwit_hss_t hss;
    godwit_emks_t emks;
    owner_t home, keys_home; /* of the HSS, of the EMKS */
    home_key_t keys[HOME_KEYS];
    size_t key_count;
    uint8_t e2e_keys[HOME_KEYS][32];
    size_t e2e_count;
    uint8_t runs[HOME_SUBSCRIBERS][HOME_RING][32]; /* RAND || AUTN of flagged vectors */
    size_t run_count[HOME_SUBSCRIBERS];
    godwit_message_t sent[HOME_RING]; /* under way between nodes */
    size_t sent_count;
    godwit_message_t parked_last;
    godwit_message_t asked; /* what is being answered */
    uint64_t seq[HOME_SUBSCRIBERS];
} home_nodes_t;

extern home_nodes_t h;

void home_start(uint8_t delivery);
void home_start_hss(uint8_t delivery);
void home_start_emks(void);
/* Aborts when it does not hold. */
void home_check(bool holds);
/* Gives the message, and looks at all that comes of it. */
void home_give(owner_t *owner, const godwit_message_t *m);
void home_listen(const owner_t *owner);
void home_sqn_only_rises(void);

#endif
