#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two processes with our adapter: an HSS and EMKS, and who asks them. Vectors, resynchronisation, Ek, refusals, time, overload, restarts."""
import sys
import time

from node import Node, check, client, hss, run, usim, vector, wait_for


def vectors_and_resynchronisation():
    server = hss()
    mme = client(server.port)
    mme.wait_open("hss.home.example")
    answer = mme.ask("air eutran 001010000000001 001-01")
    check(answer["status"] == "ok" and answer["vectors"] == "1", f"no vector: {answer}")
    check(usim(answer["rand"], answer["autn"])["result"] == "ok", "the card does not take it")
    right = vector(answer["rand"], answer["autn"])
    check(right["res"] == answer["xres"] and right["kasme"] == answer["kasme"], "XRES or KASME are not right")
    check(int(answer["autn"][12:14], 16) & 0x80, "the separation bit is not set")
    umts = mme.ask("air utran 001010000000001 001-01")
    right = vector(umts["rand"], umts["autn"])
    check(right["ck"] == umts["ck"] and right["ik"] == umts["ik"], "CK or IK are not right")
    check(not int(umts["autn"][12:14], 16) & 0x80, "the separation bit is set for UTRAN")
    ahead = usim(umts["rand"], umts["autn"], sqn_ms="000000200003")
    check(ahead["result"] == "auth_resync", f"the card is not ahead: {ahead}")
    bent = ahead["auts"][:-1] + ("0" if ahead["auts"][-1] != "0" else "1")
    refused = mme.ask(f"air utran 001010000000001 001-01 {umts['rand']} {bent}")
    check(refused["status"] == "auth_mac_failure", f"a wrong AUTS: {refused}")
    fresh = mme.ask(f"air utran 001010000000001 001-01 {umts['rand']} {ahead['auts']}")
    check(usim(fresh["rand"], fresh["autn"], sqn_ms="000000200003")["result"] == "ok", "the next vector does not fit")
    mme.stop()
    server.stop()


def refusals_keep_their_reason():
    server = hss()
    mme = client(server.port)
    mme.wait_open("hss.home.example")
    check(mme.ask("air eutran 001010000000009 001-01")["status"] == "unknown_subscriber", "an unknown IMSI")
    check(mme.ask("air eutran 001010000000001 310-26")["status"] == "not_entitled", "a PLMN of somebody else")
    check(mme.ask("key 1 001010000000001 other.example")["status"] == "not_entitled", "a key for another HSE")
    first, following = mme.ask("key 1 001010000000001"), mme.ask("key 2 001010000000001")
    check(first["k_session"] == "5e" * 32 and first["rand"] == "11" * 16 and first["key_set"] == "77", f"Ek: {first}")
    check(following["rand"] == "00" * 16 and following["generation"] == "2", f"Ek, next generation: {following}")
    check(mme.ask("confirm 001010000000001 77")["status"] == "ok", "Key-Confirm")
    check(mme.ask("confirm 001010000000001 78")["status"] == "unknown_key", "Key-Confirm of another key set")
    mme.stop()
    server.stop()


def silence_is_answered_after_the_timeout():
    server = hss("--silent", "1")
    mme = client(server.port, "--timeout-ms", "400")
    mme.wait_open("hss.home.example")
    check(mme.ask("air eutran 001010000000001 001-01")["status"] == "internal", "silence")
    counters = mme.counters()
    check(counters["timeouts"] == 1 and counters["sent"] == 1, f"{counters}")
    mme.stop()
    server.stop()


def nobody_there_is_answered_at_once():
    server = hss()
    mme = client(server.port)
    mme.wait_open("hss.home.example")
    server.stop()
    mme.wait_open("hss.home.example", state="closed")
    began = time.monotonic()
    check(mme.ask("air eutran 001010000000001 001-01")["status"] == "internal", "nobody there")
    check(mme.counters()["timeouts"] == 0, f"it took the timeout to say so: {time.monotonic() - began} s")
    again = hss("--port", str(server.port))
    mme.wait_open("hss.home.example")
    check(mme.ask("air eutran 001010000000001 001-01")["status"] == "ok", "after the restart")
    mme.stop()
    again.stop()


def nobody_else_is_asked_in_the_place_of_a_host():
    """Another host of that realm offers the application; the one that is asked for is not there. What an honest one refuses, another could answer."""
    other = Node("other", "--identity", "other.home.example", "--realm", "home.example", "--serve", "s6a,ek", "--peer", "mme.home.example,home.example")
    mme = Node("mme", "--identity", "mme.home.example", "--realm", "home.example", "--hss", "hss.home.example,home.example",
               "--peer", f"other.home.example,home.example,127.0.0.1,{other.port}", "--peer", "hss.home.example,home.example")
    mme.wait_open("other.home.example")
    check(mme.ask("air eutran 001010000000001 001-01")["status"] == "internal", "the request was answered")
    other.counters()
    check(not any("not for us" in line or "dropped" in line for line in other.log.all), f"it has seen what was not for it: {other.log.all}")
    mme.stop()
    other.stop()


