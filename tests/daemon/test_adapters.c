/* SPDX-License-Identifier: Apache-2.0
 *
 * The daemon's edges one by one: datagrams over UDP, readings as JSON lines, log lines and counters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <jansson.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/deliver/deliver.h"
#include "adapters/observe/observe.h"
#include "adapters/sgi/sgi.h"
#include "adapters/udp/udp.h"
#include "godwit/emsdp.h"

/* ---- UDP --------------------------------------------------------------------------------------------------------- */

static godwit_address_t address(const char *text)
{
    godwit_address_t a;
    assert_int_equal(godwit_udp_address_from_text(text, &a), GODWIT_OK);
    return a;
}

static void addresses_are_read_and_written(void **state)
{
    (void)state;
    static const char *const good[] = {"127.0.0.1:0", "10.1.2.3:65535", "[::1]:7330", "[2001:db8::7]:1"};
    static const char *const bad[] = {
        "",      "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:1x", "localhost:1",  "::1:7",
        "[::1]", "[::1]7",    "[::1",       "[127.0.0.1]:1",   "1.2.3:4",      "127.0.0.1:-1", "[fe80::1%lo]:1"};
    char text[GODWIT_UDP_TEXT];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        godwit_address_t a = address(good[i]), again;
        struct sockaddr_storage socket_address;
        godwit_udp_address_to_text(&a, text);
        assert_string_equal(text, good[i]);
        assert_true(godwit_udp_address_to_socket(&a, &socket_address) > 0);
        godwit_udp_address_from_socket(&socket_address, &again);
        assert_memory_equal(&a, &again, sizeof a);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        godwit_address_t a;
        if (godwit_udp_address_from_text(bad[i], &a) != GODWIT_INVALID_ARGUMENT) {
            fail_msg("'%s' was taken", bad[i]);
        }
    }
    godwit_address_t a = address("127.9.9.9:1"), b = address("[::1]:1"), c = address("10.0.0.1:1");
    assert_true(godwit_udp_address_is_loopback(&a) && godwit_udp_address_is_loopback(&b));
    assert_false(godwit_udp_address_is_loopback(&c));
}

static size_t receive_some(godwit_udp_t *udp, godwit_udp_datagram_t datagrams[GODWIT_UDP_BATCH])
{
    struct pollfd p = {.fd = godwit_udp_fd(udp), .events = POLLIN};
    assert_int_equal(poll(&p, 1, 60000), 1);
    return godwit_udp_receive(udp, datagrams);
}

static void exchange_over(const char *where)
{
    char why[GODWIT_UDP_WHY];
    godwit_udp_t *a = NULL, *b = NULL;
    static godwit_udp_datagram_t got[GODWIT_UDP_BATCH];
    uint8_t octets[GODWIT_EMSDP_DATAGRAM_MAX + 100];
    godwit_address_t local = address(where);
    assert_int_equal(godwit_udp_open(&local, &a, why), GODWIT_OK);
    assert_int_equal(godwit_udp_open(&local, &b, why), GODWIT_OK);
    godwit_address_t from = godwit_udp_local(a), to = godwit_udp_local(b);
    for (unsigned i = 0; i < GODWIT_UDP_BATCH + 10; i++) { /* more than one batch */
        memset(octets, (int)i, sizeof octets);
        godwit_udp_send(a, &to, godwit_slice(octets, i));
    }
    godwit_udp_flush(a);
    unsigned received = 0;
    while (received < GODWIT_UDP_BATCH + 10) {
        size_t count = receive_some(b, got);
        for (size_t n = 0; n < count; n++, received++) {
            assert_true(godwit_address_equal(&got[n].from, &from));
            assert_int_equal(got[n].octets.len, received);
            assert_true(received == 0 || got[n].octets.ptr[received - 1] == received);
        }
    }
    assert_int_equal(godwit_udp_receive(b, got), 0);
    assert_int_equal(godwit_udp_counters(a)->sent, GODWIT_UDP_BATCH + 10);
    godwit_udp_close(a);
    godwit_udp_close(b);
}

