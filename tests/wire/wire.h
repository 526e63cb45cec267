/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of the codecs share. Include after cmocka.h.
 */
#ifndef GODWIT_TESTS_WIRE_H
#define GODWIT_TESTS_WIRE_H

#include "core/wire/diameter.h"

#include <string.h>

static inline void assert_slice(godwit_slice_t slice, const char *text)
{
    assert_int_equal(slice.len, strlen(text));
    assert_memory_equal(slice.ptr, text, slice.len);
}

/* first, first+1, ... as the vectors of the tests have it. */
static inline void assert_counts_from(const uint8_t *octets, size_t len, unsigned first)
{
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(octets[i], (uint8_t)(first + i));
    }
}

static inline void count_from(uint8_t *octets, size_t len, unsigned first)
{
    for (size_t i = 0; i < len; i++) {
        octets[i] = (uint8_t)(first + i);
    }
}

static inline godwit_imsi_t imsi_of(const char *digits)
{
    godwit_imsi_t imsi;
    assert_int_equal(godwit_imsi_from_text(digits, &imsi), GODWIT_OK);
    return imsi;
}

/* A client's and a server's envelope. */
static inline godwit_diameter_envelope_t test_envelope(void)
{
    return (godwit_diameter_envelope_t){.flags = GODWIT_DIAMETER_PROXIABLE,
                                        .hop_by_hop = 0x01020304,
                                        .end_to_end = 0x05060708,
                                        .session_id = godwit_slice_of_string("mme.example;1;2;3"),
                                        .origin_host = godwit_slice_of_string("mme.visited.example"),
                                        .origin_realm = godwit_slice_of_string("visited.example"),
                                        .destination_host = godwit_slice_of_string("hss.home.example"),
                                        .destination_realm = godwit_slice_of_string("home.example")};
}

/* The place of an AVP's header in a message, groups included; 0 when there is none. Finds it by its code and vendor
 * octets. */
static inline size_t find_avp(const uint8_t *octets, size_t len, uint32_t code, uint32_t vendor)
{
    for (size_t i = GODWIT_DIAMETER_HEADER_LEN; i + 12 <= len; i += 4) {
        bool v = (octets[i + 4] & 0x80) != 0;
        bool header = (octets[i + 4] & 0xC0) != 0; /* and no value that happens to be equal */
        if (header && godwit_load_u32(octets + i) == code && v == (vendor != 0) &&
            (!v || godwit_load_u32(octets + i + 8) == vendor)) {
            return i;
        }
    }
    return 0;
}

#endif
