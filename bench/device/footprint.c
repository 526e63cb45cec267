/* SPDX-License-Identifier: Apache-2.0
 *
 * A program with the whole device library in it and nothing else: its size over that of an empty one is what the
 * library takes of flash. With FOOTPRINT_EMPTY: the empty one. With FOOTPRINT_MTC: the device of device RAND in its
 * place; with FOOTPRINT_BOTH: beside it. With
 * FOOTPRINT_TRIGGER: triggers in its place; with FOOTPRINT_TRIGGER_BESIDE: beside it.
 */
#include "bench/device/start.h"
#include "godwit/device.h"
#include "godwit/mtc.h"
#include "godwit/trigger.h"

#if defined FOOTPRINT_MTC || defined FOOTPRINT_TRIGGER
#define WITHOUT_DEVICE
#endif

#ifdef FOOTPRINT_EMPTY
int main(void)
{
    return 0;
}
#else

#ifndef FOOTPRINT_TRIGGER
static godwit_device_requests_t requests;
#endif
static uint8_t octets[64];
static volatile int failures; /* so that no call is folded away */

static void count(godwit_status_t status)
{
    failures += status != GODWIT_OK;
}

#ifndef WITHOUT_DEVICE
static void use_device(godwit_slice_t slice)
{
    static godwit_device_t device;
    static godwit_device_config_t config;
    godwit_usim_result_t result = {.status = GODWIT_OK};
    config.crypto = &godwit_crypto_cacheless;
    count(godwit_device_init(&device, &config));
    count(godwit_device_restore(&device, slice));
    count(godwit_device_send(&device, slice, octets, &requests));
    count(godwit_device_receive(&device, slice, octets, &requests));
    count(godwit_device_usim_result(&device, &result, octets, &requests));
    count(godwit_device_timer(&device, octets, &requests));
    count(godwit_device_suspend(&device, &requests));
#ifdef FOOTPRINT_E2E
    static godwit_device_e2e_t e2e;
    godwit_psk_name_t name = {0};
    config.e2e = &e2e;
    count(godwit_device_restore_e2e(&device, slice));
    count(godwit_device_elapsed(&device, octets[0], &requests));
#ifdef FOOTPRINT_EXPORT
    count(godwit_device_export_psk(&device, "dtls1.2", 0, &name, octets, &requests));
#endif
    failures += (int)name.number;
#endif
}
#endif

#if defined FOOTPRINT_MTC || defined FOOTPRINT_BOTH
static void use_mtc(godwit_slice_t slice)
{
    static godwit_mtc_t mtc;
    static godwit_mtc_config_t config;
    godwit_mtc_sim_result_t result = {.status = GODWIT_OK};
    config.crypto = &godwit_crypto_cacheless;
    count(godwit_mtc_init(&mtc, &config));
    count(godwit_mtc_restore(&mtc, slice));
    count(godwit_mtc_send(&mtc, slice, octets, &requests));
    count(godwit_mtc_receive(&mtc, slice, &requests));
    count(godwit_mtc_sim_result(&mtc, &result, &requests));
    count(godwit_mtc_timer(&mtc, octets, &requests));
    count(godwit_mtc_suspend(&mtc, &requests));
}
#endif

#if defined FOOTPRINT_TRIGGER || defined FOOTPRINT_TRIGGER_BESIDE
static void use_trigger(godwit_slice_t slice)
{
    static godwit_trigger_t trigger;
    static godwit_trigger_config_t config;
    static godwit_trigger_requests_t asked;
    const godwit_trigger_now_t now = {0, 0};
    config.crypto = &godwit_crypto_cacheless;
    count(godwit_trigger_init(&trigger, &config));
    count(godwit_trigger_restore(&trigger, slice));
    godwit_trigger_resume(&trigger, &asked);
    count(godwit_trigger_root(&trigger, GODWIT_IWF_ROOT_FLAGGED, octets, octets, &asked));
    count(godwit_trigger_receive(&trigger, slice, GODWIT_TRIGGER_VIA_SMS, now, &asked));
    count(godwit_trigger_done(&trigger, 1, GODWIT_A3_DELIVERED, &asked));
}
#endif

int main(void)
{
    const godwit_slice_t slice = godwit_slice(octets, sizeof octets);
#ifndef WITHOUT_DEVICE
    use_device(slice);
#endif
#if defined FOOTPRINT_MTC || defined FOOTPRINT_BOTH
    use_mtc(slice);
#endif
#if defined FOOTPRINT_TRIGGER || defined FOOTPRINT_TRIGGER_BESIDE
    use_trigger(slice);
#endif
    return 0;
}
#endif
