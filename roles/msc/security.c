/* SPDX-License-Identifier: Apache-2.0
 *
 * Security mode (TS 33.102 6.4.5, as the radio stand-in has it) and protected frames. A command to a registered device
 * goes to whoever sent the first message; only a frame that verifies under its algorithms and FRESH makes that address
 * the device's. COUNT is one for all of them.
 */
#include "roles/msc/internal.h"

#include <string.h>

bool godwit_msc_is_geran(godwit_radio_capability_t capability)
{
    return (capability.uea & GODWIT_RADIO_GERAN) != 0;
}

/* ---- the command ---- */

/* By the keys that there are: those of GERAN without Ki128 have no integrity. */
static godwit_status_t choose(const godwit_msc_ue_t *ue, godwit_radio_capability_t capability,
                              godwit_radio_command_t *command)
{
    uint8_t uia = ue->security.no_ik ? GODWIT_UIA0 : GODWIT_UIA2;
    memset(command, 0, sizeof *command);
    command->capability = capability;
    command->uia = uia;
    command->uea = GODWIT_UEA2;
    bool has = (capability.uia >> uia & 1U) != 0 && (capability.uea >> GODWIT_UEA2 & 1U) != 0;
    return has ? GODWIT_OK : GODWIT_UNSUPPORTED_SUITE;
}

static godwit_status_t command_to(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, const godwit_msc_candidate_t *candidate)
{
    uint8_t octets[32];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_radio_security_t next = ue->security;
    godwit_status_t status = godwit_radio_command_create(&next, &candidate->command, &w);
    ue->security.next_out = next.next_out; /* one COUNT for all, or it would be used twice */
    ue->security.exhausted = next.exhausted;
    godwit_wipe(&next, sizeof next);
    if (status == GODWIT_OK) {
        godwit_msc_put_octets(turn, &candidate->address, godwit_written(&w));
    }
    return status;
}

static godwit_msc_candidate_t *candidate_at(godwit_msc_ue_t *ue, const godwit_address_t *address)
{
    for (size_t i = 0; i < GODWIT_MSC_CANDIDATES; i++) {
        if (ue->candidate[i].used && godwit_address_equal(&ue->candidate[i].address, address)) {
            return &ue->candidate[i];
        }
    }
    return NULL;
}

godwit_status_t godwit_msc_begin_security(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, const godwit_address_t *address,
                                          godwit_radio_capability_t capability, uint8_t purpose)
{
    const godwit_address_t who = *address;
    godwit_radio_command_t command;
    godwit_status_t status = choose(ue, capability, &command);
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_msc_candidate_t *candidate = candidate_at(ue, &who);
    command.fresh = candidate != NULL ? candidate->command.fresh : godwit_msc_random(turn->msc);
    if (candidate == NULL) {
        candidate = &ue->candidate[ue->next_candidate];
        ue->next_candidate = (uint8_t)((ue->next_candidate + 1U) % GODWIT_MSC_CANDIDATES);
    }
    *candidate = (godwit_msc_candidate_t){.used = true, .purpose = purpose, .address = who, .command = command};
    status = command_to(turn, ue, candidate);
    if (status != GODWIT_OK) {
        memset(candidate, 0, sizeof *candidate);
    }
    godwit_msc_file(turn->msc, ue);
    if (status != GODWIT_OK) {
        return status;
    }
    /* What a registered device is waited for goes on: a stranger's message must not end it. */
    if (ue->waiting == GODWIT_MSC_NOTHING || ue->state == GODWIT_MSC_DIALOGUE) {
        godwit_msc_wait(turn, ue, GODWIT_MSC_SECURITY);
    }
    return GODWIT_OK;
}

void godwit_msc_command_again(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    for (size_t i = 0; i < GODWIT_MSC_CANDIDATES; i++) {
        if (ue->candidate[i].used && command_to(turn, ue, &ue->candidate[i]) != GODWIT_OK) {
            godwit_msc_event(turn, ue, "refused", GODWIT_COUNT_EXHAUSTED, "no security mode command can be made");
        }
    }
}

void godwit_msc_security_failed(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    bool answered = ue->hint == GODWIT_MAC_FAILURE;
    godwit_msc_event(turn, ue, "security_mode_failed", answered ? GODWIT_MAC_FAILURE : GODWIT_UNKNOWN_KEY,
                     answered ? "what came back is protected with other keys than the vector's"
                              : "no security mode complete: the device has other keys than the vector, or has gone");
    if (ue->state == GODWIT_MSC_DIALOGUE) {
        godwit_msc_update_reject(turn, &ue->address, GODWIT_GMM_CAUSE_NETWORK_FAILURE);
        godwit_msc_free(turn, ue);
        return;
    }
    memset(ue->candidate, 0, sizeof ue->candidate);
    godwit_msc_file(turn->msc, ue);
    ue->waiting = GODWIT_MSC_NOTHING;
    if (!ue->connected && godwit_sms_node_waits(&ue->sms)) {
        godwit_msc_page(turn, ue);
    }
}

