/* SPDX-License-Identifier: Apache-2.0
 *
 * A device in sixty lines: a reading comes from a sensor, the library says what to do, the board does it.
 * docs/device.md explains it.
 */
#include "examples/firmware/board.h"
#include "godwit/device.h"

static godwit_device_t device;
static godwit_device_requests_t requests;

static void start(void)
{
    uint8_t record[GODWIT_DEVICE_RECORD_MAX];
    godwit_device_config_t config = {
        .crypto = &godwit_crypto_builtin,
        .imsi = {"001010123456789", 15}, /* EF_IMSI of the SIM */
        .endpoint = godwit_slice_of_string("hse.example"),
        .best_plmn = {{0x00, 0xf1, 0x10}}, /* 001-01 */
        .serving_network = {{0x00, 0xf1, 0x10}},
        .framing = GODWIT_FRAMING_DEFAULT,
    };
    if (godwit_device_init(&device, &config) != GODWIT_OK) {
        board_log("configuration", "invalid");
    }
    size_t len = board_nvm_read(record, sizeof record);
    if (len > 0 && godwit_device_restore(&device, godwit_slice(record, len)) != GODWIT_OK) {
        board_log("record", "damaged"); /* no harm: the next reading sets up anew */
    }
    godwit_wipe(record, sizeof record);
}

/* The USIM's answer gives new requests in place of the old ones. */
static void authenticate(const uint8_t *rand, const uint8_t *autn)
{
    static const godwit_status_t meanings[] = {GODWIT_OK, GODWIT_AUTH_MAC_FAILURE, GODWIT_AUTH_RESYNC};
    godwit_usim_result_t result = {.status = GODWIT_IO_FAILED};
    uint8_t random[4];
    int answer = board_usim_authenticate(rand, autn, result.ck, result.ik, result.auts);
    if (answer >= 0) {
        result.status = meanings[answer];
    }
    board_random(random, sizeof random);
    godwit_status_t status = godwit_device_usim_result(&device, &result, random, &requests);
    if (status != GODWIT_OK) {
        board_log("card", godwit_status_name(status));
    }
    godwit_wipe(&result, sizeof result);
}

static void carry_out(void)
{
    for (size_t i = 0; i < requests.count; i++) {
        const godwit_device_request_t *r = &requests.item[i];
        if (r->kind == GODWIT_DEVICE_STORE && !board_nvm_write(r->octets.ptr, r->octets.len)) {
            board_log("record", "not written");
            start(); /* what follows a STORE that failed must not happen: begin with what is durable */
            return;
        }
        if (r->kind == GODWIT_DEVICE_SEND) {
            board_radio_send(r->octets.ptr, r->octets.len);
        } else if (r->kind == GODWIT_DEVICE_DELIVER) {
            board_message(r->octets.ptr, r->octets.len);
        } else if (r->kind == GODWIT_DEVICE_TIMER) {
            board_timer(r->delay_ms);
        } else if (r->kind == GODWIT_DEVICE_EVENT) {
            board_log(r->name, godwit_status_name(r->reason));
        } else if (r->kind == GODWIT_DEVICE_AUTHENTICATE) { /* always the last of a list */
            authenticate(r->rand, r->autn);
            i = (size_t)-1;
        }
    }
}

int main(void)
{
    static uint8_t octets[GODWIT_DEVICE_DATAGRAM_MAX];
    uint8_t random[4];
    size_t len = 0;
    board_event_t event;
    start();
    do {
        event = board_wait(octets, sizeof octets, &len);
        board_random(random, sizeof random);
        godwit_status_t status =
            event == BOARD_READING    ? godwit_device_send(&device, godwit_slice(octets, len), random, &requests)
            : event == BOARD_DATAGRAM ? godwit_device_receive(&device, godwit_slice(octets, len), random, &requests)
            : event == BOARD_TIMER    ? godwit_device_timer(&device, random, &requests)
                                      : godwit_device_suspend(&device, &requests);
        if (status != GODWIT_OK) {
            board_log("call", godwit_status_name(status)); /* GODWIT_AGAIN: the reading must be offered again later */
        }
        carry_out(); /* after an error, too: what is under way goes on with the timer */
    } while (event != BOARD_POWER_DOWN);
    return 0;
}
