/* SPDX-License-Identifier: Apache-2.0
 *
 * How each network function is configured when its power comes, and which step function it has.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

#define HOME "epc.mnc001.mcc001.3gppnetwork.org"
#define PUBLIC "mnc001.mcc001.pub.3gppnetwork.org" /* TS 23.003 16.2: of a BSF */
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
    [GODWIT_WORLD_MSC] = {"msc", "msc." VISITED, VISITED},
    [GODWIT_WORLD_SMS_SC] = {"sms-sc", "sms-sc.home.example", "home.example"},
    [GODWIT_WORLD_MKEF] = {"mkef", "mkef.home.example", "home.example"},
    [GODWIT_WORLD_MTC] = {"mtc", "mtc.meters.example", "meters.example"},
    [GODWIT_WORLD_BSF] = {"bsf", "bsf." PUBLIC, PUBLIC},
    [GODWIT_WORLD_NAF] = {"naf", "naf.meters.example", "meters.example"},
    [GODWIT_WORLD_AUSF] = {"ausf", "ausf.home.example", "home.example"},
    [GODWIT_WORLD_AANF] = {"aanf", "aanf.home.example", "home.example"},
    [GODWIT_WORLD_AMF] = {"amf", "amf." VISITED, VISITED},
    [GODWIT_WORLD_AF] = {"af", "af.meters.example", "meters.example"},
    [GODWIT_WORLD_SCS] = {"scs", "scs.meters.example", "meters.example"},
    [GODWIT_WORLD_AS] = {"as", "as.meters.example", "meters.example"},
    [GODWIT_WORLD_MTC_IWF] = {"mtc-iwf", "mtc-iwf.home.example", "home.example"},
    [GODWIT_WORLD_AAA] = {"aaa", "aaa.home.example", "home.example"},
    [GODWIT_WORLD_EESE] = {"eese", "eese.home.example", "home.example"},
    [GODWIT_WORLD_EAS] = {"eas", "eas.meters.example", "meters.example"},
    [GODWIT_WORLD_STRANGER] = {"stranger", "stranger." VISITED, VISITED},
};

const char *lab_host(unsigned node)
{
    return identities[node].host;
}

const char *lab_realm(unsigned node)
{
    return identities[node].realm;
}

/* Serving nodes of the home. */
static const struct {
    const char *host, *realm;
} at_home[GODWIT_WORLD_FUNCTIONS] = {
    [GODWIT_WORLD_MME] = {"mme." HOME, HOME},
    [GODWIT_WORLD_SGSN] = {"sgsn." HOME, HOME},
    [GODWIT_WORLD_MSC] = {"msc." HOME, HOME},
};

static bool is_at_home(const godwit_world_t *w)
{
    return w->config.trigger.at_home || w->config.at_home;
}

const char *lab_host_in(const godwit_world_t *w, unsigned node)
{
    return is_at_home(w) && at_home[node].host != NULL ? at_home[node].host : lab_host(node);
}

const char *lab_realm_in(const godwit_world_t *w, unsigned node)
{
    return is_at_home(w) && at_home[node].host != NULL ? at_home[node].realm : lab_realm(node);
}

godwit_plmn_t lab_serving_plmn(const godwit_world_t *w)
{
    return is_at_home(w) ? w->plmn : LAB_VISITED_PLMN;
}

const char *godwit_world_node_name(unsigned node)
{
    return lab_is_function(node) ? identities[node].name : lab_is_card(node) ? "usim" : "device";
}

unsigned lab_endpoint_node(const godwit_world_t *w)
{
    return w->config.device_rand ? GODWIT_WORLD_MTC : w->config.solution == 2 ? GODWIT_WORLD_EMSE : GODWIT_WORLD_HSE;
}

static uint8_t bit(godwit_agreement_t agreement)
{
    return (uint8_t)(1u << (agreement - 1));
}

