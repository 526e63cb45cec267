#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/wire/make_gaa_vectors.py > tests/vectors/gaa.txt: golden messages of Zh and Zn (TS 29.109), written from the tables of the
specification: a second encoder that shares nothing with core/wire."""
from make_ek_vectors import avp, envelope, message, run

TGPP, ZN, ZH = 10415, 16777220, 16777221
AT_1900 = 2208988800


def v(code, data):
    return avp(code, data, TGPP)


def head(request, application, result=None):
    return envelope(request, TGPP, application, result)


def refused(code):
    return avp(297, [avp(266, TGPP), avp(298, code)])


impi, scheme = avp(1, "001010123456789@ims.mnc001.mcc001.3gppnetwork.org"), v(608, "Digest-AKAv1-MD5")
rand, autn, auts, xres, ck, ik, kc = run(16, 16), run(48, 16), run(160, 14), run(32, 8), run(80, 16), run(96, 16), run(112, 8)
b_tid, naf_id = "EBESExQVFhcYGRobHB0eHw==@bsf.example.net", b"naf.example.net" + bytes.fromhex("0100000002")
guss = '<?xml version="1.0" encoding="UTF-8"?><guss><bsfInfo><uiccType>GBA_U</uiccType><lifeTime>86400</lifeTime></bsfInfo></guss>'
one = v(607, 1)
messages = {
    "mar": message(303, True, head(True, ZH) + [impi], ZH),
    "mar_resync": message(303, True, head(True, ZH) + [impi, v(612, [scheme, v(610, rand + auts)])], ZH),
    "maa_3g": message(303, False, head(False, ZH) + [one, v(612, [scheme, v(609, rand + autn), v(610, xres), v(625, ck), v(626, ik)]),
                                                     v(400, guss)], ZH),
    "maa_2g": message(303, False, head(False, ZH) + [one, v(612, [scheme, v(609, rand), v(610, xres[:4]), v(625, kc)])], ZH),
    "maa_unknown": message(303, False, head(False, ZH, refused(5401)), ZH),
    "bir": message(310, True, head(True, ZN) + [v(401, b_tid), v(402, naf_id), v(407, 1)], ZN),
    "bia": message(310, False, head(False, ZN) + [impi, v(405, run(64, 32)), v(406, run(128, 32)), v(404, 1800000000 + AT_1900),
                                                  v(408, 1799913600 + AT_1900)], ZN),
    "bia_2g": message(310, False, head(False, ZN) + [impi, v(405, run(64, 32)), v(404, (2100000000 + AT_1900) & 0xFFFFFFFF),
                                                     v(408, 1799913600 + AT_1900), v(410, 1)], ZN),
    "bia_invalid": message(310, False, head(False, ZN, refused(5403)), ZN),
    "bia_not_authorized": message(310, False, head(False, ZN, refused(5402)), ZN),
}

if __name__ == "__main__":
    print("# Zh and Zn (TS 29.109 6.1, 6.3; SIP-Auth-Data-Item as core/wire/zh.h says), as tests/wire/make_gaa_vectors.py writes them.")
    print("\n[gaa]")
    print("\n\n".join(f"message = {name}\noctets = {octets.hex()}" for name, octets in messages.items()))
