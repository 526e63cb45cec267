/* SPDX-License-Identifier: Apache-2.0
 *
 * What a program on the bare Cortex-M of bench/device has: printing by semihosting, and counting instructions.
 */
#ifndef GODWIT_BENCH_DEVICE_START_H
#define GODWIT_BENCH_DEVICE_START_H

#include <stdint.h>

typedef void device_work_t(void);

/* Instructions that work takes (at most ten million), the call itself left out. Needs QEMU with -icount shift=6. */
uint32_t device_instructions(device_work_t *work);
void device_print(const char *text);
void device_print_row(const char *what, uint32_t value); /* "what<TAB>value" */

#endif
