# SPDX-License-Identifier: Apache-2.0
"""Prints tests/vectors/trigger.txt from a3.py: what both ends of interface A3 say, octet by octet."""
import a3
import keys

HEAD = """# SPDX-License-Identifier: Apache-2.0
# Known answers for interface A3 (docs/trigger-wire.md), revision godwit1, Godwit's own, printed by an independent implementation of that page
# (tests/peer/make_trigger_vectors.py). CK, IK and RAND: MILENAGE test set 1 (TS 35.208 4.3.1); KASME (TS 33.401 A.2) of golden-emsdp.txt; KDF (TS 33.220
# B.2). IMSI 001010123456789, MTC-IWF iwf.example, times from 1800000000 on. *_sms: user data of a short message with application port (TS 23.040
# 9.2.3.24.4)."""

CK_IK = bytes.fromhex("b40ba9a3c58b2a05bbf0d987b21bf8cb" "f769bcd751044604127672711c6d3441")
KASME = bytes.fromhex("48579af8781c742d5120e6ed8ccac13193f38c53ab7aa69396f49ca6e1b0562d")
RAND = bytes.fromhex("23553cbe9637a89d218ae64dae47bf35")
IMSI, IWF, SCS = "001010123456789", "iwf.example", "scs.example"
TIME = 1800000000
FLAGGED, OF_KASME = 1, 2
PAYLOAD = bytes(range(80))


def association(number, root, suite):
    return a3.Association(a3.k_iwf(root, IWF, IMSI, number), number, suite)


def conversation():
    """Set-up, a trigger as long as can be, its acknowledgement, a recall, a poll, a replacement."""
    ends, name = association(1, CK_IK, 1), a3.digest(RAND)
    sent = {"k_iwf": ends.key, "root_name": name, "source": a3.digest(SCS.encode())}
    sent["command"] = ends.protect(a3.COMMAND, 0, a3.command(1, FLAGGED, name, TIME, [1, 3]))
    sent["complete"] = ends.protect(a3.COMPLETE, 0, a3.complete(1, [1, 3], sent["command"]))
    sent["trigger"] = ends.protect(a3.TRIGGER, 1, a3.trigger(7, TIME + 5, 3600, 4096, SCS, PAYLOAD, priority=True))
    sent["trigger_sms"] = a3.short_message(sent["trigger"])
    sent["acknowledgement"] = ends.protect(a3.ACKNOWLEDGEMENT, 1, a3.acknowledgement(7, 1))
    sent["recall"] = ends.protect(a3.TRIGGER, 2, a3.trigger(9, TIME + 10, 0, 4096, SCS, action=a3.RECALL, old=8))
    sent["recall_acknowledgement"] = ends.protect(a3.ACKNOWLEDGEMENT, 2, a3.acknowledgement(9, 3))
    sent["late"] = ends.protect(a3.TRIGGER, 3, a3.trigger(8, TIME + 6, 3600, 4096, SCS, b"too late"))
    sent["late_acknowledgement"] = ends.protect(a3.ACKNOWLEDGEMENT, 3, a3.acknowledgement(8, 3))
    sent["poll"] = ends.protect(a3.POLL, 4, a3.poll(4))
    sent["poll_datagram"] = a3.datagram(IMSI, sent["poll"])
    sent["poll_answer"] = ends.protect(a3.POLL_ANSWER, 4, a3.poll_answer(TIME + 4000, 1))
    sent["replace"] = ends.protect(
        a3.TRIGGER, 5, a3.trigger(11, TIME + 4001, 60, 4096, SCS, PAYLOAD, action=a3.REPLACE, old=10))
    sent["replace_sms"] = a3.short_message(sent["replace"])
    sent["replace_acknowledgement"] = ends.protect(a3.ACKNOWLEDGEMENT, 5, a3.acknowledgement(11, 1))
    return sent


def of_suite(suite):
    """Another association for each suite, of KASME: the Command stays under suite 1."""
    number = 6 + suite  # key ids from 1 on
    ends, name = association(number, KASME, suite), a3.digest(RAND)
    conf, integrity = keys.k_di(ends.key, suite)
    sent = {"suite": str(suite), "association": str(number), "k_iwf": ends.key, "k_di_conf": conf, "k_di_int": integrity}
    sent["command"] = ends.protect(a3.COMMAND, 0, a3.command(number, OF_KASME, name, TIME, [6, 5, 3, 1]))
    sent["complete"] = ends.protect(a3.COMPLETE, 0, a3.complete(suite, [one for one in (1, 3, 5) if one <= suite] + [suite] * (suite == 6),
                                                                 sent["command"]))
    sent["trigger"] = ends.protect(a3.TRIGGER, 0x01020304, a3.trigger(7, TIME, 60, 9, "", b"valve", acknowledge=False))
    sent["acknowledgement"] = ends.protect(a3.ACKNOWLEDGEMENT, 0xFFFFFFFE, a3.acknowledgement(7, 5))
    return sent


def rejects():
    ends, name = association(1, CK_IK, 1), a3.digest(RAND)
    asked = conversation()["command"]
    return {"protected": ends.protect(a3.REJECT, 1, a3.reject(3, FLAGGED, name, 1, asked)),
            "hint": a3.unprotected(a3.REJECT, a3.reject(1, 0, bytes(8), 0, asked)),
            "wants": a3.unprotected(a3.REJECT, a3.reject(5, FLAGGED, name, 0, b""))}


def unprotected():
    """Case 1 of the contribution."""
    return {"trigger": a3.unprotected(a3.TRIGGER, a3.trigger(7, TIME, 60, 4096, SCS, b"valve")),
            "acknowledgement": a3.unprotected(a3.ACKNOWLEDGEMENT, a3.acknowledgement(7, 1))}


def cookie():
    given, drawn = bytes(range(0xA0, 0xA8)), bytes(range(0x51, 0x59))
    hint = a3.unprotected(a3.REJECT, a3.reject(5, FLAGGED, a3.digest(RAND), 0, b"", drawn))
    return {"hint": hint, "cookie": given, "cookie_answer": a3.cookie_answer(hint, given), "datagram": a3.datagram(IMSI, hint, given)}


def record(members):
    return "\n".join(f"{name} = {value if isinstance(value, str) else value.hex()}" for name, value in members.items())


def text():
    sections = {"conversation": [conversation()], "suites": [of_suite(one) for one in (1, 3, 5, 6)], "rejects": [rejects()],
                "unprotected": [unprotected()], "cookie": [cookie()]}
    return HEAD + "".join(f"\n\n[{name}]\n" + "\n\n".join(record(one) for one in records) for name, records in sections.items()) + "\n"


if __name__ == "__main__":
    print(text(), end="")
