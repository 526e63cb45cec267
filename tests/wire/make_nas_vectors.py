#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/wire/make_nas_vectors.py > tests/vectors/nas.txt: a golden message of each kind, put together octet by octet from the layouts of
TS 24.301 clause 8, TS 24.008 10.5.6.3 and docs of the container; NAS security with the AES of tests/peer. Shares nothing with core/wire.
Keys are the KNASenc, KNASint of MILENAGE set 1 in serving network 001-01 (TS 35.208 4.3.1, TS 33.401 A.2 and A.7)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peer"))
from aes import cmac, ctr  # noqa: E402

H = bytes.fromhex


def lv(octets):
    return bytes([len(octets)]) + octets


def lve(octets):
    return len(octets).to_bytes(2, "big") + octets


def tlv(iei, octets):
    return bytes([iei]) + lv(octets)


def tlve(iei, octets):
    return bytes([iei]) + lve(octets)


IMSI = H("0910101032547698")                        # 001010123456789, odd, type 1: 9.9.3.12
GUTI = H("f600f110800101c0000001")                  # 001-01, group 8001, code 01, M-TMSI c0000001: 9.9.3.12
RAND, AUTN = H("23553cbe9637a89d218ae64dae47bf35"), H("55f328b43577b9b94a9ffac354dfafb3")  # TS 35.208 4.3.1
RES = H("a54211d5e3ba50bf")
AUTS = bytes(range(0xA0, 0xAE))
KASME = H("48579af8781c742d5120e6ed8ccac13193f38c53ab7aa69396f49ca6e1b0562d")
K_ENC, K_INT = H("e183be270c6611b50efdfb106184d03c"), H("3d6da7d07a29c8a36527b36eeda82364")
APN = H("0365326d")                                 # label "e2m": TS 23.003 9.1
# The container up: PLMN, version, RAND, IMSI, agreement 02, suites, generation; and down.
UP = H("00f11001" "01") + RAND + IMSI + H("02" "0003" "00000000")
DOWN = H("00f11001") + H("0011") + bytes(range(0x40, 0x50))
pco = lambda contents: H("80ff00") + lv(contents)   # TS 24.008 10.5.6.3
PCO_UP, PCO_DOWN = pco(UP), pco(DOWN)
DATA = b"N-PDU"

