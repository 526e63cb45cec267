# SPDX-License-Identifier: Apache-2.0
"""`godwit send` sets up a session with a network end written independently: octets, downgrades, forgeries, resynchronisation."""
import os
import socket
import unittest

import emsdp
import keys
from emsdp import Framing
from sender import IMSI, Device

READING = "twenty octets, or so"


class SetUp(unittest.TestCase):
    def device(self, *options, **more):
        device = Device(*options, **more)
        self.addCleanup(device.close)
        return device

    def gave_up(self, spoil, *options):
        """Answers a Session Request with what spoil(network, request) gives, and lets the device wait to its end. Where the machine
        was too slow to answer in time (exit code 4), once more with more time."""
        for retransmit in ("100", "1000", "10000"):
            device = self.device("--retransmit", retransmit, "--attempts", "2", *options)
            network = device.network()
            run = device.send(READING)
            for datagram in spoil(network, device.next()):
                device.answer(datagram)
            done = run.finish()
            if done[0] != 4:
                break
        return network, device, done

    def confirmed(self, device, network, request, start):
        """The device confirms this Start; returns the reading."""
        device.answer(start)
        return network.confirmation(device.next(), request, start)


class Octets(SetUp):
    def test_set_up_and_reading_are_three_datagrams_of_118_octets(self):
        device = self.device()
        network = device.network()
        run = device.send(READING)
        request = device.next()
        self.assertEqual(network.request(request), {
            emsdp.IMSI: emsdp.imsi_value(IMSI), emsdp.UE_CONFIGURATION: emsdp.ue_configuration([3], [1, 2, 3, 4]),
            emsdp.ENTERPRISE: b"", emsdp.SERVING_NETWORK: keys.plmn("001-01")})
        start = network.start(request)
        device.answer(start)
        confirmation = device.next()
        self.assertEqual(network.confirmation(confirmation, request, start), READING.encode())
        self.assertEqual([len(request), len(start), len(confirmation)], [27, 55, 36])
        code, printed, _ = run.finish()
        self.assertEqual((code, device.rest()), (0, []))
        self.assertEqual((printed[0]["octets_up"], printed[0]["octets_down"], printed[0]["session"]), (63, 55, network.session))

    def test_a_request_says_what_the_device_was_told(self):
        device = self.device("--serving-network", "262-01", "--enterprise", "eas.example", "--agreement", "separate-umts", "--agreement",
                             "separate-eps", "--suite", "eea2-hmac-128", "--suite", "eea2-eia2-64")
        device.send(READING)
        self.assertEqual(device.network().request(device.next()), {
            emsdp.IMSI: emsdp.imsi_value(IMSI), emsdp.UE_CONFIGURATION: emsdp.ue_configuration([3, 7], [1, 4]),
            emsdp.ENTERPRISE: b"eas.example", emsdp.SERVING_NETWORK: keys.plmn("262-01")})

    def test_every_suite_that_the_request_offers(self):
        for suite in (1, 2, 3, 4):
            with self.subTest(suite=suite):
                device = self.device()
                network = device.network()
                _, start, confirmation = device.set_up(network, READING, suite=suite)
                mac = keys.SUITES[suite].mac_octets
                self.assertEqual((len(start), len(confirmation)), (47 + mac, 28 + mac))
                run = device.send("second")
                self.assertEqual(network.receive(device.next()).body, b"second")
                self.assertEqual(run.finish()[0], 0)

    def test_every_framing(self):
        for s in range(5):
            for e in range(4):
                with self.subTest(s=s, e=e):
                    device = self.device("--session-octets", str(s), "--counter-octets", str(e))
                    network = device.network(framing=Framing(s, e))
                    three = device.set_up(network, READING)
                    self.assertEqual([len(one) for one in three], [23 + s + e, 51 + s + e, 32 + s + e])
                    run = device.send("second")
                    later = device.next()
                    self.assertEqual((network.receive(later).body, len(later)), (b"second", 6 + 9 + s + e))
                    self.assertEqual(run.finish()[0], 0)

    def test_another_generation_and_key_id(self):
        device = self.device()
        network = device.network()
        _, start, _ = device.set_up(network, READING, generation=9, key_id=7)
        self.assertEqual(len(start), 59)
        run = device.send("second")
        self.assertEqual(network.receive(device.next()).header.key_id, 7)
        run.finish()

    def test_another_best_plmn_and_endpoint(self):
        device = self.device("--plmn", "999-123", "--endpoint", "hse.operator.example")
        device.set_up(device.network(best_plmn="999-123", endpoint="hse.operator.example"), READING)

    def test_agreement_separate_umts(self):
        device = self.device("--agreement", "separate-umts")
        device.set_up(device.network(), READING, agreement=7, amf=bytes(2))

    def test_ipv6(self):
        device = self.device(family=socket.AF_INET6)
        device.set_up(device.network(), READING)


