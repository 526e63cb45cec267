# SPDX-License-Identifier: Apache-2.0
"""Every number of tests/vectors/golden-emsdp.txt, computed by the Python implementation; none of them may be left over."""
import unittest

import aka
import emsdp
import golden
import keys
from emsdp import Framing
from keys import CONTROL, DOWN, UP, USER

FILE = golden.read("golden-emsdp.txt")
IMSI = "001010123456789"
ENDPOINT = "hse.example"
NETWORK = keys.plmn("001-01")
IN = {name: bytes.fromhex(value) for name, value in FILE["inputs"][0].items()}
RUN = aka.Milenage(IN["k"], IN["opc"], IN["rand"])
SQN_AK = aka.xor(IN["sqn"], RUN.ak)
KASME = keys.kasme(RUN.ck, RUN.ik, NETWORK, SQN_AK)
READING = bytes(range(20))
FRAMING = Framing(3, 1)
# What the datagrams of the user plane say.
PAYLOADS = {"up_1": b"reading 2", "down_1": b"valve shut", "down_old_key": b"still the old key", "up_2": b"reading 3", "down_2": b"thanks",
            "up_3": b"reading 4"}
USED = set()


def record(section, number=0):
    """The hexadecimal members of a record, each taken to be checked."""
    USED.add((section, number))
    return FILE[section][number]


def keyset(agreement=3, root=KASME):
    return keys.e2m_keyset(root, agreement, SQN_AK)


def session_key(generation=1, agreement=3, suite=1, key_id=1, root=KASME):
    return keys.TrafficKey(keys.k_session(keyset(agreement, root), ENDPOINT, generation), suite, key_id, generation)


class Golden(unittest.TestCase):
    def check(self, found, **expected):
        """Every member of the record is named, and equal."""
        self.assertEqual({name: value for name, value in found.items() if name in expected},
                         {name: value.hex() if isinstance(value, bytes) else str(value) for name, value in expected.items()})
        self.assertEqual(set(found), set(expected))


