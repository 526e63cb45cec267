/* SPDX-License-Identifier: Apache-2.0
 *
 * A program with the whole device library in it and nothing else: its size over that of an empty one is what the library takes of
 * flash. With FOOTPRINT_EMPTY: the empty one.
 */
#include "bench/device/start.h"
#include "godwit/device.h"

#ifdef FOOTPRINT_EMPTY
int main(void)
{
    return 0;
}
#else

static godwit_device_t device;
static godwit_device_config_t config;
static godwit_device_requests_t requests;
static uint8_t octets[64];
static volatile int failures; /* so that no call is folded away */

static void count(godwit_status_t status)
{
    failures += status != GODWIT_OK;
}

int main(void)
{
    godwit_slice_t slice = godwit_slice(octets, sizeof octets);
    godwit_usim_result_t result = {.status = GODWIT_OK};
    config.crypto = &godwit_crypto_cacheless;
    count(godwit_device_init(&device, &config));
    count(godwit_device_restore(&device, slice));
    count(godwit_device_send(&device, slice, octets, &requests));
    count(godwit_device_receive(&device, slice, octets, &requests));
    count(godwit_device_usim_result(&device, &result, octets, &requests));
    count(godwit_device_timer(&device, octets, &requests));
    count(godwit_device_suspend(&device, &requests));
    return 0;
}
#endif
