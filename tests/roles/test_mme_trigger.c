/* SPDX-License-Identifier: Apache-2.0
 *
 * Device triggering at the MME (contribution 002): what goes to the home and its MTC-IWF and when, what comes down in
 * NAS, who gets K_iwf, and that nothing unprotected or unproved leads to any of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/wire/ue_key.h"
#include "tests/support/mme_world.h"

#define CRYPTO (&godwit_crypto_builtin)
#define IWF "iwf.home.example"
#define DOWN "a message down"
#define UP "a message up"

static mme_world_t w;
static mme_device_t d;

static godwit_trigger_node_t iwf_named(const char *host)
{
    godwit_trigger_node_t node = {.function = GODWIT_FUNCTION_MTC_IWF};
    strcpy(node.host, host);
    strcpy(node.realm, "home.example");
    return node;
}

static int setup(void **state)
{
    (void)state;
    mme_world_init(&w);
    w.config.trigger = true;
    w.config.reauthenticate_attaches = 2;
    mme_world_restart(&w);
    d = mme_device("001010123456789", 1);
    return 0;
}

static int setup_known(void **state)
{
    setup(state);
    w.config.iwf = iwf_named(IWF);
    mme_world_restart(&w);
    return 0;
}

/* ---- what the MME says ---- */

static size_t said(godwit_message_kind_t kind)
{
    size_t n = 0;
    for (size_t i = 0; i < w.owner.outbox.count; i++) {
        const godwit_request_t *r = &w.owner.requests[i];
        n += r->kind == GODWIT_REQUEST_MESSAGE && r->message->kind == kind ? 1 : 0;
    }
    return n;
}

static const godwit_t5_up_t *expect_up(godwit_t5_up_kind_t kind)
{
    const godwit_message_t *m = owner_message(&w.owner, GODWIT_T5_UP, 0);
    assert_int_equal(said(GODWIT_T5_UP), 1);
    assert_int_equal(m->to, GODWIT_FUNCTION_MTC_IWF);
    assert_int_equal(m->from, GODWIT_FUNCTION_MME);
    assert_string_equal(m->origin_host, w.config.local_host);
    assert_int_equal(m->u.t5_up.kind, kind);
    assert_string_equal(m->u.t5_up.to.host, IWF);
    assert_true(godwit_imsi_equal(&m->u.t5_up.imsi, &d.imsi));
    assert_true(godwit_plmn_equal(m->u.t5_up.plmn, w.config.plmn));
    return &m->u.t5_up;
}

static void expect_root_name(const uint8_t name[8], uint8_t vector)
{
    uint8_t rand[16], right[8];
    memset(rand, vector, sizeof rand);
    assert_int_equal(godwit_iwf_root_name(CRYPTO, rand, right), GODWIT_OK);
    assert_memory_equal(name, right, sizeof right);
}

static void expect_container(const uint8_t *octets, size_t len, const char *text)
{
    assert_int_equal(len, strlen(text));
    assert_memory_equal(octets, text, len);
}

/* ---- what is said to it ---- */

static godwit_message_t message(godwit_message_kind_t kind, godwit_hop_t hop)
{
    godwit_message_t m;
    memset(&m, 0, sizeof m);
    m.kind = kind;
    m.from = GODWIT_FUNCTION_MTC_IWF;
    m.to = GODWIT_FUNCTION_MME;
    m.transaction = 77;
    m.route = 5;
    m.hop = hop;
    strcpy(m.origin_host, IWF);
    strcpy(m.origin_realm, "home.example");
    return m;
}

static void home_says(uint32_t transaction, godwit_status_t status, const char *host, godwit_hop_t hop)
{
    godwit_message_t m = message(GODWIT_LOCATION_UPDATE_ANSWER, hop);
    m.transaction = transaction;
    m.u.location_update_answer.status = status;
    if (host != NULL) {
        m.u.location_update_answer.iwf = iwf_named(host);
    }
    owner_give_message(&w.owner, &m);
}

static void iwf_answers(uint32_t transaction, const char *text)
{
    godwit_message_t m = message(GODWIT_T5_UP_ANSWER, GODWIT_HOP_TLS);
    m.transaction = transaction;
    m.u.t5_up_answer.container_len = (uint8_t)strlen(text);
    memcpy(m.u.t5_up_answer.container, text, strlen(text));
    owner_give_message(&w.owner, &m);
}

static void give_down(const char *sender, godwit_hop_t hop)
{
    godwit_message_t m = message(GODWIT_T5_DOWN, hop);
    strcpy(m.origin_host, sender);
    m.u.t5_down.imsi = d.imsi;
    m.u.t5_down.kind = GODWIT_T5_CONTAINER;
    m.u.t5_down.container_len = sizeof DOWN - 1;
    memcpy(m.u.t5_down.container, DOWN, sizeof DOWN - 1);
    owner_give_message(&w.owner, &m);
}

