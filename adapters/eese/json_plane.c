/* SPDX-License-Identifier: Apache-2.0
 *
 * User-plane datagrams between HSE and EAS, unmodified: base64, for they are octets that nobody here looks into.
 */
#include <string.h>

#include "adapters/eese/json.h"

godwit_status_t godwit_eese_plane_read(godwit_slice_t text, bool up, godwit_user_plane_t *u,
                                       char wrong[GODWIT_JSON_PATH])
{
    godwit_user_plane_t read;
    godwit_json_t json;
    uint64_t id = 0;
    size_t len = 0;
    godwit_json_object_t root = godwit_json_open(&json, text);
    memset(&read, 0, sizeof read);
    (void)godwit_json_number(&root, "session_id", true, 1, UINT32_MAX, &id);
    if (up) {
        (void)godwit_json_imsi(&root, "imsi", true, &read.imsi);
        (void)godwit_json_number(&root, "number", true, 0, INT64_MAX, &read.number);
    }
    (void)godwit_json_base64(&root, "datagram", true, read.datagram, 1, sizeof read.datagram, &len);
    godwit_json_end(&root);
    memcpy(wrong, json.wrong, GODWIT_JSON_PATH);
    const godwit_status_t status = godwit_json_close(&json);
    if (status == GODWIT_OK) {
        read.session_id = (uint32_t)id;
        read.len = (uint16_t)len;
        *u = read;
    }
    return status;
}

godwit_status_t godwit_eese_plane_write(const godwit_user_plane_t *u, bool up, char text[GODWIT_EESE_TEXT])
{
    if (u->len == 0 || u->len > sizeof u->datagram || u->session_id == 0 || u->number > INT64_MAX) {
        return GODWIT_NO_SPACE;
    }
    json_t *json = json_pack("{s:I}", "session_id", (json_int_t)u->session_id);
    if (up) {
        (void)json_object_set_new(json, "imsi", json_string(u->imsi.digits));
        (void)json_object_set_new(json, "number", json_integer((json_int_t)u->number));
    }
    godwit_json_set_base64(json, "datagram", godwit_slice(u->datagram, u->len));
    return godwit_json_write(json, text, GODWIT_EESE_TEXT);
}

godwit_status_t godwit_eese_planed_read(godwit_slice_t text, bool *highest)
{
    godwit_json_t json;
    bool read = false;
    godwit_json_object_t root = godwit_json_open(&json, text);
    (void)godwit_json_truth(&root, "highest", true, &read);
    godwit_json_end(&root);
    const godwit_status_t status = godwit_json_close(&json);
    *highest = status == GODWIT_OK && read;
    return status;
}

void godwit_eese_planed_write(bool highest, char text[GODWIT_EESE_TEXT])
{
    (void)!godwit_json_write(json_pack("{s:b}", "highest", (int)highest), text, GODWIT_EESE_TEXT);
}
