/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/phone.h"

static uint64_t next_seq = 100;

void phone_init(phone_t *p, godwit_access_kind_t kind)
{
    memset(p, 0, sizeof *p);
    dut_init(&p->card_holder);
    p->card_holder.card.e2m = true;
    p->config = (godwit_access_config_t){
        .crypto = CRYPTO,
        .kind = kind,
        .imsi = p->card_holder.config.imsi,
        .serving_network = p->card_holder.config.serving_network,
        .home = p->card_holder.config.best_plmn,
        .apn = godwit_slice_of_string("e2m.example"),
        .e2m = true,
    };
    phone_restart(p);
}

void phone_restart(phone_t *p)
{
    assert_int_equal(godwit_access_init(&p->access, &p->config), GODWIT_OK);
    p->queued = p->event_count = 0;
}

void phone_power_up(phone_t *p)
{
    phone_restart(p);
    p->dead = false;
    p->dies_in = 0;
    p->timer_ms = 0;
    if (p->flash.len > 0) {
        assert_int_equal(godwit_access_restore(&p->access, octets_slice(&p->flash)), GODWIT_OK);
    }
}

static bool power_goes(phone_t *p)
{
    if (p->dies_in > 0 && --p->dies_in == 0) {
        p->dead = true;
        p->timer_ms = 0;
    }
    return p->dead;
}

static void run_card(phone_t *p, const godwit_access_request_t *r)
{
    godwit_usim_output_t out;
    uint8_t rand[16], autn[16];
    memcpy(rand, r->rand, sizeof rand);
    memcpy(autn, r->autn, sizeof autn);
    memset(&out, 0, sizeof out);
    p->card_runs++;
    if (p->card_fails != GODWIT_OK) {
        out.result.status = p->card_fails;
    } else {
        assert_int_equal(godwit_usim_step(&p->card_holder.card, rand, autn, &out), GODWIT_OK);
    }
    assert_int_equal(godwit_access_usim_result(&p->access, &out.result, &p->requests), GODWIT_OK);
}

static void take_key_set(phone_t *p, const godwit_access_request_t *r)
{
    if (r->kind == GODWIT_ACCESS_KEY_SET) {
        p->key_sets++;
        p->agreement = r->agreement;
        memcpy(p->e2m_keyset, r->e2m_keyset, sizeof p->e2m_keyset);
        memcpy(p->rand, r->rand, sizeof p->rand);
        memcpy(p->sqn, r->sqn, sizeof p->sqn);
    } else {
        p->key_sets_again++;
        assert_true(p->config.e2m);
    }
    if (p->config.e2m) {
        octets_t up = {.at = CONTAINER_UP, .len = sizeof CONTAINER_UP - 1};
        if (p->make_container != NULL) {
            p->make_container(p, &up);
        }
        assert_int_equal(godwit_access_container(&p->access, octets_slice(&up), &p->requests), GODWIT_OK);
    }
}

static void copy(octets_t *to, godwit_slice_t from)
{
    assert_true(from.len <= sizeof to->at);
    if (from.len > 0) {
        memcpy(to->at, from.ptr, from.len);
    }
    to->len = from.len;
}

static void note(phone_t *p, const godwit_access_request_t *r)
{
    switch (r->kind) {
    case GODWIT_ACCESS_SEND:
        assert_true(p->queued < QUEUE_MAX);
        copy(&p->queue[p->queued++], r->octets);
        break;
    case GODWIT_ACCESS_TIMER:
        p->timer_ms = r->delay_ms;
        break;
    case GODWIT_ACCESS_STORE:
        p->stores++;
        copy(&p->flash, r->octets);
        break;
    case GODWIT_ACCESS_DELIVER:
        p->deliveries++;
        copy(&p->delivered, r->octets);
        break;
    case GODWIT_ACCESS_CONTAINER:
        p->containers++;
        copy(&p->container, r->octets);
        break;
    case GODWIT_ACCESS_TRIGGER:
        p->triggers++;
        p->trigger_by_sms = r->by_sms;
        copy(&p->trigger, r->octets);
        break;
    case GODWIT_ACCESS_ROOT:
        p->roots++;
        p->root_kind = r->root_kind;
        p->root_given = r->root != NULL;
        memcpy(p->root_rand, r->rand, 16);
        if (r->root != NULL) {
            memcpy(p->root, r->root, 32);
        }
        break;
    case GODWIT_ACCESS_UE_KEY:
        p->ue_keys++;
        p->ue_key = *r->ue_key;
        break;
    case GODWIT_ACCESS_EVENT:
        assert_true(p->event_count < QUEUE_MAX);
        p->reasons[p->event_count] = r->reason;
        p->events[p->event_count++] = r->name;
        break;
    default:
        fail();
    }
}

