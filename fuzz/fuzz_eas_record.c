/* SPDX-License-Identifier: Apache-2.0
 *
 * The record of a device at its EAS: the octets with their check made right, so that what stands behind it is reached.
 * What is taken is written again alike, and whatever it holds can be asked and opened with.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "godwit/eas.h"

#define CHECK 8u

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static godwit_eas_device_t device;
    static uint8_t record[GODWIT_EAS_RECORD_MAX], again[GODWIT_EAS_RECORD_MAX], plain[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_eas_opened_t opened;
    uint8_t digest[GODWIT_SHA256_SIZE], psk[32];
    uint32_t above = 0;
    const size_t len = size < sizeof record ? size : sizeof record;
    if (godwit_eas_load(&device, &godwit_crypto_builtin, godwit_slice(data, size)) != GODWIT_OK && len > CHECK) {
        memcpy(record, data, len);
        const godwit_slice_t checked = godwit_slice(record, len - CHECK);
        check(godwit_crypto_builtin.sha256(&checked, 1, digest) == GODWIT_OK);
        memcpy(record + len - CHECK, digest, CHECK);
        if (godwit_eas_load(&device, &godwit_crypto_builtin, godwit_slice(record, len)) != GODWIT_OK) {
            return 0;
        }
        static godwit_eas_device_t second;
        const size_t written = godwit_eas_save(&device, again);
        check(written > 0);
        check(godwit_eas_load(&second, &godwit_crypto_builtin, godwit_slice(again, written)) == GODWIT_OK);
        check(memcmp(&second, &device, sizeof device) == 0);
    }
    if (device.crypto != NULL) {
        godwit_psk_name_t name = {.number = 0};
        const size_t part = size < sizeof plain ? size : sizeof plain;
        check(godwit_eas_open(&device, 1000, 1, godwit_slice(data, part), plain, &opened) != GODWIT_OK ||
              opened.payload.len < part);
        check(godwit_eas_export(&device, 1000, "dtls1.2", 0, &name, psk) != GODWIT_OK || name.number > 0);
        (void)godwit_eas_wanted(&device, 1000, &above);
        (void)godwit_eas_tick(&device, 1000);
        check(godwit_eas_due(&device, 1000) > 1000);
    }
    return 0;
}
