/* SPDX-License-Identifier: Apache-2.0
 *
 * Every AVP that Godwit knows, in one table: the writer takes code, vendor and flags from it, the reader checks lengths against it,
 * and adapters/diameter makes freeDiameter's dictionary from it. Base protocol RFC 6733, S6a TS 29.272 7.3, Cx TS 29.229 6.3, Zh and Zn TS 29.109 6.3,
 * Ek docs/diameter.md.
 */
#ifndef GODWIT_WIRE_AVP_H
#define GODWIT_WIRE_AVP_H

#include "godwit/bytes.h"

#define GODWIT_VENDOR_3GPP 10415u

/* AVP flags (RFC 6733 4.1). */
#define GODWIT_AVP_FLAG_VENDOR 0x80u
#define GODWIT_AVP_FLAG_MANDATORY 0x40u

typedef enum godwit_avp_id {
    /* RFC 6733 */
    GODWIT_AVP_SESSION_ID,
    GODWIT_AVP_ORIGIN_HOST,
    GODWIT_AVP_ORIGIN_REALM,
    GODWIT_AVP_DESTINATION_HOST,
    GODWIT_AVP_DESTINATION_REALM,
    GODWIT_AVP_USER_NAME,
    GODWIT_AVP_AUTH_APPLICATION_ID,
    GODWIT_AVP_VENDOR_SPECIFIC_APPLICATION_ID,
    GODWIT_AVP_VENDOR_ID,
    GODWIT_AVP_AUTH_SESSION_STATE,
    GODWIT_AVP_RESULT_CODE,
    GODWIT_AVP_EXPERIMENTAL_RESULT,
    GODWIT_AVP_EXPERIMENTAL_RESULT_CODE,
    GODWIT_AVP_FAILED_AVP,
    GODWIT_AVP_ERROR_MESSAGE,
    GODWIT_AVP_ERROR_REPORTING_HOST,
    GODWIT_AVP_PROXY_INFO,
    GODWIT_AVP_ROUTE_RECORD,
    GODWIT_AVP_ORIGIN_STATE_ID,
    GODWIT_AVP_ACCT_APPLICATION_ID,
    /* RFC 7683, RFC 7944, RFC 8583: overload, priority and load, which 29.272 allows in S6a and which we do not act on */
    GODWIT_AVP_OC_SUPPORTED_FEATURES,
    GODWIT_AVP_OC_OLR,
    GODWIT_AVP_DRMP,
    GODWIT_AVP_LOAD,
    /* TS 29.229, TS 29.272 */
    GODWIT_AVP_SUPPORTED_FEATURES,
    GODWIT_AVP_CONFIDENTIALITY_KEY,
    GODWIT_AVP_INTEGRITY_KEY,
    GODWIT_AVP_VISITED_PLMN_ID,
    GODWIT_AVP_REQUESTED_EUTRAN_AUTHENTICATION_INFO,
    GODWIT_AVP_REQUESTED_UTRAN_GERAN_AUTHENTICATION_INFO,
    GODWIT_AVP_NUMBER_OF_REQUESTED_VECTORS,
    GODWIT_AVP_RE_SYNCHRONIZATION_INFO,
    GODWIT_AVP_IMMEDIATE_RESPONSE_PREFERRED,
    GODWIT_AVP_AUTHENTICATION_INFO,
    GODWIT_AVP_E_UTRAN_VECTOR,
    GODWIT_AVP_UTRAN_VECTOR,
    GODWIT_AVP_GERAN_VECTOR,
    GODWIT_AVP_ITEM_NUMBER,
    GODWIT_AVP_RAND,
    GODWIT_AVP_XRES,
    GODWIT_AVP_AUTN,
    GODWIT_AVP_KASME,
    GODWIT_AVP_KC,
    GODWIT_AVP_SRES,
    GODWIT_AVP_ERROR_DIAGNOSTIC,
    GODWIT_AVP_AIR_FLAGS,
    GODWIT_AVP_UE_USAGE_TYPE,
    /* TS 29.229, as Zh uses them; TS 29.109 */
    GODWIT_AVP_PUBLIC_IDENTITY,
    GODWIT_AVP_SIP_NUMBER_AUTH_ITEMS,
    GODWIT_AVP_SIP_AUTHENTICATION_SCHEME,
    GODWIT_AVP_SIP_AUTHENTICATE,
    GODWIT_AVP_SIP_AUTHORIZATION,
    GODWIT_AVP_SIP_AUTH_DATA_ITEM,
    GODWIT_AVP_SIP_ITEM_NUMBER,
    GODWIT_AVP_GBA_USER_SEC_SETTINGS,
    GODWIT_AVP_TRANSACTION_IDENTIFIER,
    GODWIT_AVP_NAF_ID,
    GODWIT_AVP_GAA_SERVICE_IDENTIFIER,
    GODWIT_AVP_KEY_EXPIRY_TIME,
    GODWIT_AVP_ME_KEY_MATERIAL,
    GODWIT_AVP_UICC_KEY_MATERIAL,
    GODWIT_AVP_GBA_U_AWARENESS_INDICATOR,
    GODWIT_AVP_BOOTSTRAP_INFO_CREATION_TIME,
    GODWIT_AVP_GUSS_TIMESTAMP,
    GODWIT_AVP_GBA_TYPE,
    /* Ek */
    GODWIT_AVP_KEY_PURPOSE,
    GODWIT_AVP_AGREEMENT_SET,
    GODWIT_AVP_AGREEMENT,
    GODWIT_AVP_ENDPOINT,
    GODWIT_AVP_AUTS,
    GODWIT_AVP_GENERATION,
    GODWIT_AVP_SESSION_KEY,
    GODWIT_AVP_KEY_SET,
    GODWIT_AVP_CONCEALED_SQN,
    GODWIT_AVP_ABOVE_GENERATION,
    GODWIT_AVP_PARKED_KEY,
    GODWIT_AVP_KEY_LIFE,
    GODWIT_AVP_E2M_KEYSET,
    GODWIT_AVP_BEARER_TEID,
    GODWIT_AVP_GATEWAY_ADDRESS,
    GODWIT_AVP_BEARER_EVENT,
    GODWIT_AVP_SUITE_SET,
    GODWIT_AVP_E2M_CONTAINER,
    GODWIT_AVP_EMSDP_START,
    /* of ours in S6a, without the M flag */
    GODWIT_AVP_E2M_AWARE,
    GODWIT_AVP_E2M_FLAGGED,
    GODWIT_AVP_POLICY_VERSION,
    GODWIT_AVP_COUNT,
} godwit_avp_id_t;

typedef enum godwit_avp_type {
    GODWIT_AVP_OCTETS,
    GODWIT_AVP_U32, /* Enumerated as well */
    GODWIT_AVP_U64,
    GODWIT_AVP_TEXT,
    GODWIT_AVP_IDENTITY, /* DiameterIdentity */
    GODWIT_AVP_GROUPED,
} godwit_avp_type_t;

typedef struct godwit_avp_definition {
    const char *name;
    uint32_t code, vendor; /* vendor 0: IETF */
    uint16_t min, max;     /* octets of data */
    uint8_t flags;         /* as we send it, and M as the specification asks; V follows from vendor */
    godwit_avp_type_t type;
    bool passive; /* may stand in any command: taken note of and left out of the grammar */
} godwit_avp_definition_t;

/* NULL only for a value outside the enumeration. */
const godwit_avp_definition_t *godwit_avp_definition(godwit_avp_id_t id);
/* The one with that code and vendor, or NULL. */
const godwit_avp_definition_t *godwit_avp_find(uint32_t code, uint32_t vendor);

#endif
