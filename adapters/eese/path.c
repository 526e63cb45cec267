/* SPDX-License-Identifier: Apache-2.0
 *
 * Paths. One spelling each: no escapes, no slash too many, hex in lower case.
 */
#include <stdio.h>
#include <string.h>

#include "adapters/eese/json.h"

#define REGISTRATIONS "/eas/v1/registrations"
#define SESSIONS "/sessions"
#define NEXT_AGE "/next-age"
#define REGISTRATION_HEX ((size_t)2 * GODWIT_EAS_REGISTRATION)

static const struct {
    const char *path;
    godwit_eese_resource_t resource;
} whole[] = {{REGISTRATIONS, GODWIT_EESE_REGISTRATIONS},
             {"/push/v1/sessions", GODWIT_EESE_PUSH_SESSIONS},
             {"/push/v1/user-plane", GODWIT_EESE_PUSH_USER_PLANE},
             {"/hse/v1/downlink", GODWIT_EESE_DOWNLINK}};
#define WHOLE (sizeof whole / sizeof whole[0])

/* What stands behind that beginning; NULL: it begins otherwise. */
static const char *behind(const char *text, const char *beginning)
{
    const size_t len = strlen(beginning);
    return strncmp(text, beginning, len) == 0 ? text + len : NULL;
}

static const char *read_registration(const char *at, uint8_t registration[GODWIT_EAS_REGISTRATION])
{
    char hex[REGISTRATION_HEX + 1];
    size_t len = 0;
    if (strspn(at, "0123456789abcdef") != REGISTRATION_HEX) {
        return NULL;
    }
    memcpy(hex, at, REGISTRATION_HEX);
    hex[REGISTRATION_HEX] = '\0';
    return godwit_hex_decode(hex, registration, GODWIT_EAS_REGISTRATION, &len) == GODWIT_OK ? at + REGISTRATION_HEX
                                                                                            : NULL;
}

static bool read_next_age(const char *at, godwit_imsi_t *imsi)
{
    char digits[GODWIT_IMSI_DIGITS_MAX + 1];
    const size_t len = strspn(at, "0123456789");
    if (len == 0 || len >= sizeof digits || strcmp(at + len, NEXT_AGE) != 0) {
        return false;
    }
    memcpy(digits, at, len);
    digits[len] = '\0';
    return godwit_imsi_from_text(digits, imsi) == GODWIT_OK;
}

static godwit_eese_resource_t read_resource(const char *at, godwit_eese_path_t *path)
{
    at = read_registration(at, path->registration);
    if (at == NULL) {
        return 0;
    }
    if (at[0] == '\0') {
        return GODWIT_EESE_REGISTRATION;
    }
    at = behind(at, SESSIONS);
    if (at == NULL || at[0] == '\0') {
        return at == NULL ? 0 : GODWIT_EESE_SESSIONS;
    }
    return at[0] == '/' && read_next_age(at + 1, &path->imsi) ? GODWIT_EESE_NEXT_AGE : 0;
}

godwit_status_t godwit_eese_path_read(const char *text, godwit_eese_path_t *path)
{
    const char *at = behind(text, REGISTRATIONS "/");
    godwit_eese_path_t read;
    memset(&read, 0, sizeof read);
    for (size_t i = 0; i < WHOLE; i++) {
        read.resource = strcmp(text, whole[i].path) == 0 ? whole[i].resource : read.resource;
    }
    if (at != NULL) {
        read.resource = read_resource(at, &read);
    }
    if (read.resource == 0) {
        return GODWIT_NOT_FOUND;
    }
    *path = read;
    return GODWIT_OK;
}

void godwit_eese_path_write(const godwit_eese_path_t *path, char text[GODWIT_EESE_PATH_MAX])
{
    char hex[REGISTRATION_HEX + 1];
    text[0] = '\0';
    for (size_t i = 0; i < WHOLE; i++) {
        if (whole[i].resource == path->resource) {
            (void)snprintf(text, GODWIT_EESE_PATH_MAX, "%s", whole[i].path);
            return;
        }
    }
    const bool sessions = path->resource != GODWIT_EESE_REGISTRATION, next = path->resource == GODWIT_EESE_NEXT_AGE;
    godwit_hex_encode(godwit_slice(path->registration, sizeof path->registration), hex);
    (void)snprintf(text, GODWIT_EESE_PATH_MAX, "%s/%s%s%s%s%s", REGISTRATIONS, hex, sessions ? SESSIONS : "",
                   next ? "/" : "", next ? path->imsi.digits : "", next ? NEXT_AGE : "");
}
