# SPDX-License-Identifier: Apache-2.0
"""A mobile network of real processes: home (HSS, HSE, EMKS) and visited nodes as godwitd, each with an IPv4 address of its own in 127.0.0.0/8 for the
standard ports of GTP; devices are `godwit attach`."""
import signal

from whole import Device, Godwitd, cli, free_network, free_port, no_key_in, wait_for_readings
from wire import between_nodes

HOME, VISITED = "home.example", "visited.example"
HSE, HSS, EMKS, PGW = f"hse.{HOME}", f"hss.{HOME}", f"emks.{HOME}", f"pgw.{HOME}"
MME, SGSN = f"mme.{VISITED}", f"sgsn.{VISITED}"
IMSI = "001010000000001"


def peer(name, port=None):
    address = f', address: "127.0.0.1:{port}"' if port else ""
    return f"{{identity: {name}, realm: {name.split('.', 1)[1]}{address}}}"


class Network:
    """Nodes by name; start() in the order in which they were added."""

    def __init__(self):
        self.daemons, self.ports, self.addresses = {}, {}, {}
        self.former = {}  # how often one had connected with another before one of them was started again
        self.net = free_network()

    def address(self, name):
        return self.addresses.setdefault(name, f"{self.net}.{len(self.addresses) + 1}")

    def port(self, name):
        return self.ports.setdefault(name, free_port())

    def add(self, name, functions, peers, sections, keeps=False):
        """peers: names that connect to us, or (name,) that we connect to."""
        daemon = Godwitd()
        store = f"store: {{path: {daemon.path('store.db')}, key_file: {daemon.path('store.key')}}}\n" if keeps else ""
        listed = [peer(p[0], self.port(p[0])) if isinstance(p, tuple) else peer(p) for p in peers]
        diameter = f'diameter:\n  listen: "127.0.0.1:{self.port(name)}"\n  peers: [{", ".join(listed)}]\n' if peers else ""
        daemon.config = daemon.write("godwit.yaml", f"identity: {name}\nrealm: {name.split('.', 1)[1]}\nfunctions: [{functions}]\n{store}"
                                     f"log: {{level: debug}}\ncontrol: {{path: {daemon.path('control')}}}\n{diameter}{sections}")
        self.daemons[name] = daemon
        return daemon

    def start(self):
        for daemon in self.daemons.values():
            daemon.start()

    def wait_links(self, *pairs):
        """Each: who has connected with whom, since the last restart of either."""
        for one, other in pairs:
            self.daemons[one].wait_log(f"connected with {other}", self.former.get((one, other), 0) + 1)

    def restart(self, name, how=signal.SIGKILL, between=lambda: None):
        """Its log goes on where it was, so what it says of links says nothing of its new life."""
        self.daemons[name].stop(how)
        for one, other in [(name, other) for other in self.daemons] + [(one, name) for one in self.daemons]:
            self.former[one, other] = self.daemons[one].read("log").count(f"connected with {other}")
        between()
        self.daemons[name].start()

    def no_key_in_logs(self, case, device):
        no_key_in(case, device, *(daemon.read("log") for daemon in self.daemons.values()))

    def stop(self):
        for daemon in self.daemons.values():
            daemon.__exit__()

    # ---- what the nodes of these tests are ----

    def hss(self, delivery, peers, more=""):
        return self.add(HSS, "hss", peers, "hss:\n  best_plmn: 999-99\n  networks: [{realm: visited.example, plmn: 001-02}]\n"
                        f"  nodes: [{{host: {EMKS}, ind: 1, home: true}}]\n"
                        f"  e2m: {{delivery: {delivery}, endpoint: {HSE}, hse_realm: {HOME}{more}}}\n", keeps=True)

    def hse(self, source, peers, more="", emks="", agreements="access-eps, access-umts"):
        gtp = self.address(HSE)
        daemon = self.add(HSE, "hse", peers, f'hse:\n  listen: ["127.0.0.1:0"]\n  gtpu: "{gtp}:2152"\n  session_octets: 0\n{emks}'
                          f"  agreements: [{agreements}]\n  e2m: {{source: {source}, gateways: [{{host: {PGW}, address: {self.address(PGW)}}}]{more}}}\n",
                          keeps=True)
        text = daemon.read("godwit.yaml") + f"  deliver: [{{kind: file, path: {daemon.path('readings')}}}]\n"
        daemon.config = daemon.write("godwit.yaml", text)
        return daemon

    def emse(self, peers):
        """Solution 2: an HSE that devices reach by UDP, with keys of access AKA runs."""
        daemon = self.add(HSE, "hse", peers, f'hse:\n  listen: ["{self.address(HSE)}:7330"]\n  agreements: [access-eps, access-umts]\n'
                          f"  e2m: {{source: emks}}\n  emks: {{host: {EMKS}, realm: {HOME}}}\n", keeps=True)
        text = daemon.read("godwit.yaml") + f"  deliver: [{{kind: file, path: {daemon.path('readings')}}}]\n"
        daemon.config = daemon.write("godwit.yaml", text)
        return daemon

    def pgw(self, peers=((HSE,),), apns=None, more="", extra=""):
        e2m = f'{{name: iot.example, hse: "{self.address(HSE)}:2152", endpoint: {HSE}{more}}}'
        return self.add(PGW, "pgw", list(peers), f"pgw:\n  gtp: {self.address(PGW)}\n  home: 001-01\n  hse: {{host: {HSE}, realm: {HOME}}}\n"
                        f"  hss: {{host: {HSS}, realm: {HOME}}}\n  apns: [{apns or e2m}]\n{extra}")

    def mme(self, more="", extra=""):
        self.address("sgw")
        return self.add(MME, "mme, sgw", [(HSS,)], f'mme:\n  plmn: 001-02\n  radio: "{self.address(MME)}:7332"\n  gtp: {self.address(MME)}\n'
                        f"  sgw: {self.address('sgw')}\n  pgw: {self.address(PGW)}\n  apn: iot.example\n"
                        f"  hss: {{host: {HSS}, realm: {HOME}}}\n{extra}{more}sgw: {{gtp: {self.address('sgw')}}}\n")

    def sgsn(self, more=""):
        return self.add(SGSN, "sgsn", [(HSS,)], f'sgsn:\n  plmn: 001-02\n  radio: "{self.address(SGSN)}:7332"\n  gtp: {self.address(SGSN)}\n'
                        f"  apns: [{{ggsn: {self.address(PGW)}}}]\n  hss: {{host: {HSS}, realm: {HOME}}}\n{more}")


