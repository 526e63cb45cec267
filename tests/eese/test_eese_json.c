/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON between EESE, EAS and HSE against tests/vectors/eese-json.txt: what is read, what is written again, which member
 * is named when one is wrong, and that a wrong body leaves what it was read into alone. Paths and refusals, too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "adapters/eese/json.h"
#include "tests/kat/kat.h"

#define FILE_NAME "eese-json.txt"

static godwit_slice_t body(const kat_record_t *record)
{
    return godwit_slice_of_string(kat_text(record, "body"));
}

static void expect_ageing(const kat_record_t *r, const godwit_e2e_ageing_t ageing[GODWIT_SERVICES])
{
    for (int i = 0; i < GODWIT_SERVICES; i++) {
        char life[16], messages[16];
        (void)snprintf(life, sizeof life, "life%d", i + 1);
        (void)snprintf(messages, sizeof messages, "messages%d", i + 1);
        assert_int_equal(ageing[i].life_s, kat_number(r, life));
        assert_int_equal(ageing[i].messages, kat_number(r, messages));
    }
}

static void one_register(const kat_record_t *record, void *context)
{
    godwit_eas_register_t r, again;
    char text[GODWIT_EESE_TEXT], wrong[GODWIT_JSON_PATH];
    (void)context;
    assert_int_equal(godwit_eese_register_read(body(record), &r, wrong), GODWIT_OK);
    assert_string_equal(r.eas, kat_text(record, "eas"));
    assert_int_equal(r.push, kat_number(record, "push"));
    expect_ageing(record, r.ageing);
    assert_int_equal(godwit_eese_register_write(&r, text), GODWIT_OK);
    assert_int_equal(godwit_eese_register_read(godwit_slice_of_string(text), &again, wrong), GODWIT_OK);
    assert_memory_equal(&r, &again, sizeof r);
}

static void one_wrong_register(const kat_record_t *record, void *context)
{
    godwit_eas_register_t r, before;
    char wrong[GODWIT_JSON_PATH];
    (void)context;
    memset(&r, 0x5A, sizeof r);
    before = r;
    assert_int_equal(godwit_eese_register_read(body(record), &r, wrong), GODWIT_MALFORMED);
    assert_string_equal(wrong, kat_text(record, "wrong"));
    assert_memory_equal(&r, &before, sizeof r);
}

static void one_registered(const kat_record_t *record, void *context)
{
    godwit_eas_register_answer_t a, again;
    char text[GODWIT_EESE_TEXT];
    (void)context;
    assert_int_equal(godwit_eese_registered_read(body(record), &a), GODWIT_OK);
    kat_expect(record, "registration", a.registration, sizeof a.registration);
    expect_ageing(record, a.ageing);
    assert_int_equal(godwit_eese_registered_write(&a, text), GODWIT_OK);
    assert_int_equal(godwit_eese_registered_read(godwit_slice_of_string(text), &again), GODWIT_OK);
    assert_memory_equal(&a, &again, sizeof a);
}

static void registrations(void **state)
{
    (void)state;
    assert_true(kat_each(FILE_NAME, "register", one_register, NULL) >= 3);
    assert_true(kat_each(FILE_NAME, "register-wrong", one_wrong_register, NULL) >= 10);
    assert_true(kat_each(FILE_NAME, "registered", one_registered, NULL) >= 1);
}

static void one_pull(const kat_record_t *record, void *context)
{
    godwit_eas_session_request_t r, again;
    char text[GODWIT_EESE_TEXT], wrong[GODWIT_JSON_PATH];
    const bool next = kat_number(record, "next") != 0;
    (void)context;
    assert_int_equal(godwit_eese_pull_read(body(record), next, &r, wrong), GODWIT_OK);
    assert_string_equal(r.imsi.digits, next ? "" : kat_text(record, "imsi"));
    assert_int_equal(r.key_id, kat_number(record, "key_id"));
    assert_int_equal(r.above_age, kat_number(record, "above_age"));
    assert_int_equal(r.lost, kat_number(record, "lost"));
    assert_int_equal(r.session_id, kat_number(record, "session_id"));
    assert_int_equal(godwit_eese_pull_write(&r, text), GODWIT_OK);
    assert_int_equal(godwit_eese_pull_read(godwit_slice_of_string(text), next, &again, wrong), GODWIT_OK);
    assert_memory_equal(&r, &again, sizeof r);
}

