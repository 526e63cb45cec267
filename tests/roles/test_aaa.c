/* SPDX-License-Identifier: Apache-2.0
 *
 * EAP-AKA' from the card to the root of K_iwf: device, AAA server, HSS; and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "godwit/eap.h"
#include "roles/aaa.h"
#include "roles/hss.h"
#include "tests/support/owner.h"

#define CRYPTO &godwit_crypto_builtin
#define IMSI "001010000000001"
#define AP "ap.cafe.test"
#define IWF "iwf.home.test"
#define RUNS 8
#define ROOTS 4

static struct {
    godwit_hss_t hss;
    godwit_aaa_t aaa;
    godwit_aaa_run_t runs[RUNS];
    godwit_aaa_root_t roots[ROOTS];
    owner_t udm, server;
    godwit_eap_peer_t device;
    godwit_aka_key_t key;
    godwit_sqn_array_t usim;
    godwit_eap_answer_t last; /* of the AAA server */
    bool answered;
} w;

static const godwit_plmn_t home = {{0x00, 0xf1, 0x10}};

static void hss_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_step(role, in, out);
}

static void aaa_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_aaa_step(role, in, out);
}

static void set_up_home(void)
{
    static const uint8_t k[16] = {0x46, 0x5b, 0x5c, 0xe8, 0xb1}, opc[16] = {0xcd, 0x63};
    assert_int_equal(godwit_aka_key_init(&w.key, CRYPTO, GODWIT_ALG_MILENAGE, godwit_slice(k, 16),
                                         godwit_slice(opc, 16), true, NULL),
                     GODWIT_OK);
    w.hss.crypto = CRYPTO;
    strcpy(w.hss.aaas[0], "aaa.home.test");
    w.hss.aaa_count = 1;
    godwit_record_t record = {.kind = GODWIT_RECORD_SUBSCRIBER};
    record.u.subscriber.imsi = owner_imsi(IMSI);
    record.u.subscriber.key = w.key;
    record.u.subscriber.ind_bits = 5;
    record.u.subscriber.seq_he = 100;
    owner_put(&w.udm, &record);
}

static int setup(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    godwit_aaa_config_t config = {.crypto = CRYPTO, .home = home, .network_count = 1};
    strcpy(config.local_host, "aaa.home.test");
    strcpy(config.local_realm, "home.test");
    strcpy(config.networks[0], AP);
    config.iwf.function = GODWIT_FUNCTION_MTC_IWF;
    strcpy(config.iwf.host, IWF);
    strcpy(config.iwf.realm, "home.test");
    assert_int_equal(godwit_aaa_init(&w.aaa, &config, w.runs, RUNS, w.roots, ROOTS), GODWIT_OK);
    owner_init(&w.udm, hss_step, &w.hss);
    owner_init(&w.server, aaa_step, &w.aaa);
    w.udm.now_ms = w.server.now_ms = 1000000;
    set_up_home();
    godwit_sqn_array_init(&w.usim);
    const godwit_eap_config_t device = {.crypto = CRYPTO, .imsi = owner_imsi(IMSI), .home = home};
    assert_int_equal(godwit_eap_peer_init(&w.device, &device), GODWIT_OK);
    return 0;
}

/* What the AAA server asks is answered by the HSS, until it has said something to the device. */
static void carry(void)
{
    for (unsigned turn = 0; turn < 4 && owner_count(&w.server, GODWIT_REQUEST_MESSAGE) > 0; turn++) {
        const godwit_message_t *m = owner_request(&w.server, GODWIT_REQUEST_MESSAGE, 0)->message;
        if (m->kind == GODWIT_EAP_PACKET_ANSWER) {
            w.last = m->u.eap_answer;
            w.answered = true;
            return;
        }
        const godwit_message_t request = *m;
        owner_give_message(&w.udm, &request);
        const godwit_message_t answer = *owner_message(&w.udm, GODWIT_HE_VECTOR_ANSWER, 0);
        owner_give_message(&w.server, &answer);
    }
}

