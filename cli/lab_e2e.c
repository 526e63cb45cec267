/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit lab run e2e: its options, and what it prints beside the others.
 */
#include <string.h>

#include "cli/lab.h"
#include "godwit/emsdp.h"

static bool read_source(const cli_args_t *args, godwit_lab_e2e_t *e)
{
    const char *value = cli_value(args, "source");
    static const char *const names[] = {"1A", "1B", "1C", "1D", "1E", "2", "3"};
    e->source = '3';
    for (size_t i = 0; value != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(value, names[i]) == 0) {
            e->source = names[i][strlen(names[i]) - 1];
            return true;
        }
    }
    if (value != NULL) {
        (void)cli_fail(args, CLI_USAGE, "--source of e2e: 1A, 1B, 1C, 1D, 1E, 2 or 3");
    }
    return value == NULL;
}

static bool read_service(const cli_args_t *args, godwit_lab_e2e_t *e)
{
    const char *value = cli_value(args, "service");
    e->service = GODWIT_SERVICE_CONFIDENTIALITY;
    if (value != NULL && godwit_service_from_name(value, &e->service) != GODWIT_OK) {
        (void)cli_fail(args, CLI_USAGE, "--service: key-agreement, integrity or confidentiality");
        return false;
    }
    return true;
}

bool cli_lab_read_e2e(const cli_args_t *args, godwit_lab_run_t *run)
{
    const char *again = cli_value(args, "re-agree");
    godwit_lab_e2e_t *e = &run->e2e;
    if (run->procedure != GODWIT_LAB_E2E) {
        if (cli_count(args, "service") > 0 || again != NULL) {
            (void)cli_fail(args, CLI_USAGE, "--service, --re-agree: of e2e");
            return false;
        }
        return true;
    }
    if (again != NULL && strcmp(again, "age") != 0 && strcmp(again, "aka") != 0) {
        (void)cli_fail(args, CLI_USAGE, "--re-agree: age or aka");
        return false;
    }
    e->aka = again != NULL && strcmp(again, "aka") == 0;
    e->roaming = cli_count(args, "roaming") > 0;
    return read_source(args, e) && read_service(args, e);
}

const char *cli_lab_source_name(char source)
{
    static const char *const names[] = {"1A", "1B", "1C", "1D", "1E"};
    return source >= 'A' && source <= 'E' ? names[source - 'A'] : source == '2' ? "2" : "3";
}

void cli_lab_add_e2e(json_t *result, const godwit_lab_run_t *run, const godwit_lab_report_t *r)
{
    const godwit_lab_ended_t *e = &r->e2e;
    const godwit_suite_t *suite = godwit_suite(r->suite);
    json_t *members =
        json_pack("{s:s, s:s, s:s, s:b, s:s?, s:I, s:I, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "source",
                  cli_lab_source_name(run->e2e.source), "service", godwit_service_name(run->e2e.service), "re_agree",
                  run->e2e.aka ? "aka" : "age", "roaming", (int)run->e2e.roaming, "suite",
                  suite == NULL ? NULL : suite->name, "setup_bytes", (json_int_t)r->setup_bytes, "reading_bytes",
                  (json_int_t)r->reading_bytes, "setup_round_trips", (int)e->setup_round_trips, "forwarded_unmodified",
                  (int)e->forwarded, "messages_down", (int)e->received, "keys_exported", (int)e->exports, "age",
                  (int)e->age, "keys_changed", (int)e->changes, "aka_runs_of_changes", (int)r->aka_runs);
    (void)json_object_update(result, members);
    json_decref(members);
    if (run->e2e.service != GODWIT_SERVICE_KEY_AGREEMENT) {
        (void)json_object_set_new(result, "recovered_after_loss_of_state", json_boolean(e->recovered));
    }
    if (e->late_taken || e->late_refused) {
        (void)json_object_set_new(result, "late_within_overlap_taken", json_boolean(e->late_taken));
        (void)json_object_set_new(result, "late_beyond_overlap_refused", json_boolean(e->late_refused));
    }
}
