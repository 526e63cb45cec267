#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What no proper stack sends: garbage, lying lengths, repeated and foreign AVPs, half messages and silence. Others are served all the while."""
import random
import struct
import sys

from node import Raw, air, avp, capabilities, check, client, hss, message, run, wait_for

# Each connection has a name of its own: after one that ended without goodbye its name is out of service for three watchdogs (RFC 3539 3.4.1).
NAMES = [f"raw{n}.home.example" for n in range(29)]
PEERS = ("mme.home.example,home.example", "relay.home.example,home.example,relay", *(f"{name},home.example" for name in NAMES))
SERVER = {}


def served():
    answer = SERVER["mme"].ask("air eutran 001010000000001 001-01")
    check(answer["status"] == "ok", f"others are not served any more: {answer}")


def start():
    SERVER["hss"] = hss(peers=PEERS)
    SERVER["mme"] = client(SERVER["hss"].port)
    SERVER["mme"].wait_open("hss.home.example")
    served()


def raw(host=None):
    return Raw(SERVER["hss"].port, host or NAMES.pop())


def garbage_before_any_capabilities():
    for octets in (b"GET / HTTP/1.0\r\n\r\n", bytes(200), b"\xff" * 200, b"\x01\x00\x00\x04", b"\x01\xff\xff\xff" + bytes(60),
                   b"\x01\x00\x00\x15" + bytes(40), air("any.home.example", "home.example"), random.Random(1).randbytes(5000)):
        connection = Raw(SERVER["hss"].port)
        connection.send(octets)
        served()
        connection.close()
    served()


def capabilities_bent():
    good = capabilities("raw0.home.example", "home.example")
    for octets in (message(257, 0, 0x80, avp(264, "raw0.home.example") * 64), good[:20], good[:-3],
                   good[:3] + bytes([good[3] - 8]) + good[4:], good.replace(b"raw0.home", b"raw0\x00home")):
        connection = Raw(SERVER["hss"].port)
        connection.send(octets)
        connection.close()
        served()


def senders_are_who_their_connection_is():
    connection = raw()
    own = connection.host
    connection.send(air(own, "home.example"))
    check(connection.result(connection.receive()) in (2001, 5004), "a request in its own name")
    for host, realm in (("mme.home.example", "home.example"), (own, "other.example"), (own + ".", "home.example")):
        connection.send(air(host, realm))
        check(connection.result(connection.receive()) == 5003, f"a request in the name of {host} {realm}")
    connection.send(air(own.upper(), "Home.Example"))
    check(connection.result(connection.receive()) != 5003, "names are compared without regard to case")
    connection.close()
    relay = raw("relay.home.example")
    relay.send(air("mme.home.example", "home.example"))
    check(relay.result(relay.receive()) == 2001, "a relay hands on what others sent")
    wait_for("the origin, which is the sender's", lambda: "request kind=1 origin=mme.home.example" in "\n".join(SERVER["hss"].out.all))
    relay.close()


def requests_bent_get_their_result():
    connection = raw()
    host, realm = connection.host, "home.example"
    good = air(host, realm)
    cases = {
        "64 times Origin-Host": (message(318, 16777251, 0xC0, good[20:] + avp(264, host) * 63), 5009),
        "an unknown AVP with M": (air(host, realm, avp(4000000, "x")), 5001),
        "an unknown AVP of a vendor with M": (air(host, realm, avp(9, "x", 99999)), 5001),
        "no User-Name": (message(318, 16777251, 0xC0, good[20:].replace(avp(1, "001010000000001"), b"")), 5005),
        "an IMSI with a letter": (air(host, realm, imsi="00101000000000x"), 5004),
        "a PLMN of four octets": (message(318, 16777251, 0xC0, good[20:].replace(avp(1407, b"\x00\xf1\x10", 10415),
                                                                              avp(1407, b"\x00\xf1\x10\x00", 10415))), 5014),
    }
    for what, (octets, expected) in cases.items():
        connection.send(octets)
        got = connection.result(connection.receive())
        check(got == expected, f"{what}: {got}, not {expected}")
    connection.send(air(host, realm, avp(4000000, "x", flags=0) + avp(301, 3, flags=0) + avp(282, "dra.example")
                        + avp(284, avp(280, "dra.example") + avp(33, "state"))))
    answer = connection.receive()
    check(connection.result(answer) in (2001, 5004), "AVPs that may be skipped")
    check(dict(connection.avps(answer))[284] == avp(280, "dra.example") + avp(33, "state"), "Proxy-Info goes back")
    connection.close()
    served()


