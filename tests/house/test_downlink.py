# SPDX-License-Identifier: Apache-2.0
"""The other direction: what an application gives to the control socket reaches the device, protected like its own readings."""
import json
import os
import subprocess
import unittest

from whole import Device, Godwitd, wait_for_readings

PROGRAM = os.path.join(os.environ.get("GODWIT_BINARY", "build"), "bin", "godwit")


class Downlink(unittest.TestCase):
    def listen(self, daemon, device, text):
        """A device that sends one reading and then listens for some seconds."""
        words = device.words(daemon.ready["hse"], "--wait", "3000")
        process = subprocess.Popen([PROGRAM, *words, "--json", text], stdout=subprocess.PIPE, text=True, env=os.environ)
        self.addCleanup(process.stdout.close)
        return process

    def test_text_and_octets_reach_the_device_that_listens(self):
        with Godwitd() as daemon:
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            process = self.listen(daemon, device, "here I am")
            wait_for_readings(daemon, 1)
            self.assertEqual(daemon.ask(command="send", imsi=device.imsi, payload="open the valve"), {"sent": True})
            self.assertEqual(daemon.ask(command="send", imsi=device.imsi, payload_hex="00ff"), {"sent": True})
            received = json.loads(process.stdout.read())["received"]
            self.assertEqual(process.wait(), 0)
            self.assertEqual(len(received), 2, received)
            self.assertIn("open the valve", json.dumps(received[0]))
            self.assertIn("00ff", json.dumps(received[1]))

    def test_a_device_without_a_session_cannot_be_reached(self):
        with Godwitd() as daemon:
            daemon.start()
            answer = daemon.ask(command="send", imsi="001010000000009", payload="x")
            self.assertIn("error", answer)
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            session = device.send(daemon.ready["hse"], "hello")["session"]
            self.assertEqual(daemon.ask(command="session-drop", session=session), {"dropped": True})
            self.assertIn("error", daemon.ask(command="send", imsi=device.imsi, payload="x"))

    def test_it_reaches_a_session_that_only_the_store_remembers(self):
        with Godwitd() as daemon:
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            device.send(daemon.ready["hse"], "before")
            port = daemon.address()[1]
            self.assertEqual(daemon.stop(), 0)
            daemon.configure(listen=f"127.0.0.1:{port}")
            daemon.start()
            self.assertEqual(daemon.ask(command="send", imsi=device.imsi, payload="still there?"), {"sent": True})


if __name__ == "__main__":
    unittest.main()
