#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_digest_vectors.py > tests/vectors/digest.txt: what Python's hashlib and base64 make of Digest AKA (RFC 3310, RFC 2617)."""
import base64
import hashlib
import hmac


def md5(data):
    return hashlib.md5(data).hexdigest()


def response(username, realm, password, nonce, method, uri, qop, nc, cnonce, body=b""):
    a1 = f"{username}:{realm}:".encode() + password
    a2 = f"{method}:{uri}".encode()
    if qop == "auth-int":
        a2 += b":" + md5(body).encode()
    if not qop:
        return md5(f"{md5(a1)}:{nonce}:{md5(a2)}".encode())
    return md5(f"{md5(a1)}:{nonce}:{nc}:{cnonce}:{qop}:{md5(a2)}".encode())


def record(**fields):
    for name, value in fields.items():
        print(f"{name} = {value}")
    print()


def digest(comment, password, method="GET", body=b"", algorithm="AKAv1-MD5", auts=b"", answer=b"", expect=None, opaque="", **a):
    print(f"# {comment}")
    a.setdefault("qop", "auth-int")
    a.setdefault("nc", "00000001")
    a.setdefault("cnonce", "0a4f113b")
    value = response(password=password, method=method, body=body, **a)
    assert expect in (None, value), (comment, value)
    header = f'Digest username="{a["username"]}", realm="{a["realm"]}", nonce="{a["nonce"]}", uri="{a["uri"]}"'
    if a["qop"]:
        header += f', qop={a["qop"]}, nc={a["nc"]}, cnonce="{a["cnonce"]}"'
    header += f', response="{value}"'
    if opaque:
        header += f', opaque="{opaque}"'
    header += f", algorithm={algorithm}"
    if auts:
        header += f', auts="{base64.b64encode(auts).decode()}"'
    fields = dict(header=header, method=method, password=password.hex(), body=body.hex(), answer=answer.hex(), response=value,
                  rspauth=response(password=password, method="", body=answer, **a))
    if auts:
        fields["auts"] = auts.hex()
    record(**fields)


print("# Made by tests/wire/make_digest_vectors.py with Python's hashlib and base64; where a document gives the value it was compared with it.\n")

print("[md5]\n# RFC 1321 A.5\n")
for text in ("", "a", "abc", "message digest", "abcdefghijklmnopqrstuvwxyz",
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "1234567890" * 8,
             "x" * 55, "x" * 56, "x" * 63, "x" * 64, "x" * 65, "x" * 119, "x" * 120, "x" * 1000):
    record(input=text.encode().hex(), digest=md5(text.encode()))

print("[sha1]\n# FIPS 180-4 (\"abc\" is the standard's own example)\n")
for data in (b"abc", b"", bytes.fromhex("f769bcd751044604127672711c6d3441"), b"y" * 55, b"z" * 56, b"z" * 64, b"z" * 300):
    record(input=data.hex(), digest=hashlib.sha1(data).hexdigest())

print("[hmac_sha1]\n# RFC 2202 clause 3, cases 1, 2, 6\n")
for key, data in ((b"\x0b" * 20, b"Hi There"), (b"Jefe", b"what do ya want for nothing?"),
                  (b"\xaa" * 80, b"Test Using Larger Than Block-Size Key - Hash Key First")):
    record(key=key.hex(), data=data.hex(), mac=hmac.new(key, data, hashlib.sha1).hexdigest())

print("[base64]\n# RFC 4648 clause 10, and octets\n")
for data in (b"f", b"fo", b"foo", b"foob", b"fooba", b"foobar", bytes(range(256)), b"\xfb\xff\xbf"):
    record(octets=data.hex(), text=base64.b64encode(data).decode())

print("[digest]")
digest("RFC 2617 3.5", b"Circle Of Life", username="Mufasa", realm="testrealm@host.com", uri="/dir/index.html", qop="auth",
       nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41", algorithm="MD5",
       expect="6629fae49393a05397450978507c4ef1")
digest("RFC 7616 3.9.1, MD5", b"Circle of Life", username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", qop="auth",
       nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
       opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", algorithm="MD5", expect="8ca523f5e9506fed4657c9700eebdbec")
digest("RFC 2617 3.2.2: no qop, as RFC 2069", b"Circle Of Life", username="Mufasa", realm="testrealm@host.com", uri="/dir/index.html", qop="",
       nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", algorithm="MD5", expect="670fd8c2df070c60b045671b8b24ff02")
rand = bytes.fromhex("23553cbe9637a89d218ae64dae47bf35")
autn = bytes.fromhex("55f328b43577b9b94a9ffac354dfafb3")
res = bytes.fromhex("a54211d5e3ba50bf")
nonce = base64.b64encode(rand + autn).decode()
impi = dict(username="001010123456789@ims.mnc001.mcc001.3gppnetwork.org", realm="bsf.mnc001.mcc001.pub.3gppnetwork.org", uri="/")
body = (b'<?xml version="1.0" encoding="UTF-8"?><BootstrappingInfo xmlns="uri:3gpp-gba"><btid>I1U8vpY3qJ0hiuZNrke/NQ==@bsf</btid>'
        b"<lifetime>2026-11-29T01:02:03Z</lifetime></BootstrappingInfo>")
digest("RFC 3310 3.3 with MILENAGE set 1 (TS 35.208 4.3.1): RES as it is is the password", res, nonce=nonce, answer=body, **impi)
digest("the same with qop auth", res, nonce=nonce, qop="auth", opaque="5ccc069c403ebaf9f0171e9517f30e41", **impi)
digest("a password with zero octets and colons in it", bytes.fromhex("003a00ff0d0a2200"), nonce=nonce, nc="0000abcd", **impi)
digest("RFC 3310 3.4: AUTS, no password", b"", nonce=nonce, auts=bytes(range(14)), **impi)
digest("an entity body of the request", res, nonce=nonce, method="POST", body=b"<a/>", **impi)

print("[nonce]")
print("# RFC 3310 3.2: RAND || AUTN, then server data")
for extra in (b"", bytes(range(16)), b"1"):
    record(rand=rand.hex(), autn=autn.hex(), data=extra.hex(), text=base64.b64encode(rand + autn + extra).decode())
