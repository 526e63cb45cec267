/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices over WiFi that get their associations by interface A3, beside somebody who forges hints from very many
 * addresses: they have them as soon as without him, but for the round trip of a cookie.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lab/internal.h"

#define DEVICES 12
#define PATIENCE_MS 120000
#define PER_MS 3 /* forged hints: sixty times what needs no cookie */

static uint64_t forged_state = 1;

static bool is_associated(const godwit_world_t *w, unsigned device)
{
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_ASSOCIATION, .imsi = lab_imsi(device)};
    lab_store_t *store = (lab_store_t *)(uintptr_t)&w->functions[GODWIT_WORLD_MTC_IWF].store;
    const godwit_record_t *record = lab_store_find(store, &key, true);
    const uint32_t number = godwit_trigger_association(&w->devices[device].trigger.library);
    return number != 0 && record != NULL && record->u.association.current.number == number;
}

/* In the name of a device of this world, or of one that is none; sometimes with a cookie that he has made up. */
static void forge(godwit_world_t *w)
{
    uint8_t message[GODWIT_A3_DATAGRAM_MAX], octets[GODWIT_A3_DATAGRAM_MAX], cookie[GODWIT_A3_COOKIE];
    godwit_writer_t m = godwit_writer(message, sizeof message), out = godwit_writer(octets, sizeof octets);
    godwit_a3_message_t hint = {.type = GODWIT_A3_REJECT};
    godwit_address_t from = {.len = 6};
    const godwit_imsi_t imsi = lab_imsi(godwit_lab_random_below(&forged_state, 4 * DEVICES));
    godwit_lab_random_fill(&forged_state, from.octets, from.len);
    godwit_lab_random_fill(&forged_state, cookie, sizeof cookie);
    hint.reject = (godwit_a3_reject_t){.reason = GODWIT_A3_NO_ASSOCIATION, .root = GODWIT_IWF_ROOT_EAP};
    godwit_lab_random_fill(&forged_state, hint.reject.root_name, sizeof hint.reject.root_name);
    if (cookie[0] % 4 == 0) {
        godwit_a3_cookie_put(cookie, &m);
    }
    assert_int_equal(godwit_a3_unprotected_build(&hint, &m), GODWIT_OK);
    assert_int_equal(godwit_a3_datagram_build(&imsi, godwit_written(&m), &out), GODWIT_OK);
    lab_function_input(
        w, GODWIT_WORLD_MTC_IWF,
        &(godwit_input_t){
            .kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_A3, .from = from, .datagram = godwit_written(&out)});
}

/* When the last of them has its association. */
static uint64_t associated_at(bool flooded)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.devices = DEVICES;
    config.trigger = (godwit_world_triggering_t){.on = true, .root = GODWIT_IWF_ROOT_EAP};
    godwit_world_t *w = godwit_world_new(&config);
    const uint64_t began = w->now_ms;
    uint64_t at_ms = 0;
    for (unsigned left = DEVICES; left > 0 && w->now_ms - began < PATIENCE_MS;) {
        for (unsigned i = 0; i < PER_MS && flooded; i++) {
            forge(w);
        }
        godwit_world_run(w, 1);
        left = 0;
        for (unsigned i = 0; i < DEVICES; i++) {
            left += is_associated(w, i) ? 0 : 1;
        }
        at_ms = w->now_ms - began;
    }
    assert_null(godwit_world_violation(w));
    godwit_world_free(w);
    return at_ms;
}

static void devices_associate_as_soon_beside_a_flood(void **state)
{
    (void)state;
    const uint64_t round_trip_ms = 2 * (uint64_t)godwit_world_defaults().delay_max_ms;
    const uint64_t alone = associated_at(false), beside = associated_at(true);
    print_message("all associated after %u ms, beside a flood after %u ms\n", (unsigned)alone, (unsigned)beside);
    assert_true(alone < PATIENCE_MS);
    assert_true(beside <= alone + round_trip_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(devices_associate_as_soon_beside_a_flood)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
