/* SPDX-License-Identifier: Apache-2.0
 *
 * TLVs: what is malformed, what is passed over, and that a value has one encoding.
 */
#include "tests/emsdp/messages.h"

#include <stdio.h>

static godwit_status_t parse(uint8_t command, bool keyed, const char *tlvs)
{
    godwit_emsdp_control_t m = {.count = 77};
    const octets_t o = hex(tlvs);
    const godwit_status_t status = godwit_emsdp_control_parse(command, keyed, octets_slice(&o), &m);
    if (status != GODWIT_OK) {
        assert_int_equal(m.count, 77); /* nothing is written */
        return status;
    }
    /* What parses is built again to the same octets, but for what was passed over. */
    uint8_t buf[512];
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    assert_int_equal(godwit_emsdp_control_build(&m, &w), GODWIT_OK);
    assert_true(w.len <= o.len && memcmp(buf, o.at, w.len) == 0);
    return status;
}

struct example {
    uint8_t command;
    bool keyed;
    const char *tlvs;
};

static void each_command_takes_its_tlvs(void **state)
{
    /* clang-format off: one example a line */
    static const struct example good[] = {
        {0x10, false, REQUEST},
        {0x10, false, REQUEST "0a0e0102030405060708090a0b0c0d0e"},
        {0x10, false, "0203010203030204020403612e62050300f110"},   /* SUCI */
        {0x10, false, IMSI_TLV "03030400010400050300f110"},        /* a suite of the third octet */
        {0x10, false, IMSI_TLV "0302060f0400050300f110" RAND_TLV}, /* the key set of an access AKA run */
        {0x10, false,
         IMSI_TLV "030208010400050300f110"
                  "1203614062"}, /* the bootstrapping a@b */
        {0x10, true, "0f03010203"},
        {0x10, true, "0f00"},
        {0x10, true, ""},
        {0x10, true, "0302040f0400050300f1100f0101"},
        {0x10, true, IMSI_TLV "0910000102030405060708090a0b0c0d0e0f"},
        {0x11, true, RAND_TLV AUTN_TLV "0803030131"},
        {0x11, true, RAND_TLV AUTN_TLV "080703013100000002"},
        {0x11, true, "0803030131"},
        {0x11, true, "08030301310f01aa"},
        {0x11, true, "080702013100000002"}, /* a generation without RAND: agreements 01 and 02 */
        {0x11, true, "080701013100000002"},
        {0x11, true, "080704013100000002"}, /* and 04, 05 */
        {0x11, true, "080705013100000002"},
        {0x12, true, ""},
        {0x12, true, "0f01aa"},
        {0x30, true, "0f01aa"}, /* to be acknowledged */
        {0x30, true, "0c0800000001000000020f01aa"},
        {0x31, true, "0e080102030405060708"},
        {0x20, true, ""},
        {0x20, true, "0b06000000020102"},
        {0x21, true, ""},
        {0x21, true, "0b06000000020107"},
        {0x30, true, "0b06000000020102"},
        {0x30, true, "0c080000000100000002"},
        {0x10, true, RAND1_TLV "10080102030405060708"}, /* device RAND, hidden */
        {0x10, true, RAND1_TLV "0f01aa10080102030405060708"},
        {0x10, true, IMSI_TLV RAND1_TLV "110401020304"}, /* profile ts33868 */
        {0x10, true, IMSI_TLV RAND1_TLV "0f01aa110401020304"},
        {0x11, true, "080300013110080102030405060708"}, /* its Start */
        {0x11, true, "08030001310f01aa10080102030405060708"},
        {0x30, true, "0b060000000201020c080000000100000002"},
        {0x31, true, ""},
        {0x10, false, NAMED_REQUEST SERVICE_REQUEST}, /* end to end with an EAS */
        {0x10, false, NAMED_REQUEST "0a0e0102030405060708090a0b0c0d0e" SERVICE_REQUEST},
        {0x10, false, NAMED_REQUEST RAND_TLV SERVICE_REQUEST},
        {0x10, false, NAMED_REQUEST "1203614062" SERVICE_REQUEST},
        {0x10, true, "0403612e62" SERVICE_REQUEST},
        {0x10, true, "0403612e620f01aa" SERVICE_REQUEST},
        {0x11, true, RAND_TLV AUTN_TLV "0803030131" SERVICE},
        {0x11, true, "0803030131" SERVICE},
        {0x11, true, "08070201310000000214" TERMS},
        {0x11, true, "08030301310f01aa" SERVICE},
        {0x30, true, "0403612e62" SERVICE_REQUEST},
        {0x30, true, "0403612e620c080000000100000002" SERVICE_REQUEST},
        {0x30, true, SERVICE},
        {0x30, true, "0c080000000100000002" SERVICE},
        {0x30, true, "140f02050700000001ffffffffffffffff"},
        {0x80, true, "0d01010e080102030405060708"},
        {0x80, false, "0d010f0e080102030405060708"},
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (parse(good[i].command, good[i].keyed, good[i].tlvs) != GODWIT_OK) {
            fail_msg("command %02x refused: %s", good[i].command, good[i].tlvs);
        }
    }
}

