/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int cli_fail(const cli_args_t *args, int code, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    (void)fflush(stdout);
    (void)fprintf(stderr, "godwit %s: ", args->command->name);
    (void)vfprintf(stderr, format, list);
    (void)fputc('\n', stderr);
    va_end(list);
    return code;
}

json_t *cli_json_hex(const uint8_t *octets, size_t len)
{
    char text[2 * 2048 + 1];
    if (len > 2048) {
        return json_null();
    }
    godwit_hex_encode(godwit_slice(octets, len), text);
    json_t *value = json_string(text);
    godwit_wipe(text, sizeof text);
    return value;
}

static void print_value(const char *indent, const char *name, const json_t *value);

static void print_compound(const char *indent, const char *name, const json_t *value)
{
    char deeper[32];
    (void)snprintf(deeper, sizeof deeper, "%s  ", indent);
    printf("%s%s:\n", indent, name);
    const char *member = NULL;
    json_t *inner = NULL;
    size_t index = 0;
    if (json_is_object(value)) {
        json_object_foreach((json_t *)(uintptr_t)value, member, inner)
        {
            print_value(deeper, member, inner);
        }
    } else {
        json_array_foreach(value, index, inner)
        {
            print_value(deeper, "-", inner);
        }
    }
}

static void print_value(const char *indent, const char *name, const json_t *value)
{
    if ((json_is_object(value) || json_is_array(value)) && strlen(indent) < 16) {
        print_compound(indent, name, value);
    } else if (json_is_string(value)) {
        printf("%s%-12s %s\n", indent, name, json_string_value(value));
    } else if (!json_is_null(value)) {
        char *text = json_dumps(value, JSON_ENCODE_ANY);
        printf("%s%-12s %s\n", indent, name, text != NULL ? text : "");
        free(text);
    }
}

int cli_print(const cli_args_t *args, json_t *result)
{
    if (args->json) {
        (void)json_dumpf(result, stdout, JSON_COMPACT);
        putchar('\n');
    } else {
        const char *name = NULL;
        json_t *value = NULL;
        json_object_foreach(result, name, value)
        {
            print_value("", name, value);
        }
    }
    json_decref(result);
    return CLI_OK;
}
