/* SPDX-License-Identifier: Apache-2.0
 *
 * Next session (contribution 000) over EPS: the device's access library and the MME, with nothing between them but
 * frames; home and S-GW are the test's. What goes wrong must cost a vector and nothing else: the device comes in by
 * ordinary AKA, and nothing is taken twice.
 */
#include <stdlib.h>

#include "tests/device/phone.h"
#include "tests/support/mme_world.h"

#define DAY_MS UINT64_C(86400000)
#define SOON_MS 3000

typedef struct seen {
    unsigned challenges, modes, informations, frames_up, frames_down;
    size_t challenge_octets; /* AUTHENTICATION REQUEST and RESPONSE */
    octets_t first;          /* the last attach that went by a stored vector */
    unsigned firsts;
} seen_t;

typedef struct sent {
    godwit_port_t port;
    godwit_address_t to;
    octets_t octets;
} sent_t;

static phone_t phone;
static mme_world_t w, other;
static seen_t seen;
static char reading[64]; /* what came out at the S-GW's side last */
static unsigned readings;
static bool home_flags_next; /* gives a flagged vector where one of the next session is wanted */
static bool home_is_silent;  /* to what is asked for the next session */
static bool home_denies;     /* the subscription has not got the feature any more */
static bool other_domain;    /* the card has taken a newer vector elsewhere when the next one reaches it */
static bool loses_down;      /* nothing reaches the device */
static bool s10_is_silent;
static godwit_short_message_t message_up; /* what the service centre was given last */
static unsigned messages_up;
static const godwit_address_t radio_address = {.len = 1, .octets = {1}};

static void start_node(mme_world_t *at, uint8_t code)
{
    mme_world_init(at);
    godwit_mme_config_t *c = &at->config;
    c->next_session = true;
    c->plmn = phone.config.serving_network;
    c->mme_code = code;
    c->ipv4[3] = (uint8_t)(10 + code);
    c->others = 1;
    c->other[0] = (godwit_mme_other_t){.mme_group = c->mme_group, .mme_code = (uint8_t)(3 - code)};
    memcpy(c->other[0].ipv4, c->ipv4, 4);
    c->other[0].ipv4[3] = (uint8_t)(13 - code);
    mme_world_restart(at);
}

static int setup(void **state)
{
    (void)state;
    phone_init(&phone, GODWIT_ACCESS_EPS);
    phone.config.e2m = false;
    phone.config.next_session = true;
    phone_restart(&phone);
    start_node(&w, 1);
    start_node(&other, 2);
    memset(&seen, 0, sizeof seen);
    reading[0] = '\0';
    readings = messages_up = 0;
    home_flags_next = home_is_silent = home_denies = other_domain = loses_down = s10_is_silent = false;
    return 0;
}

/* ---- the home ---- */

static void centre_accepts(mme_world_t *at, const godwit_message_t *asked)
{
    godwit_message_t m;
    memset(&m, 0, sizeof m);
    m.kind = GODWIT_SHORT_MESSAGE_UP_ANSWER;
    m.transaction = asked->transaction;
    message_up = asked->u.short_message;
    messages_up++;
    owner_give_message(&at->owner, &m);
}

static void home_answers(mme_world_t *at, const godwit_message_t *asked)
{
    const bool next = asked->u.auth_info_request.next_session;
    godwit_message_t m;
    memset(&m, 0, sizeof m);
    godwit_auth_info_answer_t *a = &m.u.auth_info_answer;
    if (next && home_is_silent) {
        return;
    }
    m.kind = GODWIT_AUTH_INFO_ANSWER;
    m.transaction = asked->transaction;
    a->kind = GODWIT_VECTOR_EUTRAN;
    a->vectors = 1;
    a->next_session = !home_denies;
    const godwit_vector_t v = phone_vector(next && home_flags_next ? AMF_FLAGGED_EPS : AMF_PLAIN_EPS);
    if (next && other_domain) {
        const godwit_vector_t newer = phone_vector(AMF_PLAIN_UMTS);
        godwit_usim_output_t out;
        assert_int_equal(godwit_usim_step(&phone.card_holder.card, newer.rand, newer.autn, &out), GODWIT_OK);
        assert_int_equal(out.result.status, GODWIT_OK);
    }
    uint8_t ck_ik[32];
    memcpy(ck_ik, v.ck, 16);
    memcpy(ck_ik + 16, v.ik, 16);
    memcpy(a->vector[0].rand, v.rand, 16);
    memcpy(a->vector[0].autn, v.autn, 16);
    memcpy(a->vector[0].xres, v.xres, v.xres_len);
    a->vector[0].xres_len = v.xres_len;
    assert_int_equal(godwit_kasme(CRYPTO, ck_ik, at->config.plmn, v.autn, a->vector[0].kasme), GODWIT_OK);
    owner_give_message(&at->owner, &m);
}

/* ---- the air ---- */

