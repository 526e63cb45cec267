/* SPDX-License-Identifier: Apache-2.0
 *
 * HSS, MTC-IWF and the device library with each other: the real roles and the real device, with their messages carried
 * by hand. K_iwf is made at both ends of one AKA run; what the device does not have it says, and gets an association of
 * what it has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "godwit/eap.h"
#include "godwit/trigger.h"
#include "roles/aaa.h"
#include "roles/hss.h"
#include "roles/usim.h"
#include "tests/support/iwf_world.h"

static const uint8_t drawn[GODWIT_TRIGGER_RANDOM] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};

#define CRYPTO &godwit_crypto_builtin

static godwit_hss_t hss;
static owner_t home;
static godwit_aaa_t aaa;
static godwit_aaa_run_t runs[4];
static godwit_aaa_root_t roots[4];
static owner_t server;
static godwit_usim_t card;
static godwit_trigger_t device;
static godwit_trigger_requests_t asked;
static uint8_t nvm[GODWIT_TRIGGER_RECORD];
static size_t nvm_len;
static unsigned delivered;
static uint32_t reference;

/* ---- the ends ---- */

static void step_hss(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_step(role, in, out);
}

static void set_up_device(void)
{
    const godwit_trigger_config_t config = {.crypto = CRYPTO,
                                            .imsi = owner_imsi(IWF_IMSI),
                                            .iwf = godwit_slice_of_string(IWF_HOST),
                                            .roots = 1u << (GODWIT_IWF_ROOT_FLAGGED - 1) |
                                                     1u << (GODWIT_IWF_ROOT_KASME - 1) |
                                                     1u << (GODWIT_IWF_ROOT_EAP - 1)};
    assert_int_equal(godwit_trigger_init(&device, &config), GODWIT_OK);
}

static void step_aaa(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_aaa_step(role, in, out);
}

static void set_up_aaa(void)
{
    godwit_aaa_config_t config = {.crypto = CRYPTO};
    assert_int_equal(godwit_plmn_from_text("001-01", &config.home), GODWIT_OK);
    strcpy(config.local_host, "aaa.home.test");
    strcpy(config.iwf.host, IWF_HOST);
    strcpy(hss.aaas[0], "aaa.home.test");
    hss.aaa_count = 1;
    owner_init(&server, step_aaa, &aaa);
    server.now_ms = iw.owner.now_ms;
    assert_int_equal(godwit_aaa_init(&aaa, &config, runs, 4, roots, 4), GODWIT_OK);
}

static void add_subscriber(const godwit_aka_key_t *key)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_SUBSCRIBER};
    record.u.subscriber.imsi = owner_imsi(IWF_IMSI);
    record.u.subscriber.key = *key;
    record.u.subscriber.features = GODWIT_FEATURE_E2M_ME | GODWIT_FEATURE_TRIGGER;
    record.u.subscriber.ind_bits = 5;
    record.u.subscriber.seq_he = 100;
    owner_put(&home, &record);
    record = (godwit_record_t){.kind = GODWIT_RECORD_TRIGGER_SUBSCRIPTION};
    record.u.trigger_subscription.imsi = owner_imsi(IWF_IMSI);
    owner_put(&home, &record);
}

static int setup(void **state)
{
    static const uint8_t k[16] = {0x46, 0x5b, 0x5c, 0xe8}, opc[16] = {0xcd, 0x63, 0xcb, 0x71};
    godwit_aka_key_t key;
    const godwit_imsi_t imsi = owner_imsi(IWF_IMSI);
    iwf_world_setup(state);
    memset(&hss, 0, sizeof hss);
    owner_init(&home, step_hss, &hss);
    assert_int_equal(
        godwit_aka_key_init(&key, CRYPTO, GODWIT_ALG_MILENAGE, godwit_slice(k, 16), godwit_slice(opc, 16), true, NULL),
        GODWIT_OK);
    godwit_usim_init(&card, CRYPTO, &imsi, &key);
    hss.crypto = CRYPTO;
    hss.triggers.root = GODWIT_IWF_ROOT_FLAGGED;
    strcpy(hss.triggers.iwfs[0].host, IWF_HOST);
    hss.triggers.iwf_count = 1;
    strcpy(hss.networks[0].realm, "visited.test");
    assert_int_equal(godwit_plmn_from_text("002-02", &hss.networks[0].plmn), GODWIT_OK);
    hss.network_count = 1;
    add_subscriber(&key);
    set_up_aaa();
    set_up_device();
    delivered = 0;
    nvm_len = 0;
    return 0;
}