static void datagrams_go_in_batches_over_ipv4(void **state)
{
    (void)state;
    exchange_over("127.0.0.1:0");
}

static void datagrams_go_in_batches_over_ipv6(void **state)
{
    (void)state;
    if (access("/proc/net/if_inet6", R_OK) != 0) {
        skip();
    }
    exchange_over("[::1]:0");
}

static void a_datagram_longer_than_any_is_dropped_and_counted(void **state)
{
    (void)state;
    char why[GODWIT_UDP_WHY];
    godwit_udp_t *udp = NULL;
    godwit_udp_datagram_t got[GODWIT_UDP_BATCH];
    uint8_t octets[GODWIT_EMSDP_DATAGRAM_MAX + 1] = {0};
    godwit_address_t local = address("127.0.0.1:0");
    assert_int_equal(godwit_udp_open(&local, &udp, why), GODWIT_OK);
    local = godwit_udp_local(udp);
    godwit_udp_send(udp, &local, godwit_slice(octets, sizeof octets));
    godwit_udp_send(udp, &local, godwit_slice(octets, sizeof octets - 1));
    godwit_udp_flush(udp);
    assert_int_equal(receive_some(udp, got), 1);
    assert_int_equal(got[0].octets.len, GODWIT_EMSDP_DATAGRAM_MAX);
    assert_int_equal(godwit_udp_counters(udp)->oversize, 1);
    godwit_udp_close(udp);
}

static void a_port_in_use_is_refused_by_name(void **state)
{
    (void)state;
    char why[GODWIT_UDP_WHY], text[GODWIT_UDP_TEXT];
    godwit_udp_t *udp = NULL, *second = NULL;
    godwit_address_t local = address("127.0.0.1:0");
    assert_int_equal(godwit_udp_open(&local, &udp, why), GODWIT_OK);
    local = godwit_udp_local(udp);
    godwit_udp_address_to_text(&local, text);
    assert_int_equal(godwit_udp_open(&local, &second, why), GODWIT_IO_FAILED);
    assert_non_null(strstr(why, text));
    assert_non_null(strstr(why, "Address already in use"));
    godwit_udp_close(udp);
}

/* ---- deliveries -------------------------------------------------------------------------------------------------- */

static godwit_reading_t reading(const void *payload, size_t len)
{
    godwit_reading_t r = {
        .session_id = 42, .count = UINT32_MAX, .user_plane = true, .time_ms = UINT64_C(1700000000123)};
    assert_int_equal(godwit_imsi_from_text("001010000000089", &r.imsi), GODWIT_OK);
    r.payload = godwit_slice(payload, len);
    return r;
}

static void assert_line(const void *payload, size_t payload_len, const char *expected)
{
    godwit_reading_t r = reading(payload, payload_len);
    size_t len = 0;
    char *line = godwit_deliver_line(&r, &len);
    assert_non_null(line);
    assert_int_equal(len, strlen(expected));
    assert_memory_equal(line, expected, len);
    json_t *parsed = json_loadb(line, len, JSON_ALLOW_NUL, NULL);
    assert_non_null(parsed);
    json_decref(parsed);
    free(line);
}

#define LINE_HEAD "{\"imsi\":\"001010000000089\",\"session\":42,\"count\":4294967295,"
#define LINE_TAIL ",\"time\":\"2023-11-14T22:13:20.123Z\"}\n"

