/* SPDX-License-Identifier: Apache-2.0
 *
 * The doors of BSF and NAF in the lab, and how both are configured. Ub is read from its HTTP octets; the NAF's door
 * asks for Ks_NAF of the B-TID that it is shown, and lets a reading in when the proof is right.
 */
#include <stdio.h>
#include <string.h>

#include "core/agree/gba/gba.h"
#include "core/crypto/md5.h"
#include "lab/internal.h"

static const uint8_t ua_protocol[GODWIT_UA_PROTOCOL_OCTETS] = {0x01, 0x00, 0x00, 0x00, 0x02};

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

godwit_slice_t lab_naf_id(uint8_t room[GODWIT_NAF_ID_MAX])
{
    uint16_t len = 0;
    if (godwit_gba_naf_id(godwit_slice_of_string(lab_host(GODWIT_WORLD_NAF)), ua_protocol, room, &len) != GODWIT_OK) {
        len = 0;
    }
    return godwit_slice(room, len);
}

void lab_prove(const uint8_t ks_naf[32], godwit_slice_t text, uint8_t proof[LAB_PROOF])
{
    (void)!crypto->hmac_sha256(godwit_slice(ks_naf, 32), &text, 1, proof);
}

/* ---- the doors of BSF and NAF ---- */

static void copy_until(char *to, size_t size, const char *from, const char *stops)
{
    size_t len = strcspn(from, stops);
    len = len < size ? len : size - 1;
    memcpy(to, from, len);
    to[len] = '\0';
}

static void at_bsf(godwit_world_t *w, const lab_packet_t *p, const char *text)
{
    static const char field[] = "Authorization: ";
    godwit_message_t m = {
        .kind = GODWIT_UB_REQUEST, .from = GODWIT_FUNCTION_DEVICE, .to = GODWIT_FUNCTION_BSF, .transaction = p->call};
    godwit_ub_request_t *ub = &m.u.ub_request;
    const godwit_slice_t nothing = godwit_slice(NULL, 0);
    const char *authorization = strstr(text, field);
    ub->tls = w->config.flavour == GODWIT_GBA_SIM;
    ub->sender = lab_device_of(p->from) + 1u;
    copy_until(ub->method, sizeof ub->method, text, " ");
    copy_until(ub->uri, sizeof ub->uri, text + strcspn(text, " ") + 1, " ");
    if (authorization != NULL) {
        copy_until(ub->authorization, sizeof ub->authorization, authorization + sizeof field - 1, "\r");
        ub->authorization_len = (uint16_t)strlen(ub->authorization);
    }
    godwit_md5(&nothing, 1, ub->body_hash_md5);
    lab_function_input(w, GODWIT_WORLD_BSF, &(godwit_input_t){.kind = GODWIT_INPUT_MESSAGE, .message = &m});
}

size_t lab_gba_write_answer(const godwit_message_t *m, char *text, size_t size)
{
    const godwit_ub_answer_t *a = &m->u.ub_answer;
    bool challenge = a->www_authenticate[0] != '\0', info = a->authentication_info[0] != '\0';
    int len =
        snprintf(text, size, "HTTP/1.1 %u %s\r\n%s%s%s%s%s%sCache-Control: no-store\r\nContent-Length: %u\r\n\r\n",
                 a->code, a->code == 200 ? "OK" : "Unauthorized", challenge ? "WWW-Authenticate: " : "",
                 a->www_authenticate, challenge ? "\r\n" : "", info ? "Authentication-Info: " : "",
                 a->authentication_info, info ? "\r\n" : "", a->body_len);
    if (len <= 0 || (size_t)len + a->body_len >= size) {
        return 0;
    }
    memcpy(text + len, a->body, a->body_len);
    return (size_t)len + a->body_len;
}

static void at_naf(godwit_world_t *w, const char *text)
{
    uint32_t at = w->door_count++ % LAB_DOORS;
    lab_door_t *door = &w->doors[at];
    char b_tid[GODWIT_B_TID_MAX + 1];
    const char *proof, *reading;
    copy_until(b_tid, sizeof b_tid, text + 4, " ");
    proof = text + 4 + strlen(b_tid) + 1;
    reading = proof + 2 * LAB_PROOF + 1;
    memset(door, 0, sizeof *door);
    copy_until(door->proof, sizeof door->proof, proof, " ");
    copy_until(door->text, sizeof door->text, reading, "");
    godwit_message_t m = {
        .kind = GODWIT_NAF_KEY_REQUEST, .from = GODWIT_FUNCTION_DEVICE, .to = GODWIT_FUNCTION_NAF, .transaction = at};
    memcpy(m.u.naf_key_request.b_tid, b_tid, sizeof b_tid);
    copy_until(m.u.naf_key_request.fqdn, sizeof m.u.naf_key_request.fqdn, lab_host(GODWIT_WORLD_NAF), "");
    memcpy(m.u.naf_key_request.ua_protocol, ua_protocol, sizeof ua_protocol);
    lab_function_input(w, GODWIT_WORLD_NAF, &(godwit_input_t){.kind = GODWIT_INPUT_MESSAGE, .message = &m});
}

