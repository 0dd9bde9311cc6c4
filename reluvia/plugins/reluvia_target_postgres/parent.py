"""The classes of meltanolabs-target-postgres that are built upon, imported without the SSH library that they name.

paramiko serves the parent's SSH tunnel, which is not offered here; importing it takes 16 MB and 0.3 s of every start.
"""

from __future__ import annotations

import sys
from types import ModuleType

_absent = "paramiko" not in sys.modules
if _absent:
    sys.modules["paramiko"] = ModuleType("paramiko")
try:
    from target_postgres.connector import PostgresConnector
    from target_postgres.sinks import PostgresSink
finally:
    # Whoever imports it later gets the real one.
    if _absent:
        del sys.modules["paramiko"]

__all__ = ["PostgresConnector", "PostgresSink"]