/* ---- protected frames ---- */

static void proved(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, const godwit_msc_candidate_t *candidate)
{
    const godwit_msc_candidate_t who = *candidate;
    memset(ue->candidate, 0, sizeof ue->candidate);
    ue->address = who.address;
    godwit_msc_file(turn->msc, ue);
    ue->capability = who.command.capability;
    ue->connected = true;
    if (ue->waiting == GODWIT_MSC_SECURITY || ue->waiting == GODWIT_MSC_PAGED) {
        godwit_msc_wait_no_more(turn, ue);
    }
    if (ue->state == GODWIT_MSC_DIALOGUE) {
        godwit_msc_drop_stale(turn, ue);
    }
    if (who.purpose == GODWIT_MM_LOCATION_UPDATING_REQUEST) {
        godwit_msc_register(turn, ue);
    } else if (who.purpose == GODWIT_MM_IMSI_DETACH_INDICATION) {
        godwit_msc_detached(turn, ue, NULL);
    } else {
        godwit_msc_resumed(turn, ue);
    }
}

static void on_inner(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, const godwit_radio_frame_t *inner)
{
    ue->at_ms = turn->in->now_ms;
    ue->connected = true;
    godwit_msc_active(turn, ue);
    if (inner->kind == GODWIT_RADIO_RELEASE) {
        godwit_msc_idle(turn, ue, false);
    } else if (inner->kind == GODWIT_RADIO_NAS && inner->octets.len > 0 &&
               (inner->octets.ptr[0] & 0x0FU) == GODWIT_PD_SMS) {
        godwit_msc_completed(turn, ue, NULL); /* it has taken the accept, or would not send */
        godwit_msc_on_sms(turn, ue, inner->octets);
    } else if (inner->kind == GODWIT_RADIO_NAS) {
        godwit_msc_on_mm(turn, ue, inner->octets);
    } /* COMPLETE has done its work; others are not for an MSC */
}

/* What a frame from that address is under the command that a candidate there was given. */
static godwit_status_t try_candidate(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue,
                                     const godwit_msc_candidate_t *candidate, uint8_t *buffer,
                                     godwit_radio_frame_t *inner)
{
    godwit_status_t status =
        godwit_radio_commanded_consume(&ue->security, &candidate->command, turn->in->datagram, buffer, inner);
    if (ue->waiting == GODWIT_MSC_SECURITY && status == GODWIT_MAC_FAILURE) {
        ue->hint = GODWIT_MAC_FAILURE;
    }
    return status;
}

/* GODWIT_NOT_FOUND: the row has nothing to do with that address. */
static godwit_status_t try_row(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, uint8_t *buffer,
                               godwit_radio_frame_t *inner)
{
    const godwit_msc_candidate_t *candidate = candidate_at(ue, &turn->in->from);
    godwit_status_t status = GODWIT_NOT_FOUND;
    if (candidate != NULL) {
        status = try_candidate(turn, ue, candidate, buffer, inner);
        if (status == GODWIT_OK) {
            proved(turn, ue, candidate);
            return GODWIT_OK;
        }
    }
    if (ue->state == GODWIT_MSC_DIALOGUE || !godwit_address_equal(&ue->address, &turn->in->from)) {
        return status;
    }
    return godwit_radio_protected_consume(&ue->security, turn->in->datagram, buffer, inner);
}

void godwit_msc_on_protected(godwit_msc_turn_t *turn)
{
    uint8_t buffer[GODWIT_RADIO_INNER_MAX];
    godwit_radio_frame_t inner;
    godwit_status_t worst = GODWIT_NOT_FOUND;
    godwit_index_walk_t walk = godwit_msc_at(turn->msc, &turn->in->from);
    for (size_t row; godwit_index_next(&walk, &row);) {
        godwit_msc_ue_t *ue = &turn->msc->ues[row];
        if (!ue->has_keys) {
            continue;
        }
        godwit_status_t status = try_row(turn, ue, buffer, &inner);
        if (status == GODWIT_OK) {
            if (ue->state == GODWIT_MSC_REGISTERED) { /* a detach may have ended it */
                on_inner(turn, ue, &inner);
            }
            return;
        }
        worst = status != GODWIT_NOT_FOUND ? status : worst;
    }
    if (worst == GODWIT_NOT_FOUND || worst == GODWIT_MAC_FAILURE) {
        /* A device whose connection or keys are not here (any more) finds out, and asks for service. One octet answers
         * ten and more. */
        godwit_msc_put_release(turn, &turn->in->from);
    }
    godwit_msc_event(turn, NULL, "refused", worst == GODWIT_NOT_FOUND ? GODWIT_UNKNOWN_SESSION : worst,
                     "a protected frame");
}
