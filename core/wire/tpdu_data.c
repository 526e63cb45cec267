/* SPDX-License-Identifier: Apache-2.0
 *
 * The user data header of TS 23.040 9.2.3.24 with its 16-bit ports, and the time stamp of 9.2.3.11.
 */
#include "core/wire/tpdu.h"

#include <string.h>

#define IE_CONCATENATED 0x00 /* 9.2.3.24.1: with an 8-bit reference */
#define IE_PORTS 0x05        /* 9.2.3.24.4 */
#define IE_CONCATENATED_16 0x08
#define PORTS_LEN 4
#define DAY_MS 86400000ULL

/* ---- ports ---- */

static bool is_8_bit(uint8_t coding)
{
    bool general = coding < 0x40 && (coding & 0x2CU) == GODWIT_SMS_DCS_8_BIT;
    bool by_class = (coding & 0xF4U) == 0xF4U;
    return general || by_class;
}

godwit_status_t godwit_sms_ports_put(uint16_t destination, uint16_t originator, godwit_slice_t payload,
                                     uint8_t octets[GODWIT_SMS_USER_DATA_MAX], godwit_sms_user_data_t *data)
{
    godwit_writer_t w = godwit_writer(octets, GODWIT_SMS_USER_DATA_MAX);
    godwit_put_u8(&w, GODWIT_SMS_PORT_HEADER - 1);
    godwit_put_u8(&w, IE_PORTS);
    godwit_put_u8(&w, PORTS_LEN);
    godwit_put_u16(&w, destination);
    godwit_put_u16(&w, originator);
    godwit_put_slice(&w, payload);
    godwit_status_t status = godwit_writer_status(&w);
    if (status == GODWIT_OK) {
        *data = (godwit_sms_user_data_t){
            .header = true, .coding = GODWIT_SMS_DCS_8_BIT, .length = (uint8_t)w.len, .octets = godwit_written(&w)};
    }
    return status;
}

/* One element of the header. */
static godwit_status_t take_element(godwit_reader_t *header, godwit_sms_ports_t *ports, bool *has_ports)
{
    uint8_t iei = godwit_get_u8(header);
    godwit_slice_t value = godwit_get_slice(header, godwit_get_u8(header));
    if (header->failed) {
        return GODWIT_MALFORMED;
    }
    if (iei == IE_CONCATENATED || iei == IE_CONCATENATED_16) {
        return GODWIT_NOT_FOUND;
    }
    if (iei == IE_PORTS && value.len == PORTS_LEN) {
        ports->destination = godwit_load_u16(value.ptr);
        ports->originator = godwit_load_u16(value.ptr + 2);
        *has_ports = true;
    }
    return GODWIT_OK;
}

godwit_status_t godwit_sms_ports_get(const godwit_sms_user_data_t *data, godwit_sms_ports_t *ports)
{
    godwit_reader_t r = godwit_reader(data->octets);
    godwit_sms_ports_t found;
    bool has_ports = false;
    godwit_status_t status = GODWIT_OK;
    memset(&found, 0, sizeof found);
    if (!data->header || !is_8_bit(data->coding)) {
        return GODWIT_NOT_FOUND;
    }
    godwit_reader_t header = godwit_reader(godwit_get_slice(&r, godwit_get_u8(&r)));
    if (r.failed) {
        return GODWIT_MALFORMED;
    }
    while (header.left > 0 && status == GODWIT_OK) { /* each round takes two octets at least */
        status = take_element(&header, &found, &has_ports);
    }
    if (status != GODWIT_OK || !has_ports) {
        return status != GODWIT_OK ? status : GODWIT_NOT_FOUND;
    }
    found.payload = godwit_get_slice(&r, r.left);
    *ports = found;
    return GODWIT_OK;
}

/* ---- time ---- */

/* Two digits, the first in the low half. */
static uint8_t semi_octets(unsigned value)
{
    return (uint8_t)(value % 10 << 4 | value / 10 % 10);
}

void godwit_sms_time(uint64_t now_ms, uint8_t time[7])
{
    /* Days since 2000-03-01, whose years end with their leap day: 2000 to 2099 has no century that is not a leap
     * year. */
    const uint64_t day_of_2000_03_01 = 11017;
    uint64_t days = now_ms / DAY_MS, seconds = now_ms % DAY_MS / 1000;
    days = days > day_of_2000_03_01 ? days - day_of_2000_03_01 : 0;
    uint64_t year = (4 * days + 3) / 1461, day = days - 1461 * year / 4;
    uint64_t month = (5 * day + 2) / 153; /* 0: March */
    time[0] = semi_octets((unsigned)((year + (month >= 10 ? 1 : 0)) % 100));
    time[1] = semi_octets((unsigned)(month < 10 ? month + 3 : month - 9));
    time[2] = semi_octets((unsigned)(day - (153 * month + 2) / 5 + 1));
    time[3] = semi_octets((unsigned)(seconds / 3600));
    time[4] = semi_octets((unsigned)(seconds / 60 % 60));
    time[5] = semi_octets((unsigned)(seconds % 60));
    time[6] = 0; /* UTC */
}
