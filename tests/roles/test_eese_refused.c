/* SPDX-License-Identifier: Apache-2.0
 *
 * What an EESE refuses, each with its reason and in words for the log; and that a refusal asks nobody, commits nothing
 * and gives no key.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/eese_world.h"

#define SESSION 0x000123u

static eese_world_t w;

static void set_text(char *to, const char *text)
{
    memcpy(to, text, strlen(text) + 1);
}

/* Registered, a session that lives, a second one that the EAS is not entitled for; the EAS of another enterprise with
 * devices of its own. */
static void prepare(void)
{
    eese_world_init(&w);
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    eese_world_live(&w, SESSION);
    w.owner.now_ms += 60000;
}

typedef void change_t(godwit_message_t *m);
typedef struct row {
    const char *name;
    change_t *change;
    godwit_status_t reason;
} row_t;

/* ---- of an HSE ---- */

static void over_an_open_hop(godwit_message_t *m)
{
    m->hop = GODWIT_HOP_OPEN;
}
static void of_an_hse_that_is_not_configured(godwit_message_t *m)
{
    set_text(m->origin_host, "hse9.hse.example");
    set_text(m->u.e2e_session_request.path.hse, "hse9.hse.example");
}
static void of_another_hses_session(godwit_message_t *m)
{
    set_text(m->u.e2e_session_request.path.hse, "hse2.hse.example");
}
static void of_an_eas_as_if_it_were_an_hse(godwit_message_t *m)
{
    set_text(m->origin_host, EESE_EAS);
}
static void of_no_event(godwit_message_t *m)
{
    m->u.e2e_session_request.event = (godwit_e2e_event_t)0;
}
static void of_an_unknown_event(godwit_message_t *m)
{
    m->u.e2e_session_request.event = (godwit_e2e_event_t)5;
}
static void without_an_imsi(godwit_message_t *m)
{
    memset(&m->u.e2e_session_request.path.imsi, 0, sizeof m->u.e2e_session_request.path.imsi);
}
static void without_a_session(godwit_message_t *m)
{
    m->u.e2e_session_request.path.session_id = 0;
}
static void with_a_framing_that_cannot_be(godwit_message_t *m)
{
    m->u.e2e_session_request.path.session_octets = 5;
}
static void without_a_key_set(godwit_message_t *m)
{
    m->u.e2e_session_request.key_set = 0;
}
static void with_an_eas_without_a_name(godwit_message_t *m)
{
    m->u.e2e_session_request.eas[0] = '\0';
}
static void with_an_eas_of_no_name(godwit_message_t *m)
{
    set_text(m->u.e2e_session_request.eas, "EAS_1.example");
}
static void with_an_eas_that_nobody_entitled(godwit_message_t *m)
{
    set_text(m->u.e2e_session_request.eas, EESE_OTHER);
}
static void of_a_device_that_is_not_the_eass(godwit_message_t *m)
{
    m->u.e2e_session_request.path.imsi = owner_imsi("001010000000002");
}
static void with_an_eas_that_has_not_registered(godwit_message_t *m)
{
    eese_world_entitle(&w, EESE_OTHER, EESE_DEVICE, 7, 0);
    set_text(m->u.e2e_session_request.eas, EESE_OTHER);
}
static void for_a_service_that_is_not_entitled(godwit_message_t *m)
{
    eese_world_entitle(&w, EESE_EAS, EESE_DEVICE, 3, 0); /* all but confidentiality */
    m->u.e2e_session_request.path.session_id = SESSION + 1;
}
static void before_the_entitlement_begins(godwit_message_t *m)
{
    (void)m;
    w.owner.records[0].u.eas_entitlement.not_before_ms = w.owner.now_ms + 1;
}
static void when_the_entitlement_has_ended(godwit_message_t *m)
{
    (void)m;
    w.owner.records[0].u.eas_entitlement.not_after_ms = w.owner.now_ms;
}
static void for_integrity_without_a_reason(godwit_message_t *m)
{
    m->u.e2e_session_request.service = GODWIT_SERVICE_INTEGRITY;
    m->u.e2e_session_request.path.session_id = SESSION + 1;
}
static void for_no_service(godwit_message_t *m)
{
    m->u.e2e_session_request.service = GODWIT_SERVICE_NONE;
    m->u.e2e_session_request.path.session_id = SESSION + 1;
}
static void for_a_service_of_no_number(godwit_message_t *m)
{
    m->u.e2e_session_request.service = (godwit_service_t)4;
}
static void without_a_common_suite(godwit_message_t *m)
{
    m->u.e2e_session_request.suites = 0x1f0; /* 05 to 09 */
    m->u.e2e_session_request.path.session_id = SESSION + 1;
}
static void of_an_owner_that_is_not_configured(godwit_message_t *m)
{
    m->u.e2e_session_request.owner_is_hss = true;
    m->u.e2e_session_request.path.session_id = SESSION + 1;
    w.eese.config.hss[0] = '\0';
}
static void once_more_a_moment_after_a_key(godwit_message_t *m)
{
    m->u.e2e_session_request.event = GODWIT_E2E_AGE;
    m->u.e2e_session_request.age = 1;
    w.owner.now_ms -= 55000;
}
static void of_a_key_that_is_not_the_last(godwit_message_t *m)
{
    m->u.e2e_session_request.event = GODWIT_E2E_TAKEN;
    m->u.e2e_session_request.age = 2;
}
static void of_a_key_in_an_unknown_session(godwit_message_t *m)
{
    m->u.e2e_session_request.event = GODWIT_E2E_TAKEN;
    m->u.e2e_session_request.age = 1;
    m->u.e2e_session_request.path.session_id = SESSION + 1;
}
static void when_the_store_cannot_be_read(godwit_message_t *m)
{
    (void)m;
    w.owner.fail_fetches = true;
}

