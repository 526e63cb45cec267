/* SPDX-License-Identifier: Apache-2.0
 *
 * K_iwf for a device, as a serving node says it in a protected message of its own access ("ue-key received",
 * docs/triggers.md). Godwit's own format:
 * association (4) || root, a godwit_iwf_root_t (1) || name of the AKA run (8) || K_iwf (32). It must never travel in a
 * message that is not ciphered.
 */
#ifndef GODWIT_WIRE_UE_KEY_H
#define GODWIT_WIRE_UE_KEY_H

#include "core/wire/payload_trigger.h"

#define GODWIT_UE_KEY_SIZE 45

/* GODWIT_INVALID_ARGUMENT for a root, or what has no association. */
GODWIT_MUST_USE godwit_status_t godwit_ue_key_build(const godwit_iwf_key_t *key, godwit_writer_t *w);
/* GODWIT_MALFORMED, and nothing written. */
GODWIT_MUST_USE godwit_status_t godwit_ue_key_parse(godwit_slice_t octets, godwit_iwf_key_t *key);

#endif
