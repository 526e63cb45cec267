/* SPDX-License-Identifier: Apache-2.0
 *
 * Every key that a vector leads to, derived by the watcher, who knows every subscriber's K.
 */
#include <stdlib.h>
#include <string.h>

#include "core/agree/akma/akma.h"
#include "lab/internal.h"

#define GENERATIONS_AHEAD 2

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

static void must(godwit_status_t status)
{
    if (status != GODWIT_OK) {
        abort();
    }
}

void lab_learn(godwit_world_t *w, unsigned device, lab_class_t class, godwit_lab_key_t key, const uint8_t *octets,
               uint8_t len)
{
    lab_secret_t secret = {.len = len,
                           .key = (uint8_t)key,
                           .class = (uint8_t) class,
                           .device = (uint8_t)device,
                           .may = lab_may(&w->config, class)};
    memcpy(secret.octets, octets, len);
    lab_secret_add(&w->secrets, &secret);
    godwit_wipe(&secret, sizeof secret);
}

/* K_session of one endpoint and generation, and what is made of it for each suite in use. */
static void learn_session(godwit_world_t *w, const lab_keyset_t *set, unsigned endpoint, uint32_t generation)
{
    uint8_t k_session[32], k_enc[16], k_int[32];
    lab_class_t class = endpoint == GODWIT_WORLD_EMSE ? LAB_CLASS_EMSE_SESSION
                        : set->separate               ? LAB_CLASS_SEPARATE_SESSION
                                                      : LAB_CLASS_HSE_SESSION;
    must(godwit_k_session(crypto, set->octets, godwit_slice_of_string(lab_host(endpoint)), generation, k_session));
    lab_learn(w, set->device, class, GODWIT_LAB_K_SESSION, k_session, 32);
    for (uint8_t suite = GODWIT_SUITE_DEFAULT; suite <= LAB_SUITE_CLEAR; suite++) {
        if (suite == GODWIT_SUITE_DEFAULT || suite == LAB_SUITE_CLEAR) {
            must(godwit_suite_keys(crypto, k_session, suite, k_enc, k_int));
            lab_learn(w, set->device, class, GODWIT_LAB_K_SESSION, k_enc, 16);
            lab_learn(w, set->device, class, GODWIT_LAB_K_SESSION, k_int, 16);
        }
    }
    godwit_wipe(k_session, sizeof k_session);
}

static void follow(godwit_world_t *w, lab_keyset_t *set, uint32_t generation)
{
    while (set->generation < generation) {
        set->generation++;
        learn_session(w, set, GODWIT_WORLD_HSE, set->generation);
        learn_session(w, set, GODWIT_WORLD_EMSE, set->generation);
    }
}

void lab_learn_session(godwit_world_t *w, const uint8_t k_session[32], uint32_t generation)
{
    const lab_secret_t *known = lab_secret_at(&w->secrets, k_session, 32);
    for (size_t i = 0; known == NULL && w->config.watch_memory && i < w->secrets.keyset_count; i++) {
        follow(w, &w->secrets.keysets[i], generation + GENERATIONS_AHEAD);
    }
}

static void learn_keyset(godwit_world_t *w, unsigned device, const uint8_t root[32], godwit_agreement_t agreement,
                         const uint8_t autn[16])
{
    lab_secrets_t *s = &w->secrets;
    bool separate = agreement == GODWIT_AGREEMENT_SEPARATE_EPS || agreement == GODWIT_AGREEMENT_SEPARATE_UMTS;
    if (s->keyset_count == s->keyset_capacity) {
        size_t capacity = s->keyset_capacity == 0 ? 32 : 2 * s->keyset_capacity;
        lab_keyset_t *larger = lab_alloc(capacity * sizeof *larger);
        if (s->keyset_count > 0) {
            memcpy(larger, s->keysets, s->keyset_count * sizeof *larger);
        }
        lab_free_secret(s->keysets);
        s->keysets = larger;
        s->keyset_capacity = capacity;
    }
    lab_keyset_t *set = &s->keysets[s->keyset_count++];
    *set = (lab_keyset_t){.device = (uint8_t)device, .separate = separate};
    must(godwit_e2m_keyset(crypto, root, agreement, godwit_slice(autn, 6), set->octets));
    lab_learn(w, device, separate ? LAB_CLASS_SEPARATE_KEYSET : LAB_CLASS_ACCESS_KEYSET, GODWIT_LAB_E2M_KEYSET,
              set->octets, 32);
    follow(w, set, GENERATIONS_AHEAD);
    lab_follow_ages(w, set, 0);
}

static void add_pair(godwit_world_t *w, unsigned device, lab_class_t class, godwit_lab_key_t key,
                     const uint8_t pair[32])
{
    lab_learn(w, device, class, key, pair, 16);
    lab_learn(w, device, class, (godwit_lab_key_t)(key + 1), pair + 16, 16);
}