static void give_key(godwit_hop_t hop)
{
    godwit_message_t m = message(GODWIT_T5_DOWN, hop);
    m.u.t5_down.imsi = d.imsi;
    m.u.t5_down.kind = GODWIT_T5_UE_KEY;
    m.u.t5_down.ue_key = (godwit_iwf_key_t){.root = GODWIT_IWF_ROOT_KASME, .association = 9};
    memset(m.u.t5_down.ue_key.key, 0x6B, sizeof m.u.t5_down.ue_key.key);
    owner_give_message(&w.owner, &m);
}

static void expect_answer(godwit_status_t status)
{
    const godwit_message_t *m = owner_message(&w.owner, GODWIT_T5_DOWN_ANSWER, 0);
    assert_int_equal(said(GODWIT_T5_DOWN_ANSWER), 1);
    assert_int_equal(m->to, GODWIT_FUNCTION_MTC_IWF);
    assert_int_equal(m->transaction, 77);
    assert_int_equal(m->route, 5);
    assert_int_equal(m->u.outcome, status);
}

static const godwit_iwf_key_answer_t *ask_key(const char *sender, godwit_hop_t hop)
{
    godwit_message_t m = message(GODWIT_IWF_KEY_REQUEST, hop);
    strcpy(m.origin_host, sender);
    strcpy(m.u.iwf_key_request.iwf, sender);
    m.u.iwf_key_request.imsi = d.imsi;
    m.u.iwf_key_request.association = 12;
    owner_give_message(&w.owner, &m);
    const godwit_message_t *answer = owner_message(&w.owner, GODWIT_IWF_KEY_ANSWER, 0);
    assert_int_equal(answer->to, GODWIT_FUNCTION_MTC_IWF);
    return &answer->u.iwf_key_answer;
}

static void expect_no_key(const char *sender, godwit_hop_t hop, godwit_status_t status)
{
    static const uint8_t nothing[32];
    const godwit_iwf_key_answer_t *answer = ask_key(sender, hop);
    assert_int_equal(answer->status, status);
    assert_int_equal(answer->key.root, GODWIT_IWF_ROOT_NONE);
    assert_memory_equal(answer->key.key, nothing, sizeof nothing);
}

static void expect_key_of(uint8_t vector)
{
    uint8_t kasme[32], right[32];
    const godwit_iwf_key_answer_t *answer = ask_key(IWF, GODWIT_HOP_TLS);
    mme_kasme(vector, kasme);
    assert_int_equal(godwit_k_iwf(CRYPTO, kasme, godwit_slice_of_string(IWF), &d.imsi, 12, right), GODWIT_OK);
    assert_int_equal(answer->status, GODWIT_OK);
    assert_int_equal(answer->key.root, GODWIT_IWF_ROOT_KASME);
    assert_int_equal(answer->key.association, 12);
    assert_false(answer->key.is_root);
    assert_memory_equal(answer->key.key, right, sizeof right);
    expect_root_name(answer->key.root_name, vector);
}

/* ---- the device ---- */

static void send_generic(godwit_nas_header_type_t type, uint8_t container_type, const char *text)
{
    uint8_t octets[160];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    const godwit_emm_generic_nas_transport_t m = {.container_type = container_type,
                                                  .container = godwit_slice_of_string(text)};
    assert_int_equal(godwit_emm_uplink_generic_nas_transport_build(&m, &v), GODWIT_OK);
    if (type == GODWIT_NAS_PLAIN) {
        mme_up_plain(&w, &d, godwit_written(&v));
    } else {
        mme_up(&w, &d, type, godwit_written(&v));
    }
}

/* The nth NAS message down is a container of that type. */
static godwit_slice_t expect_generic(size_t nth, uint8_t type)
{
    godwit_emm_generic_nas_transport_t m;
    godwit_nas_wrapper_t wrapper;
    assert_int_equal(godwit_nas_wrapper_parse(mme_nas(&w, &d, nth), &wrapper), GODWIT_OK);
    assert_int_equal(wrapper.type, GODWIT_NAS_CIPHERED);
    assert_int_equal(mme_down(&w, &d, nth), GODWIT_EMM_DOWNLINK_GENERIC_NAS_TRANSPORT);
    assert_int_equal(godwit_emm_downlink_generic_nas_transport_parse(mme_plain(&d), &m), GODWIT_OK);
    assert_int_equal(m.container_type, type);
    return m.container;
}

