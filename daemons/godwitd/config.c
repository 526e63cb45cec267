/* SPDX-License-Identifier: Apache-2.0
 *
 * Loading the configuration: the file, the sections that every daemon has, and those of its functions.
 */
#include "daemons/godwitd/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemons/godwitd/config_check.h"

#define TIMERS_BESIDE 2048 /* pending requests of the EMKS and of GTP, and room */

static bool functions(config_t *c)
{
    static const struct {
        const char *name;
        unsigned bit;
    } known[] = {{"hss", CONFIG_HSS},       {"emks", CONFIG_EMKS},       {"hse", CONFIG_HSE},
                 {"mme", CONFIG_MME},       {"sgsn", CONFIG_SGSN},       {"sgw", CONFIG_SGW},
                 {"pgw", CONFIG_PGW},       {"mkef", CONFIG_MKEF},       {"mtc_server", CONFIG_MTC_SERVER},
                 {"gba_bsf", CONFIG_BSF},   {"naf", CONFIG_NAF},         {"msc", CONFIG_MSC},
                 {"sms_sc", CONFIG_SMS_SC}, {"ausf", CONFIG_AUSF},       {"aanf", CONFIG_AANF},
                 {"aaa", CONFIG_AAA},       {"mtc_iwf", CONFIG_MTC_IWF}, {"scs", CONFIG_SCS},
                 {"eese", CONFIG_EESE},     {"eas", CONFIG_EAS}};
    for (unsigned i = 0; i < c->raw->functions_count; i++) {
        unsigned bit = 0;
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
            bit |= strcmp(c->raw->functions[i], known[k].name) == 0 ? known[k].bit : 0;
        }
        if (bit == 0) {
            return config_refuse(
                c, "functions[]", i,
                "must be hss, emks, hse, mme, sgsn, sgw, pgw, msc, sms_sc, mkef, mtc_server, gba_bsf, naf, ausf, aanf, "
                "aaa, mtc_iwf, scs, eese or eas",
                c->raw->functions[i]);
        }
        c->functions |= bit;
    }
    if (config_has(c, CONFIG_MTC_SERVER)) {
        c->mtc_server.alone = !config_has(c, CONFIG_HSE);
        c->functions |= CONFIG_HSE;
    }
    if (c->raw->functions_count == 0 && c->raw->eas != NULL) {
        c->functions = CONFIG_EAS; /* an enterprise has that one alone */
    }
    return c->functions != 0 ||
           config_refuse(
               c, "functions", 0,
               "is missing: any of hss, emks, hse, mme, sgsn, sgw, pgw, msc, sms_sc, mkef, mtc_server, gba_bsf, naf, "
               "ausf, aanf, aaa, mtc_iwf, scs, eese, eas",
               NULL);
}

static bool store(config_t *c)
{
    const raw_store_t *raw = c->raw->store;
    if (raw == NULL && !config_has(c, CONFIG_HOME)) {
        return true; /* nodes of the visited network and gateways keep nothing */
    }
    if (raw == NULL || raw->path == NULL || raw->key_file == NULL) {
        return config_refuse(c, raw == NULL || raw->path == NULL ? "store.path" : "store.key_file", 0,
                             "is missing: a file, made at the first start", NULL);
    }
    c->store_path = raw->path;
    c->key_file = raw->key_file;
    c->store_busy_ms = raw->busy_ms;
    return strcmp(raw->path, raw->key_file) != 0 ||
           config_refuse(c, "store.key_file", 0, "must be another file than store.path", NULL);
}

/* NULL takes the first word. */
static bool word(config_t *c, const char *where, const char *text, const char *first, const char *second,
                 bool *is_second)
{
    char what[64];
    *is_second = text != NULL && strcmp(text, second) == 0;
    if (text == NULL || *is_second || strcmp(text, first) == 0) {
        return true;
    }
    (void)snprintf(what, sizeof what, "must be %s or %s", first, second);
    return config_refuse(c, where, 0, what, text);
}

static bool logging(config_t *c)
{
    static const raw_log_t none;
    const raw_log_t *raw = c->raw->log == NULL ? &none : c->raw->log;
    c->log.level = GODWIT_LOG_INFO;
    if (raw->level != NULL && godwit_log_level_from_name(raw->level, &c->log.level) != GODWIT_OK) {
        return config_refuse(c, "log.level", 0, "must be error, warning, info or debug", raw->level);
    }
    return word(c, "log.imsi", raw->imsi, "short", "full", &c->log.imsi_in_full) &&
           word(c, "log.format", raw->format, "text", "json", &c->log.json);
}

static bool queue(config_t *c)
{
    const raw_queue_t *hse = c->raw->hse == NULL ? NULL : c->raw->hse->deliver_queue;
    return config_queue(c, hse == NULL && c->raw->eas != NULL ? c->raw->eas->deliver_queue : hse);
}

