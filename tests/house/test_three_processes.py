# SPDX-License-Identifier: Apache-2.0
"""HSE, EMKS and HSS as three processes that talk Diameter: Ek between HSE and EMKS, S6a between EMKS and HSS."""
import signal
import unittest

from whole import Device, Godwitd, free_port, no_key_in, wait_for_readings

REALM = "home.example"


def peer(name, port=None):
    address = f', address: "127.0.0.1:{port}"' if port else ""
    return f"{{identity: {name}.{REALM}, realm: {REALM}{address}}}"


def configuration(daemon, name, functions, port, peers, more):
    daemon.config = daemon.write("godwit.yaml", f"""identity: {name}.{REALM}
realm: {REALM}
functions: [{functions}]
store: {{path: {daemon.path("store.db")}, key_file: {daemon.path("store.key")}}}
log: {{level: debug}}
control: {{path: {daemon.path("control")}}}
diameter:
  listen: "127.0.0.1:{port}"
  peers: [{", ".join(peers)}]
{more}
""")


class ThreeProcesses(unittest.TestCase):
    def setUp(self):
        self.hss, self.emks, self.hse = Godwitd(), Godwitd(), Godwitd()
        self.daemons = (self.hss, self.emks, self.hse)
        ports = {name: free_port() for name in ("hss", "emks", "hse")}
        configuration(self.hss, "hss", "hss", ports["hss"], [peer("emks")],
                      f"hss:\n  best_plmn: 001-01\n  nodes: [{{host: emks.{REALM}, ind: 1, home: true}}]\n")
        configuration(self.emks, "emks", "emks", ports["emks"], [peer("hss", ports["hss"]), peer("hse")],
                      f"emks:\n  best_plmn: 001-01\n  source: s6a\n  hss: {{host: hss.{REALM}, realm: {REALM}}}\n")
        configuration(self.hse, "hse", "hse", ports["hse"], [peer("emks", ports["emks"])],
                      f'hse:\n  listen: ["127.0.0.1:0"]\n  emks: {{host: emks.{REALM}, realm: {REALM}}}\n'
                      f"  deliver: [{{kind: file, path: {self.hse.path('readings')}}}]\n")
        for daemon in self.daemons:
            daemon.start()

    def tearDown(self):
        for daemon in self.daemons:
            daemon.__exit__()

    def test_readings_travel_and_each_process_keeps_only_what_is_its_own(self):
        devices = [Device(self.hse.directory, f"00101000000000{n}").subscribe(self.hss) for n in range(4)]
        for turn in range(2):
            for device in devices:
                told = device.send(self.hse.ready["hse"], f"{device.imsi} {turn}")
                self.assertEqual(told["set_up"], turn == 0)
        got = wait_for_readings(self.hse, 8)
        self.assertEqual(sorted(one["payload"] for one in got), sorted(f"{d.imsi} {t}" for d in devices for t in range(2)))
        for device in devices:
            no_key_in(self, device, *(daemon.read("log") for daemon in self.daemons))
        for daemon in self.daemons:
            self.assertEqual(daemon.stop(), 0)

    def test_an_emks_that_is_away_costs_a_retry_and_no_reading(self):
        device = Device(self.hse.directory, "001010000000001").subscribe(self.hss)
        self.emks.stop(signal.SIGKILL)
        code, _, _ = device.try_to_send(self.hse.ready["hse"], "too early", "--retransmit", "100", "--attempts", "2")
        self.assertNotEqual(code, 0)
        self.emks.start()
        device.send(self.hse.ready["hse"], "at last", "--attempts", "8")
        self.assertEqual([one["payload"] for one in wait_for_readings(self.hse, 1)], ["at last"])


if __name__ == "__main__":
    unittest.main()
