/* SPDX-License-Identifier: Apache-2.0
 *
 * The GSUP client against an HLR that this test plays, on a free port of loopback: order of the handshake, pings,
 * answers that are late, missing, foreign or nonsense, connections that are refused or cut.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "adapters/gsup/gsup.h"
#include "core/wire/gsup.h"
#include "core/wire/ipa.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define IMSI "001010123456789"

typedef struct hlr {
    int listener, socket;
    uint16_t port;
    uint8_t in[8192];
    size_t in_len, taken;
} hlr_t;

static hlr_t hlr_open(void)
{
    hlr_t h = {.socket = -1};
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    h.listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(h.listener, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(h.listener, 8), 0);
    assert_int_equal(getsockname(h.listener, (struct sockaddr *)&a, &len), 0);
    h.port = ntohs(a.sin_port);
    return h;
}

static void hlr_hang_up(hlr_t *h)
{
    close(h->socket);
    h->socket = -1;
    h->in_len = h->taken = 0;
}

static void hlr_close(hlr_t *h)
{
    hlr_hang_up(h);
    close(h->listener);
}

static godwit_gsup_t *client(const hlr_t *h, uint32_t timeout_ms)
{
    godwit_gsup_config_t config = {.host = "127.0.0.1", .port = h->port, .unit_name = "emks", .timeout_ms = timeout_ms};
    char error[GODWIT_GSUP_ERROR_MAX];
    godwit_gsup_t *g = godwit_gsup_start(&config, error);
    assert_non_null(g);
    return g;
}

/* Lets the client work until the descriptor (of the HLR) or an answer is there. True: an answer. */
static bool drive(godwit_gsup_t *g, int hlr_fd, godwit_message_t *answer)
{
    for (;;) {
        struct pollfd p[2] = {{.fd = godwit_gsup_fd(g), .events = POLLIN}, {.fd = hlr_fd, .events = POLLIN}};
        assert_true(poll(p, hlr_fd >= 0 ? 2 : 1, 60000) > 0);
        if (p[0].revents && godwit_gsup_receive(g, answer) == GODWIT_OK) {
            return true;
        }
        if (hlr_fd >= 0 && p[1].revents) {
            return false;
        }
    }
}

static void hlr_accept(hlr_t *h, godwit_gsup_t *g)
{
    godwit_message_t none;
    assert_false(drive(g, h->listener, &none));
    h->socket = accept(h->listener, NULL, NULL);
    assert_true(h->socket >= 0);
}

/* The next frame the client sends. */
static godwit_ipa_frame_t hlr_frame(hlr_t *h, godwit_gsup_t *g)
{
    godwit_ipa_frame_t frame;
    godwit_message_t none;
    size_t used;
    memmove(h->in, h->in + h->taken, h->in_len -= h->taken);
    while (godwit_ipa_frame_parse(godwit_slice(h->in, h->in_len), &frame, &used) != GODWIT_OK) {
        assert_false(drive(g, h->socket, &none));
        ssize_t n = recv(h->socket, h->in + h->in_len, sizeof h->in - h->in_len, 0);
        assert_true(n > 0);
        h->in_len += (size_t)n;
    }
    h->taken = used;
    return frame;
}

static void hlr_send(hlr_t *h, const godwit_writer_t *w)
{
    assert_int_equal(send(h->socket, w->buf, w->len, MSG_NOSIGNAL), w->len);
}

static void hlr_greet(hlr_t *h, godwit_gsup_t *g)
{
    uint8_t octets[64];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_ipa_put_id_get(&w);
    hlr_send(h, &w);
    godwit_ipa_frame_t frame = hlr_frame(h, g);
    assert_int_equal(frame.kind, GODWIT_IPA_ID_RESP);
    godwit_slice_t name = godwit_ipa_unit_name(frame.payload);
    assert_int_equal(name.len, 4);
    assert_memory_equal(name.ptr, "emks", 4);
}

static void hlr_answer(hlr_t *h, const char *imsi, godwit_status_t status, uint8_t vectors, uint8_t mark)
{
    uint8_t octets[1024];
    godwit_imsi_t who;
    godwit_auth_info_answer_t a = {.status = status, .kind = GODWIT_VECTOR_UTRAN, .vectors = vectors};
    for (unsigned i = 0; i < vectors; i++) {
        memset(a.vector[i].rand, (int)(mark + i), 16);
        a.vector[i].xres_len = 8;
    }
    assert_int_equal(godwit_imsi_from_text(imsi, &who), GODWIT_OK);
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    size_t at = godwit_ipa_gsup_open(&w);
    assert_int_equal(godwit_gsup_answer_build(&who, &a, &w), GODWIT_OK);
    godwit_ipa_close(&w, at);
    hlr_send(h, &w);
}

