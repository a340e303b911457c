"""Sweeps with real processes: a thousand trainings, a kill and a resume, halving, and the ways to start workers."""
import json
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import time

from common import REGISTRY, REPOSITORY, TRAINER, WORK, figure, finish, record, row, run, timed

TRIALS = int(os.environ.get("CELLAR_SCALE_TRIALS", 1000))
TURNS = int(os.environ.get("CELLAR_SCALE_TURNS", 5))
place = os.path.join(WORK, "sweep")
shutil.rmtree(place, ignore_errors=True)
os.makedirs(place)


def sweep(name: str, text: str) -> str:
    path = os.path.join(place, name + ".yaml")
    with open(path, "w") as file:
        file.write(f"recipe: recipes/wine.yaml\nname: {name}\n{text}\n")
    return path


def train(path: str, store: str, workers: str, **options):
    result = subprocess.run(
        [TRAINER, "sweep", path, "--workers", workers, "--store", os.path.join(place, store), "--json"],
        cwd=REPOSITORY, capture_output=True, text=True, **options)
    return json.loads(result.stdout) if result.stdout else {"error": result.stderr}


def processor_time() -> float:
    """The processor time of all processes that have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def versions(store: str) -> list:
    return json.loads(run(REGISTRY, "list", "--store", os.path.join(place, store), "--json").stdout)


PARTIAL = "CELLAR_SCALE_BACKENDS" in os.environ  # only the ways to start workers
part = sweep("part", f"set: {{ fit.seed: {{ from: 1, to: {max(TRIALS // 5, 10)} }} }}")
if not PARTIAL:
    many = sweep("many", f"set: {{ fit.seed: {{ from: 1, to: {TRIALS} }} }}")
    before = processor_time()
    seconds, result = timed(lambda: train(many, "many", "2"))
    used = processor_time() - before
    row(f"sweep: {TRIALS:,} wine trainings in two processes, registered", f"{used:.1f} s of processor time",
        result.get("trained") == TRIALS and len(versions("many")) == TRIALS)
    figure(f"sweep: {TRIALS:,} wine trainings in two processes", seconds, "s", most=30 * TRIALS / 1000)
    record(trainings=TRIALS / seconds, training_work=used / TRIALS)
    times = {1: [], 2: []}
    for turn in range(TURNS):
        for workers in times:
            times[workers].append(timed(lambda: train(part, f"turn{turn}-{workers}", str(workers)))[0])
    one, two = (statistics.median(times[workers]) for workers in times)
    row(f"sweep: {max(TRIALS // 5, 10)} trainings, medians of {TURNS} in turns", f"{one:.2f} s in one process, {two:.2f} s in two")
    figure("sweep: two processes beside one", one / two / 2, "of linear", least=0.9)

if not PARTIAL:
    process = subprocess.Popen([TRAINER, "sweep", part, "--workers", "2", "--store", os.path.join(place, "kill"), "-q"],
                               cwd=REPOSITORY, start_new_session=True)
    for _ in range(600):
        time.sleep(0.05)
        registered = os.path.join(place, "kill", "TRAINED_MODEL")
        if os.path.isdir(registered) and len(os.listdir(registered)) > 5:
            break
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = len(versions("kill"))
    again = train(part, "kill", "2")
    row("sweep: killed with its workers, and resumed", f"{before} before, {again.get('trained')} after",
        again.get("found") == before and again.get("found", 0) + again.get("trained", 0) == again.get("trials") == len(versions("kill")))
    # A file that was being written may be left, which gc removes.
    run(REGISTRY, "gc", "--store", os.path.join(place, "kill"))
    shown = subprocess.run([REGISTRY, "verify", "--store", os.path.join(place, "kill")], capture_output=True, text=True)
    row("sweep: registry gc and verify after the kill", shown.stdout.strip().splitlines()[-1][:80], shown.returncode == 0)

    halving = sweep("halved", "method: halving\ntrials: 9\nhalving: { factor: 3, first_epochs: 2, epochs: 18 }\n"
                    "set: { compile.optimizer.learning_rate: { low: 1e-4, high: 1e-1, log: true } }")
    result = train(halving, "halving", "2")
    row("sweep: halving, 9 trials in 3 rungs", f"best {result['best']['value']:.4f}", [r["rung"] for r in result["results"]].count(2) == 1 and result["trained"] == 13)

# Every backend trains the same weights.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]  # python3 with Ray
os.environ["PYTHONPATH"] = os.path.join(REPOSITORY, "integrations", "ray")
small = sweep("small", "set: { fit.seed: [1, 2, 3, 4] }")
expected = {r["trial"]: r["value"] for r in train(small, "local", "2")["results"]}


def loopback_ssh():
    """An sshd of our own on this machine, and an `ssh` that finds it; None where there is none."""
    if shutil.which("sshd", path="/usr/sbin:/usr/bin") is None or os.geteuid() != 0:
        return None
    folder = os.path.join(place, "ssh")
    os.makedirs(folder, mode=0o700)
    os.makedirs("/run/sshd", exist_ok=True)
    for name in ("host", "user"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", os.path.join(folder, name))
    with open(os.path.join(folder, "ssh"), "w") as file:
        file.write(f"#!/bin/sh\nexec /usr/bin/ssh -p 22322 -i {folder}/user -o StrictHostKeyChecking=no "
                   f"-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \"$@\"\n")
    os.chmod(os.path.join(folder, "ssh"), 0o755)
    server = subprocess.Popen([
        "/usr/sbin/sshd", "-D", "-f", "/dev/null", "-p", "22322", "-h", f"{folder}/host", "-o", "ListenAddress=127.0.0.1",
        "-o", f"AuthorizedKeysFile={folder}/user.pub", "-o", "StrictModes=no", "-o", "UsePAM=no", "-o", "PidFile=none",
        "-o", "PermitRootLogin=yes"], stderr=subprocess.DEVNULL)
    time.sleep(2)
    os.environ["PATH"] = folder + os.pathsep + os.environ["PATH"]
    return server


ssh = loopback_ssh()
backends = os.environ.get("CELLAR_SCALE_BACKENDS", "ray:2" + (" ssh:localhost,localhost" if ssh else ""))
for backend in backends.split():
    result = train(small, backend.split(":")[0], backend)
    row(f"sweep: --workers {backend}", result.get("error", "")[:80].strip(), {r["trial"]: r["value"] for r in result.get("results", [])} == expected)
if ssh:
    ssh.terminate()
finish()
