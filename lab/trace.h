/* SPDX-License-Identifier: Apache-2.0
 *
 * A recording of every packet of a world, and what is made of it: a ladder as text or SVG, and a capture that tshark
 * reads.
 */
#ifndef GODWIT_LAB_TRACE_H
#define GODWIT_LAB_TRACE_H

#include <stdio.h>

#include "lab/world.h"

#define GODWIT_LAB_LABEL_MAX 64

typedef struct godwit_lab_line {
    uint64_t at_ms; /* since the recording began */
    godwit_world_leg_t leg;
    unsigned from, to;
    godwit_address_t source, destination;
    char label[GODWIT_LAB_LABEL_MAX];
    size_t len; /* as sent */
    size_t shown_len;
    uint8_t *shown; /* the same, but for NAS, whose ciphering is taken off */
} godwit_lab_line_t;

typedef struct godwit_lab_trace {
    godwit_lab_line_t *lines;
    size_t count, capacity;
    uint64_t began_ms;
} godwit_lab_trace_t;

void godwit_lab_trace_add(godwit_lab_trace_t *trace, const godwit_world_t *world, const godwit_world_packet_t *packet);
void godwit_lab_trace_free(godwit_lab_trace_t *trace);

/* Name of a message, from its octets: "Authentication-Information-Request", "ATTACH REQUEST", "Session Start", ...
 * framing is that of EMSDP. */
void godwit_lab_label(godwit_world_leg_t leg, godwit_slice_t octets, godwit_framing_t framing,
                      char label[GODWIT_LAB_LABEL_MAX]);

/* One line for each packet: time, from, to, octets, name. */
void godwit_lab_ladder_text(const godwit_lab_trace_t *trace, FILE *out);
void godwit_lab_ladder_svg(const godwit_lab_trace_t *trace, const char *title, FILE *out);
/* A pcapng file: IPv4 with UDP or TCP as the links really have it, and NAS as exported PDUs of the radio. */
void godwit_lab_pcap(const godwit_lab_trace_t *trace, FILE *out);

#endif
