/* SPDX-License-Identifier: Apache-2.0
 *
 * EPS NAS: golden octets (tests/vectors/nas.txt) against structures filled by hand, every message cut and bent,
 * elements nobody knows, PCOs and the container.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/wire/e2m_container.h"
#include "core/wire/ue_key.h"
#include "tests/kat/kat.h"
#include "tests/support/nas_messages.h"
#include "tests/wire/wire.h"

#include <stdlib.h>

static const nas_codec_t *codec_of(bool esm, const char *message)
{
    const nas_codec_t *best = NULL; /* "attach_request_guti" is an attach_request */
    for (size_t i = 0; i < nas_codec_count; i++) {
        const nas_codec_t *c = &nas_codecs[i];
        size_t len = strlen(c->name);
        if (c->esm == esm && strncmp(c->name, message, len) == 0 && (best == NULL || len > strlen(best->name))) {
            best = c;
        }
    }
    assert_non_null(best);
    return best;
}

static void golden(const kat_record_t *record, void *context)
{
    const nas_codec_t *c = codec_of(*(bool *)context, kat_text(record, "message"));
    godwit_slice_t octets = kat_hex(record, "octets");
    _Alignas(16) uint8_t parsed[NAS_STRUCTURE_MAX];
    uint8_t built[512], type;
    godwit_esm_head_t head;
    godwit_writer_t w = godwit_writer(built, sizeof built);
    if (c->parse(octets, parsed) != GODWIT_OK) {
        fail_msg("%s is refused", kat_text(record, "message"));
    }
    assert_int_equal(c->build(parsed, &w), GODWIT_OK);
    kat_expect(record, "octets", built, w.len);
    assert_int_equal(c->esm ? godwit_esm_type(octets, &head, &type) : godwit_emm_type(octets, &type), GODWIT_OK);
    assert_int_equal(type, c->type);
}

static void golden_messages_are_read_and_written(void **state)
{
    (void)state;
    bool esm = false;
    assert_int_equal(kat_each("nas.txt", "emm", golden, &esm), 34);
    esm = true;
    assert_int_equal(kat_each("nas.txt", "esm", golden, &esm), 20);
}

/* Accepted octets mean something that can be written, and read again as the same. */
static void holds(const nas_codec_t *c, godwit_slice_t octets)
{
    _Alignas(16) uint8_t parsed[NAS_STRUCTURE_MAX], again[NAS_STRUCTURE_MAX];
    uint8_t built[1024], rebuilt[1024];
    godwit_writer_t w = godwit_writer(built, sizeof built), v = godwit_writer(rebuilt, sizeof rebuilt);
    memset(parsed, 0x5A, sizeof parsed);
    memcpy(again, parsed, sizeof again);
    if (c->parse(octets, parsed) != GODWIT_OK) {
        assert_memory_equal(parsed, again, sizeof again); /* a refused one wrote nothing */
        return;
    }
    assert_int_equal(c->build(parsed, &w), GODWIT_OK);
    assert_int_equal(c->parse(godwit_written(&w), again), GODWIT_OK);
    assert_int_equal(c->build(again, &v), GODWIT_OK);
    assert_true(godwit_slice_equal(godwit_written(&w), godwit_written(&v)));
}

static void cut_and_bend(const kat_record_t *record, void *context)
{
    const nas_codec_t *c = codec_of(*(bool *)context, kat_text(record, "message"));
    godwit_slice_t whole = kat_hex(record, "octets");
    for (size_t len = 0; len <= whole.len; len++) {
        uint8_t *copy = malloc(len + 1); /* an exact block: the sanitizers see a read behind it */
        assert_non_null(copy);
        memcpy(copy, whole.ptr, len);
        holds(c, godwit_slice(copy, len));
        free(copy);
    }
    for (size_t i = 0; i < whole.len; i++) {
        for (unsigned flip = 1; flip < 256; flip++) {
            uint8_t *copy = malloc(whole.len);
            assert_non_null(copy);
            memcpy(copy, whole.ptr, whole.len);
            copy[i] ^= (uint8_t)flip;
            holds(c, godwit_slice(copy, whole.len));
            free(copy);
        }
    }
}

