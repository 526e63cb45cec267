/* SPDX-License-Identifier: Apache-2.0
 *
 * Procedures that have a file of their own, and what they share with procedure.c.
 */
#ifndef GODWIT_LAB_PROCEDURE_PARTS_H
#define GODWIT_LAB_PROCEDURE_PARTS_H

#include "lab/procedure.h"

/* The first reason counts. */
void godwit_lab_fail(godwit_lab_report_t *report, const char *why);
/* One reading of the first device, said again until it has arrived. False, and the report says so: it did not. */
bool godwit_lab_send_reading(godwit_world_t *w, godwit_lab_report_t *report);
/* Nodes that had to be changed for it, as contribution 004 counts them. */
const char *godwit_lab_modified(const godwit_lab_run_t *run);
/* What the watcher saw, and who held what, at the end of a run. */
void godwit_lab_close(godwit_world_t *w, godwit_lab_report_t *report);

void godwit_lab_run_next_session(const godwit_lab_run_t *run, godwit_lab_trace_t *trace, godwit_lab_report_t *report);
void godwit_lab_run_next_vector(const godwit_lab_run_t *run, godwit_lab_trace_t *trace, godwit_lab_report_t *report);
void godwit_lab_run_device_rand(const godwit_lab_run_t *run, godwit_lab_trace_t *trace, godwit_lab_report_t *report);
void godwit_lab_run_trigger(const godwit_lab_run_t *run, godwit_lab_trace_t *trace, godwit_lab_report_t *report);
void godwit_lab_run_e2e(const godwit_lab_run_t *run, godwit_lab_trace_t *trace, godwit_lab_report_t *report);
const char *godwit_lab_check_e2e(godwit_lab_run_t *run);
godwit_world_config_t godwit_lab_e2e_world(const godwit_lab_run_t *run);
/* A reading of everybody: true when all have arrived before patience ended. */
bool godwit_lab_round_of_readings(godwit_world_t *w, godwit_lab_report_t *report);
/* Solutions 1 and 2: keys are of the access. */
void godwit_lab_check_agreements(godwit_world_t *w, godwit_lab_report_t *report);
const char *godwit_lab_check_trigger(godwit_lab_run_t *run);
/* The world of such a run. */
godwit_world_config_t godwit_lab_trigger_world(const godwit_lab_run_t *run);
/* gba, akma */
void godwit_lab_run_bootstrap(const godwit_lab_run_t *run, godwit_lab_trace_t *trace, godwit_lab_report_t *report);

#endif
