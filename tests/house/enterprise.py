# SPDX-License-Identifier: Apache-2.0
"""An operator whose EESE serves two enterprises, and an EAS of one of them that nobody here wrote in C: Python's HTTPS, curl, and the second implementation
of EMSDP in tests/peer. Each body that comes from godwitd is one that docs/eese.openapi.yaml describes."""
import base64
import http.server
import json
import os
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

from whole import Device, Godwitd, cli

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "peer"))
import certificates  # noqa: E402  pylint: disable=wrong-import-position
import emsdp  # noqa: E402  pylint: disable=wrong-import-position
import keys  # noqa: E402  pylint: disable=wrong-import-position
import openapi  # noqa: E402  pylint: disable=wrong-import-position

METERS, OTHERS = "meters.example.org", "others.example.org"
PARKED = "parked.example.org"  # known to the EESE by its certificate, and entitled for nothing
IMSI, OTHERS_IMSI = "001010000000001", "001010000000002"
CAUSES = {"malformed", "not_entitled", "policy_forbids", "unknown_session", "unknown_key", "unknown_subscriber", "not_found", "replay", "unsupported_suite",
          "key_expired", "count_exhausted", "mac_failure", "overload", "internal"}


class Eas:
    """The enterprise's end over HTTPS: what is posted to it is kept; answer(path, body) says (code, body)."""

    def __init__(self, folder, ca):
        eas = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                names = {name for _, name in self.connection.getpeercert()["subjectAltName"]}
                eas.seen.append((self.path, body, names))
                code, answer = eas.answer(self.path, body)
                text = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json" if code < 400 else "application/problem+json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                if not isinstance(sys.exc_info()[1], (OSError, ssl.SSLError)):
                    eas.faults.append(repr(sys.exc_info()[1]))

        certificate, key = certificates.both(folder, "eas-server", "DNS:localhost")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.load_verify_locations(ca)
        context.verify_mode = ssl.CERT_REQUIRED
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_port
        self.seen, self.keys, self.faults = [], {}, []
        self.answer = self.take
        self.readings = []
        self.highest = -1
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # ---- what an EAS does with what comes

    def learn(self, start):
        """Of an EAS Session Start, or a push."""
        self.keys[start["session_id"], start["key_id"]] = (start, keys.TrafficKey(bytes.fromhex(start["k_e2e"]), start["suite"], start["key_id"]))

    def take(self, path, body):
        if path == "/push/v1/sessions":
            if not body.get("ended"):
                self.learn(body)
            return 204, None
        octets = base64.b64decode(body["datagram"])
        for (session, key_id), (start, key) in list(self.keys.items()):
            framing = emsdp.Framing(start["session_octets"], start["counter_octets"])
            header = emsdp.parse_header(framing, octets)
            if session == body["session_id"] and key_id == header.key_id:
                try:
                    text, count = emsdp.receive(framing, key, header, keys.UP)
                except emsdp.Refused as refused:
                    code = {"replay": 409, "mac_failure": 422}[refused.reason]
                    return code, {"status": code, "cause": refused.reason, "detail": "x"}
                self.readings.append((start["age"], text))
                highest, self.highest = count > self.highest, max(count, self.highest)
                return 200, {"highest": highest}
        return 404, {"status": 404, "cause": "unknown_key", "detail": "x"}

    def bodies(self, path):
        return [body for at, body, _ in self.seen if at == path]