static godwit_message_t request_of(const char *imsi, uint32_t transaction)
{
    godwit_message_t m = {.kind = GODWIT_AUTH_INFO_REQUEST,
                          .from = GODWIT_FUNCTION_EMKS,
                          .to = GODWIT_FUNCTION_HSS,
                          .transaction = transaction};
    m.u.auth_info_request.kind = GODWIT_VECTOR_UTRAN;
    m.u.auth_info_request.vectors = 1;
    assert_int_equal(godwit_imsi_from_text(imsi, &m.u.auth_info_request.imsi), GODWIT_OK);
    return m;
}

static void ask(godwit_gsup_t *g, const char *imsi, uint32_t transaction)
{
    godwit_message_t m = request_of(imsi, transaction);
    assert_int_equal(godwit_gsup_send(g, &m), GODWIT_OK);
}

static godwit_message_t answer_of(godwit_gsup_t *g)
{
    godwit_message_t m;
    assert_true(drive(g, -1, &m));
    return m;
}

/* ---- tests ---- */

static void nothing_is_asked_before_the_hlr_knows_who_asks(void **state)
{
    (void)state;
    hlr_t h = hlr_open();
    godwit_gsup_t *g = client(&h, 0);
    ask(g, IMSI, 7); /* waits until the connection is there */
    hlr_accept(&h, g);
    godwit_message_t none;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(godwit_gsup_receive(g, &none), GODWIT_AGAIN);
    }
    uint8_t octet;
    assert_int_equal(recv(h.socket, &octet, 1, MSG_DONTWAIT), -1);
    assert_false(godwit_gsup_ready(g));
    hlr_greet(&h, g);
    assert_true(godwit_gsup_ready(g));
    assert_int_equal(hlr_frame(&h, g).kind, GODWIT_IPA_GSUP);
    hlr_answer(&h, IMSI, GODWIT_OK, 5, 0x40); /* five came, one was asked for */
    godwit_message_t m = answer_of(g);
    assert_int_equal(m.kind, GODWIT_AUTH_INFO_ANSWER);
    assert_int_equal(m.transaction, 7);
    assert_int_equal(m.from, GODWIT_FUNCTION_HSS);
    assert_int_equal(m.to, GODWIT_FUNCTION_EMKS);
    assert_int_equal(m.u.auth_info_answer.vectors, 1);
    assert_int_equal(m.u.auth_info_answer.vector[0].rand[0], 0x40);
    assert_int_equal(m.u.auth_info_answer.vector[1].rand[0], 0);
    godwit_gsup_stop(g);
    hlr_close(&h);
}

static void pings_are_answered_and_octets_may_come_one_by_one(void **state)
{
    (void)state;
    hlr_t h = hlr_open();
    godwit_gsup_t *g = client(&h, 0);
    hlr_accept(&h, g);
    hlr_greet(&h, g);
    static const uint8_t ping[4] = {0x00, 0x01, 0xFE, 0x00};
    for (size_t i = 0; i < sizeof ping; i++) {
        godwit_message_t none;
        assert_int_equal(send(h.socket, &ping[i], 1, 0), 1);
        assert_int_equal(godwit_gsup_receive(g, &none), GODWIT_AGAIN);
    }
    assert_int_equal(hlr_frame(&h, g).kind, GODWIT_IPA_PONG);
    godwit_gsup_stop(g);
    hlr_close(&h);
}

