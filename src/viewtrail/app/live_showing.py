"""What a running fold changed since it was last shown, into the projections."""

from __future__ import annotations

from viewtrail.app.fold import Fold
from viewtrail.finding import Gone, Left
from viewtrail.store.live_projections import Change, LiveProjections
from viewtrail.store.projections import Made


class Showing:
    """Keeps projections equal to a fold by writing only what it changed."""

    def __init__(self, projections: LiveProjections) -> None:
        self._projections = projections
        self._told = 0
        self._places: dict[str, int] = {}
        self._decided: dict[str, int] = {}
        self._left: list[Left] = []

    def all(self, fold: Fold, made: Made) -> None:
        """Everything anew: another fold than the one that was shown."""
        found = fold.projections(made)
        self._projections.replace(found)
        self._told, self._left = len(found.transitions), list(found.left)
        self._places = {one.id: place for place, one in enumerate(found.findings)}
        self._decided = {one.finding: place for place, one in enumerate(found.decisions)}
        _is_shown(fold)

    def more(self, fold: Fold, made: Made, *, people: bool) -> None:
        """What the same fold came to since; `people` when somebody was introduced or changed."""
        new = fold.transitions[self._told :]
        findings = [(self._place(id), fold.told[id]) for id in dict.fromkeys(t.finding.id for t in new)]
        decided = sorted(self._decision_place(id) for id in self._in_order(fold))
        left = fold.loop.left_alone()
        same = _common(self._left, left)
        changed = same < len(left) or same < len(self._left)
        self._projections.change(
            Change(
                made,
                self._told,
                new,
                findings,
                [(place, decision) for place, id in decided if (decision := fold.decisions.of(id))],
                same,
                left[same:] if changed else None,
                fold.people() if people else (),
                fold.heard() if fold.sources.changed else None,
                self._gone(fold),
            )
        )
        self._told += len(new)
        self._left = left
        _is_shown(fold)

    def _gone(self, fold: Fold) -> list[Gone] | None:
        """Findings that are none any more, where the log said something about one of them since."""
        told = fold.told
        return fold.written.gone(told) if any(id not in told for id in fold.written.touched) else None

    def _in_order(self, fold: Fold) -> list[str]:
        """The changed decisions; new ones as the fold has them, which is the order of their places."""
        changed = fold.decisions.changed
        known = [id for id in changed if id in self._decided]
        fresh = changed - set(known)
        return (
            known + [one.finding for one in fold.decisions.all() if one.finding in fresh] if fresh else known
        )

    def _decision_place(self, id: str) -> tuple[int, str]:
        return self._decided.setdefault(id, len(self._decided)), id

    def _place(self, id: str) -> int:
        return self._places.setdefault(id, len(self._places))

    def close(self) -> None:
        self._projections.close()


def _is_shown(fold: Fold) -> None:
    fold.decisions.changed.clear()
    fold.written.touched.clear()
    fold.sources.changed = False


def _common(before: list[Left], now: list[Left]) -> int:
    """How many notes at the beginning are the same."""
    for place, (one, other) in enumerate(zip(before, now, strict=False)):
        if one is not other and one != other:
            return place
    return min(len(before), len(now))
