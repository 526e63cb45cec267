# SPDX-License-Identifier: Apache-2.0
"""Ub from RFC 3310, RFC 2617 and TS 24.109 alone: a client (http.client, hashlib) and a BSF (http.server) for the tests."""
import base64
import datetime
import hashlib
import hmac
import http.client
import http.server
import os
import re
import ssl
import threading
import xml.etree.ElementTree

import aka
from sender import WAIT

NAMESPACE = "{uri:3gpp-gba}"


def md5(data):
    return hashlib.md5(data).hexdigest()


def digest(a, method, password, body):
    """request-digest of RFC 2617 3.2.2 for the parameters in a; rspauth with an empty method. Passwords are octets (RFC 3310 3.3)."""
    a1 = f'{a["username"]}:{a["realm"]}:'.encode() + password
    a2 = f'{method}:{a["uri"]}'.encode()
    if a["qop"] == "auth-int":
        a2 += b":" + md5(body).encode()
    return md5(f'{md5(a1)}:{a["nonce"]}:{a["nc"]}:{a["cnonce"]}:{a["qop"]}:{md5(a2)}'.encode())


def parameters(header):
    """Parameters of a Digest header, without quotes."""
    found = re.findall(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))', header)
    return {name: quoted or bare for name, quoted, bare in found}


def header(a):
    quoted = ("username", "realm", "nonce", "uri", "response", "cnonce", "opaque", "auts")
    return "Digest " + ", ".join(f'{n}="{v}"' if n in quoted else f"{n}={v}" for n, v in a.items())


def kdf(key, *values):
    """TS 33.220 B.2, FC 01."""
    data = b"\x01" + b"".join(v + len(v).to_bytes(2, "big") for v in values)
    return hmac.new(key, data, hashlib.sha256).digest()


def ks_naf(ks, rand, impi, naf_id, label=b"gba-me"):
    return kdf(ks, label, rand, impi.encode(), naf_id)


def impi_of(imsi):
    return f"{imsi}@ims.mnc0{imsi[3:5]}.mcc{imsi[:3]}.3gppnetwork.org"


class Refused(Exception):
    def __init__(self, code, what=""):
        super().__init__(f"{code} {what}")
        self.code = code


