/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of messages, read from their octets. Whatever is not in the tables keeps its number.
 */
#include <string.h>

#include "core/wire/diameter.h"
#include "core/wire/ek_e2m.h"
#include "core/wire/emm.h"
#include "core/wire/esm.h"
#include "core/wire/gmm.h"
#include "core/wire/gtpu.h"
#include "core/wire/gtpv1.h"
#include "core/wire/gtpv2.h"
#include "core/wire/mm.h"
#include "core/wire/profile.h"
#include "core/wire/radio.h"
#include "core/wire/s6a.h"
#include "core/wire/sgd.h"
#include "core/wire/sm.h"
#include "core/wire/sms_relay.h"
#include "core/wire/zh.h"
#include "core/wire/zn.h"
#include "lab/internal.h"
#include "lab/trace.h"

typedef struct name {
    unsigned code;
    const char *text;
} name_t;

static const name_t emm_names[] = {
    {GODWIT_EMM_ATTACH_REQUEST, "ATTACH REQUEST"},
    {GODWIT_EMM_ATTACH_ACCEPT, "ATTACH ACCEPT"},
    {GODWIT_EMM_ATTACH_COMPLETE, "ATTACH COMPLETE"},
    {GODWIT_EMM_ATTACH_REJECT, "ATTACH REJECT"},
    {GODWIT_EMM_DETACH_REQUEST, "DETACH REQUEST"},
    {GODWIT_EMM_DETACH_ACCEPT, "DETACH ACCEPT"},
    {GODWIT_EMM_CP_SERVICE_REQUEST, "CONTROL PLANE SERVICE REQUEST"},
    {GODWIT_EMM_SERVICE_REJECT, "SERVICE REJECT"},
    {GODWIT_EMM_SERVICE_ACCEPT, "SERVICE ACCEPT"},
    {GODWIT_EMM_AUTHENTICATION_REQUEST, "AUTHENTICATION REQUEST"},
    {GODWIT_EMM_AUTHENTICATION_RESPONSE, "AUTHENTICATION RESPONSE"},
    {GODWIT_EMM_AUTHENTICATION_REJECT, "AUTHENTICATION REJECT"},
    {GODWIT_EMM_AUTHENTICATION_FAILURE, "AUTHENTICATION FAILURE"},
    {GODWIT_EMM_SECURITY_MODE_COMMAND, "SECURITY MODE COMMAND"},
    {GODWIT_EMM_SECURITY_MODE_COMPLETE, "SECURITY MODE COMPLETE"},
    {GODWIT_EMM_SECURITY_MODE_REJECT, "SECURITY MODE REJECT"},
    {GODWIT_EMM_INFORMATION, "EMM INFORMATION"},
    {GODWIT_EMM_DOWNLINK_NAS_TRANSPORT, "DOWNLINK NAS TRANSPORT"},
    {GODWIT_EMM_UPLINK_NAS_TRANSPORT, "UPLINK NAS TRANSPORT"},
    {GODWIT_EMM_DOWNLINK_GENERIC_NAS_TRANSPORT, "DOWNLINK GENERIC NAS TRANSPORT"},
    {GODWIT_EMM_UPLINK_GENERIC_NAS_TRANSPORT, "UPLINK GENERIC NAS TRANSPORT"},
};

static const name_t esm_names[] = {
    {GODWIT_ESM_ACTIVATE_DEFAULT_REQUEST, "ACTIVATE DEFAULT EPS BEARER CONTEXT REQUEST"},
    {GODWIT_ESM_ACTIVATE_DEFAULT_ACCEPT, "ACTIVATE DEFAULT EPS BEARER CONTEXT ACCEPT"},
    {GODWIT_ESM_MODIFY_REQUEST, "MODIFY EPS BEARER CONTEXT REQUEST"},
    {GODWIT_ESM_MODIFY_ACCEPT, "MODIFY EPS BEARER CONTEXT ACCEPT"},
    {GODWIT_ESM_PDN_CONNECTIVITY_REQUEST, "PDN CONNECTIVITY REQUEST"},
    {GODWIT_ESM_RESOURCE_MODIFICATION_REQUEST, "BEARER RESOURCE MODIFICATION REQUEST"},
    {GODWIT_ESM_RESOURCE_MODIFICATION_REJECT, "BEARER RESOURCE MODIFICATION REJECT"},
    {GODWIT_ESM_INFORMATION_REQUEST, "ESM INFORMATION REQUEST"},
    {GODWIT_ESM_INFORMATION_RESPONSE, "ESM INFORMATION RESPONSE"},
    {GODWIT_ESM_DATA_TRANSPORT, "ESM DATA TRANSPORT"},
};

