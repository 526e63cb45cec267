/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit mkef contacts, release: what the MKEF knows of devices, and how the operator lets one begin anew. Nothing here
 * prints a chain.
 */
#include <string.h>

#include "adapters/crypto/openssl.h"
#include "cli/subscriber.h"

static json_t *contact_json(const godwit_mtc_contact_record_t *c)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:o, s:I, s:I, s:I, s:b, s:b}", "imsi", c->imsi.digits, "server_id",
                     c->server_id, "counter", (json_int_t)c->counter, "contacts", (json_int_t)c->contacts, "temporary",
                     cli_json_hex(c->temporary, sizeof c->temporary), "first_ms", (json_int_t)c->first_ms, "last_ms",
                     (json_int_t)c->last_ms, "releases", (json_int_t)c->releases, "released", c->released, "held",
                     c->held);
}

typedef struct listing {
    const char *imsi; /* NULL: all */
    json_t *list;
} listing_t;

static bool collect(void *context, const godwit_record_t *record)
{
    const listing_t *listing = context;
    const godwit_mtc_contact_record_t *c = &record->u.mtc_contact;
    return (listing->imsi != NULL && strcmp(listing->imsi, c->imsi.digits) != 0) ||
           json_array_append_new(listing->list, contact_json(c)) == 0;
}

static int run_contacts(const cli_args_t *args)
{
    listing_t listing = {.imsi = cli_value(args, "imsi"), .list = NULL};
    uint64_t limit = 0;
    if (!cli_number(args, "limit", 1, 1000000, 1000, &limit)) {
        return CLI_USAGE;
    }
    godwit_store_t *store = cli_store_open(args, false);
    if (store == NULL) {
        return CLI_FILE;
    }
    listing.list = json_array();
    const godwit_status_t status = godwit_store_list(store, GODWIT_RECORD_MTC_CONTACT, NULL,
                                                     listing.imsi == NULL ? (size_t)limit : 0, collect, &listing);
    const int code = status == GODWIT_OK ? CLI_OK : cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
    godwit_store_close(store);
    if (code != CLI_OK) {
        json_decref(listing.list);
        return code;
    }
    return cli_print(args, json_pack("{s:o}", "contacts", listing.list));
}

/* ---- release ---- */

static bool read_key(const cli_args_t *args, godwit_mtc_contact_record_t *c)
{
    godwit_slice_t name = godwit_slice(NULL, 0);
    if (!cli_imsi(args, "imsi", &c->imsi) || !cli_fqdn(args, "server-id", &name)) {
        return false;
    }
    memcpy(c->server_id, name.ptr, name.len);
    return godwit_name_key(&godwit_crypto_openssl, c->server_id, c->server_key) == GODWIT_OK;
}

/* A device that was never heard of may be released, too: its first counter is then as high as it likes. */
static int release(const cli_args_t *args, godwit_store_t *store, godwit_record_t *record, uint64_t above)
{
    const godwit_record_key_t key = godwit_record_key_of(record);
    godwit_record_t there;
    godwit_status_t status = godwit_store_begin(store);
    status = status == GODWIT_OK ? godwit_store_fetch(store, &key, &there) : status;
    if (status == GODWIT_OK) {
        *record = there;
    }
    if (status == GODWIT_OK || status == GODWIT_NOT_FOUND) {
        godwit_mtc_contact_release(&record->u.mtc_contact, above);
        status = godwit_store_put(store, record);
        status = status == GODWIT_OK ? godwit_store_commit(store) : status;
    }
    godwit_wipe(&there, sizeof there);
    return status == GODWIT_OK ? CLI_OK : cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
}

static int run_release(const cli_args_t *args)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_MTC_CONTACT};
    uint64_t above = 0;
    if (!read_key(args, &record.u.mtc_contact) || !cli_number(args, "above", 0, GODWIT_MTC_COUNTER_MAX, 0, &above)) {
        return CLI_USAGE;
    }
    godwit_store_t *store = cli_store_open(args, false);
    if (store == NULL) {
        return CLI_FILE;
    }
    const int code = release(args, store, &record, above);
    godwit_store_close(store);
    json_t *shown = code == CLI_OK ? contact_json(&record.u.mtc_contact) : NULL;
    godwit_wipe(&record, sizeof record);
    return code == CLI_OK ? cli_print(args, shown) : code;
}

/* ---- the commands ---- */

static const cli_option_t contacts_options[] = {
    {"imsi", "N", "of that device alone", false, false},
    {"limit", "N", "at most so many; default 1000", false, false},
    CLI_STORE_OPTIONS,
};

static const cli_option_t release_options[] = {
    {"imsi", "N", "of the device", true, false},
    {"server-id", "FQDN", "the MTC server, as the device names it", true, false},
    {"above", "N", "no counter up to this one is taken; after a backup: the last that the server has seen", false,
     false},
    CLI_STORE_OPTIONS,
};

const cli_command_t cli_mkef_contacts = {.name = "mkef contacts",
                                         .summary = "Lists the devices that the MKEF has given keys for.",
                                         CLI_COMMAND_OPTIONS(contacts_options),
                                         .run = run_contacts};
const cli_command_t cli_mkef_release = {
    .name = "mkef release",
    .summary = "Lets a device begin anew that lost its record, went too far ahead, or is held after a backup.",
    .notes =
        "Its chain goes back to zero, so its next contact is as open to an active attacker as its first. The counter never goes\n"
        "back: the device must begin above it, once as far ahead as it likes.",
    CLI_COMMAND_OPTIONS(release_options),
    .run = run_release};
