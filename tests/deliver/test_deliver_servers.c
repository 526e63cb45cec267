/* SPDX-License-Identifier: Apache-2.0
 *
 * Deliveries to servers that are not ours: mosquitto and coap-server. What has arrived is told once; what cannot arrive
 * yet is not taken, or told as failed for now; a configuration that could never work, or that would send in clear
 * without being told to, is refused.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "adapters/deliver/deliver.h"

#define WAIT_MS 30000 /* a net for what hangs */

typedef struct world {
    pid_t server;
    uint16_t port;
    unsigned done[16], later, refused;
    godwit_delivery_t *delivery;
} world_t;

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* A port that no other test is given by the system meanwhile: below those that are handed out for 0. What is sent there
 * before the server begins must be answered by nobody. */
static uint16_t quiet_port(int type)
{
    for (unsigned i = 0;; i++) {
        assert_true(i < 10000);
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)(10000 + ((unsigned)getpid() * 7919u + i) % 20000)),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int fd = socket(AF_INET, type, 0);
        bool is_free = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
        close(fd);
        if (is_free) {
            return ntohs(address.sin_port);
        }
    }
}

static void start(world_t *w, const char *const *words)
{
    w->server = fork();
    assert_true(w->server >= 0);
    if (w->server == 0) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s:/usr/sbin", getenv("PATH"));
        (void)setenv("PATH", path, 1);
        (void)!freopen("/dev/null", "w", stderr);
        (void)!freopen("/dev/null", "w", stdout);
        execvp(words[0], (char *const *)(uintptr_t)words);
        _exit(127);
    }
}

static void start_broker(world_t *w)
{
    char port[8];
    (void)snprintf(port, sizeof port, "%u", (unsigned)w->port);
    start(w, (const char *const[]){"mosquitto", "-p", port, NULL}); /* without a file: loopback alone */
}

static void start_coap(world_t *w)
{
    char port[8];
    (void)snprintf(port, sizeof port, "%u", (unsigned)w->port);
    start(w, (const char *const[]){"coap-server-openssl", "-A", "127.0.0.1", "-p", port, "-d", "10", NULL});
}

static int tear_down(void **state)
{
    world_t *w = *state;
    if (w->delivery != NULL) {
        w->delivery->kind->close(w->delivery);
    }
    if (w->server > 0) {
        kill(w->server, SIGKILL);
        waitpid(w->server, NULL, 0);
    }
    free(w);
    return 0;
}

static int set_up(void **state)
{
    *state = calloc(1, sizeof(world_t));
    return *state == NULL;
}

static void done(void *context, uint64_t number)
{
    world_t *w = context;
    assert_in_range(number, 0, 15);
    w->done[number]++;
}

static void failed(void *context, uint64_t number, godwit_deliver_failure_t how, const char *why)
{
    world_t *w = context;
    (void)number;
    assert_non_null(why);
    w->later += how == GODWIT_DELIVER_LATER;
    w->refused += how == GODWIT_DELIVER_REFUSED;
}

static godwit_status_t try_open(world_t *w, const char *kind, const godwit_deliver_config_t *config)
{
    const godwit_deliver_told_t told = {w, done, failed};
    char why[GODWIT_DELIVER_WHY] = "";
    godwit_status_t status = godwit_deliver_kind(kind)->open(config, &told, &w->delivery, why);
    assert_true(status == GODWIT_OK || why[0] != '\0');
    return status;
}

static godwit_status_t offer(world_t *w, uint64_t number)
{
    godwit_reading_t reading = {.session_id = 0x1234,
                                .count = 7,
                                .user_plane = true,
                                .payload = godwit_slice((const uint8_t *)"21.5", 4),
                                .origin = "hse.example",
                                .number = number};
    assert_int_equal(godwit_imsi_from_text("001010000000001", &reading.imsi), GODWIT_OK);
    return w->delivery->kind->offer(w->delivery, &reading, now_ms());
}

static void turn(world_t *w)
{
    struct pollfd ready = {.fd = w->delivery->kind->fd(w->delivery), .events = POLLIN};
    (void)poll(&ready, 1, 20);
    (void)w->delivery->kind->step(w->delivery, now_ms());
}

static void offer_until_taken(world_t *w, uint64_t number)
{
    for (uint64_t end = now_ms() + WAIT_MS; offer(w, number) != GODWIT_OK;) {
        assert_true(now_ms() < end);
        turn(w);
    }
}

static void wait_until(world_t *w, const unsigned *counter, unsigned value)
{
    for (uint64_t end = now_ms() + WAIT_MS; *counter < value;) {
        assert_true(now_ms() < end);
        turn(w);
    }
}