static void a_reading_is_one_json_line(void **state)
{
    (void)state;
    assert_line("21.5 \xc2\xb0"
                "C",
                8,
                LINE_HEAD "\"payload\":\"21.5 \xc2\xb0"
                          "C\"" LINE_TAIL);
    assert_line("a\"b\\\n\0z", 7, LINE_HEAD "\"payload\":\"a\\\"b\\\\\\n\\u0000z\"" LINE_TAIL);
    assert_line("", 0, LINE_HEAD "\"payload\":\"\"" LINE_TAIL);
    assert_line(NULL, 0, LINE_HEAD "\"payload\":\"\"" LINE_TAIL);
    assert_line("\xff\x00\x80", 3, LINE_HEAD "\"payload_hex\":\"ff0080\"" LINE_TAIL);
    assert_line("\xc2", 1, LINE_HEAD "\"payload_hex\":\"c2\"" LINE_TAIL);             /* UTF-8 cut short */
    assert_line("\xed\xa0\x80", 3, LINE_HEAD "\"payload_hex\":\"eda080\"" LINE_TAIL); /* a surrogate is no character */
}

static void a_reading_of_a_queue_says_which_it_is(void **state)
{
    (void)state;
    godwit_reading_t r = reading("x", 1);
    size_t len = 0;
    r.origin = "hse.example";
    r.number = UINT64_C(9007199254740991);
    char *line = godwit_deliver_line(&r, &len);
    const char expected[] = LINE_HEAD "\"payload\":\"x\",\"time\":\"2023-11-14T22:13:20.123Z\","
                                      "\"id\":{\"origin\":\"hse.example\",\"number\":9007199254740991}}\n";
    assert_int_equal(len, sizeof expected - 1);
    assert_memory_equal(line, expected, len);
    free(line);
}

static size_t read_all(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len = fread(text, 1, size - 1, file);
    text[len] = '\0';
    fclose(file);
    return len;
}

static unsigned told_done, told_failed;

static void tell_done(void *context, uint64_t number)
{
    (void)context;
    (void)number;
    told_done++;
}

static void tell_failed(void *context, uint64_t number, godwit_deliver_failure_t how, const char *why)
{
    (void)context;
    (void)number;
    (void)how;
    (void)why;
    told_failed++;
}

static godwit_status_t open_delivery(const godwit_deliver_kind_t *kind, const char *target, godwit_delivery_t **d,
                                     char why[GODWIT_DELIVER_WHY])
{
    const godwit_deliver_config_t config = {.name = "test", .target = target};
    const godwit_deliver_told_t told = {NULL, tell_done, tell_failed};
    told_done = told_failed = 0;
    return kind->open(&config, &told, d, why);
}

