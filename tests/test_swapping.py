"""A server goes from build to build without a request lost, follows a server that died, and keeps the good build when a new one cannot be served."""

from __future__ import annotations

import os
import select
import shutil
import signal
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from servers import Running, children, comity_server

from comity.build import build
from comity.settings import Layout

_COUNT = "/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%20%3Fs%20a%20comity%3ASource%20%7D"


def version(server: Running, path: str = "/health") -> str:
    with urllib.request.urlopen(server.address + path, timeout=30) as response:
        assert response.status == 200
        assert response.read()
        return str(response.headers["Comity-Version"])


def _more(places: Layout, name: str) -> None:
    """Add a source to the tables, so that the next build is another."""
    table = places.tables / "sources.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    cells = lines[-1].split(",")
    table.write_text("\n".join([*lines, ",".join([name, *cells[1:]])]) + "\n", encoding="utf-8")


def _until(said: str, what: object, seconds: float = 60) -> None:
    assert callable(what)
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, said
        time.sleep(0.05)


@pytest.mark.parametrize("processes", ["1", "2"])
def test_no_request_fails_while_builds_replace_one_another(checkout: Layout, built: Path, tmp_path: Path, effort: int, processes: str) -> None:
    wanted, swaps = (300, 1) if effort == 1 else (2000, 6)
    folder = tmp_path / "build"
    shutil.copytree(built, folder, symlinks=True)
    seen: list[tuple[float, float, str]] = []
    stopped = threading.Event()

    def ask(server: Running, number: int) -> None:
        paths = ("/health", _COUNT, f"{_COUNT}%23{number}", "/doc/actor/JPN.ttl")
        turn = 0
        while not stopped.is_set():
            began = time.monotonic()
            told = version(server, paths[turn % len(paths)])  # raises when a request fails
            seen.append((began, time.monotonic(), told))
            turn += 1

    with comity_server("--processes", processes, folder=folder, quiet=False) as server, ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask, server, number) for number in range(4)]
        try:
            versions, swapped = [version(server)], []
            for number in range(swaps):
                _more(checkout, f"zz-extra-{number}")
                versions.append(build(checkout, folder).version)
                _until("the new build is not served", lambda: version(server) == versions[-1])
                swapped.append(time.monotonic())
            _until("too few requests", lambda: len(seen) >= wanted or any(f.done() for f in asking))
        finally:
            stopped.set()
        for one in asking:
            one.result()
    assert len(seen) >= wanted
    assert {told for _, _, told in seen} == set(versions)
    for earlier, moment in zip(versions, swapped, strict=False):
        assert all(told != earlier for began, _, told in seen if began > moment + 0.5), "a later request saw an earlier build"


def test_a_server_that_is_killed_is_followed_by_another(built: Path) -> None:
    with comity_server(folder=built, quiet=False) as server:
        first = server.children()
        assert len(first) == 1
        os.kill(first[0], signal.SIGKILL)
        _until("no other server came", lambda: server.children() not in ([], first))
        assert version(server)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked up in /proc (Linux)")
@pytest.mark.parametrize("ends", [signal.SIGKILL, signal.SIGTERM])
def test_servers_and_workers_end_with_the_command_however_it_ends(built: Path, ends: signal.Signals) -> None:
    with comity_server("--processes", "3", folder=built, quiet=False) as server:
        started = _below(server.process.pid)
        assert len(started) >= 3 * 4  # each of three has a nursery and two workers
        server.process.send_signal(ends)
        server.process.wait(20)
        _until("the server outlived its command", lambda: not any(Path(f"/proc/{pid}").exists() for pid in started), 20)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked up in /proc (Linux)")
def test_a_copy_that_is_killed_takes_the_others_along_and_all_are_followed(built: Path) -> None:
    with comity_server("--processes", "2", folder=built, quiet=False) as server:
        first = server.children()
        copy = min(children(first[0]))  # made before any worker
        os.kill(copy, signal.SIGKILL)
        assert server.process.stderr is not None
        assert select.select([server.process.stderr], [], [], 30)[0], "nothing was said"
        assert server.process.stderr.readline() == f"comity: process {copy} of the server ended by itself, and the others end with it\n"
        _until("no other server came", lambda: server.children() not in ([], first))
        assert version(server)
        assert len(children(server.children()[0])) >= 2


def _below(pid: int) -> list[int]:
    return [found for child in children(pid) for found in (child, *_below(child))]


@pytest.mark.parametrize("spoil", ["comity.nq.gz", "store"])
def test_a_build_that_cannot_be_served_leaves_the_one_before_in_its_place(checkout: Layout, built: Path, tmp_path: Path, spoil: str) -> None:
    folder = tmp_path / "build"
    shutil.copytree(built, folder, symlinks=True)
    with comity_server(folder=folder, quiet=False) as server:
        before = version(server)
        _more(checkout, "zz-extra")
        build(checkout, tmp_path / "other")
        target = next(path for path in (tmp_path / "other" / "versions").iterdir())
        shutil.rmtree(target / "store")
        (target / "comity.nq.gz").write_bytes(b"torn")
        if spoil == "store":
            (target / "manifest.json").write_text("{", encoding="utf-8")
        shutil.move(target, folder / "versions" / "torn")
        (folder / "next").symlink_to("versions/torn")
        (folder / "next").replace(folder / "current")
        assert server.process.stderr is not None
        assert select.select([server.process.stderr], [], [], 60)[0], "nothing was said"
        said = server.process.stderr.readline() + server.process.stderr.readline()
        assert "run: comity build" in said
        assert "the build versions/torn cannot be served; the one before it is served on" in said
        assert version(server) == before