void phone_carry_out(phone_t *p)
{
    bool more = true;
    while (more) {
        more = false;
        for (size_t i = 0; i < p->requests.count && !more; i++) {
            const godwit_access_request_t *r = &p->requests.item[i];
            if (power_goes(p)) {
                p->requests.count = 0;
                return;
            }
            const bool last = r->kind == GODWIT_ACCESS_TRIGGER || r->kind == GODWIT_ACCESS_UE_KEY;
            if (p->on_trigger != NULL && (last || r->kind == GODWIT_ACCESS_ROOT)) {
                assert_true(!last || i + 1 == p->requests.count);
                more = p->on_trigger(p, r);
                continue;
            }
            bool calls = r->kind == GODWIT_ACCESS_AUTHENTICATE || r->kind == GODWIT_ACCESS_KEY_SET ||
                         r->kind == GODWIT_ACCESS_KEY_SET_AGAIN;
            if (!calls) {
                note(p, r);
                continue;
            }
            assert_int_equal(i + 1, p->requests.count); /* last of its list */
            more = r->kind == GODWIT_ACCESS_AUTHENTICATE || p->config.e2m;
            if (r->kind == GODWIT_ACCESS_AUTHENTICATE) {
                run_card(p, r);
            } else {
                take_key_set(p, r);
            }
        }
    }
    p->requests.count = 0;
}

void phone_attach(phone_t *p)
{
    assert_int_equal(godwit_access_attach(&p->access, &p->requests), GODWIT_OK);
    phone_carry_out(p);
}

void phone_attach_with(phone_t *p, const char *text)
{
    assert_int_equal(godwit_access_attach_with(&p->access, godwit_slice_of_string(text), &p->requests), GODWIT_OK);
    phone_carry_out(p);
}

void phone_detach(phone_t *p)
{
    assert_int_equal(godwit_access_detach(&p->access, &p->requests), GODWIT_OK);
    phone_carry_out(p);
}

void phone_receive(phone_t *p, godwit_slice_t frame)
{
    if (p->dead) {
        return;
    }
    assert_int_equal(godwit_access_receive(&p->access, frame, &p->requests), GODWIT_OK);
    phone_carry_out(p);
}

void phone_timer(phone_t *p)
{
    p->timer_ms = 0;
    assert_int_equal(godwit_access_timer(&p->access, &p->requests), GODWIT_OK);
    phone_carry_out(p);
}

void phone_send(phone_t *p, const char *text)
{
    assert_int_equal(godwit_access_send(&p->access, godwit_slice_of_string(text), &p->requests), GODWIT_OK);
    phone_carry_out(p);
}

void phone_trigger(phone_t *p, const char *text)
{
    assert_int_equal(godwit_access_trigger(&p->access, godwit_slice_of_string(text), &p->requests), GODWIT_OK);
    phone_carry_out(p);
}

octets_t phone_take(phone_t *p)
{
    assert_true(p->queued > 0);
    octets_t first = p->queue[0];
    memmove(p->queue, p->queue + 1, --p->queued * sizeof p->queue[0]);
    return first;
}

void phone_expect_silence(const phone_t *p)
{
    assert_int_equal(p->queued, 0);
}

bool phone_said(phone_t *p, const char *name)
{
    bool said = false;
    for (unsigned i = 0; i < p->event_count; i++) {
        said = said || strcmp(p->events[i], name) == 0;
    }
    p->event_count = 0;
    return said;
}

godwit_status_t phone_reason(const phone_t *p, const char *name)
{
    for (unsigned i = p->event_count; i-- > 0;) {
        if (strcmp(p->events[i], name) == 0) {
            return p->reasons[i];
        }
    }
    fail_msg("no event %s", name);
    return GODWIT_INTERNAL;
}

void phone_expect_refused(phone_t *p, godwit_status_t reason)
{
    assert_int_equal(phone_reason(p, "refused"), reason);
    phone_expect_silence(p);
    p->event_count = 0;
}

bool octets_equal(const octets_t *a, const char *text)
{
    return godwit_slice_equal(octets_slice(a), godwit_slice_of_string(text));
}

bool phone_remembers(const phone_t *p, const uint8_t *secret, size_t len)
{
    const uint8_t *memory = (const uint8_t *)&p->access;
    for (size_t at = 0; at + len <= sizeof p->access; at++) {
        if (memcmp(memory + at, secret, len) == 0) {
            return true;
        }
    }
    return false;
}

godwit_vector_t phone_vector(uint16_t amf)
{
    return dut_vector(godwit_sqn_join(next_seq++, 1, GODWIT_IND_BITS_DEFAULT), amf);
}
