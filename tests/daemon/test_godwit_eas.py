#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""godwit-eas between an EESE and a HSE that this program plays over HTTPS with certificates, and a device whose datagrams are made here with hashlib and hmac
alone (suite eea0-hmac-64): keys pushed and pulled, readings, repetitions, death, downlink, refusals."""
import base64
import hashlib
import hmac
import http.client
import http.server
import json
import os
import shutil
import ssl
import struct
import subprocess
import sys
import threading
import unittest

import godwitd
from godwitd import Godwitd

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "policy"))
import pki  # noqa: E402  pylint: disable=wrong-import-position

godwitd.PROGRAM = os.path.join(os.environ.get("GODWIT_BINARY", "build"), "bin", "godwit-eas")
EAS, EESE, HSE = "eas.enterprise.example", "eese.operator.example", "hse.operator.example"
IMSI, SESSION = "001010000000001", 0xABCDEF


def kdf(key, fc, *parameters):
    """TS 33.220 B.2 with the revision's name before all parameters (docs/keys.md)."""
    text = struct.pack(">H", fc)
    for p in (b"godwit1", *parameters):
        text += p + struct.pack(">H", len(p))
    return hmac.new(key, text, hashlib.sha256).digest()


class Device:
    """The device's end of one K_e2e."""

    def __init__(self, age, key_id):
        self.age, self.key_id, self.count = age, key_id, 0
        self.key = bytes([age]) * 32
        self.k_int = kdf(self.key, 0xFF05, b"\x02", b"\x06")

    def mac(self, count, direction, header, body):
        text = struct.pack(">I", count) + bytes([1 << 3 | direction << 2, 0, 0, 0]) + header[:1] + SESSION.to_bytes(4, "big") + header[4:] + body
        return hmac.new(self.k_int, text, hashlib.sha256).digest()[:8]

    def seal(self, text):
        header = bytes([0x80 | self.key_id << 3 | self.count & 7]) + SESSION.to_bytes(3, "big") + bytes([self.count >> 3 & 0xFF])
        datagram = header + text.encode() + self.mac(self.count, 0, header, text.encode())
        self.count += 1
        return datagram

    def opens(self, datagram):
        header, body, mac = datagram[:5], datagram[5:-8], datagram[-8:]
        assert header[0] >> 3 == 0x10 | self.key_id and header[1:4] == SESSION.to_bytes(3, "big"), header.hex()
        count = (header[0] & 7) | header[4] << 3
        assert hmac.compare_digest(mac, self.mac(count, 1, header, body))
        return count, body.decode()

    def start(self, **more):
        """EAS Session Start."""
        return {"imsi": IMSI, "hse": HSE, "session_id": SESSION, "session_octets": 3, "counter_octets": 1, "service": "integrity", "suite": 6,
                "key_id": self.key_id, "age": self.age, "life": 0, "messages": 0, "overlap": 3600, "agreed": 1700000000000 + self.age, "k_e2e": self.key.hex(), **more}


class Operator:
    """EESE and HSE: what the EAS asks them."""

    def __init__(self):
        self.lock = threading.Lock()
        self.asked, self.pulls, self.down, self.down_code = [], [], [], 204
        operator = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # pylint: disable=invalid-name
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with operator.lock:
                    code, answer = operator.answer(self.path, body)
                text = json.dumps(answer).encode() if answer is not None else b""
                self.send_response(code)
                if code == 201:
                    self.send_header("Location", self.path + "/" + "52" * 16)
                if text:
                    self.send_header("Content-Type", "application/json" if code < 400 else "application/problem+json")
                if code != 204:
                    self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_PUT = do_POST

            def log_message(self, *unused):  # pylint: disable=arguments-differ
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pki.path("operator.pem"), pki.path("operator.key"))
        context.load_verify_locations(pki.path("ca.pem"))
        context.verify_mode = ssl.CERT_REQUIRED
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, path, body):
        self.asked.append((path, body))
        if path == "/hse/v1/downlink":
            self.down.append(base64.b64decode(body["datagram"]))
            return self.down_code, None if self.down_code == 204 else {"status": self.down_code, "cause": "overload", "detail": "x"}
        if path == "/eas/v1/registrations" or "sessions" not in path:
            return (201 if path.endswith("registrations") else 200), {"registration": "52" * 16, "services": {}}
        if self.pulls:
            return 200, self.pulls.pop(0).start()
        return 404, {"status": 404, "cause": "unknown_key", "detail": "that key was given already"}

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def asked_for(self, end):
        with self.lock:
            return [body for path, body in self.asked if path.endswith(end)]


