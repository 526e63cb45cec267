#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The REST front of the MTC-IWF, driven with curl: triggers, replacements, recalls, what has become of them, a delivery report at the AS, and who is refused. Each
body that comes back is one that docs/t8.openapi.yaml describes."""
import base64
import http.client
import http.server
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "daemon"))
sys.path.append(os.path.join(HERE, "..", "peer"))
import certificates  # noqa: E402
import openapi  # noqa: E402
from godwitd import Godwitd  # noqa: E402

GODWIT = os.path.join(os.environ.get("GODWIT_BINARY", "build"), "bin", "godwit")
AS, OTHER, HASTY = "meters.example.org", "others.example.org", "hasty.example.org"
DEVICE, IMSI = "meter7@meters.example.org", "001010123456789"
API = openapi.load("t8.openapi.yaml")


class Reports(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.seen.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.server.paths.append(self.path)
        code = self.server.codes.pop(0) if self.server.codes else 204
        self.send_response(code)
        self.end_headers()

    def log_message(self, *_):
        pass


def client_certificate(folder, name):
    certificates.openssl(folder, "req", *certificates.KEY, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    with open(os.path.join(folder, f"{name}.ext"), "w", encoding="ascii") as file:
        file.write(f"subjectAltName=DNS:{name}\nextendedKeyUsage=clientAuth\n")
    certificates.openssl(folder, "x509", "-req", "-days", "2", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                         "-extfile", f"{name}.ext", "-out", f"{name}.pem")


class T8(unittest.TestCase):
    def setUp(self):
        self.daemon = d = self.enterContext(Godwitd())
        certificates.authority(d.directory)
        self.certify()
        for name in (AS, OTHER, HASTY, "stranger.example.org"):
            client_certificate(d.directory, name)
        self.start_reports()
        d.configure(functions="[hss, mtc_iwf]", extra=f"""mtc_iwf:
  protect: hop
  a3: none
  sources:
    - {{name: {AS}, kind: as, notify: "https://localhost:{self.reports.server_port}/reports"}}
    - {{name: {OTHER}, kind: as, quota: 2}}
    - {{name: {HASTY}, kind: as, per_minute: 2}}
  rest:
    listen: "127.0.0.1:0"
    tls: {{certificate: {d.path("iwf.pem")}, key: {d.path("iwf.key")}, ca: {d.path("ca.pem")}}}
  report_retry_ms: 200
  device_per_minute: 6000
  device_quota: 1000
