/* SPDX-License-Identifier: Apache-2.0
 *
 * The protection of the radio stand-in. UEA2 is 128-EEA1 with BEARER 0 (TS 35.215 clause 3, TS 33.401 B.1.2); UIA2 has
 * FRESH (clause 4).
 * The MAC is over kind || what is sent behind COUNT and MAC-I: the ciphertext of PROTECTED, the command of INTEGRITY.
 */
#include "core/crypto/eps.h"
#include "core/wire/radio.h"

#include <string.h>

#define WINDOW 64U
#define UP 0U
#define DOWN 1U

void godwit_radio_security_init(godwit_radio_security_t *security, const godwit_crypto_t *crypto, const uint8_t ck[16],
                                const uint8_t ik[16], bool network)
{
    memset(security, 0, sizeof *security);
    security->crypto = crypto;
    security->network = network;
    memcpy(security->ck, ck, sizeof security->ck);
    memcpy(security->ik, ik, sizeof security->ik);
}

/* MAC-I over message: kind || text, in one piece, as UIA2 wants it. */
static void mac_of(const godwit_radio_security_t *security, uint32_t fresh, uint32_t count, uint8_t direction,
                   godwit_slice_t message, uint8_t mac[4])
{
    if (security->no_ik) {
        memset(mac, 0, 4);
        return;
    }
    godwit_uia2(security->ik, count, fresh, direction, message.ptr, 8 * message.len, mac);
}

static godwit_status_t cipher(const godwit_radio_security_t *security, uint32_t count, uint8_t direction,
                              const uint8_t *in, uint8_t *out, size_t len)
{
    const godwit_eps_input_t input = {.count = count, .bearer = 0, .direction = direction};
    return godwit_eea(security->crypto, security->uea == GODWIT_UEA2 ? 1 : 0, security->ck, input, in, out, 8 * len);
}

static uint8_t direction_out(const godwit_radio_security_t *security)
{
    return security->network ? DOWN : UP;
}

/* Of message, kind || text: kind || COUNT || MAC-I || text. COUNT is spent even if the writer has no room: it was shown
 * to nobody, but stays used. */
static godwit_status_t put_frame(const godwit_radio_security_t *security, uint32_t count, godwit_slice_t message,
                                 godwit_writer_t *w)
{
    uint8_t mac[4];
    mac_of(security, security->fresh, count, direction_out(security), message, mac);
    godwit_put_u8(w, message.ptr[0]);
    godwit_put_u32(w, count);
    godwit_put(w, mac, sizeof mac);
    godwit_put(w, message.ptr + 1, message.len - 1);
    return godwit_writer_status(w);
}

static godwit_status_t take_count(godwit_radio_security_t *security, uint32_t *count)
{
    if (security->exhausted) {
        return GODWIT_COUNT_EXHAUSTED;
    }
    *count = security->next_out;
    security->exhausted = security->next_out == UINT32_MAX;
    security->next_out += security->exhausted ? 0 : 1;
    return GODWIT_OK;
}

static bool is_supported(const godwit_radio_security_t *security, const godwit_radio_command_t *command)
{
    return command->uia == (security->no_ik ? GODWIT_UIA0 : GODWIT_UIA2) &&
           (command->uea == GODWIT_UEA0 || command->uea == GODWIT_UEA2);
}

static void adopt(godwit_radio_security_t *security, const godwit_radio_command_t *command)
{
    security->commanded = true;
    security->uea = command->uea;
    security->uia = command->uia;
    security->fresh = command->fresh;
}

godwit_status_t godwit_radio_command_create(godwit_radio_security_t *security, const godwit_radio_command_t *command,
                                            godwit_writer_t *w)
{
    const godwit_radio_frame_t inner = {.kind = GODWIT_RADIO_COMMAND, .command = *command};
    uint8_t message[16];
    godwit_writer_t t = godwit_writer(message, sizeof message);
    uint32_t count = 0;
    if (!security->network || !is_supported(security, command)) {
        return GODWIT_UNSUPPORTED_SUITE;
    }
    godwit_put_u8(&t, GODWIT_RADIO_INTEGRITY);
    godwit_status_t status = godwit_radio_build(&inner, &t);
    if (status == GODWIT_OK) {
        status = take_count(security, &count);
    }
    if (status == GODWIT_OK) {
        adopt(security, command);
        status = put_frame(security, count, godwit_written(&t), w);
    }
    return status;
}

static bool goes_protected(godwit_radio_kind_t kind)
{
    return kind == GODWIT_RADIO_NAS || kind == GODWIT_RADIO_N_PDU || kind == GODWIT_RADIO_RELEASE ||
           kind == GODWIT_RADIO_COMMAND || kind == GODWIT_RADIO_COMPLETE;
}

godwit_status_t godwit_radio_protected_create(godwit_radio_security_t *security, const godwit_radio_frame_t *inner,
                                              godwit_writer_t *w)
{
    uint8_t message[GODWIT_RADIO_INNER_MAX];
    godwit_writer_t t = godwit_writer(message, sizeof message);
    uint32_t count = 0;
    if (!security->commanded) {
        return GODWIT_WRONG_STATE;
    }
    godwit_put_u8(&t, GODWIT_RADIO_PROTECTED);
    godwit_status_t status = goes_protected(inner->kind) ? godwit_radio_build(inner, &t) : GODWIT_INVALID_ARGUMENT;
    if (status == GODWIT_OK) {
        status = take_count(security, &count);
    }
    if (status == GODWIT_OK) {
        status = cipher(security, count, direction_out(security), message + 1, message + 1, t.len - 1);
    }
    if (status == GODWIT_OK) {
        status = put_frame(security, count, godwit_written(&t), w);
    }
    godwit_wipe(message, sizeof message);
    return status;
}

