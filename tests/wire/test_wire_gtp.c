/* SPDX-License-Identifier: Apache-2.0
 *
 * GTPv1-C, GTPv2-C and GTP-U: golden octets both ways (tests/vectors/gtp.txt), truncation and bending of every one of
 * them, what is unknown, repeated, missing or too short.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/wire/gtpu.h"
#include "core/wire/gtpv1.h"
#include "core/wire/gtpv2.h"
#include "tests/kat/kat.h"

#define ROOM 600

static void expect_number(const kat_record_t *r, const char *name, unsigned long long value)
{
    if (kat_has(r, name)) {
        assert_int_equal(value, kat_number(r, name));
    }
}

static void expect_text(const kat_record_t *r, const char *name, const char *value)
{
    if (kat_has(r, name)) {
        assert_string_equal(value, kat_text(r, name));
    }
}

static void expect_octets(const kat_record_t *r, const char *name, godwit_slice_t value)
{
    if (kat_has(r, name)) {
        kat_expect(r, name, value.ptr, value.len);
        assert_int_equal(value.len, kat_hex(r, name).len);
    }
}

/* ---- golden octets ---- */

static void compare_v1(const kat_record_t *r, void *context)
{
    (void)context;
    uint8_t octets[ROOM];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_gtpv1_t m;
    assert_int_equal(godwit_gtpv1_parse(kat_hex(r, "octets"), &m), GODWIT_OK);
    expect_number(r, "type", m.type);
    expect_number(r, "teid", m.teid);
    expect_number(r, "sequence", m.sequence);
    expect_text(r, "imsi", m.imsi.digits);
    expect_text(r, "apn", m.apn.text);
    expect_number(r, "cause", m.cause);
    expect_number(r, "recovery", m.recovery);
    expect_number(r, "teid_data", m.teid_data);
    expect_number(r, "teid_control", m.teid_control);
    expect_number(r, "nsapi", m.nsapi);
    expect_number(r, "teardown", m.teardown);
    expect_number(r, "pdp_type", m.pdp_type);
    expect_octets(r, "pco", m.pco);
    expect_octets(r, "qos", m.qos);
    expect_octets(r, "pdp_address", godwit_slice(m.pdp_address, m.pdp_address_len));
    expect_octets(r, "gsn", godwit_slice(m.gsn_control, 4));
    expect_octets(r, "gsn", godwit_slice(m.gsn_user, 4));
    expect_number(r, "p_tmsi", m.p_tmsi);
    expect_number(r, "extension", m.extension);
    expect_octets(r, "extension_value", m.extension_value);
    if (kat_has(r, "quintuplet")) {
        const godwit_gtpv1_quintuplet_t *q = &m.quintuplet;
        godwit_slice_t value = kat_hex(r, "quintuplet");
        assert_int_equal(q->xres_len, 8);
        assert_memory_equal(q->rand, value.ptr, 16);
        assert_memory_equal(q->xres, value.ptr + 17, 8);
        assert_memory_equal(q->ck, value.ptr + 25, 16);
        assert_memory_equal(q->ik, value.ptr + 41, 16);
    }
    assert_int_equal(godwit_gtpv1_build(&m, &w), GODWIT_OK);
    kat_expect(r, "octets", octets, w.len);
}

static void expect_fteid(const kat_record_t *r, const char *name, const godwit_fteid_t *f)
{
    uint8_t octets[8];
    godwit_store_u32(octets, f->teid);
    memcpy(octets + 4, f->ipv4, 4);
    expect_octets(r, name, godwit_slice(octets, sizeof octets));
}

static void expect_guti(const kat_record_t *r, const godwit_guti_t *guti)
{
    uint8_t octets[10];
    memcpy(octets, guti->plmn.octets, 3);
    godwit_store_u16(octets + 3, guti->mme_group);
    octets[5] = guti->mme_code;
    godwit_store_u32(octets + 6, guti->m_tmsi);
    expect_octets(r, "guti", godwit_slice(octets, sizeof octets));
}

static void expect_mm(const kat_record_t *r, const godwit_mm_context_t *mm)
{
    uint8_t octets[43] = {mm->ksi, mm->eea, mm->eia};
    godwit_store_u32(octets + 3, mm->next_down);
    godwit_store_u32(octets + 7, mm->next_up);
    memcpy(octets + 11, mm->kasme, 32);
    expect_octets(r, "mm", godwit_slice(octets, sizeof octets));
}

