/* SPDX-License-Identifier: Apache-2.0
 *
 * How the MTC-IWF is configured when its power comes, and what HSS and subscriptions say for device triggering.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

#define ACK_MS 20000
#define T4_MS 60000
#define RETRY_MS 5000
#define RETRY_MAX_MS 60000
#define VALIDITY_MAX_S (7 * 86400)

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

static void set_name(char *to, const char *name)
{
    memcpy(to, name, strlen(name) + 1);
}

static void must(godwit_status_t status)
{
    if (status != GODWIT_OK) {
        abort();
    }
}

static unsigned key_from(const godwit_world_config_t *c)
{
    return c->trigger.key_from == 0 ? GODWIT_IWF_KEY_FROM_HSS : c->trigger.key_from;
}

bool lab_trigger_flags(const godwit_world_config_t *c)
{
    unsigned from = key_from(c);
    return c->trigger.on && !c->trigger.hop_by_hop &&
           ((from == GODWIT_IWF_KEY_FROM_HSS && !lab_by_eap(c)) ||
            (from == GODWIT_IWF_KEY_FROM_IWF && c->trigger.root != GODWIT_IWF_ROOT_KASME));
}

uint32_t lab_trigger_features(const godwit_world_config_t *c)
{
    uint32_t derives = c->access == GODWIT_WORLD_EPS ? GODWIT_FEATURE_E2M_ME : GODWIT_FEATURE_E2M_USIM;
    return !c->trigger.on ? 0 : GODWIT_FEATURE_TRIGGER | (lab_trigger_flags(c) ? derives : 0);
}

uint8_t lab_trigger_roots(const godwit_world_t *w)
{
    if (lab_by_eap(&w->config)) {
        return 1u << (GODWIT_IWF_ROOT_EAP - 1);
    }
    if (lab_trigger_flags(&w->config)) {
        return 1u << (GODWIT_IWF_ROOT_FLAGGED - 1);
    }
    return w->config.access == GODWIT_WORLD_EPS ? 1u << (GODWIT_IWF_ROOT_KASME - 1) : 1u << (GODWIT_IWF_ROOT_CK_IK - 1);
}

void lab_external_id(unsigned device, char text[GODWIT_EXTERNAL_ID_MAX + 1])
{
    (void)snprintf(text, GODWIT_EXTERNAL_ID_MAX + 1, "meter%03u@home.example", device % 1000);
}

#define NODE(name) (1u << GODWIT_WORLD_##name)
uint32_t lab_trigger_nodes(const godwit_world_config_t *config)
{
    uint32_t nodes = NODE(HSS) | NODE(MTC_IWF) | NODE(SCS) | NODE(AS);
    if (lab_by_eap(config)) {
        return nodes | NODE(AAA);
    }
    if (config->access == GODWIT_WORLD_EPS) {
        return nodes | NODE(MME) | NODE(SGW) | NODE(PGW) | (config->trigger.by_sms ? NODE(SMS_SC) : 0);
    }
    return nodes | NODE(SMS_SC) | (config->circuit ? NODE(MSC) : NODE(SGSN) | NODE(PGW));
}

/* ---- the home ---- */

void lab_trigger_hss(godwit_world_t *w)
{
    godwit_hss_triggers_t *t = &w->hss.triggers;
    godwit_hss_iwf_t *iwf = &t->iwfs[t->iwf_count++];
    set_name(iwf->host, lab_host(GODWIT_WORLD_MTC_IWF));
    set_name(iwf->realm, lab_realm(GODWIT_WORLD_MTC_IWF));
    iwf->has_roots = key_from(&w->config) == GODWIT_IWF_KEY_FROM_IWF;
    if (lab_trigger_flags(&w->config)) {
        t->root = GODWIT_IWF_ROOT_FLAGGED;
    } else if (iwf->has_roots) {
        t->root = GODWIT_IWF_ROOT_KASME;
    }
}