static void look_at(godwit_slice_t frame, bool up)
{
    godwit_nas_wrapper_t wrapper;
    godwit_emm_attach_request_t m;
    godwit_slice_t nas = godwit_slice(frame.ptr + 1, frame.len - 1);
    uint8_t type = 0;
    seen.frames_up += up ? 1 : 0;
    seen.frames_down += up ? 0 : 1;
    bool wrapped = frame.ptr[0] == GODWIT_RADIO_NAS && godwit_nas_wrapper_parse(nas, &wrapper) == GODWIT_OK;
    seen.modes += wrapped && wrapper.type == GODWIT_NAS_INTEGRITY_NEW ? 1 : 0;
    if (frame.ptr[0] == GODWIT_RADIO_NAS && !wrapped && godwit_emm_type(nas, &type) == GODWIT_OK &&
        (type == GODWIT_EMM_AUTHENTICATION_REQUEST || type == GODWIT_EMM_AUTHENTICATION_RESPONSE)) {
        seen.challenges += type == GODWIT_EMM_AUTHENTICATION_REQUEST ? 1 : 0;
        seen.challenge_octets += nas.len;
    }
    if (wrapped && up && godwit_emm_attach_request_parse(wrapper.message, &m) == GODWIT_OK && m.res.ptr != NULL) {
        memcpy(seen.first.at, frame.ptr, frame.len);
        seen.first.len = frame.len;
        seen.firsts++;
    }
}

static void note_reading(godwit_slice_t octets)
{
    godwit_gtpu_t m;
    assert_int_equal(godwit_gtpu_parse(octets, &m), GODWIT_OK);
    assert_true(m.pdu.len < sizeof reading);
    memcpy(reading, m.pdu.ptr, m.pdu.len);
    reading[m.pdu.len] = '\0';
    readings++;
}

static void settle(mme_world_t *at);

static void give_gtpc(mme_world_t *at, const uint8_t from[4], godwit_slice_t octets)
{
    owner_give(&at->owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                             .port = GODWIT_PORT_GTPC,
                                             .from = godwit_gtp_address(from, GODWIT_GTPC_PORT),
                                             .datagram = octets});
    settle(at);
}

/* The S-GW, and the other MME. */
static void take_gtpc(mme_world_t *at, const sent_t *s)
{
    godwit_gtpv2_t m, answer;
    uint8_t octets[256];
    godwit_writer_t writer = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_gtpv2_parse(octets_slice(&s->octets), &m), GODWIT_OK);
    if (!godwit_gtp_same_node(&s->to, at->config.sgw)) {
        mme_world_t *peer = at == &w ? &other : &w;
        if (!s10_is_silent) {
            give_gtpc(peer, at->config.ipv4, octets_slice(&s->octets));
        }
        return;
    }
    memset(&answer, 0, sizeof answer);
    answer.type = (uint8_t)(m.type + 1);
    answer.sequence = m.sequence;
    answer.teid = m.type == GODWIT_GTPV2_CREATE_SESSION_REQUEST ? m.sender.teid : 0;
    answer.has = GODWIT_GTPV2_CAUSE;
    answer.cause = GODWIT_GTPV2_CAUSE_ACCEPTED;
    if (m.type == GODWIT_GTPV2_CREATE_SESSION_REQUEST) {
        answer.has |= GODWIT_GTPV2_SENDER | GODWIT_GTPV2_BEARER;
        answer.sender = (godwit_fteid_t){.interface = GODWIT_FTEID_S11_SGW_CONTROL, .teid = MME_SGW_TEID};
        answer.bearer.ebi = 5;
        answer.bearer.has_cause = true;
        answer.bearer.cause = GODWIT_GTPV2_CAUSE_ACCEPTED;
        answer.bearer.fteids = 1U << GODWIT_CREATE_RESPONSE_S11_SGW;
        answer.bearer.fteid[GODWIT_CREATE_RESPONSE_S11_SGW] =
            (godwit_fteid_t){.interface = GODWIT_FTEID_S11_SGW_USER, .teid = MME_SGW_USER_TEID};
    }
    assert_int_equal(godwit_gtpv2_build(&answer, &writer), GODWIT_OK);
    give_gtpc(at, at->config.sgw, godwit_written(&writer));
}

static void take_datagram(mme_world_t *at, const sent_t *s)
{
    if (s->port == GODWIT_PORT_GTPC) {
        take_gtpc(at, s);
    } else if (s->port == GODWIT_PORT_GTPU) {
        note_reading(octets_slice(&s->octets));
    } else if (godwit_address_equal(&s->to, &radio_address)) {
        look_at(octets_slice(&s->octets), false);
        if (!loses_down && !phone.dead) {
            phone_receive(&phone, octets_slice(&s->octets));
        }
    }
}