class GodwitEas(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        pki.authority("ca")
        pki.authority("ca2")
        pki.certificate("eas", f"DNS:{EAS}")
        pki.certificate("operator", f"DNS:{EESE},DNS:{HSE},DNS:localhost")
        pki.certificate("eese", f"DNS:{EESE}")
        pki.certificate("hse", f"DNS:{HSE}")
        pki.certificate("other", "DNS:other.operator.example")
        pki.certificate("stranger", f"DNS:{HSE}", ca="ca2")
        pki.certificate("expired", f"DNS:{HSE}", days="-1")

    def setUp(self):
        self.operator = Operator()
        self.d = Godwitd()
        self.number = 0
        self.listen = "127.0.0.1:0"
        self.configure()
        self.d.start()
        self.await_registration(1)

    def tearDown(self):
        self.d.__exit__()
        self.operator.close()

    def configure(self, more=""):
        port = self.operator.port
        self.d.config = self.d.write("godwit.yaml", f"""identity: {EAS}
realm: enterprise.example
store: {{path: {self.d.path("store.db")}, key_file: {self.d.path("store.key")}}}
log: {{level: debug}}
control: {{path: {self.d.path("control")}}}
metrics: {{listen: "127.0.0.1:0"}}
eas:
  listen: "{self.listen}"
  connect_to: "::127.0.0.1:{port}"
  tls: {{certificate: {pki.path("eas.pem")}, key: {pki.path("eas.key")}, ca: {pki.path("ca.pem")}}}
  eese: {{name: {EESE}, url: "https://{EESE}:{port}"}}
  hses: [{{name: {HSE}, url: "https://{HSE}:{port}"}}]
  deliver: [{{kind: file, path: {self.d.path("readings")}}}]
  {more}
""")

    def await_registration(self, count):
        self.d.wait_for("the registration", lambda: len(self.operator.asked_for("/registrations")) >= count)
        self.d.wait_log("registered", count)

    def restart(self):
        self.d.stop(9)
        before = len(self.operator.asked_for("/registrations"))
        self.d.start()
        self.await_registration(before + 1)

    def post(self, who, path, body):
        context = ssl.create_default_context(cafile=pki.path("ca.pem"))
        context.check_hostname = False
        context.load_cert_chain(pki.path(f"{who}.pem"), pki.path(f"{who}.key"))
        connection = http.client.HTTPSConnection("127.0.0.1", self.d.address("eas")[1], context=context, timeout=120)
        try:
            connection.request("POST", path, body=json.dumps(body), headers={"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text.startswith(b"{") else {}
        finally:
            connection.close()

    def push(self, device, who="eese", **more):
        return self.post(who, "/push/v1/sessions", {**device.start(), "registration": "52" * 16, "eas_id": EAS, **more})[0]

    def up(self, datagram, again=False, who="hse"):
        self.number += 0 if again else 1
        return self.post(who, "/push/v1/user-plane", {"imsi": IMSI, "session_id": SESSION, "number": self.number, "datagram": base64.b64encode(datagram).decode()})

    def payloads(self):
        """What was delivered, each reading once: after a death the last ones come again, under their ids."""
        lines = self.d.read("readings").split("\n")[:-1] if os.path.exists(self.d.path("readings")) else []
        readings = {json.dumps(reading["id"]): reading["payload"] for reading in map(json.loads, lines)}
        return list(readings.values())

    def expect(self, *payloads):
        self.d.wait_for("the readings", lambda: len(self.payloads()) >= len(payloads))
        self.assertEqual(self.payloads(), list(payloads))

    def test_readings_survive_death_and_are_delivered_once(self):
        device = Device(1, 1)
        self.assertEqual(self.operator.asked_for("/registrations")[0]["eas_id"], EAS)
        self.assertEqual(self.push(device), 204)
        first = device.seal("21.5")
        self.assertEqual(self.up(first), (200, {"highest": True}))
        self.restart()
        self.assertEqual(self.up(first, again=True), (200, {"highest": True}))  # the answer was lost
        self.assertEqual(self.up(first)[1]["cause"], "replay")                  # somebody else's
        self.assertEqual(self.up(device.seal("21.6")), (200, {"highest": True}))
        bent = bytearray(device.seal("21.7"))
        bent[6] ^= 1
        self.assertEqual(self.up(bytes(bent))[1]["cause"], "mac_failure")
        self.expect("21.5", "21.6")
        self.assertNotIn(device.key.hex(), self.d.read("log"))
        self.assertNotIn("21.5", self.d.read("log"))

    def test_a_key_that_was_not_pushed_is_pulled_and_the_next_age_ends_the_one_before(self):
        first, second = Device(1, 1), Device(2, 2)
        self.assertEqual(self.push(first), 204)
        self.assertEqual(self.up(first.seal("one"))[0], 200)
        self.operator.pulls.append(second)
        under_second = second.seal("two")
        self.assertEqual(self.up(under_second)[1]["cause"], "overload")
        self.d.wait_log("key_taken", 2)
        self.assertEqual(self.operator.asked_for("/sessions")[0], {"imsi": IMSI, "session_id": SESSION, "key_id": 2})
        self.assertEqual(self.up(under_second, again=True), (200, {"highest": True}))
        self.assertEqual(self.up(first.seal("late")), (200, {"highest": False}))  # it was under way
        self.assertEqual(self.up(Device(3, 3).seal("x"))[1]["cause"], "overload")
        self.d.wait_log("key_not_given")
        self.assertEqual(self.up(Device(3, 3).seal("x"))[1]["cause"], "unknown_key")
        self.expect("one", "two", "late")

    def test_whoever_lost_the_store_takes_the_next_age(self):
        first, second = Device(1, 1), Device(2, 2)
        self.assertEqual(self.push(first), 204)
        self.d.stop(9)
        for name in ("store.db", "store.db-wal", "store.db-shm"):
            if os.path.exists(self.d.path(name)):
                os.unlink(self.d.path(name))
        self.d.start()
        self.await_registration(2)
        self.assertEqual(self.up(first.seal("gone"))[1]["cause"], "overload")
        self.d.wait_for("the question for the next age", lambda: self.operator.asked_for("/next-age"))
        self.assertTrue(self.operator.asked_for("/next-age")[0]["lost"])
        self.assertEqual(self.up(first.seal("gone"))[1]["cause"], "unknown_key")
        self.assertEqual(self.push(second), 204)
        self.assertEqual(self.up(second.seal("here"))[0], 200)
        self.expect("here")

    def test_a_store_that_comes_from_a_backup_opens_nothing_of_before(self):
        first, second = Device(1, 1), Device(2, 2)
        self.assertEqual(self.push(first), 204)
        datagram = first.seal("before")
        self.assertEqual(self.up(datagram)[0], 200)
        self.expect("before")
        self.d.stop()
        done = subprocess.run([os.path.join(os.environ.get("GODWIT_BINARY", "build"), "bin", "godwit"), "store", "restored", "--store", self.d.path("store.db"), "--key-file",
                               self.d.path("store.key")], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.d.start()
        self.await_registration(2)
        self.assertEqual(self.up(datagram)[1]["cause"], "unknown_key")
        self.d.wait_for("the question for the next age", lambda: self.operator.asked_for("/next-age"))
        self.assertEqual(self.push(second), 204)
        self.assertEqual(self.up(second.seal("after"))[0], 200)
        self.expect("before", "after")

    def test_a_message_waits_for_the_device_and_over_death(self):
        device = Device(1, 1)
        self.assertEqual(self.push(device), 204)
        self.assertEqual(self.d.ask(command="send", imsi=IMSI, payload="open"), {"sent": True})
        self.restart()
        self.operator.down_code = 429
        self.assertEqual(self.up(device.seal("1"))[0], 200)
        self.d.wait_log("downlink_waits")
        self.operator.down_code = 204
        self.assertEqual(self.up(device.seal("2"))[0], 200)
        self.d.wait_log("downlink_sent")
        self.assertEqual([device.opens(datagram) for datagram in self.operator.down], [(0, "open"), (1, "open")])
        self.assertEqual(self.d.ask(command="send", imsi=IMSI, payload="now"), {"sent": True})  # it has just spoken
        self.d.wait_log("downlink_sent", 2)
        self.assertEqual(device.opens(self.operator.down[-1]), (2, "now"))
        self.assertIn("error", self.d.ask(command="send", imsi="001010000000009", payload="x"))

    def test_only_those_are_heard_who_are_named_each_for_what_it_is(self):
        device = Device(1, 1)
        for who in ("hse", "other", "eas"):
            self.assertIn(self.push(device, who=who), (403, 404), who)
        self.assertEqual(self.push(device, eas_id="another.example"), 403)
        self.assertEqual(self.push(device, hse="other.operator.example"), 403)
        self.assertEqual(self.push(device), 204)
        datagram = device.seal("21.5")
        for who in ("eese", "other", "eas"):
            self.assertIn(self.up(datagram, who=who)[0], (403, 404), who)
        for who in ("stranger", "expired"):
            try:
                self.assertEqual(self.up(datagram, who=who)[0], 403, who)
            except (ssl.SSLError, ConnectionError, http.client.HTTPException):
                pass  # ended before an answer
        self.assertEqual(self.payloads(), [])
        self.assertEqual(self.up(datagram)[0], 200)
        self.expect("21.5")

    def test_a_session_that_ended_is_forgotten(self):
        device = Device(1, 1)
        self.assertEqual(self.push(device), 204)
        code, _ = self.post("eese", "/push/v1/sessions", {"registration": "52" * 16, "eas_id": EAS, "imsi": IMSI, "hse": HSE, "session_id": SESSION, "ended": True})
        self.assertEqual(code, 204)
        self.assertEqual(self.up(device.seal("x"))[1]["cause"], "overload")  # it may be a key that comes
        self.d.wait_log("key_not_given", 2)
        self.assertEqual(self.up(device.seal("x"))[1]["cause"], "unknown_key")

    def test_keys_for_other_protocols_are_exported_while_it_runs_and_none_twice(self):
        device = Device(3, 1)
        self.assertEqual(self.push(device, service="key-agreement", suite=1), 204)

        def export(*options):
            done = subprocess.run([os.path.join(os.environ.get("GODWIT_BINARY", "build"), "bin", "godwit"), "eas", "export", "--imsi", IMSI, "--json", "--store",
                                   self.d.path("store.db"), "--key-file", self.d.path("store.key"), *options], capture_output=True, text=True, check=False)
            return done.returncode, json.loads(done.stdout) if done.returncode == 0 else done.stderr

        def psk(label, role, number):
            return kdf(device.key, 0xFF06, label, bytes([role]) + struct.pack(">I", number)).hex()

        self.assertEqual(export("--label", "dtls1.2"), (0, {"label": "dtls1.2", "role": "client", "identity": "godwit.00abcdef.3.1", "age": 3, "number": 1,
                                                            "psk": psk(b"dtls1.2", 0, 1)}))
        code, shown = export("--label", "tls1.3", "--role", "server", "--identity", "godwit.00abcdef.3.7", "--psk-file", self.d.path("psk"))
        self.assertEqual((code, shown.get("psk")), (0, None))
        self.assertEqual(self.d.read("psk"), psk(b"tls1.3", 1, 7))
        self.restart()
        self.assertIn("exported already", export("--label", "tls1.3", "--identity", "godwit.00abcdef.3.7")[1])
        self.assertEqual(export("--label", "oscore")[1]["identity"], "godwit.00abcdef.3.8")
        self.assertIn("is not here", export("--label", "oscore", "--identity", "godwit.00abcdef.2.9")[1])
        self.assertEqual(self.up(device.seal("x"))[1]["cause"], "policy_forbids")

    def test_prometheus_reads_what_it_counts(self):
        connection = http.client.HTTPConnection(*self.d.address("metrics"), timeout=60)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        lines = text.splitlines()
        self.assertIn('godwit_function_info{function="eas"} 1', lines)
        self.assertIn('godwit_events_total{function="eas",event="registered",reason="ok"} 1', lines)
        self.assertIn('godwit_destination_delivered_total{destination="0",kind="file"} 0', lines)
        self.assertRegex(text, r'godwit_certificate_expires_in_seconds\{certificate="eas.tls"\} [1-9]')
        self.assertNotIn(IMSI[:9], text)

    def test_sighup_renews_its_certificate_and_refuses_what_does_not_fit(self):
        served = lambda: ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(self.d.address("eas")))  # noqa: E731
        on_disk = lambda: ssl.PEM_cert_to_DER_cert(self.d.read("own.pem"))  # noqa: E731
        self.d.stop(9)
        self.d.config = self.d.write("godwit.yaml", self.d.read("godwit.yaml").replace(pki.path("eas."), self.d.path("own.")))
        for ending in ("pem", "key"):
            shutil.copy(pki.path(f"eas.{ending}"), self.d.path(f"own.{ending}"))
        self.d.start()
        first = served()
        self.assertEqual(first, on_disk())
        pki.certificate("fresh", f"DNS:{EAS}")
        shutil.copy(pki.path("fresh.pem"), self.d.path("own.pem"))
        self.d.process.send_signal(1)
        self.d.wait_log("has another key than the one beside it; what was before holds")
        self.assertEqual(served(), first)
        shutil.copy(pki.path("fresh.key"), self.d.path("own.key"))
        before = self.d.read("log").count("as the configuration says now")
        self.d.process.send_signal(1)
        self.d.wait_log("as the configuration says now", before + 1)
        self.assertNotEqual(served(), first)
        self.assertEqual(served(), on_disk())
        self.assertEqual(self.push(Device(1, 1)), 204)

    def test_front(self):
        code, out, _ = self.d.run("--help")
        self.assertEqual((code, out.splitlines()[0]), (0, "usage: godwit-eas --config FILE [--check] [--json-log]"))
        self.assertTrue(self.d.run("--version")[1].startswith("godwit-eas "))
        self.assertEqual(self.d.run()[0], 2)
        self.assertEqual(self.d.run("--config", self.d.config, "--check")[0], 0)
        wrong = self.d.write("wrong.yaml", self.d.read("godwit.yaml").replace("realm:", "functions: [hss]\nhss: {best_plmn: 001-01}\nrealm:"))
        code, _, error = self.d.run("--config", wrong)
        self.assertEqual(code, 3)
        self.assertIn("names other functions than godwit-eas is for", error)
        self.d.process.send_signal(1)
        self.d.wait_log("reload")
        self.assertEqual(self.d.stop(), 0)


if __name__ == "__main__":
    if subprocess.run(["openssl", "version"], capture_output=True, check=False).returncode != 0:
        print("skipped: there is no openssl program")
        sys.exit(77)
    unittest.main()
