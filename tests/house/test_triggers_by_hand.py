# SPDX-License-Identifier: Apache-2.0
"""docs/triggers-by-hand.md works as it stands there, with free ports and addresses in place of its own; README.md says the same words."""
import json
import os
import re
import unittest

from access import Network
from by_hand import ROOT, Page, with_free_ports

PORTS = ("3868", "3869", "3870", "7332", "7337", "7330")


def page():
    with open(os.path.join(ROOT, "docs", "triggers-by-hand.md"), encoding="utf-8") as file:
        return file.read()


class TriggersByHand(Page):
    def setUp(self):
        super().setUp()
        network = Network()
        self.addCleanup(network.stop)
        self.text = with_free_ports(page(), PORTS).replace("127.0.1.", network.net + ".")

    def log(self):
        return self.read("valve.log").splitlines()

    def test_what_the_page_says(self):
        self.write_files(self.text)
        lines = self.lines_of(self.text)
        self.assertEqual(len(lines), 22)
        for number, line in enumerate(lines):
            if line.startswith("godwitd "):
                self.start_until(number, line, "ready ")
            elif line.endswith(" &"):
                self.start_until(number, line, "associated")
            else:
                if line.startswith("curl ") and line.endswith("/7"):
                    self.wait("the AS's trigger", lambda: len(self.log()) >= 2)
                said = self.run_to_the_end(line)
                if line.startswith("curl "):
                    answer = json.loads(said)
                    self.assertEqual(answer["externalId"], "meter-7@water.example")
                    self.assertTrue(answer["self"].endswith("/transactions/7"), answer)
        told = "".join(self.said)
        self.assertEqual(re.findall(r"state +(\w+)", told), ["accepted"] * 4 + ["done"] * 2)
        self.assertEqual(re.findall(r"outcome +(\w+)", told), ["SUCCESS"] * 2)
        self.assertEqual(sorted(self.log()), ["--slowly open half port=4711 again=0", "--slowly report port=4712 again=0", "--slowly shut port=4711 again=0"])

    def test_the_readme_says_the_same(self):
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            words = re.search(r"\n## Triggers\n(.*?)\n## ", file.read(), re.S).group(1)
        lines = [line[4:] for line in words.splitlines() if line.startswith("    ")]
        self.assertGreaterEqual(len(lines), 3)
        for line in lines:
            self.assertIn("\n" + line + "\n", page())


if __name__ == "__main__":
    unittest.main()
