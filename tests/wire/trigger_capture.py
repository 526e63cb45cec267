#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every message of tests/vectors/tsp.txt and t4.txt, which are the octets that core/wire builds (test_wire_tsp, test_wire_t4), as tshark reads it: application and
command by name, no AVP of 3GPP unknown, nothing malformed."""
import re
import shutil
import sys

import gmm_capture
from gmm_capture import check
from sgd_capture import decode

WANTED = {"tsp": ("16777309", {"da": "8388639", "dn": "8388640"}, "3GPP Tsp"), "t4": ("16777311", {"dt": "8388643", "dr": "8388644"}, "3GPP T4")}
OURS = {"41", "46", "47"}  # Trigger-Container, Node-Host, Node-Realm


def main():
    if shutil.which("tshark") is None:
        print("trigger_capture: skipped: no tshark")
        return 77
    for name, (application, commands, title) in WANTED.items():
        found = [r for _, r in gmm_capture.records(f"{name}.txt")]
        seen, tree = decode([bytes.fromhex(r["octets"]) for r in found])
        check(len(seen) == len(found) > 7, f"{len(seen)} of {len(found)} messages")
        for r, s in zip(found, seen):
            check(s["diameter.cmd.code"] == commands[r["message"][:2]] and application in s["diameter.applicationId"], f"{r['message']}: {s}")
            check(not s["_ws.malformed"], f"{r['message']}: {s}")
        unknown = set(re.findall(r"AVP: Unknown\((\d+)\)", tree))
        check(unknown <= OURS and title in tree, f"{name}: tshark does not know {unknown}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
