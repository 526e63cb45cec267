/* SPDX-License-Identifier: Apache-2.0
 *
 * End to end in the soak: any solution under it, keys that live for seconds or minutes, or for a few datagrams; time
 * that passes, devices that sleep over lives, an EAS that loses its state; and an HSE, another enterprise and another
 * HSE that mean harm.
 */
#include <string.h>

#include "lab/e2e_run.h"
#include "lab/scenario_parts.h"

#define LIVES_ASLEEP 3
#define SECOND_MS 1000u

void lab_draw_e2e(scenario_t *s, godwit_world_config_t *c)
{
    godwit_world_e2e_t *e = &c->e2e;
    e->on = true;
    e->service = draw(s, 4) == 0 ? GODWIT_SERVICE_INTEGRITY : GODWIT_SERVICE_CONFIDENTIALITY;
    e->life_s = 60 + draw(s, 600);
    e->messages = draw(s, 3) == 0 ? 4 + draw(s, 40) : 0;
    e->overlap_s = 20 + draw(s, 200);
    e->aka_every = c->solution == 3 && draw(s, 3) == 0 ? 1 + draw(s, 3) : 0;
    e->pull = draw(s, 4) == 0;
    e->no_clock = draw(s, 4) == 0;
}

static void let_time_pass(scenario_t *s)
{
    const uint32_t seconds = 10 + draw(s, s->w->config.e2e.life_s * 2);
    lab_tell(s, "%u s pass", (unsigned)seconds);
    godwit_world_run(s->w, (uint64_t)seconds * SECOND_MS);
}

static void sleep_over(scenario_t *s, unsigned device)
{
    const uint32_t seconds = 10 + draw(s, s->w->config.e2e.life_s * LIVES_ASLEEP);
    lab_tell(s, "device %u sleeps for %u s", device, (unsigned)seconds);
    godwit_world_sleep(s->w, device, (uint64_t)seconds * SECOND_MS);
    if (draw(s, 2) == 0) {
        godwit_world_run(s->w, (uint64_t)seconds * SECOND_MS);
        (void)godwit_world_submit(s->w, device);
    }
}

/* ---- whoever means harm ---- */

/* What was on its way to an HSE, as it was or changed: an HSE that lies, or another. */
static void forge_up(scenario_t *s, unsigned device)
{
    const lab_packet_t *p = s->recorded[draw(s, RECORDED)];
    const godwit_session_record_t *session = godwit_world_session(s->w, device);
    godwit_message_t m = {.kind = GODWIT_USER_PLANE_UP, .to = GODWIT_FUNCTION_EAS, .transaction = 1};
    if (p == NULL || session == NULL || p->len < 8 || p->len > sizeof m.u.user_plane.datagram) {
        return;
    }
    m.u.user_plane.session_id = session->session_id;
    m.u.user_plane.imsi = session->imsi;
    m.u.user_plane.number = ((uint64_t)draw(s, 1000) << 32) + draw(s, 1000) + 1;
    m.u.user_plane.len = (uint16_t)p->len;
    memcpy(m.u.user_plane.datagram, p->octets, p->len);
    if (draw(s, 2) == 0) {
        m.u.user_plane.datagram[draw(s, (uint32_t)p->len)] ^= (uint8_t)(1u << draw(s, 8));
    }
    lab_tell(s, "an HSE says what it has heard, or has made of it");
    lab_send_message(s->w, draw(s, 3) == 0 ? GODWIT_WORLD_STRANGER : lab_endpoint_node(s->w), &m);
}

/* Another enterprise asks for the key, or sends down. */
static void ask_as_another(scenario_t *s, unsigned device)
{
    const godwit_session_record_t *session = godwit_world_session(s->w, device);
    godwit_message_t m = {.kind = GODWIT_EAS_SESSION_PULL, .to = GODWIT_FUNCTION_EESE, .transaction = 1};
    if (draw(s, 2) == 0 && session != NULL) {
        m.kind = GODWIT_USER_PLANE_DOWN;
        m.to = GODWIT_FUNCTION_HSE;
        m.u.user_plane.session_id = session->session_id;
        m.u.user_plane.len = 24;
        memcpy(m.u.user_plane.hse, lab_host(lab_endpoint_node(s->w)), strlen(lab_host(lab_endpoint_node(s->w))) + 1);
        memset(m.u.user_plane.datagram, (int)draw(s, 256), m.u.user_plane.len);
    } else {
        m.u.eas_session_request.imsi = lab_imsi(device);
        m.u.eas_session_request.lost = draw(s, 2) == 0;
        if (s->w->eas != NULL) { /* it has seen the name of the registration */
            memcpy(m.u.eas_session_request.registration, s->w->eas->registration, GODWIT_EAS_REGISTRATION);
        }
    }
    lab_tell(s, "another enterprise means device %u", device);
    lab_send_message(s->w, GODWIT_WORLD_STRANGER, &m);
}

/* False: another act. */
bool lab_e2e_act(scenario_t *s, unsigned device)
{
    switch (draw(s, 16)) {
    case 0:
    case 1:
        let_time_pass(s);
        return true;
    case 2:
        sleep_over(s, device);
        return true;
    case 3:
        lab_tell(s, "the EAS loses its state");
        lab_e2e_forget(s->w);
        return true;
    case 4:
        forge_up(s, device);
        return true;
    case 5:
        ask_as_another(s, device);
        return true;
    case 6:
    case 7:
        lab_tell(s, "a message for device %u", device);
        godwit_world_submit_down(s->w, device, "a message");
        return true;
    default:
        return false;
    }
}
