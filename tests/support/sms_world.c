/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices, a serving node and a service centre: see sms_world.h.
 */
#include "tests/support/serving_tables.h"
#include "tests/support/sms_world.h"

#include "core/agree/access_aka/access_aka.h"

sms_world_t sms;

/* ---- carrying ---- */

static sms_event_t *add(int to)
{
    assert_true(sms.last - sms.first < SMS_EVENTS);
    sms_event_t *e = &sms.events[sms.last++ % SMS_EVENTS];
    memset(e, 0, sizeof *e);
    e->to = to;
    return e;
}

static octets_t octets_of(godwit_slice_t s)
{
    octets_t o = {.len = s.len};
    assert_true(s.len <= sizeof o.at);
    memcpy(o.at, s.ptr, s.len);
    return o;
}

static void answer_home(const godwit_message_t *asked)
{
    godwit_auth_info_answer_t *a;
    if (sms.home_silent || (sms.no_following && asked->u.auth_info_request.next_session)) {
        return;
    }
    sms_event_t *e = add(SMS_NODE);
    const godwit_vector_t v = phone_vector(sms.amf);
    e->is_message = true;
    e->message.kind = GODWIT_AUTH_INFO_ANSWER;
    e->message.transaction = asked->transaction;
    a = &e->message.u.auth_info_answer;
    a->kind = GODWIT_VECTOR_UTRAN;
    a->vectors = 1;
    a->next_session = true;
    memcpy(a->vector[0].rand, v.rand, 16);
    memcpy(a->vector[0].autn, v.autn, 16);
    memcpy(a->vector[0].xres, v.xres, v.xres_len);
    a->vector[0].xres_len = v.xres_len;
    memcpy(a->vector[0].ck, v.ck, 16);
    memcpy(a->vector[0].ik, v.ik, 16);
    if (godwit_access_aka_flagged(v.autn, 0)) { /* the visited network gets CK', IK' */
        godwit_access_aka_keys_t keys;
        assert_int_equal(godwit_access_aka_derive(CRYPTO, v.ck, v.ik, v.autn, 0, &keys), GODWIT_OK);
        memcpy(a->vector[0].ck, keys.ck, 16);
        memcpy(a->vector[0].ik, keys.ik, 16);
    }
    sms.vectors++;
    sms.next_vectors += asked->u.auth_info_request.next_session ? 1 : 0;
}

static void answer_location(const godwit_message_t *asked)
{
    sms_event_t *e = add(SMS_NODE);
    e->is_message = true;
    e->message.kind = GODWIT_LOCATION_UPDATE_ANSWER;
    e->message.transaction = asked->transaction;
    e->message.hop = sms.home_is_open ? GODWIT_HOP_OPEN : GODWIT_HOP_TLS;
    sms.location = asked->u.location_update;
    sms.locations++;
    e->message.u.location_update_answer.status = sms.home_refuses ? GODWIT_PEER_INTERNAL : GODWIT_OK;
    if (sms.iwf) {
        e->message.u.location_update_answer.iwf =
            (godwit_trigger_node_t){GODWIT_FUNCTION_MTC_IWF, "iwf.example", "example"};
    }
}

/* What came to the MTC-IWF: requests are noted and answered well, answers noted. */
static void answer_iwf(int owner, const godwit_message_t *m)
{
    if (godwit_message_is_answer(m->kind)) {
        sms.answered_iwf = *m;
        return;
    }
    sms.to_iwf[sms.to_iwf_count++ % 4] = *m;
    sms_event_t *e = add(owner);
    e->is_message = true;
    e->message.kind = m->kind == GODWIT_T5_UP ? GODWIT_T5_UP_ANSWER : GODWIT_T4_REPORT_ANSWER;
    e->message.transaction = m->transaction;
}

