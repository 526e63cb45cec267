/* SPDX-License-Identifier: Apache-2.0
 *
 * Device triggering at SGSN and MSC, octets between them and a device: where it is, what the MTC-IWF has for it and it
 * for the MTC-IWF, keys, and what a service centre that lies cannot bring about.
 */
#include "core/trigger/trigger.h"
#include "tests/kat/kat.h"
#include "tests/support/sms_world.h"

static const struct {
    bool circuit;
    godwit_access_kind_t kind;
} ways[] = {
    {true, GODWIT_ACCESS_UMTS}, {true, GODWIT_ACCESS_GERAN}, {false, GODWIT_ACCESS_UMTS}, {false, GODWIT_ACCESS_GERAN}};
#define WAYS (sizeof ways / sizeof ways[0])

static void attached(size_t way)
{
    sms_begin(ways[way].circuit, ways[way].kind);
    sms.iwf = true;
    sms_attach();
}

static godwit_message_t of_iwf(godwit_message_kind_t kind)
{
    godwit_message_t m = {
        .kind = kind, .from = GODWIT_FUNCTION_MTC_IWF, .transaction = 31, .route = 77, .hop = GODWIT_HOP_TLS};
    strcpy(m.origin_host, "iwf.example");
    strcpy(m.origin_realm, "example");
    return m;
}

static godwit_message_t t5_down(const char *text)
{
    godwit_message_t m = of_iwf(GODWIT_T5_DOWN);
    m.u.t5_down.imsi = sms.phone.config.imsi;
    m.u.t5_down.kind = GODWIT_T5_CONTAINER;
    m.u.t5_down.container_len = (uint8_t)strlen(text);
    memcpy(m.u.t5_down.container, text, strlen(text));
    return m;
}

static godwit_message_t t5_key(void)
{
    godwit_message_t m = t5_down("");
    m.u.t5_down.kind = GODWIT_T5_UE_KEY;
    m.u.t5_down.ue_key = (godwit_iwf_key_t){.root = GODWIT_IWF_ROOT_CK_IK, .association = 7};
    memset(m.u.t5_down.ue_key.key, 0xA5, 32);
    return m;
}

static void give_t5(const godwit_message_t *m, godwit_status_t outcome)
{
    sms_iwf(SMS_NODE, m);
    assert_int_equal(sms.answered_iwf.kind, GODWIT_T5_DOWN_ANSWER);
    assert_int_equal(sms.answered_iwf.route, 77);
    assert_int_equal(sms.answered_iwf.transaction, 31);
    assert_int_equal(sms.answered_iwf.u.outcome, outcome);
}

static const godwit_message_t *last_to_iwf(godwit_message_kind_t kind)
{
    assert_true(sms.to_iwf_count > 0);
    const godwit_message_t *m = &sms.to_iwf[(sms.to_iwf_count - 1) % 4];
    assert_int_equal(m->kind, kind);
    return m;
}

/* ---- where it is ---- */

static void the_home_hears_where_a_device_is_and_its_mtc_iwf_that_it_is_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        uint8_t name[32];
        const godwit_slice_t rand = godwit_slice(sms.phone.root_rand, 16);
        attached(i);
        assert_int_equal(sms.locations, 1);
        assert_int_equal(sms.location.rat, ways[i].kind == GODWIT_ACCESS_GERAN ? 1 : 0);
        assert_true(godwit_imsi_equal(&sms.location.imsi, &sms.phone.config.imsi));
        const godwit_t5_up_t *up = &last_to_iwf(GODWIT_T5_UP)->u.t5_up;
        assert_int_equal(up->kind, GODWIT_T5_REGISTERED);
        assert_string_equal(up->to.host, "iwf.example");
        assert_int_equal(CRYPTO->sha256(&rand, 1, name), GODWIT_OK);
        assert_true(up->new_root);
        assert_memory_equal(up->root_name, name, sizeof up->root_name);
        /* A home without MTC-IWF: nobody is told, and nobody may reach the device. */
        sms_begin(ways[i].circuit, ways[i].kind);
        sms_attach();
        assert_int_equal(sms.to_iwf_count, 0);
        const godwit_message_t m = t5_down("wake");
        give_t5(&m, GODWIT_NOT_ENTITLED);
        assert_int_equal(sms.phone.triggers, 0);
    }
}

