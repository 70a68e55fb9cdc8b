"""What the notebooks share: the program, the folder of releases, and the look of charts."""

import os
import shutil
import subprocess
from pathlib import Path

import matplotlib.pyplot as plt

ROOT = Path(__file__).resolve().parent.parent

# Where releases are written and read: `releases/` of the repository, or the folder that the tests name.
RELEASES = Path(os.environ.get("DENIZEN_RELEASES", ROOT / "releases")).resolve()

# The colours of Okabe and Ito, which nearly everybody can tell apart. Lines differ in their dashes as well.
BLUE, ORANGE, GREEN, SKY, GREY = "#0072b2", "#d55e00", "#009e73", "#56b4e9", "#6b6b6b"

SYNTHETIC = "SYNTHETIC DATA: no record is about a real person."


def denizen(*arguments, folder=ROOT):
    """Runs the program in a folder and gives back what it prints on standard output and on standard error.

    It is the one that DENIZEN_PROGRAM names, else `denizen` of the PATH, else that of this repository, which is compiled first.
    """
    program = os.environ.get("DENIZEN_PROGRAM") or shutil.which("denizen")
    command = [program] if program else ["cargo", "run", "--quiet", "--manifest-path", str(ROOT / "Cargo.toml"), "--"]
    done = subprocess.run([*command, *map(str, arguments)], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"denizen ended with {done.returncode}:\n{done.stderr}")
    return done.stdout, done.stderr


def run(pipeline, *arguments, folder=ROOT):
    """Makes a release and gives back the folder of its public half."""
    printed, _ = denizen("run", pipeline, "--out", RELEASES, *arguments, folder=folder)
    [place] = (line.removeprefix("release ").strip() for line in printed.splitlines() if line.startswith("release "))
    return Path(place) / "public"


def style():
    """The look of all charts."""
    plt.rcParams.update({
        "figure.dpi": 100, "savefig.dpi": 100, "figure.constrained_layout.use": True, "font.size": 9,
        "axes.spines.top": False, "axes.spines.right": False, "axes.titlelocation": "left", "axes.titleweight": "bold",
        "axes.grid": True, "axes.grid.axis": "y", "grid.color": "#e3e3e3", "axes.axisbelow": True, "legend.frameon": False,
    })


def publish(figure, title, source, synthetic=False):
    """Gives a figure its title, and below it the line that must travel with it: source, licence, and that nobody is real."""
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=11)
    line = f"{SYNTHETIC}\n{source}" if synthetic else source
    figure.supxlabel(line, x=0.01, ha="left", fontsize=7.5, color=GREY)
    plt.show()
