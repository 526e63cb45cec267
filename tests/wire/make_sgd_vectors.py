#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/wire/make_sgd_vectors.py > tests/vectors/sgd.txt: golden messages of SGd (TS 29.338), written from the tables of the specification: a
second encoder that shares nothing with core/wire. With a folder as argument each goes into a file there (the corpus of fuzz_diameter)."""
import os
import sys

from make_ek_vectors import avp, envelope, message
from make_sms_vectors import DELIVER, SUBMIT, digits

TGPP, SGD, OFR, TFR = 10415, 16777313, 8388645, 8388646


def v(code, data):
    return avp(code, data, TGPP)


def head(request, result=None):
    return envelope(request, TGPP, SGD, result)


def refused(code):
    return avp(297, [avp(266, TGPP), avp(298, code)])


user, centre = avp(1, "001010123456789"), v(3300, digits("491710760000"))
messages = {
    "ofr": message(OFR, True, head(True) + [centre, v(3102, [user]), v(3301, SUBMIT)], SGD),
    "ofa": message(OFR, False, head(False), SGD),
    "ofa_failure": message(OFR, False, head(False, refused(5555)) + [v(3303, [v(3304, 1)])], SGD),
    "tfr": message(TFR, True, head(True) + [user, centre, v(3301, DELIVER)], SGD),
    "tfa": message(TFR, False, head(False), SGD),
    "tfa_absent": message(TFR, False, head(False, refused(5550)), SGD),
}

if __name__ == "__main__":
    if len(sys.argv) > 1:
        for name, octets in messages.items():
            with open(os.path.join(sys.argv[1], "sgd-" + name), "wb") as file:
                file.write(octets)
        sys.exit()
    print("# SGd (TS 29.338 6.3.2, 6.3.3; AVP codes recalled), as tests/wire/make_sgd_vectors.py writes them. tshark reads them in sgd_capture.\n\n[sgd]")
    print("\n\n".join(f"message = {name}\noctets = {octets.hex()}" for name, octets in messages.items()))
