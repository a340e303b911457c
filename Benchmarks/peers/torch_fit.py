"""PyTorch: an epoch of each MNIST recipe (shuffled, validated, with accuracy); inference of 10,000 images and of one."""
from common import *

import torch
from torch import nn
from torch.nn import functional

x, y, vx, vy = (torch.from_numpy(a) for a in mnist_train_and_validation())
y, vy = y.long(), vy.long()


def net(normalized=False):
    hidden = [[nn.Linear(a, b), nn.ReLU()] + ([nn.BatchNorm1d(b, eps=1e-3, momentum=0.01)] if normalized else [])
              for a, b in zip(SIZES, SIZES[1:3])]
    return nn.Sequential(*sum(hidden, []), nn.Linear(SIZES[2], SIZES[3]))


def epoch(normalized, optimizer, batch, compiled, threads):
    model = net(normalized)
    optimizer = optimizer(model.parameters())
    loss_of = lambda x, y: (lambda logits: (functional.cross_entropy(logits, y), logits))(model(x))
    loss_of = torch.compile(loss_of) if compiled else loss_of

    def run():
        torch.set_num_threads(threads)
        model.train()
        order, right, total = torch.randperm(len(x)), torch.zeros((), dtype=torch.long), torch.zeros(())
        for rows in order.split(batch):
            optimizer.zero_grad(set_to_none=True)
            loss, logits = loss_of(x[rows], y[rows])
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(rows)
            right += (logits.detach().argmax(1) == y[rows]).sum()
        model.eval()
        with torch.inference_mode():
            logits = model(vx)
            return total.item(), right.item(), functional.cross_entropy(logits, vy).item(), (logits.argmax(1) == vy).sum().item()

    return run


for name, arguments in (
        ("mnist epoch, SGD, batch 32: PyTorch", (False, lambda p: torch.optim.SGD(p, 0.01, fused=True), 32)),
        ("mnist-bn epoch, Adam, batch 64: PyTorch", (True, lambda p: torch.optim.Adam(p, 0.001, fused=True), 64))):
    fastest(name, {
        f"{'compiled' if compiled else 'eager'}, fused optimizer, threads {threads}": epoch(*arguments, compiled, threads)
        for compiled in (False, True) for threads in sorted({1, options.threads})})

torch.set_num_threads(options.threads)

model = nn.Sequential(*net(), nn.Softmax(1)).eval()
images = torch.from_numpy(mnist("t10k")[0])


def ten_thousand(run, batch):
    def action():
        with torch.inference_mode():
            for part in images.split(batch):
                run(part)
    return action


frozen = torch.jit.freeze(torch.jit.script(model))
fastest("10,000 images, probabilities: PyTorch", {
    f"{kind}, batch {batch}": ten_thousand(run, batch)
    for kind, run in (("eager", model), ("frozen script", frozen)) for batch in (250, 1000, 10_000)}, 10_000, 25, 3)


def one():
    with torch.inference_mode():
        for i in range(1000):
            frozen(images[i:i + 1])


report("one image: PyTorch", [t / 1000 for t in seconds(one)])
