/* SPDX-License-Identifier: Apache-2.0
 *
 * Certificates, by the section of the configuration that names them. Most are read once, at the start: what is told of
 * them is what was read then, and not what stands in the file by now. Clients read theirs for each connection.
 */
#include "daemons/godwitd/certificates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/https/identity.h"

#define CERTIFICATES_MAX (20 + CONFIG_DELIVER_MAX)

typedef enum use { AT_START, AT_SIGHUP, EACH_TIME } use_t;

typedef struct certificate {
    char where[32];
    const char *file; /* in the configuration */
    use_t use;
    bool known;
    godwit_https_certificate_t shown;
} certificate_t;

struct daemon_certificates {
    size_t count, fixed; /* fixed: all but those of deliveries */
    certificate_t of[CERTIFICATES_MAX];
};

static void add(struct daemon_certificates *all, const char *where, const char *file, use_t use)
{
    if (file != NULL && all->count < CERTIFICATES_MAX) {
        certificate_t *one = &all->of[all->count++];
        (void)snprintf(one->where, sizeof one->where, "%s", where);
        one->file = file;
        one->use = use;
        one->known = godwit_https_certificate_read(file, &one->shown);
    }
}

static void add_function(struct daemon_certificates *all, const config_t *c, unsigned function, const char *where,
                         const char *file, use_t use)
{
    add(all, where, config_has(c, function) ? file : NULL, use);
}

/* Where others come to. Some of these show the same certificate where they go themselves. */
static void add_doors(struct daemon_certificates *all, const config_t *c)
{
    add(all, "diameter.tls", c->diameter.certificate, AT_SIGHUP);
    add_function(all, c, CONFIG_MTC_IWF, "mtc_iwf.rest.tls", c->mtc_iwf.rest.tls.certificate, AT_SIGHUP);
    add(all, "policy.tls", c->policy.certificate, AT_START);
    add(all, "downlink.tls", c->downlink.tls.certificate, AT_START);
    add_function(all, c, CONFIG_MKEF, "mkef.tls", c->mkef.tls.certificate, AT_START);
    add_function(all, c, CONFIG_BSF, "gba_bsf.tls", c->gba_bsf.certificate, AT_START);
    add_function(all, c, CONFIG_NAF, "naf.tls", c->naf.certificate, AT_START);
    add_function(all, c, CONFIG_AUSF, "ausf.tls", c->ausf.door.tls.certificate, AT_START);
    add_function(all, c, CONFIG_AANF, "aanf.tls", c->aanf.door.tls.certificate, AT_START);
    add_function(all, c, CONFIG_EESE, "eese.tls", c->eese.eas.tls.certificate, AT_SIGHUP);
    add_function(all, c, CONFIG_HSE, "hse.eas.tls", c->hse_e2e.eas.tls.certificate, AT_SIGHUP);
    add_function(all, c, CONFIG_EAS, "eas.tls", c->eas.tls.certificate, AT_SIGHUP);
}

/* That of lawful interception is none of them: who reads status and metrics cannot tell that there is any. */
static void add_clients(struct daemon_certificates *all, const config_t *c)
{
    add_function(all, c, CONFIG_MTC_SERVER, "mtc_server.tls", c->mtc_server.tls.certificate, EACH_TIME);
    add_function(all, c, CONFIG_AUSF, "ausf.aanf.tls", c->ausf.aanf.tls.certificate, EACH_TIME);
    add_function(all, c, CONFIG_EMKS, "emks.akma.tls", c->emks.aanf.tls.certificate, EACH_TIME);
    add(all, "downlink.mqtt.tls", c->downlink.mqtt.certificate, EACH_TIME);
    add(all, "downlink.wake.tls", c->downlink.wake.certificate, EACH_TIME);
}

/* The last of all, for they change. */
static void add_deliveries(struct daemon_certificates *all, const config_t *c)
{
    char where[32];
    for (size_t i = 0; i < c->hse.deliver_count; i++) {
        (void)snprintf(where, sizeof where, "deliver[%zu].tls", i);
        add(all, where, c->hse.deliver[i].config.certificate, EACH_TIME);
    }
}

bool certificates_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    d->certificates = calloc(1, sizeof *d->certificates);
    if (d->certificates == NULL) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "no memory");
        return false;
    }
    add_doors(d->certificates, d->config);
    add_clients(d->certificates, d->config);
    d->certificates->fixed = d->certificates->count;
    add_deliveries(d->certificates, d->config);
    return true;
}

void certificates_free(godwitd_t *d)
{
    free(d->certificates);
    d->certificates = NULL;
}

void certificates_taken(godwitd_t *d, const char *where)
{
    for (size_t i = 0; i < d->certificates->count; i++) {
        certificate_t *one = &d->certificates->of[i];
        if (strcmp(one->where, where) == 0) {
            one->known = godwit_https_certificate_read(one->file, &one->shown);
        }
    }
}

void certificates_reload(godwitd_t *d, const config_t *config)
{
    char text[96];
    d->certificates->count = d->certificates->fixed;
    add_deliveries(d->certificates, config);
    for (size_t i = 0; i < d->certificates->count; i++) {
        const certificate_t *one = &d->certificates->of[i];
        godwit_https_certificate_t now;
        if (one->use == AT_START && godwit_https_certificate_read(one->file, &now) &&
            (!one->known || memcmp(now.print, one->shown.print, sizeof now.print) != 0)) {
            (void)snprintf(text, sizeof text, "%s: another certificate stands in its file; it needs a restart",
                           one->where);
            godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_WARNING, "reload", text);
        }
    }
}

static json_t *entry(const certificate_t *one, uint64_t now_ms)
{
    static const char *const uses[] = {"until a restart", "until SIGHUP", "for a connection"};
    godwit_https_certificate_t shown = one->shown;
    const bool known = one->use == EACH_TIME ? godwit_https_certificate_read(one->file, &shown) : one->known;
    const time_t end = (time_t)shown.not_after_s;
    char text[32] = "";
    struct tm broken;
    if (known && gmtime_r(&end, &broken) != NULL) {
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &broken);
    }
    return json_pack("{s:s, s:s, s:s, s:s?, s:I}", "certificate", one->where, "file", one->file, "read", uses[one->use],
                     "not_after", known ? text : NULL, "expires_in_ms",
                     known ? (json_int_t)(shown.not_after_s * 1000 - (int64_t)now_ms) : 0);
}

json_t *certificates_status(const godwitd_t *d)
{
    json_t *all = json_array();
    for (size_t i = 0; i < d->certificates->count; i++) {
        (void)json_array_append_new(all, entry(&d->certificates->of[i], daemon_now_ms()));
    }
    return all;
}
