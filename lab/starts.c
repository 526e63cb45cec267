/* SPDX-License-Identifier: Apache-2.0
 *
 * How each network function is configured when its power comes, and which step function it has.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

#define HOME "epc.mnc001.mcc001.3gppnetwork.org"
#define VISITED "epc.mnc001.mcc262.3gppnetwork.org"

static const struct {
    const char *name, *host, *realm;
} identities[GODWIT_WORLD_FUNCTIONS] = {
    [GODWIT_WORLD_HSE] = {"hse", "hse.home.example", "home.example"},
    [GODWIT_WORLD_EMKS] = {"emks", "emks.home.example", "home.example"},
    [GODWIT_WORLD_HSS] = {"hss", "hss.home.example", "home.example"},
    [GODWIT_WORLD_EMSE] = {"emse", "emse.home.example", "home.example"},
    [GODWIT_WORLD_MME] = {"mme", "mme." VISITED, VISITED},
    [GODWIT_WORLD_SGSN] = {"sgsn", "sgsn." VISITED, VISITED},
    [GODWIT_WORLD_SGW] = {"sgw", "sgw." VISITED, VISITED},
    [GODWIT_WORLD_PGW] = {"pgw", "pgw." HOME, HOME},
    [GODWIT_WORLD_STRANGER] = {"stranger", "mme." VISITED, VISITED},
};

const char *lab_host(unsigned node)
{
    return identities[node].host;
}

const char *lab_realm(unsigned node)
{
    return identities[node].realm;
}

const char *godwit_world_node_name(unsigned node)
{
    return lab_is_function(node) ? identities[node].name : lab_is_card(node) ? "usim" : "device";
}

godwit_framing_t lab_framing(const godwit_world_t *w, unsigned node)
{
    (void)node;
    return w->config.framing;
}

static void set_name(char *to, unsigned node)
{
    memcpy(to, lab_host(node), strlen(lab_host(node)) + 1);
}

static void start_endpoint(godwit_world_t *w, unsigned node)
{
    lab_endpoint_t *e = &w->endpoints[lab_endpoint_of(node)];
    godwit_hse_config_t config = {
        .crypto = &godwit_crypto_builtin,
        .framing = lab_framing(w, node),
        .agreements = 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1),
        .suite_order = {GODWIT_SUITE_DEFAULT},
        .rekey_datagrams = w->config.rekey_datagrams,
        .reauthenticate_generations = w->config.reauthenticate_generations,
    };
    set_name(config.endpoint, node);
    memset(e->sessions, 0, LAB_SESSIONS * sizeof *e->sessions);
    memset(e->exchanges, 0, LAB_EXCHANGES * sizeof *e->exchanges);
    memset(e->senders, 0, LAB_SENDERS * sizeof *e->senders);
    memset(&e->hse, 0, sizeof e->hse);
    if (godwit_hse_init(&e->hse, &config, e->sessions, LAB_SESSIONS, e->exchanges, LAB_EXCHANGES, e->senders,
                        LAB_SENDERS) != GODWIT_OK) {
        abort();
    }
    e->hse.next_transaction = (uint32_t)godwit_lab_random(&w->random);
}

static void start_emks(godwit_world_t *w)
{
    memset(&w->emks, 0, sizeof w->emks);
    w->emks.crypto = &godwit_crypto_builtin;
    w->emks.best_plmn = w->plmn;
    w->emks.agreements = 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1);
    w->emks.next_transaction = (uint32_t)godwit_lab_random(&w->random);
    set_name(w->emks.local_host, GODWIT_WORLD_EMKS);
    memcpy(w->emks.local_realm, lab_realm(GODWIT_WORLD_EMKS), strlen(lab_realm(GODWIT_WORLD_EMKS)) + 1);
}

static void start_hss(godwit_world_t *w)
{
    memset(&w->hss, 0, sizeof w->hss);
    w->hss.crypto = &godwit_crypto_builtin;
    w->hss.best_plmn = w->plmn;
    w->hss.vectors_per_request = 1;
    w->hss.nodes[0].ind = 1;
    w->hss.nodes[0].home = true;
    set_name(w->hss.nodes[0].host, GODWIT_WORLD_EMKS);
    w->hss.node_count = 1;
}

void lab_start_role(godwit_world_t *w, unsigned node)
{
    switch (node) {
    case GODWIT_WORLD_HSE:
    case GODWIT_WORLD_EMSE:
        start_endpoint(w, node);
        break;
    case GODWIT_WORLD_EMKS:
        start_emks(w);
        break;
    case GODWIT_WORLD_HSS:
        start_hss(w);
        break;
    default:
        break;
    }
}

void lab_step_role(godwit_world_t *w, unsigned node, const godwit_input_t *in, godwit_outbox_t *out)
{
    switch (node) {
    case GODWIT_WORLD_HSE:
    case GODWIT_WORLD_EMSE:
        godwit_hse_step(&w->endpoints[lab_endpoint_of(node)].hse, in, out);
        break;
    case GODWIT_WORLD_EMKS:
        godwit_emks_step(&w->emks, in, out);
        break;
    case GODWIT_WORLD_HSS:
        godwit_hss_step(&w->hss, in, out);
        break;
    default:
        break;
    }
}
