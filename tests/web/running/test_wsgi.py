"""The application as another server than ours loads it."""

import sys

from tests.web.running.serving import Running


def test_gunicorn_loads_the_site_by_its_name(tmp_path):
    site = Running(tmp_path)
    site.database.parent.mkdir(parents=True)
    command = [sys.executable, "-m", "gunicorn", "--check-config", "stepdown.web.wsgi"]
    assert site.run(command, check=False).returncode == 0
