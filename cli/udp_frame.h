/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds the UDP payload in a captured frame: Ethernet, Linux cooked (1 and 2), raw IP and BSD loopback; IPv4 and IPv6
 * without extension headers. Fragments are passed over.
 */
#ifndef GODWIT_CLI_UDP_FRAME_H
#define GODWIT_CLI_UDP_FRAME_H

#include "godwit/bytes.h"

typedef struct godwit_udp_frame {
    uint16_t source_port, destination_port;
    godwit_slice_t payload;
} godwit_udp_frame_t;

/* datalink is libpcap's DLT_ value. False when the frame holds no whole UDP datagram. */
bool godwit_udp_frame_parse(int datalink, godwit_slice_t frame, godwit_udp_frame_t *udp);

#endif
