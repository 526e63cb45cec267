#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_gba_vectors.py > tests/vectors/gba.txt: GBA as TS 33.220, TS 24.109 and RFC 3310 have it, reckoned by Python alone."""
import base64
import datetime
import hashlib
import hmac

RAND = bytes.fromhex("23553cbe9637a89d218ae64dae47bf35")
AUTN = bytes.fromhex("55f328b43577b9b94a9ffac354dfafb3")
RES = bytes.fromhex("a54211d5e3ba50bf")
CK = bytes.fromhex("b40ba9a3c58b2a05bbf0d987b21bf8cb")
IK = bytes.fromhex("f769bcd751044604127672711c6d3441")
KC, SRES = bytes.fromhex("eae4be823af9a08b"), bytes.fromhex("46f8416a")
IMPI = "001010123456789@ims.mnc001.mcc001.3gppnetwork.org"
BSF = "bsf.mnc001.mcc001.pub.3gppnetwork.org"
NAF_ID = b"naf.example.com" + bytes.fromhex("0100000002")


def md5(data):
    return hashlib.md5(data).hexdigest()


def kdf(key, *parameters):
    data = b"\x01"
    for p in parameters:
        data += p + len(p).to_bytes(2, "big")
    return hmac.new(key, data, hashlib.sha256).digest()


def digest(password, nonce, method, body, cnonce):
    a1 = f"{IMPI}:{BSF}:".encode() + password
    a2 = f"{method}:/:{md5(body)}".encode()
    return md5(f"{md5(a1)}:{nonce}:00000001:{cnonce}:auth-int:{md5(a2)}".encode())


def record(**fields):
    for name, value in fields.items():
        print(f"{name} = {value}")
    print()


print("# Made by tests/agree/make_gba_vectors.py. Vector: MILENAGE set 1 (TS 35.208 4.3.1), TS 55.205 for 2G. Not official answers but where said.\n")

print("[names]\n# TS 23.003 13.3, 16.2; TS 33.220 4.5.2\n")
record(plmn="001-01", imsi="001010123456789", impi=IMPI, bsf=BSF, rand=RAND.hex(), b_tid=base64.b64encode(RAND).decode() + "@" + BSF)
record(plmn="310-410", imsi="310410123456789", impi="310410123456789@ims.mnc410.mcc310.3gppnetwork.org",
       bsf="bsf.mnc410.mcc310.pub.3gppnetwork.org", rand="00" * 16, b_tid="AAAAAAAAAAAAAAAAAAAAAA==@bsf.mnc410.mcc310.pub.3gppnetwork.org")

print("[gba-u]\n# TS 33.220 5.3.2 (recalled): MAC* = MAC xor first 64 bits of SHA-1(IK)\n")
star = AUTN[:8] + bytes(a ^ b for a, b in zip(AUTN[8:], hashlib.sha1(IK).digest()))
record(ik=IK.hex(), autn=AUTN.hex(), autn_star=star.hex())

print("[date]\n# XML Schema Part 2, 3.2.7\n")
for text in ("1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2026-11-28T01:16:00Z", "2100-03-01T00:00:00Z", "9999-12-31T23:59:59Z",
             "2024-12-31T12:00:00Z", "2001-01-01T00:00:00Z"):
    when = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
    record(text=text, seconds=int(when.timestamp()))

print("[flow]\n# TS 24.109 4.2, A.3; RFC 3310 3; TS 33.220 4.5.2, 5.3.2, Annex I\n")
for flavour, autn, data, password, ks in (
        ("me", AUTN, b"", RES, CK + IK), ("u", star, b"", RES, CK + IK),
        ("2g", bytes(16), bytes(range(16)), None, None)):
    if flavour == "2g":
        key = KC + KC + RAND
        password = kdf(key, b"3gpp-gba-res", SRES)[:16]
        ks = kdf(key, data, b"3gpp-gba-ks", SRES)
    nonce = base64.b64encode(RAND + autn + data).decode()
    cnonce = "0123456789abcdef"
    b_tid = base64.b64encode(RAND).decode() + "@" + BSF
    body = ('<?xml version="1.0" encoding="UTF-8"?><BootstrappingInfo xmlns="uri:3gpp-gba"><btid>' + b_tid +
            "</btid><lifetime>2026-11-29T01:16:00Z</lifetime></BootstrappingInfo>").encode()
    response = digest(password, nonce, "GET", b"", cnonce)
    begin = f'Digest username="{IMPI}", realm="{BSF}", nonce='
    auts = bytes(range(14))
    record(flavour=flavour, first=begin + '"", uri="/", response="", algorithm=AKAv1-MD5',
           challenge=f'Digest realm="{BSF}", nonce="{nonce}", qop="auth-int", opaque="6dae47bf35", algorithm=AKAv1-MD5',
           nonce=nonce, rand=RAND.hex(), autn=autn.hex(), res=(SRES if flavour == "2g" else RES).hex(), ck=CK.hex(), ik=IK.hex(), kc=KC.hex(),
           second=begin + f'"{nonce}", uri="/", qop=auth-int, nc=00000001, cnonce="{cnonce}", response="{response}", '
           'opaque="6dae47bf35", algorithm=AKAv1-MD5',
           auts=auts.hex(),
           resync=begin + f'"{nonce}", uri="/", qop=auth-int, nc=00000001, cnonce="{cnonce}", '
           f'response="{digest(b"", nonce, "GET", b"", cnonce)}", opaque="6dae47bf35", algorithm=AKAv1-MD5, '
           f'auts="{base64.b64encode(auts).decode()}"',
           body=body.decode(), info=f'qop=auth-int, nc=00000001, cnonce="{cnonce}", rspauth="{digest(password, nonce, "", body, cnonce)}"',
           password=password.hex(), ks=ks.hex(), b_tid=b_tid, expires=1795914960, naf_id=NAF_ID.hex(), ks_naf=kdf(ks, b"gba-me", RAND, IMPI.encode(), NAF_ID).hex(),
           ks_int_naf=kdf(ks, b"gba-u", RAND, IMPI.encode(), NAF_ID).hex())
