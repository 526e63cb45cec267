/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit eas sessions: which devices have which keys with which EAS, and how far they have aged. Nothing here prints a
 * key: a listing has none.
 */
#include <string.h>

#include "cli/devices.h"

typedef struct listing {
    const char *imsi, *eas; /* NULL: all */
    uint64_t limit;
    json_t *list;
} listing_t;

static json_t *time_or_null(uint64_t ms)
{
    return ms == 0 || ms > (uint64_t)INT64_MAX ? json_null() : json_integer((json_int_t)ms);
}

static const char *state_of(const godwit_e2e_session_record_t *s)
{
    return s->closed                            ? "ended"
           : s->taken_ms == 0                   ? "opening"
           : s->renewal == GODWIT_E2E_NEW_AKA   ? "new-aka"
           : s->taken.key_id != s->terms.key_id ? "renewing"
                                                : "live";
}

static json_t *session_json(const godwit_e2e_session_record_t *s)
{
    const char *service = godwit_service_name(s->terms.service);
    const uint64_t ends_ms = s->terms.life_s == 0 ? 0 : s->agreed_ms + (uint64_t)s->terms.life_s * 1000;
    return json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:i, s:i, s:I, s:I, s:I, s:o, s:o, s:b, s:o}", "imsi",
                     s->path.imsi.digits, "eas", s->eas, "hse", s->path.hse, "session", (json_int_t)s->path.session_id,
                     "state", state_of(s), "service", service == NULL ? "" : service, "suite", (int)s->terms.suite,
                     "key_id", (int)s->terms.key_id, "age", (json_int_t)s->terms.age, "age_taken",
                     (json_int_t)s->taken.age, "messages", (json_int_t)s->terms.messages, "agreed_ms",
                     time_or_null(s->agreed_ms), "ends_ms", time_or_null(ends_ms), "with_eas", s->with_eas, "due_ms",
                     time_or_null(s->due_ms));
}

static bool collect(void *context, const godwit_record_t *record)
{
    const listing_t *listing = context;
    const godwit_e2e_session_record_t *s = &record->u.e2e_session;
    if ((listing->imsi != NULL && strcmp(listing->imsi, s->path.imsi.digits) != 0) ||
        (listing->eas != NULL && strcmp(listing->eas, s->eas) != 0)) {
        return true;
    }
    return json_array_append_new(listing->list, session_json(s)) == 0 &&
           json_array_size(listing->list) < listing->limit;
}

static int run(const cli_args_t *args)
{
    listing_t listing = {.imsi = cli_value(args, "imsi"), .eas = cli_value(args, "eas")};
    if (!cli_number(args, "limit", 1, 1000000, 1000, &listing.limit)) {
        return CLI_USAGE;
    }
    godwit_store_t *store = cli_store_open(args, false);
    if (store == NULL) {
        return CLI_FILE;
    }
    listing.list = json_array();
    const godwit_status_t status = godwit_store_list(store, GODWIT_RECORD_E2E_SESSION, NULL, 0, collect, &listing);
    const int code = status == GODWIT_OK ? CLI_OK : cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
    godwit_store_close(store);
    if (code != CLI_OK) {
        json_decref(listing.list);
        return code;
    }
    return cli_print(args, json_pack("{s:o}", "sessions", listing.list));
}

static const cli_option_t options[] = {
    {"imsi", "N", "only of that device", false, false},
    {"eas", "FQDN", "only with that EAS", false, false},
    {"limit", "N", "at most so many; default 1000", false, false},
    CLI_STORE_OPTIONS,
};

const cli_command_t cli_eas_sessions = {
    .name = "eas sessions",
    .summary = "Lists the sessions end to end that the EESE keeps, and how their keys age.",
    .notes =
        "opening: the device has not taken its first key; renewing: it has not taken the next one; new-aka: its policy or\n"
        "the owner of its key set wants a new AKA run; ended: HSE or EAS has not acknowledged the end yet.",
    CLI_COMMAND_OPTIONS(options),
    .run = run};
