/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration: what may not be is refused before anything is started; what is left becomes the file that
 * freeDiameter wants to read, in memory.
 */
#include "adapters/diameter/internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FILE_MAX 4096

static godwit_status_t refuse(char *error, const char *what, const char *value)
{
    snprintf(error, GODWIT_DIAMETER_ERROR_MAX, "diameter: %s%s%s%s", what, value ? " '" : "", value ? value : "",
             value ? "'" : "");
    return GODWIT_INVALID_ARGUMENT;
}

/* A Diameter identity is a name of the DNS (RFC 6733 4.3.1); it stands in a file and in certificates. */
static bool is_name(const char *name)
{
    return name != NULL && strlen(name) < GODWIT_NODE_NAME_MAX &&
           godwit_fqdn_is_canonical(godwit_slice_of_string(name));
}

godwit_status_t godwit_diameter_address(const char *text, uint16_t port, struct sockaddr_storage *address,
                                        socklen_t *len)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
    memset(address, 0, sizeof *address);
    if (text != NULL && inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        *len = sizeof *v4;
        return GODWIT_OK;
    }
    if (text != NULL && inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        *len = sizeof *v6;
        return GODWIT_OK;
    }
    return GODWIT_INVALID_ARGUMENT;
}

bool godwit_diameter_is_loopback(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET) {
        return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
    }
    return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

static godwit_status_t check_peer(const godwit_diameter_config_t *c, size_t i, bool *off_loopback, char *error)
{
    const godwit_diameter_peer_t *p = &c->peers[i];
    struct sockaddr_storage address;
    socklen_t len;
    if (!is_name(p->identity) || strcmp(p->identity, c->identity) == 0) {
        return refuse(error, "a peer's identity must be a lower-case host name, and not our own:", p->identity);
    }
    if (!is_name(p->realm)) {
        return refuse(error, "a peer's realm must be a lower-case domain name:", p->realm);
    }
    for (size_t k = 0; k < i; k++) {
        if (strcmp(c->peers[k].identity, p->identity) == 0) {
            return refuse(error, "a peer stands twice in the configuration:", p->identity);
        }
    }
    if (p->host[0] != '\0') {
        if (godwit_diameter_address(p->host, p->port, &address, &len) != GODWIT_OK || p->port == 0) {
            return refuse(error, "a peer's host must be an IPv4 or IPv6 address with a port:", p->host);
        }
        *off_loopback |= !godwit_diameter_is_loopback(&address);
    }
    return GODWIT_OK;
}

static godwit_status_t check_file(const char *what, const char *path, char *error)
{
    char line[96];
    if (strchr(path, '"') != NULL || strchr(path, '\n') != NULL) {
        return refuse(error, "a file name with a quotation mark cannot be used:", path);
    }
    if (access(path, R_OK) != 0) {
        snprintf(line, sizeof line, "%s cannot be read (%s):", what, strerror(errno));
        return refuse(error, line, path);
    }
    return GODWIT_OK;
}

static godwit_status_t check_tls(const godwit_diameter_config_t *c, bool off_loopback, char *error)
{
    int files = (c->tls_certificate != NULL) + (c->tls_key != NULL) + (c->tls_ca != NULL);
    godwit_status_t status = GODWIT_OK;
    if (files == 0) {
        if (off_loopback && (c->link_protected == NULL || c->link_protected[0] == '\0')) {
            return refuse(
                error,
                "off loopback TLS is needed (certificate, key, ca), or link_protected must say what protects the link",
                NULL);
        }
        return GODWIT_OK;
    }
    if (files != 3) {
        return refuse(error, "TLS needs all three: certificate, key and ca", NULL);
    }
    status = check_file("the TLS certificate", c->tls_certificate, error);
    if (status == GODWIT_OK) {
        status = check_file("the TLS key", c->tls_key, error);
    }
    return status == GODWIT_OK ? check_file("the TLS ca", c->tls_ca, error) : status;
}

/* Where our own requests go. */
static bool check_destinations(const godwit_diameter_config_t *c, char *error)
{
    const char *const names[][3] = {
        {"the HSS's host and realm must be lower-case names", c->hss_host, c->hss_realm},
        {"the EMKS's host and realm must be lower-case names", c->emks_host, c->emks_realm},
        {"the HSE's host and realm must be lower-case names", c->hse_host, c->hse_realm},
        {"the BSF's HSS must have lower-case names for host and realm", c->zh_host, c->zh_realm},
        {"the SMS-SC's host and realm must be lower-case names", c->sms_sc_host, c->sms_sc_realm},
        {"the BSF's host and realm must be lower-case names", c->zn_host, c->zn_realm},
        {"the SMS-SC of T4 must have lower-case names for host and realm", c->t4_host, c->t4_realm},
        {"the MTC-IWF's host and realm must be lower-case names", c->mtc_iwf_host, c->mtc_iwf_realm},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((names[i][1][0] && !is_name(names[i][1])) || (names[i][2][0] && !is_name(names[i][2]))) {
            (void)refuse(error, names[i][0], NULL);
            return false;
        }
    }
    return true;
}

