/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes to the log. freeDiameter prints whole messages, keys and identities included, whenever one fails: nothing of what it says is
 * handed on once it runs; its hooks (peers.c) tell what happened in words of ours. While it starts, its last error says why it does not.
 */
#include "adapters/diameter/internal.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

#define LINE_MAX_LEN 240

static void emit(godwit_diameter_t *d, int level, const char *line)
{
    if (d != NULL && d->config.log != NULL) {
        d->config.log(d->config.context, level, line);
    }
}

void godwit_diameter_log(godwit_diameter_t *d, int level, const char *format, ...)
{
    char line[LINE_MAX_LEN] = "diameter: ";
    size_t used = strlen(line);
    va_list args;
    va_start(args, format);
    vsnprintf(line + used, sizeof line - used, format, args);
    va_end(args);
    emit(d, level, line);
}

/* Control characters have no place in a line of a log. */
static void tame(char *line)
{
    for (; *line != '\0'; line++) {
        if ((unsigned char)*line < ' ') {
            *line = ' ';
        }
    }
}

void godwit_diameter_log_handler(int level, const char *format, va_list args)
{
    godwit_diameter_t *d = godwit_diameter_instance;
    if (d == NULL) {
        return;
    }
    pthread_mutex_lock(&d->lock);
    bool running = d->running;
    if (!running && level >= FD_LOG_ERROR) { /* no message has been exchanged: nothing secret can be in it */
        vsnprintf(d->last_error, sizeof d->last_error, format, args);
        tame(d->last_error);
    }
    pthread_mutex_unlock(&d->lock);
}
