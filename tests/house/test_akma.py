# SPDX-License-Identifier: Apache-2.0
"""AKMA between real processes: 5G AKA by `godwit akma authenticate`, HSS, AUSF and AAnF each a godwitd, an application in Python that gets the device's
key; and who is refused, over real HTTPS."""
import http.client
import json
import os
import ssl
import unittest

from mkef import OPC, REALM, K, free_port, pki
from whole import Godwitd, cli

IMSI = "001010000000001"
UA = "ff00000001"
AF, OTHER_AF, EMKS = "af.example.org", "other.example.org", f"emks.{REALM}"


def make_certificates():
    pki.authority("ca")
    pki.authority("ca2")
    for name, dns in (("ausf", f"ausf.{REALM}"), ("aanf", f"aanf.{REALM}"), ("net", "amf.visited.example"), ("af", AF), ("other", OTHER_AF),
                      ("emks", EMKS), ("unlisted", "nobody.example.org")):
        pki.certificate(name, f"DNS:{dns}")
    pki.certificate("stranger", f"DNS:{AF}", ca="ca2")


def tls(name):
    return f'{{certificate: {pki.path(name + ".pem")}, key: {pki.path(name + ".key")}, ca: {pki.path("ca.pem")}}}'


def configure(daemon, functions, identity, more):
    daemon.config = daemon.write("godwit.yaml", f"""identity: {identity}
realm: {REALM}
functions: [{functions}]
store: {{path: {daemon.path("store.db")}, key_file: {daemon.path("store.key")}}}
log: {{level: debug}}
control: {{path: {daemon.path("control")}}}
{more}""")


