/* SPDX-License-Identifier: Apache-2.0
 *
 * The name of an exported key, which both ends must write alike: it is Godwit's own (docs/keys.md).
 */
#include <string.h>

#include "godwit/e2e.h"

static const char prefix[] = "godwit.";
#define PREFIX (sizeof prefix - 1)
#define SESSION_DIGITS 8u
#define DECIMAL_DIGITS 10u /* of 32 bits */

static void put_decimal(godwit_writer_t *w, uint32_t value)
{
    uint8_t digits[DECIMAL_DIGITS];
    size_t at = sizeof digits;
    for (bool more = true; more && at > 0; more = value > 0) {
        digits[--at] = (uint8_t)('0' + value % 10);
        value /= 10;
    }
    godwit_put(w, digits + at, sizeof digits - at);
}

void godwit_psk_name_put(const godwit_psk_name_t *name, godwit_writer_t *identity)
{
    uint8_t session[4];
    char hex[SESSION_DIGITS + 1];
    godwit_store_u32(session, name->session_id);
    godwit_hex_encode(godwit_slice(session, sizeof session), hex);
    godwit_put(identity, prefix, PREFIX);
    godwit_put(identity, hex, SESSION_DIGITS);
    godwit_put_u8(identity, '.');
    put_decimal(identity, name->age);
    godwit_put_u8(identity, '.');
    put_decimal(identity, name->number);
}

/* Up to the next character that is no digit. */
static uint32_t get_decimal(godwit_reader_t *r)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < DECIMAL_DIGITS && r->left > 0 && *r->ptr >= '0' && *r->ptr <= '9'; i++) {
        value = value * 10 + (unsigned)(godwit_get_u8(r) - '0');
    }
    return value <= UINT32_MAX ? (uint32_t)value : 0;
}

static void read_name(godwit_reader_t *r, godwit_psk_name_t *name)
{
    char hex[SESSION_DIGITS + 1] = "";
    uint8_t session[4] = {0};
    size_t len = 0;
    (void)godwit_get_slice(r, PREFIX);
    godwit_get(r, hex, SESSION_DIGITS);
    if (godwit_hex_decode(hex, session, sizeof session, &len) == GODWIT_OK) {
        name->session_id = godwit_load_u32(session);
    }
    (void)godwit_get_u8(r);
    name->age = get_decimal(r);
    (void)godwit_get_u8(r);
    name->number = get_decimal(r);
}

/* One spelling only: what was read is written again and must be the same. */
godwit_status_t godwit_psk_name_parse(godwit_slice_t identity, godwit_psk_name_t *name)
{
    uint8_t again[GODWIT_PSK_NAME_MAX];
    godwit_writer_t w = godwit_writer(again, sizeof again);
    godwit_reader_t r = godwit_reader(identity);
    godwit_psk_name_t read = {.session_id = 0};
    read_name(&r, &read);
    godwit_psk_name_put(&read, &w);
    if (read.age == 0 || read.number == 0 || !godwit_slice_equal(identity, godwit_written(&w))) {
        return GODWIT_MALFORMED;
    }
    *name = read;
    return GODWIT_OK;
}
