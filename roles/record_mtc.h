/* SPDX-License-Identifier: Apache-2.0
 *
 * Records of device RAND at the MKEF (docs/mkef.md). See record.h.
 */
#ifndef GODWIT_ROLES_RECORD_MTC_H
#define GODWIT_ROLES_RECORD_MTC_H

#include "core/agree/device_rand/device_rand.h"
#include "godwit/keys.h"

typedef enum godwit_mtc_scope {
    GODWIT_MTC_SCOPE_IMSI = 0,
    GODWIT_MTC_SCOPE_RANGE, /* first to last, of one length */
    GODWIT_MTC_SCOPE_PLMN,  /* first: MCC and MNC as digits, which the IMSI begins with */
} godwit_mtc_scope_t;

/* Whether an entitlement of that scope, from first to last, is for that device. */
bool godwit_mtc_scope_covers(godwit_mtc_scope_t scope, const char *first, const char *last, const godwit_imsi_t *imsi);

#define GODWIT_MTC_GROUP_MAX 32

/* Which server may have K_MTC of whose devices. */
typedef struct godwit_mtc_entitlement_record {
    uint8_t id[16];                      /* godwit_mtc_entitlement_name */
    uint8_t server_key[16];              /* name key of server */
    char server[GODWIT_FQDN_MAX + 1];    /* as its certificate names it */
    char server_id[GODWIT_FQDN_MAX + 1]; /* ID_MTC_SERVER: as its devices name it */
    godwit_mtc_scope_t scope;
    char first[GODWIT_IMSI_DIGITS_MAX + 1], last[GODWIT_IMSI_DIGITS_MAX + 1]; /* digits */
    char group[GODWIT_MTC_GROUP_MAX + 1]; /* what it was entered with, and goes with; may be empty */
    uint64_t not_before_ms, not_after_ms; /* 0: no end */
} godwit_mtc_entitlement_record_t;

/* What the MKEF knows of a device at a server. Counter and chain only move together, and only by a datagram that
 * verified, or by the operator. */
typedef struct godwit_mtc_contact_record {
    godwit_imsi_t imsi;
    uint8_t server_key[16]; /* name key of server_id */
    char server_id[GODWIT_FQDN_MAX + 1];
    uint64_t counter;                              /* accepted last */
    godwit_mtc_chain_t chain;                      /* secret */
    uint8_t temporary[GODWIT_MTC_IDENTITY];        /* given last */
    uint8_t former_temporary[GODWIT_MTC_IDENTITY]; /* what the device named itself by then; zero: by its IMSI */
    uint8_t last_request[16];                      /* first of SHA-256 of caller and datagram */
    uint64_t first_ms, last_ms;
    uint32_t contacts, releases;
    /* by the operator: the chain is zero, and one counter above the last may be as far ahead as it likes */
    bool released;
    bool held; /* the store came from a backup: nothing is accepted before the operator has released it */
} godwit_mtc_contact_record_t;

#endif
