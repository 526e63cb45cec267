/* SPDX-License-Identifier: Apache-2.0
 *
 * What the TLVs of one message must have in common (docs/emsdp-wire.md, "TLVs"), beyond which of them a command
 * carries.
 */
#include "core/emsdp/frame.h"

/* "No generation" in a Start without RAND: no new key set stands behind it, unless it is one that both ends have: of an
 * access AKA run, or of a bootstrapping. */
static bool generation_fits(const godwit_emsdp_control_t *m)
{
    return !godwit_emsdp_has(m, GODWIT_TLV_HSE_CONFIGURATION) || godwit_emsdp_has(m, GODWIT_TLV_RAND) ||
           godwit_agreement_is_access(m->agreement) || godwit_agreement_has_reference(m->agreement) ||
           m->generation <= EMSDP_GENERATION_FIRST;
}

/* A key that a handed vector gives is of the generation and suite that stand beside the vector. */
static bool vector_fits(const godwit_emsdp_control_t *m)
{
    return !godwit_emsdp_has(m, GODWIT_TLV_KEY) || !godwit_emsdp_has(m, GODWIT_TLV_RAND) ||
           (m->key_generation == m->generation && m->key_suite == m->suite);
}

/* The MKEF gives a temporary identity, and nobody else does. */
static bool identity_fits(const godwit_emsdp_control_t *m)
{
    return m->command != GODWIT_SESSION_START || !godwit_emsdp_has(m, GODWIT_TLV_TEMPORARY_IDENTITY) ||
           m->agreement == GODWIT_AGREEMENT_DEVICE_RAND;
}

/* A service is with an EAS that has a name, and the key set that it ages from is never that of a device RAND: MKEF and
 * server have no e2mKEYSET. */
static bool service_fits(const godwit_emsdp_control_t *m)
{
    if (godwit_emsdp_has(m, GODWIT_TLV_SERVICE_REQUEST)) {
        return m->enterprise.len != 0;
    }
    return m->command != GODWIT_SESSION_START || !godwit_emsdp_has(m, GODWIT_TLV_SERVICE) ||
           m->agreement != GODWIT_AGREEMENT_DEVICE_RAND;
}

bool godwit_emsdp_tlvs_agree(const godwit_emsdp_control_t *m)
{
    return generation_fits(m) && identity_fits(m) && vector_fits(m) && service_fits(m);
}
