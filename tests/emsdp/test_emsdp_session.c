/* SPDX-License-Identifier: Apache-2.0
 *
 * The states of a session: every step that is allowed stands here once more, written from docs/emsdp-wire.md; whatever
 * is not here must be refused. Then whole conversations, both ends in step.
 */
#include "tests/emsdp/messages.h"

#include <stdio.h>

enum { S_IDLE, S_REQUESTED, S_STARTED, S_ACTIVE, S_REKEYING, S_TERMINATING, S_ANNOUNCED };
#define USER 0

struct step {
    uint8_t from;
    uint8_t command;
    const char *who; /* each two letters: D or N (the end), s or r (sends, receives) */
    int key;         /* 0 without, 1 with, 2 either way */
    uint8_t to;
};

#define UP "DsNr"
#define DOWN "NsDr"
#define ANY "DsNrNsDr"

static const struct step allowed[] = {
    {S_IDLE, 0x10, UP, 0, S_REQUESTED},           {S_REQUESTED, 0x10, UP, 0, S_REQUESTED},
    {S_STARTED, 0x10, "Ds", 0, S_REQUESTED},      {S_ACTIVE, 0x10, "Ds", 0, S_REQUESTED},
    {S_REKEYING, 0x10, "Ds", 0, S_REQUESTED},     {S_TERMINATING, 0x10, "Ds", 0, S_REQUESTED},
    {S_ANNOUNCED, 0x10, UP, 0, S_ANNOUNCED},      {S_REQUESTED, 0x11, DOWN, 0, S_STARTED},
    {S_ANNOUNCED, 0x11, DOWN, 0, S_ACTIVE},       {S_STARTED, 0x12, UP, 0, S_ACTIVE},
    {S_ACTIVE, 0x12, "Nr", 0, S_ACTIVE},          {S_REKEYING, 0x12, "Nr", 0, S_REKEYING},
    {S_STARTED, USER, UP, 2, S_ACTIVE},           {S_ACTIVE, USER, ANY, 2, S_ACTIVE},
    {S_REKEYING, USER, UP, 0, S_REKEYING},        {S_REKEYING, USER, UP, 1, S_ACTIVE},
    {S_REKEYING, USER, DOWN, 2, S_REKEYING},      {S_TERMINATING, USER, "NrDr", 0, S_TERMINATING},
    {S_ANNOUNCED, USER, "NrDr", 0, S_ANNOUNCED},  {S_ACTIVE, 0x30, DOWN, 1, S_REKEYING},
    {S_REKEYING, 0x30, DOWN, 1, S_REKEYING},      {S_ACTIVE, 0x30, ANY, 0, S_ACTIVE},
    {S_REKEYING, 0x30, ANY, 0, S_REKEYING},       {S_REKEYING, 0x31, UP, 0, S_ACTIVE},
    {S_REKEYING, 0x31, DOWN, 0, S_REKEYING},      {S_ACTIVE, 0x31, ANY, 0, S_ACTIVE},
    {S_ACTIVE, 0x20, DOWN, 1, S_ANNOUNCED},       {S_REKEYING, 0x20, DOWN, 1, S_ANNOUNCED},
    {S_ANNOUNCED, 0x20, DOWN, 1, S_ANNOUNCED},    {S_STARTED, 0x20, ANY, 0, S_TERMINATING},
    {S_ACTIVE, 0x20, ANY, 0, S_TERMINATING},      {S_REKEYING, 0x20, ANY, 0, S_TERMINATING},
    {S_TERMINATING, 0x20, ANY, 0, S_TERMINATING}, {S_TERMINATING, 0x21, DOWN, 1, S_ANNOUNCED},
    {S_TERMINATING, 0x21, ANY, 0, S_IDLE},        {S_ANNOUNCED, 0x21, UP, 0, S_ANNOUNCED},
    {S_STARTED, 0x30, "Nr", 0, S_ACTIVE},         {S_TERMINATING, 0x30, "Nr", 0, S_TERMINATING},
    {S_ANNOUNCED, 0x30, "Nr", 0, S_ANNOUNCED},    {S_REKEYING, 0x30, "Nr", 1, S_ACTIVE},
};

static const struct step *find(uint8_t from, const char who[2], uint8_t command, bool key)
{
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        const struct step *s = &allowed[i];
        for (const char *w = s->who; *w != '\0'; w += 2) {
            if (s->from == from && s->command == command && memcmp(w, who, 2) == 0 &&
                (s->key == 2 || s->key == (int)key)) {
                return s;
            }
        }
    }
    return NULL;
}

