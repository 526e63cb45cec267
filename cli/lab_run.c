/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit lab run: one procedure between real roles and devices in one process, under a virtual clock and network; its
 * ladder, what it cost, and who held which key.
 */
#include "cli/lab.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- shared with the other lab commands ---- */

const char *cli_lab_access_name(godwit_world_access_t access)
{
    static const char *const names[] = {"wifi", "eps", "umts", "geran"};
    return names[access];
}

json_t *cli_lab_custody(const godwit_lab_report_t *report)
{
    json_t *custody = json_object();
    for (unsigned kind = 0; kind < GODWIT_LAB_KINDS; kind++) {
        if ((report->present >> kind & 1u) == 0) {
            continue;
        }
        json_t *keys = json_array();
        for (unsigned key = 0; key < GODWIT_LAB_KEYS; key++) {
            if ((report->custody[kind] >> key & 1u) != 0) {
                (void)json_array_append_new(keys, json_string(godwit_lab_key_name((godwit_lab_key_t)key)));
            }
        }
        (void)json_object_set_new(custody, godwit_lab_kind_name(kind), keys);
    }
    return custody;
}

json_t *cli_lab_list(const char *names)
{
    json_t *list = json_array();
    while (*names != '\0') {
        size_t len = strcspn(names, ",");
        (void)json_array_append_new(list, json_stringn(names, len));
        names += len;
        names += strspn(names, ", ");
    }
    return list;
}

/* ---- options ---- */

static bool read_procedure(const cli_args_t *args, godwit_lab_run_t *run)
{
    for (int i = 0; args->word_count == 1 && i < GODWIT_LAB_PROCEDURES; i++) {
        if (strcmp(args->words[0], godwit_lab_procedure_name((godwit_lab_procedure_t)i)) == 0) {
            run->procedure = (godwit_lab_procedure_t)i;
            return true;
        }
    }
    (void)cli_fail(
        args, CLI_USAGE,
        "give one procedure: attach, access-aka, separate-aka, policy, next-session, device-rand, gba, akma, trigger, e2e");
    return false;
}

/* One letter of those in choices, of either case. */
static bool read_letter(const cli_args_t *args, const char *option, const char *choices, char *letter)
{
    const char *value = cli_value(args, option);
    if (value == NULL) {
        return true;
    }
    char upper = (char)(value[0] >= 'a' && value[0] <= 'z' ? value[0] - ('a' - 'A') : value[0]);
    if (value[0] == '\0' || value[1] != '\0' || strchr(choices, upper) == NULL) {
        (void)cli_fail(args, CLI_USAGE, "--%s: one of %s", option, choices);
        return false;
    }
    *letter = upper;
    return true;
}

static bool is_case_1(const cli_args_t *args)
{
    const char *value = cli_value(args, "case");
    return value != NULL && strcmp(value, "1") == 0;
}

static bool read_access(const cli_args_t *args, godwit_lab_run_t *run)
{
    const char *name = cli_value(args, "access");
    run->access = run->procedure == GODWIT_LAB_SEPARATE_AKA ||
                          (run->procedure >= GODWIT_LAB_DEVICE_RAND && run->procedure != GODWIT_LAB_TRIGGER &&
                           (run->procedure != GODWIT_LAB_E2E || run->e2e.source == '3'))
                      ? GODWIT_WORLD_WIFI
                      : GODWIT_WORLD_EPS;
    if (name == NULL) {
        return true;
    }
    if (strcmp(name, "gsm") == 0 && run->procedure == GODWIT_LAB_TRIGGER) { /* by a USIM, at the MSC */
        run->access = GODWIT_WORLD_GERAN;
        run->trigger.circuit = true;
        return true;
    }
    if (strcmp(name, "gprs") == 0 && run->procedure == GODWIT_LAB_TRIGGER && is_case_1(args)) {
        (void)cli_fail(args, CLI_USAGE,
                       "--access gprs: with a SIM nothing protects A2's integrity, and case 1 needs "
                       "that: geran is GPRS with a USIM, gsm the MSC");
        return false;
    }
    if (strcmp(name, "gprs") == 0 || strcmp(name, "gsm") == 0) {
        (void)cli_fail(
            args, CLI_USAGE,
            "--access %s: GSM triplets have no AUTN, so there is no AMF flag and nothing to derive CK, IK from: "
            "these procedures need a USIM in UMTS or EPS",
            name);
        return false;
    }
    for (int i = 0; i <= GODWIT_WORLD_GERAN; i++) {
        if (strcmp(name, cli_lab_access_name((godwit_world_access_t)i)) == 0) {
            run->access = (godwit_world_access_t)i;
            return true;
        }
    }
    (void)cli_fail(args, CLI_USAGE, "--access: eps, umts, geran, gprs, gsm or wifi");
    return false;
}

