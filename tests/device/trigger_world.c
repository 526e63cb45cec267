/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/trigger_world.h"

#include "godwit/keys.h"

static void use_inputs(const kat_record_t *r, void *context)
{
    tw_t *w = context;
    memcpy(w->root, kat_hex(r, "ck").ptr, 16);
    memcpy(w->root + 16, kat_hex(r, "ik").ptr, 16);
    memcpy(w->rand, kat_hex(r, "rand").ptr, 16);
}

void tw_init(tw_t *w)
{
    memset(w, 0, sizeof *w);
    kat_each("golden-emsdp.txt", "inputs", use_inputs, w);
    w->config = (godwit_trigger_config_t){.crypto = CRYPTO, .iwf = godwit_slice_of_string("iwf.example")};
    assert_int_equal(godwit_imsi_from_text("001010123456789", &w->config.imsi), GODWIT_OK);
    assert_int_equal(godwit_trigger_init(&w->t, &w->config), GODWIT_OK);
    w->now.up_ms = 5000;
    w->power = -1;
    w->confirms = true;
}

void tw_reboot(tw_t *w)
{
    w->dark = false;
    w->power = -1;
    w->now.up_ms = 0;
    assert_int_equal(godwit_trigger_init(&w->t, &w->config), GODWIT_OK);
    if (w->nvm_len > 0) {
        assert_int_equal(godwit_trigger_restore(&w->t, godwit_slice(w->nvm, w->nvm_len)), GODWIT_OK);
    }
    godwit_trigger_resume(&w->t, &w->requests);
    tw_carry_out(w);
}

/* ---- carrying out ---- */

static godwit_slice_t without_cookie(tw_t *w, const godwit_trigger_request_t *r)
{
    const godwit_slice_t octets = r->octets;
    w->has_cookie = octets.ptr[0] == 0;
    if (!w->has_cookie) {
        return octets;
    }
    assert_int_equal(r->via, GODWIT_TRIGGER_VIA_A3);
    assert_true(octets.len > GODWIT_A3_COOKIE_PART);
    memcpy(w->cookie, octets.ptr + 1, sizeof w->cookie);
    return godwit_slice(octets.ptr + GODWIT_A3_COOKIE_PART, octets.len - GODWIT_A3_COOKIE_PART);
}

static void went_up(tw_t *w, const godwit_trigger_request_t *r)
{
    const godwit_slice_t octets = without_cookie(w, r);
    godwit_a3_header_t header;
    tw_seen_t now = {.association = w->t.current.number};
    assert_int_equal(godwit_a3_peek(octets, &header), GODWIT_OK);
    assert_true(w->sends < sizeof w->sent / sizeof *w->sent);
    memcpy(w->sent[w->sends].at, octets.ptr, octets.len);
    w->sent[w->sends++].len = octets.len;
    if (header.key_id == 0) {
        return;
    }
    now.count = header.count;
    assert_int_equal(godwit_a3_digest(CRYPTO, octets, now.digest), GODWIT_OK);
    for (unsigned i = 0; i < w->seen_len; i++) {
        if (w->seen[i].association == now.association && w->seen[i].count == now.count) {
            assert_memory_equal(w->seen[i].digest, now.digest, 8); /* a COUNT says one thing */
        }
    }
    assert_true(w->seen_len < SEEN_MAX);
    w->seen[w->seen_len++] = now;
}

static void application(tw_t *w, const godwit_trigger_delivery_t *d, uint32_t *confirm, unsigned *confirms)
{
    if (d->repeated) {
        w->repeated[d->reference % REFERENCES]++;
    } else {
        w->acted[d->reference % REFERENCES]++;
    }
    confirm[(*confirms)++] = d->reference;
}

static void one(tw_t *w, const godwit_trigger_request_t *r, uint32_t *confirm, unsigned *confirms)
{
    switch (r->kind) {
    case GODWIT_TRIGGER_STORE:
        assert_int_equal(r->octets.len, GODWIT_TRIGGER_RECORD);
        memcpy(w->nvm, r->octets.ptr, r->octets.len);
        w->nvm_len = r->octets.len;
        w->stores++;
        break;
    case GODWIT_TRIGGER_SEND:
        went_up(w, r);
        break;
    case GODWIT_TRIGGER_DELIVER:
        application(w, &r->delivery, confirm, confirms);
        break;
    default:
        break;
    }
}

