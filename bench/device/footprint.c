/* SPDX-License-Identifier: Apache-2.0
 *
 * A program with the whole device library in it and nothing else: its size over that of an empty one is what the library takes of
 * flash. With FOOTPRINT_EMPTY: the empty one. With FOOTPRINT_MTC: the device of device RAND in its place; with FOOTPRINT_BOTH: beside it.
 */
#include "bench/device/start.h"
#include "godwit/device.h"
#include "godwit/mtc.h"

#ifdef FOOTPRINT_EMPTY
int main(void)
{
    return 0;
}
#else

static godwit_device_requests_t requests;
static uint8_t octets[64];
static volatile int failures; /* so that no call is folded away */

static void count(godwit_status_t status)
{
    failures += status != GODWIT_OK;
}

#ifndef FOOTPRINT_MTC
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
    godwit_mtc_suspend(&mtc, &requests);
}
#endif

int main(void)
{
    const godwit_slice_t slice = godwit_slice(octets, sizeof octets);
#ifndef FOOTPRINT_MTC
    use_device(slice);
#endif
#if defined FOOTPRINT_MTC || defined FOOTPRINT_BOTH
    use_mtc(slice);
#endif
    return 0;
}
#endif
