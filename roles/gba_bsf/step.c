/* SPDX-License-Identifier: Apache-2.0
 *
 * The BSF: which file takes which input. It keeps no record in memory, so a commit that failed leaves nothing to
 * forget: the device, which gets no answer, begins anew.
 */
#include <string.h>

#include "roles/gba_bsf/internal.h"

godwit_status_t godwit_gba_bsf_init(godwit_gba_bsf_t *bsf, const godwit_gba_bsf_config_t *config)
{
    char text[8];
    memset(bsf, 0, sizeof *bsf);
    if (config->crypto == NULL || !godwit_fqdn_is_canonical(godwit_slice_of_string(config->name)) ||
        strlen(config->name) > GODWIT_B_TID_MAX - GODWIT_BASE64_LEN(16) - 1 ||
        godwit_plmn_to_text(config->home, text) != GODWIT_OK || config->naf_count > GODWIT_BSF_NAFS_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    bsf->config = *config;
    return GODWIT_OK;
}

void godwit_gba_bsf_step(godwit_gba_bsf_t *bsf, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (in->kind == GODWIT_INPUT_TIMER) {
        godwit_gba_bsf_on_timer(bsf, in, out);
        return;
    }
    if (in->kind != GODWIT_INPUT_MESSAGE) {
        return;
    }
    switch (in->message->kind) {
    case GODWIT_UB_REQUEST:
        godwit_gba_bsf_on_ub(bsf, in, out);
        break;
    case GODWIT_ZH_ANSWER:
        godwit_gba_bsf_on_zh(bsf, in, out);
        break;
    case GODWIT_ZN_REQUEST:
        godwit_gba_bsf_on_zn(bsf, in, out);
        break;
    default:
        break;
    }
}
