/* SPDX-License-Identifier: Apache-2.0
 *
 * End to end at the device, with the power lost at each request of a life in turn: set-up, readings, the end of a
 * count, an age that is asked for, one that is handed out. Nothing that leaves the device has a COUNT that was used
 * before under that key, ages only rise, and in the end it speaks with its EAS again.
 */
#include "tests/device/e2e_world.h"

#define AGES_MAX 40
#define USES_MAX 400

typedef struct use {
    uint32_t age, count;
    uint8_t last[8]; /* of the datagram */
} use_t;

typedef struct power_world {
    e2e_world_t w;
    godwit_emsdp_key_t blank[AGES_MAX]; /* [age]: of the EAS, never used */
    use_t use[USES_MAX];
    size_t uses;
    uint32_t age, generation; /* the owner's: committed before they are told */
    uint32_t arrived;         /* age of the last reading that the EAS opened */
    long budget;              /* requests until the power goes; negative: it went */
    octets_t up[8];
    size_t ups;
    octets_t outstanding; /* the network's 30, until it is answered */
} power_world_t;

static power_world_t p;

/* ---- the EAS ---- */

static void arrived_at_eas(godwit_slice_t datagram)
{
    godwit_emsdp_opened_t opened;
    for (uint32_t age = p.age; age > 0; age--) {
        if (godwit_emsdp_open(CRYPTO, &p.blank[age], datagram, EMPTY, p.w.plain, &opened) != GODWIT_OK) {
            continue;
        }
        for (size_t i = 0; i < p.uses; i++) {
            bool same = p.use[i].age == age && p.use[i].count == opened.count;
            assert_false(same && memcmp(p.use[i].last, datagram.ptr + datagram.len - 8, 8) != 0);
        }
        assert_true(p.uses < USES_MAX);
        assert_true(age >= p.arrived);
        p.use[p.uses] = (use_t){.age = age, .count = opened.count};
        memcpy(p.use[p.uses++].last, datagram.ptr + datagram.len - 8, 8);
        p.arrived = age;
        return;
    }
    fail_msg("%s", "no age opens it");
}

/* ---- the network ---- */

static godwit_e2e_terms_t next_terms(void)
{
    godwit_e2e_terms_t terms = e2e_terms_of(++p.age);
    assert_true(p.age < AGES_MAX);
    terms.messages = 6;
    return terms;
}

static void tell_eas(const godwit_e2e_terms_t *terms)
{
    e2e_arm(&p.w, terms);
    p.blank[terms->age] = p.w.eas;
}

static void take(godwit_status_t status);

static void give(godwit_slice_t datagram)
{
    octets_t copy = e2e_copy(datagram);
    take(godwit_device_receive(&p.w.d.device, octets_slice(&copy), p.w.d.random, &p.w.d.requests));
}

static void start(void)
{
    dut_start_t s = dut_start(godwit_sqn_join(10 + p.generation, 1, GODWIT_IND_BITS_DEFAULT));
    godwit_e2e_terms_t terms = next_terms();
    s.generation = ++p.generation;
    s.service = &terms;
    p.outstanding.len = 0;
    dut_make_start(&p.w.d, &s);
    tell_eas(&terms);
    give(octets_slice(&p.w.d.start));
}

static void hand_out(void)
{
    godwit_e2e_terms_t terms = next_terms();
    godwit_emsdp_control_t m = {.command = GODWIT_MANAGE_KEYS_REQUEST, .present = HAS(SERVICE), .terms = terms};
    p.outstanding = dut_seal(&p.w.d, &m);
    tell_eas(&terms);
    octets_t copy = p.outstanding;
    give(octets_slice(&copy));
}

