#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""T5 between two processes: every message both ways, beside Ek, with which it shares a command code; K_iwf for a device goes to the node itself, and never
over an open way."""
import sys

from node import Node, check, run

IMSI = "001010000000001"
NODE = "sgsn.visited.example visited.example"


def pair(way="--link-protected", extra="IPsec"):
    """A node that has an EMKS beside it, and the MTC-IWF that connects to it."""
    iwf, sgsn = "iwf.home.example,home.example", "sgsn.visited.example,visited.example"
    protection = [way, extra] if way else []
    node = Node("node", "--identity", "sgsn.visited.example", "--realm", "visited.example", "--serve", "node,ek", "--peer", iwf, *protection)
    other = Node("iwf", "--identity", "iwf.home.example", "--realm", "home.example", "--serve", "iwf", "--peer", f"{sgsn},127.0.0.1,{node.port}",
                 "--emks", sgsn, *protection)
    other.wait_open("sgsn.visited.example")
    return node, other


def told(node):
    return dict(word.split("=", 1) for word in node.out.next("trigger").split()[1:])


def every_message_beside_ek():
    node, iwf = pair()
    for function, number in (("mme", "4"), ("sgsn", "5"), ("msc", "8")):
        check(iwf.ask(f"t5-down {IMSI} {NODE} {function}")["status"] == "ok", f"a container for {function}")
        seen = told(node)
        check((seen["to"], seen["down"], seen["imsi"], seen["container"], seen["hop"]) == (number, "1", IMSI, "133", "2"), f"{seen}")
    check(iwf.ask(f"ue-key {IMSI} {NODE} mme")["status"] == "ok", "a key for the device")
    seen = told(node)
    check((seen["down"], seen["key"]) == ("2", "5a"), f"{seen}")
    answer = iwf.ask(f"iwf-key {IMSI} {NODE} aaa")
    check((answer["status"], answer["key"], answer["hop"]) == ("ok", "5a", "2"), f"{answer}")
    seen = told(node)
    check((seen["to"], seen["iwf"], seen["association"]) == ("20", "iwf.home.example", "3"), f"{seen}")
    for kind, container, comes_back in (("1", "9", "0"), ("2", "0", "4"), ("3", "0", "0")):
        answer = node.ask(f"t5-up {kind} {IMSI} iwf.home.example home.example")
        check((answer["status"], answer["container"]) == ("ok", comes_back), f"{answer}")
        seen = told(iwf)
        check((seen["from"], seen["up"], seen["container"], seen["origin"]) == ("5", kind, container, "sgsn.visited.example"), f"{seen}")
    check(iwf.ask(f"key 1 {IMSI}")["status"] == "ok", "a Key-Request over the same connection")
    check(iwf.ask(f"t5-down {IMSI} {NODE} mme")["status"] == "ok", "and T5 after it")
    check(iwf.ask(f"t5-down {IMSI} nobody.visited.example visited.example mme")["status"] == "internal", "another host of that realm is not asked instead")
    iwf.stop()
    node.stop()


def key_does_not_go_over_an_open_way():
    node, iwf = pair(None)
    check(iwf.ask(f"ue-key {IMSI} {NODE} mme")["status"] == "not-sent-not_entitled", "a key went over an open way")
    check(iwf.ask(f"t5-down {IMSI} {NODE} mme")["status"] == "ok", "a container does")
    check(told(node)["hop"] == "0", "and it is told that the way is open")
    check(iwf.ask(f"ue-key {IMSI} mme.visited.example visited.example mme")["status"] == "not-sent-not_entitled", "a key for a host that is no peer")
    iwf.stop()
    node.stop()


if __name__ == "__main__":
    sys.exit(run([every_message_beside_ek, key_does_not_go_over_an_open_way]))