uint8_t lab_agreements(const godwit_world_t *w)
{
    if (w->config.agreements != 0) {
        return w->config.agreements;
    }
    uint8_t access = bit(GODWIT_AGREEMENT_ACCESS_UMTS) | bit(GODWIT_AGREEMENT_ACCESS_EPS);
    return bit(GODWIT_AGREEMENT_SEPARATE_EPS) | (w->config.solution == 1 || w->config.solution == 2 ? access : 0);
}

/* Where a bearer names the session, no Session ID travels. */
godwit_framing_t lab_framing(const godwit_world_t *w, unsigned node)
{
    return w->config.solution == 1 && node == GODWIT_WORLD_HSE ? (godwit_framing_t){0, 1} : w->config.framing;
}

static void set_name(char *to, unsigned node)
{
    memcpy(to, lab_host(node), strlen(lab_host(node)) + 1);
}

/* Solutions 1 and 2: where keys of the access come from, and the gateway. */
static void with_access_keys(godwit_world_t *w, unsigned node, godwit_hse_config_t *config)
{
    lab_endpoint_t *e = &w->endpoints[lab_endpoint_of(node)];
    if (w->config.solution == 2) {
        config->e2m_source = GODWIT_FUNCTION_EMKS;
        return;
    }
    static const godwit_function_t sources[] = {GODWIT_FUNCTION_NONE, GODWIT_FUNCTION_NONE, GODWIT_FUNCTION_HSS,
                                                GODWIT_FUNCTION_EMKS};
    bool delivers = w->config.delivery >= 'A' && w->config.delivery <= 'D';
    config->e2m_source = delivers ? sources[w->config.delivery - 'A'] : GODWIT_FUNCTION_HSS;
    config->idle_ms = w->config.idle_ms;
    if (w->config.delivery == 'A' || w->config.delivery == 'B') {
        set_name(config->push_from, GODWIT_WORLD_HSS);
    }
    e->gateway = (godwit_hse_gateway_t){.address_len = 4};
    set_name(e->gateway.origin_host, GODWIT_WORLD_PGW);
    memcpy(e->gateway.address, lab_node_address(GODWIT_WORLD_PGW, 0).octets, 4);
    config->gateways = &e->gateway;
    config->gateway_count = 1;
}

static void wipe_tables(lab_endpoint_t *e)
{
    memset(e->sessions, 0, LAB_SESSIONS * sizeof *e->sessions);
    memset(e->exchanges, 0, LAB_EXCHANGES * sizeof *e->exchanges);
    memset(e->senders, 0, LAB_SENDERS * sizeof *e->senders);
    memset(e->bearers, 0, LAB_BEARERS * sizeof *e->bearers);
    memset(e->pushes, 0, LAB_PUSHES * sizeof *e->pushes);
    memset(&e->hse, 0, sizeof e->hse);
}

static void start_endpoint(godwit_world_t *w, unsigned node)
{
    lab_endpoint_t *e = &w->endpoints[lab_endpoint_of(node)];
    godwit_hse_config_t config = {
        .crypto = &godwit_crypto_builtin,
        .framing = lab_framing(w, node),
        .agreements = node == GODWIT_WORLD_MTC ? 0 : lab_agreements(w),
        .device_rand = node == GODWIT_WORLD_MTC,
        .device_rand_ts33868 = w->config.profile != GODWIT_MTC_GODWIT1,
        .suite_order = {GODWIT_SUITE_DEFAULT},
        .rekey_datagrams = w->config.rekey_datagrams,
        .reauthenticate_generations = w->config.reauthenticate_generations,
        .next_vector = w->config.next_vector,
    };
    set_name(config.endpoint, node);
    if (w->config.solution == 1 || w->config.solution == 2) {
        with_access_keys(w, node, &config);
    }
    if (w->config.policies != GODWIT_WORLD_POLICY_NONE) {
        config.suite_order[1] = LAB_SUITE_CLEAR;
        config.networks = &w->home_policy;
        config.network_count = 1;
    }
    lab_e2e_hse(w, &config);
    wipe_tables(e);
    if (godwit_hse_init(&e->hse, &config, e->sessions, LAB_SESSIONS, e->exchanges, LAB_EXCHANGES, e->senders,
                        LAB_SENDERS) != GODWIT_OK) {
        abort();
    }
    godwit_hse_set_bearers(&e->hse, e->bearers, LAB_BEARERS, e->pushes, LAB_PUSHES);
    lab_e2e_forwards(w, e);
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
    set_name(w->emks.hss_hosts[0], GODWIT_WORLD_HSS);
    w->emks.hss_host_count = 1;
    if (w->config.e2e.on) {
        set_name(w->emks.eeses[w->emks.eese_count++], GODWIT_WORLD_EESE);
    }
    memcpy(w->emks.local_realm, lab_realm(GODWIT_WORLD_EMKS), strlen(lab_realm(GODWIT_WORLD_EMKS)) + 1);
}