def lengths_that_lie():
    good = air("any.home.example", "home.example")
    ways = [good[:1] + struct.pack(">I", 16 << 20)[1:] + good[4:], good[:1] + b"\x00\x00\x04" + good[4:],
            good[:1] + struct.pack(">I", len(good) + 4)[1:] + good[4:]]
    at = 20
    while at < len(good):
        length = int.from_bytes(good[at + 5:at + 8], "big")
        for lie in (5, length - 1, 0xFFFFFF):
            ways.append(good[:at + 5] + struct.pack(">I", lie & 0xFFFFFF)[1:] + good[at + 8:])
        at += (length + 3) & ~3
    send_all(ways, 8)
    served()


def send_all(ways, connections):
    """On one connection as long as it lasts, then on the next, so many in all."""
    connection = raw()
    for octets in ways:
        try:
            connection.send(octets)
            connection.settle(0.005)
        except AssertionError:
            pass  # an answer came
        except OSError:
            connection.close()
            connections -= 1
            if connections == 0:
                return
            connection = raw()
    connection.close()


def random_changes():
    rng = random.Random()
    seed = rng.randrange(1 << 32)
    print(f"   seed {seed}", flush=True)
    rng.seed(seed)
    good = air("any.home.example", "home.example")
    ways = []
    for _ in range(400):
        bent = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            bent[rng.randrange(4, len(bent))] ^= 1 << rng.randrange(8)
        ways.append(bytes(bent))
    send_all(ways, 6)
    served()


def gone_before_the_answer():
    """Requests that routing refuses, from a peer that has gone by then: freeDiameter would end itself when it cannot send that error."""
    misrouted = [message(318, 16777251, 0xC0, avp(263, "raw;1;1") + avp(264, "any.home.example") + avp(296, "home.example") + extra)
                 for extra in (b"", avp(283, "elsewhere.example"), avp(293, "other.example") + avp(283, "home.example"))]
    misrouted.append(message(999, 4711, 0xC0, avp(263, "raw;1;1") + avp(283, "home.example")))
    for octets in misrouted * 2:
        connection = raw()
        connection.send(octets * 50)
        connection.close()
        served()


def session_ids_that_are_none():
    """freeDiameter would end itself over some of these as well."""
    connection = raw()
    for session in ("", "\0", "a b", "x" * 2000, "\x7f", "ä;1;2", "\n"):
        connection.send(air(connection.host, "home.example", session=session))
        check(connection.result(connection.receive()) == 5005, f"Session-Id {session!r}")
    connection.close()
    served()


def half_a_message_and_silence():
    silent = raw()
    good = air(silent.host, "home.example")
    waiting = [Raw(SERVER["hss"].port) for _ in range(8)]
    silent.send(good[: len(good) // 2])
    for connection in waiting[:4]:
        connection.send(capabilities("raw0.home.example", "home.example")[:40])
    for _ in range(5):
        served()
    silent.send(good[len(good) // 2:])
    check(silent.result(silent.receive()) in (2001, 5004), "the other half")
    for connection in [silent, *waiting]:
        connection.close()
    served()


def end():
    SERVER["mme"].stop()
    SERVER["hss"].stop()
    log = "\n".join(SERVER["hss"].log.all + SERVER["mme"].log.all)
    check("00101000000000" not in log and "465b5ce8" not in log, "an IMSI or a key stands in the log")


if __name__ == "__main__":
    sys.exit(run([start, garbage_before_any_capabilities, capabilities_bent, senders_are_who_their_connection_is,
                  requests_bent_get_their_result, lengths_that_lie, random_changes, gone_before_the_answer, session_ids_that_are_none,
                  half_a_message_and_silence, end]))
