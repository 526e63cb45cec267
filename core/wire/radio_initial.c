/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys of the radio stand-in out of a vector, and the first frame under keys that were handed over in a session before
 * (contribution 000). Its MAC is over kind || capability || NAS message with COUNT 0; the message is in clear but for
 * small data in it. It must never be made or taken twice under one pair of keys.
 */
#include "core/crypto/eps.h"
#include "core/wire/radio.h"
#include "godwit/aka.h"
#include "godwit/keys.h"

#include <string.h>

#define UP 0U
#define COUNT 0U
#define MAC_AT 3U /* behind kind and capability */
#define HEAD 7U

godwit_status_t godwit_radio_security_derive(godwit_radio_security_t *security, const godwit_crypto_t *crypto,
                                             const uint8_t ck_ik[32], bool geran, uint8_t uia, bool network)
{
    uint8_t ck[16], ik[16] = {0};
    bool no_ik = geran && uia == GODWIT_UIA0;
    godwit_status_t status = GODWIT_OK;
    if (no_ik) {
        godwit_c3(ck_ik, ck_ik + 16, ck);
        memcpy(ck + 8, ck, 8); /* c4, TS 33.102 6.8.2.3 */
    } else if (geran) {
        status = godwit_kc128(crypto, ck_ik, ck);
        if (status == GODWIT_OK) {
            status = godwit_ki128(crypto, ck_ik, ik);
        }
    } else {
        memcpy(ck, ck_ik, sizeof ck);
        memcpy(ik, ck_ik + 16, sizeof ik);
    }
    if (status == GODWIT_OK) {
        godwit_radio_security_init(security, crypto, ck, ik, network);
        security->no_ik = no_ik;
    }
    godwit_wipe(ck, sizeof ck);
    godwit_wipe(ik, sizeof ik);
    return status;
}

void godwit_radio_agree(godwit_radio_security_t *security, uint8_t uea, uint8_t uia, const uint8_t res[4])
{
    security->commanded = true;
    security->uea = uea;
    security->uia = uia;
    security->fresh = godwit_load_u32(res);
}

static bool is_unused(const godwit_radio_security_t *security)
{
    return security->commanded && security->next_out == 0 && security->next_in == 0 && !security->exhausted;
}

/* Of kind || capability || nas: whole is the frame, whose MAC-I is not looked at. */
static godwit_status_t mac_of(const godwit_radio_security_t *security, godwit_slice_t whole, uint8_t mac[4])
{
    uint8_t message[GODWIT_RADIO_INNER_MAX];
    godwit_writer_t w = godwit_writer(message, sizeof message);
    godwit_put(&w, whole.ptr, MAC_AT);
    godwit_put(&w, whole.ptr + HEAD, whole.len - HEAD);
    if (godwit_writer_status(&w) == GODWIT_OK) {
        godwit_uia2(security->ik, COUNT, security->fresh, UP, message, 8 * w.len, mac);
    }
    return godwit_writer_status(&w);
}

godwit_status_t godwit_radio_initial_create(godwit_radio_security_t *security, godwit_radio_capability_t capability,
                                            godwit_slice_t nas, godwit_writer_t *w)
{
    size_t from = w->len;
    if (security->no_ik) {
        return GODWIT_UNSUPPORTED_SUITE;
    }
    if (security->network || !is_unused(security)) {
        return GODWIT_WRONG_STATE;
    }
    godwit_put_u8(w, GODWIT_RADIO_INITIAL_PROTECTED);
    godwit_put_u8(w, capability.uea);
    godwit_put_u8(w, capability.uia);
    godwit_put_u32(w, 0);
    godwit_put_slice(w, nas);
    if (godwit_writer_status(w) != GODWIT_OK) {
        return GODWIT_NO_SPACE;
    }
    security->next_out = COUNT + 1;
    return mac_of(security, godwit_slice(w->buf + from, w->len - from), w->buf + from + MAC_AT);
}

godwit_status_t godwit_radio_initial_consume(godwit_radio_security_t *security, godwit_slice_t octets,
                                             godwit_radio_frame_t *frame)
{
    godwit_radio_frame_t found;
    uint8_t mac[4] = {0};
    if (security->no_ik) {
        return GODWIT_UNSUPPORTED_SUITE;
    }
    if (!security->network || !is_unused(security)) {
        return GODWIT_WRONG_STATE;
    }
    if (godwit_radio_parse(octets, &found) != GODWIT_OK || found.kind != GODWIT_RADIO_INITIAL_PROTECTED ||
        mac_of(security, octets, mac) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    if (!godwit_equal_secret(mac, octets.ptr + MAC_AT, sizeof mac)) {
        return GODWIT_MAC_FAILURE;
    }
    security->next_in = COUNT + 1;
    security->seen_in = 1;
    *frame = found;
    return GODWIT_OK;
}

godwit_status_t godwit_radio_initial_cipher(const godwit_radio_security_t *security, godwit_slice_t in, uint8_t *out)
{
    const godwit_eps_input_t input = {.count = COUNT, .bearer = 0, .direction = UP};
    return godwit_eea(security->crypto, security->uea == GODWIT_UEA2 ? 1 : 0, security->ck, input, in.ptr, out,
                      8 * in.len);
}
