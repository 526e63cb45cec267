/* SPDX-License-Identifier: Apache-2.0
 *
 * Captured frames, as "godwit decode --pcap" reads them: the first octet chooses the link type. What is found lies
 * inside the frame.
 */
#include "cli/udp_frame.h"
#include "fuzz/fuzz.h"

#include <pcap/dlt.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int links[] = {DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_NULL, DLT_RAW, 9999};
    godwit_udp_frame_t udp;
    if (size == 0) {
        return 0;
    }
    int link = links[data[0] % (sizeof links / sizeof links[0])];
    if (godwit_udp_frame_parse(link, godwit_slice(data + 1, size - 1), &udp) &&
        (udp.payload.ptr < data || udp.payload.ptr + udp.payload.len > data + size)) {
        abort();
    }
    return 0;
}