/* What one input to the MME leads to. */
static void settle(mme_world_t *at)
{
    sent_t list[8];
    size_t count = 0;
    godwit_message_t asked[2];
    size_t questions = 0;
    for (size_t i = 0; i < at->owner.outbox.count; i++) {
        const godwit_request_t *r = &at->owner.requests[i];
        if (r->kind == GODWIT_REQUEST_DATAGRAM) {
            assert_true(count < 8);
            list[count] = (sent_t){.port = r->port, .to = r->to};
            memcpy(list[count].octets.at, r->octets.ptr, r->octets.len);
            list[count++].octets.len = r->octets.len;
        } else if (r->kind == GODWIT_REQUEST_MESSAGE) {
            assert_true(questions < 2);
            asked[questions++] = *r->message;
        }
    }
    at->owner.outbox.count = 0;
    for (size_t i = 0; i < questions; i++) {
        if (asked[i].kind == GODWIT_AUTH_INFO_REQUEST) {
            home_answers(at, &asked[i]);
        } else {
            centre_accepts(at, &asked[i]);
        }
        settle(at);
    }
    for (size_t i = 0; i < count; i++) {
        take_datagram(at, &list[i]);
    }
}

static void give_frame(mme_world_t *at, const godwit_address_t *from, godwit_slice_t frame)
{
    owner_give(
        &at->owner,
        &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_RADIO, .from = *from, .datagram = frame});
    settle(at);
}

static void carry_to(mme_world_t *at)
{
    while (phone.queued > 0) {
        octets_t frame = phone_take(&phone);
        look_at(octets_slice(&frame), true);
        give_frame(at, &radio_address, octets_slice(&frame));
    }
}

static void give_timer(mme_world_t *at, uint32_t timer)
{
    owner_give_timer(&at->owner, timer);
    settle(at);
}

/* Timers of all, as often as it takes. */
static void wait_at(mme_world_t *at, godwit_access_state_t state)
{
    for (unsigned i = 0; i < 60 && godwit_access_state(&phone.access) != state; i++) {
        w.owner.now_ms += SOON_MS;
        other.owner.now_ms += SOON_MS;
        for (uint32_t row = 0; row < MME_ROWS; row++) {
            give_timer(at, 0x30000000U + row); /* the home has had its time */
            if (at->ues[row].state != GODWIT_MME_FREE && at->ues[row].state < GODWIT_MME_REGISTERED) {
                give_timer(at, row * 2);
            }
        }
        for (uint32_t n = 0; n < 16; n++) {
            if (at->pending[n].used) {
                give_timer(at, 0x40000000U + n);
            }
        }
        if (i % 4 == 3 && phone.timer_ms != 0 && !phone.dead) {
            phone_timer(&phone);
        }
        carry_to(at);
    }
    assert_int_equal(godwit_access_state(&phone.access), state);
}

static void attach(void)
{
    phone_attach(&phone);
    carry_to(&w);
    wait_at(&w, GODWIT_ACCESS_ACTIVE);
}

static void detach_at(mme_world_t *at)
{
    phone_detach(&phone);
    carry_to(at);
    wait_at(at, GODWIT_ACCESS_DETACHED);
}

/* One whole ordinary session whose end has handed over the vector of the next one. */
static void session_before(void)
{
    attach();
    assert_int_equal(seen.challenges, 1);
    detach_at(&w);
    assert_true(phone_said(&phone, "next_stored"));
    assert_int_equal(w.owner.record_count, 1);
    memset(&seen, 0, sizeof seen);
}

/* The session with a reading that follows; whether without AKA. Where it ran, the owner sends the reading again. */
static bool session_at(mme_world_t *at, const char *text)
{
    unsigned before = seen.challenges + seen.modes, count = readings;
    phone.event_count = 0;
    phone_attach_with(&phone, text);
    carry_to(at);
    wait_at(at, GODWIT_ACCESS_ACTIVE);
    bool without = seen.challenges + seen.modes == before;
    bool uncertain = phone_said(&phone, "n_pdu_uncertain");
    assert_false(without && uncertain);
    if (uncertain) {
        phone_send(&phone, text);
        carry_to(at);
    }
    assert_string_equal(reading, text);
    assert_int_equal(readings, count + 1);
    return without;
}

static bool session_with(const char *text)
{
    return session_at(&w, text);
}

/* The device came in by AKA, and the one after that goes without again: nobody was locked out. */
static void came_in_by_aka(void)
{
    assert_int_equal(seen.challenges, 1);
    if (godwit_access_state(&phone.access) != GODWIT_ACCESS_DETACHED) {
        detach_at(&w);
    }
    assert_true(session_with("again"));
}

/* The MME begins anew; its store is what it was. */
static void mme_dies(mme_world_t *at)
{
    assert_int_equal(godwit_mme_init(&at->mme, &at->config, at->ues, MME_ROWS, at->pending, 16, at->answered, 8),
                     GODWIT_OK);
}

/* ---- hand-over ---- */

