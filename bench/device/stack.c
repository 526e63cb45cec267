/* SPDX-License-Identifier: Apache-2.0
 *
 * Stack that the calls of the device library take: what is below the caller is painted, the call made, and the paint
 * looked for. A network end of core functions plays along.
 */
#include <string.h>

#include "bench/device/painted.h"
#include "bench/device/start.h"
#include "core/agree/separate_aka/separate_aka.h"
#include "godwit/device.h"

static godwit_device_t device;
static godwit_device_config_t config;
static godwit_device_e2e_t e2e;
static godwit_device_requests_t requests;
static godwit_emsdp_key_t network;
static godwit_usim_result_t usim;
static uint8_t octets[GODWIT_EMSDP_DATAGRAM_MAX], request[64], record[GODWIT_DEVICE_RECORD_MAX];
static size_t octets_len, request_len, record_len;
static const uint8_t some_random[4] = {1, 2, 3, 4};
static bool failed;

static void check(godwit_status_t status)
{
    failed = failed || status != GODWIT_OK;
}

static void send(void)
{
    check(godwit_device_send(&device, godwit_slice("20 octets of reading", 20), some_random, &requests));
}

static void receive(void)
{
    check(godwit_device_receive(&device, godwit_slice(octets, octets_len), some_random, &requests));
}

static void result(void)
{
    check(godwit_device_usim_result(&device, &usim, some_random, &requests));
}

static void make_terms(void)
{
    godwit_emsdp_control_t m = {
        .command = GODWIT_MANAGE_KEYS_REQUEST,
        .present = 1u << GODWIT_TLV_SERVICE,
        .terms = {.service = GODWIT_SERVICE_CONFIDENTIALITY, .suite = 1, .key_id = 1, .age = 1, .life_s = 86400}};
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    check(godwit_emsdp_seal_control(config.crypto, &network, &m, godwit_slice(NULL, 0), &w));
    octets_len = w.len;
}

static void suspend(void)
{
    check(godwit_device_suspend(&device, &requests));
}

static void restore(void)
{
    check(godwit_device_restore(&device, godwit_slice(record, record_len)));
}

/* Session Start to the request that the device sent. */
static void make_start(void)
{
    uint8_t key_set[32], k_session[32], transcript[GODWIT_EMSDP_TRANSCRIPT];
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_START, .agreement = 3, .suite = 1, .generation = 1};
    godwit_slice_t asked = godwit_slice(request, request_len);
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    m.present = 1u << GODWIT_TLV_RAND | 1u << GODWIT_TLV_AUTN | 1u << GODWIT_TLV_HSE_CONFIGURATION;
    m.framing = config.framing;
    m.autn[6] = 0x80;
    check(godwit_separate_aka_keyset(config.crypto, GODWIT_AGREEMENT_SEPARATE_EPS, usim.ck, usim.ik, m.autn,
                                     config.best_plmn, 0, key_set));
    check(godwit_k_session(config.crypto, key_set, config.endpoint, 1, k_session));
    check(godwit_emsdp_key_init(config.crypto, &network, k_session, 1, 1, config.framing, 1, 1, GODWIT_END_NETWORK));
    check(godwit_emsdp_transcript(config.crypto, &asked, 1, transcript));
    check(godwit_emsdp_seal_control(config.crypto, &network, &m, godwit_slice(transcript, sizeof transcript), &w));
    octets_len = w.len;
}

static void make_message(void)
{
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    check(godwit_emsdp_seal_user(config.crypto, &network, godwit_slice("valve shut", 10), &w));
    octets_len = w.len;
}

static void make_key_change(void)
{
    godwit_emsdp_control_t m = {.command = GODWIT_MANAGE_KEYS_REQUEST,
                                .present = 1u << GODWIT_TLV_KEY,
                                .key_generation = 2,
                                .key_suite = 1,
                                .key_id = 2};
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    check(godwit_emsdp_seal_control(config.crypto, &network, &m, godwit_slice(NULL, 0), &w));
    octets_len = w.len;
}

int main(void)
{
    config.crypto = &BACKEND;
    config.imsi = (godwit_imsi_t){"001010123456789", 15};
    config.endpoint = godwit_slice_of_string("hse.example");
    config.framing = GODWIT_FRAMING_DEFAULT;
    usim.status = GODWIT_OK;
    check(godwit_device_init(&device, &config));
    device_print_row("stack: send, session request", stack_of(send));
    request_len = requests.item[0].octets.len;
    memcpy(request, requests.item[0].octets.ptr, request_len);
    make_start();
    device_print_row("stack: receive, session start", stack_of(receive));
    device_print_row("stack: result of the USIM, confirmation", stack_of(result));
    device_print_row("stack: send, a reading", stack_of(send));
    make_message();
    device_print_row("stack: receive, a message", stack_of(receive));
    config.enterprise = godwit_slice_of_string("eas.example"); /* the same session goes on end to end */
    e2e.config =
        (godwit_device_e2e_config_t){.service = GODWIT_SERVICE_CONFIDENTIALITY, .suites = 1, .overlap_s = 3600};
    device.config.enterprise = config.enterprise;
    device.config.e2e = &e2e;
    device_print_row("stack: send, end to end: the service is asked for", stack_of(send));
    make_terms();
    device_print_row("stack: receive, end to end: the next age, and the reading that waited", stack_of(receive));
    device_print_row("stack: send, end to end: a reading", stack_of(send));
    device.config.e2e = NULL;
    make_key_change();
    device_print_row("stack: receive, change of keys", stack_of(receive));
    device_print_row("stack: suspend", stack_of(suspend));
    record_len = requests.item[0].octets.len;
    memcpy(record, requests.item[0].octets.ptr, record_len);
    device_print_row("stack: restore", stack_of(restore));
    return failed;
}
