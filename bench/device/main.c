/* SPDX-License-Identifier: Apache-2.0
 *
 * Instructions that a device spends: on the primitives of one backend (BACKEND, given by bench/device/run), and on
 * sealing and opening one datagram with a 20-byte reading, or one trigger.
 */
#include "bench/device/start.h"
#include "core/trigger/trigger.h"
#include "godwit/crypto.h"
#include "godwit/emsdp.h"

static const uint8_t key[32] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
static uint8_t octets[64];
static bool failed;

static void check(godwit_status_t status)
{
    if (status != GODWIT_OK) {
        failed = true;
    }
}

static void aes_block(void)
{
    check(BACKEND.aes128_ecb(key, octets, octets, 1));
}

static void aes_ctr_20(void)
{
    check(BACKEND.aes128_ctr(key, octets + 32, octets, octets, 20));
}

static void cmac_36(void)
{
    godwit_slice_t part = godwit_slice(octets, 36);
    check(BACKEND.aes128_cmac(key, &part, 1, octets + 48));
}

static void kdf(void)
{
    godwit_slice_t part = godwit_slice(octets, 32);
    check(BACKEND.hmac_sha256(godwit_slice(key, 32), &part, 1, octets));
}

static godwit_emsdp_key_t session, peer;
static uint8_t datagram[64];
static godwit_writer_t out;

static void seal(void)
{
    out = godwit_writer(datagram, sizeof datagram);
    check(godwit_emsdp_seal_user(&BACKEND, &session, godwit_slice(octets, 20), &out));
}

static void open_one(void)
{
    godwit_emsdp_opened_t opened;
    uint8_t plain[sizeof datagram];
    check(godwit_emsdp_open(&BACKEND, &peer, godwit_written(&out), godwit_slice(NULL, 0), plain, &opened));
}

static void emsdp(void)
{
    godwit_framing_t framing = GODWIT_FRAMING_DEFAULT;
    check(godwit_emsdp_key_init(&BACKEND, &session, key, GODWIT_SUITE_DEFAULT, 1, framing, 7, 1, GODWIT_END_DEVICE));
    check(godwit_emsdp_key_init(&BACKEND, &peer, key, GODWIT_SUITE_DEFAULT, 1, framing, 7, 1, GODWIT_END_NETWORK));
    device_print_row("seal a 20-byte reading, eea2-eia2-64", device_instructions(seal));
    device_print_row("open a datagram with 20 bytes, eea2-eia2-64", device_instructions(open_one));
}

/* ---- triggers: as long as can be ---- */

static const godwit_a3_key_t association = {key, 1, GODWIT_A3_SUITE_MANDATORY};
static godwit_a3_message_t trigger, acknowledgement;
static uint8_t message[GODWIT_TRIGGER_CONTAINER_MAX];

static void open_trigger(void)
{
    godwit_a3_opened_t opened;
    check(godwit_a3_open(&BACKEND, &association, true, godwit_written(&out), &opened));
}

static void acknowledge(void)
{
    out = godwit_writer(message, sizeof message);
    check(godwit_a3_protect(&BACKEND, &association, 1, &acknowledgement, &out));
}

static void triggers(void)
{
    trigger.type = GODWIT_A3_TRIGGER;
    trigger.trigger.action = GODWIT_A3_TRIGGERING;
    trigger.trigger.payload_len = GODWIT_TRIGGER_PAYLOAD_MAX;
    acknowledgement.type = GODWIT_A3_ACKNOWLEDGEMENT;
    acknowledgement.acknowledgement.outcome = GODWIT_A3_DELIVERED;
    out = godwit_writer(message, sizeof message);
    check(godwit_a3_protect(&BACKEND, &association, 1, &trigger, &out));
    device_print_row("open a trigger with 80 octets, keys derived", device_instructions(open_trigger));
    device_print_row("make its acknowledgement, keys derived", device_instructions(acknowledge));
}

int main(void)
{
    device_print_row("AES-128, one block with its key schedule", device_instructions(aes_block));
    device_print_row("AES-128-CTR, 20 octets", device_instructions(aes_ctr_20));
    device_print_row("AES-128-CMAC, 36 octets", device_instructions(cmac_36));
    device_print_row("one KDF (HMAC-SHA-256)", device_instructions(kdf));
    emsdp();
    triggers();
    return failed;
}
