/* SPDX-License-Identifier: Apache-2.0
 *
 * T5: golden octets of an independent encoder (tests/vectors/t5.txt) both ways, what a purpose must and must not bring,
 * outcomes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/wire/t5.h"
#include "tests/kat/kat.h"
#include "tests/wire/wire.h"

static uint8_t buffer[1024];

static void check_key(const godwit_iwf_key_t *key)
{
    assert_int_equal(key->root, GODWIT_IWF_ROOT_KASME);
    assert_false(key->is_root);
    assert_int_equal(key->association, 3);
    assert_counts_from(key->root_name, sizeof key->root_name, 0xA0);
    assert_counts_from(key->key, sizeof key->key, 0xB0);
}

static void down(const kat_record_t *record, bool ue_key)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_t5_down_t m;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_t5_message(kat_hex(record, "octets")), GODWIT_T5_MESSAGE_DOWN);
    assert_int_equal(godwit_t5_down_parse(kat_hex(record, "octets"), &e, &m, &fault), GODWIT_OK);
    assert_string_equal(m.imsi.digits, "001010123456789");
    assert_int_equal(m.to.function, GODWIT_NODE_SGSN);
    assert_int_equal(m.kind, ue_key ? GODWIT_T5_UE_KEY : GODWIT_T5_CONTAINER);
    assert_int_equal(m.container_len, ue_key ? 0 : 133);
    if (ue_key) {
        check_key(&m.ue_key);
    }
    assert_int_equal(godwit_t5_down_build(&sent, &m, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void up(const kat_record_t *record, const char *name)
{
    bool securing = strcmp(name, "up_securing") == 0, device = strcmp(name, "up_from_device") == 0;
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_t5_up_t m;
    uint8_t node = 0;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_t5_message(kat_hex(record, "octets")), GODWIT_T5_MESSAGE_UP);
    assert_int_equal(godwit_t5_up_parse(kat_hex(record, "octets"), &e, &m, &node, &fault), GODWIT_OK);
    assert_int_equal(node, GODWIT_NODE_SGSN);
    assert_int_equal(m.kind, device ? GODWIT_T5_FROM_DEVICE : securing ? GODWIT_T5_SECURING : GODWIT_T5_REGISTERED);
    assert_int_equal(m.container_len, device ? 133 : 0);
    assert_int_equal(m.new_root, securing);
    assert_int_equal(m.root_name[7], securing ? 0xA7 : 0);
    assert_memory_equal(m.plmn.octets, "\x00\xF1\x10", 3);
    assert_int_equal(godwit_t5_up_build(&sent, &m, node, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void key(const kat_record_t *record)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_iwf_key_request_t m;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_t5_message(kat_hex(record, "octets")), GODWIT_T5_MESSAGE_KEY);
    assert_int_equal(godwit_t5_key_parse(kat_hex(record, "octets"), &e, &m, &fault), GODWIT_OK);
    assert_string_equal(m.iwf, "iwf.home.example");
    assert_int_equal(m.association, 3);
    assert_int_equal(m.to.function, GODWIT_NODE_SGSN);
    assert_int_equal(godwit_t5_key_build(&sent, &m, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void outcome_answer(const kat_record_t *record, godwit_status_t expected)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_status_t outcome = GODWIT_INTERNAL;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_t5_outcome_parse(kat_hex(record, "octets"), &e, &outcome), GODWIT_OK);
    assert_int_equal(outcome, expected);
    assert_int_equal(godwit_t5_outcome_build(&sent, outcome, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void up_answer(const kat_record_t *record)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_t5_up_answer_t m;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_t5_up_answer_parse(kat_hex(record, "octets"), &e, &m), GODWIT_OK);
    assert_int_equal(m.status, GODWIT_OK);
    assert_int_equal(m.container_len, 133);
    assert_int_equal(godwit_t5_up_answer_build(&sent, &m, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void key_answer(const kat_record_t *record, bool ok)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_iwf_key_answer_t m;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_t5_key_answer_parse(kat_hex(record, "octets"), &e, &m), GODWIT_OK);
    assert_int_equal(m.status, ok ? GODWIT_OK : GODWIT_WRONG_STATE);
    if (ok) {
        check_key(&m.key);
    }
    assert_int_equal(godwit_t5_key_answer_build(&sent, &m, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void golden(const kat_record_t *record, void *context)
{
    const char *name = kat_text(record, "message");
    (void)context;
    if (strncmp(name, "down", 4) == 0) {
        down(record, strcmp(name, "down_ue_key") == 0);
    } else if (strcmp(name, "up_answer") == 0) {
        up_answer(record);
    } else if (strncmp(name, "up", 2) == 0) {
        up(record, name);
    } else if (strcmp(name, "key") == 0) {
        key(record);
    } else if (strncmp(name, "key_answer", 10) == 0) {
        key_answer(record, strcmp(name, "key_answer") == 0);
    } else {
        outcome_answer(record, strcmp(name, "ok") == 0 ? GODWIT_OK : GODWIT_AGAIN);
    }
}

static void golden_messages_both_ways(void **state)
{
    (void)state;
    assert_int_equal(kat_each("t5.txt", "t5", golden, NULL), 11);
}

static void every_outcome_comes_back(void **state)
{
    static const godwit_status_t outcomes[] = {GODWIT_OK,
                                               GODWIT_OVERLOAD,
                                               GODWIT_MALFORMED,
                                               GODWIT_UNKNOWN_KEY,
                                               GODWIT_UNSUPPORTED_SUITE,
                                               GODWIT_NOT_ENTITLED,
                                               GODWIT_UNKNOWN_SUBSCRIBER,
                                               GODWIT_WRONG_STATE,
                                               GODWIT_NOT_FOUND,
                                               GODWIT_POLICY_FORBIDS,
                                               GODWIT_AGAIN,
                                               GODWIT_PEER_INTERNAL};
    (void)state;
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        godwit_diameter_envelope_t e, sent = test_envelope();
        godwit_status_t outcome = GODWIT_INTERNAL;
        godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
        assert_int_equal(godwit_t5_outcome_build(&sent, outcomes[i], &w), GODWIT_OK);
        assert_int_equal(godwit_t5_outcome_parse(godwit_written(&w), &e, &outcome), GODWIT_OK);
        assert_int_equal(outcome, outcomes[i]);
    }
}

static void parse_all(godwit_slice_t octets, godwit_status_t *statuses)
{
    godwit_diameter_envelope_t e;
    godwit_diameter_fault_t fault;
    godwit_t5_down_t d;
    godwit_t5_up_t u;
    godwit_iwf_key_request_t k;
    uint8_t node;
    statuses[0] = godwit_t5_down_parse(octets, &e, &d, &fault);
    statuses[1] = godwit_t5_up_parse(octets, &e, &u, &node, &fault);
    statuses[2] = godwit_t5_key_parse(octets, &e, &k, &fault);
}

static void cut(const kat_record_t *record, void *context)
{
    godwit_slice_t octets = kat_hex(record, "octets");
    (void)context;
    for (size_t len = 0; len < octets.len; len++) {
        godwit_diameter_envelope_t e;
        godwit_t5_up_answer_t a;
        godwit_iwf_key_answer_t k;
        godwit_status_t outcome, statuses[3];
        godwit_slice_t part = godwit_slice(octets.ptr, len);
        parse_all(part, statuses);
        assert_true(statuses[0] != GODWIT_OK && statuses[1] != GODWIT_OK && statuses[2] != GODWIT_OK);
        assert_int_not_equal(godwit_t5_outcome_parse(part, &e, &outcome), GODWIT_OK);
        assert_int_not_equal(godwit_t5_up_answer_parse(part, &e, &a), GODWIT_OK);
        assert_int_not_equal(godwit_t5_key_answer_parse(part, &e, &k), GODWIT_OK);
    }
}

static void cut_messages_are_refused(void **state)
{
    (void)state;
    (void)kat_each("t5.txt", "t5", cut, NULL);
}

/* Each purpose has members of its own: none of the others' messages passes for it. */
static void purpose_decides_the_members(const kat_record_t *record, void *context)
{
    uint8_t octets[1024];
    godwit_slice_t from = kat_hex(record, "octets");
    (void)context;
    if ((from.ptr[4] & GODWIT_DIAMETER_REQUEST) == 0) {
        return;
    }
    memcpy(octets, from.ptr, from.len);
    uint8_t *purpose = octets + find_avp(octets, from.len, 40, GODWIT_EK_VENDOR) + 15, own = *purpose;
    for (uint8_t other = 0; other < 9; other++) {
        godwit_status_t statuses[3];
        bool same = other == own || (own >= 4 && own <= 5 && other >= 4 && other <= 5) ||
                    (own == 1 && other == 3); /* a container alone goes up as well as down */
        *purpose = other;
        parse_all(godwit_slice(octets, from.len), statuses);
        assert_int_equal((statuses[0] == GODWIT_OK) + (statuses[1] == GODWIT_OK) + (statuses[2] == GODWIT_OK), same);
    }
}