class Inputs(Golden):
    def test_aka(self):
        ck_ik = keys.own(RUN.ck + RUN.ik, 0x01, SQN_AK)
        k_hse = keys.kdf(RUN.ck + RUN.ik, b"\x63", "5G:mnc001.mcc001.3gppnetwork.org", SQN_AK)
        opc = aka.opc_of(IN["k"], bytes.fromhex("cdc202d5123e20f62b6d676ac72cb318"))
        self.check(record("inputs"), ck=RUN.ck, ik=RUN.ik, k=IN["k"], opc=opc,
                   rand=IN["rand"], sqn=IN["sqn"], imsi_ascii=IMSI.encode(), plmn=NETWORK, endpoint=ENDPOINT.encode(), reading=READING,
                   sqn_xor_ak=SQN_AK, autn_8080=RUN.autn(IN["sqn"], b"\x80\x80"), autn_0080=RUN.autn(IN["sqn"], b"\x00\x80"),
                   autn_0000=RUN.autn(IN["sqn"], bytes(2)), kasme=KASME, ck_prime=ck_ik[:16], ik_prime=ck_ik[16:],
                   kc_flagged=aka.c3(ck_ik[:16], ck_ik[16:]), ks_naf=self.ks_naf(), k_af=self.k_af(), k_hse=k_hse)

    @staticmethod
    def ks_naf():
        impi = IMSI + "@ims.mnc001.mcc001.3gppnetwork.org"
        return keys.kdf(RUN.ck + RUN.ik, b"\x01", "gba-me", IN["rand"], impi, b"naf.example.com" + bytes.fromhex("0100000002"))

    @staticmethod
    def k_af():
        k_akma = keys.kdf(bytes(range(32)), b"\x80", "AKMA", IMSI)
        return keys.kdf(k_akma, b"\x82", b"naf.example.com" + bytes.fromhex("0100000002"))

    def test_e2m_keyset(self):
        roots = {"ck_ik": RUN.ck + RUN.ik, "kasme": KASME, "ks_naf": self.ks_naf(), "k_af": self.k_af(),
                 "k_hse": bytes.fromhex(FILE["inputs"][0]["k_hse"])}
        for number, found in enumerate(FILE["e2m_keyset"]):
            agreement = int(found["agreement"])
            sqn_ak = b"" if agreement in (4, 5, 6) else SQN_AK
            self.check(record("e2m_keyset", number), agreement=agreement, root=found["root"],
                       e2m_keyset=keys.e2m_keyset(roots[found["root"]], agreement, sqn_ak))

    def test_k_session(self):
        for number, found in enumerate(FILE["k_session"]):
            agreement, generation = int(found["agreement"]), int(found["generation"])
            root = KASME if agreement == 3 else RUN.ck + RUN.ik
            self.check(record("k_session", number), agreement=agreement, generation=generation,
                       k_session=keys.k_session(keyset(agreement, root), ENDPOINT, generation))

    def test_suite_keys(self):
        for number, found in enumerate(FILE["suite_keys"]):
            suite = keys.SUITES[int(found["suite"])]
            k_enc, k_int = keys.suite_keys(bytes.fromhex(found["key"]), suite)
            self.check(record("suite_keys", number), key=found["key"], suite=suite.id, name=suite.name, k_enc=k_enc, k_int=k_int)

    def test_k_e2e(self):
        key = keys.k_e2e(keyset(), "eas.example", 1)
        self.check(record("k_e2e"), k_e2e=key, psk=keys.exported_psk(key, "dtls1.2", 0, 1))

    def test_device_rand(self):
        rand1 = bytes.fromhex("00000000000100010203040506070809")
        rands = [keys.own(rand1, 0x10, IMSI, bytes([which]))[:16] for which in (1, 2)]
        runs = [aka.Milenage(IN["k"], IN["opc"], rand) for rand in rands]
        kc_sres = b"".join([one.kc() for one in runs] + [one.sres() for one in runs])
        self.check(record("device_rand"), rand1=rand1, rand_a=rands[0], rand_b=rands[1], kc_sres=kc_sres,
                   k_mtc=keys.own(kc_sres, 0x11, ENDPOINT, IMSI, rand1, bytes(32)), next_chain=keys.own(kc_sres, 0x13, bytes(32), rand1))

    def test_k_iwf(self):
        for number, root in enumerate((RUN.ck + RUN.ik, KASME)):
            k_iwf = keys.own(root, 0x20, "iwf.example", IMSI, (1).to_bytes(4, "big"))
            conf, integrity = keys.k_di(k_iwf, 1)
            self.check(record("k_iwf", number), root=("ck_ik", "kasme")[number], k_iwf=k_iwf, k_di_conf=conf, k_di_int=integrity)


def request(agreement=3, attempt=0, auts=None):
    body = bytes([emsdp.REQUEST]) + emsdp.tlvs(
        (emsdp.IMSI, emsdp.imsi_value(IMSI)), (emsdp.UE_CONFIGURATION, emsdp.ue_configuration([agreement], [1, 2, 3, 4])),
        (emsdp.ENTERPRISE, b""), (emsdp.SERVING_NETWORK, NETWORK), (emsdp.AUTS, auts))
    return FRAMING.header(CONTROL, 0, 0, attempt) + body


def start(key, answered, session=1, autn=None, rand=IN["rand"], agreement=3, generation=None):
    """11; without AUTN it answers early data or a device RAND."""
    configuration = bytes([agreement, 1, FRAMING.octet()]) + (generation.to_bytes(4, "big") if generation else b"")
    body = bytes([emsdp.START]) + emsdp.tlvs((emsdp.RAND, rand if autn else None), (emsdp.AUTN, autn),
                                             (emsdp.HSE_CONFIGURATION, configuration))
    return emsdp.protect(FRAMING, key, session, CONTROL, DOWN, body, emsdp.transcript_of(answered))