static void add_node(godwit_world_t *w, unsigned node, uint8_t ind, bool home)
{
    godwit_hss_node_t *n = &w->hss.nodes[w->hss.node_count++];
    n->ind = ind;
    n->home = home;
    memcpy(n->host, lab_host_in(w, node), strlen(lab_host_in(w, node)) + 1);
}

static void start_hss(godwit_world_t *w)
{
    memset(&w->hss, 0, sizeof w->hss);
    w->hss.crypto = &godwit_crypto_builtin;
    if (!is_at_home(w)) { /* a network of the home that serves devices is not that of its EMKS */
        w->hss.best_plmn = w->plmn;
    }
    w->hss.vectors_per_request = 1;
    w->hss.policy_version = w->policy_version;
    add_node(w, GODWIT_WORLD_EMKS, 1, true);
    add_node(w, GODWIT_WORLD_MME, 2, false);
    add_node(w, GODWIT_WORLD_SGSN, 3, false);
    add_node(w, GODWIT_WORLD_MSC, 5, false);
    set_name(w->hss.mkefs[w->hss.mkef_count++], GODWIT_WORLD_MKEF);
    set_name(w->hss.bsfs[w->hss.bsf_count++], GODWIT_WORLD_BSF);
    add_node(w, GODWIT_WORLD_BSF, 4, true);
    set_name(w->hss.ausfs[w->hss.ausf_count++], GODWIT_WORLD_AUSF);
    add_node(w, GODWIT_WORLD_AUSF, 6, true);
    set_name(w->hss.aaas[w->hss.aaa_count++], GODWIT_WORLD_AAA);
    add_node(w, GODWIT_WORLD_AAA, 7, true);
    w->hss.plain_rand = w->config.profile != GODWIT_MTC_GODWIT1;
    set_name(w->hss.local_host, GODWIT_WORLD_HSS);
    memcpy(w->hss.local_realm, lab_realm(GODWIT_WORLD_HSS), strlen(lab_realm(GODWIT_WORLD_HSS)) + 1);
    if (w->config.trigger.on) {
        lab_trigger_hss(w);
    }
    if (w->config.e2e.on) {
        set_name(w->hss.eeses[w->hss.eese_count++], GODWIT_WORLD_EESE);
    }
    if (w->config.delivery != 0) {
        w->hss.e2m.delivery = (godwit_e2m_delivery_t)(w->config.delivery - 'A' + GODWIT_E2M_DELIVERY_A);
        w->hss.e2m.retention_ms = w->config.retention_ms;
        set_name(w->hss.e2m.endpoint, GODWIT_WORLD_HSE);
        set_name(w->hss.e2m.gateways[0], GODWIT_WORLD_PGW);
        w->hss.e2m.gateway_count = 1;
    }
}