static const row_t of_hse[] = {
    {"over an open hop", over_an_open_hop, GODWIT_NOT_ENTITLED},
    {"of an HSE that is not configured", of_an_hse_that_is_not_configured, GODWIT_NOT_ENTITLED},
    {"of another HSE's session", of_another_hses_session, GODWIT_NOT_ENTITLED},
    {"of an EAS as if it were an HSE", of_an_eas_as_if_it_were_an_hse, GODWIT_NOT_ENTITLED},
    {"of no event", of_no_event, GODWIT_MALFORMED},
    {"of an unknown event", of_an_unknown_event, GODWIT_MALFORMED},
    {"without an IMSI", without_an_imsi, GODWIT_MALFORMED},
    {"without a session", without_a_session, GODWIT_MALFORMED},
    {"with a framing that cannot be", with_a_framing_that_cannot_be, GODWIT_MALFORMED},
    {"without a key set", without_a_key_set, GODWIT_UNKNOWN_KEY},
    {"with an EAS without a name", with_an_eas_without_a_name, GODWIT_NOT_ENTITLED},
    {"with an EAS of no name", with_an_eas_of_no_name, GODWIT_NOT_ENTITLED},
    {"with an EAS that nobody entitled", with_an_eas_that_nobody_entitled, GODWIT_NOT_ENTITLED},
    {"of a device that is not the EAS's", of_a_device_that_is_not_the_eass, GODWIT_NOT_ENTITLED},
    {"with an EAS that has not registered", with_an_eas_that_has_not_registered, GODWIT_NOT_ENTITLED},
    {"for a service that is not entitled", for_a_service_that_is_not_entitled, GODWIT_NOT_ENTITLED},
    {"before the entitlement begins", before_the_entitlement_begins, GODWIT_NOT_ENTITLED},
    {"when the entitlement has ended", when_the_entitlement_has_ended, GODWIT_NOT_ENTITLED},
    {"for integrity without a reason", for_integrity_without_a_reason, GODWIT_POLICY_FORBIDS},
    {"for no service", for_no_service, GODWIT_MALFORMED},
    {"for a service of no number", for_a_service_of_no_number, GODWIT_MALFORMED},
    {"without a common suite", without_a_common_suite, GODWIT_UNSUPPORTED_SUITE},
    {"of an owner that is not configured", of_an_owner_that_is_not_configured, GODWIT_PEER_INTERNAL},
    {"once more a moment after a key", once_more_a_moment_after_a_key, GODWIT_OVERLOAD},
    {"of a key that is not the last", of_a_key_that_is_not_the_last, GODWIT_UNKNOWN_KEY},
    {"of a key in an unknown session", of_a_key_in_an_unknown_session, GODWIT_UNKNOWN_SESSION},
    {"when the store cannot be read", when_the_store_cannot_be_read, GODWIT_PEER_INTERNAL},
};

