/* SPDX-License-Identifier: Apache-2.0
 *
 * Next session (contribution 000) over UMTS and GERAN: the device's access library and the SGSN, with nothing between
 * them but frames; home and GGSN are the test's. What goes wrong must cost a vector and nothing else: the device comes
 * in by ordinary AKA, and nothing is taken twice.
 */
#include <stdlib.h>

#include "core/wire/gmm.h"
#include "tests/device/phone.h"
#include "tests/support/sgsn_world.h"

#define DAY_MS UINT64_C(86400000)

typedef struct seen {
    unsigned challenges, commands, frames_up, frames_down;
    size_t challenge_octets; /* of authentication and ciphering requests and responses, as NAS has them */
    octets_t first;          /* the last first frame under keys of before */
    unsigned firsts;
} seen_t;

static phone_t phone;
static sgsn_world_t w;
static seen_t seen;
static char reading[64]; /* what came out at the GGSN's side last */
static unsigned readings;
static bool home_flags_next; /* gives a flagged vector where one of the next session is wanted */
static bool home_lies;       /* gives a flagged one, and does not say so */
static bool home_denies;     /* the subscription has not got the feature any more */
static bool home_is_silent;  /* to what is asked for the next session */
static bool other_domain;    /* the card has taken a newer vector elsewhere when the next one reaches it */
static bool loses_down;      /* nothing reaches the device */
static bool ggsn_is_silent;
static uint8_t handed[16]; /* RAND of the last vector for a following session */
static bool shown;         /* it was there to be read by anybody */

static void start(godwit_access_kind_t kind)
{
    phone_init(&phone, kind);
    phone.config.e2m = false;
    phone.config.next_session = true;
    phone.config.carrier = GODWIT_CARRIER_PDP;
    phone_restart(&phone);
    sgsn_world_init(&w);
    w.config.next_session = true;
    w.config.reauthenticate_attaches = 0;
    sgsn_restart(&w);
    w.device.address = owner_address(1);
    memset(&seen, 0, sizeof seen);
    reading[0] = '\0';
    readings = 0;
    home_flags_next = home_lies = home_denies = home_is_silent = other_domain = loses_down = ggsn_is_silent = false;
}

static int setup_umts(void **state)
{
    (void)state;
    start(GODWIT_ACCESS_UMTS);
    return 0;
}

static int setup_geran(void **state)
{
    (void)state;
    start(GODWIT_ACCESS_GERAN);
    return 0;
}

/* ---- the home ---- */

static godwit_auth_info_answer_t home_answers(bool next)
{
    godwit_auth_info_answer_t a = sgsn_vector();
    godwit_vector_t vector = phone_vector(next && (home_flags_next || home_lies) ? AMF_FLAGGED_UMTS : AMF_PLAIN_UMTS);
    if (next && other_domain) {
        godwit_vector_t newer = phone_vector(AMF_PLAIN_UMTS);
        godwit_usim_output_t out;
        assert_int_equal(godwit_usim_step(&phone.card_holder.card, newer.rand, newer.autn, &out), GODWIT_OK);
        assert_int_equal(out.result.status, GODWIT_OK);
    }
    a.e2m = next && home_flags_next;
    a.next_session = !home_denies;
    memcpy(handed, vector.rand, next ? sizeof handed : 0);
    memcpy(a.vector[0].rand, vector.rand, 16);
    memcpy(a.vector[0].autn, vector.autn, 16);
    memcpy(a.vector[0].xres, vector.xres, vector.xres_len);
    a.vector[0].xres_len = vector.xres_len;
    memcpy(a.vector[0].ck, vector.ck, 16);
    memcpy(a.vector[0].ik, vector.ik, 16);
    return a;
}

/* ---- the air ---- */

static void look_at(godwit_slice_t frame, bool up)
{
    godwit_radio_frame_t f;
    uint8_t type = 0;
    assert_int_equal(godwit_radio_parse(frame, &f), GODWIT_OK);
    for (size_t i = 0; i + sizeof handed <= frame.len; i++) {
        shown = shown || memcmp(frame.ptr + i, handed, sizeof handed) == 0;
    }
    seen.frames_up += up ? 1 : 0;
    seen.frames_down += up ? 0 : 1;
    seen.commands += f.kind == GODWIT_RADIO_INTEGRITY ? 1 : 0;
    if (f.kind == GODWIT_RADIO_INITIAL_PROTECTED) {
        memcpy(seen.first.at, frame.ptr, frame.len);
        seen.first.len = frame.len;
        seen.firsts++;
    }
    if ((f.kind == GODWIT_RADIO_NAS || f.kind == GODWIT_RADIO_INITIAL_NAS) &&
        godwit_gmm_type(f.octets, &type) == GODWIT_OK &&
        (type == GODWIT_GMM_AUTHENTICATION_REQUEST || type == GODWIT_GMM_AUTHENTICATION_RESPONSE)) {
        seen.challenges += type == GODWIT_GMM_AUTHENTICATION_REQUEST ? 1 : 0;
        seen.challenge_octets += f.octets.len;
    }
}

