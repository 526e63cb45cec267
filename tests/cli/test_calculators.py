# SPDX-License-Identifier: Apache-2.0
"""The calculators of the command line against known answers: what is printed, in which shape, and what is refused."""
import unittest

from cli import result, run

# TS 35.208 4.3, test set 1.
SET1 = ["--k", "465b5ce8b199b49faa5f0a2ee238a6bc", "--opc", "cd63cb71954a9f4e48a5994e37a02baf"]
RAND = ["--rand", "23553cbe9637a89d218ae64dae47bf35"]
OP = "cdc202d5123e20f62b6d676ac72cb318"
AUTN = "55f328b43577b9b94a9ffac354dfafb3"


class AkaVector(unittest.TestCase):
    def test_milenage_test_set_1(self):
        got = result("aka", "vector", "--algorithm", "milenage", *SET1, *RAND, "--sqn", "ff9bb4d0b607", "--amf", "b9b9",
                     "--plmn", "001-01")
        self.assertEqual(got, {
            "mac_a": "4a9ffac354dfafb3", "mac_s": "01cfaf9ec4e871e9", "res": "a54211d5e3ba50bf",
            "ck": "b40ba9a3c58b2a05bbf0d987b21bf8cb", "ik": "f769bcd751044604127672711c6d3441", "ak": "aa689c648370",
            "ak_star": "451e8beca43b", "autn": AUTN, "sres": "46f8416a", "kc": "eae4be823af9a08b",
            "kc128": "83b0c45a8ea35d53aa3b21a9b1af409e",
            "kasme": "48579af8781c742d5120e6ed8ccac13193f38c53ab7aa69396f49ca6e1b0562d"})

    def test_op_gives_what_opc_gives(self):
        with_op = result("aka", "vector", "--k", SET1[1], "--op", OP, *RAND, "--sqn", "ff9bb4d0b607", "--amf", "b9b9")
        self.assertEqual(with_op["mac_a"], "4a9ffac354dfafb3")
        self.assertIsNone(with_op["kasme"])

    def test_gsm_milenage_has_only_sres_and_kc(self):
        # TS 55.205 test set 1
        got = result("aka", "vector", "--algorithm", "gsm-milenage", *SET1, *RAND)
        self.assertEqual((got["sres"], got["kc"]), ("46f8416a", "eae4be823af9a08b"))
        self.assertTrue(all(got[name] is None for name in
                            ("mac_a", "mac_s", "res", "ck", "ik", "ak", "ak_star", "autn", "kc128", "kasme")))
        got = result("aka", "vector", "--algorithm", "gsm-milenage", *SET1, *RAND, "--sres-function", "2")
        self.assertEqual(got["sres"], "a54211d5")

    def test_xor_2g(self):
        # TS 51.010-1 A.4.1.2
        got = result("aka", "vector", "--algorithm", "xor-2g", "--k", "000102030405060708090a0b0c0d0e0f",
                     "--rand", "00102030405060708090a0b0c0d0e0f0")
        self.assertEqual((got["sres"], got["kc"]), ("00112233", "445566778899aabb"))

    def test_for_people_it_prints_lines_and_leaves_absent_members_out(self):
        code, out, _ = run("aka", "vector", "--algorithm", "gsm-milenage", *SET1, *RAND)
        self.assertEqual(code, 0)
        self.assertEqual([line.split() for line in out.splitlines()], [["sres", "46f8416a"], ["kc", "eae4be823af9a08b"]])

    def test_wrong_values_are_named(self):
        for words, named in [
            (["--k", "00", "--opc", OP], "--k"),
            (["--k", SET1[1], "--opc", "zz"], "--opc: character 1"),
            (["--k", SET1[1]], "--opc or --op"),
            (["--k", SET1[1], "--opc", OP, "--op", OP], "enough"),
            (["--algorithm", "rot13", *SET1], "rot13"),
            (["--algorithm", "tuak", "--k", SET1[1], "--topc", OP], "--topc"),
            ([*SET1, "--iterations", "0"], "--iterations"),
        ]:
            code, out, err = run("aka", "vector", *words, *RAND, "--sqn", "ff9bb4d0b607", "--amf", "b9b9")
            self.assertEqual((code, out), (2, ""), words)
            self.assertIn(named, err)
            self.assertEqual(len(err.splitlines()), 1)


