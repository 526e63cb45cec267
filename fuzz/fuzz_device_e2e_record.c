/* SPDX-License-Identifier: Apache-2.0
 *
 * A device with a session that wakes with anything in the place of its keys end to end: it restores it or says that it
 * is damaged, and then works. Check values are zeros.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "fuzz/weak_crypto.h"
#include "godwit/device.h"

static const uint8_t some_random[4] = {1, 2, 3, 4};

static void insist(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void use(godwit_device_t *device)
{
    static const uint8_t datagram[24] = {0x88, 0, 0, 1};
    godwit_device_requests_t requests;
    godwit_psk_name_t name = {0};
    uint8_t psk[32];
    insist(godwit_device_elapsed(device, 1000, &requests) == GODWIT_OK);
    godwit_status_t exported = godwit_device_export_psk(device, "tls1.3", 0, &name, psk, &requests);
    insist(exported != GODWIT_OK || name.number != 0);
    godwit_status_t sent = godwit_device_send(device, godwit_slice("21.5 C", 6), some_random, &requests);
    insist(sent == GODWIT_OK || sent == GODWIT_COUNT_EXHAUSTED);
    for (unsigned i = 0; i < 6; i++) {
        insist(godwit_device_receive(device, godwit_slice(datagram, sizeof datagram), some_random, &requests) ==
               GODWIT_OK);
        insist(godwit_device_timer(device, some_random, &requests) == GODWIT_OK);
    }
    insist(godwit_device_suspend(device, &requests) == GODWIT_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static godwit_device_t device;
    static godwit_device_e2e_t e2e;
    static const uint8_t key[32];
    e2e.config = (godwit_device_e2e_config_t){.service = GODWIT_SERVICE_CONFIDENTIALITY, .suites = 0x000F};
    const godwit_device_config_t config = {.crypto = &weak_crypto,
                                           .imsi = {"001010123456789", 15},
                                           .endpoint = godwit_slice_of_string("hse.example"),
                                           .enterprise = godwit_slice_of_string("eas.example"),
                                           .framing = GODWIT_FRAMING_DEFAULT,
                                           .e2e = &e2e};
    insist(godwit_device_init(&device, &config) == GODWIT_OK);
    insist(godwit_emsdp_key_init(&weak_crypto, &device.session.current, key, 1, 1, config.framing, 1, 1,
                                 GODWIT_END_DEVICE) == GODWIT_OK);
    device.session.state = GODWIT_SESSION_ACTIVE;
    device.session.flags = 1; /* it has a key set */
    godwit_e2e_terms_t terms;
    godwit_status_t status = godwit_device_restore_e2e(&device, godwit_slice(data, size));
    insist(status == GODWIT_OK ||
           (status == GODWIT_MALFORMED && godwit_device_e2e_terms(&device, &terms) == GODWIT_NOT_FOUND));
    use(&device);
    return 0;
}
