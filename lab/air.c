/* SPDX-License-Identifier: Apache-2.0
 *
 * The air between devices and the HSE: it loses, repeats, delays, and shows every datagram to whoever listens.
 */
#include <stdlib.h>
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

static void under_way(godwit_world_t *w, const godwit_world_datagram_t *datagram, unsigned address)
{
    uint32_t spread = w->config.delay_max_ms - w->config.delay_min_ms;
    uint32_t delay = w->config.delay_min_ms + godwit_lab_random_below(&w->random, spread + 1);
    unsigned node = datagram->up ? GODWIT_WORLD_HSE : godwit_world_device_node(datagram->device);
    lab_event_t *e = lab_after(w, delay, LAB_AIR, node);
    e->datagram = lab_alloc(sizeof *e->datagram);
    *e->datagram = *datagram;
    e->address = address;
}

static bool happens(godwit_world_t *w, uint32_t thousandths)
{
    return thousandths > 0 && godwit_lab_random_below(&w->random, 1000) < thousandths;
}

void lab_air_send(godwit_world_t *w, unsigned device, bool up, unsigned address, godwit_slice_t octets)
{
    godwit_world_datagram_t datagram = {.device = device, .up = up, .len = octets.len};
    if (octets.len > sizeof datagram.octets) {
        lab_violate(w, "a datagram longer than any");
        return;
    }
    memcpy(datagram.octets, octets.ptr, octets.len);
    w->devices[device].sent_up += up;
    if ((w->config.air != NULL && !w->config.air(w->config.context, w, &datagram)) || happens(w, w->config.loss)) {
        return;
    }
    under_way(w, &datagram, address);
    if (happens(w, w->config.repeat)) {
        under_way(w, &datagram, address);
    }
}

void godwit_world_inject(godwit_world_t *w, unsigned device, bool up, godwit_slice_t octets)
{
    godwit_world_datagram_t datagram = {.device = device, .up = up, .len = octets.len};
    memcpy(datagram.octets, octets.ptr, octets.len < sizeof datagram.octets ? octets.len : sizeof datagram.octets);
    under_way(w, &datagram, w->devices[device].address);
}

void lab_air_arrive(godwit_world_t *w, lab_event_t *event)
{
    godwit_world_datagram_t *datagram = event->datagram;
    if (!datagram->up) {
        if (w->devices[datagram->device].address == event->address) {
            event->datagram = NULL;
            lab_device_give(w, datagram->device, LAB_AIR, datagram, NULL);
        }
        return;
    }
    godwit_input_t in = {.kind = GODWIT_INPUT_DATAGRAM,
                         .from = lab_address(event->address),
                         .datagram = godwit_slice(datagram->octets, datagram->len)};
    lab_function_input(w, GODWIT_WORLD_HSE, &in);
}

void godwit_world_move(godwit_world_t *w, unsigned device)
{
    w->devices[device].address += GODWIT_WORLD_DEVICES_MAX;
}
