/* SPDX-License-Identifier: Apache-2.0
 *
 * Device triggering (contribution 002) in the circuit domain: as roles/sgsn/trigger.c. What there is to decide is in
 * roles/serving_trigger.c.
 */
#include "roles/msc/internal.h"

void godwit_msc_locate(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    godwit_serving_home_t home;
    if (turn->msc->config.iwf_number[0] != '\0') {
        const uint8_t rat = godwit_msc_is_geran(ue->capability) ? GODWIT_LOCATION_GERAN : GODWIT_LOCATION_UTRAN;
        godwit_msc_home(turn->msc, &home);
        godwit_serving_trigger_locate(&ue->trigger, &home, turn->out, godwit_msc_new_transaction(turn->msc), &ue->imsi,
                                      rat, turn->in->now_ms);
    }
}

void godwit_msc_on_located(godwit_msc_turn_t *turn)
{
    godwit_serving_home_t home;
    bool registered = false;
    godwit_msc_home(turn->msc, &home);
    for (size_t i = 0; i < turn->msc->top; i++) {
        godwit_msc_ue_t *ue = &turn->msc->ues[i];
        if (ue->state == GODWIT_MSC_REGISTERED &&
            godwit_serving_trigger_located(&ue->trigger, turn->in->message, &registered)) {
            const godwit_status_t status = turn->in->message->u.location_update_answer.status;
            godwit_msc_event(turn, ue, status == GODWIT_OK ? "located" : "location_refused", status, NULL);
            if (registered) {
                godwit_serving_trigger_registered(&ue->trigger, &home, turn->out, godwit_msc_new_transaction(turn->msc),
                                                  &ue->imsi);
            }
            return;
        }
    }
}

void godwit_msc_heard(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    godwit_serving_home_t home;
    if (godwit_serving_trigger_is_lost(&ue->trigger, turn->in->now_ms)) {
        godwit_msc_locate(turn, ue);
    }
    godwit_msc_home(turn->msc, &home);
    godwit_serving_trigger_heard(&ue->trigger, &home, turn->out, godwit_msc_new_transaction(turn->msc), &ue->imsi);
}

void godwit_msc_on_iwf_key(godwit_msc_turn_t *turn)
{
    const godwit_msc_ue_t *ue = godwit_msc_registered(turn->msc, &turn->in->message->u.iwf_key_request.imsi, NULL);
    godwit_serving_trigger_key(ue != NULL ? &ue->trigger : NULL, turn->msc->config.crypto, turn->out,
                               GODWIT_FUNCTION_MSC, turn->in->message);
}
