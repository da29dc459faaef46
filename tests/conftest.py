"""Fixtures every test of the backend may ask for. The bot's environment (Python 3.10) has no backend and gets none."""

import sys

if sys.version_info >= (3, 12):  # noqa: UP036
    from tests.browsers import artefacts, browse, chromium
    from tests.databases import cheap_passwords, database, home, house, postgres, prepared

    __all__ = [
        "artefacts",
        "browse",
        "cheap_passwords",
        "chromium",
        "database",
        "home",
        "house",
        "postgres",
        "prepared",
    ]
