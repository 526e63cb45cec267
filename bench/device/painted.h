/* SPDX-License-Identifier: Apache-2.0
 *
 * Stack that a call takes: what is below the caller is painted, the call made, and the paint looked for.
 */
#ifndef GODWIT_BENCH_DEVICE_PAINTED_H
#define GODWIT_BENCH_DEVICE_PAINTED_H

#include <stdint.h>

#define PAINTED 8192
#define PAINT 0xA5

/* The lowest octet that work changed, seen from here. */
__attribute__((noinline)) static uint32_t stack_of(void (*work)(void))
{
    volatile uint8_t *here = __builtin_frame_address(0);
    for (uint32_t i = 64; i < PAINTED; i++) { /* clear of this frame and its saved registers */
        here[-(int32_t)i] = PAINT;
    }
    work();
    for (uint32_t i = PAINTED - 1; i >= 64; i--) {
        if (here[-(int32_t)i] != PAINT) {
            return i;
        }
    }
    return 0;
}

#endif