static void anything_else_is_malformed(void **state)
{
    /* clang-format off: one example a line */
    static const struct example bad[] = {
        {0x10, false,
         IMSI_TLV "030208010400050300f110"
                  "1200"}, /* a bootstrapping without a name */
        {0x10, false,
         IMSI_TLV "030208010400050300f110"
                  "1203612062"},                                                /* a name with a space */
        {0x10, false, IMSI_TLV "030208010400050300f110" RAND_TLV "1203614062"}, /* two names of a key set */
        {0x10, true, "1203614062"},
        {0x11, true,
         "0803040131"
         "1203614062"},
        {0x11, true, "080703013100000002"},                             /* no generation without RAND in 03 */
        {0x10, false, ""},                                              /* all missing */
        {0x10, false, IMSI_TLV "0302040f0400"},                         /* Serving Network missing */
        {0x10, false, "0302040f0400050300f110"},                        /* who? */
        {0x10, false, IMSI_TLV "02030102030302040f0400050300f110"},     /* IMSI and SUCI */
        {0x10, false, REQUEST "0f0101"},                                /* Data without a key */
        {0x10, false, IMSI_TLV "0910000102030405060708090a0b0c0d0e0f"}, /* device RAND without a key */
        {0x10, false, IMSI_TLV "0302060f0400050300f110" RAND_TLV "0a0e0102030405060708090a0b0c0d0e"}, /* AUTS, too */
        {0x10, false, "0203010203030204020403612e62050300f110" RAND_TLV},                             /* a SUCI, too */
        {0x10, true, REQUEST},                                                 /* early data with an IMSI */
        {0x10, true, IMSI_TLV "0302040f0910000102030405060708090a0b0c0d0e0f"}, /* device RAND: exactly three */
        {0x10, true, "0910000102030405060708090a0b0c0d0e0f"},                  /* RAND1 without an IMSI */
        {0x10, true, "0a0e0102030405060708090a0b0c0d0e"},                      /* AUTS under a key */
        {0x10, true, IMSI_TLV RAND1_TLV "10080102030405060708"},               /* hidden, and not */
        {0x10, true, "10080102030405060708"},                                  /* without RAND1 */
        {0x10, true, RAND1_TLV "1008010203040506070811040102"},                /* cut */
        {0x10, true, RAND1_TLV "10080102030405060708110401020304"},            /* RES of somebody hidden */
        {0x10, true, IMSI_TLV RAND1_TLV "1103010203"},                         /* sizes */
        {0x10, true, RAND1_TLV "100701020304050607"},
        {0x10, true, RAND1_TLV "1009010203040506070809"},
        {0x10, false, REQUEST "10080102030405060708"},  /* without a key */
        {0x11, true, "080303013110080102030405060708"}, /* another agreement gives none */
        {0x11, true, RAND_TLV AUTN_TLV "080300013110080102030405060708"},
        {0x12, true, "10080102030405060708"},
        {0x11, false, "0803030131"},         /* Start without a key */
        {0x11, true, RAND_TLV "0803030131"}, /* RAND without AUTN */
        {0x11, true, AUTN_TLV "0803030131"},
        {0x11, true, RAND_TLV AUTN_TLV},
        {0x11, true, RAND_TLV AUTN_TLV "08030301310f01aa"}, /* Data to somebody unproven */
        {0x11, true, "080703013100000002"},                 /* a generation without RAND */
        {0x11, true, "080702013100000001"},                 /* written though it is 1 */
        {0x11, true, RAND_TLV "080702013100000002"},
        {0x12, true, "0b06000000020102"},
        {0x20, true, "0c080000000100000002"},
        {0x20, true, "0f01aa"},
        {0x30, true, ""},
        {0x30, true, "0b060201000000020f01aa"}, /* Data beside a key, which goes down */
        {0x30, true, "0403612e620f01aa" SERVICE_REQUEST},
        {0x31, true, "0f01aa"},
        {0x31, true, "0e0701020304050607"},
        {0x31, true, "0b06000000020102"},
        {0x80, true, "0d0101"},
        {0x80, true, "0e080102030405060708"},
        {0x80, true, "0d01010e0801020304050607080f0101"},
        {0x42, true, ""}, /* order and repetition */
        {0x10, false, "0302040f" IMSI_TLV "0400050300f110"},
        {0x10, false, IMSI_TLV IMSI_TLV "0302040f0400050300f110"},
        {0x30, true, "0c0800000001000000020b06000000020102"},
        {0x12, true, "0f01aa0f01aa"},
        {0x12, true, "81000f01aa"}, /* passed over, and yet in order */
        {0x12, true, "81008100"},
        {0x12, true, "0000"}, /* unknown ones */
        {0x12, true, "1000"},
        {0x12, true, "7f00"}, /* sizes */
        {0x12, true, "0f"},
        {0x12, true, "0f02aa"},
        {0x12, true, "0f01aa81"},
        {0x12, true, "0f01aa8105aa"},
        {0x30, true, "0b050000000201"},
        {0x30, true, "0b0700000002010200"},
        {0x30, true, "0c0700000001000000"},
        {0x80, true, "0d0201010e080102030405060708"},
        {0x80, true, "0d01010e0701020304050607"},
        {0x11, true, "060f23553cbe9637a89d218ae64dae47bf" AUTN_TLV "0803030131"},
        {0x11, true, "080403013100"},
        {0x11, true, "08020301"},
        {0x10, false, "0107091010103254760302040f0400050300f110"},
        {0x10, false, "02000302040f0400050300f110"},
        {0x10, false, IMSI_TLV "0301040400050300f110"},
        {0x10, false, IMSI_TLV "0304040f01010400050300f110"},
        {0x10, false, IMSI_TLV "0302040f0400050200f1"},              /* values */
        {0x10, false, "010801101010325476980302040f0400050300f110"}, /* parity of the IMSI */
        {0x10, false, "01080a101010325476980302040f0400050300f110"}, /* not the type IMSI */
        {0x10, false, "010809101010325476f80302040f0400050300f110"}, /* a filler inside */
        {0x10, false, IMSI_TLV "0303040f000400050300f110"},          /* the third octet is zero */
        {0x10, false, IMSI_TLV "0302040f0403412e62050300f110"},      /* A.b: not canonical */
        {0x10, false, IMSI_TLV "0302040f0402612e050300f110"},        /* a. */
        {0x11, true, RAND_TLV AUTN_TLV "080703013100000001"},        /* written though it is 1 */
        {0x11, true, RAND_TLV AUTN_TLV "080703013100000000"},
        {0x11, true, "0803030151"}, /* S = 5 */
        {0x11, true, "0803030134"}, /* E = 4 */
        {0x30, true, "0b06000000000102"},
        {0x30, true, "0b06000000020100"},
        {0x30, true, "0b06000000020108"},
        {0x80, true, "0d01000e080102030405060708"},
        {0x10, false, REQUEST SERVICE_REQUEST}, /* end to end with nobody */
        {0x10, true, SERVICE_REQUEST},
        {0x10, true, "0400" SERVICE_REQUEST},
        {0x10, true, IMSI_TLV "0403612e62" RAND1_TLV SERVICE_REQUEST}, /* device RAND has no e2mKEYSET */
        {0x10, true, IMSI_TLV RAND1_TLV SERVICE_REQUEST},
        {0x11, true, "0803000131" SERVICE},
        {0x11, true, SERVICE},
        {0x11, true, "080303013110080102030405060708" SERVICE},
        {0x10, false, NAMED_REQUEST SERVICE}, /* the wrong way, the wrong command */
        {0x11, true, "0803030131" SERVICE_REQUEST},
        {0x12, true, SERVICE_REQUEST},
        {0x12, true, SERVICE},
        {0x20, true, SERVICE},
        {0x21, true, SERVICE},
        {0x30, true, SERVICE_REQUEST},
        {0x30, true, "0403612e62"},
        {0x30, true, "0b06000000020102" SERVICE},
        {0x30, true, "0403612e62" SERVICE_REQUEST SERVICE},
        {0x31, true, SERVICE},
        {0x80, true, "0d01010e080102030405060708" SERVICE},
        {0x30, true, "0403612e621306030001000000"}, /* sizes */
        {0x30, true, "0403612e6213080300010000000000"},
        {0x30, true, "140e0301010000000100000000000000"},
        {0x30, true, "141003010100000001000000000000000000"},
        {0x30, true, "0403612e62130700000100000000"}, /* values: no service, and one that there is not */
        {0x30, true, "0403612e62130704000100000000"},
        {0x30, true, "140f00010100000001000000000000003c"},
        {0x30, true, "140f04010100000001000000000000003c"},
        {0x30, true, "140f03010000000001000000000000003c"}, /* Key ID */
        {0x30, true, "140f03010800000001000000000000003c"},
        {0x30, true, "140f03010100000000000000000000003c"}, /* age 0 is none */
        {0x80, true, "0d01100e080102030405060708"},
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (parse(bad[i].command, bad[i].keyed, bad[i].tlvs) != GODWIT_MALFORMED) {
            fail_msg("command %02x accepted: %s", bad[i].command, bad[i].tlvs);
        }
    }
}

