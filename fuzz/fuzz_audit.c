/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit file and its head: whatever stands in them, they are whole or refused with a line; and what was whole is
 * not with one octet changed.
 */
#include "adapters/intercept/audit_check.h"
#include "fuzz/fuzz.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX 8192

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static godwit_status_t walk(uint8_t *octets, size_t size, audit_walk_t *w)
{
    char why[GODWIT_AUDIT_WHY] = "";
    FILE *file = fmemopen(octets, size, "r");
    check(file != NULL);
    godwit_status_t status = godwit_audit_walk(file, "f", 1, w, why);
    (void)fclose(file);
    check((status == GODWIT_OK) == (why[0] == '\0') && w->whole <= size);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t octets[FILE_MAX + 1];
    char hash[GODWIT_AUDIT_HASH];
    uint64_t count;
    audit_walk_t w;
    if (size == 0 || size > FILE_MAX) {
        return 0;
    }
    memcpy(octets, data, size);
    octets[size] = '\0';
    (void)!godwit_audit_head_parse((const char *)octets, &count, hash);
    if (walk(octets, size, &w) == GODWIT_OK && w.lines > 0) {
        octets[(size_t)(w.whole / 2)] ^= 1;
        check(walk(octets, size, &w) != GODWIT_OK || w.torn);
    }
    return 0;
}
