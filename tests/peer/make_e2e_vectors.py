# SPDX-License-Identifier: Apache-2.0
"""Prints tests/vectors/e2e-emsdp.txt: a session whose user plane ends in an EAS (docs/emsdp-wire.md, "End to end"; docs/keys.md, section 8).

MILENAGE test set 1 of TS 35.208 4.3.1, agreement 03, PLMN 001-01, endpoint hse.example, EAS eas.example, Session ID 1, S=3 E=1, control plane under suite 01,
generation 1, Key ID 1."""
import aka
import emsdp
import keys
from emsdp import Framing
from keys import CONTROL, DOWN, UP, USER

K, OPC = bytes.fromhex("465b5ce8b199b49faa5f0a2ee238a6bc"), bytes.fromhex("cd63cb71954a9f4e48a5994e37a02baf")
RAND, SQN = bytes.fromhex("23553cbe9637a89d218ae64dae47bf35"), bytes.fromhex("ff9bb4d0b607")
IMSI, HOME, SESSION = "001010123456789", keys.plmn("001-01"), 1
HSE, EAS, OTHER = "hse.example", "eas.example", "eas.other.example"
READING = bytes(range(20))
RUN = aka.Milenage(K, OPC, RAND)
AUTN = RUN.autn(SQN, b"\x80\x80")
KEYSET = keys.e2m_keyset(keys.kasme(RUN.ck, RUN.ik, HOME, aka.xor(SQN, RUN.ak)), 3, aka.xor(SQN, RUN.ak))
KEY_AGREEMENT, INTEGRITY, CONFIDENTIALITY = 1, 2, 3


def e2e_key(age, suite=1, key_id=1, eas=EAS):
    return keys.TrafficKey(keys.k_e2e(KEYSET, eas, age), suite, key_id)


def session_key():
    return keys.TrafficKey(keys.k_session(KEYSET, HSE, 1), 1, 1)


class Talk:
    """Both ends of one key, each with COUNTs of its own."""

    def __init__(self, make, framing=Framing(3, 1)):
        self.framing, self.ends = framing, {UP: make(), DOWN: make()}

    def control(self, direction, command, *pairs, transcript=b""):
        body = bytes([command]) + emsdp.tlvs(*pairs)
        return emsdp.protect(self.framing, self.ends[direction], SESSION, CONTROL, direction, body, transcript)

    def user(self, direction, payload):
        return emsdp.protect(self.framing, self.ends[direction], SESSION if self.framing.s else 0, USER, direction, payload)


def conversation():
    framing = Framing(3, 1)
    control, first, second = Talk(session_key), Talk(lambda: e2e_key(1)), Talk(lambda: e2e_key(2, key_id=2))
    asks = emsdp.service_request(CONFIDENTIALITY, [1, 2, 3, 4], 0)
    sent = {"request": framing.header(CONTROL, 0, 0, 0) + bytes([emsdp.REQUEST]) + emsdp.tlvs(
        (emsdp.IMSI, emsdp.imsi_value(IMSI)), (emsdp.UE_CONFIGURATION, emsdp.ue_configuration([3], [1, 2, 3, 4])),
        (emsdp.ENTERPRISE, EAS.encode()), (emsdp.SERVING_NETWORK, HOME), (emsdp.SERVICE_REQUEST, asks))}
    sent["start"] = control.control(DOWN, emsdp.START, (emsdp.RAND, RAND), (emsdp.AUTN, AUTN),
                                    (emsdp.HSE_CONFIGURATION, bytes([3, 1, framing.octet()])),
                                    (emsdp.SERVICE, emsdp.service(CONFIDENTIALITY, 1, 1, 1, 86400, 100)),
                                    transcript=emsdp.transcript_of(sent["request"]))
    sent["carried"] = first.user(UP, READING)
    sent["confirmation"] = control.control(UP, emsdp.CONFIRMATION, (emsdp.DATA, sent["carried"]),
                                           transcript=emsdp.transcript_of(sent["request"], sent["start"]))
    sent["up_1"] = first.user(UP, b"reading 2")
    sent["down_1"] = first.user(DOWN, b"valve shut")
    sent["manage_request"] = control.control(DOWN, emsdp.MANAGE_REQUEST,
                                             (emsdp.SERVICE, emsdp.service(CONFIDENTIALITY, 1, 2, 2, 86400, 0)))
    sent["manage_response"] = control.control(UP, emsdp.MANAGE_RESPONSE)
    sent["up_2"] = second.user(UP, b"reading 3")
    sent["up_late"] = first.user(UP, b"reading in flight")
    sent["ask"] = control.control(UP, emsdp.MANAGE_REQUEST, (emsdp.ENTERPRISE, EAS.encode()),
                                  (emsdp.SERVICE_REQUEST, emsdp.service_request(CONFIDENTIALITY, [1, 2, 3, 4], 2)))
    sent["reject"] = control.control(DOWN, emsdp.REJECT, (emsdp.REASON, bytes([1 + emsdp.REASONS.index("key_expired")])),
                                     (emsdp.ECHO, emsdp.echo_of(framing, sent["up_late"])))
    sent["kept"] = second.user(UP, b"keep me")
    sent["confirm"] = control.control(UP, emsdp.MANAGE_REQUEST, (emsdp.COUNT, bytes([0, 0, 0, 3, 0, 0, 0, 0])), (emsdp.DATA, sent["kept"]))
    sent["confirmed"] = control.control(DOWN, emsdp.MANAGE_RESPONSE, (emsdp.ECHO, emsdp.echo_of(framing, sent["kept"])))
    return sent


def text():
    lines = ["# SPDX-License-Identifier: Apache-2.0",
             "# A session whose user plane ends in an EAS (docs/emsdp-wire.md, \"End to end\"; docs/keys.md, section 8), printed by tests/peer/make_e2e_vectors.py,",
             "# an independent implementation of those pages. MILENAGE test set 1 of TS 35.208 4.3.1; KASME: TS 33.401 A.2 for PLMN 001-01.", ""]

    def record(section, first=True, **members):
        lines.extend([f"[{section}]"] if first else [])
        lines.extend(f"{name} = {value.hex() if isinstance(value, bytes) else value}" for name, value in members.items())
        lines.append("")

    record("keyset", e2m_keyset=KEYSET)
    for number, (eas, age) in enumerate(((EAS, 1), (EAS, 2), (EAS, 0xFFFFFFFF), (OTHER, 1))):
        key = keys.k_e2e(KEYSET, eas, age)
        parts = {}
        for suite in (1, 5, 6):
            parts[f"k_enc_{suite}"], parts[f"k_int_{suite}"] = keys.suite_keys(key, keys.SUITES[suite])
        record("k_e2e", number == 0, eas=eas.encode(), age=age, k_e2e=key, **parts)
    record("conversation", **conversation())
    for number, (s, e, suite) in enumerate(((3, 1, 5), (3, 1, 6), (0, 0, 6), (0, 1, 1), (4, 3, 2))):
        talk = Talk(lambda chosen=suite: e2e_key(3, chosen, 7), Framing(s, e))
        record("user_plane", number == 0, s=s, e=e, suite=suite, up=talk.user(UP, READING), down=talk.user(DOWN, b"thanks"))
    return "\n".join(lines)


if __name__ == "__main__":
    print(text(), end="")
