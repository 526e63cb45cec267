/* SPDX-License-Identifier: Apache-2.0
 *
 * Triggers over EPS (contribution 002): the device's access and trigger libraries and the MME, with nothing between
 * them but frames; home and MTC-IWF are the test's, made of core functions alone. Associations within the security mode
 * and on their own, from each source of K_iwf; triggers to devices that listen or sleep; what a rogue visited network
 * and strangers on the air can do; and that without the feature no octet is another.
 */
#include <stdio.h>

#include "core/trigger/trigger.h"
#include "core/wire/ue_key.h"
#include "godwit/trigger.h"
#include "tests/device/phone.h"
#include "tests/support/mme_world.h"

#define IWF "iwf.home.example"
#define TIME 1800000000U
#define PORT 4096
#define MAY(root) ((uint8_t)(1U << (GODWIT_IWF_ROOT_##root - 1)))

typedef struct sent {
    godwit_port_t port;
    godwit_address_t to;
    octets_t octets;
} sent_t;

static phone_t phone;
static mme_world_t w;
static uint16_t amf;
static godwit_vector_t vector;
static uint64_t seq;
static const godwit_address_t radio_address = {.len = 1, .octets = {1}};
static unsigned loses_up, loses_down; /* so many frames of that way that carry a message of the security mode */
static octets_t heard[4];             /* the last frames down */
static unsigned frames, generics_up;
static size_t completion;  /* octets of the last SECURITY MODE COMPLETE, as a frame */
static uint8_t digest[32]; /* over all frames, and which way they went */

/* ---- the trigger function of the device ---- */

static godwit_trigger_config_t trigger_config;
static godwit_trigger_t trigger;
static godwit_trigger_now_t now;
static octets_t record, answer;
static unsigned delivered, roots, shown, ue_keys;
static godwit_trigger_delivery_t delivery;
static char payload[GODWIT_TRIGGER_PAYLOAD_MAX + 1];
static const char *trigger_events[32];
static unsigned trigger_event_count;
static bool owner_sleeps; /* it does not answer what came in the security mode */

static void take_delivery(const godwit_trigger_delivery_t *d, uint32_t *reference)
{
    delivered++;
    delivery = *d;
    memcpy(payload, d->payload.ptr, d->payload.len);
    payload[d->payload.len] = '\0';
    *reference = d->reference;
}

/* What it sends stands in `answer`. */
static void carry_out(const godwit_trigger_requests_t *list)
{
    godwit_trigger_requests_t more;
    uint32_t reference = 0;
    for (size_t i = 0; i < list->count; i++) {
        const godwit_trigger_request_t *r = &list->item[i];
        if (r->kind == GODWIT_TRIGGER_STORE) {
            memcpy(record.at, r->octets.ptr, r->octets.len);
            record.len = r->octets.len;
        } else if (r->kind == GODWIT_TRIGGER_SEND) {
            assert_int_equal(r->via, GODWIT_TRIGGER_VIA_NAS);
            assert_int_equal(answer.len, 0);
            memcpy(answer.at, r->octets.ptr, r->octets.len);
            answer.len = r->octets.len;
        } else if (r->kind == GODWIT_TRIGGER_DELIVER) {
            take_delivery(&r->delivery, &reference);
        } else if (r->kind == GODWIT_TRIGGER_EVENT) {
            assert_true(trigger_event_count < 32);
            trigger_events[trigger_event_count++] = r->name;
        }
    }
    if (reference != 0) {
        assert_int_equal(godwit_trigger_done(&trigger, reference, GODWIT_A3_DELIVERED, &more), GODWIT_OK);
        carry_out(&more);
    }
}

static bool trigger_said(const char *name)
{
    bool found = false;
    for (unsigned i = 0; i < trigger_event_count; i++) {
        found = found || strcmp(trigger_events[i], name) == 0;
    }
    trigger_event_count = 0;
    return found;
}

static bool take_message(phone_t *p, const godwit_access_request_t *r)
{
    godwit_trigger_requests_t list;
    const bool answers = r->answers;
    answer.len = 0;
    shown++;
    assert_false(r->by_sms);
    if (answers && owner_sleeps) {
        return false;
    }
    assert_int_equal(godwit_trigger_receive(&trigger, r->octets, GODWIT_TRIGGER_VIA_NAS, now, &list), GODWIT_OK);
    carry_out(&list);
    if (answer.len == 0 && !answers) {
        return false;
    }
    assert_int_equal(godwit_access_trigger(&p->access, octets_slice(&answer), &p->requests), GODWIT_OK);
    return true;
}

static bool on_trigger(phone_t *p, const godwit_access_request_t *r)
{
    godwit_trigger_requests_t list;
    if (r->kind == GODWIT_ACCESS_TRIGGER) {
        return take_message(p, r);
    }
    if (r->kind == GODWIT_ACCESS_ROOT) {
        roots |= 1U << r->root_kind;
        assert_int_equal(godwit_trigger_root(&trigger, r->root_kind, r->root, r->rand, &list), GODWIT_OK);
    } else {
        ue_keys++;
        assert_int_equal(godwit_trigger_ue_key(&trigger, r->ue_key, &list), GODWIT_OK);
    }
    carry_out(&list);
    return false;
}

