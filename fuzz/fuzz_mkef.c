/* SPDX-License-Identifier: Apache-2.0
 *
 * The MKEF given anything in any order: operations, each an octet of kind, an octet of length and its octets. No
 * counter of a device falls, no key leaves but for a datagram that is genuine, nothing is given before it is durable,
 * and every request has one answer at most.
 */
#include "fuzz/fuzz.h"
#include "roles/mkef.h"
#include "tests/support/mtc_home.h"
#include "tests/support/owner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RAW, FIRST, REPEAT, BENT, ANSWER, ANY_ANSWER, TIMER, COMMITS, TIME, RESTART, RELEASE, CALLER, OPERATIONS };

static godwit_mkef_t mkef;
static owner_t owner;
static mtc_hand_t hand;
static godwit_message_t asked; /* the last question to the HLR */
static bool was_asked, other;
static uint64_t highest;

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_mkef_step(role, in, out);
}

static const godwit_mtc_contact_record_t *contact(void)
{
    for (size_t i = 0; i < owner.record_count; i++) {
        if (owner.records[i].kind == GODWIT_RECORD_MTC_CONTACT) {
            return &owner.records[i].u.mtc_contact;
        }
    }
    return NULL;
}

static void look(bool may_give)
{
    const godwit_request_t *r = owner_request(&owner, GODWIT_REQUEST_MESSAGE, 0);
    const godwit_mtc_contact_record_t *c = contact();
    check(owner_count(&owner, GODWIT_REQUEST_MESSAGE) <= 1);
    if (c != NULL) {
        check(c->counter >= highest);
        highest = c->counter;
    }
    if (r == NULL) {
        return;
    }
    if (r->message->kind == GODWIT_DEVICE_RAND_REQUEST) {
        asked = *r->message;
        was_asked = true;
    } else {
        check(r->message->kind == GODWIT_MTC_KEY_ANSWER);
        const bool given = r->message->u.mtc_key_answer.status == GODWIT_OK;
        check(!given || may_give);
        check(given || owner_count(&owner, GODWIT_REQUEST_STORE_COMMIT) == 0);
        check(!given || godwit_rand1_counter(asked.u.device_rand_request.rand1) == highest);
    }
}

static void ask(const uint8_t *octets, size_t len, uint8_t framing)
{
    godwit_message_t m = {.kind = GODWIT_MTC_KEY_REQUEST, .from = GODWIT_FUNCTION_HSE};
    godwit_mtc_key_request_t *r = &m.u.mtc_key_request;
    memcpy(m.origin_host, other ? "b.example" : "a.example", 10);
    r->session_octets = framing >> 4;
    r->counter_octets = framing & 15u;
    r->datagram_len = (uint16_t)(len < sizeof r->datagram ? len : sizeof r->datagram);
    memcpy(r->datagram, octets, r->datagram_len);
    owner_give_message(&owner, &m);
    look(false);
}

static void bent(const uint8_t *octets, size_t len)
{
    uint8_t copy[sizeof hand.first];
    memcpy(copy, hand.first, hand.first_len);
    for (size_t i = 0; i + 1 < len && hand.first_len > 0; i += 2) {
        copy[octets[i] % hand.first_len] ^= octets[i + 1];
    }
    ask(copy, hand.first_len, 0x31);
}

static void answer(const uint8_t *octets, size_t len, bool any)
{
    godwit_message_t m = {.kind = GODWIT_DEVICE_RAND_ANSWER, .transaction = asked.transaction};
    godwit_device_rand_answer_t *a = &m.u.device_rand_answer;
    if (!was_asked) {
        return;
    }
    if (!any) {
        mtc_kc_sres(&asked.u.device_rand_request.imsi, asked.u.device_rand_request.rand1, a->kc_sres);
    } else {
        a->status = (godwit_status_t)(len > 0 ? octets[0] % 16u : 0);
        memcpy(a->kc_sres, octets, len < sizeof a->kc_sres ? len : sizeof a->kc_sres);
    }
    owner_give_message(&owner, &m);
    look(!any);
}

static void entitle(const char *server)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_MTC_ENTITLEMENT};
    godwit_mtc_entitlement_record_t *e = &record.u.mtc_entitlement;
    (void)snprintf(e->server, sizeof e->server, "%s", server);
    (void)snprintf(e->server_id, sizeof e->server_id, "%s", MTC_SERVER);
    memcpy(e->first, "00101", 6);
    e->scope = GODWIT_MTC_SCOPE_PLMN;
    check(godwit_mtc_entitlement_name(&godwit_crypto_builtin, e) == GODWIT_OK);
    owner_put(&owner, &record);
}

static void release(void)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_MTC_CONTACT};
    if (contact() != NULL) {
        record.u.mtc_contact = *contact();
        godwit_mtc_contact_release(&record.u.mtc_contact, 0);
        owner_put(&owner, &record);
    }
}

static void restart(void)
{
    memset(&mkef, 0, sizeof mkef);
    mkef.crypto = &godwit_crypto_builtin;
    memcpy(mkef.local_host, "mkef.example", 13);
    was_asked = false;
}

static void operate(uint8_t kind, const uint8_t *octets, size_t len)
{
    switch (kind % OPERATIONS) {
    case RAW:
        ask(octets, len, len > 0 ? octets[0] : 0x31);
        break;
    case FIRST:
        hand.hides = len > 1 && octets[1] % 2 == 1;
        mtc_hand_first(&hand, godwit_rand1_counter(hand.rand1) + (len > 0 ? octets[0] : 1u), "x");
        ask(hand.first, hand.first_len, 0x31);
        break;
    case REPEAT:
        ask(hand.first, hand.first_len, 0x31);
        break;
    case BENT:
        bent(octets, len);
        break;
    case ANSWER:
    case ANY_ANSWER:
        answer(octets, len, kind % OPERATIONS == ANY_ANSWER);
        break;
    case TIMER:
        owner_give_timer(&owner, len > 0 ? octets[0] : 0);
        look(false);
        break;
    case COMMITS:
        owner.fail_commits = !owner.fail_commits;
        break;
    case TIME:
        owner.now_ms += len > 0 ? octets[0] * UINT64_C(1000) : 1;
        break;
    case RESTART:
        restart();
        break;
    case RELEASE:
        release();
        break;
    case CALLER:
    default:
        other = !other;
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    restart();
    owner_init(&owner, step, &mkef);
    mtc_hand_init(&hand, GODWIT_FRAMING_DEFAULT);
    entitle("a.example");
    other = false;
    highest = 0;
    for (size_t i = 0; i + 2 <= size;) {
        const size_t len = data[i + 1] < size - i - 2 ? data[i + 1] : size - i - 2;
        operate(data[i], data + i + 2, len);
        i += 2 + len;
    }
    return 0;
}
