"""The site as a server: gunicorn, with what takes long loaded once and shared by its workers."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from stepdown.problems import InputProblems, Problem
from stepdown.web.loading import loaded

TRIED_PORTS = 50
TIMEOUT_S = 60


def loopback(host: str) -> bool:
    """Say whether an address can be reached from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that holds an address. Raises InputProblems that name a free port."""
    try:
        return _bind(host, port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            told = error.strerror or str(error)
            fix = "use --host 127.0.0.1, or a port over 1023"
            expected = "an address of this machine that may be used"
            problem = Problem(f"{host}:{port}", told, expected, fix)
        else:
            free = _free(host, port)
            other = f"stepdown serve --port {free}" if free else "use another port"
            problem = Problem(f"port {port}", "another program uses it", "a free port", other)
        raise InputProblems("the address", [problem]) from None


def _bind(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
    except BaseException:
        found.close()
        raise
    return found


def _free(host: str, port: int) -> int | None:
    """Return the next port that is free."""
    for other in range(port + 1, min(port + TRIED_PORTS, 65536)):
        try:
            _bind(host, other).close()
        except OSError:
            continue
        return other
    return None


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker that Ctrl-C ends as TERM does: what is being answered is answered first."""

    def handle_quit(self, sig: int, frame: Any) -> None:
        """End soon. gunicorn's own waits for a lock that its thread may hold: it would hang."""
        self.handle_exit(sig, frame)


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with threads. The site is loaded before it forks, so that workers share memory."""

    def __init__(
        self, address: socket.socket, workers: int, threads: int, ready: Callable[[], None]
    ) -> None:
        self._address, self._workers, self._threads = address, workers, threads
        self._ready = ready
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's own defaults."""
        wanted: dict[str, Any] = {
            "bind": f"fd://{self._address.detach()}", "workers": self._workers,
            "threads": self._threads, "worker_class": Worker, "preload_app": True,
            "timeout": TIMEOUT_S, "loglevel": "warning", "control_socket_disable": True,
            "proc_name": "stepdown", "when_ready": lambda _: self._ready(),
            "post_worker_init": lambda _: warm(),
        }  # fmt: skip
        for name, value in wanted.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the application, with everything loaded that every worker needs."""
        return loaded(shared=self._workers > 1)


def warm() -> None:
    """Load the coder in a worker: its network starts threads, which would not survive a fork.

    The scenarios follow while the first requests are answered, tasks and daily duties beside them.
    """
    from stepdown.encounter.library import library
    from stepdown.technique.coders import coder_for
    from stepdown.web import background

    coder_for("en").code("Hello.")
    threading.Thread(target=library, daemon=True).start()
    background.begin()
