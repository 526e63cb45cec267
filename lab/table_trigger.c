/* SPDX-License-Identifier: Apache-2.0
 *
 * Contribution 002 in the table: its cases with every place where K_iwf is made, over every access, and who can do what
 * to them.
 */
#include "lab/table.h"

#define ALL ((uint8_t)((1u << GODWIT_LAB_TRIES) - 1))
#define BIT(name) ((uint8_t)(1u << GODWIT_LAB_##name))

static godwit_lab_run_t run_of(unsigned number, unsigned key_from, godwit_iwf_root_t root, godwit_world_access_t access)
{
    return (godwit_lab_run_t){.procedure = GODWIT_LAB_TRIGGER,
                              .access = access,
                              .seed = 1,
                              .devices = 1,
                              .trigger = {.number = number,
                                          .key_from = key_from,
                                          .root = root,
                                          .roaming = true,
                                          .circuit = access == GODWIT_WORLD_GERAN}};
}

static godwit_lab_run_t *add(godwit_lab_key_row_t *rows, size_t *count, unsigned number, unsigned key_from,
                             godwit_iwf_root_t root, godwit_world_access_t access)
{
    rows[*count] = (godwit_lab_key_row_t){.run = run_of(number, key_from, root, access)};
    return &rows[(*count)++].run;
}

size_t godwit_lab_trigger_rows(godwit_lab_key_row_t rows[GODWIT_LAB_TRIGGER_ROWS_MAX])
{
    static const unsigned makers[] = {GODWIT_IWF_KEY_FROM_HSS, GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_KEY_FROM_IWF};
    size_t count = 0;
    for (int access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_GERAN; access++) {
        (void)add(rows, &count, 1, 0, GODWIT_IWF_ROOT_NONE, (godwit_world_access_t)access);
    }
    add(rows, &count, 1, 0, GODWIT_IWF_ROOT_NONE, GODWIT_WORLD_EPS)->trigger.as = true;
    for (int access = GODWIT_WORLD_WIFI; access <= GODWIT_WORLD_GERAN; access++) {
        for (size_t i = 0; i < 3; i++) {
            (void)add(rows, &count, 2, makers[i], i == 2 ? GODWIT_IWF_ROOT_FLAGGED : GODWIT_IWF_ROOT_NONE,
                      (godwit_world_access_t)access);
        }
    }
    add(rows, &count, 2, GODWIT_IWF_KEY_FROM_HSS, GODWIT_IWF_ROOT_NONE, GODWIT_WORLD_EPS)->trigger.as = true;
    add(rows, &count, 2, GODWIT_IWF_KEY_FROM_IWF, GODWIT_IWF_ROOT_KASME, GODWIT_WORLD_EPS);
    for (int access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_GERAN; access++) {
        godwit_lab_trigger_t *t =
            &add(rows, &count, 2, GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, (godwit_world_access_t)access)
                 ->trigger;
        t->ue_key_received = true;
        t->circuit = access == GODWIT_WORLD_GERAN;
    }
    add(rows, &count, 2, GODWIT_IWF_KEY_FROM_HSS, GODWIT_IWF_ROOT_NONE, GODWIT_WORLD_EPS)->trigger.embedded = true;
    add(rows, &count, 2, GODWIT_IWF_KEY_FROM_HSS, GODWIT_IWF_ROOT_NONE, GODWIT_WORLD_EPS)->trigger.via =
        GODWIT_LAB_VIA_T4;
    add(rows, &count, 2, GODWIT_IWF_KEY_FROM_HSS, GODWIT_IWF_ROOT_EAP, GODWIT_WORLD_WIFI);
    return count;
}

/* ---- attacks ---- */

static const char *const places[] = {"on B, open",           "on D, open", "on D, protected",
                                     "a rogue serving node", "on WiFi",    "a rogue node elsewhere"};

static godwit_lab_trigger_attack_t *attack(godwit_lab_trigger_attack_t *list, size_t *count, godwit_lab_place_t place,
                                           godwit_lab_run_t run, uint8_t expected)
{
    list[*count] =
        (godwit_lab_trigger_attack_t){.place = place, .who = places[place], .run = run, .expected = expected};
    return &list[(*count)++];
}

