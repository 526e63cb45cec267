/* SPDX-License-Identifier: Apache-2.0
 *
 * Slices of octets that belong to somebody else. Comparison here is for public data; secrets go through secret.c.
 */
#include "godwit/bytes.h"

#include <string.h>

godwit_slice_t godwit_slice_of_string(const char *text)
{
    if (text == NULL) {
        return godwit_slice(NULL, 0);
    }
    return godwit_slice(text, strlen(text));
}

bool godwit_slice_equal(godwit_slice_t a, godwit_slice_t b)
{
    if (a.len != b.len) {
        return false;
    }
    return a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0;
}
