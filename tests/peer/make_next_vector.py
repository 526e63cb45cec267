# SPDX-License-Identifier: Apache-2.0
"""Prints tests/vectors/next-vector.txt: the vector of the next session, handed out inside EMSDP (docs/emsdp-wire.md, "Next vector").

The session before it: MILENAGE test set 1 of TS 35.208 4.3.1, PLMN 001-01, SQN 321, generation 1, Key ID 1, Session ID 1, S=3 E=1, suite 01;
one datagram control each way (11 and 12) has gone. The vector handed out: the same RAND, SQN 354, generation 1, Key ID 2."""
import aka
import emsdp
import keys
from emsdp import Framing
from keys import CONTROL, DOWN, UP

K, OPC = bytes.fromhex("465b5ce8b199b49faa5f0a2ee238a6bc"), bytes.fromhex("cd63cb71954a9f4e48a5994e37a02baf")
RAND = bytes.fromhex("23553cbe9637a89d218ae64dae47bf35")
FRAMING, SESSION, HOME, AMF = Framing(3, 1), 1, keys.plmn("001-01"), b"\x80\x80"
READING = bytes(range(20))


def traffic_key(sqn, key_id):
    run = aka.Milenage(K, OPC, RAND)
    autn = run.autn(sqn.to_bytes(6, "big"), AMF)
    keyset = keys.e2m_keyset(keys.separate_root(3, run, autn, HOME), 3, autn[:6])
    return autn, keys.TrafficKey(keys.k_session(keyset, "hse.example", 1), 1, key_id)


def tlvs(autn, count=None):
    return emsdp.tlvs((emsdp.RAND, RAND), (emsdp.AUTN, autn), (emsdp.HSE_CONFIGURATION, bytes([3, 1, FRAMING.octet()])),
                      (emsdp.KEY, (1).to_bytes(4, "big") + bytes([1, 2])), (emsdp.COUNT, count))


def old_key():
    _, key = traffic_key(321, 1)
    key.next_count[CONTROL] = 1
    return key


def datagram(key, direction, command, content=b"", transcript=b"", count=None):
    return emsdp.protect(FRAMING, key, SESSION, CONTROL, direction, bytes([command]) + content, transcript, count)


def main():
    autn, next_key = traffic_key(354, 2)
    print("# The vector of the next session inside EMSDP (docs/emsdp-wire.md, \"Next vector\"), printed by tests/peer/make_next_vector.py, an")
    print("# independent implementation of that page. MILENAGE test set 1 of TS 35.208 4.3.1; KASME: TS 33.401 A.2 for PLMN 001-01.")
    print("\n[handed]\nautn =", autn.hex())
    for name, command in (("manage", emsdp.MANAGE_REQUEST), ("terminate", emsdp.TERMINATE_REQUEST), ("ended", emsdp.TERMINATE_RESPONSE)):
        print(name, "=", datagram(old_key(), DOWN, command, tlvs(autn)).hex())
    print("managed =", datagram(next_key, UP, emsdp.MANAGE_RESPONSE, count=0).hex())
    print("terminated =", datagram(old_key(), UP, emsdp.TERMINATE_RESPONSE).hex())
    early = datagram(next_key, UP, emsdp.REQUEST, emsdp.tlvs((emsdp.DATA, READING)), count=0)
    print("early =", early.hex())
    print("started =", datagram(next_key, DOWN, emsdp.START, emsdp.tlvs((emsdp.HSE_CONFIGURATION, bytes([3, 1, FRAMING.octet()]))),
                                emsdp.hashlib.sha256(early).digest(), 0).hex())
    # A card that has taken SQN 354 before: it answers with AUTS, and the device with 80.
    card = aka.Usim(K, OPC, "")
    card.authenticate(RAND, autn)
    try:
        card.authenticate(RAND, autn)
    except aka.SyncFailure as failure:
        auts = failure.auts
    echo = datagram(old_key(), DOWN, emsdp.MANAGE_REQUEST, tlvs(autn))[-8:]
    stale = emsdp.tlvs((emsdp.AUTS, auts), (emsdp.REASON, bytes([1 + emsdp.REASONS.index("auth_resync")])), (emsdp.ECHO, echo))
    print("\n[refused]\nauts =", auts.hex())
    print("stale =", datagram(old_key(), UP, emsdp.REJECT, stale).hex())


if __name__ == "__main__":
    main()
