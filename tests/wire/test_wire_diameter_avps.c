/* SPDX-License-Identifier: Apache-2.0
 *
 * The AVP table and the AVP reader by themselves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/wire/diameter.h"
#include "tests/wire/wire.h"

static void every_avp_has_a_name_and_a_place_of_its_own(void **state)
{
    (void)state;
    for (unsigned i = 0; i < GODWIT_AVP_COUNT; i++) {
        const godwit_avp_definition_t *d = godwit_avp_definition((godwit_avp_id_t)i);
        assert_non_null(d->name);
        assert_true(d->code != 0 && d->min <= d->max && d->min <= 80);
        assert_ptr_equal(godwit_avp_find(d->code, d->vendor), d);
    }
    assert_null(godwit_avp_definition(GODWIT_AVP_COUNT));
    assert_null(godwit_avp_find(1, GODWIT_VENDOR_3GPP));
}

/* RFC 6733 4.1: a 5-octet User-Name takes 13 octets and 3 of padding. */
static void avp_is_padded_and_its_length_is_not(void **state)
{
    (void)state;
    uint8_t octets[32];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_avp_put(&w, GODWIT_AVP_USER_NAME, godwit_slice_of_string("12345"));
    assert_int_equal(w.len, 16);
    assert_memory_equal(octets,
                        "\0\0\0\x01\x40\0\0\x0D"
                        "12345\0\0\0",
                        16);
    w = godwit_writer(octets, sizeof octets);
    godwit_avp_put_u32(&w, GODWIT_AVP_ITEM_NUMBER, 1);
    assert_memory_equal(octets, "\0\0\x05\x8B\xC0\0\0\x10\0\0\x28\xAF\0\0\0\x01", 16);
}

static void avp_at_the_end_of_its_group_needs_its_padding(void **state)
{
    (void)state;
    static const uint8_t octets[] = {0, 0, 0, 1, 0x40, 0, 0, 0x0D, '1', '2', '3', '4', '5', 0, 0, 0};
    godwit_avp_t avp;
    for (size_t len = 0; len <= sizeof octets; len++) {
        godwit_reader_t r = godwit_reader(godwit_slice(octets, len));
        godwit_status_t expected = len == 0 ? GODWIT_NOT_FOUND : len == 16 ? GODWIT_OK : GODWIT_MALFORMED;
        assert_int_equal(godwit_avp_next(&r, &avp), expected);
    }
    assert_slice(avp.data, "12345");
    assert_int_equal(avp.whole.len, 13);
}

/* Vendor-Id 0 with the V flag is reserved: such an AVP is not the IETF's of that code. */
static void vendor_zero_is_not_the_ietf(void **state)
{
    (void)state;
    static const uint8_t octets[] = {0, 0, 0, 1, 0xC0, 0, 0, 0x10, 0, 0, 0, 0, '1', '2', '3', '4'};
    static const godwit_avp_rule_t rules[] = {{GODWIT_AVP_USER_NAME, 1, 1}};
    godwit_slice_t found[1];
    godwit_diameter_fault_t fault;
    assert_int_equal(godwit_avps_parse(godwit_slice(octets, sizeof octets), rules, 1, found, &fault), GODWIT_MALFORMED);
}

static void header_must_be_of_this_version_and_this_length(void **state)
{
    (void)state;
    uint8_t octets[GODWIT_DIAMETER_HEADER_LEN] = {1, 0, 0, 20, 0x80, 0, 1, 62};
    godwit_diameter_header_t h;
    godwit_slice_t avps;
    assert_int_equal(godwit_diameter_header_parse(godwit_slice(octets, 20), &h, &avps), GODWIT_OK);
    assert_int_equal(h.command, 318);
    octets[0] = 2;
    assert_int_equal(godwit_diameter_header_parse(godwit_slice(octets, 20), &h, &avps), GODWIT_MALFORMED);
    octets[0] = 1;
    octets[3] = 24;
    assert_int_equal(godwit_diameter_header_parse(godwit_slice(octets, 20), &h, &avps), GODWIT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_avp_has_a_name_and_a_place_of_its_own),
        cmocka_unit_test(avp_is_padded_and_its_length_is_not),
        cmocka_unit_test(avp_at_the_end_of_its_group_needs_its_padding),
        cmocka_unit_test(vendor_zero_is_not_the_ietf),
        cmocka_unit_test(header_must_be_of_this_version_and_this_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
