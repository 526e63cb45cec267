/* SPDX-License-Identifier: Apache-2.0
 *
 * What the configuration says of the EMKS, and which EESEs the owner of a key set, EMKS or HSS, answers. See config.h.
 */
#ifndef GODWITD_CONFIG_EMKS_H
#define GODWITD_CONFIG_EMKS_H

#include "daemons/godwitd/config_akma.h"
#include "roles/emks.h"
#include "roles/hss.h"

#define CONFIG_UMTS_IMSIS_MAX 1024

typedef enum config_source { CONFIG_SOURCE_EMBEDDED, CONFIG_SOURCE_S6A, CONFIG_SOURCE_GSUP } config_source_t;
typedef enum config_umts { CONFIG_UMTS_NONE, CONFIG_UMTS_LISTED, CONFIG_UMTS_ALL, CONFIG_UMTS_FEATURE } config_umts_t;

/* Who may ask for K_e2e, by its Origin-Host. */
typedef struct config_eeses {
    char hosts[GODWIT_EMKS_EESES_MAX][GODWIT_NODE_NAME_MAX];
    size_t count;
} config_eeses_t;
_Static_assert(GODWIT_EMKS_EESES_MAX == GODWIT_HSS_EESES_MAX, "one list for both owners");

typedef struct config_emks {
    godwit_plmn_t best_plmn;
    uint8_t agreements;
    config_source_t source;
    config_umts_t umts;
    godwit_imsi_t umts_imsis[CONFIG_UMTS_IMSIS_MAX];
    size_t umts_imsi_count;
    uint32_t timeout_ms;
    uint64_t key_set_ms;
    char pushes_from[GODWIT_EMKS_HSS_MAX][GODWIT_NODE_NAME_MAX];
    size_t pushes_from_count;
    char hss_host[GODWIT_NODE_NAME_MAX], hss_realm[GODWIT_NODE_NAME_MAX];
    char gsup_host[64];
    uint16_t gsup_port;
    char gsup_name[64];
    uint16_t naf_id_len; /* 0: it is no NAF */
    uint8_t naf_id[GODWIT_NAF_ID_MAX];
    config_akma_client_t aanf;
    uint16_t af_id_len; /* 0: it is no application function */
    uint8_t af_id[GODWIT_AF_ID_MAX];
    config_eeses_t eeses;
} config_emks_t;

#endif