static void network_takes(const octets_t *up)
{
    godwit_emsdp_header_t header;
    godwit_emsdp_opened_t opened;
    uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT], plain[GODWIT_EMSDP_DATAGRAM_MAX];
    const godwit_slice_t both[2] = {octets_slice(&p.w.d.request), octets_slice(&p.w.d.start)};
    assert_int_equal(godwit_emsdp_peek(octets_slice(up), p.w.d.config.framing, &header), GODWIT_OK);
    if (header.key_id == 0) {
        p.w.d.request = *up;
        start();
        return;
    }
    if (header.user_plane) {
        arrived_at_eas(octets_slice(up));
        return;
    }
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, both, 2, transcript), GODWIT_OK);
    if (godwit_emsdp_open(CRYPTO, &p.w.d.network, octets_slice(up), godwit_slice(transcript, 32), plain, &opened) !=
        GODWIT_OK) {
        return; /* of the session before, or once more */
    }
    godwit_emsdp_accept(&p.w.d.network, &opened);
    if (header.command == GODWIT_SESSION_START_CONFIRMATION && godwit_emsdp_has(&opened.control, GODWIT_TLV_DATA)) {
        arrived_at_eas(opened.control.data);
    } else if (header.command == GODWIT_MANAGE_KEYS_RESPONSE) {
        p.outstanding.len = 0;
    } else if (header.command == GODWIT_MANAGE_KEYS_REQUEST) {
        hand_out();
    }
}

/* ---- the device ---- */

static void carry_out_one(const godwit_device_request_t *r, const uint8_t **run)
{
    dut_t *d = &p.w.d;
    switch (r->kind) {
    case GODWIT_DEVICE_STORE:
        memcpy(d->nvm, r->octets.ptr, r->octets.len);
        d->nvm_len = r->octets.len;
        break;
    case GODWIT_DEVICE_STORE_E2E:
        memcpy(d->nvm_e2e, r->octets.ptr, r->octets.len);
        d->nvm_e2e_len = r->octets.len;
        break;
    case GODWIT_DEVICE_SEND:
        assert_true(p.ups < sizeof p.up / sizeof p.up[0]);
        p.up[p.ups++] = e2e_copy(r->octets);
        break;
    case GODWIT_DEVICE_AUTHENTICATE:
        *run = r->rand;
        break;
    default:
        break;
    }
}

static void run_card(const uint8_t *rand)
{
    godwit_usim_output_t out;
    assert_int_equal(godwit_usim_step(&p.w.d.card, rand, rand + 16, &out), GODWIT_OK);
    take(godwit_device_usim_result(&p.w.d.device, &out.result, p.w.d.random, &p.w.d.requests));
}

/* Carries out the list that a call gave, as far as the power lasts. What has left has left. */
static void take(godwit_status_t status)
{
    const uint8_t *run = NULL;
    assert_int_equal(status, GODWIT_OK);
    for (size_t i = 0; i < p.w.d.requests.count; i++) {
        if (p.budget >= 0 && p.budget-- == 0) {
            dut_reboot(&p.w.d);
            return;
        }
        carry_out_one(&p.w.d.requests.item[i], &run);
    }
    if (run != NULL) {
        run_card(run);
    }
}

static void settle(void)
{
    while (p.ups > 0) {
        octets_t first = p.up[0];
        memmove(&p.up[0], &p.up[1], --p.ups * sizeof p.up[0]);
        network_takes(&first);
    }
}

/* One reading; a device that lost its power, or that waits, is helped on as its owner and the network would. */
static void reading(void)
{
    uint8_t text[1] = {p.w.d.random[3]++}; /* each is another: two under one COUNT are not the same octets */
    godwit_status_t status =
        godwit_device_send(&p.w.d.device, godwit_slice(text, sizeof text), p.w.d.random, &p.w.d.requests);
    if (status == GODWIT_AGAIN) {
        status = godwit_device_timer(&p.w.d.device, p.w.d.random, &p.w.d.requests);
    }
    take(status);
    settle();
    if (p.outstanding.len > 0) { /* not answered: the network sends the same again */
        octets_t again = p.outstanding;
        give(octets_slice(&again));
        settle();
    }
}

static void life(long budget)
{
    memset(&p, 0, sizeof p);
    e2e_init(&p.w, GODWIT_SERVICE_CONFIDENTIALITY);
    p.w.d.config.reserve = 2;
    assert_int_equal(godwit_device_init(&p.w.d.device, &p.w.d.config), GODWIT_OK);
    p.budget = budget;
    for (unsigned i = 0; i < 10; i++) {
        reading();
    }
    if (p.w.d.device.session.state == GODWIT_SESSION_ACTIVE) {
        hand_out();
        settle();
    }
    for (unsigned i = 0; i < 10; i++) {
        reading();
    }
}

