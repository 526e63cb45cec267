/* SPDX-License-Identifier: Apache-2.0
 *
 * Security mode control (TS 24.301 5.4.3, TS 33.401 7.2.4.4): the first algorithms of the network's order that the
 * device has. The command is the first message under the new keys; only its answer, verified, makes a device of the
 * row, and ends older registrations.
 */
#include <string.h>

#include "roles/mme/internal.h"

#define NONE 0xFF

/* Bit 8 of a capability octet is algorithm 0. */
static uint8_t choose(const uint8_t *order, uint8_t count, uint8_t capability, bool null_allowed)
{
    for (uint8_t i = 0; i < count; i++) {
        bool has = order[i] < 8 && (capability >> (7 - order[i]) & 1) != 0;
        if (has && (null_allowed || order[i] != 0)) {
            return order[i];
        }
    }
    return NONE;
}

static void send_command(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t trigger)
{
    uint8_t octets[32 + GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emm_security_mode_command_t m;
    memset(&m, 0, sizeof m);
    m.eea = ue->security.eea;
    m.eia = ue->security.eia;
    m.ksi = ue->security.ksi;
    m.capability = godwit_slice(ue->capability, ue->capability_len);
    m.trigger = trigger.len > 0 ? trigger : m.trigger;
    ue->state = GODWIT_MME_SECURING;
    godwit_mme_file(t->mme, ue);
    if (godwit_emm_security_mode_command_build(&m, &w) == GODWIT_OK) {
        godwit_mme_ask(t, ue, GODWIT_NAS_INTEGRITY_NEW, &w);
    }
}

void godwit_mme_secure(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (!godwit_mme_ask_iwf(t, ue)) {
        godwit_mme_command(t, ue, godwit_slice(NULL, 0));
    }
}

void godwit_mme_command(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t trigger)
{
    const godwit_mme_config_t *c = &t->mme->config;
    const godwit_policy_access_t *p = godwit_mme_policy(t->mme, &ue->imsi);
    uint8_t eea = p != NULL ? choose(p->eea_order, p->eea_count, ue->capability[0], true)
                            : choose(c->eea_order, c->eea_count, ue->capability[0], true);
    uint8_t eia = p != NULL ? choose(p->eia_order, p->eia_count, ue->capability[1], false)
                            : choose(c->eia_order, c->eia_count, ue->capability[1], false);
    godwit_status_t status = GODWIT_UNSUPPORTED_SUITE;
    if (eea != NONE && eia != NONE) {
        status = godwit_nas_security_init(&ue->security, c->crypto, ue->kasme, ue->ksi, eea, eia, true);
    }
    godwit_wipe(ue->kasme, sizeof ue->kasme);
    if (status == GODWIT_OK) {
        send_command(t, ue, trigger);
        return;
    }
    godwit_mme_attach_reject(t, &ue->address, GODWIT_EMM_CAUSE_CAPABILITIES_MISMATCH);
    godwit_mme_event(t, "security_refused", status, ue, "device and network have no algorithms in common");
    godwit_mme_free(t, ue);
}

void godwit_mme_proved(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    godwit_mme_ue_t *other = godwit_mme_by_imsi(t->mme, &ue->imsi, ue);
    for (; other != NULL; other = godwit_mme_by_imsi(t->mme, &ue->imsi, ue)) {
        if (other->state == GODWIT_MME_REGISTERED) {
            godwit_mme_event(t, "replaced", GODWIT_OK, other, NULL);
        }
        godwit_mme_trigger_end(t, other, GODWIT_AGAIN); /* the device is there, under other keys */
        godwit_mme_deregister(t, other);
        godwit_mme_free(t, other);
    }
    godwit_mme_own_address(t, ue);
}

void godwit_mme_on_secured(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    godwit_emm_security_mode_complete_t m;
    if (godwit_emm_security_mode_complete_parse(plain, &m) != GODWIT_OK) {
        godwit_mme_event(t, "refused", GODWIT_WRONG_STATE, ue, "something else than the security mode's completion");
        return;
    }
    godwit_wipe(ue->rand, sizeof ue->rand);
    godwit_wipe(ue->autn, sizeof ue->autn);
    godwit_wipe(ue->auts, sizeof ue->auts);
    ue->attaches = 1;
    ue->since_ms = t->in->now_ms;
    if (ue->stale != 0) {
        godwit_mme_drop_record(t, ue->stale);
    }
    godwit_mme_proved(t, ue);
    godwit_mme_locate(t, ue);
    godwit_mme_trigger_up(t, ue, m.trigger);
    godwit_mme_connect(t, ue);
}

void godwit_mme_on_security_reject(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    godwit_emm_cause_only_t m;
    if (ue->state != GODWIT_MME_SECURING || godwit_emm_security_mode_reject_parse(plain, &m) != GODWIT_OK) {
        return;
    }
    godwit_mme_event(t, "security_refused", GODWIT_POLICY_FORBIDS, ue, "the device refuses the security mode");
    godwit_mme_free(t, ue);
}