void lab_gba_arrive(godwit_world_t *w, const lab_packet_t *p)
{
    char text[GODWIT_WORLD_PACKET_MAX];
    if (p->len >= sizeof text || w->functions[p->to].down) {
        return;
    }
    memcpy(text, p->octets, p->len);
    text[p->len] = '\0';
    if (p->to == GODWIT_WORLD_BSF) {
        at_bsf(w, p, text);
    } else if (strncmp(text, "PSK ", 4) == 0) {
        at_naf(w, text);
    }
}

void lab_gba_opened(godwit_world_t *w, const godwit_message_t *m)
{
    const godwit_naf_key_answer_t *answer = &m->u.naf_key_answer;
    lab_door_t *door = &w->doors[m->transaction % LAB_DOORS];
    uint8_t proof[LAB_PROOF];
    char hex[2 * LAB_PROOF + 1];
    godwit_imsi_t imsi;
    if (answer->status != GODWIT_OK || door->text[0] == '\0') {
        lab_saw(w->events, "door_refused", answer->status);
        return;
    }
    lab_prove(answer->ks_naf, godwit_slice_of_string(door->text), proof);
    godwit_hex_encode(godwit_slice(proof, sizeof proof), hex);
    if (strcmp(hex, door->proof) != 0 || godwit_gba_imsi(answer->impi, w->plmn, &imsi) != GODWIT_OK) {
        lab_violate(w, "device and NAF have another key");
        return;
    }
    lab_check_plain_reading(w, &imsi, godwit_slice_of_string(door->text));
    door->text[0] = '\0';
}

/* ---- how BSF and NAF are configured ---- */

static void set_name(char *to, const char *name)
{
    memcpy(to, name, strlen(name) + 1);
}

void lab_start_bsf(godwit_world_t *w)
{
    godwit_gba_bsf_config_t config = {.crypto = crypto, .home = w->plmn, .two_g = true, .naf_count = 2};
    set_name(config.name, lab_host(GODWIT_WORLD_BSF));
    set_name(config.local_host, lab_host(GODWIT_WORLD_BSF));
    set_name(config.local_realm, lab_realm(GODWIT_WORLD_BSF));
    config.life_s = w->config.key_life_s;
    static const unsigned nafs[2] = {GODWIT_WORLD_NAF,
                                     GODWIT_WORLD_STRANGER}; /* the stranger is a NAF, too: of its own name */
    for (size_t i = 0; i < 2; i++) {
        set_name(config.nafs[i].host, lab_host(nafs[i]));
        set_name(config.nafs[i].names[0], lab_host(nafs[i]));
        config.nafs[i].name_count = 1;
    }
    if (w->bsf == NULL) {
        w->bsf = lab_alloc(sizeof *w->bsf);
    }
    if (godwit_gba_bsf_init(w->bsf, &config) != GODWIT_OK) {
        lab_violate(w, "a BSF does not start");
    }
    w->bsf->next_transaction = (uint32_t)godwit_lab_random(&w->random);
}

void lab_start_naf(godwit_world_t *w)
{
    godwit_naf_config_t config = {.crypto = crypto, .fqdn_count = 1, .bsf_count = 1};
    set_name(config.fqdns[0], lab_host(GODWIT_WORLD_NAF));
    set_name(config.bsfs[0], lab_host(GODWIT_WORLD_BSF));
    set_name(config.local_host, lab_host(GODWIT_WORLD_NAF));
    set_name(config.local_realm, lab_realm(GODWIT_WORLD_NAF));
    if (w->naf == NULL) {
        w->naf = lab_alloc(sizeof *w->naf);
        w->naf_keys = lab_alloc(LAB_NAF_KEYS * sizeof *w->naf_keys);
    }
    memset(w->naf_keys, 0, LAB_NAF_KEYS * sizeof *w->naf_keys);
    if (godwit_naf_init(w->naf, &config, w->naf_keys, LAB_NAF_KEYS) != GODWIT_OK) {
        lab_violate(w, "a NAF does not start");
    }
    w->naf->next_transaction = (uint32_t)godwit_lab_random(&w->random);
}
