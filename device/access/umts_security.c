/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access, UMTS: frames of the radio and their protection (TS 33.102 6.4.5, 6.5, 6.6, as core/wire/radio.h
 * stands in for it), and N-PDUs. The keys of a new vector replace those in use only when a security mode command under
 * them has verified and asks for nothing that this device does not accept.
 */
#include "core/wire/gmm.h"
#include "device/access/internal.h"

#define IN_INTEGRITY 8u /* COUNT and MAC-I: then the command */

/* ---- sending ---- */

godwit_status_t godwit_umts_send(godwit_access_t *access, const godwit_writer_t *plain, bool answers,
                                 godwit_access_requests_t *requests)
{
    godwit_radio_kind_t kind = access->secured ? GODWIT_RADIO_NAS : GODWIT_RADIO_INITIAL_NAS;
    godwit_status_t status = godwit_writer_status(plain);
    return status == GODWIT_OK ? godwit_access_send_frame(access, kind, godwit_written(plain), answers, requests)
                               : status;
}

godwit_status_t godwit_umts_transmit(godwit_access_t *access, godwit_access_requests_t *requests)
{
    if (access->config.circuit_switched) {
        return godwit_cs_transmit(access, requests);
    }
    if (access->exchange.pending == GODWIT_ACCESS_DO_ATTACH) {
        return godwit_umts_attach_request(access, requests);
    }
    if (!access->connected) {
        return godwit_umts_service_request(access, requests);
    }
    switch (access->exchange.pending) {
    case GODWIT_ACCESS_DO_ACTIVATE:
        return godwit_umts_activate_request(access, requests);
    case GODWIT_ACCESS_DO_MODIFY:
        return godwit_umts_modify_request(access, requests);
    case GODWIT_ACCESS_DO_DETACH:
        return godwit_umts_detach_request(access, requests);
    default:
        return godwit_umts_service_request(access, requests);
    }
}

/* ---- security mode ---- */

/* What the device sent as its capability (output.c) must have come back, and the choice must be out of it. */
static bool is_acceptable(const godwit_access_t *access, const godwit_radio_command_t *c)
{
    godwit_radio_capability_t ours = godwit_access_radio_capability(access);
    unsigned ciphers = ours.uea & ~GODWIT_RADIO_GERAN;
    return c->capability.uea == ours.uea && c->capability.uia == ours.uia && c->uea < 8 && c->uia < 8 &&
           (ciphers >> c->uea & 1u) != 0 && ((unsigned)ours.uia >> c->uia & 1u) != 0;
}

/* The command under these keys; *keys becomes what they are after it. */
static godwit_status_t open_command(godwit_access_t *access, godwit_radio_security_t *keys, godwit_slice_t whole)
{
    godwit_radio_frame_t inner;
    godwit_status_t status = godwit_radio_protected_consume(keys, whole, access->work, &inner);
    if (status != GODWIT_OK) {
        return status;
    }
    if (inner.kind != GODWIT_RADIO_COMMAND) {
        return GODWIT_MALFORMED;
    }
    return is_acceptable(access, &inner.command) ? GODWIT_OK : GODWIT_POLICY_FORBIDS;
}

/* The keys of the new vector, as this system has them. In GERAN that depends on whether the command wants integrity;
 * anybody can say so in a command, and who has not allowed that there is none does not answer it (is_acceptable). */
static godwit_status_t new_keys(const godwit_access_t *access, godwit_slice_t whole, godwit_radio_security_t *keys)
{
    godwit_radio_frame_t frame, command;
    uint8_t uia = GODWIT_UIA2;
    if (godwit_radio_parse(whole, &frame) == GODWIT_OK && frame.octets.len > IN_INTEGRITY &&
        godwit_radio_parse(godwit_slice(frame.octets.ptr + IN_INTEGRITY, frame.octets.len - IN_INTEGRITY), &command) ==
            GODWIT_OK &&
        command.kind == GODWIT_RADIO_COMMAND) {
        uia = command.command.uia;
    }
    return godwit_radio_security_derive(keys, access->config.crypto, access->vector.root,
                                        access->config.kind == GODWIT_ACCESS_GERAN, uia, false);
}

