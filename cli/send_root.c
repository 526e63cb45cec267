/* SPDX-License-Identifier: Apache-2.0
 *
 * Agreements 04 and 05 in "godwit send": Ks_NAF for the EMKS, from the file of "godwit gba bootstrap", or K_AF, from
 * that of "godwit akma authenticate". With GBA_U the card makes Ks_NAF, and is closed again before the device runs on
 * it.
 */
#include "cli/send_root.h"

#include <string.h>

#include "cli/akma.h"
#include "cli/gba.h"
#include "core/agree/gba/gba.h"

static bool needs(const cli_args_t *args, const char *option, const char *with, bool there)
{
    if (cli_value(args, option) == NULL || there) {
        return true;
    }
    (void)cli_fail(args, CLI_USAGE, "--%s goes with %s only", option, with);
    return false;
}

static bool options_fit(const cli_args_t *args)
{
    const bool gba = cli_value(args, "gba") != NULL, akma = cli_value(args, "akma") != NULL;
    if (gba || akma) {
        if (gba + akma + (cli_count(args, "agreement") > 0) > 1) {
            (void)cli_fail(args, CLI_USAGE, "--gba, --akma and --agreement: one of them");
            return false;
        }
        if (cli_value(args, "emks") == NULL) {
            (void)cli_fail(args, CLI_USAGE, "--emks is missing: the name of the EMKS, which the key is for");
            return false;
        }
    }
    return needs(args, "emks", "--gba or --akma", gba || akma) && needs(args, "ua", "--gba or --akma", gba || akma) &&
           needs(args, "bsf-name", "--gba", gba) && needs(args, "routing", "--akma", akma);
}

static int take_gba(cli_gba_t *g, godwit_slice_t naf_id, cli_root_t *root)
{
    int code = cli_gba_take_state(g);
    if (code != CLI_OK) {
        return code;
    }
    const char *b_tid = godwit_gba_b_tid_of(&g->gba);
    if (strlen(b_tid) >= sizeof root->reference) {
        return cli_fail(g->args, CLI_REFUSED, "%s: a B-TID of more than %d characters names no key in EMSDP",
                        g->state_path, GODWIT_KEY_REFERENCE_MAX);
    }
    memcpy(root->reference, b_tid, strlen(b_tid) + 1);
    root->status = cli_gba_now() < godwit_gba_expires_of(&g->gba) ? GODWIT_OK : GODWIT_KEY_EXPIRED;
    return root->status == GODWIT_OK ? cli_gba_key_of(g, naf_id, false, root->key) : CLI_OK;
}

static int root_of_gba(const cli_args_t *args, const char *card_path, godwit_slice_t naf_id, cli_root_t *root)
{
    static cli_gba_t g;
    if (!cli_gba_identity(args, &g)) {
        return CLI_USAGE;
    }
    g.card_path = card_path;
    g.state_path = cli_value(args, "gba");
    root->agreement = GODWIT_AGREEMENT_GBA;
    int code = take_gba(&g, naf_id, root);
    cli_gba_close(&g);
    return code;
}

/* How long the key lives the AAnF knows alone. */
static int root_of_akma(const cli_args_t *args, godwit_slice_t af_id, cli_root_t *root)
{
    char a_kid[GODWIT_A_KID_MAX + 1] = {0};
    root->agreement = GODWIT_AGREEMENT_AKMA;
    int code = cli_akma_take(args, cli_value(args, "akma"), af_id, a_kid, root->key);
    if (code == CLI_OK && strlen(a_kid) >= sizeof root->reference) {
        return cli_fail(args, CLI_REFUSED, "an A-KID of more than %d characters names no key in EMSDP",
                        GODWIT_KEY_REFERENCE_MAX);
    }
    memcpy(root->reference, a_kid, strlen(a_kid) + 1);
    return code;
}

int cli_root_take(const cli_args_t *args, const char *card_path, cli_root_t *root)
{
    uint8_t ua[GODWIT_UA_PROTOCOL_OCTETS] = {0xFF, 0x00, 0x00, 0x00, 0x01}; /* EMSDP, ours: docs/keys.md */
    uint8_t id[GODWIT_NAF_ID_MAX];                                          /* NAF_Id, and AF_ID alike: FQDN || ua */
    uint16_t len = 0;
    godwit_slice_t emks;
    if (!options_fit(args)) {
        return CLI_USAGE;
    }
    if (cli_value(args, "emks") == NULL) {
        return CLI_OK;
    }
    if (!cli_fqdn(args, "emks", &emks) ||
        (cli_value(args, "ua") != NULL && !cli_hex_exact(args, "ua", ua, sizeof ua)) ||
        godwit_gba_naf_id(emks, ua, id, &len) != GODWIT_OK) {
        return CLI_USAGE;
    }
    root->given = true;
    return cli_value(args, "gba") != NULL ? root_of_gba(args, card_path, godwit_slice(id, len), root)
                                          : root_of_akma(args, godwit_slice(id, len), root);
}

int cli_root_give(const cli_args_t *args, cli_root_t *root, godwit_device_t *device)
{
    if (!root->given) {
        return CLI_OK;
    }
    if (root->status != GODWIT_OK) {
        return godwit_device_state(device) != GODWIT_SESSION_IDLE
                   ? CLI_OK
                   : cli_fail(args, CLI_REFUSED, "the bootstrapped key: %s%s", godwit_status_name(root->status),
                              cli_root_remedy(root, root->status));
    }
    godwit_status_t status =
        godwit_device_key_reference(device, root->agreement, godwit_slice_of_string(root->reference), root->key);
    godwit_wipe(root->key, sizeof root->key);
    return status == GODWIT_OK ? CLI_OK
                               : cli_fail(args, CLI_REFUSED, "the bootstrapped key: %s", godwit_status_name(status));
}

const char *cli_root_remedy(const cli_root_t *root, godwit_status_t refusal)
{
    bool ended = refusal == GODWIT_UNKNOWN_KEY || refusal == GODWIT_KEY_EXPIRED;
    if (!root->given || !ended) {
        return "";
    }
    return root->agreement == GODWIT_AGREEMENT_GBA ? "; run godwit gba bootstrap again"
                                                   : "; run godwit akma authenticate again";
}
