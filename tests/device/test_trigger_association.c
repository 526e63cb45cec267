/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's end of an association with the MTC-IWF: which Commands it takes, what it says of the others, and what
 * happens when one association follows another, or the power goes.
 */
#include "godwit/keys.h"
#include "tests/device/trigger_world.h"

static const uint8_t drawn[GODWIT_TRIGGER_RANDOM] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};

static tw_t w;

static int set_up(void **state)
{
    (void)state;
    tw_init(&w);
    tw_root(&w);
    return 0;
}

/* The Reject that went up, with or without protection. */
static godwit_a3_reject_t rejected(bool protected)
{
    godwit_a3_message_t m;
    assert_int_equal(w.sends, 1);
    if (protected) {
        m = tw_up(&w, 0);
    } else {
        assert_int_equal(godwit_a3_unprotected_parse(false, tw_slice(&w.sent[0]), &m), GODWIT_OK);
    }
    assert_int_equal(m.type, GODWIT_A3_REJECT);
    assert_non_null(tw_event(&w, "association_refused"));
    return m.reject;
}

/* Another Command than tw_make_command's: of that root and list, under that key. */
static void command_under(uint32_t number, godwit_iwf_root_t kind, const uint8_t k_iwf[32], const uint8_t *suites,
                          uint8_t count)
{
    const godwit_a3_key_t key = {k_iwf, number, 1};
    godwit_a3_message_t m = {.type = GODWIT_A3_COMMAND, .command = {number, kind, {0}, TIME, count, {0}}};
    godwit_writer_t out = godwit_writer(w.command.at, sizeof w.command.at);
    memcpy(m.command.suite, suites, count);
    assert_int_equal(godwit_iwf_root_name(CRYPTO, w.rand, m.command.root_name), GODWIT_OK);
    assert_int_equal(godwit_a3_protect(CRYPTO, &key, 0, &m, &out), GODWIT_OK);
    w.command.len = out.len;
}

static void k_iwf_of(const uint8_t root[32], const char *iwf, uint32_t number, uint8_t k_iwf[32])
{
    assert_int_equal(godwit_k_iwf(CRYPTO, root, godwit_slice_of_string(iwf), &w.config.imsi, number, k_iwf), GODWIT_OK);
}

static void hear_command(void)
{
    tw_receive(&w, tw_slice(&w.command), NAS);
}

static void a_trigger(uint32_t reference)
{
    const godwit_a3_message_t m = tw_trigger(reference, TIME, 60);
    tw_down(&w, &m);
}

/* ---- the Command again ---- */

static void a_command_again_gets_the_same_complete_until_something_came(void **state)
{
    (void)state;
    tw_associate(&w, 1);
    const tw_octets_t first = w.sent[0];
    tw_reboot(&w);
    hear_command();
    assert_int_equal(w.sends, 1);
    assert_memory_equal(w.sent[0].at, first.at, first.len);
    a_trigger(2);
    hear_command();
    tw_expect_refused(&w, GODWIT_REPLAY);
}

static void a_recorded_command_is_answered_a_few_times(void **state)
{
    (void)state;
    tw_associate(&w, 1);
    for (unsigned i = 0; i < 20; i++) {
        hear_command();
        assert_int_equal(w.sends, i < 8 ? 1 : 0);
    }
}

/* ---- refusals ---- */

static void a_root_that_the_device_does_not_have_is_refused_with_the_one_it_has(void **state)
{
    (void)state;
    uint8_t name[8];
    assert_int_equal(godwit_iwf_root_name(CRYPTO, w.rand, name), GODWIT_OK);
    w.rand[0] ^= 1; /* the home's newest vector, which never came here */
    tw_make_command(&w, 1, TIME);
    w.rand[0] ^= 1;
    hear_command();
    const godwit_a3_reject_t r = rejected(false);
    assert_int_equal(r.reason, GODWIT_A3_NO_ROOT);
    assert_int_equal(r.root, GODWIT_IWF_ROOT_FLAGGED);
    assert_memory_equal(r.root_name, name, 8);
    tw_associate(&w, 2);
    w.rand[0] ^= 1;
    tw_make_command(&w, 3, TIME);
    w.rand[0] ^= 1;
    hear_command();
    assert_int_equal(tw_event(&w, "association_refused")->reason, GODWIT_UNKNOWN_KEY);
    a_trigger(9); /* something came down: from here on it is said under the association */
    w.rand[0] ^= 1;
    tw_make_command(&w, 3, TIME);
    w.rand[0] ^= 1;
    hear_command();
    assert_int_equal(rejected(true).association, 2);
}

