#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints tests/vectors/mikey.txt: MIKEY messages of RFC 3830 with a pre-shared key, made from the RFC and not from core/wire."""
import hashlib
import hmac
import struct
import subprocess


def p(s, label, length):
    a, out = label, b""
    while len(out) < length:
        a = hmac.new(s, a, hashlib.sha1).digest()
        out += hmac.new(s, a + label, hashlib.sha1).digest()
    return out[:length]


def prf(inkey, constant, csb_id, rand, length):
    label = struct.pack(">IBI", constant, 0xFF, csb_id) + rand
    out = bytes(length)
    for i in range(0, len(inkey), 32):
        out = bytes(x ^ y for x, y in zip(out, p(inkey[i:i + 32], label, length)))
    return out


def aes_ctr(key, iv, data):
    return subprocess.run(["openssl", "enc", "-aes-128-ctr", "-K", key.hex(), "-iv", iv.hex()], input=data,
                          stdout=subprocess.PIPE, check=True).stdout


def payloads(parts):
    """[(type, body)] as octets, and the type of the first."""
    out = b""
    for i, (_, body) in enumerate(parts):
        out += bytes([parts[i + 1][0] if i + 1 < len(parts) else 0]) + body
    return out, parts[0][0]


def key_data(keys):
    out = b""
    for i, (kind, key, salt, interval) in enumerate(keys):
        out += bytes([20 if i + 1 < len(keys) else 0, kind << 4 | (2 if interval else 0)]) + struct.pack(">H", len(key)) + key
        if kind in (1, 3):
            out += struct.pack(">H", len(salt)) + salt
        if interval:
            out += bytes([len(interval[0])]) + interval[0] + bytes([len(interval[1])]) + interval[1]
    return out


def message(name, psk, csb_id, counter, rand, ids, keys, extension=None, data_type=0, v=True):
    encr, auth, salt = (prf(psk, c, csb_id, rand, n) for c, n in ((0x150533E1, 16), (0x2D22AC75, 20), (0x29B88916, 14)))
    iv = bytes(x ^ y for x, y in zip(salt, struct.pack(">HIQ", 0, csb_id, counter))) + b"\0\0"
    plain = key_data(keys)
    parts = [(5, bytes([2]) + struct.pack(">I", counter)), (11, bytes([len(rand)]) + rand)]
    parts += [(6, bytes([0]) + struct.pack(">H", len(i)) + i) for i in ids]
    if extension is not None:
        parts.append((21, bytes([3]) + struct.pack(">H", len(extension)) + extension))
    parts.append((1, bytes([1]) + struct.pack(">H", len(plain)) + aes_ctr(encr, iv, plain) + bytes([1])))
    body, first = payloads(parts)
    octets = bytes([1, data_type, first, 0x80 if v else 0]) + struct.pack(">IBB", csb_id, 0, 1) + body
    octets += hmac.new(auth, octets, hashlib.sha1).digest()
    vparts, vfirst = payloads([(9, bytes([1]))])
    answer = bytes([1, 1, vfirst, 0]) + struct.pack(">IBB", csb_id, 0, 1) + vparts
    answer += hmac.new(auth, answer + b"".join(ids) + struct.pack(">I", counter), hashlib.sha1).digest()
    print(f"name = {name}\npsk = {psk.hex()}\ncsb_id = {csb_id}\ncounter = {counter}\nrand = {rand.hex()}")
    print(f"key = {keys[0][1].hex()}\nsalt = {keys[0][2].hex()}\noctets = {octets.hex()}\nanswer = {answer.hex()}\n")


print("# MIKEY (RFC 3830 5, 6), as tests/wire/make_mikey_vectors.py writes it; no RFC has a known answer of a whole message.\n\n[mikey]")
message("tek_and_salt", bytes(range(16)), 0x01020304, 7, bytes(range(0x40, 0x50)), [b"kms@example.net", b"ue@example.net"],
        [(3, bytes(range(0x60, 0x70)), bytes(range(0x70, 0x7E)), None)])
message("long_psk_interval", bytes(range(80)), 0xFFFFFFFF, 0xFFFFFFFE, bytes(range(32)), [b"bmsc.example.net"],
        [(2, bytes(range(16)), b"", (b"\0\1", b"\1\0")), (0, bytes(range(16, 32)), b"", None)], extension=b"\0\3\0\xf1\x10")

