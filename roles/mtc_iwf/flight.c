/* SPDX-License-Identifier: Apache-2.0
 *
 * A device that is worked on: asked for at the HSS (S6m), then its triggers one by one. What is here may be lost at any
 * moment: the record of a trigger says when it must be looked at again.
 */
#include <string.h>

#include "roles/mtc_iwf/internal.h"

static void flight_timer(const godwit_iwf_turn_t *turn, const godwit_iwf_flight_t *flight, uint32_t delay_ms)
{
    godwit_outbox_timer(turn->out, (uint32_t)(1 + (flight - turn->iwf->flights)), delay_ms);
}

/* The flight of that device, or else a free place; NULL: there is none. A flight whose time has run out has lost its
 * timer, and is nobody's. */
static godwit_iwf_flight_t *place_for(const godwit_iwf_turn_t *turn, const godwit_imsi_t *imsi, bool *flies)
{
    godwit_iwf_flight_t *place = NULL;
    *flies = false;
    for (size_t i = 0; i < GODWIT_IWF_FLIGHTS_MAX; i++) {
        godwit_iwf_flight_t *flight = &turn->iwf->flights[i];
        const bool open = flight->step != GODWIT_IWF_FREE && turn->in->now_ms <= flight->until_ms;
        if (open && godwit_imsi_equal(&flight->imsi, imsi)) {
            *flies = true;
            return flight;
        }
        if (place == NULL && !open) {
            place = flight;
        }
    }
    return place;
}

void godwit_iwf_heard(const godwit_iwf_turn_t *turn, const godwit_imsi_t *imsi, const godwit_trigger_node_t *node)
{
    static const godwit_trigger_node_t nobody;
    bool flies;
    godwit_iwf_flight_t *flight = place_for(turn, imsi, &flies);
    if (!flies) {
        return;
    }
    const godwit_trigger_node_t by = node != NULL ? *node : nobody;
    /* Of two nodes one may be a liar: then it is tried once, wherever the HSS says. */
    const bool same = !flight->heard || strcmp(flight->heard_by.host, by.host) == 0;
    flight->heard_by = same ? by : nobody;
    flight->heard = true;
}

bool godwit_iwf_has_place(const godwit_iwf_turn_t *turn, const godwit_imsi_t *imsi)
{
    bool flies;
    return place_for(turn, imsi, &flies) != NULL;
}

void godwit_iwf_land(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight)
{
    flight_timer(turn, flight, 0);
    memset(flight, 0, sizeof *flight);
}

void godwit_iwf_go_on(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight)
{
    flight->step = GODWIT_IWF_LOCATED;
    flight->heard = false;
    flight->transaction = 0;
    flight->until_ms = turn->in->now_ms + turn->iwf->config.node_timeout_ms;
    flight_timer(turn, flight, 1);
}

static void take_location(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight,
                          const godwit_subscriber_info_answer_t *located)
{
    flight->openly = located->nodes > 0 && turn->in->message->hop == GODWIT_HOP_OPEN;
    memcpy(flight->msisdn, located->device.msisdn, sizeof flight->msisdn);
    flight->nodes = 0;
    for (size_t i = 0; i < located->nodes && i < GODWIT_SERVING_NODES_MAX; i++) {
        if (located->node[i].host[0] != '\0') {
            flight->node[flight->nodes++] = located->node[i];
        }
    }
}

static void locate(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight)
{
    const uint32_t transaction = godwit_iwf_transaction(turn);
    godwit_message_t *message =
        godwit_iwf_request(turn, GODWIT_SUBSCRIBER_INFO_REQUEST, GODWIT_FUNCTION_HSS, transaction);
    if (message == NULL) {
        memset(flight, 0, sizeof *flight);
        return;
    }
    message->u.subscriber_info_request.imsi = flight->imsi;
    godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = message;
    flight->step = GODWIT_IWF_LOCATING;
    flight->transaction = transaction;
    flight->until_ms = turn->in->now_ms + turn->iwf->config.hss_timeout_ms;
    flight_timer(turn, flight, turn->iwf->config.hss_timeout_ms);
}

bool godwit_iwf_fly(const godwit_iwf_turn_t *turn, const godwit_imsi_t *imsi,
                    const godwit_subscriber_info_answer_t *located)
{
    bool flies;
    godwit_iwf_flight_t *flight = place_for(turn, imsi, &flies);
    if (flies) {
        memset(&flight->word, 0, sizeof flight->word); /* it goes on for more than a node's word */
    }
    if (flight == NULL || flies) {
        return flies;
    }
    memset(flight, 0, sizeof *flight);
    flight->imsi = *imsi;
    if (located != NULL) {
        take_location(turn, flight, located);
        godwit_iwf_go_on(turn, flight);
    } else {
        locate(turn, flight);
    }
    return true;
}

void godwit_iwf_fly_for(const godwit_iwf_turn_t *turn, const godwit_imsi_t *imsi, const godwit_trigger_node_t *node)
{
    bool flies;
    godwit_iwf_flight_t *flight = place_for(turn, imsi, &flies);
    if (flight != NULL && !flies && godwit_iwf_fly(turn, imsi, NULL) && node != NULL) {
        flight->word = *node;
    }
}

/* Nothing has moved; but another one may have spoken meanwhile. */
static void not_its_word(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight)
{
    const godwit_iwf_flight_t was = *flight;
    godwit_iwf_land(turn, flight);
    if (was.heard) {
        godwit_iwf_fly_for(turn, &was.imsi, &was.heard_by);
    }
}

bool godwit_iwf_on_located(const godwit_iwf_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    for (size_t i = 0; i < GODWIT_IWF_FLIGHTS_MAX; i++) {
        godwit_iwf_flight_t *flight = &turn->iwf->flights[i];
        if (flight->step != GODWIT_IWF_LOCATING || flight->transaction != message->transaction) {
            continue;
        }
        if (message->u.subscriber_info_answer.status == GODWIT_OK && flight->word.host[0] != '\0' &&
            godwit_iwf_word_of(&message->u.subscriber_info_answer, &flight->word) == GODWIT_IWF_NOT_NAMED) {
            not_its_word(turn, flight);
        } else if (message->u.subscriber_info_answer.status == GODWIT_OK) {
            take_location(turn, flight, &message->u.subscriber_info_answer);
            godwit_iwf_go_on(turn, flight);
        } else {
            godwit_outbox_event(turn->out, "trigger_not_reached", message->u.subscriber_info_answer.status,
                                &flight->imsi, "the HSS does not say where the device is");
            godwit_iwf_land(turn, flight);
        }
        return true;
    }
    return false;
}

void godwit_iwf_on_flight_timer(const godwit_iwf_turn_t *turn, size_t index)
{
    godwit_iwf_flight_t *flight = &turn->iwf->flights[index];
    switch (flight->step) {
    case GODWIT_IWF_LOCATING:
        if (turn->in->now_ms >= flight->until_ms) {
            godwit_iwf_land(turn, flight);
        }
        break;
    case GODWIT_IWF_LOCATED:
        godwit_iwf_launch(turn, flight);
        break;
    case GODWIT_IWF_SENDING:
        if (turn->in->now_ms >= flight->until_ms) {
            godwit_iwf_on_silence(turn, flight);
        }
        break;
    default:
        break;
    }
}
