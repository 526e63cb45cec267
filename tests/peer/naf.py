# SPDX-License-Identifier: Apache-2.0
"""HSS, BSF and NAF as three processes that talk Diameter, and devices of the test card that have bootstrapped."""
import os
import subprocess
import sys

import aka
from sender import GODWIT, IMSI, K, OPC, WAIT
from ub import Client, impi_of, ks_naf

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "daemon"))
from godwitd import Godwitd, free_port  # noqa: E402  (found through the line above)
from ports import wait_until_served  # noqa: E402,F401

REALM = "home.example"
BSF = "bsf.mnc001.mcc001.pub.3gppnetwork.org"
NAF = "naf.home.example"
HTTP_DIGEST, TLS_1_3, TLS_1_2 = bytes.fromhex("0100000002"), bytes.fromhex("0100000007"), bytes.fromhex("01000100a8")


def peer(name, port=None):
    address = f', address: "127.0.0.1:{port}"' if port else ""
    return f"{{identity: {name}.{REALM}, realm: {REALM}{address}}}"


def remote(name):
    return f"{{host: {name}.{REALM}, realm: {REALM}}}"


def configure(daemon, name, functions, port, peers, more):
    daemon.config = daemon.write("godwit.yaml", f"""identity: {name}.{REALM}
realm: {REALM}
functions: [{functions}]
store: {{path: {daemon.path("store.db")}, key_file: {daemon.path("store.key")}}}
log: {{level: debug}}
control: {{path: {daemon.path("control")}}}
diameter:
  listen: "127.0.0.1:{port}"
  timeout_ms: 30000
  peers: [{", ".join(peers)}]
{more}
""")


class Network:
    """more: what stands under naf: in the configuration of the NAF. via: where a process is looked for, if not at its own port."""

    def __init__(self, case, more="", nafs=None, bsf="", tool=None, bsfs=f"[bsf.{REALM}]", hss_peers=(), ports=None, via=None, without=()):
        self.hss, self.bsf, self.naf = (case.enterContext(Godwitd()) for _ in range(3))
        self.ports = {name: free_port() for name in ("hss", "bsf", "naf")} | (ports or {})
        at = self.ports | (via or {})
        nafs = nafs or f"[{{host: naf.{REALM}, names: [{NAF}]}}" + (f", {{host: {tool}, names: [{NAF}]}}" if tool else "") + "]"
        tools = [f"{{identity: {tool}, realm: {REALM}}}"] if tool else []
        configure(self.hss, "hss", "hss", self.ports["hss"], [peer("bsf"), *hss_peers], f"hss:\n  best_plmn: 001-01\n  bsfs: {bsfs}\n")
        configure(self.bsf, "bsf", "gba_bsf", self.ports["bsf"], [peer("hss", at["hss"]), peer("naf")] + tools,
                  f'gba_bsf:\n  plmn: 001-01\n  http: "127.0.0.1:0"\n  hss: {remote("hss")}\n  nafs: {nafs}\n{bsf}')
        configure(self.naf, "naf", "naf", self.ports["naf"], [peer("bsf", at["bsf"])],
                  f'naf:\n  names: [{NAF}]\n  http: "127.0.0.1:0"\n  psk_tls: "127.0.0.1:0"\n  psk_dtls: "127.0.0.1:0"\n'
                  f'  bsf: {remote("bsf")}\n  deliver: [{{kind: file, path: {self.naf.path("readings")}}}]\n{more}')
        subprocess.run([GODWIT, "sub", "add", "--imsi", IMSI, "--k", K.hex(), "--opc", OPC.hex(), "--store", self.hss.path("store.db"),
                        "--key-file", self.hss.path("store.key")], check=True, capture_output=True, timeout=WAIT)
        self.usim = aka.Usim(K, OPC, IMSI)
        for name, daemon in (("hss", self.hss), ("bsf", self.bsf), ("naf", self.naf)):
            if name not in without:
                daemon.start()
        for daemon, name, other in ((self.bsf, "bsf", "hss"), (self.naf, "naf", "bsf")):
            if name not in without:
                daemon.wait_log(f"connected with {other}.{REALM}")
        if "naf" not in without:
            host, doors = self.naf.ready["naf-psk"].rsplit(":", 1)
            self.psk = {"tls": (host, int(doors.split("/")[0])), "dtls": (host, int(doors.split("/")[1]))}

    def bootstrap(self):
        return Client(self.bsf.address("ub-http"), BSF, impi_of(IMSI), self.usim).bootstrap()


def key_of(client, protocol, name=NAF):
    return ks_naf(client.ks, client.rand, client.impi, name.encode() + protocol)