static void one_wrong_pull(const kat_record_t *record, void *context)
{
    godwit_eas_session_request_t r;
    char wrong[GODWIT_JSON_PATH];
    (void)context;
    assert_int_equal(godwit_eese_pull_read(body(record), kat_number(record, "next") != 0, &r, wrong), GODWIT_MALFORMED);
    assert_string_equal(wrong, kat_text(record, "wrong"));
}

static void expect_path(const kat_record_t *record, const godwit_e2e_path_t *path)
{
    assert_string_equal(path->imsi.digits, kat_text(record, "imsi"));
    assert_string_equal(path->hse, kat_text(record, "hse"));
    assert_int_equal(path->session_id, kat_number(record, "session_id"));
    assert_int_equal(path->session_octets, kat_number(record, "session_octets"));
    assert_int_equal(path->counter_octets, kat_number(record, "counter_octets"));
}

static void expect_session(const kat_record_t *record, const godwit_eas_session_t *s)
{
    assert_int_equal(s->terms.service, kat_number(record, "service"));
    assert_int_equal(s->terms.suite, kat_number(record, "suite"));
    assert_int_equal(s->terms.key_id, kat_number(record, "key_id"));
    assert_int_equal(s->terms.age, kat_number(record, "age"));
    assert_int_equal(s->terms.life_s, kat_number(record, "life"));
    assert_int_equal(s->terms.messages, kat_number(record, "messages"));
    assert_int_equal(s->overlap_s, kat_number(record, "overlap"));
    assert_int_equal(s->agreed_ms, kat_number(record, "agreed"));
    assert_int_equal(s->now_ms, kat_number(record, "now"));
    assert_int_equal(s->ended, kat_number(record, "ended"));
    kat_expect(record, "k_e2e", s->k_e2e, sizeof s->k_e2e);
}

static void one_session(const kat_record_t *record, void *context)
{
    godwit_eas_session_t s, again;
    char text[GODWIT_EESE_TEXT], wrong[GODWIT_JSON_PATH];
    const bool push = kat_number(record, "push") != 0;
    (void)context;
    assert_int_equal(godwit_eese_session_read(body(record), push, &s, wrong), GODWIT_OK);
    expect_path(record, &s.path);
    expect_session(record, &s);
    assert_int_equal(s.status, GODWIT_OK);
    if (push) {
        kat_expect(record, "registration", s.registration, sizeof s.registration);
        assert_string_equal(s.eas, kat_text(record, "eas"));
    }
    assert_int_equal(godwit_eese_session_write(&s, push, text), GODWIT_OK);
    assert_int_equal(godwit_eese_session_read(godwit_slice_of_string(text), push, &again, wrong), GODWIT_OK);
    assert_memory_equal(&s, &again, sizeof s);
}

static void one_wrong_session(const kat_record_t *record, void *context)
{
    godwit_eas_session_t s, before;
    char wrong[GODWIT_JSON_PATH];
    (void)context;
    memset(&s, 0x5A, sizeof s);
    before = s;
    assert_int_equal(godwit_eese_session_read(body(record), kat_number(record, "push") != 0, &s, wrong),
                     GODWIT_MALFORMED);
    assert_string_equal(wrong, kat_text(record, "wrong"));
    assert_memory_equal(&s, &before, sizeof s);
}

static void sessions(void **state)
{
    (void)state;
    assert_true(kat_each(FILE_NAME, "pull", one_pull, NULL) >= 4);
    assert_true(kat_each(FILE_NAME, "pull-wrong", one_wrong_pull, NULL) >= 10);
    assert_true(kat_each(FILE_NAME, "session", one_session, NULL) >= 3);
    assert_true(kat_each(FILE_NAME, "session-wrong", one_wrong_session, NULL) >= 20);
}

