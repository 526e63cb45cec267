/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit decode: EMSDP datagrams field by field, without keys: what is ciphered stays so, and the MAC is not checked.
 */
#include "cli/cli.h"

#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "cli/udp_frame.h"
#include "godwit/emsdp.h"

struct view {
    godwit_framing_t framing;
    size_t mac_len;
};

static const struct {
    uint8_t code;
    const char *name;
} commands[] = {
    {GODWIT_SESSION_REQUEST, "Session Request"},
    {GODWIT_SESSION_START, "Session Start"},
    {GODWIT_SESSION_START_CONFIRMATION, "Session Start Confirmation"},
    {GODWIT_SESSION_TERMINATE_REQUEST, "Session Terminate Request"},
    {GODWIT_SESSION_TERMINATE_RESPONSE, "Session Terminate Response"},
    {GODWIT_MANAGE_KEYS_REQUEST, "Manage Keys Request"},
    {GODWIT_MANAGE_KEYS_RESPONSE, "Manage Keys Response"},
    {GODWIT_MESSAGE_REJECT, "Message Reject"},
};

static const char *command_name(uint8_t code)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (commands[i].code == code) {
            return commands[i].name;
        }
    }
    return "unknown";
}

static void set(json_t *object, const char *name, json_t *value)
{
    (void)json_object_set_new(object, name, value);
}

static json_t *suites_of(uint16_t bits)
{
    json_t *suites = json_array();
    for (unsigned i = 1; i <= 16; i++) {
        if ((bits >> (i - 1) & 1u) != 0) {
            const godwit_suite_t *suite = godwit_suite((uint8_t)i);
            (void)json_array_append_new(suites, suite != NULL ? json_string(suite->name) : json_integer(i));
        }
    }
    return suites;
}

static void set_agreements(json_t *tlvs, const godwit_emsdp_control_t *m)
{
    json_t *agreements = json_array();
    for (unsigned i = 1; i <= 8; i++) {
        if ((m->agreements >> (i - 1) & 1u) != 0) {
            const char *name = godwit_agreement_name((godwit_agreement_t)i);
            (void)json_array_append_new(agreements, name != NULL ? json_string(name) : json_integer(i));
        }
    }
    set(tlvs, "ue_configuration", json_pack("{s:o, s:o}", "agreements", agreements, "suites", suites_of(m->suites)));
}

static void set_identity(json_t *tlvs, const godwit_emsdp_control_t *m)
{
    char plmn[8];
    if (godwit_emsdp_has(m, GODWIT_TLV_IMSI)) {
        set(tlvs, "imsi", json_string(m->imsi.digits));
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_SUCI)) {
        set(tlvs, "suci", cli_json_hex(m->suci.ptr, m->suci.len));
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_UE_CONFIGURATION)) {
        set_agreements(tlvs, m);
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_ENTERPRISE)) {
        set(tlvs, "enterprise", json_stringn((const char *)m->enterprise.ptr, m->enterprise.len));
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_SERVING_NETWORK) && godwit_plmn_to_text(m->serving_network, plmn) == GODWIT_OK) {
        set(tlvs, "serving_network", json_string(plmn));
    }
}

static void set_configuration(json_t *tlvs, const godwit_emsdp_control_t *m)
{
    const godwit_suite_t *suite = godwit_suite(m->suite);
    const char *agreement = godwit_agreement_name((godwit_agreement_t)m->agreement);
    set(tlvs, "hse_configuration",
        json_pack("{s:s, s:s, s:i, s:i, s:I}", "agreement", agreement != NULL ? agreement : "unknown", "suite",
                  suite != NULL ? suite->name : "unknown", "session_octets", m->framing.session_octets,
                  "counter_octets", m->framing.counter_octets, "generation", (json_int_t)m->generation));
}

/* End to end: what was asked for, and the terms of the key. */
static void set_service(json_t *tlvs, const godwit_emsdp_control_t *m)
{
    const godwit_e2e_terms_t *terms = &m->terms;
    const godwit_suite_t *suite = godwit_suite(terms->suite);
    if (godwit_emsdp_has(m, GODWIT_TLV_SERVICE_REQUEST)) {
        set(tlvs, "service_request",
            json_pack("{s:s, s:o, s:I}", "service", godwit_service_name(m->service), "suites",
                      suites_of(m->service_suites), "age_taken", (json_int_t)m->service_age));
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_SERVICE)) {
        set(tlvs, "service",
            json_pack("{s:s, s:s, s:i, s:I, s:I, s:I}", "service", godwit_service_name(terms->service), "suite",
                      suite != NULL ? suite->name : "unknown", "key_id", terms->key_id, "age", (json_int_t)terms->age,
                      "life_seconds", (json_int_t)terms->life_s, "messages", (json_int_t)terms->messages));
    }
}