static void to_server(const char *from, godwit_slice_t packet)
{
    godwit_message_t m = {.kind = GODWIT_EAP_PACKET, .from = GODWIT_FUNCTION_DEVICE, .to = GODWIT_FUNCTION_AAA};
    m.transaction = 7;
    m.route = 9;
    strcpy(m.origin_host, from);
    m.u.eap_request.has_state = w.answered && w.last.verdict == GODWIT_EAP_GOES_ON;
    memcpy(m.u.eap_request.state, w.last.state, sizeof w.last.state);
    m.u.eap_request.packet_len = (uint16_t)packet.len;
    memcpy(m.u.eap_request.packet, packet.ptr, packet.len);
    owner_give_message(&w.server, &m);
    carry();
}

static godwit_slice_t packet_of_server(void)
{
    return godwit_slice(w.last.packet, w.last.packet_len);
}

/* Gives the device a packet, and runs the card where it asks for that. */
static godwit_eap_action_t to_device(godwit_slice_t packet)
{
    godwit_eap_action_t action;
    godwit_usim_result_t result;
    godwit_eap_peer_receive(&w.device, packet, &action);
    if (action.kind == GODWIT_EAP_ACTION_AUTHENTICATE) {
        assert_int_equal(godwit_usim_authenticate(CRYPTO, &w.key, &w.usim, action.rand, action.autn, &result),
                         GODWIT_OK);
        assert_int_equal(godwit_eap_peer_usim_result(&w.device, &result, &action), GODWIT_OK);
    }
    return action;
}

/* Up to the challenge, which stands in w.last. */
static void begin(void)
{
    static const uint8_t ask_identity[] = {1, 1, 0, 5, 1};
    godwit_eap_action_t action = to_device(godwit_slice(ask_identity, sizeof ask_identity));
    assert_int_equal(action.kind, GODWIT_EAP_ACTION_SEND);
    w.answered = false;
    to_server(AP, action.octets);
    assert_int_equal(w.last.verdict, GODWIT_EAP_GOES_ON);
}

static void one_run(void)
{
    begin();
    godwit_eap_action_t action = to_device(packet_of_server());
    assert_int_equal(action.kind, GODWIT_EAP_ACTION_SEND);
    to_server(AP, action.octets);
}

static godwit_message_t key_request(const char *from, godwit_hop_t hop)
{
    godwit_message_t m = {.kind = GODWIT_IWF_KEY_REQUEST, .from = GODWIT_FUNCTION_MTC_IWF, .to = GODWIT_FUNCTION_AAA};
    m.hop = hop;
    strcpy(m.origin_host, from);
    m.u.iwf_key_request.imsi = owner_imsi(IMSI);
    strcpy(m.u.iwf_key_request.iwf, from);
    m.u.iwf_key_request.association = 5;
    return m;
}

static const godwit_iwf_key_answer_t *ask_key(const char *from, godwit_hop_t hop)
{
    const godwit_message_t m = key_request(from, hop);
    owner_give_message(&w.server, &m);
    return &owner_message(&w.server, GODWIT_IWF_KEY_ANSWER, 0)->u.iwf_key_answer;
}

/* ---- tests ---- */

static void both_ends_have_one_msk_and_one_root_and_the_iwf_is_told(void **state)
{
    (void)state;
    const uint8_t *rand;
    uint8_t k_iwf[32];
    one_run();
    assert_int_equal(w.last.verdict, GODWIT_EAP_ACCEPTED);
    const godwit_t5_up_t *up = &owner_message(&w.server, GODWIT_T5_UP, 0)->u.t5_up;
    assert_int_equal(up->kind, GODWIT_T5_REGISTERED);
    assert_string_equal(up->to.host, IWF);
    const godwit_eap_action_t action = to_device(packet_of_server());
    assert_int_equal(action.kind, GODWIT_EAP_ACTION_SUCCEEDED);
    assert_memory_equal(action.msk, w.last.msk, sizeof w.last.msk);
    const uint8_t *root = godwit_eap_peer_root(&w.device, &rand);
    assert_non_null(root);
    const godwit_imsi_t imsi = owner_imsi(IMSI);
    assert_int_equal(godwit_k_iwf(CRYPTO, root, godwit_slice_of_string(IWF), &imsi, 5, k_iwf), GODWIT_OK);
    const godwit_iwf_key_answer_t *answer = ask_key(IWF, GODWIT_HOP_TLS);
    assert_int_equal(answer->status, GODWIT_OK);
    assert_int_equal(answer->key.root, GODWIT_IWF_ROOT_EAP);
    assert_false(answer->key.is_root);
    assert_memory_equal(answer->key.key, k_iwf, sizeof k_iwf);
}