/* ---- what lies between ---- */

static void name_root(const uint8_t rand[16])
{
    assert_int_equal(godwit_iwf_root_name(CRYPTO, rand, iw.root_name), GODWIT_OK);
}

/* The visited network asks for a vector; it may never reach the device. */
static godwit_auth_info_vector_t vector(void)
{
    godwit_message_t m = {.kind = GODWIT_AUTH_INFO_REQUEST, .from = GODWIT_FUNCTION_MME, .to = GODWIT_FUNCTION_HSS};
    strcpy(m.origin_host, "mme.visited.test");
    strcpy(m.origin_realm, "visited.test");
    m.u.auth_info_request.imsi = owner_imsi(IWF_IMSI);
    m.u.auth_info_request.visited_plmn = hss.networks[0].plmn;
    m.u.auth_info_request.kind = GODWIT_VECTOR_EUTRAN;
    m.u.auth_info_request.vectors = 1;
    owner_give_message(&home, &m);
    return owner_message(&home, GODWIT_AUTH_INFO_ANSWER, 0)->u.auth_info_answer.vector[0];
}

/* The device's side of AKA: its roots. */
static void authenticate(const godwit_auth_info_vector_t *v)
{
    godwit_usim_output_t out;
    uint8_t root[32];
    assert_int_equal(godwit_usim_step(&card, v->rand, v->autn, &out), GODWIT_OK);
    assert_int_equal(out.result.status, GODWIT_OK);
    memcpy(root, out.result.ck, 16);
    memcpy(root + 16, out.result.ik, 16);
    assert_int_equal(godwit_trigger_root(&device, GODWIT_IWF_ROOT_FLAGGED, root, v->rand, &asked), GODWIT_OK);
    name_root(v->rand);
}

/* Questions of the MTC-IWF to HSS and AAA server, and the answers, until there is none. */
static void ask_home(void)
{
    for (int i = 0; i < 4; i++) {
        const godwit_request_t *r = NULL;
        for (size_t n = 0; (r = owner_request(&iw.owner, GODWIT_REQUEST_MESSAGE, n)) != NULL; n++) {
            if (r->message->kind == GODWIT_SUBSCRIBER_INFO_REQUEST || r->message->kind == GODWIT_IWF_KEY_REQUEST) {
                break;
            }
        }
        if (r == NULL) {
            return;
        }
        godwit_message_t question = *r->message;
        const bool of_hss = question.kind == GODWIT_SUBSCRIBER_INFO_REQUEST;
        question.hop = GODWIT_HOP_TLS;
        strcpy(question.origin_host, IWF_HOST);
        owner_give_message(of_hss ? &home : &server, &question);
        godwit_message_t answer =
            *owner_message(of_hss ? &home : &server, of_hss ? GODWIT_SUBSCRIBER_INFO_ANSWER : GODWIT_IWF_KEY_ANSWER, 0);
        answer.hop = GODWIT_HOP_TLS;
        if (!of_hss) {
            strcpy(answer.origin_host, "aaa.home.test");
        }
        iwf_give(&answer);
    }
}

static void carry_out_device(godwit_trigger_requests_t *requests, const godwit_address_t *from);

/* What the MTC-IWF sent to the device, by T5 or as a datagram. */
static void to_device(const godwit_address_t *at)
{
    godwit_iwf_container_t down[4];
    size_t count = 0;
    for (size_t n = 0; n < iw.owner.outbox.count && count < 4; n++) {
        const godwit_request_t *r = &iw.owner.requests[n];
        const bool t5 = r->kind == GODWIT_REQUEST_MESSAGE && r->message->kind == GODWIT_T5_DOWN;
        if (t5 || r->kind == GODWIT_REQUEST_DATAGRAM) {
            const godwit_slice_t octets =
                t5 ? godwit_slice(r->message->u.t5_down.container, r->message->u.t5_down.container_len) : r->octets;
            down[count].len = (uint8_t)octets.len;
            memcpy(down[count++].octets, octets.ptr, octets.len);
        }
    }
    for (size_t i = 0; i < count; i++) {
        const godwit_trigger_now_t now = {.up_ms = iw.owner.now_ms};
        godwit_trigger_requests_t requests;
        assert_int_equal(godwit_trigger_receive(&device, godwit_slice(down[i].octets, down[i].len),
                                                at != NULL ? GODWIT_TRIGGER_VIA_A3 : GODWIT_TRIGGER_VIA_NAS, now,
                                                &requests),
                         GODWIT_OK);
        carry_out_device(&requests, at);
    }
}

