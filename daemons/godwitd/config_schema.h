/* SPDX-License-Identifier: Apache-2.0
 *
 * The schema of the configuration file, for the reader alone.
 */
#ifndef GODWITD_CONFIG_SCHEMA_H
#define GODWITD_CONFIG_SCHEMA_H

#include <cyaml/cyaml.h>

#include "daemons/godwitd/config_raw.h"

#define TEXT_MAX 4096
#define LIST_MAX 1024 /* entries; what a list means may bound it further */

#define TEXT(type, member)                                                                                             \
    CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, TEXT_MAX)
#define NUMBER(type, member) CYAML_FIELD_UINT(#member, CYAML_FLAG_OPTIONAL, type, member)
#define NUMBER_OR_NONE(type, member)                                                                                   \
    CYAML_FIELD_UINT_PTR(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member)
#define TRUTH(type, member) CYAML_FIELD_BOOL(#member, CYAML_FLAG_OPTIONAL, type, member)
#define SECTION(type, member, fields)                                                                                  \
    CYAML_FIELD_MAPPING_PTR(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, fields)
#define LIST(type, member, entry)                                                                                      \
    CYAML_FIELD_SEQUENCE(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, entry, 0, LIST_MAX)

extern const cyaml_schema_value_t config_schema, config_text_entry, config_delivery_entry;
extern const cyaml_schema_field_t config_remote_fields[], config_tls_fields[];
extern const cyaml_schema_field_t config_queue_fields[]; /* config_deliver.c */
extern const cyaml_schema_field_t config_next_session_fields[], config_sms_link_fields[];
extern const cyaml_schema_field_t config_mme_trigger_fields[];
extern const cyaml_schema_field_t config_msc_fields[], config_sms_sc_fields[];   /* config_sms.c */
extern const cyaml_schema_field_t config_gba_bsf_fields[];                       /* config_gba.c */
extern const cyaml_schema_field_t config_naf_fields[], config_emks_gba_fields[]; /* config_naf.c */
extern const cyaml_schema_field_t config_eese_fields[], config_hse_eas_fields[]; /* config_eese.c */
extern const cyaml_schema_field_t config_rest_fields[];                          /* config_rest.c */
extern const cyaml_schema_field_t config_metrics_fields[];                       /* config_metrics.c */
extern const cyaml_schema_field_t config_downlink_fields[];                      /* config_downlink.c */
extern const cyaml_schema_field_t config_aaa_fields[];                           /* config_aaa.c */
extern const cyaml_schema_field_t config_ausf_fields[], config_aanf_fields[],
    config_akma_client_fields[];                                                /* config_akma.c */
extern const cyaml_schema_field_t config_mtc_iwf_fields[], config_scs_fields[]; /* config_trigger.c */
extern const cyaml_schema_field_t config_eas_fields[];                          /* config_eas.c */

#endif
