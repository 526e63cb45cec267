/* SPDX-License-Identifier: Apache-2.0
 *
 * test_trigger_kill [TRIGGERS KILLS [FOLDER]]: a MTC-IWF in a process of its own, with its store, is killed again and
 * again (SIGKILL), wherever it is: while triggers come in for devices that cannot be reached, while all of them are
 * pending, while associations are made, while triggers, recalls and replacements go out and are reported. Each trigger
 * that was accepted is acted on once, or was ended by its source, which hears so. In case 1 and in case 2. As a test
 * 2000 triggers; the figures of 100,000 stand in docs/triggers.md.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/daemon/trigger_peer.h"
#include "tests/daemon/trigger_process.h"

#define PER_DEVICE 10u
#define WINDOW 100u
#define OUT_MAX 2048u  /* messages that wait for the process */
#define FASTER 50u     /* the clock of this world */
#define IDLE_MS 30000u /* without any message: it is stuck */
#define CALM_MS 4000u  /* likewise, when all is done: nothing is under way */
#define LOOK_MS 5

static unsigned long triggers = 2000, kills = 12;
static const char *folder;
static char directory[256], path[300], key_file[300];

static peer_t peer;
static bool associations;
static int link_fd = -1; /* to the process; in it, to us */
static pid_t child;
static godwit_message_t out[OUT_MAX];
static size_t out_first, out_count;
static uint64_t came, die_after; /* messages of this life */
static unsigned deaths;
static uint64_t random_state = UINT64_C(88172645463325252);

static uint64_t milliseconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Since 1970 as the process sees it; goes on while it is dead. */
static uint64_t read_clock(void)
{
    static uint64_t begin;
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    const uint64_t us = (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
    begin = begin == 0 ? us : begin;
    return UINT64_C(1700000000000) + (us - begin) * FASTER / 1000;
}

static uint64_t draw(uint64_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % below;
}

/* ---- the process ------------------------------------------------------------------------------------------------- */

static void from_process(void *context, godwit_function_t from, const godwit_message_t *message)
{
    (void)context;
    (void)from;
    if (send(link_fd, message, sizeof *message, MSG_NOSIGNAL) < 0) {
        _exit(3);
    }
}

static void feed_what_came(process_t *process)
{
    static godwit_message_t batch[OWNER_BATCH];
    for (size_t i = 0; i < OWNER_BATCH; i++) {
        const ssize_t got = recv(link_fd, &batch[i], sizeof batch[i], MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN)) {
            _exit(4);
        }
        if (got < 0) {
            break;
        }
        process_feed(process, &batch[i]);
    }
    owner_finish(process->owner);
}

static _Noreturn void be_the_process(void)
{
    static process_t process;
    const process_config_t config = {.path = path,
                                     .key_file = key_file,
                                     .associations = associations,
                                     .now_ms = read_clock,
                                     .message = from_process};
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!process_start(&process, &config)) {
        _exit(5);
    }
    for (;;) {
        struct pollfd wait = {.fd = link_fd, .events = POLLIN};
        (void)poll(&wait, 1, (int)(owner_wait(process.owner, 1000 * FASTER) / FASTER) + 1);
        feed_what_came(&process);
        owner_run_timers(process.owner);
        owner_finish(process.owner);
    }
}

static void start(void)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    (void)fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(ends[0]);
        link_fd = ends[1];
        be_the_process();
    }
    (void)close(ends[1]);
    link_fd = ends[0];
    came = 0;
}

/* As the machine does with a process: at once, wherever it is. */
static void kill_it(void)
{
    int status = 0;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status)); /* it had not ended by itself */
    (void)close(link_fd);
    out_count = 0;
    peer_forget(&peer);
    deaths++;
}

/* ---- the others -------------------------------------------------------------------------------------------------- */

static void to_process(void *context, const godwit_message_t *message)
{
    (void)context;
    assert_true(out_count < OUT_MAX);
    out[(out_first + out_count++) % OUT_MAX] = *message;
}