print("# MSK and MTK of MBMS: Key ID information as RFC 4563 has it (types 0 key domain, 1 MSK ID, 2 MTK ID: recalled).\n\n[mbms]")
DOMAIN, MSK = b"\x00\x03\x00\xf1\x10", b"\x01\x04\x00\x02\x00\x09"
message("msk", bytes(range(32)), 0x0A0B0C0D, 5, bytes(range(0x80, 0x90)), [b"bmsc.example.net", b"user@bsf.example.net"],
        [(2, bytes(range(0x20, 0x30)), b"", (b"\x00\x10", b"\x00\x20"))], extension=DOMAIN + MSK)
message("mtk", bytes(range(0x20, 0x30)), 0x0A0B0C0D, 17, bytes(range(0x90, 0xA0)), [b"bmsc.example.net"],
        [(3, bytes(range(0x30, 0x40)), bytes(range(0x40, 0x4E)), None)], extension=DOMAIN + MSK + b"\x02\x02\x00\x11", v=False)


def ticket_message(data_type, psk, counter, rand, role, names, ticket=None, keys=None, asked=None, csb_id=0x01020304):
    """A message of RFC 6043 with RANDR and IDR; the last payload is KEMAC, or V over the message and then T. asked: answered under its RAND, without T."""
    rand_of_key = asked or rand
    encr, auth, salt = (prf(psk, c, csb_id, rand_of_key, n) for c, n in ((0x150533E1, 16), (0x2D22AC75, 20), (0x29B88916, 14)))
    t = struct.pack(">I", counter)
    parts = [] if asked else [(5, bytes([2]) + t), (15, bytes([role, len(rand)]) + rand)]
    parts += [(14, bytes([r, 1]) + struct.pack(">H", len(n)) + n) for r, n in names]
    if ticket is not None:
        parts.append((17, bytes([0, 1, 0, 1]) + struct.pack(">H", len(ticket)) + ticket))
    if keys is None:
        parts.append((9, bytes([1])))
    else:
        iv = bytes(x ^ y for x, y in zip(salt, struct.pack(">HIQ", 0, csb_id, counter))) + b"\0\0"
        plain = key_data(keys)
        parts.append((1, bytes([1]) + struct.pack(">H", len(plain)) + aes_ctr(encr, iv, plain) + bytes([1])))
    body, first = payloads(parts)
    v = 0x80 if role != 3 and not asked else 0
    octets = bytes([1, data_type, first, v]) + struct.pack(">IBB", csb_id, 0, 1) + body
    return octets + hmac.new(auth, octets + (t if keys is None else b""), hashlib.sha1).digest()


print("# Tickets (RFC 6043; what of it is our own: docs/gaa.md), the whole conversation of tests/agree/test_ims_ticket.c.\n\n[ticket]")
A, B, R = b"sip:a@home.test", b"sip:b@home.test", bytes(range(78))
PSK_A, PSK_B, TICKET_KEY = b"\xAA" * 32, b"\xBB" * 32, b"\x77" + bytes(31)
BOTH = [(1, A), (2, B)]
KEYS = [(6, R[32:48], b"", (bytes(8), struct.pack(">Q", 1060000))), (3, R[48:64], R[64:78], None)]
FRESH = {n: bytes([0x30 + n]) * 16 for n in (1, 2, 9)}
TICKET = ticket_message(13, TICKET_KEY, 0, R[16:32], 3, BOTH, keys=KEYS, csb_id=0)
for name, octets in (
        ("request", ticket_message(11, PSK_A, 1, FRESH[1], 1, BOTH)),
        ("answer", ticket_message(13, PSK_A, 1, R[:16], 3, BOTH, TICKET, KEYS)),
        ("transfer", ticket_message(14, R[32:48], 2, FRESH[2], 1, BOTH, TICKET)),
        ("resolve", ticket_message(16, PSK_B, 9, FRESH[9], 2, [(2, B)], TICKET)),
        ("resolved", ticket_message(18, PSK_B, 9, R[:16], 3, BOTH, TICKET, KEYS)),
        ("confirmed", ticket_message(15, R[32:48], 2, b"", 2, [(2, B)], asked=FRESH[2]))):
    print(f"{name} = {octets.hex()}")