static void cut_and_bent_messages_are_refused_or_safe(void **state)
{
    (void)state;
    bool esm = false;
    kat_each("nas.txt", "emm", cut_and_bend, &esm);
    esm = true;
    kat_each("nas.txt", "esm", cut_and_bend, &esm);
}

static void mandatory_part(const kat_record_t *record, void *context)
{
    static const struct {
        const char *message;
        size_t len; /* of the mandatory part: anything shorter is refused */
    } sizes[] = {{"attach_request", 22},         {"attach_accept", 57},
                 {"authentication_request", 36}, {"authentication_response", 11},
                 {"security_mode_command", 7},   {"identity_response", 11},
                 {"detach_request", 15},         {"attach_reject", 3},
                 {"attach_complete", 7},         {"downlink_generic_nas_transport", 25}};
    const nas_codec_t *c = codec_of(false, kat_text(record, "message"));
    godwit_slice_t octets = kat_hex(record, "octets");
    _Alignas(16) uint8_t parsed[NAS_STRUCTURE_MAX];
    (void)context;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (size_t len = 0; strcmp(sizes[i].message, kat_text(record, "message")) == 0 && len <= octets.len; len++) {
            godwit_status_t status = c->parse(godwit_slice(octets.ptr, len), parsed);
            if (len < sizes[i].len) {
                assert_int_equal(status, GODWIT_MALFORMED);
            } else if (len == sizes[i].len) {
                assert_int_equal(status, GODWIT_OK);
            }
        }
    }
}

static void a_message_without_its_mandatory_part_is_refused(void **state)
{
    (void)state;
    kat_each("nas.txt", "emm", mandatory_part, NULL);
}

static godwit_status_t parse_activate(const char *tail, size_t len, godwit_esm_answer_t *m)
{
    uint8_t octets[64] = {0x52, 0x01, 0xC2};
    memcpy(octets + 3, tail, len);
    return godwit_esm_activate_default_accept_parse(godwit_slice(octets, 3 + len), m);
}

static void unknown_elements_are_passed_over_by_their_format(void **state)
{
    (void)state;
    godwit_esm_answer_t m;
    assert_int_equal(parse_activate("\x81\x60\x02\x27\x01\x7F\x00\x03\x27\x01\x02\x27\x01\x80", 14, &m), GODWIT_OK);
    assert_int_equal(m.pco.len, 1); /* the one at the end, not those inside of others */
    assert_int_equal(parse_activate("\x27\x01\x80\x27\x02\x80\x00", 7, &m), GODWIT_OK);
    assert_int_equal(m.pco.len, 1);                                            /* the first of two */
    assert_int_equal(parse_activate("\x0F\x01\x00", 3, &m), GODWIT_MALFORMED); /* must be understood */
    assert_int_equal(parse_activate("\x10\x01\x00", 3, &m), GODWIT_OK);
    assert_int_equal(parse_activate("\x27\x00", 2, &m), GODWIT_MALFORMED); /* too short for a PCO */
    assert_int_equal(parse_activate("\x60\x05\x00", 3, &m), GODWIT_MALFORMED);
    assert_int_equal(parse_activate("\x78\x00", 2, &m), GODWIT_MALFORMED);
}

static void values_that_do_not_fit_are_not_written(void **state)
{
    (void)state;
    uint8_t octets[64], auts[15] = {0};
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emm_authentication_failure_t f = {.cause = 21, .auts = godwit_slice(auts, 15)};
    assert_int_equal(godwit_emm_authentication_failure_build(&f, &w), GODWIT_INVALID_ARGUMENT);
    godwit_emm_attach_request_t a = {.ksi = 16};
    assert_int_equal(godwit_emm_attach_request_build(&a, &w), GODWIT_INVALID_ARGUMENT);
    godwit_esm_answer_t e = {.head = {.bearer = 16}};
    assert_int_equal(godwit_esm_modify_accept_build(&e, &w), GODWIT_INVALID_ARGUMENT);
    w = godwit_writer(octets, 2);
    godwit_emm_cause_only_t c = {.cause = 98};
    assert_int_equal(godwit_emm_status_build(&c, &w), GODWIT_NO_SPACE);
}

