#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""godwitd as MTC-IWF and as HSS against erlang-diameter as SCS (Tsp) and SMS-SC (T4): a strict codec that nobody here wrote sends every action and judges
what comes back; what passes on Tsp, S6m and T4 is read by tshark."""
import os
import re
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "house"), os.path.join(HERE, "..", "daemon"), os.path.join(HERE, "..", "wire")]
from node import Beam, check, free_port, run  # noqa: E402  (found through the line above)
from whole import Device, Godwitd, cli  # noqa: E402
from wire import Wire  # noqa: E402
from make_sms_vectors import digits  # noqa: E402

IMSI, METER, MSISDN = "001010123456789", "meter-7@example.com", "491710000007"
HSS, IWF, SCS = "hss.home.example", "iwf.home.example", "scs.example.net"
NUMBER = "491710760001"
SUCCESS, INVPAYLOAD, INVEXTID, INVSCSID, NOTAUTHORIZED, RECALLFAIL = 0, 101, 102, 103, 105, 111


class Peer(Beam):
    """trigger_peer.erl."""

    module, dictionaries = "trigger_peer", ("tsp", "t4")

    def __init__(self, port, host=SCS, files=()):
        super().__init__(host, host.split(".", 1)[1], IWF, "home.example", port, *files)
        self.waiting = []

    def line(self, kind):
        """The next line of that kind; others wait for who asks for them."""
        while not any(line.startswith(kind) for line in self.waiting):
            self.waiting.append(self.out.next(""))
        found = next(line for line in self.waiting if line.startswith(kind))
        self.waiting.remove(found)
        return dict(word.split("=", 1) for word in found.split()[1:])

    def action(self, action, reference, old="-", device=METER, msisdn="-", scs=SCS, payload="77616b65", port=5683, priority=1, validity=600):
        """A DAR, and the Request-Status of its DAA."""
        self.say(f"dar {action} {reference} {old} {device} {msisdn} {scs} {payload} {port} {priority} {validity}")
        answer = self.line("answer")
        check(answer["errors"] == "0" and answer["result"] == "2001", f"{answer}")
        check(answer["reference"] == str(reference) and answer["action"] == str(action), f"{answer}")
        return int(answer["status"])

    def next(self, kind):
        line = self.line(kind)
        check(line["errors"] == "0", f"the codec complains: {line}")
        return line

    def delivered(self, payload, reference, never="none"):
        """Reports as delivered each trigger with that payload: an attempt of before may have been refused still. The outcome that the SCS hears."""
        while True:
            told = self.next(("dtr", "dnr"))
            if "payload" in told:
                check(never not in told["payload"], f"{told}")
                check(payload not in told["payload"] or self.report(2, told["reference"]) == "2001", f"{told}")
            elif told["reference"] == str(reference):
                return told["outcome"]

    def report(self, outcome, reference):
        self.say(f"drr {IMSI} {SMEA.hex()} {outcome} {reference}")
        return self.line("answer")["result"]


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


def capture(daemon, ports):
    return Wire(daemon.path("wire.pcapng"), " or ".join(f"tcp port {port}" for port in ports), ports)


def check_wire(wire, *commands):
    """No packet is malformed, no AVP but ours is unknown, and each (application, command) was seen."""
    if wire.captured():
        seen = Wire.pairs(wire.rows("diameter.applicationId", "diameter.cmd.code"), "diameter.applicationId", "diameter.cmd.code")
        check(set(commands) <= seen, f"{commands} in {sorted(seen)}")
        unknown = set(re.findall(r"AVP: Unknown\((\d+)\).*?vnd=(\S+)", wire.tshark("diameter", "-V")))
        check(all(vendor not in ("TGPP", "3GPP", "10415", "0") for _, vendor in unknown), f"tshark does not know {unknown}")


def every_action_hop_by_hop_over_t4():
    """Case 1 of contribution 002, and a SMS-SC beyond: outcomes are what T4 reports."""
    house = House(f"  protect: hop\n  sms_sc: {{host: {SCS}, realm: example.net}}\n  without_t5: true\n  retry_ms: 1000\n  node_timeout_ms: 5000\n")
    wire = capture(house.iwf, house.ports.values())
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
    check_wire(wire, ("16777309", "8388639"), ("16777309", "8388640"), ("16777310", "8388641"), ("16777311", "8388643"), ("16777311", "8388644"))
    peer.stop()
    house.stop()


def trigger_that_waits_is_recalled_or_replaced():
    """The SMS-SC refuses for a while, so triggers wait at the MTC-IWF."""
    house = House(f"  protect: hop\n  sms_sc: {{host: {SCS}, realm: example.net}}\n  without_t5: true\n  retry_ms: 3000\n  node_timeout_ms: 5000\n")
    peer = Peer(house.ports[IWF])
    peer.say("result 3004")
    check(peer.action(1, 1) == SUCCESS, "a trigger")
    house.iwf.wait_log("event=trigger_not_reached")
    check(peer.action(3, 2, old=1, payload="-", port="-", priority="-", validity="-") == SUCCESS, "it is recalled")
    check(peer.action(1, 3, payload="01") == SUCCESS, "another")
    house.iwf.wait_log("event=trigger_not_reached", 2)
    check(peer.action(4, 4, old=3, payload="0202") == SUCCESS, "it is replaced")
    peer.waiting.clear()
    peer.say("result 2001")
    check(peer.delivered("0202", 4, never="77616b65") == "0", "what is left is the replacement")
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
        trigger = peer.next("dtr")
        delivered.add(trigger["payload"][-1])
        check(peer.report(2, trigger["reference"]) == "2001", f"{trigger}")
    outcomes = {}
    while len(outcomes) < 3:
        notice = peer.next("dnr")
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
