/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys without a round trip, measured: the rows of contributions 000 and 001 over every access, and the ordinary way
 * beside them.
 */
#include "lab/internal.h"
#include "lab/table.h"

static void add(godwit_lab_key_row_t *rows, size_t *count, godwit_lab_procedure_t procedure,
                godwit_world_access_t access, godwit_carrier_t carrier)
{
    rows[(*count)++] = (godwit_lab_key_row_t){
        .run = {.procedure = procedure, .access = access, .carrier = carrier, .seed = 1, .devices = 1}};
}

size_t godwit_lab_key_rows(godwit_lab_key_row_t rows[GODWIT_LAB_KEY_ROWS_MAX])
{
    size_t count = 0;
    add(rows, &count, GODWIT_LAB_NEXT_SESSION, GODWIT_WORLD_EPS, GODWIT_CARRIER_NAS);
    for (int access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_GERAN; access++) {
        add(rows, &count, GODWIT_LAB_NEXT_SESSION, (godwit_world_access_t)access, GODWIT_CARRIER_PDP);
    }
    for (int access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_GERAN; access++) {
        add(rows, &count, GODWIT_LAB_NEXT_SESSION, (godwit_world_access_t)access, GODWIT_CARRIER_SMS);
    }
    add(rows, &count, GODWIT_LAB_NEXT_SESSION, GODWIT_WORLD_WIFI, GODWIT_CARRIER_PDP);
    rows[count - 1].run.emsdp = true;
    for (int access = GODWIT_WORLD_WIFI; access <= GODWIT_WORLD_GERAN; access++) {
        add(rows, &count, GODWIT_LAB_DEVICE_RAND, (godwit_world_access_t)access, GODWIT_CARRIER_PDP);
    }
    for (int flavour = GODWIT_GBA_ME; flavour <= GODWIT_GBA_SIM; flavour++) {
        add(rows, &count, GODWIT_LAB_GBA, GODWIT_WORLD_WIFI, GODWIT_CARRIER_PDP);
        rows[count - 1].run.flavour = (godwit_gba_flavour_t)flavour;
    }
    add(rows, &count, GODWIT_LAB_AKMA, GODWIT_WORLD_WIFI, GODWIT_CARRIER_PDP);
    return count;
}

void godwit_lab_measure_keys(godwit_lab_key_row_t *row)
{
    godwit_lab_run(&row->run, NULL, &row->report);
}
