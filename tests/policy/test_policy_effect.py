#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a policy does to sessions of a real godwitd: by the serving network of the device, with the law of each place, and never without integrity."""
import copy
import json
import os
import signal
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "tests", "house")]
from whole import Device, Godwitd, wait_for_readings  # noqa: E402

with open(os.path.join(ROOT, "fuzz", "policy-corpus", "home.json"), encoding="utf-8") as file:
    HOME = json.load(file)
LAW = {"confidentiality": "off", "law": "Act 12", "suites": ["eea0-eia2-64"]}
ALL = ["--suite", "eea2-eia2-64", "--suite", "eea0-eia2-64"]


def visited(**rules):
    """The policy of 001-02, with these rules for the home."""
    document = copy.deepcopy(HOME) | {"plmn": "001-02", "issuer": "policy.visited.example", "version": 1}
    document["networks"] = [copy.deepcopy(HOME["networks"][0]) | {"plmn": "001-01"} | rules]
    return document


class Effect(unittest.TestCase):
    def home(self, home=HOME, theirs=None):
        d = Godwitd()
        self.addCleanup(d.__exit__)
        d.write("policy.json", json.dumps(home))
        d.write("theirs.json", json.dumps(theirs or visited()))
        d.configure(hse='suites: [eea2-eia2-64, eea0-eia2-64]\n  below_minimum: "law of 001-02"', extra=f"""policy:
  file: {d.path("policy.json")}
  state: {d.path("policies")}
  others: [{d.path("theirs.json")}]
""")
        d.start()
        return d

    def session(self, d, network, *options, number=1):
        """The suite of a new session of a device in that network; None when there is none."""
        device = Device(d.directory, f"00101000000000{number}").subscribe(d)
        code, out, err = device.try_to_send(d.ready["hse"], "21 degrees", "--serving-network", network, "--json", "--attempts", "2",
                                            "--retransmit", "300", *options)
        if code != 0:
            return None, out + err
        return d.ask(command="session-show", session=json.loads(out)["session"])["suite"], out

    def test_confidentiality_is_off_only_in_the_network_whose_law_asks(self):
        d = self.home(theirs=visited(**LAW))
        self.assertEqual(self.session(d, "001-02", *ALL, number=1)[0], "eea0-eia2-64")
        self.assertEqual(self.session(d, "001-01", *ALL, number=2)[0], "eea2-eia2-64")
        self.assertEqual(self.session(d, "001-03", *ALL, number=3)[0], "eea2-eia2-64")
        self.assertEqual([r["payload"] for r in wait_for_readings(d, 3)], ["21 degrees"] * 3)

    def test_a_visited_network_cannot_have_it_off_where_the_home_does_not_allow_it(self):
        home = copy.deepcopy(HOME)
        home["networks"][0] |= {"confidentiality": "required", "suites": ["eea2-eia2-64"]}
        theirs = visited(**LAW | {"suites": ["eea0-eia2-64", "eea2-eia2-64"]})
        d = self.home(home, theirs)
        self.assertIn("the home does not allow it to be off there", d.read("log"))
        self.assertEqual(self.session(d, "001-02", *ALL)[0], "eea2-eia2-64")

    def test_a_device_keeps_its_own_floor(self):
        d = self.home(theirs=visited(**LAW))
        suite, said = self.session(d, "001-02", "--suite", "eea2-eia2-64")
        self.assertIsNone(suite, said)

    def test_a_network_with_which_nothing_is_agreed_gets_no_session(self):
        d = self.home(theirs=visited(agreements=["gba"]))
        self.assertIn("policy_merged", d.read("log"))
        self.assertIsNone(self.session(d, "001-02", *ALL)[0])
        self.assertIsNotNone(self.session(d, "001-01", *ALL, number=2)[0])

    def test_a_new_version_holds_after_a_signal(self):
        d = self.home()
        self.assertEqual(self.session(d, "001-02", *ALL)[0], "eea2-eia2-64")
        d.write("theirs.json", json.dumps(visited(**LAW) | {"version": 2}))
        d.process.send_signal(signal.SIGHUP)
        d.wait_log("are as the configuration says now")
        self.assertEqual(self.session(d, "001-02", *ALL, number=2)[0], "eea0-eia2-64")


if __name__ == "__main__":
    unittest.main()