class Home:
    """HSS, AUSF and AAnF as three processes; and an EMKS that is configured as an application."""

    def __init__(self):
        self.hss, self.ausf, self.aanf, self.emks = self.daemons = [Godwitd() for _ in range(4)]
        port = free_port()
        configure(self.hss, "hss", f"hss.{REALM}", f"""hss: {{best_plmn: 001-01, ausfs: [ausf.{REALM}]}}
diameter: {{listen: "127.0.0.1:{port}", peers: [{{identity: ausf.{REALM}, realm: {REALM}}}]}}
""")
        configure(self.aanf, "aanf", f"aanf.{REALM}", f"""aanf:
  listen: "127.0.0.1:0"
  plmn: 001-01
  tls: {tls("aanf")}
  ausfs: [ausf.{REALM}]
  afs: [{{host: {AF}, names: [{AF}]}}, {{host: {OTHER_AF}, names: [{OTHER_AF}]}}, {{host: {EMKS}, names: [{EMKS}]}}]
""")
        self.hss.start()
        self.aanf.start()
        self.port = self.aanf.address("aanf")[1]
        way = f'url: "https://aanf.{REALM}:{self.port}", connect_to: "aanf.{REALM}:{self.port}:127.0.0.1:{self.port}"'
        configure(self.ausf, "ausf", f"ausf.{REALM}", f"""ausf:
  listen: "127.0.0.1:0"
  plmn: 001-01
  tls: {tls("ausf")}
  networks: [{{host: amf.visited.example, plmn: 901-70}}]
  hss: {{host: hss.{REALM}, realm: {REALM}}}
  aanf: {{{way}}}
diameter: {{listen: "127.0.0.1:{free_port()}", peers: [{{identity: hss.{REALM}, realm: {REALM}, address: "127.0.0.1:{port}"}}]}}
""")
        configure(self.emks, "hss, emks, hse", EMKS, f"""hss: {{best_plmn: 001-01}}
emks: {{best_plmn: 001-01, agreements: [akma], akma: {{{way}, tls: {tls("emks")}}}}}
hse: {{listen: ["127.0.0.1:0"], agreements: [akma], deliver: [{{kind: file, path: {self.emks.path("readings")}}}]}}
""")
        self.ausf.start()
        self.emks.start()
        self.card = self.hss.path(IMSI + ".usim")
        cli.result("usim", "create", "--imsi", IMSI, "--k", K, "--opc", OPC, self.card)
        cli.result("sub", "add", "--imsi", IMSI, "--k", K, "--opc", OPC, "--store", self.hss.path("store.db"), "--key-file",
                   self.hss.path("store.key"))

    def close(self):
        for daemon in self.daemons:
            daemon.__exit__()

    def device(self):
        return ["--imsi", IMSI, "--usim", "soft:" + self.card, "--state", self.hss.path("state.akma")]

    def words(self, network="901-70", name="net"):
        port = self.ausf.address("ausf")[1]
        return ["akma", "authenticate", *self.device(), "--ausf", f"https://ausf.{REALM}:{port}", "--connect-to",
                f"ausf.{REALM}:{port}:127.0.0.1:{port}", "--serving-network", network, "--certificate", pki.path(name + ".pem"), "--key",
                pki.path(name + ".key"), "--ca", pki.path("ca.pem")]

    def authenticate(self):
        return cli.result(*self.words())["a_kid"]

    def key(self, af=AF, *more):
        return cli.result("akma", "key", *self.device(), "--af", af, *more)["k_af"]

    def ask(self, body, name="af", path="retrieve-applicationkey", method="POST", port=None):
        """An application, or whoever: (code, the answer as JSON, its type)."""
        context = ssl.create_default_context(cafile=pki.path("ca.pem"))
        context.check_hostname = False
        if name:
            context.load_cert_chain(pki.path(f"{name}.pem"), pki.path(f"{name}.key"))
        connection = http.client.HTTPSConnection("127.0.0.1", port or self.port, context=context, timeout=120)
        try:
            connection.request(method, path if path.startswith("/") else "/naanf-akma/v1/" + path,
                               body=body if isinstance(body, str) else json.dumps(body), headers={"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text.startswith(b"{") else {}, answer.headers.get("Content-Type")
        finally:
            connection.close()


class Akma(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        cls.a_kid = cls.home.authenticate()

    @classmethod
    def tearDownClass(cls):
        cls.home.close()

    def request(self, af=AF, a_kid=None):
        return {"afId": f"{af}/{UA}", "aKId": a_kid or self.a_kid}

    def test_an_application_gets_the_key_of_the_device(self):
        code, answer, _ = self.home.ask(self.request())
        self.assertEqual(code, 200, answer)
        self.assertEqual((answer["kaf"], answer["supi"]), (self.home.key(), "imsi-" + IMSI))
        self.assertTrue(answer["expiry"].endswith("Z"))
        self.assertNotEqual(answer["kaf"], self.home.ask(self.request(OTHER_AF), "other")[1]["kaf"])

    def test_a_new_authentication_is_a_new_key_and_the_old_name_is_gone(self):
        old, old_key = self.a_kid, self.home.key()
        type(self).a_kid = self.home.authenticate()
        self.assertEqual(self.home.ask(self.request(a_kid=old))[0], 404)
        code, answer, _ = self.home.ask(self.request())
        self.assertEqual((code, answer["kaf"]), (200, self.home.key()))
        self.assertNotEqual(answer["kaf"], old_key)

    def test_who_is_refused(self):
        problem = "application/problem+json"
        self.assertEqual(self.home.ask(self.request(OTHER_AF)), (403, {"status": 403, "cause": "not_entitled"}, problem))
        unknown = self.a_kid.replace(self.a_kid[10:20], "0" * 10)
        self.assertEqual(self.home.ask(self.request(a_kid=unknown)), (404, {"status": 404, "cause": "unknown_key"}, problem))
        self.assertEqual(self.home.ask("[]"), (400, {"status": 400, "cause": "malformed"}, problem))
        self.assertEqual(self.home.ask('{"afId": "' + "x" * 5000 + '"}')[0], 413)
        self.assertEqual(self.home.ask(self.request(), path="no-such")[0], 404)
        self.assertEqual(self.home.ask(self.request(), method="PUT")[0], 405)
        for name in (None, "unlisted", "stranger"):
            with self.subTest(name=name):
                try:
                    self.assertEqual(self.home.ask(self.request(), name)[0], 403)
                except (ssl.SSLError, ConnectionError, http.client.RemoteDisconnected):
                    pass

    def test_an_application_neither_registers_nor_removes_anchor_keys(self):
        body = {"supi": "imsi-" + IMSI, "aKId": self.a_kid, "kAkma": "00" * 32}
        self.assertEqual(self.home.ask(body, path="register-anchorkey")[0], 403)
        self.assertEqual(self.home.ask({"supi": "imsi-" + IMSI}, path="remove-context")[0], 403)
        self.assertEqual(self.home.ask(self.request())[1]["kaf"], self.home.key())

    def test_what_the_ausf_refuses(self):
        code, _, err = cli.run(*self.home.words("001-01"))
        self.assertEqual(code, 1)
        self.assertIn("not_entitled", err)
        port = self.home.ausf.address("ausf")[1]
        path = "/nausf-auth/v1/ue-authentications"
        body = {"supiOrSuci": "imsi-" + IMSI, "servingNetworkName": "5G:mnc070.mcc901.3gppnetwork.org"}
        code, answer, _ = self.home.ask(body, "net", path, port=port)
        self.assertEqual((code, answer["authType"]), (201, "5G_AKA"))
        link = answer["_links"]["5g-aka"]["href"]
        self.assertEqual(self.home.ask({"resStar": "00" * 16}, "net", link, "PUT", port)[:2], (200, {"authResult": "AUTHENTICATION_FAILURE"}))
        self.assertEqual(self.home.ask({"resStar": "00" * 16}, "net", link, "PUT", port)[0], 404)
        self.assertEqual(self.home.ask(self.request())[1]["kaf"], self.home.key())  # the anchor key of before
        self.assertEqual(self.home.ask({"supiOrSuci": "imsi-001010000000009", **{"servingNetworkName": body["servingNetworkName"]}}, "net", path,
                                       port=port)[0], 404)

    def send(self, text, state="session", akma="state.akma"):
        host, port = self.home.emks.address()
        return cli.run("send", "--imsi", IMSI, "--usim", "soft:" + self.home.card, "--state", self.home.hss.path(state), "--hse", f"{host}:{port}",
                       "--endpoint", EMKS, "--emks", EMKS, "--akma", self.home.hss.path(akma), "--retransmit", "200", text,
                       "--json")

    def readings(self):
        path = self.home.emks.path("readings")
        return [json.loads(line)["payload"] for line in self.home.emks.read("readings").splitlines()] if os.path.exists(path) else []

    def test_the_key_for_the_emks_is_the_root_of_a_session(self):
        for text, set_up in (("20.5", True), ("20.6", False)):
            code, out, err = self.send(text)
            self.assertEqual(code, 0, err)
            self.assertEqual(json.loads(out)["set_up"], set_up)
        self.home.emks.wait_for("two readings", lambda: self.readings() == ["20.5", "20.6"])
        with open(self.home.hss.path("state.akma"), "rb") as file:
            old = file.read()
        type(self).a_kid = self.home.authenticate()
        with open(self.home.hss.path("old.akma"), "wb") as file:
            file.write(old)
        self.assertEqual(self.send("20.7", "another")[0], 0)  # the new anchor key
        code, _, err = self.send("20.8", "third", "old.akma")
        self.assertEqual(code, 1)
        self.assertIn("unknown_key; run godwit akma authenticate again", err)
        self.home.emks.wait_for("three readings", lambda: self.readings() == ["20.5", "20.6", "20.7"])

    def test_no_key_stands_in_a_log(self):
        key = self.home.key()
        self.home.ask(self.request())
        for daemon in (self.home.hss, self.home.ausf, self.home.aanf):
            for secret in (K, OPC, key):
                self.assertNotIn(secret, daemon.read("log").lower())


if __name__ == "__main__":
    make_certificates()
    unittest.main()
