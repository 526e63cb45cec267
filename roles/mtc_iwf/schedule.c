/* SPDX-License-Identifier: Apache-2.0
 *
 * What is due. A timer takes the trigger whose time comes first, does one thing with it and makes that durable; then
 * the next. So a start after a death is a timer like any other, and a hundred thousand pending triggers cost no memory.
 * While much is due there are more such timers with each millisecond, and what they commit at a time is one
 * transaction.
 */
#include <string.h>

#include "roles/mtc_iwf/internal.h"

#define STORE_AGAIN_MS 1000u

static uint64_t due_again(const godwit_iwf_turn_t *turn, const godwit_trigger_record_t *t)
{
    const godwit_mtc_iwf_config_t *c = &turn->iwf->config;
    const uint64_t due_ms = turn->in->now_ms + godwit_iwf_backoff(c->retry_ms, c->retry_max_ms, t->attempts);
    return due_ms < t->expires_ms ? due_ms : t->expires_ms;
}

/* It goes, or another one of its device that comes first. */
static void try_again(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *t)
{
    t->state = GODWIT_TRIGGER_WAITING;
    if (godwit_iwf_has_place(turn, &t->imsi)) {
        t->attempts += t->attempts < UINT32_MAX ? 1 : 0;
        t->due_ms = due_again(turn, t);
    } else {
        t->due_ms = turn->in->now_ms + GODWIT_IWF_FULL_MS;
        godwit_iwf_slow_down(turn->iwf);
    }
    godwit_iwf_commit(turn, t);
    (void)godwit_iwf_fly(turn, &t->imsi, NULL);
}

/* A request of its source has ended it, if the device has heard that in time. */
static void pending(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *t)
{
    if (turn->in->now_ms >= t->expires_ms) {
        godwit_iwf_settle(turn, t, t->outcome);
    } else if (t->recalled || t->replaced) {
        godwit_iwf_hold_back(turn, t);
    } else {
        try_again(turn, t);
    }
}

static void forget(const godwit_iwf_turn_t *turn, const godwit_trigger_record_t *t)
{
    godwit_request_t *request = godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT);
    request->deleting = true;
    request->record_key = godwit_iwf_key_named(t->source_key, t->action.reference);
}

/* ---- lanes ---- */

/* There is no place for what is due, or nothing is: one after the other again. */
void godwit_iwf_slow_down(godwit_mtc_iwf_t *iwf)
{
    iwf->lanes = 0;
}

/* Something was due, and so may more be. lane: GODWIT_IWF_LANES_MAX is the timer that leads, and takes one more along
 * each time. */
static void go_on(const godwit_iwf_turn_t *turn, uint32_t lane)
{
    godwit_mtc_iwf_t *iwf = turn->iwf;
    if (lane < iwf->lanes) {
        godwit_outbox_timer(turn->out, GODWIT_IWF_LANE_TIMERS + lane, 1);
    } else if (lane == GODWIT_IWF_LANES_MAX) {
        if (iwf->lanes < GODWIT_IWF_LANES_MAX) {
            godwit_outbox_timer(turn->out, GODWIT_IWF_LANE_TIMERS + iwf->lanes++, 1);
        }
        godwit_iwf_arm(turn, turn->in->now_ms + 1);
    }
}

static void work_on(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *t)
{
    switch (t->state) {
    case GODWIT_TRIGGER_REPORTING:
        godwit_iwf_report(turn, t);
        break;
    case GODWIT_TRIGGER_CLOSED:
        forget(turn, t);
        break;
    default:
        pending(turn, t);
        break;
    }
}

void godwit_iwf_on_due(const godwit_iwf_turn_t *turn, uint32_t lane)
{
    const bool leads = lane == GODWIT_IWF_LANES_MAX;
    const godwit_record_key_t key = godwit_iwf_key_due();
    godwit_trigger_record_t t;
    const godwit_status_t status = godwit_iwf_fetch_trigger(turn, &key, &t);
    if (status == GODWIT_AGAIN) {
        return;
    }
    turn->iwf->armed_ms = leads ? 0 : turn->iwf->armed_ms;
    if (status == GODWIT_OK && t.due_ms <= turn->in->now_ms) {
        work_on(turn, &t);
        go_on(turn, lane);
        return;
    }
    godwit_iwf_slow_down(turn->iwf);
    if (leads && status != GODWIT_NOT_FOUND) {
        godwit_iwf_arm(turn, status == GODWIT_OK ? t.due_ms : turn->in->now_ms + STORE_AGAIN_MS);
    }
}
