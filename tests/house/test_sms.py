# SPDX-License-Identifier: Apache-2.0
"""Carrier sms over real processes: a reading of `godwit attach --carrier sms` arrives at the HSE in EPS, UMTS and GERAN, through MME, SGSN or MSC, by SGd
(Diameter) to a SMS-SC and from there to the HSE; answers come back by short message. tshark reads what passed between nodes and devices."""
import unittest

from access import EMKS, HSE, HSS, MME, PGW, SGSN, Network, Phone, cli, free_port, wait_for_readings
from test_next_session_sgsn import Relay
from wire import Wire, between_nodes

MSC, SC, NUMBER = "msc.visited.example", "sc.home.example", "491710760000"


class ShortMessages(unittest.TestCase):
    def setUp(self):
        self.network = n = Network()
        self.addCleanup(n.stop)
        self.sc_port, self.hse_port = free_port(), free_port()

    def home(self, *nodes):
        n = self.network
        n.add(HSS, "hss", [*nodes, EMKS], "hss:\n  best_plmn: 999-99\n  networks: [{realm: visited.example, plmn: 001-02}]\n"
              f"  nodes: [{{host: {EMKS}, ind: 1, home: true}}]\n", keeps=True)
        n.add(EMKS, "emks", [(HSS,), HSE], f"emks:\n  best_plmn: 999-99\n  source: s6a\n  hss: {{host: {HSS}, realm: home.example}}\n", keeps=True)
        daemon = n.add(HSE, "hse", [(EMKS,)], f'hse:\n  listen: ["127.0.0.1:0"]\n  emks: {{host: {EMKS}, realm: home.example}}\n'
                       f'  sms: {{listen: "127.0.0.1:{self.hse_port}", peer: "127.0.0.1:{self.sc_port}"}}\n', keeps=True)
        text = daemon.read("godwit.yaml") + f"  deliver: [{{kind: file, path: {daemon.path('readings')}}}]\n"
        daemon.config = daemon.write("godwit.yaml", text)
        n.add(SC, "sms_sc", list(nodes), f'sms_sc:\n  number: "{NUMBER}"\n'
              f'  hse: {{listen: "127.0.0.1:{self.sc_port}", peer: "127.0.0.1:{self.hse_port}"}}\n')

    def start(self, node):
        n = self.network
        self.wire = between_nodes(n)
        n.start()
        n.wait_links((node, HSS), (node, SC), (HSE, EMKS), (EMKS, HSS))
        self.phone = Phone(n, feature="next-session")

    def attach(self, node, access, *words, expect=0, readings=None):
        relay = Relay(self.network.address(node))
        try:
            code, out, error = cli.run("attach", "--json", "--imsi", self.phone.imsi, "--usim", "soft:" + self.phone.card, "--access", access,
                                       "--mme", relay.address(), "--serving-network", "001-02", "--apn", "iot.example", "--endpoint", HSE,
                                       "--best-plmn", "999-99", "--carrier", "sms", "--sms-number", NUMBER, "--wait", "600", *words)
        finally:
            relay.close()
        told = cli.json.loads(out) if out.strip() else {}
        self.assertEqual(code, expect, (told, error))
        if readings is not None:
            found = wait_for_readings(self.network.daemons[HSE], readings)
            self.assertEqual(len(found), readings, told)
        return told, relay

    def check_the_wire(self):
        """OFR and TFR with their short messages."""
        if self.wire.captured():
            rows = self.wire.rows("diameter.cmd.code", "gsm_sms.destination_port", "gsm_sms.tp-mti")
            self.assertLessEqual({("8388645", "16020"), ("8388646", "16020")}, Wire.pairs(rows, "diameter.cmd.code", "gsm_sms.destination_port"))

    def remote(self):
        return f"  hss: {{host: {HSS}, realm: home.example}}\n  sms_sc: {{host: {SC}, realm: home.example}}\n"

    def test_eps(self):
        n = self.network
        self.home(MME)
        n.add(PGW, "pgw", [], f"pgw:\n  gtp: {n.address(PGW)}\n  home: 001-01\n"
              f'  apns: [{{name: iot.example, kind: tunnel, server: "127.0.0.1:9", pool: {n.net}.100, pool_size: 20}}]\n')
        n.address("sgw")
        n.add(MME, "mme, sgw", [(HSS,), (SC,)], f'mme:\n  plmn: 001-02\n  radio: "{n.address(MME)}:7332"\n  gtp: {n.address(MME)}\n'
              f"  sgw: {n.address('sgw')}\n  pgw: {n.address(PGW)}\n  apn: iot.example\n{self.remote()}  next_session: {{on: true}}\n"
              f"sgw: {{gtp: {n.address('sgw')}}}\n", keeps=True)
        self.start(MME)
        told, _ = self.attach(MME, "eps", "one", "two", readings=2)
        self.assertTrue(told["session"], told)
        self.check_the_wire()
        self.in_the_attach(MME, "eps")

    def in_the_attach(self, node, access, *words):
        """By the vector of before: what is sent is in the first frame, ciphered, and the SMS-SC has taken it."""
        told, _ = self.attach(node, access, "--next-session", "--raw", *words, "first")
        # UTRAN and GERAN have the same vector: what one handed over the other takes.
        self.assertEqual((told["next_stored"], told["next_used"]), (True, access == "geran"), told)
        for _ in range(2):
            told, later = self.attach(node, access, "--next-session", "--raw", *words, "a reading in the first frame")
            self.assertTrue(told["next_stored"] and told["next_used"], told)
            self.assertGreater(len(later.up[0]), 60)
            self.assertNotIn(b"a reading", b"".join(later.up))
            self.assertIn("sms_accepted", [event["event"] for event in told["events"]])
        self.network.no_key_in_logs(self, self.phone)
        return later

    def test_umts_and_geran_through_a_sgsn(self):
        n = self.network
        self.home(SGSN)
        n.add(SGSN, "sgsn", [(HSS,), (SC,)], f'sgsn:\n  plmn: 001-02\n  radio: "{n.address(SGSN)}:7332"\n  gtp: {n.address(SGSN)}\n'
              f"  apns: [{{ggsn: {n.address(PGW)}}}]\n{self.remote()}  next_session: {{on: true}}\n", keeps=True)
        self.start(SGSN)
        self.attach(SGSN, "umts", "--idle", "one", "two", readings=2)
        self.attach(SGSN, "geran", "three", readings=3)
        self.check_the_wire()
        for access in ("umts", "geran"):
            self.assertEqual(self.in_the_attach(SGSN, access).up[0][0], 10)  # protected under keys of before

    def msc(self):
        n = self.network
        self.home(MSC)
        n.add(MSC, "msc", [(HSS,), (SC,)], f'msc:\n  plmn: 001-02\n  radio: "{n.address(MSC)}:7332"\n{self.remote()}  next_session: {{on: true}}\n',
              keeps=True)
        self.start(MSC)

    def test_umts_and_geran_through_a_msc(self):
        self.msc()
        self.attach(MSC, "umts", "--domain", "cs", "--idle", "one", "two", readings=2)
        self.attach(MSC, "geran", "--domain", "cs", "three", readings=3)
        self.check_the_wire()

    def test_a_short_message_goes_with_the_location_updating_by_the_stored_vector(self):
        self.msc()
        for access in ("umts", "geran"):
            self.assertEqual(self.in_the_attach(MSC, access, "--domain", "cs").up[0][0], 10)

    def test_what_cannot_be_is_refused_by_its_name(self):
        for words, what in ((["--carrier", "sms"], "--sms-number"), (["--domain", "cs"], "--domain cs"),
                            (["--carrier", "sms", "--sms-number", NUMBER, "--solution", "1"], "--solution 2 or 3")):
            code, _, error = cli.run("attach", "--imsi", "001010000000001", "--usim", "soft:/nonexistent", "--access", "umts", *words, "x")
            self.assertEqual(code, 2, error)
            self.assertIn(what, error)


if __name__ == "__main__":
    unittest.main()
