"""`viewtrail serve`: all parts come up, a dead one comes back, stopping loses nothing and leaves nobody."""

from __future__ import annotations

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from app.living import end, remote, rows, told, until, views
from app.post_boxes import free_port
from cli.commands import environment, viewtrail
from cli.signing_in import sign_in
from viewtrail.app.home import open_home
from viewtrail.app.replay import replay
from viewtrail.app.serve import running
from viewtrail.app.serve_child import NICE
from viewtrail.store import verify_home
from viewtrail.store.board import Board


class Served:
    """A running `viewtrail serve`."""

    def __init__(self, home: Path, process: subprocess.Popen[str], console: int, intake: int) -> None:
        self.home, self.process, self.console, self.intake = home, process, console, intake

    def pid(self, name: str) -> int:
        """Of one of its processes, as `viewtrail status` would say it; 0 while it is down."""
        state = running(self.home)
        children = state["children"] if state else []
        assert isinstance(children, list)
        return next((int(one["pid"] or 0) for one in children if one["name"] == name), 0)

    def answers(self, port: int, path: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@contextmanager
def serving(home: Path, **more: str) -> Iterator[Served]:
    console, intake = free_port(), free_port()
    # -P: as the installed command, which does not look into the folder that it is started from
    command = [sys.executable, "-P", "-m", "viewtrail", "serve", "--port", str(console)]
    process = subprocess.Popen(
        [*command, "--intake-port", str(intake)],
        env=environment(VIEWTRAIL_HOME=str(home), **more),
        stderr=open(home.parent / "serve.txt", "w"),  # noqa: SIM115 -- the process's own
        text=True,
    )
    served = Served(home, process, console, intake)
    try:
        until(lambda: process.poll() is not None or running(home) is not None, 60)
        yield served
    finally:
        end(process)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_all_of_it_comes_up_is_watched_and_stops_in_order(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home) as served:
        assert served.answers(served.console, "/health")
        assert served.answers(served.intake, "/ready")
        said = (tmp_path / "serve.txt").read_text()
        assert f"http://127.0.0.1:{served.console}/first/" in said, "the first administrator's link"
        ahead, behind = (
            os.getpriority(os.PRIO_PROCESS, served.pid(name)) for name in ("the intake", "the loop")
        )
        assert behind == min(19, ahead + NICE), "taking events comes before folding them"
        again = viewtrail("serve", "--port", free_port(), "--intake-port", free_port(), home=home)
        assert again.code == 3
        assert "another `viewtrail serve` is at work" in again.err

        with remote(home) as log:
            log.append(views("A-1", 150))
        until(lambda: Board(home).count(living=True) == 1)
        for name in ("the loop", "the intake", "the console"):
            before = served.pid(name)
            os.kill(before, signal.SIGKILL)
            until(lambda name=name, before=before: served.pid(name) not in (0, before), 40)  # type: ignore[misc]
        until(lambda: served.answers(served.console, "/health") and served.answers(served.intake, "/ready"))
        with remote(home) as log:
            log.append(views("A-2", 150))
        until(lambda: Board(home).count(living=True) == 2)
        pids = [served.pid(name) for name in ("the loop", "the intake", "the console")]
        with remote(home) as log:
            log.append(views("A-3", 150))
        end(served.process)
        assert served.process.returncode == 0
        assert all(gone(pid) for pid in pids)
    assert running(home) is None
    said = (tmp_path / "serve.txt").read_text()
    assert said.count("was ended by SIGKILL; started again") == 3
    assert said.rindex("loop stopped") < said.rindex("intake stopped") < said.rindex("viewtrail: stopped")
    assert Board(home).lag() == 0, "what was taken before the end was folded, and the last words too"
    assert Board(home).count(living=True) == 3
    assert len({f for f, _, _ in told(home)}) == 3
    report = verify_home(home)
    assert report.exit_code == 0
    with open_home(home).reader() as reader:
        signed = reader.latest_checkpoint()
        assert signed is not None
        assert signed.size == reader.size, "the writer signs last"
    live = rows(home)
    replay(open_home(home), fresh=True)
    assert rows(home) == live


def stream(client: httpx.Client, place: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """(place, message) of what an open page hears, from behind `place` on."""
    headers = {"Last-Event-ID": place} if place else {}
    with client.stream("GET", "/live", headers=headers) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines():
            name, _, said = line.partition(": ")
            place = said if name == "id" else place
            if name == "data":
                yield place, json.loads(said)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_an_open_page_hears_what_happened_while_loop_and_console_were_down(tmp_path: Path) -> None:
    home, who, password = tmp_path / "home", "maria@example.com", "a long enough password"
    home.mkdir()
    (home / "viewtrail.toml").write_text('second_factor = "offered"\n')
    add = [sys.executable, "-m", "viewtrail.web.console.people", "--home", str(home), who]
    with open_home(home).own_log():
        subprocess.run(
            [*add, "--role", "compliance"], input=password, text=True, check=True, env=environment()
        )
    with serving(home) as served:
        until(lambda: Board(home).made().size > 0)
        with closing(sign_in(f"http://localhost:{served.console}", who, password)) as client:
            place, hello = next(stream(client))
            assert hello == {}
            for name in ("the loop", "the console"):
                os.kill(served.pid(name), signal.SIGKILL)
            with remote(home) as log:
                log.append(views("A-1", 150))
            until(lambda: Board(home).count(living=True) == 1)
            until(lambda: served.answers(served.console, "/health"))
            heard = next(said for _, said in stream(client, place) if said)
            assert (heard["kind"], heard["id"]) == ("opened", Board(home).findings(living=True)[0].id)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_when_the_supervisor_is_killed_nobody_is_left_and_the_next_start_goes_on(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home) as served:
        with remote(home) as log:
            log.append(views("A-1", 150))
        until(lambda: Board(home).count(living=True) == 1)
        pids = [served.pid(name) for name in ("the loop", "the intake", "the console")]
        assert all(pids)
        end(served.process, signal.SIGKILL)
        until(lambda: all(gone(pid) for pid in pids), 30)
    with serving(home) as served:
        with remote(home) as log:
            log.append(views("A-2", 150))
        until(lambda: Board(home).count(living=True) == 2)
    said = told(home)
    assert len(said) == len(set(said))


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_port_that_is_taken_is_said_and_nothing_stays_behind(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = viewtrail("serve", "--port", free_port(), "--intake-port", port, home=home)
    assert done.code == 3
    assert f"127.0.0.1:{port}: cannot listen" in done.err
    assert "--intake-port" in done.err
    assert running(home) is None


class Friendly(http.server.BaseHTTPRequestHandler):
    """Answers whatever is asked of it, as the `viewtrail serve` of another home would."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return None


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("option", ["--port", "--intake-port"])
def test_somebody_elses_answer_is_not_taken_for_our_own(tmp_path: Path, option: str) -> None:
    other = {"--port": "--intake-port", "--intake-port": "--port"}[option]
    with http.server.HTTPServer(("127.0.0.1", 0), Friendly) as taken:
        threading.Thread(target=taken.serve_forever, daemon=True).start()
        try:
            done = viewtrail("serve", option, taken.server_port, other, free_port(), home=tmp_path / "home")
        finally:
            taken.shutdown()
    assert (done.code, done.out) == (3, "")
    assert f"127.0.0.1:{taken.server_port}: cannot listen" in done.err
    assert option in done.err


@pytest.mark.parametrize(
    ("console", "intake", "said"),
    [(8420, 8420, "both console and intake"), (99_999, 8421, "'--port'"), (8420, 0, "'--intake-port'")],
)
def test_ports_that_cannot_be_are_said(tmp_path: Path, console: int, intake: int, said: str) -> None:
    done = viewtrail("serve", "--port", console, "--intake-port", intake, home=tmp_path / "home")
    assert done.code == 3
    assert said in done.err


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_files_of_the_folder_that_it_is_started_from_are_none_of_its_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("click", "queue", "uvicorn", "viewtrail"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not ours')\n")
    monkeypatch.chdir(tmp_path)
    with serving(tmp_path / "home") as served:
        assert served.answers(served.console, "/health")
        assert served.answers(served.intake, "/ready")
    assert "not ours" not in (tmp_path / "serve.txt").read_text()


def test_a_state_file_that_lies_is_no_running_serve(tmp_path: Path) -> None:
    assert running(tmp_path) is None
    for text in ("", "[]", "{}", json.dumps({"pid": 2**22 + 1})):
        (tmp_path / "serve.json").write_text(text)
        assert running(tmp_path) is None