static void a_key_goes_to_the_iwf_alone_and_over_no_open_way(void **state)
{
    (void)state;
    one_run();
    assert_int_equal(ask_key(IWF, GODWIT_HOP_OPEN)->status, GODWIT_NOT_ENTITLED);
    const godwit_iwf_key_answer_t *answer = ask_key("iwf.elsewhere.test", GODWIT_HOP_TLS);
    static const uint8_t zeros[32];
    assert_int_equal(answer->status, GODWIT_NOT_ENTITLED);
    assert_memory_equal(answer->key.key, zeros, sizeof zeros);
    w.server.now_ms += 86400000; /* the root's life */
    assert_int_equal(ask_key(IWF, GODWIT_HOP_TLS)->status, GODWIT_WRONG_STATE);
}

static void a_stale_sqn_is_resynchronised_within_the_run_and_only_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof w.usim.seq_ms / sizeof w.usim.seq_ms[0]; i++) {
        w.usim.seq_ms[i] = 5000; /* the card is ahead */
    }
    begin();
    godwit_eap_action_t action = to_device(packet_of_server());
    assert_int_equal(action.reason, GODWIT_AUTH_RESYNC);
    to_server(AP, action.octets);
    assert_int_equal(w.last.verdict, GODWIT_EAP_GOES_ON);
    action = to_device(packet_of_server());
    assert_int_equal(action.reason, GODWIT_OK);
    to_server(AP, action.octets);
    assert_int_equal(w.last.verdict, GODWIT_EAP_ACCEPTED);
}

static void a_response_with_any_bit_bent_gives_no_key(void **state)
{
    (void)state;
    for (size_t bit = 0; bit < 8 * 40; bit += 7) {
        assert_int_equal(setup(NULL), 0);
        begin();
        const godwit_eap_action_t action = to_device(packet_of_server());
        uint8_t bent[GODWIT_EAP_MAX];
        assert_int_equal(action.octets.len, 40);
        memcpy(bent, action.octets.ptr, 40);
        bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
        to_server(AP, godwit_slice(bent, 40));
        assert_int_equal(w.last.verdict, GODWIT_EAP_REJECTED);
        assert_int_equal(ask_key(IWF, GODWIT_HOP_TLS)->status, GODWIT_WRONG_STATE);
    }
}

static void a_bent_challenge_gives_the_device_no_key_and_no_success_makes_one(void **state)
{
    (void)state;
    const uint8_t *rand;
    for (size_t bit = 0; bit < 8u * 80; bit += 11) {
        assert_int_equal(setup(NULL), 0);
        begin();
        assert_int_equal(w.last.packet_len, 80);
        w.last.packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
        godwit_eap_action_t action = to_device(packet_of_server());
        if (action.kind == GODWIT_EAP_ACTION_SEND) {
            assert_true(action.reason != GODWIT_OK || bit / 8 < 5); /* or it is no challenge any more: NAK */
        }
        for (unsigned identifier = 0; identifier < 256; identifier++) {
            const uint8_t success[] = {3, (uint8_t)identifier, 0, 4};
            action = to_device(godwit_slice(success, sizeof success));
            assert_int_equal(action.kind, GODWIT_EAP_ACTION_NONE);
        }
        assert_null(godwit_eap_peer_root(&w.device, &rand));
    }
}

