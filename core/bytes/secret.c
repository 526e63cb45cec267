/* SPDX-License-Identifier: Apache-2.0
 *
 * What may be done with secrets: compare them in a time that depends on the length only, and wipe them. The empty asm
 * statements are barriers: the compiler can neither see through the difference (and leave the loop early) nor prove
 * that the zeros are never read (and drop the memset).
 */
#include "godwit/bytes.h"

#include <string.h>

bool godwit_equal_secret(const void *a, const void *b, size_t len)
{
    const uint8_t *left = a;
    const uint8_t *right = b;
    unsigned difference = 0;
    for (size_t i = 0; i < len; i++) {
        difference |= (unsigned)(left[i] ^ right[i]);
        __asm__ volatile("" : "+r"(difference));
    }
    /* difference is 0 to 255: only 0 borrows. */
    return (bool)(((difference - 1U) >> 8) & 1U);
}

void godwit_wipe(void *ptr, size_t len)
{
    if (len == 0) {
        return;
    }
    memset(ptr, 0, len);
    __asm__ volatile("" : : "r"(ptr) : "memory");
}
