/* SPDX-License-Identifier: Apache-2.0
 *
 * Certificate, chain and key out of files. See identity.h.
 */
#include "adapters/https/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHAIN_MAX 8u

struct godwit_https_identity {
    struct godwit_https_identity *former;
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned count;
    gnutls_privkey_t key;
};

void godwit_https_identity_free(godwit_https_identity_t *identity)
{
    while (identity != NULL) {
        godwit_https_identity_t *former = identity->former;
        for (unsigned i = 0; i < identity->count; i++) {
            gnutls_pcert_deinit(&identity->chain[i]);
        }
        if (identity->key != NULL) {
            gnutls_privkey_deinit(identity->key);
        }
        free(identity);
        identity = former;
    }
}

static gnutls_datum_t datum(const char *text)
{
    return (gnutls_datum_t){.data = (unsigned char *)(uintptr_t)text, .size = (unsigned)strlen(text)};
}

/* Whether the key is that of the certificate. */
static bool is_pair(const godwit_https_identity_t *identity)
{
    unsigned char of_certificate[64], of_key[64];
    size_t len = sizeof of_certificate, key_len = sizeof of_key;
    gnutls_pubkey_t public;
    if (gnutls_pubkey_init(&public) < 0) {
        return false;
    }
    const bool pair =
        gnutls_pubkey_import_privkey(public, identity->key, 0, 0) >= 0 &&
        gnutls_pubkey_get_key_id(public, GNUTLS_KEYID_USE_SHA256, of_key, &key_len) >= 0 &&
        gnutls_pubkey_get_key_id(identity->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, of_certificate, &len) >= 0 &&
        len == key_len && memcmp(of_certificate, of_key, len) == 0;
    gnutls_pubkey_deinit(public);
    return pair;
}

static const char *import(godwit_https_identity_t *identity, char *certificate, char *key)
{
    const gnutls_datum_t chain = datum(certificate), secret = datum(key);
    unsigned count = CHAIN_MAX;
    if (gnutls_pcert_list_import_x509_raw(identity->chain, &count, &chain, GNUTLS_X509_FMT_PEM,
                                          GNUTLS_X509_CRT_LIST_SORT) < 0 ||
        count == 0) {
        return "is no certificate, or a chain of more than eight";
    }
    identity->count = count;
    if (gnutls_privkey_init(&identity->key) < 0 ||
        gnutls_privkey_import_x509_raw(identity->key, &secret, GNUTLS_X509_FMT_PEM, NULL, 0) < 0) {
        return "has no key that can be read beside it";
    }
    return is_pair(identity) ? NULL : "has another key than the one beside it";
}

static godwit_https_identity_t *made_of(char *certificate, char *key, const char *path, char why[GODWIT_HTTPS_WHY])
{
    godwit_https_identity_t *identity = calloc(1, sizeof *identity);
    const char *wrong = identity == NULL ? "finds no memory" : import(identity, certificate, key);
    if (wrong != NULL) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "%.300s: %s", path, wrong);
        godwit_https_identity_free(identity);
        return NULL;
    }
    return identity;
}

#define PEM_MAX ((size_t)1 << 18)

void godwit_https_release_pem(char *text)
{
    if (text != NULL) {
        godwit_wipe(text, strlen(text));
        free(text);
    }
}

/* NULL: text, of PEM_MAX octets, has the whole of it. */
static const char *read_whole(int fd, char *text)
{
    struct stat file;
    size_t len = 0;
    ssize_t got = 1;
    if (fd < 0 || fstat(fd, &file) != 0) {
        return strerror(errno);
    }
    if (!S_ISREG(file.st_mode)) {
        return "no regular file";
    }
    while (len < PEM_MAX && got > 0) {
        got = read(fd, text + len, PEM_MAX - len);
        len += got > 0 ? (size_t)got : 0;
    }
    return got < 0 ? strerror(errno) : len == 0 ? "empty" : len == PEM_MAX ? "too large" : NULL;
}

char *godwit_https_read_pem(const char *path, char why[GODWIT_HTTPS_WHY])
{
    char *text = calloc(1, PEM_MAX + 1);
    int fd =
        text == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); /* a FIFO is not waited for */
    const char *wrong = text == NULL ? "no memory" : read_whole(fd, text);
    if (wrong != NULL) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "%.300s: cannot be read: %s", path, wrong);
        godwit_https_release_pem(text);
        text = NULL;
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return text;
}

