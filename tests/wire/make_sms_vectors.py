#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/wire/make_sms_vectors.py > tests/vectors/sms.txt: golden messages of MM, CP, RP and TPDUs, put together octet by octet from the layouts of
TS 24.008 9.2, TS 44.018 9.1.25, TS 24.011 7.2, 7.3 and TS 23.040 9.2.2. Shares nothing with core/wire. With a folder as argument it writes
each of them into a file there: the corpus of fuzz_sms."""
import os
import sys

H = bytes.fromhex


def lv(octets):
    return bytes([len(octets)]) + octets


def tlv(iei, octets):
    return bytes([iei]) + lv(octets)


def digits(text):
    text += "f" * (len(text) % 2)
    return bytes(int(text[i + 1] + text[i], 16) for i in range(0, len(text), 2))


IMSI, TMSI = H("0910101032547698"), H("f480000001")  # TS 24.008 10.5.1.4
LAI = H("00f110" "1234")                             # 10.5.1.3
RAND, AUTN = H("23553cbe9637a89d218ae64dae47bf35"), H("55f328b43577b9b94a9ffac354dfafb3")  # TS 35.208 4.3.1
RES = H("a54211d5e3ba50bf")
AUTS = bytes(range(0xA0, 0xAE))
CLASSMARK_1, CLASSMARK_2 = H("57"), H("5718a1")
CENTRE = H("91") + digits("491710760000")            # TS 24.011 8.2.5.1
ADDRESS = bytes([12]) + H("91") + digits("491710760000")  # TS 23.040 9.1.2.5: length in semi-octets
ODD = bytes([5]) + H("81") + digits("12345")
TIME = H("62118210034100")                           # 2026-11-28 01:30:14 UTC, 9.2.3.11
PORTS = lv(H("0504" "3e94" "3e94"))                  # 9.2.3.24, .24.4: port 16020 both ways
DATA = PORTS + H("01000011223344556677")
SUBMIT = H("41" "07") + ADDRESS + H("00" "04") + lv(DATA)
DELIVER = H("44") + ADDRESS + H("00" "04") + TIME + lv(DATA)
# Device triggering (docs/sms.md): port 16021 both ways, the longest container; what a serving node makes itself has a network specific number.
IWF = bytes([12]) + H("91") + digits("491710760001")
TRIGGER = H("06" "0504" "3e95" "3e95") + bytes(range(133))
TRIGGER_SUBMIT = H("41" "01") + IWF + H("00" "04") + lv(TRIGGER)
TRIGGER_DELIVER = H("44") + IWF + H("00" "04" "32114122310200") + lv(TRIGGER)  # 2023-11-14 22:13:20 UTC
SEVEN = H("e8329bfd06")                              # "hello" in septets, TS 23.038 6.1.2.1
REPORT = H("00" "00")  # SMS-DELIVER-REPORT, 9.2.2.1a: passed over

MM = {
    "mm_location_updating_request": ("9.2.15", H("0508" "72") + LAI + CLASSMARK_1 + lv(IMSI)),
    "mm_location_updating_request.tmsi": ("9.2.15", H("0508" "08") + LAI + CLASSMARK_1 + lv(TMSI)),
    "mm_location_updating_accept": ("9.2.13", H("0502") + LAI + tlv(0x17, TMSI) + H("a1")),
    "mm_location_updating_accept.imsi": ("9.2.13", H("0502") + LAI + tlv(0x17, IMSI)),
    "mm_location_updating_reject": ("9.2.14", H("0504" "0f")),
    "mm_imsi_detach_indication": ("9.2.12", H("0501") + CLASSMARK_1 + lv(TMSI)),
    "mm_authentication_request": ("9.2.2", H("0512" "02") + RAND + tlv(0x20, AUTN)),
    "mm_authentication_request.gsm": ("9.2.2", H("0512" "00") + RAND),
    "mm_authentication_response": ("9.2.3", H("0514") + RES[:4] + tlv(0x21, RES[4:])),
    "mm_authentication_response.short": ("9.2.3", H("0514") + RES[:4]),
    "mm_authentication_failure": ("9.2.3a", H("051c" "15") + tlv(0x22, AUTS)),
    "mm_authentication_failure.mac": ("9.2.3a", H("051c" "14")),
    "mm_identity_request": ("9.2.10", H("0518" "01")),
    "mm_identity_response": ("9.2.11", H("0519") + lv(IMSI)),
    "mm_tmsi_reallocation_command": ("9.2.17", H("051a") + LAI + lv(TMSI)),
    "mm_cm_service_request": ("9.2.9", H("0524" "24") + lv(CLASSMARK_2) + lv(TMSI)),
    "mm_cm_service_reject": ("9.2.6", H("0522" "20")),
    "mm_status": ("9.2.16", H("0531" "61")),
    "mm_information": ("9.2.15a", H("0532")),
    "rr_paging_response": ("TS 44.018 9.1.25", H("0627" "02") + lv(CLASSMARK_2) + lv(TMSI)),
}
# With elements that are ours: what tshark makes of them is no matter.
OURS = {
    "mm_location_updating_request.next": ("docs/next-session.md",
                                          H("0508" "22") + LAI + CLASSMARK_1 + lv(TMSI) + tlv(0x29, RES) + tlv(0x67, H("090104020011" "00"))),
    "mm_location_updating_accept.next": ("docs/next-session.md",
                                         H("0502") + LAI + tlv(0x17, TMSI) + H("21") + RAND + tlv(0x28, AUTN)),
    "mm_information.next": ("docs/next-session.md", H("0532" "21") + RAND + tlv(0x28, AUTN)),
}
rp_data_up = H("00" "05" "00") + lv(CENTRE) + lv(SUBMIT)
rp_data_down = H("01" "06") + lv(CENTRE) + H("00") + lv(DELIVER)
RP = {
    "rp_ms.data": ("7.3.1.2", rp_data_up),
    "rp_ms.ack": ("7.3.3", H("02" "06") + tlv(0x41, REPORT)),
    "rp_ms.error": ("7.3.4", H("04" "06" "01" "16")),
    "rp_ms.smma": ("7.3.2", H("06" "09")),
    "rp_network.data": ("7.3.1.1", rp_data_down),
    "rp_network.ack": ("7.3.3", H("03" "05")),
    "rp_network.error": ("7.3.4", H("05" "05" "01" "26") + tlv(0x41, H("01" "c0" "00") + TIME)),
}
CP = {
    "cp.data_up": ("7.2.1", H("0901") + lv(rp_data_up)),
    "cp.data_down": ("7.2.1", H("0901") + lv(rp_data_down)),
    "cp.trigger_up": ("7.2.1", H("0901") + lv(H("00" "01" "00") + lv(CENTRE) + lv(TRIGGER_SUBMIT))),
    "cp.trigger_down": ("7.2.1", H("0901") + lv(H("01" "01") + lv(H("b1") + digits("491710760001")) + H("00") + lv(TRIGGER_DELIVER))),
    "cp.ack": ("7.2.2", H("8904")),
    "cp.error": ("7.2.3", H("2910" "61")),
}
TPDU = {
    "sms_submit": ("9.2.2.2", SUBMIT),
    "sms_submit.relative": ("9.2.2.2", H("11" "00") + ODD + H("00" "00" "aa") + bytes([5]) + SEVEN),
    "sms_submit.absolute": ("9.2.2.2", H("d9" "00") + ADDRESS + H("00" "f5") + TIME + lv(DATA)),
    "sms_deliver": ("9.2.2.1", DELIVER),
    "sms_deliver.text": ("9.2.2.1", H("00") + ODD + H("00" "00") + TIME + bytes([5]) + SEVEN),
}
# What others may send: elements to pass over, and what comes of it when it is written again.
TOLERATED = [
    ("mm_location_updating_request", H("0588" "72") + LAI + CLASSMARK_1 + lv(IMSI) + tlv(0x33, CLASSMARK_2) + H("c1"),
     H("0508" "72") + LAI + CLASSMARK_1 + lv(IMSI)),
    ("mm_location_updating_accept", H("0502") + LAI + tlv(0x4A, H("00f210")) + tlv(0x35, H("01")) + H("a1"), H("0502") + LAI + H("a1")),
    ("mm_information", H("0532") + tlv(0x43, H("87c7f7db0c")) + H("4680") + H("4762118210034100") + tlv(0x49, H("00")), H("0532")),
    ("rp_ms", H("04" "06" "02" "9605"), H("04" "06" "01" "16")),
    ("rp_network", H("03" "05") + tlv(0x42, H("01")) + H("91"), H("03" "05")),
]
REFUSED = [
    ("mm_location_updating_request", H("0508" "72") + LAI + CLASSMARK_1 + lv(IMSI) + H("0500")),  # to be comprehended
    ("mm_location_updating_request", H("1508" "72") + LAI + CLASSMARK_1 + lv(IMSI)),              # skip indicator
    ("mm_location_updating_request", H("0508" "72") + LAI + CLASSMARK_1 + H("00")),
    ("mm_location_updating_request", H("0508" "72") + LAI + CLASSMARK_1 + lv(IMSI) + tlv(0x29, H("010203"))),
    ("mm_authentication_request", H("0512" "02") + RAND + tlv(0x20, AUTN[:15])),
    ("mm_authentication_response", H("0514") + RES[:3]),
    ("mm_authentication_failure", H("051c" "15") + tlv(0x22, AUTS[:13])),
    ("rr_paging_response", H("0527" "02") + lv(CLASSMARK_2) + lv(TMSI)),
    ("cp", H("7904")), ("cp", H("0902")), ("cp", H("0904" "00")), ("cp", H("0901" "00")), ("cp", H("0901" "02" "00")), ("cp", H("0804")),
    ("cp", H("0901") + lv(bytes(249))),
    ("rp_ms", rp_data_down), ("rp_network", rp_data_up), ("rp_network", H("07" "09")),
    ("rp_ms", H("00" "05") + lv(CENTRE) + lv(CENTRE) + lv(SUBMIT)),   # an address of the wrong end
    ("rp_ms", H("00" "05" "00" "00") + lv(SUBMIT)), ("rp_ms", H("00" "05" "00") + lv(CENTRE) + H("00")),
    ("rp_ms", H("00" "05" "00") + lv(H("11") + digits("49")) + lv(SUBMIT)), ("rp_ms", H("00" "05" "00") + lv(H("91") + bytes(11)) + lv(SUBMIT)),
    ("rp_ms", H("04" "06" "00")), ("rp_ms", H("04" "06" "01" "00")), ("rp_ms", H("02" "06" "0100")), ("rp_ms", rp_data_up + H("4100")),
    ("sms_submit", DELIVER), ("sms_deliver", SUBMIT), ("sms_submit", SUBMIT + H("00")), ("sms_submit", SUBMIT[:-1]),
    ("sms_submit", H("01" "07") + ADDRESS + H("00" "04") + lv(bytes(141))), ("sms_submit", H("41" "07") + ADDRESS + H("00" "04" "00")),
    ("sms_submit", H("01" "07" "15" "91") + bytes(11) + H("00" "04" "00")), ("sms_submit", H("01" "07" "02" "11" "21") + H("00" "04" "00")),
]


def put(section, messages, prefix):
    print(f"\n[{section}]")
    for name, (clause, octets) in messages.items():
        print(f"message = {name}\nclause = {clause if ' ' in clause or '/' in clause else prefix + clause}\noctets = {octets.hex()}\n")


def main():
    if len(sys.argv) > 1:
        for messages in (MM, OURS, CP, RP, TPDU):
            for name, (_, octets) in messages.items():
                with open(os.path.join(sys.argv[1], name.replace(".", "-")), "wb") as file:
                    file.write(octets)
        return
    print("# MM, CP, RP and TPDUs, as tests/wire/make_sms_vectors.py writes them from the layouts of their specifications; `clause` says which one.\n"
          "# tshark decodes them in the test sms_capture, but for those of [ours].")
    put("mm", MM, "TS 24.008 ")
    put("ours", OURS, "")
    put("cp", CP, "TS 24.011 ")
    put("rp", RP, "TS 24.011 ")
    put("tpdu", TPDU, "TS 23.040 ")
    print("\n[tolerated]")
    for name, octets, plain in TOLERATED:
        print(f"message = {name}\noctets = {octets.hex()}\nplain = {plain.hex()}\n")
    print("\n[refused]")
    for name, octets in REFUSED:
        print(f"message = {name}\noctets = {octets.hex()}\n")


if __name__ == "__main__":
    main()
