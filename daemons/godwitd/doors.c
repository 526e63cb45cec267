/* SPDX-License-Identifier: Apache-2.0
 *
 * Sockets and whose they are. An answer leaves by the door of its function and port, and of the address family of whom it is for.
 */
#include "daemons/godwitd/doors.h"

#include <stdio.h>
#include <string.h>

#define SGI_BATCH 64

const char *doors_name(godwit_port_t port)
{
    static const char *const names[] = {"hse", "radio", "gtpc", "gtpu", "sgi"};
    return (unsigned)port < sizeof names / sizeof names[0] ? names[port] : "?";
}

/* ---- opening -------------------------------------------------------------------------------------------------------------- */

static bool open_door(doors_t *doors, godwit_function_t function, godwit_port_t port, const godwit_address_t *address,
                      char error[CONFIG_ERROR_MAX])
{
    char why[GODWIT_UDP_WHY];
    door_t *door = &doors->door[doors->count];
    godwit_status_t status = port == GODWIT_PORT_EMSDP ? godwit_udp_open(address, &door->udp, why)
                                                       : godwit_udp_open_long(address, &door->udp, why);
    if (status != GODWIT_OK) {
        (void)snprintf(error, CONFIG_ERROR_MAX, "%s", why);
        return false;
    }
    door->function = function;
    door->port = port;
    doors->count++;
    return true;
}

static bool open_gtp(doors_t *doors, godwit_function_t function, const uint8_t ipv4[4], char error[CONFIG_ERROR_MAX])
{
    godwit_address_t control = godwit_gtp_address(ipv4, GODWIT_GTPC_PORT);
    godwit_address_t user = godwit_gtp_address(ipv4, GODWIT_GTPU_PORT);
    return open_door(doors, function, GODWIT_PORT_GTPC, &control, error) &&
           open_door(doors, function, GODWIT_PORT_GTPU, &user, error);
}

static bool open_hse(doors_t *doors, const config_hse_t *hse, char error[CONFIG_ERROR_MAX])
{
    for (size_t i = 0; i < hse->listen_count; i++) {
        if (!open_door(doors, GODWIT_FUNCTION_HSE, GODWIT_PORT_EMSDP, &hse->listen[i], error)) {
            return false;
        }
    }
    return !hse->has_gtpu || open_door(doors, GODWIT_FUNCTION_HSE, GODWIT_PORT_GTPU, &hse->gtpu, error);
}

static bool open_sgi(doors_t *doors, const config_pgw_t *pgw, char error[CONFIG_ERROR_MAX])
{
    char why[GODWIT_SGI_WHY];
    if (!pgw->tunnels || godwit_sgi_open(pgw->device_port, &doors->sgi, why) == GODWIT_OK) {
        return true;
    }
    (void)snprintf(error, CONFIG_ERROR_MAX, "%s", why);
    return false;
}

bool doors_open(doors_t *doors, const config_t *config, char error[CONFIG_ERROR_MAX])
{
    return (!config_has(config, CONFIG_HSE) || open_hse(doors, &config->hse, error)) &&
           (!config_has(config, CONFIG_MME) ||
            (open_door(doors, GODWIT_FUNCTION_MME, GODWIT_PORT_RADIO, &config->mme.radio, error) &&
             open_gtp(doors, GODWIT_FUNCTION_MME, config->mme.role.ipv4, error))) &&
           (!config_has(config, CONFIG_SGSN) ||
            (open_door(doors, GODWIT_FUNCTION_SGSN, GODWIT_PORT_RADIO, &config->sgsn.radio, error) &&
             open_gtp(doors, GODWIT_FUNCTION_SGSN, config->sgsn.role.ipv4, error))) &&
           (!config_has(config, CONFIG_SGW) || open_gtp(doors, GODWIT_FUNCTION_SGW, config->sgw.role.ipv4, error)) &&
           (!config_has(config, CONFIG_PGW) || (open_gtp(doors, GODWIT_FUNCTION_PGW, config->pgw.role.ipv4, error) &&
                                                open_sgi(doors, &config->pgw, error)));
}

void doors_close(doors_t *doors)
{
    for (size_t i = 0; i < doors->count; i++) {
        godwit_udp_close(doors->door[i].udp);
    }
    godwit_sgi_close(doors->sgi);
    memset(doors, 0, sizeof *doors);
}

int doors_fd(const doors_t *doors, size_t index)
{
    if (index < doors->count) {
        return godwit_udp_fd(doors->door[index].udp);
    }
    return index == doors->count && doors->sgi != NULL ? godwit_sgi_fd(doors->sgi) : -1;
}

/* ---- in and out ------------------------------------------------------------------------------------------------------------- */

static void receive_by(const door_t *door, owner_t *owner)
{
    godwit_udp_datagram_t datagrams[GODWIT_UDP_BATCH];
    size_t count = godwit_udp_receive(door->udp, datagrams);
    for (size_t n = 0; n < count; n++) {
        godwit_input_t input = {.kind = GODWIT_INPUT_DATAGRAM,
                                .port = door->port,
                                .from = datagrams[n].from,
                                .datagram = datagrams[n].octets};
        owner_feed(owner, door->function, &input);
    }
    owner_finish(owner); /* the adapter's buffers are free again after that */
}

void doors_receive(const doors_t *doors, owner_t *owner)
{
    godwit_sgi_datagram_t datagram;
    for (size_t i = 0; i < doors->count; i++) {
        receive_by(&doors->door[i], owner);
    }
    for (unsigned i = 0; doors->sgi != NULL && i < SGI_BATCH && godwit_sgi_receive(doors->sgi, &datagram); i++) {
        godwit_input_t input = {.kind = GODWIT_INPUT_DATAGRAM,
                                .port = GODWIT_PORT_SGI,
                                .from = datagram.from,
                                .to = datagram.to,
                                .datagram = datagram.octets};
        owner_feed(owner, GODWIT_FUNCTION_PGW, &input);
        owner_finish(owner);
    }
}

void doors_send(const doors_t *doors, godwit_function_t function, const godwit_request_t *request)
{
    if (request->port == GODWIT_PORT_SGI) {
        if (doors->sgi != NULL) {
            godwit_sgi_send(doors->sgi, &request->from, &request->to, request->octets);
        }
        return;
    }
    for (size_t i = 0; i < doors->count; i++) {
        const door_t *door = &doors->door[i];
        if (door->function == function && door->port == request->port &&
            godwit_udp_local(door->udp).len == request->to.len) {
            godwit_udp_send(door->udp, &request->to, request->octets);
            return;
        }
    }
}

void doors_flush(const doors_t *doors)
{
    for (size_t i = 0; i < doors->count; i++) {
        godwit_udp_flush(doors->door[i].udp);
    }
}
