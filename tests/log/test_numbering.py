"""A missing event is proved missing where sources number their events."""

from viewtrail.log.numbering import Numbering


def problems(*told: tuple[str, str | None]) -> list[str]:
    numbering = Numbering()
    if told:
        numbering.note([source for source, _ in told], [sequence for _, sequence in told])
    return numbering.problems()


def test_an_unbroken_run_in_any_order_has_no_gap() -> None:
    assert problems() == []
    assert problems(("/crm", "3"), ("/crm", "1"), ("/crm", "2"), ("/crm", "2")) == []
    assert problems(("/crm", None), ("/pbx", "10"), ("/pbx", "11")) == []


def test_a_gap_is_named_with_its_source() -> None:
    assert problems(("/crm", "1"), ("/crm", "3")) == ["/crm: number 2 is missing"]
    assert problems(("/crm", "1"), ("/crm", "2000")) == ["/crm: numbers 2 to 1999 are missing (1,998)"]


def test_sources_and_boots_count_apart() -> None:
    told = [("/crm", "boot7-1"), ("/crm", "boot7-2"), ("/crm", "boot8-9"), ("/pbx", "5")]
    assert problems(*told) == []
    assert problems(*told, ("/crm", "boot8-11")) == ["/crm (boot8-): number 10 is missing"]


def test_a_sequence_without_a_number_is_said_to_prove_nothing() -> None:
    assert problems(("/crm", "first"), ("/crm", "9" * 16)) == ["/crm: 1 sequences are no numbers"]
    assert problems(("/crm", "1"), ("/crm", "")) == ["/crm: 1 sequences are no numbers"]


def test_what_a_source_reports_itself_counts() -> None:
    numbering = Numbering()
    numbering.told("/crm reported 3 events lost (entry 9)")
    assert numbering.problems() == ["/crm reported 3 events lost (entry 9)"]