static json_t *tlvs_of(const godwit_emsdp_control_t *m)
{
    json_t *tlvs = json_object();
    set_identity(tlvs, m);
    if (godwit_emsdp_has(m, GODWIT_TLV_RAND)) {
        set(tlvs, "rand", cli_json_hex(m->rand, 16));
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_AUTN)) {
        set(tlvs, "autn", cli_json_hex(m->autn, 16));
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_HSE_CONFIGURATION)) {
        set_configuration(tlvs, m);
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_RAND1)) {
        set(tlvs, "rand1", cli_json_hex(m->rand1, 16));
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_AUTS)) {
        set(tlvs, "auts", cli_json_hex(m->auts, 14));
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_KEY)) {
        const godwit_suite_t *suite = godwit_suite(m->key_suite);
        set(tlvs, "key",
            json_pack("{s:I, s:s, s:i}", "generation", (json_int_t)m->key_generation, "suite",
                      suite != NULL ? suite->name : "unknown", "key_id", m->key_id));
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_COUNT)) {
        set(tlvs, "count",
            json_pack("{s:I, s:I}", "this", (json_int_t)m->count, "next_user_plane", (json_int_t)m->user_count));
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_REASON)) {
        set(tlvs, "reason", json_string(godwit_status_name(m->reason)));
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_ECHO)) {
        set(tlvs, "echo", cli_json_hex(m->echo, GODWIT_EMSDP_ECHO));
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_DATA)) {
        set(tlvs, "data", cli_json_hex(m->data.ptr, m->data.len));
    }
    set_service(tlvs, m);
    if (godwit_emsdp_has(m, GODWIT_TLV_TEMPORARY_IDENTITY)) {
        set(tlvs, "temporary_identity", cli_json_hex(m->temporary.ptr, m->temporary.len));
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_ENCRYPTED_RES)) {
        set(tlvs, "encrypted_res", cli_json_hex(m->encrypted_res, sizeof m->encrypted_res));
    }
    return tlvs;
}

/* Whether everything after the command is ciphered (emsdp-wire "Ciphering"). */
static bool body_is_ciphered(uint8_t command)
{
    return command == GODWIT_SESSION_START_CONFIRMATION || command == GODWIT_SESSION_TERMINATE_REQUEST ||
           command == GODWIT_SESSION_TERMINATE_RESPONSE || command == GODWIT_MANAGE_KEYS_RESPONSE;
}

static void decode_body(json_t *result, const struct view *view, const godwit_emsdp_header_t *header,
                        godwit_slice_t body)
{
    bool keyed = header->key_id != 0;
    size_t mac_len = keyed ? view->mac_len : 0;
    if (body.len < mac_len) {
        set(result, "error", json_string("malformed: shorter than its MAC"));
        return;
    }
    godwit_slice_t inner = {body.ptr, body.len - mac_len};
    if (header->user_plane || body_is_ciphered(header->command)) {
        set(result, "ciphered", cli_json_hex(inner.ptr, inner.len));
    } else {
        godwit_emsdp_control_t m;
        if (godwit_emsdp_control_parse(header->command, keyed, inner, &m) == GODWIT_OK) {
            set(result, "tlvs", tlvs_of(&m));
        } else {
            set(result, "error", json_string("malformed: its TLVs cannot be read (another --mac-octets?)"));
            set(result, "body", cli_json_hex(inner.ptr, inner.len));
        }
    }
    if (mac_len > 0) {
        set(result, "mac", cli_json_hex(body.ptr + inner.len, mac_len));
    }
}

