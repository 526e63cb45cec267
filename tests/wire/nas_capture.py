#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every message of tests/vectors/nas.txt, which are the octets that core/wire builds (test_wire_nas), as tshark's nas-eps reads it: nothing
malformed, the right name, the right values. The link type is USER0 (147): no S1AP is made here."""
import os
import shutil
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
EMM = "nas_eps.nas_msg_emm_type"
ESM = "nas_eps.nas_msg_esm_type"
FIELDS = [EMM, ESM, "e212.imsi", "nas_eps.emm.m_tmsi", "nas_eps.emm.toc", "nas_eps.emm.toi", "nas_eps.emm.cause", "nas_eps.esm.cause",
          "gsm_a.dtap.rand", "gsm_a.dtap.autn", "nas_eps.emm.res", "gsm_a.dtap.auts", "nas_eps.seq_no", "nas_eps.security_header_type",
          "nas_eps.esm.user_data_cont", "nas_eps.bearer_id"]
MUST_NOT = ["_ws.malformed", "_ws.expert.group"]


def records():
    section, record, found = None, {}, []
    with open(os.path.join(ROOT, "tests", "vectors", "nas.txt"), encoding="utf-8") as lines:
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


def decode(messages):
    with tempfile.TemporaryDirectory(prefix="godwit-nas-") as folder:
        path = os.path.join(folder, "nas.pcap")
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 147))
            for number, octets in enumerate(messages):
                file.write(struct.pack("<IIII", number, 0, len(octets), len(octets)) + octets)
        command = ["tshark", "-r", path, "-o", 'uat:user_dlts:"User 0 (DLT=147)","nas-eps","0","","0",""', "-o", "nas-eps.null_decipher:TRUE",
                   "-T", "fields", "-E", "separator=|", "-E", "occurrence=a"]
        for field in FIELDS + MUST_NOT:
            command += ["-e", field]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [dict(zip(FIELDS + MUST_NOT, line.split("|"))) for line in done.stdout.splitlines()]


def check(holds, what):
    if not holds:
        raise SystemExit(f"nas_capture: {what}")


# Elements of contribution 000 and of device triggering, which tshark calls extraneous; the message before them it must still read.
OURS = ("attach_request_next", "attach_request_next_nas", "attach_request_next_sms", "attach_accept_next", "network_detach_next", "detach_accept_next",
        "information", "attach_next", "attach_next_nas", "attach_next_sms",
        "security_mode_command_trigger", "security_mode_complete_trigger", "smc_trigger", "smc_complete_trigger")


def must_not(section, name):
    return MUST_NOT[:1] if section != "esm" and name in OURS else MUST_NOT


WRAPPER = bytes.fromhex("270000000000")
EXPECTED = {
    ("emm", "attach_request"): {"e212.imsi": "001010123456789", ESM: "0xd0"},
    ("emm", "attach_request_guti"): {"nas_eps.emm.m_tmsi": "3221225473"},
    ("emm", "attach_accept"): {"nas_eps.emm.m_tmsi": "3221225473", ESM: "0xc1"},
    ("emm", "attach_request_next"): {"nas_eps.emm.m_tmsi": "3221225473", ESM: "0xd0"},
    ("emm", "attach_accept_next"): {"nas_eps.emm.m_tmsi": "3221225473", ESM: "0xc1"},
    ("emm", "attach_reject"): {"nas_eps.emm.cause": "3"},
    ("emm", "attach_reject_esm"): {"nas_eps.emm.cause": "19", "nas_eps.esm.cause": "27"},
    ("emm", "network_detach"): {"nas_eps.emm.cause": "7"},
    ("emm", "authentication_request"): {"gsm_a.dtap.rand": "23553cbe9637a89d218ae64dae47bf35", "gsm_a.dtap.autn": "55f328b43577b9b94a9ffac354dfafb3"},
    ("emm", "authentication_response"): {"nas_eps.emm.res": "a54211d5e3ba50bf"},
    ("emm", "authentication_failure"): {"nas_eps.emm.cause": "21", "gsm_a.dtap.auts": "a0a1a2a3a4a5a6a7a8a9aaabacad"},
    ("emm", "security_mode_command"): {"nas_eps.emm.toc": "2", "nas_eps.emm.toi": "2"},
    ("emm", "cp_service_request"): {ESM: "0xeb"},
    ("esm", "data_transport"): {"nas_eps.bearer_id": "5"},
    ("esm", "modify_reject"): {"nas_eps.esm.cause": "31"},
}


def main():
    if shutil.which("tshark") is None:
        print("nas_capture: skipped: no tshark")
        return 77
    found = [(section, r) for section, r in records() if section in ("emm", "esm", "secured")]
    check(len(found) == 69, f"{len(found)} messages in nas.txt, not 69")
    octets = [bytes.fromhex(r["octets"]) for _, r in found]
    # tshark has no keys: of the ciphered ones it sees the wrapper; so each also goes with its plain message in the wrapper (EEA0).
    wrapped = [(r, bytes.fromhex(r["octets"])[:6] + bytes.fromhex(r["plain"])) for section, r in found if section == "secured"]
    plain = [(section, r, o) for (section, r), o in zip(found, octets) if section != "secured"]
    # A plain ESM message never travels alone: it has a wrapper, here one without ciphering.
    seen = decode([o if section == "emm" else WRAPPER + o for section, _, o in plain] + [o for _, o in wrapped])
    check(len(seen) == len(plain) + len(wrapped), "tshark lost a packet")
    for (section, r, o), s in zip(plain, seen):
        name = r["message"]
        check(not any(s[f] for f in must_not(section, name)), f"{section} {name}: {s}")
        first = s[EMM if section == "emm" else ESM].split(",")[0]
        check(first == f"0x{o[1] if section == 'emm' else o[2]:02x}", f"{section} {name}: {s}")
        for field, value in EXPECTED.get((section, name), {}).items():
            check(value in s[field].split(","), f"{section} {name}: {field} is {s[field]}, not {value}")
    for (r, o), s in zip(wrapped, seen[len(plain):]):
        check(not any(s[f] for f in must_not("secured", r["message"])), f"secured {r['message']}: {s}")
        check(s["nas_eps.seq_no"] == str(o[5]) and s["nas_eps.security_header_type"].startswith(r["type"]), f"secured {r['message']}: {s}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
