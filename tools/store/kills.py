"""Kills every changing command at every system call that changes a file, or lets the call fail, and checks the store.

    python3 tools/store/kills.py [--fail ENOSPC] [--command NAME] [--all]

After each death the store must say what it said before the command or what it says after it, `verify` may find nothing but
temporary and unregistered files, and the next promotion and tag must work. With --fail the call returns an error instead: then a
command that ends with an error must have done nothing. --all takes every system call. Needs strace.
"""

import argparse
import collections
import re
import sys
from pathlib import Path

from common import content, copy, default_binary, findings, make_store, registry, run, scratch, variant

CHANGING = (
    "openat,write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,ftruncate,"
    "mkdir,mkdirat,chmod,fchmod,flock,fallocate"
).split(",")


def commands(binary, store, extra):
    call, where = registry(binary), ["--store", store]
    return {
        "promote": [*call, "promote", "wine:1", "--alias", "production", *where],
        "promote-best": [*call, "promote", "--best", "test_accuracy", "--model", "wine", "--alias", "top", *where],
        "rollback": [*call, "rollback", "one@production", *where],
        "remove": [*call, "promote", "--remove", "one@production", *where],
        "protect": [*call, "protect", "one@production", *where],
        "tag": [*call, "tag", "one:1", "owner=", "draft=yes", *where],
        "delete": [*call, "delete", "three:1", *where],
        "restore": [*call, "restore", "two:1", *where],
        "gc": [*call, "gc", *where],
        "import": [*call, "import", extra, "--name", "new", *where],
        "merge": [*call, "merge", store.parent / "other", *where],
        "rename": [*call, "rename", "one", "first", *where],
        "copy": [*call, "cp", "wine:1", "--as", "second", *where],
        "rebuild": [*call, "rebuild", *where],
    }


def prepare(binary, base, store):
    copy(base, store)
    # The index of this copy.
    run([*registry(binary), "list", "--store", store], check=True)


def counts(words, names):
    """How often each system call is made."""
    trace = run(["strace", "-f", "-qq", "-e", f"trace={names}", *words]).stderr
    return collections.Counter(re.findall(r"^(?:\[pid +\d+\] )?(\w+)\(", trace, re.M))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fail")
    parser.add_argument("--command")
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    binary = default_binary()
    bad = total = 0
    with scratch() as folder:
        folder = Path(folder)
        base, store = folder / "base", folder / "store"
        make_store(binary, base)
        extra = variant(base / "TRAINED_MODEL" / sorted(p.name for p in (base / "TRAINED_MODEL").iterdir())[-1], folder, "x")
        for name, words in commands(binary, store, extra).items():
            if arguments.command not in (None, name):
                continue
            prepare(binary, base, store)
            before = content(binary, store)
            number = counts(words, "all" if arguments.all else ",".join(CHANGING))
            after = content(binary, store)
            for call, count in sorted(number.items()):
                if arguments.fail and call == "flock" or call in ("execve", "exit_group"):
                    continue
                for when in range(1, count + 1):
                    total += 1
                    prepare(binary, base, store)
                    how = f"error={arguments.fail}" if arguments.fail else "signal=KILL"
                    done = run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}",
                                "-e", f"inject={call}:{how}:when={when}", *words])
                    problems = check(binary, store, before, after, done, bool(arguments.fail))
                    if problems:
                        bad += 1
                        print(f"{name}: {call} {when} of {count}: {'; '.join(problems)} | {done.stderr[:200]}", flush=True)
            print(f"{name}: {sum(number.values())} calls, {total} so far, {bad} bad", flush=True)
    print(f"{total} runs, {bad} bad")
    return bad > 0


def check(binary, store, before, after, done, fails, says=content):
    problems = []
    if done.returncode in (132, 134, 139) or done.returncode < 0 and done.returncode != -9:
        problems.append(f"ended with {done.returncode}")
    now = says(binary, store)
    if now not in (before, after):
        problems.append("neither before nor after")
    # What was done cannot be undone where only the report of it fails.
    if fails and done.returncode > 0 and now != before and "standard output" not in done.stderr:
        problems.append("an error, but the change was done")
    if done.returncode == 0 and now != after:
        problems.append("success, but nothing was done")
    kinds = {finding["kind"] for finding in findings(binary, store)} - {"leftover", "unregistered"}
    if kinds:
        problems.append(f"verify finds {sorted(kinds)}")
    call, where = registry(binary), ["--store", store]
    for words in (["promote", "wine:1", "--alias", "next"], ["tag", "wine:1", "next=works"]):
        step = run([*call, *words, *where])
        if step.returncode != 0:
            problems.append(f"the next {words[0]} fails: {step.stderr.strip()[:200]}")
    return problems


if __name__ == "__main__":
    sys.exit(main())
