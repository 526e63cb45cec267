#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`godwit device listen` over WiFi, and an MTC-IWF in Python (docs/trigger-wire.md). Its root is of EAP-AKA' with godwitd's AAA server: what passes there
on RADIUS shows RAND, and the card is known here."""
import json
import os
import select
import socket
import subprocess
import threading
import time
import unittest

import a3
import aka
from a3_device import EAP, emsk
from eap_case import NAI, SECRET, EapCase
from emsdp import imsi_value
from keys import own
from sender import GODWIT, IMSI, K, OPC, WAIT

IWF, SCS, PORT = "iwf.example", "scs.example", 4711
NO_ROOT, WRONG_MAC, OLD_NUMBER, NO_SUITE, NO_ASSOCIATION = 1, 2, 3, 4, 5
DELIVERED, EXPIRED, RECALLED, REPLACED, TOO_LATE = 1, 2, 3, 4, 6


class Relay(threading.Thread):
    """Stands on the way to the AAA server, and keeps the last challenge (AT_RAND, AT_AUTN: RFC 4187 10.6, 10.7)."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.challenge = server, None
        self.near, self.far = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self.near.bind(("127.0.0.1", 0))
        self.far.connect(server)
        self.start()

    def run(self):
        client = None
        while True:
            for ready in select.select([self.near, self.far], [], [])[0]:
                try:
                    octets, source = ready.recvfrom(4096)
                    if not octets:
                        return
                    if ready is self.near:
                        client = source
                        self.far.send(octets)
                    else:
                        self.look(octets)
                        self.near.sendto(octets, client)
                except OSError:
                    return

    def look(self, octets):
        at, autn = octets.find(b"\x01\x05\0\0"), octets.find(b"\x02\x05\0\0")
        if at >= 0 and autn >= 0:
            self.challenge = octets[at + 4:at + 20], octets[autn + 4:autn + 20]

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(b"", self.near.getsockname())
        self.join(WAIT)
        self.near.close()
        self.far.close()