static json_t *decode(const struct view *view, godwit_slice_t datagram)
{
    godwit_emsdp_header_t header;
    json_t *result = json_object();
    set(result, "octets", json_integer((json_int_t)datagram.len));
    if (godwit_emsdp_peek(datagram, view->framing, &header) != GODWIT_OK) {
        set(result, "error",
            json_string("malformed: no EMSDP header for this framing (--session-octets, --counter-octets)"));
        return result;
    }
    set(result, "plane", json_string(header.user_plane ? "user" : "control"));
    set(result, "key_id", json_integer(header.key_id));
    set(result, "session_id", json_integer(header.session_id));
    set(result, "count_low", json_integer(header.low_count));
    size_t head = 1u + view->framing.session_octets + view->framing.counter_octets;
    if (!header.user_plane) {
        char code[8];
        (void)snprintf(code, sizeof code, "%02x", header.command);
        set(result, "command", json_string(code));
        set(result, "name", json_string(command_name(header.command)));
        head++;
    }
    decode_body(result, view, &header, (godwit_slice_t){datagram.ptr + head, datagram.len - head});
    return result;
}

static int decode_pcap(const cli_args_t *args, const struct view *view, const char *path, uint64_t port)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *capture = pcap_open_offline(path, error);
    if (capture == NULL) {
        return cli_fail(args, CLI_FILE, "--pcap: %s", error);
    }
    json_t *list = json_array();
    struct pcap_pkthdr *head = NULL;
    const u_char *octets = NULL;
    uint64_t frame = 0;
    int got = 0;
    while ((got = pcap_next_ex(capture, &head, &octets)) == 1) {
        godwit_udp_frame_t udp;
        frame++;
        if (!godwit_udp_frame_parse(pcap_datalink(capture), godwit_slice(octets, head->caplen), &udp) ||
            (port != 0 && udp.source_port != port && udp.destination_port != port)) {
            continue;
        }
        json_t *one = decode(view, udp.payload);
        set(one, "frame", json_integer((json_int_t)frame));
        set(one, "from_port", json_integer(udp.source_port));
        set(one, "to_port", json_integer(udp.destination_port));
        (void)json_array_append_new(list, one);
    }
    int code = got == PCAP_ERROR
                   ? cli_fail(args, CLI_FILE, "%s: after frame %" PRIu64 ": %s", path, frame, pcap_geterr(capture))
                   : CLI_OK;
    pcap_close(capture);
    (void)cli_print(args, json_pack("{s:o}", "datagrams", list));
    return code;
}

static int run(const cli_args_t *args)
{
    static uint8_t octets[GODWIT_EMSDP_DATAGRAM_MAX];
    uint64_t s = 0;
    uint64_t e = 0;
    uint64_t mac = 0;
    uint64_t port = 0;
    if (!cli_number(args, "session-octets", 0, 4, 3, &s) || !cli_number(args, "counter-octets", 0, 3, 1, &e) ||
        !cli_number(args, "mac-octets", 4, 16, 8, &mac) || !cli_number(args, "port", 0, 65535, 0, &port)) {
        return CLI_USAGE;
    }
    struct view view = {{(uint8_t)s, (uint8_t)e}, (size_t)mac};
    const char *path = cli_value(args, "pcap");
    if ((path != NULL) == (args->word_count == 1)) {
        return cli_fail(args, CLI_USAGE, "give one datagram in hexadecimal, or --pcap FILE");
    }
    if (path != NULL) {
        return decode_pcap(args, &view, path, port);
    }
    size_t len = 0;
    if (godwit_hex_decode(args->words[0], octets, sizeof octets, &len) != GODWIT_OK) {
        return cli_fail(args, CLI_USAGE, "not hexadecimal octets, or more than %d of them", GODWIT_EMSDP_DATAGRAM_MAX);
    }
    json_t *result = decode(&view, godwit_slice(octets, len));
    bool bad = json_object_get(result, "error") != NULL;
    (void)cli_print(args, result);
    return bad ? CLI_REFUSED : CLI_OK;
}

static const cli_option_t options[] = {
    {"pcap", "FILE", "decode the UDP datagrams of a capture (pcap, pcapng)", false, false},
    {"port", "N", "only datagrams from or to this UDP port", false, false},
    {"session-octets", "N", "S of the HSE address, 0 to 4; default 3", false, false},
    {"counter-octets", "N", "E of the HSE address, 0 to 3; default 1", false, false},
    {"mac-octets", "N", "M of the suite, 4, 8 or 16; default 8", false, false},
};

const cli_command_t cli_decode = {
    .name = "decode",
    .summary = "EMSDP datagrams field by field.",
    .words = "[HEX]",
    .notes = "No key is used: ciphered octets are shown as they are and the MAC is not checked. Data inside Session "
             "Request,\n"
             "Session Start and Manage Keys Request is ciphered too.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
