/* SPDX-License-Identifier: Apache-2.0
 *
 * Attacks on triggers (contribution 002): on interface B and on interface D, open and protected, on WiFi, by a rogue
 * serving node, and by one that does not serve the device. Each tries to forge, alter, repeat and read a trigger, and to have one acted on that has expired
 * or was recalled. The device has no clock, which is the worst case. A try has succeeded when the application acted, or
 * the payload was read.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/attack_trigger.h"
#include "lab/procedure_parts.h"

#define READY_MS 20000
#define SHORT_MS 15000
#define LONG_MS 120000
#define VALIDITY_S 60
#define BRIEF_S 20 /* before it goes by another way */
#define FORGED_REFERENCE 0x70000001u
#define FORGED_COUNT 1000u

const char *const godwit_lab_try_names[GODWIT_LAB_TRIES] = {"forge", "alter", "replay", "read", "expired", "recalled"};

static uint32_t ask_for(attacker_t *a, godwit_action_type_t action, uint32_t of, uint32_t validity_s)
{
    return godwit_world_ask(
        a->w, &(godwit_world_ask_t){.device = 0, .as = false, .action = action, .of = of, .validity_s = validity_s});
}

static uint32_t ask(attacker_t *a, godwit_action_type_t action, uint32_t of)
{
    return ask_for(a, action, of, VALIDITY_S);
}

/* As he would have the device take it: from the SCS, with its proof, which is a digest of a name that everybody
 * knows. */
static godwit_a3_trigger_t own_trigger(const attacker_t *a, const char *text)
{
    godwit_a3_trigger_t t = {.action = GODWIT_A3_TRIGGERING,
                             .reference = FORGED_REFERENCE,
                             .time_s = (uint32_t)(a->w->now_ms / 1000),
                             .validity_s = VALIDITY_S,
                             .port = LAB_TRIGGER_PORT,
                             .payload_len = (uint8_t)strlen(text)};
    memcpy(t.payload, text, t.payload_len);
    if (godwit_a3_source(&godwit_crypto_builtin, lab_host(GODWIT_WORLD_SCS), true, t.source) != GODWIT_OK) {
        abort();
    }
    return t;
}

/* In the name of the SCS. */
static void act_as_scs(attacker_t *a, const godwit_device_action_t *action)
{
    godwit_message_t m = {.kind = GODWIT_DEVICE_ACTION, .to = GODWIT_FUNCTION_MTC_IWF, .transaction = UINT32_MAX};
    m.u.device_action = *action;
    a->holds_actions = false;
    lab_send_message(a->w, GODWIT_WORLD_SCS, &m);
}

/* The last message that he has heard, again; and with what he can write, under another reference and as if it were made
 * now. */
static void say_again(attacker_t *a)
{
    godwit_a3_trigger_t trigger;
    if (a->heard_count == 0) {
        return;
    }
    const heard_t last = a->heard[a->heard_count - 1];
    const godwit_slice_t message = godwit_slice(last.octets, last.len);
    lab_attacker_sends(a, message, false);
    godwit_world_run(a->w, SHORT_MS);
    if (lab_attacker_opens(a, message, &trigger)) {
        trigger.reference = FORGED_REFERENCE;
        trigger.time_s = (uint32_t)(a->w->now_ms / 1000);
        trigger.validity_s = VALIDITY_S;
        lab_attacker_forges(a, &trigger);
        godwit_world_run(a->w, SHORT_MS);
    }
}

/* ---- the tries ---- */

static bool forge(attacker_t *a)
{
    const godwit_a3_trigger_t trigger = own_trigger(a, "open the valve");
    if (a->place == GODWIT_LAB_PLACE_B) {
        godwit_device_action_t action = {.reference = FORGED_REFERENCE,
                                         .action = GODWIT_ACTION_TRIGGER,
                                         .port = LAB_TRIGGER_PORT,
                                         .validity_s = VALIDITY_S,
                                         .payload_len = trigger.payload_len};
        memcpy(action.payload, trigger.payload, trigger.payload_len);
        memcpy(action.scs, lab_host(GODWIT_WORLD_SCS), strlen(lab_host(GODWIT_WORLD_SCS)) + 1);
        lab_external_id(0, action.device.external_id);
        act_as_scs(a, &action);
    } else {
        lab_attacker_forges(a, &trigger);
    }
    godwit_world_run(a->w, LONG_MS);
    return a->w->wrongs.forged > 0;
}

