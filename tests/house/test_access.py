# SPDX-License-Identifier: Apache-2.0
"""Solution 1 over real processes and sockets: the device attaches to an MME (with its S-GW) or an SGSN, the P-GW asks the HSE, the HSE gets its key
from the home (S6a and our own application over Diameter, GTP over UDP), and readings arrive. What passed on the wire is read by tshark."""
import os
import socket
import tempfile
import unittest

from access import EMKS, HOME, HSE, HSS, IMSI, MME, PGW, SGSN, Network, Phone, capture, check_every_message, cli, wait_for_readings


class Pulled(unittest.TestCase):
    """Variant 1C: the HSE pulls from the HSS."""

    def setUp(self):
        self.network = n = Network()
        self.hss = n.hss("c", [HSE, MME, SGSN])
        self.hse = n.hse("hss", [(HSS,), PGW], more=f", hss: {{host: {HSS}, realm: {HOME}}}")
        n.pgw()
        n.mme()
        n.sgsn()
        n.start()
        n.wait_links((MME, HSS), (SGSN, HSS), (HSE, HSS), (PGW, HSE))

    def tearDown(self):
        self.network.stop()

    def attach(self, access, *words, feature="e2m-usim", imsi=IMSI):
        phone = Phone(self.network, imsi, feature)
        code, told, error = phone.attach(access, *words)
        self.assertEqual((code, error), (0, ""), told)
        self.assertTrue(told["attached"] and told["key_set"] and told["session"], told)
        self.assertFalse(told["fallback"])
        self.network.no_key_in_logs(self, phone)
        return told

    def test_readings_arrive_over_both_accesses_and_tshark_reads_every_message(self):
        wire = capture(self.network)
        for n, access in enumerate(("eps", "umts")):
            told = self.attach(access, f"first {access}", f"second {access}", "--idle", "--modify", imsi=f"00101000000000{n}")
            self.assertEqual(told["readings"], 2)
            self.assertIn({"of": "access", "event": "modified"}, told["events"])
            self.assertIn({"of": "access", "event": "idle"}, told["events"])
        got = wait_for_readings(self.hse, 4)
        self.assertEqual([one["payload"] for one in got], ["first eps", "second eps", "first umts", "second umts"])
        self.network.daemons[PGW].wait_log("context_released", 2)
        check_every_message(self, wire)

    def test_a_me_makes_the_key_set_for_a_card_that_does_not(self):
        for n, access in enumerate(("eps", "umts")):
            self.attach(access, "by the ME", "--me", feature="e2m-me", imsi=f"00101000000000{n}")
        self.assertEqual([one["payload"] for one in wait_for_readings(self.hse, 2)], ["by the ME"] * 2)

    def test_a_subscriber_without_the_feature_has_a_bearer_and_no_key(self):
        phone = Phone(self.network, feature=None)
        code, told, _ = phone.attach("eps", "--attempts", "2", "--retransmit", "100", "no key")
        self.assertNotEqual(code, 0)
        self.assertTrue(told["attached"])
        self.assertFalse(told["key_set"])
        self.assertIn("not_flagged", [event["event"] for event in told["events"]])

    def test_the_home_that_is_away_costs_the_attach_and_nothing_hangs(self):
        self.network.daemons[HSS].stop()
        code, told, _ = Phone(self.network).attach("eps", "--attempts", "2", "--retransmit", "100", "x")
        self.assertNotEqual(code, 0)
        self.assertFalse(told["attached"])


class Notified(unittest.TestCase):
    """Variant 1B: the P-GW tells the HSS of the activation, and the HSS pushes to the HSE."""

    def test_readings_arrive_over_both_accesses(self):
        network = n = Network()
        self.addCleanup(network.stop)
        hse = n.hse("hss", [HSS, PGW], more=f", push_from: {HSS}, hss: {{host: {HSS}, realm: {HOME}}}")
        n.hss("b", [(HSE,), PGW, MME, SGSN], more=f", gateways: [{PGW}]")
        n.pgw([(HSE,), (HSS,)], more=", notify_home: true")
        n.mme()
        n.sgsn()
        n.start()
        n.wait_links((MME, HSS), (SGSN, HSS), (HSS, HSE), (PGW, HSE), (PGW, HSS))
        for number, access in enumerate(("eps", "umts")):
            code, told, error = Phone(network, f"00101000000000{number}").attach(access, f"pushed {access}")
            self.assertEqual((code, error, told["session"]), (0, "", True), told)
        self.assertEqual([one["payload"] for one in wait_for_readings(hse, 2)], ["pushed eps", "pushed umts"])


