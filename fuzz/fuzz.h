/* SPDX-License-Identifier: Apache-2.0
 *
 * What every fuzz target defines; libFuzzer, or replay.c, calls it.
 */
#ifndef GODWIT_FUZZ_H
#define GODWIT_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Always 0. A finding aborts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
