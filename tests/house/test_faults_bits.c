/* SPDX-License-Identifier: Apache-2.0
 *
 * Every single-bit change of every datagram of a conversation: it never delivers a wrong reading, never completes a
 * wrong session, never moves a counter, and is refused for the reason that the table expects. Afterwards the genuine
 * datagram, and the next reading, get through.
 */
#include <string.h>

#include "tests/house/faults.h"

#define R(status) (UINT64_C(1) << GODWIT_##status)
#define STATUSES 64
#define ANY_WAY 2

/* Which bits of which datagrams, and the reasons one of which their change must have. The first row that matches
 * counts. Octets: 0 UP/CP, RFU, Key ID, COUNT; 1 to 3 Session ID; 4 COUNT; 5 command (of the user plane: payload); then
 * TLVs; MAC. */
typedef struct row {
    int command; /* 0: user plane; -1: any under a key */
    int up;      /* 1, 0, ANY_WAY */
    bool keyed;
    unsigned from, to; /* octets */
    uint8_t bits;
    uint64_t reasons;
} row_t;

static const row_t rows[] = {
    /* Session Request without a key: whatever is not senseless is another request, and the device refuses the answer to
     * it. */
    {0x10, 1, false, 0, 0, 0xC0, R(MALFORMED)},
    {0x10, 1, false, 0, 0, 0x38, R(UNKNOWN_SESSION)}, /* with a key, then, of no session */
    {0x10, 1, false, 0, 0, 0x07, R(MAC_FAILURE)},
    {0x10, 1, false, 1, 3, 0xFF, R(MALFORMED)}, /* Key ID 000 names no session */
    {0x10, 1, false, 4, 4, 0xFF, R(MAC_FAILURE)},
    {0x10, 1, false, 5, 7, 0xFF, R(MALFORMED)},
    {0x10, 1, false, 8, 8, 0x0F, R(MALFORMED)}, /* type and parity of EF_IMSI */
    {0x10, 1, false, 8, 15, 0xFF, R(UNKNOWN_SUBSCRIBER) | R(MALFORMED)},
    {0x10, 1, false, 16, 17, 0xFF, R(MALFORMED)},
    {0x10, 1, false, 18, 18, 0x04, R(POLICY_FORBIDS)}, /* agreement 03 offered no more */
    {0x10, 1, false, 18, 18, 0xFB, R(MAC_FAILURE)},    /* agreements 07, ... offered in addition */
    {0x10, 1, false, 19, 19, 0x01, R(UNSUPPORTED_SUITE)},
    {0x10, 1, false, 19, 19, 0xFE, R(MAC_FAILURE)}, /* downgraded or puffed up: the transcript covers it */
    {0x10, 1, false, 20, 23, 0xFF, R(MALFORMED)},
    {0x10, 1, false, 24, 26, 0xFF, R(MAC_FAILURE)}, /* serving network */

    /* Session Start with a vector: its key is not known before the USIM has run. 42 and on: HSE configuration. */
    {0x11, 0, true, 0, 0, 0x80, R(UNKNOWN_SESSION) | R(UNKNOWN_KEY)},
    {0x11, 0, true, 0, 0, 0x40, R(MALFORMED)},
    {0x11, 0, true, 0, 0, 0x38, R(MAC_FAILURE) | R(MALFORMED) | R(UNKNOWN_KEY)},
    {0x11, 0, true, 1, 3, 0xFF, R(MAC_FAILURE) | R(UNKNOWN_SESSION)},
    {0x11, 0, true, 5, 5, 0xFF, R(MALFORMED) | R(UNKNOWN_SESSION) | R(UNKNOWN_KEY) | R(WRONG_STATE)},
    {0x11, 0, true, 6, 7, 0xFF, R(MALFORMED) | R(MAC_FAILURE)}, /* after early data the MAC is checked first */
    {0x11, 0, true, 8, 23, 0xFF, R(AUTH_MAC_FAILURE) | R(MAC_FAILURE)},
    {0x11, 0, true, 24, 25, 0xFF, R(MALFORMED)},
    {0x11, 0, true, 32, 32, 0x80, R(POLICY_FORBIDS)}, /* the separation bit */
    {0x11, 0, true, 26, 41, 0xFF, R(AUTH_MAC_FAILURE)},
    {0x11, 0, true, 43, 43, 0x04, R(MAC_FAILURE)}, /* length 7: the MAC's first octets taken for a generation */
    {0x11, 0, true, 42, 43, 0xFF, R(MALFORMED)},
    {0x11, 0, true, 44, 44, 0xFF, R(POLICY_FORBIDS)},
    {0x11, 0, true, 45, 45, 0xFF, R(UNSUPPORTED_SUITE) | R(MAC_FAILURE)}, /* another suite that was offered: the MAC */
    {0x11, 0, true, 46, 46, 0xFF, R(MALFORMED)},                          /* the framing of another address */

    /* User plane. */
    {0, ANY_WAY, true, 0, 0, 0xC0, R(MALFORMED)},
    /* Whatever has a key. A Key ID may become that of another live key: then the MAC decides. */
    {-1, ANY_WAY, true, 0, 0, 0x80, R(MAC_FAILURE)},
    {-1, ANY_WAY, true, 0, 0, 0x40, R(MALFORMED)},
    {-1, 1, true, 0, 0, 0x38, R(UNKNOWN_KEY) | R(UNKNOWN_SESSION) | R(MALFORMED) | R(MAC_FAILURE)},
    {-1, 0, true, 0, 0, 0x38, R(UNKNOWN_KEY) | R(MALFORMED)},
    {-1, ANY_WAY, true, 1, 3, 0xFF, R(UNKNOWN_SESSION)},
    {0, ANY_WAY, true, 5, 5, 0xFF, R(MAC_FAILURE)},
    {-1, ANY_WAY, true, 5, 5, 0xFF, R(MALFORMED) | R(MAC_FAILURE) | R(WRONG_STATE)},
    {-1, ANY_WAY, true, 0, 255, 0xFF, R(MAC_FAILURE)},
};