static void to_phone(sgsn_world_t *from)
{
    octets_t held[8];
    size_t count = 0;
    const godwit_request_t *sent;
    while (count < 8 && (sent = sgsn_sent(from, GODWIT_PORT_RADIO, NULL, count)) != NULL) {
        memcpy(held[count].at, sent->octets.ptr, sent->octets.len);
        held[count++].len = sent->octets.len;
    }
    for (size_t i = 0; i < count; i++) {
        look_at(octets_slice(&held[i]), false);
        if (!loses_down) {
            phone_receive(&phone, octets_slice(&held[i]));
        }
    }
}

static void note_reading(const sgsn_world_t *from)
{
    const godwit_request_t *sent = sgsn_sent(from, GODWIT_PORT_GTPU, NULL, 0);
    godwit_gtpu_t m;
    if (sent != NULL && godwit_gtpu_parse(sent->octets, &m) == GODWIT_OK) {
        assert_true(m.pdu.len < sizeof reading);
        memcpy(reading, m.pdu.ptr, m.pdu.len);
        reading[m.pdu.len] = '\0';
        readings++;
    }
}

/* What one input to the SGSN leads to, until nothing more comes of it without the device. */
static void settle(sgsn_world_t *at)
{
    for (unsigned i = 0; i < 8; i++) {
        const godwit_address_t gtp = godwit_gtp_address(sgsn_ggsn, GODWIT_GTPC_PORT);
        const godwit_request_t *asked = sgsn_sent(at, GODWIT_PORT_GTPC, &gtp, 0);
        note_reading(at);
        if (owner_count(&at->owner, GODWIT_REQUEST_MESSAGE) > 0) {
            const godwit_message_t *m = owner_message(&at->owner, GODWIT_AUTH_INFO_REQUEST, 0);
            bool next = m->u.auth_info_request.next_session;
            const godwit_auth_info_answer_t answer = home_answers(next);
            if (next && home_is_silent) {
                return;
            }
            sgsn_answer_vector(at, &answer);
        } else if (asked != NULL && !ggsn_is_silent) {
            godwit_gtpv1_t request;
            assert_int_equal(godwit_gtpv1_parse(asked->octets, &request), GODWIT_OK);
            at->sgsn_teid = request.type == GODWIT_GTPV1_CREATE_REQUEST ? request.teid_data : at->sgsn_teid;
            to_phone(at);
            sgsn_ggsn_answers(at, &request, GODWIT_GTPV1_CAUSE_ACCEPTED, godwit_slice(NULL, 0));
        } else {
            break;
        }
    }
    to_phone(at);
}

static void give_frame(sgsn_world_t *at, godwit_slice_t frame)
{
    sgsn_give(at, &at->device.address, GODWIT_PORT_RADIO, frame);
    settle(at);
}

static void carry_to(sgsn_world_t *at)
{
    while (phone.queued > 0) {
        octets_t frame = phone_take(&phone);
        look_at(octets_slice(&frame), true);
        give_frame(at, octets_slice(&frame));
    }
}

static void carry(void)
{
    carry_to(&w);
}

/* Timers of both, as often as it takes. */
static void wait_until(godwit_access_state_t state)
{
    for (unsigned i = 0; i < 60 && godwit_access_state(&phone.access) != state; i++) {
        w.owner.now_ms += 3000;
        for (uint32_t row = 0; row < SGSN_UES; row++) {
            if (w.ues[row].waiting != GODWIT_SGSN_NOTHING && w.ues[row].waiting != GODWIT_SGSN_LINGER) {
                owner_give_timer(&w.owner, row);
                settle(&w);
            }
        }
        if (i % 4 == 3 && phone.timer_ms != 0 && !phone.dead) {
            phone_timer(&phone);
        }
        carry();
    }
    assert_int_equal(godwit_access_state(&phone.access), state);
}

static void attach(void)
{
    phone_attach(&phone);
    carry();
    wait_until(GODWIT_ACCESS_ATTACHED);
}

static void detach(void)
{
    phone_detach(&phone);
    carry();
    wait_until(GODWIT_ACCESS_DETACHED);
}

/* One whole ordinary session whose end has handed over the vector of the next one. */
static void session_before(void)
{
    attach();
    assert_int_equal(seen.challenges, 1);
    detach();
    assert_true(phone_said(&phone, "next_stored"));
    assert_int_equal(w.owner.record_count, 1);
    memset(&seen, 0, sizeof seen);
}

/* The session with a reading that follows; whether without AKA. */
static bool session_with(const char *text)
{
    unsigned before = seen.challenges + seen.commands, count = readings;
    phone_attach_with(&phone, text);
    carry();
    wait_until(GODWIT_ACCESS_ACTIVE);
    assert_string_equal(reading, text);
    assert_int_equal(readings, count + 1);
    return seen.challenges + seen.commands == before;
}

