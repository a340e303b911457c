#!/usr/bin/env bash
# The recipes of docs/scale.md that are not Python: GNU parallel, a Slurm cluster of this machine, the manifest for Kubernetes.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
repository=$PWD python=${CELLAR_SCALE_PYTHON:-python3}
bin=${CELLAR_BIN:-$PWD/bin} work=${CELLAR_SCALE_WORK:-$PWD/.build/scale}
export PATH=$bin:$PATH CELLAR_STORE=$PWD/models
mkdir -p "$work" && cd "$work" || exit 1
failed=0
row() { printf '| %s | %s | %s |\n' "$1" "$2" "$3"; [[ $3 != FAILED ]] || failed=1; }
data=$repository/data/wine.csv
whole=$(infer score "$data" --model wine | sha256sum)

rm -f part-*.csv
parallel --will-cite -j 2 "infer score '$data' --format csv --shard {}/8 --model wine --threads 1 -o part-{}.csv" ::: {1..8}
parts=$({ cat part-1.csv; for i in {2..8}; do tail -n +2 "part-$i.csv"; done; } | sha256sum)
if [[ $EUID == 0 ]]; then  # the daemons of Slurm end with us
    trap 'kill ${controller:-} ${node:-} $(cat slurm/munge/pid 2>/dev/null) 2>/dev/null' EXIT
fi
[[ $parts == "$whole" ]] && row 'GNU parallel: 8 shards of one file' "$(parallel --version | head -1)" ok || row 'GNU parallel: 8 shards of one file' '' FAILED

if command -v slurmctld >/dev/null && [[ $EUID == 0 ]]; then
    rm -rf slurm files scored failed && mkdir -p slurm/state slurm/spool files
    for i in {1..6}; do { head -1 "$data"; sed -n "$((i * 200)),$((i * 200 + 150))p" "$data"; } >"files/day-$i.csv"; done
    head -c 1024 /dev/urandom >slurm/munge.key && chmod 400 slurm/munge.key
    install -d -m 755 slurm/munge && munged --key-file "$PWD/slurm/munge.key" --socket "$PWD/slurm/munge/socket" --force \
        --pid-file "$PWD/slurm/munge/pid" --log-file "$PWD/slurm/munge/log" --seed-file "$PWD/slurm/munge/seed" 2>/dev/null
    cat >slurm/slurm.conf <<CONF
ClusterName=loopback
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$PWD/slurm/munge/socket
StateSaveLocation=$PWD/slurm/state
SlurmdSpoolDir=$PWD/slurm/spool
SlurmctldPidFile=$PWD/slurm/slurmctld.pid
SlurmdPidFile=$PWD/slurm/slurmd.pid
SlurmctldPort=17817
SlurmdPort=17818
ProctrackType=proctrack/pgid
TaskPlugin=task/none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmctldParameters=enable_configless
MpiDefault=none
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
    export SLURM_CONF=$PWD/slurm/slurm.conf
    slurmctld -D >slurm/slurmctld.log 2>&1 & controller=$!
    sleep 2
    slurmd -D >slurm/slurmd.log 2>&1 & node=$!
    for _ in {1..60}; do sinfo -h -o %T 2>/dev/null | grep -q idle && break; sleep 1; done
    batch=(timeout 300 sbatch --wait --output="$PWD/slurm/job-%a.log")
    # Every file as one process scores it.
    scored_alike() { for file in files/*.csv; do cmp -s "scored/${file##*/}" <(infer score "$file" --model wine) || return 1; done; }
    if "${batch[@]}" --array=1-3 "$repository/integrations/slurm/score.sbatch" wine "$PWD/files" "$PWD/scored" >/dev/null && scored_alike; then
        row 'Slurm: a job array of 3 over 6 files' "$(slurmd -V)" ok
    else
        row 'Slurm: a job array of 3 over 6 files' "$(tail -1 slurm/slurmd.log | cut -c1-80)" FAILED
    fi
    rm scored/day-2.csv scored/day-5.csv
    SHARDS=3 "${batch[@]}" --array=2 "$repository/integrations/slurm/score.sbatch" wine "$PWD/files" "$PWD/scored" >/dev/null && scored_alike &&
        row 'Slurm: one task of the array again' 'its files alone' ok || row 'Slurm: one task of the array again' '' FAILED
    sed -i '2s/^[^,]*/x/' files/day-1.csv
    if "${batch[@]}" --array=1-3 "$repository/integrations/slurm/score.sbatch" wine "$PWD/files" "$PWD/failed" >/dev/null; then failure=none; else failure=$(cat slurm/job-1.log); fi
    [[ $failure == *"column 'fixed acidity'"* && ! -e failed/day-1.csv && -s failed/day-2.csv ]] &&
        row 'Slurm: a row that cannot be scored fails its task, and no file appears' 'with our message' ok || row 'Slurm: a row that cannot be scored fails its task' "${failure:0:80}" FAILED
    CELLAR_SCALE_TRIALS=10 CELLAR_SCALE_BACKENDS=slurm:2 "$python" "$repository/tools/scale/sweep_check.py" | grep 'workers slurm' || row 'sweep: --workers slurm:2' '' FAILED
    kill "$controller" "$node" "$(cat slurm/munge/pid)" 2>/dev/null
    wait 2>/dev/null
else
    row 'Slurm' 'not run: needs slurm-wlm, and root for its daemons' ''
fi
# The manifest by the schema of Kubernetes, and its command as the eight pods run it, with a folder in place of the volume.
manifest=$repository/integrations/kubernetes/score-job.yaml
if checked=$("$python" - "$manifest" "$PWD/pods" <<'PY'
import sys
import kubernetes_validate
import yaml
job = yaml.safe_load(open(sys.argv[1]))
version = kubernetes_validate.latest_version()
kubernetes_validate.validate(job, version, strict=True)
spec = job["spec"]
container = spec["template"]["spec"]["containers"][0]
assert (spec["completionMode"], spec["completions"], spec["podFailurePolicy"]["rules"][0]["onExitCodes"]["containerName"]) == ("Indexed", 8, container["name"])
assert [mount["name"] for mount in container["volumeMounts"]] == [volume["name"] for volume in spec["template"]["spec"]["volumes"]]
assert container["command"] == ["sh", "-c"]
print(version)
open("pod.sh", "w").write(container["args"][0].replace("/data/", sys.argv[2] + "/"))
PY
)
then row 'Kubernetes: the manifest of an Indexed Job' "by the schema of Kubernetes $checked, strictly; no cluster here" ok
else row 'Kubernetes: the manifest of an Indexed Job' '' FAILED; fi
rm -rf pods && mkdir pods && cp "$data" pods/rows.csv && registry export wine pods/model.h5 --as-is >/dev/null
for index in {0..7}; do JOB_COMPLETION_INDEX=$index sh -c "$(cat pod.sh)"; done
[[ $({ cat pods/scored-0.csv; for i in {1..7}; do tail -n +2 "pods/scored-$i.csv"; done; } | sha256sum) == "$whole" ]] &&
    row 'Kubernetes: its command, run as the eight pods do' 'equal to one process' ok || row 'Kubernetes: its command, run as the eight pods do' '' FAILED
exit $failed
