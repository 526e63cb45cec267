/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit lab table: the summary table of contribution 004, with what was measured beside it.
 */
#include <string.h>

#include "cli/lab.h"
#include "godwit/emsdp.h"
#include "lab/table.h"

static const char *suite_name(uint8_t id)
{
    const godwit_suite_t *suite = godwit_suite(id);
    return suite != NULL ? suite->name : "-";
}

static json_t *row_json(const godwit_lab_row_t *row)
{
    const godwit_lab_report_t *r = &row->report;
    char delivery[2] = {row->run.delivery, '\0'}, mechanism[48];
    (void)snprintf(mechanism, sizeof mechanism, "EMSDP godwit1, %s", suite_name(r->suite));
    return json_pack("{s:s, s:s, s:s?, s:b, s:s, s:b, s:i, s:I, s:I, s:i, s:b, s:s, s:o, s:o, s:s?}", "solution",
                     row->claim->solution, "access", cli_lab_access_name(row->run.access), "delivery",
                     row->run.delivery == 0 ? NULL : delivery, "ok", (int)r->ok, "endpoint", row->claim->endpoints,
                     "tampering_refused", (int)(row->bent > 0 && row->refused == row->bent), "bent", (int)row->bent,
                     "setup_bytes", (json_int_t)r->setup_bytes, "reading_bytes", (json_int_t)r->reading_bytes,
                     "round_trips", (int)r->round_trips, "vplmn_needs", (int)row->vplmn_needs, "mechanism", mechanism,
                     "nodes_modified", cli_lab_list(r->nodes_modified), "custody", cli_lab_custody(r), "why",
                     r->ok ? NULL : r->why);
}

/* Carrier, or flavour. */
static const char *kind_of(const godwit_lab_run_t *run)
{
    return run->emsdp                                  ? "emsdp"
           : run->procedure == GODWIT_LAB_NEXT_SESSION ? cli_lab_carrier_name(run->carrier)
           : run->procedure == GODWIT_LAB_GBA          ? cli_lab_flavour_name(run->flavour)
                                                       : NULL;
}

/* Keys without a round trip. */
static json_t *key_row_json(const godwit_lab_key_row_t *row)
{
    const godwit_lab_report_t *r = &row->report;
    bool next = row->run.procedure == GODWIT_LAB_NEXT_SESSION;
    json_t *result = json_pack(
        "{s:s, s:s, s:s?, s:s?, s:b, s:I, s:i, s:i, s:i, s:s?, s:o, s:o}", "solution",
        godwit_lab_procedure_name(row->run.procedure), "access", cli_lab_access_name(row->run.access), "carrier",
        next ? kind_of(&row->run) : NULL, "flavour", row->run.procedure == GODWIT_LAB_GBA ? kind_of(&row->run) : NULL,
        "ok", (int)r->ok, "setup_bytes", (json_int_t)r->setup_bytes, "messages", (int)r->antenna_messages,
        "round_trips", (int)(r->first.measured ? r->first.round_trips : r->round_trips), "aka_runs", (int)r->aka_runs,
        "why", r->ok ? NULL : r->why, "nodes_modified", cli_lab_list(r->nodes_modified), "custody", cli_lab_custody(r));
    if (next) {
        (void)json_object_set_new(result, "saved_gross_octets", json_integer(r->saved.gross_octets));
        (void)json_object_set_new(result, "saved_net_octets", json_integer(r->saved.net_octets));
        (void)json_object_set_new(result, "saved_round_trips", json_integer(r->saved.round_trips));
    }
    return result;
}

static void print_key_rows(const godwit_lab_key_row_t *rows, size_t count)
{
    printf(
        "\nKeys without a round trip (contributions 000, 001), and GBA beside them: at the antenna until a reading has arrived.\n\n");
    printf("%-13s %-6s %-7s %-3s %6s %8s %5s %4s  %s\n", "procedure", "access", "kind", "ok", "octets", "messages",
           "trips", "AKA", "saved: gross, net NAS octets, round trips");
    for (size_t i = 0; i < count; i++) {
        const godwit_lab_report_t *r = &rows[i].report;
        bool next = rows[i].run.procedure == GODWIT_LAB_NEXT_SESSION;
        printf("%-13s %-6s %-7s %-3s %6zu %8u %5u %4u", godwit_lab_procedure_name(rows[i].run.procedure),
               cli_lab_access_name(rows[i].run.access), kind_of(&rows[i].run) != NULL ? kind_of(&rows[i].run) : "-",
               r->ok ? "yes" : "NO", r->setup_bytes, r->antenna_messages,
               r->first.measured ? r->first.round_trips : r->round_trips, r->aka_runs);
        if (next) {
            printf("  %d, %d, %d", r->saved.gross_octets, r->saved.net_octets, r->saved.round_trips);
        }
        printf("%s%s\n", r->ok ? "" : "  ", r->ok ? "" : r->why);
    }
}

static bool is_good(const godwit_lab_row_t *row)
{
    return row->report.ok && row->bent > 0 && row->refused == row->bent && row->vplmn_needs;
}