""")
        text = re.sub(r"\nhse:\n(  .*\n)+", "\n", d.read("godwit.yaml"))
        d.config = d.write("godwit.yaml", text)
        store = ["--store", d.path("store.db"), "--key-file", d.path("store.key")]
        for words in (["sub", "add", "--imsi", IMSI, "--k", "00" * 16, "--opc", "11" * 16, "--feature", "trigger"],
                      ["sub", "trigger", "add", "--imsi", IMSI, "--external-id", DEVICE, "--source", AS, "--source", OTHER, "--source", HASTY]):
            subprocess.run([GODWIT, *words, *store], check=True, capture_output=True, timeout=120)
        d.start()

    def certify(self):
        """One certificate for both parts of the MTC-IWF: server here, client at the AS."""
        d = self.daemon
        certificates.openssl(d.directory, "req", *certificates.KEY, "-subj", "/CN=iwf", "-keyout", "iwf.key", "-out", "iwf.csr")
        with open(d.path("iwf.ext"), "w", encoding="ascii") as file:
            file.write("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n")
        certificates.openssl(d.directory, "x509", "-req", "-days", "2", "-in", "iwf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                             "-extfile", "iwf.ext", "-out", "iwf.pem")

    def hup(self, *changes):
        """The configuration with these changes, (from, to), and what godwitd says of it in its log."""
        d, text = self.daemon, self.daemon.read("godwit.yaml")
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        d.config = d.write("godwit.yaml", text)
        said, done = len(d.read("log")), "are as the configuration says now"
        seen = d.read("log").count(done)
        d.process.send_signal(signal.SIGHUP)
        d.wait_log(done, seen + 1)
        return d.read("log")[said:]

    def served(self):
        """The certificate that the door shows."""
        host, port = self.daemon.address("rest")
        return ssl.get_server_certificate((host, port))

    def named(self, *options):
        """The authorities that the door says it wants a certificate of."""
        host, port = self.daemon.address("rest")
        done = subprocess.run(["openssl", "s_client", "-connect", f"{host}:{port}", *options], input="", capture_output=True, text=True, timeout=30)
        names = done.stdout.partition("Acceptable client certificate CA names\n")[2]
        return re.findall(r"^(?:CN|subject=CN) = (.+)$", names.partition("Requested Signature Algorithms")[0], re.MULTILINE)

    def start_reports(self):
        d = self.daemon
        cert, key = certificates.server(d.directory, "as-server", "DNS:localhost")
        self.reports = http.server.HTTPServer(("127.0.0.1", 0), Reports)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        context.load_verify_locations(d.path("ca.pem"))
        context.verify_mode = ssl.CERT_REQUIRED
        self.reports.socket = context.wrap_socket(self.reports.socket, server_side=True)
        self.reports.seen, self.reports.paths, self.reports.codes = [], [], []
        threading.Thread(target=self.reports.serve_forever, daemon=True).start()
        self.addCleanup(self.reports.server_close)
        self.addCleanup(self.reports.shutdown)

    def curl(self, method, tail="", body=None, who=AS, scs=None, headers=()):
        d = self.daemon
        host, port = d.address("rest")
        url = f"https://localhost:{port}/3gpp-device-triggering/v1/{scs or who}/transactions{tail}"
        words = ["curl", "-sS", "-i", "--cacert", d.path("ca.pem"), "-X", method, "--max-time", "100"]
        words += ["--cert", d.path(who + ".pem"), "--key", d.path(who + ".key")] if who else []
        as_json = body is not None and not any(header.startswith("Content-Type") for header in headers)
        words += ["-H", "Content-Type: application/json"] if as_json else []
        words += ["--data", body if isinstance(body, str) else json.dumps(body)] if body is not None else []
        for header in headers:
            words += ["-H", header]
        for _ in range(9):  # what is not read to its end may be answered by a reset that overtakes the answer: it is said again
            done = subprocess.run(words + [url], capture_output=True, text=True, timeout=120)
            if done.returncode not in (55, 56):
                break
        head, _, text = done.stdout.replace("\r\n", "\n").partition("\n\n")
        answer = json.loads(text) if text.strip() else None
        self.conforms(method, tail, int(head.split()[1]), answer, head)
        return int(head.split()[1]), answer, head

    def conforms(self, method, tail, code, answer, head):
        """docs/t8.openapi.yaml describes it: what must be there, of which type, nothing that it does not name, and the content type."""
        if answer is not None and "error" in answer:  # of the door itself, before anything was read
            self.assertEqual(set(answer), {"error"})
            self.assertIn(code, (403, 413))
            return
        self.assertEqual(answer is None, code == 204)
        if answer is not None:
            self.assertIn("Content-Type: application/" + ("json" if code < 300 else "problem+json"), head)
        if API is None:
            return
        self.assertEqual(API.answer(method, f"/{AS}/transactions{tail.split('?')[0]}", code, answer), [])
        for answer in answer if isinstance(answer, list) else [answer] if answer is not None else []:
            kind = API.document["components"]["schemas"]["DeviceTriggering" if code < 300 else "Problem"]
            self.assertEqual(set(answer) - set(kind["properties"]), set())
            self.assertEqual(answer.get("status", code), code)
            self.assertEqual("deliveryResult" in answer, code < 300)

    @staticmethod
    def trigger(**members):
        body = {"externalId": DEVICE, "applicationPortId": 4711, "triggerPayload": base64.b64encode(b"wake up").decode(), "validityPeriod": 3600}
        body.update(members)
        return {name: value for name, value in body.items() if value is not None}

    def test_a_trigger_is_taken_known_replaced_and_recalled(self):
        code, answer, head = self.curl("POST", body=self.trigger(priority="PRIORITY"))
        self.assertEqual(code, 201)
        tail = "/" + answer["self"].rsplit("/", 1)[1]
        self.assertIn("Location: " + answer["self"], head)
        code, answer, _ = self.curl("GET", tail)
        self.assertEqual((code, answer["deliveryResult"], answer["priority"]), (200, "TRIGGERED", "PRIORITY"))
        self.assertEqual(base64.b64decode(answer["triggerPayload"]), b"wake up")
        code, answer, _ = self.curl("PUT", tail, self.trigger(triggerPayload=base64.b64encode(b"or sleep").decode()))
        self.assertEqual(code, 200)
        newer = "/" + answer["self"].rsplit("/", 1)[1]
        self.assertNotEqual(newer, tail)
        self.assertEqual(self.curl("GET", tail)[1]["deliveryResult"], "REPLACED")
        self.assertEqual(self.curl("DELETE", newer)[0], 204)
        self.assertEqual(self.curl("GET", newer)[1]["deliveryResult"], "TERMINATE")
        self.assertEqual(self.curl("DELETE", "/77")[1]["cause"], "RECALLFAIL")
        self.assertEqual(self.curl("PUT", "/77", self.trigger())[1]["cause"], "REPLACEFAIL")

    def test_a_part_of_a_trigger_is_changed(self):
        """PATCH: what it does not name stays as it is."""
        tail = "/" + self.curl("POST", body=self.trigger(priority="PRIORITY"))[1]["self"].rsplit("/", 1)[1]
        payload = base64.b64encode(b"or sleep").decode()
        for headers in (["Idempotency-Key: 71"], ["Idempotency-Key: 71", "Content-Type: application/merge-patch+json"]):  # said again: the same
            code, answer, head = self.curl("PATCH", tail, {"triggerPayload": payload}, headers=headers)
            self.assertEqual((code, answer["self"].rsplit("/", 1)[1]), (200, "71"))
            self.assertIn("Location: " + answer["self"], head)
            self.assertEqual((answer["triggerPayload"], answer["priority"], answer["applicationPortId"], answer["externalId"], answer["validityPeriod"]),
                             (payload, "PRIORITY", 4711, DEVICE, 3600))
        self.assertEqual(self.curl("GET", tail)[1]["deliveryResult"], "REPLACED")
        code, answer, _ = self.curl("PATCH", "/71", {"priority": "NO_PRIORITY", "applicationPortId": 0, "validityPeriod": 60})
        self.assertEqual((code, answer["triggerPayload"], answer["priority"], answer["applicationPortId"], answer["validityPeriod"]),
                         (200, payload, "NO_PRIORITY", 0, 60))
        self.assertEqual(self.curl("PATCH", tail, {"validityPeriod": 60})[0], 404)  # it has been replaced
        self.assertEqual(self.curl("PATCH", "/77", {"validityPeriod": 60})[1]["cause"], "NOT_FOUND")
        self.assertEqual(self.curl("PATCH", "/71", {"validityPeriod": 60}, who=OTHER)[0], 404)
        self.assertEqual(self.curl("PATCH", "/71", {"validityPeriod": 60}, who=OTHER, scs=AS)[0], 403)
        for member, body in (("externalId", {"externalId": DEVICE}), ("", {}), ("", []), ("priority", {"priority": "HIGH"}),
                             ("validityPeriod", {"validityPeriod": 0}), ("triggerPayload", {"triggerPayload": "!"})):
            code, answer, _ = self.curl("PATCH", "/71", body)
            self.assertEqual((code, answer["invalidParams"][0]["param"]), (400, member))
        big = base64.b64encode(bytes(81)).decode()
        live = self.curl("POST", body=self.trigger())[1]["self"].rsplit("/", 1)[1]
        self.assertEqual(self.curl("PATCH", "/" + live, {"triggerPayload": big})[1]["cause"], "INVPAYLOAD")

    def test_the_same_number_is_the_same_request_also_after_a_death(self):
        for _ in range(2):
            code, answer, _ = self.curl("POST", body=self.trigger(), headers=["Idempotency-Key: 4242"])
            self.assertEqual((code, answer["self"].rsplit("/", 1)[1]), (201, "4242"))
            self.daemon.stop(signal.SIGKILL)
            self.daemon.start()
        self.assertEqual(self.curl("GET", "/4242")[1]["deliveryResult"], "TRIGGERED")

    def test_the_outcome_is_told_until_the_as_takes_it(self):
        self.reports.codes += [500, 503]
        code, answer, _ = self.curl("POST", body=self.trigger(validityPeriod=1))
        self.assertEqual(code, 201)
        self.daemon.wait_for("three reports", lambda: len(self.reports.seen) >= 3)
        self.assertEqual(self.reports.seen[0], {"transaction": answer["self"], "result": "EXPIRED"})
        self.assertEqual(API.named(self.reports.seen[0], "Notification") if API else [], [])
        tail = "/" + answer["self"].rsplit("/", 1)[1]
        self.assertEqual(self.curl("GET", tail)[1]["deliveryResult"], "EXPIRED")
        self.assertEqual(len(self.reports.seen), 3)

    def post_many(self, references):
        """Triggers on one connection, each with its reference."""
        d = self.daemon
        context = ssl.create_default_context(cafile=d.path("ca.pem"))
        context.load_cert_chain(d.path(AS + ".pem"), d.path(AS + ".key"))
        connection = http.client.HTTPSConnection("localhost", d.address("rest")[1], timeout=20, context=context)
        for reference in references:
            connection.request("POST", f"/3gpp-device-triggering/v1/{AS}/transactions", json.dumps(self.trigger()),
                               {"Content-Type": "application/json", "Idempotency-Key": str(reference)})
            answer = connection.getresponse()
            self.assertEqual(answer.status, 201, answer.read())
            answer.read()
        connection.close()

    def list(self, tail="", who=AS):
        """References of a page, and the path of the next one."""
        code, answer, head = self.curl("GET", tail, who=who)
        self.assertEqual(code, 200)
        self.assertEqual({one["deliveryResult"] for one in answer} - {"TRIGGERED"}, set())
        link = re.search(r'(?m)^Link: <(.+)>; rel="next"$', head)
        return [int(one["self"].rsplit("/", 1)[1]) for one in answer], link and link[1]

    def test_an_as_lists_what_waits_of_its_own_and_of_nobody_else(self):
        self.assertEqual(self.curl("GET")[:2], (200, []))
        for reference in (30, 10, 20, 4294967295):
            self.assertEqual(self.curl("POST", body=self.trigger(priority="PRIORITY"), headers=[f"Idempotency-Key: {reference}"])[0], 201)
        self.assertEqual(self.curl("POST", body=self.trigger(), who=OTHER, headers=["Idempotency-Key: 15"])[0], 201)
        self.assertEqual(self.list(), ([10, 20, 30, 4294967295], None))
        self.assertEqual(self.list(who=OTHER), ([15], None))
        self.assertEqual(self.list(who=HASTY), ([], None))
        self.assertEqual(self.curl("GET", who=OTHER, scs=AS)[0], 403)
        self.assertEqual(self.curl("GET", who="stranger.example.org")[0], 403)
        self.assertEqual(self.curl("GET")[1][0], self.curl("GET", "/10")[1])
        self.assertEqual(self.curl("DELETE", "/20")[0], 204)  # over: neither it nor its recall waits
        self.assertEqual(self.curl("PUT", "/30", self.trigger(), headers=["Idempotency-Key: 40"])[0], 200)
        self.assertEqual(self.list(), ([10, 40, 4294967295], None))
        self.assertEqual(self.list("?after=10"), ([40, 4294967295], None))
        self.assertEqual(self.list("?after=4294967295"), ([], None))
        for query in ("?after=0", "?after=x", "?after=", "?after=4294967296", "?after=010", "?after=1&after=2", "?x=1", "?after=1&x=1"):
            self.assertEqual(self.curl("GET", query)[0], 404, query)
        self.assertEqual(self.curl("POST", "?after=1", self.trigger())[0], 404)
        self.assertEqual(self.curl("POST", "/77?after=1")[0], 404)

    def test_a_long_list_comes_in_pages(self):
        """64 to a page; what is over takes no place on it."""
        self.post_many(range(1, 131))
        for reference in (3, 128):
            self.assertEqual(self.curl("DELETE", f"/{reference}")[0], 204)
        collection, found, tail = f"/3gpp-device-triggering/v1/{AS}/transactions", [], ""
        lengths = []
        while tail is not None:
            page, link = self.list(tail)
            lengths.append(len(page))
            found += page
            tail = link and link.removeprefix(collection)
        self.assertEqual((lengths, found), ([64, 64], [i for i in range(1, 131) if i not in (3, 128)]))

    def godwit(self, verb, *words, expect=0):
        d = self.daemon
        _, port = d.address("rest")
        way = ["--json", "--rest", f"https://localhost:{port}", "--as", AS, "--cert", d.path(AS + ".pem"), "--key", d.path(AS + ".key")]
        way += [] if "--ca" in words else ["--ca", d.path("ca.pem")]
        done = subprocess.run([GODWIT, "trigger", verb, *way, *words], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return json.loads(done.stdout) if done.stdout else done.stderr

    def test_the_command_line_is_an_as(self):
        device = ["--external-id", DEVICE]
        self.assertEqual(self.godwit("send", *device, "--port", "7", "--reference", "11", "wake up")["deliveryResult"], "TRIGGERED")
        self.assertEqual(self.godwit("status", "--of", "11")["reference"], 11)
        self.assertEqual(self.godwit("replace", "--of", "11", *device, "--port", "7", "--reference", "12", "--hex", "00ff")["triggerPayload"], "AP8=")
        self.assertEqual(self.godwit("status", "--of", "11")["deliveryResult"], "REPLACED")
        self.assertEqual(self.godwit("recall", "--of", "12"), {"recalled": 12})
        self.assertEqual(self.godwit("status", "--of", "12")["deliveryResult"], "TERMINATE")
        self.assertIn("RECALLFAIL (404)", self.godwit("recall", "--of", "99", expect=1))
        self.assertIn("INVEXTID (404)", self.godwit("send", "--external-id", "nobody@x", "--port", "7", "x", expect=1))
        self.assertEqual(self.godwit("send", *device, "--port", "7", "--validity", "1", "--wait", "100", "x", expect=1)["deliveryResult"], "EXPIRED")
        self.assertIn("--ca /no/such/file: No such file", self.godwit("status", "--of", "11", "--ca", "/no/such/file", expect=3))
        self.assertIn("80 are the most", self.godwit("send", *device, "--port", "7", "x" * 81, expect=2))

    def test_refusals(self):
        big = base64.b64encode(bytes(81)).decode()
        wrong = [
            (400, "externalId", self.trigger(externalId=None)), (400, "externalId", self.trigger(msisdn="491710000001")),
            (400, "validityPeriod", self.trigger(validityPeriod=0)), (400, "validityPeriod", self.trigger(validityPeriod=-1)),
            (400, "validityPeriod", self.trigger(validityPeriod="1")), (400, "priority", self.trigger(priority="HIGH")),
            (400, "applicationPortId", self.trigger(applicationPortId=65536)), (400, "applicationPortId", self.trigger(applicationPortId=None)),
            (400, "triggerPayload", self.trigger(triggerPayload="no base64!")), (400, "triggerPayload", self.trigger(triggerPayload=7)),
            (403, "notificationDestination", self.trigger(notificationDestination="https://169.254.169.254/")),
            (400, "", "[]"), (400, "", "{"), (400, "", '{"externalId": "a@b", "externalId": "c@d"}'),
        ]
        for code, member, body in wrong:
            got, answer, _ = self.curl("POST", body=body)
            self.assertEqual((got, answer["invalidParams"][0]["param"]), (code, member), body)
        for code, cause, body in ((400, "INVPAYLOAD", self.trigger(triggerPayload=big)), (400, "INVPERIOD", self.trigger(validityPeriod=4294967295)),
                                  (404, "INVEXTID", self.trigger(externalId="nobody@meters.example.org"))):
            got, answer, _ = self.curl("POST", body=body)
            self.assertEqual((got, answer["cause"]), (code, cause))
        self.assertEqual(self.curl("POST", body=self.trigger(), headers=["Idempotency-Key: 0"])[0], 400)
        for method, tail, allowed in (("DELETE", "", "GET, POST"), ("PUT", "", "GET, POST"), ("PATCH", "", "GET, POST"), ("OPTIONS", "", "GET, POST"),
                                      ("POST", "/1", "GET, PUT, PATCH, DELETE")):
            code, _, head = self.curl(method, tail, self.trigger() if method in ("POST", "PUT") else None)
            self.assertEqual(code, 405)
            self.assertIn(f"Allow: {allowed}\n", head + "\n")
        for kind in ("text/plain", "application/jsonp", "application/merge-patch+json"):
            self.assertEqual(self.curl("POST", body=self.trigger(), headers=[f"Content-Type: {kind}"])[0], 415, kind)
        self.assertIn("error", self.curl("POST", body="{" + " " * 70000 + "}")[1])
        code, answer, _ = self.curl("POST", body=self.trigger(), headers=["Content-Type: text/plain"])
        self.assertEqual((code, answer["detail"]), (415, "Content-Type is not application/json"))
        self.assertEqual(self.curl("GET", "/007")[0], 404)
        self.assertEqual(self.curl("GET", "/7?x=1")[0], 404)

    def test_what_the_mtc_iwf_refuses_has_its_request_status(self):
        first = self.trigger(triggerPayload="AA==")
        self.assertEqual([self.curl("POST", body=body, headers=["Idempotency-Key: 5"])[0] for body in (first, first)], [201, 201])
        code, answer, _ = self.curl("POST", body=self.trigger(), headers=["Idempotency-Key: 5"])
        self.assertEqual((code, answer["cause"]), (500, "PERMANENTERROR"))
        hasty = [self.curl("POST", body=self.trigger(), who=HASTY)[:2] for _ in range(4)]
        self.assertEqual((hasty[0][0], hasty[3][0], hasty[3][1]["cause"]), (201, 429, "RATEEXCEEDED"))
        d = self.daemon
        subprocess.run([GODWIT, "sub", "trigger", "bar", "--imsi", IMSI, "--store", d.path("store.db"), "--key-file", d.path("store.key")], check=True,
                       capture_output=True, timeout=120)
        code, answer, _ = self.curl("POST", body=self.trigger())
        self.assertEqual((code, answer["cause"]), (403, "NOTAUTHORIZED"))

    def test_nobody_sees_or_moves_what_is_anothers(self):
        self.assertEqual(self.curl("POST", body=self.trigger(), headers=["Idempotency-Key: 9"])[0], 201)
        for method, body in (("GET", None), ("PUT", self.trigger()), ("DELETE", None)):
            self.assertEqual(self.curl(method, "/9", body, who=OTHER, scs=AS)[0], 403)  # another's name in the path
        self.assertEqual(self.curl("GET", "/9", who=OTHER)[0], 404)  # its own name: it has no such transaction
        self.assertEqual(self.curl("DELETE", "/9", who=OTHER)[1]["cause"], "RECALLFAIL")
        self.assertEqual(self.curl("POST", body=self.trigger(), who="stranger.example.org")[0], 403)
        self.assertEqual(self.curl("GET", "/9")[1]["deliveryResult"], "TRIGGERED")
        codes = [self.curl("POST", body=self.trigger(), who=OTHER)[1] for _ in range(3)]
        self.assertEqual(codes[2]["cause"], "QUOTAEXCEEDED")

    def test_sighup_takes_over_who_may_ask_and_how_much(self):
        self.assertEqual(self.curl("POST", body=self.trigger(), who=OTHER)[0], 201)
        self.assertNotIn("restart", self.hup())
        said = self.hup((f"    - {{name: {OTHER}, kind: as, quota: 2}}\n", ""), (f"name: {AS}, kind: as,", f"name: {AS}, kind: as, quota: 1,"))
        self.assertNotIn("restart", said)
        self.assertEqual(self.curl("POST", body=self.trigger(), who=OTHER)[0], 403)
        self.assertEqual(self.curl("POST", body=self.trigger())[0], 201)
        self.assertEqual(self.curl("POST", body=self.trigger())[1]["cause"], "QUOTAEXCEEDED")
        said = self.hup(("kind: as, quota: 1,", "kind: as, quota: 9, per_minute: 1,"), ("protect: hop", "protect: association"),
                        ("  report_retry_ms", "  validity_max_seconds: 100\n  report_retry_ms"))
        self.assertIn("mtc_iwf: protect, keys", said)  # that waits, and the rest does not
        self.assertEqual([self.curl("POST", body=self.trigger())[1]["cause"] for _ in range(3)][2], "RATEEXCEEDED")
        self.hup((" per_minute: 1,", ""), ("validity_max_seconds: 100", "validity_max_seconds: 101"))
        self.assertEqual(self.curl("POST", body=self.trigger())[1]["cause"], "INVPERIOD")
        self.assertEqual(self.curl("POST", body=self.trigger(validityPeriod=101))[0], 201)

    def test_sighup_takes_over_where_reports_go(self):
        self.hup((f"{self.reports.server_port}/reports", f"{self.reports.server_port}/elsewhere"))
        self.assertEqual(self.curl("POST", body=self.trigger(validityPeriod=1))[0], 201)
        self.daemon.wait_for("a report", lambda: self.reports.seen)
        self.assertEqual(self.reports.paths, ["/elsewhere"])

    def test_sighup_renews_certificate_and_authority_and_refuses_what_does_not_fit(self):
        d, first = self.daemon, self.served()
        self.certify()
        self.assertEqual(self.served(), first)
        self.assertNotIn("holds", self.hup())
        second = self.served()
        self.assertNotEqual(second, first)
        shutil.copy(d.path("as-server.key"), d.path("iwf.key"))  # of another certificate
        self.assertIn("what was before holds", self.hup())
        d.write("iwf.pem", "no certificate\n")
        self.assertIn("what was before holds", self.hup())
        self.assertEqual(self.served(), second)
        self.assertEqual(self.curl("POST", body=self.trigger())[0], 201)
        for name in ("pem", "key"):
            shutil.copy(d.path(f"{AS}.{name}"), d.path(f"former.{name}"))
        self.assertEqual([self.named(version) for version in ("-tls1_2", "-tls1_3")], [["ca"], ["ca"]])
        certificates.openssl(d.directory, "req", "-x509", *certificates.KEY, "-days", "2", "-subj", "/CN=another", "-keyout", "ca.key", "-out", "ca.pem")
        self.certify()
        client_certificate(d.directory, AS)
        self.assertNotIn("holds", self.hup())
        self.assertEqual([self.named(version) for version in ("-tls1_2", "-tls1_3")], [["another"], ["another"]])
        self.assertEqual(self.curl("POST", body=self.trigger())[0], 201)
        code, answer, _ = self.curl("POST", body=self.trigger(), who="former", scs=AS)
        self.assertEqual(code, 403)
        self.assertIn("of no authority", answer["error"])

    def test_who_is_revoked_is_let_in_no_more(self):
        d = self.daemon
        certificates.revoked(d.directory)
        d.stop()
        d.config = d.write("godwit.yaml", d.read("godwit.yaml").replace("  rest:\n", f"  rest:\n    crl: {d.path('ca.crl')}\n"))
        d.start()
        self.assertEqual(self.curl("POST", body=self.trigger(), who=OTHER)[0], 201)
        certificates.revoke(d.directory, OTHER)
        d.write("iwf.pem", "no certificate\n")  # which the list does not wait for
        self.assertIn("what was before holds", self.hup())
        self.assertIn("revoked", self.curl("POST", body=self.trigger(), who=OTHER)[1]["error"])
        self.assertEqual(self.curl("POST", body=self.trigger())[0], 201)


if __name__ == "__main__":
    unittest.main()
