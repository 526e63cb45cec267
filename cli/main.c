/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit: the command line. This file is the table of commands and nothing else.
 */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static const cli_command_t *const commands[] = {
    &cli_send,
    &cli_attach,
    &cli_mtc_send,
    &cli_akma_authenticate,
    &cli_akma_key,
    &cli_gba_bootstrap,
    &cli_gba_key,
    &cli_naf_key,
    &cli_eap_authenticate,
    &cli_device_listen,
    &cli_device_export,
    &cli_trigger_send,
    &cli_trigger_recall,
    &cli_trigger_replace,
    &cli_trigger_status,
    &cli_sub_add,
    &cli_sub_import,
    &cli_sub_list,
    &cli_sub_show,
    &cli_sub_rm,
    &cli_sub_trigger_add,
    &cli_sub_trigger_remove,
    &cli_sub_trigger_bar,
    &cli_sub_trigger_list,
    &cli_store_restored,
    &cli_store_check,
    &cli_mkef_entitle,
    &cli_mkef_revoke,
    &cli_mkef_list,
    &cli_mkef_contacts,
    &cli_mkef_release,
    &cli_eas_entitle,
    &cli_eas_revoke,
    &cli_eas_list,
    &cli_eas_sessions,
    &cli_eas_export,
    &cli_usim_create,
    &cli_usim_authenticate,
    &cli_session_list,
    &cli_session_show,
    &cli_session_drop,
    &cli_status,
    &cli_lab_run,
    &cli_lab_soak,
    &cli_lab_table,
    &cli_policy_check,
    &cli_policy_fetch,
    &cli_policy_offer,
    &cli_audit_verify,
    &cli_decode,
    &cli_aka_vector,
    &cli_aka_verify,
    &cli_kdf,
    &cli_keys,
    &cli_eea,
    &cli_eia,
};

/* How many words of argv, all of them or those before --help, a command of a longer name begins with; 0: not with
 * these. */
static int words_that_begin(const char *name, int argc, char **argv)
{
    int words = 0;
    while (words < argc && strcmp(argv[words], "--help") != 0 && strcmp(argv[words], "-h") != 0) {
        const size_t len = strlen(argv[words]);
        if (strncmp(name, argv[words], len) != 0 || name[len] != ' ') {
            return 0;
        }
        name += len + 1;
        words++;
    }
    return words;
}

/* Of all commands, or of those that begin with the words of argv. */
static void usage(FILE *out, int argc, char **argv)
{
    (void)fprintf(out, "usage: godwit COMMAND [OPTIONS]\n\ncommands (godwit COMMAND --help tells more):\n");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (argc == 0 || words_that_begin(commands[i]->name, argc, argv) > 0) {
            (void)fprintf(out, "  %-18s %s\n", commands[i]->name, commands[i]->summary);
        }
    }
    (void)fprintf(out, "\nexit codes: 0 done, 1 refused, 2 usage, 3 a file or store cannot be used, 4 no answer\n");
}

/* How many of the words in argv name the command: 0 when they do not. */
static int words_that_match(const char *name, int argc, char **argv)
{
    int words = 0;
    for (const char *word = name; *word != '\0'; words++) {
        const size_t len = strcspn(word, " ");
        if (words == argc || strlen(argv[words]) != len || strncmp(argv[words], word, len) != 0) {
            return 0;
        }
        word += len + (word[len] == ' ' ? 1 : 0);
    }
    return words;
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        usage(argc < 2 ? stderr : stdout, 0, NULL);
        return argc < 2 ? CLI_USAGE : CLI_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("godwit " GODWIT_VERSION);
        return CLI_OK;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        int words = words_that_match(commands[i]->name, argc - 1, argv + 1);
        if (words > 0) {
            static cli_args_t args;
            int code = cli_args_parse(commands[i], argc - 1 - words, argv + 1 + words, &args);
            return code == -1 ? CLI_OK : code != CLI_OK ? code : commands[i]->run(&args);
        }
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const int words = words_that_begin(commands[i]->name, argc - 1, argv + 1);
        if (words > 0) {
            usage(words < argc - 1 ? stdout : stderr, argc - 1, argv + 1);
            return words < argc - 1 ? CLI_OK : CLI_USAGE;
        }
    }
    (void)fprintf(stderr, "godwit: unknown command '%s%s%s' (see godwit --help)\n", argv[1], argc > 2 ? " " : "",
                  argc > 2 ? argv[2] : "");
    return CLI_USAGE;
}