static void answers_are_matched_by_imsi(void **state)
{
    (void)state;
    hlr_t h = hlr_open();
    godwit_gsup_t *g = client(&h, 0);
    hlr_accept(&h, g);
    hlr_greet(&h, g);
    ask(g, "001010000000001", 1);
    ask(g, "001010000000002", 2);
    (void)hlr_frame(&h, g);
    (void)hlr_frame(&h, g);
    hlr_answer(&h, "001010000000003", GODWIT_OK, 1, 3); /* nobody asked */
    hlr_answer(&h, "001010000000002", GODWIT_OK, 1, 2);
    hlr_answer(&h, "001010000000001", GODWIT_UNKNOWN_SUBSCRIBER, 0, 0);
    godwit_message_t first = answer_of(g), second = answer_of(g);
    godwit_message_t *one = first.transaction == 1 ? &first : &second, *two = first.transaction == 1 ? &second : &first;
    assert_int_equal(one->u.auth_info_answer.status, GODWIT_UNKNOWN_SUBSCRIBER);
    assert_int_equal(two->transaction, 2);
    assert_int_equal(two->u.auth_info_answer.vector[0].rand[0], 2);
    godwit_gsup_stop(g);
    hlr_close(&h);
}

static void one_request_per_imsi_is_under_way(void **state)
{
    (void)state;
    hlr_t h = hlr_open();
    godwit_gsup_t *g = client(&h, 0);
    hlr_accept(&h, g);
    hlr_greet(&h, g);
    ask(g, IMSI, 1);
    ask(g, IMSI, 2);
    godwit_message_t m = answer_of(g);
    assert_int_equal(m.transaction, 2);
    assert_int_equal(m.u.auth_info_answer.status, GODWIT_OVERLOAD);
    (void)hlr_frame(&h, g);
    hlr_answer(&h, IMSI, GODWIT_OK, 1, 9);
    m = answer_of(g);
    assert_int_equal(m.transaction, 1);
    assert_int_equal(m.u.auth_info_answer.status, GODWIT_OK);
    godwit_gsup_stop(g);
    hlr_close(&h);
}

static void refused_auts_is_told_from_an_unknown_subscriber(void **state)
{
    (void)state;
    hlr_t h = hlr_open();
    godwit_gsup_t *g = client(&h, 0);
    hlr_accept(&h, g);
    hlr_greet(&h, g);
    godwit_message_t m = request_of(IMSI, 1);
    m.u.auth_info_request.resync = true;
    assert_int_equal(godwit_gsup_send(g, &m), GODWIT_OK);
    (void)hlr_frame(&h, g);
    hlr_answer(&h, IMSI, GODWIT_UNKNOWN_SUBSCRIBER, 0, 0);
    assert_int_equal(answer_of(g).u.auth_info_answer.status, GODWIT_AUTH_MAC_FAILURE);
    godwit_gsup_stop(g);
    hlr_close(&h);
}

/* A late answer would meet the next request for that IMSI: the connection it could come on is closed. */
static void missing_answer_ends_the_connection(void **state)
{
    (void)state;
    hlr_t h = hlr_open();
    godwit_gsup_t *g = client(&h, 150);
    hlr_accept(&h, g);
    hlr_greet(&h, g);
    ask(g, IMSI, 1);
    (void)hlr_frame(&h, g);
    godwit_message_t m = answer_of(g);
    assert_int_equal(m.transaction, 1);
    assert_int_equal(m.u.auth_info_answer.status, GODWIT_PEER_INTERNAL);
    uint8_t octet;
    assert_int_equal(recv(h.socket, &octet, 1, 0), 0);
    hlr_hang_up(&h);
    hlr_accept(&h, g);
    hlr_greet(&h, g);
    assert_true(godwit_gsup_ready(g));
    godwit_gsup_stop(g);
    hlr_close(&h);
}

static void request_survives_a_lost_connection(void **state)
{
    (void)state;
    hlr_t h = hlr_open();
    godwit_gsup_t *g = client(&h, 10000);
    hlr_accept(&h, g);
    hlr_greet(&h, g);
    ask(g, IMSI, 5);
    (void)hlr_frame(&h, g);
    hlr_hang_up(&h);
    hlr_accept(&h, g);
    hlr_greet(&h, g);
    assert_int_equal(hlr_frame(&h, g).kind, GODWIT_IPA_GSUP);
    hlr_answer(&h, IMSI, GODWIT_OK, 1, 1);
    godwit_message_t m = answer_of(g);
    assert_int_equal(m.transaction, 5);
    assert_int_equal(m.u.auth_info_answer.status, GODWIT_OK);
    godwit_gsup_stop(g);
    hlr_close(&h);
}

