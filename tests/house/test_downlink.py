# SPDX-License-Identifier: Apache-2.0
"""The other direction: what an application gives to the control socket reaches the device, protected like its own readings."""
import json
import unittest

from whole import Device, Godwitd, wait_for_readings


class Downlink(unittest.TestCase):
    def test_text_and_octets_reach_the_device_that_listens(self):
        with Godwitd() as daemon:
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            with device.staying(daemon.ready["hse"], "here I am") as told:
                wait_for_readings(daemon, 1)
                self.assertEqual(daemon.ask(command="send", imsi=device.imsi, payload="open the valve"), {"sent": True})
                self.assertEqual(daemon.ask(command="send", imsi=device.imsi, payload_hex="00ff"), {"sent": True})
            received = told["received"]
            self.assertEqual((told["code"], len(received)), (0, 2), told)
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
