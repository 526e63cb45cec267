#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every message of tests/vectors/s6m.txt, which are the octets that core/wire builds (test_wire_s6m), as tshark reads it: application and command by name, no
AVP unknown but those of ours, nothing malformed."""
import shutil
import sys

import gmm_capture
from gmm_capture import check
from sgd_capture import decode

NAMES = ("3GPP S6m", "External-Identifier", "SCS-Identity", "Service-Parameters", "SIR-Flags", "T4-Data", "Serving-Node", "Additional-Serving-Node", "MME-Name",
         "SGSN-Name", "ULR-Flags", "Skip-Subscriber-Data: Set", "S6a/S6d-Indicator: Set", "ULA-Flags", "RAT-Type", "EUTRAN (1004)", "Visited-PLMN-Id")
OURS = 0x474F4457


def main():
    if shutil.which("tshark") is None:
        print("s6m_capture: skipped: no tshark")
        return 77
    found = [r for _, r in gmm_capture.records("s6m.txt")]
    seen, tree = decode([bytes.fromhex(r["octets"]) for r in found])
    check(len(seen) == len(found) == 17, f"{len(seen)} of {len(found)} messages")
    for r, s in zip(found, seen):
        name = r["message"]
        update = name[0] == "u"
        check(s["diameter.cmd.code"] == ("316" if update else "8388641"), f"{name}: {s}")
        check(("16777251" if update else "16777310") in s["diameter.applicationId"], f"{name}: {s}")
        check(not s["_ws.malformed"], f"{name}: {s}")
    for name in NAMES:
        check(name in tree, f"tshark does not name {name}")
    unknown = [line for line in tree.splitlines() if "AVP: Unknown(" in line and f"vnd={OURS}" not in line]
    check(not unknown, f"unknown: {unknown[:3]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
