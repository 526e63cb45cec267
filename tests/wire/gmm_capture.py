#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every message of tests/vectors/gmm-sm.txt, which are the octets that core/wire builds (test_wire_gmm), as tshark's gsm_a_dtap reads it: nothing
malformed, the right name, the right values. The link type is USER0 (147): no RANAP is made here."""
import os
import shutil
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
GMM, SM = "gsm_a.dtap.msg_gmm_type", "gsm_a.dtap.msg_sm_type"
FIELDS = [GMM, SM, "e212.imsi", "3gpp.tmsi", "gsm_a.gm.gmm.cause", "gsm_a.gm.sm.cause", "gsm_a.dtap.rand", "gsm_a.dtap.autn",
          "gsm_a.dtap.xres", "gsm_a.dtap.sres", "gsm_a.dtap.auts", "gsm_a.gm.sm.pdp_type_org", "gsm_a.gm.sm.pdp_type_number", "gsm_a.gm.sm.apn", "gsm_a.lac",
          "gsm_a.gm.gmm.type_of_detach"]
MUST_NOT = ["_ws.malformed", "_ws.expert.group"]


def records(name="gmm-sm.txt"):
    section, record, found = None, {}, []
    with open(os.path.join(ROOT, "tests", "vectors", name), encoding="utf-8") as lines:
        for line in [*lines, ""]:
            line = line.strip()
            if line.startswith("["):
                section = line[1:-1]
            elif " = " in line:
                name, value = line.split(" = ", 1)
                record[name] = value
            elif not line and record:
                found.append((section, record))
                record = {}
    return found


def decode(messages, fields):
    with tempfile.TemporaryDirectory(prefix="godwit-gmm-") as folder:
        path = os.path.join(folder, "gmm.pcap")
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 147))
            for number, octets in enumerate(messages):
                file.write(struct.pack("<IIII", number, 0, len(octets), len(octets)) + octets)
        command = ["tshark", "-r", path, "-o", 'uat:user_dlts:"User 0 (DLT=147)","gsm_a_dtap","0","","0",""',
                   "-T", "fields", "-E", "separator=|", "-E", "occurrence=a"]
        for field in fields:
            command += ["-e", field]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        check(done.returncode == 0, f"tshark: {done.stderr}")
    return [dict(zip(fields, line.split("|"))) for line in done.stdout.splitlines()]


def check(holds, what):
    if not holds:
        raise SystemExit(f"gmm_capture: {what}")


RAND, AUTN = "23553cbe9637a89d218ae64dae47bf35", "55f328b43577b9b94a9ffac354dfafb3"
EXPECTED = {
    "gmm_attach_request": {"e212.imsi": "001010123456789"},
    "gmm_attach_request.p_tmsi": {"3gpp.tmsi": "3221225473", "gsm_a.lac": "0x1234"},
    "gmm_attach_accept": {"3gpp.tmsi": "3221225473", "gsm_a.lac": "0x1234"},
    "gmm_attach_reject": {"gsm_a.gm.gmm.cause": "15"},
    "gmm_detach_request_ms": {"3gpp.tmsi": "3221225473"},
    "gmm_authentication_request": {"gsm_a.dtap.rand": RAND, "gsm_a.dtap.autn": AUTN},
    "gmm_authentication_failure": {"gsm_a.gm.gmm.cause": "21", "gsm_a.dtap.auts": "a0a1a2a3a4a5a6a7a8a9aaabacad"},
    "gmm_identity_response": {"e212.imsi": "001010123456789"},
    "gmm_service_request": {"3gpp.tmsi": "3221225473"},
    "gmm_service_reject": {"gsm_a.gm.gmm.cause": "9"},
    "sm_activate_request": {"gsm_a.gm.sm.pdp_type_org": "0", "gsm_a.gm.sm.pdp_type_number": "2", "gsm_a.gm.sm.apn": "e2m"},
    "sm_activate_reject": {"gsm_a.gm.sm.cause": "27"},
    "sm_deactivate_request": {"gsm_a.gm.sm.cause": "36"},
    "sm_modify_reject": {"gsm_a.gm.sm.cause": "38"},
}


def main():
    if shutil.which("tshark") is None:
        print("gmm_capture: skipped: no tshark")
        return 77
    known = set(subprocess.run(["tshark", "-G", "fields"], capture_output=True, text=True, check=True).stdout.split("\t"))
    fields = [f for f in FIELDS if f in known] + MUST_NOT
    for needed in {f for e in EXPECTED.values() for f in e}:
        check(needed in fields, f"this tshark has no field {needed}")
    found = [(section, r) for section, r in records() if section in ("gmm", "sm", "next", "tolerated")]
    seen = decode([bytes.fromhex(r["octets"]) for _, r in found], fields)
    check(len(found) == 56 and len(seen) == len(found), f"{len(found)} messages in gmm-sm.txt, {len(seen)} seen")
    for (section, r), s in zip(found, seen):
        octets = bytes.fromhex(r["octets"])
        name = r["message"]
        # Elements out of order, as "tolerated" has them, and those of the next session, are extraneous to tshark; malformed is none.
        check(not any(s[f] for f in (MUST_NOT if section in ("gmm", "sm") else MUST_NOT[:1])), f"{section} {name}: {s}")
        got = s[GMM if name.startswith("gmm") else SM]
        check(got.lower() == f"0x{octets[1]:02x}", f"{section} {name}: {s}")
        for field, value in EXPECTED.get(name, {}).items() if section in ("gmm", "sm") else ():
            check(value in s[field].split(","), f"{section} {name}: {field} is {s[field]}, not {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