static void carry_out_device(godwit_trigger_requests_t *requests, const godwit_address_t *from)
{
    for (size_t i = 0; i < requests->count; i++) {
        const godwit_trigger_request_t *r = &requests->item[i];
        if (r->kind == GODWIT_TRIGGER_STORE) {
            nvm_len = r->octets.len;
            memcpy(nvm, r->octets.ptr, nvm_len);
        } else if (r->kind == GODWIT_TRIGGER_DELIVER) {
            delivered++;
            reference = r->delivery.reference;
        } else if (r->kind == GODWIT_TRIGGER_SEND) {
            godwit_iwf_container_t up = {.len = (uint8_t)r->octets.len};
            memcpy(up.octets, r->octets.ptr, up.len);
            if (from != NULL) {
                iwf_datagram(from, &up);
            } else {
                iwf_from_device(&up);
            }
            ask_home();
            to_device(from);
        }
    }
}

static void attach(void)
{
    const godwit_auth_info_vector_t v = vector();
    authenticate(&v);
    iwf_registered();
    ask_home();
    to_device(NULL);
}

static void trigger_device(void)
{
    owner_give(&iw.owner,
               &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .datagram = godwit_slice_of_string("wake up")});
    to_device(NULL);
}

static void assert_associated(uint32_t number)
{
    assert_int_equal(godwit_trigger_association(&device), number);
    assert_int_equal(iwf_record()->current.number, number);
    assert_int_equal(iwf_record()->next.number, 0);
    assert_int_equal(iwf_record()->current.root, GODWIT_IWF_ROOT_FLAGGED);
}

/* ---- */

static void a_trigger_reaches_the_device_and_its_acknowledgement_comes_back(void **state)
{
    (void)state;
    godwit_trigger_requests_t requests;
    attach();
    assert_associated(1);
    trigger_device();
    assert_int_equal(delivered, 1);
    assert_int_equal(godwit_trigger_done(&device, reference, GODWIT_A3_DELIVERED, &requests), GODWIT_OK);
    carry_out_device(&requests, NULL);
    assert_int_equal(iw.acknowledged, 1);
    assert_int_equal(iw.up.acknowledgement.reference, reference);
}

static void each_aka_run_brings_another_association(void **state)
{
    (void)state;
    for (uint32_t number = 1; number < 12; number++) {
        attach();
        assert_associated(number);
        iw.owner.now_ms += 5000;
    }
    trigger_device();
    assert_int_equal(delivered, 1);
}

static void a_vector_that_never_reached_the_device_costs_one_reject(void **state)
{
    (void)state;
    attach();
    iw.owner.now_ms += 20000;
    const godwit_auth_info_vector_t has = vector();
    authenticate(&has);
    (void)vector(); /* of a node that the device never came to: the HSS takes it for the newest */
    iwf_registered();
    ask_home();
    to_device(NULL); /* Command of the wrong run, Reject under the association in use, Command of the right one */
    assert_memory_equal(iwf_record()->current.root_name, iw.root_name, sizeof iw.root_name);
    assert_associated(3);
}

static void the_same_without_an_association_is_a_hint(void **state)
{
    (void)state;
    const godwit_auth_info_vector_t has = vector();
    authenticate(&has);
    (void)vector();
    iwf_registered();
    ask_home();
    to_device(NULL);
    assert_memory_equal(iwf_record()->current.root_name, iw.root_name, sizeof iw.root_name);
    assert_associated(2);
}

static void an_association_of_3gpp_access_serves_over_wifi(void **state)
{
    (void)state;
    const godwit_address_t wifi = owner_address(7);
    godwit_trigger_requests_t requests;
    attach();
    assert_int_equal(godwit_trigger_poll(&device, drawn, &requests), GODWIT_OK);
    carry_out_device(&requests, &wifi);
    const godwit_imsi_t imsi = owner_imsi(IWF_IMSI);
    const godwit_address_t at = godwit_iwf_a3_address(&iw.keys, &imsi, iw.owner.now_ms);
    assert_true(godwit_address_equal(&at, &wifi));
    iw.begin = (godwit_iwf_way_t){.kind = GODWIT_IWF_WAY_A3, .address = at};
    owner_give(&iw.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .datagram = godwit_slice_of_string("wake")});
    to_device(&wifi);
    assert_int_equal(delivered, 1);
    assert_int_equal(godwit_trigger_done(&device, reference, GODWIT_A3_DELIVERED, &requests), GODWIT_OK);
    carry_out_device(&requests, &wifi);
    assert_int_equal(iw.acknowledged, 1);
}