static void a_home_that_did_not_hear_is_told_again_when_the_device_is_heard(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        sms_begin(ways[i].circuit, ways[i].kind);
        sms.iwf = sms.home_refuses = true;
        sms_attach();
        assert_int_equal(sms.to_iwf_count, 0);
        assert_true(sms_saw("location_refused"));
        sms.home_refuses = false;
        for (unsigned minutes = 0; minutes < 3; minutes++) {
            sms_idle();
            sms.owners[SMS_NODE].now_ms += 60000U * minutes;
            sms_send("reading");
            assert_int_equal(sms.locations, minutes == 0 ? 1 : 2);
        }
        assert_int_equal(sms.to_iwf_count, 1);
        assert_int_equal(last_to_iwf(GODWIT_T5_UP)->u.t5_up.kind, GODWIT_T5_REGISTERED);
    }
    sms_begin(false, GODWIT_ACCESS_UMTS);
    godwit_sgsn_config_t unaware = sms.sgsn.config;
    unaware.unaware = true;
    assert_int_equal(godwit_sgsn_init(&sms.sgsn, &unaware, sms.sgsn_ues, SMS_ROWS, sms.pending, SMS_PENDING,
                                      sms.answered, SMS_PENDING),
                     GODWIT_OK);
    sms_attach();
    assert_int_equal(sms.locations, 0);
}

/* ---- down ---- */

static void a_container_reaches_the_device_as_the_word_of_its_node(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        attached(i);
        const godwit_message_t m = t5_down("wake");
        give_t5(&m, GODWIT_OK);
        assert_true(octets_equal(&sms.phone.trigger, "wake") && !sms.phone.trigger_by_sms);
        assert_int_equal(sms.phone.deliveries, 0);
        sms_idle();
        give_t5(&m, GODWIT_OK);
        assert_int_equal(sms.phone.triggers, 2);
        assert_true(sms_saw("paging"));
    }
}

static void nobody_else_and_nothing_else_is_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        attached(i);
        godwit_message_t m = t5_down("wake");
        strcpy(m.origin_host, "iwf.elsewhere");
        give_t5(&m, GODWIT_NOT_ENTITLED);
        m = t5_down("wake");
        m.u.t5_down.imsi.digits[14] = '0';
        give_t5(&m, GODWIT_NOT_FOUND);
        m = t5_down("");
        give_t5(&m, GODWIT_MALFORMED);
        m = t5_down("wake");
        m.u.t5_down.container_len = GODWIT_TRIGGER_CONTAINER_MAX + 1;
        give_t5(&m, GODWIT_MALFORMED);
        m = t5_key();
        m.u.t5_down.ue_key.is_root = true;
        give_t5(&m, GODWIT_MALFORMED);
        assert_int_equal(sms.phone.triggers + sms.phone.ue_keys, 0);
    }
}

static void a_device_that_is_silent_is_told_of_when_it_is_heard_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        attached(i);
        sms_idle();
        const godwit_message_t m = t5_down("wake");
        const unsigned before = sms.to_iwf_count;
        sms.lose_up = true;
        sms_iwf(SMS_NODE, &m);
        for (unsigned j = 0; j < 8; j++) {
            sms_let_time_pass(SMS_NODE);
        }
        assert_int_equal(sms.answered_iwf.u.outcome, GODWIT_AGAIN);
        sms.lose_up = false;
        phone_timer(&sms.phone);
        sms_run();
        assert_int_equal(sms.to_iwf_count, before + 1);
        assert_int_equal(last_to_iwf(GODWIT_T5_UP)->u.t5_up.kind, GODWIT_T5_REGISTERED);
        assert_false(last_to_iwf(GODWIT_T5_UP)->u.t5_up.new_root);
        give_t5(&m, GODWIT_OK);
    }
}

