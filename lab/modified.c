/* SPDX-License-Identifier: Apache-2.0
 *
 * Which nodes had to be changed for a procedure.
 */
#include "lab/procedure_parts.h"

static const char *modified_for_triggers(const godwit_lab_run_t *run)
{
    const char *const nodes[] = {"HSS, MTC-IWF, ME", "HSS, MTC-IWF, ME, MME", "HSS, MTC-IWF, ME, SGSN, USIM",
                                 run->trigger.circuit ? "HSS, MTC-IWF, ME, MSC, USIM" : "HSS, MTC-IWF, ME, SGSN, USIM"};
    return run->trigger.root == GODWIT_IWF_ROOT_EAP ? "HSS, AAA, MTC-IWF, ME" : nodes[run->access];
}

/* Those of the solution that keys come from, the EESE and the EAS. */
static const char *modified_for_e2e(const godwit_lab_run_t *run)
{
    switch (run->e2e.source) {
    case '2':
        return "HSS, EMKS, EMSE, EESE, EAS, ME";
    case '3':
        return "HSE, EMKS, EESE, EAS, ME";
    case 'D':
        return "HSS, EMKS, HSE, PGW, EESE, EAS, USIM, ME";
    case 'E':
        return run->delivery == 'D' ? "HSS, EMKS, HSE, PGW, EESE, EAS, ME" : "HSS, HSE, PGW, EESE, EAS, ME";
    default:
        return "HSS, HSE, PGW, EESE, EAS, USIM, ME";
    }
}

/* What had to be changed for it, as contribution 004 counts nodes. */
const char *godwit_lab_modified(const godwit_lab_run_t *run)
{
    if (run->procedure == GODWIT_LAB_SEPARATE_AKA) {
        return "HSE, EMKS, ME";
    }
    if (run->procedure == GODWIT_LAB_TRIGGER) {
        return modified_for_triggers(run);
    }
    if (run->procedure == GODWIT_LAB_E2E) {
        return modified_for_e2e(run);
    }
    if (run->procedure == GODWIT_LAB_AKMA) {
        return "HSS, AUSF, AANF, AF, ME";
    }
    if (run->procedure == GODWIT_LAB_GBA) {
        return run->flavour == GODWIT_GBA_U ? "HSS, BSF, NAF, USIM, ME" : "HSS, BSF, NAF, ME";
    }
    if (run->procedure == GODWIT_LAB_DEVICE_RAND) {
        return "HSS, MKEF, MTC server, ME";
    }
    if (run->emsdp) {
        return "HSE, EMKS, HSS, ME";
    }
    if (run->procedure == GODWIT_LAB_NEXT_SESSION && run->access == GODWIT_WORLD_GERAN &&
        run->carrier == GODWIT_CARRIER_SMS) {
        return "HSS, ME, MSC";
    }
    if (run->procedure == GODWIT_LAB_NEXT_SESSION) {
        return run->access == GODWIT_WORLD_EPS ? "HSS, ME, MME" : "HSS, ME, SGSN";
    }
    if (run->procedure == GODWIT_LAB_POLICY) { /* over 1C; the serving node goes by the policies, too */
        return run->access == GODWIT_WORLD_EPS ? "HSS, HSE, PGW, USIM, ME, MME" : "HSS, HSE, PGW, USIM, ME, SGSN";
    }
    switch (run->variant) {
    case 'A':
    case 'B':
    case 'C':
        return "HSS, HSE, PGW, USIM, ME";
    case 'D':
        return "HSS, EMKS, HSE, PGW, USIM, ME";
    case 'E':
        return run->delivery == 'D' ? "HSS, EMKS, HSE, PGW, ME" : "HSS, HSE, PGW, ME";
    case '2':
        return "HSS, EMKS, EMSE, ME";
    default:
        return "";
    }
}
