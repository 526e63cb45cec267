/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON of Nausf_UEAuthentication: 5G AKA alone, a SUPI and no SUCI.
 */
#include <stdio.h>
#include <string.h>

#include "adapters/akma/json_parts.h"
#include "core/agree/akma/akma.h"

#define SUCCESS "AUTHENTICATION_SUCCESS"
#define FAILURE "AUTHENTICATION_FAILURE"

/* ---- the request ---- */

godwit_status_t godwit_nausf_request_write(const godwit_5g_auth_request_t *r, char text[GODWIT_AKMA_TEXT])
{
    char name[GODWIT_SERVING_NETWORK_NAME_MAX + 1], rand[33], auts[29], resync[128] = "";
    const godwit_status_t status = godwit_akma_serving_network(r->serving_network, name);
    if (status != GODWIT_OK) {
        return status;
    }
    if (r->resync) {
        godwit_hex_encode(godwit_slice(r->rand, sizeof r->rand), rand);
        godwit_hex_encode(godwit_slice(r->auts, sizeof r->auts), auts);
        (void)snprintf(resync, sizeof resync, ",\"resynchronizationInfo\":{\"rand\":\"%s\",\"auts\":\"%s\"}", rand,
                       auts);
    }
    (void)snprintf(text, GODWIT_AKMA_TEXT, "{\"supiOrSuci\":\"imsi-%s\",\"servingNetworkName\":\"%s\"%s}",
                   r->imsi.digits, name, resync);
    return GODWIT_OK;
}

/* "5G:mnc001.mcc001.3gppnetwork.org": what we would write for the PLMN that it names. */
static bool read_network(const char *text, godwit_plmn_t *plmn)
{
    char digits[8], name[GODWIT_SERVING_NETWORK_NAME_MAX + 1];
    if (text == NULL || strlen(text) != strlen("5G:mnc001.mcc001.3gppnetwork.org")) {
        return false;
    }
    const char *mnc = text + strlen("5G:mnc"), *mcc = mnc + strlen("001.mcc");
    (void)snprintf(digits, sizeof digits, mnc[0] == '0' ? "%.3s-%.2s" : "%.3s-%.3s", mcc,
                   mnc[0] == '0' ? mnc + 1 : mnc);
    return godwit_plmn_from_text(digits, plmn) == GODWIT_OK && godwit_akma_serving_network(*plmn, name) == GODWIT_OK &&
           strcmp(name, text) == 0;
}

godwit_status_t godwit_nausf_request_read(godwit_slice_t text, godwit_5g_auth_request_t *request)
{
    godwit_5g_auth_request_t r;
    json_t *json = godwit_akma_json_load(text);
    const json_t *resync = json_object_get(json, "resynchronizationInfo");
    memset(&r, 0, sizeof r);
    bool good = godwit_akma_json_supi(json_string_value(json_object_get(json, "supiOrSuci")), &r.imsi) &&
                read_network(json_string_value(json_object_get(json, "servingNetworkName")), &r.serving_network);
    if (resync != NULL) {
        r.resync = true;
        good = good &&
               godwit_akma_json_hex(json_string_value(json_object_get(resync, "rand")), sizeof r.rand, r.rand) &&
               godwit_akma_json_hex(json_string_value(json_object_get(resync, "auts")), sizeof r.auts, r.auts);
    }
    json_decref(json);
    if (good) {
        *request = r;
    }
    return good ? GODWIT_OK : GODWIT_MALFORMED;
}

/* ---- its answer ---- */

void godwit_nausf_path_write(const uint8_t rand[16], char path[GODWIT_AKMA_TEXT])
{
    char name[33];
    godwit_hex_encode(godwit_slice(rand, 16), name);
    (void)snprintf(path, GODWIT_AKMA_TEXT, "%s/%s/%s", GODWIT_NAUSF_AUTHENTICATIONS, name, GODWIT_NAUSF_CONFIRMATION);
}

