/* SPDX-License-Identifier: Apache-2.0
 *
 * test_trigger_death [all]: a MTC-IWF with pending triggers loses its power at every write and sync, in one of three
 * ways, or with "all" in each: while triggers come in, while they wait, while they go out and are reported. Likewise at
 * every second one while associations are made, and at every fourth while triggers are recalled and replaced. Afterwards
 * each trigger that was accepted is acted on once, or was ended by its source, which has heard so. Those of a hundred
 * thousand: test_trigger_kill.
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

#define CALM_MS 1800000u /* without anything to do: nothing is under way */
#define QUEUE 256u
#define ROUNDS 4000u /* of messages and timers: more than any life takes */

static char directory[64], path[96], key_file[96];
static uint64_t clock_ms;
static process_t process;
static peer_config_t config;
static bool thorough;
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
    const process_config_t c = {.path = path,
                                .key_file = key_file,
                                .vfs = POWER_VFS,
                                .associations = config.associations,
                                .now_ms = read_clock,
                                .message = from_process};
    return process_start(&process, &c);
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

static bool is_over(void)
{
    return peer_all_done(&peer) && queued == 0 && owner_wait(process.owner, CALM_MS) == CALM_MS;
}

/* Triggers come in while nobody can be reached, then go out. */
static void live(void)
{
    for (unsigned round = 0; round < ROUNDS && !is_over() && !power_is_gone(); round++) {
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
    peer_init(&peer, &config);
    peer.send = to_process;
    power_begin(die_at);
    if (start()) {
        live();
    }
}

static void end(void)
{
    if (process.store != NULL) {
        process_end(&process);
    }
}

static bool count_open(void *context, const godwit_record_t *record)
{
    unsigned *open = context;
    *open += record->u.trigger.state != GODWIT_TRIGGER_CLOSED ? 1 : 0;
    return true;
}

/* The process lives. */
static void assert_all_well(unsigned died_at)
{
    unsigned open = 0;
    if (godwit_store_list(process.store, GODWIT_RECORD_TRIGGER, NULL, SIZE_MAX, count_open, &open) != GODWIT_OK ||
        open > 0) {
        fail_msg("died at %u: %u triggers have no end", died_at, open);
    }
    if (peer.wrong != NULL) {
        fail_msg("died at %u: trigger %u: %s", died_at, peer.wrong_of, peer.wrong);
    }
    if (!peer_all_done(&peer)) {
        fail_msg("died at %u: of %u triggers %u were accepted, %u are done, %u reported", died_at, config.triggers,
                 peer.accepted, peer.done, peer.reported);
    }
}

static void die_at(unsigned operation, power_loss_t loss)
{
    begin(operation);
    end();
    power_restore(loss, operation);
    power_go_on();
    peer_forget(&peer);
    queued = 0;
    if (!start()) {
        fail_msg("it does not start again after its death at %u", operation);
    }
    live();
    assert_all_well(operation);
    end();
    peer_free(&peer);
}

/* How many writes and syncs there are. */
static unsigned without_a_death(void)
{
    begin(0);
    assert_all_well(0);
    assert_true(!config.second_thoughts || (peer.recalled > 0 && (peer.too_late > 0 || !config.associations)));
    end();
    peer_free(&peer);
    assert_true(power_operations() > 5 * config.triggers);
    return power_operations();
}

/* At each step-th operation, or with "all" at each. */
static void die_everywhere(power_loss_t loss, unsigned first, unsigned step)
{
    const unsigned operations = without_a_death();
    for (unsigned operation = thorough ? 1 : first; operation <= operations; operation += thorough ? 1 : step) {
        die_at(operation, loss);
    }
}

static const peer_config_t plain = {.triggers = 2, .devices = 2, .window = 2};

static void what_was_not_synced_is_gone(void **state)
{
    (void)state;
    config = plain;
    die_everywhere(POWER_DROPS_UNSYNCED, 1, 3);
}

static void only_the_process_died(void **state)
{
    (void)state;
    config = plain;
    die_everywhere(POWER_KEEPS_UNSYNCED, 2, 3);
}

static void some_sectors_were_written(void **state)
{
    (void)state;
    config = plain;
    die_everywhere(POWER_TEARS_UNSYNCED, 3, 3);
}

static void with_second_thoughts(bool associations, unsigned step)
{
    config = (peer_config_t){
        .triggers = 4, .devices = 2, .window = 3, .associations = associations, .second_thoughts = true};
    die_everywhere(POWER_DROPS_UNSYNCED, 1, step);
    die_everywhere(POWER_KEEPS_UNSYNCED, 1 + step / 3, step);
    die_everywhere(POWER_TEARS_UNSYNCED, 1 + 2 * step / 3, step);
}

static void while_triggers_are_recalled_and_replaced(void **state)
{
    (void)state;
    with_second_thoughts(false, 12);
}

static void while_associations_are_made_and_triggers_recalled_and_replaced(void **state)
{
    (void)state;
    with_second_thoughts(true, 6);
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

int main(int argc, char **argv)
{
    thorough = argc > 1 && strcmp(argv[1], "all") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_synced_is_gone),
        cmocka_unit_test(only_the_process_died),
        cmocka_unit_test(some_sectors_were_written),
        cmocka_unit_test(while_triggers_are_recalled_and_replaced),
        cmocka_unit_test(while_associations_are_made_and_triggers_recalled_and_replaced),
    };
    return cmocka_run_group_tests_name("death of the MTC-IWF", tests, setup, teardown);
}
