"""Flips bits in model files, logs and index, one at a time: `verify` must find each, and no command may crash.

    python3 tools/store/flips.py [COUNT]
"""

import random
import shutil
import sys
from pathlib import Path

from common import copy, default_binary, findings, make_store, registry, run, scratch


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    binary, draw = default_binary(), random.Random(7)
    bad = harmless = 0
    with scratch() as folder:
        folder = Path(folder)
        base, store = folder / "base", folder / "store"
        make_store(binary, base)
        copy(base, store)
        call, where = registry(binary), ["--store", store]
        run([*call, "list", *where], check=True)
        if findings(binary, store):
            raise SystemExit("the sound store has findings")
        targets = {
            "model": sorted((store / "TRAINED_MODEL").glob("*.h5")),
            "log": sorted((store / "log").glob("*.jsonl")),
            "index": [store / "registry.sqlite"],
        }
        for kind, files in targets.items():
            for _ in range(count):
                file = draw.choice(files)
                sound = file.read_bytes()
                at = draw.randrange(len(sound))
                changed = bytearray(sound)
                changed[at] ^= 1 << draw.randrange(8)
                file.chmod(0o644)
                file.write_bytes(changed)
                found = findings(binary, store)
                crash = any(finding["kind"] == "crash" for finding in found)
                healed = kind == "index" and not found and file.read_bytes() != bytes(changed)
                if crash or not found and not healed:
                    # Free pages and unused bytes of the index hold nothing.
                    if kind == "index" and not crash and listing(call, where) == sound_listing(call, base, where):
                        harmless += 1
                    else:
                        bad += 1
                        print(f"{kind}: bit at byte {at} of {file.name} was not found: {found}", flush=True)
                status = run([*call, "list", *where]).returncode
                if status not in (0, 65, 74):
                    bad += 1
                    print(f"{kind}: bit at byte {at} of {file.name}: list ends with {status}", flush=True)
                if kind == "index":
                    for part in store.glob("registry*"):
                        part.unlink()
                file.write_bytes(sound)
                if kind == "log":
                    for part in store.glob("registry*"):
                        part.unlink()
                    run([*call, "list", *where], check=True)
            print(f"{kind}: {count} flips", flush=True)
    print(f"{3 * count} flips, {bad} not found, {harmless} in unused bytes of the index")
    return bad > 0


def listing(call, where):
    return run([*call, "list", "--json", *where]).stdout


def sound_listing(call, base, where):
    return run([*call, "list", "--json", "--store", base]).stdout.replace(str(base), str(where[1]))


if __name__ == "__main__":
    sys.exit(main())
