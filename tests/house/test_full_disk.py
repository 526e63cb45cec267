# SPDX-License-Identifier: Apache-2.0
"""A disk that refuses to take more while godwitd runs: nothing is delivered that is not durable, and all goes on when there is room again."""
import os
import resource
import unittest

from whole import Device, Godwitd, readings, wait_for_readings


class FullDisk(unittest.TestCase):
    def limit(self, daemon, octets):
        """No file of the process may grow beyond so many octets; the log and the readings are far smaller than the store's log."""
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (octets, resource.RLIM_INFINITY))

    def test_readings_wait_for_no_disk_and_none_comes_twice(self):
        with Godwitd() as daemon:
            daemon.start()
            device = Device(daemon.directory, "001010000000001").subscribe(daemon)
            other = Device(daemon.directory, "001010000000002").subscribe(daemon)
            device.send(daemon.ready["hse"], "before")
            wait_for_readings(daemon, 1)
            self.limit(daemon, os.path.getsize(daemon.path("store.db-wal")))
            device.send(daemon.ready["hse"], "lost")  # the user plane is not acknowledged
            daemon.wait_log("event=commit_failed")
            self.assertIn("File too large", daemon.read("log"))
            code, _, _ = other.try_to_send(daemon.ready["hse"], "refused", "--retransmit", "50", "--attempts", "2")
            self.assertNotEqual(code, 0)  # no vector leaves whose SQN is not durable
            self.assertEqual(len(readings(daemon)), 1)
            self.assertIn("error", daemon.ask(command="session-drop", session=daemon.ask(command="session-list")["sessions"][0]["session"]))
            self.limit(daemon, resource.RLIM_INFINITY)
            device.send(daemon.ready["hse"], "after")
            other.send(daemon.ready["hse"], "at last")
            got = [one["payload"] for one in wait_for_readings(daemon, 3)]
            self.assertEqual(sorted(got), ["after", "at last", "before"])
            self.assertEqual(daemon.stop(), 0)


if __name__ == "__main__":
    unittest.main()
