/* SPDX-License-Identifier: Apache-2.0
 *
 * A MTC-IWF with pending triggers loses its power at every write and sync, in three ways: while triggers come in, while
 * they wait, while they go out and are reported. Afterwards each trigger that was accepted is acted on once, and its
 * source has heard so. Those of a hundred thousand: test_trigger_kill.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/daemon/trigger_peer.h"
#include "tests/daemon/trigger_process.h"
#include "tests/store/power_vfs.h"

#define TRIGGERS 4u
#define DEVICES 2u
#define WINDOW 3u
#define QUEUE 256u
#define ROUNDS 4000u /* of messages and timers: more than any life takes */

static char directory[64], path[96], key_file[96];
static uint64_t clock_ms;
static process_t process;
static peer_t peer;
static godwit_message_t queue[QUEUE];
static size_t queued;

static uint64_t read_clock(void)
{
    return clock_ms;
}

static void to_process(void *context, const godwit_message_t *message)
{
    (void)context;
    assert_true(queued < QUEUE);
    queue[queued++] = *message;
}

static void from_process(void *context, godwit_function_t from, const godwit_message_t *message)
{
    (void)context;
    (void)from;
    peer_take(&peer, message);
}

static bool start(void)
{
    const process_config_t config = {
        .path = path, .key_file = key_file, .vfs = POWER_VFS, .now_ms = read_clock, .message = from_process};
    return process_start(&process, &config);
}

static void remove_store(void)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    char name[128];
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        (void)snprintf(name, sizeof name, "%s%s", path, endings[i]);
        (void)unlink(name);
    }
}

/* One batch of what has come, or else the time until a timer. */
static void one_round(void)
{
    static godwit_message_t batch[OWNER_BATCH];
    size_t count = queued < OWNER_BATCH ? queued : OWNER_BATCH;
    if (count == 0) {
        clock_ms += owner_wait(process.owner, 60000) + 1;
        owner_run_timers(process.owner);
    }
    memcpy(batch, queue, count * sizeof batch[0]);
    queued -= count;
    memmove(queue, queue + count, queued * sizeof queue[0]);
    for (size_t i = 0; i < count; i++) {
        process_feed(&process, &batch[i]);
    }
    owner_finish(process.owner);
}

/* Triggers come in while nobody can be reached, then go out. */
static void live(void)
{
    for (unsigned round = 0; round < ROUNDS && !peer_all_done(&peer) && !power_is_gone(); round++) {
        peer.reachable = peer.reachable || peer_all_accepted(&peer);
        peer_go_on(&peer);
        one_round();
    }
}

static void begin(unsigned die_at)
{
    remove_store();
    clock_ms = UINT64_C(1700000000000);
    queued = 0;
    peer_init(&peer, TRIGGERS, DEVICES, WINDOW);
    peer.send = to_process;
    power_begin(die_at);
    if (start()) {
        live();
    }
    if (process.store != NULL) {
        process_end(&process);
    }
}

static void assert_all_well(unsigned died_at)
{
    if (peer.wrong != NULL) {
        fail_msg("died at %u: trigger %u: %s", died_at, peer.wrong_of, peer.wrong);
    }
    if (!peer_all_done(&peer)) {
        fail_msg("died at %u: of %u triggers %u were accepted, %u delivered, %u reported", died_at, TRIGGERS,
                 peer.accepted, peer.delivered, peer.reported);
    }
}

static void die_at(unsigned operation, power_loss_t loss)
{
    begin(operation);
    power_restore(loss, operation);
    power_go_on();
    peer_forget(&peer);
    queued = 0;
    if (!start()) {
        fail_msg("it does not start again after its death at %u", operation);
    }
    live();
    process_end(&process);
    assert_all_well(operation);
    peer_free(&peer);
}

static void die_everywhere(power_loss_t loss)
{
    begin(0);
    assert_all_well(0);
    peer_free(&peer);
    const unsigned operations = power_operations();
    assert_true(operations > 5 * TRIGGERS);
    for (unsigned operation = 1; operation <= operations; operation++) {
        die_at(operation, loss);
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
    (void)snprintf(directory, sizeof directory, "%s/godwit-trigger-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(directory) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/store.db", directory);
    (void)snprintf(key_file, sizeof key_file, "%s/store.key", directory);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    remove_store();
    (void)unlink(key_file);
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_synced_is_gone),
        cmocka_unit_test(only_the_process_died),
        cmocka_unit_test(some_sectors_were_written),
    };
    return cmocka_run_group_tests_name("death of the MTC-IWF", tests, setup, teardown);
}
