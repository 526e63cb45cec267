/* SPDX-License-Identifier: Apache-2.0
 *
 * mtc_iwf.rest of the configuration: the REST front for sources of kind as (docs/triggers.md).
 */
#include <string.h>

#include "daemons/godwitd/config_check.h"
#include "daemons/godwitd/config_schema.h"

const cyaml_schema_field_t config_rest_fields[] = {
    TEXT(raw_rest_t, listen), TEXT(raw_rest_t, connect_to),
    TEXT(raw_rest_t, crl),    SECTION(raw_rest_t, tls, config_tls_fields),
    CYAML_FIELD_END,
};

bool config_rest(config_t *c, const raw_mtc_iwf_t *raw)
{
    config_rest_t *rest = &c->mtc_iwf.rest;
    bool somebody = false;
    for (unsigned i = 0; i < raw->sources_count; i++) {
        const bool as = c->mtc_iwf.role.source[i].function == GODWIT_FUNCTION_AS;
        const char *notify = raw->sources[i].notify;
        somebody = somebody || as;
        if (notify != NULL && (!as || strncmp(notify, "https://", 8) != 0)) {
            return config_refuse(c, "mtc_iwf.sources[].notify", i, "must be an https URL, of a source of kind as",
                                 notify);
        }
        rest->notify[i] = notify;
    }
    if (raw->rest == NULL) {
        return true;
    }
    if (!somebody) {
        return config_refuse(c, "mtc_iwf.rest", 0, "serves nobody: no source is of kind as", NULL);
    }
    rest->connect_to = raw->rest->connect_to;
    rest->crl = raw->rest->crl;
    return config_host_port(c, "mtc_iwf.rest.listen", 0,
                            raw->rest->listen == NULL ? "127.0.0.1:7337" : raw->rest->listen, rest->host,
                            &rest->port) &&
           config_tls_files(c, "mtc_iwf.rest.tls", raw->rest->tls, &rest->tls);
}
