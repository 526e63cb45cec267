/* SPDX-License-Identifier: Apache-2.0
 *
 * TLVs of control messages: first octet the command, second whether the datagram is keyed, then the TLVs. What parses
 * is built to octets that parse to the same and are built the same again; what was passed over may be missing.
 */
#include "fuzz/fuzz.h"
#include "godwit/emsdp.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static size_t build(const godwit_emsdp_control_t *m, uint8_t *buf, size_t cap)
{
    godwit_writer_t w = godwit_writer(buf, cap);
    check(godwit_emsdp_control_build(m, &w) == GODWIT_OK);
    return w.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t first[4096], second[4096];
    godwit_emsdp_control_t m, again;
    if (size < 2 || size > sizeof first) {
        return 0;
    }
    const bool keyed = data[1] & 1;
    if (godwit_emsdp_control_parse(data[0], keyed, godwit_slice(data + 2, size - 2), &m) != GODWIT_OK) {
        return 0;
    }
    const size_t len = build(&m, first, sizeof first);
    check(len <= size - 2 && memcmp(first, data + 2, len) == 0);
    check(godwit_emsdp_control_parse(data[0], keyed, godwit_slice(first, len), &again) == GODWIT_OK);
    check(again.present == m.present && build(&again, second, sizeof second) == len && memcmp(first, second, len) == 0);
    return 0;
}