static void expect_down(size_t nth)
{
    godwit_slice_t container = expect_generic(nth, GODWIT_EMM_GENERIC_TRIGGER);
    expect_container(container.ptr, container.len, DOWN);
}

/* The command of the last input; its message for the trigger function. */
static godwit_slice_t take_command(void)
{
    uint8_t kasme[32];
    godwit_emm_security_mode_command_t m;
    godwit_nas_wrapper_t wrapper;
    assert_int_equal(godwit_nas_wrapper_parse(mme_nas(&w, &d, 0), &wrapper), GODWIT_OK);
    assert_int_equal(wrapper.type, GODWIT_NAS_INTEGRITY_NEW);
    assert_int_equal(godwit_emm_security_mode_command_parse(wrapper.message, &m), GODWIT_OK);
    if (!d.nas.set) {
        mme_kasme(d.vector, kasme);
        assert_int_equal(godwit_nas_security_init(&d.nas, CRYPTO, kasme, m.ksi, m.eea, m.eia, false), GODWIT_OK);
    }
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_SECURITY_MODE_COMMAND);
    assert_int_equal(godwit_emm_security_mode_command_parse(mme_plain(&d), &m), GODWIT_OK);
    return m.trigger;
}

/* Up to the right RES; the transaction of SECURING. */
static uint32_t until_securing(void)
{
    uint8_t octets[32];
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_up_plain(&w, &d, mme_response(&d, octets));
    const godwit_t5_up_t *up = expect_up(GODWIT_T5_SECURING);
    assert_true(up->new_root);
    expect_root_name(up->root_name, d.vector);
    assert_int_equal(up->container_len, 0);
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_NAS), 0);
    return owner_message(&w.owner, GODWIT_T5_UP, 0)->transaction;
}

/* Everything is there: the device is registered and the home has named its MTC-IWF. */
static void attach_named(godwit_hop_t hop)
{
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d);
    mme_step_secured(&w, &d);
    const uint32_t transaction = owner_message(&w.owner, GODWIT_LOCATION_UPDATE, 0)->transaction;
    mme_step_information(&w, &d);
    home_says(transaction, GODWIT_OK, IWF, hop);
    assert_int_equal(said(GODWIT_T5_UP), 0);
    w.owner.outbox.count = 0;
}

static void attach_whole(void)
{
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d);
    mme_step_secured(&w, &d);
    const uint32_t transaction = owner_message(&w.owner, GODWIT_LOCATION_UPDATE, 0)->transaction;
    mme_step_information(&w, &d);
    mme_step_accept(&w, &d);
    mme_step_complete(&w, &d);
    home_says(transaction, GODWIT_OK, IWF, GODWIT_HOP_TLS);
}

static void go_idle(void)
{
    mme_up_frame(&w, &d, GODWIT_RADIO_RELEASE, godwit_slice(NULL, 0));
    assert_true(owner_saw(&w.owner, "idle", GODWIT_OK));
}

static void come_back(void)
{
    uint8_t octets[96];
    mme_up(&w, &d, GODWIT_NAS_PARTLY, mme_service_request(&d, NULL, octets));
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_SERVICE_ACCEPT);
}

/* ---- the home and its MTC-IWF hear of the device ---- */

static void the_home_hears_of_a_device_that_has_proved_itself(void **state)
{
    (void)state;
    mme_step_request(&w, &d);
    assert_int_equal(said(GODWIT_LOCATION_UPDATE), 0);
    mme_step_vector(&w, &d);
    assert_int_equal(said(GODWIT_LOCATION_UPDATE), 0);
    mme_step_response(&w, &d);
    assert_int_equal(said(GODWIT_LOCATION_UPDATE), 0);
    mme_step_secured(&w, &d);
    const godwit_message_t *m = owner_message(&w.owner, GODWIT_LOCATION_UPDATE, 0);
    assert_int_equal(m->to, GODWIT_FUNCTION_HSS);
    assert_true(godwit_imsi_equal(&m->u.location_update.imsi, &d.imsi));
    assert_true(godwit_plmn_equal(m->u.location_update.visited_plmn, w.config.plmn));
    assert_int_equal(m->u.location_update.rat, 4);
    assert_int_equal(said(GODWIT_T5_UP), 0);
}

static void the_iwf_hears_when_it_is_named_and_the_device_is_registered(void **state)
{
    (void)state;
    attach_whole();
    const godwit_t5_up_t *up = expect_up(GODWIT_T5_REGISTERED);
    assert_true(up->new_root);
    expect_root_name(up->root_name, d.vector);
    setup(state);
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d);
    mme_step_secured(&w, &d);
    home_says(owner_message(&w.owner, GODWIT_LOCATION_UPDATE, 0)->transaction + 1, GODWIT_OK, "iwf.other.example",
              GODWIT_HOP_TLS); /* to another question */
    assert_false(owner_saw(&w.owner, "located", GODWIT_OK));
}

