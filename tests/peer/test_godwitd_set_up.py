# SPDX-License-Identifier: Apache-2.0
"""godwitd sets up sessions with a device written independently: octets, retransmission, resynchronisation, what is refused."""
import os
import unittest

import aka
import emsdp
import keys
from daemon_case import UNKNOWN_IMSI, DaemonCase
from emsdp import Framing
from keys import CONTROL
from sender import IMSI, K, OPC

READING = b"twenty octets, or so"


class Octets(DaemonCase):
    def test_three_datagrams_of_118_octets_deliver_the_first_reading(self):
        daemon = self.godwitd()
        device = self.device(daemon)
        self.assertEqual([len(one) for one in device.set_up(READING)], [27, 55, 36])
        self.delivered(daemon, READING.decode())
        line = self.lines(daemon)[0]
        self.assertEqual((line["imsi"], line["session"], line["count"]), (IMSI, device.session, 0))
        self.assertEqual(self.answers(device), [])
        session = self.session(daemon)
        self.assertEqual((session["agreement"], session["suite"], session["state"], session["generation"], session["key_id"]),
                         ("separate-eps", "eea2-eia2-64", "active", 1, 1))

    def test_a_confirmation_without_a_reading(self):
        daemon = self.godwitd()
        device = self.device(daemon)
        self.assertEqual(len(device.set_up()[2]), 14)
        device.send(device.reading(READING))
        self.delivered(daemon, READING.decode())

    def test_octets_that_are_no_text(self):
        daemon = self.godwitd()
        self.device(daemon).set_up(b"\x00\xff\x80")
        daemon.wait_for("the reading", lambda: self.lines(daemon))
        self.assertEqual(self.lines(daemon)[0]["payload_hex"].lower(), "00ff80")

    def test_the_suites(self):
        for suite in (2, 3, 4, 5, 6, 7):
            with self.subTest(suite=suite):
                one = keys.SUITES[suite]
                daemon = self.godwitd(hse=f'suites: [{one.name}]\n  below_minimum: "a test"')
                device = self.device(daemon, suites=range(1, 8))
                m = one.mac_octets
                self.assertEqual([len(octets) for octets in device.set_up(READING)], [27, 47 + m, 28 + m])
                device.send(device.reading(b"second"))
                self.delivered(daemon, READING.decode(), "second")
                daemon.stop()

    def test_the_suite_is_the_first_of_the_policy_that_the_device_offers(self):
        daemon = self.godwitd(hse="suites: [eea2-hmac-128, eea2-hmac-64, eea2-eia2-64]")
        for offered, chosen in (((1, 2, 3, 4), 4), ((1, 2, 3), 3), ((1, 2), 1)):
            device = self.device(daemon, suites=offered)
            request = device.request()
            start = device.ask(request)
            device.start(request, start)
            self.assertEqual(device.key.suite.id, chosen)

    def test_the_framings(self):
        for s, e in ((0, 0), (0, 1), (1, 0), (2, 3), (4, 1), (4, 3)):
            with self.subTest(s=s, e=e):
                daemon = self.godwitd(hse=f"session_octets: {s}\n  counter_octets: {e}")
                device = self.device(daemon, framing=Framing(s, e))
                self.assertEqual([len(one) for one in device.set_up(READING)], [23 + s + e, 51 + s + e, 32 + s + e])
                datagrams = [device.reading(b"reading %d" % number) for number in range(20)]
                self.assertEqual(len(datagrams[0]), 18 + s + e)
                for datagram in datagrams:
                    device.send(datagram)
                self.delivered(daemon, READING.decode(), *[f"reading {number}" for number in range(20)])
                daemon.stop()

    def test_ipv6(self):
        daemon = self.godwitd(listen="[::1]:0")
        self.device(daemon).set_up(READING)
        self.delivered(daemon, READING.decode())

    def test_agreement_separate_umts(self):
        daemon = self.godwitd("separate-umts", hse="agreements: [separate-eps, separate-umts]",
                              extra="emks: {agreements: [separate-eps, separate-umts]}")
        device = self.device(daemon, agreements=(7,))
        device.set_up(READING)
        self.delivered(daemon, READING.decode())
        self.assertEqual(self.session(daemon)["agreement"], "separate-umts")

    def test_another_endpoint_and_best_plmn(self):
        daemon = self.godwitd(hse="endpoint: readings.operator.example")
        device = self.device(daemon, endpoint="readings.operator.example")
        device.set_up(READING)
        self.delivered(daemon, READING.decode())
        for other in (self.device(daemon), self.device(daemon, endpoint="readings.operator.example", best_plmn="001-02")):
            request = other.request()
            with self.assertRaises(emsdp.Refused) as refused:
                other.start(request, other.ask(request))
            self.assertEqual(refused.exception.reason, "mac_failure")


