/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of AVPs. Codes: IANA AAA registry, TS 29.272 table 7.3.1/1, TS 29.229 table 6.3.1, TS 29.109 table 6.3;
 * TS 29.368 table 6.4.1, TS 29.337, TS 29.336, TS 29.173; Ek, T5: docs/diameter.md.
 */
#include "core/wire/avp.h"
#include "core/wire/eap_aka.h"
#include "godwit/keys.h"
#include "core/wire/payload_sms.h"
#include "core/wire/payload_trigger.h"
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
#define NAME(name, code, vendor, flags)                                                                                \
    {                                                                                                                  \
        name, code, vendor, 1, IDENTITY_MAX, flags, GODWIT_AVP_IDENTITY, false                                         \
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
    [GODWIT_AVP_RAT_TYPE] = U32("RAT-Type", 1032, TGPP, M),
    [GODWIT_AVP_ULR_FLAGS] = U32("ULR-Flags", 1405, TGPP, M),
    [GODWIT_AVP_ULA_FLAGS] = U32("ULA-Flags", 1406, TGPP, M),
    [GODWIT_AVP_SUBSCRIPTION_DATA] = PASSIVE("Subscription-Data", 1400, TGPP, GODWIT_AVP_GROUPED, M),
    [GODWIT_AVP_TERMINAL_INFORMATION] = PASSIVE("Terminal-Information", 1401, TGPP, GODWIT_AVP_GROUPED, M),
    [GODWIT_AVP_HOMOGENEOUS_SUPPORT] =
        PASSIVE("Homogeneous-Support-of-IMS-Voice-Over-PS-Sessions", 1493, TGPP, GODWIT_AVP_U32, 0),
    [GODWIT_AVP_ACTIVE_APN] = PASSIVE("Active-APN", 1612, TGPP, GODWIT_AVP_GROUPED, 0),
    [GODWIT_AVP_UE_SRVCC_CAPABILITY] = PASSIVE("UE-SRVCC-Capability", 1615, TGPP, GODWIT_AVP_U32, 0),
    [GODWIT_AVP_EQUIVALENT_PLMN_LIST] = PASSIVE("Equivalent-PLMN-List", 1637, TGPP, GODWIT_AVP_GROUPED, 0),
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
    [GODWIT_AVP_VALIDITY_TIME] = U32("Validity-Time", 448, 0, M),
    [GODWIT_AVP_MSISDN] = OCTETS("MSISDN", 701, TGPP, 1, (GODWIT_MSISDN_MAX + 1) / 2, M),
    [GODWIT_AVP_EXTERNAL_IDENTIFIER] = TEXT("External-Identifier", 3111, TGPP, GODWIT_EXTERNAL_ID_MAX),
    [GODWIT_AVP_SCS_IDENTITY] = OCTETS("SCS-Identity", 3104, TGPP, 1, GODWIT_SCS_NAME_MAX, M),
    [GODWIT_AVP_SERVICE_ID] = U32("Service-ID", 3103, TGPP, M),
    [GODWIT_AVP_SERVICE_PARAMETERS] = GROUP("Service-Parameters", 3105, TGPP),
    [GODWIT_AVP_T4_PARAMETERS] = PASSIVE("T4-Parameters", 3106, TGPP, GODWIT_AVP_GROUPED, M),
    [GODWIT_AVP_SERVICE_DATA] = GROUP("Service-Data", 3107, TGPP),
    [GODWIT_AVP_T4_DATA] = GROUP("T4-Data", 3108, TGPP),
    [GODWIT_AVP_HSS_CAUSE] = U32("HSS-Cause", 3109, TGPP, M),
    [GODWIT_AVP_SIR_FLAGS] = U32("SIR-Flags", 3110, TGPP, M),
    [GODWIT_AVP_SERVING_NODE] = GROUP("Serving-Node", 2401, TGPP),
    [GODWIT_AVP_ADDITIONAL_SERVING_NODE] = GROUP("Additional-Serving-Node", 2406, TGPP),
    [GODWIT_AVP_SGSN_NUMBER] = OCTETS("SGSN-Number", 1489, TGPP, 1, GODWIT_E164_MAX / 2, M),
    [GODWIT_AVP_SGSN_NAME] = NAME("SGSN-Name", 2409, TGPP, M),
    [GODWIT_AVP_SGSN_REALM] = NAME("SGSN-Realm", 2410, TGPP, M),
    [GODWIT_AVP_MME_NAME] = NAME("MME-Name", 2402, TGPP, M),
    [GODWIT_AVP_MME_REALM] = NAME("MME-Realm", 2408, TGPP, M),
    [GODWIT_AVP_MSC_NUMBER] = OCTETS("MSC-Number", 2403, TGPP, 1, GODWIT_E164_MAX / 2, M),
    [GODWIT_AVP_SM_RP_SMEA] = OCTETS("SM-RP-SMEA", 3309, TGPP, 1, 12, M),
    [GODWIT_AVP_DEVICE_ACTION] = GROUP("Device-Action", 3001, TGPP),
    [GODWIT_AVP_DEVICE_NOTIFICATION] = GROUP("Device-Notification", 3002, TGPP),
    [GODWIT_AVP_TRIGGER_DATA] = GROUP("Trigger-Data", 3003, TGPP),
    [GODWIT_AVP_PAYLOAD] = OCTETS("Payload", 3004, TGPP, 0, ANY, M),
    [GODWIT_AVP_ACTION_TYPE] = U32("Action-Type", 3005, TGPP, M),
    [GODWIT_AVP_PRIORITY_INDICATION] = U32("Priority-Indication", 3006, TGPP, M),
    [GODWIT_AVP_REFERENCE_NUMBER] = U32("Reference-Number", 3007, TGPP, M),
    [GODWIT_AVP_REQUEST_STATUS] = U32("Request-Status", 3008, TGPP, M),
    [GODWIT_AVP_DELIVERY_OUTCOME] = U32("Delivery-Outcome", 3009, TGPP, M),
    [GODWIT_AVP_APPLICATION_PORT_IDENTIFIER] = U32("Application-Port-Identifier", 3010, TGPP, M),
    [GODWIT_AVP_OLD_REFERENCE_NUMBER] = U32("Old-Reference-Number", 3011, TGPP, 0),
    [GODWIT_AVP_FEATURE_SUPPORTED_IN_FINAL_TARGET] =
        PASSIVE("Feature-Supported-In-Final-Target", 3012, TGPP, GODWIT_AVP_U32, 0),
    [GODWIT_AVP_MTC_ERROR_DIAGNOSTIC] = PASSIVE("MTC-Error-Diagnostic", 3203, TGPP, GODWIT_AVP_U32, 0),
    [GODWIT_AVP_LMSI] = PASSIVE("LMSI", 2400, TGPP, GODWIT_AVP_OCTETS, M),
    [GODWIT_AVP_IP_SM_GW_NUMBER] = PASSIVE("IP-SM-GW-Number", 3100, TGPP, GODWIT_AVP_OCTETS, M),
    [GODWIT_AVP_IP_SM_GW_NAME] = PASSIVE("IP-SM-GW-Name", 3101, TGPP, GODWIT_AVP_IDENTITY, M),
    [GODWIT_AVP_FEATURE_LIST_ID] = PASSIVE("Feature-List-ID", 629, TGPP, GODWIT_AVP_U32, 0),
    [GODWIT_AVP_FEATURE_LIST] = PASSIVE("Feature-List", 630, TGPP, GODWIT_AVP_U32, 0),
    [GODWIT_AVP_SM_DELIVERY_OUTCOME_T4] = U32("SM-Delivery-Outcome-T4", 3200, TGPP, M),
    [GODWIT_AVP_ABSENT_SUBSCRIBER_DIAGNOSTIC_T4] = U32("Absent-Subscriber-Diagnostic-T4", 3201, TGPP, M),
    [GODWIT_AVP_TRIGGER_ACTION] = U32("Trigger-Action", 3202, TGPP, 0),
    [GODWIT_AVP_T5_PURPOSE] = U32("T5-Purpose", 40, OURS, M),
    [GODWIT_AVP_TRIGGER_CONTAINER] = OCTETS("Trigger-Container", 41, OURS, 1, GODWIT_TRIGGER_CONTAINER_MAX, 0),
    [GODWIT_AVP_IWF_KEY] = OCTETS("IWF-Key", 42, OURS, 46, 46, 0),
    [GODWIT_AVP_ROOT_NAME] = OCTETS("Root-Name", 43, OURS, GODWIT_IWF_ROOT_NAME, GODWIT_IWF_ROOT_NAME, 0),
    [GODWIT_AVP_NEW_ROOT] = U32("New-Root", 44, OURS, 0),
    [GODWIT_AVP_ASSOCIATION] = U32("Association", 45, OURS, 0),
    [GODWIT_AVP_NODE_HOST] = NAME("Node-Host", 46, OURS, 0),
    [GODWIT_AVP_NODE_REALM] = NAME("Node-Realm", 47, OURS, 0),
    [GODWIT_AVP_NODE_FUNCTION] = U32("Node-Function", 48, OURS, 0),
    [GODWIT_AVP_IWF_KEY_WANTED] = U32("IWF-Key-Wanted", 49, OURS, 0),
    [GODWIT_AVP_IWF_ROOT_WANTED] = U32("IWF-Root-Wanted", 60, OURS, 0),
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
    [GODWIT_AVP_EAP_AV] = OCTETS("EAP-AV", 50, OURS, 68, 80, M),
    [GODWIT_AVP_ANID] = TEXT("ANID", 1504, TGPP, GODWIT_EAP_NETWORK_MAX), /* recalled */
    [GODWIT_AVP_E2M_AWARE] = U32("E2M-Aware", 20, OURS, 0),
    [GODWIT_AVP_E2M_FLAGGED] = U32("E2M-Flagged", 21, OURS, 0),
    [GODWIT_AVP_POLICY_VERSION] = U32("Policy-Version", 22, OURS, 0),
    [GODWIT_AVP_NEXT_SESSION] = U32("Next-Session", 23, OURS, 0),
    [GODWIT_AVP_KEY_REFERENCE] = TEXT("Key-Reference", 30, OURS, GODWIT_KEY_REFERENCE_MAX),
    [GODWIT_AVP_E2E_EVENT] = U32("E2E-Event", 61, OURS, M),
    [GODWIT_AVP_E2E_RENEWAL] = U32("E2E-Renewal", 62, OURS, M),
    [GODWIT_AVP_E2E_PATH] = OCTETS("E2E-Path", 63, OURS, 5, 5, M),
    [GODWIT_AVP_EAS_NAME] = TEXT("EAS-Name", 64, OURS, GODWIT_FQDN_MAX),
    [GODWIT_AVP_SERVICE] = U32("Service", 65, OURS, M),
    [GODWIT_AVP_AGE] = U32("Age", 66, OURS, M),
    [GODWIT_AVP_KEY_OWNER] = U32("Key-Owner", 67, OURS, M),
    [GODWIT_AVP_E2E_TERMS] = OCTETS("E2E-Terms", 68, OURS, 15, 15, M),
    [GODWIT_AVP_E2E_KEY] = OCTETS("E2E-Key", 69, OURS, 32, 32, M),
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