godwit_status_t godwit_nausf_path_read(const char *path, uint8_t rand[16])
{
    static const char before[] = GODWIT_NAUSF_AUTHENTICATIONS "/";
    static const char behind[] = "/" GODWIT_NAUSF_CONFIRMATION;
    char name[33];
    if (strlen(path) != sizeof before - 1 + 32 + sizeof behind - 1 || strncmp(path, before, sizeof before - 1) != 0 ||
        strcmp(path + sizeof before - 1 + 32, behind) != 0) {
        return GODWIT_MALFORMED;
    }
    memcpy(name, path + sizeof before - 1, 32);
    name[32] = '\0';
    return godwit_akma_json_hex(name, 16, rand) ? GODWIT_OK : GODWIT_MALFORMED;
}

void godwit_nausf_answer_write(const godwit_5g_auth_answer_t *a, char text[GODWIT_AKMA_TEXT])
{
    char rand[33], autn[33], hxres_star[33], path[GODWIT_AKMA_TEXT];
    godwit_hex_encode(godwit_slice(a->rand, sizeof a->rand), rand);
    godwit_hex_encode(godwit_slice(a->autn, sizeof a->autn), autn);
    godwit_hex_encode(godwit_slice(a->hxres_star, sizeof a->hxres_star), hxres_star);
    godwit_nausf_path_write(a->rand, path);
    (void)snprintf(text, GODWIT_AKMA_TEXT,
                   "{\"authType\":\"5G_AKA\",\"5gAuthData\":{\"rand\":\"%s\",\"autn\":\"%s\",\"hxresStar\":\"%s\"},"
                   "\"_links\":{\"5g-aka\":{\"href\":\"%.256s\"}}}",
                   rand, autn, hxres_star, path);
}

void godwit_nausf_answer_read(unsigned code, godwit_slice_t text, godwit_5g_auth_answer_t *answer)
{
    memset(answer, 0, sizeof *answer);
    if (code != 201) {
        answer->status = godwit_akma_problem_read(code, text);
        return;
    }
    json_t *json = godwit_akma_json_load(text);
    const json_t *data = json_object_get(json, "5gAuthData");
    bool good = godwit_akma_json_hex(json_string_value(json_object_get(data, "rand")), 16, answer->rand) &&
                godwit_akma_json_hex(json_string_value(json_object_get(data, "autn")), 16, answer->autn) &&
                godwit_akma_json_hex(json_string_value(json_object_get(data, "hxresStar")), 16, answer->hxres_star);
    answer->status = good ? GODWIT_OK : GODWIT_PEER_INTERNAL;
    json_decref(json);
}

/* ---- RES* ---- */

void godwit_nausf_confirm_write(const godwit_5g_confirm_t *confirm, char text[GODWIT_AKMA_TEXT])
{
    char res_star[33];
    godwit_hex_encode(godwit_slice(confirm->res_star, sizeof confirm->res_star), res_star);
    (void)snprintf(text, GODWIT_AKMA_TEXT, "{\"resStar\":\"%s\"}", res_star);
}

godwit_status_t godwit_nausf_confirm_read(godwit_slice_t text, godwit_5g_confirm_t *confirm)
{
    json_t *json = godwit_akma_json_load(text);
    uint8_t res_star[16];
    bool good = godwit_akma_json_hex(json_string_value(json_object_get(json, "resStar")), sizeof res_star, res_star);
    json_decref(json);
    if (good) {
        memcpy(confirm->res_star, res_star, sizeof res_star);
    }
    return good ? GODWIT_OK : GODWIT_MALFORMED;
}

void godwit_nausf_result_write(godwit_status_t outcome, char text[GODWIT_AKMA_TEXT])
{
    (void)snprintf(text, GODWIT_AKMA_TEXT, "{\"authResult\":\"%s\"}", outcome == GODWIT_OK ? SUCCESS : FAILURE);
}

godwit_status_t godwit_nausf_result_read(unsigned code, godwit_slice_t text)
{
    if (code != 200) {
        return godwit_akma_problem_read(code, text);
    }
    json_t *json = godwit_akma_json_load(text);
    const char *result = json_string_value(json_object_get(json, "authResult"));
    godwit_status_t status = GODWIT_PEER_INTERNAL;
    if (result != NULL && strcmp(result, SUCCESS) == 0) {
        status = GODWIT_OK;
    } else if (result != NULL && strcmp(result, FAILURE) == 0) {
        status = GODWIT_AUTH_MAC_FAILURE;
    }
    json_decref(json);
    return status;
}
