"""What old Keras releases expect of Python, NumPy, Theano and h5py and no longer find: import before `keras`.

Keras 1.2.2 and 2.2.4 run on Theano-PyMC 1.1.2, the last Theano that works under Python 3.11; Keras 2.10 runs on TensorFlow 2.12. Nothing here changes
what they compute or how they lay a file out; each entry only puts a name back where the release looks for it.
"""
import collections
import collections.abc
import importlib.util
import inspect
import os
import sys
import tempfile
import textwrap
import typing

# Aliases that Python 3.10 removed from `collections` (Keras 1 and 2.2, Theano).
for name in ("Callable", "Hashable", "Iterable", "Iterator", "Mapping", "MutableMapping", "MutableSequence", "Sequence", "Set"):
    if not hasattr(collections, name):
        setattr(collections, name, getattr(collections.abc, name))

# inspect.getargspec and its tuple, removed in Python 3.11 (all of them; Keras 2.10 only names the tuple).
if not hasattr(inspect, "ArgSpec"):
    class ArgSpec(typing.NamedTuple):
        args: list
        varargs: str
        keywords: str
        defaults: tuple

    def getargspec(function):
        found = inspect.getfullargspec(function)
        return ArgSpec(found.args, found.varargs, found.varkw, found.defaults)

    inspect.ArgSpec, inspect.getargspec = ArgSpec, getargspec


class Text(str):
    """An attribute's text, as h5py 3 gives it, that can also be decoded, as the bytes of h5py 2 were."""

    def decode(self, *_, **__):
        return str(self)


def as_bytes_were(value):
    """Lists of names as the fixed-length bytes that h5py 2 wrote and read: Keras 2.2.4 knows a list of names by that type."""
    import numpy as np

    if isinstance(value, str):
        return Text(value)
    if isinstance(value, np.ndarray) and value.dtype == object:
        return np.array([item.encode() if isinstance(item, str) else item for item in value.flat], "S").reshape(value.shape)
    return value


def with_tuples(owner, name, old, new):
    """Makes a class's or module's function anew with one expression written as NumPy wants it now."""
    function = getattr(owner, name)
    source = textwrap.dedent(inspect.getsource(function))
    assert old in source
    scope = {}
    exec(source.replace(old, new), function.__globals__, scope)
    setattr(owner, name, scope[name])


def shim_theano():
    os.environ["KERAS_BACKEND"] = "theano"
    # No compiler and no BLAS: slow, but it asks nothing of the machine. The check would refuse convolution in plain Python.
    cache = os.path.join(tempfile.gettempdir(), "theano-interop")
    os.environ.setdefault("THEANO_FLAGS", "floatX=float32,device=cpu,cxx=,blas__ldflags=,optimizer_excluding=AbstractConvCheck,base_compiledir=" + cache)

    # Where SciPy had its convolution before 1.8; Theano without a compiler convolves with it.
    import scipy.signal
    sys.modules["scipy.signal.signaltools"] = importlib.import_module("scipy.signal._signaltools")
    sys.modules["scipy.signal.sigtools"] = importlib.import_module("scipy.signal._sigtools")

    import h5py
    import theano.tensor.signal.pool as pool
    import theano.ifelse  # Keras 1 uses it as an attribute of `theano` without importing it.
    import theano.sandbox.rng_mrg as generators

    if not hasattr(generators, "MRG_RandomStreams"):  # Theano-PyMC renamed it.
        generators.MRG_RandomStreams = generators.MRG_RandomStream
    # NumPy took a list of slices for a tuple of them once.
    with_tuples(pool.Pool, "perform", "yk[[region_slices[i][r[i]] for i in range(nd)]]", "yk[tuple(region_slices[i][r[i]] for i in range(nd))]")
    with_tuples(pool.AveragePoolGrad, "perform", "gxk[region_slice] +=", "gxk[tuple(region_slice)] +=")
    plain_get = h5py.AttributeManager.__getitem__
    h5py.AttributeManager.__getitem__ = lambda attributes, name: as_bytes_were(plain_get(attributes, name))


def shim_keras(library):
    """What is mended in the release itself, once it is imported: 2.2.4 mirrors kernels that TensorFlow wrote by a list of slices."""
    if library.__version__.startswith("2.2."):
        with_tuples(library.utils.conv_utils, "convert_kernel", "kernel[slices]", "kernel[tuple(slices)]")


if importlib.util.find_spec("theano"):
    shim_theano()
