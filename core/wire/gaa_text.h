/* SPDX-License-Identifier: Apache-2.0
 *
 * What Zh and Zn share: names that a peer wrote, IMPI and B-TID.
 */
#ifndef GODWIT_WIRE_GAA_TEXT_H
#define GODWIT_WIRE_GAA_TEXT_H

#include "core/wire/diameter.h"

/* Printable ASCII without spaces that fits into cap with its terminator; text is zeroed first. */
GODWIT_MUST_USE bool godwit_gaa_text(godwit_slice_t from, char *text, size_t cap);

#endif
