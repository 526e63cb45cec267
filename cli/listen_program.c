/* SPDX-License-Identifier: Apache-2.0
 *
 * The user's program, for one trigger at a time. No shell sees anything: the arguments are those that the user gave,
 * the payload comes on standard input, the rest in variables of the environment. A trigger's octets are its sender's,
 * and never part of a command.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/device_host.h"
#include "cli/listen.h"

#define NOT_FOUND 127 /* what the child ends with when the program cannot be started */
#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"
#define VARIABLE_MAX 4096
#define VARIABLES_MAX 10

/* What the program finds in its environment: nothing of ours but where programs, home and time zone are. */
typedef struct environment {
    char text[VARIABLES_MAX][VARIABLE_MAX];
    char *list[VARIABLES_MAX + 1];
    size_t count;
} environment_t;

static void set(environment_t *e, const char *name, const char *value)
{
    const int n = snprintf(e->text[e->count], VARIABLE_MAX, "%s=%s", name, value);
    if (n > 0 && n < VARIABLE_MAX) { /* else it is left out: half of a list of folders would be another list */
        e->list[e->count] = e->text[e->count];
        e->count++;
    }
}

static void set_number(environment_t *e, const char *name, uint64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    set(e, name, text);
}

static void set_environment(environment_t *e, const godwit_trigger_delivery_t *t, const char *path)
{
    static const char *const kept[] = {"HOME", "LANG", "TZ"};
    char source[2 * GODWIT_A3_DIGEST + 1];
    set(e, "PATH", path);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (getenv(kept[i]) != NULL) {
            set(e, kept[i], getenv(kept[i]));
        }
    }
    godwit_hex_encode(godwit_slice(t->source, sizeof t->source), source);
    set_number(e, "GODWIT_TRIGGER_REFERENCE", t->reference);
    set_number(e, "GODWIT_TRIGGER_PORT", t->port);
    set_number(e, "GODWIT_TRIGGER_PRIORITY", t->priority);
    set_number(e, "GODWIT_TRIGGER_REPEATED", t->repeated);
    set_number(e, "GODWIT_TRIGGER_PROTECTED", t->protected);
    set(e, "GODWIT_TRIGGER_SOURCE", t->proved ? source : "");
}

static const char *search_path(void)
{
    return getenv("PATH") != NULL ? getenv("PATH") : DEFAULT_PATH;
}

static bool is_program(const char *file)
{
    struct stat is;
    if (stat(file, &is) != 0) {
        return false;
    }
    if (!S_ISREG(is.st_mode)) {
        errno = EACCES; /* as execve says of a folder */
        return false;
    }
    return access(file, X_OK) == 0;
}

bool listen_find_program(listen_t *l)
{
    int worth_telling = ENOENT;
    const bool is_path = strchr(l->program, '/') != NULL;
    for (const char *at = is_path ? "" : search_path(); at != NULL; at = strchr(at, ':') ? strchr(at, ':') + 1 : NULL) {
        const int len = (int)strcspn(at, ":");
        const char *between = is_path ? "" : len > 0 ? "/" : "./";
        const int n = snprintf(l->program_file, sizeof l->program_file, "%.*s%s%s", len, at, between, l->program);
        if (n > 0 && (size_t)n < sizeof l->program_file && is_program(l->program_file)) {
            return true;
        }
        worth_telling = errno == EACCES ? EACCES : worth_telling;
    }
    errno = worth_telling;
    return false;
}

/* Standard input, output and error, and nothing else of ours. */
static bool set_descriptors(const listen_t *l, int input)
{
    return dup2(input, STDIN_FILENO) >= 0 &&
           (!l->args->json || dup2(STDERR_FILENO, STDOUT_FILENO) >= 0) && /* our lines are ours alone */
           close_range(STDERR_FILENO + 1, ~0U, 0) == 0;
}

/* execve and not execvp: with a file of no known format that one starts a shell. */
static _Noreturn void become(const listen_t *l, const listen_trigger_t *t, int input, pid_t device)
{
    static environment_t environment;
    char *argv[CLI_WORDS_MAX + 2];
    sigset_t none;
    argv[0] = (char *)(uintptr_t)l->program;
    for (size_t i = 0; i < l->args->word_count; i++) {
        argv[i + 1] = (char *)(uintptr_t)l->args->words[i];
    }
    argv[l->args->word_count + 1] = NULL;
    set_environment(&environment, &t->delivery, search_path());
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)setpgid(0, 0); /* so that its time limit ends what it has started, too */
    /* A device that is killed does not leave it behind, to run beside the one that the next start begins. */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == device && set_descriptors(l, input)) {
        (void)execve(l->program_file, argv, environment.list);
        (void)dprintf(STDERR_FILENO, "godwit device listen: %s: %s\n", l->program, strerror(errno));
    }
    _exit(NOT_FOUND);
}

