/* SPDX-License-Identifier: Apache-2.0
 *
 * The front of a daemon: its name, its help, and which functions it is for.
 */
#ifndef GODWITD_FRONT_H
#define GODWITD_FRONT_H

typedef struct daemon_front {
    const char *name;
    const char *usage;  /* of --help */
    unsigned functions; /* bits of config.h: exactly these; 0: whichever the configuration names */
} daemon_front_t;

/* Reads the arguments, runs, and gives the exit code. */
int daemon_main(const daemon_front_t *front, int argc, char **argv);

#endif
