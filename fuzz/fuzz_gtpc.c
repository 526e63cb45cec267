/* SPDX-License-Identifier: Apache-2.0
 *
 * GTPv1-C and GTPv2-C as core/wire reads them. What is accepted is built again, and read again with the same octets as
 * a result.
 */
#include "core/wire/gtpv1.h"
#include "core/wire/gtpv2.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define ROOM 70000 /* a message has at most 65,547 octets, and may be built larger: absent reserved octets */

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static uint8_t first[ROOM], second[ROOM];

static void version_1(godwit_slice_t octets)
{
    godwit_gtpv1_t m, again;
    godwit_writer_t w = godwit_writer(first, sizeof first), v = godwit_writer(second, sizeof second);
    if (godwit_gtpv1_parse(octets, &m) == GODWIT_OK) {
        check(godwit_gtpv1_build(&m, &w) == GODWIT_OK);
        check(godwit_gtpv1_parse(godwit_written(&w), &again) == GODWIT_OK && again.has == m.has);
        check(godwit_gtpv1_build(&again, &v) == GODWIT_OK);
        check(godwit_slice_equal(godwit_written(&w), godwit_written(&v)));
    }
}

static void version_2(godwit_slice_t octets)
{
    godwit_gtpv2_t m, again;
    godwit_writer_t w = godwit_writer(first, sizeof first), v = godwit_writer(second, sizeof second);
    if (godwit_gtpv2_parse(octets, &m) == GODWIT_OK) {
        check(godwit_gtpv2_build(&m, &w) == GODWIT_OK);
        check(godwit_gtpv2_parse(godwit_written(&w), &again) == GODWIT_OK && again.has == m.has);
        check(godwit_gtpv2_build(&again, &v) == GODWIT_OK);
        check(godwit_slice_equal(godwit_written(&w), godwit_written(&v)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_slice_t octets = godwit_slice(data, size);
    if (size > 4096) { /* the length of a message built again must still fit its header */
        return 0;
    }
    if (godwit_gtp_version(octets) == 1) {
        version_1(octets);
    } else {
        version_2(octets);
    }
    return 0;
}
