/* SPDX-License-Identifier: Apache-2.0
 *
 * A reading as one JSON line.
 */
#include "adapters/deliver/deliver.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* RFC 3339, UTC, milliseconds. */
static void time_text(uint64_t ms, char text[32])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;
    size_t len = gmtime_r(&seconds, &utc) == NULL ? 0 : strftime(text, 32, "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(text + len, 32 - len, ".%03uZ", (unsigned)(ms % 1000));
}

static bool set_payload(json_t *line, godwit_slice_t payload)
{
    /* jansson refuses what is not UTF-8. An empty payload has no octets to point at. */
    json_t *text = json_stringn(payload.len == 0 ? "" : (const char *)payload.ptr, payload.len);
    if (text != NULL) {
        return json_object_set_new(line, "payload", text) == 0;
    }
    char *hex = malloc(2 * payload.len + 1);
    if (hex == NULL) {
        return false;
    }
    godwit_hex_encode(payload, hex);
    bool set = json_object_set_new(line, "payload_hex", json_string(hex)) == 0;
    free(hex);
    return set;
}

static bool set_id(json_t *line, const godwit_reading_t *reading)
{
    return reading->origin == NULL || json_object_set_new(line, "id",
                                                          json_pack("{s:s, s:I}", "origin", reading->origin, "number",
                                                                    (json_int_t)reading->number)) == 0;
}

char *godwit_deliver_line(const godwit_reading_t *reading, size_t *len)
{
    char when[32];
    char *text = NULL;
    json_t *line = json_pack("{s:s, s:I, s:I}", "imsi", reading->imsi.digits, "session",
                             (json_int_t)reading->session_id, "count", (json_int_t)reading->count);
    time_text(reading->time_ms, when);
    if (line != NULL && set_payload(line, reading->payload) &&
        json_object_set_new(line, "time", json_string(when)) == 0 && set_id(line, reading)) {
        text = json_dumps(line, JSON_COMPACT);
    }
    json_decref(line);
    if (text != NULL) {
        *len = strlen(text) + 1;
        text[*len - 1] = '\n'; /* in place of the terminator: a line is used by its length */
    }
    return text;
}

const godwit_deliver_kind_t *godwit_deliver_kind(const char *name)
{
    const godwit_deliver_kind_t *const kinds[] = {&godwit_deliver_stdout, &godwit_deliver_file, &godwit_deliver_udp,
                                                  &godwit_deliver_mqtt,   &godwit_deliver_coap, &godwit_deliver_webhook,
                                                  &godwit_deliver_unix};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(name, kinds[i]->name) == 0) {
            return kinds[i];
        }
    }
    return NULL;
}