static void print_head(void)
{
    printf("%-8s %-9s %-10s %-14s %-6s %-9s | %-6s %-8s %-3s %9s %6s %7s %5s  %-13s %s\n", "Solution", "Endpoints",
           "Protection", "Efficient", "VPLMN", "Mechanism", "access", "delivery", "ok", "tampering", "setup", "reading",
           "trips", "suite", "nodes modified here");
    printf("%-8s %-9s %-10s %-14s %-6s %-9s | %-6s %-8s %-3s %9s %6s %7s %5s\n", "", "", "", "", "needs", "specified",
           "", "", "", "refused", "octets", "octets", "");
}

static void print_row(const godwit_lab_row_t *row)
{
    const godwit_lab_claim_t *c = row->claim;
    const godwit_lab_report_t *r = &row->report;
    char tampering[24];
    (void)snprintf(tampering, sizeof tampering, "%u of %u", row->refused, row->bent);
    printf("%-8s %-9s %-10s %-14s %-6s %-9s | %-6s %-8.1s %-3s %9s %6zu %7zu %5u  %-13s %s\n", c->solution,
           c->endpoints, c->protection, c->efficiency, c->vplmn_needs, c->mechanism,
           cli_lab_access_name(row->run.access), row->run.delivery == 0 ? "-" : &row->run.delivery,
           is_good(row) ? "yes" : "NO", tampering, r->setup_bytes, r->reading_bytes, r->round_trips,
           suite_name(r->suite), r->nodes_modified);
    if (!r->ok) {
        printf("         %s\n", r->why);
    }
}

static void print_table(const godwit_lab_row_t *rows, size_t count, const godwit_lab_key_row_t *keys, size_t key_count,
                        const godwit_lab_attack_t *attacks)
{
    printf(
        "Left of the bar: table 7.y-1 of contribution 004. Right of it: measured here, octets at the device's antenna.\n\n");
    print_head();
    for (size_t i = 0; i < count; i++) {
        print_row(&rows[i]);
    }
    printf("\nNodes potentially effected, as the contribution has them:\n");
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || rows[i].claim != rows[i - 1].claim) {
            printf("  %-3s %s\n", rows[i].claim->solution, rows[i].claim->nodes);
        }
    }
    print_key_rows(keys, key_count);
    cli_lab_print_triggers();
    cli_lab_print_e2e();
    printf("\nAttacks on the others:\n");
    for (size_t i = 0; i < GODWIT_LAB_ATTACKS; i++) {
        printf("  %-48s %-13s %s\n", attacks[i].name, attacks[i].against,
               attacks[i].defeated ? "defeated" : "NOT defeated");
    }
}

static int print_json(const cli_args_t *args, const godwit_lab_row_t *rows, size_t count,
                      const godwit_lab_key_row_t *keys, size_t key_count, const godwit_lab_attack_t *attacks)
{
    json_t *list = json_array(), *shown = json_array(), *without = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(list, row_json(&rows[i]));
    }
    for (size_t i = 0; i < key_count; i++) {
        (void)json_array_append_new(without, key_row_json(&keys[i]));
    }
    for (size_t i = 0; i < GODWIT_LAB_ATTACKS; i++) {
        (void)json_array_append_new(shown, json_pack("{s:s, s:s, s:b}", "attack", attacks[i].name, "against",
                                                     attacks[i].against, "defeated", (int)attacks[i].defeated));
    }
    json_t *table = json_pack("{s:o, s:o, s:o}", "rows", list, "keys", without, "attacks", shown);
    cli_lab_triggers_json(table);
    cli_lab_e2e_json(table);
    return cli_print(args, table);
}

static int run_table(const cli_args_t *args)
{
    static godwit_lab_row_t rows[GODWIT_LAB_ROWS_MAX];
    static godwit_lab_key_row_t keys[GODWIT_LAB_KEY_ROWS_MAX];
    godwit_lab_attack_t attacks[GODWIT_LAB_ATTACKS];
    size_t count = godwit_lab_rows(rows), key_count = godwit_lab_key_rows(keys);
    bool good = true;
    for (size_t i = 0; i < key_count; i++) {
        godwit_lab_measure_keys(&keys[i]);
        good = good && keys[i].report.ok;
    }
    for (size_t i = 0; i < count; i++) {
        godwit_lab_measure(&rows[i]);
        good = good && is_good(&rows[i]);
    }
    good = cli_lab_measure_triggers() && good;
    good = cli_lab_measure_e2e() && good;
    godwit_lab_attacks(attacks);
    for (size_t i = 0; i < GODWIT_LAB_ATTACKS; i++) {
        good = good && attacks[i].defeated == attacks[i].expected;
    }
    if (args->json) {
        (void)print_json(args, rows, count, keys, key_count, attacks);
    } else {
        print_table(rows, count, keys, key_count, attacks);
    }
    return good ? CLI_OK : CLI_REFUSED;
}

const cli_command_t cli_lab_table = {
    .name = "lab table",
    .summary =
        "Runs every solution over every access, and prints the summary table of contribution 004 with what was measured.",
    .notes =
        "A row is ok when its readings arrived under the keys that it is about, every key stayed where it may be,\n"
        "every datagram and container that was bent was refused, and confidentiality, not integrity, went off where the\n"
        "visited network's law asks for it. Exit code 1 when a row is not, or an attack ends otherwise than documented.\n",
    .run = run_table};
