"""The two images: what is in the one that ships, and that the other follows a developer's edits."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from camlab import images
from camlab.paths import Paths
from paths import ROOT
from podman import Podman

APP = "localhost/cam-protocol/complete-arbitration-mesh:2.0.0"
SERVER = """
import http from 'node:http';
http.createServer((_request, answer) => answer.end('first')).listen(8080);
"""
# What compiles, and needs for it a package that is no business of the running program.
BUILD = """
import fs from 'node:fs';
import semver from 'semver';
fs.mkdirSync('dist');
const code = fs.readFileSync('src/server.js');
fs.writeFileSync('dist/server.js', `${code}// ${semver.clean('v1.2.3')}`);
"""
TOOL = {"version": "7.7.2", "dev": True}


def source(folder: Path, main: str) -> Path:
    """A program with a step of building, as CAM's own source may have one."""
    tools = {"semver": "7.7.2"}
    about = {"name": "example", "version": "1.0.0", "devDependencies": tools}
    lock = {
        "lockfileVersion": 3,
        "packages": {"": about, "node_modules/semver": TOOL},
    }
    build = {"scripts": {"build": "node build.js"}, "type": "module", "main": main}
    (folder / "src").mkdir(parents=True)
    (folder / "test").mkdir()
    (folder / "package.json").write_text(json.dumps({**about, **build}), "utf-8")
    (folder / "package-lock.json").write_text(json.dumps({**about, **lock}), "utf-8")
    (folder / "build.js").write_text(BUILD, "utf-8")
    (folder / "src" / "server.js").write_text(SERVER, "utf-8")
    (folder / "test" / "server.test.js").write_text("", "utf-8")
    return folder


@pytest.fixture(scope="module")
def build(podman: Podman, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], str]:
    """Build a source with one of the recipes and give the image to Podman."""
    paths = Paths.default()
    for name in ("node", "node-runtime"):
        images.recall(paths, name)

    def build(context: Path, recipe: str) -> str:
        tag = f"localhost/cam-test-{recipe.lower().replace('.', '-')}:1"
        place = tmp_path_factory.mktemp("build")
        arguments = ["BASE_IMAGE=localhost/node:24"]
        if recipe == "Dockerfile":
            arguments.append("RUNTIME_IMAGE=localhost/node-runtime:24")
        file = str(ROOT / "images" / "cam" / recipe)
        images.bud(paths, context, tag, arguments, place / "log", file)
        images.push(paths, tag, place / "image.tar")
        podman.must("load", "--quiet", "--input", place / "image.tar")
        return tag

    return build


def names(podman: Podman, image: str, folder: str) -> set[str]:
    return set(podman.must("run", "--rm", image, "ls", "-A", folder).split())


def test_the_image_that_ships_runs_as_a_number_and_asks_itself_without_curl(podman: Podman) -> None:
    (found,) = json.loads(podman.must("image", "inspect", APP))
    assert found["Config"]["User"] == "1000"
    assert found["Config"]["Cmd"] == ["node", "."]
    assert found["Healthcheck"]["Test"][:3] == ["CMD", "node", "-e"]
    assert podman.run("run", "--rm", APP, "sh", "-c", "command -v curl").stdout == ""


def test_the_image_that_ships_holds_what_runs_and_no_more(podman: Podman) -> None:
    lasting = {"node_modules", "package-lock.json", "package.json", "src"}
    assert names(podman, APP, "/app") == lasting
    assert names(podman, APP, "/usr/local/bin") == {"node"}


def test_what_builds_a_program_does_not_ship(
    podman: Podman, build: Callable[[Path, str], str], tmp_path: Path
) -> None:
    image = build(source(tmp_path / "source", "dist/server.js"), "Dockerfile")
    shipped = names(podman, image, "/app")
    assert "dist" in shipped
    assert "test" not in shipped
    assert "semver" not in names(podman, image, "/app/node_modules")
    stamped = podman.must("run", "--rm", image, "tail", "-n", "1", "/app/dist/server.js")
    assert stamped == "// 1.2.3"


def get(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return str(answer.read().decode())
    except (urllib.error.URLError, ConnectionError):
        return ""


def becomes(url: str, text: str) -> bool:
    """Whether a page holds the text within half a minute."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if text in get(url):
            return True
        time.sleep(0.2)
    return False


@pytest.fixture
def developer(podman: Podman, build: Callable[[Path, str], str], tmp_path: Path) -> Iterator[Path]:
    """The folder that a developer edits; the container that follows it has it mounted."""
    folder = source(tmp_path / "source", "src/server.js")
    image = build(folder, "Dockerfile.dev")
    podman.must(
        "run", "--detach", "--name", "cam-test-dev", "--volume", f"{folder / 'src'}:/app/src:ro",
        "--publish", "127.0.0.1:18091:8080", "--publish", "127.0.0.1:19229:9229", image,
    )  # fmt: skip
    yield folder
    podman.must("rm", "--force", "cam-test-dev")


def test_an_edit_is_served_at_once_and_a_debugger_can_attach(developer: Path) -> None:
    assert becomes("http://127.0.0.1:18091/", "first")
    assert becomes("http://127.0.0.1:19229/json/version", "node.js/v")
    file = developer / "src" / "server.js"
    file.write_text(SERVER.replace("first", "second"), "utf-8")
    assert becomes("http://127.0.0.1:18091/", "second")