static void send_what_waits(void)
{
    while (out_count > 0 && send(link_fd, &out[out_first], sizeof out[0], MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
        out_first = (out_first + 1) % OUT_MAX;
        out_count--;
    }
}

/* False: nothing came for so long, or something that must not. */
static bool take_what_comes(uint64_t patience_ms)
{
    static godwit_message_t message;
    static uint64_t last_ms;
    struct pollfd wait = {.fd = link_fd, .events = (short)(POLLIN | (out_count > 0 ? POLLOUT : 0))};
    const bool some = poll(&wait, 1, LOOK_MS) > 0;
    last_ms = some || last_ms == 0 ? milliseconds() : last_ms;
    while (out_count < OUT_MAX / 2 && recv(link_fd, &message, sizeof message, MSG_DONTWAIT) > 0) {
        came++;
        peer_take(&peer, &message);
    }
    return peer.wrong == NULL && milliseconds() - last_ms < patience_ms;
}

/* Until done, with so many deaths on the way, spread over about as many messages as it takes. */
static void live(bool (*done)(const peer_t *p), unsigned long deaths_left, uint64_t messages)
{
    die_after = 1 + draw(2 * messages / (deaths_left + 1));
    while (!done(&peer)) {
        peer_go_on(&peer);
        send_what_waits();
        if (!take_what_comes(IDLE_MS)) {
            fail_msg("stuck after %u deaths: trigger %u %s; of %lu accepted %u, done %u, reported %u", deaths,
                     peer.wrong_of, peer.wrong != NULL ? peer.wrong : "", triggers, peer.accepted, peer.done,
                     peer.reported);
        }
        if (deaths_left > 0 && came >= die_after) {
            kill_it();
            start();
            deaths_left--;
            die_after = 1 + draw(2 * messages / (deaths_left + 1));
        }
    }
}

/* What is left to be said is said. */
static void calm_down(void)
{
    while (take_what_comes(CALM_MS)) {
        peer_go_on(&peer);
        send_what_waits();
    }
    assert_null(peer.wrong);
    assert_true(peer_all_done(&peer));
}

static bool count_open(void *context, const godwit_record_t *record)
{
    uint64_t *open = context;
    *open += record->u.trigger.state != GODWIT_TRIGGER_CLOSED ? 1 : 0;
    return true;
}

/* What the store itself says, while nobody uses it: so many records, so many triggers that pend, and all that are not
 * closed. */
static void assert_stored(uint64_t records, uint64_t pending, uint64_t open)
{
    const godwit_store_config_t config = {.path = path, .key_file = key_file, .must_exist = true};
    godwit_record_key_t key = {.kind = GODWIT_RECORD_TRIGGER_TALLY};
    char why[GODWIT_STORE_WHY];
    godwit_store_t *store = NULL;
    godwit_record_t tally;
    uint64_t count = 0;
    assert_int_equal(godwit_store_open(&godwit_store_sqlite, &config, &store, why), GODWIT_OK);
    assert_int_equal(godwit_store_count(store, GODWIT_RECORD_TRIGGER, &count), GODWIT_OK);
    assert_int_equal(count, records);
    assert_int_equal(godwit_name_key(&godwit_crypto_builtin, PEER_SCS, key.octets), GODWIT_OK);
    assert_int_equal(godwit_store_fetch(store, &key, &tally), GODWIT_OK);
    assert_int_equal(tally.u.trigger_tally.pending, pending);
    count = 0;
    assert_int_equal(godwit_store_list(store, GODWIT_RECORD_TRIGGER, NULL, SIZE_MAX, count_open, &count), GODWIT_OK);
    assert_int_equal(count, open);
    godwit_store_close(store);
}

static void tell(const char *what, uint64_t since_ms)
{
    (void)printf("%s: %.1f s, %u deaths so far\n", what, (double)(milliseconds() - since_ms) / 1000, deaths);
}

static void none_is_lost_and_none_is_acted_on_twice(void)
{
    const peer_config_t config = {.triggers = (uint32_t)triggers,
                                  .devices = (uint32_t)(triggers / PER_DEVICE),
                                  .window = WINDOW,
                                  .associations = associations,
                                  .second_thoughts = true};
    uint64_t since = milliseconds();
    deaths = 0;
    peer_init(&peer, &config);
    peer.send = to_process;
    (void)read_clock();
    start();
    live(peer_all_accepted, kills / 2, 2 * triggers);
    tell("all accepted", since);
    kill_it();
    assert_stored(peer_records(&peer), peer_pending(&peer), peer_pending(&peer));
    since = milliseconds();
    peer.reachable = true;
    start();
    live(peer_all_done, kills - kills / 2, 4 * triggers);
    tell("all at an end, and reported", since);
    calm_down();
    kill_it();
    assert_stored(peer_records(&peer) + peer.late, 0, 0);
    (void)printf("%lu triggers, %u recalls and replacements: %u acted on, %u recalled at the device, %u too late; "
                 "%u reports, %u came again\n",
                 triggers, peer.early + peer.late, peer.acted, peer.recalled, peer.too_late, peer.reported, peer.again);
    assert_true(peer.recalled > 0 && peer.too_late > 0);
    peer_free(&peer);
}

static void in_case_1(void **state)
{
    (void)state;
    associations = false;
    none_is_lost_and_none_is_acted_on_twice();
}

static void in_case_2(void **state)
{
    (void)state;
    associations = true;
    none_is_lost_and_none_is_acted_on_twice();
}

/* ---- where ------------------------------------------------------------------------------------------------------- */

static int setup(void **state)
{
    (void)state;
    (void)snprintf(directory, sizeof directory, "%s/godwit-kill-XXXXXX",
                   folder != NULL                  ? folder
                   : access("/dev/shm", W_OK) == 0 ? "/dev/shm"
                                                   : "/tmp");
    if (mkdtemp(directory) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/store.db", directory);
    (void)snprintf(key_file, sizeof key_file, "%s/store.key", directory);
    return 0;
}

static int teardown(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    char name[320];
    (void)state;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        (void)snprintf(name, sizeof name, "%s%s", path, endings[i]);
        (void)unlink(name);
    }
    (void)unlink(key_file);
    return rmdir(directory);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(in_case_1, setup, teardown),
                                       cmocka_unit_test_setup_teardown(in_case_2, setup, teardown)};
    if (argc > 2) {
        triggers = strtoul(argv[1], NULL, 10);
        kills = strtoul(argv[2], NULL, 10);
        folder = argc > 3 ? argv[3] : NULL;
    }
    if (triggers < PER_DEVICE || triggers > 1000000) {
        (void)fprintf(stderr, "TRIGGERS: %u to 1000000\n", PER_DEVICE);
        return 2;
    }
    return cmocka_run_group_tests_name("killing the MTC-IWF", tests, NULL, NULL);
}
