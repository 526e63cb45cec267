/* SPDX-License-Identifier: Apache-2.0
 *
 * Security mode (TS 33.102 6.4.5). A command may be asked for by anybody who sends an initial message, so it moves
 * nothing but COUNT: who answers it under the keys is the device, and only then does the command's FRESH hold and its
 * address become the device's. Nothing in an answer says which algorithms it was made with: each command of other
 * algorithms has a FRESH of its own, which its MAC does say. Until then a registered device goes on under what it had.
 */
#include "roles/sgsn/internal.h"

#include <string.h>

/* ---- the command ---- */

static godwit_status_t command_to(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue,
                                  const godwit_sgsn_candidate_t *candidate)
{
    uint8_t octets[32];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_radio_security_t next = ue->security;
    godwit_status_t status = godwit_radio_command_create(&next, &candidate->command, &w);
    ue->security.next_out = next.next_out; /* one COUNT for both, or it would be used twice */
    ue->security.exhausted = next.exhausted;
    godwit_wipe(&next, sizeof next);
    if (status == GODWIT_OK) {
        godwit_sgsn_put_octets(turn, &candidate->address, godwit_written(&w));
    }
    return status;
}

static godwit_sgsn_candidate_t *candidate_at(godwit_sgsn_ue_t *ue, const godwit_address_t *address)
{
    for (size_t i = 0; ue->securing && i < GODWIT_SGSN_CANDIDATES; i++) {
        if (ue->candidate[i].used && godwit_address_equal(&ue->candidate[i].address, address)) {
            return &ue->candidate[i];
        }
    }
    return NULL;
}

static void end_securing(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    ue->securing = false;
    memset(ue->candidate, 0, sizeof ue->candidate);
    godwit_sgsn_file(turn->sgsn, ue);
}

godwit_status_t godwit_sgsn_begin_security(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue,
                                           const godwit_address_t *address, godwit_radio_capability_t capability,
                                           uint8_t purpose)
{
    const godwit_address_t who = *address;
    godwit_radio_command_t command;
    godwit_status_t status = godwit_sgsn_choose(turn->sgsn, &ue->imsi, capability, &command);
    if (status != GODWIT_OK) {
        return status;
    }
    if (((capability.uea & GODWIT_RADIO_GERAN) != 0) != ue->geran ||
        (command.uia == GODWIT_UIA0) != ue->security.no_ik) {
        return GODWIT_UNKNOWN_KEY; /* the keys that are here were made for another system, or another kind of protection */
    }
    godwit_sgsn_candidate_t *candidate = candidate_at(ue, address);
    bool same = candidate != NULL && candidate->command.uea == command.uea && candidate->command.uia == command.uia;
    command.fresh = same ? candidate->command.fresh : godwit_sgsn_random(turn->sgsn);
    if (candidate == NULL) {
        candidate = &ue->candidate[ue->next_candidate];
        ue->next_candidate = (uint8_t)((ue->next_candidate + 1U) % GODWIT_SGSN_CANDIDATES);
    }
    memset(candidate, 0, sizeof *candidate);
    candidate->used = ue->securing = true;
    candidate->purpose = purpose;
    candidate->address = who;
    candidate->command = command;
    status = command_to(turn, ue, candidate);
    if (status != GODWIT_OK) {
        memset(candidate, 0, sizeof *candidate);
    }
    godwit_sgsn_file(turn->sgsn, ue);
    if (status != GODWIT_OK) {
        return status;
    }
    /* What a registered device is waited for goes on: a stranger's message must not end it. */
    if (ue->waiting == GODWIT_SGSN_NOTHING || ue->waiting == GODWIT_SGSN_LINGER || ue->state == GODWIT_SGSN_DIALOGUE) {
        godwit_sgsn_wait(turn, ue, GODWIT_SGSN_SECURITY);
    }
    return GODWIT_OK;
}

void godwit_sgsn_candidate_contexts(godwit_sgsn_ue_t *ue, const godwit_address_t *address, uint16_t contexts)
{
    godwit_sgsn_candidate_t *candidate = candidate_at(ue, address);
    if (candidate != NULL) {
        candidate->has_contexts = true;
        candidate->contexts = contexts;
    }
}

void godwit_sgsn_command_again(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    for (size_t i = 0; i < GODWIT_SGSN_CANDIDATES; i++) {
        if (ue->candidate[i].used && command_to(turn, ue, &ue->candidate[i]) != GODWIT_OK) {
            godwit_sgsn_refused(turn, ue, GODWIT_COUNT_EXHAUSTED, "no security mode command can be made");
        }
    }
}

void godwit_sgsn_security_failed(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    bool answered = ue->hint == GODWIT_MAC_FAILURE;
    godwit_sgsn_event(turn, ue, "security_mode_failed", answered ? GODWIT_MAC_FAILURE : GODWIT_UNKNOWN_KEY,
                      answered ? "what came back is protected with other keys than the vector's"
                               : "no security mode complete: the device has other keys than the vector, or has gone");
    if (ue->state == GODWIT_SGSN_DIALOGUE) {
        godwit_sgsn_attach_reject(turn, &ue->address, GODWIT_GMM_CAUSE_NETWORK_FAILURE);
        godwit_sgsn_free(turn, ue);
        return;
    }
    end_securing(turn, ue);
    if (ue->state == GODWIT_SGSN_DETACHED) {
        godwit_sgsn_detached(turn, ue, NULL);
    } else {
        godwit_sgsn_settled(turn, ue);
    }
}