static void the_iwf_hears_once_though_the_home_answered_first(void **state)
{
    (void)state;
    uint8_t octets[64];
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d);
    mme_step_secured(&w, &d);
    home_says(owner_message(&w.owner, GODWIT_LOCATION_UPDATE, 0)->transaction, GODWIT_OK, IWF, GODWIT_HOP_TLS);
    assert_true(owner_saw(&w.owner, "located", GODWIT_OK));
    assert_int_equal(said(GODWIT_T5_UP), 0);
    mme_step_information(&w, &d);
    mme_step_accept(&w, &d);
    mme_step_complete(&w, &d);
    (void)expect_up(GODWIT_T5_REGISTERED);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_data("x", octets));
    assert_int_equal(said(GODWIT_T5_UP), 0);
    go_idle();
    come_back();
    assert_int_equal(said(GODWIT_T5_UP), 0);
}

static void a_home_that_writes_a_name_in_other_letters_names_the_same_iwf(void **state)
{
    (void)state;
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d);
    mme_step_secured(&w, &d);
    home_says(owner_message(&w.owner, GODWIT_LOCATION_UPDATE, 0)->transaction, GODWIT_OK, "IWF.Home.Example",
              GODWIT_HOP_TLS);
    mme_step_information(&w, &d);
    mme_step_accept(&w, &d);
    mme_step_complete(&w, &d);
    assert_int_equal(ask_key(IWF, GODWIT_HOP_TLS)->status, GODWIT_OK);
}

static void a_home_that_refuses_or_names_none_ends_it(void **state)
{
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d);
    mme_step_secured(&w, &d);
    home_says(owner_message(&w.owner, GODWIT_LOCATION_UPDATE, 0)->transaction, GODWIT_UNKNOWN_SUBSCRIBER, NULL,
              GODWIT_HOP_TLS);
    assert_true(owner_saw(&w.owner, "location_refused", GODWIT_UNKNOWN_SUBSCRIBER));
    mme_step_information(&w, &d);
    mme_step_accept(&w, &d);
    mme_step_complete(&w, &d);
    assert_int_equal(said(GODWIT_T5_UP), 0);
    send_generic(GODWIT_NAS_CIPHERED, GODWIT_EMM_GENERIC_TRIGGER, UP);
    assert_int_equal(said(GODWIT_T5_UP), 0);
    assert_true(owner_saw(&w.owner, "trigger_dropped", GODWIT_NOT_FOUND));
    give_down(IWF, GODWIT_HOP_TLS);
    expect_answer(GODWIT_NOT_ENTITLED);
    (void)state;
}

static void a_home_that_did_not_hear_is_told_again_in_a_while(void **state)
{
    (void)state;
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d);
    mme_step_secured(&w, &d);
    mme_step_information(&w, &d);
    mme_step_accept(&w, &d);
    mme_step_complete(&w, &d);
    go_idle();
    come_back();
    assert_int_equal(said(GODWIT_LOCATION_UPDATE), 0);
    go_idle();
    w.owner.now_ms += 60000;
    come_back();
    const uint32_t transaction = owner_message(&w.owner, GODWIT_LOCATION_UPDATE, 0)->transaction;
    home_says(transaction, GODWIT_OK, IWF, GODWIT_HOP_TLS);
    (void)expect_up(GODWIT_T5_REGISTERED);
    go_idle();
    w.owner.now_ms += 60000;
    come_back();
    assert_int_equal(said(GODWIT_LOCATION_UPDATE), 0);
}

static void an_attach_without_an_aka_run_is_told_too(void **state)
{
    (void)state;
    uint8_t octets[128], name[8];
    attach_whole();
    memcpy(name, expect_up(GODWIT_T5_REGISTERED)->root_name, sizeof name);
    d.has_guti = true;
    d.pti++;
    d.ksi = d.nas.ksi;
    mme_up(&w, &d, GODWIT_NAS_INTEGRITY, mme_attach_request(&d, octets));
    assert_true(owner_saw(&w.owner, "context_reused", GODWIT_OK));
    assert_int_equal(said(GODWIT_T5_UP), 0); /* no security mode goes on */
    const uint32_t transaction = owner_message(&w.owner, GODWIT_LOCATION_UPDATE, 0)->transaction;
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_ESM_INFORMATION_REQUEST);
    mme_step_information(&w, &d);
    mme_step_accept(&w, &d);
    mme_step_complete(&w, &d);
    const godwit_t5_up_t *up = expect_up(GODWIT_T5_REGISTERED);
    assert_false(up->new_root);
    assert_memory_equal(up->root_name, name, sizeof name);
    home_says(transaction, GODWIT_OK, IWF, GODWIT_HOP_TLS);
    assert_int_equal(said(GODWIT_T5_UP), 0); /* it is the same one */
    expect_key_of(1);
}