static bool interpret(config_t *c)
{
    const raw_config_t *raw = c->raw;
    c->control_path = raw->control == NULL ? NULL : raw->control->path;
    return config_name(c, "identity", 0, raw->identity, c->identity) &&
           config_name(c, "realm", 0, raw->realm, c->realm) && functions(c) && store(c) && logging(c) &&
           config_metrics_section(c, raw->metrics) && (!config_has(c, CONFIG_HSS) || config_hss_section(c, raw->hss)) &&
           (!config_has(c, CONFIG_EMKS) || config_emks_section(c, raw->emks)) &&
           (!config_has(c, CONFIG_HSE) || config_hse_section(c, raw->hse)) &&
           (!config_has(c, CONFIG_MME) || config_mme_section(c, raw->mme)) &&
           (!config_has(c, CONFIG_SGSN) || config_sgsn_section(c, raw->sgsn)) &&
           (!config_has(c, CONFIG_SGW) || config_sgw_section(c, raw->sgw)) &&
           (!config_has(c, CONFIG_PGW) || config_pgw_section(c, raw->pgw)) &&
           (!config_has(c, CONFIG_MSC) || config_msc_section(c, raw->msc)) &&
           (!config_has(c, CONFIG_SMS_SC) || config_sms_sc_section(c, raw->sms_sc)) &&
           (!config_has(c, CONFIG_MKEF) || config_mkef_section(c, raw->mkef)) &&
           (!config_has(c, CONFIG_MTC_SERVER) || config_mtc_server_section(c, raw->mtc_server)) &&
           (!config_has(c, CONFIG_BSF) || config_gba_bsf_section(c, raw->gba_bsf)) &&
           (!config_has(c, CONFIG_NAF) || config_naf_section(c, raw->naf)) &&
           (!config_has(c, CONFIG_AUSF) || config_ausf_section(c, raw->ausf)) &&
           (!config_has(c, CONFIG_AANF) || config_aanf_section(c, raw->aanf)) &&
           (!config_has(c, CONFIG_MTC_IWF) || config_mtc_iwf_section(c, raw->mtc_iwf)) &&
           (!config_has(c, CONFIG_SCS) || config_scs_section(c, raw->scs)) &&
           (!config_has(c, CONFIG_EESE) || config_eese_section(c, raw->eese)) &&
           (!config_has(c, CONFIG_AAA) || config_aaa_section(c, raw->aaa)) &&
           (!config_has(c, CONFIG_EAS) || config_eas_section(c, raw->eas)) && queue(c) &&
           config_downlink_section(c, raw->downlink) && config_diameter_section(c, raw->diameter) &&
           config_policy_section(c, raw->policy);
}

config_t *config_from_text(const char *file, const char *text, size_t len, char error[CONFIG_ERROR_MAX])
{
    config_t *c = calloc(1, sizeof *c);
    if (c == NULL || (c->file = strdup(file)) == NULL) {
        (void)snprintf(error, CONFIG_ERROR_MAX, "%s: no memory", file);
    } else if (raw_config_parse(file, text, len, &c->raw, error)) {
        if (interpret(c)) {
            return c;
        }
        memcpy(error, c->error, CONFIG_ERROR_MAX);
    }
    config_free(c);
    return NULL;
}

/* A NULL text leaves errno. */
static char *read_file(const char *file, size_t *len)
{
    FILE *stream = fopen(file, "re");
    char *text = stream == NULL ? NULL : malloc(CONFIG_FILE_MAX + 1);
    if (text != NULL) {
        *len = fread(text, 1, CONFIG_FILE_MAX + 1, stream);
        if (ferror(stream) != 0) {
            free(text);
            text = NULL;
        }
    }
    if (stream != NULL) {
        int kept = errno;
        (void)fclose(stream);
        errno = kept;
    }
    return text;
}

config_t *config_load(const char *file, char error[CONFIG_ERROR_MAX])
{
    size_t len = 0;
    config_t *c = NULL;
    char *text = read_file(file, &len);
    if (text == NULL) {
        (void)snprintf(error, CONFIG_ERROR_MAX, "%s: cannot be read: %s", file, strerror(errno));
    } else if (len > CONFIG_FILE_MAX) {
        (void)snprintf(error, CONFIG_ERROR_MAX, "%s: longer than a megabyte: is this a configuration?", file);
    } else {
        c = config_from_text(file, text, len, error);
    }
    free(text);
    return c;
}

void config_free(config_t *config)
{
    if (config != NULL) {
        raw_config_free(config->raw);
        free(config->file);
        free(config);
    }
}

uint32_t config_timers(const config_t *config)
{
    /* Of a device of the MME or the MSC: NAS, inactivity and short messages; of one of the SGSN: these, and one for
     * each context that it loses. */
    return config->hse.sessions + config->hse.exchanges + GODWIT_HSS_RETAINED_MAX + 3 * config->mme.devices +
           (3 + GODWIT_SGSN_CONTEXTS_PER_UE) * config->sgsn.devices + 3 * config->msc.devices + config->sms_sc.devices +
           config->pgw.contexts + GODWIT_MKEF_PENDING_MAX + TIMERS_BESIDE +
           (config_has(config, CONFIG_MTC_IWF) ? CONFIG_IWF_TIMERS : 0) +
           (config_has(config, CONFIG_EAS) ? CONFIG_EAS_TIMERS : 0) +
           (config_has(config, CONFIG_SCS) ? GODWIT_SCS_TRIGGERS_MAX : 0) +
           (config_has(config, CONFIG_BSF) ? GODWIT_BSF_CHALLENGES_MAX + GODWIT_BSF_ASKS_MAX : 0) +
           (config_has(config, CONFIG_NAF) ? GODWIT_NAF_PENDING_MAX : 0);
}