static void a_reading_goes_with_the_attach_and_no_aka(void **state)
{
    (void)state;
    session_before();
    unsigned runs = phone.card_runs;
    assert_true(session_with("reading"));
    assert_int_equal(w.owner.deletions, 1);
    assert_int_equal(seen.challenges + seen.modes, 0);
    assert_int_equal(phone.card_runs, runs + 1); /* for the session after this one: the accept handed it over */
    assert_int_equal(w.owner.record_count, 1);
    assert_int_equal(seen.frames_up, 2); /* attach request, attach complete */
    assert_int_equal(seen.frames_down, 1);
    for (size_t i = 0; i + 7 <= seen.first.len; i++) {
        assert_memory_not_equal(seen.first.at + i, "reading", 7);
    }
}

static void each_session_hands_over_the_next(void **state)
{
    (void)state;
    session_before();
    for (unsigned i = 0; i < 5; i++) {
        assert_true(session_with("reading"));
        detach_at(&w);
        w.owner.now_ms += DAY_MS;
    }
    assert_int_equal(seen.challenges, 0);
    assert_int_equal(w.owner.record_count, 1);
}

static void it_saves_47_octets_and_three_round_trips(void **state)
{
    (void)state;
    attach();
    const seen_t ordinary = seen;
    detach_at(&w);
    memset(&seen, 0, sizeof seen);
    attach();
    assert_int_equal(ordinary.challenge_octets, 47); /* 36 and 11 */
    assert_int_equal(seen.challenge_octets, 0);
    assert_int_equal(ordinary.frames_up - seen.frames_up, 3); /* authentication, security mode, ESM information */
    assert_int_equal(ordinary.frames_down - seen.frames_down, 3);
}

static void a_reading_may_follow_on_the_bearer(void **state)
{
    (void)state;
    phone.config.carrier = GODWIT_CARRIER_PDP;
    phone_restart(&phone);
    session_before();
    assert_true(session_with("reading"));
    assert_int_equal(seen.first.at[1], 0x17); /* integrity alone: nothing in it is secret */
}

static void a_short_message_goes_with_the_attach(void **state)
{
    (void)state;
    phone.config.carrier = GODWIT_CARRIER_SMS;
    phone.config.sms_number = "4670000001";
    phone_restart(&phone);
    w.config.sms = true;
    mme_world_restart(&w);
    session_before();
    phone_attach_with(&phone, "21.5 C");
    carry_to(&w);
    wait_at(&w, GODWIT_ACCESS_ACTIVE);
    assert_true(phone_said(&phone, "sms_accepted"));
    assert_int_equal(messages_up, 1);
    assert_true(godwit_imsi_equal(&message_up.imsi, &phone.config.imsi));
    assert_int_equal(seen.challenges + seen.modes, 0);
    assert_int_equal(seen.firsts, 1);
    assert_int_equal(seen.first.at[1], 0x57);
    octets_t frame = seen.first; /* and is not taken again */
    give_frame(&w, &radio_address, octets_slice(&frame));
    assert_int_equal(messages_up, 1);
}

static void the_network_hands_it_over_when_it_detaches_the_device(void **state)
{
    (void)state;
    attach();
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DROP, .imsi = phone.config.imsi});
    settle(&w);
    carry_to(&w);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
    assert_true(phone_said(&phone, "next_stored"));
    assert_true(session_with("reading"));
}

static void it_may_come_while_the_device_is_attached(void **state)
{
    (void)state;
    w.config.next_early = true;
    mme_world_restart(&w);
    attach();
    assert_true(phone_said(&phone, "next_stored"));
    unsigned runs = phone.card_runs;
    detach_at(&w);
    assert_int_equal(phone.card_runs, runs); /* one for each session */
    assert_true(session_with("reading"));
}

static void the_home_that_says_nothing_holds_nobody_up(void **state)
{
    (void)state;
    home_is_silent = true;
    attach();
    detach_at(&w);
    assert_int_equal(w.owner.record_count, 0);
    home_is_silent = false;
    session_with("reading");
    detach_at(&w);
    home_is_silent = true;
    assert_true(session_with("accept without a vector"));
    home_is_silent = false;
    detach_at(&w); /* so it comes now */
    assert_true(session_with("and again"));
}

static void who_must_not_have_it_gets_none(void **state)
{
    (void)state;
    home_denies = true;
    attach();
    detach_at(&w);
    assert_int_equal(w.owner.record_count, 0);
    home_denies = false;
    home_flags_next = true; /* Solution 1 would make other keys of it: the device refuses */
    attach();
    detach_at(&w);
    assert_int_equal(phone_reason(&phone, "next_refused"), GODWIT_POLICY_FORBIDS);
    assert_int_equal(phone.stores, 0);
}

static void a_device_that_does_not_want_it_stores_nothing(void **state)
{
    (void)state;
    phone.config.next_session = false;
    phone_restart(&phone);
    attach();
    detach_at(&w);
    assert_int_equal(phone.stores, 0);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
}

static void without_ciphering_none_is_handed_over(void **state)
{
    (void)state;
    w.config.eea_count = 1;
    w.config.eea_order[0] = 0;
    mme_world_restart(&w);
    attach();
    detach_at(&w);
    assert_int_equal(w.owner.record_count, 0);
    assert_int_equal(phone.stores, 0);
}