/* The device came in by AKA, and the one after that goes without again: nobody was locked out. */
static void came_in_by_aka(void)
{
    assert_int_equal(seen.challenges, 1);
    if (godwit_access_state(&phone.access) != GODWIT_ACCESS_DETACHED) {
        detach();
    }
    assert_true(session_with("again"));
}

/* ---- hand-over ---- */

static void a_reading_goes_with_the_attach_and_no_aka(void **state)
{
    (void)state;
    session_before();
    unsigned runs = phone.card_runs;
    assert_true(session_with("reading"));
    assert_true(phone_said(&phone, "next_used"));
    assert_int_equal(seen.challenges, 0);
    assert_int_equal(seen.commands, 0);
    assert_int_equal(phone.card_runs, runs + 1); /* for the session after this one: the accept handed it over */
    assert_int_equal(w.owner.record_count, 1);
    sgsn_g_pdu(&w, w.sgsn_teid, "answer");
    to_phone(&w);
    assert_true(octets_equal(&phone.delivered, "answer"));
}

static void each_session_hands_over_the_next(void **state)
{
    (void)state;
    session_before();
    for (unsigned i = 0; i < 5; i++) {
        assert_true(session_with("reading"));
        detach();
        w.owner.now_ms += DAY_MS;
    }
    assert_int_equal(seen.challenges, 0);
    assert_int_equal(w.owner.record_count, 1);
}

static void it_saves_54_octets_and_two_round_trips(void **state)
{
    (void)state;
    attach();
    const seen_t ordinary = seen;
    detach();
    memset(&seen, 0, sizeof seen);
    attach();
    /* Authentication and ciphering request 40, response with a RES of 8 octets 14; and the security mode, which is no
     * NAS. */
    assert_int_equal(ordinary.challenge_octets, 54);
    assert_int_equal(seen.challenge_octets, 0);
    assert_int_equal(ordinary.frames_up - seen.frames_up, 2);
    assert_int_equal(ordinary.frames_down - seen.frames_down, 2);
    assert_int_equal(seen.firsts, 1);
}

static void the_network_hands_it_over_when_it_detaches_the_device(void **state)
{
    (void)state;
    attach();
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DROP, .imsi = phone.config.imsi});
    settle(&w);
    carry();
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
    assert_true(phone_said(&phone, "next_stored"));
    assert_true(session_with("reading"));
}

static void it_may_come_while_the_device_is_attached(void **state)
{
    (void)state;
    w.config.next_early = true;
    sgsn_restart(&w);
    attach();
    assert_true(phone_said(&phone, "next_stored"));
    unsigned runs = phone.card_runs;
    detach();
    assert_int_equal(phone.card_runs, runs); /* one for each session */
    assert_true(session_with("reading"));
}

