"""The wheel, installed alone in a new environment, asks and serves away from the checkout, without the network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from real import ROOT

pytestmark = [pytest.mark.gate, pytest.mark.slow, pytest.mark.xdist_group("wheel")]
#: Ends a program that reaches out to anything but this machine; each Python of the environment reads it when it starts.
_OFFLINE = """
import sys

def _refuse(event, arguments):
    host = arguments[0] if event == "socket.getaddrinfo" else arguments[1][0] if event == "socket.connect" and isinstance(arguments[1], tuple) else None
    if host not in (None, "", "localhost", "127.0.0.1", "::1"):
        raise RuntimeError(f"{host} was to be reached")

sys.addaudithook(_refuse)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an environment in which nothing but the wheel and what it asks for is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True, capture_output=True)
    venv.create(folder / "venv", with_pip=True)
    install = [folder / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", next(folder.glob("*.whl"))]
    subprocess.run(install, cwd=folder, env=_environment(), check=True)
    next((folder / "venv" / "lib").glob("python*/site-packages")).joinpath("sitecustomize.py").write_text(_OFFLINE, encoding="utf-8")
    return folder


def _environment() -> dict[str, str]:
    """Return the environment without what could lead back to the checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COMITY", "VIRTUAL_ENV"))}


def _run(place: Path, *command: str) -> str:
    return subprocess.run([place / "venv" / "bin" / command[0], *command[1:]], cwd=place, env=_environment(), check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def server(place: Path) -> Iterator[str]:
    command = [place / "venv" / "bin" / "comity", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=place, env=_environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split(" at ")[1].split("/ ")[0]
        finally:
            process.terminate()


def test_nothing_is_read_from_the_checkout_and_nothing_reached_outside(place: Path) -> None:
    assert str(place / "venv") in _run(place, "python", "-c", "import comity; print(comity.__file__)")
    reach = "import urllib.request\ntry:\n    urllib.request.urlopen('http://192.0.2.1/')\nexcept RuntimeError as error:\n    print(error)"
    assert "192.0.2.1 was to be reached" in _run(place, "python", "-c", reach)


def test_the_wheel_alone_answers_a_question(place: Path) -> None:
    assert "2000-07-26" in _run(place, "comity", "ask", "lookup/recognition-history", "--format", "csv")


def test_the_wheel_alone_serves_answers_pages_and_dumps(server: str) -> None:
    def fetched(path: str) -> bytes:
        with urllib.request.urlopen(server + path, timeout=60) as reply:
            assert reply.status == 200
            return bytes(reply.read())

    asked = "/sparql?query=SELECT%20%3Fs%20%7B%20%3Fs%20comity%3AisoAlpha3%20%22JPN%22%20%7D"
    request = urllib.request.Request(server + asked, headers={"Accept": "application/sparql-results+json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        assert [row["s"]["value"] for row in json.load(reply)["results"]["bindings"]] == ["https://w3id.org/comity/id/actor/JPN"]
    assert b"2000-07-26" in fetched("/queries/lookup/recognition-history?format=csv")
    assert "Japan" in fetched("/doc/actor/JPN.html").decode()
    assert b"comity.sqlite" in fetched("/dumps/")
    assert json.loads(fetched("/openapi.json"))["paths"]