static void a_broker_acknowledges_each_reading(void **state)
{
    world_t *w = *state;
    char target[40], line[512], command[160];
    w->port = quiet_port(SOCK_STREAM);
    (void)snprintf(target, sizeof target, "mqtt://localhost:%u", (unsigned)w->port);
    assert_int_equal(try_open(w, "mqtt",
                              &(godwit_deliver_config_t){
                                  .name = "a", .target = target, .plain = true, .topic = "m/{imsi}/{session}"}),
                     GODWIT_OK);
    assert_int_equal(offer(w, 1), GODWIT_AGAIN); /* nobody is there: nothing is taken, nothing waits */
    start_broker(w);
    (void)snprintf(command, sizeof command, "timeout 20 mosquitto_sub -p %u -q 1 -C 1 -v -t m/#", (unsigned)w->port);
    offer_until_taken(w, 1);
    wait_until(w, &w->done[1], 1);
    FILE *subscriber = popen(command, "r");
    assert_non_null(subscriber);
    usleep(
        500000); /* its SUBACK cannot be seen from here; a reading that came before it would make the net below tear */
    offer_until_taken(w, 2);
    wait_until(w, &w->done[2], 1);
    assert_non_null(fgets(line, sizeof line, subscriber));
    assert_non_null(strstr(line, "m/001010000000001/00001234 {"));
    assert_non_null(strstr(line, "\"payload\":\"21.5\""));
    assert_non_null(strstr(line, "\"number\":2"));
    assert_int_equal(pclose(subscriber), 0);
    assert_int_equal(w->done[1] + w->done[2], 2);
}

static void a_coap_server_answers_each_reading(void **state)
{
    world_t *w = *state;
    char target[60];
    w->port = quiet_port(SOCK_DGRAM);
    (void)snprintf(target, sizeof target, "coap://127.0.0.1:%u/readings", (unsigned)w->port);
    assert_int_equal(
        try_open(w, "coap",
                 &(godwit_deliver_config_t){.name = "a", .target = target, .plain = true, .timeout_ms = 1000}),
        GODWIT_OK);
    assert_int_equal(offer(w, 1), GODWIT_OK);
    wait_until(w, &w->later, 1);
    start_coap(w);
    for (uint64_t end = now_ms() + WAIT_MS; w->done[2] == 0;) {
        assert_true(now_ms() < end);
        unsigned later = w->later;
        offer_until_taken(w, 2);
        while (w->done[2] == 0 && w->later == later) {
            turn(w);
        }
    }
    assert_int_equal(w->done[1], 0);
    assert_int_equal(w->refused, 0);
}

static void a_refusal_that_can_be_mended_is_no_refusal_of_the_reading(void **state)
{
    world_t *w = *state;
    char target[60];
    w->port = quiet_port(SOCK_DGRAM);
    start_coap(w);
    (void)snprintf(target, sizeof target, "coap://127.0.0.1:%u/example_data?never", (unsigned)w->port);
    assert_int_equal(
        try_open(w, "coap",
                 &(godwit_deliver_config_t){.name = "a", .target = target, .plain = true, .timeout_ms = 1000}),
        GODWIT_OK);
    offer_until_taken(w, 1); /* 4.05: the server may be mended */
    wait_until(w, &w->later, 1);
    assert_int_equal(w->done[1] + w->refused, 0);
}

static void what_could_never_work_is_refused(void **state)
{
    world_t *w = *state;
    const struct {
        const char *kind;
        godwit_deliver_config_t config;
    } bad[] = {
        {"mqtt", {.name = "a"}},
        {"mqtt", {.name = "a", .target = "mqtt://localhost"}}, /* in clear, and nobody said so */
        {"mqtt", {.name = "a", .target = "mqtt://", .plain = true}},
        {"mqtt", {.name = "a", .target = "mqtt://localhost:0", .plain = true}},
        {"mqtt", {.name = "a", .target = "mqtt://localhost:65536", .plain = true}},
        {"mqtt", {.name = "a", .target = "mqtt://localhost/x", .plain = true}},
        {"mqtt", {.name = "a", .target = "http://localhost", .plain = true}},
        {"mqtt", {.name = "a", .target = "mqtts://localhost", .ca = "/nonexistent"}},
        {"mqtt", {.name = "a", .target = "mqtts://localhost", .password_file = "/nonexistent"}},
        {"mqtt", {.name = "a", .target = "mqtt://localhost", .plain = true, .topic = "a/#"}},
        {"mqtt", {.name = "a", .target = "mqtt://localhost", .plain = true, .topic = "a/+/{imsi}"}},
        {"mqtt", {.name = "a", .target = "mqtt://localhost", .plain = true, .topic = "a/{name}"}},
        {"mqtt", {.name = "a", .target = "mqtt://localhost", .plain = true, .topic = "a/{imsi"}},
        {"mqtt", {.name = "a", .target = "mqtt://localhost", .plain = true, .topic = "a/imsi}"}},
        {"mqtt", {.name = "a", .target = "mqtt://localhost", .plain = true, .topic = ""}},
        {"coap", {.name = "a"}},
        {"coap", {.name = "a", .target = "coap://localhost/x"}},
        {"coap", {.name = "a", .target = "coaps://localhost/x"}},
        {"coap", {.name = "a", .target = "coaps://localhost/x", .psk_identity = "me"}},
        {"coap", {.name = "a", .target = "coaps://localhost/x", .ca = "/nonexistent"}},
        {"webhook", {.name = "a", .target = "https://me:word@localhost/x"}}, /* it would stand in the log */
        {"webhook", {.name = "a", .target = "http://me@localhost", .plain = true}},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (try_open(w, bad[i].kind, &bad[i].config) == GODWIT_OK) {
            fail_msg("case %zu was taken", i);
        }
        assert_null(w->delivery);
    }
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_broker_acknowledges_each_reading, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_coap_server_answers_each_reading, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refusal_that_can_be_mended_is_no_refusal_of_the_reading, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_could_never_work_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
