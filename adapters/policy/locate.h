/* SPDX-License-Identifier: Apache-2.0
 *
 * Where in a JSON text a member stands: the library that reads it forgets that.
 */
#ifndef GODWIT_ADAPTERS_POLICY_LOCATE_H
#define GODWIT_ADAPTERS_POLICY_LOCATE_H

#include <stddef.h>

/* The line of the value at path ("networks[2].suites[0]"), or of the nearest that holds it when it is not there. The
 * text is valid JSON. */
unsigned godwit_policy_line_of(const char *text, size_t len, const char *path);

#endif
