/* SPDX-License-Identifier: Apache-2.0
 *
 * How the nodes of device triggering are configured when their power comes: SCS and AS, the MTC-IWF, and what HSS and
 * subscriptions say for them. And the sources' operators, who ask until they are answered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

#define ASK_AGAIN_MS 45000 /* the role itself asks three times before */
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

/* ---- the sources ---- */

static unsigned which(unsigned node)
{
    return node == GODWIT_WORLD_AS;
}

void lab_start_source(godwit_world_t *w, unsigned node)
{
    godwit_scs_config_t config = {.function = node == GODWIT_WORLD_AS ? GODWIT_FUNCTION_AS : GODWIT_FUNCTION_SCS,
                                  .first_reference = LAB_ASKED + 1}; /* its operator's own are below */
    set_name(config.name, lab_host(node));
    set_name(config.local_host, lab_host(node));
    set_name(config.local_realm, lab_realm(node));
    set_name(config.iwf_host, lab_host(GODWIT_WORLD_MTC_IWF));
    if (w->scs[which(node)] == NULL) {
        w->scs[which(node)] = lab_alloc(sizeof *w->scs[0]);
    }
    must(godwit_scs_init(w->scs[which(node)], &config));
    w->scs[which(node)]->last_transaction = (uint32_t)godwit_lab_random(&w->random);
}

static void action_of(const godwit_world_t *w, uint32_t number, godwit_device_action_t *action)
{
    const lab_asked_t *asked = &w->asked[number];
    *action = (godwit_device_action_t){.reference = number + 1,
                                       .action = asked->action,
                                       .port = asked->elsewhere ? LAB_TRIGGER_PORT + 1 : LAB_TRIGGER_PORT,
                                       .priority = asked->priority,
                                       .validity_s = asked->validity_s};
    if (asked->action != GODWIT_ACTION_TRIGGER) {
        action->old_reference = asked->of + 1;
    }
    lab_external_id(asked->device, action->device.external_id);
    action->payload_len = (uint8_t)strlen(asked->text);
    memcpy(action->payload, asked->text, action->payload_len);
}

/* Whether a message changes what a source knows. */
static bool step_changes(godwit_scs_t *scs, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_scs_trigger_t *before = lab_alloc(sizeof scs->triggers);
    memcpy(before, scs->triggers, sizeof scs->triggers);
    godwit_scs_step(scs, in, out);
    bool changed = false;
    for (size_t i = 0; i < GODWIT_SCS_TRIGGERS_MAX && !changed; i++) {
        const godwit_scs_trigger_t *was = &before[i], *is = &scs->triggers[i];
        changed = was->state != is->state || was->status != is->status || was->outcome != is->outcome ||
                  was->reports != is->reports || was->proved != is->proved;
    }
    lab_free(before);
    return changed;
}

/* What is said in the place of the MTC-IWF is not believed; where answers come that are none, nor is each of its own:
 * it is told what it takes. */
static void step_by_message(godwit_world_t *w, unsigned node, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_scs_t *scs = w->scs[which(node)];
    const bool stranger = strcmp(in->message->origin_host, lab_host(GODWIT_WORLD_MTC_IWF)) != 0;
    const bool doubtful = w->answers.on && in->message->kind == GODWIT_DEVICE_ACTION_ANSWER;
    if (stranger || doubtful) {
        const bool changed = step_changes(scs, in, out);
        if (changed && stranger) {
            lab_violate(w, "a source that believes somebody else than its MTC-IWF");
        }
        if (!changed || stranger) {
            return;
        }
    } else {
        godwit_scs_step(scs, in, out);
    }
    lab_check_told(w, node == GODWIT_WORLD_AS, in->message);
}

/* SUBMIT: session_id is the number of what the operator asks for. */
void lab_step_source(godwit_world_t *w, unsigned node, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_scs_t *scs = w->scs[which(node)];
    godwit_device_action_t action;
    uint32_t reference;
    if (in->kind == GODWIT_INPUT_MESSAGE) {
        step_by_message(w, node, in, out);
        return;
    }
    if (in->kind != GODWIT_INPUT_SUBMIT) {
        godwit_scs_step(scs, in, out);
        return;
    }
    action_of(w, in->session_id, &action);
    if (godwit_scs_request(scs, &action, in->now_ms, &reference, out) == GODWIT_OK && reference != action.reference) {
        lab_violate(w, "a source that does not ask for what it is told to");
    }
}

void lab_ask(godwit_world_t *w, unsigned node, uint32_t number)
{
    if (!w->asked[number].answered) {
        lab_function_input(w, node, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .session_id = number});
        lab_after(w, ASK_AGAIN_MS, LAB_ASK, node)->timer = number;
    }
}

uint32_t godwit_world_ask(godwit_world_t *w, const godwit_world_ask_t *ask)
{
    if (w->asked_count == LAB_ASKED) {
        lab_violate(w, "more triggers than the lab keeps");
        return 0;
    }
    const uint32_t number = w->asked_count++;
    lab_asked_t *asked = &w->asked[number];
    *asked = (lab_asked_t){.device = ask->device,
                           .as = ask->as,
                           .action = ask->action == 0 ? GODWIT_ACTION_TRIGGER : ask->action,
                           .of = ask->of,
                           .validity_s = ask->validity_s,
                           .priority = ask->priority,
                           .elsewhere = ask->elsewhere,
                           .asked_ms = w->now_ms};
    if (asked->action != GODWIT_ACTION_RECALL) {
        (void)snprintf(asked->text, sizeof asked->text, "trigger %06u of %03u ..", (unsigned)number, ask->device);
    }
    lab_after(w, 0, LAB_ASK, ask->as ? GODWIT_WORLD_AS : GODWIT_WORLD_SCS)->timer = number;
    return number;
}
