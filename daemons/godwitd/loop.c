/* SPDX-License-Identifier: Apache-2.0
 *
 * The one loop: wait, take in a batch, make it durable, let out what waited, and so on until the queue between the
 * functions is empty.
 */
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "daemons/godwitd/downlink.h"
#include "daemons/godwitd/metrics.h"

#define WAIT_MOST_MS 60000
#define EVENTS 8
#define ROUNDS_MAX 64 /* of the queue before the sockets get their turn again */

static void take_signals(godwitd_t *d)
{
    struct signalfd_siginfo info;
    while (read(d->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGHUP) {
            daemon_reload(d);
        } else {
            d->stopping = true;
        }
    }
}

/* One batch of what waits in the queue. */
static void pass_messages(godwitd_t *d)
{
    size_t count = queue_count(d->queue);
    count = count < OWNER_BATCH ? count : OWNER_BATCH;
    for (size_t i = 0; i < count; i++) {
        const godwit_message_t *message = queue_at(d->queue, i);
        godwit_input_t input = {.kind = GODWIT_INPUT_MESSAGE, .message = message};
        owner_feed(d->owner, message->to, &input);
    }
    owner_finish(d->owner); /* may add to the queue: places stay where they are */
    queue_drop(d->queue, count);
}

static uint64_t work(godwitd_t *d)
{
    owner_run_timers(d->owner);
    owner_finish(d->owner);
    doors_receive(&d->doors, d->owner);
    links_receive(d);
    mkef_receive(d);
    akma_receive(d);
    e2e_receive(d);
    eas_receive(d);
    gba_receive(d);
    aaa_receive(d);
    rest_receive(d);
    downlink_receive(d);
    metrics_receive(d);
    naf_receive(d);
    policies_run(d);
    for (unsigned round = 0; round < ROUNDS_MAX && queue_count(d->queue) > 0; round++) {
        pass_messages(d);
    }
    daemon_flush(d);
    if (queue_count(d->queue) > 0) {
        return 0;
    }
    const uint64_t wait = owner_wait(d->owner, WAIT_MOST_MS);
    return d->readings != NULL && d->deliveries_wait < wait ? d->deliveries_wait : wait;
}

void daemon_run(godwitd_t *d)
{
    struct epoll_event events[EVENTS];
    uint64_t wait = work(d);
    while (!d->stopping) {
        int count = epoll_wait(d->epoll, events, EVENTS, (int)wait);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == d->signals) {
                take_signals(d);
            } else if (d->control != NULL && events[i].data.fd == godwit_control_fd(d->control)) {
                godwit_control_run(d->control);
            }
        }
        wait = work(d);
    }
}