/* ---- in the security mode ---- */

static void the_security_mode_brings_a_message_each_way(void **state)
{
    (void)state;
    uint8_t octets[64];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    godwit_emm_security_mode_complete_t complete = {.trigger = godwit_slice_of_string(UP)};
    const uint32_t transaction = until_securing();
    iwf_answers(transaction + 1, "of another");
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_NAS), 0);
    iwf_answers(transaction, DOWN);
    godwit_slice_t trigger = take_command();
    expect_container(trigger.ptr, trigger.len, DOWN);
    mme_nas_timer(&w, &d); /* it was lost: the same again, in another COUNT */
    trigger = take_command();
    expect_container(trigger.ptr, trigger.len, DOWN);
    iwf_answers(transaction, "again");
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_NAS), 0);
    assert_int_equal(godwit_emm_security_mode_complete_build(&complete, &v), GODWIT_OK);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED_NEW, godwit_written(&v));
    const godwit_t5_up_t *up = expect_up(GODWIT_T5_FROM_DEVICE);
    expect_container(up->container, up->container_len, UP);
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_ESM_INFORMATION_REQUEST);
}

static void the_security_mode_waits_so_long_and_no_longer(void **state)
{
    (void)state;
    const uint32_t transaction = until_securing();
    const godwit_request_t *timer = owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0);
    while (timer != NULL && timer->timer != (uint32_t)(mme_row(&w, &d) - w.ues) * 2) {
        timer++;
    }
    assert_int_equal(timer[0].delay_ms > 1000, false);
    mme_nas_timer(&w, &d);
    assert_null(take_command().ptr);
    iwf_answers(transaction, DOWN);
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_NAS), 0);
    mme_step_secured(&w, &d);
    mme_step_information(&w, &d);
    mme_step_accept(&w, &d);
    mme_step_complete(&w, &d);
    assert_true(expect_up(GODWIT_T5_REGISTERED)->new_root); /* it can begin on its own */
}

static void an_iwf_without_a_message_costs_nothing(void **state)
{
    (void)state;
    iwf_answers(until_securing(), "");
    assert_null(take_command().ptr);
    mme_step_secured(&w, &d);
}

static void the_iwf_is_known_from_the_registration_that_is_replaced(void **state)
{
    attach_whole();
    mme_device_t again = mme_device("001010123456789", 2);
    d = again;
    (void)until_securing();
    expect_key_of(2); /* of the run that is about to be used */
    iwf_answers(2000, DOWN);
    mme_nas_timer(&w, &d);
    assert_null(take_command().ptr);
    (void)state;
}

static void a_wrong_res_tells_nobody(void **state)
{
    (void)state;
    uint8_t octets[32];
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    d.vector++;
    mme_up_plain(&w, &d, mme_response(&d, octets));
    assert_int_equal(said(GODWIT_T5_UP), 0);
    assert_int_equal(said(GODWIT_LOCATION_UPDATE), 0);
    expect_no_key(IWF, GODWIT_HOP_TLS, GODWIT_NOT_FOUND);
}

static void who_only_says_an_imsi_disturbs_nothing(void **state)
{
    (void)state;
    attach_whole();
    const mme_device_t registered = d;
    mme_device_t stranger = mme_device("001010123456789", 2);
    mme_step_request(&w, &stranger);
    mme_step_vector(&w, &stranger);
    expect_key_of(1);
    d = registered;
    give_down(IWF, GODWIT_HOP_TLS);
    expect_down(0);
    expect_answer(GODWIT_OK);
}

/* ---- down ---- */

static void a_message_goes_down_at_once(void **state)
{
    (void)state;
    attach_whole();
    give_down(IWF, GODWIT_HOP_TLS);
    expect_down(0);
    expect_answer(GODWIT_OK);
    assert_true(owner_saw(&w.owner, "trigger_delivered", GODWIT_OK));
    give_down(IWF, GODWIT_HOP_OPEN); /* an unprotected hop D: anybody who says that name (case 1 of the contribution) */
    expect_down(0);
    expect_answer(GODWIT_OK);
}

