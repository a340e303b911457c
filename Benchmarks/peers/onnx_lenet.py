"""ONNX Runtime: LeNet on one thread. 10,000 MNIST images to probabilities in batches of 256, and one image."""
import sys

sys.argv += ["--threads", "1"]
from common import *

import onnxruntime as ort
from onnx import helper, numpy_helper

random, constants = np.random.default_rng(1), []


def weight(name, *shape):
    fan = np.prod(shape[1:]) if len(shape) > 2 else shape[0]
    constants.append(numpy_helper.from_array((random.normal(0, 1, shape) / np.sqrt(fan)).astype(np.float32), name))
    return name


def layers():
    value = "x"
    for i, (filters, channels, pads) in enumerate([(6, 1, 2), (16, 6, 0)]):
        yield helper.make_node("Conv", [value, weight(f"k{i}", filters, channels, 5, 5), weight(f"b{i}", filters)], [f"c{i}"], pads=[pads] * 4)
        yield helper.make_node("Relu", [f"c{i}"], [f"r{i}"])
        yield helper.make_node("MaxPool", [f"r{i}"], [f"p{i}"], kernel_shape=[2, 2], strides=[2, 2])
        value = f"p{i}"
    yield helper.make_node("Flatten", [value], ["h1"])
    for i, (a, b) in enumerate([(400, 120), (120, 84), (84, 10)], 2):
        yield helper.make_node("Gemm", [f"h{i - 1}", weight(f"k{i}", a, b), weight(f"b{i}", b)], [f"z{i}"])
        yield helper.make_node("Softmax" if i == 4 else "Relu", [f"z{i}"], ["y" if i == 4 else f"h{i}"])


graph = helper.make_graph(
    list(layers()), "lenet", [helper.make_tensor_value_info("x", 1, ["n", 1, 28, 28])],
    [helper.make_tensor_value_info("y", 1, ["n", 10])], constants)
chosen = ort.SessionOptions()
chosen.intra_op_num_threads, chosen.log_severity_level = 1, 3
session = ort.InferenceSession(
    helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9).SerializeToString(), chosen,
    providers=["CPUExecutionProvider"])
images = np.ascontiguousarray(mnist("t10k")[0]).reshape(-1, 1, 28, 28)


def many():
    for i in range(0, len(images), 256):
        session.run(["y"], {"x": images[i:i + 256]})


report("LeNet, 10,000 images, one thread: ONNX Runtime", seconds(many, 2 * options.repeats), 10_000, setting="batch 256")


def one():
    for i in range(1000):
        session.run(["y"], {"x": images[i:i + 1]})


report("LeNet, one image: ONNX Runtime", [t / 1000 for t in seconds(one)])