/* Its answer is lost: nobody may say that the trigger never arrived. */
static void what_was_sent_to_a_device_that_went_away_may_have_arrived(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        attached(i);
        const godwit_message_t m = t5_down("wake");
        sms.lose_up = true;
        sms_iwf(SMS_NODE, &m);
        for (unsigned j = 0; j < 8; j++) {
            sms_let_time_pass(SMS_NODE);
        }
        assert_int_equal(sms.phone.triggers, 1);
        assert_int_equal(sms.answered_iwf.kind, GODWIT_T5_DOWN_ANSWER);
        assert_int_equal(sms.answered_iwf.u.outcome, GODWIT_UNKNOWN_SESSION);
        sms.lose_up = false;
    }
}

static void a_device_without_a_trigger_function_is_no_such_device(void **state)
{
    (void)state;
    sms_begin(true, GODWIT_ACCESS_UMTS);
    sms.phone.config.trigger = false;
    phone_restart(&sms.phone);
    sms.iwf = true;
    sms_attach();
    const godwit_message_t m = t5_down("wake");
    give_t5(&m, GODWIT_NOT_FOUND);
    assert_int_equal(sms.phone.triggers, 0);
    assert_int_equal(sms.phone.roots, 0);
}

/* ---- octets ---- */

static godwit_slice_t sent;
static uint8_t sent_octets[GODWIT_CP_MAX];

static void note_sent(void *context, godwit_slice_t cp)
{
    (void)context;
    memcpy(sent_octets, cp.ptr, cp.len);
    sent = godwit_slice(sent_octets, cp.len);
}

static void no_tick(void *context, uint32_t delay_ms)
{
    (void)context;
    (void)delay_ms;
}

static void expect_sent(const kat_record_t *record, void *context)
{
    (void)context;
    if (strcmp(kat_text(record, "message"), "cp.trigger_down") == 0) {
        kat_expect(record, "octets", sent.ptr, sent.len);
    }
}

/* The longest, as an encoder that shares nothing with us makes it. */
static void the_octets_are_those_of_an_independent_encoder(void **state)
{
    (void)state;
    godwit_sms_node_t node = {0};
    godwit_serving_trigger_t at = {.iwf = {GODWIT_FUNCTION_MTC_IWF, "iwf.example", "example"}};
    const godwit_serving_home_t home = {.own = GODWIT_FUNCTION_SGSN};
    owner_t owner;
    sms_begin(false, GODWIT_ACCESS_UMTS);
    owner_init(&owner, NULL, NULL);
    owner.outbox = (godwit_outbox_t){.requests = owner.requests,
                                     .capacity = GODWIT_OUTBOX_REQUESTS,
                                     .arena = owner.arena,
                                     .arena_size = sizeof owner.arena};
    godwit_message_t m = t5_down("");
    m.u.t5_down.container_len = GODWIT_TRIGGER_CONTAINER_MAX;
    for (size_t i = 0; i < GODWIT_TRIGGER_CONTAINER_MAX; i++) {
        m.u.t5_down.container[i] = (uint8_t)i;
    }
    const godwit_sms_host_t host = {.home = &home,
                                    .out = &owner.outbox,
                                    .imsi = &m.u.t5_down.imsi,
                                    .now_ms = UINT64_C(1700000000000),
                                    .trigger = &at,
                                    .iwf_number = SMS_IWF_NUMBER,
                                    .send = note_sent,
                                    .tick = no_tick};
    assert_true(godwit_sms_node_t5(&node, &host, &m));
    godwit_sms_node_start(&node, &host);
    assert_int_equal(kat_each("sms.txt", "cp", expect_sent, NULL), 6);
}

/* ---- what comes by a service centre ---- */

