/* SPDX-License-Identifier: Apache-2.0
 *
 * The ladder as SVG: a column for each node that speaks, a row for each packet. Self-contained; colours follow the
 * reader's scheme.
 */
#include "lab/trace.h"

#include <string.h>

#include "lab/internal.h"

#define COLUMN 190
#define ROW 26
#define TOP 70
#define LEFT 90

/* Left to right: the device, the visited network, the home. */
static const unsigned order[] = {GODWIT_WORLD_FUNCTIONS, GODWIT_WORLD_MME,      GODWIT_WORLD_SGSN, GODWIT_WORLD_SGW,
                                 GODWIT_WORLD_MSC,       GODWIT_WORLD_STRANGER, GODWIT_WORLD_PGW,  GODWIT_WORLD_SMS_SC,
                                 GODWIT_WORLD_MTC,       GODWIT_WORLD_NAF,      GODWIT_WORLD_HSE,  GODWIT_WORLD_EMSE,
                                 GODWIT_WORLD_MKEF,      GODWIT_WORLD_BSF,      GODWIT_WORLD_EMKS, GODWIT_WORLD_AMF,
                                 GODWIT_WORLD_AF,        GODWIT_WORLD_AANF,     GODWIT_WORLD_AUSF, GODWIT_WORLD_SCS,
                                 GODWIT_WORLD_AS,        GODWIT_WORLD_MTC_IWF,  GODWIT_WORLD_AAA,  GODWIT_WORLD_HSS};
#define ORDER (sizeof order / sizeof order[0])

static unsigned column_node(unsigned node)
{
    return node < GODWIT_WORLD_FUNCTIONS ? node : GODWIT_WORLD_FUNCTIONS; /* all devices share the first column */
}

static int place(const int columns[ORDER], unsigned node)
{
    for (size_t i = 0; i < ORDER; i++) {
        if (order[i] == column_node(node)) {
            return LEFT + COLUMN / 2 + COLUMN * columns[i];
        }
    }
    return LEFT;
}

/* Columns of the nodes that speak; returns how many. */
static int assign(const godwit_lab_trace_t *t, int columns[ORDER])
{
    int used = 0;
    for (size_t i = 0; i < ORDER; i++) {
        bool speaks = false;
        for (size_t j = 0; j < t->count && !speaks; j++) {
            speaks = column_node(t->lines[j].from) == order[i] || column_node(t->lines[j].to) == order[i];
        }
        columns[i] = speaks ? used : -1;
        used += speaks;
    }
    return used;
}

static void head(const godwit_lab_trace_t *t, const char *title, const int columns[ORDER], int used, FILE *out)
{
    int height = TOP + ROW * ((int)t->count + 1), width = LEFT + COLUMN * used + 20;
    (void)fprintf(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
        "role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"11\">\n<title>%s</title>\n"
        "<style>text{fill:#1c1c1c;paint-order:stroke;stroke:#fff;stroke-width:3px}line{stroke:#9a9a9a}.m{stroke:#1f5f8b;stroke-width:1.4}.t{fill:#666}"
        "rect{fill:#fff}@media(prefers-color-scheme:dark){text{fill:#eee;stroke:#161616}.t{fill:#aaa}.m{stroke:#7fbbe3}"
        "rect{fill:#161616}#a path{fill:#7fbbe3}}</style>\n"
        "<defs><marker id=\"a\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
        "orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#1f5f8b\"/></marker></defs>\n"
        "<rect width=\"%d\" height=\"%d\"/>\n<text x=\"12\" y=\"22\" font-size=\"15\">%s</text>\n",
        width, height, width, height, title, width, height, title);
    for (size_t i = 0; i < ORDER; i++) {
        if (columns[i] >= 0) {
            int x = place(columns, order[i]);
            (void)fprintf(out,
                          "<text x=\"%d\" y=\"48\" text-anchor=\"middle\" font-weight=\"600\">%s</text>"
                          "<line x1=\"%d\" y1=\"56\" x2=\"%d\" y2=\"%d\"/>\n",
                          x, godwit_lab_kind_name(order[i]), x, x, height - 8);
        }
    }
}

void godwit_lab_ladder_svg(const godwit_lab_trace_t *t, const char *title, FILE *out)
{
    int columns[ORDER];
    int used = assign(t, columns);
    head(t, title, columns, used, out);
    for (size_t i = 0; i < t->count; i++) {
        const godwit_lab_line_t *line = &t->lines[i];
        int y = TOP + ROW * (int)i + 14, from = place(columns, line->from), to = place(columns, line->to);
        (void)fprintf(out,
                      "<text class=\"t\" x=\"8\" y=\"%d\">%llu ms</text>"
                      "<line class=\"m\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" marker-end=\"url(#a)\"/>"
                      "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s (%zu)</text>\n",
                      y + 3, (unsigned long long)line->at_ms, from, y, to, y, (from + to) / 2, y - 4, line->label,
                      line->len);
    }
    (void)fprintf(out, "</svg>\n");
}