void lab_trigger_subscribe(godwit_world_t *w, unsigned device)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_TRIGGER_SUBSCRIPTION};
    godwit_trigger_subscription_record_t *s = &record.u.trigger_subscription;
    s->imsi = lab_imsi(device);
    lab_external_id(device, s->device.external_id);
    (void)snprintf(s->device.msisdn, sizeof s->device.msisdn, "49160%07u", device % 10000000);
    set_name(s->source[0], lab_host(GODWIT_WORLD_SCS));
    set_name(s->source[1], lab_host(GODWIT_WORLD_AS));
    s->sources = 2;
    must(godwit_name_key(crypto, s->device.external_id, s->external_id_key));
    must(godwit_name_key(crypto, s->device.msisdn, s->msisdn_key));
    lab_store_put(&w->functions[GODWIT_WORLD_HSS].store, &record, false);
    lab_store_put(&w->functions[GODWIT_WORLD_HSS].store, &record, true);
}

/* ---- the MTC-IWF ---- */

static void add_source(godwit_mtc_iwf_config_t *config, godwit_function_t function, unsigned node)
{
    godwit_iwf_source_t *source = &config->source[config->sources++];
    source->function = function;
    set_name(source->name, lab_host(node));
}

void lab_start_iwf(godwit_world_t *w)
{
    const godwit_world_triggering_t *c = &w->config.trigger;
    godwit_mtc_iwf_config_t config = {
        .crypto = crypto,
        .protect = c->hop_by_hop ? GODWIT_IWF_PROTECT_HOP : GODWIT_IWF_PROTECT_ASSOCIATION,
        .keys = {.key_from = (godwit_iwf_key_from_t)key_from(&w->config),
                 .root = c->root == GODWIT_IWF_ROOT_KASME ? GODWIT_IWF_ROOT_KASME : GODWIT_IWF_ROOT_FLAGGED,
                 .ue_key_received = c->ue_key_received,
                 .lazy = c->lazy},
        .device_quota = c->device_quota,
        .source_quota = c->source_quota,
        .device_per_minute = c->device_per_minute,
        .accept_open = c->open_b,
        .no_t5 = c->by_sms && !c->hop_by_hop,
        .ack_ms = ACK_MS,
        .t4_ms = T4_MS,
        .retry_ms = RETRY_MS,
        .retry_max_ms = RETRY_MAX_MS,
        .report_retry_ms = RETRY_MS,
        .validity_s = LAB_VALIDITY_S,
        .validity_max_s = VALIDITY_MAX_S,
    };
    set_name(config.number, LAB_IWF_NUMBER);
    set_name(config.local_host, lab_host(GODWIT_WORLD_MTC_IWF));
    set_name(config.local_realm, lab_realm(GODWIT_WORLD_MTC_IWF));
    add_source(&config, GODWIT_FUNCTION_SCS, GODWIT_WORLD_SCS);
    add_source(&config, GODWIT_FUNCTION_AS, GODWIT_WORLD_AS);
    if (w->functions[GODWIT_WORLD_SMS_SC].present &&
        !c->hop_by_hop) { /* no device takes an unprotected trigger from a short message */
        set_name(config.sms_sc_host, lab_host(GODWIT_WORLD_SMS_SC));
        set_name(config.sms_sc_realm, lab_realm(GODWIT_WORLD_SMS_SC));
    }
    if (c->suite_first != 0) {
        config.keys.suites = 2;
        config.keys.suite[0] = c->suite_first;
        config.keys.suite[1] = c->suite_first == 1 ? 3 : 1;
    }
    if (lab_by_eap(&w->config)) {
        set_name(config.keys.aaa_host, lab_host(GODWIT_WORLD_AAA));
        set_name(config.keys.aaa_realm, lab_realm(GODWIT_WORLD_AAA));
    }
    if (w->mtc_iwf == NULL) {
        w->mtc_iwf = lab_alloc(sizeof *w->mtc_iwf);
    }
    must(godwit_mtc_iwf_init(w->mtc_iwf, &config));
    w->mtc_iwf->last_transaction = (uint32_t)godwit_lab_random(&w->random) >> 1;
    lab_function_arm(w, GODWIT_WORLD_MTC_IWF, 0, 1);
}