static const name_t gmm_names[] = {
    {GODWIT_GMM_ATTACH_REQUEST, "ATTACH REQUEST"},
    {GODWIT_GMM_ATTACH_ACCEPT, "ATTACH ACCEPT"},
    {GODWIT_GMM_ATTACH_COMPLETE, "ATTACH COMPLETE"},
    {GODWIT_GMM_ATTACH_REJECT, "ATTACH REJECT"},
    {GODWIT_GMM_DETACH_REQUEST, "DETACH REQUEST"},
    {GODWIT_GMM_DETACH_ACCEPT, "DETACH ACCEPT"},
    {GODWIT_GMM_SERVICE_REQUEST, "SERVICE REQUEST"},
    {GODWIT_GMM_SERVICE_ACCEPT, "SERVICE ACCEPT"},
    {GODWIT_GMM_SERVICE_REJECT, "SERVICE REJECT"},
    {GODWIT_GMM_AUTHENTICATION_REQUEST, "AUTHENTICATION AND CIPHERING REQUEST"},
    {GODWIT_GMM_AUTHENTICATION_RESPONSE, "AUTHENTICATION AND CIPHERING RESPONSE"},
    {GODWIT_GMM_AUTHENTICATION_REJECT, "AUTHENTICATION AND CIPHERING REJECT"},
    {GODWIT_GMM_AUTHENTICATION_FAILURE, "AUTHENTICATION AND CIPHERING FAILURE"},
    {GODWIT_GMM_INFORMATION, "GMM INFORMATION"},
};

static const name_t mm_names[] = {
    {GODWIT_MM_IMSI_DETACH_INDICATION, "IMSI DETACH INDICATION"},
    {GODWIT_MM_LOCATION_UPDATING_REQUEST, "LOCATION UPDATING REQUEST"},
    {GODWIT_MM_LOCATION_UPDATING_ACCEPT, "LOCATION UPDATING ACCEPT"},
    {GODWIT_MM_LOCATION_UPDATING_REJECT, "LOCATION UPDATING REJECT"},
    {GODWIT_MM_AUTHENTICATION_REQUEST, "AUTHENTICATION REQUEST"},
    {GODWIT_MM_AUTHENTICATION_RESPONSE, "AUTHENTICATION RESPONSE"},
    {GODWIT_MM_AUTHENTICATION_REJECT, "AUTHENTICATION REJECT"},
    {GODWIT_MM_AUTHENTICATION_FAILURE, "AUTHENTICATION FAILURE"},
    {GODWIT_MM_TMSI_REALLOCATION_COMPLETE, "TMSI REALLOCATION COMPLETE"},
    {GODWIT_MM_CM_SERVICE_REQUEST, "CM SERVICE REQUEST"},
    {GODWIT_MM_CM_SERVICE_ACCEPT, "CM SERVICE ACCEPT"},
    {GODWIT_MM_INFORMATION, "MM INFORMATION"},
};

static const name_t cp_names[] = {
    {GODWIT_CP_DATA, "CP-DATA"}, {GODWIT_CP_ACK, "CP-ACK"}, {GODWIT_CP_ERROR, "CP-ERROR"}};

static const name_t sm_names[] = {
    {GODWIT_SM_ACTIVATE_REQUEST, "ACTIVATE PDP CONTEXT REQUEST"},
    {GODWIT_SM_ACTIVATE_ACCEPT, "ACTIVATE PDP CONTEXT ACCEPT"},
    {GODWIT_SM_ACTIVATE_REJECT, "ACTIVATE PDP CONTEXT REJECT"},
    {GODWIT_SM_DEACTIVATE_REQUEST, "DEACTIVATE PDP CONTEXT REQUEST"},
    {GODWIT_SM_DEACTIVATE_ACCEPT, "DEACTIVATE PDP CONTEXT ACCEPT"},
    {GODWIT_SM_MODIFY_REQUEST_MS, "MODIFY PDP CONTEXT REQUEST"},
    {GODWIT_SM_MODIFY_ACCEPT_NETWORK, "MODIFY PDP CONTEXT ACCEPT"},
    {GODWIT_SM_MODIFY_REJECT, "MODIFY PDP CONTEXT REJECT"},
};

