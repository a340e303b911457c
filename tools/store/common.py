"""What the scripts of this folder share: a prepared store, running commands, and what a sound store is."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def registry(binary):
    """The words that call the command `registry` of an executable `cellar`."""
    return [str(binary), "registry"]


def run(words, check=False, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)
    if check and done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, words))} ended with {done.returncode}: {done.stderr}")
    return done


def make_store(binary, folder):
    """A store with a few versions, aliases, tags, and a deleted version, and another store to merge."""
    shutil.copytree(ROOT / "models", folder)
    for name in folder.glob("registry.sqlite*"):
        name.unlink()
    call = registry(binary)
    where = ["--store", folder]
    wine = next(line["file"] for line in json.loads(run([*call, "list", "--json", *where], check=True).stdout)
                if line["name"] == "wine")
    for copy in ("one", "two", "three"):
        run([*call, "import", variant(wine, folder.parent, copy), "--name", copy, *where], check=True)
    run([*call, "promote", "wine:1", "--alias", "best", *where], check=True)
    run([*call, "promote", "mnist:1", "--alias", "best", "--force", "--reason", "a move back", *where], check=True)
    run([*call, "import", variant(wine, folder.parent, "five"), "--name", "one", *where], check=True)
    for version in ("one:1", "one:2"):
        run([*call, "promote", version, "--alias", "production", "--force", "--reason", "by hand", *where], check=True)
    run([*call, "tag", "one:1", "owner=ann", *where], check=True)
    run([*call, "delete", "two:1", *where], check=True)
    other = folder.parent / "other"
    shutil.copytree(folder, other)
    run([*call, "tag", "one:1", "note=there", "--store", other], check=True)
    run([*call, "gc", "--store", other], check=True)
    run([*call, "import", variant(wine, folder.parent, "four"), "--name", "one", "--store", other], check=True)


def variant(model, folder, name):
    """A copy of a model file with other bytes: HDF5 ignores what follows the end of the file's last object."""
    path = Path(folder) / f"{name}.h5"
    path.write_bytes(Path(model).read_bytes() + name.encode())
    return path


def content(binary, folder):
    """All that a store says, without times and ids: read from its index, once a command has brought that up to date."""
    run([*registry(binary), "list", "--limit", "1", "--store", folder], check=True)
    index = sqlite3.connect(f"file:{folder}/registry.sqlite?mode=ro", uri=True)
    queries = (
        "SELECT model, number, sha256, state FROM version",
        "SELECT v.sha256, m.name, m.value FROM metric m JOIN version v ON v.id = m.version",
        "SELECT v.sha256, t.key, t.value FROM tag t JOIN version v ON v.id = t.version",
        "SELECT model, name, number, is_protected FROM alias",
        "SELECT model, alias, number, reason, is_rollback FROM alias_move",
    )
    rows = [sorted(map(str, index.execute(query))) for query in queries]
    index.close()
    return json.dumps(rows)


def findings(binary, folder, *options):
    done = run([*registry(binary), "verify", "--json", "--store", folder, *options])
    try:
        return json.loads(done.stdout)["findings"]
    except (ValueError, KeyError):
        return [{"kind": "crash", "subject": str(folder), "message": f"{done.returncode} {done.stderr}"}]


def scratch():
    return tempfile.TemporaryDirectory(prefix="cellar-store-")


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def copy(source, target):
    """A copy of a prepared store; the index is made anew, since it is another copy of the store."""
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target, symlinks=True)


def default_binary():
    return Path(os.environ.get("CELLAR_BIN", ROOT / "bin")) / "cellar"
