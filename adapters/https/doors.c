/* SPDX-License-Identifier: Apache-2.0
 *
 * Two servers as one door; see doors.h.
 */
#include "adapters/https/doors.h"

godwit_status_t godwit_https_doors_open(const godwit_https_door_t doors[GODWIT_HTTPS_DOORS],
                                        const godwit_https_server_config_t *common, godwit_https_doors_t *opened,
                                        char why[GODWIT_HTTPS_WHY])
{
    godwit_status_t status = GODWIT_OK;
    *opened = (godwit_https_doors_t){{NULL, NULL}};
    for (size_t i = 0; i < GODWIT_HTTPS_DOORS && status == GODWIT_OK; i++) {
        godwit_https_server_config_t config = *common;
        config.host = doors[i].host;
        config.port = doors[i].port;
        config.plain = doors[i].certificate == NULL;
        config.certificate = doors[i].certificate;
        config.key = doors[i].key;
        status = config.host == NULL ? GODWIT_OK : godwit_https_server_start(&config, &opened->server[i], why);
    }
    return status;
}

int godwit_https_doors_fd(const godwit_https_doors_t *doors, size_t door)
{
    return door < GODWIT_HTTPS_DOORS && doors->server[door] != NULL ? godwit_https_server_fd(doors->server[door]) : -1;
}

uint16_t godwit_https_doors_port(const godwit_https_doors_t *doors, size_t door)
{
    return door < GODWIT_HTTPS_DOORS && doors->server[door] != NULL ? godwit_https_server_port(doors->server[door]) : 0;
}

void godwit_https_doors_close(godwit_https_doors_t *doors)
{
    for (size_t i = 0; i < GODWIT_HTTPS_DOORS; i++) {
        godwit_https_server_stop(doors->server[i]);
        doors->server[i] = NULL;
    }
}

void godwit_https_reply_add(godwit_https_reply_t *reply, size_t *count, const char *name, const char *value)
{
    if (value[0] != '\0') {
        reply->headers[*count] = (godwit_https_header_t){name, value};
        (*count)++;
    }
}