/* ---- what goes wrong ---- */

static void an_algorithm_that_is_not_allowed_any_more_leads_to_aka(void **state)
{
    (void)state;
    session_before();
    w.mme.config.eea_count = 1;
    w.mme.config.eea_order[0] = 1;
    assert_false(session_with("reading"));
    came_in_by_aka();
}

static void a_device_that_can_do_other_things_now_does_not_try(void **state)
{
    (void)state;
    session_before();
    octets_t flash = phone.flash;
    phone.config.eea = 0xC0;
    phone_restart(&phone);
    assert_int_equal(godwit_access_restore(&phone.access, octets_slice(&flash)), GODWIT_OK);
    assert_false(session_with("reading"));
    assert_int_equal(seen.firsts, 0);
    came_in_by_aka();
}

/* A frame that was made from the device's own record: the right one but for what the test changes. */
static octets_t bent_frame(size_t at, uint8_t flip)
{
    phone_t twin = phone;
    twin.queued = twin.event_count = 0;
    if (at == 0) {
        twin.access.next.stored.res[3] ^= flip;
    }
    phone_attach_with(&twin, "forged");
    octets_t frame = phone_take(&twin);
    frame.at[at] ^= at == 0 ? 0 : flip;
    return frame;
}

static void refused_as(godwit_status_t reason, octets_t frame)
{
    const godwit_address_t stranger = owner_address(77);
    unsigned before = readings, records = (unsigned)w.owner.record_count;
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                           .port = GODWIT_PORT_RADIO,
                                           .from = stranger,
                                           .datagram = octets_slice(&frame)});
    assert_true(owner_saw(&w.owner, "next_refused", reason));
    settle(&w);
    assert_int_equal(readings, before);
    assert_int_equal(w.owner.record_count, records);
}

static void a_wrong_res_is_not_enough(void **state)
{
    (void)state;
    session_before();
    refused_as(GODWIT_NOT_ENTITLED, bent_frame(0, 1));
    assert_true(session_with("reading"));
}

static void a_right_res_is_not_enough(void **state)
{
    (void)state;
    session_before();
    refused_as(GODWIT_MAC_FAILURE, bent_frame(1, 0x40)); /* the header type, which no MAC covers: no more ciphered */
    refused_as(GODWIT_MAC_FAILURE, bent_frame(2, 1));    /* MAC */
    refused_as(GODWIT_MAC_FAILURE, bent_frame(6, 1));    /* another COUNT */
    refused_as(GODWIT_MAC_FAILURE, bent_frame(40, 1));   /* the data */
    assert_true(session_with("reading"));
}

/* Under the right keys, with another COUNT: that keystream was not made for it. */
static void another_count_than_the_first_is_not_taken(void **state)
{
    (void)state;
    session_before();
    octets_t frame = bent_frame(0, 0);
    const godwit_next_session_t *stored = &phone.access.next.stored;
    godwit_nas_security_t ends[2];
    uint8_t buffer[GODWIT_NAS_MAX], type;
    godwit_slice_t plain;
    for (unsigned end = 0; end < 2; end++) {
        assert_int_equal(
            godwit_nas_security_init(&ends[end], CRYPTO, stored->root, stored->ksi, stored->eea, stored->eia, end == 0),
            GODWIT_OK);
    }
    assert_int_equal(
        godwit_nas_security_consume(&ends[0], CRYPTO, godwit_slice(frame.at + 1, frame.len - 1), buffer, &plain, &type),
        GODWIT_OK);
    godwit_writer_t writer = godwit_writer(frame.at + 1, sizeof frame.at - 1);
    ends[1].next_up = 1;
    assert_int_equal(godwit_nas_security_create(&ends[1], CRYPTO, GODWIT_NAS_PARTLY, plain, &writer), GODWIT_OK);
    refused_as(GODWIT_MAC_FAILURE, frame);
    assert_true(session_with("reading"));
}

static void a_thousand_wrong_guesses_cost_nothing(void **state)
{
    (void)state;
    session_before();
    for (unsigned i = 0; i < 1000; i++) {
        octets_t frame = bent_frame(1 + i % 59, (uint8_t)(1 + i / 59));
        const godwit_address_t stranger = owner_address((uint8_t)(100 + i % 50));
        owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                               .port = GODWIT_PORT_RADIO,
                                               .from = stranger,
                                               .datagram = octets_slice(&frame)});
        w.owner.now_ms += 60000; /* rows of strangers make room */
    }
    assert_int_equal(readings, 0);
    assert_int_equal(w.owner.record_count, 1);
    assert_true(session_with("the right one"));
}

static void what_was_used_is_not_taken_again(void **state)
{
    (void)state;
    session_before();
    assert_true(session_with("reading"));
    octets_t frame = seen.first;
    refused_as(GODWIT_NOT_FOUND, frame);
    give_frame(&w, &radio_address, octets_slice(&frame)); /* nor from where it came */
    assert_int_equal(readings, 1);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
    phone_send(&phone, "still there");
    carry_to(&w);
    assert_string_equal(reading, "still there");
    detach_at(&w);
    assert_true(session_with("and the next"));
}

