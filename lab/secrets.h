/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of custody: secrets with who may hold them, found by their first octets.
 */
#ifndef GODWIT_LAB_SECRETS_H
#define GODWIT_LAB_SECRETS_H

#include "lab/custody.h"

/* What a key is, more exactly than by its name: the rows of the rule table. */
typedef enum lab_class {
    LAB_CLASS_ACCESS_CK,        /* CK, IK of a UMTS vector that is not flagged: the serving network's */
    LAB_CLASS_FLAGGED_CK,       /* CK, IK of a flagged UMTS vector: hidden behind CK', IK' */
    LAB_CLASS_EPS_CK,           /* CK, IK of an EPS vector: hidden behind KASME */
    LAB_CLASS_PRIME,            /* CK', IK' */
    LAB_CLASS_ACCESS_KASME,     /* of the serving network */
    LAB_CLASS_HOME_KASME,       /* of the BEST PLMN: root of agreement 03 */
    LAB_CLASS_SEPARATE_CK,      /* CK, IK that are the root of agreement 07 */
    LAB_CLASS_ACCESS_KEYSET,    /* e2mKEYSET of agreements 01, 02 */
    LAB_CLASS_SEPARATE_KEYSET,  /* of 03, 07 */
    LAB_CLASS_HSE_SESSION,      /* K_session made for the HSE from a key set of the access */
    LAB_CLASS_EMSE_SESSION,     /* for the EMSE */
    LAB_CLASS_SEPARATE_SESSION, /* for the HSE, from agreements 03, 07 */
    LAB_CLASS_MTC_KC,           /* Kc_a || Kc_b of device RAND */
    LAB_CLASS_MTC_KEY,          /* K_MTC */
    LAB_CLASS_MTC_CHAIN,
    LAB_CLASS_GBA_CK, /* CK, IK of a bootstrapping run */
    LAB_CLASS_GBA_KS,
    LAB_CLASS_KS_NAF,
    LAB_CLASS_5G_CK, /* CK, IK of a vector of 5G: hidden behind K_AUSF */
    LAB_CLASS_K_AUSF,
    LAB_CLASS_K_AKMA,
    LAB_CLASS_K_AF,
    LAB_CLASS_K_IWF,
    LAB_CLASS_K_DI,
    LAB_CLASS_EAP_PRIME,    /* CK', IK' of a vector of EAP-AKA' */
    LAB_CLASS_EAP_ROOT,     /* EMSK, and the root of K_iwf that is made of it: not the access network's */
    LAB_CLASS_ACCESS_E2E,   /* K_e2e for the EAS, of a key set of the access */
    LAB_CLASS_SEPARATE_E2E, /* of agreements 03, 07 */
    LAB_CLASS_E2E_TEXT,     /* what goes under K_e2e */
    LAB_CLASS_STRANGERS,    /* made up by a stranger: nobody's */
    LAB_CLASSES
} lab_class_t;

typedef struct lab_secret {
    uint8_t octets[32];
    uint8_t len; /* 16 or 32 */
    uint8_t key; /* godwit_lab_key_t */
    uint8_t class;
    uint8_t device;
    uint32_t may; /* bit k: nodes of kind k */
} lab_secret_t;

/* A key set, from which K_session of every endpoint and generation follows. */
typedef struct lab_keyset {
    uint8_t octets[32];
    uint8_t device;
    bool separate;
    uint32_t generation; /* derived so far */
    uint32_t age;        /* likewise */
} lab_keyset_t;

/* What associations of a device may stand on. */
typedef struct lab_iwf_root {
    uint8_t octets[32];
    unsigned device;
    uint32_t number; /* of an association: derived so far */
} lab_iwf_root_t;

typedef struct lab_secrets {
    lab_secret_t *list;
    size_t count, capacity;
    uint32_t *slots; /* 1 + index into list; a power of two of them */
    size_t slot_count;
    uint64_t filter[1024]; /* bit n: a secret begins with these two octets */
    lab_keyset_t *keysets;
    size_t keyset_count, keyset_capacity;
    lab_iwf_root_t *iwf_roots;
    size_t iwf_root_count, iwf_root_capacity;
    uint32_t held[GODWIT_LAB_KINDS];
} lab_secrets_t;

void lab_secrets_free(lab_secrets_t *s);
void lab_secret_add(lab_secrets_t *s, const lab_secret_t *secret);
const lab_secret_t *lab_secret_at(const lab_secrets_t *s, const uint8_t *octets, size_t left);
static inline bool lab_secrets_maybe(const lab_secrets_t *s, const uint8_t *octets)
{
    unsigned n = (unsigned)octets[0] << 8 | octets[1];
    return (s->filter[n >> 6] >> (n & 63u) & 1u) != 0;
}

/* ---- custody_rules.c ---- */
uint32_t lab_may(const godwit_world_config_t *config, lab_class_t class);

/* ---- custody_learn.c ---- */
/* That kind of node computed CK and IK. */
void lab_credit_pair(godwit_world_t *w, unsigned kind);
/* A vector left the HSS for that node. */
void lab_learn_vector(godwit_world_t *w, unsigned device, unsigned asker, godwit_plmn_t plmn, godwit_vector_kind_t kind,
                      const uint8_t rand[16], const uint8_t autn[16]);
/* Ks of the device's bootstrapping; and what a vector of Zh leads to. */
void lab_learn_gba(godwit_world_t *w, unsigned device);
void lab_learn_zh(godwit_world_t *w, unsigned device, const godwit_zh_answer_t *answer);
void lab_learn_zn(godwit_world_t *w, unsigned device, const godwit_zn_answer_t *answer);
/* What a vector of 5G leads to, if it is that device's. */
void lab_learn_5g(godwit_world_t *w, unsigned device, const godwit_he_vector_answer_t *answer);
/* ---- custody_trigger.c ---- */
void lab_learn_iwf_root(godwit_world_t *w, unsigned device, const uint8_t octets[32]);
void lab_learn_association(godwit_world_t *w, const godwit_imsi_t *imsi, uint32_t number);
/* ---- custody_learn.c ---- */
void lab_learn(godwit_world_t *w, unsigned device, lab_class_t class, godwit_lab_key_t key, const uint8_t *octets,
               uint8_t len);
/* K_MTC and chain of the RAND1 that the device is at. */
void lab_learn_mtc(godwit_world_t *w, unsigned device);
/* A K_session was handed out: every key set is followed up to its generation. */
void lab_learn_session(godwit_world_t *w, const uint8_t k_session[32], uint32_t generation);

/* ---- custody.c ---- */
void lab_search_octets(godwit_world_t *w, unsigned node, const void *octets, size_t len);
void lab_search_wire(godwit_world_t *w, unsigned from, unsigned to, bool may_carry, godwit_slice_t octets);

/* ---- custody_node.c ---- */
void lab_search_node(godwit_world_t *w, unsigned node);

#endif