static bool alter(attacker_t *a)
{
    a->alters = true;
    (void)ask(a, GODWIT_ACTION_TRIGGER, 0);
    godwit_world_run(a->w, LONG_MS);
    return a->w->wrongs.forged > 0;
}

static bool replay(attacker_t *a)
{
    (void)ask(a, GODWIT_ACTION_TRIGGER, 0);
    godwit_world_run(a->w, SHORT_MS);
    if (a->place == GODWIT_LAB_PLACE_B) {
        a->action.reference = FORGED_REFERENCE;
        act_as_scs(a, &a->action);
        godwit_world_run(a->w, LONG_MS);
    } else {
        say_again(a);
    }
    return a->w->wrongs.twice > 0;
}

static bool read_it(attacker_t *a)
{
    const uint32_t number = ask(a, GODWIT_ACTION_TRIGGER, 0);
    memcpy(a->wanted, a->w->asked[number].text, sizeof a->wanted);
    godwit_world_run(a->w, SHORT_MS);
    return a->has_read;
}

static bool expired(attacker_t *a)
{
    a->holds = a->holds_actions = true;
    (void)ask_for(a, GODWIT_ACTION_TRIGGER, 0, BRIEF_S);
    godwit_world_run(a->w, LONG_MS);
    a->holds = false;
    if (a->place == GODWIT_LAB_PLACE_B) {
        act_as_scs(a, &a->action);
        godwit_world_run(a->w, SHORT_MS);
    } else {
        say_again(a);
    }
    return a->w->wrongs.expired > 0;
}

