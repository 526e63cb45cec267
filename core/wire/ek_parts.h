/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the Ek codec share.
 */
#ifndef GODWIT_WIRE_EK_PARTS_H
#define GODWIT_WIRE_EK_PARTS_H

#include "core/wire/ek.h"

/* Refusals keep their reason: Experimental-Result of our vendor, 5000 plus the reason octet. */
godwit_diameter_result_t godwit_ek_result_of(godwit_status_t status);
godwit_status_t godwit_ek_status_of(godwit_diameter_result_t result);

/* Each checks what the grammar does not, and blames the value. */
GODWIT_MUST_USE godwit_status_t godwit_ek_read_imsi(godwit_slice_t name, godwit_imsi_t *imsi,
                                                    godwit_diameter_fault_t *fault);
GODWIT_MUST_USE godwit_status_t godwit_ek_read_endpoint(godwit_slice_t name, char endpoint[GODWIT_FQDN_MAX + 1],
                                                        godwit_diameter_fault_t *fault);
GODWIT_MUST_USE godwit_status_t godwit_ek_read_small(godwit_avp_id_t id, godwit_slice_t data, uint32_t least,
                                                     uint32_t most, uint32_t *value, godwit_diameter_fault_t *fault);

/* RAND, or Concealed-SQN: exactly one. */
void godwit_ek_put_selector(godwit_writer_t *w, const godwit_selector_t *selector);
GODWIT_MUST_USE godwit_status_t godwit_ek_read_selector(godwit_slice_t rand, godwit_slice_t sqn,
                                                        godwit_selector_t *selector, godwit_diameter_fault_t *fault);
/* Parked-Key, of 38 octets that the grammar has checked. */
void godwit_ek_put_parked(godwit_writer_t *w, const godwit_parked_t *parked);
void godwit_ek_read_parked(godwit_slice_t octets, godwit_parked_t *parked);

#endif
