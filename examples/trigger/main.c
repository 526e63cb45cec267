/* SPDX-License-Identifier: Apache-2.0
 *
 * A valve that moves when somebody whom its home has verified asks for it, and for nobody else: docs/device.md explains
 * it.
 */
#include <string.h>

#include "examples/trigger/modem.h"
#include "godwit/trigger.h"

#define VALVE_PORT 4096
#define KEY 32 /* CK || IK */

static godwit_trigger_t trigger;
static godwit_trigger_requests_t requests;

static godwit_trigger_now_t now(void)
{
    return (godwit_trigger_now_t){.up_ms = modem_up_ms()}; /* this board has no clock */
}

static bool start(void)
{
    uint8_t record[GODWIT_TRIGGER_RECORD];
    godwit_trigger_config_t config = {.crypto = &godwit_crypto_cacheless, .iwf = godwit_slice_of_string("iwf.example")};
    bool good = godwit_imsi_from_text("001010123456789", &config.imsi) == GODWIT_OK &&
                godwit_trigger_init(&trigger, &config) == GODWIT_OK;
    size_t len = board_nvm_read(record, sizeof record);
    if (good && len > 0 && godwit_trigger_restore(&trigger, godwit_slice(record, len)) != GODWIT_OK) {
        board_log("record", "damaged"); /* the MTC-IWF is told so, and begins anew */
    }
    godwit_wipe(record, sizeof record);
    return good;
}

/* A trigger whose sender nobody verified is taken from the network, and not acted on. */
static godwit_a3_outcome_t act(const godwit_trigger_delivery_t *d)
{
    const bool mine = d->port == VALVE_PORT && d->proved;
    return mine && valve_command(d->payload.ptr, d->payload.len) ? GODWIT_A3_DELIVERED : GODWIT_A3_NO_APPLICATION;
}

/* Lives until done has been said of it. */
static godwit_trigger_delivery_t delivered[GODWIT_TRIGGER_PENDING_MAX];
static size_t deliveries;

static void carry_out_one(const godwit_trigger_request_t *r)
{
    if (r->kind == GODWIT_TRIGGER_SEND) {
        modem_short_message(r->octets.ptr, r->octets.len);
    } else if (r->kind == GODWIT_TRIGGER_TIMER) {
        board_timer(r->delay_ms);
    } else if (r->kind == GODWIT_TRIGGER_EVENT) {
        board_log(r->name, godwit_status_name(r->reason));
    } else if (r->kind == GODWIT_TRIGGER_DELIVER) {
        delivered[deliveries++] = r->delivery; /* never more than may be unconfirmed */
    }
}

/* False: the record could not be written, and what follows it must not happen. */
static bool carry_out(void)
{
    for (size_t i = 0; i < requests.count; i++) {
        const godwit_trigger_request_t *r = &requests.item[i];
        if (r->kind == GODWIT_TRIGGER_STORE && !board_nvm_write(r->octets.ptr, r->octets.len)) {
            board_log("record", "not written");
            return false;
        }
        carry_out_one(r);
    }
    return true;
}

/* What stands in the requests, and then what the valve makes of it. */
static bool carry_out_and_act(void)
{
    bool good = carry_out();
    for (size_t i = 0; i < deliveries && good; i++) {
        const godwit_trigger_delivery_t *d = &delivered[i];
        good = godwit_trigger_done(&trigger, d->reference, act(d), &requests) == GODWIT_OK && carry_out();
    }
    deliveries = 0;
    return good;
}

static godwit_status_t handle(modem_event_t event, const uint8_t *octets, size_t len)
{
    if (event == MODEM_AKA) {
        return godwit_trigger_root(&trigger, GODWIT_IWF_ROOT_FLAGGED, octets, octets + KEY, &requests);
    }
    if (event == MODEM_SHORT_MESSAGE) {
        return godwit_trigger_receive(&trigger, godwit_slice(octets, len), GODWIT_TRIGGER_VIA_SMS, now(), &requests);
    }
    return godwit_trigger_timer(&trigger, &requests);
}

int main(void)
{
    uint8_t octets[GODWIT_TRIGGER_CONTAINER_MAX];
    size_t len = 0;
    bool good = start();
    if (good) {
        godwit_trigger_resume(&trigger, &requests); /* the valve is told again; it knows where it stands */
        good = carry_out_and_act();
    }
    while (good) {
        modem_event_t event = modem_wait(octets, sizeof octets, &len);
        if (event == MODEM_POWER_DOWN) {
            return 0;
        }
        good = handle(event, octets, len) == GODWIT_OK && carry_out_and_act();
        godwit_wipe(octets, sizeof octets);
    }
    return 1;
}
