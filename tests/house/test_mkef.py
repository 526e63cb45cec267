# SPDX-License-Identifier: Apache-2.0
"""Device RAND between real processes: a reading in the first datagram, K_MTC over HTTPS, Kc and SRES over Diameter; and who is refused, over real
HTTPS."""
import json
import os
import signal
import socket
import unittest

from mkef import fits, OTHER, SERVER, Home, K, Meter, OPC, cli, make_certificates
from whole import readings, wait_for_readings
from wire import Wire

IMSI = "001010000000001"
READING = "twenty octets, ready"


def imsi_octets(imsi):
    """As in EF_IMSI, without the length: TBCD with parity in the first nibble."""
    nibbles = [9 if len(imsi) % 2 else 1] + [int(d) for d in imsi] + ([] if len(imsi) % 2 else [15])
    return bytes(nibbles[i] | nibbles[i + 1] << 4 for i in range(0, len(nibbles), 2))


class Readings(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.close)

    def test_the_first_datagram_brings_the_reading_and_the_second_hides_the_imsi(self):
        meter = Meter(self.home, IMSI)
        self.home.entitle()
        port = self.home.mtc.address("hse")[1]
        wire = Wire(self.home.mtc.path("wire.pcapng"), f"udp port {port}")
        meter.send(READING)
        meter.send("another one, as long", "--new")
        got = wait_for_readings(self.home.mtc, 2)
        self.assertEqual([(one["imsi"], one["payload"]) for one in got], [(IMSI, READING), (IMSI, "another one, as long")])
        if wire.captured():
            seen = [bytes.fromhex(row["udp.payload"]) for row in wire.rows("udp.payload", which=f"udp.dstport == {port}")]
            self.assertEqual(len(seen), 2)  # one datagram up for each
            self.assertLessEqual(max(len(one) for one in seen), 64)
            self.assertIn(imsi_octets(IMSI), seen[0])
            self.assertNotIn(imsi_octets(IMSI), seen[1])
        contact = self.home.operate("contacts")["contacts"][0]
        self.assertEqual((contact["imsi"], contact["server_id"], contact["contacts"]), (IMSI, SERVER, 2))
        for daemon in self.home.daemons:
            for secret in (K, OPC):
                self.assertNotIn(secret, daemon.read("log").lower())
            self.assertEqual(daemon.stop(), 0)

    def test_a_plain_2g_sim_and_a_session_that_goes_on(self):
        meter = Meter(self.home, "001010000000002", "gsm-milenage")
        self.home.entitle()
        meter.send(READING)
        meter.send("the same session")
        self.assertEqual([one["payload"] for one in wait_for_readings(self.home.mtc, 2)], [READING, "the same session"])
        self.assertEqual(self.home.operate("contacts")["contacts"][0]["contacts"], 1)

    def test_the_question_to_the_hss_as_tshark_reads_it(self):
        meter = Meter(self.home, IMSI)
        self.home.entitle()
        port = self.home.diameter_port
        wire = Wire(self.home.mtc.path("wire.pcapng"), f"tcp port {port}", [port])
        datagram = meter.first()
        self.assertEqual(self.home.ask(datagram)[0], 200)
        if wire.captured():
            rows = wire.rows("diameter.flags.request", "diameter.User-Name", "diameter.RAND", "diameter.Result-Code", which="diameter.cmd.code==16777214")
            at = datagram.index(imsi_octets(IMSI)) + 8 + 2
            self.assertEqual([list(row.values()) for row in rows], [["1", IMSI, datagram[at:at + 16].hex(), "", ""], ["0", "", "", "2001", ""]])

    def test_a_server_that_is_not_entitled_delivers_nothing(self):
        meter = Meter(self.home, IMSI)
        code, _, err = cli.run(*meter.words(self.home.mtc.ready["hse"], "--attempts", "2", "--retransmit", "200"), READING)
        self.assertNotEqual(code, 0)
        self.assertEqual(readings(self.home.mtc), [], err)
        self.home.mkef.wait_log("not_entitled")

    def test_a_released_device_begins_anew(self):
        meter = Meter(self.home, IMSI)
        self.home.entitle("--imsi", IMSI)
        meter.send("before")
        os.remove(meter.state)  # its record is lost: the counter begins at 1 again
        code, _, _ = cli.run(*meter.words(self.home.mtc.ready["hse"], "--attempts", "2", "--retransmit", "200"), "lost")
        self.assertNotEqual(code, 0)
        counter = self.home.operate("contacts", "--imsi", IMSI)["contacts"][0]["counter"]
        self.assertTrue(self.home.operate("release", "--imsi", IMSI, "--server-id", SERVER)["released"])
        for _ in range(counter + 1):  # what it sends until it is above
            code, _, _ = cli.run(*meter.words(self.home.mtc.ready["hse"], "--new", "--attempts", "1", "--retransmit", "300"), "after")
        self.assertEqual(code, 0)
        self.assertEqual([one["payload"] for one in wait_for_readings(self.home.mtc, 2)][:2], ["before", "after"])


