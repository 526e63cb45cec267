/* SPDX-License-Identifier: Apache-2.0
 *
 * The schema of the configuration file, for the reader alone.
 */
#ifndef GODWITD_CONFIG_SCHEMA_H
#define GODWITD_CONFIG_SCHEMA_H

#include <cyaml/cyaml.h>

#include "daemons/godwitd/config_raw.h"

extern const cyaml_schema_value_t config_schema;

#endif
