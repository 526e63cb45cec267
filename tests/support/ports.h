/* SPDX-License-Identifier: Apache-2.0
 *
 * Ports for servers that are started later, and again: the other half of tests/daemon/ports.py.
 */
#ifndef GODWIT_TESTS_PORTS_H
#define GODWIT_TESTS_PORTS_H

#include <stdbool.h>
#include <stdint.h>

/* The first of so many in a row, held until this process ends. */
uint16_t ports_hold(unsigned count);

/* Whether a server has this UDP port: by the kernel's own list, since who tries to bind it takes it from a server that
 * is about to. */
bool ports_udp_served(uint16_t port);

#endif
