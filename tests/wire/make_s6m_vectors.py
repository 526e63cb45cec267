#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/wire/make_s6m_vectors.py > tests/vectors/s6m.txt: golden messages of S6m (TS 29.336) and of Update Location (TS 29.272), written from the tables of
the specifications: a second encoder that shares nothing with core/wire. With a folder as argument each goes into a file there (the corpus of
fuzz_diameter)."""
import os
import struct
import sys

from make_ek_vectors import OURS, TGPP, avp, envelope, message, run
from make_sms_vectors import digits

S6A, S6M, UPDATE_LOCATION, SUBSCRIBER_INFORMATION = 16777251, 16777310, 316, 8388641


def v(code, data, mandatory=True):
    return avp(code, data, TGPP, mandatory)


def ours(code, data):
    return avp(code, data, OURS, False)


def refused(code, vendor=TGPP):
    return avp(297, [avp(266, vendor), avp(298, code)])


def sir(user, *avps):
    return message(SUBSCRIBER_INFORMATION, True, envelope(True, TGPP, S6M) + [v(3102, user), *avps], S6M)


def sia(*avps, result=None):
    return message(SUBSCRIBER_INFORMATION, False, envelope(False, TGPP, S6M, result) + list(avps), S6M)


def ulr(rat, flags, *avps):
    return message(UPDATE_LOCATION, True, envelope(True, TGPP, S6A) + [IMSI, v(1032, rat), v(1405, flags), PLMN, *avps], S6A)


def ula(*avps, result=None):
    return message(UPDATE_LOCATION, False, envelope(False, TGPP, S6A, result) + list(avps), S6A)


def node(code, host_avp, host, realm_avp):
    return v(code, [host_avp(host), realm_avp("visited.example")])


IMSI, PLMN, FLAGS = avp(1, "001010123456789"), v(1407, b"\x00\xf1\x10"), v(3110, 1)
EXTERNAL, MSISDN, SCS = v(3111, "meter-7@example.com"), v(701, digits("491710000007")), v(3104, "scs.example.net")
TRIGGER, PORT = v(3103, 0), v(3105, [v(3010, 5683)])
MME = node(2401, lambda t: v(2402, t), "mme.visited.example", lambda t: v(2408, t))
SGSN = node(2406, lambda t: v(2409, t), "sgsn.visited.example", lambda t: v(2410, t))
MSC = node(2406, lambda t: ours(46, t), "msc.visited.example", lambda t: ours(47, t))
KEY = ours(42, bytes([1, 0]) + run(0xA0, 8) + struct.pack(">I", 8) + run(0xB0, 32))

messages = {
    "sir_external_id": sir([EXTERNAL], TRIGGER, SCS, PORT, FLAGS),
    "sir_msisdn": sir([MSISDN], TRIGGER, SCS, FLAGS),
    "sir_key": sir([IMSI], TRIGGER, FLAGS, ours(49, 1), ours(60, 1), ours(43, run(0xA0, 8)), ours(45, 7)),
    "sir_root": sir([IMSI], TRIGGER, FLAGS, ours(49, 2), ours(60, 2), ours(45, 0)),
    "sia": sia(v(3102, [IMSI, EXTERNAL, MSISDN]), v(3107, [v(3108, [MME, SGSN, MSC])])),
    "sia_nowhere": sia(v(3102, [IMSI, EXTERNAL])),
    "sia_key": sia(v(3102, [IMSI, MSISDN]), v(3107, [v(3108, [MME])]), KEY),
    "sia_unknown": sia(result=refused(5001)),
    "sia_not_entitled": sia(result=refused(5510)),
    "sia_barred": sia(result=refused(5511)),
    "sia_no_key": sia(result=refused(5003, OURS)),
    "ulr_mme": ulr(1004, 6),
    "ulr_sgsn": ulr(1000, 4),
    "ulr_msc": ulr(1001, 4, ours(48, 8)),
    "ula": ula(v(1406, 1), ours(46, "iwf.home.example"), ours(47, "home.example")),
    "ula_no_iwf": ula(v(1406, 1)),
    "ula_unknown": ula(result=refused(5001)),
}

if __name__ == "__main__":
    if len(sys.argv) > 1:
        for name, octets in messages.items():
            with open(os.path.join(sys.argv[1], "s6m-" + name), "wb") as file:
                file.write(octets)
        sys.exit()
    print("# S6m (TS 29.336 6.2.3, 6.2.4) and Update Location (TS 29.272 7.2.3, 7.2.4; bits of its flags recalled), as tests/wire/make_s6m_vectors.py\n"
          "# writes them. tshark reads them in s6m_capture.\n\n[s6m]")
    print("\n\n".join(f"message = {name}\noctets = {octets.hex()}" for name, octets in messages.items()))