void tw_carry_out(tw_t *w)
{
    uint32_t confirm[GODWIT_TRIGGER_PENDING_MAX];
    unsigned confirms = 0;
    w->sends = 0;
    for (size_t i = 0; i < w->requests.count && !w->dark; i++) {
        if (w->power == 0) {
            w->dark = true;
            return;
        }
        w->power -= w->power > 0 ? 1 : 0;
        one(w, &w->requests.item[i], confirm, &confirms);
    }
    for (unsigned i = 0; i < confirms && w->confirms && !w->dark; i++) {
        const unsigned before = w->sends;
        assert_int_equal(godwit_trigger_done(&w->t, confirm[i], GODWIT_A3_DELIVERED, &w->requests), GODWIT_OK);
        tw_carry_out(w);
        assert_int_equal(before, 0); /* nothing goes up together with a delivery */
    }
}

void tw_receive(tw_t *w, godwit_slice_t octets, godwit_trigger_via_t via)
{
    assert_int_equal(godwit_trigger_receive(&w->t, octets, via, w->now, &w->requests), GODWIT_OK);
    bool visible = false;
    for (size_t i = 0; i < w->requests.count; i++) {
        const godwit_trigger_request_kind_t kind = w->requests.item[i].kind;
        const bool complete = kind == GODWIT_TRIGGER_SEND && w->requests.item[i].octets.len == GODWIT_TRIGGER_COMPLETE;
        assert_false(kind == GODWIT_TRIGGER_STORE && visible);
        visible = visible || kind == GODWIT_TRIGGER_DELIVER || (kind == GODWIT_TRIGGER_SEND && !complete);
    }
    tw_carry_out(w);
}

const godwit_trigger_request_t *tw_event(const tw_t *w, const char *name)
{
    for (size_t i = 0; i < w->requests.count; i++) {
        const godwit_trigger_request_t *r = &w->requests.item[i];
        if (r->kind == GODWIT_TRIGGER_EVENT && strcmp(r->name, name) == 0) {
            return r;
        }
    }
    return NULL;
}

void tw_expect_refused(const tw_t *w, godwit_status_t reason)
{
    assert_int_equal(w->requests.count, 1);
    assert_non_null(tw_event(w, "refused"));
    assert_int_equal(tw_event(w, "refused")->reason, reason);
}

void tw_root(tw_t *w)
{
    assert_int_equal(godwit_trigger_root(&w->t, GODWIT_IWF_ROOT_FLAGGED, w->root, w->rand, &w->requests), GODWIT_OK);
    tw_carry_out(w);
}

/* ---- the MTC-IWF ---- */

static tw_octets_t protect(const uint8_t k_iwf[32], uint32_t number, uint8_t suite, uint32_t count,
                           const godwit_a3_message_t *m)
{
    tw_octets_t o;
    const godwit_a3_key_t key = {k_iwf, number, suite};
    godwit_writer_t out = godwit_writer(o.at, sizeof o.at);
    assert_int_equal(godwit_a3_protect(CRYPTO, &key, count, m, &out), GODWIT_OK);
    o.len = out.len;
    return o;
}

static void k_iwf_of(const tw_t *w, uint32_t number, uint8_t k_iwf[32])
{
    assert_int_equal(godwit_k_iwf(CRYPTO, w->root, w->config.iwf, &w->config.imsi, number, k_iwf), GODWIT_OK);
}

void tw_make_command(tw_t *w, uint32_t number, uint32_t time_s)
{
    uint8_t k_iwf[32];
    godwit_a3_message_t m = {.type = GODWIT_A3_COMMAND,
                             .command = {number, GODWIT_IWF_ROOT_FLAGGED, {0}, time_s, 2, {1, 3}}};
    assert_int_equal(godwit_iwf_root_name(CRYPTO, w->rand, m.command.root_name), GODWIT_OK);
    k_iwf_of(w, number, k_iwf);
    w->command = protect(k_iwf, number, 1, 0, &m);
}

