/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames of the radio stand-in: octets to typed frames and back.
 */
#include "core/wire/radio.h"

#include <string.h>

static bool carries_octets(godwit_radio_kind_t kind)
{
    return kind == GODWIT_RADIO_NAS || kind == GODWIT_RADIO_N_PDU || kind == GODWIT_RADIO_INITIAL_NAS;
}

static bool can_be_built(const godwit_radio_frame_t *frame)
{
    if (frame->kind < GODWIT_RADIO_NAS || frame->kind > GODWIT_RADIO_INITIAL_NAS ||
        frame->kind == GODWIT_RADIO_PROTECTED || frame->kind == GODWIT_RADIO_INTEGRITY) {
        return false;
    }
    return !carries_octets(frame->kind) || (frame->octets.len <= GODWIT_RADIO_N_PDU_MAX && frame->nsapi <= 15);
}

static void put_capability(godwit_writer_t *w, godwit_radio_capability_t capability)
{
    godwit_put_u8(w, capability.uea);
    godwit_put_u8(w, capability.uia);
}

static void put_command(godwit_writer_t *w, const godwit_radio_command_t *command)
{
    godwit_put_u8(w, command->uea);
    godwit_put_u8(w, command->uia);
    godwit_put_u32(w, command->fresh);
    put_capability(w, command->capability);
}

godwit_status_t godwit_radio_build(const godwit_radio_frame_t *frame, godwit_writer_t *w)
{
    uint8_t ef[8];
    if (!can_be_built(frame)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, (uint8_t)frame->kind);
    switch (frame->kind) {
    case GODWIT_RADIO_N_PDU:
        godwit_put_u8(w, frame->nsapi);
        break;
    case GODWIT_RADIO_INITIAL_NAS:
        put_capability(w, frame->capability);
        break;
    case GODWIT_RADIO_PAGING:
        godwit_imsi_to_ef(&frame->imsi, ef);
        godwit_put(w, ef, sizeof ef);
        break;
    case GODWIT_RADIO_COMMAND:
        put_command(w, &frame->command);
        break;
    default:
        break;
    }
    if (carries_octets(frame->kind)) {
        godwit_put_slice(w, frame->octets);
    }
    return godwit_writer_status(w);
}

static godwit_radio_capability_t get_capability(godwit_reader_t *r)
{
    godwit_radio_capability_t capability;
    capability.uea = godwit_get_u8(r);
    capability.uia = godwit_get_u8(r);
    return capability;
}

static void get_command(godwit_reader_t *r, godwit_radio_command_t *command)
{
    command->uea = godwit_get_u8(r);
    command->uia = godwit_get_u8(r);
    command->fresh = godwit_get_u32(r);
    command->capability = get_capability(r);
}

static godwit_slice_t get_rest(godwit_reader_t *r, size_t max)
{
    if (r->left > max) {
        r->failed = true;
    }
    return godwit_get_slice(r, r->left);
}

static godwit_status_t read_contents(godwit_reader_t *r, godwit_radio_frame_t *frame)
{
    uint8_t ef[8];
    frame->capability = GODWIT_RADIO_CAPABILITY_DEFAULT;
    switch (frame->kind) {
    case GODWIT_RADIO_NAS:
        break;
    case GODWIT_RADIO_N_PDU:
        frame->nsapi = godwit_get_u8(r);
        if (frame->nsapi > 15) {
            return GODWIT_MALFORMED;
        }
        break;
    case GODWIT_RADIO_INITIAL_NAS:
        frame->capability = get_capability(r);
        break;
    case GODWIT_RADIO_INITIAL_PROTECTED:
        frame->capability = get_capability(r);
        (void)godwit_get_u32(r); /* MAC-I: radio_initial.c */
        break;
    case GODWIT_RADIO_RELEASE:
    case GODWIT_RADIO_COMPLETE:
        return godwit_reader_done(r);
    case GODWIT_RADIO_PAGING:
        godwit_get(r, ef, sizeof ef);
        return godwit_imsi_from_ef(ef, &frame->imsi) == GODWIT_OK ? godwit_reader_done(r) : GODWIT_MALFORMED;
    case GODWIT_RADIO_COMMAND:
        get_command(r, &frame->command);
        return godwit_reader_done(r);
    case GODWIT_RADIO_PROTECTED:
    case GODWIT_RADIO_INTEGRITY:
        frame->octets = get_rest(r, GODWIT_RADIO_FRAME_MAX - 1);
        return godwit_reader_done(r);
    default:
        return GODWIT_MALFORMED;
    }
    frame->octets = get_rest(r, GODWIT_RADIO_N_PDU_MAX);
    return godwit_reader_done(r);
}

godwit_status_t godwit_radio_parse(godwit_slice_t octets, godwit_radio_frame_t *frame)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_radio_frame_t f;
    memset(&f, 0, sizeof f);
    f.kind = (godwit_radio_kind_t)godwit_get_u8(&r);
    if (r.failed || read_contents(&r, &f) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    *frame = f;
    return GODWIT_OK;
}