static const name_t gtpv2_names[] = {
    {GODWIT_GTPV2_CREATE_SESSION_REQUEST, "Create Session Request"},
    {GODWIT_GTPV2_CREATE_SESSION_RESPONSE, "Create Session Response"},
    {GODWIT_GTPV2_MODIFY_BEARER_REQUEST, "Modify Bearer Request"},
    {GODWIT_GTPV2_MODIFY_BEARER_RESPONSE, "Modify Bearer Response"},
    {GODWIT_GTPV2_DELETE_SESSION_REQUEST, "Delete Session Request"},
    {GODWIT_GTPV2_DELETE_SESSION_RESPONSE, "Delete Session Response"},
    {GODWIT_GTPV2_BEARER_RESOURCE_COMMAND, "Bearer Resource Command"},
    {GODWIT_GTPV2_BEARER_RESOURCE_FAILURE, "Bearer Resource Failure Indication"},
    {GODWIT_GTPV2_UPDATE_BEARER_REQUEST, "Update Bearer Request"},
    {GODWIT_GTPV2_UPDATE_BEARER_RESPONSE, "Update Bearer Response"},
    {GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_REQUEST, "Release Access Bearers Request"},
    {GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_RESPONSE, "Release Access Bearers Response"},
    {GODWIT_GTPV2_DOWNLINK_DATA_NOTIFICATION, "Downlink Data Notification"},
    {GODWIT_GTPV2_DOWNLINK_DATA_ACKNOWLEDGE, "Downlink Data Notification Acknowledge"},
};

static const name_t gtpv1_names[] = {
    {GODWIT_GTPV1_CREATE_REQUEST, "Create PDP Context Request"},
    {GODWIT_GTPV1_CREATE_RESPONSE, "Create PDP Context Response"},
    {GODWIT_GTPV1_UPDATE_REQUEST, "Update PDP Context Request"},
    {GODWIT_GTPV1_UPDATE_RESPONSE, "Update PDP Context Response"},
    {GODWIT_GTPV1_DELETE_REQUEST, "Delete PDP Context Request"},
    {GODWIT_GTPV1_DELETE_RESPONSE, "Delete PDP Context Response"},
};

static const name_t gtpu_names[] = {
    {GODWIT_GTPU_ECHO_REQUEST, "GTP-U Echo Request"},
    {GODWIT_GTPU_ECHO_RESPONSE, "GTP-U Echo Response"},
    {GODWIT_GTPU_ERROR_INDICATION, "Error Indication"},
    {GODWIT_GTPU_END_MARKER, "End Marker"},
    {GODWIT_GTPU_G_PDU, "G-PDU"},
};

static const name_t emsdp_names[] = {
    {GODWIT_SESSION_REQUEST, "Session Request"},
    {GODWIT_SESSION_START, "Session Start"},
    {GODWIT_SESSION_START_CONFIRMATION, "Session Start Confirmation"},
    {GODWIT_SESSION_TERMINATE_REQUEST, "Session Terminate Request"},
    {GODWIT_SESSION_TERMINATE_RESPONSE, "Session Terminate Response"},
    {GODWIT_MANAGE_KEYS_REQUEST, "Manage Keys Request"},
    {GODWIT_MANAGE_KEYS_RESPONSE, "Manage Keys Response"},
    {GODWIT_MESSAGE_REJECT, "Message Reject"},
};

static const name_t radio_names[] = {
    {GODWIT_RADIO_N_PDU, "N-PDU"},
    {GODWIT_RADIO_RELEASE, "RELEASE"},
    {GODWIT_RADIO_PAGING, "PAGING"},
    {GODWIT_RADIO_COMMAND, "SECURITY MODE COMMAND"},
    {GODWIT_RADIO_COMPLETE, "SECURITY MODE COMPLETE"},
    {GODWIT_RADIO_PROTECTED, "protected frame"},
    {GODWIT_RADIO_INTEGRITY, "SECURITY MODE COMMAND"},
};

