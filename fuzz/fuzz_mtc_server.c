/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC server, an HSE with device RAND, given anything in any order: octet 1 chooses the framing, then operations,
 * each an octet of kind, an octet of length and its octets. A stranger's datagrams must never cause a delivery or a
 * commit, nor more than three times their octets; whatever the MKEF says, no reading is delivered twice, and none
 * before its commit.
 */
#include "fuzz/fuzz.h"
#include "tests/support/hse_world.h"
#include "tests/support/mtc_home.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RAW, FIRST, BENT, ANSWER, ANY_ANSWER, USER, TIMER, DROP, RESTART, COMMITS, TIME, OPERATIONS };

#define FIRSTS_MAX 40 /* so many sessions fit the owner's store */

static hse_world_t w;
static mtc_home_t home;
static mtc_hand_t hand;
static godwit_address_t from;
static godwit_message_t asked; /* the last question to the MKEF */
static bool was_asked;
static unsigned firsts;
static unsigned delivered[FIRSTS_MAX + 1];

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void look(size_t stranger_gave)
{
    size_t sent = 0;
    const godwit_request_t *r;
    for (size_t i = 0; (r = owner_request(&w.owner, GODWIT_REQUEST_DATAGRAM, i)) != NULL; i++) {
        sent += r->octets.len;
    }
    if (stranger_gave > 0) {
        check(sent <= 3 * stranger_gave && owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT) == 0);
        check(owner_count(&w.owner, GODWIT_REQUEST_DELIVER) == 0);
    }
    for (size_t i = 0; (r = owner_request(&w.owner, GODWIT_REQUEST_DELIVER, i)) != NULL; i++) {
        char text[16] = "";
        check(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) == 0);
        const size_t len = r->reading.payload.len;
        if (len > 0) {
            memcpy(text, r->reading.payload.ptr, len < 15 ? len : 15);
        }
        if (text[0] == 'r') {
            unsigned long n = strtoul(text + 1, NULL, 10);
            check(n <= FIRSTS_MAX && delivered[n]++ == 0);
        }
    }
    r = owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, 0);
    if (r != NULL && r->message->kind == GODWIT_MTC_KEY_REQUEST) {
        asked = *r->message;
        was_asked = true;
    }
}

static void first(void)
{
    char text[16];
    if (firsts < FIRSTS_MAX) {
        (void)snprintf(text, sizeof text, "r%u", ++firsts);
        mtc_hand_first(&hand, firsts, text);
    }
    owner_give_datagram(&w.owner, &from, godwit_slice(hand.first, hand.first_len));
    look(hand.first_len);
}

/* The last first datagram, altered; its key afterwards is still that of the genuine one. */
static void bent(const uint8_t *octets, size_t len)
{
    uint8_t copy[sizeof hand.first];
    memcpy(copy, hand.first, hand.first_len);
    for (size_t i = 0; i + 1 < len && hand.first_len > 0; i += 2) {
        copy[octets[i] % hand.first_len] ^= octets[i + 1];
    }
    owner_give_datagram(&w.owner, &from, godwit_slice(copy, hand.first_len));
    look(hand.first_len);
}

static void answer(const uint8_t *octets, size_t len, bool any)
{
    godwit_message_t m = {.kind = GODWIT_MTC_KEY_ANSWER};
    if (!was_asked) {
        return;
    }
    if (!any) {
        m = mtc_home_answer(&home, &asked);
    } else {
        godwit_mtc_key_answer_t *a = &m.u.mtc_key_answer;
        m.transaction = asked.transaction;
        a->status = (godwit_status_t)(len > 0 ? octets[0] % 16u : 0);
        a->imsi = home.imsi;
        memcpy(a->k_mtc, octets, len < sizeof a->k_mtc ? len : sizeof a->k_mtc);
        memcpy(a->temporary, octets, len < sizeof a->temporary ? len : sizeof a->temporary);
    }
    owner_give_message(&w.owner, &m);
    look(0);
}

static void user(const uint8_t *octets, size_t len)
{
    uint8_t datagram[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_writer_t out = godwit_writer(datagram, sizeof datagram);
    if (!godwit_emsdp_key_is_set(&hand.key) || (len > 0 && octets[0] == 'r') ||
        godwit_emsdp_seal_user(w.config.crypto, &hand.key, godwit_slice(octets, len), &out) != GODWIT_OK) {
        return;
    }
    owner_give_datagram(&w.owner, &from, godwit_written(&out));
    look(0);
}

static void start(void)
{
    const godwit_request_t *r = owner_request(&w.owner, GODWIT_REQUEST_DATAGRAM, 0);
    godwit_emsdp_header_t header;
    if (r != NULL && godwit_emsdp_peek(r->octets, w.config.framing, &header) == GODWIT_OK &&
        header.command == GODWIT_SESSION_START && header.key_id == hand.key.hot.key_id) {
        hand.key.hot.session_id = header.session_id;
    }
}

static void operate(uint8_t kind, const uint8_t *octets, size_t len)
{
    switch (kind % OPERATIONS) {
    case RAW:
        if (len > 0) {
            owner_give_datagram(&w.owner, &from, godwit_slice(octets, len));
            look(len);
        }
        break;
    case FIRST:
        first();
        break;
    case BENT:
        bent(octets, len);
        break;
    case ANSWER:
    case ANY_ANSWER:
        answer(octets, len, kind % OPERATIONS == ANY_ANSWER);
        start();
        break;
    case USER:
        user(octets, len);
        break;
    case TIMER:
        owner_give_timer(&w.owner, len > 0 && octets[0] != 0 ? hand.key.hot.session_id : 0);
        break;
    case DROP:
        owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DROP, .session_id = hand.key.hot.session_id});
        break;
    case RESTART:
        hse_world_restart(&w);
        break;
    case COMMITS:
        w.owner.fail_commits = len > 0 && (octets[0] & 1u) != 0;
        break;
    default:
        w.owner.now_ms += len > 0 ? 500u * octets[0] : 1;
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hse_world_init(&w);
    w.config.device_rand = true;
    w.config.framing = size > 0 && (data[0] & 1u) != 0 ? (godwit_framing_t){0, 1} : GODWIT_FRAMING_DEFAULT;
    hse_world_restart(&w);
    mtc_home_init(&home);
    mtc_hand_init(&hand, w.config.framing);
    from = owner_address(1);
    was_asked = false;
    firsts = 0;
    memset(delivered, 0, sizeof delivered);
    for (size_t at = 1; at + 2 <= size;) {
        size_t len = data[at + 1] < size - at - 2 ? data[at + 1] : size - at - 2;
        operate(data[at], data + at + 2, len);
        at += 2 + len;
    }
    return 0;
}