class Lost(SetUp):
    def test_a_request_is_repeated_octet_by_octet_within_an_attempt(self):
        device = self.device("--retransmit", "60")
        network = device.network()
        run = device.send(READING)
        request = device.next()
        self.assertEqual([device.next(), device.next()], [request, request])
        self.assertEqual(self.confirmed(device, network, request, network.start(request)), READING.encode())
        self.assertEqual(run.finish()[0], 0)

    def test_attempts_differ(self):
        device = self.device("--retransmit", "20", "--attempts", "1")
        requests = set()
        for _ in range(6):
            self.assertEqual(device.send(READING).finish()[0], 4)
            requests.update(device.rest())
        # Eleven random counter bits: six equal ones would be a chance of 2^-55.
        self.assertGreater(len(requests), 1)

    def test_a_start_again_gets_the_same_confirmation(self):
        device = self.device("--wait", "300")
        network = device.network()
        run = device.send(READING)
        request = device.next()
        start = network.start(request)
        for _ in range(3):
            device.answer(start)
        self.assertEqual(run.finish()[0], 0)
        confirmations = device.rest()
        self.assertEqual(network.confirmation(confirmations[0], request, start), READING.encode())
        self.assertEqual(set(confirmations), {confirmations[0]})


class Refused(SetUp):
    """What must not give a session. The device must stay able to take the genuine Start that comes afterwards."""

    def genuine_after(self, spoil, *options):
        """spoil(network, request) gives the datagrams to be refused; then comes the genuine Start."""
        device = self.device(*options)
        network = device.network()
        run = device.send(READING)
        request = device.next()
        for datagram in spoil(network, request):
            device.answer(datagram)
        network.keys, network.vector = {}, None
        self.assertEqual(self.confirmed(device, network, request, network.start(request)), READING.encode())
        self.assertEqual((run.finish()[0], device.rest()), (0, []))

    def check(self, reason, spoil, *options):
        """Also without a genuine Start: the reason stands in the end, and nothing keyed left."""
        self.genuine_after(spoil, *options)
        network, device, (code, printed, err) = self.gave_up(spoil, *options)
        self.assertEqual((code, printed), (1, []), err)
        self.assertIn(reason, err)
        self.assertFalse([one for one in device.rest() if one[0] & 0x38 or one[5] != emsdp.REQUEST], "no keyed datagram")

    def test_a_suite_that_was_not_offered(self):
        for suite in (5, 6, 7, 8, 9):
            with self.subTest(suite=suite):
                self.genuine_after(lambda network, request, suite=suite: [network.start(request, told_suite=suite)])
        self.check("unsupported_suite", lambda network, request: [network.start(request, suite=5)])
        self.check("unsupported_suite", lambda network, request: [network.start(request, suite=2)], "--suite", "eea2-eia2-64")

    def test_an_agreement_that_was_not_offered(self):
        self.check("policy_forbids", lambda network, request: [network.start(request, agreement=7, amf=bytes(2))])

    def test_another_framing(self):
        for framing in (Framing(3, 2), Framing(4, 1), Framing(0, 0)):
            with self.subTest(framing=framing):
                self.genuine_after(lambda network, request, framing=framing: [network.start(request, told_framing=framing)])
        self.check("malformed", lambda network, request: [network.start(request, told_framing=Framing(3, 0))])

    def test_a_vector_without_separation_bit_under_agreement_03(self):
        self.check("policy_forbids", lambda network, request: [network.start(request, amf=bytes(2))])
        self.genuine_after(lambda network, request: [network.start(request, amf=b"\x00\x80")])

    def test_a_vector_with_separation_bit_or_flag_under_agreement_07(self):
        for amf in (b"\x80\x00", b"\x00\x80"):
            with self.subTest(amf=amf):
                _, _, (code, _, err) = self.gave_up(lambda network, request, amf=amf: [network.start(request, agreement=7, amf=amf)],
                                                    "--agreement", "separate-umts")
                self.assertEqual(code, 1)
                self.assertIn("policy_forbids", err)

    def test_generation_0(self):
        self.check("malformed", lambda network, request: [network.start(request, generation=0)])

    def test_an_autn_that_the_home_network_did_not_make(self):
        def forged(network, request):
            network.new_vector()
            rand, autn, run = network.vector
            network.vector = rand, autn[:-1] + bytes([autn[-1] ^ 1]), run
            return [network.start(request)]
        self.check("auth_mac_failure", forged)

    def test_a_changed_octet_anywhere_in_start(self):
        device = self.device()
        network = device.network()
        run = device.send(READING)
        request = device.next()
        start = network.start(request)
        for at in range(len(start)):
            device.answer(start[:at] + bytes([start[at] ^ 0x20]) + start[at + 1:])
        for length in range(len(start)):
            device.answer(start[:length])
        self.assertEqual(device.rest(), [])
        # The card was asked with this RAND and AUTN before: its answer must still be there for the genuine Start.
        self.assertEqual(self.confirmed(device, network, request, start), READING.encode())
        self.assertEqual(run.finish()[0], 0)

    def test_a_request_that_was_changed_on_its_way(self):
        # A man in the middle takes suites out of the request; the network end answers what it got.
        def downgraded(network, request):
            return [network.start(request.replace(b"\x03\x02\x04\x0f", b"\x03\x02\x04\x01"), suite=1)]
        self.check("mac_failure", downgraded)

    def test_keys_for_another_endpoint_or_plmn(self):
        for option in (("--endpoint", "other.example"), ("--plmn", "001-02")):
            with self.subTest(option=option):
                _, _, (code, _, err) = self.gave_up(lambda network, request: [network.start(request)], *option)
                self.assertEqual(code, 1)
                self.assertIn("mac_failure", err)