static void hlr_that_is_not_there_is_tried_again(void **state)
{
    (void)state;
    hlr_t h = hlr_open();
    close(h.listener);
    godwit_gsup_t *g = client(&h, 300);
    ask(g, IMSI, 1);
    godwit_message_t m = answer_of(g);
    assert_int_equal(m.u.auth_info_answer.status, GODWIT_PEER_INTERNAL);
    godwit_gsup_stop(g);
}

static void nonsense_ends_the_connection_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *octets;
        size_t len;
    } nonsense[] = {{"GET / HTTP/1.0\r\n\r\n", 18}, {"\x00\x00\xFE", 3}, {"\xFF\xFF\xFF\xFF", 4}};
    hlr_t h = hlr_open();
    godwit_gsup_t *g = client(&h, 10000);
    for (size_t i = 0; i < 3; i++) {
        hlr_accept(&h, g);
        hlr_greet(&h, g);
        assert_int_equal(send(h.socket, nonsense[i].octets, nonsense[i].len, 0), nonsense[i].len);
        godwit_message_t none;
        assert_false(drive(g, h.socket, &none));
        uint8_t octet;
        assert_true(recv(h.socket, &octet, 1, 0) <= 0);
        hlr_hang_up(&h);
    }
    hlr_accept(&h, g);
    hlr_greet(&h, g);
    /* A frame that is right with a message that is not: the request waits on. */
    ask(g, IMSI, 1);
    (void)hlr_frame(&h, g);
    assert_int_equal(send(h.socket, "\x00\x05\xEE\x05\x0A\x03\xFF", 8 - 1, 0), 7);
    assert_int_equal(send(h.socket, "\x00", 1, 0), 1);
    hlr_answer(&h, IMSI, GODWIT_OK, 1, 1);
    assert_int_equal(answer_of(g).u.auth_info_answer.status, GODWIT_OK);
    godwit_gsup_stop(g);
    hlr_close(&h);
}

static void more_than_the_table_holds_are_refused(void **state)
{
    (void)state;
    hlr_t h = hlr_open();
    godwit_gsup_t *g = client(&h, 10000);
    for (uint32_t i = 0; i < GODWIT_GSUP_OUTSTANDING_MAX; i++) {
        char imsi[16];
        snprintf(imsi, sizeof imsi, "00101%010u", i);
        ask(g, imsi, i);
    }
    godwit_message_t m = request_of(IMSI, 1);
    assert_int_equal(godwit_gsup_send(g, &m), GODWIT_NO_SPACE);
    godwit_gsup_stop(g);
    hlr_close(&h);
}

static void bad_arguments_are_named(void **state)
{
    (void)state;
    char error[GODWIT_GSUP_ERROR_MAX];
    godwit_gsup_config_t config = {.host = "hlr.example", .unit_name = "emks"};
    assert_null(godwit_gsup_start(&config, error));
    assert_non_null(strstr(error, "hlr.example"));
    config = (godwit_gsup_config_t){.host = "127.0.0.1", .unit_name = ""};
    assert_null(godwit_gsup_start(&config, error));
    assert_non_null(strstr(error, "unit_name"));
    config.unit_name = "emks";
    godwit_gsup_t *g = godwit_gsup_start(&config, error);
    godwit_message_t m = request_of(IMSI, 1);
    m.u.auth_info_request.kind = GODWIT_VECTOR_EUTRAN;
    assert_int_equal(godwit_gsup_send(g, &m), GODWIT_INVALID_ARGUMENT);
    m = request_of(IMSI, 1);
    m.kind = GODWIT_KEY_REQUEST;
    assert_int_equal(godwit_gsup_send(g, &m), GODWIT_INVALID_ARGUMENT);
    godwit_gsup_stop(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_asked_before_the_hlr_knows_who_asks),
        cmocka_unit_test(pings_are_answered_and_octets_may_come_one_by_one),
        cmocka_unit_test(answers_are_matched_by_imsi),
        cmocka_unit_test(one_request_per_imsi_is_under_way),
        cmocka_unit_test(refused_auts_is_told_from_an_unknown_subscriber),
        cmocka_unit_test(missing_answer_ends_the_connection),
        cmocka_unit_test(request_survives_a_lost_connection),
        cmocka_unit_test(hlr_that_is_not_there_is_tried_again),
        cmocka_unit_test(nonsense_ends_the_connection_and_nothing_else),
        cmocka_unit_test(more_than_the_table_holds_are_refused),
        cmocka_unit_test(bad_arguments_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
