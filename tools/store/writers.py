"""Many processes change one store at once, while others check it.

    python3 tools/store/writers.py [PROCESSES [CHANGES]]

Each writer imports models, tags, promotes, deletes, restores, and copies versions under a second name, while another process collects garbage all the time.
No command may fail (but for a restore that the collection was faster than), `verify` may find nothing at any time, and in the end every version has its own
number, every kept one its file, also after a rebuild.
"""

import json
import sys
import threading
import time
from pathlib import Path

from common import content, default_binary, findings, make_store, registry, run, scratch, variant


def main():
    processes = int(sys.argv[1]) if len(sys.argv) > 1 else 16
    changes = int(sys.argv[2]) if len(sys.argv) > 2 else 25
    binary = default_binary()
    problems, done, checks, collections = [], [0], [0], [0]
    gone = []
    finished = threading.Event()
    with scratch() as folder:
        folder = Path(folder)
        store = folder / "models"
        make_store(binary, store)
        call, where = registry(binary), ["--store", store]
        model = next(iter(sorted((store / "TRAINED_MODEL").glob("*_.h5"), key=lambda p: p.stat().st_size)))

        def command(*words, may_fail=""):
            result = run([*call, *words, *where])
            done[0] += 1
            if result.returncode != 0 and not (may_fail and may_fail in result.stderr):
                problems.append(f"{' '.join(map(str, words))}: {result.returncode} {result.stderr.strip()}")
            return result

        def write(process):
            for change in range(changes):
                extra = variant(model, folder, f"{process}-{change}")
                found = command("import", extra, "--name", "many", "--json")
                extra.unlink()
                if found.returncode != 0:
                    continue
                reference = json.loads(found.stdout)[0]["reference"]
                command("tag", reference, f"by={process}")
                if change % 5 == 0:
                    # The gate rightly refuses models that are no better.
                    command("promote", reference, "--alias", f"p{process}", "--force", "--reason", "a copy")
                if change % 5 == 1:
                    command("delete", reference)
                    if command("restore", reference, may_fail=reference).returncode != 0:
                        gone.append(reference)
                if change % 5 == 2:
                    command("delete", reference)
                    gone.append(reference)
                if change % 5 == 3:
                    # Both names share a file, which stays with the second.
                    command("cp", reference, "--as", f"copy{process}")
                    command("delete", reference)
                    gone.append(reference)

        def check():
            while not finished.is_set():
                found = findings(binary, store)
                checks[0] += 1
                problems.extend(f"verify: {finding}" for finding in found)

        def collect():
            while not finished.is_set():
                collections[0] += 1
                command("gc")

        begin = time.monotonic()
        writers = [threading.Thread(target=write, args=(i,)) for i in range(processes)]
        checkers = [threading.Thread(target=check) for _ in range(2)]
        checkers.append(threading.Thread(target=collect))
        for thread in writers + checkers:
            thread.start()
        for thread in writers:
            thread.join()
        finished.set()
        for thread in checkers:
            thread.join()
        seconds = time.monotonic() - begin
        versions = json.loads(run([*call, "list", "many", "--json", *where], check=True).stdout)
        numbers = sorted([version["version"] for version in versions] + [int(name.split(":")[1]) for name in gone])
        if numbers != list(range(1, processes * changes + 1)):
            problems.append(f"{len(numbers)} versions, expected {processes * changes}")
        copies = sum(len(json.loads(run([*call, "list", f"copy{i}", "--json", *where]).stdout or "[]")) for i in range(processes))
        if copies != processes * len([i for i in range(changes) if i % 5 == 3]):
            problems.append(f"{copies} copies")
        before = content(binary, store)
        run([*call, "rebuild", *where], check=True)
        if content(binary, store) != before:
            problems.append("a rebuild changes the content")
        problems += findings(binary, store)
    for problem in problems[:20]:
        print(problem)
    print(f"{processes} processes, {done[0]} changes, {collections[0]} collections and {checks[0]} checks in {seconds:.0f} s, {len(problems)} problems")
    return len(problems) > 0


if __name__ == "__main__":
    sys.exit(main())