class Refusals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home("failures_per_minute: 100000")
        cls.meter = Meter(cls.home, IMSI)
        cls.home.entitle()

    @classmethod
    def tearDownClass(cls):
        cls.home.close()

    def ask(self, *arguments, **options):
        return self.home.ask(*arguments, **options)

    def test_an_entitled_server_gets_a_key_and_the_same_again(self):
        datagram = self.meter.first()
        code, answer = self.ask(datagram)
        self.assertEqual((code, answer["imsi"], answer["server_id"]), (200, IMSI, SERVER))
        self.assertEqual((len(answer["k_mtc"]), len(answer["temporary"])), (64, 16))
        self.assertTrue(fits(answer, "answer"))
        self.assertEqual(self.ask(datagram), (code, answer))
        self.assertNotIn(answer["k_mtc"], self.home.mkef.read("log"))

    def test_certificates(self):
        datagram = self.meter.first()
        for name in (None, "stranger", "expired", "unlisted"):
            with self.subTest(name):
                code, answer = self.ask(datagram, name=name)
                self.assertEqual(code, 403)
                self.assertNotIn("k_mtc", answer)
        self.assertEqual(self.ask(datagram, name="mtc-b"), (403, {"error": "not_entitled"}))  # known, and entitled for nothing
        self.assertEqual(self.ask(datagram)[0], 200)

    def test_a_server_that_uses_the_name_of_another(self):
        self.home.entitle("--imsi", IMSI, server=OTHER)
        datagram = self.meter.first()  # for SERVER
        self.assertEqual(self.ask(datagram, name="mtc-b"), (422, {"error": "mac_failure"}))
        self.assertEqual(self.ask(datagram)[0], 200)
        self.home.operate("revoke", "--server", OTHER, "--imsi", IMSI)

    def test_rand1_repeated_and_a_counter_behind(self):
        older, newer = self.meter.first(), self.meter.first()
        self.assertEqual(self.ask(newer)[0], 200)
        self.assertEqual(self.ask(older), (409, {"error": "replay"}))
        self.home.entitle(server=OTHER)
        self.assertIn(self.ask(newer, name="mtc-b")[0], (409, 422))  # the same request of another caller
        self.home.operate("revoke", "--server", OTHER, "--plmn", "001-01")

    def test_a_counter_too_far_ahead(self):
        far = bytearray(self.meter.first())
        at = far.index(imsi_octets(IMSI)) + 8 + 2  # RAND1 follows, and begins with the counter, 6 octets
        self.assertEqual(far[at - 1], 16)
        far[at:at + 2] = b"\x7f\xff"
        key_id = 1 + int.from_bytes(far[at:at + 6], "big") % 7
        far[0] = far[0] & 0xC7 | key_id << 3
        self.assertEqual(self.ask(bytes(far)), (410, {"error": "key_expired"}))

    def test_one_bit_of_the_mac(self):
        datagram = bytearray(self.meter.first())
        datagram[-1] ^= 1
        self.assertEqual(self.ask(bytes(datagram)), (422, {"error": "mac_failure"}))
        datagram[-1] ^= 1
        self.assertEqual(self.ask(bytes(datagram))[0], 200)

    def test_an_imsi_of_another_network(self):
        other = Meter(self.home, "999700000000001")
        self.assertEqual(self.ask(other.first()), (403, {"error": "not_entitled"}))
        unknown = bytearray(other.first())
        at = unknown.index(imsi_octets("999700000000001"))
        unknown[at:at + 8] = imsi_octets("001019999999999")
        self.assertEqual(self.ask(bytes(unknown)), (404, {"error": "unknown_subscriber"}))

    def test_what_is_no_request(self):
        datagram = self.meter.first()
        good = {"session_octets": 3, "counter_octets": 1, "datagram": datagram.hex()}
        self.assertTrue(fits(good, "request"))
        self.assertEqual(self.ask(datagram, method="GET")[0], 405)
        self.assertEqual(self.ask(datagram, path="/other")[0], 404)
        self.assertEqual(self.ask(datagram, path="/mkef/v1/keys?a")[0], 404)
        self.assertEqual(self.ask(datagram, headers={"Content-Type": "text/plain"})[0], 415)
        for body in ("", "{}", "[]", '{"session_octets":3,"counter_octets":1,"datagram":"zz"}', '{"session_octets":3,"counter_octets":1,"datagram":"00"}',
                     '{"session_octets":9,"counter_octets":1,"datagram":"00"}', '{"session_octets":3,"counter_octets":1,"datagram":"00","imsi":"1"}',
                     '{"session_octets":3,"session_octets":3,"counter_octets":1,"datagram":"00"}', '{"a":' * 300):
            with self.subTest(body[:50]):
                self.assertEqual(self.ask(datagram, body=body), (400, {"error": "malformed"}))
        for bad in ({}, {**good, "session_octets": 5}, {**good, "session_octets": -1}, {**good, "session_octets": "3"}, {**good, "counter_octets": 4},
                    {**good, "datagram": "000"}, {**good, "datagram": ""}, {**good, "datagram": "00" * 513}, {**good, "more": 1}):
            with self.subTest(bad):  # the schema and the parser refuse the same
                self.assertFalse(fits(bad, "request"))
                self.assertEqual(self.ask(None, body=json.dumps(bad))[0], 400)
        self.assertEqual(self.ask(datagram, body="x" * 3000)[0], 413)
        self.assertEqual(self.ask(datagram, headers={"X-Big": "x" * 20000})[0], 431)

    def test_a_thousand_idle_connections_while_others_are_served(self):
        idle = []
        for number in range(1000):
            s = socket.socket()
            s.bind((f"127.0.2.{number // 40 + 1}", 0))
            s.connect(("127.0.0.1", self.home.port))
            idle.append(s)
        try:
            self.assertEqual(self.ask(self.meter.first())[0], 200)
        finally:
            for s in idle:
                s.close()