static void readings_are_added_to_a_file_and_a_rotated_one_begins_anew(void **state)
{
    (void)state;
    char directory[] = "/tmp/godwit-deliver-XXXXXX", path[64], rotated[64], why[GODWIT_DELIVER_WHY], text[1024];
    godwit_delivery_t *d = NULL;
    struct stat st;
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/out", directory);
    snprintf(rotated, sizeof rotated, "%s/out.1", directory);
    godwit_reading_t r = reading("one", 3);
    assert_int_equal(open_delivery(&godwit_deliver_file, path, &d, why), GODWIT_OK);
    assert_int_equal(d->kind->offer(d, &r, 0), GODWIT_OK);
    assert_int_equal(read_all(path, text, sizeof text), 0);
    assert_int_equal(d->kind->flush(d), GODWIT_OK);
    assert_true(read_all(path, text, sizeof text) > 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(rename(path, rotated), 0);
    d->kind->close(d);
    assert_int_equal(open_delivery(&godwit_deliver_file, path, &d, why), GODWIT_OK);
    r = reading("two", 3);
    assert_int_equal(d->kind->offer(d, &r, 0), GODWIT_OK);
    d->kind->close(d);
    read_all(path, text, sizeof text);
    assert_non_null(strstr(text, "\"two\""));
    assert_null(strstr(text, "\"one\""));
    unlink(path);
    unlink(rotated);
    rmdir(directory);
    assert_int_equal(open_delivery(&godwit_deliver_file, "/no/such/place", &d, why), GODWIT_IO_FAILED);
    assert_non_null(strstr(why, "/no/such/place"));
}

static void a_full_disk_never_cuts_a_line(void **state)
{
    (void)state;
    char why[GODWIT_DELIVER_WHY];
    godwit_delivery_t *d = NULL;
    if (access("/dev/full", W_OK) != 0) {
        skip();
    }
    assert_int_equal(open_delivery(&godwit_deliver_file, "/dev/full", &d, why), GODWIT_OK);
    godwit_reading_t r = reading("x", 1);
    assert_int_equal(d->kind->offer(d, &r, 0), GODWIT_OK);
    assert_int_equal(d->kind->flush(d), GODWIT_IO_FAILED);
    assert_non_null(strstr(d->why, "No space left on device"));
    godwit_status_t status = GODWIT_OK;
    unsigned taken = 0;
    for (; taken < 100000 && status == GODWIT_OK; taken++) { /* waits within bounds, then takes no more */
        status = d->kind->offer(d, &r, 0);
    }
    assert_int_equal(status, GODWIT_AGAIN);
    assert_int_equal(told_done, 0);
    assert_true(taken > 1000 && taken < 100000);
    d->kind->close(d);
}

static void what_a_full_disk_cut_goes_on_where_it_was(void **state)
{
    (void)state;
    char directory[] = "/tmp/godwit-deliver-XXXXXX", path[64], why[GODWIT_DELIVER_WHY], text[2048];
    godwit_delivery_t *d = NULL;
    struct rlimit unlimited, tight;
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/out", directory);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    tight = (struct rlimit){150, unlimited.rlim_max}; /* in the middle of the second line */
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(open_delivery(&godwit_deliver_file, path, &d, why), GODWIT_OK);
    godwit_reading_t r = reading("one", 3), s = reading("two", 3);
    assert_int_equal(d->kind->offer(d, &r, 0), GODWIT_OK);
    assert_int_equal(d->kind->offer(d, &s, 0), GODWIT_OK);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    godwit_status_t full = d->kind->flush(d);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    assert_int_equal(full, GODWIT_IO_FAILED);
    assert_int_equal(read_all(path, text, sizeof text), 150);
    assert_int_equal(told_done, 1);
    assert_int_equal(d->kind->flush(d), GODWIT_OK);
    read_all(path, text, sizeof text);
    assert_int_equal(told_done, 2);
    assert_string_equal(text, LINE_HEAD "\"payload\":\"one\"" LINE_TAIL LINE_HEAD "\"payload\":\"two\"" LINE_TAIL);
    d->kind->close(d);
    unlink(path);
    rmdir(directory);
}

static void readings_go_out_as_datagrams(void **state)
{
    (void)state;
    char why[GODWIT_DELIVER_WHY], udp_why[GODWIT_UDP_WHY], text[GODWIT_UDP_TEXT];
    godwit_udp_datagram_t got[GODWIT_UDP_BATCH];
    godwit_udp_t *udp = NULL;
    godwit_delivery_t *d = NULL;
    godwit_address_t local = address("127.0.0.1:0");
    assert_int_equal(godwit_udp_open(&local, &udp, udp_why), GODWIT_OK);
    local = godwit_udp_local(udp);
    godwit_udp_address_to_text(&local, text);
    assert_int_equal(open_delivery(&godwit_deliver_udp, text, &d, why), GODWIT_OK);
    godwit_reading_t r = reading("x", 1);
    assert_int_equal(d->kind->offer(d, &r, 0), GODWIT_OK);
    assert_int_equal(receive_some(udp, got), 1);
    const char expected[] = LINE_HEAD "\"payload\":\"x\"" LINE_TAIL;
    assert_int_equal(got[0].octets.len, sizeof expected - 2); /* a datagram needs no newline */
    assert_memory_equal(got[0].octets.ptr, expected, got[0].octets.len);
    d->kind->close(d);
    godwit_udp_close(udp);
}

/* ---- log and counters -------------------------------------------------------------------------------------------- */

static char lines[65536];

/* What fill writes to the log, as text. */
static void gather(godwit_observer_t *o, void (*fill)(godwit_observer_t *o))
{
    FILE *file = tmpfile();
    assert_non_null(file);
    o->fd = fileno(file);
    fill(o);
    fseek(file, 0, SEEK_SET);
    lines[fread(lines, 1, sizeof lines - 1, file)] = '\0';
    fclose(file);
}

static godwit_event_t event(godwit_status_t reason)
{
    godwit_event_t e = {
        .name = "refused", .reason = reason, .has_imsi = true, .session_id = 7, .detail = "the \"MAC\" of 12"};
    assert_int_equal(godwit_imsi_from_text("001010000000089", &e.imsi), GODWIT_OK);
    return e;
}

static void one_refusal(godwit_observer_t *o)
{
    godwit_event_t e = event(GODWIT_MAC_FAILURE);
    godwit_observe_event(o, UINT64_C(1700000000123), "hse", &e);
}

static void an_event_is_one_line_with_a_short_imsi(void **state)
{
    (void)state;
    godwit_observer_t o = {.level = GODWIT_LOG_INFO};
    gather(&o, one_refusal);
    assert_string_equal(
        lines, "time=2023-11-14T22:13:20.123Z level=warning function=hse event=refused imsi=00101…89 session=7 "
               "reason=mac_failure detail=\"the \\\"MAC\\\" of 12\"\n");
    o.imsi_in_full = true;
    o.json = true;
    gather(&o, one_refusal);
    json_t *parsed = json_loads(lines, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(parsed, "imsi")), "001010000000089");
    assert_string_equal(json_string_value(json_object_get(parsed, "detail")), "the \"MAC\" of 12");
    assert_int_equal(json_integer_value(json_object_get(parsed, "session")), 7);
    json_decref(parsed);
}