static void pass_message(int owner, const godwit_message_t *m)
{
    if (m->kind == GODWIT_AUTH_INFO_REQUEST) {
        answer_home(m);
        return;
    }
    if (m->kind == GODWIT_LOCATION_UPDATE) {
        answer_location(m);
        return;
    }
    if (m->to == GODWIT_FUNCTION_MTC_IWF) {
        answer_iwf(owner, m);
        return;
    }
    sms_event_t *e = add(m->to == GODWIT_FUNCTION_SMS_SC ? SMS_CENTRE : SMS_NODE);
    e->is_message = true;
    e->message = *m;
    if (m->kind == GODWIT_SHORT_MESSAGE_UP_ANSWER && sms.sc_says != GODWIT_OK) {
        e->message.u.outcome = sms.sc_says;
    }
}

static void note_timer(int owner, uint32_t number, uint32_t delay_ms)
{
    for (size_t i = 0; i < SMS_TIMERS; i++) {
        if (sms.due[owner][i] == 0 || sms.numbers[owner][i] == number) {
            sms.due[owner][i] = delay_ms;
            sms.numbers[owner][i] = number;
            return;
        }
    }
    fail_msg("too many timers");
}

/* What the owner was asked for by its last input. */
void sms_carry_out(int owner)
{
    owner_t *o = &sms.owners[owner];
    for (size_t i = 0; i < o->outbox.count; i++) {
        const godwit_request_t *r = &o->requests[i];
        if (r->kind == GODWIT_REQUEST_DATAGRAM && r->port == GODWIT_PORT_SMS) {
            sms.readings++;
            sms.reading = octets_of(r->octets);
        } else if (r->kind == GODWIT_REQUEST_DATAGRAM) {
            add(SMS_OWNERS)->octets = octets_of(r->octets);
        } else if (r->kind == GODWIT_REQUEST_MESSAGE) {
            pass_message(owner, r->message);
        } else if (r->kind == GODWIT_REQUEST_TIMER) {
            note_timer(owner, r->timer, r->delay_ms);
        } else if (r->kind == GODWIT_REQUEST_EVENT && owner == SMS_NODE) {
            size_t used = strlen(sms.seen), len = strlen(r->event.name);
            if (used + len + 2 <= sizeof sms.seen) {
                memcpy(sms.seen + used, r->event.name, len);
                memcpy(sms.seen + used + len, " ", 2);
            }
        }
    }
}

void sms_give_frame(godwit_slice_t frame)
{
    const godwit_input_t in = {
        .kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_RADIO, .from = owner_address(9), .datagram = frame};
    owner_give(&sms.owners[SMS_NODE], &in);
    sms_carry_out(SMS_NODE);
}

void sms_run(void)
{
    unsigned steps = 0;
    while (sms.phone.queued > 0 || sms.first != sms.last) {
        assert_true(steps++ < 200);
        if (sms.phone.queued > 0) {
            octets_t frame = phone_take(&sms.phone);
            if (!sms.lose_up) {
                sms_give_frame(godwit_slice(frame.at, frame.len));
            }
            continue;
        }
        sms_event_t e = sms.events[sms.first++ % SMS_EVENTS];
        if (e.to == SMS_OWNERS) {
            phone_receive(&sms.phone, godwit_slice(e.octets.at, e.octets.len));
        } else {
            owner_give_message(&sms.owners[e.to], &e.message);
            sms_carry_out(e.to);
        }
    }
}

void sms_let_time_pass(int owner)
{
    sms.owners[owner].now_ms += 6000;
    for (size_t i = 0; i < SMS_TIMERS; i++) {
        uint32_t number = sms.numbers[owner][i];
        if (sms.due[owner][i] > 0 && sms.due[owner][i] <= 6000) {
            sms.due[owner][i] = 0;
            owner_give_timer(&sms.owners[owner], number);
            sms_carry_out(owner);
            sms_run();
        }
    }
}

bool sms_saw(const char *name)
{
    bool found = strstr(sms.seen, name) != NULL;
    sms.seen[0] = '\0';
    return found;
}

/* ---- the world ---- */

static void msc_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_msc_step(role, in, out);
    msc_table_check(role);
}
static void sgsn_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sgsn_step(role, in, out);
    sgsn_table_check(role);
}
static void sc_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sms_sc_step(role, in, out);
}

