/* SPDX-License-Identifier: Apache-2.0
 *
 * The sources of triggers, SCS and AS, which keep what they asked for; and their operators, who ask until they are
 * answered. A source may not forget what its operator was told a reference of, nor give a reference twice, although
 * its clock stands still.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

#define ASK_AGAIN_MS 45000 /* the role itself asks three times before */
#define NO_REFERENCE UINT32_MAX

static void set_name(char *to, const char *name)
{
    memcpy(to, name, strlen(name) + 1);
}

static unsigned which(unsigned node)
{
    return node == GODWIT_WORLD_AS;
}

static void restore(godwit_world_t *w, unsigned node, godwit_scs_t *scs)
{
    lab_store_t *store = &w->functions[node].store;
    const godwit_record_key_t source = godwit_scs_key(scs, GODWIT_SCS_TRIGGERS_MAX);
    for (size_t i = 0; i < store->shown_count; i++) {
        if (store->shown[i].kind == GODWIT_RECORD_SCS_TRIGGER) {
            godwit_scs_restore(scs, store->shown[i].u.scs_trigger.place, &store->shown[i]);
        }
    }
    godwit_scs_restore(scs, GODWIT_SCS_TRIGGERS_MAX, lab_store_find(store, &source, false));
}

void lab_start_source(godwit_world_t *w, unsigned node)
{
    godwit_scs_config_t config = {.function = node == GODWIT_WORLD_AS ? GODWIT_FUNCTION_AS : GODWIT_FUNCTION_SCS,
                                  .crypto = &godwit_crypto_builtin,
                                  .keeps = true,
                                  .first_reference = 1};
    set_name(config.name, lab_host(node));
    set_name(config.local_host, lab_host(node));
    set_name(config.local_realm, lab_realm(node));
    set_name(config.iwf_host, lab_host(GODWIT_WORLD_MTC_IWF));
    if (w->scs[which(node)] == NULL) {
        w->scs[which(node)] = lab_alloc(sizeof *w->scs[0]);
    }
    if (godwit_scs_init(w->scs[which(node)], &config) != GODWIT_OK) {
        abort();
    }
    restore(w, node, w->scs[which(node)]);
    w->scs[which(node)]->last_transaction = (uint32_t)godwit_lab_random(&w->random);
    lab_function_arm(w, node, GODWIT_SCS_TIMER_RESERVE, 1);
}

/* ---- what its operator knows ---- */

/* The store of a source has it: its operator may have been told. */
void lab_check_asked(godwit_world_t *w, unsigned node, const godwit_record_t *record)
{
    for (uint32_t i = 0; record->kind == GODWIT_RECORD_SCS_TRIGGER && i < w->asked_count; i++) {
        lab_asked_t *asked = &w->asked[i];
        if (asked->as == which(node) && asked->reference == record->u.scs_trigger.trigger.action.reference) {
            asked->told = true;
        }
    }
}

const godwit_scs_trigger_t *lab_source_knows(const godwit_world_t *w, const lab_asked_t *asked)
{
    return asked->reference == 0 ? NULL : godwit_scs_find(w->scs[asked->as], asked->reference);
}

/* As many as have a place. */
bool lab_source_forgot(const godwit_world_t *w, const lab_asked_t *asked)
{
    return asked->told && w->asked_count <= GODWIT_SCS_TRIGGERS_MAX && lab_source_knows(w, asked) == NULL;
}

/* One that nobody was told of may come again. */
static void give(godwit_world_t *w, lab_asked_t *to, uint32_t reference)
{
    for (uint32_t i = 0; i < w->asked_count; i++) {
        lab_asked_t *other = &w->asked[i];
        if (other == to || other->as != to->as || other->reference != reference) {
            continue;
        }
        if (other->told) {
            lab_violate(w, "a reference given twice");
        }
        other->reference = 0;
    }
    to->reference = reference;
}

