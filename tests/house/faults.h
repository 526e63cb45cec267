/* SPDX-License-Identifier: Apache-2.0
 *
 * A conversation over the lab's world in which every command occurs, and what must hold at its end whatever happened on
 * the way.
 */
#ifndef GODWIT_TESTS_FAULTS_H
#define GODWIT_TESTS_FAULTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab/world.h"

/* Set-up, readings and a message, a change of keys, the end with an announced key, early data, the operator's end,
 * set-up. */
void conversation(godwit_world_t *world);
/* The same, until *stop. */
void conversation_until(godwit_world_t *world, const bool *stop);
/* A key after every four datagrams; else the lab's defaults. */
godwit_world_config_t conversation_config(void);

/* No violation; and the next reading gets through, or the application is told that it may not have, and its repetition
 * does. */
void expect_sound(godwit_world_t *world, const char *what, unsigned number);
void expect_next_reading(godwit_world_t *world, unsigned device, const char *what, unsigned number);

#endif
