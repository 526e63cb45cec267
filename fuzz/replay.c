/* SPDX-License-Identifier: Apache-2.0
 *
 * The main() of a fuzz target where libFuzzer is not: gives LLVMFuzzerTestOneInput every file of the folders named on
 * the command line, each as it is, cut short at every length, and bent in a few hundred repeatable ways. So every
 * corpus is a regression test of every build, with sanitizers and without. When an input kills the target its octets
 * are printed, ready for the corpus.
 * The number of bent inputs for each file is GODWIT_REPLAY_ROUNDS, 300 unless set.
 */
#include "fuzz/fuzz.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INPUT_MAX 65536
#define CUTS_MAX 4096 /* longer files are not cut at every length: the time grows with the square */

static uint8_t current[INPUT_MAX]; /* what the target is being given */
static size_t current_len;
static const char *current_file;
static unsigned long inputs;

static void say(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0) {
        _exit(1);
    }
}

/* In a signal handler: only write(). */
static void on_death(int number)
{
    static const char digits[] = "0123456789abcdef";
    char pair[3] = "";
    say("\nreplay: the target died on an input made from ");
    say(current_file);
    say("; its octets:\n");
    for (size_t i = 0; i < current_len; i++) {
        pair[0] = digits[current[i] >> 4];
        pair[1] = digits[current[i] & 15];
        say(pair);
    }
    say("\n");
    signal(number, SIG_DFL);
    raise(number);
}

/* From a block of exactly its size, so that a sanitizer sees one octet too far. */
static void give(const uint8_t *octets, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    if (copy == NULL) {
        perror("replay");
        exit(1);
    }
    memcpy(copy, octets, len);
    memmove(current, octets, len);
    current_len = len;
    inputs++;
    (void)LLVMFuzzerTestOneInput(copy, len);
    free(copy);
}

static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

/* One to four changes: a bit, an octet, a run taken out, a run doubled. Returns the new length. */
static size_t bend(uint8_t *octets, size_t len, uint64_t *state)
{
    unsigned changes = 1 + next_random(state) % 4;
    for (unsigned i = 0; i < changes && len > 0; i++) {
        size_t at = next_random(state) % len;
        size_t run = 1 + next_random(state) % (len - at);
        switch (next_random(state) % 4) {
        case 0:
            octets[at] ^= (uint8_t)(1u << (next_random(state) % 8));
            break;
        case 1:
            octets[at] = (uint8_t)next_random(state);
            break;
        case 2:
            memmove(octets + at, octets + at + run, len - at - run);
            len -= run;
            break;
        default:
            if (len + run <= INPUT_MAX) {
                memmove(octets + at + run, octets + at, len - at);
                len += run;
            }
            break;
        }
    }
    return len;
}

static unsigned rounds(void)
{
    const char *text = getenv("GODWIT_REPLAY_ROUNDS");
    return text ? (unsigned)strtoul(text, NULL, 10) : 300;
}

static void replay_file(const char *path)
{
    static uint8_t octets[INPUT_MAX], bent[INPUT_MAX];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    size_t len = fread(octets, 1, sizeof octets, file);
    fclose(file);
    current_file = path;
    give(octets, len);
    for (size_t cut = 0; cut < len && len <= CUTS_MAX; cut++) {
        give(octets, cut);
    }
    uint64_t state = len;
    for (unsigned i = rounds(); i > 0; i--) {
        memcpy(bent, octets, len);
        give(bent, bend(bent, len, &state));
    }
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* In the order of the names: the same inputs in the same order on every machine. */
static void replay_folder(const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, visible, alphasort);
    if (count < 0) {
        perror(folder);
        exit(1);
    }
    for (int i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        replay_file(path);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    signal(SIGABRT, on_death);
    signal(SIGSEGV, on_death);
    for (int i = 1; i < argc; i++) {
        replay_folder(argv[i]);
    }
    if (inputs == 0) {
        fprintf(stderr, "replay: no input in the folders given\n");
        return 1;
    }
    printf("replay: %lu inputs\n", inputs);
    return 0;
}
