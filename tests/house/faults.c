/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/house/faults.h"

#define PAUSE_MS 10000

godwit_world_config_t conversation_config(void)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.rekey_datagrams = 4;
    return config;
}

/* A pause, which ends early when *stop is set. False when it is. */
static bool pause_until(godwit_world_t *w, const bool *stop)
{
    for (unsigned i = 0; i < PAUSE_MS && !*stop; i++) {
        godwit_world_run(w, 1);
    }
    return !*stop;
}

void conversation_until(godwit_world_t *w, const bool *stop)
{
    static const char script[] = "rrdrrrdtrror"; /* reading, message down, terminate, the operator's end */
    for (const char *act = script; *act != '\0'; act++) {
        switch (*act) {
        case 'd':
            godwit_world_submit_down(w, 0, "turn the valve");
            break;
        case 't':
            godwit_world_terminate(w, 0);
            break;
        case 'o':
            godwit_world_drop_session(w, 0);
            break;
        default:
            (void)godwit_world_submit(w, 0);
            break;
        }
        if (!pause_until(w, stop)) {
            return;
        }
    }
}

void conversation(godwit_world_t *w)
{
    static const bool never = false;
    conversation_until(w, &never);
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

/* Whatever is still waiting for an answer ends within two minutes. A reading whose fate is uncertain is not sent again
 * by the device: the application, being told so, says it again, once. */
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