static bool read_loss(const cli_args_t *args, godwit_lab_run_t *run)
{
    const char *text = cli_value(args, "loss");
    char *end = NULL;
    if (text == NULL) {
        return true;
    }
    double loss = strtod(text, &end);
    if (end == text || *end != '\0' || !(loss >= 0 && loss <= 0.9)) {
        (void)cli_fail(args, CLI_USAGE, "--loss: a probability, 0 to 0.9");
        return false;
    }
    run->loss = (uint32_t)(loss * 1000 + 0.5);
    return true;
}

const char *cli_lab_carrier_name(godwit_carrier_t carrier)
{
    static const char *const names[] = {"nas", "sms", "pdp"};
    return names[carrier];
}

const char *cli_lab_flavour_name(godwit_gba_flavour_t flavour)
{
    static const char *const names[] = {"me", "u", "2g"};
    return names[flavour];
}

static bool read_carrier(const cli_args_t *args, godwit_lab_run_t *run)
{
    const char *name = cli_value(args, "carrier");
    run->carrier = run->access == GODWIT_WORLD_EPS ? GODWIT_CARRIER_NAS : GODWIT_CARRIER_PDP;
    if (name == NULL) {
        return true;
    }
    for (int i = 0; i <= GODWIT_CARRIER_PDP && run->procedure == GODWIT_LAB_NEXT_SESSION; i++) {
        if (strcmp(name, cli_lab_carrier_name((godwit_carrier_t)i)) == 0) {
            run->carrier = (godwit_carrier_t)i;
            return true;
        }
    }
    run->emsdp = run->procedure == GODWIT_LAB_NEXT_SESSION && strcmp(name, "emsdp") == 0;
    if (!run->emsdp) {
        (void)cli_fail(args, CLI_USAGE, "--carrier: nas, sms, pdp or emsdp, of next-session");
    }
    return run->emsdp;
}

static bool read_flavour(const cli_args_t *args, godwit_lab_run_t *run)
{
    const char *name = cli_value(args, "flavour");
    for (int i = 0; i <= GODWIT_GBA_SIM && name != NULL && run->procedure == GODWIT_LAB_GBA; i++) {
        if (strcmp(name, cli_lab_flavour_name((godwit_gba_flavour_t)i)) == 0) {
            run->flavour = (godwit_gba_flavour_t)i;
            return true;
        }
    }
    if (name != NULL) {
        (void)cli_fail(args, CLI_USAGE, "--flavour: me, u or 2g, of gba");
    }
    return name == NULL;
}

static bool read_profile(const cli_args_t *args, godwit_lab_run_t *run)
{
    const char *name = cli_value(args, "profile");
    if (name == NULL || strcmp(name, "godwit1") == 0) {
        return true;
    }
    if (strcmp(name, "ts33868") != 0 || run->procedure != GODWIT_LAB_DEVICE_RAND) {
        (void)cli_fail(args, CLI_USAGE, "--profile: godwit1 or ts33868, of device-rand");
        return false;
    }
    run->profile = GODWIT_MTC_TS33868_K_MTC;
    return true;
}

static bool read_options(const cli_args_t *args, godwit_lab_run_t *run)
{
    uint64_t devices = 1;
    if (!read_procedure(args, run) || !read_letter(args, "variant", "ABCDE2", &run->variant) ||
        !read_letter(args, "delivery", "ABCD", &run->delivery) || !cli_lab_read_e2e(args, run) ||
        !read_access(args, run) || !read_carrier(args, run) || !cli_lab_read_trigger(args, run) ||
        !read_profile(args, run) || !read_flavour(args, run) || !read_loss(args, run) ||
        !cli_number(args, "seed", 0, UINT64_MAX, 1, &run->seed) ||
        !cli_number(args, "devices", 1, GODWIT_WORLD_DEVICES_MAX, 1, &devices)) {
        return false;
    }
    run->devices = (unsigned)devices;
    const char *why = godwit_lab_run_check(run);
    if (why != NULL) {
        (void)cli_fail(args, CLI_USAGE, "%s", why);
    }
    return why == NULL;
}