/* Every way to K_iwf, and what a rogue serving node can do where it is used: all, or nothing. */
static void attack_case_2(godwit_lab_trigger_attack_t *list, size_t *count, godwit_lab_place_t place,
                          godwit_world_access_t access)
{
    const uint8_t all = place == GODWIT_LAB_PLACE_VISITED ? ALL : 0;
    const bool keyless = place == GODWIT_LAB_PLACE_D; /* a node gives no key over an open way */
    (void)attack(list, count, place, run_of(2, GODWIT_IWF_KEY_FROM_HSS, GODWIT_IWF_ROOT_NONE, access), 0);
    (void)attack(list, count, place, run_of(2, GODWIT_IWF_KEY_FROM_IWF, GODWIT_IWF_ROOT_FLAGGED, access), 0);
    if (access == GODWIT_WORLD_EPS) {
        (void)attack(list, count, place, run_of(2, GODWIT_IWF_KEY_FROM_IWF, GODWIT_IWF_ROOT_KASME, access), all);
    }
    attack(list, count, place, run_of(2, GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, access), all)
        ->expected_unserved = keyless;
}

static void attack_case_1(godwit_lab_trigger_attack_t *list, size_t *count, godwit_world_access_t access)
{
    const godwit_lab_run_t run = run_of(1, 0, GODWIT_IWF_ROOT_NONE, access);
    (void)attack(list, count, GODWIT_LAB_PLACE_D, run, ALL);
    (void)attack(list, count, GODWIT_LAB_PLACE_D_PROTECTED, run, BIT(EXPIRED) | BIT(RECALLED));
    (void)attack(list, count, GODWIT_LAB_PLACE_VISITED, run, ALL);
}

/* A node that does not serve the device gets nothing, wherever K_iwf is made. */
static void attack_from_elsewhere(godwit_lab_trigger_attack_t *list, size_t *count, godwit_world_access_t access)
{
    static const struct {
        unsigned key_from;
        bool received;
    } makers[] = {{GODWIT_IWF_KEY_FROM_HSS, false}, {GODWIT_IWF_KEY_FROM_MME, false}, {GODWIT_IWF_KEY_FROM_MME, true}};
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
        godwit_lab_run_t run = run_of(2, makers[i].key_from, GODWIT_IWF_ROOT_NONE, access);
        run.trigger.ue_key_received = makers[i].received;
        (void)attack(list, count, GODWIT_LAB_PLACE_ELSEWHERE, run, 0);
    }
}

size_t godwit_lab_trigger_attacks(godwit_lab_trigger_attack_t list[GODWIT_LAB_TRIGGER_ATTACKS_MAX])
{
    const godwit_lab_run_t case_1 = run_of(1, 0, GODWIT_IWF_ROOT_NONE, GODWIT_WORLD_EPS);
    const godwit_lab_run_t of_hss = run_of(2, GODWIT_IWF_KEY_FROM_HSS, GODWIT_IWF_ROOT_NONE, GODWIT_WORLD_EPS);
    godwit_lab_run_t received = run_of(2, GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, GODWIT_WORLD_EPS);
    size_t count = 0;
    received.trigger.ue_key_received = true;
    (void)attack(list, &count, GODWIT_LAB_PLACE_B, case_1, BIT(READ));
    attack(list, &count, GODWIT_LAB_PLACE_B, case_1, ALL)->proofless = true;
    for (int access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_GERAN; access++) {
        attack_case_1(list, &count, (godwit_world_access_t)access);
    }
    (void)attack(list, &count, GODWIT_LAB_PLACE_B, of_hss, BIT(READ));
    attack(list, &count, GODWIT_LAB_PLACE_B, of_hss, ALL)->proofless = true;
    attack_case_2(list, &count, GODWIT_LAB_PLACE_D, GODWIT_WORLD_EPS);
    attack_case_2(list, &count, GODWIT_LAB_PLACE_D_PROTECTED, GODWIT_WORLD_EPS);
    attack_case_2(list, &count, GODWIT_LAB_PLACE_VISITED, GODWIT_WORLD_EPS);
    (void)attack(list, &count, GODWIT_LAB_PLACE_VISITED, received, ALL);
    for (int access = GODWIT_WORLD_UMTS; access <= GODWIT_WORLD_GERAN; access++) {
        attack_case_2(list, &count, GODWIT_LAB_PLACE_D, (godwit_world_access_t)access);
        attack_case_2(list, &count, GODWIT_LAB_PLACE_VISITED, (godwit_world_access_t)access);
        received.access = (godwit_world_access_t)access;
        received.trigger.circuit = access == GODWIT_WORLD_GERAN;
        attack(list, &count, GODWIT_LAB_PLACE_D, received, 0)->expected_unserved = true;
        (void)attack(list, &count, GODWIT_LAB_PLACE_VISITED, received, ALL);
    }
    for (int access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_GERAN; access++) {
        attack_from_elsewhere(list, &count, (godwit_world_access_t)access);
    }
    (void)attack(list, &count, GODWIT_LAB_PLACE_WIFI,
                 run_of(2, GODWIT_IWF_KEY_FROM_HSS, GODWIT_IWF_ROOT_NONE, GODWIT_WORLD_WIFI), 0);
    return count;
}