static void restart_trigger(void)
{
    assert_int_equal(godwit_trigger_init(&trigger, &trigger_config), GODWIT_OK);
    record.len = 0;
}

/* ---- the MTC-IWF ---- */

typedef struct iwf {
    bool embeds;            /* has a Command ready for the security mode */
    godwit_iwf_root_t root; /* FLAGGED: from the home; KASME: K_iwf from the MME */
    bool wrong_key;
    uint32_t number;
    uint8_t k_iwf[32], suite;
    uint32_t next_down;
    octets_t command;
    bool associated;
    godwit_status_t down_status, key_status;
    unsigned answers; /* to T5_DOWN */
    unsigned registered, acknowledged, rejected;
    godwit_a3_outcome_t outcome;
    uint32_t reference;
} iwf_t;

static iwf_t iwf;

static int setup(void **state)
{
    (void)state;
    phone_init(&phone, GODWIT_ACCESS_EPS);
    phone.config.e2m = false;
    phone.config.trigger = true;
    phone.on_trigger = on_trigger;
    phone_restart(&phone);
    mme_world_init(&w);
    w.config.trigger = true;
    w.config.plmn = phone.config.serving_network;
    w.config.iwf = (godwit_trigger_node_t){.function = GODWIT_FUNCTION_MTC_IWF, .host = IWF, .realm = "home.example"};
    mme_world_restart(&w);
    memset(&iwf, 0, sizeof iwf);
    iwf.root = GODWIT_IWF_ROOT_FLAGGED;
    trigger_config = (godwit_trigger_config_t){
        .crypto = CRYPTO, .imsi = phone.config.imsi, .iwf = godwit_slice_of_string(IWF), .retransmit_ms = 4000};
    restart_trigger();
    now = (godwit_trigger_now_t){.up_ms = 5000, .unix_s = TIME};
    amf = AMF_FLAGGED_EPS;
    seq = 7;
    delivered = roots = shown = ue_keys = trigger_event_count = frames = generics_up = loses_up = loses_down = 0;
    owner_sleeps = false;
    memset(digest, 0, sizeof digest);
    return 0;
}

static void root_name(uint8_t name[8])
{
    assert_int_equal(godwit_iwf_root_name(CRYPTO, vector.rand, name), GODWIT_OK);
}

static void settle(void);

static godwit_message_t message(godwit_message_kind_t kind)
{
    godwit_message_t m;
    memset(&m, 0, sizeof m);
    m.kind = kind;
    m.from = GODWIT_FUNCTION_MTC_IWF;
    m.to = GODWIT_FUNCTION_MME;
    m.transaction = 900;
    m.hop = GODWIT_HOP_TLS;
    strcpy(m.origin_host, IWF);
    return m;
}

static void give(const godwit_message_t *m)
{
    owner_give_message(&w.owner, m);
    settle();
}

static void iwf_down(godwit_t5_down_kind_t kind, const octets_t *container)
{
    godwit_message_t m = message(GODWIT_T5_DOWN);
    m.u.t5_down.imsi = phone.config.imsi;
    m.u.t5_down.kind = kind;
    if (kind == GODWIT_T5_CONTAINER) {
        m.u.t5_down.container_len = (uint8_t)container->len;
        memcpy(m.u.t5_down.container, container->at, container->len);
    } else {
        m.u.t5_down.ue_key = (godwit_iwf_key_t){.root = iwf.root, .association = iwf.number};
        root_name(m.u.t5_down.ue_key.root_name);
        memcpy(m.u.t5_down.ue_key.key, iwf.k_iwf, 32);
    }
    give(&m);
}

/* K_iwf of the next number. */
static void iwf_key(void)
{
    uint8_t ck_ik[32];
    iwf.number++;
    if (iwf.root == GODWIT_IWF_ROOT_FLAGGED) {
        memcpy(ck_ik, vector.ck, 16);
        memcpy(ck_ik + 16, vector.ik, 16);
        assert_int_equal(
            godwit_k_iwf(CRYPTO, ck_ik, godwit_slice_of_string(IWF), &phone.config.imsi, iwf.number, iwf.k_iwf),
            GODWIT_OK);
        return;
    }
    godwit_message_t m = message(GODWIT_IWF_KEY_REQUEST);
    strcpy(m.u.iwf_key_request.iwf, IWF);
    m.u.iwf_key_request.imsi = phone.config.imsi;
    m.u.iwf_key_request.association = iwf.number;
    give(&m);
}

static void protect(const godwit_a3_message_t *m, octets_t *out)
{
    const godwit_a3_key_t key = {iwf.k_iwf, iwf.number, iwf.suite};
    godwit_writer_t writer = godwit_writer(out->at, sizeof out->at);
    assert_int_equal(godwit_a3_protect(CRYPTO, &key, iwf.next_down++, m, &writer), GODWIT_OK);
    out->len = writer.len;
}