godwit_status_t tw_complete(tw_t *w, godwit_slice_t octets)
{
    godwit_a3_command_t command;
    uint8_t k_iwf[32], suite = 0;
    assert_int_equal(godwit_a3_command_peek(tw_slice(&w->command), &command), GODWIT_OK);
    k_iwf_of(w, command.association, k_iwf);
    godwit_status_t status = godwit_a3_complete_open(CRYPTO, k_iwf, tw_slice(&w->command), octets, &suite);
    if (status == GODWIT_OK) {
        memcpy(w->k_iwf, k_iwf, 32);
        w->number = command.association;
        w->suite = suite;
        w->next_down = 1;
    }
    return status;
}

void tw_associate(tw_t *w, uint32_t number)
{
    tw_make_command(w, number, TIME);
    tw_receive(w, tw_slice(&w->command), NAS);
    assert_non_null(tw_event(w, "associated"));
    assert_int_equal(w->sends, 1);
    assert_int_equal(tw_complete(w, tw_slice(&w->sent[0])), GODWIT_OK);
}

godwit_a3_message_t tw_trigger(uint32_t reference, uint32_t time_s, uint32_t validity_s)
{
    godwit_a3_message_t m = {.type = GODWIT_A3_TRIGGER,
                             .trigger = {.action = GODWIT_A3_TRIGGERING,
                                         .acknowledge = true,
                                         .reference = reference,
                                         .time_s = time_s,
                                         .validity_s = validity_s,
                                         .port = PORT,
                                         .payload_len = 5,
                                         .payload = "valve"}};
    assert_int_equal(godwit_a3_source(CRYPTO, "scs.example", true, m.trigger.source), GODWIT_OK);
    return m;
}

godwit_a3_message_t tw_recall(uint32_t reference, uint32_t old, uint32_t time_s)
{
    godwit_a3_message_t m = tw_trigger(reference, time_s, 0);
    m.trigger.action = GODWIT_A3_RECALL;
    m.trigger.old_reference = old;
    m.trigger.payload_len = 0;
    memset(m.trigger.payload, 0, sizeof m.trigger.payload);
    return m;
}

tw_octets_t tw_protect(tw_t *w, const godwit_a3_message_t *m)
{
    return protect(w->k_iwf, w->number, w->suite, w->next_down++, m);
}

tw_octets_t tw_unprotected(const godwit_a3_message_t *m)
{
    tw_octets_t o;
    godwit_writer_t out = godwit_writer(o.at, sizeof o.at);
    assert_int_equal(godwit_a3_unprotected_build(m, &out), GODWIT_OK);
    o.len = out.len;
    return o;
}

tw_octets_t tw_cookie_for(const tw_octets_t *said, uint8_t cookie)
{
    tw_octets_t o;
    godwit_writer_t out = godwit_writer(o.at, sizeof o.at);
    godwit_a3_cookie_answer_t answer = {.cookie = {cookie}};
    assert_true(godwit_a3_echo(tw_slice(said), answer.echo));
    assert_int_equal(godwit_a3_cookie_answer_build(&answer, &out), GODWIT_OK);
    o.len = out.len;
    return o;
}

void tw_down(tw_t *w, const godwit_a3_message_t *m)
{
    const tw_octets_t o = tw_protect(w, m);
    tw_receive(w, tw_slice(&o), NAS);
}

godwit_a3_message_t tw_up(const tw_t *w, unsigned index)
{
    const godwit_a3_key_t key = {w->k_iwf, w->number, w->suite};
    godwit_a3_opened_t opened;
    assert_true(index < w->sends);
    assert_int_equal(godwit_a3_open(CRYPTO, &key, false, tw_slice(&w->sent[index]), &opened), GODWIT_OK);
    return opened.message;
}

void tw_expect_acknowledged(const tw_t *w, uint32_t reference, godwit_a3_outcome_t outcome)
{
    assert_int_equal(w->sends, 1);
    const godwit_a3_message_t m = tw_up(w, 0);
    assert_int_equal(m.type, GODWIT_A3_ACKNOWLEDGEMENT);
    assert_int_equal(m.acknowledgement.reference, reference);
    assert_int_equal(m.acknowledgement.outcome, outcome);
}
