/* SPDX-License-Identifier: Apache-2.0
 *
 * SMS-SUBMIT and SMS-DELIVER: TS 23.040 9.2.2. The first octet has the message type in bits 2 and 1.
 */
#include "core/wire/tpdu.h"

#include <string.h>

#define TYPE_MASK 0x03U
#define TYPE_DELIVER 0U
#define TYPE_SUBMIT 1U
#define REJECT_DUPLICATES 0x04U
#define NO_MORE 0x04U
#define LOOP_PREVENTION 0x08U
#define VALIDITY_AT 3U
#define STATUS_REPORT 0x20U
#define HEADER 0x40U
#define REPLY_PATH 0x80U

static uint8_t bit(bool set, uint8_t value)
{
    return set ? value : 0;
}

/* ---- user data ---- */

/* TS 23.038 4: whether TP-UDL counts septets. Groups that are reserved are read as the default alphabet. */
static bool in_septets(uint8_t coding)
{
    switch (coding >> 4) {
    case 0x0E:
        return false;
    case 0x0F:
        return (coding & 0x04U) == 0;
    default:
        if ((coding & 0x80U) != 0) {
            return true;
        }
        return (coding & 0x20U) == 0 && (coding & 0x0CU) != 0x04U && (coding & 0x0CU) != 0x08U;
    }
}

static size_t octets_of(uint8_t coding, uint8_t length)
{
    return in_septets(coding) ? (length * 7U + 7U) / 8U : length;
}

static bool data_can_be(const godwit_sms_user_data_t *data)
{
    return data->octets.len <= GODWIT_SMS_USER_DATA_MAX && data->octets.len == octets_of(data->coding, data->length) &&
           (!data->header || data->octets.len > 0);
}

static void put_data(godwit_writer_t *w, const godwit_sms_user_data_t *data)
{
    godwit_put_u8(w, data->length);
    godwit_put_slice(w, data->octets);
}

/* The rest of the TPDU. */
static void get_data(godwit_reader_t *r, godwit_sms_user_data_t *data)
{
    data->length = godwit_get_u8(r);
    data->octets = godwit_get_slice(r, octets_of(data->coding, data->length));
    if (!data_can_be(data)) {
        r->failed = true;
    }
}

/* ---- addresses: 9.1.2.5, whose length counts semi-octets ---- */

static bool address_can_be(const godwit_sms_address_t *address)
{
    return address->digits <= GODWIT_E164_MAX && (address->type & 0x80U) != 0;
}

static void put_address(godwit_writer_t *w, const godwit_sms_address_t *address)
{
    godwit_put_u8(w, address->digits);
    godwit_put_u8(w, address->type);
    godwit_put(w, address->octets, (address->digits + 1U) / 2U);
}

static void get_address(godwit_reader_t *r, godwit_sms_address_t *address)
{
    memset(address, 0, sizeof *address);
    address->digits = godwit_get_u8(r);
    address->type = godwit_get_u8(r);
    if (!address_can_be(address)) {
        r->failed = true;
        return;
    }
    godwit_get(r, address->octets, (address->digits + 1U) / 2U);
}

/* ---- submit ---- */

static size_t validity_octets(uint8_t format)
{
    static const uint8_t octets[4] = {0, 7, 1, 7};
    return octets[format & 3U];
}

godwit_status_t godwit_sms_submit_build(const godwit_sms_submit_t *submit, godwit_writer_t *w)
{
    if (submit->validity_format > 3 || !address_can_be(&submit->destination) || !data_can_be(&submit->data)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, (uint8_t)(TYPE_SUBMIT | bit(submit->reject_duplicates, REJECT_DUPLICATES) |
                               (unsigned)submit->validity_format << VALIDITY_AT |
                               bit(submit->status_report, STATUS_REPORT) | bit(submit->data.header, HEADER) |
                               bit(submit->reply_path, REPLY_PATH)));
    godwit_put_u8(w, submit->reference);
    put_address(w, &submit->destination);
    godwit_put_u8(w, submit->data.protocol);
    godwit_put_u8(w, submit->data.coding);
    godwit_put(w, submit->validity, validity_octets(submit->validity_format));
    put_data(w, &submit->data);
    return godwit_writer_status(w);
}

godwit_status_t godwit_sms_submit_parse(godwit_slice_t octets, godwit_sms_submit_t *submit)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_sms_submit_t m;
    memset(&m, 0, sizeof m);
    uint8_t first = godwit_get_u8(&r);
    m.reject_duplicates = (first & REJECT_DUPLICATES) != 0;
    m.validity_format = first >> VALIDITY_AT & 3U;
    m.status_report = (first & STATUS_REPORT) != 0;
    m.data.header = (first & HEADER) != 0;
    m.reply_path = (first & REPLY_PATH) != 0;
    m.reference = godwit_get_u8(&r);
    get_address(&r, &m.destination);
    m.data.protocol = godwit_get_u8(&r);
    m.data.coding = godwit_get_u8(&r);
    godwit_get(&r, m.validity, validity_octets(m.validity_format));
    get_data(&r, &m.data);
    if (godwit_reader_done(&r) != GODWIT_OK || (first & TYPE_MASK) != TYPE_SUBMIT) {
        return GODWIT_MALFORMED;
    }
    *submit = m;
    return GODWIT_OK;
}

/* ---- deliver ---- */

godwit_status_t godwit_sms_deliver_build(const godwit_sms_deliver_t *deliver, godwit_writer_t *w)
{
    if (!address_can_be(&deliver->originator) || !data_can_be(&deliver->data)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, (uint8_t)(TYPE_DELIVER | bit(deliver->no_more, NO_MORE) |
                               bit(deliver->loop_prevention, LOOP_PREVENTION) |
                               bit(deliver->status_report, STATUS_REPORT) | bit(deliver->data.header, HEADER) |
                               bit(deliver->reply_path, REPLY_PATH)));
    put_address(w, &deliver->originator);
    godwit_put_u8(w, deliver->data.protocol);
    godwit_put_u8(w, deliver->data.coding);
    godwit_put(w, deliver->time, sizeof deliver->time);
    put_data(w, &deliver->data);
    return godwit_writer_status(w);
}

godwit_status_t godwit_sms_deliver_parse(godwit_slice_t octets, godwit_sms_deliver_t *deliver)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_sms_deliver_t m;
    memset(&m, 0, sizeof m);
    uint8_t first = godwit_get_u8(&r);
    m.no_more = (first & NO_MORE) != 0;
    m.loop_prevention = (first & LOOP_PREVENTION) != 0;
    m.status_report = (first & STATUS_REPORT) != 0;
    m.data.header = (first & HEADER) != 0;
    m.reply_path = (first & REPLY_PATH) != 0;
    get_address(&r, &m.originator);
    m.data.protocol = godwit_get_u8(&r);
    m.data.coding = godwit_get_u8(&r);
    godwit_get(&r, m.time, sizeof m.time);
    get_data(&r, &m.data);
    if (godwit_reader_done(&r) != GODWIT_OK || (first & TYPE_MASK) != TYPE_DELIVER) {
        return GODWIT_MALFORMED;
    }
    *deliver = m;
    return GODWIT_OK;
}
