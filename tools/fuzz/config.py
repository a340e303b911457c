"""Configs changed as JSON: keys removed, values replaced, lists shortened, repeated and crossed."""

import copy
import json
import random

# `NaN` and `Infinity` are what Python's json writes and reads.
ODD = [
    None, True, False, 0, 1, -1, 2, 7, 255, 2**31 - 1, 2**31, 2**32, 2**53, 2**63 - 1, 2**63, -(2**63), 10**30, 0.5, -0.0,
    1e308, -1e308, 1e-320, float("nan"), float("inf"), float("-inf"), "", "x", "dense", "relu", "float16", "\u0000", "é" * 300,
    "a/b", "../..", [], {}, [None], [[]], [0], [-1], [1, 1], [2**31, 2**31], [[1, 2], [3]], {"class_name": "Lambda", "config": {}},
    {"class_name": "Dense"}, {"config": {}}, ["dense", 0, 0, {}], [["dense", 0, 0, {}]], [1e308] * 3, "channels_first", "same", "valid", "causal", 1000003,
    100000, 65536,
]  # fmt: skip


def places(node, path=()):
    """Every place in the tree, the containers as well."""
    yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from places(value, path + (key,))


def at(tree, path):
    for key in path:
        tree = tree[key]
    return tree


def nested(depth, opening="[", closing="]"):
    return opening * depth + closing * depth


def removals(tree):
    """Every key, and every element of a list, taken away in turn."""
    for path in list(places(tree)):
        if path:
            changed = copy.deepcopy(tree)
            del at(changed, path[:-1])[path[-1]]
            yield f"without {'.'.join(map(str, path))}", changed


def extreme_numbers(tree):
    """Every number of the tree replaced by each that is far too large, or no number of things."""
    for path in places(tree):
        value = at(tree, path) if path else tree
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            continue
        for number in (0, -1, 0.5, 1_000_000, 100_000_000, 2**31 - 1, 2**31, 2**62, 2**64, 1e308):
            copied = copy.deepcopy(tree)
            at(copied, path[:-1])[path[-1]] = number
            yield f"{'.'.join(map(str, path))} = {number}", copied


def changed(tree, draw: random.Random):
    """One changed copy, with the name of what was done."""
    tree = copy.deepcopy(tree)
    paths = [path for path in places(tree) if path]
    if not paths:
        return "nothing", tree
    path = draw.choice(paths)
    parent, key, name = at(tree, path[:-1]), path[-1], ".".join(map(str, path))
    value = parent[key]
    match draw.randrange(9):
        case 0:
            del parent[key]
            return f"without {name}", tree
        case 1 if isinstance(value, list):
            value.append(copy.deepcopy(draw.choice(value)) if value else None)
            return f"{name} longer", tree
        case 2 if isinstance(value, list):
            draw.shuffle(value)
            return f"{name} shuffled", tree
        case 3 if isinstance(value, (int, float)) and not isinstance(value, bool):
            parent[key] = draw.choice([-value, value + 1, value - 1, value * 1000003, value * 2**31, value / 3, str(value), [value]])
            return f"{name} = {parent[key]}", tree
        case 4:
            # Something else of the same tree: names of other layers, a layer inside itself.
            other = draw.choice(paths)
            parent[key] = copy.deepcopy(at(tree, other))
            return f"{name} = that of {'.'.join(map(str, other))}", tree
        case 5 if isinstance(value, dict):
            value[draw.choice(["units", "name", "shared_object_id", "axis", "layers", "batch_input_shape", "dtype", "trainable"])] = draw.choice(ODD)
            return f"{name} with one key more", tree
        case _:
            parent[key] = copy.deepcopy(draw.choice(ODD))
            return f"{name} = {str(parent[key])[:40]!r}", tree


def whole_texts(tree):
    """Texts that are no config of this kind at all."""
    text = json.dumps(tree)
    yield "no JSON", text[: len(text) // 2]
    yield "empty text", ""
    yield "not an object", "[1, 2]"
    yield "null", "null"
    for depth in (500, 100_000):
        yield f"{depth} lists deep", nested(depth)
        yield f"{depth} objects deep", '{"config":' * depth + "1" + "}" * depth
        yield f"layers {depth} deep", text.replace('"layers":', f'"layers": {nested(depth)}, "layers_":', 1)
    yield "key twice", text.replace("{", '{"class_name": "Model", ', 1)
    yield "not UTF-8", text.encode()[:50] + b"\xff\xfe" + text.encode()[50:]
    yield "a byte of zero", text.replace("config", "con\u0000fig", 1)


def large_models(tree):
    """Models that are sound as JSON and beyond what a file can hold or a machine compute."""

    def sequential(layers, shape):
        first = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, *shape], "name": "input_1", "dtype": "float32"}}
        return {"class_name": "Sequential", "config": {"name": "sequential", "layers": [first, *layers]}}

    def layer(class_name, **config):
        return {"class_name": class_name, "config": {"name": class_name.lower(), **config}}

    yield "a hundred thousand layers", sequential(
        [layer("Activation", activation="relu") | {"config": {"name": f"a{i}", "activation": "relu"}} for i in range(100_000)], [3]
    )
    yield "a million layers without a name", sequential([{"class_name": "Flatten", "config": {}}] * 1_000_000, [3])
    inner = sequential([layer("Dense", units=2)], [2])
    for depth in range(2_000):
        inner = {"class_name": "Sequential", "config": {"name": f"s{depth}", "layers": [inner]}}
    yield "models 2,000 deep", inner
    for size in (2**15, 2**31, 2**40, 2**62):
        yield f"Dense of {size}", sequential([layer("Dense", units=size, use_bias=False)], [3])
        yield f"RepeatVector of {size}", sequential([layer("RepeatVector", n=size)], [3])
        yield f"UpSampling of {size}", sequential([layer("UpSampling2D", size=[size, size])], [2, 2, 1])
        yield f"ZeroPadding of {size}", sequential([layer("ZeroPadding1D", padding=[size, size])], [2, 2])
        yield f"Input of {size}", sequential([layer("Flatten")], [size])
        yield f"Input of {size} squared", sequential([layer("Flatten")], [size, size])
        yield f"Reshape to {size}", sequential([layer("Reshape", target_shape=[size, -1])], [4])
        yield f"Resizing to {size}", sequential([layer("Resizing", height=size, width=size)], [2, 2, 1])
        yield f"Pool of {size}", sequential([layer("MaxPooling2D", pool_size=[size, size], strides=[size, size], padding="same")], [4, 4, 1])
        yield f"Cropping of {size}", sequential([layer("Cropping1D", cropping=[size, size])], [4, 1])
    doubled = [layer("RepeatVector", n=1000), layer("Flatten")]
    yield "growing a thousandfold, ten times", sequential(
        [part | {"config": {**part["config"], "name": f"{part['class_name']}{i}"}} for i in range(10) for part in doubled], [10]
    )