static void compare_v2(const kat_record_t *r, void *context)
{
    (void)context;
    uint8_t octets[ROOM];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_gtpv2_t m;
    assert_int_equal(godwit_gtpv2_parse(kat_hex(r, "octets"), &m), GODWIT_OK);
    expect_number(r, "type", m.type);
    expect_number(r, "teid", m.teid);
    expect_number(r, "sequence", m.sequence);
    expect_text(r, "imsi", m.imsi.digits);
    expect_text(r, "apn", m.apn.text);
    expect_number(r, "cause", m.cause);
    expect_number(r, "recovery", m.recovery);
    expect_number(r, "rat", m.rat);
    expect_number(r, "pdn_type", m.pdn_type);
    expect_number(r, "pti", m.pti);
    expect_number(r, "ebi", m.ebi);
    expect_number(r, "bearer_ebi", m.bearer.ebi);
    expect_octets(r, "pco", m.pco);
    expect_octets(r, "epco", m.epco);
    expect_octets(r, "bearer_pco", m.bearer.pco);
    expect_octets(r, "paa", godwit_slice(m.paa_ipv4, 4));
    expect_number(r, "charging_id", m.bearer.charging_id);
    expect_number(r, "rate", m.bearer.qos.rates[2]);
    expect_fteid(r, "sender", &m.sender);
    expect_octets(r, "complete", m.complete);
    expect_guti(r, &m.guti);
    expect_mm(r, &m.mm);
    if (kat_has(r, "instance")) {
        unsigned instance = (unsigned)kat_number(r, "instance");
        assert_true((m.bearer.fteids & (1U << instance)) != 0);
        expect_fteid(r, "user", &m.bearer.fteid[instance]);
    }
    assert_int_equal(godwit_gtpv2_build(&m, &w), GODWIT_OK);
    kat_expect(r, "octets", octets, w.len);
}

static void compare_u(const kat_record_t *r, void *context)
{
    (void)context;
    uint8_t octets[ROOM];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_gtpu_t m;
    assert_int_equal(godwit_gtpu_parse(kat_hex(r, "octets"), &m), GODWIT_OK);
    expect_number(r, "type", m.type);
    expect_number(r, "teid", m.teid);
    expect_number(r, "sequence", m.sequence);
    expect_number(r, "error_teid", m.error_teid);
    expect_octets(r, "pdu", m.pdu);
    expect_octets(r, "error_ipv4", godwit_slice(m.error_ipv4, 4));
    assert_int_equal(godwit_gtpu_build(&m, &w), GODWIT_OK);
    kat_expect(r, "octets", octets, w.len);
}

static void golden_octets_both_ways(void **state)
{
    (void)state;
    assert_int_equal(kat_each("gtp.txt", "gtpv1", compare_v1, NULL), 14);
    assert_int_equal(kat_each("gtp.txt", "gtpv2", compare_v2, NULL), 23);
    assert_int_equal(kat_each("gtp.txt", "gtpu", compare_u, NULL), 6);
}

/* ---- faults ---- */

static godwit_status_t parse(int kind, godwit_slice_t octets)
{
    godwit_gtpv1_t v1;
    godwit_gtpv2_t v2;
    godwit_gtpu_t u;
    return kind == 1   ? godwit_gtpv1_parse(octets, &v1)
           : kind == 2 ? godwit_gtpv2_parse(octets, &v2)
                       : godwit_gtpu_parse(octets, &u);
}

/* Every prefix is refused; so is every octet more; also when the header's length is made to agree, unless an element
 * ends there. */
static void cut(const kat_record_t *r, void *context)
{
    int kind = *(const int *)context;
    godwit_slice_t whole = kat_hex(r, "octets");
    uint8_t octets[ROOM];
    memcpy(octets, whole.ptr, whole.len);
    octets[whole.len] = 0;
    for (size_t len = 0; len < whole.len; len++) {
        assert_int_not_equal(parse(kind, godwit_slice(octets, len)), GODWIT_OK);
    }
    assert_int_equal(parse(kind, godwit_slice(octets, whole.len + 1)), GODWIT_MALFORMED);
    size_t from = kind == 2 ? 4 : 8;
    for (size_t len = from; len < whole.len; len++) {
        godwit_store_u16(octets + 2, (uint16_t)(len - from));
        (void)parse(kind, godwit_slice(octets, len)); /* never reads beyond: the sanitizers watch */
    }
}