/* ---- what is written ---- */

static void title_of(const godwit_lab_run_t *run, char title[64])
{
    const char *solution = run->variant == 0 ? "" : run->variant == '2' ? ", Solution " : ", Solution 1";
    char variant[2] = {run->variant, '\0'};
    (void)snprintf(title, 64, "%s%s%s over %s", godwit_lab_procedure_name(run->procedure), solution, variant,
                   cli_lab_access_name(run->access));
}

static int write_files(const cli_args_t *args, const godwit_lab_run_t *run, const godwit_lab_trace_t *trace)
{
    char title[64];
    const char *pcap = cli_value(args, "pcap"), *ladder = cli_value(args, "ladder");
    FILE *out = pcap == NULL ? NULL : fopen(pcap, "wb");
    if (pcap != NULL && out == NULL) {
        return cli_fail(args, CLI_FILE, "%s: %s", pcap, strerror(errno));
    }
    if (out != NULL) {
        godwit_lab_pcap(trace, out);
        if (fclose(out) != 0) {
            return cli_fail(args, CLI_FILE, "%s: %s", pcap, strerror(errno));
        }
    }
    if (ladder == NULL || strcmp(ladder, "-") == 0) {
        return CLI_OK;
    }
    out = fopen(ladder, "w");
    if (out == NULL) {
        return cli_fail(args, CLI_FILE, "%s: %s", ladder, strerror(errno));
    }
    title_of(run, title);
    godwit_lab_ladder_svg(trace, title, out);
    return fclose(out) == 0 ? CLI_OK : cli_fail(args, CLI_FILE, "%s: %s", ladder, strerror(errno));
}

static void add_saved(json_t *result, const godwit_lab_report_t *r)
{
    json_t *saved =
        json_pack("{s:i, s:i, s:i, s:i, s:i, s:b, s:i}", "saved_gross_octets", r->saved.gross_octets,
                  "saved_net_octets", r->saved.net_octets, "saved_round_trips", r->saved.round_trips,
                  "saved_cycle_octets", r->saved.cycle_octets, "saved_cycle_messages", r->saved.cycle_messages,
                  "reading_with_attach", (int)r->saved.with_attach, "aka_runs", (int)r->aka_runs);
    (void)json_object_update(result, saved);
    json_decref(saved);
}

static void add_first(json_t *result, const godwit_lab_first_t *first)
{
    json_t *members = json_pack("{s:I, s:I, s:i, s:i, s:I}", "first_datagram_octets", (json_int_t)first->octets,
                                "reading_octets", (json_int_t)first->reading_octets, "datagrams_until_delivered",
                                (int)first->datagrams, "round_trips_until_delivered", (int)first->round_trips,
                                "hidden_datagram_octets", (json_int_t)first->hidden_octets);
    (void)json_object_update(result, members);
    json_decref(members);
}

static int print(const cli_args_t *args, const godwit_lab_run_t *run, const godwit_lab_report_t *r)
{
    char variant[2] = {run->variant, '\0'}, delivery[2] = {run->delivery, '\0'};
    json_t *result = json_pack(
        "{s:s, s:s?, s:s?, s:s, s:b, s:i, s:i, s:I, s:I, s:I, s:o, s:o, s:i, s:i}", "procedure", args->words[0],
        "variant", run->variant == 0 ? NULL : variant, "delivery", run->delivery == 0 ? NULL : delivery, "access",
        cli_lab_trigger_access(run), "ok", (int)r->ok, "messages", (int)r->messages, "round_trips", (int)r->round_trips,
        "bytes_up", (json_int_t)r->bytes_up, "bytes_down", (json_int_t)r->bytes_down, "time_ms", (json_int_t)r->time_ms,
        "custody", cli_lab_custody(r), "nodes_modified", cli_lab_list(r->nodes_modified), "readings_sent",
        (int)r->readings_sent, "readings_delivered", (int)r->readings_delivered);
    if (r->attaches > 0) {
        (void)json_object_set_new(result, "attaches", json_integer((json_int_t)r->attaches));
        (void)json_object_set_new(result, "aka_runs", json_integer((json_int_t)r->aka_runs));
    }
    if (r->saved.measured) {
        add_saved(result, r);
    }
    if (run->procedure == GODWIT_LAB_TRIGGER) {
        cli_lab_add_trigger(result, run, r);
    }
    if (run->procedure == GODWIT_LAB_E2E) {
        cli_lab_add_e2e(result, run, r);
    }
    if (r->first.measured) {
        add_first(result, &r->first);
    }
    if (!r->ok) {
        (void)json_object_set_new(result, "why", json_string(r->why));
    }
    (void)cli_print(args, result);
    return r->ok ? CLI_OK : CLI_REFUSED;
}