class AkaVerify(unittest.TestCase):
    def verify(self, *words, autn=AUTN, rand=RAND[1]):
        code, out, err = run("aka", "verify", *words, "--rand", rand, "--autn", autn, "--json")
        self.assertEqual(err, "")
        import json
        return code, json.loads(out)

    def test_a_good_token(self):
        self.assertEqual(self.verify(*SET1), (0, {"result": "ok", "auts": None, "swap": None}))

    def test_a_stale_sqn_gives_auts(self):
        code, got = self.verify(*SET1, "--sqn-ms", "ff9bb4d0b607")
        self.assertEqual((code, got["result"], len(got["auts"])), (1, "auth_resync", 28))
        self.assertEqual(self.verify(*SET1, "--sqn-ms", "ff9bb4d0b606")[0], 0)

    def test_swaps_are_recognised(self):
        self.assertEqual(self.verify("--k", SET1[1], "--opc", OP)[1]["swap"], "op_for_opc")
        self.assertEqual(self.verify("--k", SET1[1], "--op", SET1[3])[1]["swap"], "opc_for_op")
        self.assertEqual(self.verify("--k", SET1[3], "--opc", SET1[1])[1]["swap"], "k_for_opc")
        self.assertEqual(self.verify(*SET1, autn=AUTN.replace("b9b9", "8000"))[1]["swap"], "amf")
        self.assertEqual(self.verify(*SET1, autn="ff9bb4d0b607" + AUTN[12:])[1]["swap"], "sqn_not_concealed")
        self.assertEqual(self.verify(*SET1, autn=AUTN[:16] + "01cfaf9ec4e871e9")[1]["swap"], "mac_s_for_mac_a")
        back = bytes.fromhex(RAND[1])[::-1].hex()
        self.assertEqual(self.verify(*SET1, rand=back)[1]["swap"], "rand_reversed")
        self.assertEqual(self.verify("--k", bytes.fromhex(SET1[1])[::-1].hex(), *SET1[2:])[1]["swap"], "k_reversed")

    def test_what_no_swap_explains(self):
        code, got = self.verify("--k", "00" * 16, *SET1[2:])
        self.assertEqual((code, got["result"], got["swap"]), (1, "auth_mac_failure", None))


class Kdf(unittest.TestCase):
    def test_kasme_of_the_facts(self):
        # TS 33.401 A.2, inputs of srsRAN's KDF test
        got = result("kdf", "--key", "7bc15d69309cf3ec5d324404edd6f0f9" "c15d69309cf3ec5d324404edd6f0f97b", "--fc", "10",
                     "--p", "00f110", "--p", "5d69309ce135")
        self.assertEqual(got, {"out": "d5ef4d8f33266902295d42f322a2f2cf11fb2ccc124c09b4d88d361597037990"})

    def test_function_codes_that_cannot_be(self):
        for fc in ("", "FF", "1234", "zz", "FF0102"):
            code, _, err = run("kdf", "--key", "00", "--fc", fc)
            self.assertEqual(code, 2, fc)
            self.assertIn("--fc", err)