bool godwit_radio_is_confidential(const godwit_radio_security_t *security)
{
    return security->uea != GODWIT_UEA0 && !security->no_ik;
}

/* ---- receiving ---- */

static godwit_status_t check_count(const godwit_radio_security_t *security, uint32_t count)
{
    if (count >= security->next_in) {
        return count == UINT32_MAX ? GODWIT_COUNT_EXHAUSTED : GODWIT_OK; /* next_in could not say that it was taken */
    }
    uint32_t behind = security->next_in - 1 - count;
    return behind < WINDOW && (security->seen_in >> behind & 1U) == 0 ? GODWIT_OK : GODWIT_REPLAY;
}

static void move_count(godwit_radio_security_t *security, uint32_t count)
{
    if (count >= security->next_in) {
        uint32_t ahead = count - security->next_in + 1;
        security->seen_in = (ahead < WINDOW ? security->seen_in << ahead : 0) | 1U;
        security->next_in = count + 1;
        return;
    }
    security->seen_in |= UINT64_C(1) << (security->next_in - 1 - count);
}

/* What a received frame is, before its MAC: of a command, that command. */
typedef struct received {
    godwit_radio_kind_t kind;
    uint32_t count;
    uint8_t mac[4];
    godwit_slice_t text;
    uint32_t fresh; /* that the MAC is checked with */
    godwit_radio_frame_t command;
} received_t;

static godwit_status_t read_received(const godwit_radio_security_t *security, godwit_slice_t octets, received_t *f)
{
    godwit_reader_t r = godwit_reader(octets);
    memset(f, 0, sizeof *f);
    f->kind = (godwit_radio_kind_t)godwit_get_u8(&r);
    f->count = godwit_get_u32(&r);
    godwit_get(&r, f->mac, sizeof f->mac);
    f->text = godwit_get_slice(&r, r.left);
    f->fresh = security->fresh;
    if (r.failed || f->text.len > GODWIT_RADIO_INNER_MAX - 1) {
        return GODWIT_MALFORMED;
    }
    if (f->kind == GODWIT_RADIO_PROTECTED) {
        return security->commanded ? GODWIT_OK : GODWIT_WRONG_STATE;
    }
    if (f->kind != GODWIT_RADIO_INTEGRITY || security->network ||
        godwit_radio_parse(f->text, &f->command) != GODWIT_OK || f->command.kind != GODWIT_RADIO_COMMAND) {
        return GODWIT_MALFORMED;
    }
    f->fresh = f->command.command.fresh;
    return is_supported(security, &f->command.command) ? GODWIT_OK : GODWIT_UNSUPPORTED_SUITE;
}

static godwit_status_t verify(const godwit_radio_security_t *security, const received_t *f,
                              uint8_t buffer[GODWIT_RADIO_INNER_MAX])
{
    uint8_t mac[4];
    buffer[0] = (uint8_t)f->kind;
    if (f->text.len > 0) {
        memcpy(buffer + 1, f->text.ptr, f->text.len);
    }
    mac_of(security, f->fresh, f->count, direction_out(security) == UP ? DOWN : UP,
           godwit_slice(buffer, 1 + f->text.len), mac);
    return godwit_equal_secret(mac, f->mac, sizeof mac) ? check_count(security, f->count) : GODWIT_MAC_FAILURE;
}

static godwit_status_t open_text(const godwit_radio_security_t *security, const received_t *f,
                                 uint8_t buffer[GODWIT_RADIO_INNER_MAX], godwit_radio_frame_t *inner)
{
    uint8_t direction = direction_out(security) == UP ? DOWN : UP;
    godwit_status_t status = cipher(security, f->count, direction, f->text.ptr, buffer, f->text.len);
    if (status != GODWIT_OK) {
        return status;
    }
    status = godwit_radio_parse(godwit_slice(buffer, f->text.len), inner);
    return status == GODWIT_OK && goes_protected(inner->kind) ? GODWIT_OK : GODWIT_MALFORMED;
}

godwit_status_t godwit_radio_protected_consume(godwit_radio_security_t *security, godwit_slice_t octets,
                                               uint8_t buffer[GODWIT_RADIO_INNER_MAX], godwit_radio_frame_t *inner)
{
    received_t f;
    godwit_radio_frame_t frame;
    godwit_status_t status = read_received(security, octets, &f);
    if (status == GODWIT_OK) {
        status = verify(security, &f, buffer);
    }
    if (status == GODWIT_OK && f.kind == GODWIT_RADIO_INTEGRITY && f.count < security->next_in) {
        status = GODWIT_REPLAY; /* a command that was overtaken must not bring an older FRESH back */
    }
    if (status != GODWIT_OK) {
        return status;
    }
    move_count(security, f.count);
    if (f.kind == GODWIT_RADIO_INTEGRITY) {
        adopt(security, &f.command.command);
        *inner = f.command;
        return GODWIT_OK;
    }
    status = open_text(security, &f, buffer, &frame);
    if (status == GODWIT_OK) {
        *inner = frame;
    }
    return status;
}

godwit_status_t godwit_radio_commanded_consume(godwit_radio_security_t *security, const godwit_radio_command_t *command,
                                               godwit_slice_t octets, uint8_t buffer[GODWIT_RADIO_INNER_MAX],
                                               godwit_radio_frame_t *inner)
{
    godwit_radio_security_t next = *security;
    next.commanded = true;
    next.uea = command->uea;
    next.uia = command->uia;
    next.fresh = command->fresh;
    godwit_status_t status = godwit_radio_protected_consume(&next, octets, buffer, inner);
    if (status == GODWIT_OK) {
        *security = next;
    }
    godwit_wipe(&next, sizeof next);
    return status;
}
