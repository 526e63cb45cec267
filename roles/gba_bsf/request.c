/* SPDX-License-Identifier: Apache-2.0
 *
 * UB_REQUEST. The order: is it one of Ub, is the name a subscriber of this network, is there a challenge it answers;
 * only then anything that costs. A first request while a challenge is outstanding is given the same challenge: RAND and
 * AUTN are no secret, and only the card can answer them.
 */
#include <string.h>

#include "roles/gba_bsf/internal.h"

/* TS 24.109 4.2: GET of "/"; what the header says must be what was asked for, and of us (RFC 2617 3.2.2.5). */
static godwit_status_t check_request(const godwit_gba_bsf_t *bsf, const godwit_ub_request_t *ub,
                                     const godwit_digest_authorization_t *a, const char **detail)
{
    godwit_imsi_t imsi;
    if (strcmp(ub->method, "GET") != 0 || strcmp(ub->uri, "/") != 0) {
        *detail = "not GET /";
        return GODWIT_MALFORMED;
    }
    if (strcmp(a->uri, ub->uri) != 0) {
        *detail = "the uri of the header is not that of the request";
        return GODWIT_MALFORMED;
    }
    if (strcmp(a->realm, bsf->config.name) != 0) {
        *detail = "the realm is not this BSF";
        return GODWIT_NOT_ENTITLED;
    }
    *detail = "the user name is no IMPI of this network";
    return godwit_gba_imsi(a->username, bsf->config.home, &imsi);
}

static void first(godwit_gba_bsf_t *bsf, const godwit_input_t *in, const char *impi, bool stale, godwit_outbox_t *out)
{
    const godwit_bsf_waiter_t waiter = godwit_gba_bsf_waiter(in->message, stale);
    const godwit_bsf_challenge_t *outstanding = godwit_gba_bsf_challenge_of(bsf, impi, in->now_ms);
    if (outstanding != NULL) {
        godwit_gba_bsf_challenge_with(bsf, &waiter, outstanding, out);
        return;
    }
    if (godwit_gba_bsf_join(bsf, impi, &waiter)) {
        return;
    }
    if (!godwit_gba_bsf_spend(bsf, in->message->u.ub_request.sender, in->now_ms)) {
        godwit_gba_bsf_refuse(bsf, &waiter, impi, GODWIT_OVERLOAD, "this sender asks for too many vectors", out);
        return;
    }
    godwit_status_t status = godwit_gba_bsf_ask(bsf, impi, &waiter, NULL, NULL, out);
    if (status != GODWIT_OK) {
        godwit_gba_bsf_refuse(bsf, &waiter, impi, status, "no room for another request to the HSS", out);
    }
}

void godwit_gba_bsf_on_ub(godwit_gba_bsf_t *bsf, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_ub_request_t *ub = &in->message->u.ub_request;
    const godwit_bsf_waiter_t waiter = godwit_gba_bsf_waiter(in->message, false);
    godwit_digest_authorization_t a;
    const char *detail = "Authorization is none of Digest AKA";
    godwit_status_t status =
        godwit_digest_authorization_parse(godwit_slice(ub->authorization, ub->authorization_len), &a);
    status = status == GODWIT_OK ? check_request(bsf, ub, &a, &detail) : status;
    if (status != GODWIT_OK) {
        godwit_gba_bsf_refuse(bsf, &waiter, NULL, status, detail, out);
        return;
    }
    if (a.nonce[0] == '\0') {
        first(bsf, in, a.username, false, out);
        return;
    }
    godwit_bsf_challenge_t *challenge = godwit_gba_bsf_challenge_by_nonce(bsf, a.nonce, in->now_ms);
    if (challenge == NULL) {
        first(bsf, in, a.username, true, out); /* used, too old, or never ours */
        return;
    }
    godwit_gba_bsf_verify(bsf, in, &a, challenge, out);
}