class Listen(EapCase):
    def setUp(self):
        self.daemon = self.aaa()
        self.relay = Relay(self.daemon.address("radius"))
        self.addCleanup(self.relay.close)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.addCleanup(self.socket.close)
        self.device, self.count, self.former = None, 0, []
        card = self.daemon.path("card.usim")
        subprocess.run([GODWIT, "usim", "create", "--imsi", IMSI, "--k", K.hex(), "--opc", OPC.hex(), card], check=True, capture_output=True, timeout=WAIT)
        where = ["{}:{}".format(*s.getsockname()) for s in (self.socket, self.relay.near)]
        self.listening = subprocess.Popen(
            [GODWIT, "device", "listen", "--json", "--imsi", IMSI, "--usim", "soft:" + card, "--iwf", IWF, "--no-attach", "--a3", where[0], "--radius",
             where[1], "--radius-secret", self.daemon.path("secret"), "--run", "/bin/true"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(self.end)
        self.associate()

    def end(self):
        self.listening.terminate()
        self.listening.wait(WAIT)
        self.listening.stdout.close()

    def acted(self):
        """Ends the device: references of the triggers that it acted on."""
        self.listening.terminate()
        said = [json.loads(line) for line in self.listening.stdout]
        return [line["reference"] for line in said if line["event"] == "trigger"]

    # ---- octets ----

    def next(self, seconds=WAIT):
        """The next message up; None: nothing came."""
        if not select.select([self.socket], [], [], seconds)[0]:
            return None
        datagram, self.device = self.socket.recvfrom(2048)
        self.assertEqual(datagram[:8], imsi_value(IMSI))
        self.cookie, message = a3.cookie_before(datagram[8:])
        return message

    def answer(self, message, seconds=WAIT):
        """Sends it; what comes back, Polls aside."""
        self.socket.sendto(message, self.device)
        while True:
            came = self.next(seconds)
            if came is None or came[0] >> 3 != a3.POLL:
                return came

    def silent(self, message):
        self.assertIsNone(self.answer(message, 0.3))

    def reject(self, message, protected):
        """(reason, root, its name, highest number of it) of a Reject."""
        body = self.current.open(message)[2] if protected else message[5:]
        self.assertEqual((message[0] >> 3, message[0] & 7 != 0), (a3.REJECT, protected))
        self.assertEqual(len(body), 22)
        return body[0], body[1], body[2:10], int.from_bytes(body[10:14], "big")

    # ---- the MTC-IWF ----

    def association(self, number, iwf=IWF, suite=1):
        return a3.Association(a3.k_iwf(self.root, iwf, IMSI, number), number, suite)

    def command(self, number, suites=(3, 1), iwf=IWF):
        return self.association(number, iwf).protect(a3.COMMAND, 0, a3.command(number, EAP, self.name, int(time.time()), list(suites)))

    def complete(self, number, command, answer):
        self.current = self.association(number, suite=3)
        self.assertEqual(self.current.open(answer), (a3.COMPLETE, 0, a3.complete(3, [1, 3], command)))
        self.count = 0

    def associate(self):
        hint = self.next(WAIT)
        rand, autn = self.relay.challenge
        self.root, self.name = own(emsk(NAI, aka.Milenage(K, OPC, rand), autn), 0x22, IMSI), a3.digest(rand)
        self.assertEqual(self.reject(hint, False), (NO_ASSOCIATION, EAP, self.name, 0))
        self.assertEqual((len(hint), self.cookie), (27, b""))
        cookie = os.urandom(8)
        self.socket.sendto(a3.cookie_answer(hint[:-1] + bytes([hint[-1] ^ 1]), bytes(8)), self.device)  # of one who has not seen it
        self.assertEqual((self.answer(a3.cookie_answer(hint, cookie)), self.cookie), (hint, cookie))
        command = self.command(7)
        self.complete(7, command, self.answer(command))
        self.assertEqual(self.cookie, cookie)
        self.acknowledged(self.answer(self.trigger(19, age=700)), 19, EXPIRED)  # something came down: no Complete and no cookie any more
        self.assertEqual(self.cookie, b"")

    def down(self, kind, body):
        self.count += 1
        return self.current.protect(kind, self.count, body)

    def trigger(self, reference, payload=b"wake", age=0, validity=600, **more):
        return self.down(a3.TRIGGER, a3.trigger(reference, int(time.time()) - age, validity, PORT, SCS, payload, **more))

    def acknowledged(self, answer, reference, outcome):
        self.assertIsNotNone(answer)
        kind, _, body = self.current.open(answer)
        self.assertEqual((kind, body), (a3.ACKNOWLEDGEMENT, a3.acknowledgement(reference, outcome)))

    # ---- tests ----

    def test_cookies_without_end_are_answered_four_times(self):
        self.assertIsNotNone(self.answer(self.trigger(20)))
        said = self.answer(self.trigger(21))
        for number in range(20):
            self.socket.sendto(a3.cookie_answer(said, bytes([number] * 8)), self.device)
        answer, cookies = self.answer(self.trigger(22)), []
        while answer == said:
            cookies.append(self.cookie[0])
            answer = self.next()
        self.acknowledged(answer, 22, DELIVERED)
        self.assertEqual(cookies, [0, 1, 2, 3])

    def test_each_trigger_once_and_what_ends_it(self):
        first = self.trigger(20)
        answer = self.answer(first)
        self.acknowledged(answer, 20, DELIVERED)
        again = self.answer(first)  # the Acknowledgement was lost: another one, under another COUNT
        self.acknowledged(again, 20, DELIVERED)
        self.assertNotEqual(again, answer)
        self.acknowledged(self.answer(self.trigger(20)), 20, DELIVERED)
        self.acknowledged(self.answer(self.trigger(21, age=700)), 21, EXPIRED)
        self.acknowledged(self.answer(self.trigger(31, b"", action=a3.RECALL, old=30)), 31, RECALLED)
        self.acknowledged(self.answer(self.trigger(30)), 30, RECALLED)
        self.acknowledged(self.answer(self.trigger(41, b"x" * 80, action=a3.REPLACE, old=40)), 41, DELIVERED)
        self.acknowledged(self.answer(self.trigger(40)), 40, REPLACED)
        self.acknowledged(self.answer(self.trigger(42, action=a3.REPLACE, old=20)), 42, TOO_LATE)
        self.acknowledged(self.answer(self.trigger(43, b"", action=a3.RECALL, old=20)), 43, TOO_LATE)
        for _ in range(20):  # a recording is answered eight times, of which one has been
            self.socket.sendto(first, self.device)
        answer, answers = self.answer(self.trigger(44)), 0
        while self.current.open(answer)[2] == a3.acknowledgement(20, DELIVERED):
            answer, answers = self.next(), answers + 1
        self.acknowledged(answer, 44, DELIVERED)
        self.assertEqual(answers, 7)
        self.assertEqual(self.acted(), [20, 41, 44])

    def test_nothing_that_is_not_its_own_is_taken(self):
        genuine = self.trigger(20)
        for at in range(len(genuine)):
            bent = bytearray(genuine)
            bent[at] ^= 1
            if bent[0] & 7 == self.current.key_id:
                self.silent(bytes(bent))
        self.silent(genuine[:-1])
        self.silent(genuine + b"\0")
        self.silent(a3.unprotected(a3.TRIGGER, a3.trigger(20, int(time.time()), 600, PORT, SCS, b"wake")))
        self.silent(self.association(7, "iwf.elsewhere", 3).protect(a3.TRIGGER, 2, a3.trigger(20, int(time.time()), 600, PORT, SCS, b"wake")))
        self.silent(self.current.protect(a3.POLL, 3, a3.poll(1)))  # what it says itself
        answer = self.answer(genuine)
        self.acknowledged(answer, 20, DELIVERED)
        self.silent(answer)
        self.assertEqual(self.acted(), [20])

    def test_commands_that_are_refused_and_why(self):
        self.acknowledged(self.answer(self.trigger(20)), 20, DELIVERED)
        self.assertEqual(self.reject(self.answer(self.command(6)), False), (OLD_NUMBER, EAP, self.name, 7))
        self.assertEqual(self.reject(self.answer(self.command(8, iwf="iwf.elsewhere")), True)[0], WRONG_MAC)
        self.acknowledged(self.answer(self.trigger(21)), 21, DELIVERED)
        self.assertEqual(self.reject(self.answer(self.command(8, suites=(5, 6))), True)[0], NO_SUITE)
        self.name, name = bytes(8), self.name
        self.assertEqual(self.reject(self.answer(self.command(8)), True), (NO_ROOT, EAP, name, 7))
        self.assertEqual(self.acted(), [20, 21])

    def test_one_association_after_another(self):
        self.acknowledged(self.answer(self.trigger(20)), 20, DELIVERED)
        former, count = self.current, self.count
        command = self.command(8)
        self.complete(8, command, self.answer(command))
        self.complete(8, command, self.answer(command))  # it was lost: the same octets
        body = lambda reference: a3.trigger(reference, int(time.time()), 600, PORT, SCS, b"wake")  # noqa: E731
        self.complete(8, command, self.answer(former.protect(a3.TRIGGER, count + 1, body(21))))  # the MTC-IWF may not have it
        self.acknowledged(self.next(), 21, DELIVERED)
        self.acknowledged(self.answer(self.trigger(22)), 22, DELIVERED)
        self.assertEqual(self.reject(self.answer(former.protect(a3.TRIGGER, count + 2, body(23))), False)[0], NO_ASSOCIATION)
        self.silent(command)
        self.assertEqual(self.acted(), [20, 21, 22])


if __name__ == "__main__":
    unittest.main()