static void unknown_tags_are_refused_below_80_and_passed_over_from_there(void **state)
{
    (void)state;
    for (unsigned t = 0x10; t <= 0xFF; t++) {
        char text[64];
        (void)snprintf(text, sizeof text, "0f01aa%02x03010203", t);
        assert_int_equal(parse(0x12, true, text), t < 0x80 ? GODWIT_MALFORMED : GODWIT_OK);
    }
}

static void every_cut_of_a_request_is_malformed(void **state)
{
    godwit_emsdp_control_t m;
    (void)state;
    const octets_t whole = hex(REQUEST);
    for (size_t len = 0; len < whole.len; len++) {
        assert_int_equal(godwit_emsdp_control_parse(0x10, false, godwit_slice(whole.at, len), &m), GODWIT_MALFORMED);
    }
}

/* ---- building ---------------------------------------------------------------------------------------------------- */

static godwit_status_t build(const godwit_emsdp_control_t *m)
{
    uint8_t buf[512];
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    const godwit_status_t status = godwit_emsdp_control_build(m, &w);
    assert_true(status == GODWIT_OK || w.len == 0);
    return status;
}

static void building_refuses_what_parsing_would(void **state)
{
    (void)state;
    godwit_emsdp_control_t m = session_request(GODWIT_AGREEMENT_SEPARATE_EPS);
    assert_int_equal(build(&m), GODWIT_OK);
    m.enterprise = godwit_slice_of_string("EAS.example");
    assert_int_equal(build(&m), GODWIT_INVALID_ARGUMENT);
    m = session_request(GODWIT_AGREEMENT_SEPARATE_EPS);
    m.present |= HAS(DATA);
    assert_int_equal(build(&m), GODWIT_INVALID_ARGUMENT);
    m = session_request(GODWIT_AGREEMENT_SEPARATE_EPS);
    m.present &= ~HAS(SERVING_NETWORK);
    assert_int_equal(build(&m), GODWIT_INVALID_ARGUMENT);
    m = with_key(GODWIT_MANAGE_KEYS_REQUEST, 0, 1);
    assert_int_equal(build(&m), GODWIT_INVALID_ARGUMENT);
    m = with_data(GODWIT_SESSION_START_CONFIRMATION);
    m.data = godwit_slice(golden.reading, 0);
    assert_int_equal(build(&m), GODWIT_OK);
    static const uint8_t long_reading[256];
    m.data = godwit_slice(long_reading, 256);
    assert_int_equal(build(&m), GODWIT_INVALID_ARGUMENT);
    m = short_start(GODWIT_AGREEMENT_SEPARATE_EPS);
    m.generation = 2;
    assert_int_equal(build(&m), GODWIT_INVALID_ARGUMENT);
}

