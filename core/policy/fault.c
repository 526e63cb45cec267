/* SPDX-License-Identifier: Apache-2.0
 *
 * Paths of members in a policy document, written without the C library's formats.
 */
#include <string.h>

#include "core/policy/internal.h"

static void add(godwit_writer_t *w, const char *text)
{
    godwit_put(w, text, strlen(text));
}

/* Indices have at most two digits: no list of a policy is longer. */
static void add_index(godwit_writer_t *w, int index)
{
    const char tens = (char)('0' + index / 10 % 10), ones = (char)('0' + index % 10);
    add(w, "[");
    if (index >= 10) {
        godwit_put(w, &tens, 1);
    }
    godwit_put(w, &ones, 1);
    add(w, "]");
}

static void write_path(char path[GODWIT_POLICY_PATH_MAX], const char *prefix, const char *member, int index)
{
    godwit_writer_t w = godwit_writer(path, GODWIT_POLICY_PATH_MAX - 1);
    memset(path, 0, GODWIT_POLICY_PATH_MAX);
    add(&w, prefix);
    if (prefix[0] != '\0' && member[0] != '\0') {
        add(&w, ".");
    }
    add(&w, member);
    if (index >= 0) {
        add_index(&w, index);
    }
}

godwit_status_t godwit_policy_refuse(godwit_policy_fault_t *fault, const char *prefix, const char *member, int index,
                                     const char *what)
{
    write_path(fault->path, prefix, member, index);
    fault->what = what;
    return GODWIT_POLICY_FORBIDS;
}

void godwit_policy_prefix(char prefix[GODWIT_POLICY_PATH_MAX], const char *member, int index)
{
    write_path(prefix, "", member, index);
}