static void iwf_make_command(void)
{
    godwit_a3_message_t m = {.type = GODWIT_A3_COMMAND, .command = {.root = iwf.root, .time_s = TIME, .suites = 2}};
    iwf_key();
    iwf.k_iwf[0] ^= iwf.wrong_key ? 1 : 0;
    m.command.association = iwf.number;
    m.command.suite[0] = 1;
    m.command.suite[1] = 3;
    root_name(m.command.root_name);
    iwf.next_down = 0;
    iwf.suite = GODWIT_A3_SUITE_MANDATORY;
    iwf.associated = false;
    protect(&m, &iwf.command);
}

static void iwf_takes(godwit_slice_t octets)
{
    godwit_a3_header_t header;
    godwit_a3_opened_t opened;
    const godwit_a3_key_t key = {iwf.k_iwf, iwf.number, iwf.suite};
    assert_int_equal(godwit_a3_peek(octets, &header), GODWIT_OK);
    if (header.type == GODWIT_A3_COMPLETE) {
        assert_int_equal(godwit_a3_complete_open(CRYPTO, iwf.k_iwf, octets_slice(&iwf.command), octets, &iwf.suite),
                         GODWIT_OK);
        iwf.associated = true;
    } else if (header.type == GODWIT_A3_REJECT) {
        iwf.rejected++;
    } else if (header.key_id == 0) {
        assert_int_equal(godwit_a3_unprotected_parse(false, octets, &opened.message), GODWIT_OK);
        iwf.acknowledged++;
        iwf.outcome = opened.message.acknowledgement.outcome;
    } else {
        assert_int_equal(godwit_a3_open(CRYPTO, &key, false, octets, &opened), GODWIT_OK);
        assert_int_equal(opened.message.type, GODWIT_A3_ACKNOWLEDGEMENT);
        iwf.acknowledged++;
        iwf.outcome = opened.message.acknowledgement.outcome;
        iwf.reference = opened.message.acknowledgement.reference;
    }
}

static void iwf_hears(const godwit_message_t *asked)
{
    const godwit_t5_up_t *up = &asked->u.t5_up;
    godwit_message_t m = message(GODWIT_T5_UP_ANSWER);
    m.transaction = asked->transaction;
    if (up->kind == GODWIT_T5_SECURING && iwf.embeds) {
        iwf_make_command();
        m.u.t5_up_answer.container_len = (uint8_t)iwf.command.len;
        memcpy(m.u.t5_up_answer.container, iwf.command.at, iwf.command.len);
    } else if (up->kind == GODWIT_T5_FROM_DEVICE) {
        iwf_takes(godwit_slice(up->container, up->container_len));
    } else if (up->kind == GODWIT_T5_REGISTERED) {
        iwf.registered++;
    }
    give(&m);
}

static godwit_a3_message_t trigger_message(uint32_t reference, const char *text)
{
    godwit_a3_message_t m = {.type = GODWIT_A3_TRIGGER,
                             .trigger = {.action = GODWIT_A3_TRIGGERING,
                                         .acknowledge = true,
                                         .reference = reference,
                                         .time_s = TIME,
                                         .validity_s = 3600,
                                         .port = PORT}};
    m.trigger.payload_len = (uint8_t)strlen(text);
    memcpy(m.trigger.payload, text, strlen(text));
    return m;
}

static void iwf_triggers(uint32_t reference, const char *text)
{
    octets_t o;
    const godwit_a3_message_t m = trigger_message(reference, text);
    protect(&m, &o);
    iwf_down(GODWIT_T5_CONTAINER, &o);
}

static void expect_delivered(unsigned times, const char *text)
{
    assert_int_equal(delivered, times);
    assert_string_equal(payload, text);
    assert_int_equal(iwf.acknowledged, times);
    assert_int_equal(iwf.outcome, GODWIT_A3_DELIVERED);
    assert_int_equal(iwf.down_status, GODWIT_OK);
}

/* ---- the home ---- */

static void home_gives_vector(const godwit_message_t *asked)
{
    uint8_t ck_ik[32];
    godwit_message_t m;
    memset(&m, 0, sizeof m);
    godwit_auth_info_answer_t *a = &m.u.auth_info_answer;
    m.kind = GODWIT_AUTH_INFO_ANSWER;
    m.transaction = asked->transaction;
    a->kind = GODWIT_VECTOR_EUTRAN;
    a->vectors = 1;
    vector = dut_vector(godwit_sqn_join(seq++, 1, GODWIT_IND_BITS_DEFAULT), amf);
    memcpy(ck_ik, vector.ck, 16);
    memcpy(ck_ik + 16, vector.ik, 16);
    memcpy(a->vector[0].rand, vector.rand, 16);
    memcpy(a->vector[0].autn, vector.autn, 16);
    memcpy(a->vector[0].xres, vector.xres, vector.xres_len);
    a->vector[0].xres_len = vector.xres_len;
    assert_int_equal(godwit_kasme(CRYPTO, ck_ik, w.config.plmn, vector.autn, a->vector[0].kasme), GODWIT_OK);
    give(&m);
}

static void home_names_iwf(const godwit_message_t *asked)
{
    godwit_message_t m = message(GODWIT_LOCATION_UPDATE_ANSWER);
    m.transaction = asked->transaction;
    m.u.location_update_answer.iwf = w.config.iwf;
    give(&m);
}