/* ---- of an EAS that pulls ---- */

static void pull_by_another_registration(godwit_message_t *m)
{
    m->u.eas_session_request.registration[15] ^= 1;
}
static void pull_by_no_registration(godwit_message_t *m)
{
    memset(m->u.eas_session_request.registration, 0, GODWIT_EAS_REGISTRATION);
}
static void pull_of_another_enterprise_by_this_registration(godwit_message_t *m)
{
    set_text(m->origin_host, EESE_OTHER);
}
static void pull_of_another_enterprises_device(godwit_message_t *m)
{
    const uint8_t *registration = w.registration;
    eese_world_entitle(&w, EESE_OTHER, "001010000000007", 7, 0);
    assert_int_equal(eese_world_register(&w, EESE_OTHER, false), GODWIT_OK);
    memcpy(m->u.eas_session_request.registration, registration, sizeof w.registration);
    set_text(m->origin_host, EESE_OTHER);
}
static void pull_of_a_device_that_is_not_its(godwit_message_t *m)
{
    m->u.eas_session_request.imsi = owner_imsi("001010000000002");
}
static void pull_of_a_device_without_a_session(godwit_message_t *m)
{
    eese_world_entitle(&w, EESE_EAS, "001010000000003", 7, 0);
    m->u.eas_session_request.imsi = owner_imsi("001010000000003");
}
static void pull_of_a_session_that_is_not(godwit_message_t *m)
{
    m->u.eas_session_request.session_id = SESSION + 1;
}
static void pull_without_an_imsi(godwit_message_t *m)
{
    memset(&m->u.eas_session_request.imsi, 0, sizeof m->u.eas_session_request.imsi);
}
static void pull_of_a_key_that_was_given(godwit_message_t *m)
{
    (void)m;
}
static void pull_of_a_service_that_is_no_more(godwit_message_t *m)
{
    (void)m;
    eese_world_entitle(&w, EESE_EAS, EESE_DEVICE, 1, 0);
}
static void pull_of_the_next_a_moment_after_a_key(godwit_message_t *m)
{
    m->u.eas_session_request.lost = true;
    w.owner.now_ms -= 55000;
}
static void pull_without_a_name(godwit_message_t *m)
{
    m->origin_host[0] = '\0';
}
static void pull_with_a_name_that_does_not_end(godwit_message_t *m)
{
    memset(m->origin_host, 'a', sizeof m->origin_host);
}

static const row_t of_pull[] = {
    {"over an open hop", over_an_open_hop, GODWIT_NOT_ENTITLED},
    {"by another registration", pull_by_another_registration, GODWIT_NOT_ENTITLED},
    {"by no registration", pull_by_no_registration, GODWIT_NOT_ENTITLED},
    {"another enterprise, by this registration", pull_of_another_enterprise_by_this_registration, GODWIT_NOT_ENTITLED},
    {"another enterprise, by its own registration", pull_of_another_enterprises_device, GODWIT_NOT_ENTITLED},
    {"of a device that is not its", pull_of_a_device_that_is_not_its, GODWIT_NOT_ENTITLED},
    {"of a device without a session", pull_of_a_device_without_a_session, GODWIT_UNKNOWN_SESSION},
    {"of a session that is not", pull_of_a_session_that_is_not, GODWIT_UNKNOWN_SESSION},
    {"without an IMSI", pull_without_an_imsi, GODWIT_MALFORMED},
    {"of a key that was given", pull_of_a_key_that_was_given, GODWIT_UNKNOWN_KEY},
    {"of a service that is no more", pull_of_a_service_that_is_no_more, GODWIT_NOT_ENTITLED},
    {"of the next, a moment after a key", pull_of_the_next_a_moment_after_a_key, GODWIT_OVERLOAD},
    {"without a name", pull_without_a_name, GODWIT_NOT_ENTITLED},
    {"with a name that does not end", pull_with_a_name_that_does_not_end, GODWIT_NOT_ENTITLED},
    {"when the store cannot be read", when_the_store_cannot_be_read, GODWIT_PEER_INTERNAL},
};

