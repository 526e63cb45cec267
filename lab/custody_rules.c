/* SPDX-License-Identifier: Apache-2.0
 *
 * Who may hold what (docs/keys.md, "who could compute it"): the one table. The visited network has the keys of its own
 * access and nothing else; an endpoint has K_session made for it, and nothing higher.
 */
#include "lab/internal.h"

#define AT(kind) (1u << GODWIT_WORLD_##kind)
#define DEVICE (1u << GODWIT_LAB_DEVICE)
#define USIM (1u << GODWIT_LAB_USIM)

/* The stranger is a serving network, too, and gets what any of them gets. */
static const uint32_t rules[LAB_CLASSES] = {
    [LAB_CLASS_ACCESS_CK] = AT(HSS) | AT(SGSN) | AT(MSC) | AT(STRANGER) | DEVICE | USIM,
    [LAB_CLASS_FLAGGED_CK] = AT(HSS) | USIM, /* and the ME where it derives */
    [LAB_CLASS_EPS_CK] = AT(HSS) | DEVICE | USIM,
    [LAB_CLASS_PRIME] = AT(HSS) | AT(SGSN) | AT(MSC) | AT(STRANGER) | DEVICE | USIM,
    [LAB_CLASS_ACCESS_KASME] = AT(HSS) | AT(MME) | AT(STRANGER) | DEVICE,
    [LAB_CLASS_HOME_KASME] = AT(HSS) | AT(EMKS) | DEVICE,
    [LAB_CLASS_SEPARATE_CK] = AT(HSS) | AT(EMKS) | DEVICE | USIM,
    [LAB_CLASS_ACCESS_KEYSET] = AT(HSS) | DEVICE | USIM, /* and the EMKS where it is the owner */
    [LAB_CLASS_SEPARATE_KEYSET] = AT(EMKS) | DEVICE,
    [LAB_CLASS_HSE_SESSION] = AT(HSE) | AT(HSS) | DEVICE,    /* the owner hands it out */
    [LAB_CLASS_EMSE_SESSION] = AT(EMSE) | AT(EMKS) | DEVICE, /* Solution 2 knows no other owner */
    [LAB_CLASS_MTC_KC] = AT(HSS) | AT(MKEF) | DEVICE | USIM,
    [LAB_CLASS_MTC_KEY] = AT(MTC) | AT(MKEF) | DEVICE,
    [LAB_CLASS_MTC_CHAIN] = AT(MKEF) | DEVICE,
    [LAB_CLASS_GBA_CK] = AT(HSS) | AT(BSF) | DEVICE | USIM, /* with GBA_U not the device */
    [LAB_CLASS_GBA_KS] = AT(HSS) | AT(BSF) | DEVICE | USIM, /* it is CK || IK */
    [LAB_CLASS_KS_NAF] = AT(BSF) | AT(NAF) | DEVICE | USIM,
    [LAB_CLASS_5G_CK] = AT(HSS) | DEVICE | USIM,
    [LAB_CLASS_K_AUSF] = AT(HSS) | AT(AUSF) | DEVICE,
    [LAB_CLASS_K_AKMA] = AT(AUSF) | AT(AANF) | DEVICE, /* the AUSF until it is registered */
    [LAB_CLASS_K_AF] = AT(AANF) | AT(AF) | DEVICE,
    [LAB_CLASS_K_IWF] = AT(MTC_IWF) | DEVICE, /* and who makes it, or hands it on */
    [LAB_CLASS_K_DI] = AT(MTC_IWF) | DEVICE,
    [LAB_CLASS_EAP_PRIME] = AT(HSS) | AT(AAA) | DEVICE,
    [LAB_CLASS_EAP_ROOT] = AT(AAA) | DEVICE,
    [LAB_CLASS_ACCESS_E2E] = AT(HSS) | AT(EESE) | AT(EAS) | DEVICE, /* the EESE until the EAS has it */
    [LAB_CLASS_SEPARATE_E2E] = AT(EMKS) | AT(EESE) | AT(EAS) | DEVICE,
    [LAB_CLASS_E2E_TEXT] = AT(EAS) | DEVICE,
    [LAB_CLASS_SEPARATE_SESSION] = AT(HSE) | AT(EMKS) | DEVICE,
};

/* Device triggering: who makes K_iwf has it, and its root. */
static uint32_t may_for_triggers(const godwit_world_config_t *config, lab_class_t class)
{
    const godwit_world_triggering_t *t = &config->trigger;
    const bool of_eap = t->root == GODWIT_IWF_ROOT_EAP;
    const bool of_hss = !of_eap && (t->key_from == 0 || t->key_from == GODWIT_IWF_KEY_FROM_HSS);
    const bool of_iwf = t->key_from == GODWIT_IWF_KEY_FROM_IWF;
    const bool of_flag = t->root != GODWIT_IWF_ROOT_KASME;
    const bool is_ck = class == LAB_CLASS_EPS_CK || class == LAB_CLASS_FLAGGED_CK;
    uint32_t may = 0;
    if (class == LAB_CLASS_K_IWF) {
        may |= of_hss ? AT(HSS) : 0;
        may |= of_eap ? AT(AAA) : 0;
        may |= t->key_from == GODWIT_IWF_KEY_FROM_MME ? AT(MME) | AT(SGSN) | AT(MSC) : 0;
        may |= t->ue_key_received ? AT(MME) | AT(SGSN) | AT(MSC) : 0;
        may |= lab_trigger_flags(config) && config->access != GODWIT_WORLD_EPS ? USIM : 0;
    }
    if (of_iwf && ((is_ck && of_flag) || (class == LAB_CLASS_ACCESS_KASME && !of_flag))) {
        may |= AT(MTC_IWF);
    }
    return may;
}

uint32_t lab_may(const godwit_world_config_t *config, lab_class_t class)
{
    uint32_t may = rules[class] | (config->trigger.on ? may_for_triggers(config, class) : 0);
    bool is_owned = class == LAB_CLASS_ACCESS_KEYSET || class == LAB_CLASS_HSE_SESSION ||
                    class == LAB_CLASS_EMSE_SESSION || class == LAB_CLASS_ACCESS_E2E;
    if (config->delivery == 'D' && is_owned) {
        may |= AT(EMKS);
    }
    if (config->delivery == 'D' && (class == LAB_CLASS_HSE_SESSION || class == LAB_CLASS_ACCESS_E2E)) {
        may &= ~AT(HSS);
    }
    if ((config->me_derives || config->usim_unaware) && class == LAB_CLASS_FLAGGED_CK) {
        may |= DEVICE;
    }
    if (config->gba && config->flavour == GODWIT_GBA_U && (class == LAB_CLASS_GBA_CK || class == LAB_CLASS_GBA_KS)) {
        may &= ~DEVICE;
    }
    return may;
}
