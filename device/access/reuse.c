/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access: keys that outlive a registration (TS 24.301 4.4.2.3, 5.5.1.2.2; TS 24.008 4.7.7.3; TS 33.102
 * 6.4.4, 6.4.8). They are named in the next attach together with the GUTI or P-TMSI that the network gave under them,
 * and their COUNTs go on: no COUNT is used twice under one key. A network that does not answer to it, or refuses, is
 * asked as if there were none; nothing waits for the old keys to do.
 */
#include <string.h>

#include "device/access/internal.h"

/* What may still be spent when they are named again; the network sends for new keys in time, too. */
#define NAS_COUNT_LATE (GODWIT_NAS_COUNT_END - 0x1000u)
#define RADIO_COUNT_LATE (UINT32_MAX - 0x1000u)

static bool has_context(const godwit_access_t *access)
{
    if (access->config.kind == GODWIT_ACCESS_EPS) {
        return access->known && access->nas.set && access->nas.next_up < NAS_COUNT_LATE &&
               access->nas.next_down < NAS_COUNT_LATE;
    }
    return access->known && access->radio_set && access->radio.next_out < RADIO_COUNT_LATE &&
           access->radio.next_in < RADIO_COUNT_LATE;
}

bool godwit_access_offers(const godwit_access_t *access)
{
    return has_context(access) && access->exchange.sendings <= GODWIT_ACCESS_OFFERS; /* a reject counts as a sending */
}

void godwit_access_renew(godwit_access_t *access)
{
    access->next.passed_over = true;
    access->known = false;
    if (access->state == GODWIT_ACCESS_DETACHED) { /* and so they are of no use any more */
        godwit_access_forget(access);
    }
}

/* ---- the end of a registration ---- */

static void end_registration(godwit_access_t *access)
{
    uint8_t runs = access->vector.runs;
    access->state = GODWIT_ACCESS_DETACHED;
    access->connected = access->secured = false;
    access->awaits_container = access->owes_information = access->container_sent = false;
    access->owes_activation = access->container_spent = false;
    access->bearer = 0;
    access->container_len = access->held_len = 0;
    access->held_sent = false;
    memset(&access->exchange, 0, sizeof access->exchange);
    godwit_wipe(&access->vector, sizeof access->vector);
    access->vector.runs = runs;
    godwit_access_next_disarm(access);
    godwit_access_sms_forget(access);
    godwit_wipe(&access->trigger, sizeof access->trigger);
    godwit_wipe(access->plain, sizeof access->plain);
    godwit_wipe(access->held, sizeof access->held);
}

void godwit_access_forget(godwit_access_t *access)
{
    end_registration(access);
    access->known = access->keyed = access->radio_set = access->has_p_tmsi = access->has_guti = false;
    godwit_nas_security_wipe(&access->nas);
    godwit_wipe(&access->radio, sizeof access->radio);
}

void godwit_access_leave(godwit_access_t *access)
{
    if (has_context(access)) {
        end_registration(access);
    } else {
        godwit_access_forget(access);
    }
}

/* ---- the next attach ---- */

void godwit_access_ask_again(godwit_access_t *access, godwit_access_requests_t *requests)
{
    access->container_len = 0; /* the generation above which it asked has been taken since */
    access->container_spent = false;
    access->awaits_container = access->config.e2m && access->keyed;
    if (access->awaits_container) {
        bool eps = access->config.kind == GODWIT_ACCESS_EPS;
        godwit_access_ask_for(requests, GODWIT_ACCESS_KEY_SET_AGAIN)->agreement =
            eps ? GODWIT_AGREEMENT_ACCESS_EPS : GODWIT_AGREEMENT_ACCESS_UMTS;
    }
}

void godwit_access_reused(godwit_access_t *access, godwit_access_requests_t *requests)
{
    access->exchange.proved = true;
    access->exchange.former = GODWIT_ACCESS_DETACHED; /* the network has ended what there was */
    godwit_access_event(requests, "context_reused", GODWIT_OK);
    godwit_access_ask_again(access, requests);
}