static void put_short_message(const char *centre, const char *originator, uint16_t port, godwit_slice_t payload)
{
    godwit_message_t m = {.kind = GODWIT_SHORT_MESSAGE_DOWN, .from = GODWIT_FUNCTION_SMS_SC, .transaction = 1};
    godwit_short_message_t *s = &m.u.short_message;
    godwit_sms_deliver_t deliver = {.no_more = true};
    uint8_t octets[GODWIT_SMS_USER_DATA_MAX];
    godwit_writer_t w = godwit_writer(s->tpdu, sizeof s->tpdu);
    s->imsi = sms.phone.config.imsi;
    strcpy(s->sc_address, centre);
    assert_int_equal(godwit_sms_address_from_text(originator, &deliver.originator), GODWIT_OK);
    deliver.originator.type = GODWIT_SMS_NETWORK_SPECIFIC;
    assert_int_equal(godwit_sms_ports_put(port, port, payload, octets, &deliver.data), GODWIT_OK);
    assert_int_equal(godwit_sms_deliver_build(&deliver, &w), GODWIT_OK);
    s->tpdu_len = (uint8_t)w.len;
    sms_iwf(SMS_NODE, &m);
}

static void a_service_centre_that_lies_never_speaks_for_the_node(void **state)
{
    (void)state;
    uint8_t key[45] = {0, 0, 0, 9, GODWIT_IWF_ROOT_CK_IK};
    for (size_t i = 0; i < WAYS; i++) {
        attached(i);
        put_short_message(SMS_IWF_NUMBER, SMS_IWF_NUMBER, GODWIT_A3_PORT, godwit_slice_of_string("forged"));
        assert_int_equal(sms.phone.triggers, 1);
        assert_true(octets_equal(&sms.phone.trigger, "forged") && sms.phone.trigger_by_sms);
        put_short_message(SMS_IWF_NUMBER, SMS_IWF_NUMBER, GODWIT_SMS_UE_KEY_PORT, godwit_slice(key, sizeof key));
        assert_int_equal(sms.phone.ue_keys, 0);
        assert_true(sms_saw("sms_not_delivered"));
    }
}

static void a_trigger_of_t4_comes_as_a_plain_short_message(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        attached(i);
        godwit_message_t m = of_iwf(GODWIT_T4_TRIGGER);
        godwit_t4_trigger_t *t = &m.u.t4_trigger;
        t->imsi = sms.phone.config.imsi;
        t->reference = 12;
        t->container_len = 4;
        memcpy(t->container, "wake", 4);
        t->port = GODWIT_A3_PORT;
        t->validity_s = 600;
        t->node.function = ways[i].circuit ? GODWIT_FUNCTION_MSC : GODWIT_FUNCTION_SGSN;
        strcpy(t->node.host, ways[i].circuit ? "msc.example" : "sgsn.example");
        strcpy(t->node.realm, "example");
        sms_iwf(SMS_CENTRE, &m);
        assert_true(octets_equal(&sms.phone.trigger, "wake") && sms.phone.trigger_by_sms);
        const godwit_t4_report_t *report = &last_to_iwf(GODWIT_T4_REPORT)->u.t4_report;
        assert_true(report->has_outcome && report->reference == 12);
        assert_int_equal(report->outcome, GODWIT_T4_SUCCESS);
    }
}

/* ---- up ---- */

static void a_container_of_the_device_goes_by_t5_or_by_t4(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * WAYS; i++) {
        const bool t5 = i < WAYS;
        sms_begin(ways[i % WAYS].circuit, ways[i % WAYS].kind);
        sms.iwf = t5;
        sms_attach();
        sms_idle();
        phone_trigger(&sms.phone, "ack");
        sms_run();
        const godwit_message_t *m = last_to_iwf(t5 ? GODWIT_T5_UP : GODWIT_T4_REPORT);
        if (t5) {
            assert_int_equal(m->u.t5_up.kind, GODWIT_T5_FROM_DEVICE);
            assert_int_equal(m->u.t5_up.container_len, 3);
            assert_memory_equal(m->u.t5_up.container, "ack", 3);
        } else {
            assert_false(m->u.t4_report.has_outcome);
            assert_memory_equal(m->u.t4_report.container, "ack", 3);
        }
        assert_true(phone_said(&sms.phone, "sms_accepted"));
        assert_int_equal(sms.readings, 0);
    }
}