/* ---- one datagram, stopped on its way ---- */

typedef struct stopped {
    unsigned wanted, seen;
    bool stop;
    godwit_world_datagram_t datagram;
} stopped_t;

static bool hold_back(void *context, godwit_world_t *world, godwit_world_datagram_t *datagram)
{
    stopped_t *s = context;
    (void)world;
    if (++s->seen != s->wanted) {
        return true;
    }
    s->datagram = *datagram;
    s->stop = true;
    return false;
}

static int command_of(const godwit_world_datagram_t *d)
{
    return (d->octets[0] & 0x80) != 0 ? 0 : d->octets[5];
}

static bool is_keyed(const godwit_world_datagram_t *d)
{
    return (d->octets[0] & 0x38) != 0;
}

static uint64_t expected(const godwit_world_datagram_t *d, size_t octet, unsigned bit)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const row_t *row = &rows[i];
        if ((row->command == command_of(d) || (row->command < 0 && is_keyed(d))) && row->keyed == is_keyed(d) &&
            (row->up == ANY_WAY || (row->up == 1) == d->up) && octet >= row->from && octet <= row->to &&
            (row->bits >> bit & 1u) != 0) {
            return row->reasons;
        }
    }
    return 0;
}

/* ---- what must not move ---- */

typedef struct snapshot {
    bool has_session;
    godwit_session_record_t network;
    godwit_device_session_t device;
    unsigned delivered, received, refusals[2][STATUSES];
} snapshot_t;

static snapshot_t look(godwit_world_t *w)
{
    snapshot_t s;
    memset(&s, 0, sizeof s);
    const godwit_session_record_t *network = godwit_world_session(w, 0);
    s.has_session = network != NULL;
    if (s.has_session) {
        s.network = *network;
    }
    s.device = godwit_world_device(w, 0)->session;
    s.delivered = godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS);
    s.received = godwit_world_received(w, 0);
    for (unsigned i = 0; i < STATUSES; i++) {
        s.refusals[0][i] = godwit_world_network_events(w, "refused", (godwit_status_t)i);
        s.refusals[1][i] = godwit_world_device_events(w, 0, "refused", (godwit_status_t)i);
    }
    return s;
}

