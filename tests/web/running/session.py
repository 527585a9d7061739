"""Sign somebody in; prints the key of their session as JSON. A script."""

from __future__ import annotations

import json
import sys

if __name__ == "__main__":
    from stepdown.web.setup import prepare_django

    prepare_django()
    from stepdown.web.accounts.models import Person
    from tests.web.running.people import session_of

    sys.stdout.write(json.dumps(session_of(Person.objects.get(pk=sys.argv[1]))))
