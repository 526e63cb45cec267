/* SPDX-License-Identifier: Apache-2.0
 *
 * The section metrics of the configuration (docs/metrics.md). What it opens has neither TLS nor a question of who asks:
 * beyond the loopback that must be said.
 */
#include "daemons/godwitd/config_check.h"
#include "daemons/godwitd/config_schema.h"

const cyaml_schema_field_t config_metrics_fields[] = {
    TEXT(raw_metrics_t, listen),
    TRUTH(raw_metrics_t, plain),
    CYAML_FIELD_END,
};

bool config_metrics_section(config_t *c, const raw_metrics_t *raw)
{
    godwit_address_t address;
    if (raw == NULL) {
        return true;
    }
    const char *listen = raw->listen == NULL ? "127.0.0.1:9464" : raw->listen;
    if (!config_host_port(c, "metrics.listen", 0, listen, c->metrics.host, &c->metrics.port)) {
        return false;
    }
    return raw->plain ||
           (godwit_udp_address_from_text(listen, &address) == GODWIT_OK && godwit_udp_address_is_loopback(&address)) ||
           config_refuse(c, "metrics.listen", 0,
                         "is beyond the loopback, where anybody can read it: that needs plain: true", listen);
}
