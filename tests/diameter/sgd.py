#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SGd of godwitd's SMS-SC against erlang-diameter as a serving node: OFRs of a strict codec that nobody here wrote, and our TFRs judged by it. A socket
here is the HSE."""
import os
import socket
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "house"), os.path.join(HERE, "..", "daemon"), os.path.join(HERE, "..", "wire")]
from node import PATIENCE, Beam, check, free_port, need, run  # noqa: E402  (found through the line above)
from whole import Godwitd  # noqa: E402
from make_sms_vectors import ADDRESS, DELIVER, IMSI as EF_IMSI, SUBMIT, digits  # noqa: E402

IMSI, REALM, NUMBER = "001010123456789", "example", "491710760000"


class Erlang(Beam):
    module, dictionaries = "sgd_peer", ("sgd",)

    def ofr(self, tpdu):
        self.say(f"ofr {IMSI} {digits(NUMBER).hex()} {tpdu.hex()}")
        return self.out.next("answer")


def udp():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    s.settimeout(PATIENCE)
    return s


def messages_go_both_ways():
    hse, port, link = udp(), free_port(), free_port()
    with Godwitd() as daemon:
        daemon.config = daemon.write("godwit.yaml", f"""identity: sc.{REALM}
realm: {REALM}
functions: [sms_sc]
sms_sc:
  number: "{NUMBER}"
  retry_seconds: 1
  hse: {{listen: "127.0.0.1:{link}", peer: "127.0.0.1:{hse.getsockname()[1]}"}}
diameter:
  listen: "127.0.0.1:{port}"
  peers: [{{identity: mme.{REALM}, realm: {REALM}}}]
""")
        daemon.start()
        mme = Erlang(f"mme.{REALM}", REALM, port)
        answer = mme.ofr(SUBMIT)
        check("errors=0 result=2001" in answer, answer)
        check(hse.recv(2048) == EF_IMSI + SUBMIT[-10:], "IMSI and user data reach the HSE")
        # What it answers comes back to the node that it came from, with our number and port.
        hse.sendto(EF_IMSI + b"an answer", ("127.0.0.1", link))
        request = mme.out.next("request")
        check(f"errors=[] imsi={IMSI} centre={digits(NUMBER).hex()}" in request and f"to=mme.{REALM}" in request, request)
        tpdu = bytes.fromhex(request.split("tpdu=")[1].split()[0])
        check(tpdu[:1] == b"\x44" and tpdu[1:1 + len(ADDRESS)] == ADDRESS and tpdu.endswith(b"an answer"), request)
        daemon.wait_log("event=sms_delivered")
        # An absent device is tried again.
        hse.sendto(EF_IMSI + b"later\0", ("127.0.0.1", link))
        check(mme.out.next("request").split("tpdu=")[1] == mme.out.next("request").split("tpdu=")[1], "the same again")
        # Nobody but the HSE is heard on the link.
        with udp() as stranger:
            stranger.sendto(EF_IMSI + b"forged", ("127.0.0.1", link))
        # Another destination, another port, no SMS-SUBMIT.
        other = SUBMIT.replace(digits(NUMBER), digits("491710760001"))
        check("10415/5550" in mme.ofr(other), "another destination")
        check("10415/5556" in mme.ofr(SUBMIT.replace(bytes.fromhex("3e943e94"), bytes.fromhex("13881388"))), "another port")
        answer = mme.ofr(DELIVER)
        check("errors=0 result=10415/5555 cause=[1]" in answer, answer)
        mme.stop()
    hse.close()


if __name__ == "__main__":
    sys.exit(run([messages_go_both_ways]))
