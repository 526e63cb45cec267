#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/wire/make_gtp_vectors.py > tests/vectors/gtp.txt: the golden messages of GTP, laid out from TS 29.060, 29.274 and 29.281 alone: a
second encoder that shares nothing with core/wire. tests/wire/gtp_capture.py has tshark read the same octets."""
import struct


def u(size, value):
    return value.to_bytes(size, "big")


def tbcd(digits, octets=None):
    text = digits + ("f" if len(digits) % 2 else "")
    out = bytes(int(text[i + 1] + text[i], 16) for i in range(0, len(text), 2))
    return out + b"\xff" * ((octets or len(out)) - len(out))


def apn(text):
    return b"".join(u(1, len(label)) + label.encode() for label in text.split("."))


IMSI = "001010123456789"
PCO = bytes.fromhex("80" "ff00" "04" "00f11001")  # 24.008 10.5.6.3: 80, then identifier FF00, length 4, contents
MME, SGW, PGW, SGSN, GGSN = (bytes([10, 0, 0, n]) for n in (1, 2, 3, 4, 5))


# ---- GTPv1-C: TS 29.060 figure 2 (header), 7.7 (elements) ----
def v1(kind, teid, sequence, *elements):
    body = u(2, sequence) + b"\0\0" + b"".join(elements)
    return u(1, 0x32) + u(1, kind) + u(2, len(body)) + u(4, teid) + body


def tv(kind, value):
    return u(1, kind) + value


def tlv(kind, value):
    return u(1, kind) + u(2, len(value)) + value


QOS_V1 = bytes.fromhex("021b931f7396fefe742cffff004a00")  # priority 2, then 24.008 10.5.6.5 from its third octet on
TEIDS_V1 = tv(16, u(4, 0x11)) + tv(17, u(4, 0x22))
GSNS = lambda a: tlv(133, a) + tlv(133, a)
RAI = bytes.fromhex("00f110" "1234" "56")
FRAME = b"\1" + bytes.fromhex("0a0504deadbeef" "080102e5e031000005f4c000000100f1101234560511f1030000" "2908a54211d5e3ba50bf")
QUINTUPLET = bytes(range(16)) + b"\x08" + bytes.fromhex("a54211d5e3ba50bf") + b"\xCC" * 16 + b"\xDD" * 16 + b"\x10" + bytes(16)
V1 = {
    # 7.2.1, 7.2.2
    "echo_request": (v1(1, 0, 1), {"type": 1, "sequence": 1}),
    "echo_response": (v1(2, 0, 1, tv(14, b"\x05")), {"type": 2, "recovery": 5}),
    # 7.3.1: IMSI, Selection mode, TEID Data I, TEID Control Plane, NSAPI, End User Address (ETSI 0, non-IP 2), APN, PCO, GSN addresses, QoS, RAT
    "create_request": (v1(16, 0, 0x1234, tv(2, tbcd(IMSI, 8)), tv(3, bytes.fromhex("00f110000101")), tv(14, b"\x07"), tv(15, b"\xfc"),
                          TEIDS_V1, tv(20, b"\x05"), tlv(128, b"\xf0\x02"), tlv(131, apn("iot.example")), tlv(132, PCO), GSNS(SGSN),
                          tlv(135, QOS_V1), tlv(151, b"\x01")),
                       {"type": 16, "teid": 0, "sequence": 0x1234, "imsi": IMSI, "recovery": 7, "teid_data": 0x11, "teid_control": 0x22,
                        "nsapi": 5, "pdp_type": 2, "apn": "iot.example", "pco": PCO, "gsn": SGSN, "qos": QOS_V1}),
    # 7.3.2: Cause 128, Reordering, Recovery, TEIDs, Charging ID, End User Address, PCO, GSN addresses, QoS
    "create_response": (v1(17, 0x22, 0x1234, tv(1, b"\x80"), tv(8, b"\xfe"), tv(14, b"\x09"), tv(16, u(4, 0x33)), tv(17, u(4, 0x33)),
                           tv(127, u(4, 0x33)), tlv(128, b"\xf0\x02"), tlv(132, PCO), GSNS(GGSN), tlv(135, QOS_V1)),
                        {"type": 17, "teid": 0x22, "cause": 128, "teid_data": 0x33, "teid_control": 0x33, "pco": PCO, "gsn": GGSN}),
    "create_response_refused": (v1(17, 0x22, 0x1235, tv(1, b"\xdb")), {"type": 17, "cause": 219}),
    # 7.7.27: IETF 1, IPv4 0x21, and the address
    "create_response_ipv4": (v1(17, 0x22, 0x1238, tv(1, b"\x80"), tv(16, u(4, 0x33)), tv(17, u(4, 0x34)),
                                tlv(128, b"\xf1\x21\x0a\x63\x00\x01"), GSNS(GGSN), tlv(135, QOS_V1)),
                             {"type": 17, "teid_data": 0x33, "teid_control": 0x34, "pdp_type": 0x121, "pdp_address": b"\x0a\x63\x00\x01"}),
    # 7.3.3, 7.3.4
    "update_request": (v1(18, 0x33, 0x1236, TEIDS_V1, tv(20, b"\x05"), tlv(132, PCO), GSNS(SGSN), tlv(135, QOS_V1)),
                       {"type": 18, "teid": 0x33, "nsapi": 5, "pco": PCO}),
    "update_response": (v1(19, 0x22, 0x1236, tv(1, b"\x80"), tv(16, u(4, 0x33)), tv(17, u(4, 0x33)), tv(127, u(4, 0x33)), tlv(132, PCO),
                           GSNS(GGSN), tlv(135, QOS_V1)), {"type": 19, "cause": 128, "pco": PCO}),
    # 7.3.5, 7.3.6
    "delete_request": (v1(20, 0x33, 0x1237, tv(19, b"\xff"), tv(20, b"\x05")), {"type": 20, "teardown": 1, "nsapi": 5}),
    # Between SGSNs: Identification Request with RAI, P-TMSI and a Private Extension (255: identifier, contents); its answer with IMSI and the
    # Authentication Quintuplet (136: RAND, XRES with length, CK, IK, AUTN with length). The extensions are Godwit's.
    "identification_request": (v1(48, 0, 0x1239, tv(3, RAI), tv(5, u(4, 0xC0000001)), tlv(255, b"GD" + FRAME)),
                               {"type": 48, "p_tmsi": 0xC0000001, "extension": 0x4744, "extension_value": FRAME}),
    "identification_request_plain": (v1(48, 0, 0x123A, tv(3, RAI), tv(5, u(4, 0xC0000001))), {"type": 48, "p_tmsi": 0xC0000001}),
    "identification_response": (v1(49, 0, 0x1239, tv(1, b"\x80"), tv(2, tbcd(IMSI, 8)), tlv(136, QUINTUPLET), tlv(255, b"GD\1\3\2\2" + u(4, 60))),
                                {"type": 49, "cause": 128, "imsi": IMSI, "quintuplet": QUINTUPLET, "extension": 0x4744,
                                 "extension_value": b"\1\3\2\2" + u(4, 60)}),
    "identification_response_refused": (v1(49, 0, 0x123A, tv(1, b"\xc2")), {"type": 49, "cause": 194}),
    "delete_response": (v1(21, 0x22, 0x1237, tv(1, b"\x80")), {"type": 21, "cause": 128}),
}


# ---- GTPv2-C: TS 29.274 figures 5.1-1 and 8.2-1, table 8.1-1 ----
def v2(kind, teid, sequence, *elements):
    body = (b"" if teid is None else u(4, teid)) + u(3, sequence) + b"\0" + b"".join(elements)
    return u(1, 0x40 if teid is None else 0x48) + u(1, kind) + u(2, len(body)) + body


def ie(kind, value, instance=0):
    return u(1, kind) + u(2, len(value)) + u(1, instance) + value


def fteid(interface, teid, address, instance=0):
    return ie(87, u(1, 0x80 | interface) + u(4, teid) + address, instance)  # 8.22: V4 set


def cause(value):
    return ie(2, u(1, value) + b"\0")


EBI, AMBR, NON_IP = ie(73, b"\x05"), ie(72, u(4, 100) + u(4, 200)), ie(99, b"\x04")
QOS_V2 = ie(80, u(1, 0x3c) + u(1, 9) + u(5, 0) * 4)  # 8.15: PL 15, PVI 0, PCI 0; QCI 9
PLMN = ie(83, bytes.fromhex("00f110"))
GUTI = bytes.fromhex("00f110" "8001" "01" "c0000001")  # 8.48: PLMN, MME group, MME code, M-TMSI
ATTACH = bytes.fromhex("1700000000000741210bf600f110800101c000000104f070c04000040201d0512908a54211d5e3ba50bff4")
KASME = bytes.fromhex("48579af8781c742d5120e6ed8ccac13193f38c53ab7aa69396f49ca6e1b0562d")
# Security mode 4, KSI 2; no vectors; EIA1, EEA2; NAS COUNTs down 7, up 1; KASME; lengths of capabilities and MEI; restrictions
MM = bytes([4 << 5 | 2, 0, 1 << 4 | 2]) + u(3, 7) + u(3, 1) + KASME + bytes(4)
TAD = bytes.fromhex("d0")  # 24.008 10.5.6.12: operation code 6 (no TFT operation) with E set, no parameters
V2 = {
    "echo_request": (v2(1, None, 1, ie(3, b"\x05")), {"type": 1, "sequence": 1, "recovery": 5}),
    "echo_response": (v2(2, None, 1, ie(3, b"\x06")), {"type": 2, "sequence": 1, "recovery": 6}),
    # 7.2.1 on S11: F-TEIDs 10 (MME), 7 (P-GW, instance 1); bearer context with S11-U MME F-TEID (38, instance 7)
    "create_session_request": (v2(32, 0, 0x101, ie(1, tbcd(IMSI)), PLMN, ie(82, b"\x08"), fteid(10, 0x51, MME), fteid(7, 0, PGW, 1),
                                  ie(71, apn("iot.example")), ie(128, b"\0"), NON_IP, ie(79, b"\x04"), ie(127, b"\0"), AMBR, ie(78, PCO),
                                  ie(93, EBI + fteid(38, 0x52, MME, 7) + QOS_V2)),
                               {"type": 32, "teid": 0, "sequence": 0x101, "imsi": IMSI, "rat": 8, "sender": u(4, 0x51) + MME,
                                "apn": "iot.example", "pdn_type": 4, "pco": PCO, "bearer_ebi": 5, "instance": 7,
                                "user": u(4, 0x52) + MME}),
    # 7.2.2 on S11: F-TEIDs 11 (S-GW), 7 (P-GW); 5 (instance 2), 39 (instance 6) in the bearer context
    "create_session_response": (v2(33, 0x51, 0x101, cause(16), fteid(11, 0x61, SGW), fteid(7, 0x71, PGW, 1), ie(79, b"\x04"),
                                   ie(127, b"\0"), AMBR, ie(78, PCO),
                                   ie(93, EBI + cause(16) + fteid(5, 0x72, PGW, 2) + fteid(39, 0x62, SGW, 6) + QOS_V2), ie(3, b"\x01")),
                                {"type": 33, "teid": 0x51, "cause": 16, "sender": u(4, 0x61) + SGW, "pco": PCO, "bearer_ebi": 5,
                                 "instance": 6, "user": u(4, 0x62) + SGW}),
    # 7.2.2 on S5: Charging ID (94), Bearer Level QoS with rates, PAA with an IPv4 address (8.14)
    "create_session_response_s5": (v2(33, 0x61, 0x109, cause(16), fteid(7, 0x71, PGW, 1), ie(79, b"\x01\x0a\x63\x00\x01"), AMBR,
                                      ie(93, EBI + cause(16) + fteid(5, 0x72, PGW, 2)
                                         + ie(80, u(1, 0x3c) + u(1, 9) + u(5, 1) + u(5, 2) + u(5, 0x1234567890) + u(5, 4))
                                         + ie(94, u(4, 0x77)))),
                                   {"type": 33, "paa": b"\x0a\x63\x00\x01", "charging_id": 0x77, "rate": 0x1234567890, "instance": 2,
                                    "user": u(4, 0x72) + PGW}),
    "create_session_response_refused": (v2(33, 0x51, 0x102, cause(78)), {"type": 33, "cause": 78}),
    # 7.2.7: S11-U MME F-TEID is instance 4; 7.2.8: S11-U SGW F-TEID is instance 3
    "modify_bearer_request": (v2(34, 0x61, 0x103, ie(93, EBI + fteid(38, 0x53, MME, 4))),
                              {"type": 34, "teid": 0x61, "bearer_ebi": 5, "instance": 4, "user": u(4, 0x53) + MME}),
    "modify_bearer_response": (v2(35, 0x51, 0x103, cause(16), ie(93, EBI + cause(16) + fteid(39, 0x62, SGW, 3))),
                               {"type": 35, "cause": 16, "instance": 3, "user": u(4, 0x62) + SGW}),
    # 7.2.9.1, 7.2.10.1
    "delete_session_request": (v2(36, 0x61, 0x104, EBI), {"type": 36, "ebi": 5}),
    "delete_session_response": (v2(37, 0x51, 0x104, cause(16)), {"type": 37, "cause": 16}),
    # 7.2.5: Linked EBI, PTI, TAD, PCO; sequence number of a command: top bit set (7.6)
    "bearer_resource_command": (v2(68, 0x61, 0x800105, fteid(6, 0x81, SGW), EBI, ie(100, b"\x21"), ie(85, TAD), ie(78, PCO)),
                                {"type": 68, "sequence": 0x800105, "ebi": 5, "pti": 0x21, "pco": PCO}),
    "bearer_resource_failure": (v2(69, 0x51, 0x800105, cause(92), EBI, ie(100, b"\x21")), {"type": 69, "cause": 92, "pti": 0x21}),
    # 7.2.15, 7.2.16
    "update_bearer_request": (v2(97, 0x51, 0x800105, AMBR, ie(100, b"\x21"), ie(78, PCO), ie(93, EBI)),
                              {"type": 97, "sequence": 0x800105, "pti": 0x21, "pco": PCO, "bearer_ebi": 5}),
    # 7.2.15: the PCO of a bearer goes before that of the message
    "update_bearer_request_of_a_bearer": (v2(97, 0x51, 0x800106, AMBR, ie(93, EBI + ie(78, PCO))),
                                          {"type": 97, "bearer_ebi": 5, "bearer_pco": PCO}),
    "update_bearer_response": (v2(98, 0x61, 0x800105, cause(16), ie(93, EBI + cause(16))), {"type": 98, "cause": 16, "bearer_ebi": 5}),
    # 7.2.21, 7.2.22, 7.2.11.1, 7.2.11.2
    "release_access_bearers_request": (v2(170, 0x61, 0x106), {"type": 170}),
    "release_access_bearers_response": (v2(171, 0x51, 0x106, cause(16)), {"type": 171, "cause": 16}),
    "downlink_data_notification": (v2(176, 0x51, 0x107, EBI), {"type": 176, "ebi": 5}),
    "downlink_data_acknowledge": (v2(177, 0x61, 0x107, cause(16)), {"type": 177, "cause": 16}),
    # S10: 7.3.8 GUTI (117), Complete Request Message (116: 0 attach, then the message as it came); 7.3.9 IMSI, MM Context (107, figure 8.38-5)
    "identification_request": (v2(128, 0, 0x10a, ie(117, GUTI), ie(116, b"\0" + ATTACH)), {"type": 128, "guti": GUTI, "complete": ATTACH}),
    "identification_response": (v2(129, 0, 0x10a, cause(16), ie(1, tbcd(IMSI)), ie(107, MM)),
                                {"type": 129, "cause": 16, "imsi": IMSI, "mm": bytes([2, 2, 1]) + u(4, 7) + u(4, 1) + KASME}),
    "identification_response_refused": (v2(129, 0, 0x10b, cause(64)), {"type": 129, "cause": 64}),
    # ePCO (197) in place of PCO, TS 29.274 8.128
    "create_session_request_epco": (v2(32, 0, 0x108, ie(1, tbcd("00101012345678")), ie(82, b"\x06"), fteid(6, 0x81, SGW),
                                       ie(71, apn("iot")), NON_IP, ie(93, EBI + fteid(4, 0x82, SGW, 2) + QOS_V2), ie(197, PCO)),
                                    {"type": 32, "imsi": "00101012345678", "epco": PCO, "instance": 2, "user": u(4, 0x82) + SGW}),
}


# ---- GTP-U: TS 29.281 figure 5.1-1 ----
def gtpu(kind, teid, body, sequence=None):
    if sequence is not None:
        body = u(2, sequence) + b"\0\0" + body
    return u(1, 0x30 if sequence is None else 0x32) + u(1, kind) + u(2, len(body)) + u(4, teid) + body


U = {
    "g_pdu": (gtpu(255, 0x72, b"\x01\x02\x03"), {"type": 255, "teid": 0x72, "pdu": b"\x01\x02\x03"}),
    "g_pdu_with_sequence": (gtpu(255, 0x72, b"\x01\x02\x03", 9), {"type": 255, "teid": 0x72, "sequence": 9, "pdu": b"\x01\x02\x03"}),
    "echo_request": (gtpu(1, 0, b"", 3), {"type": 1, "sequence": 3}),
    "echo_response": (gtpu(2, 0, tv(14, b"\0"), 3), {"type": 2, "sequence": 3}),  # 8.2
    # 7.3.1: TEID Data I (16), GTP-U Peer Address (133)
    "error_indication": (gtpu(26, 0, tv(16, u(4, 0x72)) + tlv(133, PGW), 4), {"type": 26, "error_teid": 0x72, "error_ipv4": PGW}),
    "end_marker": (gtpu(254, 0x72, b""), {"type": 254, "teid": 0x72}),
}


def text(value):
    return value.hex() if isinstance(value, bytes) else f"0x{value:x}" if isinstance(value, int) else value


print("# GTPv1-C (TS 29.060), GTPv2-C (TS 29.274), GTP-U (TS 29.281), as tests/wire/make_gtp_vectors.py lays them out; the clause of each\n"
      "# message stands there.")
for section, messages in (("gtpv1", V1), ("gtpv2", V2), ("gtpu", U)):
    print(f"\n[{section}]", end="")
    for name, (octets, fields) in messages.items():
        print(f"\nmessage = {name}\noctets = {octets.hex()}")
        for key, value in fields.items():
            print(f"{key} = {text(value)}")
