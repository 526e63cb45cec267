/* SPDX-License-Identifier: Apache-2.0
 *
 * A key that is exported for TLS, DTLS or OSCORE, as a command is asked for it and as it leaves.
 */
#include "cli/exported_key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool cli_exported_key_read(const cli_args_t *args, cli_exported_key_t *key)
{
    const char *role = cli_value(args, "role"), *identity = cli_value(args, "identity");
    key->label = cli_value(args, "label");
    key->role = role != NULL && strcmp(role, "server") == 0;
    if (role != NULL && key->role == 0 && strcmp(role, "client") != 0) {
        (void)cli_fail(args, CLI_USAGE, "--role: '%s' is neither client nor server", role);
        return false;
    }
    if (identity != NULL && godwit_psk_name_parse(godwit_slice_of_string(identity), &key->name) != GODWIT_OK) {
        (void)cli_fail(args, CLI_USAGE, "--identity: '%s' is not the name of an exported key", identity);
        return false;
    }
    const bool derive = cli_count(args, "derive") > 0, proved = cli_count(args, "proved") > 0;
    key->step = derive ? CLI_EXPORT_DERIVE : proved ? CLI_EXPORT_PROVED : CLI_EXPORT_USE;
    if ((derive || proved) && (identity == NULL || derive == proved)) {
        (void)cli_fail(args, CLI_USAGE, "--derive and --proved go with --identity, one at a time");
        return false;
    }
    return true;
}

/* A file that was not there, for its owner alone. */
static int write_file(const cli_args_t *args, const char *option, const char *text)
{
    const char *path = cli_value(args, option);
    if (path == NULL) {
        return CLI_OK;
    }
    const size_t len = strlen(text);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0) {
        good = close(fd) == 0 && good;
    }
    return good ? CLI_OK : cli_fail(args, CLI_FILE, "--%s %s: %s", option, path, strerror(error));
}

int cli_exported_key_write(const cli_args_t *args, cli_exported_key_t *key)
{
    godwit_writer_t out = godwit_writer(key->identity, sizeof key->identity - 1);
    godwit_psk_name_put(&key->name, &out);
    key->identity[out.len] = '\0';
    godwit_hex_encode(godwit_slice(key->psk, sizeof key->psk), key->psk_hex);
    int code = key->step == CLI_EXPORT_PROVED ? CLI_OK : write_file(args, "psk-file", key->psk_hex);
    return code == CLI_OK ? write_file(args, "identity-file", key->identity) : code;
}

int cli_exported_key_show(const cli_args_t *args, const cli_exported_key_t *key)
{
    json_t *shown =
        json_pack("{s:s, s:s, s:s, s:I, s:I}", "label", key->label, "role", key->role == 0 ? "client" : "server",
                  "identity", key->identity, "age", (json_int_t)key->name.age, "number", (json_int_t)key->name.number);
    if (cli_value(args, "psk-file") == NULL && key->step != CLI_EXPORT_PROVED) {
        (void)json_object_set_new(shown, "psk", json_string(key->psk_hex));
    }
    return cli_print(args, shown);
}
