/* SPDX-License-Identifier: Apache-2.0
 *
 * Readings to an application on a Unix socket: one that is away, slow, gone in the middle of a line, or that
 * acknowledges.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "adapters/deliver/deliver.h"

#define NUMBERS 20000

static char folder[] = "/tmp/godwit-unix-XXXXXX", path[64];
static int listener, app;
static godwit_delivery_t *delivery;
static uint64_t done[NUMBERS], failed[NUMBERS];
static size_t done_count, failed_count;

static void tell_done(void *context, uint64_t number)
{
    (void)context;
    done[done_count++] = number;
}

static void tell_failed(void *context, uint64_t number, godwit_deliver_failure_t how, const char *why)
{
    (void)context;
    assert_int_equal(how, GODWIT_DELIVER_LATER);
    assert_non_null(strstr(why, path));
    failed[failed_count++] = number;
}

static int setup(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/godwit-unix-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/app", folder);
    listener = app = -1;
    delivery = NULL;
    done_count = failed_count = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    if (delivery != NULL) {
        delivery->kind->close(delivery);
    }
    if (app >= 0) {
        close(app);
    }
    if (listener >= 0) {
        close(listener);
    }
    (void)unlink(path);
    (void)rmdir(folder);
    return 0;
}

static void listen_there(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 4), 0);
}

static void open_there(bool acknowledged)
{
    char why[GODWIT_DELIVER_WHY];
    const godwit_deliver_config_t config = {.name = "app", .target = path, .acknowledged = acknowledged};
    const godwit_deliver_told_t told = {NULL, tell_done, tell_failed};
    assert_int_equal(godwit_deliver_unix.open(&config, &told, &delivery, why), GODWIT_OK);
}

static void take_app(void)
{
    app = accept(listener, NULL, NULL);
    assert_true(app >= 0);
}

static godwit_status_t offer(uint64_t number)
{
    char filler[900];
    memset(filler, 0xff, sizeof filler);
    const godwit_reading_t reading = {
        .number = number, .origin = "o", .payload = godwit_slice(filler, sizeof filler)}; /* hexadecimal: 1.9 kB */
    return delivery->kind->offer(delivery, &reading, 0);
}

static uint64_t step(uint64_t now_ms)
{
    return delivery->kind->step(delivery, now_ms);
}

/* Reads one line; its number. */
static uint64_t read_line(void)
{
    char line[4096];
    size_t len = 0;
    while (len + 1 < sizeof line && recv(app, line + len, 1, 0) == 1 && line[len] != '\n') {
        len++;
    }
    line[len] = '\0';
    const char *number = strstr(line, "\"number\":");
    assert_non_null(number);
    assert_int_equal(line[0], '{');
    assert_int_equal(line[len - 1], '}');
    return strtoull(number + 9, NULL, 10);
}

static void an_application_that_is_away_is_waited_for(void **state)
{
    (void)state;
    open_there(false);
    assert_true(step(1000) <= 500);
    assert_int_equal(offer(1), GODWIT_AGAIN);
    assert_int_equal(delivery->kind->flush(delivery), GODWIT_IO_FAILED);
    assert_non_null(strstr(delivery->why, "No such file"));
    assert_int_equal(delivery->kind->flush(delivery), GODWIT_OK); /* told once */
    listen_there();
    (void)step(1100); /* not so soon */
    assert_int_equal(offer(1), GODWIT_AGAIN);
    assert_int_equal(step(1500), GODWIT_DELIVER_NEVER);
    take_app();
    assert_int_equal(offer(1), GODWIT_OK);
    assert_int_equal(done_count, 0);
    (void)step(1501);
    assert_int_equal(done_count, 1);
    assert_int_equal(read_line(), 1);
}

static void a_slow_application_is_offered_no_more_than_fits_and_gets_all(void **state)
{
    (void)state;
    listen_there();
    open_there(false);
    (void)step(0);
    take_app();
    uint64_t next = 1;
    for (unsigned round = 0; round < 50; round++) { /* until the kernel's buffer is full, and then ours */
        while (next < NUMBERS && offer(next) == GODWIT_OK) {
            next++;
        }
        (void)step(0);
    }
    assert_true(next < NUMBERS && done_count < next - 1);
    for (uint64_t number = 1; number < next; number++) {
        assert_int_equal(read_line(), number);
        (void)step(0);
    }
    assert_int_equal(done_count, next - 1);
    assert_int_equal(failed_count, 0);
    for (size_t i = 0; i < done_count; i++) {
        assert_int_equal(done[i], i + 1);
    }
}

static void what_was_not_written_whole_when_the_application_goes_has_not_arrived(void **state)
{
    (void)state;
    listen_there();
    open_there(false);
    (void)step(0);
    take_app();
    uint64_t next = 1;
    while (next < 2000 && offer(next) == GODWIT_OK) {
        next++;
        (void)step(0);
    }
    const size_t arrived = done_count;
    assert_true(arrived < next - 1);
    close(app);
    app = -1;
    assert_true(step(10) > 0);
    assert_int_equal(arrived + failed_count, next - 1); /* each has exactly one outcome */
    assert_int_equal(failed[0], arrived + 1);
    assert_int_equal(delivery->kind->flush(delivery), GODWIT_IO_FAILED);
    (void)step(600);
    take_app();
    assert_int_equal(offer(failed[0]), GODWIT_OK); /* whole, from its first octet */
    (void)step(601);
    assert_int_equal(read_line(), failed[0]);
}

static void an_application_that_acknowledges_is_believed_no_further_than_it_was_given(void **state)
{
    (void)state;
    listen_there();
    open_there(true);
    (void)step(0);
    take_app();
    assert_int_equal(send(app, "early\n", 6, 0), 6); /* acknowledges nothing */
    (void)step(0);
    assert_int_equal(offer(1), GODWIT_OK);
    assert_int_equal(offer(2), GODWIT_OK);
    assert_int_equal(offer(3), GODWIT_OK);
    (void)step(0);
    assert_int_equal(read_line(), 1);
    assert_int_equal(done_count, 0);
    assert_int_equal(send(app, "o", 1, 0), 1);
    (void)step(0);
    assert_int_equal(done_count, 0); /* not a line yet */
    assert_int_equal(send(app, "k\n\n", 3, 0), 3);
    (void)step(0);
    assert_int_equal(done_count, 2);
    assert_int_equal(send(app, "\n\n\n\n", 4, 0), 4);
    (void)step(0);
    assert_int_equal(done_count, 3);
    assert_int_equal(offer(4), GODWIT_OK);
    (void)step(0);
    close(app);
    app = -1;
    (void)step(1);
    assert_int_equal(failed_count, 1);
    assert_int_equal(failed[0], 4);
}

static void a_path_that_no_socket_can_have_is_refused(void **state)
{
    (void)state;
    char why[GODWIT_DELIVER_WHY], longest[200];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const godwit_deliver_config_t config = {.name = "app", .target = longest};
    const godwit_deliver_told_t told = {NULL, tell_done, tell_failed};
    assert_int_equal(godwit_deliver_unix.open(&config, &told, &delivery, why), GODWIT_IO_FAILED);
    assert_null(delivery);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_application_that_is_away_is_waited_for),
        TEST(a_slow_application_is_offered_no_more_than_fits_and_gets_all),
        TEST(what_was_not_written_whole_when_the_application_goes_has_not_arrived),
        TEST(an_application_that_acknowledges_is_believed_no_further_than_it_was_given),
        TEST(a_path_that_no_socket_can_have_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
