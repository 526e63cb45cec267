# SPDX-License-Identifier: Apache-2.0
"""End to end under keys of every solution, each function a process of its own: HSS, EMKS, EESE, HSE, MME with S-GW, SGSN, P-GW and godwit-eas; devices attach, or
have an authentication of their own. EESE, HSE and owners of key sets talk Diameter, EESE and HSE talk HTTPS with the EAS."""
import os
import sys
import unittest

from access import EMKS, HOME, HSE, HSS, IMSI, MME, PGW, SGSN, Network, Phone, cli
from e2e import EAS_NAME, Enterprise
from whole import HERE, Device, no_key_in, readings

sys.path.append(os.path.join(HERE, "..", "peer"))
import certificates  # noqa: E402  pylint: disable=wrong-import-position

EESE = f"eese.{HOME}"
TO_EMKS = f"  emks: {{host: {EMKS}, realm: {HOME}}}\n"


class Sources(unittest.TestCase):
    def setUp(self):
        self.network = Network()
        self.addCleanup(self.network.stop)
        self.enterprise = Enterprise(self, HSE, EESE)
        folder = self.enterprise.directory
        for name, host in (("hse", HSE), ("eese", EESE)):
            certificates.both(folder, name, f"DNS:{host},IP:127.0.0.1")

    def tls(self, name):
        path = self.enterprise.path
        return f"{{certificate: {path(name + '.pem')}, key: {path(name + '.key')}, ca: {path('ca.pem')}}}"

    def eese(self, owner, where):
        """owner: emks or hss, which is the host where."""
        n, e = self.network, self.enterprise
        return n.add(EESE, "eese", [(HSE,), (where,)], f'eese:\n  listen: "127.0.0.1:{e.ports["eese"]}"\n  tls: {self.tls("eese")}\n  hses: [{HSE}]\n'
                     f'  eas: [{{name: {EAS_NAME}, url: "{e.url["eas"]}"}}]\n  {owner}: {{host: {where}, realm: {HOME}}}\n  retry_ms: 100\n  messages_min: 1\n  age_min_seconds: 1\n', keeps=True)

    def end_to_end(self, owner, where):
        """What the nodes of an access network are told besides: the EESE, the EAS, and that the loopback is protected enough for keys."""
        n, e = self.network, self.enterprise
        self.eese(owner, where)
        to_hse = (f"\nhse:\n  eese: {{host: {EESE}, realm: {HOME}}}\n  eas: {{listen: \"127.0.0.1:{e.ports['hse-eas']}\", tls: {self.tls('hse')}, "
                  f"peers: [{{name: {EAS_NAME}, url: \"{e.url['eas']}\"}}], forward_wait_ms: 100}}\n")
        for name, daemon in n.daemons.items():
            text = daemon.read("godwit.yaml").replace("diameter:\n", 'diameter:\n  link_protected: "the loopback of a test"\n')
            if name == HSE:
                text = text.replace("\nhse:\n", to_hse)
            if name == where:
                text = text.replace(f"\n{owner}:\n", f"\n{owner}:\n  eese_hosts: [{EESE}]\n")
            daemon.config = daemon.write("godwit.yaml", text)

    def start(self, *links):
        n = self.network
        n.start()
        n.wait_links((EESE, HSE), *links)
        store = n.daemons[EESE]
        cli.result("eas", "entitle", "--eas", EAS_NAME, "--service", "confidentiality", "--plmn", "001-01", "--store", store.path("store.db"), "--key-file",
                   store.path("store.key"))
        self.enterprise.start()
        self.enterprise.wait_log("event=registered")

    def attach(self, *cases, feature="e2m-usim", extra=()):
        """Each: an access; two readings, which arrive at the enterprise and nowhere else."""
        wanted = []
        for number, access in enumerate(cases):
            phone = Phone(self.network, f"00101000000000{number}", feature)
            texts = [f"first over {access}", f"second over {access}"]
            wanted += texts
            code, told, error = phone.attach(access, "--enterprise", EAS_NAME, "--service", "confidentiality", *extra, *texts)
            self.assertEqual((code, error, told["session"], told["fallback"]), (0, "", True, False), (told, self.network.daemons[HSE].read("log")))
            self.network.no_key_in_logs(self, phone)
        self.arrived(*wanted)

    def arrived(self, *wanted):
        e = self.enterprise
        e.wait_for(f"{wanted} at the enterprise", lambda: len(e.payloads()) >= len(wanted))
        self.assertEqual(sorted(e.payloads()), sorted(wanted))  # the HSE gives the EAS several at a time
        self.assertEqual(readings(self.network.daemons[HSE]), [])
        for daemon in self.network.daemons.values():
            for name in set(os.listdir(daemon.directory)) - {"control"}:
                with open(daemon.path(name), "rb") as file:
                    octets = file.read()
                for text in wanted:
                    self.assertNotIn(text.encode(), octets, daemon.path(name))

    def pulled(self):
        n = self.network
        n.hss("c", [HSE, MME, SGSN, EESE])
        n.hse("hss", [(HSS,), PGW, EESE], more=f", hss: {{host: {HSS}, realm: {HOME}}}")
        n.pgw()
        n.mme()
        n.sgsn()
        self.end_to_end("hss", HSS)
        self.start((MME, HSS), (SGSN, HSS), (HSE, HSS), (PGW, HSE), (EESE, HSS))

    def test_source_1c_pulled_by_the_hse(self):
        self.pulled()
        self.attach("eps", "umts")

    def test_source_1e_made_by_the_me(self):
        self.pulled()
        self.attach("eps", "umts", feature="e2m-me", extra=["--me"])

    def pushed(self, delivery, to_hss, to_pgw):
        n = self.network
        n.hse("hss", [HSS, PGW, EESE], more=f", push_from: {HSS}, hss: {{host: {HSS}, realm: {HOME}}}")
        n.hss(delivery, [(HSE,), PGW, MME, SGSN, EESE], more=to_hss)
        n.pgw([(HSE,), (HSS,)], more=to_pgw)
        n.mme()
        n.sgsn()
        self.end_to_end("hss", HSS)
        self.start((MME, HSS), (SGSN, HSS), (HSS, HSE), (PGW, HSE), (PGW, HSS), (EESE, HSS))
        self.attach("eps", "umts")

    def test_source_1a_pushed_with_the_vector(self):
        self.pushed("a", "", "")

    def test_source_1b_pushed_with_the_activation(self):
        self.pushed("b", f", gateways: [{PGW}]", ", notify_home: true")

    def owned(self):
        n = self.network
        n.hss("d", [EMKS, MME, SGSN], more=f", emks: {{host: {EMKS}, realm: {HOME}}}")
        n.add(EMKS, "emks", [(HSS,), HSE, EESE], f"emks:\n  best_plmn: 999-99\n  source: s6a\n  hss: {{host: {HSS}, realm: {HOME}}}\n  pushes_from: [{HSS}]\n",
              keeps=True)

    def test_source_1d_owned_by_the_emks(self):
        n = self.network
        self.owned()
        n.hse("emks", [(EMKS,), PGW, EESE], emks=TO_EMKS)
        n.pgw()
        n.mme()
        n.sgsn()
        self.end_to_end("emks", EMKS)
        self.start((MME, HSS), (SGSN, HSS), (EMKS, HSS), (HSE, EMKS), (PGW, HSE), (EESE, EMKS))
        self.attach("eps", "umts")

    def test_source_2_through_a_tunnel(self):
        n = self.network
        self.owned()
        n.emse([(EMKS,), EESE])
        n.pgw([], apns=f'{{name: iot.example, kind: tunnel, server: "{n.address(HSE)}:7330", pool: {n.net}.100, pool_size: 20}}')
        n.mme()
        n.sgsn()
        self.end_to_end("emks", EMKS)
        self.start((MME, HSS), (SGSN, HSS), (EMKS, HSS), (HSE, EMKS), (EESE, EMKS))
        self.attach("eps", "umts", extra=["--solution", "2"])

    def test_source_3_over_four_processes_and_the_eese_dies_in_between(self):
        n = self.network
        n.add(HSS, "hss", [EMKS], f"hss:\n  best_plmn: 001-01\n  nodes: [{{host: {EMKS}, ind: 1, home: true}}]\n", keeps=True)
        n.add(EMKS, "emks", [(HSS,), HSE, EESE], f"emks:\n  best_plmn: 001-01\n  source: s6a\n  hss: {{host: {HSS}, realm: {HOME}}}\n", keeps=True)
        hse = n.add(HSE, "hse", [(EMKS,), EESE], f'hse:\n  listen: ["127.0.0.1:0"]\n{TO_EMKS}', keeps=True)
        self.end_to_end("emks", EMKS)
        self.enterprise.configure_eas("ageing: {confidentiality: {messages: 8}}")
        self.start((EMKS, HSS), (HSE, EMKS), (EESE, EMKS))
        device = Device(n.daemons[HSE].directory, IMSI).subscribe(n.daemons[HSS])
        device.options = ["--enterprise", EAS_NAME, "--service", "confidentiality"]
        texts = [f"reading number {number}" for number in range(20)]
        ages = []
        for number, text in enumerate(texts):
            ages.append(device.send(hse.ready["hse"], text)["e2e"]["age"])
            self.arrived(*texts[:number + 1])
            if number == 9:
                n.restart(EESE)
                n.wait_links((HSE, EESE), (EESE, HSE))
        self.assertGreater(ages[-1], ages[9])  # the EESE goes on with the ages where it was
        no_key_in(self, device, *(daemon.read("log") for daemon in n.daemons.values()), self.enterprise.read("log"))


if __name__ == "__main__":
    unittest.main()