/* Somebody keeps the frames of the attach; the device gives up and comes in by AKA. */
static void a_frame_that_was_held_up_is_not_taken(void **state)
{
    (void)state;
    for (unsigned leaves = 0; leaves < 3; leaves++) {
        assert_int_equal(setup(state), 0);
        session_before();
        home_denies = leaves == 2; /* the feature has been taken away: what is stored goes all the same */
        phone_attach_with(&phone, "reading");
        octets_t held_up = phone_take(&phone);
        phone_timer(&phone);
        (void)phone_take(&phone);
        phone_timer(&phone); /* now with the IMSI */
        carry_to(&w);
        wait_at(&w, GODWIT_ACCESS_ACTIVE);
        assert_int_equal(seen.challenges, 1);
        assert_true(phone_said(&phone, "n_pdu_uncertain"));
        assert_int_equal(w.owner.record_count, 0);
        if (leaves == 1) {
            home_is_silent = true;
            detach_at(&w);
        }
        refused_as(GODWIT_NOT_FOUND, held_up);
        if (leaves != 1) {
            phone_send(&phone, "still there");
            carry_to(&w);
            assert_string_equal(reading, "still there");
        }
    }
}

static void one_that_is_too_old_leads_to_aka(void **state)
{
    (void)state;
    session_before();
    w.owner.now_ms += 31 * DAY_MS;
    assert_false(session_with("reading"));
    came_in_by_aka();
}

static void a_lost_record_leads_to_aka(void **state)
{
    (void)state;
    session_before();
    w.owner.record_count = 0;
    assert_false(session_with("reading"));
    came_in_by_aka();
}

static void a_lost_res_leads_to_aka(void **state)
{
    (void)state;
    session_before();
    phone.flash.len = 0;
    phone_power_up(&phone);
    assert_false(session_with("reading"));
    came_in_by_aka();
    detach_at(&w);
    octets_t flash = phone.flash;
    flash.at[20] ^= 1; /* a damaged one */
    phone_restart(&phone);
    assert_int_equal(godwit_access_restore(&phone.access, octets_slice(&flash)), GODWIT_MALFORMED);
    assert_false(session_with("reading"));
}

static void another_plmn_leads_to_aka_and_the_vector_stays(void **state)
{
    (void)state;
    session_before();
    const godwit_plmn_t home = phone.config.serving_network;
    phone.config.serving_network.octets[2] ^= 0x10;
    octets_t flash = phone.flash;
    phone_restart(&phone);
    assert_int_equal(godwit_access_restore(&phone.access, octets_slice(&flash)), GODWIT_OK);
    other.config.plmn = phone.config.serving_network;
    other.config.next_session = false;
    mme_world_restart(&other);
    assert_false(session_at(&other, "abroad"));
    assert_int_equal(seen.firsts, 0); /* nothing of the vector was shown there */
    detach_at(&other);
    assert_int_equal(phone.flash.len, flash.len);
    assert_memory_equal(phone.flash.at, flash.at, flash.len);
    phone.config.serving_network = home;
    phone_restart(&phone);
    assert_int_equal(godwit_access_restore(&phone.access, octets_slice(&flash)), GODWIT_OK);
    assert_true(session_with("back home"));
}

/* SQN that moved on: after the hand-over it is of no account, for the card has judged; before it, the card refuses and
 * nothing is stored. */
static void another_domain_may_move_sqn_on_after_the_hand_over(void **state)
{
    (void)state;
    session_before();
    const godwit_vector_t newer = phone_vector(AMF_PLAIN_UMTS);
    godwit_usim_output_t out;
    assert_int_equal(godwit_usim_step(&phone.card_holder.card, newer.rand, newer.autn, &out), GODWIT_OK);
    assert_int_equal(out.result.status, GODWIT_OK);
    assert_true(session_with("reading"));
}

static void a_vector_that_another_domain_has_overtaken_is_not_stored(void **state)
{
    (void)state;
    attach();
    other_domain = true;
    detach_at(&w);
    assert_int_equal(phone_reason(&phone, "next_refused"), GODWIT_AUTH_RESYNC);
    assert_int_equal(phone.stores, 0);
    other_domain = false;
    memset(&seen, 0, sizeof seen);
    assert_false(session_with("reading"));
    came_in_by_aka();
}

static void a_record_that_cannot_be_deleted_lets_nobody_in(void **state)
{
    (void)state;
    session_before();
    w.owner.fail_commits = true;
    phone_attach_with(&phone, "reading");
    carry_to(&w);
    assert_int_equal(readings, 0);
    assert_int_equal(seen.frames_down, 0);
    w.owner.fail_commits = false;
    phone_timer(&phone); /* the same octets again */
    carry_to(&w);
    wait_at(&w, GODWIT_ACCESS_ACTIVE);
    assert_string_equal(reading, "reading");
    assert_int_equal(seen.challenges, 0);
}