class Phone(Device):
    """A device that attaches. feature: what the HSS knows of it; a capable card is made with it."""

    def __init__(self, network, imsi=IMSI, feature="e2m-usim"):
        self.network = network
        super().__init__(network.daemons[HSS].directory, imsi)
        if feature == "e2m-usim":
            self.card += ".capable"
            cli.result("usim", "create", "--imsi", imsi, "--k", self.k, "--opc", self.opc, "--e2m", self.card)
        self.subscribe(network.daemons[HSS], *(["--feature", feature] if feature else []))

    def attach(self, access, *words):
        """(exit code, what it tells, standard error)"""
        node = MME if access == "eps" else SGSN
        code, out, error = cli.run("attach", "--json", "--imsi", self.imsi, "--usim", "soft:" + self.card, "--access", access, "--mme",
                                   f"{self.network.address(node)}:7332", "--serving-network", "001-02", "--apn", "iot.example",
                                   "--endpoint", HSE, "--best-plmn", "999-99", *words)
        return code, cli.json.loads(out) if out.strip() else {}, error


def capture(network):
    """Everything between the nodes."""
    return between_nodes(network, f"(net {network.net}.0/24 and udp)")


def check_every_message(case, wire):
    """What a device that attaches, is idle, modifies and detaches over both accesses makes its networks say."""
    if wire.captured():
        fields = ("gtp.message", "gtpv2.message_type", "diameter.cmd.code")
        seen = {(name, int(row[name].split(",")[0], 0)) for row in wire.rows(*fields) for name in fields if row[name]}
        wanted = {("gtpv2.message_type", kind) for kind in (32, 33, 68, 97, 98, 36, 37)}
        wanted |= {("gtp.message", kind) for kind in (16, 17, 18, 19, 20, 21, 255)} | {("diameter.cmd.code", 318)}
        case.assertLessEqual(wanted, seen)


__all__ = ["Network", "Phone", "capture", "check_every_message", "HSE", "HSS", "EMKS", "PGW", "MME", "SGSN", "HOME", "IMSI", "wait_for_readings", "cli"]