class Client:
    """A device of GBA_ME, or of 2G GBA when usim is None and a triplet function is given."""

    def __init__(self, address, bsf, impi, usim=None, gsm=None, tls_ca=None):
        self.address, self.bsf, self.impi, self.usim, self.gsm, self.tls_ca = address, bsf, impi, usim, gsm, tls_ca
        self.requests = 0

    def get(self, authorization, path="/", extra=()):
        """(code, headers, body)."""
        if self.tls_ca is None:
            link = http.client.HTTPConnection(*self.address, timeout=WAIT)
        else:
            context = ssl.create_default_context(cafile=self.tls_ca)
            link = http.client.HTTPSConnection(*self.address, timeout=WAIT, context=context)
        self.requests += 1
        headers = {"User-Agent": "Bootstrapping Client Agent; Release-6", **dict(extra)}
        if authorization is not None:
            headers["Authorization"] = authorization
        try:
            link.request("GET", path, headers=headers)
            answer = link.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            link.close()

    def first(self, **changes):
        a = {"username": self.impi, "realm": self.bsf, "nonce": "", "uri": "/", "response": "", **changes}
        return self.get(header(a))

    def challenge(self):
        code, headers, _ = self.first()
        if code != 401:
            raise Refused(code)
        return parameters(headers["WWW-Authenticate"])

    def answer(self, challenge, password, **changes):
        a = {"username": self.impi, "realm": challenge["realm"], "nonce": challenge["nonce"], "uri": "/", "qop": "auth-int", "nc": "00000001",
             "cnonce": os.urandom(8).hex(), "response": "", "algorithm": "AKAv1-MD5"}
        if "opaque" in challenge:
            a["opaque"] = challenge["opaque"]
        a.update(changes)
        a["response"] = digest(a, "GET", password, b"")
        return a

    def run_card(self, challenge):
        """(password, Ks, None), or (b"", None, AUTS)."""
        nonce = base64.b64decode(challenge["nonce"], validate=True)
        self.rand, autn, data = nonce[:16], nonce[16:32], nonce[32:]
        assert challenge["algorithm"] == "AKAv1-MD5" and "auth-int" in challenge["qop"]
        if self.usim is None:
            assert autn == bytes(16) and len(data) == 16, "2G: AUTN is zero, Ks-input follows (TS 24.109 H.2)"
            sres, kc = self.gsm(self.rand)
            key = kc + kc + self.rand
            return kdf(key, b"3gpp-gba-res", sres)[:16], kdf(key, data, b"3gpp-gba-ks", sres), None
        try:
            run = self.usim.authenticate(self.rand, autn)
        except aka.SyncFailure as failure:
            return b"", None, failure.auts
        return run.res, run.ck + run.ik, None

    def bootstrap(self):
        challenge = self.challenge()
        for _ in range(3):
            password, ks, auts = self.run_card(challenge)
            changes = {"auts": base64.b64encode(auts).decode()} if auts else {}
            a = self.answer(challenge, password, **changes)
            code, headers, body = self.get(header(a))
            if code != 401:
                break
            challenge = parameters(headers["WWW-Authenticate"])
        if code != 200:
            raise Refused(code)
        info = parameters(headers["Authentication-Info"])
        assert info["qop"] == "auth-int" and info["nc"] == a["nc"] and info["cnonce"] == a["cnonce"]
        assert info["rspauth"] == digest(a, "", password, body), "the BSF has not proved that it knows RES"
        assert headers["Content-Type"] == "application/vnd.3gpp.bsf+xml"
        root = xml.etree.ElementTree.fromstring(body)
        assert root.tag == NAMESPACE + "BootstrappingInfo"
        self.b_tid = root.findtext(NAMESPACE + "btid")
        self.expires = datetime.datetime.strptime(root.findtext(NAMESPACE + "lifetime"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
        expires = datetime.datetime.strptime(headers["Expires"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=datetime.timezone.utc)
        assert expires == self.expires
        assert self.b_tid == base64.b64encode(self.rand).decode() + "@" + self.bsf
        self.ks = ks
        return self


class Bsf:
    """A BSF of one subscriber. bend(name, value) may change what it sends: "challenge" (a dict), "info" (a dict), "body" (octets), "code"."""

    def __init__(self, name, impi, auc=None, gsm=None, mask=None, bend=lambda name, value: value, life=3600, certificate=None):
        self.name, self.impi, self.auc, self.gsm, self.mask, self.bend, self.life = name, impi, auc, gsm, mask, bend, life
        self.seen, self.waiting, self.ks, self.rand = [], {}, None, None
        bsf = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):  # noqa: N802  (the name is http.server's)
                bsf.serve(self)

            def log_message(self, *unused):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def reply(self, handler, code, body=b"", **headers):
        handler.send_response(self.bend("code", code))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def challenge(self, handler, stale=False):
        rand = os.urandom(16)
        if self.auc is None:
            sres, kc = self.gsm(rand)
            data = os.urandom(16)
            key = kc + kc + rand
            password, ks, autn = kdf(key, b"3gpp-gba-res", sres)[:16], kdf(key, data, b"3gpp-gba-ks", sres), bytes(16) + data
        else:
            autn, run = self.auc.vector(rand, bytes(2))
            password, ks = run.res, run.ck + run.ik
            autn = self.mask(autn, run.ik) if self.mask else autn
        nonce = base64.b64encode(rand + autn).decode()
        self.waiting[nonce] = (rand, password, ks)
        a = self.bend("challenge", {"realm": self.name, "nonce": nonce, "qop": "auth-int", "algorithm": "AKAv1-MD5", "opaque": "6dae47bf35"})
        text = "Digest " + ", ".join(f'{n}={v}' if n == "algorithm" else f'{n}="{v}"' for n, v in a.items())
        self.reply(handler, 401, WWW_Authenticate=text + (", stale=true" if stale else ""))

    def serve(self, handler):
        a = parameters(handler.headers.get("Authorization", ""))
        self.seen.append(a)
        if handler.path != "/" or a.get("username") != self.impi or a.get("realm") != self.name or a.get("uri") != "/":
            self.reply(handler, 403)
        elif a["nonce"] == "":
            assert a["response"] == ""
            self.challenge(handler)
        elif a["nonce"] not in self.waiting:
            self.challenge(handler, stale=True)
        else:
            rand, password, ks = self.waiting.pop(a["nonce"])
            if "auts" in a:
                good = a["response"] == digest(a, "GET", b"", b"") and self.auc.resynchronise(rand, base64.b64decode(a["auts"]))
                return self.challenge(handler) if good else self.reply(handler, 403)
            if a["response"] != digest(a, "GET", password, b""):
                return self.reply(handler, 403)
            self.succeed(handler, a, rand, password, ks)
        return None

    def succeed(self, handler, a, rand, password, ks):
        self.rand, self.ks = rand, ks
        self.b_tid = base64.b64encode(rand).decode() + "@" + self.name
        expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.life)
        body = ('<?xml version="1.0" encoding="UTF-8"?>\n<BootstrappingInfo xmlns="uri:3gpp-gba">\n <btid>' + self.b_tid + "</btid>\n <lifetime>" +
                expires.strftime("%Y-%m-%dT%H:%M:%SZ") + "</lifetime>\n</BootstrappingInfo>\n").encode()
        info = self.bend("info", {"qop": "auth-int", "nc": a["nc"], "cnonce": a["cnonce"], "rspauth": digest(a, "", password, body)})
        text = ", ".join(f'{n}={v}' if n in ("qop", "nc") else f'{n}="{v}"' for n, v in info.items())
        self.reply(handler, 200, self.bend("body", body), Authentication_Info=text, Content_Type="application/vnd.3gpp.bsf+xml",
                   Expires=expires.strftime("%a, %d %b %Y %H:%M:%S GMT"))