static int run_lab_run(const cli_args_t *args)
{
    godwit_lab_run_t run = {0};
    godwit_lab_trace_t trace = {0};
    godwit_lab_report_t report;
    if (!read_options(args, &run)) {
        return CLI_USAGE;
    }
    const char *ladder = cli_value(args, "ladder");
    bool on_terminal = !args->json && (ladder == NULL || strcmp(ladder, "-") == 0);
    godwit_lab_run(&run, &trace, &report);
    int code = write_files(args, &run, &trace);
    if (on_terminal) {
        godwit_lab_ladder_text(&trace, stdout);
    } else if (ladder != NULL && strcmp(ladder, "-") == 0) {
        godwit_lab_ladder_text(&trace, stderr);
    }
    godwit_lab_trace_free(&trace);
    return code == CLI_OK ? print(args, &run, &report) : code;
}

static const cli_option_t options[] = {
    {"variant", "A|B|C|D|E|2", "Solution 1A to 1E, or Solution 2; default C", false, false},
    {"delivery", "a|b|c|d", "of variant E: as in 1A to 1D; default c", false, false},
    {"access", "eps|umts|geran|gprs|gsm|wifi",
     "default eps; of separate-aka, device-rand, gba, akma and e2e --source 3 wifi; geran: GPRS with a USIM; gsm of trigger: at the MSC",
     false, false},
    {"carrier", "nas|sms|pdp|emsdp",
     "of next-session: how the reading travels; default nas, over umts and geran pdp; emsdp: no attach, early data",
     false, false},
    {"flavour", "me|u|2g", "of gba; default me", false, false},
    {"profile", "godwit1|ts33868", "of device-rand; default godwit1", false, false},
    {"case", "1|2", "of trigger: each hop secured, or an association of device and MTC-IWF; default 2", false, false},
    {"source", "scs|as|1A..1E|2|3", "of trigger; default scs. Of e2e: the solution that keys come from; default 3",
     false, false},
    {"service", "key-agreement|integrity|confidentiality", "of e2e; default confidentiality", false, false},
    {"re-agree", "age|aka", "of e2e: what makes the next key; default age", false, false},
    {"key-from", "hss|mme|iwf", "of trigger: who makes K_iwf; default hss", false, false},
    {"root", "flagged|kasme|eap", "of key-from iwf: what it is made of; default flagged; eap: of wifi alone", false,
     false},
    {"ue-key", "derived|received", "of trigger: how the device gets it; default derived", false, false},
    {"via", "t5|t4|a3", "of trigger: the way to the device; default what the access has: over wifi a3", false, false},
    {"nas-embedded", NULL, "of trigger: the association within the NAS security mode procedure", false, false},
    {"roaming", NULL, "of trigger and e2e: the serving node is another network's", false, false},
    {"loss", "P", "probability that the radio loses a frame, 0 to 0.9; default 0", false, false},
    {"seed", "N", "of all that is drawn; default 1", false, false},
    {"devices", "N", "1 to 32; default 1", false, false},
    {"pcap", "FILE", "write every packet, for tshark (pcapng)", false, false},
    {"ladder", "FILE.svg|-", "the ladder as SVG; - prints it, with --json on standard error", false, false},
};

const cli_command_t cli_lab_run = {
    .name = "lab run",
    .summary =
        "Runs a procedure between roles and devices in one process, and shows what passed and who held which key.",
    .words = "attach|access-aka|separate-aka|policy|next-session|device-rand|gba|akma|trigger|e2e",
    .notes =
        "Octets and round trips are those of the first device's antenna. custody names every key that was ever found\n"
        "in a node's memory; a key where the rules do not allow it makes ok false. Exit code 1 when ok is false.\n",
    CLI_COMMAND_OPTIONS(options),
    .run = run_lab_run};
