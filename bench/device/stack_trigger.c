/* SPDX-License-Identifier: Apache-2.0
 *
 * Stack that a device with triggers takes (painted.h). A MTC-IWF of core functions plays along.
 */
#include <string.h>

#include "bench/device/painted.h"
#include "bench/device/start.h"
#include "godwit/keys.h"
#include "godwit/trigger.h"

static godwit_trigger_t trigger;
static godwit_trigger_config_t config;
static godwit_trigger_requests_t requests;
static const godwit_trigger_now_t now = {1000, 0};
static const uint8_t root[32] = {1, 2, 3}, rand[16] = {4, 5, 6};
static uint8_t k_iwf[32], octets[GODWIT_TRIGGER_CONTAINER_MAX], record[GODWIT_TRIGGER_RECORD];
static size_t octets_len;
static godwit_a3_message_t m;
static bool failed;

static void check(godwit_status_t status)
{
    failed = failed || status != GODWIT_OK;
}

static void give_root(void)
{
    check(godwit_trigger_root(&trigger, GODWIT_IWF_ROOT_FLAGGED, root, rand, &requests));
}

static void receive(void)
{
    check(godwit_trigger_receive(&trigger, godwit_slice(octets, octets_len), GODWIT_TRIGGER_VIA_SMS, now, &requests));
}

static void done(void)
{
    check(godwit_trigger_done(&trigger, 7, GODWIT_A3_DELIVERED, &requests));
}

static void restore(void)
{
    check(godwit_trigger_restore(&trigger, godwit_slice(record, sizeof record)));
}

static void make(uint32_t count)
{
    const godwit_a3_key_t key = {k_iwf, 1, 1};
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    check(godwit_a3_protect(config.crypto, &key, count, &m, &w));
    octets_len = w.len;
}

static void make_command(void)
{
    m = (godwit_a3_message_t){.type = GODWIT_A3_COMMAND, .command = {1, GODWIT_IWF_ROOT_FLAGGED, {0}, 1000, 2, {1, 3}}};
    check(godwit_iwf_root_name(config.crypto, rand, m.command.root_name));
    check(godwit_k_iwf(config.crypto, root, config.iwf, &config.imsi, 1, k_iwf));
    make(0);
}

static void make_trigger(void)
{
    m = (godwit_a3_message_t){.type = GODWIT_A3_TRIGGER,
                              .trigger = {.action = GODWIT_A3_TRIGGERING,
                                          .acknowledge = true,
                                          .reference = 7,
                                          .time_s = 1000,
                                          .payload_len = GODWIT_TRIGGER_PAYLOAD_MAX}};
    make(1);
}

int main(void)
{
    config.crypto = &BACKEND;
    config.imsi = (godwit_imsi_t){"001010123456789", 15};
    config.iwf = godwit_slice_of_string("iwf.example");
    check(godwit_trigger_init(&trigger, &config));
    device_print_row("stack: triggers, a root", stack_of(give_root));
    make_command();
    device_print_row("stack: triggers, a Command", stack_of(receive));
    make_trigger();
    device_print_row("stack: triggers, a trigger", stack_of(receive));
    device_print_row("stack: triggers, confirmed", stack_of(done));
    memcpy(record, requests.item[0].octets.ptr, sizeof record);
    device_print_row("stack: triggers, restore", stack_of(restore));
    failed = failed || trigger.current.number != 1 || trigger.memory[0].outcome != GODWIT_A3_DELIVERED;
    return failed;
}
