# SPDX-License-Identifier: Apache-2.0
"""Device RAND with real processes: HSS, MKEF and MTC server as godwitd, the device as `godwit mtc send`, certificates by openssl."""
import http.client
import json
import os
import socket
import ssl
import sys

from whole import Godwitd, cli, free_port

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "policy"))
import pki  # noqa: E402  pylint: disable=wrong-import-position
from schema import Schema  # noqa: E402  pylint: disable=wrong-import-position

with open(os.path.join(os.environ.get("GODWIT_SOURCE", "."), "docs", "mkef.schema.json"), encoding="utf-8") as _file:
    SCHEMA = Schema(json.load(_file))


def fits(value, name):
    """Whether it is what docs/mkef.schema.json calls by that name."""
    return SCHEMA.valid(value, SCHEMA.root["$defs"][name])

REALM = "home.example"
SERVER, OTHER = "mtc.example.org", "mtc-b.example.org"
K, OPC = "465b5ce8b199b49faa5f0a2ee238a6bc", "cd63cb71954a9f4e48a5994e37a02baf"


def make_certificates():
    pki.authority("ca")
    pki.authority("ca2")
    pki.certificate("mkef", f"DNS:mkef.{REALM}")
    pki.certificate("mtc", f"DNS:{SERVER}")
    pki.certificate("mtc-b", f"DNS:{OTHER}")
    pki.certificate("unlisted", "DNS:mtc-c.example.org")
    pki.certificate("stranger", f"DNS:{SERVER}", ca="ca2")
    pki.certificate("expired", f"DNS:{SERVER}", days="-1")


class Home:
    """HSS and MKEF, over Diameter, and an MTC server."""

    def __init__(self, mkef=""):
        self.hss, self.mkef, self.mtc = Godwitd(), Godwitd(), Godwitd()
        self.daemons = (self.hss, self.mkef, self.mtc)
        port = self.diameter_port = free_port()
        self.configure(self.hss, "hss", f"""hss: {{best_plmn: 001-01, mkefs: [mkef.{REALM}]}}
diameter: {{listen: "127.0.0.1:{port}", peers: [{{identity: mkef.{REALM}, realm: {REALM}}}]}}
""")
        tls = "{{certificate: {0}, key: {1}, ca: {2}}}".format
        self.port = free_port()  # the MTC server knows it, also when the MKEF is started again
        self.configure(self.mkef, "mkef", f"""mkef:
  listen: "127.0.0.1:{self.port}"
  callers: [{SERVER}, {OTHER}]
  tls: {tls(pki.path("mkef.pem"), pki.path("mkef.key"), pki.path("ca.pem"))}
  hss: {{host: hss.{REALM}, realm: {REALM}}}
  {mkef}
diameter: {{listen: "127.0.0.1:{free_port()}", peers: [{{identity: hss.{REALM}, realm: {REALM}, address: "127.0.0.1:{port}"}}]}}
""")
        self.hss.start()
        self.mkef.start()
        self.configure(self.mtc, "mtc_server", f"""hse: {{listen: ["127.0.0.1:0"], deliver: [{{kind: file, path: {self.mtc.path("readings")}}}]}}
mtc_server:
  url: "https://mkef.{REALM}:{self.port}"
  connect_to: "mkef.{REALM}:{self.port}:127.0.0.1:{self.port}"
  tls: {tls(pki.path("mtc.pem"), pki.path("mtc.key"), pki.path("ca.pem"))}
""")
        self.mtc.start()

    @staticmethod
    def configure(daemon, function, more):
        daemon.config = daemon.write("godwit.yaml", f"""identity: {function.replace("_", "-")}.{REALM}
realm: {REALM}
functions: [{function}]
store: {{path: {daemon.path("store.db")}, key_file: {daemon.path("store.key")}}}
log: {{level: debug}}
control: {{path: {daemon.path("control")}}}
{more}""")

    def close(self):
        for daemon in self.daemons:
            daemon.__exit__()

    def operate(self, *words):
        """godwit mkef ... on the MKEF's store."""
        return cli.result("mkef", *words, "--store", self.mkef.path("store.db"), "--key-file", self.mkef.path("store.key"))

    def entitle(self, *scope, server=SERVER):
        return self.operate("entitle", "--server", server, *(scope or ("--plmn", "001-01")))

    def ask(self, datagram, name="mtc", method="POST", path="/mkef/v1/keys", headers=None, body=None):
        """One request as an MTC server makes it: (code, the answer as JSON)."""
        context = ssl.create_default_context(cafile=pki.path("ca.pem"))
        context.check_hostname = False
        if name:
            context.load_cert_chain(pki.path(f"{name}.pem"), pki.path(f"{name}.key"))
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=120)
        body = body if body is not None else json.dumps({"session_octets": 3, "counter_octets": 1, "datagram": datagram.hex()})
        try:
            connection.request(method, path, body=body, headers={"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text.startswith(b"{") else {}
        finally:
            connection.close()


class Meter:
    """A device with device RAND; its card and record stand in the folder of the MTC server's daemon."""

    def __init__(self, home, imsi, algorithm=None):
        self.home, self.imsi = home, imsi
        self.card, self.state = home.mtc.path(imsi + ".usim"), home.mtc.path(imsi + ".mtc")
        more = ["--algorithm", algorithm] if algorithm else []
        cli.result("usim", "create", "--imsi", imsi, "--k", K, "--opc", OPC, *more, self.card)
        cli.result("sub", "add", "--imsi", imsi, "--k", K, "--opc", OPC, *more, "--store", home.hss.path("store.db"), "--key-file",
                   home.hss.path("store.key"))

    def words(self, hse, *options, server=SERVER):
        return ["mtc", "send", "--imsi", self.imsi, "--usim", "soft:" + self.card, "--state", self.state, "--hse", hse, "--endpoint", server,
                *options]

    def send(self, text, *options):
        return cli.result(*self.words(self.home.mtc.ready["hse"], *options), text)

    def first(self, text="a reading", *options, server=SERVER):
        """The next first datagram, which nobody answers."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            s.settimeout(120)
            code, _, err = cli.run(*self.words(f"127.0.0.1:{s.getsockname()[1]}", "--new", "--attempts", "1", "--retransmit", "100", *options,
                                               server=server), text)
            assert code == 4, (code, err)
            return s.recv(2048)
