"""Rows of CRMs, web servers and the personnel office, for measurements: one function a format."""

from __future__ import annotations

import json
from datetime import datetime
from random import Random

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0"
WEB = """
connector = "access-log"
source = "/crm/web"
[[web.url]]
path = "/leads/{record}"
type = "record.viewed"
data = { record_kind = "lead" }
[[web.url]]
path = "/clients/{record}"
type = "record.viewed"
data = { record_kind = "client" }
[[web.url]]
path = "/search"
type = "search.performed"
"""
OWN = """
connector = "{}"
source = "/own"
"""
OBJECTS = """
connector = "acme"
source = "/crm"
id = "uid"
[time]
column = "at"
[[event]]
type = "record.viewed"
subject = "object.id"
agent = "actor.id"
data.record_kind = { const = "lead" }
"""


TABLE = """
connector = "acme"
source = "/crm"
[time]
column = "at"
format = "%Y-%m-%d %H:%M:%S"
time_zone = "Asia/Nicosia"
[[skip]]
when = { what = "login" }
why = "signing in"
[[event]]
type = "record.viewed"
when = { what = "view" }
subject = "lead"
agent = "user"
data.record_kind = { const = "lead" }
data.via = { column = "from", values = { L = "list", S = "search" }, otherwise = "other" }
data.dwell_s = { column = "took", unit = "milliseconds" }
"""


def combined(at: datetime, n: int, rng: Random, path: str = "/leads/L-{}") -> str:
    return (
        f"10.0.3.17 - anna [{at:%d/%b/%Y:%H:%M:%S} +0200] "
        f'"GET {path.format(rng.randrange(20_000))} HTTP/1.1" '
        f'200 5316 "https://crm.example/leads" "{BROWSER}"\n'
    )


def site(at: datetime, n: int, rng: Random) -> str:
    return combined(at, n, rng) if n % 5 == 0 else combined(at, n, rng, f"/static/app-{n % 40}.js")


def json_line(at: datetime, n: int, rng: Random) -> str:
    told = {
        "time_iso8601": f"{at:%Y-%m-%dT%H:%M:%S}+02:00", "request_method": "GET", "status": "200",
        "request_uri": f"/leads/L-{rng.randrange(20_000)}", "remote_user": "anna", "http_user_agent": BROWSER,
        "request_id": f"{n:032x}",
    }  # fmt: skip
    return json.dumps(told) + "\n"


def salesforce(at: datetime, n: int, rng: Random) -> str:
    lead = f"00Q5g00000{rng.randrange(20_000):05}"
    return (
        f'"URI","{at:%Y%m%d%H%M%S}.120","r{n:020}","00D5g000004AbCd","0055g00000AaBbC","88","41","/{lead}","S",'
        f'"10.0.3.17","{at:%Y-%m-%dT%H:%M:%S}.120Z","{lead}AAA"\n'
    )


def roster(at: datetime, n: int, rng: Random) -> str:
    return f"a-{n},2026-02-{rng.randint(10, 28)},2026-03-31,agent,cyprus,Asia/Nicosia,2024-05-06\n"


def audit(at: datetime, n: int, rng: Random) -> str:
    told = {"uid": f"u-{n}", "at": f"{at:%Y-%m-%dT%H:%M:%S}+02:00", "actor": {"id": "a-1", "name": "A"}}
    return json.dumps(told | {"object": {"id": f"L-{rng.randrange(20_000)}", "type": "Lead"}}) + "\n"


def view(at: datetime, n: int, rng: Random) -> str:
    lead, took = rng.randrange(20_000), rng.randrange(90_000)
    return f"{at:%Y-%m-%d %H:%M:%S},anna{rng.randrange(40)},view,L-{lead},{rng.choice('LSX')},{took}\n"


ELF_HEADER = (
    '"EVENT_TYPE","TIMESTAMP","REQUEST_ID","ORGANIZATION_ID","USER_ID","RUN_TIME","CPU_TIME","URI",'
    '"REQUEST_STATUS","CLIENT_IP","TIMESTAMP_DERIVED","URI_ID_DERIVED"\n'
)
HR_HEADER = "Agent,ResignationDate,LastWorkingDate,Role,Desk,TimeZone,JoinDate\n"


FLAT_HEADER = "id,source,type,time,subject,agent,record_kind,dwell_s\n"


def flat(at: datetime, n: int, rng: Random) -> str:
    lead = f"L-{rng.randrange(20_000)}"
    return f"v-{n},/crm,record.viewed,{at:%Y-%m-%dT%H:%M:%S}+02:00,{lead},a-1,lead,{rng.randrange(900)}\n"


ESPO_HEADER = "id,number,targetType,targetId,action,createdAt,userId,ipAddress\n"


def espocrm(at: datetime, n: int, rng: Random) -> str:
    lead, action = f"65e9d8c7b6{rng.randrange(20_000):07x}", rng.choice(("read", "read", "read", "update"))
    return f"65f0a1b2{n:09x},{n},Lead,{lead},{action},{at:%Y-%m-%d %H:%M:%S},anna-{n % 40},10.0.3.17\n"


ODOO_HEADER = "id,create_date,user_id,name,model_model,res_id,method,http_request_id/name,log_type\n"


def odoo(at: datetime, n: int, rng: Random) -> str:
    path = "/web/dataset/call_kw/crm.lead/" + rng.choice(("web_read", "web_search_read"))
    lead, user = rng.randrange(20_000), 100 + n % 40
    return f"{n},{at:%Y-%m-%d %H:%M:%S},{user},Eleni,crm.lead,{lead},read,{path},fast\n"


SUITE_HEADER = "id,monitor_id,user_id,module_name,item_id,item_summary,date_modified,action,session_id\n"


def suitecrm(at: datetime, n: int, rng: Random) -> str:
    lead, action = f"8d3f0c2a-5b1e-4c77-9d55-{rng.randrange(20_000):012x}", rng.choice(("detailview", "save"))
    return f"{n},b1f2c3d4,anna-{n % 40},Leads,{lead},Mr. Ioannou,{at:%Y-%m-%d %H:%M:%S},{action},k3v9\n"


FRAPPE_HEADER = "name,owner,creation,viewed_by,reference_doctype,reference_name\n"


def frappe(at: datetime, n: int, rng: Random) -> str:
    lead, user = f"CRM-LEAD-2026-{rng.randrange(20_000):05}", f"anna-{n % 40}@example.test"
    return f"v{n:09x},{user},{at:%Y-%m-%d %H:%M:%S}.120456,{user},CRM Lead,{lead}\n"


HUBSPOT_HEADER = "id,category,subCategory,action,targetObjectId,occurredAt,actingUser.userId\n"


def hubspot(at: datetime, n: int, rng: Random) -> str:
    record, user = 97_742_000_000 + rng.randrange(20_000), 100 + n % 40
    return f"j{n:019x},CRM_OBJECT,CONTACT,UPDATE,{record},{at:%Y-%m-%dT%H:%M:%S}.529Z,{user}\n"


MT5_HEADER = "Deal,Login,Time,Action,Profit,Currency,Comment\n"


def mt5(at: datetime, n: int, rng: Random) -> str:
    action, paid = rng.choice(("balance", "buy")), f"{rng.randrange(-900, 2_000)}.{n % 100:02}"
    return f"{n},{5_000 + rng.randrange(2_000)},{at:%Y.%m.%d %H:%M:%S},{action},{paid},USD,card\n"