class Retransmission(DaemonCase):
    def test_the_same_request_gets_the_same_start_and_costs_one_vector(self):
        daemon = self.godwitd()
        device = self.device(daemon)
        request = device.request()
        start = device.ask(request)
        self.assertEqual({device.ask(request) for _ in range(10)}, {start})
        device.start(request, start)
        confirmation = device.confirmation(READING)
        for _ in range(3):
            device.send(confirmation)
        self.assertEqual(self.answers(device), [])
        self.delivered(daemon, READING.decode())
        self.assertEqual(daemon.counters()[("hss", "vector_given", "ok")], 1)

    def test_another_request_gets_the_same_vector_and_the_next_generation(self):
        daemon = self.godwitd()
        device = self.device(daemon)
        first, second = device.request(enterprise=b"one.example"), device.request(enterprise=b"two.example")
        starts = device.ask(first), device.ask(second)
        self.assertEqual([len(one) for one in starts], [55, 59])
        self.assertEqual(starts[0][6:42], starts[1][6:42])
        self.assertEqual(starts[1][47:51], (2).to_bytes(4, "big"))
        # The device answers the earlier one: both stay answerable.
        device.start(first, starts[0])
        device.send(device.confirmation(READING))
        self.delivered(daemon, READING.decode())
        self.assertEqual(daemon.counters()[("hss", "vector_given", "ok")], 1)

    def test_a_confirmation_of_another_exchange_is_not_taken(self):
        daemon = self.godwitd()
        device = self.device(daemon)
        first, second = device.request(enterprise=b"one.example"), device.request(enterprise=b"two.example")
        starts = device.ask(first), device.ask(second)
        device.start(second, starts[1])
        device.exchange = first + starts[1]
        device.send(device.confirmation(b"mixed"))
        device.exchange = second + starts[1]
        device.key.next_count[CONTROL] = 0
        device.send(device.confirmation(READING))
        self.delivered(daemon, READING.decode())

    def test_readings_that_overtake_the_confirmation(self):
        daemon = self.godwitd()
        device = self.device(daemon)
        request = device.request()
        device.start(request, device.ask(request))
        confirmation = device.confirmation(b"first")
        device.send(device.reading(b"second"))
        device.send(confirmation)
        device.send(confirmation)
        self.assertEqual(self.answers(device), [])
        self.delivered(daemon, "second", "first")

    def test_a_lost_session_is_set_up_anew(self):
        daemon = self.godwitd()
        device = self.device(daemon)
        device.set_up(b"one")
        again = self.device(daemon)
        again.usim = device.usim
        again.set_up(b"two")
        self.delivered(daemon, "one", "two")
        self.assertEqual(daemon.counters()[("hss", "vector_given", "ok")], 2)


class Resynchronisation(DaemonCase):
    def test_a_stale_sqn_costs_one_more_round_trip(self):
        daemon = self.godwitd()
        device = self.device(daemon)
        device.usim.seq = [5000] * 32
        request = device.request()
        start = device.ask(request)
        with self.assertRaises(aka.SyncFailure) as stale:
            device.start(request, start)
        again = device.request(auts=stale.exception.auts)
        self.assertEqual(len(again), 43)
        second = device.ask(again)
        self.assertNotEqual(second[8:24], start[8:24], "another RAND")
        self.assertEqual(device.ask(again), second)
        device.start(again, second)
        device.send(device.confirmation(READING))
        self.delivered(daemon, READING.decode())

    def test_an_auts_that_the_card_did_not_make_moves_nothing(self):
        daemon = self.godwitd()
        device = self.device(daemon)
        request = device.request()
        start = device.ask(request)
        forged = device.request(auts=os.urandom(14))
        self.assertEqual(device.hint(device.ask(forged)), ("auth_mac_failure", emsdp.echo_of(device.framing, forged)))
        device.start(request, start)
        device.send(device.confirmation(READING))
        self.delivered(daemon, READING.decode())

    def test_an_auts_of_an_earlier_vector_moves_nothing(self):
        daemon = self.godwitd()
        device = self.device(daemon)
        device.usim.seq = [5000] * 32
        request = device.request()
        try:
            device.start(request, device.ask(request))
        except aka.SyncFailure as failure:
            auts = failure.auts
        device.set_up(b"one", auts=auts)
        replayed = device.request(auts=auts)
        answer = device.ask(replayed)
        if answer[5] == emsdp.REJECT:
            self.assertIn(device.hint(answer)[0], ("auth_mac_failure", "auth_resync"))
        again = self.device(daemon)
        again.usim = device.usim
        again.set_up(b"two")
        self.delivered(daemon, "one", "two")


