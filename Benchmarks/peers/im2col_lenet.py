"""LeNet on one thread as a matrix of windows and Eigen's product (libeigen3-dev), frugally-deep's way. See im2col_lenet.cpp."""
from common import *

import subprocess
import tempfile

options.threads = 1
with tempfile.TemporaryDirectory() as folder:
    program = folder + "/im2col_lenet"
    subprocess.run(
        ["c++", "-std=c++17", "-O3", "-march=native", "-DNDEBUG", "-I/usr/include/eigen3", "-o", program,
         pathlib.Path(__file__).with_name("im2col_lenet.cpp")], check=True)

    def times(images, repeats):
        done = subprocess.run([program, str(images), str(repeats)], capture_output=True, text=True, check=True)
        return [float(line) for line in done.stdout.split()]

    report("LeNet, 10,000 images, one thread: im2col, Eigen", times(10_000, options.repeats), 10_000, setting="one at a time")
    report("LeNet, one image: im2col, Eigen", [t / 1000 for t in times(1000, options.repeats)])
