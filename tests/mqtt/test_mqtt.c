/* SPDX-License-Identifier: Apache-2.0
 *
 * The MQTT client against mosquitto, a broker that is not ours: what is published is acknowledged once, whatever
 * happens to the broker; a message that was not settled stays with the broker; an owner is never made to wait.
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
#include <unistd.h>

#include <cmocka.h>

#include "adapters/mqtt/mqtt.h"
#include "tests/support/ports.h"

#define WAIT_MS 60000 /* a net for what hangs */

typedef struct broker {
    pid_t pid;
    uint16_t port;
    char folder[64], file[128];
} broker_t;

static bool listens(uint16_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool there = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return there;
}

static void start(broker_t *b)
{
    b->pid = fork();
    assert_true(b->pid >= 0);
    if (b->pid == 0) {
        (void)!freopen("/dev/null", "w", stderr);
        (void)!freopen("/dev/null", "w", stdout);
        execlp("mosquitto", "mosquitto", "-c", b->file, (char *)NULL);
        execl("/usr/sbin/mosquitto", "mosquitto", "-c", b->file, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < WAIT_MS / 20 && !listens(b->port); i++) {
        usleep(20000);
    }
    assert_true(listens(b->port));
}

/* SIGTERM: it writes what it keeps. */
static void stop(broker_t *b)
{
    if (b->pid > 0) {
        kill(b->pid, SIGTERM);
        waitpid(b->pid, NULL, 0);
        b->pid = 0;
    }
}

static int set_up(void **state)
{
    broker_t *b = calloc(1, sizeof *b);
    assert_non_null(b);
    b->port = ports_hold(1);
    (void)snprintf(b->folder, sizeof b->folder, "/tmp/godwit-mqtt-XXXXXX");
    assert_non_null(mkdtemp(b->folder));
    (void)snprintf(b->file, sizeof b->file, "%s/mosquitto.conf", b->folder);
    FILE *file = fopen(b->file, "w");
    assert_non_null(file);
    fprintf(file,
            "listener %u 127.0.0.1\nallow_anonymous true\nuser root\npersistence true\npersistence_location %s/\n",
            (unsigned)b->port, b->folder);
    fclose(file);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    broker_t *b = *state;
    char command[160];
    stop(b);
    (void)snprintf(command, sizeof command, "rm -rf %s", b->folder);
    (void)!system(command);
    free(b);
    return 0;
}

static godwit_mqtt_t *client(const broker_t *b, const char *name, const char *subscribe, unsigned in_flight)
{
    const godwit_mqtt_config_t config = {.host = "127.0.0.1",
                                         .port = b->port,
                                         .client_id = name,
                                         .subscribe = subscribe,
                                         .in_flight = in_flight,
                                         .retry_ms = 1000,
                                         .retry_max_ms = 1000};
    char why[GODWIT_MQTT_WHY];
    godwit_mqtt_t *mqtt = NULL;
    assert_int_equal(godwit_mqtt_open(&config, &mqtt, why), GODWIT_OK);
    return mqtt;
}

/* The next event of that kind; others are passed over. */
static godwit_mqtt_event_t wait_for(godwit_mqtt_t *mqtt, godwit_mqtt_event_kind_t kind)
{
    godwit_mqtt_event_t event = {0};
    for (int i = 0; i < WAIT_MS / 50; i++) {
        while (godwit_mqtt_next(mqtt, &event)) {
            if (event.kind == kind) {
                return event;
            }
        }
        struct pollfd ready = {.fd = godwit_mqtt_fd(mqtt), .events = POLLIN};
        (void)poll(&ready, 1, 50);
    }
    fail_msg("an event of kind %d did not come", (int)kind);
    return event;
}

static void publish(godwit_mqtt_t *mqtt, const char *text, uint64_t tag)
{
    assert_int_equal(godwit_mqtt_publish(mqtt, "meter/up", godwit_slice((const uint8_t *)text, strlen(text)), tag),
                     GODWIT_OK);
}

/* SUBACK has no event, and what is published before it is missed by a new subscriber: it is asked until it hears. */
static void await_subscription(godwit_mqtt_t *reader, godwit_mqtt_t *writer)
{
    godwit_mqtt_event_t event = {0};
    for (uint64_t asked = 1000; event.kind != GODWIT_MQTT_MESSAGE; asked++) {
        assert_true(asked < 1000 + WAIT_MS / 50);
        publish(writer, "?", asked);
        assert_int_equal(wait_for(writer, GODWIT_MQTT_PUBLISHED).tag, asked);
        struct pollfd ready = {.fd = godwit_mqtt_fd(reader), .events = POLLIN};
        (void)poll(&ready, 1, 50);
        (void)godwit_mqtt_next(reader, &event);
    }
    publish(writer, "!", 1); /* behind all of them */
    assert_int_equal(wait_for(writer, GODWIT_MQTT_PUBLISHED).tag, 1);
    while (event.payload.ptr[0] != '!') {
        godwit_mqtt_settle(reader);
        event = wait_for(reader, GODWIT_MQTT_MESSAGE);
    }
    godwit_mqtt_settle(reader);
}

static void what_is_published_is_acknowledged_and_arrives(void **state)
{
    broker_t *b = *state;
    start(b);
    godwit_mqtt_t *reader = client(b, "reader", "meter/#", 0), *writer = client(b, "writer", NULL, 0);
    (void)wait_for(reader, GODWIT_MQTT_CONNECTED);
    (void)wait_for(writer, GODWIT_MQTT_CONNECTED);
    await_subscription(reader, writer);
    publish(writer, "21.5", 7);
    assert_int_equal(wait_for(writer, GODWIT_MQTT_PUBLISHED).tag, 7);
    godwit_mqtt_event_t event = wait_for(reader, GODWIT_MQTT_MESSAGE);
    assert_string_equal(event.topic, "meter/up");
    assert_int_equal(event.payload.len, 4);
    assert_memory_equal(event.payload.ptr, "21.5", 4);
    godwit_mqtt_settle(reader);
    assert_int_equal(godwit_mqtt_publish(writer, "meter/#", godwit_slice(NULL, 0), 1), GODWIT_INVALID_ARGUMENT);
    godwit_mqtt_close(reader);
    godwit_mqtt_close(writer);
}

static void without_a_broker_nothing_waits_and_nothing_is_taken(void **state)
{
    broker_t *b = *state;
    godwit_mqtt_t *writer = client(b, "writer", NULL, 0);
    assert_int_equal(godwit_mqtt_publish(writer, "meter/up", godwit_slice(NULL, 0), 1), GODWIT_AGAIN);
    start(b);
    (void)wait_for(writer, GODWIT_MQTT_CONNECTED);
    publish(writer, "1", 1);
    assert_int_equal(wait_for(writer, GODWIT_MQTT_PUBLISHED).tag, 1);
    godwit_mqtt_close(writer);
}

static void a_broker_that_dies_loses_nothing_that_was_taken(void **state)
{
    broker_t *b = *state;
    bool seen[9] = {false};
    start(b);
    godwit_mqtt_t *writer = client(b, "writer", NULL, 8);
    (void)wait_for(writer, GODWIT_MQTT_CONNECTED);
    kill(b->pid, SIGSTOP); /* it acknowledges nothing from here on */
    for (uint64_t tag = 1; tag <= 8; tag++) {
        publish(writer, "x", tag);
    }
    assert_int_equal(godwit_mqtt_publish(writer, "meter/up", godwit_slice(NULL, 0), 9), GODWIT_AGAIN);
    kill(b->pid, SIGKILL);
    waitpid(b->pid, NULL, 0);
    (void)wait_for(writer, GODWIT_MQTT_DISCONNECTED);
    start(b);
    for (int i = 0; i < 8; i++) {
        uint64_t tag = wait_for(writer, GODWIT_MQTT_PUBLISHED).tag;
        assert_in_range(tag, 1, 8);
        assert_false(seen[tag]);
        seen[tag] = true;
    }
    godwit_mqtt_close(writer);
}

static void what_was_not_settled_comes_again(void **state)
{
    broker_t *b = *state;
    start(b);
    godwit_mqtt_t *reader = client(b, "reader", "meter/#", 0), *writer = client(b, "writer", NULL, 0);
    (void)wait_for(reader, GODWIT_MQTT_CONNECTED);
    (void)wait_for(writer, GODWIT_MQTT_CONNECTED);
    await_subscription(reader, writer);
    publish(writer, "open the valve", 1);
    publish(writer, "close the valve", 2);
    assert_memory_equal(wait_for(reader, GODWIT_MQTT_MESSAGE).payload.ptr, "open the valve", 14);
    godwit_mqtt_close(reader); /* as if it had died before it made the message durable */
    reader = client(b, "reader", "meter/#", 0);
    assert_memory_equal(wait_for(reader, GODWIT_MQTT_MESSAGE).payload.ptr, "open the valve", 14);
    godwit_mqtt_settle(reader);
    assert_memory_equal(wait_for(reader, GODWIT_MQTT_MESSAGE).payload.ptr, "close the valve", 15);
    godwit_mqtt_settle(reader);
    godwit_mqtt_close(reader);
    godwit_mqtt_close(writer);
}

/* An order to a device, published with "retain", must not come again with each connection. */
static void what_the_broker_retains_comes_once(void **state)
{
    broker_t *b = *state;
    char command[120];
    start(b);
    godwit_mqtt_t *reader = client(b, "reader", "meter/#", 0), *writer = client(b, "writer", NULL, 0);
    (void)wait_for(reader, GODWIT_MQTT_CONNECTED);
    (void)wait_for(writer, GODWIT_MQTT_CONNECTED);
    await_subscription(reader, writer);
    (void)snprintf(command, sizeof command, "mosquitto_pub -p %u -q 1 -r -t meter/up -m open", (unsigned)b->port);
    assert_int_equal(system(command), 0);
    assert_memory_equal(wait_for(reader, GODWIT_MQTT_MESSAGE).payload.ptr, "open", 4);
    godwit_mqtt_settle(reader);
    publish(writer, "1", 1); /* its arrival says that the first was acknowledged */
    assert_memory_equal(wait_for(reader, GODWIT_MQTT_MESSAGE).payload.ptr, "1", 1);
    godwit_mqtt_settle(reader);
    godwit_mqtt_close(reader);
    reader = client(b, "reader", "meter/#", 0);
    (void)wait_for(reader, GODWIT_MQTT_CONNECTED);
    usleep(200000);
    publish(writer, "shut", 2);
    godwit_mqtt_event_t event = wait_for(reader, GODWIT_MQTT_MESSAGE);
    while (event.payload.len == 1) { /* was not acknowledged before the end */
        godwit_mqtt_settle(reader);
        event = wait_for(reader, GODWIT_MQTT_MESSAGE);
    }
    assert_memory_equal(event.payload.ptr, "shut", 4);
    godwit_mqtt_settle(reader);
    godwit_mqtt_close(reader);
    godwit_mqtt_close(writer);
}

static void a_client_that_cannot_be_is_refused(void **state)
{
    const broker_t *b = *state;
    godwit_mqtt_config_t config = {.host = "127.0.0.1", .port = b->port, .client_id = "x", .subscribe = "a/#/b"};
    char why[GODWIT_MQTT_WHY];
    godwit_mqtt_t *mqtt = NULL;
    assert_int_equal(godwit_mqtt_open(&config, &mqtt, why), GODWIT_INVALID_ARGUMENT);
    config.subscribe = NULL;
    config.tls = true;
    config.ca = "/nonexistent/ca.pem";
    assert_int_not_equal(godwit_mqtt_open(&config, &mqtt, why), GODWIT_OK);
    assert_null(mqtt);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_published_is_acknowledged_and_arrives, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_broker_nothing_waits_and_nothing_is_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_broker_that_dies_loses_nothing_that_was_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_not_settled_comes_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_the_broker_retains_comes_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_client_that_cannot_be_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
