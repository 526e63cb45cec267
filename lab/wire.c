/* SPDX-License-Identifier: Apache-2.0
 *
 * What functions say to each other, in octets and back, as the Diameter adapter does it between processes: one codec
 * each (core/wire), requests and answers paired by Hop-by-Hop Identifier, the origin from the envelope.
 */
#include <stdio.h>
#include <string.h>

#include "core/wire/ek_e2m.h"
#include "core/wire/s6a.h"
#include "core/wire/sgd.h"
#include "core/wire/zh.h"
#include "core/wire/zn.h"
#include "lab/internal.h"

static bool is_answer(godwit_message_kind_t kind)
{
    return kind % 2 == 0;
}
_Static_assert(GODWIT_AUTH_INFO_ANSWER % 2 == 0 && GODWIT_BEARER_ANSWER % 2 == 0, "requests are odd, answers even");

static unsigned node_of(godwit_function_t function)
{
    static const unsigned nodes[] = {
        [GODWIT_FUNCTION_NONE] = GODWIT_WORLD_STRANGER, [GODWIT_FUNCTION_HSE] = GODWIT_WORLD_HSE,
        [GODWIT_FUNCTION_EMKS] = GODWIT_WORLD_EMKS,     [GODWIT_FUNCTION_HSS] = GODWIT_WORLD_HSS,
        [GODWIT_FUNCTION_MME] = GODWIT_WORLD_MME,       [GODWIT_FUNCTION_SGSN] = GODWIT_WORLD_SGSN,
        [GODWIT_FUNCTION_SGW] = GODWIT_WORLD_SGW,       [GODWIT_FUNCTION_PGW] = GODWIT_WORLD_PGW,
        [GODWIT_FUNCTION_MSC] = GODWIT_WORLD_MSC,       [GODWIT_FUNCTION_SMS_SC] = GODWIT_WORLD_SMS_SC,
        [GODWIT_FUNCTION_MKEF] = GODWIT_WORLD_MKEF,     [GODWIT_FUNCTION_BSF] = GODWIT_WORLD_BSF,
        [GODWIT_FUNCTION_NAF] = GODWIT_WORLD_NAF,       [GODWIT_FUNCTION_AUSF] = GODWIT_WORLD_AUSF,
        [GODWIT_FUNCTION_AANF] = GODWIT_WORLD_AANF,     [GODWIT_FUNCTION_SCS] = GODWIT_WORLD_SCS,
        [GODWIT_FUNCTION_AS] = GODWIT_WORLD_AS,         [GODWIT_FUNCTION_MTC_IWF] = GODWIT_WORLD_MTC_IWF,
        [GODWIT_FUNCTION_AAA] = GODWIT_WORLD_AAA,       [GODWIT_FUNCTION_EESE] = GODWIT_WORLD_EESE,
        [GODWIT_FUNCTION_EAS] = GODWIT_WORLD_EAS,
    };
    return nodes[function];
}

static godwit_function_t function_of(unsigned node)
{
    static const godwit_function_t functions[GODWIT_WORLD_FUNCTIONS] = {
        [GODWIT_WORLD_HSE] = GODWIT_FUNCTION_HSE,         [GODWIT_WORLD_EMKS] = GODWIT_FUNCTION_EMKS,
        [GODWIT_WORLD_HSS] = GODWIT_FUNCTION_HSS,         [GODWIT_WORLD_EMSE] = GODWIT_FUNCTION_HSE,
        [GODWIT_WORLD_MME] = GODWIT_FUNCTION_MME,         [GODWIT_WORLD_SGSN] = GODWIT_FUNCTION_SGSN,
        [GODWIT_WORLD_SGW] = GODWIT_FUNCTION_SGW,         [GODWIT_WORLD_PGW] = GODWIT_FUNCTION_PGW,
        [GODWIT_WORLD_MSC] = GODWIT_FUNCTION_MSC,         [GODWIT_WORLD_SMS_SC] = GODWIT_FUNCTION_SMS_SC,
        [GODWIT_WORLD_MKEF] = GODWIT_FUNCTION_MKEF,       [GODWIT_WORLD_MTC] = GODWIT_FUNCTION_HSE,
        [GODWIT_WORLD_BSF] = GODWIT_FUNCTION_BSF,         [GODWIT_WORLD_NAF] = GODWIT_FUNCTION_NAF,
        [GODWIT_WORLD_AUSF] = GODWIT_FUNCTION_AUSF,       [GODWIT_WORLD_AANF] = GODWIT_FUNCTION_AANF,
        [GODWIT_WORLD_SCS] = GODWIT_FUNCTION_SCS,         [GODWIT_WORLD_AS] = GODWIT_FUNCTION_AS,
        [GODWIT_WORLD_MTC_IWF] = GODWIT_FUNCTION_MTC_IWF, [GODWIT_WORLD_AMF] = GODWIT_FUNCTION_MME,
        [GODWIT_WORLD_AAA] = GODWIT_FUNCTION_AAA,         [GODWIT_WORLD_EESE] = GODWIT_FUNCTION_EESE,
        [GODWIT_WORLD_EAS] = GODWIT_FUNCTION_EAS,         [GODWIT_WORLD_STRANGER] = GODWIT_FUNCTION_MME,
    };
    return functions[node];
}

