/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit lab table: contribution 002: its cases, what they cost, and what whoever stands where can do to triggers.
 */
#include <string.h>

#include "cli/lab.h"
#include "lab/table.h"

static godwit_lab_key_row_t rows[GODWIT_LAB_TRIGGER_ROWS_MAX];
static godwit_lab_trigger_attack_t attacks[GODWIT_LAB_TRIGGER_ATTACKS_MAX];
static size_t row_count, attack_count;

static bool is_as_documented(const godwit_lab_trigger_attack_t *a)
{
    return a->succeeded == a->expected && a->unserved == a->expected_unserved;
}

bool cli_lab_measure_triggers(void)
{
    bool good = true;
    row_count = godwit_lab_trigger_rows(rows);
    attack_count = godwit_lab_trigger_attacks(attacks);
    for (size_t i = 0; i < row_count; i++) {
        godwit_lab_run(&rows[i].run, NULL, &rows[i].report);
        good = good && rows[i].report.ok;
    }
    for (size_t i = 0; i < attack_count; i++) {
        godwit_lab_try_triggers(&attacks[i]);
        good = good && is_as_documented(&attacks[i]);
    }
    return good;
}

/* How the key comes about, and the way: what tells one row from another. */
static void kind_of(const godwit_lab_run_t *run, char kind[48])
{
    const godwit_lab_trigger_t *t = &run->trigger;
    const char *key = cli_lab_trigger_key(run);
    (void)snprintf(kind, 48, "%s%s%s%s", key == NULL ? "each hop" : key, t->ue_key_received ? ", received" : "",
                   t->embedded ? ", in NAS set-up" : "", t->via == GODWIT_LAB_VIA_T4 ? ", by SMS" : "");
}

static void print_rows(void)
{
    char kind[48];
    printf(
        "\nTriggers (contribution 002): at the antenna, the association against the access alone, and a trigger of 25 "
        "octets with its acknowledgement.\n\n");
    printf("%-4s %-6s %-6s %-24s %-3s | %6s %8s %5s | %6s %8s %5s\n", "case", "source", "access", "K_iwf from", "ok",
           "set-up", "messages", "trips", "octets", "messages", "trips");
    for (size_t i = 0; i < row_count; i++) {
        const godwit_lab_report_t *r = &rows[i].report;
        const godwit_lab_cost_t *s = &r->triggered.setup, *t = &r->triggered.trigger;
        kind_of(&rows[i].run, kind);
        printf("%-4u %-6s %-6s %-24s %-3s | %6d %8d %5d | %6d %8d %5d%s%s\n", rows[i].run.trigger.number,
               rows[i].run.trigger.as ? "as" : "scs", cli_lab_trigger_access(&rows[i].run), kind, r->ok ? "yes" : "NO",
               s->octets, s->messages, s->round_trips, t->octets, t->messages, t->round_trips, r->ok ? "" : "  ",
               r->ok ? "" : r->why);
    }
}

static const char *remark(const godwit_lab_trigger_attack_t *a)
{
    return a->unserved    ? "no node gives a key over it: no association, no trigger"
           : a->proofless ? "the application asks for no proof of B"
                          : "";
}

static void print_attacks(void)
{
    char kind[48];
    printf(
        "\nWho can do what to a trigger, the device without a clock. YES: he succeeds, -: he is defeated.\n"
        "forge, alter, replay: the application acts on a trigger of his own, on one that he has changed, twice on one;\n"
        "read: he reads it; expired, recalled: the application acts on one that has expired, or that its source was\n"
        "told is recalled. On a protected D he can hold back what is genuine, and no more.\n\n");
    printf("%-21s %-4s %-6s %-14s", "who", "case", "access", "K_iwf from");
    for (unsigned i = 0; i < GODWIT_LAB_TRIES; i++) {
        printf(" %-8s", godwit_lab_try_names[i]);
    }
    printf("\n");
    for (size_t i = 0; i < attack_count; i++) {
        const godwit_lab_trigger_attack_t *a = &attacks[i];
        kind_of(&a->run, kind);
        printf("%-21s %-4u %-6s %-14s", a->who, a->run.trigger.number, cli_lab_trigger_access(&a->run), kind);
        for (unsigned k = 0; k < GODWIT_LAB_TRIES; k++) {
            printf(" %-8s", (a->succeeded >> k & 1u) != 0 ? "YES" : "-");
        }
        printf("%s%s\n", remark(a), is_as_documented(a) ? "" : " NOT as documented");
    }
}

void cli_lab_print_triggers(void)
{
    print_rows();
    print_attacks();
}

static json_t *attack_json(const godwit_lab_trigger_attack_t *a)
{
    json_t *tries = json_object();
    for (unsigned k = 0; k < GODWIT_LAB_TRIES; k++) {
        (void)json_object_set_new(tries, godwit_lab_try_names[k], json_boolean((a->succeeded >> k & 1u) != 0));
    }
    return json_pack("{s:s, s:i, s:s, s:s?, s:s?, s:b, s:b, s:b, s:b, s:o}", "who", a->who, "case",
                     (int)a->run.trigger.number, "access", cli_lab_trigger_access(&a->run), "key_from",
                     cli_lab_trigger_maker(&a->run), "root", cli_lab_trigger_root(&a->run), "received",
                     (int)a->run.trigger.ue_key_received, "proof_wanted", (int)!a->proofless, "association",
                     (int)(a->run.trigger.number == 2 && !a->unserved), "as_documented", (int)is_as_documented(a),
                     "succeeded", tries);
}

void cli_lab_triggers_json(json_t *table)
{
    json_t *measured = json_array(), *tried = json_array();
    for (size_t i = 0; i < row_count; i++) {
        const godwit_lab_report_t *r = &rows[i].report;
        json_t *row =
            json_pack("{s:s, s:s, s:b, s:o, s:o, s:s?}", "solution", "trigger", "access",
                      cli_lab_trigger_access(&rows[i].run), "ok", (int)r->ok, "nodes_modified",
                      cli_lab_list(r->nodes_modified), "custody", cli_lab_custody(r), "why", r->ok ? NULL : r->why);
        cli_lab_add_trigger(row, &rows[i].run, r);
        (void)json_array_append_new(measured, row);
    }
    for (size_t i = 0; i < attack_count; i++) {
        (void)json_array_append_new(tried, attack_json(&attacks[i]));
    }
    (void)json_object_set_new(table, "triggers", measured);
    (void)json_object_set_new(table, "trigger_attacks", tried);
}
