# SPDX-License-Identifier: Apache-2.0
"""tests/vectors/trigger.txt is what the Python implementation of docs/trigger-wire.md says, and what it says can be read again."""
import os
import unittest

import a3
import golden
import make_trigger_vectors as made


class Vectors(unittest.TestCase):
    def test_the_file_is_what_the_page_says(self):
        with open(os.path.join(golden.FOLDER, "trigger.txt"), encoding="ascii") as file:
            self.assertEqual(file.read(), made.text())

    def test_what_was_said_can_be_read_and_fits(self):
        sent, ends = made.conversation(), made.association(1, made.CK_IK, 1)
        for name in ("command", "complete", "trigger", "acknowledgement", "recall", "poll", "poll_answer", "replace"):
            self.assertEqual(ends.open(sent[name])[0], sent[name][0] >> 3)
        self.assertEqual(ends.open(sent["trigger"])[2][-80:], made.PAYLOAD)
        self.assertEqual((len(sent["trigger_sms"]), len(sent["replace_sms"])), (123, 127))

    def test_a_bent_octet_is_refused(self):
        message, ends = made.conversation()["trigger"], made.association(1, made.CK_IK, 1)
        for at in range(len(message)):
            bent = bytearray(message)
            bent[at] ^= 1
            with self.assertRaises(AssertionError):
                ends.open(bytes(bent))


if __name__ == "__main__":
    unittest.main()
