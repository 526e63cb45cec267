# SPDX-License-Identifier: Apache-2.0
"""A device of interface A3 over UDP, written from docs/trigger-wire.md and docs/keys.md alone: its end of associations and of triggers. Its root is of
EAP-AKA' (RFC 5448 3.3 for EMSK, docs/eap.md)."""
import hashlib
import hmac
import os
import select
import socket

import a3
from keys import kdf, own
from sender import WAIT

EAP = 4
NO_ASSOCIATION = 5
DELIVERED, RECALLED = 1, 3


class Silence(Exception):
    """Nothing came in time."""


def emsk(identity, run, autn):
    """Of CK, IK of the run, and the network name WLAN."""
    ck_ik = kdf(run.ck + run.ik, b"\x20", "WLAN", autn[:6])
    key, text, last, master = ck_ik[16:] + ck_ik[:16], b"EAP-AKA'" + identity.encode(), b"", b""
    for number in range(1, 8):
        last = hmac.new(key, last + text + bytes([number]), hashlib.sha256).digest()
        master += last
    return master[144:208]  # K_encr 16, K_aut 32, K_re 32, MSK 64


class Device:
    def __init__(self, imsi, iwf, address, suites=(1, 3)):
        self.imsi, self.iwf, self.suites = imsi, iwf, suites
        self.root, self.name, self.highest = None, None, 0
        self.current, self.next_up, self.seen = None, 0, set()
        self.dealt_with, self.command = {}, b""
        self.said, self.cookie, self.cookies, self.taken = b"", b"", 0, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(address)

    def take_root(self, identity, run, rand, autn):
        self.root, self.name, self.highest = own(emsk(identity, run, autn), 0x22, self.imsi), a3.digest(rand), 0  # numbers rise for each root

    def send(self, message):
        self.said, self.cookies = message, 0
        self.socket.send(a3.datagram(self.imsi, message, self.cookie))

    def next(self, seconds=WAIT):
        """The next message; a cookie is taken, and what it is for is said again with it, four times at most."""
        while True:
            if not select.select([self.socket], [], [], seconds)[0]:
                raise Silence()
            octets = self.socket.recv(2048)
            given = a3.cookie_of(octets)
            if not given:
                return octets
            if given[0] == self.said[-8:] and self.cookies < 4:
                self.cookie, self.cookies, self.taken = given[1], self.cookies + 1, self.taken + 1
                self.socket.send(a3.datagram(self.imsi, self.said, self.cookie))

    def say(self, kind, body):
        message = self.current.protect(kind, self.next_up, body)
        self.next_up += 1
        self.send(message)
        return message

    # ---- association ----

    def want(self):
        self.send(a3.unprotected(a3.REJECT, a3.reject(NO_ASSOCIATION, EAP, self.name, self.highest, b"", os.urandom(8))))

    def check(self, message):
        """(the association that a Command makes, the suites that it offers)."""
        body = message[5:-8]
        number, kind, name, offered = int.from_bytes(body[:4], "big"), body[4], body[5:13], body[17:]
        assert (kind, name) == (EAP, self.name) and number > self.highest and 1 <= len(offered) <= 4
        made = a3.Association(a3.k_iwf(self.root, self.iwf, self.imsi, number), number)
        assert made.open(message) == (a3.COMMAND, 0, body)
        return made, offered

    def complete(self, message, suites=None, chosen=None):
        """The Complete; suites and chosen: what a liar would say."""
        self.current, offered = self.check(message)
        suites = suites or self.suites
        self.current.suite = chosen or next(one for one in offered if one in suites)
        self.highest, self.next_up, self.seen, self.command = self.current.number, 1, {0}, message
        answer = self.current.protect(a3.COMPLETE, 0, a3.complete(self.current.suite, suites, message))
        self.send(answer)
        return answer

    # ---- what comes down ----

    def receive(self, seconds=WAIT):
        """(type, body) of the next message that is new under the association in use; Commands said again are passed over."""
        while True:
            message = self.next(seconds)
            if message == self.command:
                continue
            kind, count, body = self.current.open(message)
            assert count not in self.seen, "a COUNT twice"
            self.seen.add(count)
            return kind, body

    def poll(self):
        self.say(a3.POLL, a3.poll(max(self.seen) + 1))

    def trigger(self, seconds=WAIT):
        """The next trigger, in parts; what comes again gets the same acknowledgement and is passed over."""
        while True:
            kind, body = self.receive(seconds)
            assert kind == a3.TRIGGER
            got = a3.Trigger.of(body)
            if got.reference in self.dealt_with:
                self.acknowledge(got, self.dealt_with[got.reference])
                continue
            return got

    def acknowledge(self, got, outcome):
        self.dealt_with[got.reference] = outcome
        return self.say(a3.ACKNOWLEDGEMENT, a3.acknowledgement(got.reference, outcome))

    def close(self):
        self.socket.close()
