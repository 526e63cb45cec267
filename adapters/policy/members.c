/* SPDX-License-Identifier: Apache-2.0
 *
 * Members of JSON objects, read strictly: every one is asked for by name and form, and what nobody asks for is refused.
 */
#include "adapters/policy/members.h"

#include <stdio.h>
#include <string.h>

bool godwit_member_refuse(const object_t *o, const char *name, int index, const char *what)
{
    const char *dot = o->prefix[0] != '\0' && name[0] != '\0' ? "." : "";
    if (index < 0) {
        (void)snprintf(o->m->path, sizeof o->m->path, "%s%s%.60s", o->prefix, dot, name);
    } else {
        (void)snprintf(o->m->path, sizeof o->m->path, "%s%s%.60s[%d]", o->prefix, dot, name, index);
    }
    o->m->what = what;
    return false;
}

bool godwit_member_only(const object_t *o, const char *const *names)
{
    if (!json_is_object(o->json)) {
        return godwit_member_refuse(o, "", -1, "must be an object");
    }
    /* The iterator does not change the object; the library takes it without const. */
    for (void *at = json_object_iter((json_t *)(uintptr_t)o->json); at != NULL;
         at = json_object_iter_next((json_t *)(uintptr_t)o->json, at)) {
        const char *name = json_object_iter_key(at);
        size_t i = 0;
        while (names[i] != NULL && strcmp(names[i], name) != 0) {
            i++;
        }
        if (names[i] == NULL) {
            return godwit_member_refuse(o, name, -1, "is no member that is known");
        }
    }
    return true;
}

/* Printable ASCII: so that its octets are its characters, in every tool that shows it. */
static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~') {
            return false;
        }
    }
    return true;
}

bool godwit_member_text(const object_t *o, const char *name, bool required, char *text, size_t cap)
{
    const json_t *value = json_object_get(o->json, name);
    if (value == NULL) {
        return !required || godwit_member_refuse(o, name, -1, "is missing");
    }
    const char *string = json_string_value(value);
    if (string == NULL || string[0] == '\0' || !is_printable(string)) {
        return godwit_member_refuse(o, name, -1, "must be a text of printable ASCII that is not empty");
    }
    if (strlen(string) >= cap) {
        return godwit_member_refuse(o, name, -1, "is too long");
    }
    memcpy(text, string, strlen(string) + 1);
    return true;
}

bool godwit_member_number(const object_t *o, const char *name, uint32_t least, uint32_t most, uint32_t *number)
{
    const json_t *value = json_object_get(o->json, name);
    if (value == NULL) {
        return godwit_member_refuse(o, name, -1, "is missing");
    }
    if (!json_is_integer(value)) {
        return godwit_member_refuse(o, name, -1, "must be a whole number");
    }
    json_int_t n = json_integer_value(value);
    if (n < (json_int_t)least || n > (json_int_t)most) {
        return godwit_member_refuse(o, name, -1, "is out of its range (docs/policy.md)");
    }
    *number = (uint32_t)n;
    return true;
}

bool godwit_member_truth(const object_t *o, const char *name, bool *truth)
{
    const json_t *value = json_object_get(o->json, name);
    if (value == NULL || !json_is_boolean(value)) {
        return godwit_member_refuse(o, name, -1, value == NULL ? "is missing" : "must be true or false");
    }
    *truth = json_is_true(value);
    return true;
}

const json_t *godwit_member_list(const object_t *o, const char *name, size_t most)
{
    const json_t *value = json_object_get(o->json, name);
    if (value == NULL || !json_is_array(value)) {
        (void)godwit_member_refuse(o, name, -1, value == NULL ? "is missing" : "must be a list");
        return NULL;
    }
    if (json_array_size(value) > most) {
        (void)godwit_member_refuse(o, name, -1, "has too many entries");
        return NULL;
    }
    return value;
}

bool godwit_member_words(const object_t *o, const char *name, size_t most, members_word_t *meaning, const char *what,
                         uint8_t *numbers, uint8_t *count)
{
    const json_t *list = godwit_member_list(o, name, most);
    size_t size = list == NULL ? 0 : json_array_size(list);
    for (size_t i = 0; i < size; i++) {
        const char *word = json_string_value(json_array_get(list, i));
        if (word == NULL || !meaning(word, &numbers[i])) {
            return godwit_member_refuse(o, name, (int)i, what);
        }
        if (memchr(numbers, numbers[i], i) != NULL) {
            return godwit_member_refuse(o, name, (int)i, "is named twice");
        }
    }
    *count = (uint8_t)size;
    return list != NULL;
}