static void structures_filled_by_hand_give_the_golden_octets(void **state)
{
    (void)state;
    uint8_t octets[64];
    godwit_eps_identity_t imsi = {.imsi = imsi_of("001010123456789")}, back;
    uint8_t identity[GODWIT_EPS_IDENTITY_MAX];
    godwit_writer_t i = godwit_writer(identity, sizeof identity), w = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_eps_identity_build(&imsi, &i), GODWIT_OK);
    godwit_emm_attach_request_t a = {.attach_type = GODWIT_EMM_ATTACH_EPS,
                                     .ksi = GODWIT_EMM_KSI_NONE,
                                     .identity = godwit_written(&i),
                                     .capability = godwit_slice("\xF0\x70", 2),
                                     .esm = godwit_slice("\x02\x01\xD0\x51\xD1", 5),
                                     .additional_update = {true, 4}};
    assert_int_equal(godwit_emm_attach_request_build(&a, &w), GODWIT_OK);
    assert_memory_equal(
        octets, "\x07\x41\x71\x08\x09\x10\x10\x10\x32\x54\x76\x98\x02\xF0\x70\x00\x05\x02\x01\xD0\x51\xD1\xF4", 23);
    assert_int_equal(godwit_eps_identity_parse(a.identity, &back), GODWIT_OK);
    assert_true(!back.is_guti && godwit_imsi_equal(&back.imsi, &imsi.imsi));

    godwit_esm_data_transport_t d = {.head = {5, 0}, .data = godwit_slice("N-PDU", 5), .release_assistance = {true, 1}};
    w = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_esm_data_transport_build(&d, &w), GODWIT_OK);
    assert_memory_equal(octets, "\x52\x00\xEB\x00\x05N-PDU\xF1", w.len);
    assert_int_equal(w.len, 11);
}

static void identities_of_every_length_are_read_back(void **state)
{
    (void)state;
    godwit_eps_identity_t guti = {.is_guti = true, .guti = {{{0x00, 0xF1, 0x10}}, 0x8001, 1, 0xC0000001}}, back;
    uint8_t octets[GODWIT_EPS_IDENTITY_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_eps_identity_build(&guti, &w), GODWIT_OK);
    assert_memory_equal(octets, "\xF6\x00\xF1\x10\x80\x01\x01\xC0\x00\x00\x01", 11);
    assert_int_equal(godwit_eps_identity_parse(godwit_written(&w), &back), GODWIT_OK);
    assert_true(back.is_guti && godwit_guti_equal(&back.guti, &guti.guti));
    for (size_t len = 0; len < 11; len++) {
        assert_int_equal(godwit_eps_identity_parse(godwit_slice(octets, len), &back), GODWIT_MALFORMED);
    }
    static const char *const digits = "001010123456789";
    for (size_t n = GODWIT_IMSI_DIGITS_MIN; n <= GODWIT_IMSI_DIGITS_MAX; n++) {
        char text[16] = "";
        memcpy(text, digits, n);
        godwit_eps_identity_t imsi = {.imsi = imsi_of(text)};
        w = godwit_writer(octets, sizeof octets);
        assert_int_equal(godwit_eps_identity_build(&imsi, &w), GODWIT_OK);
        assert_int_equal(godwit_eps_identity_parse(godwit_written(&w), &back), GODWIT_OK);
        assert_true(godwit_imsi_equal(&back.imsi, &imsi.imsi));
    }
    assert_int_equal(godwit_eps_identity_parse(godwit_slice("\x0B\x10", 2), &back), GODWIT_MALFORMED); /* IMEI */
}