class Refused(DaemonCase):
    def test_a_card_with_another_key_or_opc(self):
        daemon = self.godwitd()
        for usim in (aka.Usim(bytes(16), OPC, IMSI), aka.Usim(K, bytes(16), IMSI)):
            device = self.device(daemon)
            device.usim = usim
            request = device.request()
            with self.assertRaises(aka.MacFailure):
                device.start(request, device.ask(request))

    def test_confirmations_under_other_keys(self):
        daemon = self.godwitd()
        device = self.device(daemon)
        request = device.request()
        device.start(request, device.ask(request))
        genuine = device.key
        for generation, suite in ((2, 1), (1, 3)):
            wrong = keys.TrafficKey(keys.k_session(device.keyset, device.endpoint, generation), suite, genuine.key_id)
            device.key = wrong
            device.send(device.confirmation(b"forged"))
        device.key = genuine
        confirmation = device.confirmation(READING)
        for at in range(6, len(confirmation)):
            device.send(confirmation[:at] + bytes([confirmation[at] ^ 1]) + confirmation[at + 1:])
        self.assertEqual(self.answers(device), [])
        device.send(confirmation)
        self.delivered(daemon, READING.decode())

    def test_an_unknown_subscriber(self):
        daemon = self.godwitd()
        device = self.device(daemon)
        request = device.request(imsi=UNKNOWN_IMSI)
        self.assertEqual(device.hint(device.ask(request)), ("unknown_subscriber", emsdp.echo_of(device.framing, request)))

    def test_what_policy_does_not_have(self):
        daemon = self.godwitd()
        device = self.device(daemon)
        for reason, agreements, suites in (("policy_forbids", (7,), (1,)), ("policy_forbids", (), (1,)),
                                           ("unsupported_suite", (3,), (5, 7, 8, 9)), ("unsupported_suite", (3,), ())):
            with self.subTest(agreements=agreements, suites=suites):
                request = device.request(configuration=emsdp.ue_configuration(agreements, suites))
                self.assertEqual(device.hint(device.ask(request)), (reason, emsdp.echo_of(device.framing, request)))

    def test_malformed_requests_are_met_with_silence(self):
        daemon = self.godwitd()
        device = self.device(daemon)
        header, tlv = device.framing.header(CONTROL, 0, 0, 5) + bytes([emsdp.REQUEST]), emsdp.tlvs
        imsi, configuration = (emsdp.IMSI, emsdp.imsi_value(IMSI)), (emsdp.UE_CONFIGURATION, b"\x04\x0f")
        enterprise, serving = (emsdp.ENTERPRISE, b""), (emsdp.SERVING_NETWORK, device.plmn)
        four = [imsi, configuration, enterprise, serving]
        good = header + tlv(*four)

        def other(at, *one):
            """The four TLVs with another one in place of that at this place."""
            return four[:at] + list(one) + four[at + 1:]

        bad = [good[:length] for length in range(len(good))]
        bad += [header + tlv(*some) for some in (
            other(0), other(1), other(2), other(3), [configuration, imsi, enterprise, serving], [imsi] + four,
            four + [(emsdp.DATA, b"in clear")], four + [(0x10, b"")], four + [(0x7F, b"")], four + [(emsdp.AUTS, bytes(13))],
            other(1, (emsdp.UE_CONFIGURATION, b"\x04\x0f\x00")), other(1, (emsdp.UE_CONFIGURATION, b"\x04")),
            other(2, (emsdp.ENTERPRISE, b"Eas.example")), other(2, (emsdp.ENTERPRISE, b"eas.example.")),
            other(2, (emsdp.ENTERPRISE, b"eas..example")), other(3, (emsdp.SERVING_NETWORK, b"\x00\xf1")),
            other(0, (emsdp.IMSI, imsi[1][:7])), other(0, (emsdp.IMSI, imsi[1][:7] + b"\xba")))]
        bad += [good + b"\x80", good + b"\x80\x05abc", b"\x40" + good[1:], b"\x80" + good[1:], good[:3] + b"\x01" + good[4:], good + bytes(1300)]
        bad += [good[:5] + bytes([command]) + good[6:] for command in (0x00, 0x11, 0x12, 0x13, 0x20, 0x21, 0x30, 0x31, 0x80, 0xFF)]
        for datagram in bad:
            device.send(datagram)
            self.assertEqual(self.answers(device), [], datagram.hex())
        # TLVs of tomorrow are passed over.
        self.assertEqual(device.ask(good + b"\x80\x02ab\xff\x00")[5], emsdp.START)

    def test_answers_to_unauthenticated_senders_are_small_and_end(self):
        daemon = self.godwitd(hse="budget_octets: 600", imsis=[f"0010100000000{n:02}" for n in range(20)])
        sent = received = 0
        for n in range(20):
            device = self.device(daemon, imsi=f"0010100000000{n:02}")
            request = device.request()
            sent += len(device.send(request))
            if device.silent(0.1):
                break
            received += len(answer := device.next())
            self.assertLessEqual(len(answer), 3 * len(request))
        self.assertLess(n, 19, "the budget never ended")
        self.assertLessEqual(received, 600)


if __name__ == "__main__":
    unittest.main()