static void readings_and_containers_do_not_mix(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        attached(i);
        phone_send(&sms.phone, "one");
        phone_send(&sms.phone, "two");
        phone_trigger(&sms.phone, "ack");
        assert_int_equal(godwit_access_trigger(&sms.phone.access, godwit_slice_of_string("more"), &sms.phone.requests),
                         GODWIT_AGAIN);
        sms_run();
        sms_expect_reading(2, "two");
        assert_memory_equal(last_to_iwf(GODWIT_T5_UP)->u.t5_up.container, "ack", 3);
    }
}

static void what_is_said_while_attaching_goes_when_attached(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        sms_begin(ways[i].circuit, ways[i].kind);
        assert_int_equal(godwit_access_trigger(&sms.phone.access, godwit_slice_of_string("poll"), &sms.phone.requests),
                         GODWIT_WRONG_STATE);
        phone_attach(&sms.phone);
        phone_trigger(&sms.phone, "poll");
        sms_run();
        assert_memory_equal(last_to_iwf(GODWIT_T4_REPORT)->u.t4_report.container, "poll", 4);
    }
}

/* ---- keys ---- */

static godwit_message_t key_request(uint32_t association)
{
    godwit_message_t m = of_iwf(GODWIT_IWF_KEY_REQUEST);
    m.u.iwf_key_request.imsi = sms.phone.config.imsi;
    m.u.iwf_key_request.association = association;
    strcpy(m.u.iwf_key_request.iwf, "iwf.example");
    return m;
}

static const godwit_iwf_key_t *ask_key(const godwit_message_t *m, godwit_status_t status)
{
    static const godwit_iwf_key_t nothing;
    sms_iwf(SMS_NODE, m);
    assert_int_equal(sms.answered_iwf.kind, GODWIT_IWF_KEY_ANSWER);
    assert_int_equal(sms.answered_iwf.u.iwf_key_answer.status, status);
    if (status != GODWIT_OK) {
        assert_memory_equal(&sms.answered_iwf.u.iwf_key_answer.key, &nothing, sizeof nothing);
    }
    return &sms.answered_iwf.u.iwf_key_answer.key;
}

static void device_and_node_make_the_same_k_iwf(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        uint8_t k_iwf[32];
        sms_begin(ways[i].circuit, ways[i].kind);
        sms.phone.config.next_session = false;
        phone_restart(&sms.phone);
        sms.iwf = true;
        sms_attach();
        assert_int_equal(sms.phone.roots, 1);
        assert_int_equal(sms.phone.root_kind, GODWIT_IWF_ROOT_CK_IK);
        assert_true(sms.phone.root_given);
        assert_int_equal(godwit_k_iwf(CRYPTO, sms.phone.root, godwit_slice_of_string("iwf.example"),
                                      &sms.phone.config.imsi, 7, k_iwf),
                         GODWIT_OK);
        const godwit_message_t m = key_request(7);
        const godwit_iwf_key_t *key = ask_key(&m, GODWIT_OK);
        assert_memory_equal(key->key, k_iwf, 32);
        assert_true(!key->is_root && key->association == 7 && key->root == GODWIT_IWF_ROOT_CK_IK);
        /* IK is in the radio's keys in UMTS; nothing else keeps it. */
        assert_int_equal(phone_remembers(&sms.phone, sms.phone.root + 16, 16), ways[i].kind == GODWIT_ACCESS_UMTS);
        memset(&sms.phone.access.radio, 0, sizeof sms.phone.access.radio);
        assert_false(phone_remembers(&sms.phone, sms.phone.root + 16, 16));
    }
}

