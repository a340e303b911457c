"""PyTorch: LeNet on one thread. An epoch of MNIST (shuffled, validated, with accuracy), inference of 10,000 images, one image."""
import sys

sys.argv += ["--threads", "1"]
from common import *

import torch
from torch import nn
from torch.nn import functional

torch.set_num_threads(1)
x, y, vx, vy = (torch.from_numpy(a) for a in mnist_train_and_validation())
x, vx, y, vy = x.reshape(-1, 1, 28, 28), vx.reshape(-1, 1, 28, 28), y.long(), vy.long()


def net():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def epoch(form, compiled):
    model = net().to(memory_format=form)
    optimizer = torch.optim.Adam(model.parameters(), 0.001, fused=True)
    loss_of = lambda x, y: (lambda logits: (functional.cross_entropy(logits, y), logits))(model(x))
    loss_of = torch.compile(loss_of) if compiled else loss_of

    def run():
        model.train()
        right, total = torch.zeros((), dtype=torch.long), torch.zeros(())
        for rows in torch.randperm(len(x)).split(64):
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


forms = {"channels first": torch.contiguous_format, "channels last": torch.channels_last}
fastest("LeNet epoch, Adam, batch 64, one thread: PyTorch", {
    f"{'compiled' if compiled else 'eager'}, {name}": epoch(form, compiled)
    for compiled in (False, True) for name, form in forms.items()})

images = torch.from_numpy(mnist("t10k")[0]).reshape(-1, 1, 28, 28)
frozen = torch.jit.freeze(torch.jit.script(nn.Sequential(*net(), nn.Softmax(1)).eval()))


def many():
    with torch.inference_mode():
        for part in images.split(256):
            frozen(part)


report("LeNet, 10,000 images, one thread: PyTorch", seconds(many, 2 * options.repeats), 10_000, setting="batch 256")


def one():
    with torch.inference_mode():
        for i in range(1000):
            frozen(images[i:i + 1])


report("LeNet, one image: PyTorch", [t / 1000 for t in seconds(one)])
