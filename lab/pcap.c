/* SPDX-License-Identifier: Apache-2.0
 *
 * A capture as pcapng, because it has two kinds of links: IPv4 with what is really carried by it (UDP: GTP and EMSDP;
 * TCP: Diameter), and the NAS of the radio as exported PDUs, named for the dissector that reads them. The radio's own
 * frames are our stand-in and nobody's to read.
 * Formats: draft-ietf-opsawg-pcapng, RFC 791, RFC 768, RFC 793; exported PDUs as Wireshark's epan/exported_pdu.h has
 * them.
 */
#include "core/wire/radio.h"
#include "lab/internal.h"
#include "lab/trace.h"

#define LINK_RAW 101
#define LINK_EXPORTED 252
#define TAG_DISSECTOR 12
#define DIAMETER_PORT 3868
#define FRAME_MAX (GODWIT_WORLD_PACKET_MAX + 128)
#define FLOWS 64

typedef struct flow {
    unsigned from, to;
    uint32_t sequence;
} flow_t;

typedef struct capture {
    FILE *out;
    flow_t flows[FLOWS];
    size_t flow_count;
} capture_t;

static void put_u32(FILE *out, uint32_t value)
{
    const uint8_t octets[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
    (void)fwrite(octets, 1, 4, out);
}

static void begin(FILE *out)
{
    static const uint32_t links[2] = {LINK_RAW, LINK_EXPORTED};
    put_u32(out, 0x0A0D0D0A); /* Section Header Block */
    put_u32(out, 28);
    put_u32(out, 0x1A2B3C4D);
    put_u32(out, 1); /* version 1.0 */
    put_u32(out, UINT32_MAX);
    put_u32(out, UINT32_MAX);
    put_u32(out, 28);
    for (size_t i = 0; i < 2; i++) {
        put_u32(out, 1); /* Interface Description Block */
        put_u32(out, 20);
        put_u32(out, links[i]);
        put_u32(out, 65535);
        put_u32(out, 20);
    }
}

static void packet(FILE *out, uint32_t interface, uint64_t at_ms, godwit_slice_t octets)
{
    static const uint8_t padding[4];
    uint32_t len = (uint32_t)octets.len, padded = (len + 3) & ~UINT32_C(3);
    uint64_t microseconds = at_ms * 1000;
    put_u32(out, 6); /* Enhanced Packet Block */
    put_u32(out, 32 + padded);
    put_u32(out, interface);
    put_u32(out, (uint32_t)(microseconds >> 32));
    put_u32(out, (uint32_t)microseconds);
    put_u32(out, len);
    put_u32(out, len);
    (void)fwrite(octets.ptr, 1, len, out);
    (void)fwrite(padding, 1, padded - len, out);
    put_u32(out, 32 + padded);
}

/* ---- IPv4 ---- */

/* Host and port of an end: functions and devices behind the gateway have theirs; a device on its own access gets
 * one. */
static godwit_address_t end_of(unsigned node, const godwit_address_t *given)
{
    if (given->len == 6) {
        return *given;
    }
    if (node < GODWIT_WORLD_FUNCTIONS) {
        return lab_node_address(node, DIAMETER_PORT);
    }
    godwit_address_t a = {.len = 6, .octets = {10, 99, given->octets[1], given->octets[2], 0xC0, 0x00}};
    return a;
}

static void put_ip(godwit_writer_t *w, uint8_t protocol, const godwit_address_t *from, const godwit_address_t *to,
                   size_t len)
{
    size_t at = w->len;
    godwit_put_u16(w, 0x4500);
    godwit_put_u16(w, (uint16_t)(20 + len));
    godwit_put_u32(w, 0x00004000); /* don't fragment */
    godwit_put_u8(w, 64);
    godwit_put_u8(w, protocol);
    godwit_put_u16(w, 0);
    godwit_put(w, from->octets, 4);
    godwit_put(w, to->octets, 4);
    uint32_t sum = 0;
    for (size_t i = 0; i < 20; i += 2) {
        sum += godwit_load_u16(w->buf + at + i);
    }
    sum = (sum & 0xFFFF) + (sum >> 16);
    godwit_store_u16(w->buf + at + 10, (uint16_t) ~(sum + (sum >> 16)));
}

static void put_udp(godwit_writer_t *w, const godwit_address_t *from, const godwit_address_t *to, size_t len)
{
    put_ip(w, 17, from, to, 8 + len);
    godwit_put(w, from->octets + 4, 2);
    godwit_put(w, to->octets + 4, 2);
    godwit_put_u16(w, (uint16_t)(8 + len));
    godwit_put_u16(w, 0); /* no checksum (RFC 768) */
}

static flow_t *flow_of(capture_t *c, unsigned from, unsigned to)
{
    for (size_t i = 0; i < c->flow_count; i++) {
        if (c->flows[i].from == from && c->flows[i].to == to) {
            return &c->flows[i];
        }
    }
    flow_t *f = &c->flows[c->flow_count < FLOWS ? c->flow_count++ : 0];
    *f = (flow_t){from, to, 1};
    return f;
}

/* One connection for each pair, whose server is the higher node. */
static void put_tcp(capture_t *c, godwit_writer_t *w, const godwit_lab_line_t *line)
{
    godwit_address_t from = lab_node_address(line->from, DIAMETER_PORT);
    godwit_address_t to = lab_node_address(line->to, DIAMETER_PORT);
    flow_t *there = flow_of(c, line->from, line->to);
    uint32_t acknowledged = flow_of(c, line->to, line->from)->sequence;
    put_ip(w, 6, &from, &to, 20 + line->shown_len);
    godwit_put_u16(w, line->from < line->to ? 40000 : DIAMETER_PORT);
    godwit_put_u16(w, line->from < line->to ? DIAMETER_PORT : 40000);
    godwit_put_u32(w, there->sequence);
    godwit_put_u32(w, acknowledged);
    godwit_put_u16(w, 0x5018); /* five words, PSH ACK */
    godwit_put_u16(w, 0xFFFF);
    godwit_put_u32(w, 0);
    there->sequence += (uint32_t)line->shown_len;
}

/* ---- NAS ---- */

static bool put_nas(godwit_writer_t *w, const godwit_lab_line_t *line)
{
    static const uint8_t end_of_tags[4];
    godwit_radio_frame_t frame;
    if (godwit_radio_parse(godwit_slice(line->shown, line->shown_len), &frame) != GODWIT_OK ||
        (frame.kind != GODWIT_RADIO_NAS && frame.kind != GODWIT_RADIO_INITIAL_NAS)) {
        return false;
    }
    bool eps = line->from == GODWIT_WORLD_MME || line->to == GODWIT_WORLD_MME;
    static const char eps_name[8] = "nas-eps", umts_name[12] = "gsm_a_dtap"; /* padded to four octets */
    godwit_put_u16(w, TAG_DISSECTOR);
    godwit_put_u16(w, (uint16_t)(eps ? sizeof eps_name : sizeof umts_name));
    godwit_put(w, eps ? eps_name : umts_name, eps ? sizeof eps_name : sizeof umts_name);
    godwit_put(w, end_of_tags, 4);
    godwit_put_slice(w, frame.octets);
    return true;
}

/* Without the frames of WiFi around it, which the lab does not have. */
static void put_eap(godwit_writer_t *w, const godwit_lab_line_t *line)
{
    static const uint8_t end_of_tags[4];
    static const char name[4] = "eap";
    godwit_put_u16(w, TAG_DISSECTOR);
    godwit_put_u16(w, sizeof name);
    godwit_put(w, name, sizeof name);
    godwit_put(w, end_of_tags, sizeof end_of_tags);
    godwit_put(w, line->shown, line->shown_len);
}

static void write_line(capture_t *c, const godwit_lab_line_t *line)
{
    uint8_t octets[FRAME_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_address_t from = end_of(line->from, &line->source), to = end_of(line->to, &line->destination);
    if (line->leg == GODWIT_WORLD_LEG_RADIO) {
        if (put_nas(&w, line)) {
            packet(c->out, 1, line->at_ms, godwit_written(&w));
        }
        return;
    }
    if (line->leg == GODWIT_WORLD_LEG_EAP) {
        put_eap(&w, line);
        packet(c->out, 1, line->at_ms, godwit_written(&w));
        return;
    }
    if (line->leg == GODWIT_WORLD_LEG_DIAMETER) {
        put_tcp(c, &w, line);
    } else {
        put_udp(&w, &from, &to, line->shown_len);
    }
    godwit_put(&w, line->shown, line->shown_len);
    packet(c->out, 0, line->at_ms, godwit_written(&w));
}

void godwit_lab_pcap(const godwit_lab_trace_t *t, FILE *out)
{
    capture_t c = {.out = out};
    begin(out);
    for (size_t i = 0; i < t->count; i++) {
        write_line(&c, &t->lines[i]);
    }
}
