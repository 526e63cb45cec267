/* SPDX-License-Identifier: Apache-2.0
 *
 * K_iwf for a device: see ue_key.h.
 */
#include "core/wire/ue_key.h"

#include <string.h>

static bool is_root(unsigned root)
{
    return root >= GODWIT_IWF_ROOT_FLAGGED && root <= GODWIT_IWF_ROOT_EAP;
}

godwit_status_t godwit_ue_key_build(const godwit_iwf_key_t *key, godwit_writer_t *w)
{
    if (key->is_root || key->association == 0 || !is_root(key->root)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u32(w, key->association);
    godwit_put_u8(w, (uint8_t)key->root);
    godwit_put(w, key->root_name, sizeof key->root_name);
    godwit_put(w, key->key, sizeof key->key);
    return godwit_writer_status(w);
}

godwit_status_t godwit_ue_key_parse(godwit_slice_t octets, godwit_iwf_key_t *key)
{
    godwit_reader_t r = godwit_reader(octets);
    const uint32_t association = godwit_get_u32(&r);
    const uint8_t root = godwit_get_u8(&r);
    const godwit_slice_t name = godwit_get_slice(&r, sizeof key->root_name);
    const godwit_slice_t secret = godwit_get_slice(&r, sizeof key->key);
    if (r.failed || r.left > 0 || association == 0 || !is_root(root)) {
        return GODWIT_MALFORMED;
    }
    memset(key, 0, sizeof *key);
    key->association = association;
    key->root = (godwit_iwf_root_t)root;
    memcpy(key->root_name, name.ptr, name.len);
    memcpy(key->key, secret.ptr, secret.len);
    return GODWIT_OK;
}
