/* SPDX-License-Identifier: Apache-2.0
 *
 * Certificates that their authority has revoked (RFC 5280 5): a list that is signed by an authority of the clients, and
 * up to date, or it does not count, and then nobody is let in: who could keep a list from us must not bring a revoked
 * certificate back.
 */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/https/server_internal.h"

#define CHAIN_MAX 8
#define STRENGTH GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM) /* 112 bits: RSA of 2048, SHA-256 */

struct revoked {
    gnutls_x509_trust_list_t list;
    bool listed;  /* there are lists */
    time_t until; /* nextUpdate of the one that ends first */
};

void godwit_https_revoked_free(revoked_t *revoked)
{
    if (revoked != NULL) {
        gnutls_x509_trust_list_deinit(revoked->list, 1);
        free(revoked);
    }
}

static gnutls_datum_t datum(char *text)
{
    return (gnutls_datum_t){.data = (unsigned char *)text, .size = (unsigned)strlen(text)};
}

static bool add_authorities(revoked_t *revoked, char *ca)
{
    gnutls_x509_crt_t *certificates = NULL;
    unsigned count = 0;
    const gnutls_datum_t pem = datum(ca);
    if (gnutls_x509_crt_list_import2(&certificates, &count, &pem, GNUTLS_X509_FMT_PEM, 0) < 0) {
        return false;
    }
    const int added = gnutls_x509_trust_list_add_cas(revoked->list, certificates, count, 0);
    for (unsigned i = 0; added < 0 && i < count; i++) {
        gnutls_x509_crt_deinit(certificates[i]);
    }
    gnutls_free(certificates);
    return added > 0;
}

static bool add_lists(revoked_t *revoked, char *crl)
{
    gnutls_x509_crl_t *lists = NULL;
    unsigned count = 0;
    const gnutls_datum_t pem = datum(crl);
    if (gnutls_x509_crl_list_import2(&lists, &count, &pem, GNUTLS_X509_FMT_PEM, 0) < 0) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        const time_t next = gnutls_x509_crl_get_next_update(lists[i]);
        revoked->until = i == 0 || next < revoked->until ? next : revoked->until;
    }
    /* Takes them; one with a bad signature, or out of date, is not added. */
    const int added = gnutls_x509_trust_list_add_crls(revoked->list, lists, count, GNUTLS_TL_VERIFY_CRL, 0);
    gnutls_free(lists);
    return added >= 0 && (unsigned)added == count && count > 0;
}

revoked_t *godwit_https_revoked_new(char *ca, char *crl, char why[GODWIT_HTTPS_WHY])
{
    const char *wrong = NULL;
    revoked_t *revoked = calloc(1, sizeof *revoked);
    if (revoked == NULL || gnutls_x509_trust_list_init(&revoked->list, 0) < 0) {
        free(revoked);
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory");
        return NULL;
    }
    if (!add_authorities(revoked, ca)) {
        wrong = "the authority of the clients is no certificate";
    } else if (crl != NULL && !add_lists(revoked, crl)) {
        wrong = "the list of revoked certificates is not one, is out of date, or not of that authority";
    }
    if (wrong != NULL) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "%s", wrong);
        godwit_https_revoked_free(revoked);
        return NULL;
    }
    revoked->listed = crl != NULL;
    return revoked;
}

/* The chain that the client has sent, judged by authorities and lists. False: it cannot be. */
static bool verify(const revoked_t *revoked, const gnutls_datum_t *chain, unsigned count, gnutls_typed_vdata_st *data,
                   unsigned *status)
{
    gnutls_x509_crt_t certificates[CHAIN_MAX];
    unsigned made = 0;
    bool good = count <= CHAIN_MAX;
    while (good && made < count) {
        good = gnutls_x509_crt_init(&certificates[made]) >= 0;
        if (good) {
            good = gnutls_x509_crt_import(certificates[made], &chain[made], GNUTLS_X509_FMT_DER) >= 0;
            made++;
        }
    }
    good = good &&
           gnutls_x509_trust_list_verify_crt2(revoked->list, certificates, count, data, 1, STRENGTH, status, NULL) >= 0;
    for (unsigned i = 0; i < made; i++) {
        gnutls_x509_crt_deinit(certificates[i]);
    }
    return good;
}

const char *godwit_https_revoked_verify(const revoked_t *revoked, const gnutls_datum_t *chain, unsigned count,
                                        gnutls_typed_vdata_st *data, unsigned *status)
{
    *status = ~0u;
    if (revoked->listed && time(NULL) > revoked->until) {
        return "the list of revoked certificates is out of date here: nobody is let in";
    }
    return verify(revoked, chain, count, data, status) ? NULL : "the client certificate cannot be read";
}