static void no_key_by_an_open_way_nor_for_another_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        attached(i);
        godwit_message_t m = key_request(7);
        m.hop = GODWIT_HOP_OPEN;
        (void)ask_key(&m, GODWIT_NOT_ENTITLED);
        m = key_request(7);
        strcpy(m.origin_host, "iwf.elsewhere");
        (void)ask_key(&m, GODWIT_NOT_ENTITLED);
        m = key_request(7);
        strcpy(m.u.iwf_key_request.iwf, "iwf.elsewhere");
        (void)ask_key(&m, GODWIT_NOT_ENTITLED);
        m = key_request(0);
        (void)ask_key(&m, GODWIT_NOT_ENTITLED);
        m = key_request(7);
        m.u.iwf_key_request.imsi.digits[14] = '0';
        (void)ask_key(&m, GODWIT_NOT_FOUND);
        /* Who has named it openly may have named anybody. */
        sms_begin(ways[i].circuit, ways[i].kind);
        sms.iwf = sms.home_is_open = true;
        sms_attach();
        m = key_request(7);
        (void)ask_key(&m, GODWIT_NOT_ENTITLED);
        m = t5_key();
        give_t5(&m, GODWIT_NOT_ENTITLED);
    }
}

/* CK', IK' of a flagged vector are no root: the device has what no visited node has, and its card alone. */
static void of_a_flagged_vector_the_node_makes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        sms_begin(ways[i].circuit, ways[i].kind);
        sms.iwf = true;
        sms.amf = AMF_FLAGGED_UMTS;
        sms_attach();
        assert_int_equal(sms.phone.root_kind, GODWIT_IWF_ROOT_FLAGGED);
        assert_false(sms.phone.root_given);
        assert_false(last_to_iwf(GODWIT_T5_UP)->u.t5_up.new_root);
        const godwit_message_t m = key_request(7);
        (void)ask_key(&m, GODWIT_WRONG_STATE);
    }
}

/* Nothing of the key in the node's rows. */
static void expect_forgotten(bool circuit)
{
    uint8_t key[32];
    const uint8_t *at = circuit ? (const uint8_t *)sms.msc.ues : (const uint8_t *)sms.sgsn.ues;
    const size_t len = circuit ? sms.msc.top * sizeof *sms.msc.ues : sms.sgsn.top * sizeof *sms.sgsn.ues;
    memset(key, 0xA5, sizeof key);
    for (size_t i = 0; i + sizeof key <= len; i++) {
        assert_memory_not_equal(at + i, key, sizeof key);
    }
}

static void attached_without_integrity(bool circuit)
{
    sms_begin(circuit, GODWIT_ACCESS_GERAN);
    sms.msc.config.ki128 = GODWIT_MSC_KI128_NONE;
    sms.sgsn.config.ki128 = GODWIT_SGSN_KI128_NONE;
    sms.phone.config.eia = 0xC0;
    phone_restart(&sms.phone);
    sms.iwf = true;
    sms_attach();
}

static void a_key_for_the_device_goes_ciphered_or_not_at_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        attached(i);
        godwit_message_t m = t5_key();
        m.hop = GODWIT_HOP_OPEN;
        give_t5(&m, GODWIT_NOT_ENTITLED);
        m = t5_key();
        give_t5(&m, GODWIT_OK);
        assert_int_equal(sms.phone.ue_keys, 1);
        assert_int_equal(sms.phone.ue_key.association, 7);
        assert_memory_equal(sms.phone.ue_key.key, m.u.t5_down.ue_key.key, 32);
        expect_forgotten(ways[i].circuit);
        sms_idle();
        give_t5(&m, GODWIT_OK);
        assert_int_equal(sms.phone.ue_keys, 2);
    }
    /* Integrity alone: a container goes, and counts; a key does not. */
    sms_begin(false, GODWIT_ACCESS_UMTS);
    sms.sgsn.config.uea_count = 1;
    sms.sgsn.config.uea_order[0] = GODWIT_UEA0;
    sms.iwf = true;
    sms_attach();
    godwit_message_t m = t5_key();
    give_t5(&m, GODWIT_UNSUPPORTED_SUITE);
    m = t5_down("wake");
    give_t5(&m, GODWIT_OK);
    assert_false(sms.phone.trigger_by_sms);
    /* GERAN without integrity: neither is a key sent, nor does a container count for more than a short message. */
    for (size_t i = 0; i < 2; i++) {
        attached_without_integrity(i == 0);
        m = t5_key();
        give_t5(&m, GODWIT_UNSUPPORTED_SUITE);
        m = t5_down("wake");
        give_t5(&m, GODWIT_OK);
        assert_true(sms.phone.trigger_by_sms);
        assert_int_equal(sms.phone.ue_keys, 0);
    }
}

