/* SPDX-License-Identifier: Apache-2.0
 *
 * The EAS given anything in any order: operations, each an octet of kind, an octet of length and its octets: keys that
 * are pushed, datagrams of the device, the same again and bent, answers, messages for it, timers, restarts, commits
 * that fail. No reading is delivered twice or before it is durable, none that nobody sealed, no COUNT goes down twice,
 * and every request has one answer at most.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "roles/eas/internal.h"
#include "tests/eas/sender.h"
#include "tests/support/owner.h"

enum {
    PUSH,
    ENDED,
    RAW_PUSH,
    UP,
    AGAIN,
    BENT,
    RAW_UP,
    PULLED,
    DOWN_ANSWER,
    REGISTERED,
    SUBMIT,
    TIMER,
    TIME,
    COMMITS,
    RESTART,
    OPERATIONS
};

#define AGES 6u

static godwit_eas_t eas;
static owner_t owner;
static sender_t sender[AGES];
static godwit_eas_grant_t grant[AGES];
static sender_t last;
static unsigned last_age;
static uint64_t number;
static bool last_delivered;

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_eas_step(role, in, out);
}

static void start(void)
{
    const godwit_eas_config_t config = {.crypto = &godwit_crypto_builtin,
                                        .name = "eas.example.net",
                                        .eese_host = "eese.example.org",
                                        .hses = {"hse.example.net"},
                                        .hse_count = 1,
                                        .durable = true,
                                        .queue = 2};
    check(godwit_eas_init(&eas, &config) == GODWIT_OK);
}

/* A datagram down opens at the device, once. */
static void look_down(const godwit_user_plane_t *down)
{
    for (unsigned i = 0; i < AGES; i++) {
        if (sender_opens(&sender[i], godwit_slice(down->datagram, down->len), "x")) {
            return;
        }
    }
    abort();
}

static void look(void)
{
    unsigned answers = 0;
    for (size_t i = 0; i < owner.outbox.count; i++) {
        const godwit_request_t *r = &owner.requests[i];
        if (r->kind == GODWIT_REQUEST_DELIVER) {
            check(owner_position(&owner, GODWIT_REQUEST_STORE_COMMIT, 1) < i);
            check(!last_delivered && r->reading.payload.len == 1 && *r->reading.payload.ptr == 'x');
            last_delivered = true;
        } else if (r->kind == GODWIT_REQUEST_MESSAGE) {
            answers += godwit_message_is_answer(r->message->kind) ? 1 : 0;
            if (r->message->kind == GODWIT_USER_PLANE_DOWN) {
                look_down(&r->message->u.user_plane);
            }
        }
    }
    check(answers <= 1);
}

static void give(const godwit_message_t *message)
{
    owner_give_message(&owner, message);
    look();
}

static godwit_message_t from(godwit_message_kind_t kind, godwit_function_t function, const char *host)
{
    godwit_message_t m = {.kind = kind, .from = function, .to = GODWIT_FUNCTION_EAS, .hop = GODWIT_HOP_TLS};
    (void)snprintf(m.origin_host, sizeof m.origin_host, "%s", host);
    m.transaction = eas.last_transaction;
    return m;
}

static void set_session(godwit_eas_session_t *s, unsigned age)
{
    (void)snprintf(s->eas, sizeof s->eas, "eas.example.net");
    s->path = grant[age].path;
    s->terms = grant[age].terms;
    s->overlap_s = grant[age].overlap_s;
    s->agreed_ms = grant[age].agreed_s * 1000;
    memcpy(s->k_e2e, grant[age].k_e2e, sizeof s->k_e2e);
}

static void push(unsigned kind, const uint8_t *octets, size_t len)
{
    godwit_message_t m = from(GODWIT_EAS_SESSION_PUSH, GODWIT_FUNCTION_EESE, "eese.example.org");
    set_session(&m.u.eas_session, len > 0 ? octets[0] % AGES : 0);
    m.u.eas_session.ended = kind == ENDED;
    if (kind == RAW_PUSH) { /* any octets over the members, names ended */
        uint8_t *at = (uint8_t *)&m.u.eas_session.terms;
        m.u.eas_session.k_e2e[31] ^= 0xFF; /* a key that no sender has */
        memcpy(at, octets, len < sizeof m.u.eas_session.terms ? len : sizeof m.u.eas_session.terms);
    }
    give(&m);
}

static void bring(const uint8_t *datagram, size_t len)
{
    godwit_message_t m = from(GODWIT_USER_PLANE_UP, GODWIT_FUNCTION_HSE, "hse.example.net");
    godwit_user_plane_t *up = &m.u.user_plane;
    (void)snprintf(up->eas, sizeof up->eas, "eas.example.net");
    (void)snprintf(up->hse, sizeof up->hse, "hse.example.net");
    up->session_id = SENDER_SESSION;
    up->imsi = grant[0].path.imsi;
    up->number = number;
    up->len = (uint16_t)len;
    memcpy(up->datagram, datagram, len);
    give(&m);
}

