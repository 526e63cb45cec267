/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit lab table: Solution 5, end to end: what it costs beside Solution 3, who holds what, and who can do what to it.
 */
#include <string.h>

#include "cli/lab.h"
#include "lab/table.h"

static godwit_lab_e2e_row_t rows[GODWIT_LAB_E2E_ROWS_MAX];
static godwit_lab_e2e_attack_t attacks[GODWIT_LAB_E2E_ATTACKS];
static size_t row_count;

bool cli_lab_measure_e2e(void)
{
    bool good = true;
    row_count = godwit_lab_e2e_rows(rows);
    for (size_t i = 0; i < row_count; i++) {
        godwit_lab_measure_e2e(&rows[i]);
        good = good && rows[i].report.ok;
    }
    godwit_lab_try_e2e(attacks);
    for (size_t i = 0; i < GODWIT_LAB_E2E_ATTACKS; i++) {
        good = good && attacks[i].succeeded == attacks[i].expected;
    }
    return good;
}

/* "k_e2e text" */
static void held(const godwit_lab_report_t *r, unsigned kind, char text[64])
{
    size_t len = 0;
    text[0] = '\0';
    for (unsigned key = 0; key < GODWIT_LAB_KEYS; key++) {
        if ((r->custody[kind] >> key & 1u) != 0 && len < 48) {
            const int more =
                snprintf(text + len, 64 - len, "%s%s", len == 0 ? "" : " ", godwit_lab_key_name((godwit_lab_key_t)key));
            len += more > 0 ? (size_t)more : 0;
        }
    }
}

void cli_lab_print_e2e(void)
{
    char eas[64], hse[64];
    printf(
        "\n5 (end to end): at the antenna, beside Solution 3 over the same access; set-up with the first reading, less a reading of 24 octets.\n\n");
    printf("%-6s %-15s %-6s %-3s | %6s %7s %5s | %6s %7s %5s | %-12s %s\n", "keys", "service", "access", "ok", "set-up",
           "reading", "trips", "3:", "reading", "trips", "EAS held", "HSE held");
    for (size_t i = 0; i < row_count; i++) {
        const godwit_lab_report_t *r = &rows[i].report, *plain = &rows[i].solution_3;
        held(r, GODWIT_WORLD_EAS, eas);
        held(r, rows[i].run.e2e.source == '2' ? GODWIT_WORLD_EMSE : GODWIT_WORLD_HSE, hse);
        printf("%-6s %-15s %-6s %-3s | %6zu %7zu %5u | %6zu %7zu %5u | %-12s %s%s%s\n",
               cli_lab_source_name(rows[i].run.e2e.source), godwit_service_name(rows[i].run.e2e.service),
               cli_lab_access_name(rows[i].run.access), r->ok ? "yes" : "NO", r->setup_bytes, r->reading_bytes,
               r->e2e.setup_round_trips, plain->setup_bytes, plain->reading_bytes, plain->round_trips, eas, hse,
               r->ok ? "" : "  ", r->ok ? "" : r->why);
    }
    printf("\nAttacks on it:\n");
    for (size_t i = 0; i < GODWIT_LAB_E2E_ATTACKS; i++) {
        printf("  %-12s %-52s %s\n", attacks[i].who, attacks[i].what,
               attacks[i].succeeded ? "NOT defeated" : "defeated");
    }
}

void cli_lab_e2e_json(json_t *table)
{
    json_t *list = json_array(), *tries = json_array();
    for (size_t i = 0; i < row_count; i++) {
        const godwit_lab_report_t *r = &rows[i].report, *plain = &rows[i].solution_3;
        json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:b, s:I, s:I, s:i, s:o, s:o, s:s?}", "solution", "5", "source",
                                cli_lab_source_name(rows[i].run.e2e.source), "service",
                                godwit_service_name(rows[i].run.e2e.service), "access",
                                cli_lab_access_name(rows[i].run.access), "ok", (int)r->ok, "setup_bytes",
                                (json_int_t)r->setup_bytes, "reading_bytes", (json_int_t)r->reading_bytes,
                                "round_trips", (int)r->e2e.setup_round_trips, "custody", cli_lab_custody(r),
                                "nodes_modified", cli_lab_list(r->nodes_modified), "why", r->ok ? NULL : r->why);
        (void)json_object_set_new(row, "solution_3",
                                  json_pack("{s:I, s:I, s:i}", "setup_bytes", (json_int_t)plain->setup_bytes,
                                            "reading_bytes", (json_int_t)plain->reading_bytes, "round_trips",
                                            (int)plain->round_trips));
        (void)json_array_append_new(list, row);
    }
    for (size_t i = 0; i < GODWIT_LAB_E2E_ATTACKS; i++) {
        (void)json_array_append_new(tries, json_pack("{s:s, s:s, s:b}", "who", attacks[i].who, "attack",
                                                     attacks[i].what, "defeated", (int)!attacks[i].succeeded));
    }
    (void)json_object_set_new(table, "e2e", list);
    (void)json_object_set_new(table, "e2e_attacks", tries);
}
