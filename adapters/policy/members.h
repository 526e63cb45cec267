/* SPDX-License-Identifier: Apache-2.0
 *
 * Members of JSON objects by name and form. Each returns false after it has written down which one is wrong, and why.
 */
#ifndef GODWIT_ADAPTERS_POLICY_MEMBERS_H
#define GODWIT_ADAPTERS_POLICY_MEMBERS_H

#include <jansson.h>

#include "godwit/policy.h"

#define MEMBER_PATH 160

typedef struct members {
    char path[MEMBER_PATH];
    const char *what; /* static */
} members_t;

/* One object of the document: where it stands, and where faults are told. */
typedef struct object {
    members_t *m;
    const json_t *json;
    const char *prefix; /* "" for the document itself */
} object_t;

bool godwit_member_refuse(const object_t *o, const char *name, int index, const char *what);
/* Whether it is an object, with no member but those of the list, which NULL ends. */
bool godwit_member_only(const object_t *o, const char *const *names);
bool godwit_member_text(const object_t *o, const char *name, bool required, char *text, size_t cap);
bool godwit_member_number(const object_t *o, const char *name, uint32_t least, uint32_t most, uint32_t *number);
bool godwit_member_truth(const object_t *o, const char *name, bool *truth);
/* NULL: it is no list, or longer than most. */
const json_t *godwit_member_list(const object_t *o, const char *name, size_t most);
/* A list of different words, each a number by the function; count numbers are written. */
typedef bool members_word_t(const char *word, uint8_t *number);
bool godwit_member_words(const object_t *o, const char *name, size_t most, members_word_t *meaning, const char *what,
                         uint8_t *numbers, uint8_t *count);

#endif
