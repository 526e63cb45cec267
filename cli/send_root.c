/* SPDX-License-Identifier: Apache-2.0
 *
 * Agreement 04 in "godwit send": Ks_NAF for the EMKS, from the file of "godwit gba bootstrap". With GBA_U the card makes it, and is closed
 * again before the device runs on it.
 */
#include "cli/send_root.h"

#include <string.h>

#include "cli/gba.h"
#include "core/agree/gba/gba.h"

static bool options_fit(const cli_args_t *args)
{
    static const char *const only_with_gba[] = {"emks", "ua", "bsf-name"};
    if (cli_value(args, "gba") == NULL) {
        for (size_t i = 0; i < sizeof only_with_gba / sizeof only_with_gba[0]; i++) {
            if (cli_value(args, only_with_gba[i]) != NULL) {
                (void)cli_fail(args, CLI_USAGE, "--%s goes with --gba only", only_with_gba[i]);
                return false;
            }
        }
        return true;
    }
    if (cli_count(args, "agreement") > 0) {
        (void)cli_fail(args, CLI_USAGE, "--gba is an agreement of its own: leave --agreement out");
        return false;
    }
    if (cli_value(args, "emks") == NULL) {
        (void)cli_fail(args, CLI_USAGE, "--gba needs --emks, the name of the EMKS as a NAF");
        return false;
    }
    return true;
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
    root->agreement = GODWIT_AGREEMENT_GBA;
    root->given = true;
    root->status = cli_gba_now() < godwit_gba_expires_of(&g->gba) ? GODWIT_OK : GODWIT_KEY_EXPIRED;
    return root->status == GODWIT_OK ? cli_gba_key_of(g, naf_id, false, root->key) : CLI_OK;
}

int cli_root_take(const cli_args_t *args, const char *card_path, cli_root_t *root)
{
    static cli_gba_t g;
    uint8_t ua[GODWIT_UA_PROTOCOL_OCTETS] = {0xFF, 0x00, 0x00, 0x00, 0x01}; /* EMSDP, ours: docs/keys.md */
    uint8_t naf_id[GODWIT_NAF_ID_MAX];
    uint16_t len = 0;
    godwit_slice_t emks;
    if (!options_fit(args)) {
        return CLI_USAGE;
    }
    if (cli_value(args, "gba") == NULL) {
        return CLI_OK;
    }
    if (!cli_fqdn(args, "emks", &emks) ||
        (cli_value(args, "ua") != NULL && !cli_hex_exact(args, "ua", ua, sizeof ua)) ||
        godwit_gba_naf_id(emks, ua, naf_id, &len) != GODWIT_OK || !cli_gba_identity(args, &g)) {
        return CLI_USAGE;
    }
    g.card_path = card_path;
    g.state_path = cli_value(args, "gba");
    int code = take_gba(&g, godwit_slice(naf_id, len), root);
    cli_gba_close(&g);
    return code;
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
    return root->given && ended ? "; run godwit gba bootstrap again" : "";
}