class Keys(unittest.TestCase):
    KASME = "48579af8781c742d5120e6ed8ccac13193f38c53ab7aa69396f49ca6e1b0562d"
    CK_IK = "b40ba9a3c58b2a05bbf0d987b21bf8cbf769bcd751044604127672711c6d3441"

    def test_separate_eps(self):
        got = result("keys", "--root", self.KASME, "--agreement", "separate-eps", "--sqn-xor-ak", "55f328b43577",
                     "--endpoint", "hse.example")
        self.assertEqual(got["e2m_keyset"], "b2a927772a96ed985664755cab934a5a139770efe1b953813a224fe0a68468ac")
        self.assertEqual(got["k_session"], "fc3d48efcbe1ffd29a6304a6305c108d017e56e40ba83155e506c8e3c3cc1801")
        self.assertEqual(got["k_enc"], "5a92994ede067a00037fadae7dc6b451")
        self.assertEqual(got["k_int"], "53ec23e347b8186285e9046b73caccb8")
        self.assertIsNone(got["ck_prime"])

    def test_generation_suite_and_age(self):
        got = result("keys", "--root", self.KASME, "--agreement", "3", "--sqn-xor-ak", "55f328b43577",
                     "--endpoint", "hse.example", "--generation", "2")
        self.assertEqual(got["k_session"], "65beb6d59823eb7f8cc408c60ba0af804704a062089069e72095f12c313bd484")
        got = result("keys", "--root", self.KASME, "--agreement", "3", "--sqn-xor-ak", "55f328b43577",
                     "--endpoint", "hse.example", "--suite", "eea2-hmac-64")
        self.assertEqual(got["k_int"], "7ff225146485de10d3b74c3935c3dbc2b57f34118254697aa743dab7b7e1eaf9")
        got = result("keys", "--root", self.KASME, "--agreement", "3", "--sqn-xor-ak", "55f328b43577",
                     "--endpoint", "eas.example", "--psk", "dtls1.2")
        self.assertEqual(got["k_e2e"], "4e43367370c3775384a898de96ef4b0f8caa998c05e20716a234bfb9fbe9f718")
        self.assertEqual(got["psk"], "6e535875b53cacd4087dd74230b219df75275cac29b4341ef88972fb7e7ed922")

    def test_access_umts_and_iwf(self):
        got = result("keys", "--root", self.CK_IK, "--agreement", "access-umts", "--sqn-xor-ak", "55f328b43577",
                     "--iwf", "iwf.example", "--imsi", "001010123456789")
        self.assertEqual(got["ck_prime"], "cc33bc91c95b099cf3fa1d9eb055e1c2")
        self.assertEqual(got["ik_prime"], "3026d6d8867541c4d3f30898d2c965cd")
        self.assertEqual(got["e2m_keyset"], "e3f1ff9d813cf4e87c87ee8929850053f0e329cea44a4ca7d20b91962c8a8590")
        self.assertEqual(got["k_iwf"], "d47f03efca15e66635d2a371cef7b18cd4358bb612c1dc65d8f2a9f4cc4f99a0")
        self.assertEqual(got["k_di_conf"], "7c2b43d1839b2e5f63ac0031a8454a28")

    def test_device_rand(self):
        got = result("keys", "--root", "6e84c0e82a02e55d5380c0194b85a54874f8123697bcd2cf", "--agreement", "device-rand",
                     "--endpoint", "hse.example", "--imsi", "001010123456789", "--rand1", "00000000000100010203040506070809")
        self.assertEqual(got["rand_a"], "091f9bbb6927afad8711cd8f1dea61c1")
        self.assertEqual(got["k_mtc"], "139cdb06e57c68b35683b3a0cd1ad8c3580e70ad080e2425d40486e9977a2e27")
        self.assertEqual(got["next_chain"], "d37beaf211f8af0f945caa6cf47d33dcf952c1dc2d0e463fc3b9fc2b57d31b8f")

    def test_refusals(self):
        for words, named in [(["--agreement", "quantum"], "quantum"), (["--agreement", "3", "--endpoint", "Hse.Example"], "canonical"),
                             (["--agreement", "3", "--suite", "null"], "null"), (["--agreement", "3", "--generation", "0"], "--generation")]:
            code, out, err = run("keys", "--root", self.KASME, "--sqn-xor-ak", "55f328b43577", *words)
            self.assertEqual((code, out), (2, ""))
            self.assertIn(named, err)


class Eps(unittest.TestCase):
    def test_eea2_set_1_and_eia_sets(self):
        # TS 33.401 C.1, C.2; ETSI/SAGE for ZUC
        got = result("eea", "--algorithm", "2", "--key", "d3c5d592327fb11c4035c6680af8c6d1", "--count", "398a59b4", "--bearer", "21",
                     "--direction", "1", "--bits", "253", "--in", "981ba6824c1bfb1ab485472029b71d808ce33e2cc3c0b5fc1f3de8a6dc66b1f0")
        self.assertEqual(got["out"], "e9fed8a63d155304d71df20bf3e82214b20ed7dad2f233dc3c22d7bdeeed8e78")
        got = result("eia", "--algorithm", "2", "--key", "d3c5d592327fb11c4035c6680af8c6d1", "--count", "398a59b4", "--bearer", "26",
                     "--direction", "1", "--bits", "64", "--in", "484583d5afe082ae")
        self.assertEqual(got, {"mac": "b93787e6"})
        got = result("eia", "--algorithm", "1", "--key", "2bd6459f82c5b300952c49104881ff48", "--count", "38a6f056", "--bearer", "31",
                     "--direction", "0", "--bits", "88", "--in", "3332346263393861373479")
        self.assertEqual(got, {"mac": "731f1165"})
        got = result("eia", "--algorithm", "3", "--key", "00" * 16, "--count", "00000000", "--bearer", "0", "--direction", "0",
                     "--bits", "1", "--in", "00")
        self.assertEqual(got, {"mac": "c8a9595e"})

    def test_refusals(self):
        base = ["--key", "00" * 16, "--count", "00000000", "--direction", "0", "--in", "00"]
        for words in (["--algorithm", "0", "--bearer", "0"], ["--algorithm", "2", "--bearer", "32"],
                      ["--algorithm", "2", "--bearer", "0", "--bits", "9"], ["--algorithm", "2"]):
            self.assertEqual(run("eia", *base, *words)[0], 2)