/* ---- octets of each kind ---- */

static godwit_status_t encode(const godwit_diameter_envelope_t *e, const godwit_message_t *m, unsigned node,
                              godwit_writer_t *out)
{
    if (lab_is_trigger_message(m->kind)) {
        return lab_encode_trigger(e, m, function_of(node), out);
    }
    if (lab_is_e2e_message(m->kind)) {
        return lab_encode_e2e(e, m, out);
    }
    switch (m->kind) {
    case GODWIT_AUTH_INFO_REQUEST:
        return godwit_s6a_air_build(e, &m->u.auth_info_request, out);
    case GODWIT_AUTH_INFO_ANSWER:
        return godwit_s6a_aia_build(e, &m->u.auth_info_answer, out);
    case GODWIT_KEY_REQUEST:
        return godwit_ek_key_request_build(e, &m->u.key_request, out);
    case GODWIT_KEY_ANSWER:
        return godwit_ek_key_answer_build(e, &m->u.key_answer, out);
    case GODWIT_KEY_CONFIRM:
        return godwit_ek_confirm_request_build(e, &m->u.key_confirm, out);
    case GODWIT_KEY_CONFIRM_ANSWER:
        return godwit_ek_confirm_answer_build(e, m->u.key_confirm_answer, out);
    default:
        return lab_encode_e2m(e, m, out);
    }
}

static godwit_status_t decode(godwit_slice_t octets, godwit_vector_kind_t vectors, godwit_diameter_envelope_t *e,
                              godwit_message_t *m)
{
    godwit_diameter_fault_t fault;
    if (lab_is_trigger_message(m->kind)) {
        return lab_decode_trigger(octets, e, m);
    }
    if (lab_is_e2e_message(m->kind)) {
        return lab_decode_e2e(octets, e, m);
    }
    switch (m->kind) {
    case GODWIT_AUTH_INFO_REQUEST:
        return godwit_s6a_air_parse(octets, e, &m->u.auth_info_request, &fault);
    case GODWIT_AUTH_INFO_ANSWER:
        return godwit_s6a_aia_parse(octets, vectors, e, &m->u.auth_info_answer);
    case GODWIT_KEY_REQUEST:
        return godwit_ek_key_request_parse(octets, e, &m->u.key_request, &fault);
    case GODWIT_KEY_ANSWER:
        return godwit_ek_key_answer_parse(octets, e, &m->u.key_answer);
    case GODWIT_KEY_CONFIRM:
        return godwit_ek_confirm_request_parse(octets, e, &m->u.key_confirm, &fault);
    case GODWIT_KEY_CONFIRM_ANSWER:
        return godwit_ek_confirm_answer_parse(octets, e, &m->u.key_confirm_answer);
    default:
        return lab_decode_e2m(octets, e, m);
    }
}

