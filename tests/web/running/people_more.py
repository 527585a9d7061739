"""Put one more person into a site. A script."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from stepdown.web.setup import prepare_django

    prepare_django()
    from stepdown.web.accounts.models import Person

    Person.objects.create_user("more@city.example", "One more")
    sys.stdout.write("1")
