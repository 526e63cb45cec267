#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether an operator sees why a trigger does not arrive: in the logs of home and server, each trigger by its reference, and in godwit status; never an IMSI in
full, never a key."""
import re
import signal
import unittest

from access import HSS, MME
from test_listen import IMSI, IWF, METER, SCS, Listening
from whole import cli, no_key_in


class Log(Listening):
    def said(self, name, *parts):
        """Waits for a line of that daemon's log that has all parts."""
        daemon = self.network.daemons[name]
        daemon.wait_for(parts, lambda: any(all(part in line for part in parts) for line in daemon.read("log").splitlines()))

    def pending(self):
        return self.network.daemons[IWF].ask(command="status")["stored"]["triggers_pending"]

    def store(self, *words):
        hss = self.network.daemons[HSS]
        return cli.result(*words, "--store", hss.path("store.db"), "--key-file", hss.path("store.key"))

    def tearDown(self):
        for daemon in self.network.daemons.values():
            self.assertNotIn(IMSI, daemon.read("log"))
            no_key_in(self, self.device, daemon.read("log"))

    def test_each_trigger_is_followed_by_its_reference(self):
        self.start()
        waits = self.send("kept")["reference"]
        self.said(IWF, "function=mtc_iwf event=trigger_accepted", f"trigger={waits} ")
        self.said(IWF, "event=trigger_not_reached", f"trigger={waits} ", "registered nowhere")
        self.assertEqual(self.pending(), 1)
        self.listen("--port", "4711")
        for event in ("trigger_sent", "trigger_outcome", "trigger_reported"):
            self.said(IWF, f"function=mtc_iwf event={event} ", f"trigger={waits} ", "reason=ok")
        self.assertEqual(self.pending(), 0)
        # No application at that port: neither expired nor in doubt.
        nobody = self.trigger("send", "--external-id", METER, "--port", "7", "--wait", "120", "x", expect=1)
        self.assertEqual(nobody["outcome"], "UNDELIVERABLE")
        for function in ("mtc_iwf", "scs"):
            self.said(IWF, f"function={function} event=trigger_outcome", f"trigger={nobody['reference']} reason=not_found detail=UNDELIVERABLE")
        self.assertEqual(self.end_listening(), 0)
        late = self.send("x", "--validity", "1", "--wait", "120", expect=1)
        for function in ("mtc_iwf", "scs"):
            self.said(IWF, f"function={function} event=trigger_outcome", f"trigger={late['reference']} reason=key_expired detail=EXPIRED")

    def test_a_refusal_says_why_on_both_ends(self):
        self.start()
        self.store("sub", "trigger", "remove", "--imsi", IMSI, "--source", SCS)
        reference = self.send("x", expect=1)["reference"]
        self.said(IWF, "function=scs event=trigger_refused", f"trigger={reference} ", "detail=NOTAUTHORIZED")
        self.said(IWF, "function=mtc_iwf event=trigger_refused", f"trigger={reference} ", "this source may not trigger that device")

    def test_a_subscriber_without_flagged_vectors_is_told_from_one_that_was_never_there(self):
        self.start()
        self.store("sub", "rm", "--imsi", IMSI)
        self.store("sub", "add", "--imsi", IMSI, "--k", self.device.k, "--opc", self.device.opc, "--feature", "trigger")
        self.store("sub", "trigger", "add", "--imsi", IMSI, "--external-id", METER, "--source", SCS)
        self.listen()
        self.heard("attached")
        reference = self.send("x")["reference"]
        self.said(IWF, "event=trigger_waits", f"trigger={reference} ", "for an association")
        self.said(HSS, "event=refused", "reason=unknown_key", "none of e2m-me and e2m-usim")

    def test_a_link_that_is_not_there_says_why(self):
        self.start()
        self.network.daemons[HSS].stop(signal.SIGKILL)
        iwf = self.network.daemons[IWF]
        iwf.wait_for("the end of the link", lambda: re.search(f"no connection with {HSS}: [A-Za-z]", iwf.read("log")))
        self.send("x", expect=1)
        self.said(IWF, "function=scs event=trigger_refused", "detail=SERVICEUNAVAILABLE")
        self.said(IWF, "a request has nowhere to go")

    def test_a_visited_network_that_is_not_listed(self):
        self.start()
        hss = self.network.daemons[HSS]
        self.network.restart(HSS, signal.SIGTERM,
                             lambda: hss.write("godwit.yaml", hss.read("godwit.yaml").replace("plmn: 001-02", "plmn: 001-03")))
        self.network.wait_links((IWF, HSS), (MME, HSS))
        self.listen()
        self.said(HSS, "event=refused", "hss.networks")


if __name__ == "__main__":
    unittest.main()
