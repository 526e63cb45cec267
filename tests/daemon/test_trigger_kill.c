/* SPDX-License-Identifier: Apache-2.0
 *
 * test_trigger_kill [TRIGGERS KILLS [FOLDER]]: a MTC-IWF in a process of its own, with its store, is killed again and
 * again (SIGKILL), wherever it is: while triggers come in for devices that cannot be reached, while all of them are
 * pending, while they go out and are reported. Each trigger that was accepted is acted on once, and its source hears
 * so. As a test 2000 triggers; the figures of 100,000 stand in docs/triggers.md.
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
#define IDLE_MS 20000u /* without any message: it is stuck */

static unsigned long triggers = 2000, kills = 12;
static const char *folder;
static char directory[256], path[300], key_file[300];

static peer_t peer;
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
    const process_config_t config = {.path = path, .key_file = key_file, .now_ms = read_clock, .message = from_process};
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

/* False: nothing came for too long. */
static bool take_what_comes(void)
{
    static godwit_message_t message;
    struct pollfd wait = {.fd = link_fd, .events = (short)(POLLIN | (out_count > 0 ? POLLOUT : 0))};
    if (poll(&wait, 1, (int)IDLE_MS) <= 0) {
        return false;
    }
    while (out_count < OUT_MAX / 2 && recv(link_fd, &message, sizeof message, MSG_DONTWAIT) > 0) {
        came++;
        peer_take(&peer, &message);
    }
    return peer.wrong == NULL;
}

/* Until done, with so many deaths on the way, spread over about as many messages as it takes. */
static void live(bool (*done)(const peer_t *p), unsigned long deaths_left, uint64_t messages)
{
    die_after = 1 + draw(2 * messages / (deaths_left + 1));
    while (!done(&peer)) {
        peer_go_on(&peer);
        send_what_waits();
        if (!take_what_comes()) {
            fail_msg("stuck after %u deaths: trigger %u %s; of %lu accepted %u, delivered %u, reported %u", deaths,
                     peer.wrong_of, peer.wrong != NULL ? peer.wrong : "", triggers, peer.accepted, peer.delivered,
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

/* What the store itself says, while nobody uses it. */
static void assert_all_pending(void)
{
    const godwit_store_config_t config = {.path = path, .key_file = key_file, .must_exist = true};
    godwit_record_key_t key = {.kind = GODWIT_RECORD_TRIGGER_TALLY};
    char why[GODWIT_STORE_WHY];
    godwit_store_t *store = NULL;
    godwit_record_t tally;
    uint64_t count = 0;
    assert_int_equal(godwit_store_open(&godwit_store_sqlite, &config, &store, why), GODWIT_OK);
    assert_int_equal(godwit_store_count(store, GODWIT_RECORD_TRIGGER, &count), GODWIT_OK);
    assert_int_equal(count, triggers);
    assert_int_equal(godwit_name_key(&godwit_crypto_builtin, PEER_SCS, key.octets), GODWIT_OK);
    assert_int_equal(godwit_store_fetch(store, &key, &tally), GODWIT_OK);
    assert_int_equal(tally.u.trigger_tally.pending, triggers);
    godwit_store_close(store);
}

static void tell(const char *what, uint64_t since_ms)
{
    (void)printf("%s: %.1f s, %u deaths so far\n", what, (double)(milliseconds() - since_ms) / 1000, deaths);
}

static void none_is_lost_and_none_is_acted_on_twice(void **state)
{
    (void)state;
    uint64_t since = milliseconds();
    peer_init(&peer, (uint32_t)triggers, (uint32_t)(triggers / PER_DEVICE), WINDOW);
    peer.send = to_process;
    (void)read_clock();
    start();
    live(peer_all_accepted, kills / 2, 2 * triggers);
    tell("all accepted", since);
    kill_it();
    assert_all_pending();
    since = milliseconds();
    peer.reachable = true;
    start();
    live(peer_all_done, kills - kills / 2, 2 * triggers);
    tell("all delivered and reported", since);
    kill_it();
    (void)printf("%lu triggers: %u accepted, %u delivered, %u reported, %u came again and were known\n", triggers,
                 peer.accepted, peer.delivered, peer.reported, peer.repeated);
    assert_null(peer.wrong);
    peer_free(&peer);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(none_is_lost_and_none_is_acted_on_twice)};
    if (argc > 2) {
        triggers = strtoul(argv[1], NULL, 10);
        kills = strtoul(argv[2], NULL, 10);
        folder = argc > 3 ? argv[3] : NULL;
    }
    if (triggers < PER_DEVICE || triggers > 1000000) {
        (void)fprintf(stderr, "TRIGGERS: %u to 1000000\n", PER_DEVICE);
        return 2;
    }
    return cmocka_run_group_tests_name("killing the MTC-IWF", tests, setup, teardown);
}
