/* SPDX-License-Identifier: Apache-2.0
 *
 * Members that Tsp, S6m, T4 and T5 share: who a device is (User-Identifier, TS 29.336 6.4.2), where it is
 * (Serving-Node, TS 29.173 6.4.4; Additional-Serving-Node), and the key of an association (ours). IWF-Key holds a key:
 * only over TLS, or a link that is protected otherwise.
 * Each reader checks what the grammar does not, and blames the value.
 */
#ifndef GODWIT_WIRE_TRIGGER_PARTS_H
#define GODWIT_WIRE_TRIGGER_PARTS_H

#include "core/wire/diameter.h"
#include "core/wire/payload_trigger.h"

/* Text of printable ASCII without blanks, which must fit into cap with its end. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_read_text(godwit_avp_id_t id, godwit_slice_t from, char *text,
                                                         size_t cap, godwit_diameter_fault_t *fault);
/* A number of 32 bits between least and most; otherwise where it is absent. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_read_number(godwit_avp_id_t id, godwit_slice_t data, uint32_t least,
                                                           uint32_t most, uint32_t otherwise, uint32_t *value,
                                                           godwit_diameter_fault_t *fault);
GODWIT_MUST_USE godwit_status_t godwit_trigger_read_imsi(godwit_slice_t name, godwit_imsi_t *imsi,
                                                         godwit_diameter_fault_t *fault);

/* External-Identifier and MSISDN, those that there are. GODWIT_INVALID_ARGUMENT for a MSISDN that is no number. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_put_name(godwit_writer_t *w, const godwit_external_name_t *name);
/* external_id, msisdn: what the grammar found; NULL ptr: none. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_read_name(godwit_slice_t external_id, godwit_slice_t msisdn,
                                                         godwit_external_name_t *name, godwit_diameter_fault_t *fault);

/* imsi NULL or of length 0: none in it. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_put_user(godwit_writer_t *w, const godwit_imsi_t *imsi,
                                                        const godwit_external_name_t *name);
GODWIT_MUST_USE godwit_status_t godwit_trigger_read_user(godwit_slice_t group, godwit_imsi_t *imsi,
                                                         godwit_external_name_t *name, godwit_diameter_fault_t *fault);

/* id: SERVING_NODE or ADDITIONAL_SERVING_NODE. Nothing is written for host "". A MSC has a number and no name there:
 * its names are AVPs of ours. */
void godwit_trigger_put_node(godwit_writer_t *w, godwit_avp_id_t id, const godwit_trigger_node_t *node);
/* A group that names no node that we know by name gives host "". */
GODWIT_MUST_USE godwit_status_t godwit_trigger_read_node(godwit_slice_t group, godwit_trigger_node_t *node,
                                                         godwit_diameter_fault_t *fault);

/* IWF-Key: root, is_root, root name, association, key. Nothing is written for root NONE. */
void godwit_trigger_put_key(godwit_writer_t *w, const godwit_iwf_key_t *key);
GODWIT_MUST_USE godwit_status_t godwit_trigger_read_key(godwit_slice_t octets, godwit_iwf_key_t *key,
                                                        godwit_diameter_fault_t *fault);

#endif
