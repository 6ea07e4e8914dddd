"""What a developer types: python3 dev.py run, test, lint, and so on; stands on the standard library alone."""

import hashlib
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

if sys.version_info < (3, 11):
    sys.exit("This needs Python 3.11 or newer; {}.{} is running it.".format(*sys.version_info))

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMP = VENV / "installed"
RUNTIME, SERVER, EVERYTHING = "requirements.txt", "requirements-postgresql.txt", "requirements-test.txt"
INPUTS = ("setup.cfg", "pyproject.toml", RUNTIME, SERVER, EVERYTHING)
CLIENTS = ("chromium", "curl", "lynx", "nginx", "w3m")
SERVERS = ("postgresql", "pgbouncer")
# What drives Chromium links the library, which Debian puts on no bare system; the banner is looked at in both fonts.
BROWSER_NEEDS = ("libatomic1", "fonts-dejavu-core", "fonts-noto-core")
LOAD_GENERATOR = "wrk"
LINTERS = (("ruff", "check"), ("ruff", "format", "--check"), ("mypy",))
USAGE = """Usage: python3 dev.py COMMAND [ARGUMENT...]

  run      start the demo shop; arguments go to consent-service demo, such as --port 8080
  test     lint, then run every test; with arguments run pytest alone, with them; --long kills 2000 times what is
           killed 20 times else, and runs everything on PostgreSQL too
  lint     ruff, its formatter in checking mode, and mypy
  bench    measure; arguments go to consent-service bench
  reliability [TIMES]
           break a running service in every way, so many times, and write docs/reliability.md
  threats  write into docs/security.md which tests show what stands against each threat
  lock     write requirements*.txt anew; arguments name packages to renew, --upgrade renews all

The first start installs what is needed into .venv, and as root on Debian also missing system packages."""


def run(arguments: Sequence[str]) -> NoReturn:
    """Start the demo shop in place of this process."""
    install(RUNTIME)
    become("consent-service", "demo", *arguments)


def test(arguments: Sequence[str]) -> int:
    """Run the linters and every test, or pytest alone where arguments choose among the tests."""
    chosen, long = [argument for argument in arguments if argument != "--long"], "--long" in arguments
    os.environ["CONSENT_TEST_LONG"] = str(int(long))
    install(EVERYTHING)
    offer(*CLIENTS, *SERVERS, *BROWSER_NEEDS, LOAD_GENERATOR)
    # A file stays with one worker, so that it starts its browser or server once.
    command = ("pytest", "-n", "2", "--dist", "loadfile")
    if chosen:
        return call(*command, *chosen)
    results = {"lint": lint(()), "tests": call(*command)}
    os.environ["CONSENT_TEST_ENGINE"] = "postgresql"
    some = () if long else ("tests/storage", "--ignore=tests/storage/engine/postgresql")
    results["PostgreSQL"] = call(*command, *some)
    say(", ".join(f"{name} failed" if status else f"{name} passed" for name, status in results.items()))
    return max(results.values())


def lint(arguments: Sequence[str]) -> int:
    """Run every linter, also after one has found something."""
    if arguments:
        sys.exit("lint takes no arguments")
    install(EVERYTHING)
    return max([call(*linter) for linter in LINTERS])


def bench(arguments: Sequence[str]) -> NoReturn:
    """Start the benchmark in place of this process."""
    install(EVERYTHING)
    offer(LOAD_GENERATOR)
    become("consent-service", "bench", *arguments)


def reliability(arguments: Sequence[str]) -> int:
    """Break a running service and write the page about it."""
    install(EVERYTHING)
    offer(*SERVERS)
    return call("python", "-m", "tests.reliability", *arguments)


def threats(arguments: Sequence[str]) -> int:
    """Fill the table of threats from the marks of the tests."""
    if arguments:
        sys.exit("threats takes no arguments")
    return subprocess.call([sys.executable, "-m", "tests.structure.threat_table"])


def lock(arguments: Sequence[str]) -> int:
    """Write the lists of packages anew, with the digests of what the package index offers."""
    from package_lists import write_lists

    if not has_pip():
        make_venv()
    return write_lists(BIN / "python", ROOT / RUNTIME, ROOT / SERVER, ROOT / EVERYTHING, arguments)


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "run": run,
    "test": test,
    "lint": lint,
    "bench": bench,
    "reliability": reliability,
    "threats": threats,
    "lock": lock,
}


