#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Protection end to end between processes, each with our adapter: HSE and EESE, EESE and HSS. K_e2e is computed here from docs/keys.md, not by Godwit. Where
tshark is installed it reads what was said."""
import os
import shutil
import struct
import sys
import tempfile

from capture import Relay, decode
from e2m import HOME, HSE, HSS, IMSI, fields, kdf, keyset, mme, peer, stop
from node import Node, check, run

EESE, EAS = "eese.home.example", "eas.meters.example"
PROTECTED = ["--link-protected", "IPsec"]


def k_e2e(e2m_keyset, age, eas=EAS):
    return kdf(e2m_keyset, "ff04", eas.encode(), struct.pack(">I", age)).hex()


def hss(*options):
    return Node("hss", "--serve", "s6a,keys", "--e2m", "c", *peer(HSE), *peer(EESE), *peer("mme.visited.example", realm="visited.example"), *options)


def eese(*options):
    return Node("eese", "--identity", EESE, "--serve", "eese", "--keys", "hss", "--hss", f"{HSS},{HOME}", *options)


def the_hse_asks_and_is_told():
    with tempfile.TemporaryDirectory(prefix="godwit-e2e-") as folder:
        path = os.path.join(folder, "ek.pcap")
        server = eese(*peer(HSE), *peer("hse.other.example"))
        end = Node("hse", "--identity", HSE, "--eese", f"{EESE},{HOME}", *peer(EESE, Relay(server.port, path).port))
        other = Node("other", "--identity", "hse.other.example", "--eese", f"{EESE},{HOME}", *peer(EESE, server.port))
        end.wait_open(EESE)
        other.wait_open(EESE)
        answer = end.ask(f"e2e-session 1 {IMSI} {EAS}")
        check(answer["status"] == "ok" and answer["terms"] == "3/1/2/5/3600/7", f"{answer}")
        seen = fields(server.out.next("session"))
        check(seen == {"event": "1", "imsi": IMSI, "hse": HSE, "session": "9", "eas": EAS, "agreement": "3", "key_set": "77", "service": "3",
                       "suites": "15", "age": "4"}, f"{seen}")
        check(server.ask(f"e2e-renew 1 {IMSI} {HSE} {EAS}")["status"] == "ok", "a new age")
        check(fields(end.out.next("renew"))["terms"] == "2/6/3/5/60/0", "with its terms")
        check(server.ask(f"e2e-renew 3 {IMSI} hse.other.example {EAS}")["status"] == "ok", "the end, to another HSE")
        seen = fields(other.out.next("renew"))
        check(seen["what"] == "3" and seen["terms"] == "0/0/0/0/0/0", f"{seen}")
        check(not [line for line in end.out.all if "what=3" in line], "and to nobody else")
        check(server.ask(f"e2e-renew 1 {IMSI} hse.nowhere.example {EAS}")["status"] != "ok", "a HSE that is not there")
        stop(end, other, server)
        if shutil.which("tshark"):
            # What is for a HSE that is not there goes to either of the two, as the stack draws it, and is dropped.
            messages = [m for m in decode(path) if m["diameter.applicationId"] == str(0x474F4401) and m["diameter.Destination-Host"] != "hse.nowhere.example"]
            check(len(messages) == 4, f"{len(messages)} messages of Ek, not 4")
            for m in messages:
                check(not m["_ws.malformed"] and not m["diameter.avp.invalid-data"] and not m["diameter.avp.invalid-len"], f"malformed: {m}")
            check(messages[0]["diameter.User-Name"] == IMSI and messages[0]["diameter.Destination-Host"] == EESE, f"{messages[0]}")


def key_set_of(home, end, visited):
    """A flagged vector, and the number of its key set, which the HSE learns."""
    eps = visited.ask(f"air eutran {IMSI} 002-02")
    return keyset(eps, 2), end.ask(f"pull {IMSI} {eps['rand']}")["key_set"]


def the_owner_gives_keys_to_the_eese_over_a_protected_way_alone():
    home = hss("--link-protected", "IPsec")
    end = Node("hse", "--identity", HSE, "--keys", "hss", "--hss", f"{HSS},{HOME}", *peer(HSS, home.port), *PROTECTED)
    visited = mme(home.port, *PROTECTED)
    server = eese(*peer(HSS, home.port), *PROTECTED)
    end.wait_open(HSS)
    server.wait_open(HSS)
    root, number = key_set_of(home, end, visited)
    for age in (1, 2):
        key = server.ask(f"e2e-key {IMSI} 2 {number} {EAS} 0")
        check(key["status"] == "ok" and key["age"] == str(age) and key["k_e2e"] == k_e2e(root, age), f"{key}")
    key = server.ask(f"e2e-key {IMSI} 2 {number} eas.tanks.example 6")
    check(key["age"] == "7" and key["k_e2e"] == k_e2e(root, 7, "eas.tanks.example"), f"{key}")
    check(server.ask(f"e2e-key {IMSI} 2 {int(number) + 1} {EAS} 0")["status"] == "unknown_key", "a key set that is not there")
    for stranger in (end, visited):
        refused = stranger.ask(f"e2e-key {IMSI} 2 {number} {EAS} 0")
        check(refused["status"] == "not_entitled" and refused["age"] == "0" and refused["k_e2e"] == "00" * 32, f"no EESE: {refused}")
    stop(end, visited, server, home)


def over_an_open_way_there_is_none():
    home = hss()
    end = Node("hse", "--identity", HSE, "--keys", "hss", "--hss", f"{HSS},{HOME}", *peer(HSS, home.port))
    visited, server = mme(home.port), eese(*peer(HSS, home.port))
    end.wait_open(HSS)
    server.wait_open(HSS)
    _, number = key_set_of(home, end, visited)
    key = server.ask(f"e2e-key {IMSI} 2 {number} {EAS} 0")
    check(key["status"] == "not_entitled" and key["k_e2e"] == "00" * 32, f"{key}")
    stop(end, visited, server, home)


if __name__ == "__main__":
    sys.exit(run([the_hse_asks_and_is_told, the_owner_gives_keys_to_the_eese_over_a_protected_way_alone, over_an_open_way_there_is_none]))
