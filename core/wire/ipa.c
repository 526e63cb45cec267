/* SPDX-License-Identifier: Apache-2.0
 *
 * IPA framing and connection management.
 */
#include "core/wire/ipa.h"

#include <string.h>

#define PROTOCOL_CCM 0xFE
#define PROTOCOL_OSMO 0xEE
#define EXTENSION_GSUP 0x05
#define HEADER_LEN 3

#define TAG_SERIAL_NUMBER 0x00
#define TAG_UNIT_NAME 0x01
#define TAG_UNIT_ID 0x08

/* CCM message types. */
static const uint8_t types[] = {
    [GODWIT_IPA_PING] = 0x00,    [GODWIT_IPA_PONG] = 0x01,   [GODWIT_IPA_ID_GET] = 0x04,
    [GODWIT_IPA_ID_RESP] = 0x05, [GODWIT_IPA_ID_ACK] = 0x06,
};

static godwit_ipa_kind_t ccm_kind(uint8_t type)
{
    for (size_t i = GODWIT_IPA_PING; i < sizeof types; i++) {
        if (types[i] == type) {
            return (godwit_ipa_kind_t)i;
        }
    }
    return GODWIT_IPA_OTHER;
}

godwit_status_t godwit_ipa_frame_parse(godwit_slice_t stream, godwit_ipa_frame_t *frame, size_t *used)
{
    godwit_reader_t r = godwit_reader(stream);
    if (r.left < HEADER_LEN) {
        return GODWIT_AGAIN;
    }
    size_t len = godwit_get_u16(&r);
    uint8_t protocol = godwit_get_u8(&r);
    if (len == 0 || len > GODWIT_IPA_PAYLOAD_MAX) {
        return GODWIT_MALFORMED;
    }
    if (r.left < len) {
        return GODWIT_AGAIN;
    }
    uint8_t type = godwit_get_u8(&r);
    frame->kind = GODWIT_IPA_OTHER;
    if (protocol == PROTOCOL_CCM) {
        frame->kind = ccm_kind(type);
    } else if (protocol == PROTOCOL_OSMO && type == EXTENSION_GSUP) {
        frame->kind = GODWIT_IPA_GSUP;
    }
    frame->payload = godwit_get_slice(&r, len - 1);
    *used = HEADER_LEN + len;
    return GODWIT_OK;
}

static size_t frame_open(godwit_writer_t *w, uint8_t protocol, uint8_t type)
{
    size_t at = w->len;
    godwit_put_u16(w, 0);
    godwit_put_u8(w, protocol);
    godwit_put_u8(w, type);
    return at;
}

void godwit_ipa_close(godwit_writer_t *w, size_t at)
{
    if (!w->overflow) {
        godwit_store_u16(w->buf + at, (uint16_t)(w->len - at - HEADER_LEN));
    }
}

size_t godwit_ipa_gsup_open(godwit_writer_t *w)
{
    return frame_open(w, PROTOCOL_OSMO, EXTENSION_GSUP);
}

void godwit_ipa_put_ccm(godwit_writer_t *w, godwit_ipa_kind_t kind)
{
    godwit_ipa_close(w, frame_open(w, PROTOCOL_CCM, types[kind]));
}

void godwit_ipa_put_id_get(godwit_writer_t *w)
{
    static const uint8_t wanted[] = {1, TAG_SERIAL_NUMBER, 1, TAG_UNIT_NAME};
    size_t at = frame_open(w, PROTOCOL_CCM, types[GODWIT_IPA_ID_GET]);
    godwit_put(w, wanted, sizeof wanted);
    godwit_ipa_close(w, at);
}

/* Tag and value with its terminator; the length counts the tag. */
static void put_identity(godwit_writer_t *w, uint8_t tag, const char *value)
{
    godwit_put_u16(w, (uint16_t)(strlen(value) + 2));
    godwit_put_u8(w, tag);
    godwit_put(w, value, strlen(value) + 1);
}

void godwit_ipa_put_id_resp(godwit_writer_t *w, const char *unit_name)
{
    size_t at = frame_open(w, PROTOCOL_CCM, types[GODWIT_IPA_ID_RESP]);
    put_identity(w, TAG_UNIT_ID, "0/0/0"); /* of a base station; a server closes the connection when there is none */
    put_identity(w, TAG_SERIAL_NUMBER, unit_name);
    put_identity(w, TAG_UNIT_NAME, unit_name);
    godwit_ipa_close(w, at);
}

godwit_slice_t godwit_ipa_unit_name(godwit_slice_t payload)
{
    godwit_reader_t r = godwit_reader(payload);
    while (r.left > 0 && !r.failed) {
        godwit_slice_t identity = godwit_get_slice(&r, godwit_get_u16(&r));
        if (identity.len >= 2 && identity.ptr[0] == TAG_UNIT_NAME && identity.ptr[identity.len - 1] == '\0') {
            return godwit_slice(identity.ptr + 1, identity.len - 2);
        }
    }
    return godwit_slice(NULL, 0);
}
