/* SPDX-License-Identifier: Apache-2.0
 *
 * From a record to what may be shown of it, member by member: nothing is copied whole.
 */
#include <string.h>

#include "roles/view.h"

godwit_subscriber_view_t godwit_subscriber_view(const godwit_subscriber_record_t *record)
{
    godwit_subscriber_view_t view = {
        .imsi = record->imsi,
        .algorithm = godwit_aka_algorithm_name(record->key.algorithm),
        .k_octets = record->key.k_len,
        .features = record->features,
        .ind_bits = record->ind_bits,
        .sqn_by_time = record->sqn_by_time,
        .seq_he = record->seq_he,
        .dif = record->dif,
    };
    memcpy(view.amf, record->amf, sizeof view.amf);
    return view;
}

godwit_key_set_view_t godwit_key_set_view(const godwit_key_set_record_t *record)
{
    return (godwit_key_set_view_t){
        .imsi = record->imsi,
        .agreement = godwit_agreement_name(record->agreement),
        .vector_number = record->vector_number,
        .generation = record->generation,
        .confirmed = record->confirmed,
        .created_ms = record->created_ms,
    };
}

godwit_session_view_t godwit_session_view(const godwit_session_record_t *record)
{
    const godwit_emsdp_key_t *key = &record->current;
    const godwit_suite_t *suite = godwit_emsdp_key_is_set(key) ? godwit_suite(key->hot.suite) : NULL;
    godwit_session_view_t view = {
        .session_id = record->session_id,
        .imsi = record->imsi,
        .agreement = godwit_agreement_name(record->agreement),
        .state = godwit_session_state_name(record->state),
        .suite = suite != NULL ? suite->name : NULL,
        .key_id = key->hot.key_id,
        .next_key_id = record->next.hot.key_id,
        .generation = key->generation,
        .generations = record->generations,
        .user = {key->hot.up_next_in, key->hot.up_next_out},
        .control = {key->cp_next_in, key->cp_next_out},
        .datagrams = record->datagrams,
        .created_ms = record->created_ms,
        .keyed_ms = record->keyed_ms,
        .has_address = record->has_address,
    };
    if (record->has_address && record->address_len <= sizeof view.address) {
        view.address_len = record->address_len;
        memcpy(view.address, record->address, record->address_len);
    }
    memcpy(view.enterprise, record->enterprise, sizeof view.enterprise);
    if (record->end_to_end) {
        view.service = godwit_service_name(record->e2e.age != 0 ? record->e2e.service : record->e2e_next.service);
        view.age = record->e2e.age;
        view.next_age = record->e2e_next.age;
    }
    return view;
}
