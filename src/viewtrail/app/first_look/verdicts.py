"""Bad list or bad agent: what the short calls of a look are a question about, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from viewtrail.measure.short_call_rates import AgentShare, QueueShares, wilson

TWICE: Final = 2.0
"""A list is asked about from twice the share of all others: less is the weather of lists."""


def about_lists(queues: Sequence[QueueShares]) -> Iterator[str]:
    """A sentence for each list whose calls are short whoever makes them."""
    for queue in queues:
        rest = [one for one in queues if one is not queue]
        answered, short = sum(one.answered for one in rest), sum(one.short for one in rest)
        low, _ = wilson(queue.short / queue.design, queue.answered / queue.design)
        if answered and low > TWICE * short / answered and len(queue.agents) + queue.few > 1:
            yield (
                f"{queue.queue}: {queue.share:.0%} of {queue.answered:,} answered calls were under 20 "
                f"seconds, {short / answered:.0%} elsewhere, over {len(queue.agents) + queue.few} agents. "
                "That is a question about the list, not about the people who dialled it."
            )


def about_agents(queues: Iterable[QueueShares], name: Callable[[str], str]) -> Iterator[str]:
    """A sentence for each agent whose whole interval lies above that of the same calls of others."""
    for queue in queues:
        for one in queue.agents:
            if one.above:
                yield _agent(queue, one, name)


def _agent(queue: QueueShares, one: AgentShare, name: Callable[[str], str]) -> str:
    return (
        f"{name(one.agent)}: {one.share:.0%} of {one.answered:,} answered calls ({queue.queue}) were under "
        f"20 seconds (95 % interval {one.low:.0%} to {one.high:.0%}); in the same calls of everybody "
        f"{queue.share:.0%}. Worth listening to a few of them before asking."
    )