godwit_status_t godwit_diameter_config_check(const godwit_diameter_config_t *c, char *error)
{
    struct sockaddr_storage address;
    socklen_t len;
    if (!is_name(c->identity)) {
        return refuse(error, "identity must be a lower-case host name:", c->identity ? c->identity : "");
    }
    if (!is_name(c->realm)) {
        return refuse(error, "realm must be a lower-case domain name:", c->realm ? c->realm : "");
    }
    if (godwit_diameter_address(c->listen, c->port, &address, &len) != GODWIT_OK) {
        return refuse(error, "listen must be an IPv4 or IPv6 address:", c->listen ? c->listen : "");
    }
    if (c->peer_count > GODWIT_DIAMETER_PEERS_MAX) {
        return refuse(error, "too many peers", NULL);
    }
    bool off_loopback = !godwit_diameter_is_loopback(&address);
    for (size_t i = 0; i < c->peer_count; i++) {
        godwit_status_t status = check_peer(c, i, &off_loopback, error);
        if (status != GODWIT_OK) {
            return status;
        }
    }
    if (!check_destinations(c, error)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    return check_tls(c, off_loopback, error);
}

static int write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, text, len);
        if (n <= 0) {
            return -1;
        }
        text += n;
        len -= (size_t)n;
    }
    return 0;
}

static bool write_text(int fd, BIO *text)
{
    char *pem = NULL;
    long len = BIO_get_mem_data(text, &pem);
    return len > 0 && write_all(fd, pem, (size_t)len) == 0;
}

/* The group ffdhe2048 of RFC 7919 as a file: left to itself freeDiameter makes a group of its own at every start, which
 * takes from half a second to half a minute. */
static int dh_file(void)
{
    OSSL_PARAM named[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char[]){"ffdhe2048"}, 0),
                          OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    EVP_PKEY *group = NULL;
    BIO *text = BIO_new(BIO_s_mem());
    int fd = memfd_create("godwit-diameter-dh", MFD_CLOEXEC);
    bool ok = context != NULL && text != NULL && fd >= 0 && EVP_PKEY_paramgen_init(context) == 1 &&
              EVP_PKEY_CTX_set_params(context, named) == 1 && EVP_PKEY_generate(context, &group) == 1 &&
              PEM_write_bio_Parameters(text, group) == 1 && write_text(fd, text) && lseek(fd, 0, SEEK_SET) == 0;
    EVP_PKEY_free(group);
    EVP_PKEY_CTX_free(context);
    BIO_free(text);
    if (!ok && fd >= 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

int godwit_diameter_config_file(godwit_diameter_t *d, const godwit_diameter_config_t *c, char *error)
{
    char text[FILE_MAX];
    int used = snprintf(text, sizeof text,
                        "Identity = \"%s\";\nRealm = \"%s\";\nPort = %u;\nSecPort = %u;\nNo_SCTP;\nNoRelay;\n%s"
                        "TcTimer = 2;\nTwTimer = 6;\nAppServThreads = 2;\nThreadsPerServer = 1;\n",
                        d->identity, d->realm, d->tls ? 0u : d->port, d->tls ? d->port : 0u,
                        strchr(c->listen, ':') ? "No_IP;\n" : "No_IPv6;\n");
    d->dh_file = d->tls ? dh_file() : -1;
    if (d->tls && d->dh_file < 0) {
        (void)refuse(error, "the Diffie-Hellman group could not be written to memory", NULL);
        return -1;
    }
    if (d->tls && used > 0 && (size_t)used < sizeof text) {
        used += snprintf(
            text + used, sizeof text - (size_t)used,
            "TLS_Cred = \"%s\", \"%s\";\nTLS_CA = \"%s\";\n"
            "TLS_Prio = \"SECURE128:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3\";\nTLS_DH_File = \"/proc/self/fd/%d\";\n",
            c->tls_certificate, c->tls_key, c->tls_ca, d->dh_file);
    }
    int fd = memfd_create("godwit-diameter", MFD_CLOEXEC);
    if (used < 0 || (size_t)used >= sizeof text || fd < 0 || write_all(fd, text, (size_t)used) != 0 ||
        lseek(fd, 0, SEEK_SET) != 0) {
        if (fd >= 0) {
            close(fd);
        }
        (void)refuse(error, "the configuration could not be written to memory", NULL);
        return -1;
    }
    return fd;
}
