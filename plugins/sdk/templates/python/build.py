"""Builds the component: installs componentize-py beside it, once, and runs it.

Everything that it makes is under target/. `kapok plugin build` runs this file.
"""

import shutil
import subprocess
import sys
from pathlib import Path

WORLD = "{{kind}}-plugin"
TARGET = Path("target")
COMPONENT = TARGET / "{{name}}.wasm"


def install() -> Path:
    """The virtual environment with what requirements.txt says; made anew when that changes."""
    venv = TARGET / "venv"
    wanted = Path("requirements.txt").read_text(encoding="utf-8") + sys.version
    installed = venv / "installed.txt"
    if not installed.is_file() or installed.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(venv, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        pip = [venv / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--requirement", "requirements.txt"], check=True)
        installed.write_text(wanted, encoding="utf-8")
    return venv


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    tool = [install() / "bin" / "componentize-py", "--quiet", "--wit-path", "wit", "--world", WORLD]
    # For the editor, and for tests outside WebAssembly: what app.py imports.
    bindings = TARGET / "bindings"
    shutil.rmtree(bindings, ignore_errors=True)
    subprocess.run([*tool, "bindings", bindings], check=True)
    # Written apart and moved, so that a component is there whole or not at all.
    built = COMPONENT.with_suffix(".new")
    subprocess.run(
        [*tool, "componentize", "--python-path", "src", "--output", built, "app"], check=True
    )
    built.replace(COMPONENT)


if __name__ == "__main__":
    if sys.version_info < (3, 10):
        sys.exit("Python 3.10 or newer is needed to build this plugin")
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"{Path(error.cmd[0]).name} failed with exit code {error.returncode}")
