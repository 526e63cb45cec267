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

/* As hex. */
#define IMSI_TLV                                                                                                       \
    "0108"                                                                                                             \
    "0910101032547698"
#define REQUEST                                                                                                        \
    IMSI_TLV "030204"                                                                                                  \
             "0f"                                                                                                      \
             "0400"                                                                                                    \
             "0503"                                                                                                    \
             "00f110"
/* With an EAS, a.b, and what asks for the service confidentiality with it. */
#define NAMED_REQUEST                                                                                                  \
    IMSI_TLV "030204"                                                                                                  \
             "0f"                                                                                                      \
             "0403612e62"                                                                                              \
             "0503"                                                                                                    \
             "00f110"
#define SERVICE_REQUEST "130703000f00000000"
#define TERMS "0f030101000000010001518000000064"
#define SERVICE "14" TERMS
#define RAND1_TLV "0910000102030405060708090a0b0c0d0e0f"
#define RAND_TLV                                                                                                       \
    "0610"                                                                                                             \
    "23553cbe9637a89d218ae64dae47bf35"
#define AUTN_TLV                                                                                                       \
    "0710"                                                                                                             \
    "55f328b4357780809094aec0eeba51ca"

typedef struct golden_inputs {
    uint8_t k[16], opc[16], rand[16], autn_8080[16], autn_0000[16], reading[20];
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