static bool same_counters(const snapshot_t *a, const snapshot_t *b)
{
    return a->has_session == b->has_session && a->network.state == b->network.state &&
           memcmp(&a->network.current, &b->network.current, sizeof a->network.current) == 0 &&
           memcmp(&a->network.next, &b->network.next, sizeof a->network.next) == 0 &&
           memcmp(&a->device.current, &b->device.current, sizeof a->device.current) == 0 &&
           memcmp(&a->device.next, &b->device.next, sizeof a->device.next) == 0 &&
           a->device.generation == b->device.generation &&
           (a->device.state == b->device.state ||
            a->device.state == GODWIT_SESSION_TERMINATING) && /* gave that up: a hint */
           a->delivered == b->delivered &&
           a->received == b->received;
}

/* The reasons that were given in between by the end that the datagram went to; if that one said nothing, by the
 * other. */
static uint64_t reasons_between(const snapshot_t *a, const snapshot_t *b, bool up)
{
    uint64_t reasons[2] = {0, 0};
    for (unsigned end = 0; end < 2; end++) {
        for (unsigned i = 0; i < STATUSES; i++) {
            reasons[end] |= b->refusals[end][i] > a->refusals[end][i] ? UINT64_C(1) << i : 0;
        }
    }
    uint64_t first = reasons[up ? 0 : 1];
    return first != 0 ? first : reasons[up ? 1 : 0];
}

static void change_bit(unsigned number, size_t octet, unsigned bit)
{
    stopped_t s = {.wanted = number};
    godwit_world_config_t config = conversation_config();
    config.air = hold_back;
    config.context = &s;
    godwit_world_t *w = godwit_world_new(&config);
    conversation_until(w, &s.stop);
    godwit_world_datagram_t changed = s.datagram;
    changed.octets[octet] ^= (uint8_t)(1u << bit);
    snapshot_t before = look(w);
    godwit_world_inject(w, 0, changed.up, godwit_slice(changed.octets, changed.len));
    godwit_world_run(w, 200);
    snapshot_t after = look(w);
    uint64_t wanted = expected(&s.datagram, octet, bit);
    uint64_t got = reasons_between(&before, &after, changed.up);
    if (!same_counters(&before, &after)) {
        fail_msg("datagram %u, octet %zu, bit %u: it moved a counter", number, octet, bit);
    }
    if (got == 0 || (got & ~wanted) != 0) {
        fail_msg("datagram %u (command %02x), octet %zu, bit %u: reasons %llx, expected one of %llx", number,
                 (unsigned)command_of(&s.datagram), octet, bit, (unsigned long long)got, (unsigned long long)wanted);
    }
    godwit_world_inject(w, 0, s.datagram.up, godwit_slice(s.datagram.octets, s.datagram.len));
    expect_next_reading(w, 0, "datagram", number);
    godwit_world_free(w);
}

static void no_changed_bit_of_any_datagram_delivers_completes_or_moves_anything(void **state)
{
    (void)state;
    unsigned datagrams = 0, commands = 0;
    for (unsigned number = 1;; number++) {
        stopped_t s = {.wanted = number};
        godwit_world_config_t config = conversation_config();
        config.air = hold_back;
        config.context = &s;
        godwit_world_t *w = godwit_world_new(&config);
        conversation_until(w, &s.stop);
        godwit_world_free(w);
        if (!s.stop) {
            break;
        }
        datagrams++;
        commands |= command_of(&s.datagram) == 0
                        ? 1u
                        : 1u << (command_of(&s.datagram) >> 4) * 4 << (command_of(&s.datagram) & 3);
        for (size_t octet = 0; octet < s.datagram.len; octet++) {
            for (unsigned bit = 0; bit < 8; bit++) {
                change_bit(number, octet, bit);
            }
        }
    }
    assert_int_equal(datagrams, 21);
    assert_int_equal(commands, 1u | 7u << 4 | 3u << 8 | 3u << 12); /* user plane, 10 to 12, 20 and 21, 30 and 31 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_changed_bit_of_any_datagram_delivers_completes_or_moves_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