static void bend(const kat_record_t *r, void *context)
{
    int kind = *(const int *)context;
    godwit_slice_t whole = kat_hex(r, "octets");
    uint8_t octets[ROOM];
    for (size_t i = 0; i < whole.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(octets, whole.ptr, whole.len);
            octets[i] ^= (uint8_t)(1U << bit);
            (void)parse(kind, godwit_slice(octets, whole.len));
        }
    }
}

static void what_is_cut_or_bent_is_refused_or_harmless(void **state)
{
    (void)state;
    static const char *const sections[] = {"gtpu", "gtpv1", "gtpv2"};
    for (int kind = 0; kind < 3; kind++) {
        (void)kat_each("gtp.txt", sections[kind], cut, &kind);
        (void)kat_each("gtp.txt", sections[kind], bend, &kind);
    }
}

/* A message of version 2 made of a header and these elements. */
static godwit_status_t parse_v2(uint8_t type, const char *elements, size_t len, godwit_gtpv2_t *m)
{
    uint8_t octets[ROOM] = {0x48, type, 0, 0, 0, 0, 0, 0x61, 0, 1, 4, 0};
    memcpy(octets + 12, elements, len);
    godwit_store_u16(octets + 2, (uint16_t)(8 + len));
    return godwit_gtpv2_parse(godwit_slice(octets, 12 + len), m);
}
#define PARSE_V2(type, elements, m) parse_v2(type, elements, sizeof elements - 1, m)

static void version_2_is_tolerant_of_what_it_does_not_know(void **state)
{
    (void)state;
    godwit_gtpv2_t m;
    /* 255 is private; EBI of another instance is another element; the first of two counts; cause with the offending
     * element's type. */
    assert_int_equal(
        PARSE_V2(36, "\xFF\x00\x02\x00\xAA\xBB\x49\x00\x01\x01\x09\x49\x00\x01\x00\x05\x49\x00\x01\x00\x06", &m),
        GODWIT_OK);
    assert_int_equal(m.ebi, 5);
    assert_int_equal(PARSE_V2(37, "\x02\x00\x06\x00\x46\x00\x49\x00\x00\x00", &m), GODWIT_OK);
    assert_int_equal(m.cause, 70);
    /* F-TEID with both addresses; with IPv6 alone it is as if it were not there */
    assert_int_equal(PARSE_V2(34,
                              "\x57\x00\x19\x00\xCA\x00\x00\x00\x51\x0A\x00\x00\x01"
                              "0123456789abcdef",
                              &m),
                     GODWIT_OK);
    assert_int_equal(m.has, GODWIT_GTPV2_SENDER);
    assert_int_equal(m.sender.teid, 0x51);
    assert_int_equal(PARSE_V2(34,
                              "\x57\x00\x15\x00\x4A\x00\x00\x00\x51"
                              "0123456789abcdef",
                              &m),
                     GODWIT_OK);
    assert_int_equal(m.has, 0);
}

static void version_2_is_strict_about_lengths_and_what_must_be_there(void **state)
{
    (void)state;
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    assert_int_equal(PARSE_V2(37, "\x02\x00\x01\x00\x10", &m), GODWIT_MALFORMED);
    assert_int_equal(m.type, 37); /* enough for an answer */
    assert_int_equal(m.teid, 0x61);
    assert_int_equal(m.sequence, 0x104);
    assert_int_equal(m.has, 0);
    assert_int_equal(PARSE_V2(36, "\x49\x00\x00\x00", &m), GODWIT_MALFORMED);
    assert_int_equal(PARSE_V2(34, "\x57\x00\x08\x00\x8A\x00\x00\x00\x51\x0A\x00\x00", &m), GODWIT_MALFORMED);
    assert_int_equal(PARSE_V2(34, "\x5D\x00\x05\x00\x49\x00\x02\x00\x05", &m),
                     GODWIT_MALFORMED); /* runs out of the group */
    assert_int_equal(PARSE_V2(34, "\x5D\x00\x06\x00\x02\x00\x02\x00\x10\x00", &m),
                     GODWIT_MALFORMED); /* a group without EBI */
    assert_int_equal(PARSE_V2(37, "", &m), GODWIT_NOT_FOUND);
    assert_int_equal(PARSE_V2(68, "\x49\x00\x01\x00\x05", &m), GODWIT_NOT_FOUND);
    assert_int_equal(PARSE_V2(97, "\x5D\x00\x05\x00\x49\x00\x01\x00\x05", &m), GODWIT_NOT_FOUND);
    /* another version; Echo with a TEID */
    assert_int_equal(godwit_gtpv2_parse(godwit_slice("\x68\x24\x00\x08\0\0\0\0\0\0\x01\0", 12), &m),
                     GODWIT_POLICY_FORBIDS);
    assert_int_equal(godwit_gtpv2_parse(godwit_slice("\x48\x01\x00\x0D\0\0\0\0\0\0\x01\0\x03\0\x01\0\x05", 17), &m),
                     GODWIT_MALFORMED);
    /* piggybacked: the second message is left alone */
    assert_int_equal(godwit_gtpv2_parse(godwit_slice("\x58\xAA\x00\x08\0\0\0\x61\0\0\x01\0zz", 14), &m), GODWIT_OK);
}

