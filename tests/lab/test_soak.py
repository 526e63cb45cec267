# SPDX-License-Identifier: Apache-2.0
"""godwit lab soak: seeds without a violation, what it prints, and that a seed is a scenario."""
import unittest

from cli import result, run


class Soak(unittest.TestCase):
    def test_hundreds_of_seeds_have_no_violation(self):
        got = result("lab", "soak", "--seeds", "500")
        self.assertEqual((got["seeds"], got["violations"], got["replay"]), (500, 0, None), got)
        self.assertGreater(got["events"], 50000)

    def test_a_seed_is_a_scenario(self):
        words = ("lab", "soak", "--seeds", "1", "--first", "17")
        code, first, _ = run(*words)
        self.assertEqual(code, 0)
        self.assertIn("seed 17", first)
        self.assertEqual(run(*words)[1], first)
        self.assertNotEqual(run(*words[:-1], "18")[1], first)

    def test_no_seeds_are_refused(self):
        self.assertEqual(run("lab", "soak", "--seeds", "0")[0], 2)


if __name__ == "__main__":
    unittest.main()
