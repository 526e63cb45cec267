/* SPDX-License-Identifier: Apache-2.0
 *
 * Sockets and whose they are. An answer leaves by the door of its function and port, and of the address family of whom
 * it is for.
 */
#include "daemons/godwitd/doors.h"

#include <stdio.h>
#include <string.h>

#define SGI_BATCH 64

const char *doors_name(godwit_port_t port)
{
    static const char *const names[] = {"hse", "radio", "gtpc", "gtpu", "sgi", "a3", "sms"};
    return (unsigned)port < sizeof names / sizeof names[0] ? names[port] : "?";
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static bool open_door(doors_t *doors, godwit_function_t function, godwit_port_t port, const godwit_address_t *address,
                      char error[CONFIG_ERROR_MAX])
{
    char why[GODWIT_UDP_WHY];
    door_t *door = &doors->door[doors->count];
    godwit_status_t status = port == GODWIT_PORT_EMSDP || port == GODWIT_PORT_A3
                                 ? godwit_udp_open(address, &door->udp, why)
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

/* The link between HSE and SMS-SC. */
static bool open_sms(doors_t *doors, godwit_function_t function, const config_sms_link_t *link,
                     char error[CONFIG_ERROR_MAX])
{
    if (!link->used) {
        return true;
    }
    if (!open_door(doors, function, GODWIT_PORT_SMS, &link->listen, error)) {
        return false;
    }
    doors->door[doors->count - 1].peer = link->peer;
    return true;
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
           (!config_has(config, CONFIG_HSE) || open_sms(doors, GODWIT_FUNCTION_HSE, &config->hse.sms, error)) &&
           (!config_has(config, CONFIG_MSC) ||
            open_door(doors, GODWIT_FUNCTION_MSC, GODWIT_PORT_RADIO, &config->msc.radio, error)) &&
           (!config_has(config, CONFIG_MTC_IWF) || !config->mtc_iwf.has_a3 ||
            open_door(doors, GODWIT_FUNCTION_MTC_IWF, GODWIT_PORT_A3, &config->mtc_iwf.a3, error)) &&
           (!config_has(config, CONFIG_SMS_SC) ||
            open_sms(doors, GODWIT_FUNCTION_SMS_SC, &config->sms_sc.hse, error)) &&
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

/* ---- in and out -------------------------------------------------------------------------------------------------- */

/* On the link between HSE and SMS-SC a datagram is IMSI (8, as in EF_IMSI) || EMSDP, and comes from the other end
 * alone. */
#define SMS_HEAD 8
#define SMS_MAX (SMS_HEAD + 512)

static bool read_sms(const door_t *door, godwit_input_t *input)
{
    if (!godwit_address_equal(&input->from, &door->peer) || input->datagram.len <= SMS_HEAD) {
        return false;
    }
    input->from.len = SMS_HEAD;
    memcpy(input->from.octets, input->datagram.ptr, SMS_HEAD);
    input->datagram = godwit_slice(input->datagram.ptr + SMS_HEAD, input->datagram.len - SMS_HEAD);
    return true;
}

static void send_sms(const door_t *door, const godwit_request_t *request)
{
    uint8_t octets[SMS_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_put(&w, request->to.octets, SMS_HEAD);
    godwit_put_slice(&w, request->octets);
    if (godwit_writer_status(&w) == GODWIT_OK) {
        godwit_udp_send(door->udp, &door->peer, godwit_written(&w));
    }
}

static void receive_by(const door_t *door, owner_t *owner)
{
    godwit_udp_datagram_t datagrams[GODWIT_UDP_BATCH];
    size_t count = godwit_udp_receive(door->udp, datagrams);
    for (size_t n = 0; n < count; n++) {
        godwit_input_t input = {.kind = GODWIT_INPUT_DATAGRAM,
                                .port = door->port,
                                .from = datagrams[n].from,
                                .datagram = datagrams[n].octets};
        if (door->port != GODWIT_PORT_SMS || read_sms(door, &input)) {
            owner_feed(owner, door->function, &input);
        }
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
        if (door->function == function && door->port == request->port && door->port == GODWIT_PORT_SMS) {
            send_sms(door, request);
            return;
        }
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
