/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's end of a K_e2e.
 */
#include "tests/eas/sender.h"

#include <string.h>

static uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];

godwit_eas_grant_t sender_grant(uint32_t age, uint8_t key_id)
{
    godwit_eas_grant_t grant = {
        .path = {.imsi = {.digits = "001010000000001", .len = 15},
                 .hse = "hse.example.net",
                 .session_id = SENDER_SESSION,
                 .session_octets = 3,
                 .counter_octets = 1},
        .terms = {.service = GODWIT_SERVICE_CONFIDENTIALITY, .suite = 1, .key_id = key_id, .age = age},
        .overlap_s = 3600,
        .agreed_s = SENDER_AGREED_S};
    memset(grant.k_e2e, (int)(age & 0xFFu), sizeof grant.k_e2e);
    grant.k_e2e[0] = key_id;
    return grant;
}

void sender_init(sender_t *sender, const godwit_eas_grant_t *grant)
{
    const godwit_framing_t framing = {grant->path.session_octets, grant->path.counter_octets};
    memset(sender, 0, sizeof *sender);
    if (godwit_emsdp_key_init(&godwit_crypto_builtin, &sender->key, grant->k_e2e, grant->terms.suite,
                              grant->terms.key_id, framing, framing.session_octets > 0 ? grant->path.session_id : 0,
                              grant->terms.age, GODWIT_END_DEVICE) != GODWIT_OK) {
        memset(sender, 0, sizeof *sender);
    }
}

godwit_slice_t sender_seal(sender_t *sender, const char *text)
{
    godwit_writer_t w = godwit_writer(sender->datagram, sizeof sender->datagram);
    sender->len = 0;
    if (godwit_emsdp_seal_user(&godwit_crypto_builtin, &sender->key, godwit_slice_of_string(text), &w) == GODWIT_OK) {
        sender->len = w.len;
    }
    return godwit_slice(sender->datagram, sender->len);
}

bool sender_opens(sender_t *sender, godwit_slice_t datagram, const char *text)
{
    godwit_emsdp_opened_t opened;
    if (godwit_emsdp_open(&godwit_crypto_builtin, &sender->key, datagram, godwit_slice(NULL, 0), plain, &opened) !=
        GODWIT_OK) {
        return false;
    }
    godwit_emsdp_accept(&sender->key, &opened);
    return godwit_slice_equal(opened.payload, godwit_slice_of_string(text));
}

godwit_status_t take_up(godwit_eas_device_t *device, uint64_t now_s, uint64_t number, const sender_t *sender,
                        godwit_eas_opened_t *opened)
{
    const godwit_status_t status =
        godwit_eas_open(device, now_s, number, godwit_slice(sender->datagram, sender->len), plain, opened);
    if (status == GODWIT_OK) {
        godwit_eas_accept(device, now_s, number, opened);
    }
    return status;
}

godwit_status_t try_up(const godwit_eas_device_t *device, uint64_t now_s, uint64_t number, godwit_slice_t datagram)
{
    godwit_eas_opened_t opened;
    return godwit_eas_open(device, now_s, number, datagram, plain, &opened);
}
