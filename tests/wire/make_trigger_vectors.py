#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/wire/make_trigger_vectors.py tsp > tests/vectors/tsp.txt, and t4, t5: golden messages of Tsp (TS 29.368), T4 (TS 29.337) and T5
(docs/diameter.md), written from the tables of the specifications: a second encoder that shares nothing with core/wire. With a folder as second
argument each goes into a file there (the corpus of fuzz_diameter)."""
import os
import struct
import sys

from make_ek_vectors import OURS, KEY, TGPP, avp, envelope, message, run
from make_sms_vectors import digits

TSP, T4, T5 = 16777309, 16777311, 0x474F4402
DA, DN, DT, DR = 8388639, 8388640, 8388643, 8388644


def v(code, data, mandatory=True):
    return avp(code, data, TGPP, mandatory)


def ours(code, data, mandatory=False):
    return avp(code, data, OURS, mandatory)


def head(request, application, result=None):
    """Tsp has Auth-Application-Id by itself (TS 29.368 6.6), T4 and T5 inside Vendor-Specific-Application-Id."""
    found = envelope(request, OURS if application == T5 else TGPP, application, result)
    return [found[0], avp(258, TSP)] + found[2:] if application == TSP else found


def refused(code, vendor=TGPP):
    return avp(297, [avp(266, vendor), avp(298, code)])


IMSI = avp(1, "001010123456789")
EXTERNAL, MSISDN, SCS = v(3111, "meter-7@example.com"), v(701, digits("491710000007")), v(3104, "scs.example.net")
reference = lambda n: v(3007, n)
data = lambda payload: v(3003, [v(3004, payload), v(3006, 1), v(3010, 5683)])


def action(*avps):
    return message(DA, True, head(True, TSP) + [v(3001, list(avps))], TSP)


def notified(*avps):
    return message(DA, False, head(False, TSP) + [v(3002, list(avps))], TSP)


tsp = {
    "dar_trigger": action(EXTERNAL, MSISDN, SCS, reference(0x01020304), v(3005, 1), data(run(0x10, 80)), avp(448, 3600)),
    "dar_recall": action(EXTERNAL, SCS, reference(9), v(3011, 8, False), v(3005, 3)),
    "dar_replace": action(MSISDN, SCS, reference(10), v(3011, 9, False), v(3005, 4), data(run(0x20, 5)), avp(448, 60)),
    "daa_success": notified(EXTERNAL, MSISDN, reference(0x01020304), v(3005, 1), v(3008, 0)),
    "daa_quota": notified(EXTERNAL, reference(9), v(3005, 3), v(3008, 108)),
    "dnr": message(DN, True, head(True, TSP) + [v(3002, [EXTERNAL, SCS, reference(0x01020304), v(3005, 2), v(3009, 4)])], TSP),
    "dna": message(DN, False, head(False, TSP), TSP),
    "dna_refused": message(DN, False, head(False, TSP, avp(268, 5003)), TSP),
}
CONTAINER = run(0x30, 133)
SMEA = v(3309, bytes([12, 0x91]) + digits("491710760001"))
trigger = [v(3102, [IMSI, MSISDN]), SMEA, v(3004, CONTAINER)]
t4 = {
    "dtr": message(DT, True, head(True, T4) + trigger + [v(2401, [v(2402, "mme.visited.example"), v(2408, "visited.example")]), reference(7),
                   avp(448, 3600), v(3006, 0), v(3010, 16021)], T4),
    "dtr_replace": message(DT, True, head(True, T4) + trigger + [v(2401, [v(2409, "sgsn.visited.example"), v(2410, "visited.example")]),
                           reference(8), avp(448, 60), v(3006, 1), v(3010, 16021), v(3011, 7, False), v(3202, 2, False)], T4),
    "dtr_msc": message(DT, True, head(True, T4) + [v(3102, [IMSI]), v(3309, bytes([0, 0x81])), v(3004, CONTAINER[:9]),
                       v(2401, [ours(46, "msc.visited.example"), ours(47, "visited.example")]), reference(8), v(3006, 0), v(3010, 16021)], T4),
    "dta": message(DT, False, head(False, T4), T4),
    "dta_not_pending": message(DT, False, head(False, T4, refused(5535)), T4),
    "dta_unknown": message(DT, False, head(False, T4, refused(5001)), T4),
    "drr": message(DR, True, head(True, T4) + [v(3102, [IMSI]), SMEA, v(3200, 2), reference(7)], T4),
    "drr_container": message(DR, True, head(True, T4) + [v(3102, [IMSI]), SMEA, ours(41, CONTAINER)], T4),
    "dra": message(DR, False, head(False, T4), T4),
}
PLMN, NODE, CONTAINED, ROOT = v(1407, b"\x00\xf1\x10"), ours(48, 5), ours(41, CONTAINER), ours(43, run(0xA0, 8))


def iwf_key(root, is_root, association):
    return ours(42, bytes([root, is_root]) + run(0xA0, 8) + struct.pack(">I", association) + run(0xB0, 32))


def t5_request(purpose, *avps):
    return message(KEY, True, head(True, T5) + [ours(40, purpose, True), IMSI, NODE, *avps], T5)


def t5_answer(*avps, result=None):
    return message(KEY, False, head(False, T5, result) + list(avps), T5)


t5 = {
    "down": t5_request(1, CONTAINED),
    "down_ue_key": t5_request(2, iwf_key(2, 0, 3)),
    "up_from_device": t5_request(3, CONTAINED, PLMN),
    "up_securing": t5_request(4, PLMN, ROOT, ours(44, 1)),
    "up_registered": t5_request(5, PLMN),
    "key": t5_request(6, avp(4, "iwf.home.example", OURS), ours(45, 3)),
    "ok": t5_answer(),
    "absent": t5_answer(result=refused(5036, OURS)),
    "up_answer": t5_answer(CONTAINED),
    "key_answer": t5_answer(iwf_key(2, 0, 3)),
    "key_answer_wrong_state": t5_answer(result=refused(5034, OURS)),
}
SETS = {"tsp": (tsp, "Tsp (TS 29.368 6.4, 6.6)"), "t4": (t4, "T4 (TS 29.337 6.2, 6.3)"), "t5": (t5, "T5 (docs/diameter.md)")}

if __name__ == "__main__":
    name = sys.argv[1]
    messages, title = SETS[name]
    if len(sys.argv) > 2:
        for which, octets in messages.items():
            with open(os.path.join(sys.argv[2], f"{name}-{which}"), "wb") as file:
                file.write(octets)
        sys.exit()
    print(f"# {title}, as tests/wire/make_trigger_vectors.py writes them.\n\n[{name}]")
    print("\n\n".join(f"message = {which}\noctets = {octets.hex()}" for which, octets in messages.items()))
