/* SPDX-License-Identifier: Apache-2.0
 *
 * A godwitd that was built without the Diameter adapter: it refuses a configuration that needs one.
 */
#include <stdio.h>

#include "adapters/diameter/diameter.h"

godwit_diameter_t *godwit_diameter_start(const godwit_diameter_config_t *config, char error[GODWIT_DIAMETER_ERROR_MAX])
{
    (void)config;
    (void)snprintf(error, GODWIT_DIAMETER_ERROR_MAX,
                   "diameter: this godwitd was built without it; leave the section out");
    return NULL;
}

uint16_t godwit_diameter_port(const godwit_diameter_t *diameter)
{
    (void)diameter;
    return 0;
}

int godwit_diameter_fd(const godwit_diameter_t *diameter)
{
    (void)diameter;
    return -1;
}

godwit_status_t godwit_diameter_receive(godwit_diameter_t *diameter, godwit_message_t *message)
{
    (void)diameter;
    (void)message;
    return GODWIT_AGAIN;
}

godwit_status_t godwit_diameter_send(godwit_diameter_t *diameter, const godwit_message_t *message)
{
    (void)diameter;
    (void)message;
    return GODWIT_NOT_FOUND;
}

bool godwit_diameter_peer_open(const godwit_diameter_t *diameter, size_t peer)
{
    (void)diameter;
    (void)peer;
    return false;
}

godwit_diameter_counters_t godwit_diameter_counters(const godwit_diameter_t *diameter)
{
    (void)diameter;
    return (godwit_diameter_counters_t){0};
}

void godwit_diameter_stop(godwit_diameter_t *diameter)
{
    (void)diameter;
}