/* An end says nothing but that it has ended: a key beside it is not taken. */
static void an_end_has_no_key(void **state)
{
    static const char text[] =
        "{\"registration\":\"00112233445566778899aabbccddeeff\",\"eas_id\":\"meters.example.org\",\"imsi\":\"001010123456789\","
        "\"hse\":\"hse.example.org\",\"session_id\":1,\"ended\":true,\"k_e2e\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\"}";
    godwit_eas_session_t s;
    char wrong[GODWIT_JSON_PATH];
    (void)state;
    assert_int_equal(godwit_eese_session_read(godwit_slice_of_string(text), true, &s, wrong), GODWIT_MALFORMED);
}

static void one_plane(const kat_record_t *record, void *context)
{
    godwit_user_plane_t u, again;
    char text[GODWIT_EESE_TEXT], wrong[GODWIT_JSON_PATH];
    const bool up = kat_number(record, "up") != 0;
    (void)context;
    assert_int_equal(godwit_eese_plane_read(body(record), up, &u, wrong), GODWIT_OK);
    assert_int_equal(u.session_id, kat_number(record, "session_id"));
    kat_expect(record, "datagram", u.datagram, u.len);
    assert_int_equal(godwit_eese_plane_write(&u, up, text), GODWIT_OK);
    assert_int_equal(godwit_eese_plane_read(godwit_slice_of_string(text), up, &again, wrong), GODWIT_OK);
    assert_memory_equal(&u, &again, sizeof u);
}

static void one_wrong_plane(const kat_record_t *record, void *context)
{
    godwit_user_plane_t u;
    char wrong[GODWIT_JSON_PATH];
    (void)context;
    assert_int_equal(godwit_eese_plane_read(body(record), kat_number(record, "up") != 0, &u, wrong), GODWIT_MALFORMED);
    assert_string_equal(wrong, kat_text(record, "wrong"));
}

static void user_plane(void **state)
{
    godwit_user_plane_t u = {.session_id = 1, .len = GODWIT_USER_PLANE_MAX + 1};
    char text[GODWIT_EESE_TEXT], wrong[GODWIT_JSON_PATH], large[GODWIT_EESE_TEXT];
    (void)state;
    assert_true(kat_each(FILE_NAME, "plane", one_plane, NULL) >= 3);
    assert_true(kat_each(FILE_NAME, "plane-wrong", one_wrong_plane, NULL) >= 8);
    assert_int_equal(godwit_eese_plane_write(&u, false, text), GODWIT_NO_SPACE);
    (void)snprintf(large, sizeof large, "{\"session_id\":1,\"datagram\":\"%.*s\"}", 1648, "");
    assert_int_equal(godwit_eese_plane_read(godwit_slice_of_string(large), false, &u, wrong), GODWIT_MALFORMED);
    assert_string_equal(wrong, "datagram"); /* empty */
}

static void texts_that_are_no_object(void **state)
{
    static const char *const texts[] = {"",
                                        "[]",
                                        "{",
                                        "7",
                                        "\"x\"",
                                        "{}{}",
                                        "{\"eas_id\":\"a.example\",\"eas_id\":\"b.example\"}",
                                        "{\"eas_id\":\"a\\u0000b\"}",
                                        "nonsense",
                                        "{\"eas_id\":\"\xff\"}"};
    godwit_eas_register_t r;
    char wrong[GODWIT_JSON_PATH];
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(godwit_eese_register_read(godwit_slice_of_string(texts[i]), &r, wrong), GODWIT_MALFORMED);
        assert_string_equal(wrong, "");
    }
}