/* What is said again in the detach, and the rules have changed meanwhile. */
static void it_is_not_said_again_without_ciphering(void **state)
{
    (void)state;
    w.config.next_early = true;
    sgsn_restart(&w);
    attach();
    assert_true(phone_said(&phone, "next_stored"));
    w.sgsn.config.uea_order[0] = GODWIT_UEA0;
    w.sgsn.config.uea_count = 1;
    shown = false;
    assert_int_equal(godwit_access_idle(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    carry();
    detach();
    assert_false(shown);
}

static void an_idle_device_that_is_detached_hears_of_it_too(void **state)
{
    (void)state;
    attach();
    assert_int_equal(godwit_access_idle(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    carry();
    detach();
    assert_true(phone_said(&phone, "next_stored"));
    assert_true(session_with("reading"));
}

static void the_home_that_says_nothing_holds_nobody_up(void **state)
{
    (void)state;
    attach();
    home_is_silent = true;
    detach();
    assert_false(phone_said(&phone, "next_stored"));
    assert_int_equal(w.owner.record_count, 0);
    home_is_silent = false;
    memset(&seen, 0, sizeof seen);
    assert_false(session_with("reading"));
    came_in_by_aka();
}

static void a_subscription_without_it_gets_none(void **state)
{
    (void)state;
    home_denies = true;
    attach();
    detach();
    assert_false(phone_said(&phone, "next_stored"));
    assert_int_equal(w.owner.commits, 0);
}

static void a_flagged_vector_is_never_handed_over(void **state)
{
    (void)state;
    home_flags_next = true;
    attach();
    detach();
    assert_false(phone_said(&phone, "next_stored"));
    assert_int_equal(w.owner.commits, 0);
}

static void without_ciphering_none_is_handed_over(void **state)
{
    (void)state;
    w.config.uea_order[0] = GODWIT_UEA0;
    w.config.uea_count = 1;
    sgsn_restart(&w);
    attach();
    detach();
    assert_false(phone_said(&phone, "next_stored"));
    assert_int_equal(w.owner.commits, 0);
}

static void a_flagged_vector_that_comes_all_the_same_is_refused(void **state)
{
    (void)state;
    home_lies = true;
    attach();
    unsigned runs = phone.card_runs;
    detach();
    assert_int_equal(phone_reason(&phone, "next_refused"), GODWIT_POLICY_FORBIDS);
    assert_int_equal(phone.card_runs, runs);
    assert_int_equal(phone.stores, 0);
}

static void a_hand_over_without_protection_is_not_taken(void **state)
{
    (void)state;
    uint8_t octets[64];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    godwit_gmm_detach_accept_network_t m = {.next = {.set = true}};
    const godwit_vector_t vector = phone_vector(AMF_PLAIN_UMTS);
    memcpy(m.next.rand, vector.rand, 16);
    memcpy(m.next.autn, vector.autn, 16);
    godwit_put_u8(&v, GODWIT_RADIO_NAS);
    assert_int_equal(godwit_gmm_detach_accept_network_build(&m, &v), GODWIT_OK);
    attach();
    unsigned runs = phone.card_runs;
    phone_detach(&phone);
    phone_receive(&phone, godwit_written(&v));
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
    assert_int_equal(phone_reason(&phone, "next_refused"), GODWIT_POLICY_FORBIDS);
    assert_int_equal(phone.card_runs, runs);
    assert_int_equal(phone.stores, 0);
}

/* ---- what goes wrong ---- */

/* The record that the network has is another in one point: nothing is consumed, and for that reason. */
static void is_refused(godwit_status_t reason)
{
    phone_attach_with(&phone, "reading");
    octets_t first = phone_take(&phone);
    sgsn_give(&w, &w.device.address, GODWIT_PORT_RADIO, octets_slice(&first));
    assert_true(owner_saw(&w.owner, "next_refused", reason));
    assert_int_equal(w.owner.deletions, 0);
    assert_int_equal(w.owner.record_count, 1);
    settle(&w);
    carry();
    wait_until(GODWIT_ACCESS_ACTIVE);
    assert_string_equal(reading, "reading");
    came_in_by_aka();
}

static void a_wrong_res_is_not_enough(void **state)
{
    (void)state;
    session_before();
    w.owner.records[0].u.next_session.next.res[7] ^= 1; /* not those that FRESH is of: the MAC is right */
    is_refused(GODWIT_NOT_ENTITLED);
}

static void a_right_res_is_not_enough(void **state)
{
    (void)state;
    session_before();
    w.owner.records[0].u.next_session.next.root[31] ^= 1;
    is_refused(GODWIT_MAC_FAILURE);
}

static void another_key_set_identifier_is_another_vector(void **state)
{
    (void)state;
    session_before();
    w.owner.records[0].u.next_session.next.ksi ^= 1;
    is_refused(GODWIT_UNKNOWN_KEY);
}

static void a_device_that_can_do_other_things_now_is_asked_anew(void **state)
{
    (void)state;
    session_before();
    w.owner.records[0].u.next_session.next.capability[0] = 1U << GODWIT_UEA0;
    is_refused(GODWIT_POLICY_FORBIDS);
}

static void a_lost_accept_is_given_again_to_the_same_octets(void **state)
{
    (void)state;
    session_before();
    loses_down = true;
    phone_attach_with(&phone, "reading");
    carry();
    octets_t first = seen.first;
    unsigned deletions = w.owner.deletions;
    loses_down = false;
    phone_timer(&phone);
    carry();
    assert_int_equal(seen.firsts, 2);
    assert_true(godwit_slice_equal(octets_slice(&first), octets_slice(&seen.first)));
    assert_int_equal(w.owner.deletions, deletions);
    assert_int_equal(deletions, 1);
    wait_until(GODWIT_ACCESS_ACTIVE);
    assert_int_equal(seen.challenges, 0);
    assert_string_equal(reading, "reading");
}

static void what_was_used_is_not_taken_again(void **state)
{
    (void)state;
    session_before();
    assert_true(session_with("reading"));
    octets_t first = seen.first;
    detach();
    unsigned deletions = w.owner.deletions;
    size_t records = w.owner.record_count;
    for (unsigned i = 0; i < 2; i++) { /* while the network remembers the device, and when it has forgotten it */
        give_frame(&w, octets_slice(&first));
        assert_false(owner_saw(&w.owner, "next_used", GODWIT_OK));
        godwit_record_t kept = w.owner.records[0];
        sgsn_restart(&w);
        owner_put(&w.owner, &kept);
    }
    assert_int_equal(w.owner.record_count, records);
    assert_int_equal(w.owner.deletions, 0);
    assert_int_equal(deletions, 1);
    assert_true(session_with("again"));
}

static void a_thousand_wrong_guesses_cost_nothing(void **state)
{
    (void)state;
    session_before();
    /* The device makes its frame, and somebody on the way keeps it and tries others first. */
    phone_attach_with(&phone, "reading");
    octets_t first = phone_take(&phone);
    const godwit_address_t device = w.device.address;
    for (unsigned i = 0; i < 1000; i++) {
        octets_t wrong = first;
        w.device.address = owner_address((uint8_t)(2 + i % 7));
        size_t at = i < 8 * first.len ? i : (i * 7919U) % (8 * first.len);
        wrong.at[at / 8] ^= (uint8_t)(1U << at % 8);
        sgsn_give(&w, &w.device.address, GODWIT_PORT_RADIO, octets_slice(&wrong));
        assert_false(owner_saw(&w.owner, "next_used", GODWIT_OK));
    }
    assert_int_equal(w.owner.deletions, 0);
    assert_int_equal(w.owner.record_count, 1);
    w.device.address = device;
    give_frame(&w, octets_slice(&first));
    carry();
    wait_until(GODWIT_ACCESS_ACTIVE);
    assert_int_equal(seen.challenges, 0);
    assert_string_equal(reading, "reading");
}

static void one_whose_algorithm_is_not_allowed_any_more_leads_to_aka(void **state)
{
    (void)state;
    session_before();
    w.sgsn.config.uea_order[0] = GODWIT_UEA0;
    w.sgsn.config.uea_count = 1;
    assert_false(session_with("reading"));
    assert_true(phone_said(&phone, "next_fallback"));
    assert_int_equal(seen.challenges, 1);
}

static void one_that_is_too_old_leads_to_aka(void **state)
{
    (void)state;
    session_before();
    w.owner.now_ms += 30 * DAY_MS - 1000;
    godwit_record_t kept = w.owner.records[0];
    w.owner.now_ms += 2000;
    assert_false(session_with("reading"));
    assert_true(phone_said(&phone, "next_fallback"));
    assert_int_equal(w.owner.deletions, 1); /* by the AKA run: the device has it no more */
    assert_int_equal(kept.u.next_session.next.domain, GODWIT_NEXT_PS);
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
}

static void another_plmn_leads_to_aka_and_the_vector_stays(void **state)
{
    (void)state;
    session_before();
    godwit_record_t kept = w.owner.records[0];
    octets_t flash = phone.flash;
    assert_int_equal(godwit_plmn_from_text("001-02", &w.config.plmn), GODWIT_OK);
    sgsn_restart(&w);
    phone.config.serving_network = w.config.plmn;
    phone_power_up(&phone);
    w.config.next_session = false;
    sgsn_restart(&w);
    assert_false(session_with("abroad"));
    assert_int_equal(seen.firsts, 0); /* KSI and keys of another network are not named */
    assert_int_equal(seen.challenges, 1);
    assert_true(octets_slice(&phone.flash).len == flash.len && memcmp(phone.flash.at, flash.at, flash.len) == 0);
    /* Back home it holds, although the card has seen newer vectors meanwhile. */
    assert_int_equal(godwit_plmn_from_text("001-01", &w.config.plmn), GODWIT_OK);
    w.config.next_session = true;
    sgsn_restart(&w);
    owner_put(&w.owner, &kept);
    phone.config.serving_network = w.config.plmn;
    phone_power_up(&phone);
    assert_true(session_with("home"));
}

static void a_frame_of_another_plmn_is_not_looked_up(void **state)
{
    (void)state;
    session_before();
    phone_attach_with(&phone, "reading");
    octets_t first = phone_take(&phone);
    godwit_record_t kept = w.owner.records[0];
    assert_int_equal(godwit_plmn_from_text("001-02", &w.config.plmn), GODWIT_OK);
    sgsn_restart(&w);
    owner_put(&w.owner, &kept);
    give_frame(&w, octets_slice(&first));
    assert_int_equal(w.owner.fetches, 0);
    assert_int_equal(w.owner.record_count, 1);
    carry();
    wait_until(GODWIT_ACCESS_ACTIVE);
    assert_int_equal(seen.challenges, 1);
}

static void a_vector_that_another_domain_has_overtaken_is_not_stored(void **state)
{
    (void)state;
    attach();
    other_domain = true;
    detach();
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
    phone_attach_with(&phone, "reading");
    w.owner.fail_commits = true;
    carry();
    assert_true(owner_saw(&w.owner, "attach_refused", GODWIT_STORE_FAILED) || w.owner.commit_failures > 0);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ATTACHING);
    w.owner.fail_commits = false;
    phone_timer(&phone);
    carry();
    wait_until(GODWIT_ACCESS_ACTIVE);
    assert_int_equal(seen.challenges, 0);
    assert_int_equal(w.owner.deletions, 1);
}

static void a_record_that_cannot_be_stored_is_not_handed_over(void **state)
{
    (void)state;
    attach();
    w.owner.fail_commits = true;
    phone_detach(&phone);
    carry();
    phone_timer(&phone); /* the accept was dropped with the commit */
    carry();
    wait_until(GODWIT_ACCESS_DETACHED);
    assert_false(phone_said(&phone, "next_stored"));
    w.owner.fail_commits = false;
    memset(&seen, 0, sizeof seen);
    assert_false(session_with("reading"));
    came_in_by_aka();
}

static void a_first_frame_that_was_held_up_ends_no_registration(void **state)
{
    (void)state;
    session_before();
    w.owner.now_ms += 1000;
    phone_attach_with(&phone, "reading");
    octets_t held = phone_take(&phone);
    phone_timer(&phone);
    (void)phone_take(&phone);
    wait_until(GODWIT_ACCESS_ACTIVE);
    assert_int_equal(seen.challenges, 1);
    const godwit_address_t device = w.device.address;
    w.device.address = owner_address(7);
    sgsn_give(&w, &w.device.address, GODWIT_PORT_RADIO, octets_slice(&held));
    assert_true(owner_saw(&w.owner, "next_refused", GODWIT_NOT_FOUND));
    assert_int_equal(w.owner.record_count, 0);
    w.device.address = device;
    phone_send(&phone, "still there");
    carry();
    assert_string_equal(reading, "still there");
}

static void the_vector_survives_the_restart_of_both(void **state)
{
    (void)state;
    session_before();
    godwit_record_t kept = w.owner.records[0];
    sgsn_restart(&w);
    owner_put(&w.owner, &kept);
    phone_power_up(&phone);
    assert_true(session_with("reading"));
    assert_true(phone_said(&phone, "next_used"));
}

/* ---- death at every step ---- */

/* From the detach on, for so many steps of the device; then it wakes up. Whether it died at all. */
static bool device_dies(unsigned step, bool at_attach)
{
    start(phone.config.kind);
    if (at_attach) {
        session_before();
    } else {
        attach();
    }
    phone.dies_in = step;
    if (at_attach) {
        phone_attach_with(&phone, "reading");
    } else {
        phone_detach(&phone);
    }
    carry();
    bool died = phone.dead;
    const octets_t sent = seen.first;
    memset(&seen, 0, sizeof seen);
    unsigned deletions = w.owner.deletions;
    phone_power_up(&phone);
    w.device.address = owner_address(9);
    (void)session_with("after");
    assert_true(sent.len == 0 || !godwit_slice_equal(octets_slice(&sent), octets_slice(&seen.first))); /* once */
    assert_true(w.owner.deletions <= deletions + 1); /* nothing is used twice */
    detach();
    assert_true(session_with("again"));
    return died;
}

static void the_device_may_die_at_every_step(void **state)
{
    (void)state;
    unsigned step = 1;
    while (device_dies(step, false)) {
        step++;
    }
    assert_true(step > 4);
    step = 1;
    while (device_dies(step, true)) {
        step++;
    }
    assert_true(step > 6);
}

/* The SGSN is gone after so many inputs, with all that it had sent for the last of them when sent is set; its store is
 * not. */
static bool sgsn_dies(unsigned inputs, bool at_attach, bool sent)
{
    start(phone.config.kind);
    if (at_attach) {
        session_before();
        phone_attach_with(&phone, "reading");
    } else {
        attach();
        phone_detach(&phone);
    }
    while (phone.queued > 0 && inputs > 0) {
        octets_t frame = phone_take(&phone);
        inputs--;
        sgsn_give(&w, &w.device.address, GODWIT_PORT_RADIO, octets_slice(&frame));
        if (inputs > 0 || sent) {
            settle(&w);
        }
    }
    bool died = inputs == 0;
    owner_t *owner = &w.owner;
    static godwit_record_t kept[OWNER_RECORDS];
    size_t count = owner->record_count;
    uint64_t now_ms = owner->now_ms;
    memcpy(kept, owner->records, count * sizeof kept[0]);
    sgsn_restart(&w);
    owner->now_ms = now_ms + 1000;
    for (size_t i = 0; i < count; i++) {
        owner_put(owner, &kept[i]);
    }
    carry();
    for (unsigned i = 0; i < 60 && godwit_access_state(&phone.access) != GODWIT_ACCESS_DETACHED; i++) {
        if (phone.timer_ms != 0) {
            phone_timer(&phone);
        } else {
            phone_detach(&phone);
        }
        carry();
    }
    phone_power_up(&phone);
    (void)session_with("after");
    detach();
    assert_true(session_with("again"));
    return died;
}

static void the_sgsn_may_die_at_every_step(void **state)
{
    (void)state;
    for (unsigned at_attach = 0; at_attach < 2; at_attach++) {
        for (unsigned sent = 0; sent < 2; sent++) {
            unsigned inputs = 1;
            while (sgsn_dies(inputs, at_attach != 0, sent != 0) && inputs < 20) {
                inputs++;
            }
            assert_in_range(inputs, 2, 19);
        }
    }
}

/* ---- another SGSN of the PLMN ---- */

static sgsn_world_t other;

static void begin_other(void)
{
    sgsn_world_init(&other);
    other.config.next_session = true;
    other.config.lac = 0x4321;
    memcpy(other.config.ipv4, "\x0A\x00\x00\x06", 4);
    other.config.others = w.config.others = 1;
    other.config.other[0] = (godwit_sgsn_other_t){.lac = w.config.lac, .rac = w.config.rac, .ipv4 = {10, 0, 0, 5}};
    w.config.other[0] = (godwit_sgsn_other_t){.lac = 0x4321, .rac = other.config.rac, .ipv4 = {10, 0, 0, 6}};
    sgsn_restart(&w);
    sgsn_restart(&other);
    other.device.address = owner_address(1);
}

/* The Identification Request or Response that the last input to one led to, given to the other; false: there was
 * none. */
static bool between(sgsn_world_t *from, sgsn_world_t *to)
{
    const godwit_address_t address = godwit_gtp_address(to->config.ipv4, GODWIT_GTPC_PORT);
    const godwit_address_t own = godwit_gtp_address(from->config.ipv4, GODWIT_GTPC_PORT);
    const godwit_request_t *sent = sgsn_sent(from, GODWIT_PORT_GTPC, &address, 0);
    if (sent == NULL) {
        return false;
    }
    octets_t copy = {.len = sent->octets.len};
    assert_true(sent->octets.len <= sizeof copy.at);
    memcpy(copy.at, sent->octets.ptr, copy.len);
    sgsn_give(to, &own, GODWIT_PORT_GTPC, octets_slice(&copy));
    return true;
}

static void first_to_other(void)
{
    phone_attach_with(&phone, "reading");
    octets_t first = phone_take(&phone);
    look_at(octets_slice(&first), true);
    sgsn_give(&other, &other.device.address, GODWIT_PORT_RADIO, octets_slice(&first));
}

static void another_sgsn_fetches_it(void **state)
{
    (void)state;
    begin_other();
    session_before();
    first_to_other();
    assert_true(between(&other, &w));
    assert_true(owner_saw(&w.owner, "next_given_away", GODWIT_OK));
    assert_int_equal(w.owner.record_count, 0);
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_DATAGRAM, 0));
    assert_true(between(&w, &other));
    assert_true(owner_saw(&other.owner, "next_used", GODWIT_OK));
    settle(&other);
    carry_to(&other);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
    assert_string_equal(reading, "reading");
    assert_int_equal(seen.challenges, 0);
    assert_int_equal(other.owner.record_count, 1);
}

static void a_request_of_a_sgsn_that_is_not_known_is_not_answered(void **state)
{
    (void)state;
    begin_other();
    session_before();
    w.config.others = 0;
    w.sgsn.config.others = 0;
    first_to_other();
    assert_true(between(&other, &w));
    assert_true(owner_saw(&w.owner, "refused", GODWIT_NOT_ENTITLED));
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_GTPC));
    assert_int_equal(w.owner.record_count, 1);
}

