"""Execute a notebook on the releases of a folder, and say whether every cell ran.

    python run_notebook.py NOTEBOOK RELEASES_FOLDER

The notebook finds the releases through the environment variable DENIZEN_RELEASES. Nothing is saved. The kernel is this
very Python, so that the notebook needs no kernel to be installed. Exits with 1 when a cell fails or hangs.
"""

import os
import re
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


def main(path, releases, scratch):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    os.environ["DENIZEN_RELEASES"] = str(releases.resolve())
    os.environ["JUPYTER_RUNTIME_DIR"] = os.environ["IPYTHONDIR"] = scratch
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    client = NotebookClient(notebook, timeout=SECONDS, km=ThisPython(), resources={"metadata": {"path": path.parent}})
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError) as error:
        print(f"FAIL  {path.name}: {COLOUR.sub('', str(error))}")
        print("0 passed, 1 failed")
        return 1
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    print(f"ok    {path.name}: {cells} cells")
    print("1 passed, 0 failed")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3 or not Path(sys.argv[1]).is_file() or not Path(sys.argv[2]).is_dir():
        sys.exit("usage: python run_notebook.py NOTEBOOK RELEASES_FOLDER")
    with tempfile.TemporaryDirectory() as scratch:
        code = main(Path(sys.argv[1]), Path(sys.argv[2]), scratch)
    sys.exit(code)
