/* SPDX-License-Identifier: Apache-2.0
 *
 * Waking a device by a trigger. See wake.h.
 */
#include "adapters/t8/wake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/t8/json.h"

#define PLACE "{imsi}"
#define DAY_S 86400u

typedef struct under_way {
    bool used;
    godwit_imsi_t imsi;
} under_way_t;

struct godwit_t8_wake {
    godwit_t8_wake_config_t config;
    godwit_https_client_t *client;
    under_way_t asked[GODWIT_T8_WAKES_MAX]; /* the tag of a request is its place */
};

/* local@domain with the IMSI in its place; false: it is none. */
static bool write_name(const char *pattern, const godwit_imsi_t *imsi, char name[GODWIT_EXTERNAL_ID_MAX + 1])
{
    const char *place = strstr(pattern, PLACE);
    if (place == NULL || strstr(place + 1, PLACE) != NULL) {
        return false;
    }
    const int len = snprintf(name, GODWIT_EXTERNAL_ID_MAX + 1, "%.*s%s%s", (int)(place - pattern), pattern,
                             imsi->digits, place + strlen(PLACE));
    const char *at = strchr(name, '@');
    return len > 0 && len <= GODWIT_EXTERNAL_ID_MAX && at != NULL && at != name && strchr(at, '.') != NULL;
}

godwit_status_t godwit_t8_wake_start(const godwit_t8_wake_config_t *config, godwit_t8_wake_t **out,
                                     char why[GODWIT_HTTPS_WHY])
{
    static const godwit_imsi_t longest = {.len = GODWIT_IMSI_DIGITS_MAX, .digits = "001010000000000"};
    char name[GODWIT_EXTERNAL_ID_MAX + 1];
    *out = NULL;
    if (config->url == NULL || strncmp(config->url, "https://", 8) != 0 || config->as == NULL ||
        strlen(config->as) > GODWIT_SCS_NAME_MAX || config->external_id == NULL ||
        !write_name(config->external_id, &longest, name)) {
        (void)snprintf(why, GODWIT_HTTPS_WHY,
                       "waking: needs an https URL, the name of this AS, and an external identifier with {imsi} in it");
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_t8_wake_t *wake = calloc(1, sizeof *wake);
    if (wake == NULL) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory");
        return GODWIT_IO_FAILED;
    }
    wake->config = *config;
    const godwit_https_client_config_t https = {.certificate = config->certificate,
                                                .key = config->key,
                                                .ca = config->ca,
                                                .connect_to = config->connect_to,
                                                .body_max = GODWIT_T8_TEXT};
    godwit_status_t status = godwit_https_client_start(&https, &wake->client, why);
    if (status != GODWIT_OK) {
        free(wake);
        return status;
    }
    *out = wake;
    return GODWIT_OK;
}

int godwit_t8_wake_fd(const godwit_t8_wake_t *wake)
{
    return godwit_https_client_fd(wake->client);
}

void godwit_t8_wake_stop(godwit_t8_wake_t *wake)
{
    if (wake != NULL) {
        godwit_https_client_stop(wake->client);
        free(wake);
    }
}

static under_way_t *place(godwit_t8_wake_t *wake, const godwit_imsi_t *imsi)
{
    under_way_t *free_one = NULL;
    for (size_t i = 0; i < GODWIT_T8_WAKES_MAX; i++) {
        under_way_t *one = &wake->asked[i];
        if (one->used && godwit_imsi_equal(&one->imsi, imsi)) {
            return one;
        }
        free_one = one->used ? free_one : one;
    }
    return free_one;
}

/* A payload of one octet: the trigger says that something waits, and nothing of it. */
static godwit_status_t ask(godwit_t8_wake_t *wake, const godwit_imsi_t *imsi, uint64_t tag)
{
    godwit_device_action_t action = {.action = GODWIT_ACTION_TRIGGER,
                                     .port = wake->config.port,
                                     .validity_s = wake->config.validity_s != 0 ? wake->config.validity_s : DAY_S,
                                     .payload_len = 1};
    char text[GODWIT_T8_TEXT], path[GODWIT_T8_URI_MAX], url[GODWIT_HTTPS_URI_MAX];
    if (!write_name(wake->config.external_id, imsi, action.device.external_id)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_t8_transaction_write(&action, "TRIGGERED", text);
    godwit_t8_path_write(wake->config.as, 0, path);
    (void)snprintf(url, sizeof url, "%.400s%s", wake->config.url, path);
    const godwit_https_ask_t with = {.method = "POST",
                                     .url = url,
                                     .headers = {{"Content-Type", "application/json"}},
                                     .body = godwit_slice_of_string(text)};
    return godwit_https_client_submit(wake->client, &with, tag);
}

godwit_status_t godwit_t8_wake_send(godwit_t8_wake_t *wake, const godwit_imsi_t *imsi)
{
    under_way_t *one = place(wake, imsi);
    if (one == NULL) {
        return GODWIT_OVERLOAD;
    }
    if (one->used) {
        return GODWIT_OK;
    }
    godwit_status_t status = ask(wake, imsi, (uint64_t)(one - wake->asked));
    if (status == GODWIT_OK) {
        *one = (under_way_t){.used = true, .imsi = *imsi};
    }
    return status == GODWIT_NO_SPACE ? GODWIT_OVERLOAD : status;
}

bool godwit_t8_wake_next(godwit_t8_wake_t *wake, godwit_imsi_t *imsi, godwit_status_t *status,
                         char why[GODWIT_HTTPS_WHY])
{
    godwit_https_answer_t answer;
    if (!godwit_https_client_next(wake->client, &answer)) {
        return false;
    }
    under_way_t *one = &wake->asked[answer.tag % GODWIT_T8_WAKES_MAX];
    *imsi = one->imsi;
    one->used = false;
    why[0] = '\0';
    *status = GODWIT_OK;
    if (answer.status != GODWIT_OK) {
        *status = GODWIT_IO_FAILED;
        memcpy(why, answer.why, GODWIT_HTTPS_WHY);
    } else if (answer.code / 100 != 2) {
        *status = answer.code == 403 ? GODWIT_NOT_ENTITLED : GODWIT_PEER_INTERNAL;
        (void)snprintf(why, GODWIT_HTTPS_WHY, "the MTC-IWF answered %u", answer.code);
    }
    return true;
}