static void each_level(godwit_observer_t *o)
{
    static const godwit_status_t reasons[] = {GODWIT_OK, GODWIT_REPLAY, GODWIT_STORE_FAILED};
    for (size_t i = 0; i < 3; i++) {
        godwit_event_t e = event(reasons[i]);
        godwit_observe_event(o, 1, "hse", &e);
    }
}

static unsigned line_count(void)
{
    unsigned count = 0;
    for (const char *c = lines; *c != '\0'; c++) {
        count += *c == '\n';
    }
    return count;
}

static void the_level_decides_what_is_written_but_all_is_counted(void **state)
{
    (void)state;
    static const unsigned written[] = {1, 2, 3, 3};
    for (unsigned level = 0; level < GODWIT_LOG_LEVELS; level++) {
        godwit_observer_t o = {.level = (godwit_log_level_t)level};
        gather(&o, each_level);
        assert_int_equal(line_count(), written[level]);
        assert_int_equal(o.counter_count, 3);
        assert_int_equal(godwit_observe_counter(&o, "hse", "refused", GODWIT_REPLAY)->count, 1);
    }
}

static void flood(godwit_observer_t *o)
{
    for (unsigned i = 0; i < 1000; i++) {
        one_refusal(o);
    }
    godwit_event_t e = event(GODWIT_MAC_FAILURE);
    godwit_observe_event(o, UINT64_C(1700000001123), "hse", &e);
}

static void a_flood_is_cut_and_says_so(void **state)
{
    (void)state;
    godwit_observer_t o = {.level = GODWIT_LOG_INFO};
    gather(&o, flood);
    assert_int_equal(line_count(), GODWIT_LINES_A_SECOND + 1);
    assert_non_null(strstr(lines, "suppressed=980\n"));
    assert_int_equal(godwit_observe_counter(&o, "hse", "refused", GODWIT_MAC_FAILURE)->count, 1001);
}

static void nasty_note(godwit_observer_t *o)
{
    static char text[4 * GODWIT_LOG_LINE];
    memset(text, '"', sizeof text - 1);
    memcpy(text, "x\nlevel=error forged", 20);
    godwit_observe_note(o, 1, GODWIT_LOG_ERROR, "note", text);
}