class Enterprise(unittest.TestCase):
    """hss, emks, hse and eese in one process."""
    EESE = ""
    URLS = True  # keys may be pushed

    def setUp(self):
        self.api = openapi.load("eese.openapi.yaml")
        self.daemon = d = self.enterContext(Godwitd())
        ca = certificates.authority(d.directory)
        certificates.both(d.directory, "operator", "DNS:localhost,DNS:eese.home.example")
        for name in (METERS, OTHERS, PARKED):
            certificates.both(d.directory, name, f"DNS:{name}", usage="clientAuth")
        certificates.revoked(d.directory)
        self.eas = Eas(d.directory, ca)
        self.addCleanup(self.eas.close)
        self.addCleanup(lambda: self.assertEqual(self.eas.faults, []))
        url = f', url: "https://localhost:{self.eas.port}"'
        tls = "tls: {" + ", ".join(f"{k}: {d.path(v)}" for k, v in (("certificate", "operator.pem"), ("key", "operator.key"), ("ca", "ca.pem"), ("crl", "ca.crl"))) + "}"
        peers = f"[{{name: {METERS}{url}}}, {{name: {OTHERS}}}, {{name: {PARKED}}}]"
        d.configure(functions="[hss, emks, hse, eese]", log="{level: debug, imsi: full}",
                    hse=f'eas: {{listen: "127.0.0.1:0", {tls}, peers: {peers}, forward_wait_ms: 1000}}',
                    extra=f'eese:\n  listen: "127.0.0.1:0"\n  {tls}\n  eas: {peers}\n  retry_ms: 100\n  look_ms: 200\n  integrity_reason: "a test"\n' + self.EESE)
        self.device = Device(d.directory, IMSI).subscribe(d)
        self.other = Device(d.directory, OTHERS_IMSI).subscribe(d)
        self.entitle(METERS, IMSI)
        self.entitle(OTHERS, OTHERS_IMSI)
        d.start()

    def godwit(self, *words):
        d = self.daemon
        return cli.result(*words, "--store", d.path("store.db"), "--key-file", d.path("store.key"))

    def entitle(self, eas, imsi, *words, services=("confidentiality",)):
        wanted = [word for service in services for word in ("--service", service)]
        return self.godwit("eas", "entitle", "--eas", eas, "--imsi", imsi, *wanted, *words)

    # ---- curl

    def curl(self, method, path, body=None, who=METERS, door="eese", words=(), kind="application/json", url=None):
        """(code, body or None, headers); what came is what the schema describes."""
        d = self.daemon
        _, port = d.address(door)
        call = ["curl", "-sS", "-i", "--cacert", d.path("ca.pem"), "-X", method, "--max-time", "100", *words]
        call += ["--cert", d.path(who + ".pem"), "--key", d.path(who + ".key")] if who else []
        if body is not None:
            with tempfile.NamedTemporaryFile(dir=d.directory, delete=False) as file:
                file.write(body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode())
            call += ["-H", f"Content-Type: {kind}", "-H", "Expect:", "--data-binary", "@" + file.name]
        done = subprocess.run(call + [url or f"https://localhost:{port}{path}"], capture_output=True, text=True, timeout=120, check=False)
        head, _, text = done.stdout.replace("\r\n", "\n").partition("\n\n")
        self.assertTrue(head, done.stderr)
        code = int(head.split()[1])
        answer = json.loads(text) if text.strip() else None
        self.conforms(method, path, code, answer, head)
        return code, answer, head

    def conforms(self, method, path, code, answer, head):
        if answer is not None and set(answer) == {"error"}:  # of the door itself, before anything was read
            self.assertIn(code, (403, 413, 414, 431, 501, 504))
            return
        if self.api is not None:
            self.assertEqual(self.api.answer(method, path, code, answer), [], (code, answer))
        self.assertIn("Cache-Control: no-store", head)
        if code >= 400:
            self.assertEqual(answer["status"], code)
            self.assertIn(answer["cause"], CAUSES)

    def register(self, who=METERS, **members):
        code, answer, head = self.curl("POST", "/eas/v1/registrations", {"eas_id": who, **members}, who=who)
        self.assertEqual(code, 201, answer)
        at = f"/eas/v1/registrations/{answer['registration']}"
        self.assertIn("Location: " + at, head)
        return at

    def send(self, text, device=None, eas=METERS, service="confidentiality", **more):
        return (device or self.device).send(self.daemon.ready["hse"], text, "--enterprise", eas, "--service", service, "--wait", "3000", **more)

    def texts(self):
        return [text.decode() for _, text in self.eas.readings]

    def wait_texts(self, *texts):
        self.daemon.wait_for(f"{texts} at the EAS", lambda: self.texts() == list(texts))