static void learn_umts(godwit_world_t *w, unsigned device, bool separate, const uint8_t ck_ik[32],
                       const uint8_t autn[16])
{
    uint8_t prime[32];
    bool flagged = (godwit_load_u16(autn + 6) & GODWIT_AMF_E2M_DEFAULT) != 0;
    lab_class_t class = separate ? LAB_CLASS_SEPARATE_CK : flagged ? LAB_CLASS_FLAGGED_CK : LAB_CLASS_ACCESS_CK;
    add_pair(w, device, class, GODWIT_LAB_CK, ck_ik);
    lab_learn_iwf_root(w, device, ck_ik);
    if (separate) {
        learn_keyset(w, device, ck_ik, GODWIT_AGREEMENT_SEPARATE_UMTS, autn);
    } else if (flagged) {
        must(godwit_e2m_ck_ik_prime(crypto, ck_ik, autn, prime));
        add_pair(w, device, LAB_CLASS_PRIME, GODWIT_LAB_CK_PRIME, prime);
        learn_keyset(w, device, ck_ik, GODWIT_AGREEMENT_ACCESS_UMTS, autn);
    }
    godwit_wipe(prime, sizeof prime);
}

static void learn_eps(godwit_world_t *w, unsigned device, bool separate, godwit_plmn_t plmn, const uint8_t ck_ik[32],
                      const uint8_t autn[16])
{
    uint8_t kasme[32];
    bool flagged = (godwit_load_u16(autn + 6) & GODWIT_AMF_E2M_DEFAULT) != 0;
    add_pair(w, device, LAB_CLASS_EPS_CK, GODWIT_LAB_CK, ck_ik);
    must(godwit_kasme(crypto, ck_ik, plmn, autn, kasme));
    lab_learn_iwf_root(w, device, flagged ? ck_ik : kasme);
    lab_learn(w, device, separate ? LAB_CLASS_HOME_KASME : LAB_CLASS_ACCESS_KASME, GODWIT_LAB_KASME, kasme, 32);
    if (separate) {
        learn_keyset(w, device, kasme, GODWIT_AGREEMENT_SEPARATE_EPS, autn);
    } else if (flagged) {
        learn_keyset(w, device, ck_ik, GODWIT_AGREEMENT_ACCESS_EPS, autn);
    }
    godwit_wipe(kasme, sizeof kasme);
}

/* HSS and card hold CK and IK within the call that computes them, where the search between calls does not look. */
void lab_credit_pair(godwit_world_t *w, unsigned kind)
{
    w->secrets.held[kind] |= 1u << GODWIT_LAB_CK | 1u << GODWIT_LAB_IK;
}

void lab_learn_vector(godwit_world_t *w, unsigned device, unsigned asker, godwit_plmn_t plmn, godwit_vector_kind_t kind,
                      const uint8_t rand[16], const uint8_t autn[16])
{
    godwit_aka_key_t key = lab_key(device);
    godwit_vector_t vector;
    uint8_t ck_ik[32];
    uint64_t sqn;
    bool separate = asker == GODWIT_WORLD_EMKS;
    if (!w->config.watch_memory) {
        return;
    }
    must(godwit_autn_consume(crypto, &key, rand, autn, &sqn, &vector));
    lab_credit_pair(w, GODWIT_WORLD_HSS);
    memcpy(ck_ik, vector.ck, 16);
    memcpy(ck_ik + 16, vector.ik, 16);
    if (kind == GODWIT_VECTOR_UTRAN) {
        learn_umts(w, device, separate, ck_ik, autn);
    } else {
        learn_eps(w, device, separate, plmn, ck_ik, autn);
    }
    godwit_wipe(ck_ik, sizeof ck_ik);
    godwit_wipe(&vector, sizeof vector);
}

/* Kc_a || Kc_b || SRES_a || SRES_b, or of the profile ts33868 one Kc. */
static void sim_of(godwit_world_t *w, unsigned device, const uint8_t rand1[16], uint8_t kc_sres[24])
{
    godwit_aka_key_t key = lab_key(device);
    godwit_imsi_t imsi = lab_imsi(device);
    uint8_t a[16], b[16];
    if (w->config.profile != GODWIT_MTC_GODWIT1) {
        must(godwit_gsm_compute(crypto, &key, rand1, kc_sres + 16, kc_sres));
        return;
    }
    must(godwit_device_rand_pair(crypto, rand1, &imsi, a, b));
    must(godwit_gsm_compute(crypto, &key, a, kc_sres + 16, kc_sres));
    must(godwit_gsm_compute(crypto, &key, b, kc_sres + 20, kc_sres + 8));
}

