/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows, and one measured.
 */
#include "lab/table.h"

#include <string.h>

#include "lab/internal.h"

#define ALL_NODES "HSS/HLR, USIM, ME, SGSN, GGSN, MME, S-GW and P-GW"

static const godwit_lab_claim_t claims[] = {
    {"1A", "E2M", "Yes", "efficient", "Yes", "No", ALL_NODES},
    {"1B", "E2M", "Yes", "efficient", "Yes", "No", ALL_NODES},
    {"1C", "E2M", "Yes", "efficient", "Yes", "No", ALL_NODES},
    {"1D", "E2M", "Yes", "efficient", "Yes", "No", "EMKS, " ALL_NODES},
    {"1E", "E2M", "Yes", "efficient", "Yes", "No", "EMKS, HSS/HLR, and ME"},
    {"2", "E2M", "Yes", "efficient", "Yes", "No", "EMKS, HSS/HLR, and ME"},
    {"3", "E2M", "Yes", "less efficient", "Yes", "No", "EMKS and ME"},
    {"4", "-", "Yes", "efficient", "Yes", "No", "UE"},
};
enum { CLAIM_1A, CLAIM_1E = 4, CLAIM_2, CLAIM_3, CLAIM_4 };

static void add(godwit_lab_row_t *rows, size_t *count, unsigned claim, godwit_lab_procedure_t procedure, char variant,
                char delivery, godwit_world_access_t access)
{
    rows[(*count)++] = (godwit_lab_row_t){.claim = &claims[claim],
                                          .run = {.procedure = procedure,
                                                  .variant = variant,
                                                  .delivery = delivery,
                                                  .access = access,
                                                  .seed = 1,
                                                  .devices = 1}};
}

size_t godwit_lab_rows(godwit_lab_row_t rows[GODWIT_LAB_ROWS_MAX])
{
    static const godwit_world_access_t mobile[2] = {GODWIT_WORLD_EPS, GODWIT_WORLD_UMTS};
    size_t count = 0;
    for (unsigned v = 0; v < 4; v++) {
        for (unsigned i = 0; i < 2; i++) {
            add(rows, &count, CLAIM_1A + v, GODWIT_LAB_ACCESS_AKA, (char)('A' + v), (char)('A' + v), mobile[i]);
        }
    }
    for (unsigned v = 0; v < 4; v++) {
        for (unsigned i = 0; i < 2; i++) {
            add(rows, &count, CLAIM_1E, GODWIT_LAB_ACCESS_AKA, 'E', (char)('A' + v), mobile[i]);
        }
    }
    for (unsigned i = 0; i < 2; i++) {
        add(rows, &count, CLAIM_2, GODWIT_LAB_ACCESS_AKA, '2', 'D', mobile[i]);
    }
    for (unsigned i = 0; i < 2; i++) {
        add(rows, &count, CLAIM_3, GODWIT_LAB_SEPARATE_AKA, 0, 0, mobile[i]);
    }
    add(rows, &count, CLAIM_3, GODWIT_LAB_SEPARATE_AKA, 0, 0, GODWIT_WORLD_WIFI);
    for (unsigned i = 0; i < 2; i++) {
        add(rows, &count, CLAIM_4, GODWIT_LAB_POLICY, 'C', 'C', mobile[i]);
    }
    return count;
}

void godwit_lab_measure(godwit_lab_row_t *row)
{
    godwit_lab_report_t by_law;
    godwit_lab_run_t run = row->run;
    if (run.procedure == GODWIT_LAB_POLICY) {
        run.policies = row->run.policies = GODWIT_WORLD_POLICY_PLAIN;
    }
    godwit_lab_run(&run, NULL, &row->report);
    godwit_lab_tamper(&run, &row->bent, &row->refused);
    run.policies = GODWIT_WORLD_POLICY_LAW;
    run.fast = true;
    godwit_lab_run(&run, NULL, &by_law);
    row->vplmn_needs = by_law.ok && by_law.suite == LAB_SUITE_CLEAR;
}
