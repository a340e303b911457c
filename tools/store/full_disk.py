"""Runs every changing command on a small disk with 0, 1, 2 … free pages, until it succeeds, and checks the store after each.

    sudo python3 tools/store/full_disk.py [--pages STEP]

A command that ends with an error must have done nothing and left nothing, and the next promotion and tag must work once there is
room again. Mounts a tmpfs of its own, which needs root.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from common import copy, default_binary, make_store, run, scratch, variant
from kills import check, commands
from random_kills import recipe, says

PAGE = 4096
SIZE = 64 << 20


def free_pages(disk):
    facts = os.statvfs(disk)
    return facts.f_bavail * facts.f_frsize // PAGE


def fill(disk, free):
    """Fills the disk with one file until `free` pages are left."""
    with open(disk / "filler", "wb") as filler:
        filler.write(bytes((free_pages(disk) - free) * PAGE))


def files(store):
    """All files of a store but its index, which any command may make anew."""
    return sorted(str(path.relative_to(store)) for path in store.rglob("*") if not path.name.startswith("registry."))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=1, help="free pages from one run to the next")
    parser.add_argument("--command")
    step, only = vars(parser.parse_args()).values()
    binary = default_binary()
    bad = total = 0
    with scratch() as folder:
        folder = Path(folder)
        base, disk = folder / "base", folder / "disk"
        make_store(binary, base)
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "cellar-test", disk], check=True)
        try:
            store = disk / "store"
            models = sorted(path.name for path in (base / "TRAINED_MODEL").iterdir())
            calls = commands(binary, store, variant(base / "TRAINED_MODEL" / models[-1], folder, "x"))
            copy(folder / "other", disk / "other")
            calls["fit"] = [binary, "trainer", "fit", recipe(folder), "--store", store]
            for name, words in calls.items():
                if only in (None, name):
                    runs, problems = try_command(binary, base, disk, words, step)
                    total, bad = total + runs, bad + len(problems)
                    for problem in problems:
                        print(f"{name}: {problem}", flush=True)
                    print(f"{name}: {runs} runs, {len(problems)} bad", flush=True)
        finally:
            subprocess.run(["umount", disk], check=True)
    print(f"{total} runs, {bad} bad")
    return bad > 0


def try_command(binary, base, disk, words, step):
    store, filler = disk / "store", disk / "filler"
    copy(base, store)
    before = says(binary, store)
    run(words, check=True)
    after = says(binary, store)
    problems = []
    for runs, free in enumerate(range(0, 100_000, step), 1):
        copy(base, store)
        says(binary, store)
        there = files(store)
        fill(disk, free)
        done = run(words)
        left = [file for file in files(store) if file not in there]
        filler.unlink()
        # A model that was trained stays, and the error says how to register it.
        if done.returncode and left and not all(f"registry import {store}/{file}" in done.stderr for file in left):
            problems.append(f"{free} pages free: left {left}")
        found = check(binary, store, before, after, done, fails=True, says=says)
        problems += [f"{free} pages free: {problem} | {done.stderr.strip()[:300]}" for problem in found]
        if done.returncode == 0:
            return runs, problems
    raise SystemExit("the command never succeeds")


if __name__ == "__main__":
    sys.exit(main())
