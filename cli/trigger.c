/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit trigger send, recall, replace, status: asks a MTC-IWF to wake a device, as the SCS of a running godwitd (Tsp),
 * or as an AS (--rest).
 */
#include "cli/trigger.h"

#include <string.h>
#include <time.h>

#include "cli/control.h"

#define ANSWER_TRIES 150 /* a tenth of a second each: the SCS asks again after 10 s (scs.answer_ms) */
#define TENTHS 10

/* ---- what is asked ---- */

static bool read_payload(const cli_args_t *args, godwit_device_action_t *a)
{
    const char *text = args->word_count == 1 ? args->words[0] : NULL;
    size_t len = 0;
    if ((text != NULL) == (cli_count(args, "hex") > 0)) {
        (void)cli_fail(args, CLI_USAGE, "give the payload as TEXT or as --hex, one of the two");
        return false;
    }
    if (text == NULL) {
        if (!cli_hex(args, "hex", a->payload, 0, sizeof a->payload, &len)) {
            return false;
        }
    } else {
        len = strlen(text);
        if (len > sizeof a->payload) {
            (void)cli_fail(args, CLI_USAGE, "the payload has %zu octets: 80 are the most", len);
            return false;
        }
        memcpy(a->payload, text, len);
    }
    a->payload_len = (uint8_t)len;
    return true;
}

static bool read_name(const cli_args_t *args, bool needed, godwit_external_name_t *device)
{
    const char *id = cli_value(args, "external-id"), *msisdn = cli_value(args, "msisdn");
    if ((id != NULL && msisdn != NULL) || (needed && id == NULL && msisdn == NULL)) {
        (void)cli_fail(args, CLI_USAGE, "name the device by --external-id or by --msisdn");
        return false;
    }
    if (id != NULL && (strlen(id) > GODWIT_EXTERNAL_ID_MAX || strchr(id, '@') == NULL)) {
        (void)cli_fail(args, CLI_USAGE, "--external-id: LOCAL@DOMAIN, of at most 128 characters");
        return false;
    }
    if (msisdn != NULL &&
        (strlen(msisdn) == 0 || strlen(msisdn) > GODWIT_MSISDN_MAX || strspn(msisdn, "0123456789") != strlen(msisdn))) {
        (void)cli_fail(args, CLI_USAGE, "--msisdn: up to 15 digits");
        return false;
    }
    memcpy(device->external_id, id != NULL ? id : "", id != NULL ? strlen(id) + 1 : 1);
    memcpy(device->msisdn, msisdn != NULL ? msisdn : "", msisdn != NULL ? strlen(msisdn) + 1 : 1);
    return true;
}

static bool read_numbers(const cli_args_t *args, cli_trigger_t *t)
{
    uint64_t port = 0, validity = 0, reference = 0, old = 0;
    const bool goes = t->action.action == GODWIT_ACTION_TRIGGER || t->action.action == GODWIT_ACTION_REPLACE;
    if ((goes && (!cli_number(args, "port", 0, UINT16_MAX, 0, &port) ||
                  !cli_number(args, "validity", 1, UINT32_MAX, 0, &validity))) ||
        (!t->status && !cli_number(args, "reference", 1, UINT32_MAX, 0, &reference)) ||
        ((t->status || t->action.action != GODWIT_ACTION_TRIGGER) && !cli_number(args, "of", 1, UINT32_MAX, 0, &old)) ||
        (!cli_number(args, "wait", 0, 86400, 0, &t->wait_s))) {
        return false;
    }
    t->action.port = (uint16_t)port;
    t->action.validity_s = (uint32_t)validity;
    t->action.reference = (uint32_t)reference;
    t->action.old_reference = (uint32_t)old;
    t->action.priority = goes && cli_count(args, "priority") > 0;
    return true;
}

/* ---- over the control socket ---- */