/* ---- of an EAS that registers ---- */

static void register_in_anothers_name(godwit_message_t *m)
{
    set_text(m->u.eas_register.eas, EESE_OTHER);
}
static void register_without_an_entitlement(godwit_message_t *m)
{
    set_text(m->origin_host, EESE_OTHER);
    set_text(m->u.eas_register.eas, EESE_OTHER);
    m->u.eas_register.push = false;
}
static void register_for_push_without_an_address(godwit_message_t *m)
{
    eese_world_entitle(&w, EESE_OTHER, EESE_DEVICE, 7, 0);
    register_without_an_entitlement(m);
    m->u.eas_register.push = true;
}
static void register_a_change_of_another(godwit_message_t *m)
{
    memset(m->u.eas_register.registration, 5, GODWIT_EAS_REGISTRATION);
}
static void register_the_removal_of_none(godwit_message_t *m)
{
    set_text(m->origin_host, EESE_OTHER);
    set_text(m->u.eas_register.eas, EESE_OTHER);
    m->u.eas_register.remove = true;
}
static void register_the_removal_of_another(godwit_message_t *m)
{
    memset(m->u.eas_register.registration, 5, GODWIT_EAS_REGISTRATION);
    m->u.eas_register.remove = true;
}

static const row_t of_register[] = {
    {"over an open hop", over_an_open_hop, GODWIT_NOT_ENTITLED},
    {"in another's name", register_in_anothers_name, GODWIT_NOT_ENTITLED},
    {"without an entitlement", register_without_an_entitlement, GODWIT_NOT_ENTITLED},
    {"for push without an address", register_for_push_without_an_address, GODWIT_POLICY_FORBIDS},
    {"a change of another's", register_a_change_of_another, GODWIT_UNKNOWN_SESSION},
    {"the removal of none", register_the_removal_of_none, GODWIT_UNKNOWN_SESSION},
    {"the removal of another's", register_the_removal_of_another, GODWIT_UNKNOWN_SESSION},
    {"when the store cannot be read", when_the_store_cannot_be_read, GODWIT_PEER_INTERNAL},
};

/* ---- all of them ---- */

static const char *words_of_the_refusal(void)
{
    for (size_t i = 0; i < w.owner.outbox.count; i++) {
        const godwit_request_t *r = &w.owner.requests[i];
        if (r->kind == GODWIT_REQUEST_EVENT && strcmp(r->event.name, "refused") == 0) {
            return r->event.detail;
        }
    }
    return NULL;
}

static void assert_refused(const row_t *row, const godwit_message_t *m, godwit_message_kind_t answer,
                           godwit_status_t got)
{
    static const uint8_t none[32];
    if (got != row->reason) {
        fail_msg("%s: %s instead of %s", row->name, godwit_status_name(got), godwit_status_name(row->reason));
    }
    const godwit_message_t *a = owner_message(&w.owner, answer, 0);
    assert_int_equal(a->transaction, m->transaction);
    assert_int_equal(a->route, m->route);
    if (answer == GODWIT_EAS_SESSION_PULL_ANSWER) {
        assert_memory_equal(a->u.eas_session.k_e2e, none, sizeof none);
        assert_int_equal(a->u.eas_session.path.session_id, 0); /* nor a word of the session */
    }
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 1);
    assert_non_null(words_of_the_refusal());
}

static void every_refusal_of_an_hse_has_its_reason_and_moves_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof of_hse / sizeof of_hse[0]; i++) {
        prepare();
        godwit_message_t m = eese_world_request(&w, GODWIT_E2E_OPEN, SESSION, 1);
        of_hse[i].change(&m);
        owner_give_message(&w.owner, &m);
        assert_refused(&of_hse[i], &m, GODWIT_E2E_SESSION_ANSWER,
                       owner_message(&w.owner, GODWIT_E2E_SESSION_ANSWER, 0)->u.e2e_session_answer.status);
    }
}

