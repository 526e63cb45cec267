# SPDX-License-Identifier: Apache-2.0
"""A capture of a whole conversation: tshark decodes every packet of it, as what it is, and finds nothing malformed."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from cli import result


def tshark(*words):
    done = subprocess.run(["tshark", *words], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


class Capture(unittest.TestCase):
    def protocols(self, *words):
        """The protocols and the text of each packet of that run, none of them malformed or with an error."""
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "run.pcapng")
            self.assertTrue(result("lab", "run", *words, "--pcap", name)["ok"])
            lines = tshark("-r", name, "-T", "fields", "-e", "frame.protocols", "-e", "_ws.expert.severity", "-e", "_ws.col.Info")
        frames, severities, text = zip(*[line.split("\t") for line in lines])
        self.assertFalse([line for line in lines if "malformed" in line.lower()])
        self.assertFalse([s for s in severities if s and max(int(one) for one in s.split(",")) >= 0x800000])
        return frames, text

    def has(self, frames, *names):
        for name in names:
            self.assertTrue([frame for frame in frames if name in frame], name)

    def test_eps(self):
        for variant in "ABCD2":
            frames, text = self.protocols("access-aka", "--variant", variant)
            self.has(frames, "nas-eps", "gtpv2", "gtp", "diameter")
            for message in ("Attach request", "Authentication request", "Security mode command", "Create Session Request",
                            "ESM information response", "Attach accept", "ESM data transport"):
                self.assertTrue([line for line in text if message in line], message)

    def test_umts(self):
        for variant in "ABCD2":
            frames, text = self.protocols("access-aka", "--variant", variant, "--access", "umts")
            self.has(frames, "gsm_a.dtap", "gtp", "diameter")
            for message in ("Attach Request", "Authentication and Ciphering Req", "Create PDP context request", "Attach Accept",
                            "Activate PDP Context Request", "Activate PDP Context Accept"):
                self.assertTrue([line for line in text if message.lower() in line.lower()], message)

    def test_other_procedures(self):
        self.has(self.protocols("attach")[0], "nas-eps", "gtpv2")
        self.has(self.protocols("separate-aka", "--access", "eps")[0], "nas-eps", "gtp", "diameter")
        self.has(self.protocols("policy", "--access", "umts", "--loss", "0.1", "--devices", "4")[0], "gsm_a.dtap", "gtp")


if __name__ == "__main__":
    if shutil.which("tshark") is None:
        print("tshark is not on this machine")
        sys.exit(77)
    unittest.main()
