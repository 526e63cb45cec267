/* SPDX-License-Identifier: Apache-2.0
 *
 * The example of docs/gba.md as it stands in examples/gba/main.c, on a board that the test plays, against the BSF; and
 * answers of HTTP, cut and bent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/agree/gba/gba.h"
#include "tests/support/gba_world.h"

#include "examples/gba/main.c"

static gba_world_t w;
static gba_device_t d; /* its card is the board's; its own library is not used */
static uint8_t nvm[GODWIT_GBA_RECORD_MAX];
static size_t nvm_len, came_len, came_at, piece;
static char came[4096], last_event[64];
static unsigned connections;

size_t board_nvm_read(uint8_t *record, size_t cap)
{
    assert_true(cap >= nvm_len);
    memcpy(record, nvm, nvm_len);
    return nvm_len;
}

bool board_nvm_write(const uint8_t *record, size_t len)
{
    memcpy(nvm, record, len);
    nvm_len = len;
    return true;
}

void board_random(uint8_t *octets, size_t len)
{
    memset(octets, 7, len);
}

void board_log(const char *name, const char *reason)
{
    (void)snprintf(last_event, sizeof last_event, "%s %s", name, reason);
}

int board_usim_authenticate_res(const uint8_t rand[16], const uint8_t autn[16], uint8_t res[16], uint8_t *res_len,
                                uint8_t ck[16], uint8_t ik[16], uint8_t auts[14])
{
    godwit_usim_output_t out;
    assert_int_equal(godwit_usim_step(&d.card, rand, autn, &out), GODWIT_OK);
    memcpy(res, out.result.res, 16);
    *res_len = out.result.res_len;
    memcpy(ck, out.result.ck, 16);
    memcpy(ik, out.result.ik, 16);
    memcpy(auts, out.result.auts, 14);
    return out.result.status == GODWIT_OK ? 0 : out.result.status == GODWIT_AUTH_RESYNC ? 2 : 1;
}

bool line_open(const char *host)
{
    connections++;
    return strcmp(host, GBA_BSF) == 0;
}

/* What the BSF answers, as a server would write it. */
static void write_answer(void)
{
    const godwit_ub_answer_t *a = &w.answer;
    int len = snprintf(came, sizeof came, "HTTP/1.1 %u Whatever\r\nServer: test\r\n", a->code);
    if (a->www_authenticate[0] != '\0') {
        len += snprintf(came + len, sizeof came - (size_t)len, "WWW-Authenticate: %s\r\n", a->www_authenticate);
    }
    if (a->authentication_info[0] != '\0') {
        len += snprintf(came + len, sizeof came - (size_t)len, "authentication-INFO:%s \r\n", a->authentication_info);
    }
    len += snprintf(came + len, sizeof came - (size_t)len, "Content-Length: %u\r\n\r\n%.*s", a->body_len, a->body_len,
                    a->body);
    came_len = (size_t)len;
    came_at = 0;
}

bool line_write(const uint8_t *octets, size_t len)
{
    char text[2048] = {0}, header[GODWIT_HTTP_FIELD_MAX] = {0};
    static const char begin[] = "GET / HTTP/1.1\r\nHost: " GBA_BSF "\r\n";
    assert_true(len < sizeof text);
    memcpy(text, octets, len);
    assert_memory_equal(text, begin, sizeof begin - 1);
    const char *value = strstr(text, "\r\nAuthorization: ");
    assert_non_null(value);
    value += 17;
    assert_string_equal(strstr(value, "\r\n"), "\r\n\r\n");
    memcpy(header, value, (size_t)(strstr(value, "\r\n") - value));
    gba_get(&w, &d, header, true);
    write_answer();
    return true;
}

int line_read(uint8_t *octets, size_t cap)
{
    size_t now = came_len - came_at < piece ? came_len - came_at : piece;
    now = now < cap ? now : cap;
    memcpy(octets, came + came_at, now);
    came_at += now;
    return (int)now;
}

void line_close(void)
{
}

static int setup(void **state)
{
    (void)state;
    gba_world_init(&w);
    gba_device_init(&d, "001010123456789", GODWIT_GBA_ME);
    nvm_len = 0;
    connections = 0;
    return 0;
}

static void the_example_bootstraps_in_whatever_pieces_answers_come(void **state)
{
    (void)state;
    static const uint8_t ua[5] = {1, 0, 0, 0, 2};
    uint8_t naf_id[GODWIT_NAF_ID_MAX], key[32], again[32];
    uint16_t len = 0;
    assert_int_equal(godwit_gba_naf_id(godwit_slice_of_string(GBA_NAF_NAME), ua, naf_id, &len), GODWIT_OK);
    for (piece = 1; piece < 2000; piece = piece * 3 + 1) {
        assert_int_equal(setup(NULL), 0);
        assert_true(start());
        assert_true(naf_key(godwit_slice(naf_id, len), w.owner.now_ms / 1000, key));
        assert_string_equal(last_event, "bootstrapped ok");
        const godwit_zn_answer_t *zn = gba_zn(&w, GBA_NAF_HOST, godwit_gba_b_tid_of(&gba), GBA_NAF_NAME, false);
        assert_memory_equal(zn->me_key, key, 32);
        unsigned used = connections;
        assert_true(start()); /* after a reboot the record serves */
        assert_true(naf_key(godwit_slice(naf_id, len), w.owner.now_ms / 1000, again));
        assert_memory_equal(key, again, 32);
        assert_int_equal(connections, used);
    }
}