static void an_idle_device_is_paged_first(void **state)
{
    (void)state;
    attach_whole();
    go_idle();
    give_down(IWF, GODWIT_HOP_TLS);
    assert_int_equal(said(GODWIT_T5_DOWN_ANSWER), 0);
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_PAGING), 1);
    give_down(IWF, GODWIT_HOP_TLS);
    expect_answer(GODWIT_OVERLOAD); /* one at a time */
    come_back();
    expect_down(1);
    expect_answer(GODWIT_OK);
    assert_int_equal(said(GODWIT_T5_UP), 0);
    go_idle();
    come_back();
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_NAS), 1); /* not twice */
}

static void a_device_that_cannot_be_paged_is_told_of_when_it_is_heard(void **state)
{
    (void)state;
    attach_whole();
    go_idle();
    give_down(IWF, GODWIT_HOP_TLS);
    for (unsigned i = 0; i < 5; i++) {
        mme_nas_timer(&w, &d);
    }
    assert_true(owner_saw(&w.owner, "paging_failed", GODWIT_PEER_INTERNAL));
    expect_answer(GODWIT_AGAIN);
    come_back();
    (void)expect_up(GODWIT_T5_REGISTERED);
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_NAS), 1); /* the MTC-IWF gives it again */
    give_down(IWF, GODWIT_HOP_TLS);
    expect_down(0);
}

static void what_comes_during_an_attach_waits_for_its_end(void **state)
{
    (void)state;
    attach_named(GODWIT_HOP_TLS);
    give_down(IWF, GODWIT_HOP_TLS);
    assert_int_equal(said(GODWIT_T5_DOWN_ANSWER), 0);
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_NAS), 0);
    godwit_gtpv2_t created;
    memset(&created, 0, sizeof created);
    godwit_mme_ue_t *ue = mme_row(&w, &d);
    assert_int_equal(ue->state, GODWIT_MME_CREATING);
    w.owner.outbox.count = 0;
    for (uint32_t i = 0; i < 4 && ue->state == GODWIT_MME_CREATING; i++) { /* the S-GW does not answer */
        for (size_t p = 0; p < w.mme.path.pending_capacity; p++) {
            owner_give_timer(&w.owner, 0x40000000U + (uint32_t)p);
            if (said(GODWIT_T5_DOWN_ANSWER) > 0) {
                expect_answer(GODWIT_NOT_FOUND);
                return;
            }
        }
    }
    fail();
}

static void who_may_not_or_is_not_there(void **state)
{
    uint8_t octets[32];
    give_down(IWF, GODWIT_HOP_TLS);
    expect_answer(GODWIT_NOT_FOUND);
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    give_down(IWF, GODWIT_HOP_TLS);
    expect_answer(GODWIT_NOT_FOUND); /* somebody says that IMSI */
    setup(state);
    attach_whole();
    give_down("iwf.other.example", GODWIT_HOP_TLS);
    expect_answer(GODWIT_NOT_ENTITLED);
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_NAS), 0);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_detach_request(&d, GODWIT_EMM_DETACH_EPS, octets));
    assert_true(owner_saw(&w.owner, "detached", GODWIT_OK));
    give_down(IWF, GODWIT_HOP_TLS);
    expect_answer(GODWIT_NOT_FOUND);
}

static void a_detach_answers_what_waits(void **state)
{
    (void)state;
    uint8_t octets[32];
    attach_whole();
    go_idle();
    give_down(IWF, GODWIT_HOP_TLS);
    mme_up(&w, &d, GODWIT_NAS_INTEGRITY, mme_detach_request(&d, GODWIT_EMM_DETACH_EPS, octets));
    expect_answer(GODWIT_NOT_FOUND);
}

/* ---- K_iwf ---- */

static void a_key_for_the_device_goes_ciphered_only(void **state)
{
    godwit_iwf_key_t key;
    attach_whole();
    give_key(GODWIT_HOP_OPEN);
    expect_answer(GODWIT_NOT_ENTITLED);
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_NAS), 0);
    give_key(GODWIT_HOP_TLS);
    expect_answer(GODWIT_OK);
    godwit_slice_t octets = expect_generic(0, GODWIT_EMM_GENERIC_UE_KEY);
    assert_int_equal(godwit_ue_key_parse(octets, &key), GODWIT_OK);
    assert_int_equal(key.association, 9);
    assert_int_equal(key.key[31], 0x6B);
    setup(state);
    w.config.eea_count = 1;
    w.config.eea_order[0] = 0;
    mme_world_restart(&w);
    attach_whole();
    give_key(GODWIT_HOP_TLS);
    expect_answer(GODWIT_UNSUPPORTED_SUITE);
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_NAS), 0);
    give_down(IWF, GODWIT_HOP_TLS);
    expect_answer(GODWIT_OK);
}

