/* SPDX-License-Identifier: Apache-2.0
 *
 * The CoAP client against coap-server of libcoap's examples, with loss, without a server, over DTLS with a pre-shared
 * key and with certificates: each request has exactly one answer, and nobody is believed who is not named.
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

#include "adapters/coap/coap.h"
#include "tests/support/ports.h"

#define WAIT_MS 60000 /* a net for what hangs */
#define SERVER "coap-server-openssl"

static pid_t server;
static uint16_t port; /* of UDP; DTLS is on the next one */
static char folder[64];

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Arguments besides address and port, ended by NULL. */
static void start(const char *const *more)
{
    char number[8];
    char *words[24] = {(char *)(uintptr_t)SERVER, (char *)(uintptr_t) "-A", (char *)(uintptr_t) "127.0.0.1",
                       (char *)(uintptr_t) "-p", number};
    (void)snprintf(number, sizeof number, "%u", (unsigned)port);
    for (size_t i = 0; more[i] != NULL; i++) {
        words[5 + i] = (char *)(uintptr_t)more[i];
    }
    server = fork();
    assert_true(server >= 0);
    if (server == 0) {
        (void)!freopen("/dev/null", "w", stderr);
        (void)!freopen("/dev/null", "w", stdout);
        execvp(SERVER, words);
        _exit(127);
    }
    for (int i = 0; i < WAIT_MS / 20 && !ports_udp_served(port); i++) {
        usleep(20000);
    }
    assert_true(ports_udp_served(port));
}

static void stop(void)
{
    if (server > 0) {
        kill(server, SIGKILL);
        waitpid(server, NULL, 0);
        server = 0;
    }
}

static int set_up(void **state)
{
    (void)state;
    port = ports_hold(2);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stop();
    return 0;
}

static godwit_coap_t *open_client(godwit_coap_config_t config, const char *scheme)
{
    char url[80], why[GODWIT_COAP_WHY] = "";
    godwit_coap_t *coap = NULL;
    (void)snprintf(url, sizeof url, "%s://localhost:%u/readings", scheme,
                   (unsigned)(scheme[4] == 's' ? port + 1 : port));
    config.url = url;
    if (godwit_coap_open(&config, &coap, why) != GODWIT_OK) {
        fail_msg("%s", why);
    }
    return coap;
}

static godwit_coap_answer_t wait_for_answer(godwit_coap_t *coap)
{
    godwit_coap_answer_t answer = {0};
    for (uint64_t end = now_ms() + WAIT_MS; now_ms() < end;) {
        if (godwit_coap_next(coap, now_ms(), &answer)) {
            return answer;
        }
        struct pollfd ready = {.fd = godwit_coap_fd(coap), .events = POLLIN};
        (void)poll(&ready, 1, 50);
    }
    fail_msg("no answer came");
    return answer;
}

static void post(godwit_coap_t *coap, const char *text, uint64_t tag)
{
    assert_int_equal(godwit_coap_post(coap, godwit_slice((const uint8_t *)text, strlen(text)), tag, now_ms()),
                     GODWIT_OK);
}

static void expect_success(godwit_coap_t *coap, uint64_t tag)
{
    godwit_coap_answer_t answer = wait_for_answer(coap);
    assert_int_equal(answer.status, GODWIT_OK);
    assert_int_equal(answer.code / 100, 2);
    assert_int_equal(answer.tag, tag);
}

/* DTLS passes over what does not verify, and gives up after half a minute: long before that a server with the key would
 * have answered. */
static void expect_no_success(godwit_coap_t *coap)
{
    godwit_coap_answer_t answer;
    for (uint64_t end = now_ms() + 2000; now_ms() < end;) {
        if (godwit_coap_next(coap, now_ms(), &answer)) {
            assert_int_equal(answer.status, GODWIT_IO_FAILED);
            return;
        }
        struct pollfd ready = {.fd = godwit_coap_fd(coap), .events = POLLIN};
        (void)poll(&ready, 1, 50);
    }
}