/* A pipe takes the whole payload at once, whether anybody reads it or not. */
static pid_t spawn(const listen_t *l, const listen_trigger_t *t)
{
    int ends[2];
    const size_t len = t->delivery.payload.len;
    const pid_t device = getpid();
    if (pipe(ends) != 0) {
        return -1;
    }
    const pid_t child = write(ends[1], t->payload, len) == (ssize_t)len ? fork() : -1;
    if (child == 0) {
        (void)close(ends[1]);
        become(l, t, ends[0], device);
    }
    (void)close(ends[0]);
    (void)close(ends[1]);
    return child;
}

static bool has_application(const listen_t *l, uint16_t port)
{
    for (size_t i = 0; i < l->port_count; i++) {
        if (l->ports[i] == port) {
            return true;
        }
    }
    return l->port_count == 0;
}

static json_t *account_of(const listen_trigger_t *t)
{
    char source[2 * GODWIT_A3_DIGEST + 1], payload[2 * GODWIT_TRIGGER_PAYLOAD_MAX + 1];
    const godwit_trigger_delivery_t *d = &t->delivery;
    godwit_hex_encode(godwit_slice(d->source, sizeof d->source), source);
    godwit_hex_encode(godwit_slice(t->payload, d->payload.len), payload);
    return json_pack("{s:s, s:I, s:i, s:b, s:b, s:b, s:s?, s:s}", "event", "trigger", "reference",
                     (json_int_t)d->reference, "port", (int)d->port, "priority", d->priority, "repeated", d->repeated,
                     "protected", d->protected, "source", d->proved ? source : NULL, "payload_hex", payload);
}

/* The first of the queue is done: the device says so to the MTC-IWF. */
static void finish(listen_t *l, bool delivered, json_t *how)
{
    godwit_trigger_requests_t list;
    const uint32_t reference = l->queue[0].delivery.reference;
    json_t *account = account_of(&l->queue[0]);
    (void)json_object_set_new(account, "delivered", json_boolean(delivered));
    (void)json_object_update(account, how);
    json_decref(how);
    listen_tell(l, account);
    l->queued--;
    memmove(&l->queue[0], &l->queue[1], l->queued * sizeof l->queue[0]);
    l->handled++;
    const godwit_a3_outcome_t outcome = delivered ? GODWIT_A3_DELIVERED : GODWIT_A3_NO_APPLICATION;
    listen_settle_trigger(l, godwit_trigger_done(&l->trigger, reference, outcome, &list), &list);
}

void listen_start(listen_t *l)
{
    while (l->queued > 0 && l->child == 0 && l->code == CLI_OK) {
        if (!has_application(l, l->queue[0].delivery.port)) {
            finish(l, false, json_pack("{s:s}", "why", "no application at that port"));
            continue;
        }
        (void)fflush(stdout);
        const pid_t child = spawn(l, &l->queue[0]);
        if (child < 0) {
            l->code = cli_fail(l->args, CLI_FILE, "%s: %s", l->program, strerror(errno));
            return; /* it stays unconfirmed, and comes again */
        }
        l->child = child;
        l->killed = false;
        l->program_until = cli_now_ms() + (int64_t)l->program_ms;
    }
}

static json_t *ending(const listen_t *l, int status)
{
    if (l->killed) {
        return json_pack("{s:s}", "why", "its time was over");
    }
    return WIFEXITED(status) ? json_pack("{s:i}", "exit", WEXITSTATUS(status))
                             : json_pack("{s:i}", "signal", WTERMSIG(status));
}

void listen_reap(listen_t *l)
{
    int status = 0;
    if (l->child == 0) {
        return;
    }
    if (!l->killed && cli_now_ms() >= l->program_until) {
        l->killed = true;
        (void)kill(-l->child, SIGKILL);
        (void)kill(l->child, SIGKILL); /* it may not have made its group yet */
    }
    siginfo_t ended = {0};
    if (waitid(P_PID, (id_t)l->child, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == l->child) {
        (void)kill(-l->child, SIGKILL); /* what it has left behind, while its number is still its own */
        (void)waitpid(l->child, &status, 0);
        l->child = 0;
        finish(l, !l->killed && WIFEXITED(status) && WEXITSTATUS(status) == 0, ending(l, status));
    }
}

void listen_stop(listen_t *l)
{
    if (l->child != 0) {
        (void)kill(-l->child, SIGKILL);
        (void)kill(l->child, SIGKILL);
        (void)waitpid(l->child, NULL, 0);
        l->child = 0;
    }
}

bool listen_hold_standard_descriptors(void)
{
    int last = 0;
    while (last >= 0 && last <= STDERR_FILENO) {
        last = open("/dev/null", O_RDWR | O_CLOEXEC);
    }
    return last > STDERR_FILENO && close(last) == 0;
}