static void every_refusal_of_a_pull_has_its_reason_and_gives_no_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof of_pull / sizeof of_pull[0]; i++) {
        prepare();
        godwit_message_t m = eese_world_pull(&w, EESE_EAS);
        of_pull[i].change(&m);
        owner_give_message(&w.owner, &m);
        assert_refused(&of_pull[i], &m, GODWIT_EAS_SESSION_PULL_ANSWER,
                       owner_message(&w.owner, GODWIT_EAS_SESSION_PULL_ANSWER, 0)->u.eas_session.status);
    }
}

static void every_refusal_of_a_registration_has_its_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof of_register / sizeof of_register[0]; i++) {
        prepare();
        godwit_message_t m = eese_world_registration(&w, EESE_EAS, true);
        of_register[i].change(&m);
        owner_give_message(&w.owner, &m);
        assert_refused(&of_register[i], &m, GODWIT_EAS_REGISTER_ANSWER,
                       owner_message(&w.owner, GODWIT_EAS_REGISTER_ANSWER, 0)->u.eas_register_answer.status);
    }
}

/* ---- limits ---- */

static void an_eas_that_fails_too_often_waits_and_others_do_not(void **state)
{
    (void)state;
    prepare();
    godwit_status_t last = GODWIT_OK;
    for (unsigned i = 0; i < 601; i++) {
        const godwit_message_t m = eese_world_pull(&w, EESE_OTHER);
        owner_give_message(&w.owner, &m);
        last = owner_message(&w.owner, GODWIT_EAS_SESSION_PULL_ANSWER, 0)->u.eas_session.status;
        assert_int_equal(last, i < 600 ? GODWIT_NOT_ENTITLED : GODWIT_OVERLOAD);
    }
    godwit_message_t m = eese_world_pull(&w, EESE_EAS);
    owner_give_message(&w.owner, &m);
    assert_int_equal(owner_message(&w.owner, GODWIT_EAS_SESSION_PULL_ANSWER, 0)->u.eas_session.status,
                     GODWIT_UNKNOWN_KEY);
    w.owner.now_ms += 60000;
    m = eese_world_pull(&w, EESE_OTHER);
    owner_give_message(&w.owner, &m);
    assert_int_equal(owner_message(&w.owner, GODWIT_EAS_SESSION_PULL_ANSWER, 0)->u.eas_session.status,
                     GODWIT_NOT_ENTITLED);
}

static void a_configuration_that_cannot_be_is_refused(void **state)
{
    (void)state;
    static godwit_eese_t eese;
    eese_world_init(&w);
    godwit_eese_config_t c = w.config;
    assert_int_equal(godwit_eese_init(&eese, &c), GODWIT_OK);
    c.hses = 0;
    assert_int_equal(godwit_eese_init(&eese, &c), GODWIT_INVALID_ARGUMENT);
    c = w.config;
    c.emks[0] = c.hss[0] = '\0';
    assert_int_equal(godwit_eese_init(&eese, &c), GODWIT_INVALID_ARGUMENT);
    c = w.config;
    c.life_min_s = c.life_max_s + 1;
    assert_int_equal(godwit_eese_init(&eese, &c), GODWIT_INVALID_ARGUMENT);
    c = w.config;
    c.messages_min = 100;
    c.messages_max = 99;
    assert_int_equal(godwit_eese_init(&eese, &c), GODWIT_INVALID_ARGUMENT);
    c = w.config;
    c.ahead_percent = 51;
    assert_int_equal(godwit_eese_init(&eese, &c), GODWIT_INVALID_ARGUMENT);
    c = w.config;
    c.suites[GODWIT_SERVICE_CONFIDENTIALITY - 1][0] = 6; /* which does not cipher */
    assert_int_equal(godwit_eese_init(&eese, &c), GODWIT_INVALID_ARGUMENT);
    c = w.config;
    c.crypto = NULL;
    assert_int_equal(godwit_eese_init(&eese, &c), GODWIT_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_refusal_of_an_hse_has_its_reason_and_moves_nothing),
        cmocka_unit_test(every_refusal_of_a_pull_has_its_reason_and_gives_no_key),
        cmocka_unit_test(every_refusal_of_a_registration_has_its_reason),
        cmocka_unit_test(an_eas_that_fails_too_often_waits_and_others_do_not),
        cmocka_unit_test(a_configuration_that_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
