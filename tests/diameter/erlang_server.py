#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our S6a client against an HSS by erlang-diameter, whose strict codec judges our requests and which also answers what no HSS should."""
import sys

from node import Erlang, check, client, free_port, run


def patient(port):
    mme = client(port, "--timeout-ms", "60000")
    mme.wait_open("hss.home.example")
    return mme


def counted(first, count):
    return bytes((first + i) & 0xFF for i in range(count)).hex()


def requests_fit_the_grammar_and_answers_are_understood():
    port = free_port()
    server = Erlang("erlang", "server", "hss.home.example", "home.example", str(port))
    server.out.next("ready")
    mme = patient(port)

    answer = mme.ask("air eutran 001010000000001 001-01")
    request = server.out.next("request")
    check("errors=[]" in request and "imsi=001010000000001" in request and "plmn=00f110" in request and "kind=eutran" in request,
          f"as erlang reads our AIR: {request}")
    check(answer["status"] == "ok" and answer["origin"] == "hss.home.example", f"{answer}")
    mme.say("air eutran 001010000000001 001-01")
    line = mme.out.next("answer")
    check(f"rand={counted(16, 16)}" in line and line.index(counted(16, 16)) < line.index(counted(32, 16)), "Item-Number orders them")
    check(answer["kasme"] == counted(64, 32) and answer["xres"] == counted(32, 8) and answer["autn"] == counted(48, 16), f"{answer}")

    utran = mme.ask(f"air utran 001010000000001 002-02 {counted(1, 16)} {counted(101, 14)}")
    check(utran["ck"] == counted(80, 16) and utran["ik"] == counted(96, 16) and utran["xres"] == counted(32, 4), f"{utran}")
    for _ in range(2):
        request = server.out.next("request")
    check("errors=[]" in request and f"resync={counted(1, 16)}{counted(101, 14)}" in request and "plmn=00f220" in request, request)

    for digit, status in {"2": "unknown_subscriber", "3": "not_entitled", "4": "auth_mac_failure", "5": "internal", "6": "internal",
                          "8": "internal", "9": "unknown_subscriber"}.items():
        answer = mme.ask(f"air eutran 00101000000000{digit} 001-01")
        check(answer["status"] == status and answer["vectors"] == "0", f"IMSI ending in {digit}: {answer}")
    mme.stop()
    hasty = client(port, "--timeout-ms", "1000")
    hasty.wait_open("hss.home.example")
    check(hasty.ask("air eutran 001010000000007 001-01")["status"] == "internal", "an HSS that does not answer")
    hasty.stop()
    mme = patient(port)
    check(mme.ask("air eutran 001010000000001 001-01")["status"] == "ok", "after all that")
    mme.stop()
    server.stop()


def our_avps_are_skipped_by_a_standard_peer():
    port = free_port()
    server = Erlang("erlang", "server", "hss.home.example", "home.example", str(port))
    server.out.next("ready")
    mme = client(port, "--timeout-ms", "60000", "--aware", "1")
    mme.wait_open("hss.home.example")
    answer = mme.ask("air eutran 001010000000001 001-01")
    request = server.out.next("request")
    check("errors=[]" in request, f"as erlang reads our AIR with E2M-Aware and Policy-Version: {request}")
    check(answer["status"] == "ok" and answer["e2m"] == "0" and answer["policy"] == "0", f"{answer}")
    answer = mme.ask("air eutran-next 001010000000001 001-01")
    request = server.out.next("request")
    check("errors=[]" in request and answer["status"] == "ok", f"as erlang reads our AIR with Next-Session: {request} {answer}")
    mme.stop()
    server.stop()


if __name__ == "__main__":
    sys.exit(run([our_avps_are_skipped_by_a_standard_peer, requests_fit_the_grammar_and_answers_are_understood]))