def up(key, command, *pairs, session=1, transcript=b""):
    return emsdp.protect(FRAMING, key, session, CONTROL, UP, bytes([command]) + emsdp.tlvs(*pairs), transcript)


def down(key, command, *pairs, session=1):
    return emsdp.protect(FRAMING, key, session, CONTROL, DOWN, bytes([command]) + emsdp.tlvs(*pairs))


def key_tlv(generation, key_id):
    return emsdp.KEY, generation.to_bytes(4, "big") + bytes([1, key_id])


class Datagrams(Golden):
    def test_conversation_and_mac_inputs(self):
        found = record("conversation")
        one, two, three = session_key(1), session_key(2, key_id=2), session_key(3, key_id=3)
        up_key, down_key = {key.key_id: key for key in (one, two, three)}, {n: session_key(n, key_id=n) for n in (1, 2, 3)}

        def user(keys_of, direction, key_id, payload):
            return emsdp.protect(FRAMING, keys_of[key_id], 1, USER, direction, payload)

        sent = {"request": request()}
        sent["start"] = start(down_key[1], sent["request"], autn=RUN.autn(IN["sqn"], b"\x80\x80"))
        hashed = emsdp.transcript_of(sent["request"], sent["start"])
        sent["confirmation"] = up(one, emsdp.CONFIRMATION, (emsdp.DATA, READING), transcript=hashed)
        sent["up_1"] = user(up_key, UP, 1, PAYLOADS["up_1"])
        sent["down_1"] = user(down_key, DOWN, 1, PAYLOADS["down_1"])
        sent["manage_request"] = down(down_key[1], emsdp.MANAGE_REQUEST, key_tlv(2, 2))
        sent["down_old_key"] = user(down_key, DOWN, 1, PAYLOADS["down_old_key"])
        sent["manage_response"] = up(two, emsdp.MANAGE_RESPONSE)
        sent["up_2"] = user(up_key, UP, 2, PAYLOADS["up_2"])
        sent["down_2"] = user(down_key, DOWN, 2, PAYLOADS["down_2"])
        sent["terminate_request"] = up(two, emsdp.TERMINATE_REQUEST)
        sent["terminate_response"] = down(down_key[2], emsdp.TERMINATE_RESPONSE, key_tlv(3, 3))
        sent["early_request"] = up(three, emsdp.REQUEST, (emsdp.DATA, READING))
        sent["early_start"] = start(down_key[3], sent["early_request"])
        sent["up_3"] = user(up_key, UP, 3, PAYLOADS["up_3"])
        sent["terminate_request_down"] = down(down_key[3], emsdp.TERMINATE_REQUEST, key_tlv(4, 4))
        sent["terminate_response_up"] = up(three, emsdp.TERMINATE_RESPONSE)
        self.check(found, **sent)
        self.check_mac_inputs(sent, hashed)

    def check_mac_inputs(self, sent, hashed):
        def input_of(name, prefix, transcript=b""):
            header = emsdp.parse_header(FRAMING, sent[name])
            return emsdp.mac_input(FRAMING, bytes.fromhex(prefix), header.octets, header.body[:-8], transcript)

        first = emsdp.transcript_of(sent["request"])
        self.check(record("mac_inputs"), transcript_start=first, transcript_confirmation=hashed,
                   start=input_of("start", "0000000004000000", first),
                   confirmation=input_of("confirmation", "0000000000000000", hashed),
                   up_1=input_of("up_1", "0000000008000000"))

    def test_what_the_conversation_says_can_be_read(self):
        found = {name: bytes.fromhex(value) for name, value in FILE["conversation"][0].items()}
        for names, direction, generation in ((("up_1",), UP, 1), (("down_1", "down_old_key"), DOWN, 1), (("up_2",), UP, 2),
                                             (("down_2",), DOWN, 2), (("up_3",), UP, 3)):
            key = session_key(generation, key_id=generation)
            for count, name in enumerate(names):
                header = emsdp.parse_header(FRAMING, found[name])
                self.assertEqual(header.key_id, generation)
                self.assertEqual(emsdp.receive(FRAMING, key, header, direction), (PAYLOADS[name], count))

    def test_agreement_07(self):
        root = RUN.ck + RUN.ik
        first = request(7)
        autn = RUN.autn(IN["sqn"], bytes(2))
        second = start(session_key(1, 7, root=root), first, autn=autn, agreement=7)
        third = up(session_key(1, 7, root=root), emsdp.CONFIRMATION, (emsdp.DATA, READING), transcript=emsdp.transcript_of(first, second))
        self.check(record("setup_07"), request=first, start=second, confirmation=third)

    def test_rejects(self):
        found = record("reject")
        key = session_key()
        key.next_count[CONTROL] = 1
        echo = bytes.fromhex(found["with_mac"])[11:19]
        body = (emsdp.REASON, b"\x07"), (emsdp.ECHO, echo)
        hint = FRAMING.header(CONTROL, 0, 1, 0) + bytes([emsdp.REJECT]) + emsdp.tlvs(
            (emsdp.REASON, b"\x02"), (emsdp.ECHO, bytes.fromhex(found["hint"])[-8:]))
        self.check(found, with_mac=up(key, emsdp.REJECT, *body), hint=hint)

    def test_device_rand(self):
        k_mtc = bytes.fromhex(FILE["device_rand"][0]["k_mtc"])
        rand1 = bytes.fromhex(FILE["device_rand"][0]["rand1"])
        device, server = keys.TrafficKey(k_mtc, 1, 2), keys.TrafficKey(k_mtc, 1, 2)
        first = up(device, emsdp.REQUEST, (emsdp.IMSI, emsdp.imsi_value(IMSI)), (emsdp.RAND1, rand1), (emsdp.DATA, READING), session=0)
        second = start(server, first, agreement=0)
        self.check(record("device_rand_datagrams"), request=first, start=second,
                   up=emsdp.protect(FRAMING, device, 1, USER, UP, PAYLOADS["up_1"]),
                   down=emsdp.protect(FRAMING, server, 1, USER, DOWN, PAYLOADS["down_1"]))

    def test_attempts_and_resynchronisation(self):
        autn = RUN.autn(IN["sqn"], b"\x80\x80")
        first, second = request(attempt=1), request(attempt=2)
        start_2 = start(session_key(2), second, session=2, autn=autn, generation=2)
        hashed = emsdp.transcript_of(second, start_2)
        confirmation = up(session_key(2), emsdp.CONFIRMATION, (emsdp.DATA, READING), session=2, transcript=hashed)
        found = record("attempts")
        auts = bytes.fromhex(found["request_auts"])[-14:]
        sqn = aka.xor(auts[:6], RUN.ak_star)
        self.assertEqual(RUN.mac_s(sqn), auts[6:])
        fresh = bytes.fromhex(found["start_auts"])
        header = emsdp.parse_header(FRAMING, fresh)
        told = emsdp.parse_tlvs(header.body[1:-8])
        run = aka.Milenage(IN["k"], IN["opc"], told[emsdp.RAND])
        autn_2 = told[emsdp.AUTN]
        sqn_2 = aka.xor(autn_2[:6], run.ak)
        self.assertEqual(autn_2, run.autn(sqn_2, b"\x80\x80"))
        self.assertGreater(sqn_2, sqn)
        root = keys.kasme(run.ck, run.ik, NETWORK, autn_2[:6])
        key = keys.TrafficKey(keys.k_session(keys.e2m_keyset(root, 3, autn_2[:6]), ENDPOINT, 1), 1, 1)
        third = request(auts=auts)
        self.check(found, request_1=first, start_1=start(session_key(), first, autn=autn), request_2=second, start_2=start_2,
                   confirmation_2=confirmation, request_auts=third,
                   start_auts=start(key, third, session=2, autn=autn_2, rand=told[emsdp.RAND]))

    def test_access_aka_in_the_access(self):
        """Section 11: the container up plays the part of 10."""
        framing, root = Framing(0, 1), RUN.ck + RUN.ik
        for number, found in enumerate(FILE["solution_1"]):
            agreement = int(found["agreement"])
            device = {g: session_key(g, agreement, root=root, key_id=g) for g in (1, 2)}
            network = {g: session_key(g, agreement, root=root, key_id=g) for g in (1, 2)}
            sent = {"agreement": agreement}
            for generation, ending in ((1, ""), (2, "_2")):
                asked = emsdp.container(NETWORK, 1, IN["rand"], IMSI, [agreement], [1, 2, 3, 4], generation - 1)
                key = network[generation]
                configuration = bytes([agreement, 1, framing.octet()]) + (generation.to_bytes(4, "big") if generation > 1 else b"")
                body = bytes([emsdp.START]) + emsdp.tlvs((emsdp.HSE_CONFIGURATION, configuration))
                start_ = emsdp.protect(framing, key, 0, CONTROL, DOWN, body, emsdp.transcript_of(asked))
                sent["container" + ending] = asked
                sent["start" + ending] = start_
                sent["answer" + ending] = NETWORK + b"\x01" + start_
                sent["reading" + ending] = emsdp.protect(framing, device[generation], 0, USER, UP, READING)
            sent["down"] = emsdp.protect(framing, network[2], 0, USER, DOWN, PAYLOADS["down_1"])
            sent["reject"] = framing.header(CONTROL, 0, 0, 0) + bytes([emsdp.REJECT]) + emsdp.tlvs(
                (emsdp.REASON, b"\x0d"), (emsdp.ECHO, emsdp.transcript_of(sent["container"])[:8]))
            self.check(record("solution_1", number), **sent)

    def test_access_aka_over_a_tunnel(self):
        """Section 11: 10 names the key set."""
        root = RUN.ck + RUN.ik
        body = bytes([emsdp.REQUEST]) + emsdp.tlvs(
            (emsdp.IMSI, emsdp.imsi_value(IMSI)), (emsdp.UE_CONFIGURATION, emsdp.ue_configuration([2, 3], [1, 2, 3, 4])),
            (emsdp.ENTERPRISE, b""), (emsdp.SERVING_NETWORK, NETWORK), (emsdp.RAND, IN["rand"]))
        first = FRAMING.header(CONTROL, 0, 0, 0) + body
        second = start(session_key(2, 2, root=root), first, agreement=2, generation=2)
        third = up(session_key(2, 2, root=root), emsdp.CONFIRMATION, (emsdp.DATA, READING),
                   transcript=emsdp.transcript_of(first, second))
        self.check(record("solution_2"), request=first, start=second, confirmation=third)

    def test_framing(self):
        for number, found in enumerate(FILE["framing"]):
            framing, suite = Framing(int(found["s"]), int(found["e"])), int(found["suite"])
            datagram = emsdp.protect(framing, session_key(suite=suite), 1 if framing.s else 0, USER, UP, READING, count=0x12345)
            self.check(record("framing", number), s=framing.s, e=framing.e, suite=suite, datagram=datagram)

    def test_full_count(self):
        body = bytes([emsdp.MANAGE_REQUEST]) + emsdp.tlvs((emsdp.COUNT, (0x777).to_bytes(4, "big") + (0x12345).to_bytes(4, "big")))
        self.check(record("full_count"), request=emsdp.protect(FRAMING, session_key(), 1, CONTROL, UP, body, count=0x777))


class ZzNothingIsLeftOver(unittest.TestCase):
    def test_every_record_was_checked(self):
        self.assertEqual(sorted({(section, n) for section, records in FILE.items() for n in range(len(records))} - USED), [])


if __name__ == "__main__":
    unittest.main()
