#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A trigger by short message through real processes: MTC-IWF, T4, SMS-SC, SGd, SGSN, and a device that listens; what it answers goes by the
SGSN and T5. What passed between the nodes is read by tshark: Diameter, and the TPDU in it, down to the port of the device's trigger function."""
import unittest

from access import HSS, SGSN
from test_listen import IWF, NUMBER, Listening
from test_sms import NUMBER as CENTRE, SC
from whole import free_port
from wire import Wire, between_nodes

T4, SGD = "16777311", "16777313"


class ByShortMessage(Listening):
    def start(self, iwf="", hss="", more="", node=SGSN):
        n = self.network
        hse, centre = free_port(), free_port()
        sc = n.add(SC, "sms_sc", [IWF, SGSN], f'sms_sc:\n  number: "{CENTRE}"\n  hse: {{listen: "127.0.0.1:{centre}", peer: "127.0.0.1:{hse}"}}\n'
              f'  mtc_iwf: {{host: {IWF}, realm: home.example, number: "{NUMBER}"}}\n')
        # T4 counts over a way that proves who speaks, and over no other: this one is declared to.
        sc.config = sc.write("godwit.yaml", sc.read("godwit.yaml").replace(f"{{identity: {IWF}, realm: home.example}}",
                                                                           f"{{identity: {IWF}, realm: home.example, protection: nds-ip}}"))
        self.node_more = f"  sms_sc: {{host: {SC}, realm: home.example}}\n"
        super().start(iwf=iwf, hss=hss, more=more, node=node)

    def sgsn(self):
        super().sgsn()
        for name in (SGSN, IWF):
            daemon = self.network.daemons[name]
            text = daemon.read("godwit.yaml").replace("  peers: [", f'  peers: [{{identity: {SC}, realm: home.example, protection: nds-ip, '
                                                         f'address: "127.0.0.1:{self.network.port(SC)}"}}, ')
            daemon.config = daemon.write("godwit.yaml", text + (self.node_more if name == SGSN else ""))
        self.wire = between_nodes(self.network)

    def test_it_arrives_and_the_wire_is_well_formed(self):
        self.start(iwf=f'  number: "{NUMBER}"\n  without_t5: true\n  sms_sc: {{host: {SC}, realm: home.example}}\n')
        self.network.wait_links((IWF, SC), (SGSN, SC))
        self.listen(way=["--mme", f"{self.network.address(SGSN)}:7332", "--serving-network", "001-02", "--access", "umts", "--me", "--trigger-number", NUMBER])
        self.heard("attached")
        said = self.send("by short message", "--wait", "120")
        self.assertEqual(said["outcome"], "SUCCESS")
        run, = self.runs()
        self.assertEqual((bytes.fromhex(run["payload"]), run["GODWIT_TRIGGER_PROTECTED"]), (b"by short message", "1"))
        self.assertEqual(self.end_listening(), 0)
        if self.wire.captured():
            self.check_the_wire(self.wire)

    def check_the_wire(self, wire):
        rows = wire.rows("diameter.applicationId", "diameter.cmd.code", "gsm_sms.tp-mti", "gsm_sms.destination_port")
        seen = Wire.pairs(rows, "diameter.applicationId", "diameter.cmd.code")
        self.assertLessEqual({(T4, "8388643"), (T4, "8388644"), (SGD, "8388646")}, seen)
        # SMS-DELIVER (0) to the device's trigger function.
        self.assertIn(("0", "16021"), {(row["gsm_sms.tp-mti"].split(",")[0], row["gsm_sms.destination_port"].split(",")[0]) for row in rows})
        tree = wire.tshark(f"diameter.applicationId == {T4} || diameter.applicationId == {SGD}", "-V")
        self.assertEqual([line for line in tree.splitlines() if "AVP: Unknown" in line and "vnd=TGPP" in line], [])


if __name__ == "__main__":
    unittest.main()
