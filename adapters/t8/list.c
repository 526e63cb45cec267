/* SPDX-License-Identifier: Apache-2.0
 *
 * The collection: what an AS has asked for and waits for its outcome (TS 29.122 5.7, "all active device triggering
 * transactions for a given SCS/AS"). The specification's array has no bound and no pages; ours has both, and a Link to
 * the next page (RFC 8288), so that who knows nothing of pages still reads an array.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/t8/internal.h"

#define LINK_MAX (GODWIT_T8_URI_MAX + 64)

bool godwit_t8_page_add(godwit_t8_page_t *page, const godwit_trigger_record_t *trigger)
{
    const bool waits = trigger->state == GODWIT_TRIGGER_WAITING || trigger->state == GODWIT_TRIGGER_SENT;
    const bool listed = waits && trigger->action.action != GODWIT_ACTION_RECALL;
    if (page->looked == GODWIT_T8_LOOKED_MAX || (listed && page->count == GODWIT_T8_PAGE_MAX)) {
        page->more = true;
        return false;
    }
    if (listed) {
        page->action[page->count++] = trigger->action;
    }
    page->last = trigger->action.reference;
    page->looked++;
    return true;
}

void godwit_t8_answer_list(godwit_t8_t *t8, const godwit_t8_list_t *list, const godwit_t8_page_t *page)
{
    char path[GODWIT_T8_URI_MAX], link[LINK_MAX];
    char *text = page != NULL ? godwit_t8_list_write(page->action, page->count) : NULL;
    if (text == NULL) {
        godwit_t8_problem(t8, list->route, 503, "TEMPORARYERROR", "the MTC-IWF could not look", NULL);
        return;
    }
    godwit_t8_path_write(list->scs, 0, path);
    (void)snprintf(link, sizeof link, "<%s?after=%u>; rel=\"next\"", path, (unsigned)page->last);
    godwit_t8_reply(t8, list->route, 200, "application/json",
                    page->more ? (godwit_https_header_t){"Link", link} : (godwit_https_header_t){NULL, NULL}, text);
    free(text);
}
