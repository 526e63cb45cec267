#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/wire/make_gmm_vectors.py > tests/vectors/gmm-sm.txt: golden messages of each kind, put together octet by octet from the layouts of
TS 24.008 clauses 9.4, 9.5, 10.5.5, 10.5.6. Shares nothing with core/wire. A second message of a kind has what we never send: elements to pass over."""
H = bytes.fromhex


def lv(octets):
    return bytes([len(octets)]) + octets


def tlv(iei, octets):
    return bytes([iei]) + lv(octets)


IMSI = H("0910101032547698")                        # 001010123456789, odd, type 1: 10.5.1.4
P_TMSI = H("f4c0000001")                            # 10.5.1.4
RAI = H("00f110" "1234" "56")                       # 001-01, LAC, RAC: 10.5.5.15
RAND, AUTN = H("23553cbe9637a89d218ae64dae47bf35"), H("55f328b43577b9b94a9ffac354dfafb3")  # TS 35.208 4.3.1
RES = H("a54211d5e3ba50bf")
AUTS = bytes(range(0xA0, 0xAE))
APN = H("0365326d")                                 # label "e2m": TS 23.003 9.1
QOS = H("2312" "1f93" "9640" "4074" "00000000")     # 10.5.6.5: background, best effort
NON_IP = H("0002")                                  # 10.5.6.4: ETSI, non-IP
PCO = H("80ff00") + lv(H("00f11001") + RAND + IMSI + H("02000300000000"))   # 10.5.6.3
NETWORK_CAPABILITY, RADIO_CAPABILITY = H("e5e0"), H("11f1030000")           # 10.5.5.12, 10.5.5.12a
attach = lambda identity, first: H("0801") + lv(NETWORK_CAPABILITY) + H(first) + H("0000") + lv(identity) + RAI + lv(RADIO_CAPABILITY)

GMM = {
    "attach_request": ("9.4.1", attach(IMSI, "71")),
    "attach_request.p_tmsi": ("9.4.1", attach(P_TMSI, "29")),
    "attach_accept": ("9.4.2", H("0802" "01" "e0" "04") + RAI + tlv(0x18, P_TMSI)),
    "attach_accept.cause": ("9.4.2", H("0802" "11" "54" "00") + RAI + H("2507")),
    "attach_complete": ("9.4.3", H("0803")),
    "attach_reject": ("9.4.4", H("0804" "0f")),
    "detach_request_ms": ("9.4.5.2", H("0805" "01") + tlv(0x18, P_TMSI)),
    "detach_request_ms.off": ("9.4.5.2", H("0805" "09")),
    "detach_request_network": ("9.4.5.1", H("0805" "02")),
    "detach_request_network.cause": ("9.4.5.1", H("0805" "01" "250a")),
    "detach_accept_ms": ("9.4.6.2", H("0806")),
    "detach_accept_network": ("9.4.6.1", H("0806" "00")),
    "authentication_request": ("9.4.9", H("0812" "00" "30" "21") + RAND + H("82") + tlv(0x28, AUTN)),
    "authentication_response": ("9.4.10", H("0813" "03" "22") + RES[:4] + tlv(0x29, RES[4:])),
    "authentication_response.short": ("9.4.10", H("0813" "0f" "22") + RES[:4]),
    "authentication_reject": ("9.4.11", H("0814")),
    "authentication_failure": ("9.4.10a", H("081c" "15") + tlv(0x30, AUTS)),
    "authentication_failure.mac": ("9.4.10a", H("081c" "14")),
    "identity_request": ("9.4.12", H("0815" "01")),
    "identity_response": ("9.4.13", H("0816") + lv(IMSI)),
    "service_request": ("9.4.20", H("080c" "12") + lv(P_TMSI) + tlv(0x32, H("2000"))),
    "service_accept": ("9.4.21", H("080d") + tlv(0x32, H("2000"))),
    "service_reject": ("9.4.22", H("080e" "09")),
    "status": ("9.4.18", H("0820" "61")),
}
SM = {
    "activate_request": ("9.5.1", H("0a41" "05" "00") + lv(QOS) + lv(NON_IP) + tlv(0x28, APN) + tlv(0x27, PCO)),
    "activate_accept": ("9.5.2", H("8a42" "00") + lv(QOS) + H("04") + tlv(0x27, PCO)),
    "activate_accept.address": ("9.5.2", H("8a42" "03") + lv(QOS[:11]) + H("01") + tlv(0x2B, H("01210a000001")) + tlv(0x39, H("32"))),
    "activate_reject": ("9.5.3", H("8a43" "1b") + tlv(0x27, PCO)),
    "deactivate_request": ("9.5.14", H("0a46" "24" "91")),
    "deactivate_request.pco": ("9.5.14", H("1a46" "27") + tlv(0x27, H("80"))),
    "deactivate_accept": ("9.5.15", H("8a47")),
    "modify_request_network": ("9.5.9", H("8a48" "01" "00") + lv(QOS) + tlv(0x27, PCO)),
    "modify_accept_ms": ("9.5.11", H("0a49")),
    "modify_request_ms": ("9.5.10", H("0a4a") + tlv(0x27, PCO)),
    "modify_request_ms.all": ("9.5.10", H("0a4a" "3203") + tlv(0x30, QOS) + tlv(0x27, PCO)),
    "modify_accept_network": ("9.5.12", H("8a4b") + tlv(0x30, QOS) + H("3200") + tlv(0x27, PCO)),
    "modify_reject": ("9.5.13", H("8a4c" "26")),
    "status": ("9.5.21", H("0a55" "2b")),
}
# The vector of the following session, and the attach by it: Godwit's own elements in messages of TS 24.008 (contribution 000).
VECTOR = H("21") + RAND + tlv(0x28, AUTN)
DATA = tlv(0x67, H("090103") + b"data")
NEXT = {
    "attach_request.res": ("9.4.1", attach(P_TMSI, "31") + tlv(0x29, RES)),
    "attach_request.res_data": ("9.4.1", attach(P_TMSI, "31") + tlv(0x29, RES) + DATA),
    "attach_accept.next": ("9.4.2", GMM["attach_accept"][1] + VECTOR),
    "detach_request_network.next": ("9.4.5.1", GMM["detach_request_network"][1] + VECTOR),
    "detach_accept_network.next": ("9.4.6.1", GMM["detach_accept_network"][1] + VECTOR),
    "information": ("9.4.19", H("0821")),
    "information.next": ("9.4.19", H("0821") + VECTOR),
}
# What is passed over: the same message without it means the same.
TOLERATED = {
    "gmm_attach_request": attach(IMSI, "71") + H("19010203" "1721" "91") + tlv(0x33, H("80")) + tlv(0x11, H("331919")) + tlv(0x58, H("f070")) + H("d1e1"),
    "gmm_attach_accept": GMM["attach_accept"][1] + H("1701" "8c" "b1") + tlv(0x2A, H("49")) + tlv(0x4A, H("00f110")) + H("19010203"),
    "gmm_attach_reject": H("0804" "0f") + tlv(0x2A, H("49")) + tlv(0x3A, H("21")),
    "gmm_attach_complete": H("0803") + tlv(0x27, H("00")),
    "gmm_authentication_response": GMM["authentication_response"][1] + tlv(0x23, H("03325476981032547f")),
    "gmm_service_request": GMM["service_request"][1] + tlv(0x36, H("2000")) + H("d1") + tlv(0x32, H("4000")),
    "gmm_information": H("0821") + tlv(0x43, H("8167")) + H("4608") + H("4762118210030400") + tlv(0x49, H("00")),
    "sm_activate_request": SM["activate_request"][1] + H("a1c1") + tlv(0x66, H("01")) + tlv(0x27, H("80")),
    "sm_activate_accept": SM["activate_accept"][1] + tlv(0x34, H("00")) + H("b1"),
    "sm_modify_accept_network": SM["modify_accept_network"][1] + H("84") + tlv(0x34, H("00")),
    "sm_deactivate_request": SM["deactivate_request"][1] + tlv(0x37, H("21")) + H("c1"),
}
# What is refused: lengths that cannot be, comprehension required, halves of what belongs together.
REFUSED = {
    "gmm_attach_request": [attach(H("0110101032547698"), "71"), attach(P_TMSI[:4], "71"), attach(IMSI, "71") + H("0101ff"), attach(P_TMSI, "31") + tlv(0x29, RES[:3]),
                           attach(P_TMSI, "31") + tlv(0x29, bytes(17)), attach(P_TMSI, "31") + tlv(0x67, H(""))],
    "gmm_attach_accept": [H("0802" "01" "e0" "04") + RAI + tlv(0x18, P_TMSI + H("00")), H("0802" "01" "e0" "04") + RAI + tlv(0x18, H("f3c0000001"))],
    "gmm_detach_accept_network": [H("0806" "00" "21") + RAND, H("0806" "00") + tlv(0x28, AUTN), H("0806" "00" "21") + RAND + tlv(0x28, AUTN[:15])],
    "gmm_detach_request_network": [H("0805" "02" "21") + RAND],
    "gmm_information": [H("0821" "21") + RAND[:15], H("0821") + tlv(0x28, AUTN)],
    "gmm_authentication_request": [H("0812" "00" "30" "21") + RAND, H("0812" "00" "30") + tlv(0x28, AUTN),
                                   H("0812" "00" "30" "21") + RAND + H("82") + tlv(0x28, AUTN[:15]), H("0812" "00" "30" "21") + RAND + H("87") + tlv(0x28, AUTN)],
    "gmm_authentication_response": [H("0813" "03") + tlv(0x29, RES[4:]), H("0813" "03" "22") + RES[:4] + tlv(0x29, bytes(13)), H("0813" "03" "22") + RES[:3]],
    "gmm_authentication_failure": [H("081c" "15") + tlv(0x30, AUTS[:13]), H("081c" "15") + tlv(0x30, AUTS + H("00"))],
    "gmm_identity_response": [H("0816") + lv(H("")), H("0816") + lv(H("0d10101032547698")), H("0816") + lv(IMSI + H("ff"))],
    "gmm_service_request": [H("080c" "12") + lv(IMSI), H("080c" "12") + lv(P_TMSI) + tlv(0x32, H("20"))],
    "sm_activate_request": [H("0a41" "05" "00") + lv(QOS[:2]) + lv(NON_IP), H("0a41" "05" "00") + lv(QOS) + lv(H("00")), H("7a41" "05" "00") + lv(QOS) + lv(NON_IP),
                            H("0a41" "05" "00") + lv(QOS) + lv(NON_IP) + tlv(0x28, bytes(101)), H("0a41" "05" "00") + lv(QOS) + lv(NON_IP) + tlv(0x27, H(""))],
    "sm_modify_request_ms": [H("0a4a" "32"), H("0a4a") + tlv(0x30, QOS[:2]), H("0a4a" "27ff") + bytes(254)],
    "sm_status": [H("0a55")],
}

print("# GMM and SM, as tests/wire/make_gmm_vectors.py writes them from the layouts of TS 24.008; `clause` says which one. tshark decodes all of them in")
print("# the test gmm_capture.")
for section, layer, table in (("gmm", "gmm", GMM), ("sm", "sm", SM), ("next", "gmm", NEXT)):
    print(f"\n[{section}]", end="")
    for name, (clause, octets) in table.items():
        print(f"\nmessage = {layer}_{name}\nclause = TS 24.008 {clause}\noctets = {octets.hex()}")
print("\n# TS 24.007 11.2.4, TS 24.008 8.6: elements that are passed over. `octets` means what `plain` means.\n[tolerated]", end="")
for name, octets in TOLERATED.items():
    plain = ({**NEXT, **GMM} if name.startswith("gmm") else SM)[name.split("_", 1)[1]][1]
    print(f"\nmessage = {name}\noctets = {octets.hex()}\nplain = {plain.hex()}")
print("\n# TS 24.008 8.5 to 8.7 and the length columns of 9.4, 9.5.\n[refused]", end="")
for name, table in REFUSED.items():
    for octets in table:
        print(f"\nmessage = {name}\noctets = {octets.hex()}")