/* ---- why it does not go without integrity ---- */

/* The control layer's octets of a T5_DOWN, as the node makes them first of all. */
static godwit_slice_t octets_of_down(const godwit_message_t *m, godwit_function_t own)
{
    godwit_sms_node_t node = {0};
    godwit_serving_trigger_t at = {.iwf = {GODWIT_FUNCTION_MTC_IWF, "iwf.example", "example"}};
    const godwit_serving_home_t home = {.own = own};
    static owner_t owner;
    owner_init(&owner, NULL, NULL);
    owner.outbox = (godwit_outbox_t){.requests = owner.requests,
                                     .capacity = GODWIT_OUTBOX_REQUESTS,
                                     .arena = owner.arena,
                                     .arena_size = sizeof owner.arena};
    const godwit_sms_host_t host = {.home = &home,
                                    .out = &owner.outbox,
                                    .imsi = &m->u.t5_down.imsi,
                                    .now_ms = sms.owners[SMS_NODE].now_ms,
                                    .confidential = true,
                                    .trigger = &at,
                                    .iwf_number = SMS_IWF_NUMBER,
                                    .send = note_sent,
                                    .tick = no_tick};
    assert_true(godwit_sms_node_t5(&node, &host, m));
    godwit_sms_node_start(&node, &host);
    return sent;
}

/* On the way: the node's frame for `known` says `wanted` when it arrives. Nothing but what is known of it is needed. */
static void bend(const godwit_message_t *known, const godwit_message_t *wanted)
{
    enum { FRAME_HEAD = 10 }; /* kind, COUNT, MAC-I; kind of the inner frame */
    uint8_t was[GODWIT_CP_MAX];
    const godwit_function_t own = sms.circuit ? GODWIT_FUNCTION_MSC : GODWIT_FUNCTION_SGSN;
    const godwit_slice_t before = octets_of_down(known, own);
    const size_t len = before.len;
    memcpy(was, before.ptr, len);
    const godwit_slice_t after = octets_of_down(wanted, own);
    assert_int_equal(after.len, len);
    owner_give_message(&sms.owners[SMS_NODE], known);
    sms_carry_out(SMS_NODE);
    sms_event_t *e = &sms.events[sms.first % SMS_EVENTS];
    assert_int_equal(e->to, SMS_OWNERS);
    assert_int_equal(e->octets.len, FRAME_HEAD + len);
    for (size_t i = 0; i < len; i++) {
        e->octets.at[FRAME_HEAD + i] ^= was[i] ^ after.ptr[i];
    }
    sms_run();
}

/* Kc ciphers, and nothing more: who knows what a message says makes it say something else. So a key that comes that way
 * is anybody's, and no device takes one, whatever the frame says of its sender. */
