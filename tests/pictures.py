"""Makes the pictures of the README from one real demo: the page of its report, and the terminal.

    python tests/pictures.py [FOLDER]      by default docs/images

It needs Java for the demo, and Chromium for the page.
"""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

from chromium import chromium, find_chromium

ROOT = Path(__file__).resolve().parents[1]
COLUMNS, LINES = 100, 60
PAGE_WIDTH, PAGE_HEIGHT = 1_200, 1_900  # down to the first charts
_CONTROL = re.compile(r"(\n|\x1b\[\d*A|\x1b\[2K|\r|\x1b\[\?25[lh])")


def terminal_output(command: list[str], folder: Path) -> str:
    """Run a command on a terminal of its own; everything that it wrote there.

    Raises:
        SystemExit: the command failed.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    # With the script on PATH, printed commands begin with `clickstream`, as they do for users.
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**os.environ, "PATH": path, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    written = b""
    while True:
        try:
            chunk = os.read(ours, 65_536)
        except OSError:  # Linux says so at the end
            break
        if not chunk:
            break
        written += chunk
    os.close(ours)
    if process.wait():
        sys.exit(written.decode(errors="replace"))
    return written.decode()


def lines_at_the_end(written: str) -> list[str]:
    """What is on the terminal in the end: lines with their colours, without those that were replaced."""
    lines, at = [""], 0
    for part in _CONTROL.split(written):
        if part == "\n":
            at += 1
        elif part.endswith("A") and part.startswith("\x1b["):
            at = max(0, at - int(part[2:-1] or 1))
        elif part == "\x1b[2K":
            lines[at] = ""
        elif part != "\r" and not part.startswith("\x1b[?25"):
            lines[at] += part
        lines += [""] * (at + 1 - len(lines))
    return lines


def draw_terminal(command: str, lines: list[str], file: Path) -> None:
    """The lines below a prompt, as a window in an SVG without fonts of others."""
    console = Console(record=True, width=COLUMNS, file=Path(os.devnull).open("w"), force_terminal=True)  # noqa: SIM115
    console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
    for line in lines:
        console.print(Text.from_ansi(line))  # longer lines are wrapped, as terminals do it
    svg = console.export_svg(title="clickstream", unique_id="demo")
    file.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL), encoding="utf-8")


def main() -> None:
    """Run the demo and write both pictures."""
    program = find_chromium()
    if program is None:
        sys.exit("Chromium is not installed: apt install chromium")
    images = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs" / "images").absolute()
    images.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        report = Path(folder, "report.html")
        words = ["demo", "--folder", "demo", "--report", report.name]
        written = terminal_output([sys.executable, "-m", "clickstream", *words], Path(folder))
        lines = [line.rstrip() for line in lines_at_the_end(written)]
        draw_terminal("clickstream demo --report report.html", lines, images / "demo.svg")
        with chromium(program) as browser:
            browser.show(width=PAGE_WIDTH, height=PAGE_HEIGHT)
            browser.open(report.as_uri())
            (images / "report.png").write_bytes(browser.screenshot(whole=False))


if __name__ == "__main__":
    main()