static godwit_status_t parse_v1(uint8_t type, const char *elements, size_t len, godwit_gtpv1_t *m)
{
    uint8_t octets[ROOM] = {0x32, type, 0, 0, 0, 0, 0, 0x61, 0, 1};
    memcpy(octets + 12, elements, len);
    godwit_store_u16(octets + 2, (uint16_t)(4 + len));
    return godwit_gtpv1_parse(godwit_slice(octets, 12 + len), m);
}
#define PARSE_V1(type, elements, m) parse_v1(type, elements, sizeof elements - 1, m)

static void version_1_knows_what_it_may_pass_over(void **state)
{
    (void)state;
    godwit_gtpv1_t m;
    /* MAP cause, TLLI, an unknown TLV: passed over. An unknown TV has no length. The first of two counts. */
    assert_int_equal(PARSE_V1(20, "\x04\x01\x02\x03\x04\x0B\x01\x14\x05\x14\x06\xB7\x00\x02\xAA\xBB", &m), GODWIT_OK);
    assert_int_equal(m.nsapi, 5);
    assert_int_equal(PARSE_V1(20, "\x14\x05\x30\x01", &m), GODWIT_MALFORMED);
    assert_int_equal(m.type, 20);
    assert_int_equal(m.sequence, 1);
    assert_int_equal(PARSE_V1(20, "\x13\xFF", &m), GODWIT_NOT_FOUND);
    assert_int_equal(PARSE_V1(18,
                              "\x14\x05\x85\x00\x10"
                              "0123456789abcdef",
                              &m),
                     GODWIT_MALFORMED);                                           /* IPv6 */
    assert_int_equal(PARSE_V1(18, "\x14\x05\x84\x00\x00", &m), GODWIT_MALFORMED); /* an empty PCO */
    assert_int_equal(PARSE_V1(18, "\x14\x05\x84\x00\x05\x80", &m), GODWIT_MALFORMED);
    assert_int_equal(PARSE_V1(20, "\x14\x05\xFF\x00\x01G", &m), GODWIT_MALFORMED);  /* half an extension identifier */
    assert_int_equal(PARSE_V1(20, "\x14\x05\x88\x00\x02zz", &m), GODWIT_MALFORMED); /* a quintuplet that ends early */
}

static void headers_of_version_1_are_strict(void **state)
{
    (void)state;
    godwit_gtpv1_t m;
    assert_int_equal(godwit_gtpv1_parse(godwit_slice("\x30\x01\x00\x00\0\0\0\0", 8), &m),
                     GODWIT_MALFORMED); /* no sequence */
    assert_int_equal(godwit_gtpv1_parse(godwit_slice("\x22\x01\x00\x04\0\0\0\0\0\x01\0\0", 12), &m),
                     GODWIT_POLICY_FORBIDS);
    /* an extension header that need not be understood (00), and one that must be (C0) */
    assert_int_equal(godwit_gtpv1_parse(godwit_slice("\x36\x01\x00\x08\0\0\0\0\0\x01\0\x20\x01\xAA\xBB\0", 16), &m),
                     GODWIT_OK);
    assert_int_equal(godwit_gtpv1_parse(godwit_slice("\x36\x01\x00\x08\0\0\0\0\0\x01\0\xC0\x01\xAA\xBB\0", 16), &m),
                     GODWIT_POLICY_FORBIDS);
    assert_int_equal(godwit_gtpv1_parse(godwit_slice("\x36\x01\x00\x08\0\0\0\0\0\x01\0\x20\0\xAA\xBB\0", 16), &m),
                     GODWIT_MALFORMED); /* of no length */
}

