"""Execute a notebook on the releases of a folder, and say whether every cell ran and shows what it is stored with.

    python run_notebook.py [--save] NOTEBOOK RELEASES_FOLDER

The notebook finds the releases through the environment variable DENIZEN_RELEASES, and the program through DENIZEN_PROGRAM. With
--save its outputs are stored in it; without, nothing is. Texts and tables must be those that are stored. Of a picture only its
size is compared, in pixels: how its edges are smoothed is the affair of the machine. The kernel is this very Python, so that
the notebook needs no kernel to be installed. Exits with 1 when a cell fails, hangs, or shows something else.
"""

import base64
import os
import re
import struct
import sys
import tempfile
from pathlib import Path

import nbformat
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

SECONDS = 300
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class ThisPython(KernelManager):
    """The kernel of the Python that runs this script, whichever kernels are installed."""

    @property
    def kernel_spec(self):
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python", language="python")


def shown(cell):
    """What a cell shows: its texts as they are, the size of its pictures."""
    found = []
    for output in cell.outputs:
        data = output.get("data", {})
        if output.output_type == "stream":
            found.append(f"{output.name}: {output.text}")
        elif "image/png" in data:
            # The first chunk of a PNG begins with its width and height.
            found.append("picture of {} x {} pixels".format(*struct.unpack(">2I", base64.b64decode(data["image/png"])[16:24])))
        elif "text/html" not in data or "<table" not in data["text/html"]:
            found.append(data.get("text/plain", ""))
        else:
            found.append(data["text/html"])
    return found


def differences(stored, notebook):
    """The cells that do not show what is stored."""
    pairs = zip((cell for cell in stored.cells if cell.cell_type == "code"), (cell for cell in notebook.cells if cell.cell_type == "code"))
    return [(cell.id, shown(before), shown(cell)) for before, cell in pairs if shown(before) != shown(cell)]


def main(path, releases, scratch, save):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    stored = nbformat.read(path, as_version=4)
    os.environ["DENIZEN_RELEASES"] = str(releases.resolve())
    os.environ["JUPYTER_RUNTIME_DIR"] = os.environ["IPYTHONDIR"] = scratch
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    metadata = notebook.metadata.copy()
    client = NotebookClient(notebook, timeout=SECONDS, km=ThisPython(), record_timing=False, resources={"metadata": {"path": path.parent}})
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError) as error:
        print(f"FAIL  {path.name}: {COLOUR.sub('', str(error))}")
        print("0 passed, 1 failed")
        return 1
    if save:
        notebook.metadata = metadata
        nbformat.write(notebook, path)
    elif different := differences(stored, notebook):
        for cell, before, now in different:
            print(f"FAIL  {path.name}: cell {cell} is stored with\n{before}\nand shows\n{now}")
        print("If this is right, look at it and store it: python tests/python/run_notebook.py --save")
        print("0 passed, 1 failed")
        return 1
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    print(f"ok    {path.name}: {cells} cells")
    print("1 passed, 0 failed")
    return 0


if __name__ == "__main__":
    save = sys.argv[1:2] == ["--save"]
    arguments = [Path(argument) for argument in sys.argv[1 + save:]]
    if len(arguments) != 2 or not arguments[0].is_file() or not arguments[1].is_dir():
        sys.exit("usage: python run_notebook.py [--save] NOTEBOOK RELEASES_FOLDER")
    with tempfile.TemporaryDirectory() as scratch:
        code = main(*arguments, scratch, save)
    sys.exit(code)