static void hear(const godwit_message_t *m)
{
    if (m->kind == GODWIT_AUTH_INFO_REQUEST) {
        home_gives_vector(m);
    } else if (m->kind == GODWIT_LOCATION_UPDATE) {
        home_names_iwf(m);
    } else if (m->kind == GODWIT_T5_UP) {
        iwf_hears(m);
    } else if (m->kind == GODWIT_T5_DOWN_ANSWER) {
        iwf.down_status = m->u.outcome;
        iwf.answers++;
    } else if (m->kind == GODWIT_IWF_KEY_ANSWER) {
        iwf.key_status = m->u.iwf_key_answer.status;
        memcpy(iwf.k_iwf, m->u.iwf_key_answer.key.key, 32);
    } else {
        fail_msg("message %d", m->kind);
    }
}

/* ---- the S-GW ---- */

static void take_gtpc(const sent_t *s)
{
    godwit_gtpv2_t m, back;
    uint8_t octets[256];
    godwit_writer_t writer = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_gtpv2_parse(octets_slice(&s->octets), &m), GODWIT_OK);
    memset(&back, 0, sizeof back);
    back.type = (uint8_t)(m.type + 1);
    back.sequence = m.sequence;
    back.has = GODWIT_GTPV2_CAUSE;
    back.cause = GODWIT_GTPV2_CAUSE_ACCEPTED;
    if (m.type == GODWIT_GTPV2_CREATE_SESSION_REQUEST) {
        back.teid = m.sender.teid;
        back.has |= GODWIT_GTPV2_SENDER | GODWIT_GTPV2_BEARER;
        back.sender = (godwit_fteid_t){.interface = GODWIT_FTEID_S11_SGW_CONTROL, .teid = MME_SGW_TEID};
        back.bearer.ebi = 5;
        back.bearer.has_cause = true;
        back.bearer.cause = GODWIT_GTPV2_CAUSE_ACCEPTED;
        back.bearer.fteids = 1U << GODWIT_CREATE_RESPONSE_S11_SGW;
        back.bearer.fteid[GODWIT_CREATE_RESPONSE_S11_SGW] =
            (godwit_fteid_t){.interface = GODWIT_FTEID_S11_SGW_USER, .teid = MME_SGW_USER_TEID};
    }
    assert_int_equal(godwit_gtpv2_build(&back, &writer), GODWIT_OK);
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                           .port = GODWIT_PORT_GTPC,
                                           .from = w.sgw,
                                           .datagram = godwit_written(&writer)});
    settle();
}

/* ---- the air ---- */

static void note_frame(uint8_t way, godwit_slice_t frame)
{
    const godwit_slice_t parts[3] = {godwit_slice(digest, sizeof digest), godwit_slice(&way, 1), frame};
    assert_int_equal(CRYPTO->sha256(parts, 3, digest), GODWIT_OK);
    frames++;
}

static bool lost(unsigned *how_many, godwit_slice_t frame, uint8_t header)
{
    bool loses = *how_many > 0 && frame.len > 1 && frame.ptr[0] == GODWIT_RADIO_NAS && frame.ptr[1] >> 4 == header;
    *how_many -= loses ? 1 : 0;
    return loses;
}

static void take_datagram(const sent_t *s)
{
    if (s->port == GODWIT_PORT_GTPC) {
        take_gtpc(s);
    } else if (s->port == GODWIT_PORT_RADIO && godwit_address_equal(&s->to, &radio_address)) {
        memmove(heard + 1, heard, sizeof heard - sizeof heard[0]);
        heard[0] = s->octets;
        note_frame('d', octets_slice(&s->octets));
        if (!lost(&loses_down, octets_slice(&s->octets), GODWIT_NAS_INTEGRITY_NEW)) {
            phone_receive(&phone, octets_slice(&s->octets));
        }
    }
}

static void settle(void)
{
    sent_t list[8];
    godwit_message_t asked[4];
    size_t count = 0, questions = 0;
    for (size_t i = 0; i < w.owner.outbox.count; i++) {
        const godwit_request_t *r = &w.owner.requests[i];
        if (r->kind == GODWIT_REQUEST_DATAGRAM) {
            assert_true(count < 8);
            list[count] = (sent_t){.port = r->port, .to = r->to};
            memcpy(list[count].octets.at, r->octets.ptr, r->octets.len);
            list[count++].octets.len = r->octets.len;
        } else if (r->kind == GODWIT_REQUEST_MESSAGE) {
            assert_true(questions < 4);
            asked[questions++] = *r->message;
        }
    }
    w.owner.outbox.count = 0;
    for (size_t i = 0; i < count; i++) {
        take_datagram(&list[i]);
    }
    for (size_t i = 0; i < questions; i++) {
        hear(&asked[i]);
    }
}