static void a_frame_that_is_bent_gets_no_keys_from_another_sgsn(void **state)
{
    (void)state;
    begin_other();
    session_before();
    phone_attach_with(&phone, "reading");
    octets_t first = phone_take(&phone);
    octets_t wrong = first;
    wrong.at[first.len - 1] ^= 1;
    sgsn_give(&other, &other.device.address, GODWIT_PORT_RADIO, octets_slice(&wrong));
    assert_true(between(&other, &w));
    assert_int_equal(w.owner.record_count, 1);
    assert_true(owner_saw(&w.owner, "next_refused", GODWIT_MAC_FAILURE));
    assert_true(between(&w, &other));
    assert_true(owner_saw(&other.owner, "next_refused", GODWIT_NOT_FOUND));
    settle(&other); /* the device is asked who it is */
    carry_to(&other);
    assert_int_equal(seen.challenges, 1);
}

static void another_sgsn_that_is_silent_leads_to_aka(void **state)
{
    (void)state;
    begin_other();
    session_before();
    first_to_other();
    for (unsigned i = 0; i < 8 && !owner_saw(&other.owner, "next_refused", GODWIT_NOT_FOUND); i++) {
        owner_give_timer(&other.owner, other.sgsn.path.timer_base);
    }
    settle(&other);
    carry_to(&other);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
    assert_int_equal(seen.challenges, 1);
    assert_string_equal(reading, "reading");
}

