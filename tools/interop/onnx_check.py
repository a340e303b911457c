#!/usr/bin/env python3
"""Holds the ONNX files that Cellar exports against ONNX Runtime.

usage: onnx_check.py [FOLDER]

FOLDER (else Tests/Fixtures) holds models with inputs and the outputs that Keras gave, as Tests/Fixtures does. Every
model that `registry export` can write as ONNX must pass onnx.checker, and ONNX Runtime must give

  Keras' outputs, within the tolerance that is recorded with them, and
  Cellar's own outputs (`infer score`), within 1e-6 + 1e-6 of the number, or no farther from what the same graph gives in
  float64 than that, or than twice as far as Cellar is,

for the whole batch, and for one sample alone. Models with a layer that Cellar cannot export or open are listed with the
reason. Prints a table; the exit code is 1 where a check failed. CELLAR_BIN names another folder of commands than bin/.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnx.reference
import onnxruntime

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("CELLAR_BIN", ROOT / "bin"))
TOLERANCE = 1e-6


def models(folder):
    """Every model file with its inputs, Keras' outputs, their tolerance, and its layers' classes."""
    for sidecar in sorted(folder.rglob("*.json")):
        case = json.loads(sidecar.read_text())
        if not isinstance(case, dict) or case.get("kind") != "inference":
            continue

        def arrays(list_of_files):
            return [np.fromfile(sidecar.parent / f["file"], "<f4").reshape(f["shape"]) for f in list_of_files]

        for variant in case["variants"]:
            for file in variant["files"]:
                yield (sidecar.parent / file, arrays(case["inputs"]), arrays(variant["outputs"]),
                       variant.get("atol", 1e-5), variant.get("rtol", 1e-4), [layer[0] for layer in variant["layers"]])


def run(*command):
    """A command's failure as its message, None where it went well."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    return (done.stderr.strip() or f"exit code {done.returncode}") if done.returncode else None


def ours(file, inputs, outputs, folder):
    """What `infer` answers; None where it cannot."""
    given, taken = [], []
    for index, array in enumerate(inputs):
        given.append(folder / f"in{index}.npy")
        np.save(given[-1], array)
    for index, _ in enumerate(outputs):
        taken.append(folder / f"out{index}.npy")
    flags = [flag for path in taken for flag in ("-o", path)]
    if run(BIN / "infer", "score", *given, "--model", file, *flags):
        return None
    return [np.load(path) for path in taken]


def in_float64(model, inputs):
    """What the graph gives when all its numbers are float64."""
    graph = onnx.ModelProto()
    graph.CopyFrom(model)
    for tensor in graph.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT:
            tensor.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(tensor).astype("f8"), tensor.name))
    for value in [*graph.graph.input, *graph.graph.output]:
        value.type.tensor_type.elem_type = onnx.TensorProto.DOUBLE
    for node in graph.graph.node:
        for attribute in node.attribute:
            if node.op_type == "Cast" and attribute.i == onnx.TensorProto.FLOAT:
                attribute.i = onnx.TensorProto.DOUBLE
    evaluator = onnx.reference.ReferenceEvaluator(graph)
    return evaluator.run(None, {n: x.astype("f8") for n, x in zip(evaluator.input_names, inputs)})


def near(found, answers, model, inputs):
    """Whether the runtime's answers are Cellar's but for rounding."""
    def within(a, b):
        return bool((np.abs(a - b) <= TOLERANCE + TOLERANCE * np.abs(b)).all())

    if all(map(within, found, answers)):
        return True
    exact = in_float64(model, inputs)
    return all(within(a, e) or np.abs(a - e).max() <= 2 * np.abs(b - e).max()
               for a, b, e in zip(found, answers, exact, strict=True))


def scaled(found, expected):
    """The largest difference, relative to numbers above 1."""
    if found.shape != expected.shape:
        return float("inf")
    return float((np.abs(found - expected) / np.maximum(1, np.abs(expected))).max(initial=0))


def check(path, file, inputs, expected, atol, rtol, folder):
    """The largest differences from Keras and from Cellar; raises AssertionError where a file is not as it should be."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [i.name for i in session.get_inputs()]
    assert len(names) == len(inputs), f"{len(names)} inputs"
    found = session.run(None, dict(zip(names, inputs)))
    for a, b in zip(found, expected, strict=True):
        assert a.shape == b.shape, f"shape {a.shape}, Keras {b.shape}"
        off = ~(np.abs(a - b) <= atol + rtol * np.abs(b))
        assert not off.any(), f"{off.sum()} of {off.size} numbers are not Keras', by up to {np.abs(a - b).max():.1e}"
    single = session.run(None, {name: array[:1] for name, array in zip(names, inputs)})
    for a, b in zip(single, found):
        assert scaled(a, b[:1]) <= 1e-5, f"one sample alone gives another answer, by {scaled(a, b[:1]):.1e}"
    answers = ours(file, inputs, expected, folder)
    from_keras = max(map(scaled, found, expected), default=0)
    from_ours = max(map(scaled, found, answers), default=0) if answers else None
    assert not answers or near(found, answers, model, inputs), f"{from_ours:.1e} from what infer answers"
    return from_keras, from_ours


def main(arguments):
    folder = pathlib.Path(arguments[0]) if arguments else ROOT / "Tests" / "Fixtures"
    failed, exported, refused = [], [], []
    per_class = collections.defaultdict(lambda: [0, 0, 0.0])
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        for file, inputs, expected, atol, rtol, classes in models(folder):
            path = work / "model.onnx"
            name = file.relative_to(folder)
            problem = run(BIN / "registry", "export", file, path, "--force")
            for c in set(classes):
                per_class[c][1] += 1
            if problem:
                refused.append((name, problem))
                continue
            try:
                keras, cellar = check(path, file, inputs, expected, atol, rtol, work)
            except Exception as error:
                failed.append((name, f"{type(error).__name__}: {error}".splitlines()[0][:250]))
                continue
            exported.append((name, keras, cellar))
            for c in set(classes):
                per_class[c][0] += 1
                per_class[c][2] = max(per_class[c][2], keras if cellar is None else cellar)
    for name, keras, cellar in exported:
        print(f"ok      {str(name):50} Keras {keras:.1e}   Cellar {'-' if cellar is None else format(cellar, '.1e')}")
    for name, why in refused:
        print(f"refused {str(name):50} {why}")
    for name, why in failed:
        print(f"FAILED  {str(name):50} {why}")
    print("\nlayer                        models exported   largest difference")
    for name, (good, all_models, worst) in sorted(per_class.items()):
        print(f"{name:28} {good:4} of {all_models:<8} {worst:.1e}" if good else f"{name:28}    – of {all_models}")
    print(f"\n{len(exported)} models exported and equal, {len(refused)} refused, {len(failed)} failed")
    return 1 if failed or not exported else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