static godwit_emsdp_control_t service_request(void)
{
    return (godwit_emsdp_control_t){.command = GODWIT_MANAGE_KEYS_REQUEST,
                                    .present = HAS(ENTERPRISE) | HAS(SERVICE_REQUEST),
                                    .enterprise = godwit_slice_of_string("eas.example"),
                                    .service = GODWIT_SERVICE_INTEGRITY,
                                    .service_suites = 0x0130,
                                    .service_age = 7};
}

static godwit_emsdp_control_t service_terms(void)
{
    return (godwit_emsdp_control_t){
        .command = GODWIT_MANAGE_KEYS_REQUEST,
        .present = HAS(SERVICE),
        .terms = {
            .service = GODWIT_SERVICE_INTEGRITY, .suite = 6, .key_id = 3, .age = 8, .life_s = 86400, .messages = 100}};
}

/* Octet by octet, and no more is read than was written. */
static void a_service_has_one_encoding(void **state)
{
    godwit_emsdp_control_t m, parsed;
    uint8_t buf[64];
    (void)state;
    m = service_request();
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    assert_int_equal(godwit_emsdp_control_build(&m, &w), GODWIT_OK);
    octets_t expected = hex("040b6561732e6578616d706c65"
                            "130702013000000007");
    assert_int_equal(w.len, expected.len);
    assert_memory_equal(buf, expected.at, w.len);
    assert_int_equal(godwit_emsdp_control_parse(m.command, true, godwit_slice(buf, w.len), &parsed), GODWIT_OK);
    assert_int_equal(parsed.service, m.service);
    assert_int_equal(parsed.service_suites, m.service_suites);
    assert_int_equal(parsed.service_age, m.service_age);

    m = service_terms();
    w = godwit_writer(buf, sizeof buf);
    assert_int_equal(godwit_emsdp_control_build(&m, &w), GODWIT_OK);
    expected = hex("140f02060300000008"
                   "0001518000000064");
    assert_int_equal(w.len, expected.len);
    assert_memory_equal(buf, expected.at, w.len);
    assert_int_equal(godwit_emsdp_control_parse(m.command, true, godwit_slice(buf, w.len), &parsed), GODWIT_OK);
    assert_int_equal(parsed.terms.service, m.terms.service);
    assert_int_equal(parsed.terms.suite, m.terms.suite);
    assert_int_equal(parsed.terms.key_id, m.terms.key_id);
    assert_int_equal(parsed.terms.age, m.terms.age);
    assert_int_equal(parsed.terms.life_s, m.terms.life_s);
    assert_int_equal(parsed.terms.messages, m.terms.messages);

    m.terms.age = 0;
    assert_int_equal(build(&m), GODWIT_INVALID_ARGUMENT);
    m = service_request();
    m.service = GODWIT_SERVICE_NONE;
    assert_int_equal(build(&m), GODWIT_INVALID_ARGUMENT);
    m.service = (godwit_service_t)(GODWIT_SERVICES + 1);
    assert_int_equal(build(&m), GODWIT_INVALID_ARGUMENT);
}