static void container_up(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t octets[GODWIT_E2M_CONTAINER_MAX], pco[GODWIT_PCO_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_e2m_container_t c, back;
    godwit_slice_t found, selector = kat_hex(record, "selector");
    memset(&c, 0, sizeof c);
    memcpy(c.plmn.octets, kat_hex(record, "plmn").ptr, 3);
    c.selector.kind = selector.len == 16 ? GODWIT_SELECTOR_RAND : GODWIT_SELECTOR_SQN;
    memcpy(c.selector.octets, selector.ptr, selector.len);
    c.imsi = imsi_of(kat_text(record, "imsi"));
    c.agreements = (uint8_t)kat_number(record, "agreements");
    c.suites = (uint16_t)kat_number(record, "suites");
    c.above_generation = (uint32_t)kat_number(record, "above");
    assert_int_equal(godwit_e2m_container_build(&c, &w), GODWIT_OK);
    kat_expect(record, "contents", octets, w.len);
    assert_int_equal(godwit_e2m_container_parse(godwit_written(&w), &back), GODWIT_OK);
    assert_memory_equal(&back, &c, sizeof c);
    for (size_t len = 0; len < w.len; len++) {
        assert_int_equal(godwit_e2m_container_parse(godwit_slice(octets, len), &back), GODWIT_MALFORMED);
    }
    godwit_pco_unit_t unit = {GODWIT_E2M_CONTAINER_ID, godwit_written(&w)};
    godwit_writer_t p = godwit_writer(pco, sizeof pco);
    assert_int_equal(godwit_pco_build(&unit, 1, &p), GODWIT_OK);
    kat_expect(record, "pco", pco, p.len);
    assert_int_equal(godwit_pco_find(godwit_written(&p), GODWIT_E2M_CONTAINER_ID, &found), GODWIT_OK);
    assert_true(godwit_slice_equal(found, godwit_written(&w)));
    octets[3]++; /* a version of the future */
    assert_int_equal(godwit_e2m_container_parse(godwit_written(&w), &back), GODWIT_MALFORMED);
}

static void container_down(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t octets[GODWIT_E2M_ANSWER_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_slice_t datagram = kat_hex(record, "datagram"), back;
    godwit_plmn_t plmn, home;
    memcpy(home.octets, kat_hex(record, "plmn").ptr, 3);
    assert_int_equal(godwit_e2m_answer_build(home, datagram, &w), GODWIT_OK);
    kat_expect(record, "contents", octets, w.len);
    assert_int_equal(godwit_e2m_answer_parse(godwit_written(&w), &plmn, &back), GODWIT_OK);
    assert_true(godwit_plmn_equal(plmn, home) && godwit_slice_equal(back, datagram));
    for (size_t len = 0; len <= 4; len++) {
        assert_int_equal(godwit_e2m_answer_parse(godwit_slice(octets, len), &plmn, &back), GODWIT_MALFORMED);
    }
}

static void containers_are_golden(void **state)
{
    (void)state;
    assert_int_equal(kat_each("nas.txt", "container", container_up, NULL), 2);
    assert_int_equal(kat_each("nas.txt", "answer", container_down, NULL), 1);
}

static void a_unit_is_found_among_others_and_stripped(void **state)
{
    (void)state;
    static const uint8_t pco[] = {0x80, 0x00, 0x0D, 0x00, 0xFF, 0x00, 0x02, 'a', 'b', 0x00, 0x10, 0x02, 5, 0x78};
    godwit_slice_t found;
    uint8_t stripped[sizeof pco];
    godwit_writer_t w = godwit_writer(stripped, sizeof stripped);
    assert_int_equal(godwit_pco_find(godwit_slice(pco, sizeof pco), 0xFF00, &found), GODWIT_OK);
    assert_slice(found, "ab");
    assert_int_equal(godwit_pco_find(godwit_slice(pco, sizeof pco), 0xFF01, &found), GODWIT_NOT_FOUND);
    assert_int_equal(godwit_pco_find(godwit_slice(pco, 1), 0xFF00, &found), GODWIT_NOT_FOUND);
    assert_int_equal(godwit_pco_find(godwit_slice(pco, 0), 0xFF00, &found), GODWIT_MALFORMED);
    assert_int_equal(godwit_pco_find(godwit_slice(pco + 1, sizeof pco - 1), 0xFF00, &found), GODWIT_MALFORMED);
    assert_int_equal(godwit_pco_find(godwit_slice(pco, sizeof pco - 1), 0xFF00, &found), GODWIT_MALFORMED);
    assert_int_equal(godwit_pco_find(godwit_slice("\0\xFF\0\2ab", 6), 0xFF00, &found),
                     GODWIT_MALFORMED); /* no extension bit */
    assert_int_equal(godwit_pco_strip(godwit_slice(pco, sizeof pco), 0xFF00, &w), GODWIT_OK);
    assert_int_equal(w.len, 9);
    assert_memory_equal(stripped, "\x80\x00\x0D\x00\x00\x10\x02\x05\x78", 9);
}

static void ue_key(const kat_record_t *record, void *context)
{
    (void)context;
    godwit_slice_t octets = kat_hex(record, "octets");
    uint8_t built[64];
    godwit_writer_t w = godwit_writer(built, sizeof built);
    godwit_iwf_key_t key, before;
    assert_int_equal(godwit_ue_key_parse(octets, &key), GODWIT_OK);
    assert_int_equal(key.association, kat_number(record, "association"));
    assert_int_equal(key.root, kat_number(record, "root"));
    kat_expect(record, "name", key.root_name, sizeof key.root_name);
    kat_expect(record, "key", key.key, sizeof key.key);
    assert_false(key.is_root);
    assert_int_equal(godwit_ue_key_build(&key, &w), GODWIT_OK);
    kat_expect(record, "octets", built, w.len);
    memset(&before, 0x5A, sizeof before);
    for (size_t len = 0; len < octets.len; len++) {
        key = before;
        assert_int_equal(godwit_ue_key_parse(godwit_slice(octets.ptr, len), &key), GODWIT_MALFORMED);
        assert_memory_equal(&key, &before, sizeof key);
    }
    built[w.len] = 0;
    assert_int_equal(godwit_ue_key_parse(godwit_slice(built, w.len + 1), &key), GODWIT_MALFORMED);
    built[4] = 9; /* no such root */
    assert_int_equal(godwit_ue_key_parse(godwit_slice(built, w.len), &key), GODWIT_MALFORMED);
}

static void a_key_for_the_device_is_read_and_a_root_is_never_written(void **state)
{
    (void)state;
    uint8_t built[64];
    godwit_writer_t w = godwit_writer(built, sizeof built);
    godwit_iwf_key_t key = {.root = GODWIT_IWF_ROOT_KASME, .is_root = true, .association = 1};
    assert_int_equal(kat_each("nas.txt", "ue_key", ue_key, NULL), 1);
    assert_int_equal(godwit_ue_key_build(&key, &w), GODWIT_INVALID_ARGUMENT);
    key = (godwit_iwf_key_t){.root = GODWIT_IWF_ROOT_KASME};
    assert_int_equal(godwit_ue_key_build(&key, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(w.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_messages_are_read_and_written),
        cmocka_unit_test(cut_and_bent_messages_are_refused_or_safe),
        cmocka_unit_test(a_message_without_its_mandatory_part_is_refused),
        cmocka_unit_test(unknown_elements_are_passed_over_by_their_format),
        cmocka_unit_test(values_that_do_not_fit_are_not_written),
        cmocka_unit_test(structures_filled_by_hand_give_the_golden_octets),
        cmocka_unit_test(identities_of_every_length_are_read_back),
        cmocka_unit_test(containers_are_golden),
        cmocka_unit_test(a_unit_is_found_among_others_and_stripped),
        cmocka_unit_test(a_key_for_the_device_is_read_and_a_root_is_never_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
