/* SPDX-License-Identifier: Apache-2.0
 *
 * What the example asks of a board that has TCP (or TLS) and no HTTP library; the rest is of examples/firmware/board.h.
 */
#ifndef EXAMPLE_LINE_H
#define EXAMPLE_LINE_H

#include "examples/firmware/board.h"

bool line_open(const char *host); /* a connection to the BSF */
bool line_write(const uint8_t *octets, size_t len);
int line_read(uint8_t *octets, size_t cap); /* how many came; 0: the other end has closed; -1: failed */
void line_close(void);
/* As board_usim_authenticate, with RES, of 4 to 16 octets. */
int board_usim_authenticate_res(const uint8_t rand[16], const uint8_t autn[16], uint8_t res[16], uint8_t *res_len,
                                uint8_t ck[16], uint8_t ik[16], uint8_t auts[14]);

#endif
