/* SPDX-License-Identifier: Apache-2.0
 *
 * Our own certificate, which may be renewed while connections stand. freeDiameter gives GnuTLS one set of credentials
 * for all, and threads of its own shake hands with it: it is never touched once they run, but GnuTLS asks here, in each
 * handshake, for the certificate to show. The authorities stand in that set itself: others need a restart.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/diameter/internal.h"

/* In whichever thread shakes hands. */
static int choose(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
                  const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **chain,
                  unsigned *count, gnutls_privkey_t *key)
{
    godwit_diameter_t *d = godwit_diameter_instance;
    (void)session;
    (void)authorities;
    (void)authority_count;
    (void)algorithms;
    (void)algorithm_count;
    if (d == NULL) {
        return -1;
    }
    pthread_mutex_lock(&d->lock);
    godwit_https_identity_show(d->own.identity, chain, count, key);
    pthread_mutex_unlock(&d->lock);
    return 0;
}

static bool refuse(char *error, const char *why)
{
    (void)snprintf(error, GODWIT_DIAMETER_ERROR_MAX, "diameter: %.240s", why);
    return false;
}

bool godwit_diameter_own_start(godwit_diameter_t *d, const godwit_diameter_config_t *config, char *error)
{
    char why[GODWIT_HTTPS_WHY];
    if (!d->tls) {
        return true;
    }
    d->own.certificate = strdup(config->tls_certificate);
    d->own.key = strdup(config->tls_key);
    d->own.ca = strdup(config->tls_ca);
    if (d->own.certificate == NULL || d->own.key == NULL || d->own.ca == NULL) {
        return refuse(error, "no memory");
    }
    d->own.identity = godwit_https_identity_read(d->own.certificate, d->own.key, why);
    d->own.authorities = d->own.identity == NULL ? NULL : godwit_https_read_pem(d->own.ca, why);
    if (d->own.authorities == NULL) {
        return refuse(error, why);
    }
    gnutls_certificate_set_retrieve_function2(fd_g_config->cnf_sec_data.credentials, choose);
    return true;
}

bool godwit_diameter_renew(godwit_diameter_t *d, char error[GODWIT_DIAMETER_ERROR_MAX])
{
    char why[GODWIT_HTTPS_WHY];
    if (!d->tls) {
        return true;
    }
    godwit_https_identity_t *fresh = godwit_https_identity_read(d->own.certificate, d->own.key, why);
    if (fresh == NULL) {
        return refuse(error, why);
    }
    const char *wrong = godwit_https_identity_judge(fresh, d->identity, fd_g_config->cnf_sec_data.trustlist);
    if (wrong != NULL) {
        godwit_https_identity_free(fresh);
        (void)snprintf(why, sizeof why, "%.300s: %s", d->own.certificate, wrong);
        return refuse(error, why);
    }
    pthread_mutex_lock(&d->lock);
    d->own.identity = godwit_https_identity_follow(fresh, d->own.identity);
    pthread_mutex_unlock(&d->lock);
    return true;
}

bool godwit_diameter_has_other_authorities(const godwit_diameter_t *d)
{
    char why[GODWIT_HTTPS_WHY];
    char *text = d->tls ? godwit_https_read_pem(d->own.ca, why) : NULL;
    const bool other = text != NULL && strcmp(text, d->own.authorities) != 0;
    free(text);
    return other;
}

void godwit_diameter_own_release(godwit_diameter_t *d)
{
    godwit_https_identity_free(d->own.identity);
    free(d->own.authorities);
    free(d->own.certificate);
    free(d->own.key);
    free(d->own.ca);
}
