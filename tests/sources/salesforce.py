"""Event log files as Salesforce writes them: every cell quoted, one EVENT_TYPE a file."""

from __future__ import annotations

from typing import Final

ORGANIZATION: Final = "00D5g000004AbCd"
CLEO: Final = "0055g00000AaBbC"
"""A user's id in its short form; the table of people has it in its long one."""

COMMON: Final = {
    "TIMESTAMP": "20260302071403.120",
    "REQUEST_ID": "4exLFFQZ1234xFl1cJNwOV",
    "ORGANIZATION_ID": ORGANIZATION,
    "USER_ID": CLEO,
    "USER_TYPE": "Standard",
    "RUN_TIME": "88",
    "CPU_TIME": "41",
    "CLIENT_IP": "Salesforce.com IP",
    "TIMESTAMP_DERIVED": "2026-03-02T07:14:03.120Z",
}
OWN: Final = {
    "URI": {"URI": "/00Q5g00000ABCDE", "REQUEST_STATUS": "S", "URI_ID_DERIVED": "00Q5g00000ABCDEEA5"},
    "LightningPageView": {
        "UI_EVENT_ID": "ltng:pageView", "UI_EVENT_SEQUENCE_NUM": "7", "PAGE_ENTITY_ID": "0035g00000XyZwVAAV",
        "PAGE_ENTITY_TYPE": "Contact", "PAGE_URL": "/lightning/r/Contact/0035g00000XyZwVAAV/view",
        "EFFECTIVE_PAGE_TIME": "1840",
    },
    "Search": {"QUERY_ID": "-kq1", "NUM_RESULTS": "17", "SEARCH_QUERY": "Smith +35799123456"},
    "Report": {"REPORT_ID": "00O5g000007YyZz", "ROW_COUNT": "2000", "ORIGIN": "ReportRunFromLightning"},
    "ReportExport": {"URI": "/00O5g000007YyZz?export=1&xf=xls", "CLIENT_INFO": "Chrome"},
    "BulkApi": {
        "JOB_ID": "7505g00000JOB01", "BATCH_ID": "7515g00000BAT01", "OPERATION_TYPE": "query",
        "ENTITY_TYPE": "Lead", "ROWS_PROCESSED": "12500", "SUCCESS": "1", "CONTENT_TYPE": "CSV",
    },
}  # fmt: skip


def row(kind: str = "URI", **more: str) -> dict[str, str]:
    return {"EVENT_TYPE": kind, **COMMON, **OWN.get(kind, {}), **more}


def log_file(*rows: dict[str, str]) -> str:
    """A file with the columns of its first row."""
    names = list(rows[0])
    lines = [names, *([one.get(name, "") for name in names] for one in rows)]
    return "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) + "\n" for line in lines)
