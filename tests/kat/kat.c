/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/kat/kat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FIELDS_MAX 40

struct field {
    char name[32];
    char value[KAT_VALUE_MAX];
    uint8_t octets[KAT_VALUE_MAX / 2];
};

struct kat_record {
    const char *file;
    unsigned line; /* of its first field */
    size_t count;
    struct field fields[FIELDS_MAX];
};

static void bad_file(const char *file, unsigned line, const char *what)
{
    fail_msg("tests/vectors/%s:%u: %s", file, line, what);
}

static const struct field *find(const kat_record_t *record, const char *name)
{
    for (size_t i = 0; i < record->count; i++) {
        if (strcmp(record->fields[i].name, name) == 0) {
            return &record->fields[i];
        }
    }
    return NULL;
}

static const struct field *need(const kat_record_t *record, const char *name)
{
    const struct field *field = find(record, name);
    if (field == NULL) {
        fail_msg("tests/vectors/%s:%u: the record has no field %s", record->file, record->line, name);
    }
    return field;
}

bool kat_has(const kat_record_t *record, const char *name)
{
    return find(record, name) != NULL;
}

const char *kat_text(const kat_record_t *record, const char *name)
{
    return need(record, name)->value;
}

unsigned long long kat_number(const kat_record_t *record, const char *name)
{
    const char *text = kat_text(record, name);
    char *end = NULL;
    unsigned long long number = strtoull(text, &end, 0);
    if (end == text || *end != '\0') {
        fail_msg("tests/vectors/%s:%u: %s is not a number", record->file, record->line, name);
    }
    return number;
}

godwit_slice_t kat_hex(const kat_record_t *record, const char *name)
{
    /* The cast is sound: the octets are storage for just this. */
    struct field *field = (struct field *)(uintptr_t)need(record, name);
    size_t len = 0;
    if (godwit_hex_decode(field->value, field->octets, sizeof field->octets, &len) != GODWIT_OK) {
        fail_msg("tests/vectors/%s:%u: %s is not hex", record->file, record->line, name);
    }
    return godwit_slice(field->octets, len);
}

void kat_expect(const kat_record_t *record, const char *name, const void *got, size_t len)
{
    godwit_slice_t want = kat_hex(record, name);
    char got_hex[KAT_VALUE_MAX + 1] = "(too long)";
    if (len <= KAT_VALUE_MAX / 2) {
        godwit_hex_encode(godwit_slice(got, len), got_hex);
    }
    if (!godwit_slice_equal(want, godwit_slice(got, len))) {
        fail_msg("tests/vectors/%s:%u: %s is %s, want %s", record->file, record->line, name, got_hex,
                 kat_text(record, name));
    }
}

static char *trim(char *text)
{
    while (*text == ' ' || *text == '\t') {
        text++;
    }
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL) {
        text[--len] = '\0';
    }
    return text;
}

static void add_field(kat_record_t *record, unsigned line, char *text)
{
    char *equals = strchr(text, '=');
    if (equals == NULL || record->count == FIELDS_MAX) {
        bad_file(record->file, line, equals == NULL ? "no '='" : "too many fields");
        return;
    }
    *equals = '\0';
    const char *name = trim(text);
    const char *value = trim(equals + 1);
    struct field *field = &record->fields[record->count];
    if (strlen(name) >= sizeof field->name || strlen(value) >= sizeof field->value || find(record, name) != NULL) {
        bad_file(record->file, line, "name or value too long, or named twice");
        return;
    }
    if (record->count == 0) {
        record->line = line;
    }
    strcpy(field->name, name);
    strcpy(field->value, value);
    record->count++;
}

size_t kat_each(const char *file, const char *section, void (*use)(const kat_record_t *, void *), void *context)
{
    char path[512];
    const char *source = getenv("GODWIT_SOURCE");
    (void)snprintf(path, sizeof path, "%s/tests/vectors/%s", source != NULL ? source : ".", file);
    FILE *in = fopen(path, "r");
    if (in == NULL) {
        fail_msg("cannot open %s", path);
        return 0;
    }
    kat_record_t *record = calloc(1, sizeof *record);
    assert_non_null(record);
    record->file = file;
    char buffer[KAT_VALUE_MAX + 64];
    bool mine = false;
    size_t used = 0;
    bool more = true;
    for (unsigned line = 1; more; line++) {
        more = fgets(buffer, sizeof buffer, in) != NULL;
        char *text = more ? trim(buffer) : buffer;
        if ((!more || *text == '\0' || *text == '[') && record->count > 0) {
            use(record, context);
            used++;
            record->count = 0;
        }
        if (!more || *text == '\0' || *text == '#') {
            continue;
        }
        if (*text == '[') {
            char *end = strchr(text, ']');
            if (end == NULL) {
                bad_file(file, line, "no ']'");
                break;
            }
            *end = '\0';
            mine = strcmp(text + 1, section) == 0;
        } else if (mine) {
            add_field(record, line, text);
        }
    }
    free(record);
    (void)fclose(in);
    if (used == 0) {
        fail_msg("tests/vectors/%s has no record in section [%s]", file, section);
    }
    return used;
}