static void a_key_does_not_stay_in_memory(void **state)
{
    (void)state;
    static const uint8_t secret[16] = {0x6B, 0x6B, 0x6B, 0x6B, 0x6B, 0x6B, 0x6B, 0x6B,
                                       0x6B, 0x6B, 0x6B, 0x6B, 0x6B, 0x6B, 0x6B, 0x6B};
    attach_whole();
    go_idle();
    give_key(GODWIT_HOP_TLS);
    come_back();
    expect_answer(GODWIT_OK);
    const uint8_t *memory = (const uint8_t *)w.ues;
    for (size_t i = 0; i + sizeof secret <= sizeof w.ues; i++) {
        assert_true(memcmp(memory + i, secret, sizeof secret) != 0);
    }
}

static void the_home_s_iwf_gets_k_iwf_over_protected_hops(void **state)
{
    expect_no_key(IWF, GODWIT_HOP_TLS, GODWIT_NOT_FOUND);
    attach_whole();
    expect_key_of(1);
    expect_no_key(IWF, GODWIT_HOP_OPEN, GODWIT_NOT_ENTITLED);
    expect_no_key("iwf.other.example", GODWIT_HOP_TLS, GODWIT_NOT_ENTITLED);
    setup(state);
    attach_named(GODWIT_HOP_OPEN); /* anybody may have named it */
    expect_no_key(IWF, GODWIT_HOP_TLS, GODWIT_NOT_ENTITLED);
    give_key(GODWIT_HOP_TLS);
    expect_answer(GODWIT_NOT_ENTITLED);
}

static void k_iwf_can_be_had_while_the_security_mode_waits(void **state)
{
    (void)state;
    const uint32_t transaction = until_securing();
    expect_key_of(d.vector);
    iwf_answers(transaction, DOWN);
    godwit_slice_t trigger = take_command();
    expect_container(trigger.ptr, trigger.len, DOWN);
    expect_key_of(d.vector);
}

/* ---- up ---- */

static void a_message_of_the_device_goes_to_its_iwf(void **state)
{
    (void)state;
    attach_whole();
    send_generic(GODWIT_NAS_CIPHERED, GODWIT_EMM_GENERIC_TRIGGER, UP);
    const godwit_t5_up_t *up = expect_up(GODWIT_T5_FROM_DEVICE);
    expect_container(up->container, up->container_len, UP);
    go_idle();
    send_generic(GODWIT_NAS_CIPHERED, GODWIT_EMM_GENERIC_TRIGGER, UP);
    (void)expect_up(GODWIT_T5_FROM_DEVICE);
    assert_true(owner_saw(&w.owner, "resumed", GODWIT_OK));
}

static void it_waits_until_the_home_has_named_one(void **state)
{
    (void)state;
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d);
    mme_step_secured(&w, &d);
    const uint32_t transaction = owner_message(&w.owner, GODWIT_LOCATION_UPDATE, 0)->transaction;
    mme_step_information(&w, &d);
    mme_step_accept(&w, &d);
    mme_step_complete(&w, &d);
    send_generic(GODWIT_NAS_CIPHERED, GODWIT_EMM_GENERIC_TRIGGER, UP);
    assert_int_equal(said(GODWIT_T5_UP), 0);
    home_says(transaction, GODWIT_OK, IWF, GODWIT_HOP_TLS);
    assert_int_equal(said(GODWIT_T5_UP), 2);
    const godwit_t5_up_t *first = &owner_message(&w.owner, GODWIT_T5_UP, 0)->u.t5_up;
    assert_int_equal(first->kind, GODWIT_T5_FROM_DEVICE);
    expect_container(first->container, first->container_len, UP);
    assert_int_equal(owner_message(&w.owner, GODWIT_T5_UP, 1)->u.t5_up.kind, GODWIT_T5_REGISTERED);
}