static void action_of(const godwit_world_t *w, const lab_asked_t *asked, godwit_device_action_t *action)
{
    *action = (godwit_device_action_t){.reference = asked->reference,
                                       .action = asked->action,
                                       .port = asked->elsewhere ? LAB_TRIGGER_PORT + 1 : LAB_TRIGGER_PORT,
                                       .priority = asked->priority,
                                       .validity_s = asked->validity_s};
    if (asked->action != GODWIT_ACTION_TRIGGER) {
        const uint32_t of = w->asked[asked->of].reference;
        action->old_reference = of != 0 ? of : NO_REFERENCE;
    }
    lab_external_id(asked->device, action->device.external_id);
    action->payload_len = (uint8_t)strlen(asked->text);
    memcpy(action->payload, asked->text, action->payload_len);
}

/* What he has a reference of he asks for again only where the source has given up. */
static void operator_asks(godwit_world_t *w, godwit_scs_t *scs, const godwit_input_t *in, godwit_outbox_t *out)
{
    lab_asked_t *asked = &w->asked[in->session_id];
    const godwit_scs_trigger_t *known = lab_source_knows(w, asked);
    godwit_device_action_t action;
    uint32_t reference = 0;
    if (lab_source_forgot(w, asked)) {
        lab_violate(w, "a source that has forgotten what it was asked for");
    }
    if (known != NULL && known->state != GODWIT_SCS_SILENT) {
        return;
    }
    if (known != NULL) {
        action = known->action; /* what a recall names may have another reference by now: it is the same request */
    } else {
        asked->reference = 0;
        action_of(w, asked, &action);
    }
    if (godwit_scs_request(scs, &action, in->now_ms, &reference, out) == GODWIT_OK) {
        give(w, asked, reference);
    }
}

/* ---- inputs ---- */

/* What is said in the place of the MTC-IWF changes nothing that a source knows. */
static void step_by_stranger(godwit_world_t *w, godwit_scs_t *scs, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_scs_trigger_t *before = lab_alloc(sizeof scs->triggers);
    memcpy(before, scs->triggers, sizeof scs->triggers);
    godwit_scs_step(scs, in, out);
    for (size_t i = 0; i < GODWIT_SCS_TRIGGERS_MAX; i++) {
        const godwit_scs_trigger_t *was = &before[i], *is = &scs->triggers[i];
        if (was->state != is->state || was->status != is->status || was->outcome != is->outcome ||
            was->reports != is->reports || was->proved != is->proved) {
            lab_violate(w, "a source that believes somebody else than its MTC-IWF");
            break;
        }
    }
    lab_free(before);
}

/* What is not taken, since it is of what was said before, tells nobody anything. */
static void take_answer(godwit_world_t *w, godwit_scs_t *scs, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_scs_trigger_t *t = godwit_scs_find(scs, in->message->u.device_action_answer.reference);
    const godwit_scs_state_t before = t != NULL ? t->state : GODWIT_SCS_FREE;
    godwit_scs_step(scs, in, out);
    if (t != NULL && t->state != before) {
        lab_check_told(w, scs == w->scs[1], in->message);
    }
}

/* SUBMIT: session_id is the number of what the operator asks for. */
void lab_step_source(godwit_world_t *w, unsigned node, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_scs_t *scs = w->scs[which(node)];
    if (in->kind == GODWIT_INPUT_SUBMIT) {
        operator_asks(w, scs, in, out);
        return;
    }
    if (in->kind == GODWIT_INPUT_MESSAGE) {
        if (strcmp(in->message->origin_host, lab_host(GODWIT_WORLD_MTC_IWF)) != 0) {
            step_by_stranger(w, scs, in, out);
            return;
        }
        if (in->message->kind == GODWIT_DEVICE_ACTION_ANSWER) {
            take_answer(w, scs, in, out);
            return;
        }
        lab_check_told(w, which(node) == 1, in->message);
    }
    godwit_scs_step(scs, in, out);
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