connectivity = H("0201d051d1")                      # 8.3.20: initial request, non-IP; ESM information transfer flag
activate = H("5201c1") + lv(H("09")) + lv(APN) + lv(H("0500000000")) + tlv(0x27, PCO_DOWN)      # 8.3.6: QCI 9, non-IP
activated = H("5200c2")                             # 8.3.4
transport = H("5200eb") + lve(DATA)                 # 8.3.25
small = H("0200eb") + lve(DATA)                     # of no bearer yet
HANDED = bytes([0x21]) + RAND + tlv(0x28, AUTN)
CP_DATA = H("0901") + lv(H("0005000000"))           # TS 24.011 7.2.1, with some RP-DATA
EMM = {
    "attach_request": ("8.2.4", H("074171") + lv(IMSI) + lv(H("f070")) + lve(connectivity) + H("f4")),
    "attach_request_guti": ("8.2.4", H("074111") + lv(GUTI) + lv(H("f070c040")) + lve(connectivity) + H("5200f1100001" "5c0a00") +
                            tlv(0x31, H("e5c034")) + H("f4")),
    "attach_accept": ("8.2.1", H("0742" "01" "49") + lv(H("0000f1100001")) + lve(activate) + tlv(0x50, GUTI) + H("590a") + tlv(0x64, H("0108"))),
    "attach_complete": ("8.2.2", H("0743") + lve(activated)),
    "attach_reject": ("8.2.3", H("0744" "03")),
    "attach_reject_esm": ("8.2.3", H("0744" "13") + tlve(0x78, H("0201d11b")) + tlv(0x16, H("21"))),
    "detach_request": ("8.2.11.1", H("0745" "19") + lv(GUTI)),
    "network_detach": ("8.2.11.2", H("0745" "02" "5307")),
    "detach_accept": ("8.2.10", H("0746")),
    "authentication_request": ("8.2.7", H("0752" "01") + RAND + lv(AUTN)),
    "authentication_response": ("8.2.8", H("0753") + lv(RES)),
    "authentication_failure": ("8.2.5", H("075c" "15") + tlv(0x30, AUTS)),
    "authentication_reject": ("8.2.6", H("0754")),
    "identity_request": ("8.2.18", H("0755" "01")),
    "identity_response": ("8.2.19", H("0756") + lv(IMSI)),
    "security_mode_command": ("8.2.20", H("075d" "22" "01") + lv(H("f070")) + H("c1")),
    "security_mode_complete": ("8.2.21", H("075e") + tlv(0x23, H("03325476981032547f"))),
    "security_mode_reject": ("8.2.22", H("075f" "17")),
    "cp_service_request": ("8.2.33", H("074d" "10") + tlve(0x78, transport) + tlv(0x57, H("2000"))),
    "service_accept": ("8.2.34", H("074f") + tlv(0x57, H("2000"))),
    "service_reject": ("8.2.24", H("074e" "09")),
    "status": ("8.2.14", H("0760" "62")),
    "information": ("8.2.13", H("0761") + HANDED),
}
# Contribution 000: RAND (21) and AUTN (28) down, RES (29) and the small data (78, 67) up. No release has these elements there.
EMM.update({
    "attach_request_next": ("8.2.4", H("074121") + lv(GUTI) + lv(H("f070c040")) + lve(connectivity[:4]) + tlv(0x29, RES) + H("f4")),
    "attach_request_next_nas": ("8.2.4", H("074121") + lv(GUTI) + lv(H("f070c040")) + lve(connectivity[:4]) + tlve(0x78, small) + tlv(0x29, RES) + H("f4")),
    "attach_request_next_sms": ("8.2.4", H("074121") + lv(GUTI) + lv(H("f070c040")) + lve(connectivity[:4]) + tlv(0x67, CP_DATA) + tlv(0x29, RES) + H("f4")),
    "attach_accept_next": ("8.2.1", H("0742" "01" "49") + lv(H("0000f1100001")) + lve(activate) + tlv(0x50, GUTI) + HANDED),
    "network_detach_next": ("8.2.11.2", H("0745" "02") + HANDED),
    "detach_accept_next": ("8.2.10", H("0746") + HANDED),
})
# Device triggering: generic message containers of types 128 and 129, and the element 2D of the security mode, which no release has.
TRIGGER = bytes(range(0x70, 0x84))
UE_KEY = H("00000007" "02") + bytes(range(0xE0, 0xE8)) + bytes(range(0x20))  # core/wire/ue_key.h: association, root, its name, key
EMM.update({
    "downlink_generic_nas_transport": ("8.2.31", H("076880") + lve(TRIGGER)),
    "downlink_generic_nas_transport_key": ("8.2.31", H("076881") + lve(UE_KEY)),
    "uplink_generic_nas_transport": ("8.2.32", H("076980") + lve(TRIGGER) + tlv(0x65, H("0102"))),
    "security_mode_command_trigger": ("8.2.20", EMM["security_mode_command"][1] + tlv(0x2D, TRIGGER)),
    "security_mode_complete_trigger": ("8.2.21", H("075e") + tlv(0x2D, TRIGGER)),
})
ESM = {
    "pdn_connectivity_request": ("8.3.20", H("0201d051") + tlv(0x28, APN) + tlv(0x27, PCO_UP)),
    "pdn_connectivity_request_epco": ("8.3.20", H("0201d051d1") + tlv(0x28, APN) + tlve(0x7B, PCO_UP)),
    "pdn_connectivity_reject": ("8.3.19", H("0201d11b") + tlv(0x27, PCO_DOWN)),
    "activate_default_request": ("8.3.6", activate[:-2 - len(PCO_DOWN)] + tlv(0x5E, H("4848")) + tlv(0x27, PCO_DOWN) + H("91")),
    "activate_default_accept": ("8.3.4", activated),
    "activate_default_reject": ("8.3.5", H("5200c31f")),
    "modify_request": ("8.3.18", H("5202c9") + tlv(0x5B, H("09")) + tlv(0x27, PCO_DOWN)),
    "modify_accept": ("8.3.16", H("5200ca")),
    "modify_reject": ("8.3.17", H("5200cb1f")),
    "deactivate_request": ("8.3.12", H("5200cd24")),
    "deactivate_accept": ("8.3.11", H("5200ce")),
    "pdn_disconnect_request": ("8.3.22", H("0203d205")),
    "pdn_disconnect_reject": ("8.3.21", H("0203d331")),
    "resource_modification_request": ("8.3.8", H("0202d605") + lv(H("c0")) + tlv(0x27, PCO_UP)),
    "resource_modification_request_epco": ("8.3.8", H("0202d605") + lv(H("c0")) + H("5824") + tlve(0x7B, PCO_UP)),
    "resource_modification_reject": ("8.3.7", H("0202d71f")),
    "information_request": ("8.3.13", H("0201d9")),
    "information_response": ("8.3.14", H("0201da") + tlv(0x28, APN) + tlv(0x27, PCO_UP)),
    "status": ("8.3.15", H("5200e82b")),
    "data_transport": ("8.3.25", transport + H("f1")),
}