static godwit_status_t find_keys(godwit_access_t *access, godwit_slice_t whole, godwit_radio_security_t *keys,
                                 bool *fresh)
{
    const godwit_access_vector_t *v = &access->vector;
    godwit_status_t status = GODWIT_UNKNOWN_KEY;
    *fresh = v->taken && v->fresh;
    if (*fresh) {
        status = new_keys(access, whole, keys);
        status = status == GODWIT_OK ? open_command(access, keys, whole) : status;
    }
    bool former = access->state == GODWIT_ACCESS_ATTACHING && access->exchange.former != GODWIT_ACCESS_DETACHED &&
                  !access->exchange.offered; /* keys that this attach did not name */
    if ((status == GODWIT_UNKNOWN_KEY || status == GODWIT_MAC_FAILURE) && access->radio_set && !former) {
        *fresh = false;
        *keys = access->radio;
        status = open_command(access, keys, whole);
    }
    return status;
}

static godwit_status_t security_mode(godwit_access_t *access, godwit_slice_t whole, godwit_access_requests_t *requests)
{
    godwit_radio_security_t keys;
    bool fresh;
    godwit_status_t status = find_keys(access, whole, &keys, &fresh);
    if (status == GODWIT_OK) {
        access->radio = keys;
        access->vector.fresh = access->vector.fresh && !fresh; /* whatever happens: its COUNTs begin once */
        access->radio_set = access->secured = true;
        access->cksn = fresh ? access->vector.ksi : access->cksn;
        status = godwit_access_send_frame(access, GODWIT_RADIO_COMPLETE, godwit_slice(NULL, 0), true, requests);
        if (access->exchange.pending != GODWIT_ACCESS_NOTHING) {
            godwit_access_timer_set(access, requests);
        }
    }
    godwit_wipe(&keys, sizeof keys);
    if (status == GODWIT_OK && access->state != GODWIT_ACCESS_ATTACHING) {
        status = godwit_access_connected(access, requests);
    }
    if (status == GODWIT_OK && fresh) {
        godwit_access_secured(access, requests);
    } else if (status == GODWIT_OK && access->state == GODWIT_ACCESS_ATTACHING && !access->exchange.proved) {
        godwit_access_reused(access, requests);
    }
    return status;
}

/* ---- receiving ---- */

static godwit_status_t deliver(godwit_access_t *access, const godwit_radio_frame_t *inner,
                               godwit_access_requests_t *requests)
{
    if (access->state != GODWIT_ACCESS_ACTIVE || inner->nsapi != access->bearer) {
        return GODWIT_UNKNOWN_SESSION;
    }
    godwit_status_t status = godwit_access_connected(access, requests);
    if (inner->octets.len > 0) {
        godwit_access_ask_for(requests, GODWIT_ACCESS_DELIVER)->octets = inner->octets;
    }
    return status;
}

static godwit_status_t protected_frame(godwit_access_t *access, godwit_slice_t whole,
                                       godwit_access_requests_t *requests)
{
    godwit_radio_frame_t inner;
    if (!access->radio_set || (access->state == GODWIT_ACCESS_ATTACHING && !access->secured && !access->next.armed)) {
        return GODWIT_UNKNOWN_KEY;
    }
    godwit_status_t status = godwit_radio_protected_consume(&access->radio, whole, access->work, &inner);
    if (status != GODWIT_OK) {
        return status;
    }
    if (inner.kind == GODWIT_RADIO_RELEASE) {
        if (access->state == GODWIT_ACCESS_ATTACHING) {
            return GODWIT_WRONG_STATE;
        }
        godwit_access_released(access, requests);
        return GODWIT_OK;
    }
    access->secured = true; /* who protects a frame has not released the connection */
    if (inner.kind == GODWIT_RADIO_N_PDU) {
        return deliver(access, &inner, requests);
    }
    godwit_access_message_t m = {.octets = inner.octets, .verified = true, .ciphered = true};
    return inner.kind == GODWIT_RADIO_NAS ? godwit_umts_take_nas(access, &m, requests) : GODWIT_WRONG_STATE;
}

godwit_status_t godwit_umts_receive(godwit_access_t *access, const godwit_radio_frame_t *frame, godwit_slice_t whole,
                                    godwit_access_requests_t *requests)
{
    godwit_access_message_t m = {.octets = frame->octets};
    switch (frame->kind) {
    case GODWIT_RADIO_INTEGRITY:
        return security_mode(access, whole, requests);
    case GODWIT_RADIO_PROTECTED:
        return protected_frame(access, whole, requests);
    default:
        return godwit_umts_take_nas(access, &m, requests);
    }
}
