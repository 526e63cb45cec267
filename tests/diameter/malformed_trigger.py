#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What no proper stack sends over Tsp, T4 and T5: members that are missing, doubled, foreign or mean nothing, lengths that lie, bits that were turned. Others are
served all the while."""
import os
import random
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(HERE, "..", "wire"))
from node import Node, Raw, avp, check, message, run  # noqa: E402
import make_trigger_vectors as vectors  # noqa: E402  (found through the line above)

TGPP, OURS = 10415, 0x474F4457
REALM = "visited.example"
# The golden messages come from mme.visited.example. Each connection has a name of its own, as in malformed.py, of the same length.
NAMES = [f"m{n:02}.{REALM}" for n in range(40)]
SERVER = {}


def start():
    peers = [word for name in (*NAMES, f"sgsn.{REALM}") for word in ("--peer", f"{name},{REALM}")]
    SERVER["iwf"] = Node("iwf", "--identity", "hss.home.example", "--realm", "home.example", "--serve", "iwf,t4,node,scs", *peers[:2 * 32])
    SERVER["sgsn"] = Node("sgsn", "--identity", NAMES[0], "--realm", REALM, "--serve", "node", "--peer",
                          f"hss.home.example,home.example,127.0.0.1,{SERVER['iwf'].port}")
    SERVER["sgsn"].wait_open("hss.home.example")
    SERVER["names"] = NAMES[1:32]
    served()


def served():
    answer = SERVER["sgsn"].ask("t5-up 1 001010000000001 hss.home.example home.example")
    check(answer["status"] == "ok", f"others are not served any more: {answer}")


class Peer(Raw):
    def __init__(self, port=None):
        super().__init__(port or SERVER["iwf"].port)
        self.host, self.realm = SERVER["names"].pop(), REALM
        applications = b"".join(avp(260, avp(266, vendor) + avp(258, application))
                                for vendor, application in ((TGPP, vectors.TSP), (TGPP, vectors.T4), (OURS, vectors.T5)))
        self.send(message(257, 0, 0x80, avp(264, self.host) + avp(296, REALM) + avp(257, b"\x00\x01\x7f\x00\x00\x01") + avp(266, 0)
                          + avp(269, "raw", flags=0) + applications))
        check(self.result(self.receive()) == 2001, "the capabilities were not accepted")

    def own(self, octets):
        return octets.replace(b"mme.visited.example", self.host.encode())

    def ask(self, octets):
        self.send(self.own(octets))
        return self.result(self.receive())


REQUESTS = {name: octets for group in (vectors.tsp, vectors.t4, vectors.t5) for name, octets in group.items() if octets[4] & 0x80}


def good_ones_are_answered():
    peer = Peer()
    for name, octets in REQUESTS.items():
        check(peer.ask(octets) == 2001, f"{name}: not answered with success")
    peer.close()


def scs_speaks_tsp_alone():
    """A peer of which Tsp alone is taken: it is no serving node and no SMS-SC, whatever it says."""
    node = Node("alone", "--identity", "hss.home.example", "--realm", "home.example", "--serve", "iwf,t4,node,scs", "--peer",
                f"{NAMES[0]},{REALM},tsp-only")
    SERVER["names"].append(NAMES[0])
    peer = Peer(node.port)
    for name, octets in REQUESTS.items():
        expected = 2001 if name in vectors.tsp else 5003
        got = peer.ask(octets)
        check(got == expected, f"{name}: {got}, not {expected}")
    peer.close()
    node.stop()


def dar(*members):
    return vectors.action(*members)


def members_that_do_not_fit_get_their_result():
    v, ours = vectors.v, vectors.ours
    reference, action = vectors.reference(7), v(3005, 1)
    head = vectors.head
    cases = {
        "no Device-Action": (vectors.message(vectors.DA, True, head(True, vectors.TSP), vectors.TSP), 5005),
        "a trigger without Trigger-Data": (dar(reference, action), 5005),
        "a replacement without Trigger-Data": (dar(reference, v(3005, 4), v(3011, 6, False)), 5005),
        "no Reference-Number": (dar(action), 5005),
        "no Action-Type": (dar(reference), 5005),
        "two Reference-Numbers": (dar(reference, reference, action), 5009),
        "a delivery report from a SCS": (dar(reference, v(3005, 2)), 5004),
        "an action of no release": (dar(reference, v(3005, 99)), 5004),
        "an unknown AVP with M in the group": (dar(reference, action, v(3999, 1)), 5001),
        "a MSISDN with a letter": (dar(reference, action, v(701, b"\x94\xa1")), 5004),
        "a MSISDN of 20 digits": (dar(reference, action, v(701, bytes(10))), 5014),
        "a name with an end inside": (dar(reference, action, v(3111, b"m\0m")), 5004),
        "an endless name": (dar(reference, action, v(3111, "m" * 1000)), 5014),
        "a port of 17 bits": (dar(reference, action, v(3003, [v(3004, b"x"), v(3010, 65536)])), 5004),
        "data without a payload": (dar(reference, action, v(3003, [v(3006, 1)])), 5005),
        "a group in a group in a group": (dar(reference, action, v(3003, [v(3003, [v(3003, [v(3004, b"x")])])])), 5001),
        "a DTR for nobody": (vectors.message(vectors.DT, True, head(True, vectors.T4) + [v(3102, []), vectors.SMEA, v(3004, b"x")], vectors.T4), 5005),
        "a DTR with a long payload": (vectors.message(vectors.DT, True, head(True, vectors.T4) + [v(3102, [vectors.IMSI]), vectors.SMEA, v(3004, bytes(134))],
                                                      vectors.T4), 5004),
        "a report of nothing": (vectors.message(vectors.DR, True, head(True, vectors.T4) + [v(3102, [vectors.IMSI]), vectors.SMEA], vectors.T4), 5005),
        "a purpose that is none": (vectors.t5_request(9, vectors.CONTAINED), 5004),
        "no purpose": (vectors.message(vectors.KEY, True, head(True, vectors.T5) + [vectors.IMSI], vectors.T5), 5005),
        "a container of 134 octets": (vectors.t5_request(1, ours(41, bytes(134))), 5014),
        "a purpose without its member": (vectors.t5_request(1), 5005),
        "a purpose with another's": (vectors.t5_request(1, vectors.CONTAINED, vectors.iwf_key(2, 0, 3)), 5009),
        "a root for a device": (vectors.t5_request(2, vectors.iwf_key(2, 1, 3)), 5004),
        "a key of no kind": (vectors.t5_request(2, vectors.iwf_key(9, 0, 3)), 5004),
        "a short key": (vectors.t5_request(2, ours(42, bytes(45))), 5014),
        "a name of a MTC-IWF that is none": (vectors.t5_request(6, avp(4, "IWF home", OURS), ours(45, 3)), 5004),
    }
    blamed = {"no Reference-Number": 3007, "no Action-Type": 3005, "a trigger without Trigger-Data": 3003, "a replacement without Trigger-Data": 3003,
              "an unknown AVP with M in the group": 3999, "a port of 17 bits": 3010, "a MSISDN of 20 digits": 701, "a purpose without its member": 41}
    peer = Peer()
    for what, (octets, expected) in cases.items():
        peer.send(peer.own(octets))
        answer = peer.receive()
        got = peer.result(answer)
        check(got == expected, f"{what}: {got}, not {expected}")
        failed = dict(peer.avps(answer)).get(279)
        check(what not in blamed or (failed is not None and int.from_bytes(failed[:4], "big") == blamed[what]), f"{what}: Failed-AVP {failed}")
    peer.close()
    served()


def send_all(ways, connections):
    """On one connection as long as it lasts, then on the next, so many in all."""
    peer = Peer()
    for octets in ways:
        try:
            peer.send(peer.own(octets))
            peer.settle(0.003)
        except AssertionError:
            pass  # an answer came
        except OSError:
            peer.close()
            connections -= 1
            if connections == 0:
                return
            peer = Peer()
    peer.close()


def lengths_that_lie():
    ways = []
    for octets in REQUESTS.values():
        for at in range(20, len(octets) - 8, 4):
            if octets[at + 4] & 0xC0 and octets[at] == 0:
                for lie in (0, 7, 11, 0xFFFF):
                    ways.append(octets[:at + 5] + struct.pack(">I", lie)[1:] + octets[at + 8:])
    random.shuffle(ways)
    send_all(ways, 13)
    served()


def random_changes():
    rng = random.Random()
    seed = rng.randrange(1 << 32)
    print(f"   seed {seed}", flush=True)
    rng.seed(seed)
    ways = []
    for _ in range(600):
        bent = bytearray(rng.choice(list(REQUESTS.values())))
        for _ in range(rng.randint(1, 4)):
            bent[rng.randrange(20, len(bent))] ^= 1 << rng.randrange(8)
        ways.append(bytes(bent))
    send_all(ways, 13)
    served()


def end():
    SERVER["sgsn"].stop()
    SERVER["iwf"].stop()
    log = "\n".join(SERVER["iwf"].log.all + SERVER["sgsn"].log.all)
    check("001010123456789" not in log and "b0b1b2b3" not in log, "an IMSI or a key stands in the log")


if __name__ == "__main__":
    sys.exit(run([start, good_ones_are_answered, scs_speaks_tsp_alone, members_that_do_not_fit_get_their_result, lengths_that_lie, random_changes, end]))
