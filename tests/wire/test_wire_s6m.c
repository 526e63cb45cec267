/* SPDX-License-Identifier: Apache-2.0
 *
 * S6m and Update Location: golden octets of an independent encoder (tests/vectors/s6m.txt) both ways, every result,
 * faults.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/wire/s6a.h"
#include "core/wire/s6m.h"
#include "tests/kat/kat.h"
#include "tests/wire/wire.h"

#define TGPP GODWIT_VENDOR_3GPP
#define IS(text) (strcmp(name, text) == 0)

static uint8_t buffer[2048];

/* ---- what each golden message says ---- */

static void check_key_wanted(const char *name, const godwit_subscriber_info_request_t *r)
{
    assert_int_equal(r->key, IS("sir_key")    ? GODWIT_IWF_KEY_K_IWF
                             : IS("sir_root") ? GODWIT_IWF_KEY_ROOT
                                              : GODWIT_IWF_KEY_NOT_WANTED);
    assert_int_equal(r->root, IS("sir_key") ? GODWIT_IWF_ROOT_FLAGGED : IS("sir_root") ? GODWIT_IWF_ROOT_KASME : 0);
    assert_int_equal(r->has_root_name, IS("sir_key"));
    assert_int_equal(r->association_above, IS("sir_key") ? 7 : 0);
    if (r->has_root_name) {
        assert_counts_from(r->root_name, sizeof r->root_name, 0xA0);
    }
}

static void check_sir(const char *name, const godwit_subscriber_info_request_t *r)
{
    const bool for_key = IS("sir_key") || IS("sir_root");
    assert_string_equal(r->imsi.digits, for_key ? "001010123456789" : "");
    assert_string_equal(r->device.external_id, IS("sir_external_id") ? "meter-7@example.com" : "");
    assert_string_equal(r->device.msisdn, IS("sir_msisdn") ? "491710000007" : "");
    assert_string_equal(r->scs, for_key ? "" : "scs.example.net");
    assert_int_equal(r->has_port, IS("sir_external_id"));
    assert_int_equal(r->port, IS("sir_external_id") ? 5683 : 0);
    check_key_wanted(name, r);
}

static void check_nodes(const godwit_subscriber_info_answer_t *a)
{
    static const struct {
        uint8_t function;
        const char *host;
    } nodes[] = {{GODWIT_NODE_MME, "mme.visited.example"},
                 {GODWIT_NODE_SGSN, "sgsn.visited.example"},
                 {GODWIT_NODE_MSC, "msc.visited.example"}};
    for (size_t i = 0; i < a->nodes; i++) {
        assert_int_equal(a->node[i].function, nodes[i].function);
        assert_string_equal(a->node[i].host, nodes[i].host);
        assert_string_equal(a->node[i].realm, "visited.example");
    }
}

static void check_sia(const char *name, const godwit_subscriber_info_answer_t *a)
{
    assert_int_equal(a->status, IS("sia_unknown")        ? GODWIT_UNKNOWN_SUBSCRIBER
                                : IS("sia_not_entitled") ? GODWIT_NOT_ENTITLED
                                : IS("sia_barred")       ? GODWIT_POLICY_FORBIDS
                                : IS("sia_no_key")       ? GODWIT_UNKNOWN_KEY
                                                         : GODWIT_OK);
    assert_int_equal(a->nodes, IS("sia") ? 3 : IS("sia_key") ? 1 : 0);
    check_nodes(a);
    if (a->status == GODWIT_OK) {
        assert_string_equal(a->imsi.digits, "001010123456789");
        assert_string_equal(a->device.external_id, IS("sia_key") ? "" : "meter-7@example.com");
        assert_string_equal(a->device.msisdn, IS("sia_nowhere") ? "" : "491710000007");
    }
    assert_int_equal(a->key.root, IS("sia_key") ? GODWIT_IWF_ROOT_FLAGGED : GODWIT_IWF_ROOT_NONE);
    if (IS("sia_key")) {
        assert_false(a->key.is_root);
        assert_int_equal(a->key.association, 8);
        assert_counts_from(a->key.key, sizeof a->key.key, 0xB0);
    }
}

