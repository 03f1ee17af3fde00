"""Rows of calls as telephone systems write them, for measurements: one function a format."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

LOCAL = "%Y-%m-%d %H:%M:%S"


def quoted(*cells: object) -> str:
    return ",".join(str(cell) if isinstance(cell, int) else f'"{cell}"' for cell in cells) + "\n"


def cdr(at: datetime, n: int, extension: int, number: str, ring: int, talk: int) -> str:
    answer, end = at + timedelta(seconds=ring), at + timedelta(seconds=ring + talk)
    unique = f"{int(at.timestamp()) - 7_200}.{n}"
    own, line = f"PJSIP/{extension}-{n:08x}", f"PJSIP/trunk-{n + 1:08x}"
    times = (f"{at:{LOCAL}}", f"{answer:{LOCAL}}" if talk else "", f"{end:{LOCAL}}")
    told = "ANSWERED" if talk else "NO ANSWER"
    start = ("", extension, number, "from-internal", f'""Agent"" <{extension}>', own, line, "Dial")
    rest = (ring + talk, talk, told, "DOCUMENTATION", unique, "", "", unique, n)
    return quoted(*map(str, start), f"PJSIP/{number}@trunk,60", *times, *rest)


def threecx(at: datetime, n: int, extension: int, number: str, ring: int, talk: int) -> str:
    answer, end = at + timedelta(seconds=ring), at + timedelta(seconds=ring + talk)
    form = "%Y/%m/%d %H:%M:%S"
    times = (f"{at:{form}}", f"{answer:{form}}" if talk else "", f"{end:{form}}")
    cells = [f"Call {n}", f"00000C21DE5C2470_{n}", "00:00:30", *times, "TerminatedBySrc", f"Ext.{extension}"]
    cells += [number, str(extension), "10021", number, "", number, *[""] * 5, f"Chain: Ext.{extension};"]
    return ",".join(cells) + "\n"


def cel(at: datetime, n: int, extension: int, number: str, ring: int, talk: int) -> str:
    """A call in seven channel events, so a seventh of the calls for the same rows."""
    began = at.timestamp() - 7_200
    phone, line = f"PJSIP/{extension}-{n:08x}", f"PJSIP/trunk-{n + 1:08x}"
    linked = f"{int(began)}.{n}"
    bridge = f'{{""bridge_id"":""b{n}""}}'
    hangup = f'{{""hangupcause"":16,""hangupsource"":""{line}"",""dialstatus"":""""}}'
    steps = [
        ("CHAN_START", 0, phone, linked, number, ""),
        ("CHAN_START", 0.2, line, linked + "1", "", ""),
        ("BRIDGE_ENTER", ring, line, linked + "1", "", bridge),
        ("BRIDGE_ENTER", ring, phone, linked, "", bridge),
        ("HANGUP", ring + talk, line, linked + "1", "", hangup),
        ("HANGUP", ring + talk, phone, linked, "", hangup),
        ("LINKEDID_END", ring + talk, phone, linked, "", ""),
    ]
    told = ""
    for name, when, channel, unique, exten, extra in steps:
        start = (name, f"{began + when:.6f}", "", str(extension), "", "", "", exten, "ctx", channel)
        told += quoted(*start, "Dial", "", "3", "", unique, linked, "", "", "", extra)
    return told


def freeswitch(at: datetime, n: int, extension: int, number: str, ring: int, talk: int) -> str:
    answer, end = at + timedelta(seconds=ring), at + timedelta(seconds=ring + talk)
    times = (f"{at:{LOCAL}}", f"{answer:{LOCAL}}" if talk else "", f"{end:{LOCAL}}")
    unique = f"a5c9f6c0-e752-11e3-8bfb-{n:012x}"
    why = "NORMAL_CLEARING" if talk else "NO_ANSWER"
    start = ("Agent", str(extension), number, "default", *times, str(ring + talk), str(talk), why, unique)
    return quoted(*start, "", str(extension), "PCMA", "PCMA")


def yeastar(at: datetime, n: int, extension: int, number: str, ring: int, talk: int) -> str:
    call = {
        "call_id": f"{int(at.timestamp()) - 7_200}.{n}", "time_start": f"{at:{LOCAL}}",
        "call_from": str(extension), "call_to": number, "call_duration": ring + talk,
        "talk_duration": talk, "src_trunk_name": " ",
        "dst_trunk_name": "cyta", "pin_code": " ", "status": "ANSWERED" if talk else "NO ANSWER",
        "type": "Outbound", "recording": "", "did_number": " ", "agent_ring_time": 0,
    }  # fmt: skip
    return json.dumps({"type": 30012, "sn": "3631A2124XXX", "msg": json.dumps(call)}) + "\n"


def aircall(at: datetime, n: int, extension: int, number: str, ring: int, talk: int) -> str:
    began = int(at.timestamp())
    call = {
        "id": n, "direct_link": f"https://api.aircall.io/v1/calls/{n}", "direction": "outbound",
        "status": "done", "missed_call_reason": None, "started_at": began,
        "answered_at": began + ring if talk else None,
        "ended_at": began + ring + talk, "duration": ring + talk, "raw_digits": number,
        "user": {"id": extension, "name": "Agent", "email": "agent@example.test"}, "assigned_to": None,
        "number": {"id": 1, "digits": "+357 22 000000"},
    }  # fmt: skip
    told = {"resource": "call", "event": "call.ended", "timestamp": began + 400, "token": "t", "data": call}
    return json.dumps(told) + "\n"


def twilio(at: datetime, n: int, extension: int, number: str, ring: int, talk: int) -> str:
    """A call over two lines in four callbacks, so a quarter of the calls for the same rows."""
    own, line = f"CA{2 * n:032x}", f"CA{2 * n + 1:032x}"
    steps: list[tuple[str, int, dict[str, str]]] = [
        (own, 0, {"CallStatus": "in-progress", "From": f"sip:{extension}@office.example", "To": number}),
        (line, 0, {"CallStatus": "ringing", "To": number, "ParentCallSid": own}),
        (
            line,
            ring + talk,
            {"CallStatus": "completed" if talk else "busy", "To": number, "ParentCallSid": own},
        ),
        (
            own,
            ring + talk,
            {"CallStatus": "completed", "From": f"sip:{extension}@office.example", "To": number},
        ),
    ]
    told = ""
    for order, (call, after, more) in enumerate(steps):
        when = f"{at + timedelta(seconds=after):%a, %d %b %Y %H:%M:%S} +0000"
        way = "inbound" if call == own else "outbound-dial"
        told += json.dumps(
            {
                "AccountSid": "AC1",
                "CallSid": call,
                "Direction": way,
                "SequenceNumber": str(order),
                "Timestamp": when,
            }
            | more
        )
        told += "\n"
    return told
