# SPDX-License-Identifier: Apache-2.0
"""What README.md says to type works as it stands there, with other folders and a free port in place of the machine's own."""
import os
import re
import subprocess
import unittest

from whole import Godwitd, wait_for_readings

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BINARY = os.path.abspath(os.environ.get("GODWIT_BINARY", "build"))


def commands():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        section = re.search(r"## By hand\n(.*?)\n## ", file.read(), re.S).group(1)
    return [line[4:] for line in section.splitlines() if line.startswith("    ")]


class Readme(unittest.TestCase):
    def test_the_commands_by_hand(self):
        lines = commands()
        self.assertEqual([line.split()[0] for line in lines], ["mkdir", "build/bin/godwitd"] + ["build/bin/godwit"] * 4)
        with Godwitd() as daemon:
            with open(os.path.join(ROOT, "etc", "godwit.yaml"), encoding="utf-8") as file:
                text = file.read()
            for given, here in (("/var/lib/godwit/", daemon.directory + "/"), ("/run/godwit/", daemon.directory + "/"),
                                ("127.0.0.1:7330", "127.0.0.1:0"), ("kind: stdout", f"kind: file\n      path: {daemon.path('readings')}")):
                self.assertIn(given, text)
                text = text.replace(given, here)
            daemon.config = daemon.write("godwit.yaml", text)
            daemon.start()
            environment = dict(os.environ, GODWIT_STORE=daemon.path("godwit.db"), GODWIT_CONTROL=daemon.path("control"),
                               GODWIT_HSE=daemon.ready["hse"], GODWIT_STATE=daemon.path("state"))
            for line in lines[2:]:
                words = line.replace("build/bin", BINARY + "/bin")
                done = subprocess.run(words, shell=True, cwd=daemon.directory, env=environment, capture_output=True, text=True, timeout=120, check=False)
                self.assertEqual(done.returncode, 0, (line, done.stderr, daemon.read("log")))
            self.assertEqual(wait_for_readings(daemon, 1)[0]["payload"], "12.345 m3")


if __name__ == "__main__":
    unittest.main()