class Decode(unittest.TestCase):
    def test_session_request(self):
        got = result("decode", "000000000010010809101010325476980302040f0400050300f110")
        self.assertEqual(got["name"], "Session Request")
        self.assertEqual(got["tlvs"]["imsi"], "001010123456789")
        self.assertEqual(got["tlvs"]["serving_network"], "001-01")
        self.assertEqual(got["tlvs"]["ue_configuration"]["agreements"], ["separate-eps"])

    def test_session_start_and_user_plane(self):
        got = result("decode", "080000010011061023553cbe9637a89d218ae64dae47bf35071055f328b4357780809094aec0eeba51ca"
                               "08030301318918c3fed4fc73f2")
        self.assertEqual(got["session_id"], 1)
        self.assertEqual(got["tlvs"]["hse_configuration"]["suite"], "eea2-eia2-64")
        self.assertEqual(got["mac"], "8918c3fed4fc73f2")
        got = result("decode", "88000001006d5d11edaa349dd2ead01702d566be74cd34")
        self.assertEqual((got["plane"], got["ciphered"]), ("user", "6d5d11edaa349dd2ead0"))

    def test_a_service_end_to_end(self):
        """From tests/vectors/e2e-emsdp.txt: what is asked for, and the terms of the next age."""
        got = result("decode", "000000000010010809101010325476980302040f040b6561732e6578616d706c65050300f110130703000f00000000")
        self.assertEqual(got["tlvs"]["enterprise"], "eas.example")
        self.assertEqual(got["tlvs"]["service_request"], {"service": "confidentiality", "age_taken": 0, "suites": [
            "eea2-eia2-64", "eea2-eia2-128", "eea2-hmac-64", "eea2-hmac-128"]})
        got = result("decode", "090000010030140f030102000000020001518000000000a4ffda50011f5269")
        self.assertEqual(got["tlvs"]["service"], {"service": "confidentiality", "suite": "eea2-eia2-64", "key_id": 2, "age": 2,
                                                  "life_seconds": 86400, "messages": 0})

    def test_what_cannot_be_read(self):
        for text in ("00", "ff" * 30, "0000000000100108"):
            code, out, _ = run("decode", text, "--json")
            self.assertEqual(code, 1, text)
            self.assertIn("malformed", out)
        self.assertEqual(run("decode", "xyz")[0], 2)
        self.assertEqual(run("decode")[0], 2)
        self.assertEqual(run("decode", "--pcap", "/nonexistent")[0], 3)


class Frame(unittest.TestCase):
    def test_every_command_has_help_and_refuses_unknown_options(self):
        code, out, _ = run("--help")
        self.assertEqual(code, 0)
        names = [line[2:20].strip() for line in out.splitlines() if line.startswith("  ")]
        self.assertGreaterEqual(len(names), 18)
        for name in names:
            code, out, err = run(*name.split(), "--help")
            self.assertEqual((code, err), (0, ""), name)
            self.assertIn("usage: godwit " + name, out)
            self.assertIn("--json", out)
            code, out, err = run(*name.split(), "--no-such-option")
            self.assertEqual((code, out), (2, ""), name)
            self.assertIn("--no-such-option", err)

    def test_unknown_commands(self):
        for words in (["fly"], ["aka"], ["aka", "fly"], []):
            self.assertEqual(run(*words)[0], 2)


if __name__ == "__main__":
    unittest.main()