/* Key goes down only; Start and Confirmation have one direction; a keyed request is not an unkeyed one. */
static void sealing_refuses_what_the_situation_forbids(void **state)
{
    uint8_t buf[256], hash[32] = {0};
    (void)state;
    ends_t e = ends_default(1, GODWIT_FRAMING_DEFAULT);
    const godwit_emsdp_control_t key = with_key(GODWIT_SESSION_TERMINATE_REQUEST, 2, 2), start = short_start(3),
                                 confirmation = bare(GODWIT_SESSION_START_CONFIRMATION),
                                 request = session_request(GODWIT_AGREEMENT_SEPARATE_EPS);
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    const godwit_slice_t transcript = godwit_slice(hash, 32);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &e.device, &key, EMPTY, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &e.device, &start, transcript, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &e.network, &confirmation, transcript, &w),
                     GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &e.device, &request, EMPTY, &w), GODWIT_INVALID_ARGUMENT);
    const godwit_emsdp_control_t asks = service_request(), terms = service_terms();
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &e.network, &asks, EMPTY, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &e.device, &terms, EMPTY, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(w.len, 0);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &e.network, &key, EMPTY, &w), GODWIT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_command_takes_its_tlvs),
        cmocka_unit_test(anything_else_is_malformed),
        cmocka_unit_test(unknown_tags_are_refused_below_80_and_passed_over_from_there),
        cmocka_unit_test(every_cut_of_a_request_is_malformed),
        cmocka_unit_test(building_refuses_what_parsing_would),
        cmocka_unit_test(a_service_has_one_encoding),
        cmocka_unit_test(sealing_refuses_what_the_situation_forbids),
    };
    return cmocka_run_group_tests_name("emsdp_tlv", tests, messages_load, NULL);
}
