/* SPDX-License-Identifier: Apache-2.0
 *
 * EAS Session Register.
 */
#include "adapters/eese/json.h"

#include <stdio.h>
#include <string.h>

static const char *const limits[] = {"life", "messages"};

static void read_service(godwit_json_object_t *services, godwit_service_t service, godwit_e2e_ageing_t *ageing)
{
    uint64_t life = 0, messages = 0;
    godwit_json_object_t o = godwit_json_child(services, godwit_service_name(service), false);
    (void)godwit_json_number(&o, limits[0], false, 0, UINT32_MAX, &life);
    (void)godwit_json_number(&o, limits[1], false, 0, UINT32_MAX, &messages);
    godwit_json_end(&o);
    *ageing = (godwit_e2e_ageing_t){(uint32_t)life, (uint32_t)messages};
}

static void read_services(godwit_json_object_t *root, bool needed, godwit_e2e_ageing_t ageing[GODWIT_SERVICES])
{
    godwit_json_object_t services = godwit_json_child(root, "services", needed);
    for (unsigned i = 0; i < GODWIT_SERVICES; i++) {
        read_service(&services, (godwit_service_t)(i + 1), &ageing[i]);
    }
    godwit_json_end(&services);
}

static json_t *write_services(const godwit_e2e_ageing_t ageing[GODWIT_SERVICES])
{
    json_t *services = json_object();
    for (unsigned i = 0; i < GODWIT_SERVICES; i++) {
        (void)json_object_set_new(services, godwit_service_name((godwit_service_t)(i + 1)),
                                  json_pack("{s:I, s:I}", limits[0], (json_int_t)ageing[i].life_s, limits[1],
                                            (json_int_t)ageing[i].messages));
    }
    return services;
}

static void copy_wrong(const godwit_json_t *json, char wrong[GODWIT_JSON_PATH])
{
    memcpy(wrong, json->wrong, GODWIT_JSON_PATH);
}

godwit_status_t godwit_eese_register_read(godwit_slice_t text, godwit_eas_register_t *r, char wrong[GODWIT_JSON_PATH])
{
    godwit_eas_register_t read;
    godwit_json_t json;
    godwit_json_object_t root = godwit_json_open(&json, text);
    memset(&read, 0, sizeof read);
    (void)godwit_json_name(&root, "eas_id", true, read.eas);
    (void)godwit_json_truth(&root, "push", false, &read.push);
    read_services(&root, false, read.ageing);
    godwit_json_end(&root);
    copy_wrong(&json, wrong);
    const godwit_status_t status = godwit_json_close(&json);
    if (status == GODWIT_OK) {
        *r = read;
    }
    return status;
}

godwit_status_t godwit_eese_register_write(const godwit_eas_register_t *r, char text[GODWIT_EESE_TEXT])
{
    json_t *json =
        json_pack("{s:s, s:b, s:o}", "eas_id", r->eas, "push", (int)r->push, "services", write_services(r->ageing));
    return godwit_json_write(json, text, GODWIT_EESE_TEXT);
}

godwit_status_t godwit_eese_registered_read(godwit_slice_t text, godwit_eas_register_answer_t *a)
{
    godwit_eas_register_answer_t read;
    godwit_json_t json;
    godwit_json_object_t root = godwit_json_open(&json, text);
    memset(&read, 0, sizeof read);
    (void)godwit_json_hex(&root, "registration", true, read.registration, sizeof read.registration);
    read_services(&root, true, read.ageing);
    godwit_json_end(&root);
    const godwit_status_t status = godwit_json_close(&json);
    if (status == GODWIT_OK) {
        *a = read;
    }
    return status;
}

godwit_status_t godwit_eese_registered_write(const godwit_eas_register_answer_t *a, char text[GODWIT_EESE_TEXT])
{
    json_t *json = json_pack("{s:o}", "services", write_services(a->ageing));
    godwit_json_set_hex(json, "registration", godwit_slice(a->registration, sizeof a->registration));
    return godwit_json_write(json, text, GODWIT_EESE_TEXT);
}
