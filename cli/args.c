/* SPDX-License-Identifier: Apache-2.0
 *
 * Options of one command. Unknown, repeated, missing and malformed ones are refused by name.
 */
#include "cli/cli.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int find_option(const cli_command_t *command, const char *name, size_t len)
{
    for (size_t i = 0; i < command->option_count; i++) {
        if (strlen(command->options[i].name) == len && strncmp(command->options[i].name, name, len) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static size_t option_index(const cli_args_t *args, const char *name)
{
    int index = find_option(args->command, name, strlen(name));
    return index < 0 ? CLI_OPTIONS_MAX - 1 : (size_t)index; /* the last place is never filled by the parser */
}

static int take_option(cli_args_t *args, int argc, char **argv, int *i)
{
    const char *name = argv[*i] + 2;
    const char *equals = strchr(name, '=');
    size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
    if (len == 4 && strncmp(name, "json", len) == 0 && equals == NULL) {
        args->json = true;
        return CLI_OK;
    }
    int index = find_option(args->command, name, len);
    if (index < 0) {
        return cli_fail(args, CLI_USAGE, "unknown option --%.*s (see --help)", (int)len, name);
    }
    const cli_option_t *option = &args->command->options[index];
    const char *value = equals != NULL ? equals + 1 : NULL;
    if (option->placeholder == NULL) {
        if (value != NULL) {
            return cli_fail(args, CLI_USAGE, "--%s takes no value", option->name);
        }
        value = "";
    } else if (value == NULL) {
        if (*i + 1 >= argc) {
            return cli_fail(args, CLI_USAGE, "--%s needs a value: %s", option->name, option->placeholder);
        }
        value = argv[++*i];
    }
    size_t *count = &args->counts[index];
    if (*count > 0 && !option->repeats) {
        return cli_fail(args, CLI_USAGE, "--%s is given twice", option->name);
    }
    if (*count == CLI_REPEATS_MAX) {
        return cli_fail(args, CLI_USAGE, "--%s is given more than %d times", option->name, CLI_REPEATS_MAX);
    }
    args->values[index][(*count)++] = value;
    return CLI_OK;
}

static int check_required(const cli_args_t *args)
{
    for (size_t i = 0; i < args->command->option_count; i++) {
        const cli_option_t *option = &args->command->options[i];
        if (option->required && args->counts[i] == 0) {
            return cli_fail(args, CLI_USAGE, "--%s %s is missing: %s", option->name, option->placeholder, option->help);
        }
    }
    return CLI_OK;
}

int cli_args_parse(const cli_command_t *command, int argc, char **argv, cli_args_t *args)
{
    memset(args, 0, sizeof *args);
    args->command = command;
    bool only_words = false;
    for (int i = 0; i < argc; i++) {
        int code = CLI_OK;
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
        } else if (!only_words && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
            cli_help(command);
            return -1;
        } else if (!only_words && argv[i][0] == '-' && argv[i][1] == '-') {
            code = take_option(args, argc, argv, &i);
        } else if (!only_words && argv[i][0] == '-' && argv[i][1] != '\0') {
            code = cli_fail(args, CLI_USAGE, "unknown option %s (see --help)", argv[i]);
        } else if (command->words == NULL) {
            code = cli_fail(args, CLI_USAGE, "unexpected word '%s' (see --help)", argv[i]);
        } else if (args->word_count == CLI_WORDS_MAX) {
            code = cli_fail(args, CLI_USAGE, "more than %d words", CLI_WORDS_MAX);
        } else {
            args->words[args->word_count++] = argv[i];
        }
        if (code != CLI_OK) {
            return code;
        }
    }
    return check_required(args);
}

void cli_help(const cli_command_t *command)
{
    printf("usage: godwit %s%s%s%s\n\n%s\n", command->name, command->option_count > 0 ? " [OPTIONS]" : "",
           command->words != NULL ? " " : "", command->words != NULL ? command->words : "", command->summary);
    printf("\noptions:\n");
    for (size_t i = 0; i < command->option_count; i++) {
        const cli_option_t *option = &command->options[i];
        char left[64];
        (void)snprintf(left, sizeof left, "--%s%s%s", option->name, option->placeholder != NULL ? " " : "",
                       option->placeholder != NULL ? option->placeholder : "");
        printf("  %-32s %s%s%s\n", left, option->help, option->required ? " (required)" : "",
               option->repeats ? " (may be repeated)" : "");
    }
    printf("  %-32s %s\n", "--json", "print one JSON object instead of lines for people");
    if (command->notes != NULL) {
        printf("\n%s\n", command->notes);
    }
}

const char *cli_value_at(const cli_args_t *args, const char *option, size_t index)
{
    size_t at = option_index(args, option);
    return index < args->counts[at] ? args->values[at][index] : NULL;
}

const char *cli_value(const cli_args_t *args, const char *option)
{
    return cli_value_at(args, option, 0);
}

size_t cli_count(const cli_args_t *args, const char *option)
{
    return args->counts[option_index(args, option)];
}

static bool bad_hex(const cli_args_t *args, const char *option, const char *text)
{
    size_t at = 0;
    while (isxdigit((unsigned char)text[at])) {
        at++;
    }
    if (text[at] != '\0') {
        (void)cli_fail(args, CLI_USAGE, "--%s: character %zu is no hexadecimal digit", option, at + 1);
    } else {
        (void)cli_fail(args, CLI_USAGE, "--%s: %zu hexadecimal digits; octets need an even number", option, at);
    }
    return false;
}

bool cli_hex(const cli_args_t *args, const char *option, uint8_t *octets, size_t min, size_t max, size_t *len)
{
    const char *text = cli_value(args, option);
    if (text == NULL) {
        text = "";
    }
    godwit_status_t status = godwit_hex_decode(text, octets, max, len);
    if (status == GODWIT_MALFORMED) {
        return bad_hex(args, option, text);
    }
    if (status != GODWIT_OK || *len < min) {
        if (min == max) {
            (void)cli_fail(args, CLI_USAGE, "--%s: %zu octets; it has %zu", option, strlen(text) / 2, min);
        } else {
            (void)cli_fail(args, CLI_USAGE, "--%s: %zu octets; it has %zu to %zu", option, strlen(text) / 2, min, max);
        }
        return false;
    }
    return true;
}

bool cli_hex_exact(const cli_args_t *args, const char *option, uint8_t *octets, size_t len)
{
    size_t got = 0;
    return cli_hex(args, option, octets, len, len, &got);
}

bool cli_number(const cli_args_t *args, const char *option, uint64_t min, uint64_t max, uint64_t fallback,
                uint64_t *number)
{
    const char *text = cli_value(args, option);
    if (text == NULL) {
        *number = fallback;
        return true;
    }
    char *end = NULL;
    unsigned long long value = strtoull(text, &end, 0);
    if (!isdigit((unsigned char)text[0]) || *end != '\0') {
        (void)cli_fail(args, CLI_USAGE, "--%s: '%s' is not a number", option, text);
        return false;
    }
    if (value < min || value > max) {
        (void)cli_fail(args, CLI_USAGE, "--%s: %s is not between %llu and %llu", option, text, (unsigned long long)min,
                       (unsigned long long)max);
        return false;
    }
    *number = value;
    return true;
}

bool cli_imsi(const cli_args_t *args, const char *option, godwit_imsi_t *imsi)
{
    const char *text = cli_value(args, option);
    if (text == NULL || godwit_imsi_from_text(text, imsi) != GODWIT_OK) {
        (void)cli_fail(args, CLI_USAGE, "--%s: '%s' is not an IMSI of 6 to 15 digits", option,
                       text != NULL ? text : "");
        return false;
    }
    return true;
}

bool cli_plmn(const cli_args_t *args, const char *option, godwit_plmn_t *plmn)
{
    const char *text = cli_value(args, option);
    if (text == NULL || godwit_plmn_from_text(text, plmn) != GODWIT_OK) {
        (void)cli_fail(args, CLI_USAGE, "--%s: '%s' is not a PLMN: MCC-MNC, as 001-01", option,
                       text != NULL ? text : "");
        return false;
    }
    return true;
}

bool cli_fqdn(const cli_args_t *args, const char *option, godwit_slice_t *name)
{
    const char *text = cli_value(args, option);
    *name = godwit_slice_of_string(text);
    if (!godwit_fqdn_is_canonical(*name)) {
        (void)cli_fail(args, CLI_USAGE, "--%s: '%s' is not a canonical name: lower-case labels, no final dot", option,
                       text != NULL ? text : "");
        return false;
    }
    return true;
}