/* ---- both ways ---- */

static void sir(const kat_record_t *record, const char *name)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_subscriber_info_request_t r;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_s6m_sir_parse(kat_hex(record, "octets"), &e, &r, &fault), GODWIT_OK);
    check_sir(name, &r);
    assert_int_equal(godwit_s6m_sir_build(&sent, &r, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void sia(const kat_record_t *record, const char *name)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_subscriber_info_answer_t a;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_s6m_sia_parse(kat_hex(record, "octets"), &e, &a), GODWIT_OK);
    check_sia(name, &a);
    assert_int_equal(godwit_s6m_sia_build(&sent, &a, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void ulr(const kat_record_t *record, const char *name)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_location_update_t u;
    uint8_t node = 0;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_s6a_ulr_parse(kat_hex(record, "octets"), &e, &node, &u, &fault), GODWIT_OK);
    assert_string_equal(u.imsi.digits, "001010123456789");
    assert_memory_equal(u.visited_plmn.octets, "\x00\xF1\x10", 3);
    assert_int_equal(node, IS("ulr_mme") ? GODWIT_NODE_MME : IS("ulr_sgsn") ? GODWIT_NODE_SGSN : GODWIT_NODE_MSC);
    assert_int_equal(u.rat, IS("ulr_mme") ? 4 : IS("ulr_sgsn") ? 0 : 1);
    assert_int_equal(godwit_s6a_ulr_build(&sent, node, &u, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void ula(const kat_record_t *record, const char *name)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_location_update_answer_t a;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_s6a_ula_parse(kat_hex(record, "octets"), &e, &a), GODWIT_OK);
    assert_int_equal(a.status, IS("ula_unknown") ? GODWIT_UNKNOWN_SUBSCRIBER : GODWIT_OK);
    assert_string_equal(a.iwf.host, IS("ula") ? "iwf.home.example" : "");
    assert_string_equal(a.iwf.realm, IS("ula") ? "home.example" : "");
    assert_int_equal(godwit_s6a_ula_build(&sent, &a, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void golden(const kat_record_t *record, void *context)
{
    static const struct {
        const char *prefix;
        void (*check)(const kat_record_t *record, const char *name);
    } kinds[] = {{"sir", sir}, {"sia", sia}, {"ulr", ulr}, {"ula", ula}};
    const char *name = kat_text(record, "message");
    (void)context;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strncmp(name, kinds[i].prefix, 3) == 0) {
            kinds[i].check(record, name);
        }
    }
}

static void golden_messages_both_ways(void **state)
{
    (void)state;
    assert_int_equal(kat_each("s6m.txt", "s6m", golden, NULL), 17);
}

/* ---- every outcome ---- */

static void every_outcome_comes_back(void **state)
{
    static const godwit_status_t outcomes[] = {GODWIT_UNKNOWN_SUBSCRIBER, GODWIT_NOT_ENTITLED, GODWIT_POLICY_FORBIDS,
                                               GODWIT_UNKNOWN_KEY,        GODWIT_OVERLOAD,     GODWIT_PEER_INTERNAL};
    (void)state;
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        godwit_diameter_envelope_t e, sent = test_envelope();
        godwit_subscriber_info_answer_t a = {.status = outcomes[i]};
        godwit_location_update_answer_t l = {.status = outcomes[i]};
        godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
        assert_int_equal(godwit_s6m_sia_build(&sent, &a, &w), GODWIT_OK);
        assert_int_equal(godwit_s6m_sia_parse(godwit_written(&w), &e, &a), GODWIT_OK);
        assert_int_equal(a.status, outcomes[i]);
        w = godwit_writer(buffer, sizeof buffer);
        assert_int_equal(godwit_s6a_ula_build(&sent, &l, &w), GODWIT_OK);
        assert_int_equal(godwit_s6a_ula_parse(godwit_written(&w), &e, &l), GODWIT_OK);
        assert_int_equal(l.status, outcomes[i] == GODWIT_UNKNOWN_KEY ? GODWIT_PEER_INTERNAL : outcomes[i]);
    }
}

/* ---- faults ---- */

static void cut(const kat_record_t *record, void *context)
{
    const godwit_slice_t octets = kat_hex(record, "octets");
    (void)context;
    for (size_t len = 0; len < octets.len; len++) {
        const godwit_slice_t part = godwit_slice(octets.ptr, len);
        godwit_diameter_envelope_t e;
        godwit_diameter_fault_t fault;
        godwit_subscriber_info_request_t r;
        godwit_subscriber_info_answer_t a;
        godwit_location_update_t u;
        godwit_location_update_answer_t l;
        uint8_t node;
        assert_int_equal(godwit_s6m_sir_parse(part, &e, &r, &fault), GODWIT_MALFORMED);
        assert_int_equal(godwit_s6m_sia_parse(part, &e, &a), GODWIT_MALFORMED);
        assert_int_equal(godwit_s6a_ulr_parse(part, &e, &node, &u, &fault), GODWIT_MALFORMED);
        assert_int_equal(godwit_s6a_ula_parse(part, &e, &l), GODWIT_MALFORMED);
    }
}

static void what_is_cut_short_is_refused(void **state)
{
    (void)state;
    assert_int_equal(kat_each("s6m.txt", "s6m", cut, NULL), 17);
}

typedef struct bend {
    const char *message;
    uint32_t code, vendor;
    size_t at; /* within the AVP's data */
    uint8_t value;
    uint32_t blamed; /* the Result-Code of requests */
} bend_t;

static godwit_status_t parse_bent(const bend_t *b, size_t len, godwit_diameter_fault_t *fault)
{
    godwit_diameter_envelope_t e;
    godwit_subscriber_info_request_t r;
    godwit_subscriber_info_answer_t a;
    godwit_location_update_t u;
    uint8_t node;
    const godwit_slice_t octets = godwit_slice(buffer, len);
    return b->message[2] == 'a'   ? godwit_s6m_sia_parse(octets, &e, &a)
           : b->message[0] == 'u' ? godwit_s6a_ulr_parse(octets, &e, &node, &u, fault)
                                  : godwit_s6m_sir_parse(octets, &e, &r, fault);
}

static void bend_one(const kat_record_t *record, void *context)
{
    const bend_t *b = context;
    const godwit_slice_t octets = kat_hex(record, "octets");
    godwit_diameter_fault_t fault = {0};
    if (strcmp(kat_text(record, "message"), b->message) != 0) {
        return;
    }
    memcpy(buffer, octets.ptr, octets.len);
    const size_t header = find_avp(buffer, octets.len, b->code, b->vendor);
    assert_int_not_equal(header, 0);
    buffer[header + (b->vendor != 0 ? 12 : 8) + b->at] = b->value;
    assert_int_equal(parse_bent(b, octets.len, &fault), GODWIT_MALFORMED);
    if (b->blamed != 0) {
        assert_int_equal(fault.result_code, b->blamed);
    }
}

static void values_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const bend_t bends[] = {
        {"sir_external_id", 3111, TGPP, 3, ' ', GODWIT_DIAMETER_INVALID_AVP_VALUE},
        {"sir_external_id", 3104, TGPP, 0, 0x80, GODWIT_DIAMETER_INVALID_AVP_VALUE},
        {"sir_external_id", 3103, TGPP, 3, 1, GODWIT_DIAMETER_INVALID_AVP_VALUE}, /* another service */
        {"sir_external_id", 3010, TGPP, 1, 1, GODWIT_DIAMETER_INVALID_AVP_VALUE}, /* a port above 65535 */
        {"sir_msisdn", 701, TGPP, 0, 0xAA, GODWIT_DIAMETER_INVALID_AVP_VALUE},
        {"sir_key", 1, 0, 0, 'x', GODWIT_DIAMETER_INVALID_AVP_VALUE},
        {"sir_key", 49, 0x474F4457, 3, 3, GODWIT_DIAMETER_INVALID_AVP_VALUE},
        {"sir_key", 60, 0x474F4457, 3, 5, GODWIT_DIAMETER_INVALID_AVP_VALUE},
        {"ulr_mme", 1032, TGPP, 2, 0, GODWIT_DIAMETER_INVALID_AVP_VALUE},
        {"ulr_mme", 1407, TGPP, 0, 0xFF, GODWIT_DIAMETER_INVALID_AVP_VALUE},
        {"ulr_mme", 1, 0, 4, 0, GODWIT_DIAMETER_INVALID_AVP_VALUE},
        {"sia", 2402, TGPP, 0, 0x07, 0},
        {"sia_key", 42, 0x474F4457, 0, 9, 0}, /* a root that does not exist */
        {"sia", 1, 0, 0, '-', 0},
    };
    for (size_t i = 0; i < sizeof bends / sizeof bends[0]; i++) {
        bend_t b = bends[i];
        assert_int_equal(kat_each("s6m.txt", "s6m", bend_one, &b), 17);
    }
}

static void whom_it_asks_about_must_be_said(void **state)
{
    (void)state;
    const godwit_subscriber_info_request_t nobody = {.scs = "scs.example"};
    godwit_diameter_envelope_t sent = test_envelope();
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_s6m_sir_build(&sent, &nobody, &w), GODWIT_INVALID_ARGUMENT);
}

