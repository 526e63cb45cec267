/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's end of a K_e2e, for tests of the receiver: it seals and opens with the floor below, and knows nothing of
 * the library under test.
 */
#ifndef GODWIT_TESTS_EAS_SENDER_H
#define GODWIT_TESTS_EAS_SENDER_H

#include "godwit/eas.h"

#define SENDER_SESSION 0x00ABCDEFu
#define SENDER_AGREED_S 1000000u

typedef struct sender {
    godwit_emsdp_key_t key;
    uint8_t datagram[GODWIT_EMSDP_DATAGRAM_MAX]; /* sealed last */
    size_t len;
} sender_t;

/* A grant of that age and Key ID; K_e2e is made of the age. Terms: confidentiality, suite 01, no end. */
godwit_eas_grant_t sender_grant(uint32_t age, uint8_t key_id);
/* The device's end of it. */
void sender_init(sender_t *sender, const godwit_eas_grant_t *grant);
godwit_slice_t sender_seal(sender_t *sender, const char *text);
/* Whether that datagram from above opens to text; moves the device's window. */
bool sender_opens(sender_t *sender, godwit_slice_t datagram, const char *text);

/* Opens what the sender sealed last, and accepts it. */
godwit_status_t take_up(godwit_eas_device_t *device, uint64_t now_s, uint64_t number, const sender_t *sender,
                        godwit_eas_opened_t *opened);
/* Opens, and changes nothing. */
godwit_status_t try_up(const godwit_eas_device_t *device, uint64_t now_s, uint64_t number, godwit_slice_t datagram);

#endif
