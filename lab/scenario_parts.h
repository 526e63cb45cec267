/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of a scenario share: its dice, what it has recorded, and where it tells.
 */
#ifndef GODWIT_LAB_SCENARIO_H
#define GODWIT_LAB_SCENARIO_H

#include "lab/internal.h"
#include "lab/soak.h"

#define RECORDED 16

/* What is drawn in few scenarios: acts_rare.c. */
typedef struct rare {
    uint64_t dice;
    enum { RARE_RESTORED, RARE_PUT_BACK, RARE_DAMAGE, RARE_ANSWERS, RARE_NOTHING } kind;
    unsigned node;          /* whose store */
    unsigned first, second; /* acts: the backup is made, and put back; or the row damaged */
} rare_t;

typedef struct scenario {
    godwit_world_t *w;
    uint64_t dice, wire_dice;
    uint32_t bend; /* thousandths of packets that are bent */
    lab_packet_t *recorded[RECORDED];
    FILE *out;
    rare_t rare;
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

/* ---- acts_rare.c ---- */
void lab_rare_draw(scenario_t *s, unsigned acts); /* of so many acts */
void lab_rare_act(scenario_t *s, unsigned act);   /* before that act */

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