static void write(char label[GODWIT_LAB_LABEL_MAX], const name_t *names, size_t count, unsigned code)
{
    for (size_t i = 0; i < count; i++) {
        if (names[i].code == code) {
            (void)snprintf(label, GODWIT_LAB_LABEL_MAX, "%s", names[i].text);
            return;
        }
    }
    (void)snprintf(label, GODWIT_LAB_LABEL_MAX, "message %02X", code);
}
#define WRITE(label, names, code) write(label, names, sizeof(names) / sizeof((names)[0]), code)

/* A message without protection, or inside it: EMM, or ESM with its bearer and PTI. */
static void nas_inside(godwit_slice_t nas, char label[GODWIT_LAB_LABEL_MAX])
{
    if ((nas.ptr[0] & 0x0Fu) == GODWIT_NAS_PD_ESM && nas.len > 2) {
        WRITE(label, esm_names, nas.ptr[2]);
    } else {
        WRITE(label, emm_names, nas.ptr[1]);
    }
}

static void nas_label(godwit_slice_t nas, char label[GODWIT_LAB_LABEL_MAX])
{
    unsigned pd = nas.len > 1 ? nas.ptr[0] & 0x0Fu : 0;
    unsigned security = nas.len > 1 ? nas.ptr[0] >> 4 : 0;
    if (pd == GODWIT_NAS_PD_EMM && security == 0) {
        WRITE(label, emm_names, nas.ptr[1]);
    } else if (pd == GODWIT_NAS_PD_EMM && (security == 1 || security == 3 || security == 5) && nas.len > 7) {
        nas_inside(godwit_slice(nas.ptr + 6, nas.len - 6), label); /* integrity only */
    } else if (pd == GODWIT_NAS_PD_EMM) {
        (void)snprintf(label, GODWIT_LAB_LABEL_MAX, "ciphered NAS");
    } else if (pd == GODWIT_PD_GMM) {
        WRITE(label, gmm_names, nas.ptr[1]);
    } else if (pd == GODWIT_PD_MM) {
        WRITE(label, mm_names, nas.ptr[1] & 0x3Fu); /* without the number that tells repeated messages */
    } else if (pd == GODWIT_PD_SMS) {
        WRITE(label, cp_names, nas.ptr[1]);
    } else if (pd == GODWIT_PD_SM) {
        WRITE(label, sm_names, nas.ptr[1]);
    }
}

static void radio_label(godwit_slice_t octets, char label[GODWIT_LAB_LABEL_MAX])
{
    godwit_radio_frame_t frame;
    if (godwit_radio_parse(octets, &frame) != GODWIT_OK) {
        return;
    }
    if (frame.kind == GODWIT_RADIO_NAS || frame.kind == GODWIT_RADIO_INITIAL_NAS ||
        frame.kind == GODWIT_RADIO_INITIAL_PROTECTED) {
        nas_label(frame.octets, label);
    } else {
        WRITE(label, radio_names, (unsigned)frame.kind);
    }
}

