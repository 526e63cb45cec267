/* SPDX-License-Identifier: Apache-2.0
 *
 * Preloaded: no sleep of microseconds takes any time, as if all other threads stood still meanwhile. That is what a
 * loaded machine does to freeDiameter, which gives its threads 20 turns of a sleep to leave a queue.
 */
int usleep(unsigned microseconds);

int usleep(unsigned microseconds)
{
    (void)microseconds;
    return 0;
}
