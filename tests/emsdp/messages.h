/* SPDX-License-Identifier: Apache-2.0
 *
 * The control messages of the golden conversation, and what they are made of.
 */
#ifndef GODWIT_TESTS_EMSDP_MESSAGES_H
#define GODWIT_TESTS_EMSDP_MESSAGES_H

#include "tests/emsdp/ends.h"
#include "tests/kat/kat.h"

#define GOLDEN "golden-emsdp.txt"
#define HAS(tag) (1u << GODWIT_TLV_##tag)

typedef struct golden_inputs {
    uint8_t rand[16], autn_8080[16], autn_0000[16], reading[20];
    godwit_plmn_t plmn;
    godwit_imsi_t imsi;
} golden_inputs_t;

extern golden_inputs_t golden;

/* A group's setup: reads golden. */
int messages_load(void **state);

godwit_emsdp_control_t session_request(godwit_agreement_t agreement);
godwit_emsdp_control_t session_start(godwit_agreement_t agreement, const uint8_t autn[16], uint32_t generation);
godwit_emsdp_control_t short_start(godwit_agreement_t agreement);
godwit_emsdp_control_t with_data(uint8_t command);
godwit_emsdp_control_t with_key(uint8_t command, uint32_t generation, uint8_t key_id);
godwit_emsdp_control_t bare(uint8_t command);

#endif
