"""What a told story's people do in its scenes: sweep, reveal, dial, work through, tidy up, take over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from viewtrail.stories import calendar, campaigns, deeds, working
from viewtrail.stories.calendar import MINUTE, SECOND
from viewtrail.stories.campaigns import Answers
from viewtrail.stories.choose import Scene
from viewtrail.stories.company import BY_ID, MANAGER, Person
from viewtrail.stories.deeds import Call, Opening
from viewtrail.stories.diary import CRM
from viewtrail.stories.going_through import go_through, starts
from viewtrail.stories.life import Life, Span


@dataclass(slots=True)
class Done:
    """What a scene came to: the records concerned, and from when to when each took."""

    records: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def add(self, record: str, start: int, end: int) -> None:
        self.records.append(record)
        self.spans.append((start, end))


Act = Callable[[Scene, list[str]], Done]


def _opening(
    scene: Scene, time: int, via: str, name: str | None = None, position: int | None = None
) -> Opening:
    return Opening(via, scene.life.visit_at(scene.person.id, scene.day, time), name, position)


def sweep(dwell: tuple[float, float], name: str, notes: float = 0.0) -> Act:
    """Opens the records one after another; writes something on a share of them."""

    def act(scene: Scene, records: list[str]) -> Done:
        spans = go_through(
            scene.life,
            scene.person,
            scene.day,
            records,
            scene.start,
            scene.minutes,
            scene.rng,
            dwell=dwell,
            name=name,
            notes=notes,
        )
        return Done(list(records), spans)

    return act


def reveal_each(scene: Scene, records: list[str]) -> Done:
    """Opens each record, reveals the telephone number, looks at it, and goes on without getting in touch."""
    done = Done()
    for n, (time, _) in enumerate(starts(scene.start, scene.minutes, len(records), scene.rng)):
        opening = _opening(scene, time, "list", "v-desk", n + 1)
        shown = scene.rng.uniform(5, 25)
        looked = time + deeds.pause(scene.rng, 2, 8)
        deeds.reveal(scene.life, scene.person, records[n], looked, shown, opening.visit, "phone")
        dwell = (looked - time) / SECOND + shown
        end = deeds.open_record(scene.life, scene.person, records[n], time, dwell, opening, scene.rng)
        done.add(records[n], time, end)
    return done


def hang_up_on_each(scene: Scene, records: list[str]) -> Done:
    """Calls one after another; as soon as somebody has said hello, the agent ends it."""
    done = Done()
    for n, (time, _) in enumerate(starts(scene.start, scene.minutes, len(records), scene.rng)):
        how = Call(scene.rng.uniform(5, 18), scene.rng.uniform(4.5, 7.5), "agent")
        hung_up = deeds.call(scene.life, scene.person, records[n], time + 2 * SECOND, how)
        opening = _opening(scene, time, "list", "v-mine", n + 1)
        dwell = (hung_up - time) / SECOND + scene.rng.uniform(1, 4)
        end = deeds.open_record(scene.life, scene.person, records[n], time, dwell, opening, scene.rng)
        done.add(records[n], time, end)
    return done


def work_through(calls: float, notes: float = 0.5, via: str = "list") -> Act:
    """Honest catching up: reads every record, calls a share of the clients, writes down what it found."""

    def act(scene: Scene, records: list[str]) -> Done:
        done = Done()
        now = scene.start
        planned = starts(scene.start, scene.minutes, len(records), scene.rng)
        for n, record in enumerate(records):
            time = max(now + deeds.pause(scene.rng, 2, 12), planned[n][0])
            now = _catch_up(scene, record, time, n, calls, notes, via)
            done.add(record, time, now)
        return done

    return act


def _catch_up(scene: Scene, record: str, time: int, n: int, calls: float, notes: float, via: str) -> int:
    life, person, rng = scene.life, scene.person, scene.rng
    waiting = [task for task in life.kept_tasks if task.record == record and via == "list"]
    listed = via == "list" and not waiting
    opening = _opening(
        scene, time, "task" if waiting else via, "v-mine" if listed else None, n + 1 if listed else None
    )
    if waiting or rng.random() < calls:
        end = working.work_on(life, person, record, time, opening, rng)
    else:
        end = working.read_quietly(life, person, record, time, opening, rng, rng.uniform(20, 110))
        if rng.random() < notes:
            deeds.note(life, person, record, end - SECOND)
    for task in waiting:
        working.tick_off(life, person, task, end)
        life.kept_tasks.remove(task)
    life.reason(person.id, scene.day, record)
    return end


def tidy_up(scene: Scene, records: list[str]) -> Done:
    """Closes dead leads: a glance at each, most are set to lost, some get their fields put right."""
    spans = go_through(
        scene.life,
        scene.person,
        scene.day,
        records,
        scene.start,
        scene.minutes,
        scene.rng,
        dwell=(5, 18),
        name="v-desk-cold",
    )
    for record, (_, end) in zip(records, spans, strict=True):
        if scene.rng.random() < 0.7:
            working.bury(scene.life, scene.person, record, end - SECOND)
        elif scene.rng.random() < 0.6:
            told = {"agent": scene.person.id, "fields": ["status", "country"]}
            scene.life.diary.write(CRM, "record.updated", end - SECOND, told, record)
    return Done(list(records), spans)


def dial_campaign(answers: Answers, shares: dict[str, float]) -> Act:
    """The whole desk dials one list with the power dialler; `shares` of the list by agent.

    The episode tells what the story's agent dialled.
    """

    def act(scene: Scene, records: list[str]) -> Done:
        life, left = scene.life, list(records)
        number = campaigns.announce(life, scene.person.desk, scene.start, left)
        done = Done()
        for agent, share in shares.items():
            mine = [left.pop() for _ in range(min(len(left), round(share * len(records))))]
            spans = campaigns.dial(life, BY_ID[agent], scene.day, scene.start, number, mine, answers)
            if agent == scene.person.id:
                done = Done(mine, spans)
        return done

    return act


def take_over(colleague: str, synced: str) -> Act:
    """Reads into a leaver's records in the morning; the CRM learns at `synced` whose they are."""

    def act(scene: Scene, records: list[str]) -> Done:
        done = work_through(calls=0.25, notes=0.4, via="search")(scene, records)
        life, time = scene.life, calendar.at(scene.day, synced)
        batch, effective = life.number("b"), calendar.at(scene.day, "09:00")
        for n, record in enumerate(records):
            deeds.assign(life, _manager(scene), record, scene.person.id, time + n * SECOND, effective, batch)
        _share_the_rest(life, scene, colleague, time, effective)
        return done

    return act


def _share_the_rest(life: Life, scene: Scene, colleague: str, time: int, effective: int) -> None:
    others = [p.id for p in life.desk_at_work(scene.person.desk, scene.day) if p.id != scene.person.id]
    for n, record in enumerate(list(life.owned[colleague])):
        heir = others[n % len(others)] if others else scene.person.id
        deeds.assign(life, _manager(scene), record, heir, time + MINUTE + n * SECOND, effective)
    tasks = life.due.pop(colleague, [])
    for task in tasks:
        life.due[life.book[task.record].owner].append(task)


def _manager(scene: Scene) -> Person:
    return BY_ID[MANAGER[scene.person.desk]]