static void keys_that_could_not_be_consumed_are_not_given_away(void **state)
{
    (void)state;
    begin_other();
    session_before();
    first_to_other();
    w.owner.fail_commits = true;
    assert_true(between(&other, &w));
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_GTPC) || w.owner.commit_failures == 1);
    w.owner.fail_commits = false;
    owner_give_timer(&other.owner, other.sgsn.path.timer_base); /* sent again, the same octets */
    assert_true(between(&other, &w));
    assert_int_equal(w.owner.record_count, 0);
    assert_int_equal(w.owner.deletions, 1);
    assert_true(between(&w, &other));
    assert_true(owner_saw(&other.owner, "next_used", GODWIT_OK));
}

/* ---- GERAN alone ---- */

static void without_ki128_there_is_a_session_but_no_next_one(void **state)
{
    (void)state;
    phone.config.eia = 0xC0;
    phone_restart(&phone);
    w.config.ki128 = GODWIT_SGSN_KI128_NONE;
    sgsn_restart(&w);
    assert_false(session_with("reading"));
    detach();
    assert_false(phone_said(&phone, "next_stored"));
    assert_int_equal(w.owner.commits, 0);
}

static void a_network_that_has_lost_ki128_runs_aka(void **state)
{
    (void)state;
    phone.config.eia = 0xC0;
    phone_restart(&phone);
    session_before();
    godwit_record_t kept = w.owner.records[0];
    w.config.ki128 = GODWIT_SGSN_KI128_NONE;
    sgsn_restart(&w);
    owner_put(&w.owner, &kept);
    assert_false(session_with("reading"));
    assert_int_equal(w.owner.deletions, 1); /* by the AKA run: the device has it no more */
    assert_int_equal(seen.challenges, 1);
}

