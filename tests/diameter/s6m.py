#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S6m and Update Location of godwitd's HSS against erlang-diameter as serving node and MTC-IWF; every message that core/wire builds through erlang's strict
codec; and what goes over the wire as tshark reads it: nothing malformed."""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "peer"), os.path.join(HERE, "..", "daemon"), os.path.join(HERE, "..", "wire")]
import capture  # noqa: E402  (found through the line above)
import gmm_capture  # noqa: E402
from godwitd import Godwitd, free_port  # noqa: E402
from node import GODWIT, K, OPC, Beam, check, need, run  # noqa: E402
from naf import REALM, configure, peer  # noqa: E402

IMSI, EXTERNAL_ID, MSISDN, SCS = "001010123456789", "meter-7@water.example", "491710000007", "scs.water.example"
PLMN = "00f120"  # 001-02, which the realm may name


class Erlang(Beam):
    module, dictionaries = "home_peer", ("s6a", "s6m")


def hss(daemon, port):
    configure(daemon, "hss", "hss", port, [peer("erlang"), peer("stranger")],
              "hss:\n  best_plmn: 999-99\n  networks: [{realm: home.example, plmn: 001-02}]\n"
              f"  trigger: {{mtc_iwfs: [{{host: erlang.{REALM}, realm: {REALM}}}]}}\n")
    store = ["--store", daemon.path("store.db"), "--key-file", daemon.path("store.key")]
    for command in (["sub", "add", "--imsi", IMSI, "--k", K, "--opc", OPC],
                    ["sub", "trigger", "add", "--imsi", IMSI, "--external-id", EXTERNAL_ID, "--msisdn", MSISDN, "--source", SCS]):
        subprocess.run([GODWIT, *command, *store], check=True, capture_output=True)
    daemon.start()
    return store


def expect(got, result, **more):
    check(got["errors"] == "0" and got["result"] == result, f"{got}")
    for name, value in more.items():
        check(got.get(name) == value, f"{name}: {got}")


def a_device_is_located_and_then_found_by_each_of_its_names():
    with Godwitd() as daemon:
        port = free_port()
        store = hss(daemon, port)
        erlang = Erlang(f"erlang.{REALM}", REALM, port)
        sir = f"sir - {EXTERNAL_ID} - {SCS}"
        expect(erlang.answer(sir), "2001", imsi=IMSI, external_id=EXTERNAL_ID, msisdn="947101000070", nodes=None)
        iwf = f"erlang.{REALM}".encode().hex()
        expect(erlang.answer(f"ulr {IMSI} {PLMN} 1004 6"), "2001", ula_flags="1", avp46=iwf, avp47=REALM.encode().hex())
        expect(erlang.answer(sir), "2001", imsi=IMSI, nodes=f"erlang.{REALM}")
        expect(erlang.answer(f"ulr {IMSI} {PLMN} 1000 4"), "2001")  # as a SGSN: two functions of one name
        expect(erlang.answer(f"sir - - 947101000070 {SCS}"), "2001", imsi=IMSI, nodes=f"erlang.{REALM},erlang.{REALM}")
        expect(erlang.answer(f"sir {IMSI} - - -"), "2001", imsi=IMSI)
        daemon.stop()
        daemon.start()  # where it is survives
        expect(erlang.answer(sir), "2001", nodes=f"erlang.{REALM},erlang.{REALM}")
        subprocess.run([GODWIT, "sub", "trigger", "bar", "--imsi", IMSI, *store], check=True, capture_output=True)
        expect(erlang.answer(sir), "10415/5511")
        erlang.stop()


def what_may_not_be_is_refused_by_its_code():
    with Godwitd() as daemon:
        port = free_port()
        hss(daemon, port)
        erlang = Erlang(f"erlang.{REALM}", REALM, port)
        expect(erlang.answer(f"sir - {EXTERNAL_ID} - scs.gas.example"), "10415/5510")
        expect(erlang.answer(f"sir - meter-8@water.example - {SCS}"), "10415/5001")
        expect(erlang.answer(f"sir - no-name - {SCS}"), "10415/5001")
        expect(erlang.answer(f"sir - - - {SCS}"), "5004")
        expect(erlang.answer(f"ulr {IMSI} 00f130 1004 6"), "10415/5004")
        expect(erlang.answer(f"ulr 001010123456700 {PLMN} 1004 6"), "10415/5001")
        expect(erlang.answer(f"ulr 1 {PLMN} 1004 6"), "5004")
        erlang.stop()
        stranger = Erlang(f"stranger.{REALM}", REALM, port)
        expect(stranger.answer(f"sir - {EXTERNAL_ID} - {SCS}"), "10415/5510")
        stranger.stop()


def erlang_reads_every_message_that_we_build():
    erlang = Erlang()
    found = [r for _, r in gmm_capture.records("s6m.txt")]
    check(len(found) == 17, f"{len(found)} messages")
    for r in found:
        name = r["message"]
        got = erlang.answer(f"decode {'s6a' if name[0] == 'u' else 's6m'} {r['octets']}")
        check(got["errors"] == "0" and name[:3].upper() in got["name"], f"{name}: {got}")
    erlang.stop()


def tshark_reads_what_goes_over_the_wire():
    need("tshark")
    with Godwitd() as daemon, tempfile.TemporaryDirectory() as folder:
        port = free_port()
        hss(daemon, port)
        relay = capture.Relay(port, os.path.join(folder, "hss"))
        erlang = Erlang(f"erlang.{REALM}", REALM, relay.port)
        expect(erlang.answer(f"ulr {IMSI} {PLMN} 1004 6"), "2001")
        expect(erlang.answer(f"sir - {EXTERNAL_ID} - {SCS}"), "2001")
        erlang.stop()
        messages = capture.decode(os.path.join(folder, "hss"))
        for code, application in (("316", "16777251"), ("8388641", "16777310")):
            ours = [m for m in messages if m["diameter.cmd.code"] == code]
            check([m["diameter.flags.request"] for m in ours] in (["1", "0"], ["True", "False"]), f"{code}: {ours}")
            check(all(m["diameter.applicationId"] == application for m in ours), f"{code}: {ours}")
        for m in messages:
            check(not any(m[field] for field in ("_ws.malformed", "diameter.avp.invalid-data", "diameter.avp.invalid-len")), f"{m}")


if __name__ == "__main__":
    sys.exit(run([a_device_is_located_and_then_found_by_each_of_its_names, what_may_not_be_is_refused_by_its_code, erlang_reads_every_message_that_we_build,
                  tshark_reads_what_goes_over_the_wire]))
