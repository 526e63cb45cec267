/* SPDX-License-Identifier: Apache-2.0
 *
 * The one spelling of a name that may enter a key derivation. Both ends derive keys from the octets of the name, so a
 * name that could be written in two ways would give two keys: what is not canonical is refused, never mended.
 */
#include "godwit/bytes.h"

#define LABEL_MAX 63

static bool is_letter_or_digit(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool label_is_canonical(const uint8_t *label, size_t len)
{
    if (len == 0 || len > LABEL_MAX || label[0] == '-' || label[len - 1] == '-') {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (!is_letter_or_digit(label[i]) && label[i] != '-') {
            return false;
        }
    }
    return true;
}

bool godwit_fqdn_is_canonical(godwit_slice_t name)
{
    if (name.len == 0 || name.len > GODWIT_FQDN_MAX) {
        return false;
    }
    size_t start = 0;
    for (size_t i = 0; i <= name.len; i++) {
        if (i == name.len || name.ptr[i] == '.') {
            if (!label_is_canonical(name.ptr + start, i - start)) {
                return false;
            }
            start = i + 1;
        }
    }
    return true;
}
