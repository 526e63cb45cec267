# SPDX-License-Identifier: Apache-2.0
"""Each planted fault is found by the soak, and says what it broke; the same seeds without a fault find nothing."""
import os
import re
import subprocess
import sys
import unittest

ROOT = os.environ.get("GODWIT_SOURCE", ".")
BUILD = os.environ.get("GODWIT_BINARY", "build")
TOOL = os.path.join(ROOT, "tools", "planted-faults")
SEEDS = 10000

# What each must be found by; more than one where the seeds decide which comes first.
FOUND_BY = {
    "window-off-by-one": "delivered twice",
    "generation-not-raised": "K_session handed out twice|COUNT used twice",
    "mac-after-decryption": "before its MAC was checked",
    "counters-not-parked": "COUNT used twice|delivered twice",
    "session-key-for-the-wrong-endpoint": "k_session (on the wire|in the memory)",
    "early-data-not-recorded": "delivered twice|gets nothing through",
    "flag-ignored": "ck (on the wire|in the memory)",
    "next-session-consumed-before-its-mac": "consumed by who could not prove|was bent was believed",
    "next-session-vector-used-twice": "stored vector protect two attaches",
    "mkef-counter-before-the-proof": "counter of the MKEF that moved",
    "naf-id-unchecked": "Ks_NAF given to a NAF",
    "next-vector-without-its-former-key-set": "K_session handed out twice|generation that went back|COUNT used twice",
    "sqn-lowered-by-a-stale-auts": "SQN given twice",
    "eas-window-not-moved": "reading delivered twice",
    "age-given-twice": "age given twice|went back",
    "k-e2e-kept-by-the-eese": "the EESE keeps when its EAS has it",
    "old-k-e2e-not-wiped": "kept beyond its overlap|gets nothing through",
    "trigger-not-remembered": "trigger (delivered|acted on) twice|recall confirmed of a trigger",
    "trigger-acknowledged-before-its-application": "application has not seen it|trigger delivered twice|acted on",
    "trigger-not-sent-again": "waits although its device is well",
    "trigger-report-believed-of-anybody": "believes somebody else",
    "reference-not-kept": "reference given twice",
    "report-not-kept": "source that does not know the outcome",
    "t5-taken-of-anybody": "nobody asked for|k_iwf on the wire",
    "node-believed-that-the-hss-does-not-name": "a node that does not serve the device",
    "association-number-not-kept": "COUNT used twice|went back",
    "damaged-row-taken-for-none": "COUNT used twice|generation that went back|K_session handed out twice",
    "key-taken-over-an-open-hop": "a stranger's key in the memory of",
    "sessions-kept-over-a-backup": "COUNT used twice|delivered twice",
}


class PlantedFaults(unittest.TestCase):
    def test_the_soak_finds_every_one(self):
        done = subprocess.run([sys.executable, TOOL, "--build", BUILD, "--seeds", str(SEEDS)], capture_output=True, text=True,
                              timeout=1500)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        found = dict(re.match(r"(\S+) +seed +\d+  (.*)", line).groups() for line in done.stdout.splitlines())
        self.assertEqual(set(found), set(FOUND_BY))
        for fault, pattern in FOUND_BY.items():
            self.assertRegex(found[fault], pattern, fault)

    def test_the_list_names_at_least_eight(self):
        listed = subprocess.run([sys.executable, TOOL, "--list"], capture_output=True, text=True, check=True).stdout.split()
        self.assertGreaterEqual(len(listed), 8)


if __name__ == "__main__":
    unittest.main()
