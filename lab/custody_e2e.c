/* SPDX-License-Identifier: Apache-2.0
 *
 * K_e2e of the EAS, of every key set and age, and what goes under it, as the watcher knows it: who may hold it is the
 * rule table's to say.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

#define AGES_AHEAD 2
#define SUITES 6
#define TEXT_AT 8 /* the number is there: every text has octets of its own */
#define TEXT_OCTETS 16

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

static void must(godwit_status_t status)
{
    if (status != GODWIT_OK) {
        abort();
    }
}

static void learn_age(godwit_world_t *w, const lab_keyset_t *set, uint32_t age)
{
    uint8_t k_e2e[32], k_enc[16], k_int[32];
    const lab_class_t class = set->separate ? LAB_CLASS_SEPARATE_E2E : LAB_CLASS_ACCESS_E2E;
    must(godwit_k_e2e(crypto, set->octets, godwit_slice_of_string(lab_host(GODWIT_WORLD_EAS)), age, k_e2e));
    lab_learn(w, set->device, class, GODWIT_LAB_K_E2E, k_e2e, 32);
    for (uint8_t suite = 1; suite <= SUITES; suite++) {
        must(godwit_suite_keys(crypto, k_e2e, suite, k_enc, k_int));
        lab_learn(w, set->device, class, GODWIT_LAB_K_E2E, k_enc, 16);
        lab_learn(w, set->device, class, GODWIT_LAB_K_E2E, k_int, 16);
    }
    godwit_wipe(k_e2e, sizeof k_e2e);
}

void lab_follow_ages(godwit_world_t *w, lab_keyset_t *set, uint32_t age)
{
    while (w->config.e2e.on && set->age < age + AGES_AHEAD) {
        learn_age(w, set, ++set->age);
    }
}

void lab_learn_age(godwit_world_t *w, uint32_t age)
{
    for (size_t i = 0; w->config.watch_memory && i < w->secrets.keyset_count; i++) {
        lab_follow_ages(w, &w->secrets.keysets[i], age);
    }
}

void lab_learn_text(godwit_world_t *w, unsigned device, const char *text)
{
    if (w->config.watch_memory && w->config.e2e.on && w->config.e2e.service == GODWIT_SERVICE_CONFIDENTIALITY) {
        lab_learn(w, device, LAB_CLASS_E2E_TEXT, GODWIT_LAB_TEXT, (const uint8_t *)text + TEXT_AT, TEXT_OCTETS);
    }
}