/* One packet of the device to the AAA server, by an access point, and what comes back. */
static godwit_eap_answer_t by_access_point(const godwit_eap_answer_t *before, godwit_slice_t packet)
{
    godwit_message_t m = {.kind = GODWIT_EAP_PACKET, .from = GODWIT_FUNCTION_DEVICE, .to = GODWIT_FUNCTION_AAA};
    strcpy(m.origin_host, "ap.cafe.test");
    m.u.eap_request.has_state = before != NULL;
    if (before != NULL) {
        memcpy(m.u.eap_request.state, before->state, sizeof before->state);
    }
    m.u.eap_request.packet_len = (uint16_t)packet.len;
    memcpy(m.u.eap_request.packet, packet.ptr, packet.len);
    owner_give_message(&server, &m);
    if (owner_request(&server, GODWIT_REQUEST_MESSAGE, 0)->message->kind == GODWIT_HE_VECTOR_REQUEST) {
        m = *owner_message(&server, GODWIT_HE_VECTOR_REQUEST, 0);
        owner_give_message(&home, &m);
        m = *owner_message(&home, GODWIT_HE_VECTOR_ANSWER, 0);
        owner_give_message(&server, &m);
    }
    return owner_message(&server, GODWIT_EAP_PACKET_ANSWER, 0)->u.eap_answer;
}

/* EAP-AKA' with the home, whose root the trigger function is given. */
static void run_eap(void)
{
    static godwit_eap_peer_t peer;
    static const uint8_t who[] = {1, 1, 0, 5, 1};
    godwit_eap_action_t action;
    godwit_usim_output_t out;
    const uint8_t *rand = NULL;
    const godwit_eap_config_t config = {.crypto = CRYPTO, .imsi = owner_imsi(IWF_IMSI), .home = aaa.config.home};
    assert_int_equal(godwit_eap_peer_init(&peer, &config), GODWIT_OK);
    godwit_eap_peer_receive(&peer, godwit_slice(who, sizeof who), &action);
    godwit_eap_answer_t answer = by_access_point(NULL, action.octets);
    godwit_eap_peer_receive(&peer, godwit_slice(answer.packet, answer.packet_len), &action);
    assert_int_equal(action.kind, GODWIT_EAP_ACTION_AUTHENTICATE);
    assert_int_equal(godwit_usim_step(&card, action.rand, action.autn, &out), GODWIT_OK);
    assert_int_equal(godwit_eap_peer_usim_result(&peer, &out.result, &action), GODWIT_OK);
    answer = by_access_point(&answer, action.octets);
    assert_int_equal(answer.verdict, GODWIT_EAP_ACCEPTED);
    godwit_eap_peer_receive(&peer, godwit_slice(answer.packet, answer.packet_len), &action);
    assert_int_equal(action.kind, GODWIT_EAP_ACTION_SUCCEEDED);
    const uint8_t *root = godwit_eap_peer_root(&peer, &rand);
    assert_int_equal(godwit_trigger_root(&device, GODWIT_IWF_ROOT_EAP, root, rand, &asked), GODWIT_OK);
}

static void eap_world(void)
{
    godwit_iwf_keys_config_t c = {.key_from = GODWIT_IWF_KEY_FROM_HSS};
    strcpy(c.aaa_host, "aaa.home.test");
    strcpy(c.aaa_realm, "home.test");
    iwf_world_config(&c);
}

static void a_device_that_has_wifi_alone_has_an_association_of_its_eap_run(void **state)
{
    (void)state;
    const godwit_address_t wifi = owner_address(7);
    godwit_trigger_requests_t requests;
    eap_world();
    run_eap();
    assert_int_equal(godwit_trigger_poll(&device, drawn, &requests), GODWIT_OK);
    carry_out_device(&requests, &wifi);
    assert_int_equal(iwf_record()->current.root, GODWIT_IWF_ROOT_EAP);
    assert_int_equal(godwit_trigger_association(&device), iwf_record()->current.number);
    iw.begin = (godwit_iwf_way_t){.kind = GODWIT_IWF_WAY_A3, .address = wifi};
    owner_give(&iw.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .datagram = godwit_slice_of_string("wake")});
    to_device(&wifi);
    assert_int_equal(delivered, 1);
    assert_int_equal(godwit_trigger_done(&device, reference, GODWIT_A3_DELIVERED, &requests), GODWIT_OK);
    carry_out_device(&requests, &wifi);
    assert_int_equal(iw.acknowledged, 1);
}

