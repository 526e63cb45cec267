#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our HSS, asked over S6a by erlang-diameter: every answer must fit the grammar of its strict codec."""
import sys

from node import Erlang, check, hss, run, usim, vector

PLMN, FOREIGN = "00f110", "13f026"  # 001-01; 310-26... of somebody else


def answers_fit_the_grammar_and_the_card():
    server = hss()
    mme = Erlang("erlang", "client", "mme.home.example", "home.example", str(server.port))
    eutran = mme.answer(f"air eutran 001010000000001 {PLMN} 1")
    check(eutran["errors"] == "0" and eutran["result"] == "2001", f"{eutran}")
    check(eutran["origin"] == "hss.home.example", f"{eutran}")
    right = vector(eutran["rand"], eutran["autn"])
    check(right["res"] == eutran["xres"] and right["kasme"] == eutran["kasme"], "XRES or KASME are not right")
    check(usim(eutran["rand"], eutran["autn"])["result"] == "ok", "the card refuses")

    utran = mme.answer(f"air utran 001010000000001 {PLMN} 1")
    right = vector(utran["rand"], utran["autn"])
    check(utran["errors"] == "0" and right["ck"] == utran["ck"] and right["ik"] == utran["ik"], f"{utran}")

    ahead = usim(utran["rand"], utran["autn"], sqn_ms="000000200003")
    check(ahead["result"] == "auth_resync", "the card is not ahead")
    flipped = f"{int(ahead['auts'], 16) ^ 1:028x}"
    refused = mme.answer(f"air utran 001010000000001 {PLMN} 1 {utran['rand']}{flipped}")
    check(refused["result"] == "10415/4181" and refused["errors"] == "0", f"wrong AUTS: {refused}")
    still = mme.answer(f"air utran 001010000000001 {PLMN} 1")
    check(usim(still["rand"], still["autn"], sqn_ms="000000200003")["result"] == "auth_resync", "a wrong AUTS moved SQN")
    fresh = mme.answer(f"air utran 001010000000001 {PLMN} 1 {still['rand']}{usim(still['rand'], still['autn'], '000000200003')['auts']}")
    check(usim(fresh["rand"], fresh["autn"], sqn_ms="000000200003")["result"] == "ok", "the next vector does not fit")

    check(mme.answer(f"air eutran 001010000000001 {PLMN} 3")["errors"] == "0", "several vectors")
    check(mme.answer(f"air eutran 001010000000009 {PLMN} 1")["result"] == "10415/5001", "unknown IMSI")
    check(mme.answer(f"air eutran 001010000000001 {FOREIGN} 1")["result"] == "10415/5004", "a PLMN of somebody else")
    check(mme.answer(f"air eutran notanimsi {PLMN} 1")["result"] == "5004", "a User-Name that is no IMSI")
    check(mme.answer(f"air eutran 001010000000001 {PLMN} 0")["result"] == "5004", "no vector wanted")
    check(mme.answer("air eutran 001010000000001 00f1 1")["result"] == "5014", "a PLMN of two octets")
    mme.stop()
    server.stop()


def stranger_is_turned_away():
    server = hss()
    stranger = Erlang("stranger", "client", "stranger.example", "example", str(server.port), tries=60)
    stranger.say(f"air eutran 001010000000001 {PLMN} 1")
    check("no_connection" in stranger.out.next("answer"), "a stranger was heard")
    check(server.counters()["received"] == 0, "a stranger's request was counted")
    stranger.stop()
    server.stop()


def our_avps_do_not_disturb_a_standard_peer():
    server = hss("--e2m", "c", peers=("sgsn.visited.example,visited.example",))
    mme = Erlang("erlang", "client", "sgsn.visited.example", "visited.example", str(server.port))
    for kind in ("utran", "eutran"):
        flagged = mme.answer(f"air {kind} 001010000000005 00f220 1")
        check(flagged["errors"] == "0" and flagged["result"] == "2001", f"{flagged}")
        check(int(flagged["autn"][12:16], 16) & 0x0080, f"the vector is not flagged: {flagged}")
        check(usim(flagged["rand"], flagged["autn"])["result"] == "ok", "the card refuses")
    server.stop()


if __name__ == "__main__":
    sys.exit(run([answers_fit_the_grammar_and_the_card, our_avps_do_not_disturb_a_standard_peer, stranger_is_turned_away]))
