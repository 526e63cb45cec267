/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of AVPs. Codes: IANA AAA registry, TS 29.272 table 7.3.1/1, TS 29.229 table 6.3.1, TS 29.109 table 6.3;
 * Ek: docs/diameter.md.
 */
#include "core/wire/avp.h"
#include "godwit/keys.h"
#include "core/wire/payload_sms.h"
#include "core/wire/profile.h"

#define ANY 0xFFFF
#define IDENTITY_MAX 255 /* an FQDN (RFC 6733 4.3.1) */
#define TGPP GODWIT_VENDOR_3GPP
#define OURS GODWIT_EK_VENDOR
#define M GODWIT_AVP_FLAG_MANDATORY

#define OCTETS(name, code, vendor, min, max, flags)                                                                    \
    {                                                                                                                  \
        name, code, vendor, min, max, flags, GODWIT_AVP_OCTETS, false                                                  \
    }
#define U32(name, code, vendor, flags)                                                                                 \
    {                                                                                                                  \
        name, code, vendor, 4, 4, flags, GODWIT_AVP_U32, false                                                         \
    }
#define TEXT(name, code, vendor, max)                                                                                  \
    {                                                                                                                  \
        name, code, vendor, 1, max, M, GODWIT_AVP_TEXT, false                                                          \
    }
#define IDENTITY(name, code)                                                                                           \
    {                                                                                                                  \
        name, code, 0, 1, IDENTITY_MAX, M, GODWIT_AVP_IDENTITY, false                                                  \
    }
#define GROUP(name, code, vendor)                                                                                      \
    {                                                                                                                  \
        name, code, vendor, 0, ANY, M, GODWIT_AVP_GROUPED, false                                                       \
    }
#define PASSIVE(name, code, vendor, type, flags)                                                                       \
    {                                                                                                                  \
        name, code, vendor, 0, ANY, flags, type, true                                                                  \
    }