void sms_begin_node(void)
{
    godwit_msc_config_t m = {.crypto = CRYPTO,
                             .local_host = "msc.example",
                             .local_realm = "example",
                             .plmn = {{0x00, 0xF1, 0x10}},
                             .lac = 0x1234,
                             .sms = true,
                             .iwf_number = SMS_IWF_NUMBER,
                             .next_session = true};
    godwit_sgsn_config_t s = {.crypto = CRYPTO,
                              .local_host = "sgsn.example",
                              .local_realm = "example",
                              .plmn = {{0x00, 0xF1, 0x10}},
                              .lac = 0x1234,
                              .rac = 1,
                              .ipv4 = {10, 0, 0, 1},
                              .apns = 1,
                              .apn = {{.name = {.text = "e2m.example"}, .ggsn = {10, 0, 0, 2}}},
                              .sms = true,
                              .iwf_number = SMS_IWF_NUMBER,
                              .next_session = true};
    assert_int_equal(godwit_msc_init(&sms.msc, &m, sms.msc_ues, SMS_ROWS), GODWIT_OK);
    assert_int_equal(
        godwit_sgsn_init(&sms.sgsn, &s, sms.sgsn_ues, SMS_ROWS, sms.pending, SMS_PENDING, sms.answered, SMS_PENDING),
        GODWIT_OK);
}

void sms_begin(bool circuit, godwit_access_kind_t kind)
{
    const godwit_sms_sc_config_t sc = {.local_host = "sc.example",
                                       .local_realm = "example",
                                       .number = SMS_NUMBER,
                                       .iwf_host = "iwf.example",
                                       .iwf_number = SMS_IWF_NUMBER};
    memset(&sms, 0, sizeof sms);
    sms.circuit = circuit;
    sms_begin_node();
    assert_int_equal(godwit_sms_sc_init(&sms.sc, &sc, sms.devices, SMS_ROWS), GODWIT_OK);
    owner_init(&sms.owners[SMS_NODE], circuit ? msc_step : sgsn_step, circuit ? (void *)&sms.msc : (void *)&sms.sgsn);
    owner_init(&sms.owners[SMS_CENTRE], sc_step, &sms.sc);
    phone_init(&sms.phone, kind);
    sms.phone.config.e2m = false;
    sms.phone.config.carrier = GODWIT_CARRIER_SMS;
    sms.phone.config.circuit_switched = circuit;
    sms.phone.config.sms_number = SMS_NUMBER;
    sms.phone.config.next_session = true;
    sms.phone.config.trigger = true;
    sms.phone.config.trigger_number = SMS_IWF_NUMBER;
    phone_restart(&sms.phone);
}

void sms_attach(void)
{
    phone_attach(&sms.phone);
    sms_run();
    assert_true(phone_said(&sms.phone, "attached"));
}

void sms_send(const char *text)
{
    phone_send(&sms.phone, text);
    sms_run();
}

void sms_expect_reading(unsigned count, const char *text)
{
    assert_int_equal(sms.readings, count);
    assert_true(octets_equal(&sms.reading, text));
}

void sms_answer(const char *text)
{
    godwit_input_t in = {.kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_SMS, .from = {.len = 8}};
    godwit_imsi_to_ef(&sms.phone.config.imsi, in.from.octets);
    in.datagram = godwit_slice_of_string(text);
    owner_give(&sms.owners[SMS_CENTRE], &in);
    sms_carry_out(SMS_CENTRE);
    sms_run();
}

void sms_iwf(int to, const godwit_message_t *message)
{
    memset(&sms.answered_iwf, 0, sizeof sms.answered_iwf);
    owner_give_message(&sms.owners[to], message);
    sms_carry_out(to);
    sms_run();
}

void sms_idle(void)
{
    assert_int_equal(godwit_access_idle(&sms.phone.access, &sms.phone.requests), GODWIT_OK);
    phone_carry_out(&sms.phone);
    sms_run();
}
