/* SPDX-License-Identifier: Apache-2.0
 *
 * The control socket: requests are read strictly, and no client can hold up the loop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "adapters/control/control.h"

static godwit_status_t parse(const char *line, godwit_control_request_t *request, char why[GODWIT_CONTROL_WHY])
{
    return godwit_control_parse(godwit_slice_of_string(line), request, why);
}

static void each_command_is_read(void **state)
{
    (void)state;
    godwit_control_request_t r;
    char why[GODWIT_CONTROL_WHY];
    assert_int_equal(parse("{\"command\":\"status\"}", &r, why), GODWIT_OK);
    assert_int_equal(r.command, GODWIT_CONTROL_STATUS);
    assert_int_equal(parse("{\"command\":\"session-list\"}", &r, why), GODWIT_OK);
    assert_int_equal(r.limit, GODWIT_CONTROL_LIMIT_DEFAULT);
    assert_int_equal(parse("{\"command\":\"session-list\",\"after\":4294967295,\"limit\":1000}", &r, why), GODWIT_OK);
    assert_int_equal(r.after, UINT32_MAX);
    assert_int_equal(r.limit, 1000);
    assert_int_equal(parse("{\"session\":7,\"command\":\"session-show\"}", &r, why), GODWIT_OK);
    assert_int_equal(r.session, 7);
    assert_int_equal(parse("{\"command\":\"session-drop\",\"session\":8}", &r, why), GODWIT_OK);
    assert_int_equal(r.command, GODWIT_CONTROL_SESSION_DROP);
    assert_int_equal(parse("{\"command\":\"send\",\"imsi\":\"001010000000001\",\"payload\":\"a\\u0000b\"}", &r, why),
                     GODWIT_OK);
    assert_int_equal(r.payload_len, 3);
    assert_memory_equal(r.payload, "a\0b", 3);
    assert_string_equal(r.imsi.digits, "001010000000001");
    assert_int_equal(parse("{\"command\":\"send\",\"imsi\":\"001010000000001\",\"payload_hex\":\"00FF\"}", &r, why),
                     GODWIT_OK);
    assert_int_equal(r.payload_len, 2);
    assert_int_equal(r.payload[1], 0xff);
}

static void triggers_are_read(void **state)
{
    (void)state;
    godwit_control_request_t r;
    char why[GODWIT_CONTROL_WHY];
    assert_int_equal(parse("{\"command\":\"trigger-send\",\"external_id\":\"m@e\",\"payload\":\"on\",\"port\":5683,"
                           "\"priority\":true,\"validity\":60,\"reference\":7}",
                           &r, why),
                     GODWIT_OK);
    assert_int_equal(r.command, GODWIT_CONTROL_TRIGGER_SEND);
    assert_int_equal(r.trigger.action, GODWIT_ACTION_TRIGGER);
    assert_string_equal(r.trigger.device.external_id, "m@e");
    assert_int_equal(r.trigger.payload_len, 2);
    assert_memory_equal(r.trigger.payload, "on", 2);
    assert_int_equal(r.trigger.port, 5683);
    assert_true(r.trigger.priority);
    assert_int_equal(r.trigger.validity_s, 60);
    assert_int_equal(r.trigger.reference, 7);
    assert_int_equal(parse("{\"command\":\"trigger-recall\",\"old_reference\":7}", &r, why), GODWIT_OK);
    assert_int_equal(r.trigger.action, GODWIT_ACTION_RECALL);
    assert_int_equal(r.trigger.old_reference, 7);
    assert_int_equal(
        parse("{\"command\":\"trigger-replace\",\"old_reference\":7,\"msisdn\":\"49\",\"payload_hex\":\"00\","
              "\"port\":1}",
              &r, why),
        GODWIT_OK);
    assert_int_equal(r.trigger.action, GODWIT_ACTION_REPLACE);
    assert_string_equal(r.trigger.device.msisdn, "49");
    assert_int_equal(parse("{\"command\":\"trigger-status\",\"reference\":9}", &r, why), GODWIT_OK);
    assert_int_equal(r.trigger.reference, 9);
}

static void triggers_that_are_none_are_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "{\"command\":\"trigger-send\",\"payload\":\"a\",\"port\":1}",
        "{\"command\":\"trigger-send\",\"external_id\":\"m\",\"msisdn\":\"4\",\"payload\":\"a\",\"port\":1}",
        "{\"command\":\"trigger-send\",\"external_id\":\"m m\",\"payload\":\"a\",\"port\":1}",
        "{\"command\":\"trigger-send\",\"msisdn\":\"4a\",\"payload\":\"a\",\"port\":1}",
        "{\"command\":\"trigger-send\",\"msisdn\":\"4\",\"payload\":\"a\",\"port\":65536}",
        "{\"command\":\"trigger-send\",\"msisdn\":\"4\",\"payload\":\"a\",\"port\":1,\"priority\":1}",
        "{\"command\":\"trigger-send\",\"msisdn\":\"4\",\"payload\":\"a\",\"port\":1,\"validity\":0}",
        "{\"command\":\"trigger-send\",\"msisdn\":\"4\",\"payload\":\"a\",\"port\":1,\"old_reference\":1}",
        "{\"command\":\"trigger-recall\"}",
        "{\"command\":\"trigger-status\",\"reference\":0}",
        "{\"command\":\"send\",\"imsi\":\"001010000000001\",\"payload\":\"a\",\"port\":1}",
    };
    godwit_control_request_t r;
    char why[GODWIT_CONTROL_WHY], line[512], payload[2 * 81 + 1];
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_int_equal(parse(lines[i], &r, why), GODWIT_MALFORMED);
    }
    memset(payload, '0', sizeof payload - 1);
    payload[sizeof payload - 1] = '\0';
    (void)snprintf(line, sizeof line,
                   "{\"command\":\"trigger-send\",\"msisdn\":\"4\",\"payload_hex\":\"%s\",\"port\":1}", payload);
    assert_int_equal(parse(line, &r, why), GODWIT_MALFORMED);
    assert_non_null(strstr(why, "80 octets"));
}

static void whatever_is_not_a_request_is_refused_with_its_reason(void **state)
{
    (void)state;
    static const struct {
        const char *line, *why;
    } cases[] = {
        {"", "JSON object"},
        {"{", "JSON object"},
        {"[1]", "JSON object"},
        {"{}", "command"},
        {"{\"command\":\"reboot\"}", "command"},
        {"{\"command\":1}", "command"},
        {"{\"command\":\"status\",\"command\":\"status\"}", "duplicate"},
        {"{\"command\":\"status\",\"session\":1}", "session: this command has no such member"},
        {"{\"command\":\"session-show\"}", "session is missing"},
        {"{\"command\":\"session-show\",\"session\":0}", "session: its value"},
        {"{\"command\":\"session-show\",\"session\":4294967296}", "session: its value"},
        {"{\"command\":\"session-show\",\"session\":\"1\"}", "session: its value"},
        {"{\"command\":\"session-list\",\"limit\":0}", "limit: its value"},
        {"{\"command\":\"session-list\",\"limit\":1001}", "limit: its value"},
        {"{\"command\":\"session-list\",\"after\":-1}", "after: its value"},
        {"{\"command\":\"send\",\"imsi\":\"001010000000001\"}", "imsi and payload are needed"},
        {"{\"command\":\"send\",\"imsi\":\"12\",\"payload\":\"\"}", "imsi: its value"},
        {"{\"command\":\"send\",\"imsi\":\"001010000000001\",\"payload_hex\":\"0\"}", "payload_hex: its value"},
        {"{\"command\":\"send\",\"imsi\":\"001010000000001\",\"payload\":\"a\",\"payload_hex\":\"00\"}", "not both"},
        {"{\"command\":\"status\",\"bogus\":1}", "bogus: this command has no such member"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        godwit_control_request_t r;
        char why[GODWIT_CONTROL_WHY] = "";
        if (parse(cases[i].line, &r, why) != GODWIT_MALFORMED || strstr(why, cases[i].why) == NULL) {
            fail_msg("'%s': '%s' does not say '%s'", cases[i].line, why, cases[i].why);
        }
    }
    static char line[3 * GODWIT_EMSDP_PAYLOAD_MAX];
    godwit_control_request_t r;
    char why[GODWIT_CONTROL_WHY];
    for (size_t len = GODWIT_EMSDP_PAYLOAD_MAX; len <= GODWIT_EMSDP_PAYLOAD_MAX + 1; len++) {
        int head = snprintf(line, sizeof line, "{\"command\":\"send\",\"imsi\":\"001010000000001\",\"payload\":\"");
        memset(line + head, 'x', len);
        snprintf(line + head + len, sizeof line - (size_t)head - len, "\"}");
        assert_int_equal(parse(line, &r, why), len == GODWIT_EMSDP_PAYLOAD_MAX ? GODWIT_OK : GODWIT_MALFORMED);
    }
}

/* ---- the socket -------------------------------------------------------------------------------------------------- */