static void no_count_is_used_twice_wherever_the_power_goes(void **state)
{
    (void)state;
    long cut = 0;
    do {
        life(cut++);
        const size_t before = p.uses;
        reading();
        reading();
        assert_true(p.uses > before); /* it speaks with its EAS */
    } while (p.budget < 0 && cut < 400);
    assert_in_range(cut, 60, 399); /* the whole life was cut */
}

static void whatever_is_lost_between_the_two_records_the_same_terms_are_taken_again(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(1), next = e2e_terms_of(2), got;
    e2e_init(&w, GODWIT_SERVICE_CONFIDENTIALITY);
    e2e_set_up(&w, &terms, "first");
    w.d.device.session.flags &= (uint8_t)~4u; /* the next record does not say that it has just begun */
    assert_int_equal(godwit_device_suspend(&w.d.device, &w.d.requests), GODWIT_OK);
    dut_store(&w.d);
    const size_t len = w.d.nvm_len;
    uint8_t session[GODWIT_DEVICE_RECORD_MAX];
    memcpy(session, w.d.nvm, len);
    octets_t asked = e2e_hand_out(&w, &next); /* both records */
    memcpy(w.d.nvm, session, len);            /* but the second is lost */
    dut_reboot(&w.d);
    dut_receive(&w.d, octets_slice(&asked));
    assert_int_equal(dut_open(&w.d, dut_sent(&w.d, 0), w.plain).control.command, GODWIT_MANAGE_KEYS_RESPONSE);
    assert_int_equal(godwit_device_e2e_terms(&w.d.device, &got), GODWIT_OK);
    assert_memory_equal(&got, &next, sizeof got);
}

static void a_damaged_record_makes_the_device_begin_anew(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(1), got;
    e2e_init(&w, GODWIT_SERVICE_CONFIDENTIALITY);
    e2e_set_up(&w, &terms, "first");
    w.d.device.session.flags &= (uint8_t)~4u;
    assert_int_equal(godwit_device_suspend(&w.d.device, &w.d.requests), GODWIT_OK);
    dut_store(&w.d);
    for (size_t i = 0; i < w.d.nvm_e2e_len; i++) {
        assert_int_equal(godwit_device_init(&w.d.device, &w.d.config), GODWIT_OK);
        assert_int_equal(godwit_device_restore(&w.d.device, godwit_slice(w.d.nvm, w.d.nvm_len)), GODWIT_OK);
        w.d.nvm_e2e[i] ^= 0x10;
        assert_int_equal(godwit_device_restore_e2e(&w.d.device, godwit_slice(w.d.nvm_e2e, w.d.nvm_e2e_len)),
                         GODWIT_MALFORMED);
        w.d.nvm_e2e[i] ^= 0x10;
        assert_int_equal(godwit_device_e2e_terms(&w.d.device, &got), GODWIT_NOT_FOUND);
    }
    dut_send(&w.d, "second");
    dut_expect_request(&w.d);
    assert_int_equal(godwit_device_restore_e2e(&w.d.device, godwit_slice(w.d.nvm_e2e, 8)), GODWIT_MALFORMED);
}

static void a_record_of_another_eas_or_subscriber_is_not_taken(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(1);
    e2e_init(&w, GODWIT_SERVICE_CONFIDENTIALITY);
    e2e_set_up(&w, &terms, "first");
    w.d.config.enterprise = godwit_slice_of_string("other.example");
    assert_int_equal(godwit_device_init(&w.d.device, &w.d.config), GODWIT_OK);
    assert_int_equal(godwit_device_restore_e2e(&w.d.device, godwit_slice(w.d.nvm_e2e, w.d.nvm_e2e_len)),
                     GODWIT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_count_is_used_twice_wherever_the_power_goes),
        cmocka_unit_test(whatever_is_lost_between_the_two_records_the_same_terms_are_taken_again),
        cmocka_unit_test(a_damaged_record_makes_the_device_begin_anew),
        cmocka_unit_test(a_record_of_another_eas_or_subscriber_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
