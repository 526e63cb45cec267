#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Zh and Zn of godwitd against erlang-diameter, whose strict codec is client and server of both; and as tshark reads them: nothing malformed."""
import base64
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "peer"), os.path.join(HERE, "..", "daemon")]
import capture  # noqa: E402  (found through the line above)
from node import Beam, check, free_port, need, run  # noqa: E402
import aka  # noqa: E402
import naf  # noqa: E402
from sender import IMSI, K, OPC  # noqa: E402
from ub import Client, header, impi_of, ks_naf, parameters  # noqa: E402

REALM = naf.REALM


class Erlang(Beam):
    module, dictionaries = "gaa_peer", ("zh", "zn")


class Case:
    """What naf.Network wants of a test case."""

    def __init__(self):
        self.daemons = []

    def enterContext(self, daemon):  # noqa: N802  (the name is unittest's)
        self.daemons.append(daemon)
        return daemon

    def close(self):
        for daemon in self.daemons:
            daemon.__exit__()


def with_network(test):
    def wrapped():
        case = Case()
        try:
            test(case)
        finally:
            case.close()
    wrapped.__name__ = test.__name__
    return wrapped


@with_network
def erlang_as_bsf_asks_our_hss(case):
    network = naf.Network(case, bsfs=f"[bsf.{REALM}, erlang.{REALM}]", hss_peers=[naf.peer("erlang"), naf.peer("stranger")])
    bsf = Erlang("client", f"erlang.{REALM}", REALM, network.ports["hss"], "zh")
    impi = impi_of(IMSI)
    got = bsf.answer(f"mar {impi}")
    check(got["errors"] == "0" and got["result"] == "2001", f"{got}")
    octets = bytes.fromhex(got["authenticate"])
    rand, autn = octets[:16], octets[16:]
    usim = aka.Usim(K, OPC, IMSI)
    taken = usim.authenticate(rand, autn)
    check(autn[6:8] == bytes(2), "the separation bit is 0")
    check((taken.res.hex(), taken.ck.hex(), taken.ik.hex()) == (got["authorization"], got["ck"], got["ik"]), f"{got}")
    usim.seq = [100000] * 32
    got = bsf.answer(f"mar {impi}")
    octets = bytes.fromhex(got["authenticate"])
    try:
        usim.authenticate(octets[:16], octets[16:])
        check(False, "the card is not ahead")
    except aka.SyncFailure as failure:
        auts = failure.auts
    wrong = bytes([auts[0] ^ 1]) + auts[1:]
    check(bsf.answer(f"mar {impi} {octets[:16].hex()}{wrong.hex()}")["result"] == "4001", "a wrong AUTS")
    got = bsf.answer(f"mar {impi} {octets[:16].hex()}{auts.hex()}")
    octets = bytes.fromhex(got["authenticate"])
    usim.authenticate(octets[:16], octets[16:])
    check(bsf.answer("mar " + impi_of("001010123456700"))["result"] == "10415/5401", "an unknown IMPI")
    check(bsf.answer(f"mar {IMSI}@ims.mnc002.mcc001.3gppnetwork.org")["result"] == "10415/5401", "an IMPI of another network")
    bsf.stop()
    stranger = Erlang("client", f"stranger.{REALM}", REALM, network.ports["hss"], "zh")
    check(stranger.answer(f"mar {impi}")["result"] == "10415/5402", "a BSF that is not listed")
    stranger.stop()


@with_network
def erlang_as_naf_asks_our_bsf(case):
    network = naf.Network(case, tool=f"erlang.{REALM}")
    client = network.bootstrap()
    asker = Erlang("client", f"erlang.{REALM}", REALM, network.ports["bsf"], "zn")
    naf_id = naf.NAF.encode() + naf.HTTP_DIGEST
    got = asker.answer(f"bir {client.b_tid} {naf_id.hex()}")
    check(got["errors"] == "0" and got["result"] == "2001", f"{got}")
    check(got["me"] == ks_naf(client.ks, client.rand, client.impi, naf_id).hex(), "Ks_NAF")
    check(got["impi"] == client.impi and int(got["expires"]) == int(client.expires.timestamp()), f"{got}")
    check(int(got["created"]) <= int(got["expires"]), f"{got}")
    other = b"other.example" + naf.HTTP_DIGEST
    check(asker.answer(f"bir {client.b_tid} {other.hex()}")["result"] == "10415/5402", "another NAF's name")
    check(asker.answer(f"bir AAAAAAAAAAAAAAAAAAAAAA==@{naf.BSF} {naf_id.hex()}")["result"] == "10415/5403", "an unknown B-TID")
    asker.stop()


