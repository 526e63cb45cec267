#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every message of tests/vectors/sms.txt that is all standard, which are the octets that core/wire builds (test_wire_sms), as tshark reads it
(gsm_a_dtap, gsm_a_rp, gsm_sms): nothing malformed, the right values."""
import shutil
import sys

import gmm_capture
from gmm_capture import check

RAND, AUTN = gmm_capture.RAND, gmm_capture.AUTN
EXPECTED = {
    "mm_location_updating_request": {"gsm_a.dtap.msg_mm_type": "0x08", "e212.imsi": "001010123456789", "gsm_a.lac": "0x1234"},
    "mm_location_updating_request.tmsi": {"3gpp.tmsi": "2147483649"},
    "mm_location_updating_accept": {"gsm_a.dtap.msg_mm_type": "0x02", "3gpp.tmsi": "2147483649"},
    "mm_location_updating_reject": {"gsm_a.dtap.rej_cause": "15"},
    "mm_imsi_detach_indication": {"gsm_a.dtap.msg_mm_type": "0x01", "3gpp.tmsi": "2147483649"},
    "mm_authentication_request": {"gsm_a.dtap.rand": RAND, "gsm_a.dtap.autn": AUTN},
    "mm_authentication_failure": {"gsm_a.dtap.rej_cause": "21", "gsm_a.dtap.auts": "a0a1a2a3a4a5a6a7a8a9aaabacad"},
    "mm_identity_response": {"e212.imsi": "001010123456789"},
    "mm_cm_service_request": {"gsm_a.dtap.msg_mm_type": "0x24", "3gpp.tmsi": "2147483649"},
    "mm_cm_service_reject": {"gsm_a.dtap.rej_cause": "32"},
    "rr_paging_response": {"3gpp.tmsi": "2147483649"},
    "cp.data_up": {"gsm_a.dtap.msg_sms_type": "0x01", "gsm_a.rp.msg_type": "0x00", "gsm_sms.tp-mti": "1", "gsm_sms.tp-da": "491710760000",
                   "gsm_sms.destination_port": "16020"},
    "cp.data_down": {"gsm_a.rp.msg_type": "0x01", "gsm_sms.tp-mti": "0", "gsm_sms.tp-oa": "491710760000", "gsm_sms.destination_port": "16020",
                     "gsm_sms.scts.year": "26", "gsm_sms.scts.month": "11", "gsm_sms.scts.day": "28"},
    "cp.trigger_up": {"gsm_sms.tp-da": "491710760001", "gsm_sms.destination_port": "16021"},
    "cp.trigger_down": {"gsm_a.rp.msg_type": "0x01", "gsm_sms.tp-oa": "491710760001", "gsm_sms.destination_port": "16021", "gsm_sms.scts.year": "23",
                        "gsm_a.dtap.type_of_number": "0x03", "gsm_sms.tp.user_data_length": "140"},
    "cp.ack": {"gsm_a.dtap.msg_sms_type": "0x04"},
    "cp.error": {"gsm_a.dtap.msg_sms_type": "0x10"},
    "rp_ms.ack": {"gsm_a.rp.msg_type": "0x02"},
    "rp_network.error": {"gsm_a.rp.msg_type": "0x05"},
}


def main():
    if shutil.which("tshark") is None:
        print("sms_capture: skipped: no tshark")
        return 77
    found = []
    for section, record in gmm_capture.records("sms.txt"):
        octets = bytes.fromhex(record["octets"])
        name = record["message"]
        if section == "rp":  # inside a CP-DATA, as it travels
            octets = bytes([0x09, 0x01, len(octets)]) + octets
        elif section == "tpdu" and name.startswith(("sms_submit", "sms_deliver")):
            octets = relayed(name, octets)
        if section in ("mm", "cp", "rp", "tpdu"):
            found.append((name, octets))
    fields = sorted({f for e in EXPECTED.values() for f in e}) + gmm_capture.MUST_NOT
    seen = gmm_capture.decode([octets for _, octets in found], fields)
    check(len(found) == 38 and len(seen) == len(found), f"{len(found)} messages in sms.txt, {len(seen)} seen")
    for (name, _), s in zip(found, seen):
        check(not any(s[f] for f in gmm_capture.MUST_NOT), f"{name}: {s}")
        for field, value in EXPECTED.get(name, {}).items():
            check(value in s[field].split(","), f"{name}: {field} is {s[field]}, not {value}")
    return 0


def relayed(name, tpdu):
    """A TPDU in its RP and CP message."""
    centre = bytes.fromhex("0791947101670000")
    kind = name.split(".")[0]
    rp = {
        "sms_submit": bytes.fromhex("000100") + centre + bytes([len(tpdu)]) + tpdu,
        "sms_deliver": bytes.fromhex("0101") + centre + bytes([0, len(tpdu)]) + tpdu,
    }[kind]
    return bytes([0x09, 0x01, len(rp)]) + rp


if __name__ == "__main__":
    sys.exit(main())
