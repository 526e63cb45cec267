/* SPDX-License-Identifier: Apache-2.0
 *
 * The owner's side of the contract in roles/role.h, with roles that are scripts: needs are answered, nothing that
 * stands after a commit leaves before it is durable, and a role hears of its failed commits before anything else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemons/godwitd/owner.h"

/* ---- a store that can be made to fail, and that writes down what is asked of it ---------------------------------- */

static char journal[4096];

static void write_down(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void write_down(const char *format, ...)
{
    size_t len = strlen(journal);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(journal + len, sizeof journal - len, format, arguments);
    va_end(arguments);
}

static struct {
    bool begin_fails, commit_fails;
    uint32_t put_fails; /* session with this id */
    uint32_t has;       /* session that a fetch finds */
} disk;

static godwit_status_t fake_begin(godwit_store_t *store)
{
    (void)store;
    write_down("begin ");
    return disk.begin_fails ? GODWIT_STORE_FAILED : GODWIT_OK;
}

static godwit_status_t fake_commit(godwit_store_t *store)
{
    (void)store;
    write_down(disk.commit_fails ? "lost " : "durable ");
    return disk.commit_fails ? GODWIT_STORE_FAILED : GODWIT_OK;
}

static godwit_status_t fake_put(godwit_store_t *store, const godwit_record_t *record)
{
    (void)store;
    write_down("put%u ", record->u.session.session_id);
    return record->u.session.session_id == disk.put_fails ? GODWIT_STORE_FAILED : GODWIT_OK;
}

static godwit_status_t fake_remove(godwit_store_t *store, const godwit_record_key_t *key)
{
    (void)store;
    write_down("remove%u ", key->session_id);
    return GODWIT_NOT_FOUND;
}

static godwit_status_t fake_fetch(godwit_store_t *store, const godwit_record_key_t *key, godwit_record_t *record)
{
    (void)store;
    write_down("fetch%u ", key->session_id);
    memset(record, 0, sizeof *record);
    record->u.session.session_id = key->session_id;
    return key->session_id == disk.has ? GODWIT_OK : GODWIT_NOT_FOUND;
}

static const godwit_store_backend_t fake_backend = {
    .begin = fake_begin, .commit = fake_commit, .put = fake_put, .remove = fake_remove, .fetch = fake_fetch};
static godwit_store_t fake_store = {.backend = &fake_backend, .why = "the disk of the test failed"};

/* ---- exits ------------------------------------------------------------------------------------------------------- */

static void out_datagram(void *context, godwit_function_t from, const godwit_request_t *request)
{
    (void)context;
    (void)from;
    write_down("send:%.*s ", (int)request->octets.len, (const char *)request->octets.ptr);
}

static void out_message(void *context, godwit_function_t from, const godwit_message_t *message)
{
    (void)context;
    write_down("message%u:%u ", (unsigned)from, message->transaction);
    if (message->kind == GODWIT_KEY_ANSWER && message->to == GODWIT_FUNCTION_EMKS && message->route == 77 &&
        message->u.key_answer.status == GODWIT_PEER_INTERNAL) {
        write_down("internal ");
    }
}

static void out_deliver(void *context, const godwit_reading_t *reading)
{
    (void)context;
    write_down("deliver:%.*s ", (int)reading->payload.len, (const char *)reading->payload.ptr);
}

/* Room for two readings. */
static bool out_full(void *context, uint32_t readings, uint64_t octets)
{
    (void)context;
    return readings >= 2 || octets >= 100;
}

static uint64_t clock_ms;

static uint64_t read_clock(void)
{
    return clock_ms;
}

/* ---- a role that does what its input's text says: a word for each request ---------------------------------------- */

static void ask_commit(godwit_outbox_t *out, uint32_t id, bool deleting)
{
    godwit_record_t *record = godwit_outbox_alloc(out, sizeof *record);
    record->kind = GODWIT_RECORD_SESSION;
    record->u.session.session_id = id;
    godwit_request_t *request = godwit_outbox_add(out, GODWIT_REQUEST_STORE_COMMIT);
    request->record = record;
    request->deleting = deleting;
}

static void ask_octets(godwit_outbox_t *out, godwit_request_kind_t kind, const char *text)
{
    size_t len = strlen(text);
    uint8_t *copy = godwit_outbox_alloc(out, len);
    memcpy(copy, text, len);
    godwit_request_t *request = godwit_outbox_add(out, kind);
    request->octets = godwit_slice(copy, len);
    request->reading.payload = request->octets;
}

static void do_word(godwit_outbox_t *out, const char *word)
{
    uint32_t number = (uint32_t)strtoul(word + 1, NULL, 10);
    switch (word[0]) {
    case 'c':
    case 'x':
        ask_commit(out, number, word[0] == 'x');
        break;
    case 's':
        ask_octets(out, GODWIT_REQUEST_DATAGRAM, word + 1);
        break;
    case 'd':
        ask_octets(out, GODWIT_REQUEST_DELIVER, word + 1);
        break;
    case 't':
        godwit_outbox_add(out, GODWIT_REQUEST_TIMER)->timer = number;
        out->requests[out->count - 1].delay_ms = 100;
        break;
    case 'e': {
        godwit_request_t *event = godwit_outbox_add(out, GODWIT_REQUEST_EVENT);
        event->event.name = "told";
        event->event.reason = (godwit_status_t)number;
        event->event.detail = "because";
        break;
    }
    default:
        for (unsigned i = 0; i < 2 * GODWIT_OUTBOX_REQUESTS; i++) { /* 'o': more than there is room for */
            godwit_outbox_add(out, GODWIT_REQUEST_EVENT)->event.name = "flood";
        }
    }
}

/* "?5 ..." needs session 5 first, "!8 ..." eight random octets. */
static bool needs(const godwit_input_t *in, godwit_outbox_t *out, char *text)
{
    uint32_t number = (uint32_t)strtoul(text + 1, NULL, 10);
    if (text[0] == '?' && in->fetch_status == GODWIT_AGAIN) {
        godwit_outbox_add(out, GODWIT_REQUEST_STORE_FETCH)->record_key =
            (godwit_record_key_t){.kind = GODWIT_RECORD_SESSION, .session_id = number};
        return true;
    }
    if (text[0] == '?') {
        write_down(in->fetched != NULL ? "found%u " : "absent%u ", number);
    }
    if (text[0] == '!' && in->random.len != number) {
        godwit_outbox_add(out, GODWIT_REQUEST_RANDOM)->count = number;
        return true;
    }
    return text[0] == '~' ? (godwit_outbox_add(out, GODWIT_REQUEST_RANDOM)->count = 4, true) : false;
}

static void script(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    (void)role;
    char text[512];
    char *rest = NULL;
    if (in->kind == GODWIT_INPUT_COMMIT_FAILED) {
        write_down("failed%u ", in->record_key.session_id);
        return;
    }
    if (in->kind == GODWIT_INPUT_TIMER) {
        write_down("timer%u ", in->timer);
        return;
    }
    if (in->kind == GODWIT_INPUT_MESSAGE) { /* the script of a message stands where the endpoint is */
        (void)snprintf(text, sizeof text, "%s", in->message->u.key_request.endpoint);
    } else {
        (void)snprintf(text, sizeof text, "%.*s", (int)in->datagram.len, (const char *)in->datagram.ptr);
    }
    if (needs(in, out, text)) {
        return;
    }
    for (char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        if (strchr("?!", word[0]) == NULL) {
            do_word(out, word);
        }
    }
}

/* ---- the tests --------------------------------------------------------------------------------------------------- */

static godwit_observer_t observer;

static int setup(void **state)
{
    const owner_config_t config = {
        .store = &fake_store,
        .observer = &observer,
        .timers = 8,
        .exits = {.datagram = out_datagram, .message = out_message, .deliver = out_deliver, .full = out_full},
        .now_ms = read_clock,
        .monotonic_ms = read_clock,
    };
    memset(&disk, 0, sizeof disk);
    memset(&observer, 0, sizeof observer);
    observer.fd = -1;
    journal[0] = '\0';
    clock_ms = 1000;
    *state = owner_new(&config);
    owner_set_role(*state, GODWIT_FUNCTION_HSE, script, NULL);
    return 0;
}

static int teardown(void **state)
{
    owner_free(*state);
    return 0;
}

static void feed(owner_t *o, const char *text)
{
    godwit_input_t input = {.kind = GODWIT_INPUT_DATAGRAM, .datagram = godwit_slice_of_string(text)};
    owner_feed(o, GODWIT_FUNCTION_HSE, &input);
}

static void assert_journal(const char *expected)
{
    if (strcmp(journal, expected) != 0) {
        fail_msg("'%s', not '%s'", journal, expected);
    }
}

static void nothing_leaves_before_the_commit_is_durable(void **state)
{
    feed(*state, "sA c1 sB dC");
    assert_journal("begin put1 ");
    owner_finish(*state);
    assert_journal("begin put1 durable send:A send:B deliver:C ");
}

static bool is_full_for(owner_t *o, const char *text)
{
    godwit_input_t input = {.kind = GODWIT_INPUT_DATAGRAM, .datagram = godwit_slice_of_string(text)};
    owner_feed(o, GODWIT_FUNCTION_HSE, &input);
    return input.deliveries_full;
}

/* Also of those of the same batch, which no queue has seen yet. */
static void a_role_is_told_when_there_is_no_room_for_another_reading(void **state)
{
    assert_false(is_full_for(*state, "c1 dA"));
    assert_false(is_full_for(*state, "c1 dB"));
    assert_true(is_full_for(*state, "sC"));
    owner_finish(*state);
    assert_false(is_full_for(*state, "sD"));
    owner_finish(*state);
}

static void a_batch_shares_one_transaction(void **state)
{
    feed(*state, "c1 sA");
    feed(*state, "sB");
    feed(*state, "c2 x3 sC");
    owner_finish(*state);
    assert_journal("begin put1 put2 remove3 durable send:A send:B send:C ");
}

static void without_commits_the_disk_is_left_alone(void **state)
{
    feed(*state, "sA");
    owner_finish(*state);
    assert_journal("send:A ");
}

static void a_lost_transaction_lets_out_only_what_stood_before_its_first_commit(void **state)
{
    disk.commit_fails = true;
    feed(*state, "sA");
    feed(*state, "sB c1 sC");
    feed(*state, "sD");
    feed(*state, "sE c2 dF");
    owner_finish(*state);
    assert_journal("begin put1 put2 lost send:A send:B failed1 failed2 ");
}

static void a_refused_record_drops_the_rest_of_its_own_list_and_is_told_at_once(void **state)
{
    disk.put_fails = 2;
    feed(*state, "sA c1 sB c2 sC c3");
    assert_journal("begin put1 put2 failed2 ");
    feed(*state, "sD");
    owner_finish(*state);
    assert_journal("begin put1 put2 failed2 durable send:A send:B send:D ");
}

static void a_store_that_cannot_begin_fails_fetches_and_commits(void **state)
{
    disk.begin_fails = true;
    disk.has = 5;
    feed(*state, "?5 sA");
    feed(*state, "c1 sB");
    owner_finish(*state);
    assert_journal("begin absent5 begin failed1 send:A ");
}

static void needs_are_answered_before_the_role_goes_on(void **state)
{
    disk.has = 5;
    feed(*state, "?5 sA");
    feed(*state, "?6 sB");
    feed(*state, "!16 sC");
    owner_finish(*state);
    assert_journal("begin fetch5 found5 fetch6 absent6 durable send:A send:B send:C ");
}

static void a_role_that_never_has_enough_is_refused(void **state)
{
    feed(*state, "~");
    feed(*state, "!9999 sA");
    feed(*state, "o");
    feed(*state, "sB");
    owner_finish(*state);
    assert_journal("send:B ");
    assert_int_equal(godwit_observe_counter(&observer, "hse", "input_refused", GODWIT_INTERNAL)->count, 1);
    assert_int_equal(godwit_observe_counter(&observer, "hse", "input_refused", GODWIT_RANDOM_FAILED)->count, 1);
    assert_int_equal(godwit_observe_counter(&observer, "hse", "input_refused", GODWIT_OVERLOAD)->count, 1);
}

static void more_inputs_than_a_batch_holds_make_another_batch(void **state)
{
    for (unsigned i = 0; i < OWNER_BATCH + 1; i++) {
        feed(*state, "c1");
    }
    owner_finish(*state);
    unsigned durable = 0;
    for (const char *at = journal; (at = strstr(at, "durable")) != NULL; at++) {
        durable++;
    }
    assert_int_equal(durable, 2);
}

static void every_failed_commit_of_a_full_batch_is_told(void **state)
{
    disk.commit_fails = true;
    for (unsigned i = 0; i < OWNER_BATCH; i++) {
        feed(*state, "c1 c2");
    }
    owner_finish(*state);
    unsigned told = 0;
    for (const char *at = journal; (at = strstr(at, "failed")) != NULL; at++) {
        told++;
    }
    assert_int_equal(told, 2 * OWNER_BATCH);
}

static void a_timer_comes_back_to_its_role(void **state)
{
    feed(*state, "t4");
    owner_finish(*state);
    owner_run_timers(*state);
    assert_int_equal(owner_wait(*state, 60000), 100);
    assert_int_equal(owner_wait(*state, 60), 60);
    clock_ms += 100;
    assert_int_equal(owner_wait(*state, 60000), 0);
    owner_run_timers(*state);
    assert_int_equal(owner_wait(*state, 60000), 60000);
    assert_journal("timer4 ");
}

static void an_operator_hears_the_outcome(void **state)
{
    const char *detail = NULL;
    godwit_input_t good = {.kind = GODWIT_INPUT_DATAGRAM, .datagram = godwit_slice_of_string("c1 sA e0")};
    godwit_input_t bad = {.kind = GODWIT_INPUT_DATAGRAM, .datagram = godwit_slice_of_string("e2")};
    assert_int_equal(owner_ask(*state, GODWIT_FUNCTION_HSE, &good, &detail), GODWIT_OK);
    assert_null(detail);
    assert_int_equal(owner_ask(*state, GODWIT_FUNCTION_HSE, &bad, &detail), GODWIT_UNKNOWN_SESSION);
    assert_string_equal(detail, "because");
    assert_int_equal(owner_ask(*state, GODWIT_FUNCTION_HSS, &good, &detail), GODWIT_NOT_FOUND);
    disk.commit_fails = true;
    assert_int_equal(owner_ask(*state, GODWIT_FUNCTION_HSE, &good, &detail), GODWIT_STORE_FAILED);
    assert_journal("begin put1 durable send:A begin put1 lost failed1 ");
}

static void a_request_whose_list_was_dropped_is_answered_all_the_same(void **state)
{
    static const char *const scripts[] = {"c2 sA", "c1 sB", "o"};
    godwit_message_t messages[3];
    disk.put_fails = 2;
    for (uint32_t i = 0; i < 3; i++) {
        memset(&messages[i], 0, sizeof messages[i]);
        messages[i].kind = GODWIT_KEY_REQUEST;
        messages[i].from = GODWIT_FUNCTION_EMKS;
        messages[i].to = GODWIT_FUNCTION_HSE;
        messages[i].transaction = 10 + i;
        messages[i].route = 77;
        strcpy(messages[i].u.key_request.endpoint, scripts[i]);
        godwit_input_t input = {.kind = GODWIT_INPUT_MESSAGE, .message = &messages[i]};
        owner_feed(*state, GODWIT_FUNCTION_HSE, &input);
    }
    owner_finish(*state);
    assert_journal("begin put2 failed2 put1 message1:12 internal durable message1:10 internal send:B ");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(nothing_leaves_before_the_commit_is_durable),
        TEST(a_role_is_told_when_there_is_no_room_for_another_reading),
        TEST(a_batch_shares_one_transaction),
        TEST(without_commits_the_disk_is_left_alone),
        TEST(a_lost_transaction_lets_out_only_what_stood_before_its_first_commit),
        TEST(a_refused_record_drops_the_rest_of_its_own_list_and_is_told_at_once),
        TEST(a_store_that_cannot_begin_fails_fetches_and_commits),
        TEST(needs_are_answered_before_the_role_goes_on),
        TEST(a_role_that_never_has_enough_is_refused),
        TEST(more_inputs_than_a_batch_holds_make_another_batch),
        TEST(every_failed_commit_of_a_full_batch_is_told),
        TEST(a_request_whose_list_was_dropped_is_answered_all_the_same),
        TEST(a_timer_comes_back_to_its_role),
        TEST(an_operator_hears_the_outcome),
    };
    return cmocka_run_group_tests_name("owner", tests, NULL, NULL);
}
