# SPDX-License-Identifier: Apache-2.0
"""Stock programs at the ends: mosquitto_sub shows readings of `godwit send`, over the death of the broker; openssl and libcoap meet on a key that device and EAS have
exported."""
import os
import re
import shutil
import signal
import subprocess
import time
import unittest

from e2e import IMSI, HSE_NAME, Ends, cli, free_port
from whole import Device, Godwitd

MOSQUITTO = shutil.which("mosquitto") or ("/usr/sbin/mosquitto" if os.path.exists("/usr/sbin/mosquitto") else None)
COAP = shutil.which("coap-client-openssl") or shutil.which("coap-client")
COAP_SERVER = shutil.which("coap-server-openssl") or shutil.which("coap-server")
SUITE = ["-cipher", "PSK-AES128-GCM-SHA256"]
CLIENT, SERVER = 0, 1


def end(process):
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


class Output:
    """What a program prints, in a file; patience as for a daemon."""

    def __init__(self, case, daemon, name, words, **more):
        self.path, self.daemon = daemon.path(name), daemon
        with open(self.path, "wb") as file:
            self.process = subprocess.Popen(words, stdout=file, stderr=subprocess.STDOUT, **more)
        case.addCleanup(end, self.process)

    def text(self):
        with open(self.path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait(self, pattern):
        self.daemon.wait_for(f"{pattern} of {self.path}", lambda: re.search(pattern, self.text()) or self.process.poll() is not None)
        return re.search(pattern, self.text())


@unittest.skipUnless(MOSQUITTO and shutil.which("mosquitto_sub"), "mosquitto is not here")
class Broker(unittest.TestCase):
    def start_broker(self, daemon, port):
        conf = daemon.write("mosquitto.conf", f"listener {port} 127.0.0.1\nallow_anonymous true\nuser root\npersistence true\nautosave_on_changes true\n"
                                              f"autosave_interval 1\npersistence_location {daemon.directory}/\n")
        return Output(self, daemon, "mosquitto.log", [MOSQUITTO, "-v", "-c", conf])

    def subscribe(self, daemon, port):
        words = ["stdbuf", "-oL", "mosquitto_sub", "-d", "-p", str(port), "-q", "1", "-c", "-i", "enterprise", "-t", "meters/+/up"]
        return Output(self, daemon, "mosquitto_sub.out", words)

    def payloads(self, subscriber):
        """Each once: with QoS 1 a message may come again, and has its id of before."""
        lines = [cli.json.loads(line) for line in subscriber.text().splitlines() if line.startswith("{")]
        return list({tuple(one["id"].values()): one["payload"] for one in lines}.values())

    def arrive(self, daemon, subscriber, *payloads):
        daemon.wait_for(f"{payloads[-1]} at mosquitto_sub", lambda: len(self.payloads(subscriber)) >= len(payloads))
        self.assertEqual(self.payloads(subscriber), list(payloads))

    def over_the_death_of_the_broker(self, daemon, port, send):
        broker = self.start_broker(daemon, port)
        broker.wait("running")
        subscriber = self.subscribe(daemon, port)
        subscriber.wait("SUBACK")
        texts = [f"reading {n}" for n in range(9)]
        for text in texts[:3]:
            send(text)
        self.arrive(daemon, subscriber, *texts[:3])
        end(broker.process)  # SIGKILL
        for text in texts[3:6]:
            send(text)
        self.start_broker(daemon, port).wait("running")
        self.arrive(daemon, subscriber, *texts[:6])
        for text in texts[6:]:
            send(text)
        self.arrive(daemon, subscriber, *texts)

    @staticmethod
    def deliver(port):
        return f'[{{kind: mqtt, name: broker, url: "mqtt://127.0.0.1:{port}", plain: true, topic: "meters/{{imsi}}/up", client_id: godwit}}]'

    def test_readings_of_the_operators_own_sessions(self):
        port, daemon = free_port(), self.enterContext(Godwitd())
        text = daemon.read("godwit.yaml")
        daemon.config = daemon.write("godwit.yaml", re.sub(r"deliver: .*", "deliver: " + self.deliver(port), text))
        daemon.start()
        device = Device(daemon.directory, IMSI).subscribe(daemon)
        self.over_the_death_of_the_broker(daemon, port, lambda text: device.send(daemon.ready["hse"], text))

    def test_readings_end_to_end(self):
        port, ends = free_port(), Ends(self)
        ends.enterprise.configure_eas(deliver=self.deliver(port))
        ends.entitle("confidentiality")
        ends.start()
        device = ends.device()
        self.over_the_death_of_the_broker(ends.enterprise, port, lambda text: device.send(ends.hse, text))
        ends.nothing_in_clear(self, *(f"reading {n}" for n in range(9)))


class ExportedKeys(unittest.TestCase):
    def setUp(self):
        self.ends = Ends(self)
        self.ends.entitle("key-agreement")
        self.ends.start()
        self.device = self.ends.device("key-agreement")
        self.agree()

    def agree(self):
        code, _, error = cli.run(*self.device.words(self.ends.hse))
        self.assertEqual(code, 0, error + self.ends.operator.read("log"))

    def at_device(self, label, *more):
        d = self.device
        return cli.result("device", "export", "--imsi", IMSI, "--usim", "soft:" + d.card, "--state", d.state, "--plmn", "001-01", "--endpoint", HSE_NAME,
                          *d.options, "--label", label, *more)

    def try_at_eas(self, label, *more, imsi=IMSI):
        d = self.ends.enterprise
        return cli.run("eas", "export", "--imsi", imsi, "--label", label, "--store", d.path("store.db"), "--key-file", d.path("store.key"), "--json", *more)

    def at_eas(self, label, *more):
        code, out, error = self.try_at_eas(label, *more)
        self.assertEqual(code, 0, error + self.ends.enterprise.read("log"))
        return cli.json.loads(out)

    def both(self, label, *more):
        """The device exports, the EAS exports the same by its identity."""
        mine = self.at_device(label, *more)
        its = self.at_eas(label, "--identity", mine["identity"], *more)
        self.assertEqual(mine, its)
        return mine

    def test_both_ends_export_the_same_key_and_none_twice(self):
        seen = set()
        for label in ("dtls1.2", "dtls1.3", "tls1.3", "oscore"):
            for role in ("client", "server"):
                key = self.both(label, "--role", role)
                self.assertEqual(len(bytes.fromhex(key["psk"])), 32)
                seen.update((key["psk"], key["identity"]))
                self.assertIn("that number was exported already", self.try_at_eas(label, "--identity", key["identity"], "--role", role)[2])
        self.assertEqual(len(seen), 16)
        its = self.at_eas("tls1.3")  # the EAS chooses the number
        self.assertEqual(self.at_device("tls1.3", "--identity", its["identity"]), its)
        self.ends.enterprise.stop(signal.SIGKILL)
        self.ends.enterprise.start()
        self.assertGreater(self.at_eas("tls1.3")["number"], its["number"])
        for daemon in (self.ends.enterprise, self.ends.operator):
            self.assertFalse(any(word in daemon.read("log") for word in seen))
        self.ends.nothing_in_clear(self, *(word for word in seen if not word.startswith("godwit.")))

    def test_what_cannot_be_exported_is_refused(self):
        identity = self.at_device("tls1.3")["identity"]
        _, session, age, number = identity.split(".")
        for named in (f"godwit.{session}.{int(age) + 1}.{number}", f"godwit.00000001.{age}.{number}"):
            code, _, error = self.try_at_eas("tls1.3", "--identity", named)
            self.assertEqual(code, 1)
            self.assertIn("is not here", error)
        self.assertEqual(self.try_at_eas("tls1.3", imsi="001010000000009")[0], 1)
        for words in (["tls1.3", "--identity", "nobody"], ["tls1.3", "--role", "judge"], ["ssl3"]):
            self.assertEqual(self.try_at_eas(*words)[0], 2)

    def meet(self, options, server_key, client_key):
        """s_server and s_client, each with a line for the other."""
        port = free_port()
        words = ["openssl", "s_server", "-accept", str(port), "-nocert", "-psk", server_key["psk"], "-psk_identity", server_key["identity"], *options]
        server = Output(self, self.ends.enterprise, f"s_server.{port}", words, stdin=subprocess.PIPE)
        server.wait("ACCEPT")
        words = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-psk", client_key["psk"], "-psk_identity", client_key["identity"], *options]
        client = Output(self, self.ends.enterprise, f"s_client.{port}", words, stdin=subprocess.PIPE)
        for one, text in ((client, b"a line up\n"), (server, b"a line down\n")):
            one.process.stdin.write(text)
            one.process.stdin.flush()
        return server, client

    def do_not_meet(self, options, key, psk):
        server, client = self.meet(options, key, dict(key, psk=psk))
        if "-tls1_3" in options:
            client.process.wait(120)
            self.assertIn("alert", client.text())
        else:
            time.sleep(2)  # with DTLS a wrong Finished is passed over in silence, and the client tries until somebody ends it
        self.assertNotIn("a line up", server.text())
        self.assertNotIn("a line down", client.text())

    def test_openssl_meets_on_an_exported_key_and_on_no_other(self):
        for label, options in (("dtls1.2", ["-dtls1_2", *SUITE]), ("tls1.3", ["-tls1_3"])):
            with self.subTest(label):
                mine = self.at_device(label)
                its = self.at_eas(label, "--identity", mine["identity"])
                server, client = self.meet(options, its, mine)
                self.assertIsNotNone(server.wait("a line up"), client.text())
                self.assertIsNotNone(client.wait("a line down"), server.text())
                newer = self.both(label)
                self.do_not_meet(options, newer, mine["psk"])
                self.do_not_meet(options, newer, self.both("dtls1.3")["psk"])

    def test_a_forged_identity_uses_up_no_number(self):
        """Derived before the handshake, used up after it: at the EAS as server, and at the device."""
        for label, options in (("dtls1.2", ["-dtls1_2", *SUITE]), ("tls1.3", ["-tls1_3"])):
            with self.subTest(label):
                mine = self.at_device(label)
                forged = mine["identity"].rpartition(".")[0] + ".4294967295"
                its = self.at_eas(label, "--identity", forged, "--derive")
                self.do_not_meet(options, its, mine["psk"])  # nobody has that key but who has K_e2e
                its = self.at_eas(label, "--identity", mine["identity"], "--derive")
                self.assertEqual(mine, its)
                server, client = self.meet(options, its, mine)
                self.assertIsNotNone(server.wait("a line up"), client.text())
                self.assertNotIn("psk", self.at_eas(label, "--identity", mine["identity"], "--proved"))
                for step in ("--derive", "--proved"):
                    self.assertIn("exported already", self.try_at_eas(label, "--identity", mine["identity"], step)[2])
                self.at_device(label, "--identity", forged, "--derive")
                its = self.at_eas(label)
                self.assertEqual(its["number"], mine["number"] + 1)
                self.assertEqual(self.at_device(label, "--identity", its["identity"], "--derive"), its)
                self.at_device(label, "--identity", its["identity"], "--proved")
        self.assertIn("oscore has none", self.try_at_eas("oscore", "--identity", forged, "--derive")[2])
        for words in (["--derive"], ["--identity", forged, "--derive", "--proved"]):
            self.assertEqual(self.try_at_eas("tls1.3", *words)[0], 2)

    @unittest.skipUnless(COAP and COAP_SERVER, "libcoap's programs are not here")
    def test_coap_client_and_coap_server_meet_on_an_exported_key(self):
        keys = []
        while len(keys) < 2:  # as arguments, which no zero octet can stand in
            key = self.both("dtls1.2")
            keys += [key] if b"\0" not in bytes.fromhex(key["psk"]) else []
        port = free_port()
        server = subprocess.Popen([COAP_SERVER, "-A", "127.0.0.1", "-p", str(port - 1), "-k", bytes.fromhex(keys[1]["psk"]), "-h", "godwit"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(end, server)
        told = {}
        for name, key in (("new", keys[1]), ("old", keys[0])):
            words = [COAP, "-B", "5" if name == "old" else "30", "-u", key["identity"], "-k", bytes.fromhex(key["psk"]), f"coaps://127.0.0.1:{port}/time"]
            for _ in range(1 if name == "old" else 20):  # until the server listens
                done = subprocess.run(words, capture_output=True, timeout=120, text=True, errors="replace", check=False)
                told[name] = re.fullmatch(r"\w+ +\d+ \d\d:\d\d:\d\d", done.stdout.strip()) is not None
                if told[name]:
                    break
                time.sleep(0.2)
        self.assertEqual(told, {"new": True, "old": False})


if __name__ == "__main__":
    unittest.main()