/* What the AAA server says to the MTC-IWF at the end of a run. */
static void tell_iwf_of_eap(void)
{
    godwit_message_t told = *owner_message(&server, GODWIT_T5_UP, 0);
    told.hop = GODWIT_HOP_TLS;
    assert_memory_equal(told.origin_host, "aaa.home.test", sizeof "aaa.home.test");
    iw.owner.now_ms += 5000;
    iwf_give(&told);
    ask_home();
}

static void poll_from(const godwit_address_t *at)
{
    godwit_trigger_requests_t requests;
    assert_int_equal(godwit_trigger_poll(&device, drawn, &requests), GODWIT_OK);
    carry_out_device(&requests, at);
}

static void each_eap_run_brings_another_association(void **state)
{
    (void)state;
    const godwit_address_t wifi = owner_address(7);
    eap_world();
    run_eap();
    tell_iwf_of_eap(); /* nobody knows yet where the device is: it asks by itself */
    assert_null(iwf_record());
    poll_from(&wifi);
    assert_int_equal(iwf_record()->current.number, 1);
    poll_from(&wifi);
    run_eap();
    tell_iwf_of_eap();
    to_device(&wifi);
    assert_int_equal(iwf_record()->current.number, 2);
    assert_int_equal(godwit_trigger_association(&device), 2);
    iw.owner.now_ms += 400000; /* it has not polled for long */
    run_eap();
    tell_iwf_of_eap();
    assert_int_equal(owner_count(&iw.owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_int_equal(iwf_record()->current.number, 2);
    iw.owner.now_ms += 2000;
    poll_from(&wifi);
    assert_int_equal(iwf_record()->current.number, 3);
    assert_int_equal(godwit_trigger_association(&device), 3);
    assert_int_equal(iwf_record()->current.root, GODWIT_IWF_ROOT_EAP);
}

static void an_association_of_3gpp_access_outlasts_an_eap_run(void **state)
{
    (void)state;
    eap_world();
    attach();
    const godwit_association_record_t before = *iwf_record();
    run_eap();
    tell_iwf_of_eap();
    assert_memory_equal(iwf_record(), &before, sizeof before);
    assert_int_equal(owner_count(&iw.owner, GODWIT_REQUEST_MESSAGE), 1); /* the answer to the AAA server */
}

static void a_device_that_lost_its_record_gets_another_association_of_its_next_run(void **state)
{
    (void)state;
    attach();
    set_up_device();
    iw.owner.now_ms += 20000;
    attach();
    assert_associated(2);
    trigger_device();
    assert_int_equal(delivered, 1);
}

static void the_record_of_the_device_carries_the_association_over_a_power_loss(void **state)
{
    (void)state;
    attach();
    trigger_device();
    set_up_device();
    assert_int_equal(godwit_trigger_restore(&device, godwit_slice(nvm, nvm_len)), GODWIT_OK);
    iw.owner.now_ms += 5000;
    iwf_registered(); /* of the same run */
    ask_home();
    assert_associated(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_trigger_reaches_the_device_and_its_acknowledgement_comes_back, setup),
        cmocka_unit_test_setup(each_aka_run_brings_another_association, setup),
        cmocka_unit_test_setup(a_vector_that_never_reached_the_device_costs_one_reject, setup),
        cmocka_unit_test_setup(the_same_without_an_association_is_a_hint, setup),
        cmocka_unit_test_setup(an_association_of_3gpp_access_serves_over_wifi, setup),
        cmocka_unit_test_setup(a_device_that_has_wifi_alone_has_an_association_of_its_eap_run, setup),
        cmocka_unit_test_setup(each_eap_run_brings_another_association, setup),
        cmocka_unit_test_setup(an_association_of_3gpp_access_outlasts_an_eap_run, setup),
        cmocka_unit_test_setup(a_device_that_lost_its_record_gets_another_association_of_its_next_run, setup),
        cmocka_unit_test_setup(the_record_of_the_device_carries_the_association_over_a_power_loss, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
