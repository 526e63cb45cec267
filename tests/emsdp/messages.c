/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/emsdp/messages.h"

golden_inputs_t golden;

static void take_inputs(const kat_record_t *r, void *context)
{
    (void)context;
    memcpy(golden.k, kat_hex(r, "k").ptr, 16);
    memcpy(golden.opc, kat_hex(r, "opc").ptr, 16);
    memcpy(golden.rand, kat_hex(r, "rand").ptr, 16);
    memcpy(golden.autn_8080, kat_hex(r, "autn_8080").ptr, 16);
    memcpy(golden.autn_0000, kat_hex(r, "autn_0000").ptr, 16);
    memcpy(golden.reading, kat_hex(r, "reading").ptr, 20);
    memcpy(golden.plmn.octets, kat_hex(r, "plmn").ptr, 3);
    assert_int_equal(godwit_imsi_from_text("001010123456789", &golden.imsi), GODWIT_OK);
}

int messages_load(void **state)
{
    (void)state;
    kat_each(GOLDEN, "inputs", take_inputs, NULL);
    return 0;
}

godwit_emsdp_control_t session_request(godwit_agreement_t agreement)
{
    return (godwit_emsdp_control_t){.command = GODWIT_SESSION_REQUEST,
                                    .present =
                                        HAS(IMSI) | HAS(UE_CONFIGURATION) | HAS(ENTERPRISE) | HAS(SERVING_NETWORK),
                                    .imsi = golden.imsi,
                                    .agreements = (uint8_t)(1u << (agreement - 1)),
                                    .suites = 0x0F,
                                    .serving_network = golden.plmn};
}

godwit_emsdp_control_t session_start(godwit_agreement_t agreement, const uint8_t autn[16], uint32_t generation)
{
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_START,
                                .present = HAS(RAND) | HAS(AUTN) | HAS(HSE_CONFIGURATION),
                                .agreement = (uint8_t)agreement,
                                .suite = 1,
                                .framing = GODWIT_FRAMING_DEFAULT,
                                .generation = generation};
    memcpy(m.rand, golden.rand, 16);
    memcpy(m.autn, autn, 16);
    return m;
}

godwit_emsdp_control_t short_start(godwit_agreement_t agreement)
{
    return (godwit_emsdp_control_t){.command = GODWIT_SESSION_START,
                                    .present = HAS(HSE_CONFIGURATION),
                                    .agreement = (uint8_t)agreement,
                                    .suite = 1,
                                    .framing = GODWIT_FRAMING_DEFAULT};
}

godwit_emsdp_control_t with_data(uint8_t command)
{
    return (godwit_emsdp_control_t){.command = command, .present = HAS(DATA), .data = godwit_slice(golden.reading, 20)};
}

godwit_emsdp_control_t with_key(uint8_t command, uint32_t generation, uint8_t key_id)
{
    return (godwit_emsdp_control_t){
        .command = command, .present = HAS(KEY), .key_generation = generation, .key_suite = 1, .key_id = key_id};
}

godwit_emsdp_control_t bare(uint8_t command)
{
    return (godwit_emsdp_control_t){.command = command};
}
