#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What godwit device listen and godwit trigger do when something is wrong: a program that is not there, octets that look like options, a device that is killed
while its program runs, two of them on one record, a network that does not take it; and the exit codes, by which scripts go."""
import os
import signal
import subprocess
import unittest

from access import MME
from test_listen import GODWIT, IMSI, IWF, METER, PATIENCE, Listening

SLEEPER = "echo $$ > %s; sleep 600"


class Ends(Listening):
    def refused(self, *words, program="/bin/cat", code=3, card=None, way=None):
        """It ends at once, with that code, and says why."""
        device = ["--imsi", IMSI, "--usim", "soft:" + (card or str(self.device.card)), "--iwf", IWF, "--mme", way or f"{self.network.address(MME)}:7332"]
        done = subprocess.run([GODWIT, "device", "listen", *device, *words, "--run", program], capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stderr

    def sleeper(self):
        """A device whose program runs; the number of that process."""
        place = self.network.daemons[IWF].path("started")
        if os.path.exists(place):
            os.remove(place)
        words = self.recorder, self.record
        self.recorder, self.record = "-c", SLEEPER % place
        self.listen(program="/bin/sh", arguments=[])
        self.recorder, self.record = words
        self.heard("attached")
        return place

    def number_in(self, place):
        daemon = self.network.daemons[IWF]
        daemon.wait_for("the program", lambda: os.path.exists(place) and daemon.read("started").endswith("\n"))
        return int(daemon.read("started"))

    def gone(self, process):
        def is_gone():
            try:
                with open(f"/proc/{process}/stat", encoding="ascii") as file:
                    return file.read().rsplit(")", 1)[1].split()[0] == "Z"
            except FileNotFoundError:
                return True
        self.network.daemons[IWF].wait_for("the end of the program", is_gone)

    def test_a_program_that_is_not_there_is_said_before_a_trigger_is_lost_to_it(self):
        self.start()
        folder = self.network.daemons[IWF].directory
        plain = self.network.daemons[IWF].write("plain", "no program\n")
        os.chmod(plain, 0o600)
        for program, why in (("/no/such/program", "No such file"), ("no-such-program", "No such file"), (folder, "Permission denied"), (plain, "Permission denied")):
            self.assertIn(f"--run {program}: {why}", self.refused(program=program))
        # One that goes away later.
        program = self.network.daemons[IWF].write("program", "#!/bin/sh\n")
        os.chmod(program, 0o700)
        self.listen("--once", program=program)
        self.heard("attached")
        os.remove(program)
        self.assertEqual(self.send("x", "--wait", "120", expect=1)["outcome"], "UNDELIVERABLE")
        self.assertEqual(self.listening.wait(PATIENCE), 0)

    def test_octets_are_octets(self):
        self.start()
        self.listen(arguments=["--x", "-", "--run", "--"])
        self.heard("associated")
        every = bytes(range(80))
        for words in (["--hex", every.hex()], ["--hex", ""], ["--", "--json"], ["-"], ["'\"\n$(id)"], ["--hex", "00"]):
            said = self.trigger("send", "--external-id", METER, "--port", "0", "--wait", "120", *words)
            self.assertEqual(said["outcome"], "SUCCESS", words)
        runs = self.runs()
        self.assertEqual([bytes.fromhex(run["payload"]) for run in runs], [every, b"", b"--json", b"-", b"'\"\n$(id)", b"\0"])
        self.assertTrue(all(run["argv"] == ["--x", "-", "--run", "--"] for run in runs), runs[0])
        self.assertIn("80", self.trigger("send", "--external-id", METER, "--port", "0", "--hex", "00" * 81, expect=2))
        self.assertEqual(self.end_listening(), 0)

    def test_a_device_that_is_killed_takes_its_program_along_and_the_trigger_comes_again_marked(self):
        self.start()
        for how in (signal.SIGKILL, signal.SIGHUP):
            place = self.sleeper()
            reference = self.send("act")["reference"]
            process = self.number_in(place)
            code = self.end_listening(how)
            self.assertEqual(code, -signal.SIGKILL if how == signal.SIGKILL else 0, "a hangup ends it in order, as SIGTERM does")
            self.gone(process)
            before = len(self.runs())
            self.listen("--once")
            self.assertEqual((self.heard("trigger")["repeated"], self.listening.wait(PATIENCE)), (True, 0))
            self.end_listening()
            run = self.runs()[before]
            self.assertEqual((bytes.fromhex(run["payload"]), run["GODWIT_TRIGGER_REPEATED"]), (b"act", "1"))
            self.assertNotEqual(reference, 0)

    def test_one_record_is_one_devices(self):
        self.start()
        self.listen()
        self.heard("associated")
        self.assertIn("another process has it open", self.refused())
        card = self.network.daemons[IWF].path("other.usim")
        subprocess.run([GODWIT, "usim", "create", "--imsi", IMSI, "--k", self.device.k, "--opc", self.device.opc, card], check=True, capture_output=True)
        self.assertIn("another process has it open", self.refused("--state", str(self.device.card) + ".trigger", card=card))
        self.assertEqual(self.send("still there", "--wait", "120")["outcome"], "SUCCESS")
        self.assertEqual(self.end_listening(), 0)
        damaged = self.network.daemons[IWF].write("damaged", "something else\n")
        self.assertIn("damaged, or of another", self.refused("--state", damaged))
        self.assertIn("No such file", self.refused("--state", "/no/such/folder/record"))

    def test_exit_codes(self):
        self.start()
        # Nobody there to take it: accepted is an outcome only for who does not wait for another one.
        self.assertEqual(self.send("kept")["state"], "accepted")
        waits = self.send("kept", "--wait", "1", expect=4)
        self.assertEqual((waits["state"], waits["outcome"]), ("accepted", None))
        self.assertEqual(self.trigger("status", "--of", str(waits["reference"]))["state"], "accepted")
        self.trigger("status", "--of", str(waits["reference"]), "--wait", "1", expect=4)
        self.assertEqual(self.trigger("recall", "--of", str(waits["reference"]), "--wait", "1")["state"], "accepted")  # which has no report
        self.assertIn("not_found", self.trigger("status", "--of", "77", expect=1))
        # What is wrong is said, and --wait hides it not: a key, the network's name, its address.
        self.assertIn("auth_mac_failure; do both", self.refused("--serving-network", "001-02", "--wait", "15", card=self.stranger(), code=1))
        self.assertIn("do not verify: mac_failure; is --serving-network", self.refused("--wait", "15", code=1))
        self.assertIn("does not answer", self.refused("--wait", "1", code=4, way="127.0.0.1:9"))

    def stranger(self):
        """A card of that IMSI with a wrong key."""
        card = self.network.daemons[IWF].path("stranger.usim")
        subprocess.run([GODWIT, "usim", "create", "--imsi", IMSI, "--k", "00" * 16, "--opc", "11" * 16, card], check=True, capture_output=True)
        return card

    def test_lines_for_people_are_lines(self):
        self.start()
        way = ["--imsi", IMSI, "--usim", "soft:" + str(self.device.card), "--iwf", IWF, "--mme", f"{self.network.address(MME)}:7332", "--serving-network", "001-02"]
        self.send("wake up")
        done = subprocess.run([GODWIT, "device", "listen", *way, "--once", "--run", "/bin/true"], capture_output=True, text=True, timeout=PATIENCE, check=True)
        lines = done.stdout.splitlines()
        self.assertIn("event=associated of=trigger", lines)
        trigger, = (line for line in lines if line.startswith("event=trigger "))
        self.assertIn(" payload_hex=77616b65207570 delivered=true exit=0", trigger)


class Help(unittest.TestCase):
    def say(self, *words):
        return subprocess.run([GODWIT, *words], capture_output=True, text=True, timeout=PATIENCE, check=False)

    def test_the_first_word_of_commands_tells_them(self):
        for words, code in ((["trigger", "--help"], 0), (["trigger"], 2), (["sub", "trigger", "--help"], 0)):
            done = self.say(*words)
            text = done.stdout if code == 0 else done.stderr
            self.assertEqual(done.returncode, code, text)
            self.assertEqual("trigger recall " in text, words[0] == "trigger", text)
            self.assertEqual("sub trigger bar " in text, words[0] == "sub", text)
            self.assertNotIn("lab table", text)
        self.assertIn("unknown command 'trigger sned'", self.say("trigger", "sned").stderr)


if __name__ == "__main__":
    unittest.main()