static void nobody_can_forge_a_line(void **state)
{
    (void)state;
    godwit_observer_t o = {.level = GODWIT_LOG_INFO};
    gather(&o, nasty_note);
    assert_int_equal(line_count(), 1);
    assert_int_equal(lines[strlen(lines) - 2], '"');
    o.json = true;
    gather(&o, nasty_note);
    json_t *parsed = json_loads(lines, 0, NULL);
    assert_non_null(parsed);
    json_decref(parsed);
}

static void more_kinds_than_counters_share_the_last(void **state)
{
    (void)state;
    static godwit_observer_t o;
    static char names[GODWIT_COUNTERS_MAX + 5][8];
    memset(&o, 0, sizeof o);
    for (unsigned i = 0; i < GODWIT_COUNTERS_MAX + 5; i++) {
        snprintf(names[i], sizeof names[i], "e%u", i);
        godwit_observe_counter(&o, "hse", names[i], GODWIT_OK)->count++;
    }
    assert_int_equal(o.counter_count, GODWIT_COUNTERS_MAX);
    assert_int_equal(o.counters[GODWIT_COUNTERS_MAX - 1].count, 6);
}

/* ---- SGi --------------------------------------------------------------------------------------------------------- */

static void devices_of_a_tunnel_have_addresses_of_their_own(void **state)
{
    (void)state;
    char why[GODWIT_SGI_WHY];
    godwit_sgi_t *sgi;
    godwit_udp_t *server;
    godwit_udp_datagram_t got[GODWIT_UDP_BATCH];
    godwit_sgi_datagram_t down;
    godwit_address_t anywhere = address("127.0.0.1:0");
    assert_int_equal(godwit_udp_open_long(&anywhere, &server, why), GODWIT_OK);
    assert_int_equal(godwit_sgi_open(0, &sgi, why), GODWIT_OK);
    assert_false(godwit_sgi_receive(sgi, &down));
    godwit_address_t to = godwit_udp_local(server);
    for (uint8_t i = 1; i <= 3; i++) {
        godwit_address_t device = {.len = 6, .octets = {127, 99, 0, i}};
        godwit_sgi_send(sgi, &device, &to, godwit_slice("up", 2));
        struct pollfd readable = {.fd = godwit_udp_fd(server), .events = POLLIN};
        assert_int_equal(poll(&readable, 1, 60000), 1);
        assert_int_equal(godwit_udp_receive(server, got), 1);
        assert_memory_equal(got[0].from.octets, device.octets, 4);
        assert_int_equal(godwit_load_u16(got[0].from.octets + 4), godwit_sgi_port(sgi));

        godwit_udp_send(server, &got[0].from, godwit_slice("down", 4));
        godwit_udp_flush(server);
        readable.fd = godwit_sgi_fd(sgi);
        assert_int_equal(poll(&readable, 1, 60000), 1);
        assert_true(godwit_sgi_receive(sgi, &down));
        assert_memory_equal(down.to.octets, device.octets, 4);
        assert_true(godwit_address_equal(&down.from, &to));
        assert_int_equal(down.octets.len, 4);
        assert_false(godwit_sgi_receive(sgi, &down));
    }
    godwit_sgi_t *second;
    assert_int_equal(godwit_sgi_open(godwit_sgi_port(sgi), &second, why), GODWIT_IO_FAILED);
    assert_non_null(strstr(why, "cannot be listened on"));
    godwit_sgi_close(sgi);
    godwit_udp_close(server);
}

