"""ONNX Runtime: 10,000 MNIST images to probabilities, and one image with the model loaded. The images are floats already."""
from common import *

session = onnx_session(SIZES)
images = np.ascontiguousarray(mnist("t10k")[0])


def in_batches(n):
    def action():
        for i in range(0, len(images), n):
            session.run(["y"], {"x": images[i:i + n]})
    return action


fastest("10,000 images, probabilities: ONNX Runtime", {f"batch {n}": in_batches(n) for n in (100, 250, 1000, 10_000)}, 10_000, 25, 3)


def one():
    for i in range(1000):
        session.run(["y"], {"x": images[i:i + 1]})


report("one image: ONNX Runtime", [t / 1000 for t in seconds(one)])
