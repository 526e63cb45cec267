/* SPDX-License-Identifier: Apache-2.0
 *
 * One log line, as key=value or as JSON, in a fixed buffer. What does not fit is cut; the line still ends as it must.
 */
#ifndef GODWIT_ADAPTERS_OBSERVE_LINE_H
#define GODWIT_ADAPTERS_OBSERVE_LINE_H

#include "adapters/observe/observe.h"

typedef struct godwit_line {
    bool json;
    size_t len;
    char text[GODWIT_LOG_LINE];
} godwit_line_t;

void godwit_line_begin(godwit_line_t *line, bool json, uint64_t now_ms, const char *level);
void godwit_line_text(godwit_line_t *line, const char *name, const char *value);
void godwit_line_number(godwit_line_t *line, const char *name, uint64_t value);
/* Ends the line and writes it with one call; a line that cannot be written is lost. */
void godwit_line_write(godwit_line_t *line, int fd);

#endif