static void a_record_that_cannot_be_stored_is_not_handed_over(void **state)
{
    (void)state;
    attach();
    w.owner.fail_commits = true;
    detach_at(&w);
    assert_int_equal(phone.stores, 0);
    w.owner.fail_commits = false;
    memset(&seen, 0, sizeof seen);
    assert_false(session_with("reading"));
    came_in_by_aka();
    detach_at(&w);
    assert_true(session_with("with another"));
}

static void what_is_sent_again_is_the_same_octets(void **state)
{
    (void)state;
    session_before();
    phone_attach_with(&phone, "reading");
    octets_t first = phone_take(&phone);
    phone_timer(&phone);
    octets_t again = phone_take(&phone);
    assert_int_equal(first.len, again.len);
    assert_memory_equal(first.at, again.at, first.len);
    give_frame(&w, &radio_address, octets_slice(&again));
    wait_at(&w, GODWIT_ACCESS_ACTIVE);
    assert_string_equal(reading, "reading");
    give_frame(&w, &radio_address, octets_slice(&first)); /* late */
    assert_int_equal(readings, 1);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
}

static void an_accept_that_is_lost_comes_again(void **state)
{
    (void)state;
    session_before();
    loses_down = true;
    phone_attach_with(&phone, "reading");
    carry_to(&w);
    loses_down = false;
    wait_at(&w, GODWIT_ACCESS_ACTIVE);
    assert_int_equal(seen.challenges, 0);
    assert_int_equal(readings, 1);
}

/* ---- death ---- */

static void the_vector_survives_the_restart_of_both(void **state)
{
    (void)state;
    session_before();
    mme_dies(&w);
    phone_power_up(&phone);
    assert_true(session_with("reading"));
    mme_dies(&w);
    phone_power_up(&phone); /* without a detach: the accept has handed over the next one */
    assert_true(session_with("another"));
}

static void the_device_may_die_at_every_step(void **state)
{
    for (unsigned step = 1; step < 14; step++) {
        assert_int_equal(setup(state), 0);
        session_before();
        phone.dies_in = step;
        assert_int_equal(godwit_access_attach_with(&phone.access, godwit_slice_of_string("reading"), &phone.requests),
                         GODWIT_OK);
        phone_carry_out(&phone);
        while (phone.queued > 0) {
            octets_t frame = phone_take(&phone);
            give_frame(&w, &radio_address, octets_slice(&frame));
        }
        unsigned delivered = readings;
        assert_true(delivered <= 1);
        phone.dies_in = 0;
        phone_power_up(&phone);
        (void)session_with("once more");
        assert_int_equal(readings, delivered + 1);
        detach_at(&w);
        assert_true(session_with("and again")); /* whatever happened, it goes on */
    }
}

static void the_mme_may_die_at_every_step(void **state)
{
    for (unsigned step = 0; step < 4; step++) {
        assert_int_equal(setup(state), 0);
        session_before();
        phone_attach_with(&phone, "reading");
        for (unsigned n = 0; n < step && phone.queued > 0; n++) {
            octets_t frame = phone_take(&phone);
            give_frame(&w, &radio_address, octets_slice(&frame));
        }
        mme_dies(&w);
        carry_to(&w);
        wait_at(&w, GODWIT_ACCESS_ACTIVE);
        assert_true(readings <= 1);
        if (phone_said(&phone, "n_pdu_uncertain") || readings == 0) {
            phone_restart(&phone);
            session_with("reading");
        } else {
            phone_restart(&phone);
        }
        (void)session_with("and on");
        detach_at(&w);
        assert_true(session_with("and again"));
    }
}

/* The MME has consumed the vector and dies before its answer: what it forwarded is not forwarded again. */
static void an_mme_that_dies_behind_the_commit_takes_nothing_twice(void **state)
{
    (void)state;
    session_before();
    loses_down = true;
    phone_attach_with(&phone, "reading");
    carry_to(&w);
    assert_int_equal(readings, 1);
    mme_dies(&w);
    loses_down = false;
    phone_timer(&phone);
    carry_to(&w);
    wait_at(&w, GODWIT_ACCESS_ACTIVE);
    assert_int_equal(readings, 1);
    assert_true(phone_said(&phone, "n_pdu_uncertain")); /* so it is the owner's to say whether it goes again */
    came_in_by_aka();
}

/* ---- another MME of the network ---- */

static void another_mme_fetches_it(void **state)
{
    (void)state;
    session_before();
    assert_true(session_at(&other, "elsewhere"));
    assert_int_equal(w.owner.record_count, 0); /* it has given it away */
    assert_int_equal(other.owner.record_count, 1);
    assert_int_equal(seen.challenges, 0);
    detach_at(&other);
    assert_true(session_at(&w, "and back"));
}