class Resynchronisation(SetUp):
    def test_a_stale_sqn_gives_auts_and_then_a_session(self):
        device = self.device()
        network = device.network()
        network.auc.seq = 500
        device.set_up(network, READING)
        os.remove(device.state)
        network.auc.seq, network.vector, network.keys = 0, None, {}
        run = device.send("second")
        request = device.next()
        self.assertNotIn(emsdp.AUTS, network.request(request))
        device.answer(network.start(request))
        again = device.next()
        told = network.request(again)
        self.assertNotEqual(again[:6], request[:6])
        self.assertEqual((len(again), len(told[emsdp.AUTS])), (43, 14))
        self.assertTrue(network.auc.resynchronise(network.vector[0], told[emsdp.AUTS]))
        self.assertEqual(network.auc.seq, 501)
        network.new_vector()
        self.assertEqual(self.confirmed(device, network, again, network.start(again)), b"second")
        self.assertEqual(run.finish()[0], 0)

    def test_a_replayed_start_gives_auts_but_no_session(self):
        device = self.device()
        network = device.network()
        _, start, _ = device.set_up(network, READING)
        os.remove(device.state)
        run = device.send("second", "--retransmit", "500", "--attempts", "1")
        request = device.next()
        device.answer(start)
        self.assertIn(emsdp.AUTS, network.request(device.next()))
        self.assertNotEqual(run.finish()[0], 0)
        self.assertFalse([one for one in device.rest() if one[0] & 0x38])


class Hints(SetUp):
    def test_a_hint_with_the_echo_of_the_request_silences_the_attempt(self):
        _, device, (code, printed, err) = self.gave_up(lambda network, request: [network.hint(request, "unknown_subscriber")])
        self.assertEqual((code, printed, device.rest()), (1, [], []))
        self.assertIn("unknown_subscriber", err)

    def test_after_a_hint_the_genuine_start_is_still_taken(self):
        device = self.device()
        network = device.network()
        run = device.send(READING)
        request = device.next()
        device.answer(network.hint(request, "unknown_subscriber"))
        self.assertEqual(self.confirmed(device, network, request, network.start(request)), READING.encode())
        self.assertEqual(run.finish()[0], 0)

    def test_a_hint_with_another_echo_changes_nothing(self):
        device = self.device()
        network = device.network()
        run = device.send(READING)
        request = device.next()
        device.answer(network.hint(request, "unknown_subscriber", bytes(8)))
        device.answer(network.hint(request, "unknown_subscriber", request[-8:]))
        self.assertEqual(self.confirmed(device, network, request, network.start(request)), READING.encode())
        self.assertEqual(run.finish()[0], 0)


if __name__ == "__main__":
    unittest.main()
