/* SPDX-License-Identifier: Apache-2.0
 *
 * Datagrams between devices and endpoints where nobody is in between: any access that gives a device an address.
 */
#include <string.h>

#include "lab/internal.h"

godwit_address_t lab_address(unsigned address)
{
    return (godwit_address_t){.len = 3,
                              .octets = {(uint8_t)(address >> 16), (uint8_t)(address >> 8), (uint8_t)address}};
}

int lab_device_at(const godwit_world_t *w, const godwit_address_t *address, unsigned *number)
{
    *number = address->len == 3
                  ? (unsigned)address->octets[0] << 16 | (unsigned)address->octets[1] << 8 | address->octets[2]
                  : UINT32_MAX;
    for (unsigned i = 0; i < w->config.devices; i++) {
        if (w->devices[i].address == *number) {
            return (int)i;
        }
    }
    return -1;
}

static lab_packet_t *on_air(const godwit_world_t *w, unsigned device, bool up, const godwit_address_t *down_to,
                            unsigned endpoint, godwit_slice_t octets)
{
    unsigned node = godwit_world_device_node(device);
    lab_packet_t *p = lab_packet(GODWIT_WORLD_LEG_EMSDP, up ? node : endpoint, up ? endpoint : node, octets);
    p->source = up ? lab_address(w->devices[device].address) : lab_node_address(endpoint, 0);
    p->destination = up ? lab_node_address(endpoint, 0) : *down_to;
    return p;
}

void lab_air_send(godwit_world_t *w, unsigned device, bool up, const godwit_address_t *down_to, unsigned endpoint,
                  godwit_slice_t octets)
{
    godwit_world_datagram_t datagram = {.device = device, .up = up, .len = octets.len};
    if (octets.len > sizeof datagram.octets) {
        lab_violate(w, "a datagram longer than any");
        return;
    }
    memcpy(datagram.octets, octets.ptr, octets.len);
    w->devices[device].sent_up += up;
    if (w->config.air == NULL || w->config.air(w->config.context, w, &datagram)) {
        lab_net_send(w, on_air(w, device, up, down_to, endpoint, godwit_slice(datagram.octets, datagram.len)));
    }
}

void godwit_world_inject(godwit_world_t *w, unsigned device, bool up, godwit_slice_t octets)
{
    const godwit_address_t own = lab_address(w->devices[device].address);
    lab_net_send(w, on_air(w, device, up, &own, GODWIT_WORLD_HSE, octets));
}

void godwit_world_move(godwit_world_t *w, unsigned device)
{
    w->devices[device].address += GODWIT_WORLD_DEVICES_MAX;
}