def who_may_ask_tsp_alone_is_asked_nothing_else():
    for option, status in (("", "ok"), (",tsp-only", "internal")):
        other = Node("other", "--identity", "other.home.example", "--realm", "home.example", "--serve", "s6a,ek", "--peer", "mme.home.example,home.example")
        mme = Node("mme", "--identity", "mme.home.example", "--realm", "home.example", "--hss", ",home.example",
                   "--peer", f"other.home.example,home.example,127.0.0.1,{other.port}{option}")
        mme.wait_open("other.home.example")
        answer = mme.ask("air eutran 001010000000001 001-01")
        check(answer["status"] == status, f"any host of the realm{option}: {answer}")
        mme.stop()
        other.stop()


def requests_beyond_the_queue_are_told_so():
    server = hss("--wait-to-read", "1", peers=("mme.home.example,home.example", "mme2.home.example,home.example"))
    clients = [client(server.port, "--timeout-ms", "60000"),
               client(server.port, "--timeout-ms", "60000", identity="mme2.home.example", name="mme2")]
    for mme in clients:
        mme.wait_open("hss.home.example")
    for i in range(900):
        for mme in clients:
            mme.say(f"air utran 00101000000000{i % 8} 310-26")
    seen = [clients[0].out.next("answer").split()[2]]
    check(seen == ["status=overload"], f"nothing is read yet: {seen}")
    server.say("read")
    seen += [mme.out.next("answer").split()[2] for mme, count in zip(clients, (899, 900)) for _ in range(count)]
    check(set(seen) == {"status=not_entitled", "status=overload"}, f"{set(seen)}")
    counters = server.counters()
    check(seen.count("status=overload") == counters["overload"] and counters["received"] == 1800 - counters["overload"],
          f"{seen.count('status=overload')} {counters}")
    for mme in clients:
        check(mme.ask("air eutran 001010000000001 001-01")["status"] in ("ok", "not_entitled"), "after the flood")
        mme.stop()
    server.stop()


def one_peer_that_floods_leaves_room_for_another():
    server = hss("--wait-to-read", "1", peers=("mme.home.example,home.example", "mme2.home.example,home.example"))
    flood = client(server.port, "--timeout-ms", "60000")
    other = client(server.port, "--timeout-ms", "60000", identity="mme2.home.example", name="mme2")
    for mme in (flood, other):
        mme.wait_open("hss.home.example")
    for i in range(1000):
        flood.say(f"air utran 00101000000000{i % 8} 310-26")
    seen = [flood.out.next("answer") for _ in range(1000 - 768)]
    check(all("status=overload" in line for line in seen), "more than its share is refused at once")
    for i in range(100):
        other.say(f"air utran 00101000000000{i % 8} 310-26")
    wait_for("its requests beside the share of the other", lambda: server.counters()["received"] == 768 + 100)
    server.say("read")
    seen = {other.out.next("answer").split()[2] for _ in range(100)}
    check(seen == {"status=not_entitled"}, f"another is served: {seen}")
    for mme in (flood, other):
        mme.stop()
    server.stop()


def starts_that_must_fail():
    cases = [
        (["--listen", "192.0.2.1"], "link_protected"),
        (["--listen", "0.0.0.0"], "link_protected"),
        (["--peer", "a.example,example,192.0.2.7,3868"], "link_protected"),
        (["--listen", "192.0.2.1", "--link-protected", "IPsec to site B"], "cannot listen on 192.0.2.1"),
        (["--identity", "HSS.home"], "identity"),
        (["--realm", "bad realm"], "realm"),
        (["--peer", "hss.home.example,home.example"], "not our own"),
        (["--peer", "a.example,example", "--peer", "a.example,example"], "twice"),
        (["--peer", "a.example,example,somewhere,3868"], "somewhere"),
        (["--cert", "/none.pem"], "all three"),
        (["--cert", "/none.pem", "--key", "/none.key", "--ca", "/none.ca"], "/none.pem"),
    ]
    for options, word in cases:
        node = Node("refused", *options)
        check(node.refusal is not None and word in node.refusal, f"{options}: {node.refusal}")
    server = hss()
    node = Node("refused", "--port", str(server.port))
    check(node.refusal is not None and str(server.port) in node.refusal and "in use" in node.refusal, f"port in use: {node.refusal}")
    server.stop()


if __name__ == "__main__":
    began = time.monotonic()
    status = run([vectors_and_resynchronisation, refusals_keep_their_reason, silence_is_answered_after_the_timeout,
                  nobody_there_is_answered_at_once, nobody_else_is_asked_in_the_place_of_a_host, who_may_ask_tsp_alone_is_asked_nothing_else,
                  requests_beyond_the_queue_are_told_so, one_peer_that_floods_leaves_room_for_another, starts_that_must_fail])
    print(f"{time.monotonic() - began:.1f} s")
    sys.exit(status)
