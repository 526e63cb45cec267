/* SPDX-License-Identifier: Apache-2.0
 *
 * What mme and sgsn are told of next sessions (contribution 000), and the sgsn of GERAN and of its neighbours. The
 * vectors must survive the process, so there must be a store.
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/config_check.h"

#define DAY_S 86400U

bool config_next_session(config_t *c, const char *where, const raw_next_session_t *raw, config_next_session_t *made)
{
    char name[64];
    memset(made, 0, sizeof *made);
    if (raw == NULL || !raw->on) {
        return true;
    }
    made->on = true;
    made->early = raw->early;
    made->life_s = DAY_S * (raw->life_days == 0 ? 30 : raw->life_days);
    made->wait_ms = raw->wait_ms;
    (void)snprintf(name, sizeof name, "%s.life_days", where);
    if (!config_range(c, name, raw->life_days, 1, 365)) {
        return false;
    }
    (void)snprintf(name, sizeof name, "%s.wait_ms", where);
    return config_range(c, name, raw->wait_ms, 100, 60000) &&
           (c->store_path != NULL ||
            config_refuse(c, where, 0, "needs a store: the vectors of following sessions must survive", NULL));
}

static bool ki128(config_t *c, const char *text, godwit_sgsn_ki128_t *made)
{
    static const char *const words[] = {[GODWIT_SGSN_KI128_REQUIRED] = "required",
                                        [GODWIT_SGSN_KI128_PREFERRED] = "preferred",
                                        [GODWIT_SGSN_KI128_NONE] = "none"};
    for (unsigned i = 0; text != NULL && i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(text, words[i]) == 0) {
            *made = (godwit_sgsn_ki128_t)i;
            return true;
        }
    }
    return text == NULL || config_refuse(c, "sgsn.ki128", 0, "must be required, preferred or none", text);
}

static bool others(config_t *c, const raw_sgsn_t *raw)
{
    godwit_sgsn_config_t *s = &c->sgsn.role;
    if (raw->others_count > GODWIT_SGSN_OTHERS_MAX) {
        return config_refuse(c, "sgsn.others", 0, "eight are the most", NULL);
    }
    for (unsigned i = 0; i < raw->others_count; i++) {
        const raw_sgsn_other_t *o = &raw->others[i];
        if (o->lac == 0 || o->lac > 65533 || o->rac > 255 || o->rac == 0) {
            return config_refuse(c, "sgsn.others[]", i, "has a lac from 1 to 65533 and a rac from 1 to 255", NULL);
        }
        s->other[i].lac = (uint16_t)o->lac;
        s->other[i].rac = (uint8_t)o->rac;
        if (!config_ipv4(c, "sgsn.others[].address", i, o->address, s->other[i].ipv4)) {
            return false;
        }
    }
    s->others = (uint8_t)raw->others_count;
    return true;
}

bool config_sgsn_next_session(config_t *c, const raw_sgsn_t *raw)
{
    config_next_session_t next;
    godwit_sgsn_config_t *s = &c->sgsn.role;
    if (!config_next_session(c, "sgsn.next_session", raw->next_session, &next) || !ki128(c, raw->ki128, &s->ki128) ||
        !others(c, raw)) {
        return false;
    }
    s->unaware = raw->unaware;
    s->next_session = next.on;
    s->next_early = next.early;
    s->next_life_s = next.life_s;
    s->next_wait_ms = next.wait_ms;
    return true;
}

static bool mme_others(config_t *c, const raw_mme_t *raw)
{
    godwit_mme_config_t *m = &c->mme.role;
    if (raw->others_count > GODWIT_MME_OTHERS_MAX) {
        return config_refuse(c, "mme.others", 0, "eight are the most", NULL);
    }
    for (unsigned i = 0; i < raw->others_count; i++) {
        const raw_mme_other_t *o = &raw->others[i];
        if (o->group == 0 || o->group > 65535 || o->code == 0 || o->code > 255) {
            return config_refuse(c, "mme.others[]", i, "has a group from 1 to 65535 and a code from 1 to 255", NULL);
        }
        m->other[i].mme_group = (uint16_t)o->group;
        m->other[i].mme_code = (uint8_t)o->code;
        if (!config_ipv4(c, "mme.others[].address", i, o->address, m->other[i].ipv4)) {
            return false;
        }
    }
    m->others = (uint8_t)raw->others_count;
    return true;
}

bool config_mme_next_session(config_t *c, const raw_mme_t *raw)
{
    config_next_session_t next;
    godwit_mme_config_t *m = &c->mme.role;
    if (!config_next_session(c, "mme.next_session", raw->next_session, &next) || !mme_others(c, raw)) {
        return false;
    }
    m->next_session = next.on;
    m->next_early = next.early;
    m->next_life_s = next.life_s;
    m->next_wait_ms = next.wait_ms;
    return true;
}