def protect(header_type, count, direction, plain, ciphered=None, eea=2):
    head = count.to_bytes(4, "big") + bytes([direction << 2, 0, 0, 0])     # TS 33.401 B.1.3, B.2.3; BEARER 0
    first, last = ciphered or (0, len(plain))
    body = plain
    if eea == 2:
        body = plain[:first] + ctr(K_ENC, head + bytes(8), plain[first:last]) + plain[last:]
    covered = bytes([count & 0xFF]) + body
    return bytes([header_type << 4 | 7]) + cmac(K_INT, head + covered)[:4] + covered


SECURED = {  # name: header type, COUNT, direction, plain message
    "smc": (3, 0, 1, EMM["security_mode_command"][1], (0, 0)),
    "smc_complete": (4, 0, 0, H("075e"), None),
    "information": (2, 1, 0, ESM["information_response"][1], None),
    "attach_accept": (2, 0x1FF, 1, EMM["attach_accept"][1], None),
    "after_overflow": (2, 0x200, 1, ESM["data_transport"][1], None),
    "attach_again": (1, 0x10234, 0, EMM["attach_request_guti"][1], (0, 0)),
    "service_request": (5, 7, 0, EMM["cp_service_request"][1], (6, 6 + len(transport))),
    "service_request_empty": (5, 8, 0, H("074d10"), (0, 0)),
    "attach_next": (1, 0, 0, EMM["attach_request_next"][1], (0, 0)),
    "attach_next_nas": (5, 0, 0, EMM["attach_request_next_nas"][1], (29, 29 + len(small))),
    "attach_next_sms": (5, 0, 0, EMM["attach_request_next_sms"][1], (28, 28 + len(CP_DATA))),
    "detach_accept_next": (2, 9, 1, EMM["detach_accept_next"][1], None),
    "smc_trigger": (3, 0, 1, EMM["security_mode_command_trigger"][1], (0, 0)),
    "smc_complete_trigger": (4, 0, 0, EMM["security_mode_complete_trigger"][1], None),
    "ue_key": (2, 3, 1, EMM["downlink_generic_nas_transport_key"][1], None),
}

print("# NAS of EPS, as tests/wire/make_nas_vectors.py writes it from the layouts of TS 24.301; `clause` says which one. tshark decodes all of")
print("# them in the test nas_capture.")
for section, table in (("emm", EMM), ("esm", ESM)):
    print(f"\n[{section}]", end="")
    for name, (clause, octets) in table.items():
        print(f"\nmessage = {name}\nclause = TS 24.301 {clause}\noctets = {octets.hex()}")
print("\n# TS 24.301 9.1, TS 33.401 Annex B, with 128-EEA2 and 128-EIA2.\n[secured]", end="")
for name, (kind, count, direction, plain, part) in SECURED.items():
    print(f"\nmessage = {name}\ntype = {kind}\ncount = {count:#x}\ndirection = {direction}\nkasme = {KASME.hex()}\nplain = {plain.hex()}\n"
          f"octets = {protect(kind, count, direction, plain, part).hex()}")
print("\n# TS 24.008 10.5.6.3 and core/wire/e2m_container.h.\n[container]")
print(f"name = up\nplmn = 00f110\nselector = {RAND.hex()}\nimsi = 001010123456789\nagreements = 2\nsuites = 3\nabove = 0\ncontents = {UP.hex()}\npco = {PCO_UP.hex()}")
sqn = H("00f110010242") + H("0102030405") + IMSI + H("03" "0001" "00000009")
print(f"\nname = sqn\nplmn = 00f110\nselector = 420102030405\nimsi = 001010123456789\nagreements = 3\nsuites = 1\nabove = 9\ncontents = {sqn.hex()}\npco = {pco(sqn).hex()}")
print(f"\n[answer]\nplmn = 00f110\ndatagram = {DOWN[4:].hex()}\ncontents = {DOWN.hex()}\npco = {PCO_DOWN.hex()}")
print("\n# core/wire/ue_key.h.\n[ue_key]")
print(f"association = 7\nroot = 2\nname = {UE_KEY[5:13].hex()}\nkey = {UE_KEY[13:].hex()}\noctets = {UE_KEY.hex()}")
