/* SPDX-License-Identifier: Apache-2.0
 *
 * The device under test with an EAS: the network end of dut.h, and at the EAS core functions alone, with the key that
 * the owner of the key set would have given it.
 */
#ifndef GODWIT_TESTS_DEVICE_E2E_WORLD_H
#define GODWIT_TESTS_DEVICE_E2E_WORLD_H

#include "tests/device/dut.h"

#define EAS_NAME "eas.example"

typedef struct e2e_world {
    dut_t d;
    godwit_emsdp_key_t eas; /* of the terms handed out last */
    uint8_t k_e2e[32];
    uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];
} e2e_world_t;

/* Confidentiality with suite 01, unless told. */
void e2e_init(e2e_world_t *w, godwit_service_t service);
godwit_e2e_terms_t e2e_terms_of(uint32_t age);
/* The EAS has that key, of the network's key set. */
void e2e_arm(e2e_world_t *w, const godwit_e2e_terms_t *terms);
/* To a live session of those terms, with the reading in the Confirmation; empty: without. */
void e2e_start(e2e_world_t *w, const godwit_e2e_terms_t *terms, const char *reading);
void e2e_set_up(e2e_world_t *w, const godwit_e2e_terms_t *terms, const char *reading);
/* The network's 30 with Service; gives it to the device. */
octets_t e2e_hand_out(e2e_world_t *w, const godwit_e2e_terms_t *terms);
/* Expects that datagram to be user plane under the EAS's key, and that reading in it. */
void e2e_expect_reading(e2e_world_t *w, godwit_slice_t datagram, const char *reading);
octets_t e2e_down(e2e_world_t *w, const char *text);
/* 80 under the session's key, about that datagram. */
void e2e_reject(e2e_world_t *w, godwit_slice_t datagram, godwit_status_t reason);
octets_t e2e_copy(godwit_slice_t octets);

#endif
