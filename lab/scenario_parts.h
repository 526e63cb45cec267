/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of a scenario share: its dice, what it has recorded, and where it tells.
 */
#ifndef GODWIT_LAB_SCENARIO_H
#define GODWIT_LAB_SCENARIO_H

#include "lab/internal.h"
#include "lab/soak.h"

#define RECORDED 16

typedef struct scenario {
    godwit_world_t *w;
    uint64_t dice, wire_dice;
    uint32_t bend; /* thousandths of packets that are bent */
    lab_packet_t *recorded[RECORDED];
    FILE *out;
} scenario_t;

static inline uint32_t draw(scenario_t *s, uint32_t below)
{
    return godwit_lab_random_below(&s->dice, below);
}

/* ---- scenario.c ---- */
void lab_tell(const scenario_t *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- acts.c ---- */
/* One act, drawn. */
void lab_act(scenario_t *s);

/* ---- acts_e2e.c ---- */
void lab_draw_e2e(scenario_t *s, godwit_world_config_t *config);
bool lab_e2e_act(scenario_t *s, unsigned device); /* false: another act */

/* ---- acts_trigger.c ---- */
void lab_draw_trigger(scenario_t *s, godwit_world_config_t *config);
bool lab_trigger_act(scenario_t *s, unsigned device); /* false: another act */
bool lab_trigger_gets_through(scenario_t *s, unsigned device);
/* Everything has come to its end, and was what its source was told. */
void lab_trigger_settles(scenario_t *s);

/* ---- acts_stranger.c ---- */
void lab_stranger_act(scenario_t *s, unsigned device); /* against triggers */

#endif
