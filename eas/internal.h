/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the receiver's library share. device.c: keys as they come; open.c, seal.c: the user plane; age.c:
 * their end, and what is to be asked for; export.c: keys for other protocols; record.c: what survives.
 */
#ifndef GODWIT_EAS_INTERNAL_H
#define GODWIT_EAS_INTERNAL_H

#include "godwit/eas.h"

#define GODWIT_EAS_NEVER UINT64_MAX

/* ---- device.c ---- */
static inline bool godwit_eas_key_is_set(const godwit_eas_key_t *key)
{
    return key->terms.age != 0;
}

/* The key that came last, or, with used, the last one that the device has used; NULL: there is none. */
const godwit_eas_key_t *godwit_eas_newest(const godwit_eas_device_t *device, bool used);
/* The key of that order; NULL: it is not here any more. */
godwit_eas_key_t *godwit_eas_key_of_order(godwit_eas_device_t *device, uint32_t order);
/* Sets key->plane from everything else in *key: COUNTs are 0. */
GODWIT_MUST_USE godwit_status_t godwit_eas_key_make(const godwit_eas_device_t *device, godwit_eas_key_t *key);

/* ---- age.c ---- */
/* Nothing is sent or exported from then on; and from then on nothing is opened either. GODWIT_EAS_NEVER: no end. */
uint64_t godwit_eas_key_end(const godwit_eas_key_t *key);
uint64_t godwit_eas_key_gone(const godwit_eas_device_t *device, const godwit_eas_key_t *key);
/* Messages both ways, those that were lost included: what the device has sent up to the highest that came, and what
 * this end has sent. */
uint64_t godwit_eas_key_messages(const godwit_eas_key_t *key);

#endif