void lab_start_role(godwit_world_t *w, unsigned node)
{
    switch (node) {
    case GODWIT_WORLD_HSE:
    case GODWIT_WORLD_EMSE:
    case GODWIT_WORLD_MTC:
        start_endpoint(w, node);
        break;
    case GODWIT_WORLD_EMKS:
        start_emks(w);
        break;
    case GODWIT_WORLD_HSS:
        start_hss(w);
        break;
    case GODWIT_WORLD_MKEF:
        lab_start_mkef(w);
        break;
    case GODWIT_WORLD_SMS_SC:
        lab_start_sms_sc(w);
        break;
    case GODWIT_WORLD_BSF:
        lab_start_bsf(w);
        break;
    case GODWIT_WORLD_NAF:
        lab_start_naf(w);
        break;
    case GODWIT_WORLD_AUSF:
        lab_start_ausf(w);
        break;
    case GODWIT_WORLD_AANF:
        lab_start_aanf(w);
        break;
    case GODWIT_WORLD_SCS:
    case GODWIT_WORLD_AS:
        lab_start_source(w, node);
        break;
    case GODWIT_WORLD_MTC_IWF:
        lab_start_iwf(w);
        break;
    case GODWIT_WORLD_AAA:
        lab_start_aaa(w);
        break;
    case GODWIT_WORLD_EESE:
        lab_start_eese(w);
        break;
    case GODWIT_WORLD_EAS:
        lab_start_eas(w);
        break;
    case GODWIT_WORLD_AMF:
    case GODWIT_WORLD_AF:
        break;
    default:
        lab_start_gtp_node(w, node);
        break;
    }
}

void lab_step_role(godwit_world_t *w, unsigned node, const godwit_input_t *in, godwit_outbox_t *out)
{
    switch (node) {
    case GODWIT_WORLD_HSE:
    case GODWIT_WORLD_EMSE:
    case GODWIT_WORLD_MTC:
        godwit_hse_step(&w->endpoints[lab_endpoint_of(node)].hse, in, out);
        break;
    case GODWIT_WORLD_EMKS:
        godwit_emks_step(&w->emks, in, out);
        break;
    case GODWIT_WORLD_HSS:
        godwit_hss_step(&w->hss, in, out);
        break;
    case GODWIT_WORLD_MKEF:
        godwit_mkef_step(&w->mkef, in, out);
        break;
    case GODWIT_WORLD_MSC:
        godwit_msc_step(&w->msc, in, out);
        break;
    case GODWIT_WORLD_SMS_SC:
        godwit_sms_sc_step(&w->sms_sc, in, out);
        break;
    case GODWIT_WORLD_BSF:
        godwit_gba_bsf_step(w->bsf, in, out);
        break;
    case GODWIT_WORLD_NAF:
        godwit_naf_step(w->naf, in, out);
        break;
    case GODWIT_WORLD_AUSF:
        godwit_ausf_step(w->ausf, in, out);
        break;
    case GODWIT_WORLD_AANF:
        godwit_aanf_step(&w->aanf, in, out);
        break;
    case GODWIT_WORLD_SCS:
    case GODWIT_WORLD_AS:
        lab_step_source(w, node, in, out);
        break;
    case GODWIT_WORLD_MTC_IWF:
        godwit_mtc_iwf_step(w->mtc_iwf, in, out);
        break;
    case GODWIT_WORLD_AAA:
        godwit_aaa_step(&w->aaa->role, in, out);
        break;
    case GODWIT_WORLD_EESE:
        godwit_eese_step(w->eese, in, out);
        break;
    case GODWIT_WORLD_EAS:
        godwit_eas_step(w->eas, in, out);
        break;
    case GODWIT_WORLD_MME:
        godwit_mme_step(&w->mme, in, out);
        break;
    case GODWIT_WORLD_SGSN:
        godwit_sgsn_step(&w->sgsn, in, out);
        break;
    case GODWIT_WORLD_SGW:
        godwit_sgw_step(&w->sgw, in, out);
        break;
    case GODWIT_WORLD_PGW:
        godwit_pgw_step(&w->pgw, in, out);
        break;
    default:
        break;
    }
}
