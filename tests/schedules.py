"""What schedules installed, and how their own runner would start it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

# A name of a folder that a careless quoting breaks.
AWKWARD = "a b'c%d$e"
# All that cron gives to a command.
CRON = {"HOME": str(Path.home()), "LOGNAME": "root", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}


def crontab() -> str:
    done = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False)
    return done.stdout


def cron_entry(name: str) -> tuple[str, str]:
    """When cron starts it, and the command line that it hands to the shell."""
    found = re.search(rf"^#Ansible: {re.escape(name)}\n((?:\S+ ){{5}})(.*)$", crontab(), re.M)
    assert found, crontab()
    return found[1].strip(), found[2].replace("\\%", "%")


def run_as_cron(command: str) -> int:
    return subprocess.run(["/bin/sh", "-c", command], env=CRON, cwd="/", check=False).returncode


def exec_start(unit: Path) -> list[str]:
    """The words of ExecStart, unquoted as systemd does it."""
    found = re.search(r"^ExecStart=(.*)$", unit.read_text("utf-8"), re.M)
    assert found
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', found[1])
    plain = [re.sub(r"\\(.)", r"\1", quoted) if quoted else bare for quoted, bare in words]
    return [word.replace("%%", "%").replace("$$", "$") for word in plain]


def run_as_systemd(unit: Path) -> int:
    """In systemd's bare environment."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    return subprocess.run(exec_start(unit), env=environment, cwd="/", check=False).returncode
