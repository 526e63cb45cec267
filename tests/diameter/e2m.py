#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Solution 1 between processes: HSS, HSE, EMKS, gateway and MME, each with our adapter. Keys are computed here from docs/keys.md, not by Godwit.
Where tshark is installed it reads what HSE and HSS said."""
import hashlib
import hmac
import os
import shutil
import struct
import sys
import tempfile

from capture import Relay, decode
from node import Node, check, run, vector

HSE, HSS, PGW = "hse.home.example", "hss.home.example", "pgw.home.example"
HOME, IMSI = "home.example", "001010000000005"
CONTAINER = "00f110010111" + "ab" * 30


def kdf(key, fc, *parameters):
    text = bytes.fromhex(fc) + b"".join(p + struct.pack(">H", len(p)) for p in (b"godwit1", *parameters))
    return hmac.new(key, text, hashlib.sha256).digest()


def keyset(given, agreement):
    right = vector(given["rand"], given["autn"])
    return kdf(bytes.fromhex(right["ck"] + right["ik"]), "ff02", bytes([agreement]), bytes.fromhex(given["autn"][:12]))


def k_session(e2m_keyset, generation):
    return kdf(e2m_keyset, "ff03", HSE.encode(), struct.pack(">I", generation)).hex()


def peer(identity, port=None, realm=HOME):
    return ["--peer", f"{identity},{realm}" + (f",127.0.0.1,{port}" if port else "")]


def hss(delivery, *options):
    return Node("hss", "--serve", "s6a,keys", "--e2m", delivery, "--hse", f"{HSE},{HOME}", *peer(HSE), *peer(PGW),
                *peer("mme.visited.example", realm="visited.example"), *options)


def hse(hss_port):
    return Node("hse", "--identity", HSE, "--serve", "hse", "--keys", "hss", "--hss", f"{HSS},{HOME}", *peer(HSS, hss_port), *peer(PGW))


def mme(hss_port, *options):
    node = Node("mme", "--identity", "mme.visited.example", "--realm", "visited.example", "--hss", f"{HSS},{HOME}", "--keys", "hss",
                *peer(HSS, hss_port), *options)
    node.wait_open(HSS)
    return node


def pgw(hss_port, hse_port):
    node = Node("pgw", "--identity", PGW, "--hss", f"{HSS},{HOME}", "--hse", f"{HSE},{HOME}", "--keys", "hss", *peer(HSS, hss_port),
                *peer(HSE, hse_port))
    node.wait_open(HSS)
    node.wait_open(HSE)
    return node


def stop(*nodes):
    for node in nodes:
        node.stop()


def fields(line):
    return dict(word.split("=", 1) for word in line.split()[1:])


def c_the_hse_pulls():
    home = hss("c")
    with tempfile.TemporaryDirectory(prefix="godwit-e2m-") as folder:
        path = os.path.join(folder, "ek.pcap")
        end = hse(Relay(home.port, path).port)
        end.wait_open(HSS)
        gateway, visited = pgw(home.port, end.port), mme(home.port, "--aware", "1")
        eps = visited.ask(f"air eutran {IMSI} 002-02")
        check(eps["e2m"] == "1" and eps["policy"] == "12" and eps["autn"][12:16] == "8080", f"a flagged vector: {eps}")
        check(eps["kasme"] == vector(eps["rand"], eps["autn"], plmn="002-02")["kasme"], "KASME is that of every HSS")
        started = gateway.ask(f"bearer {IMSI} {eps['rand']} {CONTAINER}")
        check(started["status"] == "ok" and started["start"] == "112233", f"{started}")
        seen = fields(end.out.next("bearer"))
        check(seen["selector"] == eps["rand"] and seen["container"] == CONTAINER and seen["teid"] == "77" and seen["suites"] == "257", f"{seen}")
        key = end.ask(f"pull {IMSI} {eps['rand']}")
        check(key["status"] == "ok" and key["agreement"] == "2" and key["k_session"] == k_session(keyset(eps, 2), 1), f"{key}")
        check(end.ask(f"park {IMSI} {key['key_set']} 1 9")["status"] == "ok", "it parks")
        again = end.ask(f"pull {IMSI} {eps['rand']}")
        check(again["parked"] == "1" and again["count"] == "9" and again["k_session"] == key["k_session"], f"lives again: {again}")
        check(end.ask(f"pull {IMSI} {eps['rand']}")["generation"] == "2", "and only once")
        check(end.ask(f"pull {IMSI} {'00' * 16}")["status"] == "unknown_key", "a RAND that nobody was given")
        check(visited.ask(f"pull {IMSI} {eps['rand']}")["status"] == "not_entitled", "the MME knows RAND and IMSI, and gets no key")
        check(visited.ask(f"activation {IMSI} {eps['rand']}")["status"] == "ok", "nothing is to be done for an activation")
        stop(gateway, visited, end, home)
        if shutil.which("tshark"):
            messages = decode(path)
            ek = [m for m in messages if m["diameter.applicationId"] == str(0x474F4401)]
            check(len(ek) == 10, f"{len(ek)} messages of Ek, not 10")
            for m in messages:
                check(not m["_ws.malformed"] and not m["diameter.avp.invalid-data"] and not m["diameter.avp.invalid-len"], f"malformed: {m}")
            check(ek[0]["diameter.RAND"] == eps["rand"] and ek[0]["diameter.User-Name"] == IMSI, f"{ek[0]}")


def umts_vectors_carry_the_primes():
    home = hss("c")
    end, visited = hse(home.port), mme(home.port)
    end.wait_open(HSS)
    umts = visited.ask(f"air utran {IMSI} 002-02")
    check(umts["autn"][12:16] == "0080", f"flagged without an MME that knows: {umts}")
    right = vector(umts["rand"], umts["autn"])
    prime = kdf(bytes.fromhex(right["ck"] + right["ik"]), "ff01", bytes.fromhex(umts["autn"][:12])).hex()
    check(umts["ck"] + umts["ik"] == prime, "CK', IK'")
    key = end.ask(f"pull {IMSI} {umts['rand']}")
    check(key["agreement"] == "1" and key["k_session"] == k_session(keyset(umts, 1), 1), f"{key}")
    plain = visited.ask("air utran 001010000000001 002-02")
    check(plain["autn"][12:16] == "0000" and plain["e2m"] == "0", f"not capable: {plain}")
    stop(visited, end, home)


def a_the_key_is_pushed_with_the_vector():
    home = hss("a")
    end, visited = hse(home.port), mme(home.port)
    end.wait_open(HSS)
    eps = visited.ask(f"air eutran {IMSI} 002-02")
    push = fields(end.out.next("push"))
    check(push["rand"] == eps["rand"] and push["generation"] == "1" and push["endpoint"] == HSE, f"{push}")
    check(push["k_session"] == k_session(keyset(eps, 2), 1), "K_session of generation 1")
    stop(visited, end, home)


def b_the_key_is_pushed_at_activation():
    home = hss("b")
    end = hse(home.port)
    end.wait_open(HSS)
    gateway, visited = pgw(home.port, end.port), mme(home.port)
    eps = visited.ask(f"air eutran {IMSI} 002-02")
    check(visited.ask(f"activation {IMSI} {eps['rand']}")["status"] == "not_entitled", "an MME is no gateway")
    check(end.ask(f"pull {IMSI} {eps['rand']}")["status"] == "unknown_key", "nothing before the activation")
    check(gateway.ask(f"activation {IMSI} {'00' * 16}")["status"] == "unknown_key", "another RAND")
    check(gateway.ask(f"activation {IMSI} {eps['rand']}")["status"] == "ok", "activation")
    push = end.out.next("push")
    check(fields(push)["k_session"] == k_session(keyset(eps, 2), 1), push)
    check(len([line for line in end.out.all if line.startswith("push")]) == 1, "it is pushed once")
    stop(visited, gateway, end, home)


def d_the_key_set_goes_to_the_emks():
    home = hss("d", "--emks", f"emks.home.example,{HOME}", *peer("emks.home.example"))
    emks = Node("emks", "--identity", "emks.home.example", "--serve", "ek", *peer(HSS, home.port))
    emks.wait_open(HSS)
    end, visited = hse(home.port), mme(home.port)
    end.wait_open(HSS)
    eps = visited.ask(f"air eutran {IMSI} 002-02")
    pushed = fields(emks.out.next("key-set"))
    check(pushed["rand"] == eps["rand"] and pushed["e2m_keyset"] == keyset(eps, 2).hex(), f"{pushed}")
    check(end.ask(f"pull {IMSI} {eps['rand']}")["status"] == "unknown_key", "the HSS owns it no more")
    check(not any("push" in line or "key-set" in line for line in end.out.all), "nothing went to the HSE")
    stop(visited, end, emks, home)


def what_is_not_served_is_refused():
    home = hss("c")
    end = hse(home.port)
    end.wait_open(HSS)
    other = Node("other", "--identity", PGW, "--hse", f"{HSS},{HOME}", "--hss", f"{HSS},{HOME}", *peer(HSS, home.port))
    other.wait_open(HSS)
    check(other.ask(f"bearer {IMSI} {'00' * 16} {CONTAINER}")["status"] == "internal", "there is no HSE there")
    check(home.counters()["refused"] == 1, "it was refused before any function saw it")
    stop(other, end, home)


if __name__ == "__main__":
    sys.exit(run([c_the_hse_pulls, umts_vectors_carry_the_primes, a_the_key_is_pushed_with_the_vector, b_the_key_is_pushed_at_activation,
                  d_the_key_set_goes_to_the_emks, what_is_not_served_is_refused]))
