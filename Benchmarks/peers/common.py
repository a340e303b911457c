"""What the peers share: the data, the reference nets, a clock, and one JSON line for each measurement."""
import argparse
import gzip
import json
import os
import pathlib
import statistics
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]

parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
parser.add_argument("--repeats", type=int, default=7)
options = parser.parse_args()

# Before any of the libraries is imported: they read these once.
os.environ.update(
    TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", KERAS_BACKEND="tensorflow", JAX_PLATFORMS="cpu",
    OMP_NUM_THREADS=str(options.threads), OPENBLAS_NUM_THREADS=str(options.threads), POLARS_MAX_THREADS=str(options.threads))
# XLA's thread pool has no setting of its own: it takes as many as the process may run on.
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:options.threads])

import numpy as np

SIZES = (784, 300, 100, 10)


def idx(name, header):
    with gzip.open(ROOT / "data/mnist" / name) as f:
        return np.frombuffer(f.read(), np.uint8, offset=header)


def mnist(split):
    """Images [n, 784] as 0 to 1, labels [n]."""
    x = idx(f"{split}-images-idx3-ubyte.gz", 16).reshape(-1, 784).astype(np.float32) / 255
    return x, idx(f"{split}-labels-idx1-ubyte.gz", 8).astype(np.int32)


def mnist_train_and_validation():
    """As the recipe: the first 5,000 validate."""
    x, y = mnist("train")
    return x[5000:], y[5000:], x[:5000], y[:5000]


def seconds(action, repeats=None, warm_up=1):
    """How long each run took, after runs that do not count."""
    for _ in range(warm_up):
        action()
    found = []
    for _ in range(repeats or options.repeats):
        start = time.perf_counter()
        action()
        found.append(time.perf_counter() - start)
    return found


def report(name, times, rate_of=None, **more):
    """Prints {name, seconds | rate, samples, …}: the median, and a rate where `rate_of` things were done in that time."""
    median = statistics.median(times)
    value = {"seconds": median} if rate_of is None else {"seconds": median, "rate": rate_of / median}
    print(json.dumps({"name": name, **value, "times": times, "samples": len(times), "threads": options.threads, **more}),
          flush=True)


def fastest(name, settings, rate_of=None, repeats=None, warm_up=1):
    """Reports the setting with the shortest median; `settings` maps what it is called to what does it. Two runs of each
    tell which one that is; only the best gets all its runs."""
    def trial(action):
        try:
            return statistics.median(seconds(action, 2, warm_up))
        except Exception:  # torch.compile needs a C++ compiler; without one the other settings count.
            return float("inf")

    best = min(settings, key=lambda s: trial(settings[s]))
    report(name, seconds(settings[best], repeats, warm_up), rate_of, setting=best)


def onnx_net(sizes, activation, last):
    """A dense net with random weights, as the bytes of an ONNX model: input `x` [n, sizes[0]], output `y`."""
    from onnx import TensorProto, helper, numpy_helper

    random = np.random.default_rng(1)
    nodes, constants, value = [], [], "x"
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        kernel = random.uniform(-1, 1, (a, b)).astype(np.float32) * np.float32(np.sqrt(6 / (a + b)))
        constants += [numpy_helper.from_array(kernel, f"k{i}"), numpy_helper.from_array(np.zeros(b, np.float32), f"b{i}")]
        final = i == len(sizes) - 2
        nodes.append(helper.make_node("Gemm", [value, f"k{i}", f"b{i}"], [f"z{i}"]))
        nodes.append(helper.make_node(last if final else activation, [f"z{i}"], ["y" if final else f"a{i}"]))
        value = f"a{i}"
    graph = helper.make_graph(
        nodes, "net", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", sizes[0]])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", sizes[-1]])], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return model.SerializeToString()


def onnx_session(sizes, activation="Relu", last="Softmax"):
    import onnxruntime as ort

    chosen = ort.SessionOptions()
    chosen.intra_op_num_threads, chosen.log_severity_level = options.threads, 3
    return ort.InferenceSession(onnx_net(sizes, activation, last), chosen, providers=["CPUExecutionProvider"])
