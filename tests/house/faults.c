/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/house/faults.h"

#define PAUSE_MS 10000

godwit_world_config_t conversation_config(void)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.rekey_datagrams = 4;
    return config;
}

static void say(godwit_world_t *w)
{
    (void)godwit_world_submit(w, 0);
    godwit_world_run(w, PAUSE_MS);
}

void conversation(godwit_world_t *w)
{
    say(w); /* 10, 11, 12 */
    say(w); /* user data up */
    godwit_world_submit_down(w, 0, "open the valve");
    godwit_world_run(w, PAUSE_MS); /* user data down */
    say(w);
    say(w); /* then 30, 31 */
    say(w); /* under the new key */
    godwit_world_submit_down(w, 0, "shut the valve");
    godwit_world_run(w, PAUSE_MS);
    godwit_world_terminate(w, 0);
    godwit_world_run(w, PAUSE_MS); /* 20, 21 with a key */
    say(w);                        /* 10 with early data, 11 */
    say(w);
    godwit_world_drop_session(w, 0);
    godwit_world_run(w, PAUSE_MS); /* 20, 21 */
    say(w);                        /* 10, 11, 12 */
}

void expect_sound(godwit_world_t *w, const char *what, unsigned number)
{
    if (godwit_world_violation(w) != NULL) {
        fail_msg("%s %u: %s", what, number, godwit_world_violation(w));
    }
}

/* How often the application was told that a reading may not have arrived. */
static unsigned told(const godwit_world_t *w, unsigned device)
{
    return godwit_world_device_events(w, device, "reading_uncertain", GODWIT_OK) +
           godwit_world_device_events(w, device, "given_up", GODWIT_OK);
}

/* Whatever is still waiting for an answer ends within two minutes. A reading whose fate is uncertain is not sent again by the device: the
 * application, being told so, says it again, once. */
void expect_next_reading(godwit_world_t *w, unsigned device, const char *what, unsigned number)
{
    godwit_world_run(w, 120000);
    unsigned before = told(w, device);
    uint32_t reading = godwit_world_submit(w, device);
    godwit_world_run(w, 120000);
    if (godwit_world_delivered(w, reading) == 0 && told(w, device) > before) {
        reading = godwit_world_submit(w, device);
        godwit_world_run(w, 120000);
    }
    expect_sound(w, what, number);
    if (godwit_world_delivered(w, reading) != 1) {
        fail_msg("%s %u: the next reading did not get through", what, number);
    }
}