static void without_the_other_mme_it_is_aka(void **state)
{
    (void)state;
    session_before();
    other.config.others = 0;
    mme_world_restart(&other);
    assert_false(session_at(&other, "not in the list"));
    detach_at(&other);
    assert_int_equal(setup(state), 0);
    session_before();
    s10_is_silent = true;
    assert_false(session_at(&other, "no answer"));
    assert_int_equal(w.owner.record_count, 1); /* nothing was consumed */
}

static void a_bent_message_gets_no_keys_from_another_mme(void **state)
{
    (void)state;
    session_before();
    octets_t frame = bent_frame(2, 1);
    give_frame(&other, &radio_address, octets_slice(&frame));
    assert_int_equal(w.owner.record_count, 1);
    frame = bent_frame(0, 1);
    give_frame(&other, &radio_address, octets_slice(&frame));
    assert_int_equal(w.owner.record_count, 1);
    assert_int_equal(readings, 0);
    assert_true(session_at(&other, "the right one"));
}

static void a_stranger_gets_no_answer_on_s10(void **state)
{
    (void)state;
    session_before();
    phone_t twin = phone;
    twin.queued = 0;
    phone_attach_with(&twin, "x");
    octets_t frame = phone_take(&twin);
    uint8_t octets[256];
    godwit_writer_t writer = godwit_writer(octets, sizeof octets);
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_IDENTIFICATION_REQUEST;
    m.sequence = 9;
    m.has = GODWIT_GTPV2_GUTI | GODWIT_GTPV2_COMPLETE_REQUEST;
    m.guti = phone.access.guti;
    m.complete = godwit_slice(frame.at + 1, frame.len - 1);
    assert_int_equal(godwit_gtpv2_build(&m, &writer), GODWIT_OK);
    owner_give(&w.owner,
               &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                 .port = GODWIT_PORT_GTPC,
                                 .from = godwit_gtp_address((const uint8_t[4]){10, 0, 0, 99}, GODWIT_GTPC_PORT),
                                 .datagram = godwit_written(&writer)});
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_NOT_ENTITLED));
    w.owner.fail_commits = true; /* a neighbour, and a store that cannot: no key leaves */
    give_gtpc(&w, w.config.other[0].ipv4, godwit_written(&writer));
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    w.owner.fail_commits = false;
    assert_true(session_with("reading"));
}

static void keys_that_could_not_be_consumed_are_not_given_away(void **state)
{
    (void)state;
    session_before();
    w.owner.fail_commits = true;
    phone_attach_with(&phone, "reading");
    carry_to(&other);
    assert_int_equal(readings, 0);
    w.owner.fail_commits = false;
    wait_at(&other, GODWIT_ACCESS_ACTIVE); /* the request is sent again, and answered now */
    assert_string_equal(reading, "reading");
    assert_int_equal(seen.challenges, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(a_reading_goes_with_the_attach_and_no_aka),
        TEST(each_session_hands_over_the_next),
        TEST(it_saves_47_octets_and_three_round_trips),
        TEST(a_reading_may_follow_on_the_bearer),
        TEST(a_short_message_goes_with_the_attach),
        TEST(the_network_hands_it_over_when_it_detaches_the_device),
        TEST(it_may_come_while_the_device_is_attached),
        TEST(the_home_that_says_nothing_holds_nobody_up),
        TEST(who_must_not_have_it_gets_none),
        TEST(a_device_that_does_not_want_it_stores_nothing),
        TEST(without_ciphering_none_is_handed_over),
        TEST(an_algorithm_that_is_not_allowed_any_more_leads_to_aka),
        TEST(a_device_that_can_do_other_things_now_does_not_try),
        TEST(a_wrong_res_is_not_enough),
        TEST(a_right_res_is_not_enough),
        TEST(another_count_than_the_first_is_not_taken),
        TEST(a_thousand_wrong_guesses_cost_nothing),
        TEST(what_was_used_is_not_taken_again),
        TEST(a_frame_that_was_held_up_is_not_taken),
        TEST(one_that_is_too_old_leads_to_aka),
        TEST(a_lost_record_leads_to_aka),
        TEST(a_lost_res_leads_to_aka),
        TEST(another_plmn_leads_to_aka_and_the_vector_stays),
        TEST(another_domain_may_move_sqn_on_after_the_hand_over),
        TEST(a_vector_that_another_domain_has_overtaken_is_not_stored),
        TEST(a_record_that_cannot_be_deleted_lets_nobody_in),
        TEST(a_record_that_cannot_be_stored_is_not_handed_over),
        TEST(what_is_sent_again_is_the_same_octets),
        TEST(an_accept_that_is_lost_comes_again),
        TEST(the_vector_survives_the_restart_of_both),
        TEST(the_device_may_die_at_every_step),
        TEST(the_mme_may_die_at_every_step),
        TEST(an_mme_that_dies_behind_the_commit_takes_nothing_twice),
        TEST(another_mme_fetches_it),
        TEST(without_the_other_mme_it_is_aka),
        TEST(a_bent_message_gets_no_keys_from_another_mme),
        TEST(a_stranger_gets_no_answer_on_s10),
        TEST(keys_that_could_not_be_consumed_are_not_given_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