static void a_device_that_wants_integrity_does_not_go_without(void **state)
{
    (void)state;
    w.config.ki128 = GODWIT_SGSN_KI128_PREFERRED;
    sgsn_restart(&w);
    phone_attach(&phone);
    octets_t first = phone_take(&phone);
    first.at[1] = GODWIT_RADIO_GERAN | 1U << GODWIT_UEA0 | 1U << GODWIT_UEA2;
    first.at[2] = 1U << GODWIT_UIA0; /* somebody on the way has bid it down */
    give_frame(&w, octets_slice(&first));
    for (unsigned i = 0; i < 4 && phone.queued > 0; i++) {
        carry();
    }
    assert_int_equal(seen.commands, 1);
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ATTACHING);
    assert_false(phone_said(&phone, "secured"));
}

static void keys_of_geran_are_not_those_of_utran(void **state)
{
    (void)state;
    session_before();
    octets_t flash = phone.flash;
    phone.config.kind = GODWIT_ACCESS_UMTS; /* the same vector serves there, with its own keys */
    phone_restart(&phone);
    phone.flash = flash;
    phone_power_up(&phone);
    assert_true(session_with("reading"));
}

#define UMTS(name)                                                                                                     \
    {                                                                                                                  \
#name "_umts", name, setup_umts, NULL, NULL                                                                    \
    }