static void expect_step(uint8_t from, bool device, bool sending, uint8_t command, bool key)
{
    const char who[2] = {device ? 'D' : 'N', sending ? 's' : 'r'};
    const struct step *want = find(from, who, command, key);
    godwit_session_state_t next = GODWIT_SESSION_STATES;
    const godwit_status_t status = godwit_session_step(
        (godwit_session_state_t)from, device ? GODWIT_END_DEVICE : GODWIT_END_NETWORK, sending, command, key, &next);
    const unsigned to = command == 0x80 && !key ? from : want != NULL ? want->to : GODWIT_SESSION_STATES;
    if (status != (to == GODWIT_SESSION_STATES ? GODWIT_WRONG_STATE : GODWIT_OK) || next != to) {
        fail_msg("%s, %c%c %02x key %d: %s, next %u, want %u", godwit_session_state_name((godwit_session_state_t)from),
                 who[0], who[1], command, key, godwit_status_name(status), next, to);
    }
}

static void what_is_not_allowed_is_refused(void **state)
{
    (void)state;
    for (uint8_t from = 0; from < GODWIT_SESSION_STATES; from++) {
        for (unsigned command = 0; command < 256; command++) {
            for (unsigned bits = 0; bits < 8; bits++) {
                expect_step(from, bits & 1, bits & 2, (uint8_t)command, bits & 4);
            }
        }
    }
}

static void a_state_that_does_not_exist_is_refused(void **state)
{
    godwit_session_state_t next;
    (void)state;
    assert_int_equal(godwit_session_step(GODWIT_SESSION_STATES, GODWIT_END_DEVICE, true, 0x80, false, &next),
                     GODWIT_WRONG_STATE);
    assert_null(godwit_session_state_name(GODWIT_SESSION_STATES));
    assert_string_equal(godwit_session_state_name(GODWIT_SESSION_ANNOUNCED), "announced");
}

/* Every state can be left for the beginning and can be reached from it. */
static void no_state_is_a_trap_and_none_is_out_of_reach(void **state)
{
    static const uint8_t commands[] = {USER, 0x10, 0x11, 0x12, 0x20, 0x21, 0x30, 0x31};
    (void)state;
    for (unsigned end = 0; end <= 1; end++) {
        unsigned reached = 1u << GODWIT_SESSION_IDLE;
        for (unsigned round = 0; round < GODWIT_SESSION_STATES; round++) {
            for (unsigned s = 0; s < GODWIT_SESSION_STATES; s++) {
                for (unsigned i = 0; i < 4 * sizeof commands && (reached >> s & 1) != 0; i++) {
                    godwit_session_state_t next;
                    if (godwit_session_step((godwit_session_state_t)s, (godwit_end_t)end, i & 1, commands[i / 4], i & 2,
                                            &next) == GODWIT_OK) {
                        reached |= 1u << next;
                    }
                }
            }
        }
        assert_int_equal(reached, (1u << GODWIT_SESSION_STATES) - 1);
    }
}

/* ---- both ends in step ------------------------------------------------------------------------------------------- */

static void converse(const char *script, godwit_session_state_t end_state)
{
    godwit_session_state_t device = GODWIT_SESSION_IDLE, network = GODWIT_SESSION_IDLE;
    unsigned command;
    char way, key;
    for (int used = 0; sscanf(script, " %c%x%c%n", &way, &command, &key, &used) == 3; script += used) {
        const bool up = way == '^', with = key == 'k';
        assert_int_equal(godwit_session_step(up ? device : network, up ? GODWIT_END_DEVICE : GODWIT_END_NETWORK, true,
                                             (uint8_t)command, with, up ? &device : &network),
                         GODWIT_OK);
        assert_int_equal(godwit_session_step(up ? network : device, up ? GODWIT_END_NETWORK : GODWIT_END_DEVICE, false,
                                             (uint8_t)command, with, up ? &network : &device),
                         GODWIT_OK);
        assert_int_equal(device, network);
    }
    assert_int_equal(device, end_state);
}

static void both_ends_go_through_conversations_in_step(void **state)
{
    (void)state;
    /* The golden conversation: set-up, data, key change, termination with a key, early data, termination from above. */
    converse("^10. v11. ^12. ^0. v0. v30k v0. ^31. ^0. v0. ^20. v21k ^10. v11. ^0. v20k ^21.",
             GODWIT_SESSION_ANNOUNCED);
    converse("^10. ^10. v11. ^0. ^20. v21.", GODWIT_SESSION_IDLE);
    converse("^10. v11. ^12. v30k v30k ^0k ^30. v31. v20. ^21. ^10. v11. ^12.", GODWIT_SESSION_ACTIVE);
    converse("^10. v80. ^10. v11. ^12. ^80. ^0.", GODWIT_SESSION_ACTIVE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_allowed_is_refused),
        cmocka_unit_test(a_state_that_does_not_exist_is_refused),
        cmocka_unit_test(no_state_is_a_trap_and_none_is_out_of_reach),
        cmocka_unit_test(both_ends_go_through_conversations_in_step),
    };
    return cmocka_run_group_tests_name("emsdp_session", tests, NULL, NULL);
}