static json_t *request_of(const cli_trigger_t *t)
{
    const godwit_device_action_t *a = &t->action;
    const bool recall = a->action == GODWIT_ACTION_RECALL;
    char hex[2 * GODWIT_TRIGGER_PAYLOAD_MAX + 1];
    json_t *json = json_pack("{s:s}", "command",
                             recall                               ? "trigger-recall"
                             : a->action == GODWIT_ACTION_REPLACE ? "trigger-replace"
                                                                  : "trigger-send");
    if (a->device.external_id[0] != '\0') {
        (void)json_object_set_new(json, "external_id", json_string(a->device.external_id));
    }
    if (a->device.msisdn[0] != '\0') {
        (void)json_object_set_new(json, "msisdn", json_string(a->device.msisdn));
    }
    if (a->reference != 0) {
        (void)json_object_set_new(json, "reference", json_integer((json_int_t)a->reference));
    }
    if (a->old_reference != 0) {
        (void)json_object_set_new(json, "old_reference", json_integer((json_int_t)a->old_reference));
    }
    if (!recall) {
        godwit_hex_encode(godwit_slice(a->payload, a->payload_len), hex);
        (void)json_object_set_new(json, "payload_hex", json_string(hex));
        (void)json_object_set_new(json, "port", json_integer(a->port));
        if (a->priority) {
            (void)json_object_set_new(json, "priority", json_true());
        }
        if (a->validity_s != 0) {
            (void)json_object_set_new(json, "validity", json_integer((json_int_t)a->validity_s));
        }
    }
    return json;
}

static void pause_tenth(void)
{
    const struct timespec tenth = {.tv_nsec = 100000000};
    (void)nanosleep(&tenth, NULL);
}

/* Accepted is the end of who does not wait, and of a recall: of what had not left yet there is no report. */
static int code_of(const cli_trigger_t *t, const json_t *answer, const char *state, const char *outcome)
{
    const char *action = json_string_value(json_object_get(answer, "action"));
    const bool reported = action == NULL || strcmp(action, "recall") != 0;
    if (t->status && t->wait_s == 0) {
        return CLI_OK;
    }
    if (strcmp(state, "silent") == 0 || strcmp(state, "asked") == 0 ||
        (strcmp(state, "accepted") == 0 && t->wait_s > 0 && reported)) {
        return CLI_NO_PEER;
    }
    return strcmp(state, "refused") == 0 || (outcome != NULL && strcmp(outcome, "SUCCESS") != 0) ? CLI_REFUSED : CLI_OK;
}

/* Asks until the MTC-IWF has answered, and with --wait until there is an outcome; then prints. */
static int follow(const cli_args_t *args, const cli_trigger_t *t, uint32_t reference)
{
    json_t *answer = NULL;
    const char *state = "", *outcome = NULL;
    const uint64_t tries = t->wait_s * TENTHS > ANSWER_TRIES ? t->wait_s * TENTHS : ANSWER_TRIES;
    for (uint64_t i = 0; i < tries; i++) {
        json_decref(answer);
        const int code = cli_control_ask(
            args, json_pack("{s:s, s:I}", "command", "trigger-status", "reference", (json_int_t)reference), &answer);
        if (code != CLI_OK) {
            return code;
        }
        state = json_string_value(json_object_get(answer, "state"));
        outcome = json_string_value(json_object_get(answer, "outcome"));
        state = state == NULL ? "" : state;
        const bool asked = strcmp(state, "asked") == 0;
        const bool open = asked || (strcmp(state, "accepted") == 0 && i < t->wait_s * TENTHS);
        if (!open || (t->status && t->wait_s == 0)) {
            break;
        }
        pause_tenth();
    }
    const int code = code_of(t, answer, state, outcome);
    const int printed = cli_print(args, answer);
    return printed == CLI_OK ? code : printed;
}

static int over_control(const cli_args_t *args, const cli_trigger_t *t)
{
    json_t *answer = NULL;
    if (t->status) {
        return follow(args, t, t->action.old_reference);
    }
    const int code = cli_control_ask(args, request_of(t), &answer);
    if (code != CLI_OK) {
        return code;
    }
    const json_int_t reference = json_integer_value(json_object_get(answer, "reference"));
    json_decref(answer);
    return follow(args, t, (uint32_t)reference);
}

/* ---- the commands ---- */

static int run(const cli_args_t *args, godwit_action_type_t action, bool status)
{
    cli_trigger_t t = {.action = {.action = action}, .status = status};
    const bool goes = !status && action != GODWIT_ACTION_RECALL;
    if (!read_numbers(args, &t) || (goes && !read_payload(args, &t.action)) ||
        (!status && !read_name(args, action == GODWIT_ACTION_TRIGGER, &t.action.device))) {
        return CLI_USAGE;
    }
    return cli_value(args, "rest") != NULL ? cli_trigger_rest(args, &t) : over_control(args, &t);
}

static int run_send(const cli_args_t *args)
{
    return run(args, GODWIT_ACTION_TRIGGER, false);
}

