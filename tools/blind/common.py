"""What the checks share: how a command is run, and how numbers are compared."""
import json
import os
import pathlib
import subprocess

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("CELLAR_BIN", ROOT / "bin"))


class Failed(Exception):
    """A check that did not hold."""


class Refused(Exception):
    """Cellar says that it does not know this."""


def run(command, *arguments):
    done = subprocess.run([str(BIN / command), *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=300)
    if done.returncode < 0 or done.returncode > 100:
        raise Failed(f"{command} died: {done.returncode} {done.stderr[-800:]}")
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()
        text = " ".join(line.strip() for line in lines if not line.startswith("Usage"))
        if text.startswith("{"):
            text = json.loads(text)["error"]["message"]
        raise Refused(f"{command} {arguments[0]}: {text}")
    return done.stdout


def listed(value):
    """All values of a structure, in the order in which Keras flattens it."""
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value)]
    return [part for inner in value for part in listed(inner)] if isinstance(value, (list, tuple)) else [value]


def off(ours, theirs, absolute, relative):
    """How far beyond what is allowed; 1 or less is well."""
    if len(ours) != len(theirs):
        raise Failed(f"{len(ours)} outputs, Keras has {len(theirs)}")
    worst = 0.0
    for a, b in zip(ours, theirs):
        a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
        if a.shape != b.shape:
            raise Failed(f"shape {list(a.shape)}, Keras has {list(b.shape)}")
        with np.errstate(all="ignore"):
            share = np.abs(a - b) / (absolute + relative * np.abs(b))
        share = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0, share)
        worst = max(worst, float(np.max(np.where(np.isnan(share), np.inf, share), initial=0)))
    return worst


def difference(ours, theirs):
    return max(float(np.max(np.abs(np.asarray(a, np.float64) - np.asarray(b, np.float64)), initial=0)) for a, b in zip(ours, theirs))


class NotPossible(Exception):
    """Nobody could."""
