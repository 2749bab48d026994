"""What a browser has to load before the first screen."""

import subprocess
import sys

# Not among the packages of scripts/pwa.py, or too slow to load before somebody needs them.
LATER = ("flet_secure_storage", "httpx", "polib", "pypinyin", "sqlalchemy")


def test_the_app_starts_in_a_browser_without_what_is_not_there_or_not_needed_yet() -> None:
    script = f"""
import sys
for name in {LATER!r}:
    sys.modules[name] = None
import app_client.main
import app_client.platform.browser
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
