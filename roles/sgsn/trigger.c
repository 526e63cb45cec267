/* SPDX-License-Identifier: Apache-2.0
 *
 * Device triggering (contribution 002): the home hears where the device is, its MTC-IWF that it can be reached, and
 * what the MTC-IWF has for it goes as a short message of this node's own. A device that is idle is paged first.
 */
#include "roles/sgsn/internal.h"

void godwit_sgsn_locate(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    godwit_serving_home_t home;
    if (turn->sgsn->config.iwf_number[0] != '\0') {
        godwit_sgsn_home(turn->sgsn, &ue->imsi, &home);
        godwit_serving_trigger_locate(&ue->trigger, &home, turn->out, godwit_sgsn_new_transaction(turn->sgsn),
                                      &ue->imsi, ue->geran ? GODWIT_LOCATION_GERAN : GODWIT_LOCATION_UTRAN,
                                      turn->in->now_ms);
    }
}

void godwit_sgsn_on_located(godwit_sgsn_turn_t *turn)
{
    godwit_serving_home_t home;
    for (size_t i = 0; i < turn->sgsn->top; i++) {
        godwit_sgsn_ue_t *ue = &turn->sgsn->ues[i];
        bool registered = false;
        if (ue->state != GODWIT_SGSN_REGISTERED ||
            !godwit_serving_trigger_located(&ue->trigger, turn->in->message, &registered)) {
            continue;
        }
        const godwit_status_t status = turn->in->message->u.location_update_answer.status;
        godwit_sgsn_event(turn, ue, status == GODWIT_OK ? "located" : "location_refused", status, NULL);
        if (registered) {
            godwit_sgsn_home(turn->sgsn, &ue->imsi, &home);
            godwit_serving_trigger_registered(&ue->trigger, &home, turn->out, godwit_sgsn_new_transaction(turn->sgsn),
                                              &ue->imsi);
        }
        return;
    }
}

void godwit_sgsn_heard(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    godwit_serving_home_t home;
    if (godwit_serving_trigger_is_lost(&ue->trigger, turn->in->now_ms)) {
        godwit_sgsn_locate(turn, ue);
    }
    godwit_sgsn_home(turn->sgsn, &ue->imsi, &home);
    godwit_serving_trigger_heard(&ue->trigger, &home, turn->out, godwit_sgsn_new_transaction(turn->sgsn), &ue->imsi);
}

void godwit_sgsn_on_iwf_key(godwit_sgsn_turn_t *turn)
{
    const godwit_sgsn_ue_t *ue = godwit_sgsn_registered(turn->sgsn, &turn->in->message->u.iwf_key_request.imsi, NULL);
    const bool is_there = ue != NULL && ue->state == GODWIT_SGSN_REGISTERED;
    godwit_serving_trigger_key(is_there ? &ue->trigger : NULL, turn->sgsn->config.crypto, turn->out,
                               GODWIT_FUNCTION_SGSN, turn->in->message);
}