static void up(unsigned kind, const uint8_t *octets, size_t len)
{
    if (kind == RAW_UP) {
        number++;
        const bool kept = last_delivered;
        last_delivered = true; /* nothing of this is a reading */
        bring(octets, len);
        last_delivered = kept;
        return;
    }
    if (kind == UP) {
        last_age = len > 0 ? octets[0] % AGES : 0;
        (void)sender_seal(&sender[last_age], "x");
        last = sender[last_age];
        last_delivered = false;
        number++;
    }
    uint8_t copy[GODWIT_EMSDP_DATAGRAM_MAX];
    memcpy(copy, last.datagram, last.len);
    const bool kept = last_delivered;
    if (kind == BENT && len > 1 && last.len > 0) {
        copy[octets[0] % last.len] ^= octets[1];
        last_delivered = kept || octets[1] != 0;
    }
    bring(copy, last.len);
    last_delivered = kind == BENT ? kept : last_delivered;
}

static void answer(unsigned kind, const uint8_t *octets, size_t len)
{
    const godwit_status_t status = len > 0 ? (godwit_status_t)(octets[0] % 16) : GODWIT_OK;
    godwit_message_t m = from(kind == PULLED       ? GODWIT_EAS_SESSION_PULL_ANSWER
                              : kind == REGISTERED ? GODWIT_EAS_REGISTER_ANSWER
                                                   : GODWIT_USER_PLANE_DOWN_ANSWER,
                              kind == DOWN_ANSWER ? GODWIT_FUNCTION_HSE : GODWIT_FUNCTION_EESE,
                              kind == DOWN_ANSWER ? "hse.example.net" : "eese.example.org");
    if (kind == PULLED) {
        set_session(&m.u.eas_session, len > 1 ? octets[1] % AGES : 0);
        m.u.eas_session.status = status;
    } else if (kind == REGISTERED) {
        m.u.eas_register_answer.status = status;
    } else {
        m.u.outcome = status;
    }
    give(&m);
}

static void operate(unsigned kind, const uint8_t *octets, size_t len)
{
    switch (kind) {
    case PUSH:
    case ENDED:
    case RAW_PUSH:
        push(kind, octets, len);
        break;
    case UP:
    case AGAIN:
    case BENT:
    case RAW_UP:
        up(kind, octets, len);
        break;
    case PULLED:
    case DOWN_ANSWER:
    case REGISTERED:
        answer(kind, octets, len);
        break;
    case SUBMIT:
        owner_give(&owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT,
                                             .imsi = grant[0].path.imsi,
                                             .datagram = godwit_slice_of_string("x")});
        look();
        break;
    case TIMER:
        owner_give_timer(&owner, len > 0 ? octets[0] : 0);
        look();
        break;
    case TIME:
        owner.now_ms += len > 1 ? (uint64_t)octets[0] * octets[1] * 1000 : 0;
        break;
    case COMMITS:
        owner.fail_commits = !owner.fail_commits;
        break;
    default:
        start();
        break;
    }
}

/* Ended sessions, and keys that come again after they were wiped, give windows anew: what the EESE never does. So keys
 * are pushed once each. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned pushed = 0;
    owner_init(&owner, step, &eas);
    owner.now_ms = UINT64_C(1000) * SENDER_AGREED_S;
    number = 0;
    last_delivered = true;
    memset(&last, 0, sizeof last);
    for (unsigned i = 0; i < AGES; i++) {
        grant[i] = sender_grant(i + 1, (uint8_t)(i + 1));
        grant[i].terms.life_s = 1000;
        grant[i].terms.messages = 8;
        grant[i].agreed_s += i;
        sender_init(&sender[i], &grant[i]);
    }
    start();
    for (size_t at = 0; at + 2 <= size && owner.record_count + 4 < OWNER_RECORDS;) {
        const unsigned kind = data[at] % OPERATIONS;
        size_t len = data[at + 1];
        at += 2;
        len = len < size - at ? len : size - at;
        const unsigned age = kind == PUSH                ? (len > 0 ? data[at] % AGES : 0)
                             : kind == PULLED && len > 1 ? data[at + 1] % AGES
                                                         : AGES;
        if (age == AGES || (pushed >> age & 1u) == 0) {
            operate(kind, data + at, len);
        }
        pushed |= age < AGES ? 1u << age : 0;
        at += len;
    }
    return 0;
}