class Owned(unittest.TestCase):
    """Variant 1D: the key set goes to the EMKS. And Solution 2, where nothing but EMSDP tells of it."""

    def setUp(self):
        self.network = n = Network()
        self.addCleanup(n.stop)
        n.hss("d", [EMKS, MME, SGSN], more=f", emks: {{host: {EMKS}, realm: {HOME}}}")
        n.add(EMKS, "emks", [(HSS,), HSE], f"emks:\n  best_plmn: 999-99\n  source: s6a\n  hss: {{host: {HSS}, realm: {HOME}}}\n"
              f"  pushes_from: [{HSS}]\n", keeps=True)

    def start(self, unaware=False):
        n = self.network
        n.mme(extra="  unaware: true\n" if unaware else "")
        n.sgsn()
        n.start()
        n.wait_links((MME, HSS), (SGSN, HSS), (EMKS, HSS), (HSE, EMKS))

    def test_readings_arrive_over_both_accesses(self):
        n = self.network
        hse = n.hse("emks", [(EMKS,), PGW], emks=f"  emks: {{host: {EMKS}, realm: {HOME}}}\n")
        n.pgw()
        self.start()
        n.wait_links((PGW, HSE))
        for number, access in enumerate(("eps", "umts")):
            code, told, error = Phone(n, f"00101000000000{number}").attach(access, f"owned {access}")
            self.assertEqual((code, error, told["session"]), (0, "", True), told)
        self.assertEqual([one["payload"] for one in wait_for_readings(hse, 2)], ["owned eps", "owned umts"])

    def test_a_subscriber_without_the_feature_falls_back_to_separate_aka(self):
        n = self.network
        hse = n.hse("emks", [(EMKS,), PGW], emks=f"  emks: {{host: {EMKS}, realm: {HOME}}}\n",
                    agreements="access-eps, access-umts, separate-eps")
        n.pgw()
        self.start()
        n.wait_links((PGW, HSE))
        code, told, error = Phone(n, feature=None).attach("eps", "of its own AKA")
        self.assertEqual((code, error, told["key_set"], told["session"]), (0, "", False, True), told)
        self.assertEqual([one["payload"] for one in wait_for_readings(hse, 1)], ["of its own AKA"])

    def test_a_gateway_without_godwit_costs_solution_1_and_not_the_reading(self):
        n = self.network
        hse = n.hse("emks", [(EMKS,), PGW], emks=f"  emks: {{host: {EMKS}, realm: {HOME}}}\n",
                    agreements="access-eps, access-umts, separate-eps")
        n.pgw(extra="  strip_container: true\n")
        self.start()
        for number, access in enumerate(("eps", "umts")):
            code, told, error = Phone(n, f"00101000000000{number}").attach(access, f"around {access}")
            self.assertEqual((code, error, told["key_set"], told["fallback"], told["session"]), (0, "", True, True, True), told)
        self.assertEqual([one["payload"] for one in wait_for_readings(hse, 2)], ["around eps", "around umts"])

    def test_an_mme_without_godwit_is_no_hindrance(self):
        n = self.network
        hse = n.hse("emks", [(EMKS,), PGW], emks=f"  emks: {{host: {EMKS}, realm: {HOME}}}\n")
        n.pgw()
        self.start(unaware=True)
        n.wait_links((PGW, HSE))
        code, told, error = Phone(n).attach("eps", "unaware")
        self.assertEqual((code, error, told["session"], told["fallback"]), (0, "", True, False), told)
        self.assertEqual([one["payload"] for one in wait_for_readings(hse, 1)], ["unaware"])

    def test_solution_2_through_a_tunnel(self):
        n = self.network
        hse = n.emse([(EMKS,)])
        n.pgw([], apns=f'{{name: iot.example, kind: tunnel, server: "{n.address(HSE)}:7330", pool: {n.net}.100, pool_size: 20}}')
        self.start()
        for number, access in enumerate(("eps", "umts")):
            code, told, error = Phone(n, f"00101000000000{number}").attach(access, "--solution", "2", f"tunnel {access}", "again")
            self.assertEqual((code, error, told["session"]), (0, "", True), told)
        self.assertEqual([one["payload"] for one in wait_for_readings(hse, 4)], ["tunnel eps", "again", "tunnel umts", "again"])


class Usage(unittest.TestCase):
    """godwit attach where there is no network, and where what is asked cannot be."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.card = os.path.join(self.folder.name, "card")
        cli.result("usim", "create", "--imsi", IMSI, "--k", "00" * 16, "--opc", "11" * 16, "--e2m", self.card)

    def attach(self, *words, imsi=IMSI):
        return cli.run("attach", "--imsi", imsi, "--usim", "soft:" + self.card, *words)

    def test_nobody_answers(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            code, out, error = self.attach("--mme", f"127.0.0.1:{s.getsockname()[1]}", "--attempts", "2", "--retransmit", "20", "x")
        self.assertEqual(code, 4)
        self.assertIn("not attached: no answer", error)
        self.assertIn("given_up", out)

    def test_what_cannot_be_is_refused_by_its_name(self):
        for words, expected in ((("--access", "gsm"), "--access: 'gsm' is none of eps, umts and geran"), (("--mme", "nowhere"), "ADDRESS:PORT"),
                                (("--solution", "4"), "--solution"), (("--suite", "none"), "--suite"), (("--selector", "x"), "--selector")):
            code, out, error = self.attach(*words)
            self.assertEqual((code, out if "--mme" not in words else ""), (2, ""), words)
            self.assertIn(expected, error)
        code, _, error = self.attach(imsi="001010000000009")
        self.assertEqual(code, 2)
        self.assertIn("is the card of", error)


if __name__ == "__main__":
    unittest.main()
