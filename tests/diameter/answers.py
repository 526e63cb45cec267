#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Answers that no proper stack gives to a request of ours: of another session, in another's name, bent, or none from a peer that dies or falls silent.
None of them ends the process, and each request has one outcome."""
import random
import socket
import sys

from malformed_trigger import NAMES, REALM, SERVER, TGPP, Peer, vectors
from node import PATIENCE, Node, avp, check, message, run


def connected(node):
    """A peer that requests go to: it has its answer to the capabilities a moment before that."""
    peer = Peer(node.port)
    node.wait_open(peer.host)
    return peer


def what_left_and_was_not_answered_may_have_arrived():
    """Of a request that never left the MTC-IWF knows that; of one that a peer took before it died or fell silent it does not."""
    node = Node("unsure", "--identity", "iwf.home.example", "--realm", "home.example", "--serve", "iwf", "--timeout-ms", "700",
                "--t4", f"{NAMES[33]},{REALM}", *(word for name in NAMES[33:36] for word in ("--peer", f"{name},{REALM}")))
    ask = {"T4": "t4 001010123456789", "T5": f"t5-down 001010123456789 {NAMES[34]} {REALM} mme"}
    for what in ask:
        check(node.ask(ask[what])["status"] == "internal", f"{what}: nobody is there")
    SERVER["names"] += [NAMES[34], NAMES[33]]
    sms_sc = connected(node)
    node.say(ask["T4"])
    check(sms_sc.receive() is not None, "the request")
    check("status=unknown_session" in node.out.next("answer"), "T4: a SMS-SC that is silent")
    mme = connected(node)
    for what, peer in (("T4", sms_sc), ("T5", mme)):
        node.say(ask[what])
        check(peer.receive() is not None, "the request")
        peer.close()
        check("status=unknown_session" in node.out.next("answer"), f"{what}: a peer that died with it")
        check(node.ask(ask[what])["status"] == "internal", f"{what}: and is not there any more")
    node.stop()


def answer_to(peer, request, session=None, host=None, realm=REALM, hop=None, before=b"", result=avp(268, 2001)):
    """A DTA, good unless told otherwise."""
    session = dict(peer.avps(request))[263] if session is None else session
    body = avp(263, session) + avp(260, avp(266, TGPP) + avp(258, vectors.T4)) + avp(277, 1) + before + result
    return message(vectors.DT, vectors.T4, 0x40, body + avp(264, host or peer.host) + avp(296, realm),
                   int.from_bytes(request[12:16], "big") if hop is None else hop, int.from_bytes(request[16:20], "big"))


def asks(name):
    node = Node("asks", "--identity", "iwf.home.example", "--realm", "home.example", "--serve", "iwf", "--timeout-ms", "1000",
                "--t4", f"{name},{REALM}", "--peer", f"{name},{REALM}")
    SERVER["names"].append(name)
    return node, connected(node)


def good(node, peer, answers=None):
    """Asks until an answer counts, and gives how often: on a slow machine it may come when the node waits no more."""
    for asked in range(1, 30):
        node.say("t4 001010123456789")
        request = peer.receive()
        peer.send((answers or (lambda request: answer_to(peer, request)))(request))
        if "status=ok" in node.out.next("answer"):
            return asked
    raise AssertionError("a good answer, behind all of them")


def answers_that_do_not_fit_are_no_answers():
    node, peer = asks(NAMES[36])
    longer = lambda request: {"session": dict(peer.avps(request))[263] + b"0"}  # noqa: E731
    for what, wrong in (("of another session", {"session": b"iwf.home.example;1;1"}), ("of a longer session", longer), ("in another's name", {"host": NAMES[35]}),
                        ("of another realm", {"realm": "home.example"}), ("without a result", {"result": b""}), ("with an empty result", {"result": avp(268, b"")}),
                        ("with a short result", {"result": avp(268, b"\0\0")}), ("with two results", {"result": avp(268, 2001) + avp(268, 5012)}),
                        ("with an unknown AVP before its result", {"before": avp(4000000, b"x")}),
                        ("with a group before its result that is none", {"before": avp(279, b"x")})):
        node.say("t4 001010123456789")
        request = peer.receive()
        peer.send(answer_to(peer, request, **(wrong if isinstance(wrong, dict) else wrong(request))))
        got = node.out.next("answer")
        check("status=unknown_session" in got, f"an answer {what}: {got}")
    good(node, peer, lambda request: answer_to(peer, request, hop=7) + answer_to(peer, request) * 3 + answer_to(peer, request, result=avp(268, 5012)))
    count = len([line for line in node.out.all if line.startswith("answer")])
    asked = good(node, peer)
    check(len([line for line in node.out.all if line.startswith("answer")]) == count + asked, "each is one answer")
    peer.close()
    node.stop()


def bend(octets, rng):
    """Codes, M flags and values of some AVPs, but no length: with those the connection would end."""
    bent, flags = bytearray(octets), [at + 4 for at in starts(octets)]
    places = [place for at in starts(octets) for place in (*range(at, at + 5), *range(at + 8, at + int.from_bytes(octets[at + 5:at + 8], "big")))]
    for place in rng.sample(places, rng.randint(1, 4)):
        bent[place] = bent[place] ^ 0x40 if place in flags else rng.randrange(256)
    return bytes(bent)


def starts(octets):
    at = 20
    while at < len(octets):
        yield at
        at += (int.from_bytes(octets[at + 5:at + 8], "big") + 3) & ~3


def answers_bent_at_random():
    node, peer = asks(NAMES[37])
    rng = random.Random()
    seed = rng.randrange(1 << 32)
    print(f"   seed {seed}", flush=True)
    rng.seed(seed)
    failed = lambda: avp(279, avp(4000000, b"xyz"))  # noqa: E731
    for _ in range(3):
        for _ in range(100):
            node.say("t4 001010123456789")
        for _ in range(100):
            peer.send(bend(answer_to(peer, peer.receive(), before=failed() if rng.random() < 0.5 else b""), rng))
        for _ in range(100):
            node.out.next("answer")
    good(node, peer)
    peer.close()
    node.stop()


def capabilities_bent():
    """Whom we connect to answers our capabilities with nonsense: the connection ends, and nothing else does."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        node = Node("connects", "--identity", "iwf.home.example", "--realm", "home.example", "--serve", "iwf",
                    "--peer", f"odd.{REALM},{REALM},127.0.0.1,{door.getsockname()[1]}")
        door.settimeout(PATIENCE)
        connection = door.accept()[0]
        connection.settimeout(PATIENCE)
        request = connection.recv(4096)
        body = avp(4000000, b"x") + avp(268, 2001) + avp(264, f"odd.{REALM}") + avp(296, REALM)
        connection.sendall(message(257, 0, 0, body, int.from_bytes(request[12:16], "big"), int.from_bytes(request[16:20], "big")))
        check(connection.recv(1) == b"", "the connection goes on")
        connection.close()
        check(not node.is_open(f"odd.{REALM}"), "a peer that said nothing good")
    node.stop()


if __name__ == "__main__":
    SERVER["names"] = []
    sys.exit(run([what_left_and_was_not_answered_may_have_arrived, answers_that_do_not_fit_are_no_answers, answers_bent_at_random, capabilities_bent]))
