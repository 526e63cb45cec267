/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes to the log. freeDiameter prints whole messages, keys and identities included, whenever one fails: nothing
 * of what it says is handed on once it runs, but why there is no connection, which may name what a stranger calls
 * himself; its hooks (peers.c) tell what happened in words of ours. While it starts, its first error says why it does
 * not.
 */
#include "adapters/diameter/internal.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define LINE_MAX_LEN 240
#define LINES_A_SECOND 20
/* How freeDiameter 1.2.1 announces its end: there is no other sign of it. */
#define ENDING "Initiating freeDiameter shutdown"

static void emit(godwit_diameter_t *d, int level, const char *line)
{
    if (d != NULL && d->config.log != NULL) {
        d->config.log(d->config.context, level, line);
    }
}

/* A peer that sends nonsense must not fill the log: of what is no warning, so many lines a second. */
static bool too_many(godwit_diameter_t *d)
{
    uint64_t second = godwit_diameter_now_ms() / 1000;
    pthread_mutex_lock(&d->lock);
    if (second != d->log_second) {
        d->log_second = second;
        d->log_lines = 0;
    }
    bool many = ++d->log_lines > LINES_A_SECOND;
    pthread_mutex_unlock(&d->lock);
    return many;
}

/* Control characters have no place in a line of a log, nor, where it may be a stranger's, what might be no UTF-8. */
static void tame(char *line, unsigned char last)
{
    for (; *line != '\0'; line++) {
        if ((unsigned char)*line < ' ' || (unsigned char)*line > last) {
            *line = ' ';
        }
    }
}

void godwit_diameter_log(godwit_diameter_t *d, int level, const char *format, ...)
{
    if (level > LOG_WARNING && too_many(d)) {
        return;
    }
    char line[LINE_MAX_LEN] = "diameter: ";
    size_t used = strlen(line);
    va_list args;
    va_start(args, format);
    vsnprintf(line + used, sizeof line - used, format, args);
    va_end(args);
    tame(line, '~');
    emit(d, level, line);
}

void godwit_diameter_log_handler(int level, const char *format, va_list args)
{
    godwit_diameter_t *d = godwit_diameter_instance;
    uint64_t one = 1;
    if (d == NULL) {
        return;
    }
    pthread_mutex_lock(&d->lock);
    bool running = d->running;
    if (!running && level >= FD_LOG_ERROR &&
        d->first_error[0] == '\0') { /* no message has been exchanged: nothing secret can be in it */
        vsnprintf(d->first_error, sizeof d->first_error, format, args);
        tame(d->first_error, UINT8_MAX);
    }
    bool died = running && !d->dead && strncmp(format, ENDING, strlen(ENDING)) == 0;
    if (died) {
        d->dead = true;
        (void)!write(d->event, &one, sizeof one);
    }
    pthread_mutex_unlock(&d->lock);
    if (died) {
        godwit_diameter_log(d, LOG_CRIT, "freeDiameter has ended itself; this process must be started again");
    }
}