static const godwit_avp_definition_t table[GODWIT_AVP_COUNT] = {
    [GODWIT_AVP_SESSION_ID] = TEXT("Session-Id", 263, 0, 1024),
    [GODWIT_AVP_ORIGIN_HOST] = IDENTITY("Origin-Host", 264),
    [GODWIT_AVP_ORIGIN_REALM] = IDENTITY("Origin-Realm", 296),
    [GODWIT_AVP_DESTINATION_HOST] = IDENTITY("Destination-Host", 293),
    [GODWIT_AVP_DESTINATION_REALM] = IDENTITY("Destination-Realm", 283),
    [GODWIT_AVP_USER_NAME] = TEXT("User-Name", 1, 0, 1024),
    [GODWIT_AVP_AUTH_APPLICATION_ID] = U32("Auth-Application-Id", 258, 0, M),
    [GODWIT_AVP_VENDOR_SPECIFIC_APPLICATION_ID] = GROUP("Vendor-Specific-Application-Id", 260, 0),
    [GODWIT_AVP_VENDOR_ID] = U32("Vendor-Id", 266, 0, M),
    [GODWIT_AVP_AUTH_SESSION_STATE] = U32("Auth-Session-State", 277, 0, M),
    [GODWIT_AVP_RESULT_CODE] = U32("Result-Code", 268, 0, M),
    [GODWIT_AVP_EXPERIMENTAL_RESULT] = GROUP("Experimental-Result", 297, 0),
    [GODWIT_AVP_EXPERIMENTAL_RESULT_CODE] = U32("Experimental-Result-Code", 298, 0, M),
    [GODWIT_AVP_FAILED_AVP] = PASSIVE("Failed-AVP", 279, 0, GODWIT_AVP_GROUPED, M),
    [GODWIT_AVP_ERROR_MESSAGE] = PASSIVE("Error-Message", 281, 0, GODWIT_AVP_TEXT, 0),
    [GODWIT_AVP_ERROR_REPORTING_HOST] = PASSIVE("Error-Reporting-Host", 294, 0, GODWIT_AVP_IDENTITY, 0),
    [GODWIT_AVP_PROXY_INFO] = PASSIVE("Proxy-Info", 284, 0, GODWIT_AVP_GROUPED, M),
    [GODWIT_AVP_ROUTE_RECORD] = PASSIVE("Route-Record", 282, 0, GODWIT_AVP_IDENTITY, M),
    [GODWIT_AVP_ORIGIN_STATE_ID] = PASSIVE("Origin-State-Id", 278, 0, GODWIT_AVP_U32, M),
    [GODWIT_AVP_ACCT_APPLICATION_ID] = U32("Acct-Application-Id", 259, 0, M),
    [GODWIT_AVP_OC_SUPPORTED_FEATURES] = PASSIVE("OC-Supported-Features", 621, 0, GODWIT_AVP_GROUPED, 0),
    [GODWIT_AVP_OC_OLR] = PASSIVE("OC-OLR", 623, 0, GODWIT_AVP_GROUPED, 0),
    [GODWIT_AVP_DRMP] = PASSIVE("DRMP", 301, 0, GODWIT_AVP_U32, 0),
    [GODWIT_AVP_LOAD] = PASSIVE("Load", 650, 0, GODWIT_AVP_GROUPED, 0),
    [GODWIT_AVP_SUPPORTED_FEATURES] = PASSIVE("Supported-Features", 628, TGPP, GODWIT_AVP_GROUPED, 0),
    [GODWIT_AVP_CONFIDENTIALITY_KEY] = OCTETS("Confidentiality-Key", 625, TGPP, 8, 16, M),
    [GODWIT_AVP_INTEGRITY_KEY] = OCTETS("Integrity-Key", 626, TGPP, 16, 16, M),
    [GODWIT_AVP_VISITED_PLMN_ID] = OCTETS("Visited-PLMN-Id", 1407, TGPP, 3, 3, M),
    [GODWIT_AVP_REQUESTED_EUTRAN_AUTHENTICATION_INFO] = GROUP("Requested-EUTRAN-Authentication-Info", 1408, TGPP),
    [GODWIT_AVP_REQUESTED_UTRAN_GERAN_AUTHENTICATION_INFO] =
        GROUP("Requested-UTRAN-GERAN-Authentication-Info", 1409, TGPP),
    [GODWIT_AVP_NUMBER_OF_REQUESTED_VECTORS] = U32("Number-Of-Requested-Vectors", 1410, TGPP, M),
    [GODWIT_AVP_RE_SYNCHRONIZATION_INFO] = OCTETS("Re-Synchronization-Info", 1411, TGPP, 30, 30, M),
    [GODWIT_AVP_IMMEDIATE_RESPONSE_PREFERRED] = U32("Immediate-Response-Preferred", 1412, TGPP, M),
    [GODWIT_AVP_AUTHENTICATION_INFO] = GROUP("Authentication-Info", 1413, TGPP),
    [GODWIT_AVP_E_UTRAN_VECTOR] = GROUP("E-UTRAN-Vector", 1414, TGPP),
    [GODWIT_AVP_UTRAN_VECTOR] = GROUP("UTRAN-Vector", 1415, TGPP),
    [GODWIT_AVP_GERAN_VECTOR] = GROUP("GERAN-Vector", 1416, TGPP),
    [GODWIT_AVP_ITEM_NUMBER] = U32("Item-Number", 1419, TGPP, M),
    [GODWIT_AVP_RAND] = OCTETS("RAND", 1447, TGPP, 16, 16, M),
    [GODWIT_AVP_XRES] = OCTETS("XRES", 1448, TGPP, 4, 16, M),
    [GODWIT_AVP_AUTN] = OCTETS("AUTN", 1449, TGPP, 16, 16, M),
    [GODWIT_AVP_KASME] = OCTETS("KASME", 1450, TGPP, 32, 32, M),
    [GODWIT_AVP_KC] = OCTETS("Kc", 1453, TGPP, 8, 8, M),
    [GODWIT_AVP_SRES] = OCTETS("SRES", 1454, TGPP, 4, 4, M),
    [GODWIT_AVP_ERROR_DIAGNOSTIC] = PASSIVE("Error-Diagnostic", 1614, TGPP, GODWIT_AVP_U32, 0),
    [GODWIT_AVP_AIR_FLAGS] = PASSIVE("AIR-Flags", 1679, TGPP, GODWIT_AVP_U32, 0),
    [GODWIT_AVP_UE_USAGE_TYPE] = PASSIVE("UE-Usage-Type", 1680, TGPP, GODWIT_AVP_U32, 0),
    [GODWIT_AVP_PUBLIC_IDENTITY] = TEXT("Public-Identity", 601, TGPP, 1024),
    [GODWIT_AVP_SIP_NUMBER_AUTH_ITEMS] = U32("SIP-Number-Auth-Items", 607, TGPP, M),
    [GODWIT_AVP_SIP_AUTHENTICATION_SCHEME] = TEXT("SIP-Authentication-Scheme", 608, TGPP, 64),
    [GODWIT_AVP_SIP_AUTHENTICATE] = OCTETS("SIP-Authenticate", 609, TGPP, 16, 32, M),
    [GODWIT_AVP_SIP_AUTHORIZATION] = OCTETS("SIP-Authorization", 610, TGPP, 4, 30, M),
    [GODWIT_AVP_SIP_AUTH_DATA_ITEM] = GROUP("SIP-Auth-Data-Item", 612, TGPP),
    [GODWIT_AVP_SIP_ITEM_NUMBER] = U32("SIP-Item-Number", 613, TGPP, M),
    [GODWIT_AVP_GBA_USER_SEC_SETTINGS] = OCTETS("GBA-UserSecSettings", 400, TGPP, 1, 8192, M),
    [GODWIT_AVP_TRANSACTION_IDENTIFIER] = OCTETS("Transaction-Identifier", 401, TGPP, 1, 127, M),
    [GODWIT_AVP_NAF_ID] = OCTETS("NAF-Id", 402, TGPP, 6, GODWIT_FQDN_MAX + 5, M),
    [GODWIT_AVP_GAA_SERVICE_IDENTIFIER] = OCTETS("GAA-Service-Identifier", 403, TGPP, 1, 64, M),
    [GODWIT_AVP_KEY_EXPIRY_TIME] = U32("Key-ExpiryTime", 404, TGPP, M),
    [GODWIT_AVP_ME_KEY_MATERIAL] = OCTETS("ME-Key-Material", 405, TGPP, 32, 32, M),
    [GODWIT_AVP_UICC_KEY_MATERIAL] = OCTETS("UICC-Key-Material", 406, TGPP, 32, 32, M),
    [GODWIT_AVP_GBA_U_AWARENESS_INDICATOR] = U32("GBA_U-Awareness-Indicator", 407, TGPP, M),
    [GODWIT_AVP_BOOTSTRAP_INFO_CREATION_TIME] = U32("BootstrapInfoCreationTime", 408, TGPP, M),
    [GODWIT_AVP_GUSS_TIMESTAMP] = U32("GUSS-Timestamp", 409, TGPP, M),
    [GODWIT_AVP_GBA_TYPE] = U32("GBA-Type", 410, TGPP, M),
    [GODWIT_AVP_USER_IDENTIFIER] = GROUP("User-Identifier", 3102, TGPP),
    [GODWIT_AVP_SC_ADDRESS] = OCTETS("SC-Address", 3300, TGPP, 1, GODWIT_E164_MAX / 2, M),
    [GODWIT_AVP_SM_RP_UI] = OCTETS("SM-RP-UI", 3301, TGPP, 1, GODWIT_TPDU_MAX, M),
    [GODWIT_AVP_SM_DELIVERY_FAILURE_CAUSE] = GROUP("SM-Delivery-Failure-Cause", 3303, TGPP),
    [GODWIT_AVP_SM_ENUMERATED_DELIVERY_FAILURE_CAUSE] = U32("SM-Enumerated-Delivery-Failure-Cause", 3304, TGPP, M),
    [GODWIT_AVP_KEY_PURPOSE] = U32("Key-Purpose", 1, OURS, M),
    [GODWIT_AVP_AGREEMENT_SET] = U32("Agreement-Set", 2, OURS, M),
    [GODWIT_AVP_AGREEMENT] = U32("Agreement", 3, OURS, M),
    [GODWIT_AVP_ENDPOINT] = TEXT("Endpoint", 4, OURS, GODWIT_FQDN_MAX),
    [GODWIT_AVP_AUTS] = OCTETS("AUTS", 5, OURS, 14, 14, M),
    [GODWIT_AVP_GENERATION] = U32("Generation", 6, OURS, M),
    [GODWIT_AVP_KEY_SET] = {"Key-Set", 8, OURS, 8, 8, M, GODWIT_AVP_U64, false},
    [GODWIT_AVP_CONCEALED_SQN] = OCTETS("Concealed-SQN", 9, OURS, 6, 6, M),
    [GODWIT_AVP_ABOVE_GENERATION] = U32("Above-Generation", 10, OURS, M),
    [GODWIT_AVP_PARKED_KEY] = OCTETS("Parked-Key", 11, OURS, 38, 38, M),
    [GODWIT_AVP_KEY_LIFE] = U32("Key-Life", 12, OURS, M),
    [GODWIT_AVP_E2M_KEYSET] = OCTETS("E2M-Key-Set", 13, OURS, 32, 32, M),
    [GODWIT_AVP_BEARER_TEID] = U32("Bearer-TEID", 14, OURS, M),
    [GODWIT_AVP_GATEWAY_ADDRESS] = OCTETS("Gateway-Address", 15, OURS, 4, 16, M),
    [GODWIT_AVP_BEARER_EVENT] = U32("Bearer-Event", 16, OURS, M),
    [GODWIT_AVP_SUITE_SET] = U32("Suite-Set", 17, OURS, M),
    [GODWIT_AVP_E2M_CONTAINER] = OCTETS("E2M-Container", 18, OURS, 1, 64, M),
    [GODWIT_AVP_EMSDP_START] = OCTETS("EMSDP-Start", 19, OURS, 1, 80, M),
    [GODWIT_AVP_SIM_RESULT] = OCTETS("SIM-Result", 31, OURS, 24, 24, M),
    [GODWIT_AVP_PLAIN_RAND] = U32("Plain-RAND", 32, OURS, M),
    [GODWIT_AVP_HE_AV] = OCTETS("HE-AV", 33, OURS, 80, 80, M),
    [GODWIT_AVP_E2M_AWARE] = U32("E2M-Aware", 20, OURS, 0),
    [GODWIT_AVP_E2M_FLAGGED] = U32("E2M-Flagged", 21, OURS, 0),
    [GODWIT_AVP_POLICY_VERSION] = U32("Policy-Version", 22, OURS, 0),
    [GODWIT_AVP_NEXT_SESSION] = U32("Next-Session", 23, OURS, 0),
    [GODWIT_AVP_KEY_REFERENCE] = TEXT("Key-Reference", 30, OURS, GODWIT_KEY_REFERENCE_MAX),
    [GODWIT_AVP_SESSION_KEY] = OCTETS("Session-Key", 7, OURS, 32, 32, M),
};

const godwit_avp_definition_t *godwit_avp_definition(godwit_avp_id_t id)
{
    return (unsigned)id < GODWIT_AVP_COUNT ? &table[id] : NULL;
}

const godwit_avp_definition_t *godwit_avp_find(uint32_t code, uint32_t vendor)
{
    for (size_t i = 0; i < GODWIT_AVP_COUNT; i++) {
        if (table[i].code == code && table[i].vendor == vendor) {
            return &table[i];
        }
    }
    return NULL;
}