@with_network
def erlang_as_hss_answers_our_bsf(case):
    port = free_port()
    server = Erlang("server", f"hss.{REALM}", REALM, port, "zh")
    server.out.next("ready")
    network = naf.Network(case, via={"hss": port}, without=("hss", "naf"))
    client = Client(network.bsf.address("ub-http"), naf.BSF, impi_of(IMSI))
    challenge = client.challenge()
    request = server.out.next("request")
    check("errors=[]" in request and f"impi={impi_of(IMSI)}" in request, request)
    counted = bytes(range(16, 48))
    check(base64.b64decode(challenge["nonce"])[:32] == counted, f"RAND and AUTN as erlang gave them: {challenge}")
    a = client.answer(challenge, bytes(range(64, 72)))
    code, _, body = client.get(header(a))
    check(code == 200 and b"<btid>" in body, f"RES as erlang gave it: {code}")
    a = client.answer(parameters(client.first()[1]["WWW-Authenticate"]), b"", auts="AAECAwQFBgcICQoLDA0=")
    client.get(header(a))
    for _ in range(3):
        request = server.out.next("request")
        if "resync=" + counted[:16].hex() in request:
            break
    check("errors=[]" in request and "resync=" + counted[:16].hex() + bytes(range(14)).hex() in request, request)
    server.stop()


@with_network
def erlang_as_bsf_answers_our_naf(case):
    port = free_port()
    server = Erlang("server", f"bsf.{REALM}", REALM, port, "zn")
    server.out.next("ready")
    network = naf.Network(case, via={"bsf": port}, without=("hss", "bsf"))
    host, psk = network.psk["tls"]
    for b_tid, good in ((f"EBESExQVFhcYGRobHB0eHw==@{naf.BSF}", True), (f"AAAAAAAAAAAAAAAAAAAAAA==@{naf.BSF}", False),
                        (f"BBBBAAAAAAAAAAAAAAAAAA==@{naf.BSF}", False)):
        done = subprocess.Popen(["openssl", "s_client", "-connect", f"{host}:{psk}", "-tls1_3", "-psk", bytes(range(64, 96)).hex(), "-psk_identity", b_tid,
                                 "-quiet"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        done.stdin.write(b"20.5\n")
        done.stdin.flush()
        check((done.stdout.readline() == b"20.5\n") == good, f"{b_tid}")
        done.kill()
        done.communicate()
        request = server.out.next("request")
        naf_id = (naf.NAF.encode() + naf.TLS_1_3).hex()
        check("errors=[]" in request and f"b_tid={b_tid}" in request and f"naf_id={naf_id}" in request, request)
    server.stop()


@with_network
def tshark_reads_both(case):
    need("tshark")
    with tempfile.TemporaryDirectory() as folder:
        ports = {"hss": free_port(), "bsf": free_port()}
        relays = {name: capture.Relay(ports[name], os.path.join(folder, name)) for name in ports}
        network = naf.Network(case, ports=ports, via={name: relay.port for name, relay in relays.items()})
        client = network.bootstrap()
        subprocess.run(["curl", "-sS", "--digest", "-u", f"{client.b_tid}:x", "--connect-to", f"{naf.NAF}:80:127.0.0.1:{network.naf.address('naf-http')[1]}",
                        f"http://{naf.NAF}/"], check=True, capture_output=True)
        for name, code, application in (("hss", "303", "16777221"), ("bsf", "310", "16777220")):
            messages = capture.decode(os.path.join(folder, name))
            ours = [m for m in messages if m["diameter.cmd.code"] == code]
            check([m["diameter.flags.request"] for m in ours] in (["1", "0"], ["True", "False"]), f"{name}: {ours}")
            for m in messages:
                check(not any(m[field] for field in ("diameter.avp.unknown", "_ws.malformed", "diameter.avp.invalid-data", "diameter.avp.invalid-len")),
                      f"{name}: {m}")
            check(all(m["diameter.applicationId"] == application for m in ours), f"{name}: {ours}")
            check(ours[-1]["diameter.Result-Code"] == "2001", f"{name}: {ours}")


if __name__ == "__main__":
    sys.exit(run([erlang_as_bsf_asks_our_hss, erlang_as_naf_asks_our_bsf, erlang_as_hss_answers_our_bsf, erlang_as_bsf_answers_our_naf,
                  tshark_reads_both]))
