# SPDX-License-Identifier: Apache-2.0
"""Subscribers in a store and soft SIMs in files: what is kept, what is shown, and that keys never are."""
import os
import stat
import tempfile
import unittest

from cli import result, run

K = "465b5ce8b199b49faa5f0a2ee238a6bc"
OPC = "cd63cb71954a9f4e48a5994e37a02baf"
IMSI = "001010123456789"


class WithStore(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.store = os.path.join(self.folder.name, "godwit.db")
        self.options = ["--store", self.store]

    def tearDown(self):
        self.folder.cleanup()

    def path(self, name, text=None):
        path = os.path.join(self.folder.name, name)
        if text is not None:
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
        return path

    def add(self, imsi=IMSI, *more):
        return run("sub", "add", "--imsi", imsi, "--k", K, "--opc", OPC, *self.options, *more)


class Sub(WithStore):
    def test_add_list_show_and_remove(self):
        self.assertEqual(self.add(IMSI, "--feature", "separate-umts", "--amf", "8000")[0], 0)
        self.assertEqual(self.add("001010000000001")[0], 0)
        listed = result("sub", "list", *self.options)
        self.assertEqual(listed["total"], 2)
        self.assertEqual([one["imsi"] for one in listed["subscribers"]], ["001010000000001", IMSI])
        shown = result("sub", "show", "--imsi", IMSI, *self.options)
        self.assertEqual((shown["algorithm"], shown["amf"], shown["features"]), ("milenage", "0000", ["separate-umts"]))
        self.assertEqual(result("sub", "rm", "--imsi", IMSI, *self.options), {"removed": IMSI})
        self.assertEqual(run("sub", "show", "--imsi", IMSI, *self.options)[0], 1)
        self.assertEqual(run("sub", "rm", "--imsi", IMSI, *self.options)[0], 1)

    def test_no_command_prints_keys_and_no_file_holds_them_in_clear(self):
        printed = self.add()[1] + run("sub", "list", *self.options, "--json")[1] + run("sub", "show", "--imsi", IMSI, *self.options)[1]
        for secret in (K, OPC):
            self.assertNotIn(secret, printed.lower())
        for name in os.listdir(self.folder.name):
            with open(self.path(name), "rb") as file:
                octets = file.read()
            for secret in (K, OPC):
                self.assertNotIn(bytes.fromhex(secret), octets, name)
                self.assertNotIn(secret.encode(), octets.lower(), name)

    def test_files_are_for_their_owner_alone(self):
        self.add()
        for name in os.listdir(self.folder.name):
            self.assertEqual(stat.S_IMODE(os.stat(self.path(name)).st_mode), 0o600, name)

    def test_a_second_add_is_refused_and_changes_nothing(self):
        self.add()
        code, out, err = self.add(IMSI, "--amf", "1234")
        self.assertEqual((code, out), (1, ""))
        self.assertIn(IMSI, err)
        self.assertEqual(result("sub", "show", "--imsi", IMSI, *self.options)["amf"], "0000")

    def test_a_store_that_is_not_there_or_not_a_store(self):
        code, _, err = run("sub", "list", *self.options)
        self.assertEqual(code, 3)
        self.assertIn(self.store, err)
        self.assertFalse(os.path.exists(self.store))
        code, _, err = run("sub", "add", "--imsi", IMSI, "--k", K, "--opc", OPC, "--store", self.path("text", "no database\n" * 99))
        self.assertEqual((code, len(err.splitlines())), (3, 1))
        self.assertIn("text", err)

    def test_the_wrong_key_encryption_key_is_named(self):
        self.add()
        other = self.path("other.kek")
        run("sub", "add", "--imsi", IMSI, "--k", K, "--opc", OPC, "--store", self.path("other.db"), "--key-file", other)
        code, _, err = run("sub", "show", "--imsi", IMSI, "--store", self.store, "--key-file", other)
        self.assertEqual((code, len(err.splitlines())), (3, 1))
        self.assertIn("other.kek", err)


class Import(WithStore):
    def test_good_lines_are_taken_and_bad_ones_named(self):
        lines = ["imsi,k,opc,op,topc,algorithm,amf,features,sqn",
                 f"001010000000001,{K},{OPC},,,,,,",
                 f"001010000000002,{K},,{OPC},,milenage,8000,separate-umts,000000001000",
                 f"001010000000003,{K},,,{OPC}{OPC},tuak,,,",
                 f"00101x,{K},{OPC},,,,,,",
                 f"001010000000005,{K[:-1]},{OPC},,,,,,",
                 f"001010000000006,{K},,,,,,,",
                 f"001010000000007,{K},{OPC},,,rot13,,,",
                 f"001010000000008,{K},{OPC},,,,,flying,",
                 f"001010000000001,{K},{OPC},,,,,,",
                 "x" * 3000,
                 f"001010000000009,{K},{OPC},,,,,,"]
        code, out, err = run("sub", "import", self.path("s.csv", "\n".join(lines)), *self.options, "--json")
        self.assertEqual((code, out), (1, '{"added":4,"refused":7}\n'))
        numbers = [int(line.split(":")[1]) for line in err.splitlines()]
        self.assertEqual(numbers, [5, 6, 7, 8, 9, 10, 11])
        self.assertNotIn(K, err)
        self.assertEqual(result("sub", "show", "--imsi", "001010000000002", *self.options)["seq"], 0x1000 >> 5)

    def test_a_header_that_cannot_be(self):
        for header, named in (("imsi,k,colour", "colour"), ("k,opc", "imsi"), (f"001010000000001,{K}", "001010000000001")):
            code, _, err = run("sub", "import", self.path("s.csv", header + "\n"), *self.options)
            self.assertEqual(code, 3)
            self.assertIn(named, err)

    def test_more_than_one_batch_with_progress(self):
        rows = "".join(f"00101{n:010d},{K},{OPC}\n" for n in range(100_001))
        code, out, err = run("sub", "import", self.path("s.csv", "imsi,k,opc\n" + rows), *self.options, "--json")
        self.assertEqual((code, out), (0, '{"added":100001,"refused":0}\n'))
        self.assertIn("100000 subscribers", err)
        self.assertEqual(result("sub", "list", "--limit", "1", *self.options)["total"], 100_001)


class Usim(WithStore):
    def test_a_card_can_be_capable_of_solution_1(self):
        card = self.path("capable")
        words = ["usim", "create", "--imsi", IMSI, "--k", K, "--opc", OPC, "--e2m"]
        for bad in ("8000", "0081", "0100", "80", "zz"):
            self.assertEqual(run(*words, "--e2m-flag", bad, card)[0], 2, bad)
            self.assertFalse(os.path.exists(card))
        self.assertEqual(run(*words, "--e2m-flag", "0001", card)[0], 0)

    def test_features_of_solution_1_have_names(self):
        self.assertEqual(self.add(IMSI, "--feature", "e2m-usim", "--feature", "e2m-me")[0], 0)
        shown = result("sub", "show", "--imsi", IMSI, *self.options)
        self.assertEqual(shown["features"], ["e2m-usim", "e2m-me"])

    def test_a_card_is_made_once_and_for_its_owner_alone(self):
        card = self.path("card")
        words = ["usim", "create", "--imsi", IMSI, "--k", K, "--opc", OPC, card]
        self.assertEqual(result(*words), {"imsi": IMSI, "usim": card})
        self.assertEqual(stat.S_IMODE(os.stat(card).st_mode), 0o600)
        code, out, err = run(*words)
        self.assertEqual((code, out), (3, ""))
        self.assertIn(card, err)

    def test_authenticate_as_an_access_network_would(self):
        card = self.path("card")
        run("usim", "create", "--imsi", IMSI, "--k", K, "--opc", OPC, card)
        vector = result("aka", "vector", "--k", K, "--opc", OPC, "--rand", "00" * 16, "--sqn", "000000000020", "--amf", "8000")
        words = ["usim", "authenticate", "--rand", "00" * 16, card, "--autn"]
        self.assertEqual(result(*words, vector["autn"]), {"result": "ok", "res": vector["res"], "auts": None})
        code, out, _ = run(*words, vector["autn"], "--json")
        self.assertEqual((code, out[:24]), (1, '{"result":"auth_resync",'))
        code, out, _ = run(*words, "00" * 16, "--json")
        self.assertEqual((code, out), (1, '{"result":"auth_mac_failure","res":null,"auts":null}\n'))
        self.assertNotIn(vector["ck"], out)

    def test_send_writes_over_no_file_that_keeps_no_session(self):
        card = self.path("card")
        run("usim", "create", "--imsi", IMSI, "--k", K, "--opc", OPC, card)
        for name, text in (("short", "something dear"), ("long", "something dear\n" * 100)):
            with self.subTest(name):
                state = self.path(name, text)
                words = ["--imsi", IMSI, "--usim", "soft:" + card, "--state", state, "--hse", "127.0.0.1:1", "text"]
                code, _, err = run("send", *words)
                self.assertEqual(code, 3)
                self.assertIn(state, err)
                with open(state, encoding="ascii") as file:
                    self.assertEqual(file.read(), text)

    def test_send_without_a_peer_or_with_another_card(self):
        card, state = self.path("card"), self.path("state")
        run("usim", "create", "--imsi", IMSI, "--k", K, "--opc", OPC, card)
        base = ["send", "--usim", "soft:" + card, "--state", state, "--retransmit", "10", "--attempts", "2"]
        self.assertEqual(run(*base, "--imsi", IMSI, "--hse", "127.0.0.1:1", "text")[0], 4)
        code, _, err = run(*base, "--imsi", "001010000000001", "--hse", "127.0.0.1:1", "text")
        self.assertEqual(code, 2)
        self.assertIn(IMSI, err)
        self.assertEqual(run(*base, "--imsi", IMSI, "--hse", "nowhere", "text")[0], 2)
        self.assertEqual(run("send", "--imsi", IMSI, "--usim", "soft:" + self.path("none"), "--state", state, "text")[0], 3)
        self.assertEqual(run("send", "--imsi", IMSI, "--usim", "pcsc:0", "--state", state, "text")[0], 2)


if __name__ == "__main__":
    unittest.main()
