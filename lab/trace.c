/* SPDX-License-Identifier: Apache-2.0
 *
 * Recording, and the ladder as text.
 */
#include "lab/trace.h"

#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

void godwit_lab_trace_add(godwit_lab_trace_t *t, const godwit_world_t *w, const godwit_world_packet_t *p)
{
    if (t->count == t->capacity) {
        size_t capacity = t->capacity == 0 ? 64 : 2 * t->capacity;
        godwit_lab_line_t *larger = lab_alloc(capacity * sizeof *larger);
        if (t->count > 0) {
            memcpy(larger, t->lines, t->count * sizeof *larger);
        }
        lab_free(t->lines);
        t->lines = larger;
        t->capacity = capacity;
    }
    if (t->count == 0) {
        t->began_ms = w->now_ms;
    }
    uint8_t plain[GODWIT_WORLD_PACKET_MAX];
    size_t plain_len = p->leg == GODWIT_WORLD_LEG_RADIO ? lab_plain_frame(w, p, plain, sizeof plain) : 0;
    godwit_slice_t shown = plain_len > 0 ? godwit_slice(plain, plain_len) : godwit_slice(p->octets, p->len);
    godwit_lab_line_t *line = &t->lines[t->count++];
    *line = (godwit_lab_line_t){.at_ms = w->now_ms - t->began_ms,
                                .leg = p->leg,
                                .from = p->from,
                                .to = p->to,
                                .source = p->source,
                                .destination = p->destination,
                                .len = p->len,
                                .shown_len = shown.len,
                                .shown = lab_alloc(shown.len)};
    memcpy(line->shown, shown.ptr, shown.len);
    unsigned endpoint =
        p->from == GODWIT_WORLD_EMSE || p->to == GODWIT_WORLD_EMSE ? GODWIT_WORLD_EMSE : GODWIT_WORLD_HSE;
    godwit_lab_label(p->leg, shown, lab_framing(w, endpoint), line->label);
}

void godwit_lab_trace_free(godwit_lab_trace_t *t)
{
    for (size_t i = 0; i < t->count; i++) {
        lab_free_secret(t->lines[i].shown);
    }
    lab_free(t->lines);
    memset(t, 0, sizeof *t);
}

static void name_of(unsigned node, char name[16])
{
    unsigned device = node < GODWIT_WORLD_FUNCTIONS ? 0 : (node - GODWIT_WORLD_FUNCTIONS) / 2;
    if (device == 0) {
        (void)snprintf(name, 16, "%s", godwit_world_node_name(node));
    } else {
        (void)snprintf(name, 16, "%s%u", godwit_world_node_name(node), device % 1000);
    }
}

void godwit_lab_ladder_text(const godwit_lab_trace_t *t, FILE *out)
{
    char from[16], to[16];
    for (size_t i = 0; i < t->count; i++) {
        const godwit_lab_line_t *line = &t->lines[i];
        name_of(line->from, from);
        name_of(line->to, to);
        (void)fprintf(out, "%8llu ms  %-8s -> %-8s %5zu  %s\n", (unsigned long long)line->at_ms, from, to, line->len,
                      line->label);
    }
}