static const char *const dynamic[] = {"-d", "100", NULL};

static void a_post_is_answered(void **state)
{
    (void)state;
    start(dynamic);
    godwit_coap_t *coap = open_client((godwit_coap_config_t){0}, "coap");
    post(coap, "{\"payload\":\"21.5\"}", 5);
    expect_success(coap, 5);
    char large[3000]; /* more than a datagram: block by block (RFC 7959) */
    memset(large, 'x', sizeof large);
    assert_int_equal(godwit_coap_post(coap, godwit_slice((const uint8_t *)large, sizeof large), UINT64_MAX, now_ms()),
                     GODWIT_OK);
    expect_success(coap, UINT64_MAX);
    godwit_coap_close(coap);
}

/* Each answer is one block, and says that more follow (RFC 7959 2.2). */
static void serve_without_end(int fd)
{
    uint8_t in[2048], out[4 + 8 + 5 + 4 + 1 + 1024];
    for (uint32_t block = 0;; block++) {
        struct sockaddr_in from;
        socklen_t from_len = sizeof from;
        const ssize_t len = recvfrom(fd, in, sizeof in, 0, (struct sockaddr *)&from, &from_len);
        const size_t token = len < 4 ? 9 : in[0] & 15u;
        if (token > 8) {
            continue;
        }
        memset(out, 'x', sizeof out);
        memcpy(out, in, 4 + token);
        out[0] = (uint8_t)(0x60u | token); /* ACK */
        out[1] = 0x44;                     /* 2.04 */
        uint8_t *at = out + 4 + token;
        const uint32_t value = block << 4 | 8u | 6u;
        const uint8_t options[] = {
            0x44,           'E', 'T', 'a', 'g', 0xd3, 23 - 4 - 13, (uint8_t)(value >> 16), (uint8_t)(value >> 8),
            (uint8_t)value, 0xff};
        memcpy(at, options, sizeof options);
        (void)sendto(fd, out, (size_t)(at - out) + sizeof options + 1024, 0, (struct sockaddr *)&from, from_len);
    }
}

static void an_answer_without_end_is_not_gathered(void **state)
{
    (void)state;
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    server = fork();
    assert_true(server >= 0);
    if (server == 0) {
        serve_without_end(fd);
    }
    close(fd);
    godwit_coap_t *coap = open_client((godwit_coap_config_t){0}, "coap");
    post(coap, "21.5", 1);
    expect_success(coap, 1);
    godwit_coap_close(coap);
}

static void each_of_many_has_one_answer_though_datagrams_are_lost(void **state)
{
    static const char *const lossy[] = {"-d", "100", "-l", "30%", NULL};
    bool seen[13] = {false};
    (void)state;
    start(lossy);
    godwit_coap_t *coap = open_client((godwit_coap_config_t){.ack_ms = 1000}, "coap");
    uint64_t sent = 0, answered = 0;
    while (answered < 12) {
        char text[24];
        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)sent);
        if (sent < 12 && godwit_coap_post(coap, godwit_slice((const uint8_t *)text, strlen(text)), sent + 1,
                                          now_ms()) == GODWIT_OK) {
            sent++;
            continue;
        }
        assert_true(sent == 12 || sent - answered == 4); /* as many as may be in flight */
        uint64_t tag = wait_for_answer(coap).tag;
        assert_in_range(tag, 1, 12);
        assert_false(seen[tag]);
        seen[tag] = true;
        answered++;
    }
    godwit_coap_close(coap);
}

static void without_a_server_it_fails_and_with_one_it_goes_on(void **state)
{
    (void)state;
    godwit_coap_t *coap = open_client((godwit_coap_config_t){.ack_ms = 1000}, "coap");
    post(coap, "1", 1);
    godwit_coap_answer_t answer = wait_for_answer(coap);
    assert_int_equal(answer.status, GODWIT_IO_FAILED);
    assert_int_equal(answer.tag, 1);
    assert_non_null(answer.why);
    start(dynamic);
    post(coap, "1", 2);
    expect_success(coap, 2);
    godwit_coap_close(coap);
}