static int run_recall(const cli_args_t *args)
{
    return run(args, GODWIT_ACTION_RECALL, false);
}

static int run_replace(const cli_args_t *args)
{
    return run(args, GODWIT_ACTION_REPLACE, false);
}

static int run_status(const cli_args_t *args)
{
    return run(args, GODWIT_ACTION_TRIGGER, true);
}

#define DEVICE                                                                                                         \
    {"external-id", "LOCAL@DOMAIN", "the device, as the home names it to servers", false, false},                      \
    {                                                                                                                  \
        "msisdn", "DIGITS", "or by its number", false, false                                                           \
    }
#define MESSAGE                                                                                                        \
    {"hex", "HEX", "the payload, in the place of TEXT; at most 80 octets", false, false},                              \
        {"port", "N", "application port at the device", true, false},                                                  \
        {"priority", NULL, "before others for that device", false, false},                                             \
    {                                                                                                                  \
        "validity", "SECONDS", "how long it may wait for the device; default: the MTC-IWF's", false, false             \
    }
#define WAY                                                                                                            \
    {"wait", "SECONDS", "wait so long for the outcome at the device", false, false}, CLI_CONTROL_OPTION,               \
        {"rest", "URL", "as an AS: https://HOST:PORT of the MTC-IWF's REST front, in the place of --control", false,   \
         false},                                                                                                       \
        {"as", "NAME", "with --rest: scsAsId, which the certificate must name", false, false},                         \
        {"cert", "FILE", "with --rest: certificate, PEM", false, false},                                               \
        {"key", "FILE", "with --rest: its key", false, false},                                                         \
        {"ca", "FILE", "with --rest: authority of the MTC-IWF's certificate", false, false},                           \
    {                                                                                                                  \
        "connect-to", "HOST:PORT:ADDRESS:PORT", "with --rest: where that host is, whatever DNS says", false, false     \
    }
#define OF(required)                                                                                                   \
    {                                                                                                                  \
        "of", "N", "reference of the trigger that is meant", required, false                                           \
    }
#define REFERENCE                                                                                                      \
    {                                                                                                                  \
        "reference", "N",                                                                                              \
            "number of this request: said again it is the same request; default: a new one. With --control it must "   \
            "be below those that are given by default",                                                                \
            false, false                                                                                               \
    }

#define TRIGGER_STATUS                                                                                                 \
    "Exit status 0: accepted, and with --wait delivered; 1: refused (Request-Status of TS 29.368), or another "        \
    "outcome; 4: no answer, or with --wait no outcome yet."

static const cli_option_t send_options[] = {DEVICE, MESSAGE, REFERENCE, WAY};
static const cli_option_t replace_options[] = {OF(true), DEVICE, MESSAGE, REFERENCE, WAY};
static const cli_option_t recall_options[] = {OF(true), DEVICE, REFERENCE, WAY};
static const cli_option_t status_options[] = {OF(true), WAY};

const cli_command_t cli_trigger_send = {.name = "trigger send",
                                        .summary = "Sends a trigger to a device through the MTC-IWF.",
                                        .words = "[TEXT]",
                                        .notes = TRIGGER_STATUS,
                                        CLI_COMMAND_OPTIONS(send_options),
                                        .run = run_send};
const cli_command_t cli_trigger_replace = {.name = "trigger replace",
                                           .summary = "Puts another trigger in the place of one that was sent.",
                                           .words = "[TEXT]",
                                           .notes = TRIGGER_STATUS,
                                           CLI_COMMAND_OPTIONS(replace_options),
                                           .run = run_replace};
const cli_command_t cli_trigger_recall = {
    .name = "trigger recall",
    .summary = "Recalls a trigger: the device does not act on it, if it has not yet.",
    .notes =
        "Of a trigger that had not left for the device there is no report: accepted is all that is heard. Exit "
        "status 0: accepted; 1: refused (Request-Status of TS 29.368), or with --wait the recall came too late; 4: "
        "no answer.",
    CLI_COMMAND_OPTIONS(recall_options),
    .run = run_recall};
const cli_command_t cli_trigger_status = {
    .name = "trigger status",
    .summary = "Says what has become of a trigger.",
    .notes =
        "Exit status 0: it is known, whatever became of it, and with --wait delivered; 1: it is not known, or with "
        "--wait it was refused or has another outcome; 4: no answer, or with --wait no outcome yet.",
    CLI_COMMAND_OPTIONS(status_options),
    .run = run_status};