static void messages_of_another_purpose_are_refused(void **state)
{
    (void)state;
    (void)kat_each("t5.txt", "t5", purpose_decides_the_members, NULL);
}

static void root_never_goes_to_a_device(void **state)
{
    (void)state;
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_t5_down_t m = {.imsi = imsi_of("001010123456789"),
                          .kind = GODWIT_T5_UE_KEY,
                          .ue_key = {.root = GODWIT_IWF_ROOT_KASME},
                          .to = {.function = GODWIT_NODE_MME}};
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_t5_down_build(&sent, &m, &w), GODWIT_OK);
    buffer[find_avp(buffer, w.len, 42, GODWIT_EK_VENDOR) + 13] = 1;
    assert_int_equal(godwit_t5_down_parse(godwit_written(&w), &e, &m, &fault), GODWIT_MALFORMED);
    assert_int_equal(fault.avp_code, 42);
    m.ue_key.is_root = true;
    w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_t5_down_build(&sent, &m, &w), GODWIT_INVALID_ARGUMENT);
}

static void key_that_is_missing_or_of_no_kind_is_no_answer(void **state)
{
    (void)state;
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_iwf_key_answer_t m = {.status = GODWIT_OK, .key = {.root = GODWIT_IWF_ROOT_FLAGGED}};
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_t5_outcome_build(&sent, GODWIT_OK, &w), GODWIT_OK);
    assert_int_equal(godwit_t5_key_answer_parse(godwit_written(&w), &e, &m), GODWIT_MALFORMED);
    w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_t5_key_answer_build(&sent, &m, &w), GODWIT_OK);
    buffer[find_avp(buffer, w.len, 42, GODWIT_EK_VENDOR) + 12] = 9;
    assert_int_equal(godwit_t5_key_answer_parse(godwit_written(&w), &e, &m), GODWIT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_messages_both_ways),   cmocka_unit_test(every_outcome_comes_back),
        cmocka_unit_test(cut_messages_are_refused),    cmocka_unit_test(messages_of_another_purpose_are_refused),
        cmocka_unit_test(root_never_goes_to_a_device), cmocka_unit_test(key_that_is_missing_or_of_no_kind_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
