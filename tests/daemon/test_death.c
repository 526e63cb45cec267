/* SPDX-License-Identifier: Apache-2.0
 *
 * The process of HSS, EMKS and HSE loses its power at every write and sync of a conversation, in three ways. Afterwards
 * no SQN has gone back (the card never asks for a resynchronisation), no COUNT is used twice with one key, no replay is
 * taken, no reading is delivered twice, and the next reading gets through.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/daemon/one_process.h"
#include "tests/store/power_vfs.h"

#define READINGS 9u /* three keys' worth */
#define ATTEMPTS 4u /* a hint that the session is gone costs the reading that met it; then a new set-up */

static unsigned died_at;
static char directory[64], path[96], key_file[96];

static bool has_power(void)
{
    return !power_is_gone();
}

static bool always(void)
{
    return true;
}

static void remove_store(void)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    char name[128];
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        unlink(name);
    }
}

static void send_readings(world_t *w, unsigned count, bool (*alive)(void))
{
    char text[32];
    for (unsigned i = 0; i < count && alive(); i++) {
        snprintf(text, sizeof text, "reading %u", i);
        world_send(w, text);
        world_run(w, alive);
    }
}

/* Each keyed datagram down has another header (plane, Key ID, Session ID, low bits of COUNT: more than this test
 * sends), or it is the same octets once more. */
static void assert_no_count_twice(const world_t *w)
{
    for (size_t a = 0; a < w->down.count; a++) {
        const sent_t *one = &w->down.at[a];
        for (size_t b = a + 1; b < w->down.count && (one->octets[0] & 0x70) != 0; b++) {
            const sent_t *other = &w->down.at[b];
            bool same_octets = one->len == other->len && memcmp(one->octets, other->octets, one->len) == 0;
            assert_true(same_octets || memcmp(one->octets, other->octets, 5) != 0);
        }
    }
}

static void assert_none_twice(const world_t *w)
{
    for (size_t i = 0; i < w->delivered_count; i++) {
        if (world_deliveries_of(w, w->delivered[i]) != 1) {
            fail_msg("'%s' was delivered more than once; the process died at %u", w->delivered[i], died_at);
        }
    }
}

static void the_next_reading_gets_through(world_t *w)
{
    char text[32];
    for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
        snprintf(text, sizeof text, "after %u", attempt);
        world_send(w, text);
        world_run(w, always);
        if (world_deliveries_of(w, text) == 1) {
            return;
        }
    }
    fail_msg("no reading got through");
}

/* What was sent while the process died may never have been taken: then its first repetition is the first that it
 * sees. */
static void no_replay_is_taken(world_t *w)
{
    size_t sent = w->up.count, before = 0;
    for (unsigned round = 0; round < 2; round++) {
        before = w->delivered_count;
        for (size_t i = 0; i < sent; i++) {
            world_replay(w, i);
        }
        assert_none_twice(w);
    }
    assert_int_equal(w->delivered_count, before);
}

static void live(world_t *w, unsigned die_at, power_loss_t loss)
{
    died_at = die_at;
    remove_store();
    world_init(w, path, key_file, POWER_VFS);
    power_begin(die_at);
    bool started = world_start(w);
    if (started) {
        send_readings(w, READINGS, has_power);
    }
    if (w->store != NULL) {
        world_kill(w);
    }
    power_restore(loss, die_at);
    power_go_on();
    if (!world_start(w)) {
        fail_msg("it does not start again after its death at %u", die_at);
    }
    world_run(w, always);
    no_replay_is_taken(w);
    the_next_reading_gets_through(w);
    no_replay_is_taken(w);
    assert_none_twice(w);
    assert_no_count_twice(w);
    assert_int_equal(w->resynchronisations, 0);
    world_kill(w);
}

static world_t world;

static void die_everywhere(power_loss_t loss)
{
    remove_store();
    world_init(&world, path, key_file, POWER_VFS);
    power_begin(0);
    assert_true(world_start(&world));
    send_readings(&world, READINGS, always);
    assert_int_equal(world.delivered_count, READINGS);
    assert_true(world.down.count >= 3); /* Start and Manage Keys: keys were renewed on the way */
    unsigned operations = power_operations();
    world_kill(&world);
    for (unsigned die_at = 1; die_at <= operations; die_at++) {
        live(&world, die_at, loss);
    }
}

static void what_was_not_synced_is_gone(void **state)
{
    (void)state;
    die_everywhere(POWER_DROPS_UNSYNCED);
}

static void only_the_process_died(void **state)
{
    (void)state;
    die_everywhere(POWER_KEEPS_UNSYNCED);
}

static void some_sectors_were_written(void **state)
{
    (void)state;
    die_everywhere(POWER_TEARS_UNSYNCED);
}

static int setup(void **state)
{
    (void)state;
    power_register();
    snprintf(directory, sizeof directory, "%s/godwit-death-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(directory) == NULL) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/store.db", directory);
    snprintf(key_file, sizeof key_file, "%s/store.key", directory);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    remove_store();
    unlink(key_file);
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_synced_is_gone),
        cmocka_unit_test(only_the_process_died),
        cmocka_unit_test(some_sectors_were_written),
    };
    return cmocka_run_group_tests_name("death of the process", tests, setup, teardown);
}
