"""The image of the CronJob: this checkout on a Debian with Python, built and given to the node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from paths import BIN, CACHE, ENVIRONMENT, ROOT

sys.path.insert(0, str(ROOT / "lab"))

from camlab import images, node

TAG = "localhost/cam-health:1"
BASE = "localhost/python:3.13"
# The first Debian whose Python is new enough.
SUITE = "trixie"
DOCKERFILE = ROOT / "roles" / "cam_schedule" / "files" / "Dockerfile"


def run(*words: str | Path) -> str:
    done = subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words[0]}: {done.stderr[-2000:]}"
    return done.stdout


def build() -> None:
    """Some minutes; the Debian below it is kept."""
    store = _place() / "buildah"
    buildah = ["buildah", "--root", store / "root", "--runroot", store / "run",
               "--storage-driver", "overlay"]  # fmt: skip
    bud = [*buildah, "bud", "--isolation", "chroot", "--pull-never"]
    with tempfile.TemporaryDirectory(prefix="image-", dir=_place()) as place:
        folder = Path(place)
        config = folder / "pip.conf"
        config.write_text(_pip_config(), "utf-8")
        run(BIN / "ansible-galaxy", "collection", "build", ROOT, "--output-path", folder)
        shutil.copy2(DOCKERFILE, folder)
        (folder / "base").mkdir()
        (folder / "base" / "Dockerfile").write_text("FROM scratch\nADD rootfs.tar /\n", "utf-8")
        (folder / "base" / "rootfs.tar").hardlink_to(_rootfs())
        run(*bud, "--tag", BASE, folder / "base")
        volumes = [f"--volume={images.AUTHORITIES}:{images.AUTHORITIES}:ro"]
        volumes.append(f"--volume={config}:/etc/pip.conf:ro")
        run(*bud, *volumes, "--build-arg", f"BASE_IMAGE={BASE}", "--tag", TAG, folder)
        archive = folder / "image.tar"
        run(*buildah, "push", "--quiet", TAG, f"docker-archive:{archive}:{TAG}")
        run(*node.ctr(), "images", "import", archive)


def remove() -> None:
    run(*node.ctr(), "images", "rm", TAG)


def _place() -> Path:
    place = CACHE / "prove"
    place.mkdir(parents=True, exist_ok=True)
    return place


def _rootfs() -> Path:
    archive = _place() / f"python-{SUITE}.tar"
    if not archive.exists():
        with tempfile.TemporaryDirectory(prefix="cam-health-rootfs-") as folder:
            include = "--include=ca-certificates,python3,python3-pip"
            run("debootstrap", "--variant=minbase", include, SUITE, f"{folder}/rootfs")
            partial = archive.with_suffix(".partial")
            run("tar", "-C", f"{folder}/rootfs", "--exclude=./var/cache/apt/archives/*.deb", "-cf",
                partial, ".")  # fmt: skip
            partial.rename(archive)
    return archive


def _pip_config() -> str:
    """Where this machine's pip looks, and whom it trusts."""
    lines = ["[global]", f"cert = {images.AUTHORITIES}"]
    index = os.environ.get("PIP_INDEX_URL")
    return "\n".join([*lines, *([f"index-url = {index}"] if index else []), ""])
