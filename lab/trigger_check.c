/* SPDX-License-Identifier: Apache-2.0
 *
 * Which runs of the procedure trigger make sense, and why the others do not.
 */
#include "lab/internal.h"
#include "lab/procedure_parts.h"

static const char *check_case_1(const godwit_lab_run_t *run)
{
    const godwit_lab_trigger_t *t = &run->trigger;
    if (t->key_from != 0 || t->root != GODWIT_IWF_ROOT_NONE || t->ue_key_given || t->embedded) {
        return "case 1 has no association: --key-from, --root, --ue-key and --nas-embedded are of case 2";
    }
    if (run->access == GODWIT_WORLD_WIFI || t->via == GODWIT_LAB_VIA_A3) {
        return "case 1 needs A2: over wifi nothing but an association protects a trigger";
    }
    if (t->via == GODWIT_LAB_VIA_T4) {
        return "case 1 needs D and A2: a short message may come from anybody, and no device takes an unprotected trigger from one";
    }
    return NULL;
}

/* The AAA server has the root of the run, and makes the key. */
static const char *check_eap(const godwit_lab_run_t *run)
{
    if (run->access != GODWIT_WORLD_WIFI) {
        return "--root eap is of a device that is on wifi alone";
    }
    if (run->trigger.key_from != 0 || run->trigger.ue_key_received || run->trigger.embedded) {
        return "--root eap is of the AAA server, and of no serving node: no --key-from, --ue-key or --nas-embedded";
    }
    return NULL;
}

static const char *check_keys(godwit_lab_run_t *run)
{
    godwit_lab_trigger_t *t = &run->trigger;
    bool eps = run->access == GODWIT_WORLD_EPS || run->access == GODWIT_WORLD_WIFI;
    const char *eap = t->root == GODWIT_IWF_ROOT_EAP ? check_eap(run) : NULL;
    t->key_from = t->key_from == 0 ? GODWIT_IWF_KEY_FROM_HSS : t->key_from;
    if (t->root == GODWIT_IWF_ROOT_EAP) {
        return eap;
    }
    if (t->root != GODWIT_IWF_ROOT_NONE && t->key_from != GODWIT_IWF_KEY_FROM_IWF) {
        return "--root is of --key-from iwf: elsewhere it follows";
    }
    if (t->key_from == GODWIT_IWF_KEY_FROM_IWF && t->root == GODWIT_IWF_ROOT_NONE) {
        t->root = GODWIT_IWF_ROOT_FLAGGED;
    }
    if (t->root == GODWIT_IWF_ROOT_KASME && !eps) {
        return "there is no KASME but in EPS";
    }
    if (t->ue_key_received && (t->key_from == GODWIT_IWF_KEY_FROM_HSS || t->root == GODWIT_IWF_ROOT_FLAGGED)) {
        return "--ue-key received would show the visited network what the flagged vector hides from it";
    }
    if (t->ue_key_received && t->via == GODWIT_LAB_VIA_T4) {
        return "--ue-key received goes by T5: through an SMS-SC the key would be read there, and anybody could send one";
    }
    return NULL;
}

static const char *check_way(const godwit_lab_run_t *run)
{
    const godwit_lab_trigger_t *t = &run->trigger;
    bool wifi = run->access == GODWIT_WORLD_WIFI;
    if (wifi != (t->via == GODWIT_LAB_VIA_A3) && t->via != GODWIT_LAB_VIA_ANY) {
        return wifi ? "over wifi there is interface A3 alone" : "interface A3 over UDP is for wifi here";
    }
    if (t->embedded && run->access != GODWIT_WORLD_EPS && !wifi) {
        return "--nas-embedded is of the NAS security mode procedure, which only EPS has";
    }
    if (t->embedded && (t->via == GODWIT_LAB_VIA_T4 || t->ue_key_received)) {
        return "--nas-embedded goes by T5, with a key that the device derives";
    }
    return NULL;
}

const char *godwit_lab_check_trigger(godwit_lab_run_t *run)
{
    run->trigger.number = run->trigger.number == 0 ? 2 : run->trigger.number;
    if (run->variant != 0 || run->delivery != 0) {
        return "only access-aka and policy have variants";
    }
    const char *why = run->trigger.number == 1 ? check_case_1(run) : check_keys(run);
    return why != NULL ? why : check_way(run);
}

godwit_world_config_t godwit_lab_trigger_world(const godwit_lab_run_t *run)
{
    const godwit_lab_trigger_t *t = &run->trigger;
    godwit_world_config_t config = godwit_world_defaults();
    config.seed = run->seed;
    config.devices = run->devices;
    config.loss = run->loss;
    config.access = run->access == GODWIT_WORLD_WIFI && t->root != GODWIT_IWF_ROOT_EAP ? GODWIT_WORLD_EPS : run->access;
    config.circuit = t->circuit;
    config.carrier = t->circuit ? GODWIT_CARRIER_SMS : GODWIT_CARRIER_NAS;
    config.trigger = (godwit_world_triggering_t){.on = true,
                                                 .hop_by_hop = t->number == 1,
                                                 .key_from = t->key_from,
                                                 .root = t->root,
                                                 .ue_key_received = t->ue_key_received,
                                                 .embedded = t->embedded,
                                                 .by_sms = t->via == GODWIT_LAB_VIA_T4,
                                                 .at_home = !t->roaming};
    config.watch_memory = !run->fast;
    return config;
}