static void extension_headers_of_the_user_plane_are_bounded(void **state)
{
    (void)state;
    godwit_gtpu_t m;
    uint8_t octets[8 + 4 + 4 * (GODWIT_GTPU_EXTENSIONS_MAX + 1) + 1] = {0x34, 255};
    octets[11] = 0x20;
    for (unsigned extra = 0; extra < 2; extra++) {
        size_t headers = GODWIT_GTPU_EXTENSIONS_MAX + extra, len = 12 + 4 * headers + 1;
        for (size_t i = 0; i < headers; i++) {
            octets[12 + 4 * i] = 1;
            octets[15 + 4 * i] = i + 1 < headers ? 0x20 : 0;
        }
        octets[len - 1] = 0x77;
        godwit_store_u16(octets + 2, (uint16_t)(len - 8));
        godwit_status_t expected = extra == 0 ? GODWIT_OK : GODWIT_MALFORMED;
        assert_int_equal(godwit_gtpu_parse(godwit_slice(octets, len), &m), expected);
        if (extra == 0) {
            assert_int_equal(m.pdu.len, 1);
            assert_int_equal(m.pdu.ptr[0], 0x77);
        }
    }
    octets[11] = 0x85; /* PDU Session Container: to be understood */
    assert_int_equal(godwit_gtpu_parse(godwit_slice(octets, sizeof octets), &m), GODWIT_POLICY_FORBIDS);
}

static void access_point_names(void **state)
{
    (void)state;
    godwit_apn_t apn;
    char longest[GODWIT_APN_MAX + 2];
    assert_int_equal(godwit_apn_parse(godwit_slice("\x03IOT\x07"
                                                   "Example",
                                                   12),
                                      &apn),
                     GODWIT_OK);
    assert_string_equal(apn.text, "iot.example");
    assert_int_equal(godwit_apn_labels_len(&apn), 12);
    assert_int_equal(godwit_apn_parse(godwit_slice("\x03IO", 3), &apn), GODWIT_MALFORMED);
    assert_int_equal(godwit_apn_parse(godwit_slice("\x03IOT\x00", 5), &apn), GODWIT_MALFORMED);
    assert_int_equal(godwit_apn_parse(godwit_slice("\x03I.T", 4), &apn), GODWIT_MALFORMED);
    assert_int_equal(godwit_apn_from_text("", &apn), GODWIT_MALFORMED);
    assert_int_equal(godwit_apn_from_text("a..b", &apn), GODWIT_MALFORMED);
    assert_int_equal(godwit_apn_from_text(".a", &apn), GODWIT_MALFORMED);
    assert_int_equal(godwit_apn_from_text("a.", &apn), GODWIT_MALFORMED);
    memset(longest, 'a', sizeof longest);
    longest[50] = '.';
    longest[99] = '\0';
    assert_int_equal(godwit_apn_from_text(longest, &apn), GODWIT_OK); /* 100 octets of labels */
    longest[99] = 'a';
    longest[100] = '\0';
    assert_int_equal(godwit_apn_from_text(longest, &apn), GODWIT_MALFORMED);
    longest[64] = '\0';
    assert_int_equal(godwit_apn_from_text(longest + 51, &apn), GODWIT_OK);
    memset(longest, 'a', 64);
    assert_int_equal(godwit_apn_from_text(longest, &apn), GODWIT_MALFORMED); /* a label of 64 */
}

static void builders_ask_for_what_must_be_there(void **state)
{
    (void)state;
    uint8_t octets[ROOM];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_gtpv1_t v1;
    godwit_gtpv2_t v2;
    memset(&v1, 0, sizeof v1);
    memset(&v2, 0, sizeof v2);
    v1.type = GODWIT_GTPV1_CREATE_RESPONSE;
    v1.has = GODWIT_GTPV1_CAUSE;
    v1.cause = GODWIT_GTPV1_CAUSE_ACCEPTED;
    assert_int_equal(godwit_gtpv1_build(&v1, &w), GODWIT_INVALID_ARGUMENT);
    v1.cause = GODWIT_GTPV1_CAUSE_NO_RESOURCES;
    assert_int_equal(godwit_gtpv1_build(&v1, &w), GODWIT_OK);
    v2.type = GODWIT_GTPV2_BEARER_RESOURCE_COMMAND;
    assert_int_equal(godwit_gtpv2_build(&v2, &w), GODWIT_INVALID_ARGUMENT);
    w = godwit_writer(octets, 10);
    v2.type = GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_REQUEST;
    assert_int_equal(godwit_gtpv2_build(&v2, &w), GODWIT_NO_SPACE);
}

