/* SPDX-License-Identifier: Apache-2.0
 *
 * The public interface of libosmogsm 1.7 (osmocom/crypt/auth.h, kdf.h), as far as needed, by its documented layout.
 */
#include "bench/peer_osmogsm.h"

#include <dlfcn.h>
#include <string.h>

#define OSMO_AUTH_TYPE_UMTS 2
#define OSMO_AUTH_ALG_MILENAGE 5
#define SQN UINT64_C(0x100)

struct osmo_subscriber {
    int type;
    int algorithm;
    union {
        struct {
            uint8_t opc[16];
            uint8_t k[16];
            uint8_t amf[2];
            uint64_t sqn;
            int opc_is_op;
            unsigned ind_bitlen;
            unsigned ind;
            uint64_t sqn_ms;
        } umts;
        uint8_t room[256];
    } u;
};

struct osmo_vector {
    uint8_t rand[16], autn[16], ck[16], ik[16], res[16];
    uint8_t rest[256]; /* its length, SRES, Kc, kinds */
};

static struct {
    int (*gen_vec)(struct osmo_vector *, struct osmo_subscriber *, const uint8_t *rand);
    void (*kasme)(const uint8_t *ck, const uint8_t *ik, const uint8_t *plmn, const uint8_t *sqn, const uint8_t *ak,
                  uint8_t *kasme);
    struct osmo_subscriber subscriber;
    uint8_t rand[16];
} peer;

/* dlsym gives an object pointer; POSIX says that its octets are those of the function pointer. */
static bool find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

const char *peer_osmogsm_open(const godwit_aka_key_t *key)
{
    struct osmo_vector theirs;
    godwit_vector_t ours;
    void *library = dlopen("libosmogsm.so.18", RTLD_NOW);
    if (library == NULL || !find(library, "osmo_auth_gen_vec", &peer.gen_vec) ||
        !find(library, "osmo_kdf_kasme", &peer.kasme)) {
        return "libosmogsm.so.18 (package libosmocore-utils) is not here";
    }
    memset(&peer.subscriber, 0, sizeof peer.subscriber);
    peer.subscriber.type = OSMO_AUTH_TYPE_UMTS;
    peer.subscriber.algorithm = OSMO_AUTH_ALG_MILENAGE;
    memcpy(peer.subscriber.u.umts.opc, key->opc, 16);
    memcpy(peer.subscriber.u.umts.k, key->k, 16);
    peer.subscriber.u.umts.amf[0] = 0x80;
    peer.subscriber.u.umts.sqn = SQN - 32; /* it adds one to SEQ first */
    peer.subscriber.u.umts.ind_bitlen = 5;
    if (godwit_vector_create(&godwit_crypto_builtin, key, peer.rand, SQN, peer.subscriber.u.umts.amf, &ours) !=
            GODWIT_OK ||
        peer.gen_vec(&theirs, &peer.subscriber, peer.rand) != 0 || memcmp(theirs.autn, ours.autn, 16) != 0 ||
        memcmp(theirs.ck, ours.ck, 16) != 0 || memcmp(theirs.ik, ours.ik, 16) != 0) {
        return "this libosmogsm is laid out otherwise";
    }
    return NULL;
}

void peer_osmogsm_umts(void *context, unsigned long rounds)
{
    struct osmo_vector vector;
    (void)context;
    for (unsigned long i = 0; i < rounds; i++) {
        (void)peer.gen_vec(&vector, &peer.subscriber, peer.rand);
        peer.rand[0] ^= vector.ck[0];
    }
}

void peer_osmogsm_eps(void *context, unsigned long rounds)
{
    static const uint8_t plmn[3] = {0x00, 0xF1, 0x10}, sqn[6];
    struct osmo_vector vector;
    uint8_t kasme[32];
    (void)context;
    for (unsigned long i = 0; i < rounds; i++) {
        (void)peer.gen_vec(&vector, &peer.subscriber, peer.rand);
        peer.kasme(vector.ck, vector.ik, plmn, sqn, vector.autn, kasme);
        peer.rand[0] ^= kasme[0];
    }
}
