#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/wire/make_ek_vectors.py > tests/vectors/ek.txt: the golden messages of Ek, written from docs/diameter.md alone: a second
encoder that shares nothing with core/wire."""
import struct

OURS, TGPP = 0x474F4457, 10415
APPLICATION, KEY, CONFIRM = 0x474F4401, 0xFFFFFE, 0xFFFFFF


def avp(code, data, vendor=0):
    if isinstance(data, int):
        data = struct.pack(">I", data)
    elif isinstance(data, str):
        data = data.encode()
    elif isinstance(data, list):
        data = b"".join(data)
    head = struct.pack(">I", vendor) if vendor else b""
    length = 8 + len(head) + len(data)
    flags = 0x40 | (0x80 if vendor else 0)
    return struct.pack(">II", code, flags << 24 | length) + head + data + bytes(-length % 4)


def message(command, request, avps):
    body = b"".join(avps)
    flags = 0xC0 if request else 0x40
    return struct.pack(">IIIII", 1 << 24 | 20 + len(body), flags << 24 | command, APPLICATION, 0x01020304, 0x05060708) + body


def envelope(request):
    common = [avp(263, "mme.example;1;2;3"), avp(260, [avp(266, OURS), avp(258, APPLICATION)]), avp(277, 1),
              avp(264, "mme.visited.example"), avp(296, "visited.example")]
    return common + ([avp(293, "hss.home.example"), avp(283, "home.example")] if request else [avp(268, 2001)])


def run(first, count):
    return bytes((first + i) & 0xFF for i in range(count))


imsi, endpoint, plmn = avp(1, "001010123456789"), avp(4, "hse.example.net", OURS), avp(1407, b"\x00\xf1\x10", TGPP)
rand, autn = avp(1447, run(0x10, 16), TGPP), avp(1449, run(0x30, 16), TGPP)
key_set = lambda n: avp(8, struct.pack(">Q", n), OURS)
answered = [avp(3, 3, OURS), avp(6, 3, OURS), key_set(7)]
session_key = avp(7, run(0x40, 32), OURS)
messages = {
    "key_request_for_session": message(KEY, True, envelope(True) + [avp(1, 1, OURS), imsi, avp(2, 0x44, OURS), endpoint, plmn]),
    "key_request_next": message(KEY, True, envelope(True) + [avp(1, 2, OURS), imsi, avp(2, 0x44, OURS), endpoint, plmn,
                                avp(5, run(0xA0, 14), OURS), key_set(0x0102030405060708), rand]),
    "key_answer_for_session": message(KEY, False, envelope(False) + answered + [rand, autn, session_key]),
    "key_answer_next": message(KEY, False, envelope(False) + answered + [session_key]),
    "confirm_request": message(CONFIRM, True, envelope(True) + [imsi, avp(3, 7, OURS), avp(6, 0xFFFFFFFF, OURS), key_set(9), endpoint]),
    "confirm_answer": message(CONFIRM, False, envelope(False)),
}
print("# Ek (docs/diameter.md), as tests/wire/make_ek_vectors.py writes it.\n\n[ek]", end="")
for name, octets in messages.items():
    print(f"\nmessage = {name}\noctets = {octets.hex()}")
