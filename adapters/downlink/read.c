/* SPDX-License-Identifier: Apache-2.0
 *
 * What a downlink request says: JSON by jansson, and topics. Whoever sent it was let in, and is otherwise not believed:
 * what does not fit is refused by the name of its member.
 */
#include <jansson.h>
#include <string.h>

#include "adapters/downlink/downlink.h"

#define TEXT_MAX 16384
#define PLACE "{imsi}"

/* ---- the body ---- */

static bool take(godwit_downlink_t *d, const uint8_t *octets, size_t len)
{
    if (len == 0 || len > sizeof d->payload) {
        return false;
    }
    memcpy(d->payload, octets, len);
    d->len = (uint16_t)len;
    return true;
}

static bool take_hex(godwit_downlink_t *d, const json_t *member)
{
    uint8_t octets[GODWIT_DOWNLINK_PAYLOAD_MAX];
    size_t len = 0;
    bool good = json_is_string(member) && json_string_length(member) == strlen(json_string_value(member)) &&
                godwit_hex_decode(json_string_value(member), octets, sizeof octets, &len) == GODWIT_OK &&
                take(d, octets, len);
    godwit_wipe(octets, sizeof octets);
    return good;
}

static const char *read_payload(const json_t *json, godwit_downlink_t *d)
{
    const json_t *text = json_object_get(json, "payload"), *hex = json_object_get(json, "payloadHex");
    if ((text != NULL) == (hex != NULL)) {
        return "payload"; /* one of the two, and no more */
    }
    if (hex != NULL) {
        return take_hex(d, hex) ? NULL : "payloadHex";
    }
    bool good = json_is_string(text) && take(d, (const uint8_t *)json_string_value(text), json_string_length(text));
    return good ? NULL : "payload";
}

static const char *read_rest(const json_t *json, godwit_downlink_t *d)
{
    const json_t *validity = json_object_get(json, "validityPeriod"), *wake = json_object_get(json, "wake");
    json_int_t seconds = json_integer_value(validity);
    if (validity != NULL && (!json_is_integer(validity) || seconds < 1 || seconds > UINT32_MAX)) {
        return "validityPeriod";
    }
    if (wake != NULL && !json_is_boolean(wake)) {
        return "wake";
    }
    d->validity_s = validity != NULL ? (uint32_t)seconds : 0;
    d->wake = json_is_true(wake);
    return NULL;
}

/* "": a member that nobody knows may be one that the sender relies on. */
static const char *read_names(json_t *json)
{
    static const char *const known[] = {"payload", "payloadHex", "validityPeriod", "wake"};
    const char *name;
    json_t *value;
    json_object_foreach(json, name, value)
    {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            found = found || strcmp(name, known[i]) == 0;
        }
        if (!found) {
            return "";
        }
    }
    return NULL;
}

godwit_status_t godwit_downlink_read(godwit_slice_t text, godwit_downlink_t *downlink, const char **member)
{
    godwit_downlink_t d = *downlink;
    json_t *json = text.len == 0 || text.len > TEXT_MAX
                       ? NULL
                       : json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    *member = json_is_object(json) ? read_names(json) : "";
    if (*member == NULL) {
        *member = read_payload(json, &d);
    }
    if (*member == NULL) {
        *member = read_rest(json, &d);
    }
    json_decref(json);
    if (*member == NULL) {
        *downlink = d;
    }
    godwit_wipe(&d, sizeof d);
    return *member == NULL ? GODWIT_OK : GODWIT_MALFORMED;
}

/* ---- topics ---- */

godwit_status_t godwit_downlink_topic_filter(const char *pattern, char filter[256])
{
    const char *place = strstr(pattern, PLACE);
    size_t len = strlen(pattern);
    if (place == NULL || len > 255 || strpbrk(pattern, "+#") != NULL || strpbrk(pattern, "{}") != place ||
        strpbrk(place + strlen(PLACE), "{}") != NULL) {
        return GODWIT_INVALID_ARGUMENT;
    }
    char after = place[strlen(PLACE)];
    if ((place != pattern && place[-1] != '/') || (after != '\0' && after != '/')) {
        return GODWIT_INVALID_ARGUMENT; /* not a whole level */
    }
    size_t before = (size_t)(place - pattern);
    memcpy(filter, pattern, before);
    filter[before] = '+';
    memcpy(filter + before + 1, place + strlen(PLACE), len - before - strlen(PLACE) + 1);
    return GODWIT_OK;
}

godwit_status_t godwit_downlink_topic_read(const char *pattern, const char *topic, godwit_imsi_t *imsi)
{
    char digits[GODWIT_IMSI_DIGITS_MAX + 1];
    const char *place = strstr(pattern, PLACE);
    size_t before = place != NULL ? (size_t)(place - pattern) : 0;
    if (place == NULL || strncmp(pattern, topic, before) != 0) {
        return GODWIT_MALFORMED;
    }
    size_t len = strcspn(topic + before, "/");
    if (len >= sizeof digits || strcmp(topic + before + len, place + strlen(PLACE)) != 0) {
        return GODWIT_MALFORMED;
    }
    memcpy(digits, topic + before, len);
    digits[len] = '\0';
    return godwit_imsi_from_text(digits, imsi) == GODWIT_OK ? GODWIT_OK : GODWIT_MALFORMED;
}
