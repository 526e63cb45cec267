/* SPDX-License-Identifier: Apache-2.0
 *
 * Tampering, measured: the run is the same each time but for one bit of one datagram, where it leaves the visited
 * network or comes into it. A datagram is refused when nothing came of it (the world watches that) and the device gets
 * its readings through all the same; a container is refused when no key of it protects anything.
 */
#include <string.h>

#include "lab/internal.h"
#include "lab/table.h"

#define PLACES 3 /* of one datagram: first, middle, last octet */
#define GTPU_HEADER 8
#define CONTAINER_LEAST 20
#define ANSWER_HEADER 4 /* PLMN and version before the Start */

typedef struct bending {
    unsigned at, seen; /* which of the datagrams that can be bent; how many have passed */
    unsigned place;
    bool is_container; /* the one that was bent */
} bending_t;

static bool is_border(const godwit_world_packet_t *p)
{
    bool out = p->from == GODWIT_WORLD_SGW || p->from == GODWIT_WORLD_SGSN;
    bool in = p->to == GODWIT_WORLD_SGW || p->to == GODWIT_WORLD_SGSN;
    return (out && p->to == GODWIT_WORLD_PGW) || (in && p->from == GODWIT_WORLD_PGW);
}

/* The container FF00 of the home 001-01, version 1; its contents. */
static bool find_container(const godwit_world_packet_t *p, size_t *from, size_t *len)
{
    static const uint8_t head[] = {0x00, 0xF1, 0x10, 0x01};
    for (size_t i = 0; i + 3 + sizeof head < p->len; i++) {
        size_t size = p->octets[i + 2];
        if (p->octets[i] == 0xFF && p->octets[i + 1] == 0x00 && size >= CONTAINER_LEAST && i + 3 + size <= p->len &&
            memcmp(p->octets + i + 3, head, sizeof head) == 0) {
            size_t skip = p->from == GODWIT_WORLD_PGW ? ANSWER_HEADER : 0;
            *from = i + 3 + skip;
            *len = size - skip;
            return true;
        }
    }
    return false;
}

/* What of a packet is protected end to middle. */
static bool protected_part(const godwit_world_packet_t *p, size_t *from, size_t *len, bool *is_container)
{
    *is_container = false;
    *from = 0;
    *len = p->len;
    if (p->leg == GODWIT_WORLD_LEG_EMSDP) {
        return true;
    }
    if (p->leg == GODWIT_WORLD_LEG_GTPU && is_border(p) && p->octets[1] == GODWIT_GTPU_G_PDU && p->len > GTPU_HEADER) {
        *from = GTPU_HEADER;
        *len = p->len - GTPU_HEADER;
        return true;
    }
    *is_container = p->leg == GODWIT_WORLD_LEG_GTPC && is_border(p) && find_container(p, from, len);
    return *is_container;
}

static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    bending_t *b = context;
    size_t from, len;
    bool is_container;
    (void)w;
    if (protected_part(p, &from, &len, &is_container) && b->seen++ == b->at) {
        size_t place = b->place == 0 ? 0 : b->place == 1 ? len / 2 : len - 1;
        p->octets[from + place] ^= 0x10;
        b->is_container = is_container;
    }
    return true;
}

static bool refuses(const godwit_lab_run_t *run, bending_t *b)
{
    godwit_lab_run_t bent = *run;
    godwit_lab_report_t report;
    bent.wire = on_wire;
    bent.context = b;
    bent.fast = true;
    godwit_lab_run(&bent, NULL, &report);
    return b->is_container ? report.fell_back : report.violation == NULL && report.arrived;
}

void godwit_lab_tamper(const godwit_lab_run_t *run, unsigned *bent, unsigned *refused)
{
    bending_t none = {.at = UINT32_MAX};
    (void)refuses(run, &none);
    *bent = *refused = 0;
    for (unsigned at = 0; at < none.seen; at++) {
        for (unsigned place = 0; place < PLACES; place++) {
            bending_t b = {.at = at, .place = place};
            *refused += refuses(run, &b);
            (*bent)++;
        }
    }
}