godwit_https_identity_t *godwit_https_identity_read(const char *certificate, const char *key,
                                                    char why[GODWIT_HTTPS_WHY])
{
    char *chain = godwit_https_read_pem(certificate, why);
    char *secret = chain == NULL ? NULL : godwit_https_read_pem(key, why);
    godwit_https_identity_t *identity = secret == NULL ? NULL : made_of(chain, secret, certificate, why);
    free(chain);
    godwit_https_release_pem(secret);
    return identity;
}

/* Of one certificate there is one key. */
static bool is_same(const godwit_https_identity_t *a, const godwit_https_identity_t *b)
{
    bool same = a->count == b->count;
    for (unsigned i = 0; same && i < a->count; i++) {
        const gnutls_datum_t *of_a = &a->chain[i].cert, *of_b = &b->chain[i].cert;
        same = of_a->size == of_b->size && memcmp(of_a->data, of_b->data, of_a->size) == 0;
    }
    return same;
}

godwit_https_identity_t *godwit_https_identity_follow(godwit_https_identity_t *fresh, godwit_https_identity_t *former)
{
    if (former != NULL && is_same(fresh, former)) {
        godwit_https_identity_free(fresh);
        return former;
    }
    fresh->former = former;
    return fresh;
}

void godwit_https_identity_show(godwit_https_identity_t *identity, gnutls_pcert_st **chain, unsigned *count,
                                gnutls_privkey_t *key)
{
    *chain = identity->chain;
    *count = identity->count;
    *key = identity->key;
}

const char *godwit_https_identity_judge(const godwit_https_identity_t *identity, const char *name,
                                        gnutls_x509_trust_list_t authorities)
{
    gnutls_x509_crt_t chain[CHAIN_MAX];
    unsigned count = 0, wrong = 0;
    const char *what = NULL;
    while (count < identity->count &&
           gnutls_pcert_export_x509((gnutls_pcert_st *)(uintptr_t)&identity->chain[count], &chain[count]) >= 0) {
        count++;
    }
    if (count < identity->count || gnutls_x509_trust_list_verify_crt(authorities, chain, count, 0, &wrong, NULL) < 0) {
        what = "cannot be judged";
    } else if (wrong & GNUTLS_CERT_EXPIRED) {
        what = "has expired";
    } else if (wrong & GNUTLS_CERT_NOT_ACTIVATED) {
        what = "is not valid yet";
    } else if (wrong != 0) {
        what = "is of no authority that is trusted here";
    } else if (gnutls_x509_crt_check_hostname(chain[0], name) == 0) {
        what = "does not name the identity of this process";
    }
    for (unsigned i = 0; i < count; i++) {
        gnutls_x509_crt_deinit(chain[i]);
    }
    return what;
}

static int64_t first_end(gnutls_x509_crt_t *chain, unsigned count)
{
    int64_t first = INT64_MAX;
    for (unsigned i = 0; i < count; i++) {
        const int64_t end = (int64_t)gnutls_x509_crt_get_expiration_time(chain[i]);
        first = end < first ? end : first;
    }
    return first;
}

bool godwit_https_certificate_read(const char *path, godwit_https_certificate_t *certificate)
{
    char why[GODWIT_HTTPS_WHY];
    gnutls_x509_crt_t *chain = NULL;
    unsigned count = 0;
    size_t len = sizeof certificate->print;
    char *text = godwit_https_read_pem(path, why);
    const gnutls_datum_t pem = datum(text != NULL ? text : "");
    const bool read =
        text != NULL && gnutls_x509_crt_list_import2(&chain, &count, &pem, GNUTLS_X509_FMT_PEM, 0) >= 0 && count > 0;
    certificate->not_after_s = read ? first_end(chain, count) : 0;
    const bool good =
        read && gnutls_x509_crt_get_fingerprint(chain[0], GNUTLS_DIG_SHA256, certificate->print, &len) >= 0;
    for (unsigned i = 0; i < count; i++) {
        gnutls_x509_crt_deinit(chain[i]);
    }
    gnutls_free(chain);
    free(text);
    return good;
}
