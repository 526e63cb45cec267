/* SPDX-License-Identifier: Apache-2.0
 *
 * GTP-U as core/wire reads it. What is accepted is built again (without its extension headers), and read again with the
 * same meaning.
 */
#include "core/wire/gtpu.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t octets[70000];
    godwit_gtpu_t m, again;
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    if (godwit_gtpu_parse(godwit_slice(data, size), &m) != GODWIT_OK) {
        return 0;
    }
    check(m.pdu.len == 0 || (m.pdu.ptr >= data && m.pdu.ptr + m.pdu.len <= data + size));
    bool housekeeping = m.type == GODWIT_GTPU_ECHO_REQUEST || m.type == GODWIT_GTPU_ECHO_RESPONSE ||
                        m.type == GODWIT_GTPU_ERROR_INDICATION;
    if (housekeeping && m.teid != 0) { /* tolerated, never sent */
        m.teid = 0;
    }
    check(godwit_gtpu_build(&m, &w) == GODWIT_OK);
    check(godwit_gtpu_parse(godwit_written(&w), &again) == GODWIT_OK);
    check(again.type == m.type && again.teid == m.teid && again.has_sequence == m.has_sequence);
    check(again.sequence == m.sequence && again.error_teid == m.error_teid);
    check(memcmp(again.error_ipv4, m.error_ipv4, sizeof m.error_ipv4) == 0);
    check(godwit_slice_equal(again.pdu, m.pdu));
    return 0;
}
