#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""godwitd as MTC-IWF and as HSS against erlang-diameter as SCS (Tsp) and SMS-SC (T4): a strict codec that nobody here wrote sends every action and judges
what comes back; what passes on Tsp, S6m and T4 is read by tshark."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "house"), os.path.join(HERE, "..", "daemon"), os.path.join(HERE, "..", "wire")]
from node import Lines, Node, check, free_port, need, run, skip  # noqa: E402  (found through the line above)
from whole import Device, Godwitd, cli  # noqa: E402
from make_sms_vectors import digits  # noqa: E402

IMSI, METER, MSISDN = "001010123456789", "meter-7@example.com", "491710000007"
HSS, IWF, SCS = "hss.home.example", "iwf.home.example", "scs.example.net"
NUMBER = "491710760001"
SUCCESS, INVPAYLOAD, INVEXTID, INVSCSID, NOTAUTHORIZED, RECALLFAIL = 0, 101, 102, 103, 105, 111


class Peer(Node):
    """trigger_peer.erl, compiled with its dictionaries into a folder of its own."""

    def __init__(self, port, host=SCS, files=()):
        need("erl", "erlc", "diameterc")
        self.folder = tempfile.TemporaryDirectory(prefix="godwit-erlang-")
        for command in (*(["diameterc", "-o", ".", os.path.join(HERE, f"godwit_{name}.dia")] for name in ("tsp", "t4")),
                        ["erlc", "godwit_tsp.erl", "godwit_t4.erl", os.path.join(HERE, "trigger_peer.erl")]):
            done = subprocess.run(command, cwd=self.folder.name, capture_output=True, text=True, check=False)
            if done.returncode != 0 and "erlang-dev" in done.stdout + done.stderr:
                skip("erlang-dev is not installed")
            check(done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}")
        self.process = subprocess.Popen(
            ["erl", "-noshell", "-pa", self.folder.name, "-kernel", "logger_level", "critical", "-eval",
             "trigger_peer:main(init:get_plain_arguments()).", "-extra", host, host.split(".", 1)[1], IWF, "home.example", str(port), *files],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1, errors="replace")
        Node.running.append(self)
        self.log, self.out, self.waiting = Lines(self.process.stderr, "erlang"), Lines(self.process.stdout, "erlang"), []

    def line(self, kind, seconds):
        """The next line of that kind; others wait for who asks for them."""
        end = time.monotonic() + seconds
        while not any(line.startswith(kind) for line in self.waiting):
            self.waiting.append(self.out.next("", max(0.01, end - time.monotonic())))
        found = next(line for line in self.waiting if line.startswith(kind))
        self.waiting.remove(found)
        return dict(word.split("=", 1) for word in found.split()[1:])

    def action(self, action, reference, old="-", device=METER, msisdn="-", scs=SCS, payload="77616b65", port=5683, priority=1, validity=600):
        """A DAR, and the Request-Status of its DAA."""
        self.say(f"dar {action} {reference} {old} {device} {msisdn} {scs} {payload} {port} {priority} {validity}")
        answer = self.line("answer", 40)
        check(answer["errors"] == "0" and answer["result"] == "2001", f"{answer}")
        check(answer["reference"] == str(reference) and answer["action"] == str(action), f"{answer}")
        return int(answer["status"])

    def next(self, kind, seconds=40):
        line = self.line(kind, seconds)
        check(line["errors"] == "0", f"the codec complains: {line}")
        return line

    def report(self, outcome, reference):
        self.say(f"drr {IMSI} {SMEA.hex()} {outcome} {reference}")
        return self.line("answer", 30)["result"]

    def stop(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.folder.cleanup()


SMEA = bytes([len(NUMBER), 0x91]) + digits(NUMBER)


class House:
    """HSS and MTC-IWF, each a godwitd, and a device that a SCS may trigger."""

    def __init__(self, iwf, peers=f"{{identity: {SCS}, realm: example.net}}", protected='link_protected: "this test"', hss=""):
        self.ports = {HSS: free_port(), IWF: free_port()}
        self.hss, self.iwf = Godwitd(), Godwitd()
        protected = protected if callable(protected) else lambda name, same=protected: same
        self.write(self.hss, HSS, "hss", f"hss:\n  best_plmn: 999-99\n  trigger: {{mtc_iwfs: [{{host: {IWF}, realm: home.example}}], root: flagged}}\n{hss}",
                   f"{{identity: {IWF}, realm: home.example}}", protected(HSS))
        self.write(self.iwf, IWF, "mtc_iwf", f"mtc_iwf:\n  a3: \"127.0.0.1:0\"\n  number: \"{NUMBER}\"\n  sources: [{{name: {SCS}}}]\n"
                   f"  hss: {{host: {HSS}, realm: home.example}}\n{iwf}",
                   f"{{identity: {HSS}, realm: home.example, address: \"127.0.0.1:{self.ports[HSS]}\"}}, {peers}", protected(IWF))
        self.hss.start()
        self.device = Device(self.hss.directory, IMSI).subscribe(self.hss, "--feature", "trigger")
        cli.result("sub", "trigger", "add", "--imsi", IMSI, "--external-id", METER, "--msisdn", MSISDN, "--source", SCS,
                   "--store", self.hss.path("store.db"), "--key-file", self.hss.path("store.key"))
        self.iwf.start()
        self.iwf.wait_log(f"connected with {HSS}")

    def write(self, daemon, name, function, section, peers, protected):
        daemon.config = daemon.write("godwit.yaml", f"""identity: {name}
realm: home.example
functions: [{function}]
store: {{path: {daemon.path("store.db")}, key_file: {daemon.path("store.key")}}}
log: {{level: debug}}
control: {{path: {daemon.path("control")}}}
{section}diameter:
  listen: "127.0.0.1:{self.ports[name]}"
  {protected}
  peers: [{peers}]
""")

    def stop(self):
        for daemon in (self.iwf, self.hss):
            daemon.__exit__()


class Capture:
    """What passes over these ports of the loopback, where this machine lets it be captured."""

    FIELDS = ["diameter.cmd.code", "diameter.applicationId", "_ws.malformed", "_ws.expert.message"]

    def __init__(self, ports):
        self.ports, self.process = ports, None
        if shutil.which("dumpcap") is None or shutil.which("tshark") is None:
            print("no dumpcap or no tshark here: nothing is captured")
            return
        self.folder = tempfile.TemporaryDirectory(prefix="godwit-capture-")
        self.path = os.path.join(self.folder.name, "capture.pcapng")
        wanted = " or ".join(f"tcp port {port}" for port in ports)
        self.process = subprocess.Popen(["dumpcap", "-q", "-i", "lo", "-f", wanted, "-w", self.path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        text=True)
        end = time.monotonic() + 20
        while self.process.poll() is None and not os.path.exists(self.path) and time.monotonic() < end:
            time.sleep(0.05)
        if self.process.poll() is not None:
            print("the loopback cannot be captured here:", self.process.stderr.read().strip())
            self.process = None
        time.sleep(0.3)

    def check(self, *commands):
        """No packet is malformed, no AVP but ours is unknown, and each (application, command) was seen."""
        if self.process is None:
            return
        time.sleep(0.5)
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        as_diameter = [word for port in self.ports for word in ("-d", f"tcp.port=={port},diameter")]
        done = subprocess.run(["tshark", "-r", self.path, *as_diameter, "-T", "fields", "-E", "separator=|", "-E", "occurrence=a",
                               *(word for field in self.FIELDS for word in ("-e", field))], capture_output=True, text=True, check=True)
        rows = [dict(zip(self.FIELDS, line.split("|"))) for line in done.stdout.splitlines()]
        check(not [row for row in rows if row["_ws.malformed"]], f"{[row for row in rows if row['_ws.malformed']]}")
        seen = {(application, code) for row in rows for code in row["diameter.cmd.code"].split(",") if code
                for application in row["diameter.applicationId"].split(",")}
        check(not [one for one in commands if one not in seen], f"{commands} in {sorted(seen)}")
        tree = subprocess.run(["tshark", "-r", self.path, *as_diameter, "-V", "-Y", "diameter"], capture_output=True, text=True, check=True).stdout
        unknown = set(re.findall(r"AVP: Unknown\((\d+)\).*?vnd=(\S+)", tree))
        check(all(vendor not in ("TGPP", "3GPP", "10415", "0") for _, vendor in unknown), f"tshark does not know {unknown}")
        self.folder.cleanup()


def every_action_hop_by_hop_over_t4():
    """Case 1 of contribution 002, and a SMS-SC beyond: outcomes are what T4 reports."""
    house = House(f"  protect: hop\n  sms_sc: {{host: {SCS}, realm: example.net}}\n  without_t5: true\n  retry_ms: 1000\n  node_timeout_ms: 5000\n")
    capture = Capture(house.ports.values())
    peer = Peer(house.ports[IWF])
    check(peer.action(1, 1) == SUCCESS, "a trigger by its external identifier")
    trigger = peer.next("dtr")
    check((trigger["imsi"], trigger["smea"], trigger["port"]) == (IMSI, SMEA.hex(), "16021"), f"{trigger}")
    check("77616b65" in trigger["payload"], f"in case 1 anybody on the way can read it: {trigger}")
    check(peer.report(2, trigger["reference"]) == "2001", "the report of its delivery")
    notice = peer.next("dnr")
    check((notice["reference"], notice["action"], notice["outcome"], notice["device"]) == ("1", "2", "0", METER), f"{notice}")
    check(peer.action(1, 1) == SUCCESS, "the same reference again: the same answer")
    # By MSISDN; what has expired at the SMS-SC is sent again as long as its own validity lasts.
    check(peer.action(1, 2, device="-", msisdn=digits(MSISDN).hex()) == SUCCESS, "by MSISDN")
    trigger = peer.next("dtr")
    check(peer.report(3, trigger["reference"]) == "2001", "its validity ended at the SMS-SC")
    again = peer.next("dtr")
    check(again["reference"] == trigger["reference"], f"{again}")
    check(peer.report(2, again["reference"]) == "2001", "and then it arrived")
    notice = peer.next("dnr")
    check((notice["reference"], notice["outcome"], notice["device"]) == ("2", "0", "-"), f"{notice}")
    check(peer.action(1, 20, validity=2) == SUCCESS, "one that nobody takes in time")
    peer.next("dtr")
    check(peer.next("dnr")["outcome"] in ("1", "4"), "EXPIRED, or UNCONFIRMED where the SMS-SC has it")
    # What may not be.
    check(peer.action(1, 3, device="nobody@example.com") == INVEXTID, "nobody")
    check(peer.action(1, 4, payload="00" * 81) == INVPAYLOAD, "too long")
    check(peer.action(1, 5, scs="other.example.net") in (INVSCSID, NOTAUTHORIZED), "the name of another SCS")
    check(peer.action(3, 6, old=99, payload="-", port="-", priority="-", validity="-") == RECALLFAIL, "a recall of nothing")
    capture.check(("16777309", "8388639"), ("16777309", "8388640"), ("16777310", "8388641"), ("16777311", "8388643"), ("16777311", "8388644"))
    peer.stop()
    house.stop()


def trigger_that_waits_is_recalled_or_replaced():
    """The SMS-SC refuses for a while, so triggers wait at the MTC-IWF."""
    house = House(f"  protect: hop\n  sms_sc: {{host: {SCS}, realm: example.net}}\n  without_t5: true\n  retry_ms: 3000\n  node_timeout_ms: 5000\n")
    peer = Peer(house.ports[IWF])
    peer.say("result 3004")
    check(peer.action(1, 1) == SUCCESS, "a trigger")
    peer.next("dtr")
    time.sleep(0.3)
    check(peer.action(3, 2, old=1, payload="-", port="-", priority="-", validity="-") == SUCCESS, "it is recalled")
    check(peer.action(1, 3, payload="01") == SUCCESS, "another")
    peer.next("dtr")
    time.sleep(0.3)
    check(peer.action(4, 4, old=3, payload="0202") == SUCCESS, "it is replaced")
    peer.say("result 2001")
    trigger = peer.next("dtr")
    check("0202" in trigger["payload"] and "77616b65" not in trigger["payload"], f"what is left is the replacement: {trigger}")
    peer.report(2, trigger["reference"])
    seen = {}
    while "4" not in seen:
        notice = peer.next("dnr")
        seen[notice["reference"]] = notice["outcome"]
    check(seen["4"] == "0", f"{seen}")
    peer.stop()
    house.stop()


def what_is_pending_survives_the_death_of_the_iwf():
    house = House(f"  protect: hop\n  sms_sc: {{host: {SCS}, realm: example.net}}\n  without_t5: true\n  retry_ms: 1000\n  retry_max_ms: 2000\n  node_timeout_ms: 3000\n"
                  "  t4_ms: 2000\n")  # of one whose refusal the MTC-IWF did not live to hear, it believes that the SMS-SC has it
    peer = Peer(house.ports[IWF])
    peer.say("result 3004")
    for reference in (1, 2, 3):
        check(peer.action(1, reference, payload=f"0{reference}") == SUCCESS, "a trigger")
    house.iwf.stop(signal.SIGKILL)
    peer.say("result 2001")
    peer.waiting.clear()
    house.iwf.start()
    delivered = set()
    while len(delivered) < 3:
        trigger = peer.next("dtr", 90)
        delivered.add(trigger["payload"][-1])
        check(peer.report(2, trigger["reference"]) == "2001", f"{trigger}")
    outcomes = {}
    while len(outcomes) < 3:
        notice = peer.next("dnr", 60)
        outcomes[notice["reference"]] = notice["outcome"]
    check(outcomes == {"1": "0", "2": "0", "3": "0"}, f"{outcomes}")
    peer.stop()
    house.stop()


def reports_over_an_open_way_count_only_where_that_is_accepted():
    for extra, result in (("", "5003"), ("  sms_sc_open: true\n", "2001")):
        house = House(f"  protect: hop\n  sms_sc: {{host: {SCS}, realm: example.net}}\n  without_t5: true\n  accept_open: true\n  node_timeout_ms: 5000\n{extra}",
                      peers=f"{{identity: {SCS}, realm: example.net, protection: open}}")
        peer = Peer(house.ports[IWF])
        check(peer.action(1, 1) == SUCCESS, "a trigger of an open way")
        trigger = peer.next("dtr")
        got = peer.report(2, trigger["reference"])
        check(got == result, f"the report: {got}")
        if result == "2001":
            check(peer.next("dnr")["outcome"] == "0", "its outcome")
        else:
            house.iwf.wait_log("or over a hop that proves nothing")
            time.sleep(0.3)
            check(not any(line.startswith("dnr") for line in peer.out.all), "an outcome that nobody has proved")
        peer.stop()
        house.stop()


if __name__ == "__main__":
    sys.exit(run([every_action_hop_by_hop_over_t4, trigger_that_waits_is_recalled_or_replaced, what_is_pending_survives_the_death_of_the_iwf,
                  reports_over_an_open_way_count_only_where_that_is_accepted]))
