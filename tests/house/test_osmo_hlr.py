# SPDX-License-Identifier: Apache-2.0
"""OsmoHLR as the HSS that nobody here wrote: vectors over GSUP, agreement 07 (separate-umts). Run by tests/gsup/osmo_hlr.py, which
starts it in a network namespace of its own and makes the subscribers 001010000000000 to ...9, with the K and OPc of TS 35.208 4.3.1."""
import unittest

from whole import K, OPC, Device, Godwitd, cli, readings, wait_for_readings

EMKS = """emks:
  best_plmn: 001-01
  source: gsup
  agreements: [separate-umts]
  gsup: {address: "127.0.0.1:4222", name: emks.home.example}
  separate_umts: listed
  separate_umts_imsis: ["001010000000001", "001010000000002"]
"""


class OsmoHlr(unittest.TestCase):
    def start(self, daemon):
        daemon.configure(functions="[emks, hse]", hse="agreements: [separate-umts]", extra=EMKS)
        daemon.config = daemon.write("godwit.yaml", daemon.read("godwit.yaml").replace("hss: {best_plmn: 001-01}\n", ""))
        return daemon.start()

    def device(self, daemon, imsi):
        device = Device(daemon.directory, imsi, K, OPC)
        device.options = ["--agreement", "separate-umts"]
        return device

    def test_readings_of_a_subscriber_of_osmo_hlr(self):
        with Godwitd() as daemon:
            self.start(daemon)
            device = self.device(daemon, "001010000000001")
            first = device.send(daemon.ready["hse"], "twenty octets, truly")
            self.assertEqual((first["set_up"], first["octets_up"] + first["octets_down"]), (True, 118))
            self.assertFalse(device.send(daemon.ready["hse"], "second")["set_up"])
            self.assertEqual([one["payload"] for one in wait_for_readings(daemon, 2)], ["twenty octets, truly", "second"])

    def test_resynchronisation(self):
        with Godwitd() as daemon:
            self.start(daemon)
            device = self.device(daemon, "001010000000002")
            # A card that is far ahead of the HLR under every IND: it took vectors whose SQNs the HLR never made.
            for ind in range(32):
                rand = f"{ind:032x}"
                vector = cli.result("aka", "vector", "--k", K, "--opc", OPC, "--rand", rand, "--sqn", f"{0x1000000 + ind:012x}", "--amf", "0000")
                cli.result("usim", "authenticate", "--rand", rand, "--autn", vector["autn"], device.card)
            told = device.send(daemon.ready["hse"], "resynchronised")
            self.assertEqual((told["datagrams_up"], told["datagrams_down"]), (3, 2))
            self.assertEqual(wait_for_readings(daemon, 1)[0]["payload"], "resynchronised")

    def test_a_subscriber_that_is_not_listed_or_not_there_is_refused(self):
        with Godwitd() as daemon:
            self.start(daemon)
            for imsi in ("001010000000003", "001019999999999"):
                device = self.device(daemon, imsi)
                code, _, _ = device.try_to_send(daemon.ready["hse"], "text", "--retransmit", "50", "--attempts", "2")
                self.assertEqual(code, 1)
            self.assertEqual(readings(daemon), [])


if __name__ == "__main__":
    unittest.main()
