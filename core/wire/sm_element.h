/* SPDX-License-Identifier: Apache-2.0
 *
 * What sm.c and sm_modify.c share.
 */
#ifndef GODWIT_WIRE_SM_ELEMENT_H
#define GODWIT_WIRE_SM_ELEMENT_H

#include "core/wire/gmm_element.h"
#include "core/wire/sm.h"

#define GODWIT_SM_IE_PCO 0x27
#define GODWIT_SM_IE_ADDRESS 0x2B

/* A rule for PCO: its contents have the configuration octet at least. */
#define GODWIT_SM_PCO_RULE                                                                                             \
    {                                                                                                                  \
        GODWIT_SM_IE_PCO, GODWIT_ELEMENT_TLV, 1, GODWIT_SM_PCO_MAX                                                     \
    }
#define GODWIT_SM_ADDRESS_RULE                                                                                         \
    {                                                                                                                  \
        GODWIT_SM_IE_ADDRESS, GODWIT_ELEMENT_TLV, 2, GODWIT_SM_ADDRESS_MAX                                             \
    }
#define GODWIT_SM_ADDRESS_MAX 22 /* type, and two addresses of IPv4v6 */

GODWIT_MUST_USE godwit_status_t godwit_sm_put_head(godwit_writer_t *w, godwit_sm_transaction_t transaction,
                                                   godwit_sm_type_t type);
/* A reader that has found another type has failed. */
godwit_reader_t godwit_sm_open(godwit_slice_t octets, godwit_sm_type_t type, godwit_sm_transaction_t *transaction);
/* Nothing for an empty slice. */
GODWIT_MUST_USE godwit_status_t godwit_sm_put_pco(godwit_writer_t *w, godwit_slice_t pco);
/* LV; the background profile for an empty slice. */
GODWIT_MUST_USE godwit_status_t godwit_sm_put_qos(godwit_writer_t *w, godwit_slice_t qos);
godwit_slice_t godwit_sm_get_qos(godwit_reader_t *r);
GODWIT_MUST_USE godwit_status_t godwit_sm_put_address(godwit_writer_t *w, const godwit_sm_pdp_address_t *address);
/* value has 2 to GODWIT_SM_ADDRESS_MAX octets. */
godwit_sm_pdp_address_t godwit_sm_read_address(godwit_slice_t value);
/* The element with its identifier, or nothing; and back: false for a value that did not come. */
GODWIT_MUST_USE godwit_status_t godwit_sm_put_optional_address(godwit_writer_t *w, bool has,
                                                               const godwit_sm_pdp_address_t *address);
bool godwit_sm_read_optional_address(godwit_slice_t value, godwit_sm_pdp_address_t *address);

/* A whole message of that type. */
GODWIT_MUST_USE godwit_status_t godwit_sm_plain_accept_build(godwit_sm_type_t type,
                                                             const godwit_sm_plain_accept_t *message,
                                                             godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_sm_plain_accept_parse(godwit_sm_type_t type, godwit_slice_t octets,
                                                             godwit_sm_plain_accept_t *message);

#endif