static void paths(void **state)
{
    static const char *const good[] = {
        "/eas/v1/registrations",
        "/eas/v1/registrations/00112233445566778899aabbccddeeff",
        "/eas/v1/registrations/00112233445566778899aabbccddeeff/sessions",
        "/eas/v1/registrations/00112233445566778899aabbccddeeff/sessions/001010123456789/next-age",
        "/push/v1/sessions",
        "/push/v1/user-plane",
        "/hse/v1/downlink"};
    static const char *const bad[] = {
        "",
        "/",
        "/eas/v1/registrations/",
        "/eas/v1/registrations/00112233445566778899AABBCCDDEEFF",
        "/eas/v1/registrations/00112233445566778899aabbccddee",
        "/eas/v1/registrations/00112233445566778899aabbccddeeff0",
        "/eas/v1/registrations/00112233445566778899aabbccddeeff/",
        "/eas/v1/registrations/00112233445566778899aabbccddeeff/sessions/",
        "/eas/v1/registrations/00112233445566778899aabbccddeeff/sessions/00101/next-age",
        "/eas/v1/registrations/00112233445566778899aabbccddeeff/sessions/0010101234567890/next-age",
        "/eas/v1/registrations/00112233445566778899aabbccddeeff/sessions/001010123456789",
        "/eas/v1/registrations/00112233445566778899aabbccddeeff/sessions/001010123456789/next-age/",
        "/eas/v1/registrations/%30%30112233445566778899aabbccddeeff",
        "//push/v1/sessions",
        "/push/v1/sessions/../user-plane"};
    godwit_eese_path_t path;
    char text[GODWIT_EESE_PATH_MAX];
    (void)state;
    for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(godwit_eese_path_read(good[i], &path), GODWIT_OK);
        assert_int_equal(path.resource, i + 1);
        godwit_eese_path_write(&path, text);
        assert_string_equal(text, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(godwit_eese_path_read(bad[i], &path), GODWIT_NOT_FOUND);
    }
}

static void a_refusal_comes_back_as_itself_and_no_other_does(void **state)
{
    static const struct {
        godwit_status_t status;
        unsigned code;
    } refusals[] = {{GODWIT_MALFORMED, 400},       {GODWIT_NOT_ENTITLED, 403}, {GODWIT_POLICY_FORBIDS, 403},
                    {GODWIT_UNKNOWN_SESSION, 404}, {GODWIT_UNKNOWN_KEY, 404},  {GODWIT_UNKNOWN_SUBSCRIBER, 404},
                    {GODWIT_NOT_FOUND, 404},       {GODWIT_REPLAY, 409},       {GODWIT_UNSUPPORTED_SUITE, 409},
                    {GODWIT_KEY_EXPIRED, 410},     {GODWIT_MAC_FAILURE, 422},  {GODWIT_OVERLOAD, 429}};
    char text[GODWIT_EESE_TEXT];
    const char *cause = NULL, *detail = NULL;
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        assert_int_equal(godwit_eese_code(refusals[i].status, &cause, &detail), refusals[i].code);
        godwit_json_problem(refusals[i].code, cause, detail, "x", text, sizeof text);
        assert_int_equal(godwit_eese_refusal(refusals[i].code, godwit_slice_of_string(text)), refusals[i].status);
        assert_int_equal(godwit_eese_refusal(502, godwit_slice_of_string(text)), GODWIT_PEER_INTERNAL);
    }
    assert_int_equal(godwit_eese_code(GODWIT_STORE_FAILED, &cause, &detail), 500);
    assert_int_equal(godwit_eese_refusal(404, godwit_slice_of_string("<html>not found</html>")), GODWIT_PEER_INTERNAL);
    assert_int_equal(godwit_eese_refusal(404, godwit_slice_of_string("{}")), GODWIT_PEER_INTERNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registrations),
        cmocka_unit_test(sessions),
        cmocka_unit_test(an_end_has_no_key),
        cmocka_unit_test(user_plane),
        cmocka_unit_test(texts_that_are_no_object),
        cmocka_unit_test(paths),
        cmocka_unit_test(a_refusal_comes_back_as_itself_and_no_other_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