/* ---- what is mandatory, message by message ---- */

static void each_v1_element(const kat_record_t *r, void *context)
{
    static const struct {
        uint8_t type;
        uint32_t needed;
    } table[] = {
        {2, GODWIT_GTPV1_RECOVERY},
        {16, GODWIT_GTPV1_TEID_DATA | GODWIT_GTPV1_NSAPI | GODWIT_GTPV1_GSN_CONTROL | GODWIT_GTPV1_GSN_USER |
                 GODWIT_GTPV1_QOS},
        {17, GODWIT_GTPV1_CAUSE | GODWIT_GTPV1_TEID_DATA | GODWIT_GTPV1_TEID_CONTROL | GODWIT_GTPV1_GSN_CONTROL |
                 GODWIT_GTPV1_GSN_USER | GODWIT_GTPV1_QOS},
        {18, GODWIT_GTPV1_NSAPI},
        {19, GODWIT_GTPV1_CAUSE},
        {20, GODWIT_GTPV1_NSAPI},
        {21, GODWIT_GTPV1_CAUSE},
        {48, GODWIT_GTPV1_ROUTEING_AREA | GODWIT_GTPV1_P_TMSI},
        {49, GODWIT_GTPV1_CAUSE | GODWIT_GTPV1_IMSI},
    };
    (void)context;
    uint8_t octets[ROOM];
    godwit_gtpv1_t m;
    uint32_t needed = 0;
    assert_int_equal(godwit_gtpv1_parse(kat_hex(r, "octets"), &m), GODWIT_OK);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        needed = table[i].type == m.type ? table[i].needed : needed;
    }
    needed = m.type == 17 && m.cause != GODWIT_GTPV1_CAUSE_ACCEPTED ? GODWIT_GTPV1_CAUSE : needed;
    for (uint32_t bit = 1; bit <= GODWIT_GTPV1_PRIVATE; bit <<= 1) {
        if ((m.has & bit) != 0) {
            godwit_gtpv1_t less = m;
            godwit_writer_t w = godwit_writer(octets, sizeof octets);
            less.has &= ~bit;
            assert_int_equal(godwit_gtpv1_build(&less, &w), (needed & bit) != 0 ? GODWIT_INVALID_ARGUMENT : GODWIT_OK);
        }
    }
}

static void each_v2_element(const kat_record_t *r, void *context)
{
    static const struct {
        uint8_t type;
        uint32_t needed;
    } table[] = {
        {1, GODWIT_GTPV2_RECOVERY},
        {2, GODWIT_GTPV2_RECOVERY},
        {32, GODWIT_GTPV2_RAT | GODWIT_GTPV2_SENDER | GODWIT_GTPV2_APN | GODWIT_GTPV2_BEARER},
        {33, GODWIT_GTPV2_CAUSE | GODWIT_GTPV2_BEARER},
        {35, GODWIT_GTPV2_CAUSE},
        {37, GODWIT_GTPV2_CAUSE},
        {68, GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI},
        {69, GODWIT_GTPV2_CAUSE | GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI},
        {97, GODWIT_GTPV2_BEARER | GODWIT_GTPV2_AMBR},
        {98, GODWIT_GTPV2_CAUSE},
        {129, GODWIT_GTPV2_CAUSE | GODWIT_GTPV2_IMSI | GODWIT_GTPV2_MM_CONTEXT},
        {171, GODWIT_GTPV2_CAUSE},
        {177, GODWIT_GTPV2_CAUSE},
    };
    (void)context;
    uint8_t octets[ROOM];
    godwit_gtpv2_t m;
    uint32_t needed = 0;
    assert_int_equal(godwit_gtpv2_parse(kat_hex(r, "octets"), &m), GODWIT_OK);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        needed = table[i].type == m.type ? table[i].needed : needed;
    }
    needed = (m.type == 33 || m.type == 129) && m.cause != GODWIT_GTPV2_CAUSE_ACCEPTED ? GODWIT_GTPV2_CAUSE : needed;
    for (uint32_t bit = 1; bit <= GODWIT_GTPV2_MM_CONTEXT; bit <<= 1) {
        if ((m.has & bit) != 0) {
            godwit_gtpv2_t less = m;
            godwit_writer_t w = godwit_writer(octets, sizeof octets);
            less.has &= ~bit;
            assert_int_equal(godwit_gtpv2_build(&less, &w), (needed & bit) != 0 ? GODWIT_INVALID_ARGUMENT : GODWIT_OK);
        }
    }
}

