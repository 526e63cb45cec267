/* SPDX-License-Identifier: Apache-2.0
 *
 * What the lab commands share: names of accesses, and custody as JSON.
 */
#ifndef GODWIT_CLI_LAB_H
#define GODWIT_CLI_LAB_H

#include "cli/cli.h"
#include "lab/procedure.h"

const char *cli_lab_access_name(godwit_world_access_t access);
const char *cli_lab_carrier_name(godwit_carrier_t carrier);
const char *cli_lab_flavour_name(godwit_gba_flavour_t flavour);
/* trigger: its options; false, and said, when they cannot be. */
bool cli_lab_read_trigger(const cli_args_t *args, godwit_lab_run_t *run);
const char *cli_lab_trigger_access(const godwit_lab_run_t *run);
const char *cli_lab_trigger_key(const godwit_lab_run_t *run);
/* Who makes K_iwf, and of what it was asked to be made; NULL where there is none, or the root follows. */
const char *cli_lab_trigger_maker(const godwit_lab_run_t *run);
const char *cli_lab_trigger_root(const godwit_lab_run_t *run);
/* Of the table: what was measured, and who can do what. True: as documented. */
bool cli_lab_measure_triggers(void);
void cli_lab_print_triggers(void);
void cli_lab_triggers_json(json_t *table);
void cli_lab_add_trigger(json_t *result, const godwit_lab_run_t *run, const godwit_lab_report_t *report);
/* e2e, likewise. */
bool cli_lab_read_e2e(const cli_args_t *args, godwit_lab_run_t *run);
const char *cli_lab_source_name(char source); /* "1A", ... */
bool cli_lab_measure_e2e(void);
void cli_lab_print_e2e(void);
void cli_lab_e2e_json(json_t *table);
void cli_lab_add_e2e(json_t *result, const godwit_lab_run_t *run, const godwit_lab_report_t *report);
/* {node: [keys]}: every node of the run, also those that held none. */
json_t *cli_lab_custody(const godwit_lab_report_t *report);
/* "HSS, HSE, ME" as a list. */
json_t *cli_lab_list(const char *names);

#endif
