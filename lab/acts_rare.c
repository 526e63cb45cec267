/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens in few scenarios, drawn with dice of its own, so that all others stay what they were: a store is put
 * back to an older state, a row of one is damaged, or answers come that are none.
 */
#include "lab/scenario_parts.h"

#define ONE_OF 32 /* scenarios, for each kind */
#define EARLY 12  /* the backup is older than so many acts */

static uint32_t draw_rare(scenario_t *s, uint32_t below)
{
    return godwit_lab_random_below(&s->rare.dice, below);
}

/* A function with a store that its world has; of a MKEF the operator would have to release every contact. */
static unsigned draw_keeper(scenario_t *s)
{
    static const unsigned keepers[] = {GODWIT_WORLD_HSE,    GODWIT_WORLD_EMKS, GODWIT_WORLD_HSS,  GODWIT_WORLD_EMSE,
                                       GODWIT_WORLD_MME,    GODWIT_WORLD_SGSN, GODWIT_WORLD_MSC,  GODWIT_WORLD_MTC,
                                       GODWIT_WORLD_BSF,    GODWIT_WORLD_AANF, GODWIT_WORLD_EESE, GODWIT_WORLD_EAS,
                                       GODWIT_WORLD_MTC_IWF};
    unsigned node;
    do {
        node = keepers[draw_rare(s, sizeof keepers / sizeof keepers[0])];
    } while (!s->w->functions[node].present);
    return node;
}

void lab_rare_draw(scenario_t *s, unsigned acts)
{
    rare_t *r = &s->rare;
    const unsigned which = draw_rare(s, ONE_OF);
    r->kind = which < RARE_NOTHING ? which : RARE_NOTHING;
    if (r->kind == RARE_ANSWERS) {
        lab_tell(s, "answers come that are none");
        lab_answers_draw(s->w, r->dice);
    } else if (r->kind != RARE_NOTHING) {
        r->node = draw_keeper(s);
        r->second = 1 + draw_rare(s, acts - 1);
        r->first = r->second > EARLY ? r->second - 1 - draw_rare(s, EARLY) : draw_rare(s, r->second);
    }
}

static void put_back(scenario_t *s)
{
    const rare_t *r = &s->rare;
    lab_tell(s, "the store of %s is put back%s", godwit_world_node_name(r->node),
             r->kind == RARE_RESTORED ? ", and made safe" : "");
    lab_backup_put_back(s->w, r->kind == RARE_RESTORED);
}

/* What a role has in memory it may not read: half of them lose their power besides. */
static void damage(scenario_t *s)
{
    const unsigned node = s->rare.node;
    if (lab_damage(s->w, node, draw_rare(s, UINT32_MAX))) {
        lab_tell(s, "a row of the store of %s is damaged", godwit_world_node_name(node));
    }
    if (draw_rare(s, 2) == 0) {
        godwit_world_power_loss(s->w, node);
    }
}

void lab_rare_act(scenario_t *s, unsigned act)
{
    const rare_t *r = &s->rare;
    if (r->kind == RARE_DAMAGE && act == r->second) {
        damage(s);
    } else if (r->kind <= RARE_PUT_BACK && act == r->first) {
        lab_tell(s, "%s has a backup made of its store", godwit_world_node_name(r->node));
        lab_backup_take(s->w, r->node);
    } else if (r->kind <= RARE_PUT_BACK && act == r->second) {
        put_back(s);
    }
}
