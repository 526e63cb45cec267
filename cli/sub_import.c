/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit sub import FILE.csv. The first line names the columns: imsi and k, then any of opc op topc top algorithm amf
 * features sqn (features divided by spaces). Bad lines are reported by number and column, the others are taken; batches
 * keep a million lines fast.
 */
#include "cli/subscriber.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_OCTETS 1024
#define BATCH 10000
#define ERRORS_SHOWN 100
#define PROGRESS_LINES 100000 /* into a file or pipe; a terminal is told every second */

enum column { IMSI, K, OPC, OP, TOPC, TOP, ALGORITHM, AMF, FEATURES, SQN, COLUMNS };
static const char *const column_names[COLUMNS] = {"imsi", "k",         "opc", "op",       "topc",
                                                  "top",  "algorithm", "amf", "features", "sqn"};

struct import {
    const cli_args_t *args;
    const char *file;
    godwit_store_t *store;
    int place[COLUMNS]; /* of each column in a line; -1: absent */
    uint64_t line, added, refused;
    uint64_t in_batch;
    time_t shown;
};

static void refuse(struct import *in, const char *column, const char *what)
{
    if (in->refused++ < ERRORS_SHOWN) {
        (void)fprintf(stderr, "%s:%llu: %s%s%s\n", in->file, (unsigned long long)in->line, column != NULL ? column : "",
                      column != NULL ? ": " : "", what);
    } else if (in->refused == ERRORS_SHOWN + 1) {
        (void)fprintf(stderr, "%s: more lines are refused; only the first %d are named\n", in->file, ERRORS_SHOWN);
    }
}

/* Divides a line at its commas, in place. Returns how many fields there are. */
static size_t divide(char *line, char *fields[], size_t max)
{
    size_t count = 0;
    for (char *at = line; at != NULL && count < max; count++) {
        fields[count] = at;
        at = strchr(at, ',');
        if (at != NULL) {
            *at++ = '\0';
        }
    }
    return count;
}

static const char *field(const struct import *in, char *fields[], size_t count, enum column column)
{
    int place = in->place[column];
    return place < 0 || (size_t)place >= count ? "" : fields[place];
}

static bool octets_of(struct import *in, char *fields[], size_t count, enum column column, uint8_t *octets, size_t max,
                      size_t *len)
{
    if (godwit_hex_decode(field(in, fields, count, column), octets, max, len) != GODWIT_OK) {
        refuse(in, column_names[column], "not hexadecimal octets, or too many");
        return false;
    }
    return true;
}

static bool key_of_line(struct import *in, char *fields[], size_t count, godwit_aka_key_t *key)
{
    uint8_t k[32];
    uint8_t op[32];
    size_t k_len = 0;
    size_t op_len = 0;
    godwit_aka_algorithm_t algorithm = GODWIT_ALG_MILENAGE;
    enum column which = OPC;
    const char *name = field(in, fields, count, ALGORITHM);
    if (name[0] != '\0' && godwit_aka_algorithm_from_name(name, &algorithm) != GODWIT_OK) {
        refuse(in, "algorithm", "none of milenage, tuak, gsm-milenage, xor-3g, xor-2g");
        return false;
    }
    for (enum column c = OPC; c <= TOP; c++) {
        which = field(in, fields, count, c)[0] != '\0' ? c : which;
    }
    bool done = octets_of(in, fields, count, K, k, sizeof k, &k_len) &&
                octets_of(in, fields, count, which, op, sizeof op, &op_len);
    if (done && godwit_aka_key_init(key, &godwit_crypto_builtin, algorithm, godwit_slice(k, k_len),
                                    godwit_slice(op, op_len), which == OPC || which == TOPC, NULL) != GODWIT_OK) {
        refuse(in, NULL, "K or OPc/OP/TOPc/TOP is missing or has a length that the algorithm does not have");
        done = false;
    }
    godwit_wipe(k, sizeof k);
    godwit_wipe(op, sizeof op);
    return done;
}

static bool features_of_line(struct import *in, const char *text, uint32_t *features)
{
    char copy[LINE_MAX_OCTETS];
    char *rest = NULL;
    (void)snprintf(copy, sizeof copy, "%s", text);
    for (char *name = strtok_r(copy, " ", &rest); name != NULL; name = strtok_r(NULL, " ", &rest)) {
        uint32_t bit = 0;
        if (godwit_feature_from_name(name, &bit) != GODWIT_OK) {
            refuse(in, "features", "there is no such feature");
            return false;
        }
        *features |= bit;
    }
    return true;
}

static bool subscriber_of_line(struct import *in, char *fields[], size_t count, godwit_subscriber_record_t *s)
{
    uint8_t octets[6];
    size_t len = 0;
    cli_subscriber_defaults(s);
    if (godwit_imsi_from_text(field(in, fields, count, IMSI), &s->imsi) != GODWIT_OK) {
        refuse(in, "imsi", "not 6 to 15 digits");
        return false;
    }
    if (!key_of_line(in, fields, count, &s->key) ||
        !features_of_line(in, field(in, fields, count, FEATURES), &s->features) ||
        !octets_of(in, fields, count, AMF, octets, 2, &len)) {
        return false;
    }
    if (len == 2) {
        s->amf[0] = octets[0] & 0x7F;
        s->amf[1] = octets[1];
    }
    if (!octets_of(in, fields, count, SQN, octets, 6, &len)) {
        return false;
    }
    s->seq_he = len == 6 ? godwit_load_u48(octets) >> s->ind_bits : 0;
    return true;
}

