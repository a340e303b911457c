"""JAX: a whole MNIST epoch (SGD, batch 32, shuffled) as one compiled program, without and with validation and accuracy."""
from common import *

from functools import partial

import jax
import jax.numpy as jnp

x, y, vx, vy = (jnp.asarray(a) for a in mnist_train_and_validation())
BATCH = 32
key = jax.random.key(1)
start = []
for a, b in zip(SIZES, SIZES[1:]):
    key, one = jax.random.split(key)
    start += [(jax.random.uniform(one, (a, b), minval=-1, maxval=1) * np.float32((6 / (a + b)) ** 0.5), jnp.zeros(b))]


def loss_and_right(net, x, y):
    for kernel, bias in net[:-1]:
        x = jax.nn.relu(x @ kernel + bias)
    logits = x @ net[-1][0] + net[-1][1]
    losses = jax.nn.logsumexp(logits, 1) - jnp.take_along_axis(logits, y[:, None], 1)[:, 0]
    return losses.mean(), (logits.argmax(1) == y).sum()


@partial(jax.jit, static_argnames="validated", donate_argnums=0)
def epoch(net, key, validated):
    # 55,000 = 1,718 whole batches and 24 rows, which a scan leaves out: 0.04 % less work than the others do.
    order = jax.random.permutation(key, len(x))[:len(x) // BATCH * BATCH].reshape(-1, BATCH)

    def step(net, rows):
        (loss, right), gradient = jax.value_and_grad(loss_and_right, has_aux=True)(net, x[rows], y[rows])
        return jax.tree.map(lambda w, g: w - 0.01 * g, net, gradient), (loss, right)

    net, (losses, rights) = jax.lax.scan(step, net, order)
    scores = (losses.mean(), rights.sum())
    return net, scores + (loss_and_right(net, vx, vy) if validated else ())


for validated in (False, True):
    state = [jax.tree.map(jnp.array, start), jax.random.key(2)]

    def run():
        state[1], one = jax.random.split(state[1])
        state[0], scores = epoch(state[0], one, validated)
        jax.block_until_ready(state[0])
        return [float(s) for s in scores]

    report("mnist epoch, SGD, batch 32: JAX" + (", with validation" if validated else ""), seconds(run), setting="one program an epoch")
    assert run()[0] < 0.5, "JAX did not learn"