class Endings(unittest.TestCase):
    def setUp(self):
        self.home = Home("failures_per_minute: 3")
        self.addCleanup(self.home.close)
        self.meter = Meter(self.home, IMSI)
        self.home.entitle()

    def test_a_mkef_killed_after_its_commit_gives_the_same_answer_again(self):
        datagram = self.meter.first()
        first = self.home.ask(datagram)
        self.assertEqual(first[0], 200)
        self.home.mkef.stop(signal.SIGKILL)
        self.home.mkef.start()
        self.home.mkef.wait_for("Diameter", lambda: self.home.ask(datagram)[0] != 500)
        self.assertEqual(self.home.ask(datagram), first)
        self.assertEqual(self.home.operate("contacts")["contacts"][0]["contacts"], 1)

    def test_failures_are_the_callers(self):
        datagram = bytearray(self.meter.first())
        datagram[-1] ^= 1
        codes = [self.home.ask(bytes(datagram))[0] for _ in range(5)]
        self.assertEqual(codes, [422, 422, 422, 429, 429])
        self.home.entitle("--imsi", IMSI, server=OTHER)
        self.meter.state = self.home.mtc.path("other.mtc")  # one for each server
        elsewhere = self.meter.first(server=OTHER)
        self.assertEqual(self.home.ask(elsewhere, name="mtc-b")[0], 200)  # the device is not locked out

    def test_after_a_backup_the_operator_releases(self):
        self.meter.send("before")
        self.home.mkef.stop()
        where = ["--store", self.home.mkef.path("store.db"), "--key-file", self.home.mkef.path("store.key")]
        cli.result("store", "restored", *where)
        self.home.mkef.start()
        self.assertTrue(self.home.operate("contacts")["contacts"][0]["held"])
        self.assertEqual(self.home.ask(self.meter.first()), (410, {"error": "key_expired"}))


if __name__ == "__main__":
    make_certificates()
    unittest.main()