static bool end_batch(struct import *in)
{
    if (godwit_store_commit(in->store) != GODWIT_OK || godwit_store_begin(in->store) != GODWIT_OK) {
        (void)cli_fail(in->args, CLI_FILE, "line %llu: %s; the lines since the last %d were not stored",
                       (unsigned long long)in->line, godwit_store_why(in->store), BATCH);
        return false;
    }
    in->added += in->in_batch;
    bool full = in->in_batch == BATCH;
    in->in_batch = 0;
    time_t now = time(NULL);
    if (isatty(STDERR_FILENO)) {
        if (now != in->shown) {
            (void)fprintf(stderr, "\r%llu subscribers", (unsigned long long)in->added);
        }
    } else if (full && in->added % PROGRESS_LINES == 0) {
        (void)fprintf(stderr, "%llu subscribers\n", (unsigned long long)in->added);
    }
    in->shown = now;
    return true;
}

static bool take_line(struct import *in, char *line)
{
    char *fields[COLUMNS + 4];
    godwit_record_t record = {.kind = GODWIT_RECORD_SUBSCRIBER};
    godwit_record_t there;
    size_t count = divide(line, fields, sizeof fields / sizeof fields[0]);
    bool going = true;
    if (subscriber_of_line(in, fields, count, &record.u.subscriber)) {
        godwit_record_key_t key = godwit_record_key_of(&record);
        godwit_status_t status = godwit_store_fetch(in->store, &key, &there);
        if (status == GODWIT_OK) {
            refuse(in, "imsi", "there already");
        } else if (status != GODWIT_NOT_FOUND || godwit_store_put(in->store, &record) != GODWIT_OK) {
            (void)cli_fail(in->args, CLI_FILE, "line %llu: %s", (unsigned long long)in->line,
                           godwit_store_why(in->store));
            going = false;
        } else if (++in->in_batch == BATCH) {
            going = end_batch(in);
        }
    }
    godwit_wipe(&record, sizeof record);
    godwit_wipe(&there, sizeof there);
    return going;
}

static bool take_header(struct import *in, char *line)
{
    char *fields[COLUMNS + 4];
    size_t count = divide(line, fields, sizeof fields / sizeof fields[0]);
    for (size_t c = 0; c < COLUMNS; c++) {
        in->place[c] = -1;
    }
    for (size_t i = 0; i < count; i++) {
        size_t c = 0;
        while (c < COLUMNS && strcmp(fields[i], column_names[c]) != 0) {
            c++;
        }
        if (c == COLUMNS) {
            (void)cli_fail(in->args, CLI_FILE,
                           "%s:1: there is no column '%s' (imsi k opc op topc top algorithm amf features sqn)",
                           in->file, fields[i]);
            return false;
        }
        in->place[c] = (int)i;
    }
    if (in->place[IMSI] < 0 || in->place[K] < 0) {
        (void)cli_fail(in->args, CLI_FILE, "%s:1: the first line names the columns; imsi and k must be among them",
                       in->file);
        return false;
    }
    return true;
}

static bool take_file(struct import *in, FILE *file)
{
    char line[LINE_MAX_OCTETS];
    bool going = godwit_store_begin(in->store) == GODWIT_OK;
    if (!going) {
        (void)cli_fail(in->args, CLI_FILE, "%s", godwit_store_why(in->store));
    }
    while (going && fgets(line, sizeof line, file) != NULL) {
        in->line++;
        size_t len = strcspn(line, "\r\n");
        bool whole = line[len] != '\0' || feof(file);
        line[len] = '\0';
        if (!whole) {
            refuse(in, NULL, "longer than 1023 characters");
            for (int c = fgetc(file); c != '\n' && c != EOF; c = fgetc(file)) {
            }
        } else if (in->line == 1) {
            going = take_header(in, line);
        } else if (line[0] != '\0') {
            going = take_line(in, line);
        }
    }
    godwit_wipe(line, sizeof line);
    if (!going) {
        godwit_store_rollback(in->store);
        return false;
    }
    return end_batch(in);
}

static int run(const cli_args_t *args)
{
    if (args->word_count != 1) {
        return cli_fail(args, CLI_USAGE, "give one file");
    }
    struct import in = {.args = args, .file = args->words[0]};
    FILE *file = fopen(in.file, "r");
    if (file == NULL) {
        return cli_fail(args, CLI_FILE, "%s: %m", in.file);
    }
    in.store = cli_store_open(args, true);
    bool done = in.store != NULL && take_file(&in, file);
    (void)fclose(file);
    if (in.store != NULL) {
        godwit_store_rollback(in.store);
        godwit_store_close(in.store);
    }
    if (isatty(STDERR_FILENO)) {
        (void)fputc('\r', stderr);
    }
    (void)cli_print(args, json_pack("{s:I, s:I}", "added", (json_int_t)in.added, "refused", (json_int_t)in.refused));
    return !done ? CLI_FILE : in.refused > 0 ? CLI_REFUSED : CLI_OK;
}

static const cli_option_t options[] = {CLI_STORE_OPTIONS};

const cli_command_t cli_sub_import = {
    .name = "sub import",
    .summary = "Adds the subscribers of a CSV file.",
    .words = "FILE.csv",
    .notes = "The first line names the columns: imsi and k, then any of opc op topc top algorithm amf features sqn.\n"
             "Lines that cannot be taken are named on standard error and left out; the exit code is then 1.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
