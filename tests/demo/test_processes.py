import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from marketplace import env
from marketplace.demo import processes
from tests.support.waiting import PATIENCE, until

PARENT = """
import time
from marketplace import env
from marketplace.demo import processes
commands = {"one": ["shell", "-c", "import time; time.sleep(60)"]}
with processes.running(commands, environment=env.inherited()) as started:
    print(started[0].process.pid, flush=True)
    time.sleep(60)
"""


def test_a_port_somebody_listens_at_is_not_free() -> None:
    port = processes.free_port()
    assert processes.is_free(port)
    with socket.create_server(("127.0.0.1", port)):
        assert not processes.is_free(port)
    assert processes.is_free(port)


def test_a_child_joins_the_embedded_server_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///ours")
    monkeypatch.setenv("DATABASE_IS_EMBEDDED", "true")
    env.current.cache_clear()
    told = processes.child_environment(DEBUG="false")
    monkeypatch.undo()
    env.current.cache_clear()
    assert (told["DATABASE_URL"], told["DEBUG"]) == ("", "false")


def test_a_child_keeps_a_server_of_ones_own() -> None:
    assert processes.child_environment()["DATABASE_URL"] == env.current().database_url


def test_leaving_the_block_stops_every_process() -> None:
    commands = {"one": ["shell", "-c", "import time; time.sleep(60)"], "two": ["help"]}
    with processes.running(commands, environment=env.inherited()) as started:
        assert until(lambda: started[1].process.poll() == 0)
        assert started[0].process.poll() is None
        with pytest.raises(processes.ProcessEnded, match="the two ended with status 0"):
            processes.refuse_ended(started)
    assert [each.process.returncode is not None for each in started] == [True, True]


def test_a_child_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen(  # noqa: S603  # our own words
        [sys.executable, "-c", PARENT],
        cwd=env.PROJECT_DIR,
        env=env.inherited(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    assert child.is_running()
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    assert until(lambda: not child.is_running())


def _end_ourselves() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)


def test_sigterm_interrupts_as_ctrl_c_does() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), processes.interruptible():
        _end_ourselves()
    assert signal.getsignal(signal.SIGTERM) == before


def test_waiting_for_a_server_that_ended_says_so() -> None:
    ended = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    ended.wait()
    with pytest.raises(processes.ProcessEnded, match="the web server ended with status 3"):
        processes.wait_until_ready("http://127.0.0.1:9", [processes.Running("web server", ended)])