static void who_is_not_listed_or_names_another_home_is_refused_without_a_vector(void **state)
{
    (void)state;
    static const char stranger[] = "\x02\x01\x00\x38\x01"
                                   "6001020000000001@wlan.mnc002.mcc001.3gppnetwork.org";
    to_server(AP, godwit_slice(stranger, 0x38));
    assert_int_equal(w.last.verdict, GODWIT_EAP_REJECTED);
    static const uint8_t ask_identity[] = {1, 1, 0, 5, 1};
    const godwit_eap_action_t action = to_device(godwit_slice(ask_identity, sizeof ask_identity));
    to_server("ap.evil.test", action.octets);
    assert_int_equal(w.last.verdict, GODWIT_EAP_REJECTED);
    assert_int_equal(w.udm.commits, 0);
    w.hss.aaa_count = 0;
    to_server(AP, action.octets);
    assert_int_equal(w.last.verdict, GODWIT_EAP_REJECTED);
    assert_int_equal(w.udm.commits, 0);
}

static void a_state_serves_the_network_that_it_was_given_to(void **state)
{
    (void)state;
    strcpy(w.aaa.config.networks[1], "ap.other.test");
    w.aaa.config.network_count = 2;
    begin();
    const godwit_eap_action_t action = to_device(packet_of_server());
    const godwit_eap_answer_t before = w.last;
    to_server("ap.other.test", action.octets);
    assert_int_equal(w.last.verdict, GODWIT_EAP_REJECTED);
    w.last = before;
    to_server(AP, action.octets);
    assert_int_equal(w.last.verdict, GODWIT_EAP_ACCEPTED);
}

static void a_flood_of_one_network_leaves_room_for_another_and_time_ends_it(void **state)
{
    (void)state;
    strcpy(w.aaa.config.networks[1], "ap.other.test");
    w.aaa.config.network_count = 2;
    for (unsigned i = 0; i < 3 * RUNS; i++) {
        begin();
    }
    static const uint8_t ask_identity[] = {1, 1, 0, 5, 1};
    const godwit_eap_action_t action = to_device(godwit_slice(ask_identity, sizeof ask_identity));
    w.answered = false;
    to_server("ap.other.test", action.octets);
    assert_int_equal(w.last.verdict, GODWIT_EAP_GOES_ON);
    w.server.now_ms += 3600000;
    for (unsigned i = 0; i < RUNS; i++) {
        owner_give_timer(&w.server, 1);
    }
    for (size_t i = 0; i < RUNS; i++) {
        assert_int_equal(w.runs[i].state, GODWIT_AAA_FREE);
    }
}

static void a_vector_of_another_network_name_is_not_the_devices(void **state)
{
    (void)state;
    strcpy(w.aaa.config.network_name, "HRPD");
    begin();
    const godwit_eap_action_t action = to_device(packet_of_server());
    assert_int_equal(action.reason, GODWIT_POLICY_FORBIDS);
    to_server(AP, action.octets);
    assert_int_equal(w.last.verdict, GODWIT_EAP_REJECTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(both_ends_have_one_msk_and_one_root_and_the_iwf_is_told, setup),
        cmocka_unit_test_setup(a_key_goes_to_the_iwf_alone_and_over_no_open_way, setup),
        cmocka_unit_test_setup(a_stale_sqn_is_resynchronised_within_the_run_and_only_once, setup),
        cmocka_unit_test_setup(a_response_with_any_bit_bent_gives_no_key, setup),
        cmocka_unit_test_setup(a_bent_challenge_gives_the_device_no_key_and_no_success_makes_one, setup),
        cmocka_unit_test_setup(who_is_not_listed_or_names_another_home_is_refused_without_a_vector, setup),
        cmocka_unit_test_setup(a_state_serves_the_network_that_it_was_given_to, setup),
        cmocka_unit_test_setup(a_flood_of_one_network_leaves_room_for_another_and_time_ends_it, setup),
        cmocka_unit_test_setup(a_vector_of_another_network_name_is_not_the_devices, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
