# SPDX-License-Identifier: Apache-2.0
"""tests/vectors/e2e-emsdp.txt is what the Python implementation of docs/emsdp-wire.md and docs/keys.md says, and what it says can be read again."""
import os
import unittest

import emsdp
import golden
import make_e2e_vectors as made
from keys import DOWN, UP

FRAMING = emsdp.Framing(3, 1)


def opened(key, datagram, direction, transcript=b""):
    return emsdp.receive(FRAMING, key, emsdp.parse_header(FRAMING, datagram), direction, transcript)[0]


class Vectors(unittest.TestCase):
    def test_the_file_is_what_the_pages_say(self):
        with open(os.path.join(golden.FOLDER, "e2e-emsdp.txt"), encoding="ascii") as file:
            self.assertEqual(file.read(), made.text())

    def test_the_terms_can_be_read(self):
        sent = made.conversation()
        start = opened(made.session_key(), sent["start"], DOWN, emsdp.transcript_of(sent["request"]))
        self.assertEqual(emsdp.service_of(emsdp.parse_tlvs(start[1:])[emsdp.SERVICE]), (3, 1, 1, 1, 86400, 100))
        asked = emsdp.parse_tlvs(emsdp.parse_header(FRAMING, sent["request"]).body[1:])
        self.assertEqual(emsdp.service_request_of(asked[emsdp.SERVICE_REQUEST]), (3, [1, 2, 3, 4], 0))

    def test_what_the_hse_forwards_opens_at_the_eas_alone(self):
        sent = made.conversation()
        hashed = emsdp.transcript_of(sent["request"], sent["start"])
        confirmation = opened(made.session_key(), sent["confirmation"], UP, hashed)
        carried = emsdp.parse_tlvs(confirmation[1:])[emsdp.DATA]
        self.assertEqual(carried, sent["carried"])
        eas = made.e2e_key(1)
        self.assertEqual([opened(eas, sent[name], UP) for name in ("carried", "up_1", "up_late")],
                         [made.READING, b"reading 2", b"reading in flight"])
        self.assertEqual(opened(made.e2e_key(2, key_id=2), sent["up_2"], UP), b"reading 3")
        for wrong in (made.session_key(), made.e2e_key(2), made.e2e_key(1, eas=made.OTHER)):
            with self.assertRaises(emsdp.Refused):
                opened(wrong, sent["up_1"], UP)
        with self.assertRaises(emsdp.Refused):
            opened(eas, sent["up_1"], UP)

    def test_keys_of_ages_and_endpoints_are_all_different(self):
        found = [one["k_e2e"] for one in golden.read("e2e-emsdp.txt")["k_e2e"]]
        self.assertEqual(len(set(found)), len(found))


if __name__ == "__main__":
    unittest.main()
