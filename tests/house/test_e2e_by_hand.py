# SPDX-License-Identifier: Apache-2.0
"""docs/e2e.md, "By hand", works as it stands there, with free ports in place of its own; README.md says the same words."""
import os
import re
import subprocess
import unittest

from by_hand import ROOT, Page, with_free_ports

PORTS = ("7330", "7341", "7342", "7343", "4433")


def section():
    with open(os.path.join(ROOT, "docs", "e2e.md"), encoding="utf-8") as file:
        return re.search(r"\n## \d+\. By hand\n(.*?)(\n## |\Z)", file.read(), re.S).group(1)


class ByHand(Page):
    def setUp(self):
        super().setUp()
        self.text = with_free_ports(section(), PORTS)
        self.text = self.text.replace("meter.state --endpoint", f"meter.state --hse 127.0.0.1:{self.port('listen: ')} --endpoint")
        self.text = self.text.replace("--state keys.state --endpoint hse.home.example --enterprise eas.meters.example --service key-agreement\n",
                                      f"--state keys.state --hse 127.0.0.1:{self.port('listen: ')} --endpoint hse.home.example --enterprise eas.meters.example "
                                      "--service key-agreement\n")

    def port(self, before):
        return re.search(before + r'\["127.0.0.1:(\d+)"\]', self.text).group(1)

    def run_line(self, number, line):
        if line.endswith(" &"):
            self.start_until(number, line, "ready ")
        elif line.startswith("openssl s_"):
            self.talks.append((number, self.start(number, line, subprocess.PIPE)))
            if "s_server" in line:
                self.wait(line, lambda: "ACCEPT" in self.read(f"{number}.out"))
        else:
            if line.startswith("cat "):
                self.wait(line, lambda: self.read(line[4:]).endswith("\n"))
            self.run_to_the_end(line)

    def test_what_the_page_says(self):
        self.talks = []
        self.write_files(self.text)
        lines = self.lines_of(self.text)
        self.assertEqual(len(lines), 15)
        for number, line in enumerate(lines):
            self.run_line(number, line)
        self.assertIn('"payload":"12.345 m3"', "".join(self.said))
        operator = next(n for n, line in enumerate(lines) if line.startswith("godwitd "))
        self.assertIn("ready ", self.read(f"{operator}.out"))
        self.assertNotIn("12.345", self.read(f"{operator}.out"))  # where the readings of its own sessions go
        self.assertEqual(self.read("meter.psk"), self.read("enterprise.psk"))
        (server, one), (client, other) = self.talks
        for process, text in ((one, b"down\n"), (other, b"up\n")):
            process.stdin.write(text)
            process.stdin.flush()
        self.wait("a line from the client", lambda: "\nup\n" in self.read(f"{server}.out"))
        self.wait("a line from the server", lambda: "\ndown\n" in self.read(f"{client}.out"))

    def test_the_readme_says_the_same(self):
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            words = re.search(r"\n## End to end\n(.*?)\n## ", file.read(), re.S).group(1)
        lines = [line[4:] for line in words.splitlines() if line.startswith("    ")]
        self.assertGreaterEqual(len(lines), 3)
        for line in lines:
            self.assertIn("\n" + line.replace("build/bin/", "") + "\n", section())


if __name__ == "__main__":
    unittest.main()
