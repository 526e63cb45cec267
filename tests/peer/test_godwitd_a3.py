#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""godwitd as MTC-IWF, HSS and AAA server, and a device in Python that speaks interface A3 over WiFi (docs/trigger-wire.md). EAP-AKA' is
wpa_supplicant's; the card is in Python."""
import contextlib
import hashlib
import os
import socket
import time
import unittest

import a3
import aka
from a3_device import DELIVERED, EAP, NO_ASSOCIATION, RECALLED, Device, Silence
from eap_case import NAI, EapCase
from sender import IMSI, K, OPC

IWF, SCS, METER = "hse.home.example", "scs.home.example", "meter-7@water.example"


class Card(aka.Usim):
    """Shows its last run, as the EAP client of a device does."""

    def authenticate(self, rand, autn):
        run = super().authenticate(rand, autn)
        self.last = run, rand, autn
        return run


class A3(EapCase):
    def start(self, iwf="", suites=(1, 3)):
        daemon = self.aaa("[hss, emks, hse, aaa, mtc_iwf, scs]", ["trigger"], f"""mtc_iwf:
  a3: "127.0.0.1:0"
  retry_ms: 1000
  sources: [{{name: {SCS}, host: {IWF}}}]
{iwf}scs: {{name: {SCS}}}
""")
        self.subscriber(daemon, "trigger", "add", "--external-id", METER, "--source", SCS)
        self.card = Card(K, OPC, IMSI)
        self.device = Device(IMSI, IWF, daemon.address("mtc_iwf-a3"), suites)
        self.addCleanup(self.device.close)
        return daemon

    def run_eap(self, daemon):
        code, said = self.run_eapol_test(daemon, self.card)
        self.assertEqual(code, 0, said[-3000:])
        self.device.take_root(NAI, *self.card.last)

    def associated(self, daemon):
        """The octets of the Command, and of the Complete that answered it."""
        self.run_eap(daemon)
        self.device.want()
        command = self.device.next()
        return command, self.device.complete(command)

    def send(self, daemon, payload, **more):
        return daemon.ask(command="trigger-send", external_id=METER, payload=payload, port=4711, **more)["reference"]

    def outcome(self, daemon, reference):
        daemon.wait_for("its outcome", lambda: daemon.ask(command="trigger-status", reference=reference)["state"] == "done")
        return daemon.ask(command="trigger-status", reference=reference)["outcome"]

    def test_a_trigger_and_its_acknowledgement(self):
        daemon = self.start()
        self.associated(daemon)
        self.device.poll()
        kind, body = self.device.receive()
        self.assertEqual((kind, body[4]), (a3.POLL_ANSWER, 0))
        self.assertLess(abs(int.from_bytes(body[:4], "big") - time.time()), 60)
        reference = self.send(daemon, "wake up", validity=600, priority=True)
        got = self.device.trigger()
        self.assertEqual((got.payload, got.port, got.action, got.priority, got.acknowledge), (b"wake up", 4711, a3.TRIGGERING, True, True))
        self.assertEqual(got.source, hashlib.sha256(SCS.encode()).digest()[:8])
        self.assertTrue(590 <= got.validity <= 600)
        self.device.acknowledge(got, DELIVERED)
        self.assertEqual(self.outcome(daemon, reference), "SUCCESS")
        longest = self.send(daemon, "x" * 80)
        got = self.device.trigger()
        self.device.acknowledge(got, DELIVERED)
        self.assertEqual((len(got.payload), self.outcome(daemon, longest)), (80, "SUCCESS"))

    def test_a_recall_of_what_is_with_the_device(self):
        daemon = self.start()
        self.associated(daemon)
        self.device.poll()
        self.device.receive()
        reference = self.send(daemon, "open")
        got = self.device.trigger()  # the device says nothing of it
        recall = daemon.ask(command="trigger-recall", old_reference=reference)["reference"]
        self.device.poll()
        while True:
            kind, body = self.device.receive()
            came = a3.Trigger.of(body) if kind == a3.TRIGGER else None
            if came and came.action == a3.RECALL:
                break
        self.assertEqual((came.old, came.payload), (got.reference, b""))
        self.device.acknowledge(came, RECALLED)
        self.assertEqual(self.outcome(daemon, recall), "SUCCESS")

    def test_what_is_bent_said_again_or_reflected_moves_nothing(self):
        daemon = self.start()
        command, complete = self.associated(daemon)
        self.device.poll()
        self.device.receive()
        reference = self.send(daemon, "wake up")
        got = self.device.trigger()
        under = self.device.current
        forged = [command, complete, under.protect(a3.TRIGGER, 9, a3.trigger(5, 1, 0, 1, SCS)),  # down, as it is and said back
                  under.protect(a3.POLL_ANSWER, 9, a3.poll_answer(1, 1)), a3.unprotected(a3.ACKNOWLEDGEMENT, a3.acknowledgement(got.reference, DELIVERED)),
                  a3.Association(bytes(32), under.number).protect(a3.ACKNOWLEDGEMENT, 9, a3.acknowledgement(got.reference, DELIVERED))]
        genuine = under.protect(a3.ACKNOWLEDGEMENT, self.device.next_up, a3.acknowledgement(got.reference, DELIVERED))
        forged += [genuine[:at] + bytes([genuine[at] ^ 1]) + genuine[at + 1:] for at in range(len(genuine))]
        for one in forged:
            self.device.send(one)
            time.sleep(0.06)  # twenty in a second that prove nothing, and it is not looked at
        self.assertNotEqual(daemon.ask(command="trigger-status", reference=reference)["state"], "done")
        self.device.acknowledge(got, DELIVERED)
        self.assertEqual(self.outcome(daemon, reference), "SUCCESS")

    def test_a_poll_said_again_from_elsewhere_does_not_move_the_device(self):
        daemon = self.start()
        self.associated(daemon)
        recorded = self.device.say(a3.POLL, a3.poll(1))
        self.device.receive()
        other = Device(IMSI, IWF, daemon.address("mtc_iwf-a3"))
        self.addCleanup(other.close)
        other.send(recorded)
        self.send(daemon, "wake up")
        self.assertEqual(self.device.trigger().payload, b"wake up")
        with self.assertRaises(Silence):
            other.next(0.5)

    def test_forged_hints_from_many_addresses_do_not_hold_up_a_device(self):
        daemon = self.start()
        self.run_eap(daemon)
        door, sockets = daemon.address("mtc_iwf-a3"), []
        for number in range(100):  # each of another address, and nobody there answers a cookie
            one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.addCleanup(one.close)
            one.bind((f"127.{1 + number % 50}.7.{1 + number}", 0))
            one.setblocking(False)
            sockets.append(one)
        came, went = 0, 0
        while self.device.taken == 0:  # until what is forged has used up a whole second
            for number, one in enumerate(sockets):
                hint = a3.unprotected(a3.REJECT, a3.reject(NO_ASSOCIATION, EAP, os.urandom(8), 0, b"", os.urandom(8)))
                came += one.sendto(a3.datagram(f"0010109{number:08d}", hint), door)
            self.device.want()
            command = self.device.next(10)
        self.device.complete(command)
        for one in sockets:
            with contextlib.suppress(BlockingIOError):
                while True:
                    went += len(one.recv(2048))
        self.assertTrue(0 < went <= came)
        self.device.poll()
        self.assertEqual(self.device.receive()[0], a3.POLL_ANSWER)

    def test_a_cookie_is_good_at_its_own_address_alone(self):
        daemon = self.start()
        self.run_eap(daemon)
        given = []
        for device in (self.device, Device(IMSI, IWF, daemon.address("mtc_iwf-a3"))):
            self.addCleanup(device.close)
            device.root, device.name = self.device.root, self.device.name
            device.want()
            if not given:
                self.device.next(10)
                device.want()  # so soon again: whoever says so must be there
            device.socket.settimeout(10)
            answer = a3.cookie_of(device.socket.recv(2048))
            self.assertEqual(answer[0], device.said[-8:])
            given.append(answer[1])
        self.assertNotEqual(*given)

    def test_the_choice_of_a_suite_is_not_bid_down(self):
        daemon = self.start("  suites: [eea2-hmac-64, eea2-eia2-64]\n")
        self.run_eap(daemon)
        self.device.want()
        command = self.device.next()
        self.assertEqual(self.device.check(command)[1], bytes([3, 1]))
        self.device.complete(command, chosen=1)  # it allows 3, and does not take it
        daemon.wait_log("policy_forbids")
        self.device.highest = 0
        self.device.complete(command, chosen=5)
        daemon.wait_log("unsupported_suite")
        self.device.highest = 0
        self.device.complete(command)
        self.device.poll()
        self.assertEqual(self.device.receive()[0], a3.POLL_ANSWER)

    def test_a_device_that_has_the_mandatory_suite_alone(self):
        daemon = self.start("  suites: [eea2-hmac-64, eea2-eia2-64]\n", suites=(1,))
        self.associated(daemon)
        self.device.poll()
        self.assertEqual((self.device.receive()[0], self.device.current.suite), (a3.POLL_ANSWER, 1))

    def test_each_eap_run_brings_another_association(self):
        daemon = self.start()
        self.associated(daemon)
        self.device.poll()
        self.device.receive()
        first = self.device.current
        self.run_eap(daemon)
        command = self.device.next()
        self.device.complete(command)
        self.assertEqual(self.device.current.number, first.number + 1)
        self.device.poll()
        self.assertEqual(self.device.receive()[0], a3.POLL_ANSWER)


if __name__ == "__main__":
    unittest.main()
