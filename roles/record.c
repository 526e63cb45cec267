/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys of records, and the names of a subscription's features.
 */
#include <string.h>

#include "roles/record.h"

static const struct {
    uint32_t bit;
    const char *name;
} features[] = {
    {GODWIT_FEATURE_SEPARATE_UMTS, "separate-umts"},
    {GODWIT_FEATURE_E2M_USIM, "e2m-usim"},
    {GODWIT_FEATURE_E2M_ME, "e2m-me"},
};

const char *godwit_feature_name(uint32_t bit)
{
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        if (features[i].bit == bit) {
            return features[i].name;
        }
    }
    return NULL;
}

godwit_status_t godwit_feature_from_name(const char *name, uint32_t *bit)
{
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        if (strcmp(features[i].name, name) == 0) {
            *bit = features[i].bit;
            return GODWIT_OK;
        }
    }
    return GODWIT_INVALID_ARGUMENT;
}

godwit_record_key_t godwit_record_key_of(const godwit_record_t *record)
{
    godwit_record_key_t key = {.kind = record->kind};
    switch (record->kind) {
    case GODWIT_RECORD_SUBSCRIBER:
        key.imsi = record->u.subscriber.imsi;
        break;
    case GODWIT_RECORD_KEY_SET:
        key.imsi = record->u.key_set.imsi;
        key.agreement = (uint8_t)record->u.key_set.agreement;
        break;
    case GODWIT_RECORD_SESSION:
        key.session_id = record->u.session.session_id;
        break;
    default:
        break;
    }
    return key;
}

bool godwit_record_key_equal(const godwit_record_key_t *a, const godwit_record_key_t *b)
{
    return a->kind == b->kind && a->agreement == b->agreement && a->session_id == b->session_id &&
           godwit_imsi_equal(&a->imsi, &b->imsi);
}
