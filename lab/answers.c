/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers that are none, at whoever asked: the right one again or late, in another transaction, and before it one that
 * a stranger behind a relay makes up, in the right transaction, with keys of his own. He may be heard where his hop
 * proves nothing; nothing may come of it.
 */
#include <string.h>

#include "lab/internal.h"

#define LATE_MS 20000
#define MADE_UP 0xA5

void lab_answers_draw(godwit_world_t *w, uint64_t dice)
{
    w->answers.on = true;
    w->answers.dice = dice;
    memset(w->answers.key, MADE_UP, sizeof w->answers.key);
    godwit_lab_random_fill(&dice, w->answers.key, sizeof w->answers.key);
    if (w->config.watch_memory) {
        lab_learn(w, 0, LAB_CLASS_STRANGERS, GODWIT_LAB_STRANGERS, w->answers.key, sizeof w->answers.key);
    }
}

static uint32_t draw(godwit_world_t *w, uint32_t below)
{
    return godwit_lab_random_below(&w->answers.dice, below);
}

/* False: he has nothing to say in its place. */
static bool make_up(const godwit_world_t *w, godwit_message_t *m)
{
    switch (m->kind) {
    case GODWIT_SUBSCRIBER_INFO_ANSWER:
        m->u.subscriber_info_answer.status = GODWIT_OK;
        memcpy(m->u.subscriber_info_answer.key.key, w->answers.key, sizeof w->answers.key);
        return m->u.subscriber_info_answer.key.root != GODWIT_IWF_ROOT_NONE;
    case GODWIT_IWF_KEY_ANSWER:
        m->u.iwf_key_answer.status = GODWIT_OK;
        memcpy(m->u.iwf_key_answer.key.key, w->answers.key, sizeof w->answers.key);
        return true;
    case GODWIT_E2E_KEY_ANSWER:
        m->u.e2e_key_answer.status = GODWIT_OK;
        memcpy(m->u.e2e_key_answer.k_e2e, w->answers.key, sizeof w->answers.key);
        return true;
    case GODWIT_DEVICE_NOTIFICATION_ANSWER:
    case GODWIT_DEVICE_ACTION_ANSWER:
        return true;
    default:
        return false;
    }
}

static void give(godwit_world_t *w, unsigned node, const godwit_message_t *m)
{
    lab_function_input(w, node, &(godwit_input_t){.kind = GODWIT_INPUT_MESSAGE, .message = m});
}

static void lie(godwit_world_t *w, const lab_packet_t *p, const godwit_message_t *answer)
{
    godwit_message_t m = *answer;
    if (answer->hop != GODWIT_HOP_OPEN && make_up(w, &m)) {
        m.hop = GODWIT_HOP_OPEN;
        memcpy(m.origin_host, lab_host(GODWIT_WORLD_STRANGER), strlen(lab_host(GODWIT_WORLD_STRANGER)) + 1);
        memcpy(m.origin_realm, lab_realm(GODWIT_WORLD_STRANGER), strlen(lab_realm(GODWIT_WORLD_STRANGER)) + 1);
        give(w, p->to, &m);
    }
    godwit_wipe(&m, sizeof m);
}

static void give_in_another(godwit_world_t *w, const lab_packet_t *p, const godwit_message_t *answer)
{
    godwit_message_t m = *answer;
    m.transaction ^= UINT32_C(0x80000000) | draw(w, 256);
    give(w, p->to, &m);
    godwit_wipe(&m, sizeof m);
}

static void come_again(godwit_world_t *w, const lab_packet_t *p)
{
    lab_packet_t *again = lab_packet(p->leg, p->from, p->to, godwit_slice(p->octets, p->len));
    again->bent = p->bent;
    again->again = true;
    lab_after(w, 1 + draw(w, LATE_MS), LAB_PACKET, p->to)->packet = again;
}

bool lab_answers_before(godwit_world_t *w, const lab_packet_t *p, const godwit_message_t *answer)
{
    if (!w->answers.on || p->leg != GODWIT_WORLD_LEG_DIAMETER || p->again || answer->kind % 2 != 0 ||
        p->to == GODWIT_WORLD_STRANGER) {
        return true;
    }
    switch (draw(w, 8)) {
    case 0:
        come_again(w, p);
        return true;
    case 1:
        come_again(w, p);
        return false; /* late, and not before */
    case 2:
    case 3:
        lie(w, p, answer);
        return true;
    case 4:
        give_in_another(w, p, answer);
        return true;
    default:
        return true;
    }
}