typedef struct fixture {
    char directory[64], path[80];
    godwit_control_t *control;
    unsigned asked;
    size_t answer_size;
} fixture_t;

static json_t *answer(void *context, const godwit_control_request_t *request)
{
    fixture_t *f = context;
    f->asked++;
    char *text = malloc(f->answer_size + 1);
    memset(text, 'x', f->answer_size);
    text[f->answer_size] = '\0';
    json_t *object = json_pack("{s:i, s:s}", "session", (int)request->session, "text", text);
    free(text);
    return object;
}

static int setup(void **state)
{
    static fixture_t f;
    char why[GODWIT_CONTROL_WHY];
    memset(&f, 0, sizeof f);
    strcpy(f.directory, "/tmp/godwit-control-XXXXXX");
    if (mkdtemp(f.directory) == NULL) {
        return -1;
    }
    snprintf(f.path, sizeof f.path, "%s/control", f.directory);
    *state = &f;
    return godwit_control_open(f.path, answer, &f, &f.control, why) == GODWIT_OK ? 0 : -1;
}

static int teardown(void **state)
{
    fixture_t *f = *state;
    godwit_control_close(f->control);
    assert_int_equal(access(f->path, F_OK), -1);
    return rmdir(f->directory);
}

static int connect_client(const fixture_t *f)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    strcpy(a.sun_path, f->path);
    assert_int_equal(connect(fd, (const struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

static void turn(fixture_t *f)
{
    for (unsigned i = 0; i < 50; i++) {
        godwit_control_run(f->control);
    }
}

/* The next line of the client while the server runs; "" when it hung up. */
static const char *read_line(fixture_t *f, int fd, char *line, size_t size)
{
    size_t len = 0;
    for (unsigned tries = 0; tries < 2000 && len < size - 1; tries++) {
        godwit_control_run(f->control);
        ssize_t got = recv(fd, line + len, 1, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno == ECONNRESET)) {
            break;
        }
        if (got < 0) {
            assert_int_equal(errno, EAGAIN);
            continue;
        }
        tries = 0;
        if (line[len++] == '\n') {
            line[len - 1] = '\0';
            return line;
        }
    }
    line[0] = '\0';
    return line;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void the_socket_is_for_its_owner_alone(void **state)
{
    fixture_t *f = *state;
    struct stat st;
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void requests_are_answered_in_their_order(void **state)
{
    fixture_t *f = *state;
    char line[256];
    int fd = connect_client(f);
    say(fd, "{\"command\":\"session-show\",\"session\":1}\n{\"command\":\"session-show\",\"session\":2}\n{\"comm");
    assert_non_null(strstr(read_line(f, fd, line, sizeof line), "\"session\":1"));
    assert_non_null(strstr(read_line(f, fd, line, sizeof line), "\"session\":2"));
    say(fd, "and\":\"status\"}\n\n");
    assert_non_null(strstr(read_line(f, fd, line, sizeof line), "\"session\":0"));
    assert_non_null(strstr(read_line(f, fd, line, sizeof line), "\"error\":{\"reason\":\"malformed\""));
    assert_int_equal(f->asked, 3);
    close(fd);
    turn(f);
}

static void a_line_that_never_ends_is_refused(void **state)
{
    fixture_t *f = *state;
    char line[256], part[512];
    int fd = connect_client(f);
    memset(part, 'x', sizeof part - 1);
    part[sizeof part - 1] = '\0';
    for (unsigned i = 0; i < 9; i++) {
        say(fd, part);
        turn(f);
    }
    assert_non_null(strstr(read_line(f, fd, line, sizeof line), "longer than 4096"));
    assert_string_equal(read_line(f, fd, line, sizeof line), "");
    close(fd);
}

static void a_client_that_does_not_read_holds_up_nobody(void **state)
{
    fixture_t *f = *state;
    char line[256];
    int slow = connect_client(f), quick = connect_client(f);
    f->answer_size = 4u << 20; /* more than any socket buffer */
    for (unsigned i = 0; i < 20; i++) {
        say(slow, "{\"command\":\"status\"}\n");
    }
    turn(f);
    assert_int_equal(f->asked, 1); /* no further answer is made while one waits */
    static char part[1 << 16];
    while (recv(slow, part, sizeof part, MSG_DONTWAIT) > 0) { /* it reads a part: the same answer goes on */
    }
    turn(f);
    assert_true(recv(slow, part, sizeof part, MSG_DONTWAIT) > 0);
    assert_int_equal(f->asked, 1);
    f->answer_size = 3;
    say(quick, "{\"command\":\"status\"}\n");
    assert_non_null(strstr(read_line(f, quick, line, sizeof line), "xxx"));
    close(slow);
    turn(f);
    say(quick, "{\"command\":\"status\"}\n");
    assert_non_null(strstr(read_line(f, quick, line, sizeof line), "xxx"));
    close(quick);
    turn(f);
}

static void a_client_too_many_is_told(void **state)
{
    fixture_t *f = *state;
    int fd[GODWIT_CONTROL_CLIENTS + 1];
    char line[256];
    for (unsigned i = 0; i <= GODWIT_CONTROL_CLIENTS; i++) {
        fd[i] = connect_client(f);
        turn(f);
    }
    assert_non_null(strstr(read_line(f, fd[GODWIT_CONTROL_CLIENTS], line, sizeof line), "overload"));
    for (unsigned i = 0; i <= GODWIT_CONTROL_CLIENTS; i++) {
        close(fd[i]);
    }
    turn(f);
    int again = connect_client(f);
    say(again, "{\"command\":\"status\"}\n");
    assert_non_null(strstr(read_line(f, again, line, sizeof line), "session"));
    close(again);
    turn(f);
}

static void a_path_in_use_is_refused_and_a_dead_socket_replaced(void **state)
{
    fixture_t *f = *state;
    char why[GODWIT_CONTROL_WHY], path[96];
    godwit_control_t *second = NULL;
    assert_int_equal(godwit_control_open(f->path, answer, f, &second, why), GODWIT_IO_FAILED);
    assert_non_null(strstr(why, "another godwitd"));
    turn(f);
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(path, sizeof path, "%s/dead", f->directory);
    strcpy(a.sun_path, path);
    assert_int_equal(bind(fd, (const struct sockaddr *)&a, sizeof a), 0);
    close(fd); /* its name stays */
    assert_int_equal(godwit_control_open(path, answer, f, &second, why), GODWIT_OK);
    godwit_control_close(second);
    fd = open(path, O_CREAT | O_WRONLY, 0600);
    close(fd);
    assert_int_equal(godwit_control_open(path, answer, f, &second, why), GODWIT_IO_FAILED);
    assert_non_null(strstr(why, "File exists"));
    assert_int_equal(unlink(path), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_command_is_read),
        cmocka_unit_test(triggers_are_read),
        cmocka_unit_test(triggers_that_are_none_are_refused),
        cmocka_unit_test(whatever_is_not_a_request_is_refused_with_its_reason),
        TEST(the_socket_is_for_its_owner_alone),
        TEST(requests_are_answered_in_their_order),
        TEST(a_line_that_never_ends_is_refused),
        TEST(a_client_that_does_not_read_holds_up_nobody),
        TEST(a_client_too_many_is_told),
        TEST(a_path_in_use_is_refused_and_a_dead_socket_replaced),
    };
    return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