void lab_learn_mtc(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    const godwit_mtc_exchange_t *x = &d->mtc.exchange;
    const godwit_slice_t server = godwit_slice_of_string(lab_host(GODWIT_WORLD_MTC));
    uint8_t k_mtc[32], kc_sres[24], chain[32];
    if (!w->config.watch_memory || !godwit_emsdp_key_is_set(&x->key) ||
        memcmp(d->mtc_learned, x->rand1, sizeof d->mtc_learned) == 0) {
        return;
    }
    memcpy(d->mtc_learned, x->rand1, sizeof d->mtc_learned);
    sim_of(w, device, x->rand1, kc_sres);
    if (w->config.profile != GODWIT_MTC_GODWIT1) {
        must(godwit_k_mtc_ts33868(crypto, kc_sres, server, k_mtc));
    } else {
        must(godwit_k_mtc(crypto, kc_sres, server, &d->config.imsi, x->rand1, d->mtc.chain, k_mtc));
        must(godwit_next_chain(crypto, kc_sres, d->mtc.chain, x->rand1, chain));
        lab_learn(w, device, LAB_CLASS_MTC_KC, GODWIT_LAB_KC, kc_sres, 16);
        lab_learn(w, device, LAB_CLASS_MTC_CHAIN, GODWIT_LAB_CHAIN, chain, 32);
    }
    lab_learn(w, device, LAB_CLASS_MTC_KEY, GODWIT_LAB_K_MTC, k_mtc, 32);
    lab_learn(w, device, LAB_CLASS_MTC_KEY, GODWIT_LAB_K_MTC, x->key.hot.k_enc, 16);
    lab_learn(w, device, LAB_CLASS_MTC_KEY, GODWIT_LAB_K_MTC, x->key.hot.k_int, 16);
    godwit_wipe(k_mtc, sizeof k_mtc);
    godwit_wipe(kc_sres, sizeof kc_sres);
}

void lab_learn_gba(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    const godwit_gba_key_t *key = &d->gba.key;
    if (w->config.watch_memory && key->set && w->config.flavour == GODWIT_GBA_SIM &&
        memcmp(d->gba_learned, key->rand, sizeof d->gba_learned) != 0) {
        memcpy(d->gba_learned, key->rand, sizeof d->gba_learned);
        lab_learn(w, device, LAB_CLASS_GBA_KS, GODWIT_LAB_KS, key->ks, 32);
    }
}

void lab_learn_zh(godwit_world_t *w, unsigned device, const godwit_zh_answer_t *answer)
{
    uint8_t ks[32];
    if (!w->config.watch_memory || answer->type != GODWIT_GBA_3G) {
        return;
    }
    memcpy(ks, answer->ck, 16);
    memcpy(ks + 16, answer->ik, 16);
    lab_credit_pair(w, GODWIT_WORLD_HSS);
    lab_learn(w, device, LAB_CLASS_GBA_KS, GODWIT_LAB_KS, ks, 32);
    lab_learn(w, device, LAB_CLASS_GBA_CK, GODWIT_LAB_IK, answer->ik, 16);
    godwit_wipe(ks, sizeof ks);
}

void lab_learn_zn(godwit_world_t *w, unsigned device, const godwit_zn_answer_t *answer)
{
    if (w->config.watch_memory) {
        lab_learn(w, device, LAB_CLASS_KS_NAF, GODWIT_LAB_KS_NAF, answer->me_key, 32);
    }
}

void lab_learn_5g(godwit_world_t *w, unsigned device, const godwit_he_vector_answer_t *answer)
{
    godwit_aka_key_t key = lab_key(device);
    const godwit_imsi_t imsi = lab_imsi(device);
    godwit_vector_t vector;
    uint8_t k_akma[32], a_tid[32], k_af[32], room[GODWIT_AF_ID_MAX];
    uint64_t sqn;
    if (!w->config.watch_memory ||
        godwit_autn_consume(crypto, &key, answer->rand, answer->autn, &sqn, &vector) != GODWIT_OK) {
        return;
    }
    lab_credit_pair(w, GODWIT_WORLD_HSS);
    lab_learn(w, device, LAB_CLASS_5G_CK, GODWIT_LAB_CK, vector.ck, 16);
    lab_learn(w, device, LAB_CLASS_5G_CK, GODWIT_LAB_IK, vector.ik, 16);
    lab_learn(w, device, LAB_CLASS_K_AUSF, GODWIT_LAB_K_AUSF, answer->k_ausf, 32);
    must(godwit_akma_anchor(crypto, answer->k_ausf, &imsi, k_akma, a_tid));
    must(godwit_k_af(crypto, k_akma, lab_af_id(room), k_af));
    lab_learn(w, device, LAB_CLASS_K_AKMA, GODWIT_LAB_K_AKMA, k_akma, 32);
    lab_learn(w, device, LAB_CLASS_K_AF, GODWIT_LAB_K_AF, k_af, 32);
    godwit_wipe(&vector, sizeof vector);
    godwit_wipe(k_akma, sizeof k_akma);
    godwit_wipe(k_af, sizeof k_af);
}
