/* SPDX-License-Identifier: Apache-2.0
 *
 * K_iwf of every association that the watcher hears of, of every root that it could stand on, and what is made of it:
 * who may hold it is the rule table's to say.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

#define NUMBERS_AHEAD 2 /* asked for, and not committed yet */

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

static void must(godwit_status_t status)
{
    if (status != GODWIT_OK) {
        abort();
    }
}

static void learn_number(godwit_world_t *w, const lab_iwf_root_t *root, uint32_t number)
{
    static const uint8_t suites[] = {1, 3, 5, 6};
    uint8_t k_iwf[32], conf[16], integrity[16];
    const godwit_imsi_t imsi = lab_imsi(root->device);
    must(godwit_k_iwf(crypto, root->octets, godwit_slice_of_string(lab_host(GODWIT_WORLD_MTC_IWF)), &imsi, number,
                      k_iwf));
    lab_learn(w, root->device, LAB_CLASS_K_IWF, GODWIT_LAB_K_IWF, k_iwf, 32);
    for (size_t i = 0; i < sizeof suites; i++) {
        must(godwit_k_di(crypto, k_iwf, suites[i], conf, integrity));
        lab_learn(w, root->device, LAB_CLASS_K_DI, GODWIT_LAB_K_DI, conf, 16);
        lab_learn(w, root->device, LAB_CLASS_K_DI, GODWIT_LAB_K_DI, integrity, 16);
    }
    godwit_wipe(k_iwf, sizeof k_iwf);
}

static void follow(godwit_world_t *w, lab_iwf_root_t *root, uint32_t number)
{
    while (root->number < number) {
        learn_number(w, root, ++root->number);
    }
}

void lab_learn_iwf_root(godwit_world_t *w, unsigned device, const uint8_t octets[32])
{
    lab_secrets_t *s = &w->secrets;
    uint32_t highest = 0;
    if (!w->config.trigger.on || w->config.trigger.hop_by_hop) {
        return;
    }
    for (size_t i = 0; i < s->iwf_root_count; i++) {
        highest =
            s->iwf_roots[i].device == device && s->iwf_roots[i].number > highest ? s->iwf_roots[i].number : highest;
    }
    if (s->iwf_root_count == s->iwf_root_capacity) {
        size_t capacity = s->iwf_root_capacity == 0 ? 16 : 2 * s->iwf_root_capacity;
        lab_iwf_root_t *larger = lab_alloc(capacity * sizeof *larger);
        if (s->iwf_root_count > 0) {
            memcpy(larger, s->iwf_roots, s->iwf_root_count * sizeof *larger);
        }
        lab_free_secret(s->iwf_roots);
        s->iwf_roots = larger;
        s->iwf_root_capacity = capacity;
    }
    lab_iwf_root_t *root = &s->iwf_roots[s->iwf_root_count++];
    *root = (lab_iwf_root_t){.device = device};
    memcpy(root->octets, octets, sizeof root->octets);
    follow(w, root, highest > NUMBERS_AHEAD ? highest : NUMBERS_AHEAD);
}

/* An association number of that device is in use. */
void lab_learn_association(godwit_world_t *w, const godwit_imsi_t *imsi, uint32_t number)
{
    for (size_t i = 0; w->config.watch_memory && i < w->secrets.iwf_root_count; i++) {
        lab_iwf_root_t *root = &w->secrets.iwf_roots[i];
        const godwit_imsi_t own = lab_imsi(root->device);
        if (godwit_imsi_equal(&own, imsi)) {
            follow(w, root, number + NUMBERS_AHEAD);
        }
    }
}
