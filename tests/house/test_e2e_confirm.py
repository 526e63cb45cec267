# SPDX-License-Identifier: Apache-2.0
"""Readings that the enterprise acknowledges: whatever dies on the way, none is lost without a word; and what the HSE has no room for is refused aloud."""
import signal
import subprocess
import unittest

from e2e import Ends, cli
from whole import PATIENCE

PATIENT = ("--confirm", "--retransmit", "200", "--attempts", "9")


class Acknowledged(unittest.TestCase):
    def setUp(self):
        self.ends = Ends(self)
        self.ends.entitle("confidentiality")
        self.ends.start()
        self.device = self.ends.device()

    def begin(self, text, *options):
        """`godwit send` under way; each call has an address of its own."""
        process = subprocess.Popen([cli.GODWIT, *self.device.words(self.ends.hse, *options), text], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def tried(self, times):
        """The HSE has it, and the enterprise does not."""
        self.ends.operator.wait_log("eas.meters.example: ", times)

    def test_zero_says_that_the_enterprise_has_it(self):
        for n, text in enumerate(("reading of monday", "reading of tuesday")):
            self.assertEqual(self.device.send(self.ends.hse, text, "--confirm")["set_up"], n == 0)
            self.assertEqual(self.ends.payloads()[-1], text)  # not a moment later
        self.ends.nothing_in_clear(self, "reading of monday", "reading of tuesday")

    def test_the_death_of_the_hse_while_the_enterprise_is_away_loses_nothing(self):
        self.device.send(self.ends.hse, "before", "--confirm")
        self.ends.enterprise.stop(signal.SIGKILL)
        sending = self.begin("keep me", *PATIENT)
        self.tried(1)
        self.ends.operator.stop(signal.SIGKILL)
        self.ends.operator.start()
        self.tried(2)
        self.ends.enterprise.start()
        self.assertEqual(sending.wait(PATIENCE), 0, sending.stderr.read())
        self.ends.wait_for(self, "before", "keep me")

    def test_the_death_of_the_enterprise_is_waited_for_and_the_reading_comes_once(self):
        self.device.send(self.ends.hse, "before", "--confirm")
        self.ends.enterprise.stop(signal.SIGKILL)
        sending = self.begin("keep me", *PATIENT)
        self.tried(1)
        self.ends.enterprise.start()
        self.assertEqual(sending.wait(PATIENCE), 0, sending.stderr.read())
        self.device.send(self.ends.hse, "after", "--confirm")
        self.ends.wait_for(self, "before", "keep me", "after")

    def test_what_nobody_acknowledges_is_told(self):
        self.device.send(self.ends.hse, "before", "--confirm")
        self.ends.operator.stop(signal.SIGKILL)
        code, _, error = self.device.try_to_send(self.ends.hse, "lost", "--confirm", "--retransmit", "20", "--attempts", "3")
        self.assertNotEqual(code, 0)
        self.assertIn("not acknowledged: the reading may have arrived, or not", error)
        self.ends.operator.start()
        self.device.send(self.ends.hse, "lost", "--confirm")
        self.ends.wait_for(self, "before", "lost")

    def test_without_acknowledgement_what_has_no_room_is_refused_aloud(self):
        self.device.send(self.ends.hse, "before", "--confirm")
        self.ends.enterprise.stop(signal.SIGKILL)
        for text in ("one", "two"):
            self.assertEqual(self.device.send(self.ends.hse, text)["readings"], 1)
        with self.device.staying(self.ends.hse, "three") as told:
            self.ends.operator.wait_log("too much waits for the EAS")
        self.assertEqual(told["code"], 1)
        self.assertIn("a reading was not taken: overload", told["error"])
        self.ends.enterprise.start()
        self.ends.enterprise.wait_for("both", lambda: len(self.ends.payloads()) >= 3)
        self.device.send(self.ends.hse, "three", "--confirm")
        self.assertEqual(sorted(self.ends.payloads()), sorted(["before", "one", "two", "three"]))

    def test_it_goes_with_readings_end_to_end_alone(self):
        self.device.options = []
        code, _, error = self.device.try_to_send(self.ends.hse, "x", "--confirm")
        self.assertEqual(code, 2)
        self.assertIn("--confirm goes with --service", error)


if __name__ == "__main__":
    unittest.main()
