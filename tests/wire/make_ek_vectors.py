#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/wire/make_ek_vectors.py > tests/vectors/ek.txt: the golden messages of Ek, written from docs/diameter.md alone: a second
encoder that shares nothing with core/wire. tests/wire/make_ek_vectors.py e2m > tests/vectors/ek_e2m.txt: those of Solution 1, and S6a with
our AVPs; e2e > tests/vectors/ek_e2e.txt: those of protection end to end."""
import struct
import sys

OURS, TGPP = 0x474F4457, 10415
APPLICATION, KEY, CONFIRM = 0x474F4401, 0xFFFFFE, 0xFFFFFF


def avp(code, data, vendor=0, mandatory=True):
    if isinstance(data, int):
        data = struct.pack(">I", data)
    elif isinstance(data, str):
        data = data.encode()
    elif isinstance(data, list):
        data = b"".join(data)
    head = struct.pack(">I", vendor) if vendor else b""
    length = 8 + len(head) + len(data)
    flags = (0x40 if mandatory else 0) | (0x80 if vendor else 0)
    return struct.pack(">II", code, flags << 24 | length) + head + data + bytes(-length % 4)


def message(command, request, avps, application=APPLICATION):
    body = b"".join(avps)
    flags = 0xC0 if request else 0x40
    return struct.pack(">IIIII", 1 << 24 | 20 + len(body), flags << 24 | command, application, 0x01020304, 0x05060708) + body


def envelope(request, vendor=OURS, application=APPLICATION, result=None):
    common = [avp(263, "mme.example;1;2;3"), avp(260, [avp(266, vendor), avp(258, application)]), avp(277, 1),
              avp(264, "mme.visited.example"), avp(296, "visited.example")]
    return common + ([avp(293, "hss.home.example"), avp(283, "home.example")] if request else [result or avp(268, 2001)])


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
    "key_request_reference": message(KEY, True, envelope(True) + [avp(1, 1, OURS), imsi, avp(2, 8, OURS), endpoint, plmn,
                                     avp(30, "EBESExQVFhcYGRobHB0eHw==@bsf.example.net", OURS)]),
    "key_answer_for_session": message(KEY, False, envelope(False) + answered + [rand, autn, session_key]),
    "key_answer_next": message(KEY, False, envelope(False) + answered + [session_key]),
    "confirm_request": message(CONFIRM, True, envelope(True) + [imsi, avp(3, 7, OURS), avp(6, 0xFFFFFFFF, OURS), key_set(9), endpoint]),
    "confirm_answer": message(CONFIRM, False, envelope(False)),
}
parked = struct.pack(">BBIIIIIQQ", 1, 2, 3, 4, 5, 6, 7, 0x8000000000000009, 10)
sqn, container = avp(9, run(0x60, 6), OURS), avp(18, run(0x80, 43), OURS)
bearer = [avp(14, 0x01020304, OURS), avp(15, bytes([10, 0, 0, 1]), OURS)]
asks = [avp(2, 3, OURS), avp(17, 0x0103, OURS), avp(10, 5, OURS), plmn, container]
S6A = 16777251
vector = avp(1415, [avp(1419, 1, TGPP), rand, avp(1448, run(0x50, 8), TGPP), autn, avp(625, run(0x60, 16), TGPP), avp(626, run(0x70, 16), TGPP)], TGPP)
e2m = {
    "pull_by_rand": message(KEY, True, envelope(True) + [avp(1, 3, OURS), imsi, avp(2, 3, OURS), endpoint, plmn, rand, avp(10, 5, OURS)]),
    "pull_by_sqn": message(KEY, True, envelope(True) + [avp(1, 3, OURS), imsi, avp(2, 3, OURS), endpoint, plmn, sqn, avp(10, 5, OURS)]),
    "key_answer_parked": message(KEY, False, envelope(False) + [avp(3, 2, OURS), avp(6, 3, OURS), key_set(7), session_key, avp(11, parked, OURS)]),
    "key_push": message(KEY, True, envelope(True) + [avp(1, 4, OURS), imsi, avp(3, 1, OURS), key_set(7), avp(6, 1, OURS), rand, sqn,
                        avp(12, 120000, OURS), endpoint, session_key]),
    "key_set_push": message(KEY, True, envelope(True) + [avp(1, 5, OURS), imsi, avp(3, 2, OURS), key_set(7), rand, autn,
                            avp(13, run(0x90, 32), OURS)]),
    "key_park": message(KEY, True, envelope(True) + [avp(1, 6, OURS), imsi, avp(3, 2, OURS), key_set(7), endpoint, avp(11, parked, OURS)]),
    "activation": message(KEY, True, envelope(True) + [avp(1, 7, OURS), imsi, rand, endpoint]),
    "bearer_activated": message(KEY, True, envelope(True) + [avp(1, 8, OURS), imsi, avp(16, 1, OURS)] + bearer + [rand] + asks),
    "bearer_modified_by_sqn": message(KEY, True, envelope(True) + [avp(1, 8, OURS), imsi, avp(16, 2, OURS)] + bearer + [sqn] + asks),
    "bearer_released": message(KEY, True, envelope(True) + [avp(1, 8, OURS), imsi, avp(16, 3, OURS)] + bearer),
    "outcome_ok": message(KEY, False, envelope(False)),
    "outcome_key_expired": message(KEY, False, envelope(False, result=avp(297, [avp(266, OURS), avp(298, 5013)]))),
    "bearer_answer": message(KEY, False, envelope(False) + [avp(19, run(0xA0, 17), OURS)]),
    "device_rand": message(KEY, True, envelope(True) + [avp(1, 10, OURS), imsi, rand]),
    "device_rand_plain": message(KEY, True, envelope(True) + [avp(1, 10, OURS), imsi, rand, avp(32, 1, OURS)]),
    "device_rand_answer": message(KEY, False, envelope(False) + [avp(31, run(0xB0, 24), OURS)]),
    "he_vector": message(KEY, True, envelope(True) + [avp(1, 11, OURS), imsi, plmn]),
    "he_vector_resync": message(KEY, True, envelope(True) + [avp(1, 11, OURS), imsi, plmn, rand, avp(5, run(0x40, 14), OURS)]),
    "eap_vector": message(KEY, True, envelope(True) + [avp(1, 11, OURS), imsi, plmn, avp(1504, "WLAN", TGPP)]),
    "eap_vector_answer": message(KEY, False, envelope(False) + [avp(50, run(0x20, 32) + run(0x40, 32) + run(0x70, 8), OURS)]),
    "he_vector_answer": message(KEY, False, envelope(False) + [avp(33, run(0x20, 80), OURS)]),
    "air_e2m": message(318, True, envelope(True, TGPP, S6A) + [imsi, avp(1409, [avp(1410, 1, TGPP), avp(1412, 1, TGPP)], TGPP), plmn,
                       avp(20, 1, OURS, False), avp(22, 9, OURS, False)], S6A),
    "aia_e2m": message(318, False, envelope(False, TGPP, S6A) + [avp(1413, [vector], TGPP), avp(21, 1, OURS, False),
                       avp(22, 9, OURS, False)], S6A),
}
eas = avp(64, "eas.meters.example", OURS)
path = avp(63, struct.pack(">IB", 0x01020304, 0x31), OURS)
session = [imsi, endpoint, path, eas, avp(3, 3, OURS), key_set(0x0102030405060708)]


def terms(service, suite, key_id, age, life, count):
    return avp(68, struct.pack(">BBBIII", service, suite, key_id, age, life, count), OURS)


def asks_session(event, owner, service, suites, age):
    return message(KEY, True, envelope(True) + [avp(1, 12, OURS)] + session + [avp(61, event, OURS), avp(67, owner, OURS),
                   avp(65, service, OURS), avp(17, suites, OURS), avp(66, age, OURS), plmn])


def renews(what, *more):
    return message(KEY, True, envelope(True) + [avp(1, 13, OURS)] + session + [avp(62, what, OURS), *more])


e2e = {
    "session_open": asks_session(1, 0, 3, 0x000F, 0),
    "session_age_of_hss": asks_session(2, 1, 2, 0x0130, 0xFFFFFFFE),
    "session_taken": asks_session(3, 0, 0, 0, 5),
    "session_closed": asks_session(4, 0, 0, 0, 0),
    "session_answer": message(KEY, False, envelope(False) + [terms(2, 6, 7, 9, 86400, 100)]),
    "session_answer_bare": message(KEY, False, envelope(False)),
    "session_refused": message(KEY, False, envelope(False, result=avp(297, [avp(266, OURS), avp(298, 5009)]))),
    "renew_age": renews(1, terms(3, 1, 2, 10, 0, 0)),
    "renew_aka": renews(2),
    "renew_end": renews(3),
    "key": message(KEY, True, envelope(True) + [avp(1, 14, OURS), imsi, avp(3, 2, OURS), key_set(7), avp(4, "eas.meters.example", OURS),
                   avp(66, 41, OURS)]),
    "key_answer": message(KEY, False, envelope(False) + [avp(66, 42, OURS), avp(69, run(0x40, 32), OURS)]),
    "key_refused": message(KEY, False, envelope(False, result=avp(297, [avp(266, OURS), avp(298, 5003)]))),
}
if __name__ == "__main__":
    which = {"e2m": ("ek-e2m", e2m), "e2e": ("ek-e2e", e2e)}.get("".join(sys.argv[1:]), ("ek", messages))
    print(f"# Ek (docs/diameter.md), as tests/wire/make_ek_vectors.py writes it.\n\n[{which[0]}]", end="")
    for name, octets in which[1].items():
        print(f"\nmessage = {name}\noctets = {octets.hex()}")