/* Which request it is: its command says so, and where one command has many, Key-Purpose. */
static godwit_message_kind_t kind_of(godwit_slice_t octets, const godwit_diameter_header_t *header)
{
    const uint32_t command = header->command;
    const godwit_message_kind_t trigger = lab_kind_of_trigger(octets, header);
    static const godwit_message_kind_t purposes[] = {
        0,
        GODWIT_KEY_REQUEST,
        GODWIT_KEY_REQUEST,
        GODWIT_KEY_REQUEST,
        [GODWIT_EK_PURPOSE_KEY_PUSH] = GODWIT_KEY_PUSH,
        [GODWIT_EK_PURPOSE_KEY_SET_PUSH] = GODWIT_KEY_SET_PUSH,
        [GODWIT_EK_PURPOSE_KEY_PARK] = GODWIT_KEY_PARK,
        [GODWIT_EK_PURPOSE_ACTIVATION] = GODWIT_ACTIVATION,
        [GODWIT_EK_PURPOSE_BEARER] = GODWIT_BEARER,
    };
    if (trigger != 0) {
        return trigger;
    }
    if (lab_kind_of_e2e(octets, header) != 0) {
        return lab_kind_of_e2e(octets, header);
    }
    uint32_t purpose = command == GODWIT_EK_COMMAND_KEY ? godwit_ek_purpose(octets) : 0;
    if (command == GODWIT_S6A_AUTHENTICATION_INFORMATION) {
        return GODWIT_AUTH_INFO_REQUEST;
    }
    if (command == GODWIT_SGD_MO_FORWARD || command == GODWIT_SGD_MT_FORWARD) {
        return command == GODWIT_SGD_MO_FORWARD ? GODWIT_SHORT_MESSAGE_UP : GODWIT_SHORT_MESSAGE_DOWN;
    }
    if (command == GODWIT_ZH_MULTIMEDIA_AUTH) {
        return GODWIT_ZH_REQUEST;
    }
    if (command == GODWIT_ZN_BOOTSTRAPPING_INFO) {
        return GODWIT_ZN_REQUEST;
    }
    if (command == GODWIT_EK_COMMAND_CONFIRM) {
        return GODWIT_KEY_CONFIRM;
    }
    if (purpose == GODWIT_KEY_NEXT_VECTOR) {
        return GODWIT_KEY_REQUEST;
    }
    if (purpose == GODWIT_EK_PURPOSE_DEVICE_RAND) {
        return GODWIT_DEVICE_RAND_REQUEST;
    }
    if (purpose == GODWIT_EK_PURPOSE_HE_VECTOR) {
        return GODWIT_HE_VECTOR_REQUEST;
    }
    return purpose <= GODWIT_EK_PURPOSE_BEARER ? purposes[purpose] : 0;
}

/* ---- sending ---- */

static lab_call_t *call_of(godwit_world_t *w, uint32_t hop)
{
    lab_call_t *call = &w->calls[hop % LAB_CALLS];
    return hop != 0 && call->hop == hop ? call : NULL;
}

static lab_call_t *new_call(godwit_world_t *w, unsigned node, const godwit_message_t *m)
{
    uint32_t hop = ++w->call_count;
    lab_call_t *call = &w->calls[hop % LAB_CALLS];
    *call = (lab_call_t){.hop = hop,
                         .asker = node,
                         .answerer = lab_trigger_answerer(m, lab_e2e_answerer(m, node_of(m->to))),
                         .kind = m->kind,
                         .transaction = m->transaction,
                         .route = m->route};
    if (m->kind == GODWIT_AUTH_INFO_REQUEST) {
        call->vectors = m->u.auth_info_request.kind;
        call->plmn = m->u.auth_info_request.visited_plmn;
    }
    return call;
}

uint32_t lab_call_by(godwit_world_t *w, unsigned asker, godwit_message_kind_t kind, unsigned answerer)
{
    uint32_t hop = ++w->call_count;
    w->calls[hop % LAB_CALLS] =
        (lab_call_t){.hop = hop, .asker = asker, .answerer = answerer, .kind = kind, .transaction = hop};
    return hop;
}

/* What a MKEF asks for a datagram that was bent is for that datagram. */
static bool is_about_device_rand(godwit_message_kind_t kind)
{
    return kind == GODWIT_DEVICE_RAND_REQUEST || kind == GODWIT_DEVICE_RAND_ANSWER;
}

static void send_http(godwit_world_t *w, unsigned node, unsigned to, const lab_call_t *call, const godwit_message_t *m)
{
    char text[GODWIT_WORLD_PACKET_MAX];
    size_t len = lab_http_write(m, to, text, sizeof text);
    if (len == 0) {
        lab_violate(w, "a message that cannot be written");
        return;
    }
    lab_packet_t *p = lab_packet(GODWIT_WORLD_LEG_HTTP, node, to, godwit_slice((const uint8_t *)text, len));
    p->call = call->hop;
    p->bent = w->is_bent;
    lab_net_send(w, p);
    godwit_wipe(text, sizeof text);
}

