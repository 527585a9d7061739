"""A real server with invented people, for a real browser: run as a program, it says its address.

`python -m tests.web.accounts.served FOLDER [PROVIDER]` prints one line of JSON and serves.
"""

from __future__ import annotations

import json
import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *given: object) -> None:
        pass


def main() -> None:
    folder, provider = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "stepdown.web.settings", "STEPDOWN_HOME": folder,
        "STEPDOWN_SECRET_KEY": "a key for tests alone, and long enough for it",
        "STEPDOWN_HTTPS": "0", "STEPDOWN_LOG_LEVEL": "WARNING", "STEPDOWN_HOSTS": "localhost",
    }  # fmt: skip
    if provider:
        from tests.web.accounts.provider import CLIENT, SECRET

        os.environ |= {
            "STEPDOWN_OIDC_SERVER": provider, "STEPDOWN_OIDC_CLIENT_ID": CLIENT,
            "STEPDOWN_OIDC_CLIENT_SECRET": SECRET, "STEPDOWN_OIDC_NAME": "Agency sign-on",
        }  # fmt: skip
    import django

    django.setup()
    from django.conf import settings

    settings.SITE.home.mkdir(parents=True, exist_ok=True)
    from django.core.management import call_command
    from django.utils import timezone

    from stepdown.web.accounts.entering import make_link
    from stepdown.web.accounts.models import Person
    from stepdown.web.wsgi import application
    from tests.web.conftest import place

    call_command("migrate", verbosity=0)
    place("Here")
    links = {
        person.email: make_link(None, person, timezone.now()) for person in Person.objects.all()
    }
    with make_server("127.0.0.1", 0, application, Server, Quiet) as server:
        print(json.dumps({"url": f"http://localhost:{server.server_port}", "links": links}))  # noqa: T201
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
