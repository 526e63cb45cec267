/* SPDX-License-Identifier: Apache-2.0
 *
 * The frame of the command line: a table of commands, one file each; a parser that knows each command's options and
 * prints its help; results as members that are printed for people, or with --json for programs.
 *
 * Exit codes, the same for every command (man page godwit(1)).
 */
#ifndef GODWIT_CLI_CLI_H
#define GODWIT_CLI_CLI_H

#include <jansson.h>

#include "godwit/bytes.h"

enum {
    CLI_OK = 0,
    CLI_REFUSED = 1, /* done, and the answer is no: a reading refused, a MAC wrong, a line of a file bad */
    CLI_USAGE = 2,   /* a wrong option or value */
    CLI_FILE = 3,    /* a file, store or configuration cannot be used */
    CLI_NO_PEER = 4, /* the other end does not answer */
};

#define CLI_OPTIONS_MAX 40
#define CLI_REPEATS_MAX 16
#define CLI_WORDS_MAX 64

typedef struct cli_option {
    const char *name;        /* without the dashes */
    const char *placeholder; /* of its value; NULL for a flag */
    const char *help;
    bool required;
    bool repeats;
} cli_option_t;

typedef struct cli_args cli_args_t;

typedef struct cli_command {
    const char *name;    /* "send", or more words: "aka vector" */
    const char *summary; /* one line */
    const char *words;   /* what stands beside the options: "[TEXT]"; NULL: nothing may */
    const char *notes;   /* more help, or NULL */
    const cli_option_t *options;
    size_t option_count;
    int (*run)(const cli_args_t *args);
} cli_command_t;

struct cli_args {
    const cli_command_t *command;
    bool json;
    const char *values[CLI_OPTIONS_MAX][CLI_REPEATS_MAX];
    size_t counts[CLI_OPTIONS_MAX];
    const char *words[CLI_WORDS_MAX];
    size_t word_count;
};

#define CLI_COMMAND_OPTIONS(array) .options = (array), .option_count = sizeof(array) / sizeof((array)[0])

/* ---- arguments ----------------------------------------------------------------------------------------------- */

/* Parses what follows the command's name. Prints the error or the help itself. Returns CLI_OK to go on, -1 when help
 * was printed and all is done, else the exit code. */
int cli_args_parse(const cli_command_t *command, int argc, char **argv, cli_args_t *args);
void cli_help(const cli_command_t *command);

const char *cli_value(const cli_args_t *args, const char *option); /* the first, or NULL */
size_t cli_count(const cli_args_t *args, const char *option);
const char *cli_value_at(const cli_args_t *args, const char *option, size_t index);
/* Each of these prints "godwit COMMAND: --OPTION: what is wrong" and returns false when the value cannot be. */
bool cli_hex(const cli_args_t *args, const char *option, uint8_t *octets, size_t min, size_t max, size_t *len);
bool cli_hex_exact(const cli_args_t *args, const char *option, uint8_t *octets, size_t len);
bool cli_number(const cli_args_t *args, const char *option, uint64_t min, uint64_t max, uint64_t fallback,
                uint64_t *number);
bool cli_imsi(const cli_args_t *args, const char *option, godwit_imsi_t *imsi);
bool cli_plmn(const cli_args_t *args, const char *option, godwit_plmn_t *plmn);
bool cli_fqdn(const cli_args_t *args, const char *option, godwit_slice_t *name);

/* ---- what is printed ------------------------------------------------------------------------------------------ */

/* "godwit COMMAND: ..." on standard error; returns code. */
int cli_fail(const cli_args_t *args, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Prints the members of result, an object, and frees it: one "name: value" line each, or one JSON line. Returns
 * CLI_OK. */
int cli_print(const cli_args_t *args, json_t *result);
json_t *cli_json_hex(const uint8_t *octets, size_t len); /* a string */

/* ---- the commands ------------------------------------------------------------------------------------------------ */

extern const cli_command_t cli_aka_vector, cli_aka_verify, cli_kdf, cli_keys, cli_eea, cli_eia, cli_decode;
extern const cli_command_t cli_sub_add, cli_sub_import, cli_sub_list, cli_sub_show, cli_sub_rm;
extern const cli_command_t cli_store_restored, cli_store_check;
extern const cli_command_t cli_sub_trigger_add, cli_sub_trigger_remove, cli_sub_trigger_bar, cli_sub_trigger_list;
extern const cli_command_t cli_usim_create, cli_usim_authenticate, cli_send, cli_session_list, cli_session_show,
    cli_session_drop, cli_status;
extern const cli_command_t cli_attach, cli_mtc_send;
extern const cli_command_t cli_mkef_entitle, cli_mkef_revoke, cli_mkef_list, cli_mkef_contacts, cli_mkef_release;
extern const cli_command_t cli_eas_entitle, cli_eas_revoke, cli_eas_list, cli_eas_sessions, cli_eas_export;
extern const cli_command_t cli_akma_authenticate, cli_akma_key;
extern const cli_command_t cli_gba_bootstrap, cli_gba_key, cli_naf_key;
extern const cli_command_t cli_eap_authenticate, cli_device_listen, cli_device_export;
extern const cli_command_t cli_trigger_send, cli_trigger_recall, cli_trigger_replace, cli_trigger_status;
extern const cli_command_t cli_lab_run, cli_lab_soak, cli_lab_table;
extern const cli_command_t cli_policy_check, cli_policy_fetch, cli_policy_offer, cli_audit_verify;

#endif
