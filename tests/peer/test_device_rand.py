# SPDX-License-Identifier: Apache-2.0
"""Every number of tests/vectors/device-rand.txt, computed by the Python implementation, and `godwit mtc send` against a server of its own."""
import os
import subprocess
import sys
import unittest

import aka
import emsdp
import golden
import keys
import mtc
from emsdp import Framing
from sender import GODWIT, IMSI, K, OPC, WAIT, Device

SERVER = "meters.example"
TEMPORARY = bytes.fromhex("0102030405060708")
READING = bytes(range(20))
RANDOM = bytes(range(10))


def vectors():
    """The records of the file, in its order: (section, {name: octets})."""
    found, chain = [], bytes(32)
    for counter in (1, 2, 1 << 20, (1 << 48) - 1):
        rand = mtc.rand1(counter, RANDOM)
        kc_sres = mtc.runs(K, OPC, rand, IMSI)
        key = mtc.k_mtc(kc_sres, SERVER, IMSI, rand, chain)
        after = mtc.next_chain(kc_sres, chain, rand)
        device, server = (keys.TrafficKey(key, 1, mtc.key_id_of(rand)) for _ in "ab")
        hidden = {"temporary": TEMPORARY} if counter > 1 else {"imsi": IMSI}
        request = mtc.first(Framing(), device, rand, data=READING, **hidden)
        start = mtc.start(Framing(), server, 0x0A0B0C, request, b"shut" if counter > 2 else None, TEMPORARY)
        found.append(("godwit1", {"rand1": rand, "kc_sres": kc_sres, "chain": chain, "k_mtc": key, "next_chain": after,
                                  "request": request, "start": start}))
        chain = after
    for profile in ("ts33868_kc", "ts33868_k_mtc"):
        rand = mtc.rand1(7, RANDOM)
        run = aka.Milenage(K, OPC, rand)
        key = mtc.k_mtc_ts33868(run.kc(), SERVER)
        res = mtc.crypt_res_ts33868(run.kc() if profile == "ts33868_kc" else key, rand, run.sres())
        device = keys.TrafficKey(key, 1, mtc.key_id_of(rand))
        found.append((profile, {"rand1": rand, "kc": run.kc(), "sres": run.sres(), "k_mtc": key, "encrypted_res": res,
                                "request": mtc.first(Framing(), device, rand, imsi=IMSI, data=READING, encrypted_res=res)}))
    return found


class Vectors(unittest.TestCase):
    def test_the_file_holds_what_python_computes(self):
        file, position = golden.read("device-rand.txt"), {}
        for section, members in vectors():
            number = position.get(section, 0)
            position[section] = number + 1
            self.assertEqual(file[section][number], {name: value.hex() for name, value in members.items()})
        self.assertEqual({section: len(records) for section, records in file.items()}, position)


class MtcDevice(Device):
    command = ("mtc", "send")


class MtcSend(unittest.TestCase):
    def device(self, *options):
        device = MtcDevice("--endpoint", SERVER, *options)
        self.addCleanup(device.close)
        return device

    def server(self, **options):
        return mtc.Server(K, OPC, IMSI, SERVER, **options)

    def set_up(self, device, server, text, temporary=None, *options):
        run = device.send(text, *options)
        request = device.next()
        told, reading = server.take(request)
        self.assertEqual(reading, text.encode())
        device.answer(server.start(request, temporary=temporary))
        code, printed, err = run.finish()
        self.assertEqual(code, 0, err)
        return request, told, printed[0]

    def test_from_a_cold_start_one_datagram_of_64_octets(self):
        device, server = self.device(), self.server()
        request, told, printed = self.set_up(device, server, "twenty octets, ready", TEMPORARY)
        self.assertEqual(len(request), 64)
        self.assertEqual(told, {emsdp.IMSI: emsdp.imsi_value(IMSI), emsdp.RAND1: told[emsdp.RAND1], emsdp.DATA: told[emsdp.DATA]})
        self.assertEqual((printed["datagrams_up"], printed["octets_up"], printed["session"]), (1, 64, server.session))
        self.assertEqual(device.rest(), [])

    def test_what_follows_is_one_session_and_then_a_new_rand1_without_the_imsi(self):
        device, server = self.device(), self.server()
        self.set_up(device, server, "one", TEMPORARY)
        run = device.send("two")
        self.assertEqual(server.receive(device.next()).body, b"two")
        device.answer(server.user(b"open"))
        code, printed, _ = run.finish()
        self.assertEqual((code, printed[0]["received"]), (0, [{"payload": "open"}]))
        before = server.chains
        _, told, _ = self.set_up(device, server, "three", None, "--key-readings", "1")
        self.assertEqual(told[emsdp.TEMPORARY_IDENTITY], TEMPORARY)
        self.assertEqual(server.chains[1], before[0])  # the device had advanced

    def test_without_an_answer_the_old_chain_goes_on(self):
        device, server = self.device("--retransmit", "50", "--attempts", "2"), self.server()
        run = device.send("lost")
        self.assertEqual(run.finish()[0], 4)
        sent = device.rest()
        self.assertEqual(len(set(sent)), 1)  # the identical octets each time
        server.take(sent[0])
        self.set_up(device, server, "found", None, "--retransmit", "5000")
        self.assertEqual(server.chains[1], bytes(32))
        with self.assertRaises(emsdp.Refused):
            server.take(sent[0])  # its counter is behind

    def test_a_plain_2g_sim_will_do(self):
        device = self.device()
        os.remove(device.card)
        subprocess.run([GODWIT, "usim", "create", "--imsi", IMSI, "--algorithm", "gsm-milenage", "--k", K.hex(), "--opc", OPC.hex(),
                        device.card], check=True, capture_output=True, timeout=WAIT)
        self.set_up(device, self.server(), "from a 2G SIM", TEMPORARY)

    def test_every_framing(self):
        for s in range(5):
            with self.subTest(s=s):
                device = self.device("--session-octets", str(s), "--counter-octets", str(s % 4))
                self.set_up(device, self.server(framing=Framing(s, s % 4)), "framed")

    def test_both_variants_of_ts33868(self):
        for profile in ("ts33868-kc", "ts33868-k-mtc"):
            with self.subTest(profile=profile):
                _, told, _ = self.set_up(self.device("--profile", profile), self.server(profile=profile), "weak")
                self.assertEqual(len(told[emsdp.ENCRYPTED_RES]), 4)

    def test_a_lost_record_is_not_begun_again_by_itself(self):
        device, server = self.device(), self.server()
        self.set_up(device, server, "one")
        with open(device.state, "r+b") as file:
            file.seek(os.path.getsize(device.state) // 2)
            octet = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([octet[0] ^ 1]))
        code, _, err = device.send("two").finish()
        self.assertEqual(code, 3, err)
        self.assertEqual(device.rest(), [])


def write():
    """Prints the file."""
    print("# Device RAND (docs/keys.md, docs/emsdp-wire.md: Godwit's own), MILENAGE of TS 35.208 4.3.1, server meters.example.")
    print("# Printed by tests/peer/test_device_rand.py, which is written from those pages alone.")
    section = ""
    for name, members in vectors():
        print(f"\n[{name}]" if name != section else "")
        section = name
        for member, value in members.items():
            print(f"{member} = {value.hex()}")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        unittest.main()
