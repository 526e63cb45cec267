/* SPDX-License-Identifier: Apache-2.0
 *
 * Interface A3: opening a message (docs/trigger-wire.md, "Protection"): integrity first, then decryption, then reading.
 * And messages without protection (case 1 of contribution 002), which prove nothing. Nothing is changed here.
 */
#include "core/trigger/internal.h"

#include <string.h>

A3_OWN_FRAME static godwit_status_t check(const a3_protection_t *p, godwit_slice_t octets)
{
    uint8_t mac[GODWIT_A3_MAC];
    const size_t body_end = octets.len - GODWIT_A3_MAC;
    godwit_status_t status = godwit_a3_mac(p, godwit_slice(octets.ptr, body_end), mac);
    if (status == GODWIT_OK && !godwit_equal_secret(mac, octets.ptr + body_end, GODWIT_A3_MAC)) {
        status = GODWIT_MAC_FAILURE;
    }
    godwit_wipe(mac, sizeof mac);
    return status;
}

A3_OWN_FRAME static godwit_status_t read_body(const a3_protection_t *p, godwit_slice_t octets,
                                              godwit_a3_message_t *message)
{
    uint8_t plain[GODWIT_TRIGGER_CONTAINER_MAX];
    const size_t len = octets.len - A3_HEADER - GODWIT_A3_MAC;
    godwit_status_t status = GODWIT_OK;
    memcpy(plain, octets.ptr + A3_HEADER, len);
    if (a3_ciphers(message->type)) {
        status = godwit_a3_cipher(p, plain, len);
    }
    if (status == GODWIT_OK) {
        status = godwit_a3_body_parse(message->type, godwit_slice(plain, len), message);
    }
    godwit_wipe(plain, sizeof plain);
    return status;
}

godwit_status_t godwit_a3_open(const godwit_crypto_t *crypto, const godwit_a3_key_t *key, bool down,
                               godwit_slice_t octets, godwit_a3_opened_t *opened)
{
    godwit_a3_header_t header;
    a3_protection_t p;
    godwit_status_t status = godwit_a3_peek(octets, &header);
    if (status != GODWIT_OK || godwit_a3_is_down(header.type) != down || header.count == UINT32_MAX) {
        return GODWIT_MALFORMED;
    }
    if (header.key_id != godwit_a3_key_id(key->association)) {
        return GODWIT_UNKNOWN_KEY;
    }
    opened->count = header.count;
    opened->message.type = header.type;
    status = godwit_a3_protection(crypto, key, header.type, header.count, &p);
    if (status == GODWIT_OK) {
        status = check(&p, octets);
    }
    if (status == GODWIT_OK) {
        status = read_body(&p, octets, &opened->message);
    }
    godwit_wipe(&p, sizeof p);
    if (status == GODWIT_OK && header.type == GODWIT_A3_COMMAND &&
        opened->message.command.association != key->association) {
        status = GODWIT_MAC_FAILURE;
    }
    return status;
}

/* ---- without protection ---- */

static bool may_be_unprotected(godwit_a3_type_t type)
{
    return type == GODWIT_A3_TRIGGER || type == GODWIT_A3_ACKNOWLEDGEMENT || type == GODWIT_A3_REJECT;
}

godwit_status_t godwit_a3_unprotected_build(const godwit_a3_message_t *message, godwit_writer_t *out)
{
    if (!may_be_unprotected(message->type)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_a3_header_put(out, message->type, 0, 0);
    godwit_status_t status = godwit_a3_body_build(message, out);
    return status == GODWIT_OK ? godwit_writer_status(out) : status;
}

godwit_status_t godwit_a3_unprotected_parse(bool down, godwit_slice_t octets, godwit_a3_message_t *message)
{
    godwit_a3_header_t header;
    godwit_status_t status = godwit_a3_peek(octets, &header);
    if (status != GODWIT_OK || header.key_id != 0 || header.count != 0 || godwit_a3_is_down(header.type) != down ||
        !may_be_unprotected(header.type)) {
        return GODWIT_MALFORMED;
    }
    return godwit_a3_body_parse(header.type, godwit_slice(octets.ptr + A3_HEADER, octets.len - A3_HEADER), message);
}
