/* SPDX-License-Identifier: Apache-2.0
 *
 * Detach, by the device and by the network: TS 24.008 4.7.4. The row stays for a while, so that a repeated request is
 * answered again, and keys may serve another attach where policy lets them.
 */
#include "roles/sgsn/internal.h"

#define RETAIN_MS 60000
#define REATTACH_NOT_REQUIRED 2

static void linger(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    const godwit_sgsn_config_t *config = &turn->sgsn->config;
    godwit_sgsn_wait_for(turn, ue, GODWIT_SGSN_LINGER, config->retain_ms != 0 ? config->retain_ms : RETAIN_MS);
}

void godwit_sgsn_retained(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    if (ue->has_keys && !ue->security.exhausted && godwit_sgsn_may_serve_again(turn->sgsn, ue, turn->in->now_ms)) {
        linger(turn, ue);
        return;
    }
    ue->waiting = GODWIT_SGSN_NOTHING;
    godwit_sgsn_free(turn, ue);
}

void godwit_sgsn_detached(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const char *detail)
{
    for (size_t i = 0; i < GODWIT_SGSN_CONTEXTS_PER_UE; i++) {
        godwit_sgsn_forget(turn, ue, &ue->context[i]);
    }
    godwit_sgsn_drop_buffered(ue);
    godwit_sgsn_sms_end(turn, ue);
    if (ue->state == GODWIT_SGSN_REGISTERED) {
        godwit_sgsn_event(turn, ue, "detached", GODWIT_OK, detail);
    }
    ue->state = GODWIT_SGSN_DETACHED;
    godwit_sgsn_file(turn->sgsn, ue);
    ue->connected = ue->released_by_us = ue->detach_wanted = false;
    godwit_sgsn_active(turn, ue);
    linger(turn, ue);
}

void godwit_sgsn_accept_detach(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    uint8_t octets[48];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_gmm_detach_accept_network_t message = {.next = ue->next};
    if (godwit_gmm_detach_accept_network_build(&message, &w) == GODWIT_OK) {
        godwit_sgsn_put_nas(turn, ue, godwit_written(&w));
    }
    godwit_sgsn_detached(turn, ue, NULL);
}

void godwit_sgsn_detach_by_device(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, bool power_off)
{
    if (power_off) {
        godwit_sgsn_detached(turn, ue, "power off");
    } else if (!godwit_sgsn_ask_next(turn, ue, GODWIT_GMM_DETACH_ACCEPT)) {
        godwit_sgsn_accept_detach(turn, ue);
    }
}

/* ---- by the network ---- */

void godwit_sgsn_ask_detach(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    uint8_t octets[48];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_gmm_detach_request_network_t message = {.type = REATTACH_NOT_REQUIRED, .next = ue->next};
    if (godwit_gmm_detach_request_network_build(&message, &w) == GODWIT_OK) {
        godwit_sgsn_put_nas(turn, ue, godwit_written(&w));
    }
}

void godwit_sgsn_begin_detach(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    if (!godwit_sgsn_ask_next(turn, ue, GODWIT_GMM_DETACH_REQUEST)) {
        godwit_sgsn_ask_detach(turn, ue);
        godwit_sgsn_wait(turn, ue, GODWIT_SGSN_DETACHING);
    }
}

void godwit_sgsn_detach_by_network(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    if (ue->waiting == GODWIT_SGSN_DETACHING) {
        return;
    }
    ue->detach_wanted = true;
    if (ue->connected) {
        godwit_sgsn_begin_detach(turn, ue);
    } else {
        godwit_sgsn_page(turn, ue);
    }
}
