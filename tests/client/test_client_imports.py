"""A shop that installs the client needs neither Flask nor peewee."""

import subprocess
import sys

import pytest

from tests.structure.source_tree import PACKAGE

BLOCKED = ("flask", "peewee", "playhouse", "apsw", "flask_wtf", "wtforms", "granian", "werkzeug", "jinja2", "nacl")
MODULES = sorted(path.stem for path in (PACKAGE / "client").glob("*.py") if path.stem != "__init__")
PROGRAM = """
import importlib, sys
sys.modules.update(dict.fromkeys({blocked!r}))
importlib.import_module("consent_service.client.{module}")
try:
    import flask
except ImportError:
    sys.exit(0)
sys.exit("flask was not blocked")
"""


@pytest.mark.parametrize("module", MODULES)
def test_every_client_module_can_be_imported_without_the_services_libraries(module):
    program = PROGRAM.format(blocked=BLOCKED, module=module)
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
