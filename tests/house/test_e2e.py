# SPDX-License-Identifier: Apache-2.0
"""End to end between processes: a device, the operator's godwitd, and the enterprise's godwit-eas over HTTPS with certificates on both sides."""
import os
import signal
import unittest

from e2e import IMSI, Ends, say


class EndToEnd(unittest.TestCase):
    def ends(self, *services, **enterprise):
        ends = Ends(self)
        if enterprise:
            ends.enterprise.configure_eas(**enterprise)
        ends.entitle(*(services or ("confidentiality",)))
        return ends.start()

    def test_readings_arrive_at_the_enterprise_and_are_nowhere_in_clear_at_the_operator(self):
        for service in ("confidentiality", "integrity"):
            with self.subTest(service):
                ends = self.ends(service)
                device = ends.device(service)
                texts = [f"reading-{n}-of-{service}" for n in range(4)]
                for n, text in enumerate(texts):
                    self.assertEqual(device.send(ends.hse, text)["set_up"], n == 0)
                ends.wait_for(self, *texts)
                ends.operator.stop()
                ends.nothing_in_clear(self, *(texts if service == "confidentiality" else ()))

    def downlink(self, ends, text):
        self.assertEqual(ends.enterprise.ask(command="send", imsi=IMSI, payload=text), {"sent": True})

    def test_messages_of_the_enterprise_wait_until_the_device_speaks(self):
        ends = self.ends()
        device = ends.device()
        device.send(ends.hse, "here I am")
        ends.wait_for(self, "here I am")
        ends.enterprise.stop(signal.SIGKILL)  # it no longer knows that the device was heard just now
        ends.enterprise.start()
        for text in ("open-the-valve", "close-the-valve"):
            self.downlink(ends, text)
        ends.enterprise.stop(signal.SIGKILL)
        ends.enterprise.start()
        with device.staying(ends.hse, "anything?") as told:
            ends.operator.wait_log("event=forwarded_down", 2)
        self.assertEqual([one["payload"] for one in told["received"]], ["open-the-valve", "close-the-valve"])
        self.assertEqual(device.send(ends.hse, "and now?", "--wait", "500")["received"], [])
        ends.nothing_in_clear(self, "open-the-valve", "close-the-valve", "anything?")
        self.assertIn("error", ends.operator.ask(command="send", imsi=IMSI, payload="by the operator"))

    def test_keys_age_by_count_and_no_reading_is_lost_or_comes_twice(self):
        ends = self.ends(eas="ageing: {confidentiality: {messages: 8}}")
        device = ends.device()
        texts = [f"reading {n}" for n in range(30)]
        ages = []
        for n, text in enumerate(texts):
            if n == 9:
                ends.enterprise.stop(signal.SIGKILL)
                ends.enterprise.start()
            if n == 17:
                ends.operator.stop(signal.SIGKILL)
                ends.operator.start()
            ages.append(device.send(ends.hse, text)["e2e"]["age"])
            ends.wait_for(self, *texts[:n + 1])
        self.assertEqual(ages, sorted(ages))
        self.assertGreaterEqual(ages[-1], 4)
        self.assertEqual(ends.operator.stop(), 0)
        self.assertEqual(ends.enterprise.stop(), 0)
        ends.nothing_in_clear(self, *texts)

    def test_what_is_sent_while_the_enterprise_is_away_waits_at_the_hse(self):
        ends = self.ends()
        device = ends.talk(self, ends.device())
        say(device, "before")
        ends.wait_for(self, "before")
        ends.enterprise.stop(signal.SIGKILL)
        texts = [f"meanwhile {n}" for n in range(6)]
        for text in texts:
            say(device, text)
        ends.operator.wait_log("eas.meters.example: ")  # it has been tried
        ends.enterprise.start()
        ends.enterprise.wait_for("all of them", lambda: len(ends.payloads()) >= 7)
        say(device, "after")
        ends.enterprise.wait_for("the last one", lambda: len(ends.payloads()) >= 8)
        self.assertEqual(sorted(ends.payloads()), sorted(["before", *texts, "after"]))

    def test_an_enterprise_that_has_lost_everything_gets_the_next_age(self):
        ends = self.ends()
        device = ends.device()
        first = device.send(ends.hse, "before", "--confirm")["e2e"]["age"]  # else the HSE may forward it again, and spend a Reject of the few on it
        ends.wait_for(self, "before")
        ends.enterprise.stop(signal.SIGKILL)
        taken = ends.enterprise.read("log").count("event=key_taken")
        for name in ("store.db", "store.db-wal", "store.db-shm", "store.key"):
            if os.path.exists(ends.enterprise.path(name)):
                os.remove(ends.enterprise.path(name))
        ends.enterprise.start()
        device.try_to_send(ends.hse, "nobody can open this", "--wait", "0")  # and is gone before it hears so
        ends.enterprise.wait_log("event=key_taken", taken + 1)
        refused = ends.operator.read("log").count("the EAS refuses what the device sent")
        with device.staying(ends.hse, "nor this") as told:  # from another address than before
            ends.operator.wait_log("the EAS refuses what the device sent", refused + 1)
            ends.operator.wait_log("event=service_taken")
        self.assertEqual(told["code"], 1)
        self.assertIn("a reading was not taken: unknown_key", told["error"])
        self.assertEqual(device.send(ends.hse, "after")["e2e"]["age"], first + 1)
        ends.wait_for(self, "before", "after")  # by their ids: a new store gives none of before


if __name__ == "__main__":
    unittest.main()
