"""The folder that the service is started in: what lies there under the name of a module is never run."""

import subprocess
import sys
import time

import pytest

from tests.integration.running_service import RunningService, environment, ready, run
from tests.ports import free_port

AS_INSTALLED = (sys.executable, "-P", "-c", "from consent_service.cli import main; main()")
"""Like the command that pip makes, which looks for modules beside itself and not in the working folder."""
PLANTED = ("consent_service", "flask")
WORKER_SECONDS = 3


@pytest.mark.threat("T35")
@pytest.mark.parametrize("name", PLANTED)
def test_a_module_in_the_working_folder_is_never_imported(tmp_path, name):
    (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nraise ImportError('planted')\n")
    home = tmp_path / "elsewhere"
    home.mkdir()
    assert run(home, "init").returncode == 0
    port = free_port()
    with (home / "log").open("wb") as log:
        serving = [*AS_INSTALLED, "serve", "--port", str(port)]
        process = subprocess.Popen(serving, env=environment(home), cwd=tmp_path, stderr=log)
    service = RunningService(home, port, process)
    try:
        ends = time.monotonic() + WORKER_SECONDS
        while not ready(service) or time.monotonic() < ends:
            assert process.poll() is None, service.log()
            assert not (tmp_path / "ran").exists(), service.log()
            time.sleep(0.1)
    finally:
        process.terminate()
        process.wait(timeout=30)
    assert not [line for line in service.log() if "ended by itself" in line]