void lab_send_message(godwit_world_t *w, unsigned node, const godwit_message_t *m)
{
    uint8_t octets[GODWIT_WORLD_PACKET_MAX];
    char session[96];
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    if (m->kind == GODWIT_NAF_KEY_ANSWER || m->kind == GODWIT_EAP_PACKET_ANSWER) {
        (m->kind == GODWIT_NAF_KEY_ANSWER ? lab_gba_opened : lab_eap_answered)(w, m);
        return;
    }
    lab_call_t *call = is_answer(m->kind) ? call_of(w, m->transaction) : new_call(w, node, m);
    if (call == NULL) {
        return; /* so old that nobody waits any more */
    }
    unsigned to = is_answer(m->kind) ? call->asker : call->answerer;
    lab_check_message(w, call, m);
    lab_check_trigger_message(w, node, m);
    lab_check_e2e_message(w, node, m);
    lab_akma_check(w, call, m);
    lab_watch_node(w, node); /* again: what it says may be keys that the watcher has learned only now */
    if (lab_is_http(m->kind)) {
        send_http(w, node, to, call, m);
        return;
    }
    (void)snprintf(session, sizeof session, "%s;%u", lab_host_in(w, call->asker), (unsigned)call->hop);
    godwit_diameter_envelope_t e = {
        .hop_by_hop = call->hop,
        .end_to_end = call->hop,
        .session_id = godwit_slice_of_string(session),
        .origin_host = godwit_slice_of_string(lab_host_in(w, node)),
        .origin_realm = godwit_slice_of_string(lab_realm_in(w, node)),
        .destination_host = godwit_slice_of_string(lab_host_in(w, to)),
        .destination_realm = godwit_slice_of_string(lab_realm_in(w, to)),
    };
    if (encode(&e, m, node, &out) != GODWIT_OK) {
        lab_violate(w, "a message that cannot be encoded");
        return;
    }
    lab_packet_t *p = lab_packet(GODWIT_WORLD_LEG_DIAMETER, node, to, godwit_written(&out));
    p->bent = w->is_bent && is_about_device_rand(m->kind);
    lab_net_send(w, p);
    godwit_wipe(octets, sizeof octets);
}

/* ---- receiving ---- */

static void copy_name(char to[GODWIT_NODE_NAME_MAX], godwit_slice_t from)
{
    size_t len = from.len < GODWIT_NODE_NAME_MAX ? from.len : GODWIT_NODE_NAME_MAX - 1;
    memcpy(to, from.ptr, len);
    to[len] = '\0';
}

static bool read_http(godwit_world_t *w, const lab_packet_t *packet, godwit_message_t *m)
{
    const lab_call_t *call = call_of(w, packet->call);
    memset(m, 0, sizeof *m);
    if (call == NULL) {
        return false;
    }
    bool request = packet->to == call->answerer;
    m->kind = request ? call->kind : (godwit_message_kind_t)(call->kind + 1);
    m->from = function_of(packet->from);
    m->to = function_of(packet->to);
    m->transaction = request ? call->hop : call->transaction;
    m->route = request ? 0 : call->route;
    copy_name(m->origin_host, godwit_slice_of_string(lab_host(packet->from)));
    copy_name(m->origin_realm, godwit_slice_of_string(lab_realm(packet->from)));
    if (!lab_http_read((const char *)packet->octets, packet->len, m)) {
        return false;
    }
    if (lab_is_http_e2e(m->kind)) {
        lab_e2e_ends(m, packet->from, packet->to);
    }
    return true;
}

bool lab_read_message(godwit_world_t *w, const lab_packet_t *packet, godwit_message_t *m)
{
    if (packet->leg == GODWIT_WORLD_LEG_HTTP) {
        return read_http(w, packet, m);
    }
    godwit_diameter_header_t header;
    godwit_diameter_envelope_t e;
    godwit_slice_t avps, octets = godwit_slice(packet->octets, packet->len);
    memset(m, 0, sizeof *m);
    if (godwit_diameter_header_parse(octets, &header, &avps) != GODWIT_OK) {
        return false;
    }
    const lab_call_t *call = call_of(w, header.hop_by_hop);
    if (call == NULL ||
        (packet->bent && !w->config.trigger.rogue && lab_hop(w, packet->from, packet->to) != GODWIT_HOP_OPEN)) {
        return false; /* TLS does not let it through */
    }
    bool request = (header.flags & GODWIT_DIAMETER_REQUEST) != 0;
    m->kind = request ? kind_of(octets, &header) : (godwit_message_kind_t)(call->kind + 1);
    m->from = function_of(packet->from);
    m->to = function_of(packet->to);
    if (decode(octets, call->vectors, &e, m) != GODWIT_OK) {
        return false;
    }
    m->transaction = request ? call->hop : call->transaction;
    m->route = request ? 0 : call->route;
    m->hop = lab_hop(w, packet->from, packet->to);
    copy_name(m->origin_host, e.origin_host);
    copy_name(m->origin_realm, e.origin_realm);
    return true;
}
