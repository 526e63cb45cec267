/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit lab soak: random scenarios, each checked after every event.
 */
#include "cli/lab.h"
#include "lab/soak.h"

static int run_soak(const cli_args_t *args)
{
    uint64_t seeds = 0, first = 1;
    godwit_lab_soak_t soak;
    char replay[64];
    if (!cli_number(args, "seeds", 1, 1000000000, 1000, &seeds) ||
        !cli_number(args, "first", 0, UINT64_MAX, 1, &first)) {
        return CLI_USAGE;
    }
    if (seeds == 1 && !args->json) {
        godwit_lab_outcome_t outcome;
        godwit_lab_scenario(first, stdout, &outcome);
        return outcome.what[0] == '\0' ? CLI_OK : CLI_REFUSED;
    }
    if (!godwit_lab_soak(first, seeds, &soak)) {
        return cli_fail(args, CLI_FILE, "no process can be had");
    }
    (void)snprintf(replay, sizeof replay, "godwit lab soak --seeds 1 --first %llu", (unsigned long long)soak.seed);
    (void)cli_print(args,
                    json_pack("{s:I, s:I, s:I, s:s?, s:s?}", "seeds", (json_int_t)soak.seeds, "events",
                              (json_int_t)soak.events, "violations", (json_int_t)soak.violations, "what",
                              soak.violations == 0 ? NULL : soak.what, "replay", soak.violations == 0 ? NULL : replay));
    return soak.violations == 0 ? CLI_OK : CLI_REFUSED;
}

static const cli_option_t options[] = {
    {"seeds", "N", "how many scenarios; default 1000. With 1 its acts are printed", false, false},
    {"first", "SEED", "the first seed; default 1", false, false},
};

const cli_command_t cli_lab_soak = {
    .name = "lab soak",
    .summary = "Runs random scenarios over all procedures, with every fault that a seed can draw.",
    .notes =
        "Checked: no key and COUNT protect two messages; nothing is delivered twice; ends agree on keys or neither\n"
        "uses them; keys stay where they may be; SQN, generations and ages only rise; when all heals, every device gets\n"
        "a reading through; memory returns to where it was. The first violation ends it; replay is the command that\n"
        "shows it again. Exit code 1 when there was one.\n",
    CLI_COMMAND_OPTIONS(options),
    .run = run_soak};
