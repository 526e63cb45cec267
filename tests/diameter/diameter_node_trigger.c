/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of diameter_node that knows device triggering.
 */
#include "tests/diameter/diameter_node_trigger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES                                                                                                          \
    (1u << GODWIT_FUNCTION_MME | 1u << GODWIT_FUNCTION_SGSN | 1u << GODWIT_FUNCTION_MSC | 1u << GODWIT_FUNCTION_AAA)

void node_trigger_option(godwit_diameter_config_t *config, const char *serve)
{
    config->serve_mtc_iwf |= strstr(serve, "iwf") != NULL;
    config->serve_scs |= strstr(serve, "scs") != NULL;
    config->serve_t4 |= strstr(serve, "t4") != NULL;
    config->serve_t5 |= strstr(serve, "node") != NULL ? NODES : 0;
}

bool node_trigger_is(godwit_message_kind_t kind)
{
    return kind >= GODWIT_DEVICE_ACTION && kind < GODWIT_E2E_SESSION_REQUEST;
}

static godwit_iwf_key_t some_key(void)
{
    godwit_iwf_key_t key = {.root = GODWIT_IWF_ROOT_KASME, .association = 3};
    memset(key.key, 0x5A, sizeof key.key);
    return key;
}

void node_trigger_serve(const godwit_message_t *m, godwit_message_t *answer)
{
    memset(answer, 0, sizeof *answer);
    answer->kind = (godwit_message_kind_t)(m->kind + 1);
    answer->from = m->to;
    answer->to = m->from;
    answer->route = m->route;
    printf("trigger kind=%d from=%d to=%d hop=%d origin=%s", (int)m->kind, (int)m->from, (int)m->to, (int)m->hop,
           m->origin_host);
    if (m->kind == GODWIT_T5_UP) {
        printf(" up=%d imsi=%s container=%u", (int)m->u.t5_up.kind, m->u.t5_up.imsi.digits,
               (unsigned)m->u.t5_up.container_len);
        answer->u.t5_up_answer.container_len = m->u.t5_up.kind == GODWIT_T5_SECURING ? 4 : 0;
    } else if (m->kind == GODWIT_T5_DOWN) {
        printf(" down=%d imsi=%s container=%u key=%02x", (int)m->u.t5_down.kind, m->u.t5_down.imsi.digits,
               (unsigned)m->u.t5_down.container_len, m->u.t5_down.ue_key.key[0]);
    } else if (m->kind == GODWIT_IWF_KEY_REQUEST) {
        printf(" iwf=%s association=%u", m->u.iwf_key_request.iwf, (unsigned)m->u.iwf_key_request.association);
        answer->u.iwf_key_answer.key = some_key();
    } else if (m->kind == GODWIT_DEVICE_ACTION) {
        answer->u.device_action_answer.action = m->u.device_action.action;
        answer->u.device_action_answer.reference = m->u.device_action.reference;
    }
    printf("\n");
}

void node_trigger_show(const godwit_message_t *m)
{
    if (m->kind == GODWIT_T5_UP_ANSWER) {
        printf(" status=%s container=%u", godwit_status_name(m->u.t5_up_answer.status),
               (unsigned)m->u.t5_up_answer.container_len);
    } else if (m->kind == GODWIT_IWF_KEY_ANSWER) {
        printf(" status=%s key=%02x", godwit_status_name(m->u.iwf_key_answer.status), m->u.iwf_key_answer.key.key[0]);
    } else {
        printf(" status=%s", godwit_status_name(m->u.outcome));
    }
}

static void read_node(char **save, godwit_trigger_node_t *node)
{
    snprintf(node->host, sizeof node->host, "%s", strtok_r(NULL, " ", save));
    snprintf(node->realm, sizeof node->realm, "%s", strtok_r(NULL, " ", save));
}

static uint8_t read_function(char **save)
{
    const char *name = strtok_r(NULL, " ", save);
    return (uint8_t)(strcmp(name, "mme") == 0    ? GODWIT_FUNCTION_MME
                     : strcmp(name, "sgsn") == 0 ? GODWIT_FUNCTION_SGSN
                     : strcmp(name, "msc") == 0  ? GODWIT_FUNCTION_MSC
                                                 : GODWIT_FUNCTION_AAA);
}

static void ask_down(bool ue_key, char **save, godwit_message_t *m)
{
    godwit_t5_down_t *down = &m->u.t5_down;
    m->kind = GODWIT_T5_DOWN;
    (void)!godwit_imsi_from_text(strtok_r(NULL, " ", save), &down->imsi);
    read_node(save, &down->to);
    down->to.function = read_function(save);
    m->to = (godwit_function_t)down->to.function;
    down->kind = ue_key ? GODWIT_T5_UE_KEY : GODWIT_T5_CONTAINER;
    down->container_len = ue_key ? 0 : 133;
    if (ue_key) {
        down->ue_key = some_key();
    }
}

static void ask_up(char **save, godwit_message_t *m)
{
    godwit_t5_up_t *up = &m->u.t5_up;
    m->kind = GODWIT_T5_UP;
    m->from = GODWIT_FUNCTION_SGSN;
    m->to = GODWIT_FUNCTION_MTC_IWF;
    up->kind = (godwit_t5_up_kind_t)strtoul(strtok_r(NULL, " ", save), NULL, 10);
    (void)!godwit_imsi_from_text(strtok_r(NULL, " ", save), &up->imsi);
    read_node(save, &up->to);
    up->container_len = up->kind == GODWIT_T5_FROM_DEVICE ? 9 : 0;
}

static void ask_key(char **save, godwit_message_t *m)
{
    godwit_iwf_key_request_t *request = &m->u.iwf_key_request;
    m->kind = GODWIT_IWF_KEY_REQUEST;
    (void)!godwit_imsi_from_text(strtok_r(NULL, " ", save), &request->imsi);
    read_node(save, &request->to);
    request->to.function = read_function(save);
    m->to = (godwit_function_t)request->to.function;
    snprintf(request->iwf, sizeof request->iwf, "iwf.home.example");
    request->association = 3;
}

bool node_trigger_ask(const char *word, char **save, godwit_message_t *m)
{
    memset(m, 0, sizeof *m);
    m->from = GODWIT_FUNCTION_MTC_IWF;
    if (strcmp(word, "t5-down") == 0 || strcmp(word, "ue-key") == 0) {
        ask_down(word[0] == 'u', save, m);
    } else if (strcmp(word, "t5-up") == 0) {
        ask_up(save, m);
    } else if (strcmp(word, "t4") == 0) {
        m->kind = GODWIT_T4_TRIGGER;
        m->to = GODWIT_FUNCTION_SMS_SC;
        m->u.t4_trigger.port = 1;
        (void)!godwit_imsi_from_text(strtok_r(NULL, " ", save), &m->u.t4_trigger.imsi);
    } else if (strcmp(word, "iwf-key") == 0) {
        ask_key(save, m);
    } else {
        return false;
    }
    return true;
}