static void nothing_unprotected_reaches_the_iwf(void **state)
{
    (void)state;
    uint8_t octets[GODWIT_NAS_MAX];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    const godwit_emm_generic_nas_transport_t m = {.container_type = GODWIT_EMM_GENERIC_TRIGGER,
                                                  .container = godwit_slice_of_string(UP)};
    uint8_t plain[64];
    godwit_writer_t p = godwit_writer(plain, sizeof plain);
    attach_whole();
    const uint32_t next_up = mme_row(&w, &d)->security.next_up;
    send_generic(GODWIT_NAS_PLAIN, GODWIT_EMM_GENERIC_TRIGGER, UP);
    assert_int_equal(said(GODWIT_T5_UP), 0);
    assert_int_equal(mme_row(&w, &d)->security.next_up, next_up);
    godwit_nas_security_t wrong = d.nas;
    wrong.k_int[0] ^= 1;
    assert_int_equal(godwit_emm_uplink_generic_nas_transport_build(&m, &p), GODWIT_OK);
    assert_int_equal(godwit_nas_security_create(&wrong, CRYPTO, GODWIT_NAS_CIPHERED, godwit_written(&p), &v),
                     GODWIT_OK);
    mme_up_frame(&w, &d, GODWIT_RADIO_NAS, godwit_written(&v));
    assert_int_equal(said(GODWIT_T5_UP), 0);
    assert_int_equal(mme_row(&w, &d)->security.next_up, next_up);
    send_generic(GODWIT_NAS_INTEGRITY, GODWIT_EMM_GENERIC_TRIGGER, UP); /* not ciphered */
    assert_int_equal(said(GODWIT_T5_UP), 0);
    send_generic(GODWIT_NAS_CIPHERED, 1, UP); /* LPP */
    assert_int_equal(said(GODWIT_T5_UP), 0);
    send_generic(GODWIT_NAS_CIPHERED, GODWIT_EMM_GENERIC_UE_KEY, UP);
    assert_int_equal(said(GODWIT_T5_UP), 0);
}

/* ---- a MME without it ---- */

static void a_mme_without_the_feature_does_nothing_of_it(void **state)
{
    (void)state;
    w.config.trigger = true;
    w.config.unaware = true; /* nor does one without Godwit */
    w.config.iwf = iwf_named(IWF);
    mme_world_restart(&w);
    assert_false(w.mme.config.trigger);
    w.config.unaware = w.config.trigger = false;
    mme_world_restart(&w);
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d);
    assert_int_equal(said(GODWIT_T5_UP), 0);
    mme_step_secured(&w, &d);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    mme_step_information(&w, &d);
    mme_step_accept(&w, &d);
    mme_step_complete(&w, &d);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    give_down(IWF, GODWIT_HOP_TLS);
    assert_int_equal(w.owner.outbox.count, 0);
    send_generic(GODWIT_NAS_CIPHERED, GODWIT_EMM_GENERIC_TRIGGER, UP);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_WRONG_STATE));
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_home_hears_of_a_device_that_has_proved_itself, setup),
        cmocka_unit_test_setup(the_iwf_hears_when_it_is_named_and_the_device_is_registered, setup),
        cmocka_unit_test_setup(a_home_that_writes_a_name_in_other_letters_names_the_same_iwf, setup),
        cmocka_unit_test_setup(the_iwf_hears_once_though_the_home_answered_first, setup),
        cmocka_unit_test_setup(a_home_that_refuses_or_names_none_ends_it, setup),
        cmocka_unit_test_setup(a_home_that_did_not_hear_is_told_again_in_a_while, setup),
        cmocka_unit_test_setup(an_attach_without_an_aka_run_is_told_too, setup),
        cmocka_unit_test_setup(the_security_mode_brings_a_message_each_way, setup_known),
        cmocka_unit_test_setup(the_security_mode_waits_so_long_and_no_longer, setup_known),
        cmocka_unit_test_setup(an_iwf_without_a_message_costs_nothing, setup_known),
        cmocka_unit_test_setup(the_iwf_is_known_from_the_registration_that_is_replaced, setup),
        cmocka_unit_test_setup(a_wrong_res_tells_nobody, setup_known),
        cmocka_unit_test_setup(who_only_says_an_imsi_disturbs_nothing, setup),
        cmocka_unit_test_setup(a_message_goes_down_at_once, setup),
        cmocka_unit_test_setup(an_idle_device_is_paged_first, setup),
        cmocka_unit_test_setup(a_device_that_cannot_be_paged_is_told_of_when_it_is_heard, setup),
        cmocka_unit_test_setup(what_comes_during_an_attach_waits_for_its_end, setup),
        cmocka_unit_test_setup(who_may_not_or_is_not_there, setup),
        cmocka_unit_test_setup(a_detach_answers_what_waits, setup),
        cmocka_unit_test_setup(a_key_for_the_device_goes_ciphered_only, setup),
        cmocka_unit_test_setup(a_key_does_not_stay_in_memory, setup),
        cmocka_unit_test_setup(the_home_s_iwf_gets_k_iwf_over_protected_hops, setup),
        cmocka_unit_test_setup(k_iwf_can_be_had_while_the_security_mode_waits, setup_known),
        cmocka_unit_test_setup(a_message_of_the_device_goes_to_its_iwf, setup),
        cmocka_unit_test_setup(it_waits_until_the_home_has_named_one, setup),
        cmocka_unit_test_setup(nothing_unprotected_reaches_the_iwf, setup),
        cmocka_unit_test_setup(a_mme_without_the_feature_does_nothing_of_it, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
