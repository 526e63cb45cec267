#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""erlang-diameter as SCS and SMS-SC over TLS: trigger, recall, replacement, delivery report, and every Request-Status that a MTC-IWF gives. Who has another's
certificate is not listened to."""
import signal
import subprocess
import sys

import tls
from node import check, run
from trigger import HSS, IMSI, IWF, METER, SCS, House, Peer
from whole import cli

SUCCESS, INVPAYLOAD, INVEXTID, INVSCSID, INVPERIOD, NOTAUTHORIZED, SERVICEUNAVAILABLE = 0, 101, 102, 103, 104, 105, 106
PERMANENTERROR, QUOTAEXCEEDED, RATEEXCEEDED, REPLACEFAIL, RECALLFAIL, ORIGINALMESSAGESENT = 107, 108, 109, 110, 111, 112
OTHER, IMSI_2, METER_2 = "other.example.net", "001010123456788", "meter-8@example.com"
NOTHING = {"payload": "-", "port": "-", "priority": "-", "validity": "-"}
BY_T4 = f"  protect: hop\n  sms_sc: {{host: {SCS}, realm: example.net}}\n  without_t5: true\n  retry_ms: 1000\n  retry_max_ms: 1000\n  node_timeout_ms: 5000\n"


def house(more=""):
    tls.authority("ca")
    for name in (HSS, IWF, SCS):
        tls.certificate(name, name)
    tls.certificate("imposter", OTHER)
    return House(BY_T4 + more, protected=lambda name: "tls: {{certificate: {}, key: {}, ca: {}}}".format(*tls.files(name)))


def outcome_of(peer, reference):
    while True:
        notice = peer.next("dnr")
        check(notice["action"] == "2", f"a delivery report: {notice}")
        if notice["reference"] == str(reference):
            return int(notice["outcome"])


def every_action_over_tls():
    h = house()
    peer = Peer(h.ports[IWF], files=tls.files(SCS))
    check(peer.action(1, 1) == SUCCESS, "trigger")
    trigger = peer.next("dtr")
    check(peer.report(2, trigger["reference"]) == "2001" and outcome_of(peer, 1) == 0, "delivered")
    check(peer.action(3, 2, old=1, **NOTHING) == ORIGINALMESSAGESENT, "a recall of what was delivered")
    peer.say("result 3004")  # the SMS-SC takes none: they wait at the MTC-IWF
    check(peer.action(1, 3) == SUCCESS and peer.action(3, 4, old=3, **NOTHING) == SUCCESS, "recall of one that waits")
    check(peer.action(1, 5, payload="0505") == SUCCESS and peer.action(4, 6, old=5, payload="0606") == SUCCESS, "replacement of one that waits")
    peer.waiting.clear()
    peer.say("result 2001")
    check(peer.delivered("0606", 6) == "0", "the replacement is delivered")
    check(peer.action(1, 7, validity=1) == SUCCESS, "one that nobody takes in time")
    check(outcome_of(peer, 7) in (1, 4), "EXPIRED, or UNCONFIRMED where the SMS-SC has it")
    peer.stop()
    h.stop()


def every_refusal_over_tls():
    h = house("  validity_max_seconds: 86400\n  device_quota: 2\n  source_per_minute: 60\n")
    store = ["--store", h.hss.path("store.db"), "--key-file", h.hss.path("store.key")]
    cli.result("sub", "add", "--imsi", IMSI_2, "--k", "00" * 16, "--opc", "11" * 16, "--feature", "trigger", *store)
    cli.result("sub", "trigger", "add", "--imsi", IMSI_2, "--external-id", METER_2, "--source", OTHER, *store)
    peer = Peer(h.ports[IWF], files=tls.files(SCS))
    peer.say("result 3004")
    wanted = {
        "a payload of 81 octets": (INVPAYLOAD, dict(payload="00" * 81)),
        "nobody": (INVEXTID, dict(device="nobody@example.com")),
        "another's name": (INVSCSID, dict(scs=OTHER)),
        "a validity that is too long": (INVPERIOD, dict(validity=86401)),
        "another's device": (NOTAUTHORIZED, dict(device=METER_2)),
    }
    for reference, (what, (status, fields)) in enumerate(wanted.items(), 10):
        check(peer.action(1, reference, **fields) == status, what)
    peer.say(f"dar 2 20 - {METER} - {SCS} - - - -")
    check(peer.line("answer")["result"] == "5004", "an action that no request has is refused by Diameter itself")
    check(peer.action(3, 21, old=77, **NOTHING) == RECALLFAIL, "a recall of nothing")
    check(peer.action(4, 22, old=77) == REPLACEFAIL, "a replacement of nothing")
    check(peer.action(1, 1) == SUCCESS and peer.action(1, 1) == SUCCESS, "the same again is the same")
    check(peer.action(1, 1, payload="00") == PERMANENTERROR, "its number for something else")
    check(peer.action(1, 2) == SUCCESS and peer.action(1, 3) == QUOTAEXCEEDED, "the device's quota")
    cli.result("sub", "trigger", "bar", "--imsi", IMSI, *store)
    check(peer.action(1, 23) == NOTAUTHORIZED, "barred")
    h.hss.stop(signal.SIGKILL)
    check(peer.action(1, 24) == SERVICEUNAVAILABLE, "the HSS is away")
    statuses = (peer.action(1, reference, scs=SCS) for reference in range(100, 999))
    check(RATEEXCEEDED in statuses, "the source's rate, which lets one through each second")
    peer.stop()
    h.stop()


def who_has_anothers_certificate_is_not_heard():
    h = house()
    peer = Peer(h.ports[IWF], files=tls.files("imposter"))
    peer.say(f"dar 1 1 - {METER} - {SCS} 00 1 1 600")
    h.iwf.wait_log(f"who connected as {SCS} has no certificate of that name")
    answer = peer.line("answer")
    check(answer.get("status") != "0", f"{answer}")
    check(h.iwf.ask(command="status")["stored"]["triggers"] == 0, "nothing is kept of it")
    peer.stop()
    h.stop()


if __name__ == "__main__":
    sys.exit(run([every_action_over_tls, every_refusal_over_tls, who_has_anothers_certificate_is_not_heard]))