/* The device's word that it has taken the recall, if he can write it. */
static void acknowledge(attacker_t *a, uint32_t reference)
{
    uint8_t octets[GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    const godwit_a3_message_t m = {.type = GODWIT_A3_ACKNOWLEDGEMENT,
                                   .acknowledgement = {.reference = reference, .outcome = GODWIT_A3_RECALLED}};
    const godwit_a3_key_t key = {a->k_iwf, a->association, a->w->devices[0].trigger.library.current.suite};
    godwit_message_t up = {.kind = GODWIT_T5_UP, .to = GODWIT_FUNCTION_MTC_IWF, .transaction = UINT32_MAX};
    if (godwit_a3_protect(&godwit_crypto_builtin, &key, FORGED_COUNT + a->next_up++, &m, &out) != GODWIT_OK) {
        return;
    }
    up.u.t5_up.imsi = lab_imsi(0);
    up.u.t5_up.kind = GODWIT_T5_FROM_DEVICE;
    up.u.t5_up.container_len = (uint8_t)out.len;
    memcpy(up.u.t5_up.container, octets, out.len);
    lab_send_message(a->w, lab_serving_node(a->w), &up);
}

static void say_recalled(attacker_t *a, uint32_t recall)
{
    godwit_a3_trigger_t said;
    if (a->place == GODWIT_LAB_PLACE_B) { /* in the name of the MTC-IWF */
        godwit_message_t m = {.kind = GODWIT_DEVICE_NOTIFICATION, .to = GODWIT_FUNCTION_SCS, .transaction = UINT32_MAX};
        m.u.device_notification.reference = a->w->asked[recall - 1].reference + 1; /* they are given in order */
        m.u.device_notification.outcome = GODWIT_OUTCOME_SUCCESS;
        memcpy(m.u.device_notification.scs, lab_host(GODWIT_WORLD_SCS), strlen(lab_host(GODWIT_WORLD_SCS)) + 1);
        lab_external_id(0, m.u.device_notification.device.external_id);
        lab_send_message(a->w, GODWIT_WORLD_MTC_IWF, &m);
        return;
    }
    if (!a->knows || a->heard_count == 0) {
        return;
    }
    const heard_t *last = &a->heard[a->heard_count - 1];
    if (lab_attacker_opens(a, godwit_slice(last->octets, last->len), &said) && said.action == GODWIT_A3_RECALL) {
        acknowledge(a, said.reference);
    }
}

/* On B: the device is away, and the trigger waits at the MTC-IWF; its recall is held back, and said to be done. */
static bool recalled_on_b(attacker_t *a)
{
    (void)lab_after(a->w, 0, LAB_ACCESS_IDLE, godwit_world_device_node(0));
    godwit_world_run(a->w, SHORT_MS / 3);
    godwit_world_part(a->w, godwit_world_device_node(0), GODWIT_WORLD_EVERYBODY, SHORT_MS * 2);
    const uint32_t number = ask(a, GODWIT_ACTION_TRIGGER, 0);
    godwit_world_run(a->w, SHORT_MS / 3);
    a->holds_actions = true;
    say_recalled(a, ask(a, GODWIT_ACTION_RECALL, number));
    godwit_world_run(a->w, LONG_MS);
    return a->w->wrongs.recalled > 0;
}

/* What he does with the recall of a trigger that he holds back, and when he lets that go. */
typedef enum how {
    CONFIRM,  /* neither comes to the device; that the recall has, he says in its place */
    ANSWER,   /* and that the trigger has, too */
    OVERTAKE, /* the trigger goes before the recall, which the device then takes */
    FOLLOW,   /* and behind it */
} how_t;

static bool is_settled(const attacker_t *a, uint32_t recall)
{
    return a->w->asked[recall].reports > 0;
}

/* Another trigger for the device, which he holds back, recalled. */
static void recall_one(attacker_t *a, how_t how)
{
    a->holds = true;
    a->confirms = how == ANSWER;
    const uint32_t number = ask(a, GODWIT_ACTION_TRIGGER, 0);
    godwit_world_run(a->w, SHORT_MS / 3);
    const size_t first = a->heard_count; /* the trigger */
    a->confirms = true;
    a->holds = how == CONFIRM || how == ANSWER;
    const uint32_t recall = ask(a, GODWIT_ACTION_RECALL, number);
    for (unsigned i = 0; i < (how == OVERTAKE ? 1u : 8u) && !is_settled(a, recall); i++) {
        godwit_world_run(a->w, SHORT_MS / 3);
        if (a->holds) {
            say_recalled(a, recall);
        }
    }
    a->holds = false;
    if (first > 0) {
        a->heard_count = first;
        say_again(a);
    }
    godwit_world_run(a->w, LONG_MS);
}

static bool recalled(attacker_t *a)
{
    if (a->place == GODWIT_LAB_PLACE_B) {
        return recalled_on_b(a);
    }
    if (a->place != GODWIT_LAB_PLACE_D_PROTECTED) { /* there he cannot answer in its place */
        recall_one(a, CONFIRM);
        recall_one(a, ANSWER); /* in case 1 that is the end of the trigger */
    }
    recall_one(a, OVERTAKE);
    recall_one(a, FOLLOW);
    return a->w->wrongs.recalled > 0;
}

static bool run_try(godwit_lab_trigger_attack_t *attack, unsigned which)
{
    static bool (*const tries[GODWIT_LAB_TRIES])(attacker_t *) = {forge, alter, replay, read_it, expired, recalled};
    attacker_t a = {.place = attack->place};
    godwit_lab_run_t run = attack->run;
    godwit_world_config_t config = godwit_lab_trigger_world(&run);
    config.trigger.tried = config.trigger.no_clock = true;
    config.trigger.open_b = attack->place == GODWIT_LAB_PLACE_B;
    config.trigger.open_d = attack->place == GODWIT_LAB_PLACE_D;
    config.trigger.rogue = attack->place == GODWIT_LAB_PLACE_VISITED;
    config.trigger.proofless = attack->proofless;
    config.wire = lab_attacker_on_wire;
    config.context = &a;
    config.watch_memory = false;
    a.w = godwit_world_new(&config);
    if (attack->place == GODWIT_LAB_PLACE_ELSEWHERE) {
        lab_attacker_claims(&a);
    }
    godwit_world_run(a.w, READY_MS);
    if (attack->place == GODWIT_LAB_PLACE_ELSEWHERE) {
        lab_attacker_claims(&a);
    }
    if (attack->place == GODWIT_LAB_PLACE_WIFI) {
        godwit_world_wifi(a.w, 0);
        godwit_world_run(a.w, SHORT_MS);
    }
    if (attack->place != GODWIT_LAB_PLACE_ELSEWHERE) { /* there he has what he was given */
        lab_attacker_computes(&a);
    }
    attack->unserved = run.trigger.number == 2 && godwit_trigger_association(&a.w->devices[0].trigger.library) == 0;
    const bool succeeded = tries[which](&a);
    godwit_world_free(a.w);
    godwit_wipe(&a, sizeof a);
    return succeeded;
}

void godwit_lab_try_triggers(godwit_lab_trigger_attack_t *attack)
{
    attack->succeeded = 0;
    for (unsigned i = 0; i < GODWIT_LAB_TRIES; i++) {
        attack->succeeded |= (uint8_t)(run_try(attack, i) ? 1u << i : 0);
    }
}
