/* SPDX-License-Identifier: Apache-2.0
 *
 * The places of roles that the tree does not have yet: nodes that say nothing. CMakeLists.txt leaves this out when they are there.
 */
#include "roles/mme.h"
#include "roles/sgsn.h"

#ifndef GODWIT_LAB_HAS_MME
godwit_status_t godwit_mme_init(godwit_mme_t *mme, const godwit_mme_config_t *config, godwit_mme_ue_t *ues,
                                size_t capacity, godwit_gtp_pending_t *pending, size_t pending_capacity,
                                godwit_gtp_answered_t *answered, size_t answered_capacity)
{
    (void)mme, (void)config, (void)ues, (void)capacity, (void)pending, (void)pending_capacity, (void)answered;
    (void)answered_capacity;
    return GODWIT_OK;
}

void godwit_mme_step(godwit_mme_t *mme, const godwit_input_t *in, godwit_outbox_t *out)
{
    (void)mme, (void)in, (void)out;
}
#endif

#ifndef GODWIT_LAB_HAS_SGSN
godwit_status_t godwit_sgsn_init(godwit_sgsn_t *sgsn, const godwit_sgsn_config_t *config, godwit_sgsn_ue_t *ues,
                                 size_t capacity, godwit_gtp_pending_t *pending, size_t pending_capacity,
                                 godwit_gtp_answered_t *answered, size_t answered_capacity)
{
    (void)sgsn, (void)config, (void)ues, (void)capacity, (void)pending, (void)pending_capacity, (void)answered;
    (void)answered_capacity;
    return GODWIT_OK;
}

void godwit_sgsn_step(godwit_sgsn_t *sgsn, const godwit_input_t *in, godwit_outbox_t *out)
{
    (void)sgsn, (void)in, (void)out;
}
#endif
