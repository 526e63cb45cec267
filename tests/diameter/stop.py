#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""freeDiameter asserts at its end that its threads leave within a time; who stops on a machine that is too busy for that ends in order all the same."""
import os
import sys

from node import check, client, hss, run, skip


def a_node_whose_threads_leave_late_ends_in_order():
    if os.environ.get("GODWIT_SANITIZE") == "1":
        skip("the sanitizers want to be the first that is loaded")
    gave_up = 0
    for _ in range(8):
        os.environ["LD_PRELOAD"] = os.environ["HASTY"]
        server = hss()
        del os.environ["LD_PRELOAD"]
        mme = client(server.port)
        mme.wait_open("hss.home.example")
        check(mme.ask("air eutran 001010000000001 001-01")["status"] == "ok", "no vector")
        server.stop()
        mme.stop()
        server.log.ended.wait(60)
        gave_up += any("fd_fifo_del" in line for line in server.log.all)
    check(gave_up > 0, "freeDiameter never gave up: the case was not met")


if __name__ == "__main__":
    sys.exit(run([a_node_whose_threads_leave_late_ends_in_order]))