def install(target: str) -> None:
    """Bring .venv up to date with a list of packages; does nothing where it already is."""
    wanted = fingerprint()
    present = STAMP.read_text().split() if STAMP.is_file() and (BIN / "python").exists() else []
    if present[:1] == [wanted] and target in (RUNTIME, *present[1:]):
        return
    if not has_pip():
        make_venv()
    say("Installing the Python packages")
    pip = (BIN / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps")
    STAMP.unlink(missing_ok=True)
    # The lists are complete. Ours is no archive with a digest, and what it is built with stands in the lists too.
    ours = ("--no-build-isolation", "-e", ".")
    if subprocess.call([*pip, "--require-hashes", "-r", target]) or subprocess.call([*pip, *ours]):
        sys.exit("The Python packages could not be installed; pip says above why.")
    STAMP.write_text(f"{wanted} {target}\n")


def fingerprint() -> str:
    """Digest everything that .venv depends on: where it lies, the interpreter, and what is declared."""
    place = f"{ROOT}\0{sys.base_prefix}\0{sys.version}\0"
    declared = b"\0".join((ROOT / name).read_bytes() for name in INPUTS)
    return hashlib.sha256(place.encode() + declared).hexdigest()


def has_pip() -> bool:
    """Say whether .venv works and was made by this Python; an interrupted start can leave one without pip."""
    made_by = f"import pip, sys; sys.exit(sys.version != {sys.version!r})"
    python = BIN / "python"
    return python.exists() and not subprocess.call([python, "-c", made_by], stderr=subprocess.DEVNULL)


def make_venv() -> None:
    """Make an empty .venv, with Debian's package for it if need be."""
    if importlib.util.find_spec("ensurepip") is None and not apt_install("python3-venv"):
        sys.exit(f"Python's venv module is missing. {advice('python3-venv')}")
    say("Making .venv")
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]):
        sys.exit("The virtual environment could not be made; Python says above why.")


def offer(*packages: str) -> None:
    """Install the packages that are missing, or say how to; the tests that need them then skip."""
    absent = [package for package in packages if not shutil.which(package) and not known_to_dpkg(package)]
    if absent and not apt_install(*absent):
        say(f"Not installed: {', '.join(absent)}. {advice(*absent)}")


def known_to_dpkg(package: str) -> bool:
    """Say whether Debian has a package installed, for libraries and fonts, which are no programs to look for."""
    command = ["dpkg-query", "--show", "--showformat", "${db:Status-Status} ", package]
    try:
        shown = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    except FileNotFoundError:
        return False
    return "installed" in shown.stdout.split()


def apt_install(*packages: str) -> bool:
    """Install Debian packages, which takes root; return whether they are there now."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"Installing {', '.join(packages)}")
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    command = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]
    # Lists that are empty or old make the first try fail, and only then is it worth fetching them.
    done = subprocess.call(command, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    if not done:
        subprocess.call(["apt-get", "update", "-qq"], env=quiet)
        done = subprocess.call(command, env=quiet, stdout=subprocess.DEVNULL) == 0
    importlib.invalidate_caches()
    return done


def advice(*packages: str) -> str:
    """Say what to type, for whoever may not install packages or has another system than Debian."""
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        return f"Install what your system calls: {names}"
    return f"As root, type: apt-get update && apt-get install -y --no-install-recommends {names}"


def call(program: str, *arguments: str) -> int:
    """Run a program of .venv and return its exit status."""
    say(" ".join((program, *arguments)))
    return subprocess.call([BIN / program, *arguments])


def become(program: str, *arguments: str) -> NoReturn:
    """Replace this process by a program of .venv, so that signals reach it."""
    os.execv(BIN / program, [program, *arguments])


def say(text: str) -> None:
    """Print a line at once, before whatever the next program prints."""
    print(f"dev.py: {text}", flush=True)


def main() -> int:
    """Run the command named on the command line."""
    name, *arguments = sys.argv[1:] or [""]
    if name not in COMMANDS:
        print(USAGE, file=sys.stdout if name in ("-h", "--help", "help") else sys.stderr)
        return 0 if name in ("-h", "--help", "help") else 2
    os.chdir(ROOT)
    return COMMANDS[name](arguments)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