static void each_message_needs_what_its_table_calls_mandatory(void **state)
{
    (void)state;
    (void)kat_each("gtp.txt", "gtpv1", each_v1_element, NULL);
    (void)kat_each("gtp.txt", "gtpv2", each_v2_element, NULL);
}

static void lengths_at_their_bounds(void **state)
{
    (void)state;
    char elements[300] = {0x14, 0x05, (char)0x84, 0, 0};
    godwit_gtpv1_t m;
    for (size_t len = 250; len <= 252; len++) { /* a PCO has 251 octets at most */
        elements[4] = (char)len;
        assert_int_equal(parse_v1(18, elements, 5 + len, &m), len <= 251 ? GODWIT_OK : GODWIT_MALFORMED);
    }
    char address[40] = {0x14, 0x05, (char)0x80, 0, 0};
    for (size_t len = 0; len <= 19; len++) { /* two octets of type, and at most one IPv6 address */
        address[4] = (char)len;
        assert_int_equal(parse_v1(18, address, 5 + len, &m), len >= 2 && len <= 18 ? GODWIT_OK : GODWIT_MALFORMED);
    }
    godwit_gtpv2_t v2;
    assert_int_equal(PARSE_V2(36, "\x4F\x00\x05\x00\x01\x0A\x63\x00\x01", &v2), GODWIT_OK);
    assert_int_equal(PARSE_V2(36, "\x4F\x00\x04\x00\x01\x0A\x63\x00", &v2), GODWIT_MALFORMED);
    assert_int_equal(PARSE_V2(37, "\x02\x00\x02\x00\x10\x01", &v2), GODWIT_OK);
    assert_true(v2.cause_from_beyond);
    /* in a group: too short, of another instance, twice; an F-TEID of an instance that is none of ours, or without
     * IPv4 */
    assert_int_equal(PARSE_V2(34, "\x5D\x00\x0A\x00\x49\x00\x01\x00\x05\x02\x00\x01\x00\x10", &v2), GODWIT_MALFORMED);
    assert_int_equal(PARSE_V2(34, "\x5D\x00\x0A\x00\x49\x00\x01\x00\x05\x02\x00\x01\x01\x10", &v2), GODWIT_OK);
    assert_false(v2.bearer.has_cause);
    assert_int_equal(PARSE_V2(34, "\x5D\x00\x0F\x00\x49\x00\x01\x00\x05\x4E\x00\x01\x00\x80\x4E\x00\x01\x00\x81", &v2),
                     GODWIT_OK);
    assert_int_equal(v2.bearer.pco.ptr[0], 0x80);
    assert_int_equal(
        PARSE_V2(34, "\x5D\x00\x12\x00\x49\x00\x01\x00\x05\x57\x00\x09\x08\xA6\0\0\0\x01\x0A\0\0\x01", &v2), GODWIT_OK);
    assert_int_equal(v2.bearer.fteids, 0);
    assert_int_equal(PARSE_V2(34, "\x5D\x00\x11\x00\x49\x00\x01\x00\x05\x57\x00\x08\x04\xA6\0\0\0\x01\x0A\0\0", &v2),
                     GODWIT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_octets_both_ways),
        cmocka_unit_test(what_is_cut_or_bent_is_refused_or_harmless),
        cmocka_unit_test(version_2_is_tolerant_of_what_it_does_not_know),
        cmocka_unit_test(version_2_is_strict_about_lengths_and_what_must_be_there),
        cmocka_unit_test(version_1_knows_what_it_may_pass_over),
        cmocka_unit_test(headers_of_version_1_are_strict),
        cmocka_unit_test(extension_headers_of_the_user_plane_are_bounded),
        cmocka_unit_test(access_point_names),
        cmocka_unit_test(builders_ask_for_what_must_be_there),
        cmocka_unit_test(each_message_needs_what_its_table_calls_mandatory),
        cmocka_unit_test(lengths_at_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
