/* SPDX-License-Identifier: Apache-2.0
 *
 * The test as EESE and as EAS of an HSE, and as a device whose user plane ends in that EAS: a key of the device's end,
 * made of octets that the test chose.
 */
#ifndef GODWIT_TESTS_HSE_E2E_H
#define GODWIT_TESTS_HSE_E2E_H

#include "tests/support/hse_world.h"

#define HSE_EESE "eese.example"
#define HSE_EAS "meter.example"

/* A world with an EESE, and a device that asks it for confidentiality. */
void hse_e2e_init(hse_world_t *w, hse_device_t *d);
godwit_e2e_terms_t hse_terms(uint32_t age, uint8_t key_id);
/* The user plane of the device under that age. */
godwit_emsdp_key_t hse_plane(const hse_world_t *w, const hse_device_t *d, uint32_t age, uint8_t key_id);
/* Answers what the HSE just asked the EESE: with terms, or with that status. */
void hse_answer_eese(hse_world_t *w, const godwit_e2e_terms_t *terms, godwit_status_t status);
/* Request to Confirmation; age 1, Key ID 1. */
void hse_e2e_set_up(hse_world_t *w, hse_device_t *d);
/* Seals a datagram for the EAS into d->sent. */
void hse_seal_plane(hse_device_t *d, godwit_emsdp_key_t *plane, const char *reading);
/* The last message that asks the EAS. */
const godwit_message_t *hse_up(const hse_world_t *w);
void hse_answer_up(hse_world_t *w, uint32_t transaction, godwit_status_t status, bool highest);
/* The EAS gives a datagram down, by that hop. */
void hse_give_down(hse_world_t *w, const hse_device_t *d, const char *eas, godwit_hop_t hop, godwit_slice_t datagram);
godwit_status_t hse_down_answer(const hse_world_t *w);
/* The EESE says that something is due. */
godwit_message_t hse_renewal(const hse_device_t *d, godwit_e2e_renewal_t renewal, const godwit_e2e_terms_t *terms);
size_t hse_forwards_used(const hse_world_t *w);
size_t hse_messages(const hse_world_t *w, godwit_message_kind_t kind);
/* How often a question of that event went to the EESE in the last step. */
size_t hse_told(const hse_world_t *w, godwit_e2e_event_t event);

#endif
