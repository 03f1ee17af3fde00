"""Rows of SuiteCRM's tracker table: openings, a save, a list, a page of no record, a user nobody knows."""

from sources.connectors.samples import Sample
from sources.crms import head, rows, tracked

SAMPLE = Sample(
    "tracker.csv",
    (
        rows(tracked(1, user_id="17")),
        rows(tracked(2, user_id="21", action="editview")),
        rows(tracked(3, user_id="19", action="save")),
        '"4","too short"\n',
        rows(tracked(5, user_id="20", action="index", item_id="")),
        rows(tracked(6, user_id="nobody"), tracked(7, module_name="Users")),
    ),
    ids=frozenset({"1", "2", "3", "5"}),
    head=head(tracked()),
)
