/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/udp_frame.h"

#include <pcap/dlt.h>

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86DD
#define ETHERTYPE_VLAN 0x8100
#define PROTOCOL_UDP 17

/* Takes the link header; returns the Ethertype, 0 when IP's own version octet must tell. */
static uint16_t link_header(int datalink, godwit_reader_t *r)
{
    uint16_t type = 0;
    switch (datalink) {
    case DLT_EN10MB:
        (void)godwit_get_slice(r, 12);
        type = godwit_get_u16(r);
        if (type == ETHERTYPE_VLAN) {
            (void)godwit_get_u16(r);
            type = godwit_get_u16(r);
        }
        return type;
    case DLT_LINUX_SLL:
        (void)godwit_get_slice(r, 14);
        return godwit_get_u16(r);
    case DLT_LINUX_SLL2:
        type = godwit_get_u16(r);
        (void)godwit_get_slice(r, 18);
        return type;
    case DLT_NULL:
        (void)godwit_get_u32(r);
        return 0;
    case DLT_RAW:
        return 0;
    default:
        r->failed = true;
        return 0;
    }
}

static bool ipv4_header(godwit_reader_t *r)
{
    uint8_t first = godwit_get_u8(r);
    (void)godwit_get_u8(r);
    uint16_t total = godwit_get_u16(r);
    (void)godwit_get_u16(r);
    uint16_t fragment = godwit_get_u16(r);
    (void)godwit_get_u8(r);
    uint8_t protocol = godwit_get_u8(r);
    size_t header = (size_t)(first & 15) * 4;
    if (header < 20 || total < header || (fragment & 0x3FFF) != 0 || protocol != PROTOCOL_UDP) {
        return false;
    }
    (void)godwit_get_slice(r, header - 10);
    return true;
}

static bool ipv6_header(godwit_reader_t *r)
{
    (void)godwit_get_slice(r, 6);
    uint8_t next = godwit_get_u8(r);
    (void)godwit_get_slice(r, 33);
    return next == PROTOCOL_UDP;
}

bool godwit_udp_frame_parse(int datalink, godwit_slice_t frame, godwit_udp_frame_t *udp)
{
    godwit_reader_t r = godwit_reader(frame);
    uint16_t type = link_header(datalink, &r);
    if (r.failed || r.left == 0) {
        return false;
    }
    unsigned version = r.ptr[0] >> 4;
    if (type == 0) {
        type = version == 4 ? ETHERTYPE_IPV4 : version == 6 ? ETHERTYPE_IPV6 : 0;
    }
    bool is_udp = type == ETHERTYPE_IPV4 ? ipv4_header(&r) : type == ETHERTYPE_IPV6 ? ipv6_header(&r) : false;
    if (!is_udp) {
        return false;
    }
    udp->source_port = godwit_get_u16(&r);
    udp->destination_port = godwit_get_u16(&r);
    uint16_t len = godwit_get_u16(&r);
    (void)godwit_get_u16(&r);
    if (len < 8) {
        return false;
    }
    udp->payload = godwit_get_slice(&r, len - 8u);
    return !r.failed;
}
