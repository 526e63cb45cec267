/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors that wait for their answers: one for each subscriber. What is over is wiped.
 */
#include <string.h>

#include "roles/gba_bsf/internal.h"

#define CHALLENGE_S 300u

uint64_t godwit_gba_bsf_challenge_ms(const godwit_gba_bsf_t *bsf)
{
    return (bsf->config.challenge_s != 0 ? bsf->config.challenge_s : CHALLENGE_S) * UINT64_C(1000);
}

static bool lives(const godwit_gba_bsf_t *bsf, const godwit_bsf_challenge_t *c, uint64_t now_ms)
{
    return c->used && (now_ms < c->at_ms || now_ms - c->at_ms < godwit_gba_bsf_challenge_ms(bsf));
}

godwit_bsf_challenge_t *godwit_gba_bsf_challenge_of(godwit_gba_bsf_t *bsf, const char *impi, uint64_t now_ms)
{
    for (size_t i = 0; i < GODWIT_BSF_CHALLENGES_MAX; i++) {
        godwit_bsf_challenge_t *c = &bsf->challenges[i];
        if (lives(bsf, c, now_ms) && strcmp(c->impi, impi) == 0) {
            return c;
        }
    }
    return NULL;
}

godwit_bsf_challenge_t *godwit_gba_bsf_challenge_by_nonce(godwit_gba_bsf_t *bsf, const char *nonce, uint64_t now_ms)
{
    for (size_t i = 0; i < GODWIT_BSF_CHALLENGES_MAX; i++) {
        godwit_bsf_challenge_t *c = &bsf->challenges[i];
        if (lives(bsf, c, now_ms) && strcmp(c->nonce, nonce) == 0) {
            return c;
        }
    }
    return NULL;
}

godwit_bsf_challenge_t *godwit_gba_bsf_challenge_place(godwit_gba_bsf_t *bsf, const char *impi)
{
    godwit_bsf_challenge_t *place = &bsf->challenges[0];
    for (size_t i = 0; i < GODWIT_BSF_CHALLENGES_MAX; i++) {
        godwit_bsf_challenge_t *c = &bsf->challenges[i];
        if (c->used && strcmp(c->impi, impi) == 0) {
            return c;
        }
        if (place->used && (!c->used || c->at_ms < place->at_ms)) {
            place = c;
        }
    }
    return place;
}

void godwit_gba_bsf_challenge_drop(godwit_gba_bsf_t *bsf, godwit_bsf_challenge_t *challenge, godwit_outbox_t *out)
{
    godwit_outbox_timer(out, (uint32_t)(challenge - bsf->challenges), 0);
    godwit_wipe(challenge, sizeof *challenge);
}
