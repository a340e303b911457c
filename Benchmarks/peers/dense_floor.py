"""The dense floor of an epoch: its matrix products alone, by Debian's OpenBLAS (libopenblas-dev). See dense_floor.c."""
from common import *

from itertools import product
import subprocess
import tempfile

# OpenBLAS 0.3.21 takes newer processors for a Prescott of 2004, three times slower; small products are often faster on
# one thread than on all. The fastest of these counts.
flags = pathlib.Path("/proc/cpuinfo").read_text().split()
cores = [None] + [core for core, flag in (("Haswell", "avx2"), ("SkylakeX", "avx512bw")) if flag in flags]

with tempfile.TemporaryDirectory() as folder:
    program = folder + "/dense_floor"
    subprocess.run(["cc", "-O2", "-o", program, pathlib.Path(__file__).with_name("dense_floor.c"), "-lopenblas"], check=True)
    for name, batch in (("mnist epoch, SGD, batch 32", 32), ("mnist-bn epoch, Adam, batch 64", 64)):
        def times(setting, repeats):
            threads, core = setting
            environment = {**os.environ, "OPENBLAS_NUM_THREADS": str(threads), **({"OPENBLAS_CORETYPE": core} if core else {})}
            done = subprocess.run([program, str(batch), str(repeats)], env=environment, capture_output=True, text=True, check=True)
            return [float(line) for line in done.stdout.split()]

        best = min(product(sorted({1, options.threads}), cores), key=lambda setting: statistics.median(times(setting, 2)))
        report(name + ": dense floor", times(best, options.repeats),
               setting=f"threads {best[0]}, kernels {best[1] or 'as OpenBLAS chooses'}")