static void diameter_label(godwit_slice_t octets, char label[GODWIT_LAB_LABEL_MAX])
{
    godwit_diameter_header_t h;
    godwit_slice_t avps;
    if (godwit_diameter_header_parse(octets, &h, &avps) != GODWIT_OK) {
        return;
    }
    static const char *const purposes[] = {"Key",
                                           "Key (session)",
                                           "Key (next generation)",
                                           "Key (by selector)",
                                           "Key (push)",
                                           "Key (key set push)",
                                           "Key (park)",
                                           "Key (activation)",
                                           "Key (bearer)",
                                           "Key (next vector)",
                                           "Key (device RAND)",
                                           "Key (HE vector)",
                                           "Key (end to end: session)",
                                           "Key (end to end: renewal)",
                                           "Key (end to end: K_e2e)"};
    const char *trigger = lab_trigger_label(octets, &h);
    uint32_t purpose = h.command == GODWIT_EK_COMMAND_KEY ? godwit_ek_purpose(octets) : 0;
    const char *name = trigger != NULL                                      ? trigger
                       : h.command == GODWIT_S6A_AUTHENTICATION_INFORMATION ? "Authentication-Information"
                       : h.command == GODWIT_SGD_MO_FORWARD                 ? "MO-Forward-Short-Message"
                       : h.command == GODWIT_SGD_MT_FORWARD                 ? "MT-Forward-Short-Message"
                       : h.command == GODWIT_ZH_MULTIMEDIA_AUTH             ? "Multimedia-Auth"
                       : h.command == GODWIT_ZN_BOOTSTRAPPING_INFO          ? "Bootstrapping-Info"
                       : h.command == GODWIT_EK_COMMAND_CONFIRM             ? "Key-Confirm"
                       : purpose < sizeof purposes / sizeof purposes[0]     ? purposes[purpose]
                                                                            : "Key";
    (void)snprintf(label, GODWIT_LAB_LABEL_MAX, "%s-%s", name,
                   (h.flags & GODWIT_DIAMETER_REQUEST) != 0 ? "Request" : "Answer");
}

static void emsdp_label(godwit_slice_t octets, godwit_framing_t framing, char label[GODWIT_LAB_LABEL_MAX])
{
    godwit_emsdp_header_t h;
    if (godwit_emsdp_peek(octets, framing, &h) != GODWIT_OK) {
        return;
    }
    if (h.user_plane) {
        (void)snprintf(label, GODWIT_LAB_LABEL_MAX, "user-plane datagram");
    } else {
        WRITE(label, emsdp_names, h.command);
    }
}

/* A G-PDU shows what it carries, where that is a datagram of ours. */
static void gtpu_label(godwit_slice_t octets, godwit_framing_t framing, char label[GODWIT_LAB_LABEL_MAX])
{
    godwit_gtpu_t message;
    char inner[GODWIT_LAB_LABEL_MAX] = "";
    if (octets.len > 1) {
        WRITE(label, gtpu_names, octets.ptr[1]);
    }
    if (godwit_gtpu_parse(octets, &message) == GODWIT_OK && message.type == GODWIT_GTPU_G_PDU) {
        emsdp_label(message.pdu, framing, inner);
    }
    if (inner[0] != '\0') {
        (void)snprintf(label, GODWIT_LAB_LABEL_MAX, "G-PDU (%.40s)", inner);
    }
}

/* Without what names or proves a device. */
static size_t first_line(godwit_slice_t text)
{
    size_t len = 0, most = text.len > 4 && memcmp(text.ptr, "PSK ", 4) == 0 ? 3 : GODWIT_LAB_LABEL_MAX - 1;
    while (len < text.len && len < most && text.ptr[len] >= ' ') {
        len++;
    }
    return len;
}

void godwit_lab_label(godwit_world_leg_t leg, godwit_slice_t octets, godwit_framing_t framing,
                      char label[GODWIT_LAB_LABEL_MAX])
{
    (void)snprintf(label, GODWIT_LAB_LABEL_MAX, "?");
    switch (leg) {
    case GODWIT_WORLD_LEG_RADIO:
        radio_label(octets, label);
        break;
    case GODWIT_WORLD_LEG_GTPC:
        if (octets.len > 1 && octets.ptr[0] >> 5 == 2) {
            WRITE(label, gtpv2_names, octets.ptr[1]);
        } else if (octets.len > 1) {
            WRITE(label, gtpv1_names, octets.ptr[1]);
        }
        break;
    case GODWIT_WORLD_LEG_GTPU:
        gtpu_label(octets, framing, label);
        break;
    case GODWIT_WORLD_LEG_HTTP: /* the first line */
        (void)snprintf(label, GODWIT_LAB_LABEL_MAX, "%.*s", (int)first_line(octets), (const char *)octets.ptr);
        break;
    case GODWIT_WORLD_LEG_DIAMETER:
        diameter_label(octets, label);
        break;
    case GODWIT_WORLD_LEG_A3:
        lab_a3_label(octets, label);
        break;
    case GODWIT_WORLD_LEG_EAP:
        lab_eap_label(octets, label);
        break;
    default:
        emsdp_label(octets, framing, label);
        break;
    }
}
