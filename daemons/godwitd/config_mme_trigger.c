/* SPDX-License-Identifier: Apache-2.0
 *
 * mme.trigger of the configuration: device triggering at the MME (docs/triggers.md).
 */
#include <string.h>

#include "daemons/godwitd/config_check.h"
#include "daemons/godwitd/config_schema.h"

const cyaml_schema_field_t config_mme_trigger_fields[] = {
    TRUTH(raw_mme_trigger_t, on),
    SECTION(raw_mme_trigger_t, mtc_iwf, config_remote_fields),
    NUMBER(raw_mme_trigger_t, wait_ms),
    CYAML_FIELD_END,
};

/* K_iwf is bound to its name, so one of a realm will not do. */
static bool mtc_iwf(config_t *c, const raw_remote_t *raw, godwit_trigger_node_t *iwf)
{
    if (raw->host == NULL) {
        return config_refuse(c, "mme.trigger.mtc_iwf.host", 0, "is missing", NULL);
    }
    if (!config_name(c, "mme.trigger.mtc_iwf.host", 0, raw->host, iwf->host) ||
        !config_name(c, "mme.trigger.mtc_iwf.realm", 0, raw->realm, iwf->realm)) {
        return false;
    }
    iwf->function = GODWIT_FUNCTION_MTC_IWF;
    c->diameter.used = c->diameter.used || strcmp(iwf->host, c->identity) != 0;
    return true;
}

bool config_mme_trigger(config_t *c, const raw_mme_trigger_t *raw)
{
    godwit_mme_config_t *m = &c->mme.role;
    if (raw == NULL) {
        return true;
    }
    m->trigger = raw->on;
    m->securing_ms = raw->wait_ms;
    return config_range(c, "mme.trigger.wait_ms", raw->wait_ms, 100, 10000) &&
           (raw->mtc_iwf == NULL || mtc_iwf(c, raw->mtc_iwf, &m->iwf));
}