#define GERAN(name)                                                                                                    \
    {                                                                                                                  \
#name "_geran", name, setup_geran, NULL, NULL                                                                  \
    }
#define BOTH(name) UMTS(name), GERAN(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_reading_goes_with_the_attach_and_no_aka),
        BOTH(each_session_hands_over_the_next),
        BOTH(it_saves_54_octets_and_two_round_trips),
        BOTH(the_network_hands_it_over_when_it_detaches_the_device),
        BOTH(it_may_come_while_the_device_is_attached),
        BOTH(it_is_not_said_again_without_ciphering),
        BOTH(an_idle_device_that_is_detached_hears_of_it_too),
        BOTH(the_home_that_says_nothing_holds_nobody_up),
        BOTH(a_subscription_without_it_gets_none),
        BOTH(a_flagged_vector_is_never_handed_over),
        BOTH(without_ciphering_none_is_handed_over),
        BOTH(a_flagged_vector_that_comes_all_the_same_is_refused),
        BOTH(a_hand_over_without_protection_is_not_taken),
        BOTH(a_wrong_res_is_not_enough),
        BOTH(a_right_res_is_not_enough),
        BOTH(another_key_set_identifier_is_another_vector),
        BOTH(a_device_that_can_do_other_things_now_is_asked_anew),
        BOTH(a_lost_accept_is_given_again_to_the_same_octets),
        BOTH(what_was_used_is_not_taken_again),
        BOTH(a_thousand_wrong_guesses_cost_nothing),
        BOTH(one_that_is_too_old_leads_to_aka),
        BOTH(one_whose_algorithm_is_not_allowed_any_more_leads_to_aka),
        BOTH(a_lost_record_leads_to_aka),
        BOTH(a_lost_res_leads_to_aka),
        BOTH(another_plmn_leads_to_aka_and_the_vector_stays),
        BOTH(a_frame_of_another_plmn_is_not_looked_up),
        BOTH(a_vector_that_another_domain_has_overtaken_is_not_stored),
        BOTH(a_record_that_cannot_be_deleted_lets_nobody_in),
        BOTH(a_record_that_cannot_be_stored_is_not_handed_over),
        BOTH(a_first_frame_that_was_held_up_ends_no_registration),
        BOTH(the_vector_survives_the_restart_of_both),
        BOTH(the_device_may_die_at_every_step),
        BOTH(the_sgsn_may_die_at_every_step),
        BOTH(another_sgsn_fetches_it),
        UMTS(a_request_of_a_sgsn_that_is_not_known_is_not_answered),
        BOTH(a_frame_that_is_bent_gets_no_keys_from_another_sgsn),
        BOTH(another_sgsn_that_is_silent_leads_to_aka),
        UMTS(keys_that_could_not_be_consumed_are_not_given_away),
        GERAN(without_ki128_there_is_a_session_but_no_next_one),
        GERAN(a_network_that_has_lost_ki128_runs_aka),
        GERAN(a_device_that_wants_integrity_does_not_go_without),
        GERAN(keys_of_geran_are_not_those_of_utran),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