/* ---- protected frames ---- */

static void proved(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_sgsn_candidate_t *candidate)
{
    const godwit_sgsn_candidate_t who = *candidate;
    ue->address = who.address;
    end_securing(turn, ue);
    ue->capability = who.command.capability;
    ue->connected = true;
    ue->released_by_us = false;
    if (ue->waiting == GODWIT_SGSN_SECURITY || ue->waiting == GODWIT_SGSN_PAGED) {
        godwit_sgsn_wait_no_more(turn, ue);
    }
    if (ue->security.uea == GODWIT_UEA0) { /* what was handed over under ciphering is not said again without */
        memset(&ue->next, 0, sizeof ue->next);
    }
    if (ue->state == GODWIT_SGSN_DIALOGUE && ue->stale != 0) {
        godwit_sgsn_consume(turn, ue->stale);
    }
    switch (who.purpose) {
    case GODWIT_GMM_ATTACH_REQUEST:
        godwit_sgsn_accept_attach(turn, ue);
        break;
    case GODWIT_GMM_ATTACH_ACCEPT: /* it was lost */
        godwit_sgsn_accept_again(turn, ue);
        break;
    case GODWIT_GMM_DETACH_REQUEST:
        godwit_sgsn_detach_by_device(turn, ue, false);
        break;
    default:
        godwit_sgsn_resumed(turn, ue, &who);
        break;
    }
}

static void on_inner(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_radio_frame_t *inner)
{
    ue->at_ms = turn->in->now_ms;
    if (ue->released_by_us) { /* our release was lost: the connection lives */
        ue->connected = true;
        ue->released_by_us = false;
    }
    godwit_sgsn_active(turn, ue);
    switch (inner->kind) {
    case GODWIT_RADIO_NAS:
        if (inner->octets.len > 0 && (inner->octets.ptr[0] & 0x0FU) == GODWIT_PD_SM) {
            godwit_sgsn_on_sm(turn, ue, inner->octets);
        } else if (inner->octets.len > 0 && (inner->octets.ptr[0] & 0x0FU) == GODWIT_PD_SMS) {
            godwit_sgsn_on_sms(turn, ue, inner->octets);
        } else {
            godwit_sgsn_on_gmm(turn, ue, inner);
        }
        break;
    case GODWIT_RADIO_N_PDU:
        godwit_sgsn_on_n_pdu(turn, ue, inner);
        break;
    case GODWIT_RADIO_RELEASE:
        godwit_sgsn_idle(turn, ue, false);
        break;
    default:
        break; /* COMPLETE has done its work; COMMAND is for devices */
    }
}

/* What a frame from that address is under the command that a candidate there was given. */
static godwit_status_t try_candidate(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue,
                                     const godwit_sgsn_candidate_t *candidate, uint8_t *buffer,
                                     godwit_radio_frame_t *inner)
{
    godwit_status_t status =
        godwit_radio_commanded_consume(&ue->security, &candidate->command, turn->in->datagram, buffer, inner);
    if (ue->waiting == GODWIT_SGSN_SECURITY && status == GODWIT_MAC_FAILURE) {
        ue->hint = GODWIT_MAC_FAILURE;
    }
    return status;
}

/* GODWIT_NOT_FOUND: the row has nothing to do with that address. */
static godwit_status_t try_row(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, uint8_t *buffer,
                               godwit_radio_frame_t *inner)
{
    const godwit_sgsn_candidate_t *candidate = candidate_at(ue, &turn->in->from);
    godwit_status_t status = GODWIT_NOT_FOUND;
    if (candidate != NULL) {
        status = try_candidate(turn, ue, candidate, buffer, inner);
        if (status == GODWIT_OK) {
            proved(turn, ue, candidate);
            return GODWIT_OK;
        }
    }
    if (ue->state == GODWIT_SGSN_DIALOGUE || !godwit_address_equal(&ue->address, &turn->in->from)) {
        return status;
    }
    return godwit_radio_protected_consume(&ue->security, turn->in->datagram, buffer, inner);
}

void godwit_sgsn_on_protected(godwit_sgsn_turn_t *turn)
{
    uint8_t buffer[GODWIT_RADIO_INNER_MAX];
    godwit_radio_frame_t inner;
    godwit_status_t worst = GODWIT_NOT_FOUND;
    godwit_index_walk_t walk = godwit_sgsn_at(turn->sgsn, &turn->in->from);
    for (size_t row; godwit_index_next(&walk, &row);) {
        godwit_sgsn_ue_t *ue = &turn->sgsn->ues[row];
        if (!ue->has_keys) {
            continue;
        }
        godwit_status_t status = try_row(turn, ue, buffer, &inner);
        if (status == GODWIT_OK) {
            on_inner(turn, ue, &inner);
            return;
        }
        worst = status != GODWIT_NOT_FOUND ? status : worst;
    }
    if (worst != GODWIT_NOT_FOUND) {
        if (worst == GODWIT_MAC_FAILURE) { /* the ends differ about FRESH, and only a new security mode can mend that */
            godwit_sgsn_put_release(turn, &turn->in->from);
        }
        godwit_sgsn_refused(turn, NULL, worst, "a protected frame");
        return;
    }
    /* A device whose connection or whose keys are not here (any more) finds out, and asks for service. One octet
     * answers ten and more. */
    godwit_sgsn_put_release(turn, &turn->in->from);
    godwit_sgsn_refused(turn, NULL, GODWIT_UNKNOWN_SESSION, "a protected frame from an unknown connection");
}
