/* SPDX-License-Identifier: Apache-2.0
 *
 * A device that wakes with anything in its memory: it restores it or says that it is damaged, and then works. Check
 * values are zeros.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "fuzz/weak_crypto.h"
#include "godwit/device.h"

static void use(godwit_device_t *device)
{
    static const uint8_t some_random[4] = {1, 2, 3, 4};
    static const uint8_t datagram[24] = {0x88, 0, 0, 1};
    godwit_device_requests_t requests;
    godwit_status_t sent = godwit_device_send(device, godwit_slice("21.5 C", 6), some_random, &requests);
    if (sent != GODWIT_OK && sent != GODWIT_AGAIN && sent != GODWIT_COUNT_EXHAUSTED) {
        abort();
    }
    for (unsigned i = 0; i < 6; i++) {
        if (godwit_device_receive(device, godwit_slice(datagram, sizeof datagram), some_random, &requests) !=
                GODWIT_OK ||
            godwit_device_timer(device, some_random, &requests) != GODWIT_OK) {
            abort();
        }
    }
    if (godwit_device_suspend(device, &requests) != GODWIT_OK) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static godwit_device_t device;
    const godwit_device_config_t config = {.crypto = &weak_crypto,
                                           .imsi = {"001010123456789", 15},
                                           .endpoint = godwit_slice_of_string("hse.example"),
                                           .framing = GODWIT_FRAMING_DEFAULT,
                                           .suites = 0x00FF};
    if (godwit_device_init(&device, &config) != GODWIT_OK) {
        abort();
    }
    godwit_status_t status = godwit_device_restore(&device, godwit_slice(data, size));
    if (status != GODWIT_OK && (status != GODWIT_MALFORMED || device.session.state != GODWIT_SESSION_IDLE)) {
        abort();
    }
    use(&device);
    return 0;
}