static void carry(void)
{
    while (phone.queued > 0) {
        octets_t frame = phone_take(&phone);
        note_frame('u', octets_slice(&frame));
        completion = frame.at[1] >> 4 == GODWIT_NAS_CIPHERED_NEW ? frame.len : completion;
        if (lost(&loses_up, octets_slice(&frame), GODWIT_NAS_CIPHERED_NEW)) {
            continue;
        }
        owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                               .port = GODWIT_PORT_RADIO,
                                               .from = radio_address,
                                               .datagram = octets_slice(&frame)});
        generics_up += owner_saw(&w.owner, "trigger_up", GODWIT_OK) ? 1 : 0;
        settle();
    }
}

static void mme_timers(void)
{
    for (uint32_t row = 0; row < MME_ROWS; row++) {
        owner_give_timer(&w.owner, row * 2);
        settle();
    }
    carry();
}

static void attach(void)
{
    phone_attach(&phone);
    carry();
    for (unsigned i = 0; i < 8 && godwit_access_state(&phone.access) != GODWIT_ACCESS_ACTIVE; i++) {
        if (i % 2 == 1) {
            phone_timer(&phone);
        }
        carry();
        mme_timers();
    }
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
}

static void go_idle(void)
{
    assert_int_equal(godwit_access_idle(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    carry();
    assert_true(godwit_access_is_idle(&phone.access));
}

static void detach(void)
{
    phone_detach(&phone);
    carry();
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
}

/* A frame of a stranger who says he is the network. */
static void forge(godwit_slice_t nas)
{
    octets_t o = {.at = {GODWIT_RADIO_NAS}, .len = nas.len + 1};
    memcpy(o.at + 1, nas.ptr, nas.len);
    phone_receive(&phone, octets_slice(&o));
    carry();
}

/* ---- associations ---- */

static void an_association_comes_with_the_security_mode(void **state)
{
    (void)state;
    iwf.embeds = true;
    attach();
    assert_true(iwf.associated);
    assert_int_equal(godwit_trigger_association(&trigger), iwf.number);
    assert_int_equal(iwf.suite, 1);
    assert_true((roots >> GODWIT_IWF_ROOT_FLAGGED & 1) != 0 && (roots >> GODWIT_IWF_ROOT_KASME & 1) != 0);
    assert_int_equal(generics_up, 1);
    assert_int_equal(completion, 1 + GODWIT_NAS_SECURITY_HEADER + 2 + 2 + answer.len); /* it went in there */
    assert_int_equal(iwf.registered, 1);
    iwf_triggers(1, "wake up");
    carry();
    expect_delivered(1, "wake up");
    assert_true(delivery.protected);
    assert_int_equal(iwf.reference, 1);
}

static void an_association_comes_on_its_own(void **state)
{
    (void)state;
    attach();
    assert_false(iwf.associated);
    iwf_make_command();
    iwf_down(GODWIT_T5_CONTAINER, &iwf.command);
    carry();
    assert_true(iwf.associated);
    assert_int_equal(godwit_trigger_association(&trigger), iwf.number);
    iwf_triggers(1, "on its own");
    carry();
    expect_delivered(1, "on its own");
}

static void a_sleeping_device_is_woken(void **state)
{
    (void)state;
    iwf.embeds = true;
    attach();
    go_idle();
    iwf_triggers(2, "good morning");
    carry();
    expect_delivered(1, "good morning");
    assert_true(phone_said(&phone, "paged"));
    iwf_triggers(3, "again");
    carry();
    expect_delivered(2, "again");
}

static void a_new_root_brings_a_new_number(void **state)
{
    (void)state;
    iwf.embeds = true;
    attach();
    detach();
    attach();
    assert_true(iwf.associated);
    assert_int_equal(iwf.number, 2);
    assert_int_equal(godwit_trigger_association(&trigger), 2);
    iwf_triggers(1, "under the second");
    carry();
    expect_delivered(1, "under the second");
}

static void the_mme_makes_k_iwf_of_kasme(void **state)
{
    (void)state;
    iwf.embeds = true;
    iwf.root = GODWIT_IWF_ROOT_KASME;
    amf = AMF_PLAIN_EPS;
    trigger_config.roots = MAY(KASME);
    restart_trigger();
    attach();
    assert_int_equal(iwf.key_status, GODWIT_OK);
    assert_true(iwf.associated);
    assert_int_equal(roots, 1U << GODWIT_IWF_ROOT_KASME);
    iwf_triggers(1, "kasme");
    carry();
    expect_delivered(1, "kasme");
}

static void k_iwf_comes_to_the_device_in_nas(void **state)
{
    (void)state;
    iwf.root = GODWIT_IWF_ROOT_KASME;
    amf = AMF_PLAIN_EPS;
    trigger_config.roots = MAY(KASME);
    trigger_config.ue_key_received = true;
    restart_trigger();
    attach();
    iwf_make_command();
    iwf_down(GODWIT_T5_UE_KEY, NULL);
    carry();
    assert_int_equal(ue_keys, 1);
    iwf_down(GODWIT_T5_CONTAINER, &iwf.command);
    carry();
    assert_true(iwf.associated);
    iwf_triggers(1, "received");
    carry();
    expect_delivered(1, "received");
    assert_false(phone_remembers(&phone, iwf.k_iwf, 32));
}

/* ---- what goes wrong ---- */

static void a_lost_security_mode_is_asked_for_again(void **state)
{
    (void)state;
    for (unsigned which = 0; which < 2; which++) {
        setup(state);
        iwf.embeds = true;
        loses_down = which == 0 ? 1 : 0;
        loses_up = which == 1 ? 1 : 0;
        attach();
        assert_true(iwf.associated);
        assert_int_equal(loses_down + loses_up, 0);
        iwf_triggers(1, "late");
        carry();
        expect_delivered(1, "late");
    }
}

static void an_owner_that_sleeps_does_not_stop_the_attach(void **state)
{
    (void)state;
    iwf.embeds = true;
    owner_sleeps = true;
    attach();
    assert_int_equal(shown, 1);
    assert_false(iwf.associated);
    assert_int_equal(iwf.registered, 1);
    owner_sleeps = false;
    iwf_make_command();
    iwf_down(GODWIT_T5_CONTAINER, &iwf.command);
    carry();
    assert_true(iwf.associated);
}

static void an_owner_that_answers_late_is_waited_for(void **state)
{
    (void)state;
    godwit_trigger_requests_t list;
    iwf.embeds = true;
    owner_sleeps = true;
    phone_attach(&phone);
    carry();
    assert_int_equal(shown, 1);
    mme_timers(); /* the command again, in another COUNT */
    assert_int_equal(phone.queued, 0);
    assert_int_equal(shown, 1);
    assert_int_equal(godwit_trigger_receive(&trigger, octets_slice(&iwf.command), GODWIT_TRIGGER_VIA_NAS, now, &list),
                     GODWIT_OK);
    answer.len = 0;
    carry_out(&list);
    assert_int_equal(godwit_access_trigger(&phone.access, octets_slice(&answer), &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    carry();
    assert_true(iwf.associated);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
}

/* The network cannot know yet that we have its command. */
static void nothing_is_taken_before_the_completion(void **state)
{
    (void)state;
    uint8_t wrapped[64];
    godwit_writer_t v = godwit_writer(wrapped, sizeof wrapped);
    iwf.embeds = true;
    owner_sleeps = true;
    phone_attach(&phone);
    carry();
    godwit_nas_security_t net = mme_row(&w, &(mme_device_t){.address = radio_address})->security;
    assert_int_equal(godwit_nas_security_create(&net, CRYPTO, GODWIT_NAS_CIPHERED, godwit_slice("\x02\x01\xD9", 3), &v),
                     GODWIT_OK); /* ESM INFORMATION REQUEST */
    forge(godwit_written(&v));
    assert_int_equal(phone_reason(&phone, "refused"), GODWIT_WRONG_STATE);
    assert_int_equal(phone.queued, 0);
}

/* It holds KASME, and says so in a Command of its own. */
static void a_rogue_visited_network_makes_no_association_where_the_home_flags(void **state)
{
    (void)state;
    iwf.embeds = true;
    iwf.root = GODWIT_IWF_ROOT_KASME;
    attach();
    assert_int_equal(iwf.key_status, GODWIT_OK);
    assert_false(iwf.associated);
    assert_int_equal(godwit_trigger_association(&trigger), 0);
    assert_int_equal(iwf.rejected, 1);
    iwf.suite = 1;
    iwf_triggers(1, "forged");
    carry();
    assert_int_equal(delivered, 0);
}

static void a_command_under_a_wrong_key_changes_nothing(void **state)
{
    (void)state;
    iwf.embeds = true;
    attach();
    const uint32_t before = godwit_trigger_association(&trigger);
    iwf_t good = iwf;
    iwf.wrong_key = true;
    iwf_make_command();
    iwf_down(GODWIT_T5_CONTAINER, &iwf.command);
    carry();
    assert_false(iwf.associated);
    assert_int_equal(godwit_trigger_association(&trigger), before);
    iwf = good;
    iwf_triggers(1, "still");
    carry();
    expect_delivered(1, "still");
}

static void case_1_is_taken_only_where_the_device_says_so(void **state)
{
    (void)state;
    octets_t o;
    godwit_writer_t writer = godwit_writer(o.at, sizeof o.at);
    const godwit_a3_message_t m = trigger_message(1, "hop by hop");
    assert_int_equal(godwit_a3_unprotected_build(&m, &writer), GODWIT_OK);
    o.len = writer.len;
    attach();
    iwf_down(GODWIT_T5_CONTAINER, &o);
    carry();
    assert_int_equal(delivered, 0);
    assert_true(trigger_said("unprotected"));
    trigger_config.accept_network = true;
    restart_trigger();
    iwf_down(GODWIT_T5_CONTAINER, &o);
    carry();
    expect_delivered(1, "hop by hop");
    assert_false(delivery.protected || delivery.proved);
}

static godwit_slice_t generic(uint8_t type, const octets_t *container, uint8_t octets[200])
{
    godwit_writer_t writer = godwit_writer(octets, 200);
    const godwit_emm_generic_nas_transport_t m = {.container_type = type, .container = octets_slice(container)};
    assert_int_equal(godwit_emm_downlink_generic_nas_transport_build(&m, &writer), GODWIT_OK);
    return godwit_written(&writer);
}

static void nothing_unprotected_reaches_the_trigger_function(void **state)
{
    (void)state;
    uint8_t plain[200], wrapped[220], key_octets[64];
    octets_t o, key = {.len = GODWIT_UE_KEY_SIZE};
    godwit_writer_t writer = godwit_writer(o.at, sizeof o.at), k = godwit_writer(key_octets, sizeof key_octets);
    const godwit_a3_message_t m = trigger_message(1, "of a stranger");
    const godwit_iwf_key_t forged = {.root = GODWIT_IWF_ROOT_KASME, .association = 5};
    assert_int_equal(godwit_a3_unprotected_build(&m, &writer), GODWIT_OK);
    o.len = writer.len;
    assert_int_equal(godwit_ue_key_build(&forged, &k), GODWIT_OK);
    memcpy(key.at, key_octets, key.len);
    trigger_config.accept_network = true;
    restart_trigger();
    attach();
    forge(generic(GODWIT_EMM_GENERIC_TRIGGER, &o, plain));
    forge(generic(GODWIT_EMM_GENERIC_UE_KEY, &key, plain));
    godwit_nas_security_t strange = phone.access.nas,
                          mine = mme_row(&w, &(mme_device_t){.address = radio_address})->security;
    strange.network = true;
    strange.next_down = mine.next_down;
    strange.k_int[3] ^= 4;
    godwit_writer_t v = godwit_writer(wrapped, sizeof wrapped);
    assert_int_equal(godwit_nas_security_create(&strange, CRYPTO, GODWIT_NAS_CIPHERED,
                                                generic(GODWIT_EMM_GENERIC_TRIGGER, &o, plain), &v),
                     GODWIT_OK);
    forge(godwit_written(&v));
    v = godwit_writer(wrapped, sizeof wrapped); /* the right keys, but not ciphered: not even the network's */
    assert_int_equal(godwit_nas_security_create(&mine, CRYPTO, GODWIT_NAS_INTEGRITY,
                                                generic(GODWIT_EMM_GENERIC_UE_KEY, &key, plain), &v),
                     GODWIT_OK);
    forge(godwit_written(&v));
    assert_int_equal(shown + ue_keys + delivered, 0);
    assert_int_equal(phone_reason(&phone, "refused"), GODWIT_WRONG_STATE);
}

static void a_key_under_the_null_cipher_is_refused(void **state)
{
    (void)state;
    uint8_t plain[200], wrapped[220], key_octets[64];
    octets_t key = {.len = GODWIT_UE_KEY_SIZE};
    godwit_writer_t k = godwit_writer(key_octets, sizeof key_octets), v = godwit_writer(wrapped, sizeof wrapped);
    const godwit_iwf_key_t given = {.root = GODWIT_IWF_ROOT_KASME, .association = 5};
    assert_int_equal(godwit_ue_key_build(&given, &k), GODWIT_OK);
    memcpy(key.at, key_octets, key.len);
    w.config.eea_count = 1;
    w.config.eea_order[0] = 0;
    mme_world_restart(&w);
    attach();
    godwit_nas_security_t mine = mme_row(&w, &(mme_device_t){.address = radio_address})->security;
    assert_int_equal(mine.eea, 0);
    assert_int_equal(godwit_nas_security_create(&mine, CRYPTO, GODWIT_NAS_CIPHERED,
                                                generic(GODWIT_EMM_GENERIC_UE_KEY, &key, plain), &v),
                     GODWIT_OK);
    forge(godwit_written(&v));
    assert_int_equal(ue_keys, 0);
    assert_int_equal(phone_reason(&phone, "refused"), GODWIT_POLICY_FORBIDS);
}

/* A command that anybody may have made shows nothing before its MAC is checked. */
static void a_forged_security_mode_shows_nothing(void **state)
{
    (void)state;
    octets_t frame;
    iwf.embeds = true;
    loses_down = 5;
    phone_attach(&phone);
    carry();
    assert_int_equal(loses_down, 4);
    frame = heard[0]; /* the command, on its way */
    frame.at[frame.len - 1] ^= 1;
    phone_receive(&phone, octets_slice(&frame));
    assert_int_equal(shown, 0);
    assert_int_equal(roots, 0);
    assert_int_equal(phone_reason(&phone, "refused"), GODWIT_MAC_FAILURE);
    frame.at[frame.len - 1] ^= 1;
    phone_receive(&phone, octets_slice(&frame));
    assert_int_equal(shown, 1);
    carry();
    assert_true(iwf.associated);
}

/* ---- what waits ---- */

static void what_goes_up_waits_for_the_radio(void **state)
{
    (void)state;
    iwf.embeds = true;
    attach();
    const unsigned before = generics_up;
    go_idle();
    const octets_t up = {.at = {0x31, 0, 0, 0, 9}, .len = 13}; /* nobody reads it: too short */
    assert_int_equal(godwit_access_trigger(&phone.access, octets_slice(&up), &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    assert_int_equal(godwit_access_trigger(&phone.access, octets_slice(&up), &phone.requests), GODWIT_AGAIN);
    assert_int_equal(phone.queued, 1); /* a service request */
    assert_int_equal(godwit_access_trigger(&phone.access, EMPTY, &phone.requests), GODWIT_INVALID_ARGUMENT);
    const octets_t long_one = {.len = GODWIT_TRIGGER_CONTAINER_MAX + 1};
    assert_int_equal(godwit_access_trigger(&phone.access, octets_slice(&long_one), &phone.requests), GODWIT_NO_SPACE);
    w.mme.config.iwf.host[0] = '\0'; /* and the row's: it is dropped there, not read */
    mme_row(&w, &(mme_device_t){.address = radio_address})->trigger.at.iwf.host[0] = '\0';
    carry();
    assert_int_equal(generics_up, before);
    assert_true(phone_said(&phone, "connected"));
    go_idle();
    assert_int_equal(godwit_access_trigger(&phone.access, octets_slice(&up), &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    phone.queued = 0; /* nobody hears it */
    for (unsigned i = 0; i < 5; i++) {
        phone_timer(&phone);
        phone.queued = 0;
    }
    assert_true(phone_said(&phone, "trigger_dropped"));
    phone.event_count = 0;
}

/* ---- one end without the feature ---- */

static void a_device_without_it_passes_over_it(void **state)
{
    (void)state;
    octets_t o = {.at = {1, 2, 3}, .len = 3};
    iwf.embeds = true;
    phone.config.trigger = false;
    phone.on_trigger = NULL;
    phone_restart(&phone);
    attach();
    assert_false(iwf.associated);
    assert_int_equal(godwit_access_trigger(&phone.access, octets_slice(&o), &phone.requests), GODWIT_WRONG_STATE);
    phone.event_count = 0;
    iwf_down(GODWIT_T5_CONTAINER, &o);
    assert_int_equal(phone_reason(&phone, "refused"), GODWIT_WRONG_STATE);
    assert_int_equal(phone.queued, 0);
    phone_send(&phone, "still here");
    carry();
}

static void a_mme_without_it_serves_a_device_with_it(void **state)
{
    (void)state;
    w.config.trigger = false;
    mme_world_restart(&w);
    attach();
    assert_int_equal(shown, 0);
    assert_int_equal(roots, 1U << GODWIT_IWF_ROOT_KASME | 1U << GODWIT_IWF_ROOT_FLAGGED);
}

static void life(void)
{
    amf = AMF_PLAIN_EPS;
    attach();
    phone_send(&phone, "reading");
    carry();
    go_idle();
    phone_send(&phone, "another");
    carry();
    detach();
}

/* The frames of this life, in order, as the version before device triggering made them. */
static void without_the_feature_no_octet_is_another(void **state)
{
    static const char before[] = "7ac4640ca4cd91e721f0a489487b6c395b116f42e82ab083aa740f66794f7291";
    char text[65];
    (void)state;
    for (unsigned which = 0; which < 4; which++) {
        setup(state);
        phone.config.trigger = (which & 1) != 0;
        phone_restart(&phone);
        w.config.trigger = (which & 2) != 0;
        w.config.iwf.host[0] = '\0'; /* so that there is nothing to say in the security mode */
        mme_world_restart(&w);
        life();
        for (size_t i = 0; i < sizeof digest; i++) {
            (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
        }
        assert_string_equal(text, before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_association_comes_with_the_security_mode, setup),
        cmocka_unit_test_setup(an_association_comes_on_its_own, setup),
        cmocka_unit_test_setup(a_sleeping_device_is_woken, setup),
        cmocka_unit_test_setup(a_new_root_brings_a_new_number, setup),
        cmocka_unit_test_setup(the_mme_makes_k_iwf_of_kasme, setup),
        cmocka_unit_test_setup(k_iwf_comes_to_the_device_in_nas, setup),
        cmocka_unit_test_setup(a_lost_security_mode_is_asked_for_again, setup),
        cmocka_unit_test_setup(an_owner_that_sleeps_does_not_stop_the_attach, setup),
        cmocka_unit_test_setup(an_owner_that_answers_late_is_waited_for, setup),
        cmocka_unit_test_setup(nothing_is_taken_before_the_completion, setup),
        cmocka_unit_test_setup(a_rogue_visited_network_makes_no_association_where_the_home_flags, setup),
        cmocka_unit_test_setup(a_command_under_a_wrong_key_changes_nothing, setup),
        cmocka_unit_test_setup(case_1_is_taken_only_where_the_device_says_so, setup),
        cmocka_unit_test_setup(nothing_unprotected_reaches_the_trigger_function, setup),
        cmocka_unit_test_setup(a_key_under_the_null_cipher_is_refused, setup),
        cmocka_unit_test_setup(a_forged_security_mode_shows_nothing, setup),
        cmocka_unit_test_setup(what_goes_up_waits_for_the_radio, setup),
        cmocka_unit_test_setup(a_device_without_it_passes_over_it, setup),
        cmocka_unit_test_setup(a_mme_without_it_serves_a_device_with_it, setup),
        cmocka_unit_test_setup(without_the_feature_no_octet_is_another, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