static void without_integrity_anybody_on_the_way_could_give_a_key_of_his_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const char text[] = "what everybody knows that the node is saying.",
                   forged[] = "what somebody on the way would rather have it";
        _Static_assert(sizeof text == sizeof forged && sizeof text - 1 == 45, "as long as a key");
        attached_without_integrity(i == 0);
        const godwit_message_t known = t5_down(text), words = t5_down(forged);
        const godwit_message_t key = t5_key();
        bend(&known, &words);
        assert_int_equal(sms.phone.triggers, 1);
        assert_true(octets_equal(&sms.phone.trigger, forged)); /* that is how little it takes */
        attached_without_integrity(i == 0);
        const godwit_message_t again = t5_down(text);
        bend(&again, &key);
        assert_int_equal(sms.phone.ue_keys, 0);
        assert_true(phone_said(&sms.phone, "refused"));
    }
    for (size_t i = 0; i < WAYS; i++) { /* with integrity nothing of it arrives, key or not */
        attached(i);
        const godwit_message_t known = t5_down("what everybody knows that the node is saying."), key = t5_key();
        bend(&known, &key);
        assert_int_equal(sms.phone.ue_keys, 0);
        assert_int_equal(sms.phone.triggers, 0);
    }
}

/* ---- its end at the device, and at a node that it leaves ---- */

static void the_device_s_access_keeps_no_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        uint8_t key[32];
        memset(key, 0xA5, sizeof key);
        attached(i);
        const godwit_message_t m = t5_key();
        give_t5(&m, GODWIT_OK);
        sms_idle(); /* the next thing that its owner asks for */
        assert_false(phone_remembers(&sms.phone, key, sizeof key));
    }
}

/* It waits for a page, or for its acknowledgement, when the device attaches anew or the operator drops it. */
static void a_node_that_a_device_leaves_says_so_and_forgets_the_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * WAYS; i++) {
        const bool sent_already = i < WAYS;
        attached(i % WAYS);
        const godwit_message_t m = t5_key();
        if (!sent_already) {
            sms_idle();
        }
        sms.lose_up = true;
        sms_iwf(SMS_NODE, &m);
        assert_int_equal(sms.answered_iwf.kind, 0);
        sms.lose_up = false;
        phone_restart(&sms.phone); /* its power was lost: it attaches anew */
        sms_attach();
        assert_int_equal(sms.answered_iwf.kind, GODWIT_T5_DOWN_ANSWER);
        assert_int_equal(sms.answered_iwf.u.outcome, sent_already ? GODWIT_UNKNOWN_SESSION : GODWIT_AGAIN);
        expect_forgotten(ways[i % WAYS].circuit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_home_hears_where_a_device_is_and_its_mtc_iwf_that_it_is_there),
        cmocka_unit_test(a_home_that_did_not_hear_is_told_again_when_the_device_is_heard),
        cmocka_unit_test(a_container_reaches_the_device_as_the_word_of_its_node),
        cmocka_unit_test(nobody_else_and_nothing_else_is_taken),
        cmocka_unit_test(a_device_that_is_silent_is_told_of_when_it_is_heard_again),
        cmocka_unit_test(what_was_sent_to_a_device_that_went_away_may_have_arrived),
        cmocka_unit_test(a_device_without_a_trigger_function_is_no_such_device),
        cmocka_unit_test(the_octets_are_those_of_an_independent_encoder),
        cmocka_unit_test(a_service_centre_that_lies_never_speaks_for_the_node),
        cmocka_unit_test(a_trigger_of_t4_comes_as_a_plain_short_message),
        cmocka_unit_test(a_container_of_the_device_goes_by_t5_or_by_t4),
        cmocka_unit_test(readings_and_containers_do_not_mix),
        cmocka_unit_test(what_is_said_while_attaching_goes_when_attached),
        cmocka_unit_test(device_and_node_make_the_same_k_iwf),
        cmocka_unit_test(no_key_by_an_open_way_nor_for_another_name),
        cmocka_unit_test(of_a_flagged_vector_the_node_makes_nothing),
        cmocka_unit_test(a_key_for_the_device_goes_ciphered_or_not_at_all),
        cmocka_unit_test(without_integrity_anybody_on_the_way_could_give_a_key_of_his_own),
        cmocka_unit_test(the_device_s_access_keeps_no_key),
        cmocka_unit_test(a_node_that_a_device_leaves_says_so_and_forgets_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
