/* SPDX-License-Identifier: Apache-2.0
 *
 * The NAF's names, and the keys that it has of the BSF: a bounded table in memory.
 */
#include <string.h>

#include "roles/naf/internal.h"

bool godwit_naf_is_ours(const godwit_naf_t *naf, const char *fqdn)
{
    for (size_t i = 0; i < naf->config.fqdn_count; i++) {
        if (strcmp(naf->config.fqdns[i], fqdn) == 0) {
            return true;
        }
    }
    return false;
}

bool godwit_naf_may_ask(const godwit_naf_t *naf, const char *b_tid)
{
    uint8_t rand[18];
    size_t len = 0;
    const char *at = strchr(b_tid, '@');
    if (at == NULL ||
        godwit_base64_decode(godwit_slice(b_tid, (size_t)(at - b_tid)), rand, sizeof rand, &len) != GODWIT_OK ||
        len != 16) {
        return false;
    }
    for (size_t i = 0; i < naf->config.bsf_count; i++) {
        if (strcmp(naf->config.bsfs[i], at + 1) == 0) {
            return true;
        }
    }
    return naf->config.bsf_count == 0;
}

void godwit_naf_id(const char *fqdn, const uint8_t ua_protocol[GODWIT_UA_PROTOCOL_OCTETS], godwit_zn_request_t *request)
{
    size_t len = strlen(fqdn);
    memcpy(request->naf_id, fqdn, len);
    memcpy(request->naf_id + len, ua_protocol, GODWIT_UA_PROTOCOL_OCTETS);
    request->naf_id_len = (uint16_t)(len + GODWIT_UA_PROTOCOL_OCTETS);
}

static bool is_for(const godwit_naf_key_t *key, const godwit_zn_request_t *request)
{
    return key->used && strcmp(key->b_tid, request->b_tid) == 0 && key->naf_id_len == request->naf_id_len &&
           memcmp(key->naf_id, request->naf_id, request->naf_id_len) == 0;
}

godwit_naf_key_t *godwit_naf_key_find(godwit_naf_t *naf, const godwit_zn_request_t *request, uint64_t now_ms)
{
    for (size_t i = 0; i < naf->key_capacity; i++) {
        godwit_naf_key_t *key = &naf->keys[i];
        if (key->used && key->expires_ms <= now_ms) {
            godwit_wipe(key, sizeof *key);
        }
        if (is_for(key, request)) {
            key->used_ms = now_ms;
            return key;
        }
    }
    return NULL;
}

godwit_naf_key_t *godwit_naf_key_keep(godwit_naf_t *naf, const godwit_zn_request_t *request,
                                      const godwit_zn_answer_t *answer, uint64_t now_ms)
{
    godwit_naf_key_t *place = godwit_naf_key_find(naf, request, now_ms);
    if (place != NULL) {
        return place; /* asked for twice at once */
    }
    place = &naf->keys[0];
    for (size_t i = 0; i < naf->key_capacity && place->used; i++) {
        if (!naf->keys[i].used || naf->keys[i].used_ms < place->used_ms) {
            place = &naf->keys[i];
        }
    }
    godwit_wipe(place, sizeof *place);
    place->used = true;
    memcpy(place->b_tid, request->b_tid, sizeof place->b_tid);
    memcpy(place->naf_id, request->naf_id, request->naf_id_len);
    place->naf_id_len = request->naf_id_len;
    memcpy(place->ks_naf, answer->me_key, sizeof place->ks_naf);
    memcpy(place->impi, answer->impi, sizeof place->impi);
    place->expires_ms = answer->expires_ms;
    place->used_ms = now_ms;
    return place;
}