static void a_visited_network_with_kasme_makes_no_association(void **state)
{
    (void)state;
    uint8_t kasme[32], k_iwf[32];
    memset(kasme, 0x5A, sizeof kasme);
    k_iwf_of(kasme, "iwf.example", 1, k_iwf);
    assert_int_equal(godwit_trigger_root(&w.t, GODWIT_IWF_ROOT_KASME, kasme, w.rand, &w.requests), GODWIT_OK);
    assert_int_equal(w.requests.count, 0); /* passed over: not among the roots that are trusted */
    command_under(1, GODWIT_IWF_ROOT_KASME, k_iwf, (const uint8_t[]){1}, 1);
    hear_command();
    assert_int_equal(rejected(false).reason, GODWIT_A3_NO_ROOT);
    command_under(1, GODWIT_IWF_ROOT_FLAGGED, k_iwf, (const uint8_t[]){1}, 1); /* under the other's name */
    hear_command();
    assert_int_equal(rejected(false).reason, GODWIT_A3_WRONG_MAC);
    assert_int_equal(godwit_trigger_association(&w.t), 0);
    w.t.config.roots = 3; /* who trusts KASME trusts it */
    assert_int_equal(godwit_trigger_root(&w.t, GODWIT_IWF_ROOT_KASME, kasme, w.rand, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    command_under(1, GODWIT_IWF_ROOT_KASME, k_iwf, (const uint8_t[]){1}, 1);
    hear_command();
    assert_int_equal(godwit_trigger_association(&w.t), 1);
    tw_reboot(&w); /* with the stricter configuration: neither association nor root of the record is of use */
    assert_int_equal(godwit_trigger_association(&w.t), 0);
    k_iwf_of(kasme, "iwf.example", 2, k_iwf);
    command_under(2, GODWIT_IWF_ROOT_KASME, k_iwf, (const uint8_t[]){1}, 1);
    hear_command();
    assert_int_equal(godwit_trigger_association(&w.t), 0);
}

static void trust_kasme(const uint8_t kasme[32])
{
    w.config.roots = 3;
    w.t.config.roots = 3;
    assert_int_equal(godwit_trigger_root(&w.t, GODWIT_IWF_ROOT_KASME, kasme, w.rand, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
}

static void command_of_kasme(const uint8_t kasme[32], uint32_t number)
{
    uint8_t k_iwf[32];
    k_iwf_of(kasme, "iwf.example", number, k_iwf);
    command_under(number, GODWIT_IWF_ROOT_KASME, k_iwf, (const uint8_t[]){1}, 1);
    hear_command();
}

static void whoever_uses_up_the_numbers_of_one_root_has_used_up_no_others(void **state)
{
    (void)state;
    uint8_t kasme[32];
    memset(kasme, 0x5A, sizeof kasme);
    trust_kasme(kasme);
    command_of_kasme(kasme, UINT32_MAX); /* a visited network that is trusted */
    assert_int_equal(godwit_trigger_association(&w.t), UINT32_MAX);
    tw_reboot(&w);
    tw_associate(&w, 1);
    assert_int_equal(godwit_trigger_association(&w.t), 1);
    a_trigger(2);
    tw_expect_acknowledged(&w, 2, GODWIT_A3_DELIVERED);
    command_of_kasme(kasme, 2);
    assert_int_equal(rejected(false).association, UINT32_MAX);
    w.rand[0] ^= 1; /* the next AKA run */
    kasme[0] ^= 1;
    trust_kasme(kasme);
    command_of_kasme(kasme, 2);
    assert_int_equal(godwit_trigger_association(&w.t), 2);
    tw_reboot(&w);
    trust_kasme(kasme); /* said again: nothing begins anew */
    command_of_kasme(kasme, 1);
    assert_int_equal(rejected(false).association, 2);
    assert_int_equal(godwit_trigger_association(&w.t), 2);
}

static void a_root_that_the_card_takes_back_keeps_its_numbers(void **state)
{
    (void)state;
    tw_associate(&w, 5);
    assert_int_equal(godwit_trigger_root(&w.t, GODWIT_IWF_ROOT_FLAGGED, NULL, w.rand, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    tw_make_command(&w, 5, TIME + 1);
    hear_command();
    assert_int_equal(rejected(false).reason, GODWIT_A3_OLD_NUMBER); /* and no DERIVE */
}

static void the_number_in_use_with_other_octets_is_an_old_number(void **state)
{
    (void)state;
    tw_associate(&w, 5);
    tw_make_command(&w, 5, TIME + 9); /* of an MTC-IWF whose store came from a backup */
    hear_command();
    const godwit_a3_reject_t r = rejected(false);
    assert_int_equal(r.reason, GODWIT_A3_OLD_NUMBER);
    assert_int_equal(r.association, 5);
}

static void a_stricter_list_of_suites_ends_what_it_does_not_allow(void **state)
{
    (void)state;
    uint8_t k_iwf[32];
    k_iwf_of(w.root, "iwf.example", 1, k_iwf);
    command_under(1, GODWIT_IWF_ROOT_FLAGGED, k_iwf, (const uint8_t[]){3, 1}, 2);
    hear_command();
    tw_reboot(&w);
    assert_int_equal(godwit_trigger_association(&w.t), 1);
    w.config.suites = 0x0001;
    tw_reboot(&w);
    assert_int_equal(godwit_trigger_association(&w.t), 0);
}

static void what_comes_by_udp_uses_up_no_rejects_of_nas(void **state)
{
    (void)state;
    uint8_t wrong[32] = {1};
    command_under(1, GODWIT_IWF_ROOT_FLAGGED, wrong, (const uint8_t[]){1}, 1);
    for (unsigned i = 0; i < 20; i++) {
        tw_receive(&w, tw_slice(&w.command), GODWIT_TRIGGER_VIA_A3);
        assert_int_equal(w.sends, i < 4 ? 1 : 0);
    }
    hear_command();
    assert_int_equal(w.sends, 1);
}

/* Power went very often, with many COUNTs reserved: what is left is not spent, and the device says what it needs. */
static void a_device_without_counts_asks_for_another_association(void **state)
{
    (void)state;
    godwit_a3_message_t up;
    tw_associate(&w, 1);
    a_trigger(2);
    w.t.current.next_up = w.t.current.limit_up = 0xFFFF0000u;
    assert_int_equal(godwit_trigger_poll(&w.t, drawn, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    assert_int_equal(w.sends, 1);
    assert_int_equal(godwit_a3_unprotected_parse(false, tw_slice(&w.sent[0]), &up), GODWIT_OK);
    assert_int_equal(up.reject.reason, GODWIT_A3_NO_ASSOCIATION);
    a_trigger(3); /* acted on, and not acknowledged before there is another one */
    assert_int_equal(w.acted[3], 1);
    assert_int_equal(w.sends, 0);
    tw_associate(&w, 2);
    a_trigger(3);
    tw_expect_acknowledged(&w, 3, GODWIT_A3_DELIVERED);
    assert_int_equal(w.acted[3], 1);
}

static void another_iwf_with_the_same_root_is_not_the_homes(void **state)
{
    (void)state;
    uint8_t k_iwf[32];
    k_iwf_of(w.root, "iwf.elsewhere", 1, k_iwf);
    command_under(1, GODWIT_IWF_ROOT_FLAGGED, k_iwf, (const uint8_t[]){1}, 1);
    hear_command();
    assert_int_equal(rejected(false).reason, GODWIT_A3_WRONG_MAC);
}

static void a_number_never_comes_twice(void **state)
{
    (void)state;
    tw_associate(&w, 5);
    a_trigger(2);
    const tw_octets_t old = w.command;
    tw_make_command(&w, 4, TIME);
    hear_command();
    const godwit_a3_reject_t r = rejected(false); /* whoever does not know the number does not have the association */
    assert_int_equal(r.reason, GODWIT_A3_OLD_NUMBER);
    assert_int_equal(r.association, 5);
    tw_associate(&w, 6);
    a_trigger(3);
    tw_receive(&w, tw_slice(&old), NAS);
    assert_int_equal(rejected(false).reason, GODWIT_A3_OLD_NUMBER);
    assert_int_equal(godwit_trigger_association(&w.t), 6);
}

static void rejects_are_few(void **state)
{
    (void)state;
    uint8_t wrong[32] = {1};
    uint8_t before[GODWIT_TRIGGER_RECORD];
    memcpy(before, w.nvm, sizeof before);
    command_under(1, GODWIT_IWF_ROOT_FLAGGED, wrong, (const uint8_t[]){1}, 1);
    for (unsigned i = 0; i < 20; i++) {
        hear_command();
        assert_int_equal(w.sends, i < 4 ? 1 : 0);
    }
    assert_memory_equal(before, w.nvm, sizeof before);
    tw_associate(&w, 1); /* nobody is locked out */
    hear_command();
    assert_int_equal(w.sends, 1);
}

/* ---- bidding down ---- */

static void a_list_that_somebody_shortened_is_refused(void **state)
{
    (void)state;
    uint8_t k_iwf[32];
    k_iwf_of(w.root, "iwf.example", 1, k_iwf);
    command_under(1, GODWIT_IWF_ROOT_FLAGGED, k_iwf, (const uint8_t[]){3, 1, 5}, 3);
    for (size_t bit = 0; bit < 8 * w.command.len; bit++) {
        w.command.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        hear_command();
        assert_int_equal(godwit_trigger_association(&w.t), 0);
        w.command.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    hear_command();
    assert_int_equal(tw_complete(&w, tw_slice(&w.sent[0])), GODWIT_OK);
    assert_int_equal(w.suite, 3);
    a_trigger(2);
    tw_expect_acknowledged(&w, 2, GODWIT_A3_DELIVERED);
}

static void a_device_keeps_its_own_floor(void **state)
{
    (void)state;
    uint8_t k_iwf[32];
    k_iwf_of(w.root, "iwf.example", 1, k_iwf);
    command_under(1, GODWIT_IWF_ROOT_FLAGGED, k_iwf, (const uint8_t[]){5, 6, 2, 7},
                  4); /* what the MTC-IWF says itself */
    hear_command();
    assert_int_equal(rejected(false).reason, GODWIT_A3_NO_SUITE);
    assert_int_equal(godwit_trigger_association(&w.t), 0);
    tw_reboot(&w);
    w.t.config.suites = 0x0010; /* by its configuration: no ciphering here */
    hear_command();
    assert_int_equal(tw_complete(&w, tw_slice(&w.sent[0])), GODWIT_OK);
    assert_int_equal(w.suite, 5);
}

/* ---- one association after another ---- */

static void what_is_under_way_under_the_former_one_is_still_taken(void **state)
{
    (void)state;
    tw_associate(&w, 1);
    a_trigger(2);
    const godwit_a3_message_t m3 = tw_trigger(3, TIME, 60), m4 = tw_trigger(4, TIME, 60);
    const tw_octets_t o3 = tw_protect(&w, &m3), o4 = tw_protect(&w, &m4);
    tw_associate(&w, 2);
    tw_reboot(&w);
    tw_receive(&w, tw_slice(&o3),
               NAS); /* the Complete goes once more, for it may have been lost; then the Acknowledgement */
    assert_int_equal(w.acted[3], 1);
    assert_int_equal(w.sends, 2);
    assert_int_equal(tw_complete(&w, tw_slice(&w.sent[0])), GODWIT_OK);
    assert_int_equal(tw_up(&w, 1).acknowledgement.reference, 3);
    a_trigger(5); /* the MTC-IWF is over there */
    tw_expect_acknowledged(&w, 5, GODWIT_A3_DELIVERED);
    tw_receive(&w, tw_slice(&o4), NAS);
    assert_int_equal(w.acted[4], 0);
    assert_int_equal(tw_event(&w, "refused")->reason, GODWIT_UNKNOWN_KEY);
    a_trigger(4); /* said again under the new one */
    a_trigger(3);
    tw_expect_acknowledged(&w, 3, GODWIT_A3_DELIVERED); /* acted on once, under whichever */
    assert_int_equal(w.acted[3], 1);
    assert_int_equal(w.acted[4], 1);
}

/* All Completes were lost, however often the Command came: what the MTC-IWF still says under the former one shows that
 * it has none. */
static void an_iwf_that_speaks_under_the_former_one_is_told_again(void **state)
{
    (void)state;
    tw_associate(&w, 1);
    a_trigger(2);
    const godwit_a3_message_t m = tw_trigger(3, TIME, 60);
    const tw_octets_t o = tw_protect(&w, &m);
    tw_make_command(&w, 2, TIME);
    for (unsigned i = 0; i < 20; i++) {
        hear_command();
    }
    assert_int_equal(w.sends, 0);
    tw_receive(&w, tw_slice(&o), NAS);
    assert_int_equal(w.sends, 2);
    assert_int_equal(tw_complete(&w, tw_slice(&w.sent[0])), GODWIT_OK);
    assert_int_equal(tw_up(&w, 1).acknowledgement.reference, 3);
    for (unsigned i = 0; i < 20; i++) { /* a recording of it moves nothing */
        tw_receive(&w, tw_slice(&o), NAS);
        hear_command();
    }
    assert_int_equal(w.sends, 0);
}

static void two_commands_of_which_the_iwf_heard_no_complete_leave_the_one_it_uses(void **state)
{
    (void)state;
    tw_associate(&w, 1);
    a_trigger(2);
    const godwit_a3_message_t m = tw_trigger(3, TIME, 60);
    const tw_octets_t o = tw_protect(&w, &m);
    for (uint32_t number = 2; number <= 8; number++) { /* 8 has the key id of 1 */
        tw_make_command(&w, number, TIME);
        hear_command();
        assert_int_equal(godwit_trigger_association(&w.t), number);
    }
    tw_receive(&w, tw_slice(&o), NAS);
    assert_int_equal(w.acted[3], 1);
}

static void a_key_that_puts_the_time_back_takes_the_former_one_with_it(void **state)
{
    (void)state;
    tw_associate(&w, 1);
    const godwit_a3_message_t held = tw_trigger(2, TIME, 60);
    const godwit_a3_message_t poll_answer = {.type = GODWIT_A3_POLL_ANSWER, .poll_answer = {TIME + 500, 0}};
    const tw_octets_t o = tw_protect(&w, &held);
    tw_make_command(&w, 2, TIME); /* made before, kept back by somebody */
    const tw_octets_t command = w.command;
    tw_down(&w, &poll_answer);
    tw_receive(&w, tw_slice(&command), NAS);
    assert_int_equal(godwit_trigger_association(&w.t), 2);
    tw_receive(&w, tw_slice(&o), NAS); /* would be in time now */
    assert_int_equal(w.acted[2], 0);
}

static void a_device_that_lost_its_record_says_so(void **state)
{
    (void)state;
    tw_associate(&w, 1);
    const godwit_a3_message_t m = tw_trigger(2, TIME, 60);
    const tw_octets_t o = tw_protect(&w, &m);
    w.nvm_len = 0;
    tw_reboot(&w);
    for (unsigned i = 0; i < 20; i++) {
        godwit_a3_message_t up;
        tw_receive(&w, tw_slice(&o), NAS);
        assert_int_equal(w.sends, i < 4 ? 1 : 0);
        if (i == 0) {
            assert_int_equal(godwit_a3_unprotected_parse(false, tw_slice(&w.sent[0]), &up), GODWIT_OK);
            assert_int_equal(up.reject.reason, GODWIT_A3_NO_ASSOCIATION);
        }
    }
    assert_int_equal(godwit_trigger_poll(&w.t, drawn, &w.requests), GODWIT_OK); /* over WiFi: asks for one */
    tw_carry_out(&w);
    assert_int_equal(w.sends, 1);
}

/* ---- where K_iwf comes from ---- */

static void a_card_that_keeps_the_root_derives(void **state)
{
    (void)state;
    uint8_t k_iwf[32];
    assert_int_equal(godwit_trigger_root(&w.t, GODWIT_IWF_ROOT_FLAGGED, NULL, w.rand, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    tw_make_command(&w, 1, TIME);
    hear_command();
    assert_int_equal(w.requests.count, 1);
    assert_int_equal(w.requests.item[0].kind, GODWIT_TRIGGER_DERIVE);
    assert_int_equal(w.requests.item[0].association, 1);
    hear_command();
    tw_expect_refused(&w, GODWIT_AGAIN);
    k_iwf_of(w.root, "iwf.example", 1, k_iwf);
    assert_int_equal(godwit_trigger_derived(&w.t, GODWIT_OK, k_iwf, w.now, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    assert_int_equal(tw_complete(&w, tw_slice(&w.sent[0])), GODWIT_OK);
    a_trigger(2);
    tw_expect_acknowledged(&w, 2, GODWIT_A3_DELIVERED);
    assert_int_equal(godwit_trigger_derived(&w.t, GODWIT_OK, k_iwf, w.now, &w.requests), GODWIT_WRONG_STATE);
    tw_make_command(&w, 2, TIME);
    hear_command();
    assert_int_equal(godwit_trigger_derived(&w.t, GODWIT_NOT_FOUND, k_iwf, w.now, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    const godwit_a3_reject_t r = rejected(true); /* the card was switched off meanwhile */
    assert_int_equal(r.reason, GODWIT_A3_NO_ROOT);
    assert_int_equal(r.root, GODWIT_IWF_ROOT_NONE);
}

static void a_card_that_fails_takes_no_newer_root_away(void **state)
{
    (void)state;
    assert_int_equal(godwit_trigger_root(&w.t, GODWIT_IWF_ROOT_FLAGGED, NULL, w.rand, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    tw_make_command(&w, 1, TIME);
    hear_command();
    assert_int_equal(w.requests.item[0].kind, GODWIT_TRIGGER_DERIVE);
    w.rand[0] ^= 1; /* the next AKA run is proved before the card has answered */
    assert_int_equal(godwit_trigger_root(&w.t, GODWIT_IWF_ROOT_FLAGGED, NULL, w.rand, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    assert_int_equal(godwit_trigger_derived(&w.t, GODWIT_NOT_FOUND, w.k_iwf, w.now, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    assert_int_equal(rejected(false).root, GODWIT_IWF_ROOT_FLAGGED);
    tw_make_command(&w, 1, TIME);
    hear_command();
    assert_int_equal(w.requests.item[0].kind, GODWIT_TRIGGER_DERIVE);
}

/* Of the AKA run in w.rand. */
static godwit_status_t ue_key(godwit_iwf_root_t kind, uint32_t number, const uint8_t k_iwf[32])
{
    godwit_iwf_key_t key = {.root = kind, .association = number};
    memcpy(key.key, k_iwf, sizeof key.key);
    assert_int_equal(godwit_iwf_root_name(CRYPTO, w.rand, key.root_name), GODWIT_OK);
    return godwit_trigger_ue_key(&w.t, &key, &w.requests);
}

static void a_key_received_is_taken_for_its_own_number_alone(void **state)
{
    (void)state;
    uint8_t k_iwf[32];
    k_iwf_of(w.root, "iwf.example", 3, k_iwf);
    assert_int_equal(ue_key(GODWIT_IWF_ROOT_FLAGGED, 3, k_iwf), GODWIT_POLICY_FORBIDS);
    w.config.ue_key_received = true;
    w.config.roots = 1u << (GODWIT_IWF_ROOT_FLAGGED - 1);
    w.nvm_len = 0;
    tw_reboot(&w);
    tw_make_command(&w, 3, TIME);
    hear_command();
    assert_int_equal(rejected(false).reason, GODWIT_A3_NO_KEY); /* it derives nothing */
    assert_int_equal(ue_key(GODWIT_IWF_ROOT_FLAGGED, 3, k_iwf), GODWIT_OK);
    tw_carry_out(&w);
    tw_make_command(&w, 4, TIME);
    hear_command();
    assert_int_equal(rejected(false).reason, GODWIT_A3_NO_KEY);
    tw_reboot(&w);
    tw_make_command(&w, 3, TIME);
    hear_command();
    assert_int_equal(tw_complete(&w, tw_slice(&w.sent[0])), GODWIT_OK);
    assert_int_equal(ue_key(GODWIT_IWF_ROOT_FLAGGED, 3, k_iwf), GODWIT_REPLAY);
    a_trigger(2);
    tw_expect_acknowledged(&w, 2, GODWIT_A3_DELIVERED);
}

static void next_run(uint8_t octet)
{
    uint8_t root[32];
    memset(root, octet, sizeof root);
    w.rand[0] = octet;
    assert_int_equal(godwit_trigger_root(&w.t, GODWIT_IWF_ROOT_KASME, root, w.rand, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
}

static godwit_status_t give_key(uint32_t number)
{
    uint8_t k_iwf[32];
    k_iwf_of(w.root, "iwf.example", number, k_iwf);
    const godwit_status_t status = ue_key(GODWIT_IWF_ROOT_KASME, number, k_iwf);
    tw_carry_out(&w);
    command_under(number, GODWIT_IWF_ROOT_KASME, k_iwf, (const uint8_t[]){1}, 1);
    return status;
}

static void whoever_gives_keys_uses_up_the_numbers_of_that_aka_run_alone(void **state)
{
    (void)state;
    w.config.ue_key_received = true;
    w.config.roots = 0;
    w.nvm_len = 0;
    tw_reboot(&w);
    next_run(1);
    assert_int_equal(give_key(5), GODWIT_OK);
    hear_command();
    assert_int_equal(godwit_trigger_association(&w.t), 5);
    assert_int_equal(give_key(UINT32_MAX), GODWIT_OK);
    hear_command();
    assert_int_equal(godwit_trigger_association(&w.t), UINT32_MAX);
    assert_int_equal(give_key(6), GODWIT_REPLAY);
    hear_command();
    assert_int_equal(rejected(false).association, UINT32_MAX);
    next_run(2);
    assert_int_equal(give_key(6), GODWIT_OK);
    tw_reboot(&w);
    hear_command();
    assert_int_equal(godwit_trigger_association(&w.t), 6);
    assert_int_equal(give_key(6), GODWIT_REPLAY);
    w.rand[0] = 1; /* a key of before, which a node held back */
    assert_int_equal(give_key(7), GODWIT_REPLAY);
    w.config.ue_key_received = false; /* a device that derives again has no root yet, only its name */
    w.config.roots = 1u << (GODWIT_IWF_ROOT_KASME - 1);
    tw_reboot(&w);
    w.rand[0] = 2;
    uint8_t k_iwf[32];
    k_iwf_of((const uint8_t[32]){0}, "iwf.example", 8, k_iwf);
    command_under(8, GODWIT_IWF_ROOT_KASME, k_iwf, (const uint8_t[]){1}, 1);
    hear_command();
    assert_int_equal(rejected(false).reason, GODWIT_A3_NO_ROOT);
}

/* Nobody gives a device a key of a flagged root: one that receives trusts the others, unless its owner says otherwise. */
static void who_receives_trusts_the_roots_of_visited_networks(void **state)
{
    (void)state;
    w.config.ue_key_received = true;
    w.config.roots = 0;
    w.nvm_len = 0;
    tw_reboot(&w);
    assert_int_equal(w.t.config.roots, 1u << (GODWIT_IWF_ROOT_KASME - 1) | 1u << (GODWIT_IWF_ROOT_CK_IK - 1));
    assert_int_equal(ue_key(GODWIT_IWF_ROOT_FLAGGED, 3, w.root), GODWIT_OK);
    tw_carry_out(&w);
    tw_make_command(&w, 3, TIME); /* of a flagged root */
    hear_command();
    const godwit_a3_reject_t reject = rejected(false);
    assert_int_equal(reject.reason, GODWIT_A3_NO_ROOT); /* not NO_KEY: giving it again is of no use */
    assert_int_equal(reject.root, GODWIT_IWF_ROOT_NONE);
}

/* ---- the record ---- */

static void a_damaged_record_is_none(void **state)
{
    (void)state;
    tw_associate(&w, 1);
    for (size_t at = 0; at < w.nvm_len; at += 7) {
        w.nvm[at] ^= 0x10;
        assert_int_equal(godwit_trigger_restore(&w.t, godwit_slice(w.nvm, w.nvm_len)), GODWIT_MALFORMED);
        assert_int_equal(godwit_trigger_association(&w.t), 0);
        w.nvm[at] ^= 0x10;
    }
    assert_int_equal(godwit_trigger_restore(&w.t, godwit_slice(w.nvm, w.nvm_len - 1)), GODWIT_MALFORMED);
    w.config.iwf = godwit_slice_of_string("iwf.elsewhere"); /* whose record this is not */
    assert_int_equal(godwit_trigger_init(&w.t, &w.config), GODWIT_OK);
    assert_int_equal(godwit_trigger_restore(&w.t, godwit_slice(w.nvm, w.nvm_len)), GODWIT_MALFORMED);
}

static void a_configuration_that_cannot_be_is_refused(void **state)
{
    (void)state;
    godwit_trigger_config_t bad = w.config;
    bad.suites = 0x0002; /* a MAC of 16 octets */
    assert_int_equal(godwit_trigger_init(&w.t, &bad), GODWIT_INVALID_ARGUMENT);
    bad = w.config;
    bad.iwf = godwit_slice_of_string("IWF.example");
    assert_int_equal(godwit_trigger_init(&w.t, &bad), GODWIT_INVALID_ARGUMENT);
    bad = w.config;
    bad.roots = 0x10;
    assert_int_equal(godwit_trigger_init(&w.t, &bad), GODWIT_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_command_again_gets_the_same_complete_until_something_came, set_up),
        cmocka_unit_test_setup(a_recorded_command_is_answered_a_few_times, set_up),
        cmocka_unit_test_setup(a_root_that_the_device_does_not_have_is_refused_with_the_one_it_has, set_up),
        cmocka_unit_test_setup(a_visited_network_with_kasme_makes_no_association, set_up),
        cmocka_unit_test_setup(another_iwf_with_the_same_root_is_not_the_homes, set_up),
        cmocka_unit_test_setup(whoever_uses_up_the_numbers_of_one_root_has_used_up_no_others, set_up),
        cmocka_unit_test_setup(a_root_that_the_card_takes_back_keeps_its_numbers, set_up),
        cmocka_unit_test_setup(the_number_in_use_with_other_octets_is_an_old_number, set_up),
        cmocka_unit_test_setup(a_stricter_list_of_suites_ends_what_it_does_not_allow, set_up),
        cmocka_unit_test_setup(what_comes_by_udp_uses_up_no_rejects_of_nas, set_up),
        cmocka_unit_test_setup(a_device_without_counts_asks_for_another_association, set_up),
        cmocka_unit_test_setup(a_number_never_comes_twice, set_up),
        cmocka_unit_test_setup(rejects_are_few, set_up),
        cmocka_unit_test_setup(a_list_that_somebody_shortened_is_refused, set_up),
        cmocka_unit_test_setup(a_device_keeps_its_own_floor, set_up),
        cmocka_unit_test_setup(what_is_under_way_under_the_former_one_is_still_taken, set_up),
        cmocka_unit_test_setup(an_iwf_that_speaks_under_the_former_one_is_told_again, set_up),
        cmocka_unit_test_setup(two_commands_of_which_the_iwf_heard_no_complete_leave_the_one_it_uses, set_up),
        cmocka_unit_test_setup(a_key_that_puts_the_time_back_takes_the_former_one_with_it, set_up),
        cmocka_unit_test_setup(a_device_that_lost_its_record_says_so, set_up),
        cmocka_unit_test_setup(a_card_that_keeps_the_root_derives, set_up),
        cmocka_unit_test_setup(a_card_that_fails_takes_no_newer_root_away, set_up),
        cmocka_unit_test_setup(a_key_received_is_taken_for_its_own_number_alone, set_up),
        cmocka_unit_test_setup(whoever_gives_keys_uses_up_the_numbers_of_that_aka_run_alone, set_up),
        cmocka_unit_test_setup(who_receives_trusts_the_roots_of_visited_networks, set_up),
        cmocka_unit_test_setup(a_damaged_record_is_none, set_up),
        cmocka_unit_test_setup(a_configuration_that_cannot_be_is_refused, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