static void a_line_that_breaks_gives_no_key(void **state)
{
    (void)state;
    static const uint8_t naf_id[] = "naf.example.com\x01\x00\x00\x00\x02";
    uint8_t key[32];
    piece = 0; /* the other end closes at once */
    assert_true(start());
    assert_false(naf_key(godwit_slice(naf_id, sizeof naf_id - 1), 1, key));
    assert_string_equal(last_event, "refused io_failed");
}

typedef struct reading {
    const char *text;
    godwit_status_t open, closed; /* while the connection lasts, and when it has ended */
} reading_t;

static void answers_are_read_within_bounds(void **state)
{
    (void)state;
    static const reading_t readings[] = {
        {"", GODWIT_AGAIN, GODWIT_MALFORMED},
        {"HTTP/1.1 200 OK\r\n", GODWIT_AGAIN, GODWIT_MALFORMED},
        {"HTTP/1.1 200 OK\r\n\r\nbody", GODWIT_AGAIN, GODWIT_OK},
        {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbod", GODWIT_AGAIN, GODWIT_MALFORMED},
        {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", GODWIT_OK, GODWIT_OK},
        {"HTTP/1.1 204 No\r\n\r\n", GODWIT_OK, GODWIT_OK},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", GODWIT_OK, GODWIT_OK},
        {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nbody", GODWIT_MALFORMED, GODWIT_MALFORMED},
        {"HTTP/1.1 200 OK\r\nContent-Length: +4\r\n\r\nbody", GODWIT_MALFORMED, GODWIT_MALFORMED},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\nbody", GODWIT_MALFORMED, GODWIT_MALFORMED},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", GODWIT_MALFORMED, GODWIT_MALFORMED},
        {"HTTP/1.1 200 OK\nContent-Length: 0\n\n", GODWIT_MALFORMED, GODWIT_MALFORMED},
        {"HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n", GODWIT_MALFORMED, GODWIT_MALFORMED},
        {"HTTP/1.1 200 OK\r\nA : b\r\nContent-Length: 0\r\n\r\n", GODWIT_MALFORMED, GODWIT_MALFORMED},
        {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", GODWIT_MALFORMED, GODWIT_MALFORMED},
        {"HTTP/2 200\r\n\r\n", GODWIT_MALFORMED, GODWIT_MALFORMED},
        {"HTTP/1.1 2000 OK\r\n\r\n", GODWIT_MALFORMED, GODWIT_MALFORMED},
        {"HTTP/1.1 600 OK\r\n\r\n", GODWIT_MALFORMED, GODWIT_MALFORMED},
        {"SSH-2.0\r\n", GODWIT_MALFORMED, GODWIT_MALFORMED},
    };
    godwit_http_answer_t answer;
    size_t used;
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        godwit_slice_t text = godwit_slice_of_string(readings[i].text);
        assert_int_equal(godwit_http_answer_parse(text, false, &answer, &used), readings[i].open);
        assert_int_equal(godwit_http_answer_parse(text, true, &answer, &used), readings[i].closed);
    }
    static char much[2 * GODWIT_HTTP_HEAD_MAX];
    memset(much, 'x', sizeof much);
    memcpy(much, "HTTP/1.1 200 OK\r\nX: ", 20);
    assert_int_equal(godwit_http_answer_parse(godwit_slice(much, sizeof much), false, &answer, &used), GODWIT_NO_SPACE);
}

static void nothing_begins_another_line_of_a_request(void **state)
{
    (void)state;
    uint8_t octets[256];
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_http_get_build("h", "/", "a\r\nX: y", &out), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_http_get_build("h\n", "/", "a", &out), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_http_get_build("h", "/ HTTP/1.1", "a", &out), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_http_get_build("h", "x", "a", &out), GODWIT_INVALID_ARGUMENT);
    out = godwit_writer(octets, 20);
    assert_int_equal(godwit_http_get_build("h", "/", "a", &out), GODWIT_NO_SPACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_example_bootstraps_in_whatever_pieces_answers_come, setup),
        cmocka_unit_test_setup(a_line_that_breaks_gives_no_key, setup),
        cmocka_unit_test(answers_are_read_within_bounds),
        cmocka_unit_test(nothing_begins_another_line_of_a_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
