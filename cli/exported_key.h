/* SPDX-License-Identifier: Apache-2.0
 *
 * What "device export" and "eas export" share: which key is wanted, and where it goes.
 */
#ifndef GODWIT_CLI_EXPORTED_KEY_H
#define GODWIT_CLI_EXPORTED_KEY_H

#include "cli/cli.h"
#include "godwit/e2e.h"

typedef enum cli_export_step {
    CLI_EXPORT_USE,    /* the key, and its number is used up */
    CLI_EXPORT_DERIVE, /* the key, and its number stays open */
    CLI_EXPORT_PROVED, /* no key: its number is used up */
} cli_export_step_t;

typedef struct cli_exported_key {
    cli_export_step_t step;
    const char *label;
    uint8_t role;
    godwit_psk_name_t name; /* number 0: a new one */
    char identity[GODWIT_PSK_NAME_MAX + 1];
    uint8_t psk[32];          /* secret */
    char psk_hex[2 * 32 + 1]; /* secret */
} cli_exported_key_t;

#define CLI_EXPORTED_KEY_OPTIONS                                                                                       \
    {"label", "NAME", "what the key is for: dtls1.2, dtls1.3, tls1.3, oscore", true, false},                           \
        {"role", "client|server", "what the device is there; default client", false, false},                           \
        {"identity", "TEXT", "the name of a key that the other end has exported: the same key; default: a new number", \
         false, false},                                                                                                \
        {"derive", NULL, "with --identity: the key alone, and its number stays open; then --proved", false, false},    \
        {"proved", NULL, "with --identity: a handshake under that key is complete: its number is used up", false,      \
         false},                                                                                                       \
        {"psk-file", "FILE", "the key in hexadecimal goes there, and is not printed; a new file, mode 0600", false,    \
         false},                                                                                                       \
    {                                                                                                                  \
        "identity-file", "FILE", "the identity goes there too; a new file, mode 0600", false, false                    \
    }

#define CLI_EXPORT_NO_HANDSHAKE "--derive is for labels whose handshake proves the key; oscore has none"
#define CLI_EXPORT_NOTES                                                                                               \
    "An identity that a client has sent proves nothing yet, and --identity alone uses up its number and all below\n"   \
    "it. A server takes --derive, and --proved when the handshake is complete; where --proved is refused, it ends\n"   \
    "the connection."

/* False: the options are wrong, and that is told. */
bool cli_exported_key_read(const cli_args_t *args, cli_exported_key_t *key);
/* The files, once psk and name are set and their number is durable. An exit code. */
int cli_exported_key_write(const cli_args_t *args, cli_exported_key_t *key);
int cli_exported_key_show(const cli_args_t *args, const cli_exported_key_t *key);

#endif
