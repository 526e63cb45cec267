/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing.
 */
#include <string.h>

#include "adapters/json/json.h"

#define HEX_MAX 64
#define BASE64_MAX 1280

godwit_status_t godwit_json_write(json_t *json, char *text, size_t size)
{
    const size_t len = json == NULL ? size : json_dumpb(json, text, size - 1, JSON_COMPACT);
    const bool good = len > 0 && len < size;
    text[good ? len : 0] = '\0';
    json_decref(json);
    return good ? GODWIT_OK : GODWIT_NO_SPACE;
}

void godwit_json_set_hex(json_t *json, const char *name, godwit_slice_t octets)
{
    char text[2 * HEX_MAX + 1];
    if (octets.len <= HEX_MAX) {
        godwit_hex_encode(octets, text);
        (void)json_object_set_new(json, name, json_string(text));
        godwit_wipe(text, sizeof text);
    }
}

void godwit_json_set_base64(json_t *json, const char *name, godwit_slice_t octets)
{
    char text[GODWIT_BASE64_LEN(BASE64_MAX) + 1];
    godwit_writer_t w = godwit_writer(text, sizeof text - 1);
    if (octets.len <= BASE64_MAX) {
        godwit_put_base64(&w, octets);
        (void)json_object_set_new(json, name, json_stringn(text, w.len));
        godwit_wipe(text, sizeof text);
    }
}

void godwit_json_problem(unsigned code, const char *cause, const char *detail, const char *member, char *text,
                         size_t size)
{
    json_t *json = json_pack("{s:i, s:s, s:s}", "status", (int)code, "cause", cause, "detail", detail);
    if (json != NULL && member != NULL) {
        (void)json_object_set_new(json, "invalidParams", json_pack("[{s:s}]", "param", member));
    }
    (void)!godwit_json_write(json, text, size);
}
