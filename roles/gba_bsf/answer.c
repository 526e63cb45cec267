/* SPDX-License-Identifier: Apache-2.0
 *
 * How the BSF answers on Ub (TS 24.109 4.2 to 4.5). Nothing in an answer tells a subscriber with a vector under way
 * from one without.
 */
#include <string.h>

#include "roles/gba_bsf/internal.h"

godwit_bsf_waiter_t godwit_gba_bsf_waiter(const godwit_message_t *message, bool stale)
{
    return (godwit_bsf_waiter_t){
        .transaction = message->transaction, .route = message->route, .tls = message->u.ub_request.tls, .stale = stale};
}

godwit_message_t *godwit_gba_bsf_answer(const godwit_bsf_waiter_t *waiter, uint16_t code, godwit_outbox_t *out)
{
    godwit_message_t *message =
        godwit_outbox_message(out, GODWIT_UB_ANSWER, GODWIT_FUNCTION_BSF, GODWIT_FUNCTION_DEVICE, waiter->transaction);
    if (message != NULL) {
        message->route = waiter->route;
        message->u.ub_answer.code = code;
    }
    return message;
}

void godwit_gba_bsf_event(const godwit_gba_bsf_t *bsf, godwit_outbox_t *out, const char *name, godwit_status_t reason,
                          const char *impi, const char *detail)
{
    godwit_imsi_t imsi;
    bool known = impi != NULL && godwit_gba_imsi(impi, bsf->config.home, &imsi) == GODWIT_OK;
    godwit_outbox_event(out, name, reason, known ? &imsi : NULL, detail);
}

static uint16_t code_of(godwit_status_t status)
{
    switch (status) {
    case GODWIT_MALFORMED:
    case GODWIT_UNSUPPORTED_SUITE:
        return 400;
    case GODWIT_UNKNOWN_SUBSCRIBER:
    case GODWIT_NOT_ENTITLED:
    case GODWIT_POLICY_FORBIDS:
    case GODWIT_MAC_FAILURE:
    case GODWIT_AUTH_MAC_FAILURE:
        return 403;
    default:
        return 503;
    }
}

void godwit_gba_bsf_refuse(const godwit_gba_bsf_t *bsf, const godwit_bsf_waiter_t *waiter, const char *impi,
                           godwit_status_t status, const char *detail, godwit_outbox_t *out)
{
    godwit_message_t *message = godwit_gba_bsf_answer(waiter, code_of(status), out);
    if (message != NULL) {
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
    godwit_gba_bsf_event(bsf, out, "refused", status, impi, detail);
}

void godwit_gba_bsf_challenge_with(const godwit_gba_bsf_t *bsf, const godwit_bsf_waiter_t *waiter,
                                   const godwit_bsf_challenge_t *challenge, godwit_outbox_t *out)
{
    godwit_digest_challenge_t c;
    if (challenge->type == GODWIT_GBA_2G && !waiter->tls) {
        godwit_gba_bsf_refuse(bsf, waiter, challenge->impi, GODWIT_POLICY_FORBIDS, "2G GBA outside TLS", out);
        return;
    }
    godwit_message_t *message = godwit_gba_bsf_answer(waiter, 401, out);
    if (message == NULL) {
        return;
    }
    memset(&c, 0, sizeof c);
    memcpy(c.realm, bsf->config.name, strlen(bsf->config.name) + 1);
    memcpy(c.nonce, challenge->nonce, sizeof c.nonce);
    c.algorithm = GODWIT_DIGEST_AKAV1_MD5;
    c.qops = GODWIT_QOP_AUTH_INT;
    c.stale = waiter->stale;
    if (godwit_digest_challenge_build(&c, message->u.ub_answer.www_authenticate) == GODWIT_OK) {
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
}