static void what_is_too_long_for_a_device_does_not_hold_the_others_up(void **state)
{
    (void)state;
    enum { TOO_LONG = 65 }; /* one more than a call passes over */
    static const uint8_t octets[GODWIT_SGI_LONGEST + 1];
    char why[GODWIT_SGI_WHY];
    godwit_sgi_t *sgi;
    godwit_sgi_datagram_t down;
    assert_int_equal(godwit_sgi_open(0, &sgi, why), GODWIT_OK);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(godwit_sgi_port(sgi))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (unsigned i = 0; i <= TOO_LONG; i++) {
        size_t len = i < TOO_LONG ? sizeof octets : 1;
        assert_int_equal(sendto(fd, octets, len, 0, (const struct sockaddr *)&to, sizeof to), len);
    }
    assert_false(godwit_sgi_receive(sgi, &down)); /* back, though there is more */
    assert_true(godwit_sgi_receive(sgi, &down));
    assert_int_equal(down.octets.len, 1);
    assert_int_equal(close(fd), 0);
    godwit_sgi_close(sgi);
}

static void a_door_for_gtp_takes_longer_datagrams_than_one_for_emsdp(void **state)
{
    (void)state;
    char why[GODWIT_UDP_WHY];
    uint8_t octets[GODWIT_UDP_LONGEST + 1] = {1};
    godwit_udp_t *from, *to[2];
    godwit_udp_datagram_t got[GODWIT_UDP_BATCH];
    godwit_address_t anywhere = address("127.0.0.1:0");
    assert_int_equal(godwit_udp_open_long(&anywhere, &from, why), GODWIT_OK);
    assert_int_equal(godwit_udp_open_long(&anywhere, &to[0], why), GODWIT_OK);
    assert_int_equal(godwit_udp_open(&anywhere, &to[1], why), GODWIT_OK);
    for (int i = 0; i < 2; i++) {
        godwit_address_t local = godwit_udp_local(to[i]);
        godwit_udp_send(from, &local, godwit_slice(octets, GODWIT_UDP_LONGEST + 1));
        godwit_udp_send(from, &local, godwit_slice(octets, GODWIT_UDP_LONGEST));
        godwit_udp_send(from, &local, godwit_slice(octets, 10));
        godwit_udp_flush(from);
        struct pollfd readable = {.fd = godwit_udp_fd(to[i]), .events = POLLIN};
        assert_int_equal(poll(&readable, 1, 60000), 1);
        assert_int_equal(godwit_udp_receive(to[i], got), i == 0 ? 2 : 1);
        assert_int_equal(godwit_udp_counters(to[i])->oversize, i == 0 ? 1 : 2);
        godwit_udp_close(to[i]);
    }
    godwit_udp_close(from);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_and_written),
        cmocka_unit_test(datagrams_go_in_batches_over_ipv4),
        cmocka_unit_test(datagrams_go_in_batches_over_ipv6),
        cmocka_unit_test(a_datagram_longer_than_any_is_dropped_and_counted),
        cmocka_unit_test(a_port_in_use_is_refused_by_name),
        cmocka_unit_test(a_reading_is_one_json_line),
        cmocka_unit_test(a_reading_of_a_queue_says_which_it_is),
        cmocka_unit_test(readings_are_added_to_a_file_and_a_rotated_one_begins_anew),
        cmocka_unit_test(a_full_disk_never_cuts_a_line),
        cmocka_unit_test(what_a_full_disk_cut_goes_on_where_it_was),
        cmocka_unit_test(readings_go_out_as_datagrams),
        cmocka_unit_test(an_event_is_one_line_with_a_short_imsi),
        cmocka_unit_test(the_level_decides_what_is_written_but_all_is_counted),
        cmocka_unit_test(a_flood_is_cut_and_says_so),
        cmocka_unit_test(nobody_can_forge_a_line),
        cmocka_unit_test(more_kinds_than_counters_share_the_last),
        cmocka_unit_test(devices_of_a_tunnel_have_addresses_of_their_own),
        cmocka_unit_test(what_is_too_long_for_a_device_does_not_hold_the_others_up),
        cmocka_unit_test(a_door_for_gtp_takes_longer_datagrams_than_one_for_emsdp),
    };
    return cmocka_run_group_tests_name("adapters of the daemon", tests, NULL, NULL);
}