/* What TS 29.336 and 29.173 have beside the names of a device and of its nodes, all with the M flag. */
static void members_of_an_answer_that_mean_nothing_here_are_passed_over(void **state)
{
    (void)state;
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_subscriber_info_answer_t answer;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    size_t at =
        godwit_diameter_answer_open(&w, &godwit_s6m_sia, &sent, (godwit_diameter_result_t){0, GODWIT_DIAMETER_SUCCESS});
    size_t user = godwit_avp_open(&w, GODWIT_AVP_USER_IDENTIFIER);
    godwit_avp_put(&w, GODWIT_AVP_USER_NAME, godwit_slice_of_string("001010123456789"));
    godwit_avp_put(&w, GODWIT_AVP_LMSI, godwit_slice_of_string("lmsi"));
    godwit_avp_close(&w, user);
    size_t data = godwit_avp_open(&w, GODWIT_AVP_SERVICE_DATA), t4 = godwit_avp_open(&w, GODWIT_AVP_T4_DATA);
    size_t node = godwit_avp_open(&w, GODWIT_AVP_SERVING_NODE);
    godwit_avp_put(&w, GODWIT_AVP_IP_SM_GW_NUMBER, godwit_slice_of_string("\x94"));
    godwit_avp_put(&w, GODWIT_AVP_IP_SM_GW_NAME, godwit_slice_of_string("gw.home.example"));
    godwit_avp_put(&w, GODWIT_AVP_MME_NAME, godwit_slice_of_string("mme.visited.example"));
    godwit_avp_close(&w, node);
    godwit_avp_close(&w, t4);
    godwit_avp_close(&w, data);
    godwit_diameter_close(&w, at);
    assert_int_equal(godwit_s6m_sia_parse(godwit_written(&w), &e, &answer), GODWIT_OK);
    assert_string_equal(answer.imsi.digits, "001010123456789");
    assert_int_equal(answer.nodes, 1);
    assert_string_equal(answer.node[0].host, "mme.visited.example");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_messages_both_ways),
        cmocka_unit_test(every_outcome_comes_back),
        cmocka_unit_test(what_is_cut_short_is_refused),
        cmocka_unit_test(values_that_cannot_be_are_refused),
        cmocka_unit_test(whom_it_asks_about_must_be_said),
        cmocka_unit_test(members_of_an_answer_that_mean_nothing_here_are_passed_over),
    };
    return cmocka_run_group_tests_name("wire_s6m", tests, NULL, NULL);
}