static void a_server_without_the_key_gets_nothing(void **state)
{
    static const char *const with_key[] = {"-d", "100", "-k", "sesame-sesame", "-h", "godwit", NULL};
    const uint8_t right[] = "sesame-sesame", wrong[] = "sesame-sesami";
    (void)state;
    start(with_key);
    godwit_coap_config_t config = {.psk_identity = "hse", .psk = godwit_slice(right, 13), .ack_ms = 1000};
    godwit_coap_t *coap = open_client(config, "coaps");
    post(coap, "21.5", 1);
    expect_success(coap, 1);
    godwit_coap_close(coap);
    config.psk = godwit_slice(wrong, 13);
    coap = open_client(config, "coaps");
    post(coap, "21.5", 2);
    expect_no_success(coap);
    godwit_coap_close(coap);
}

static void run(const char *command)
{
    char line[900];
    (void)snprintf(line, sizeof line, "cd %s && { %s; } 2>/dev/null", folder, command);
    assert_int_equal(system(line), 0);
}

static void make_certificates(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/godwit-coap-XXXXXX");
    assert_non_null(mkdtemp(folder));
    run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem");
    run("for name in localhost elsewhere.example; do openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=$name "
        "-keyout $name.key -out $name.csr && printf subjectAltName=DNS:$name >ext && openssl x509 -req -in $name.csr -CA ca.pem "
        "-CAkey ca.key -CAcreateserial -days 2 -extfile ext -out $name.pem; done");
}

static godwit_coap_t *post_to(const char *name)
{
    char certificate[120], key[120], ca[120];
    (void)snprintf(certificate, sizeof certificate, "%s/%s.pem", folder, name);
    (void)snprintf(key, sizeof key, "%s/%s.key", folder, name);
    (void)snprintf(ca, sizeof ca, "%s/ca.pem", folder);
    start((const char *const[]){"-d", "100", "-c", certificate, "-j", key, "-n", NULL});
    godwit_coap_t *coap = open_client((godwit_coap_config_t){.ca = ca}, "coaps");
    post(coap, "21.5", 1);
    return coap;
}

static void a_certificate_must_name_the_host(void **state)
{
    char command[80];
    (void)state;
    make_certificates();
    godwit_coap_t *coap = post_to("localhost");
    expect_success(coap, 1);
    godwit_coap_close(coap);
    stop();
    coap = post_to("elsewhere.example");
    expect_no_success(coap);
    godwit_coap_close(coap);
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    (void)!system(command);
}

static void what_cannot_be_is_refused_at_once(void **state)
{
    const uint8_t key[] = "k";
    const godwit_coap_config_t bad[] = {
        {.url = "http://localhost/x"},
        {.url = "coap:///x"},
        {.url = "coaps://localhost/x"},
        {.url = "coap://localhost/x", .psk_identity = "a", .psk = godwit_slice(key, 1)},
        {.url = "coaps://localhost/x", .psk_identity = "a", .psk = godwit_slice(key, 1), .ca = "/ca.pem"},
        {.url = "coap://localhost/x", .in_flight = 1000},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char why[GODWIT_COAP_WHY];
        godwit_coap_t *coap = NULL;
        assert_int_equal(godwit_coap_open(&bad[i], &coap, why), GODWIT_INVALID_ARGUMENT);
        assert_null(coap);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_post_is_answered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_without_end_is_not_gathered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_of_many_has_one_answer_though_datagrams_are_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_server_it_fails_and_with_one_it_goes_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_server_without_the_key_gets_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_certificate_must_name_the_host, set_up, tear_down),
        cmocka_unit_test(what_cannot_be_is_refused_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
