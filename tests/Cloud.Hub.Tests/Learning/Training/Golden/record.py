#!/usr/bin/python3
"""Records runs of an independent implementation (Debian's python3-torch) for GoldenRunTests.

    /usr/bin/python3 record.py > recorded.json

Inputs and first weights come from formulas that both sides compute, so the file holds results only:
per case the losses of 25 steps and, after the first step, sum and sum of squares of each parameter's gradient.
"""
import json
import math
import torch
from torch import nn

torch.set_num_threads(1)


def wave(shape, offset):
    count = math.prod(shape)
    return torch.tensor([math.sin(0.37 * i + offset) for i in range(count)], dtype=torch.float64).float().reshape(shape)


def prepare(model):
    with torch.no_grad():
        for n, p in enumerate(model.parameters()):
            fan = p[0].numel() if p.dim() > 1 else 8
            p.copy_(wave(tuple(p.shape), n) / math.sqrt(fan))
        for m in model.modules():
            if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
                m.weight.fill_(1)
                m.bias.fill_(0)
    return model


def record(model, x, target, loss, optimiser):
    prepare(model)
    step = optimiser(model.parameters())
    losses, gradients = [], None
    for _ in range(25):
        step.zero_grad()
        value = loss(model(x), target)
        value.backward()
        if gradients is None:
            gradients = [[p.grad.double().sum().item(), (p.grad.double() ** 2).sum().item()] for p in model.parameters()]
        step.step()
        losses.append(value.item())
    return {"losses": losses, "gradients": gradients}


def conv_autoencoder():
    return nn.Sequential(
        nn.Conv1d(8, 32, 7, 2, 3), nn.ReLU(), nn.Conv1d(32, 16, 7, 2, 3), nn.ReLU(),
        nn.ConvTranspose1d(16, 16, 7, 2, 3, 1), nn.ReLU(), nn.ConvTranspose1d(16, 32, 7, 2, 3, 1), nn.ReLU(),
        nn.ConvTranspose1d(32, 8, 7, 1, 3))


def classifier():
    return nn.Sequential(
        nn.Conv1d(6, 16, 5, 1, 2), nn.BatchNorm1d(16), nn.ReLU(), nn.Conv1d(16, 16, 5, 2, 2), nn.Tanh(),
        nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(16, 4))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1), nn.BatchNorm2d(outputs), nn.ReLU(), nn.Conv2d(outputs, outputs, 3, 1, 1), nn.BatchNorm2d(outputs))
        self.skip = nn.Identity() if stride == 1 else nn.Conv2d(inputs, outputs, 1, stride)

    def forward(self, x):
        return torch.relu(self.body(x) + self.skip(x))


def residual():
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, 1, 1), nn.BatchNorm2d(4), nn.ReLU(), Block(4, 4, 1), Block(4, 6, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 4))


def plane_classifier():
    return nn.Sequential(
        nn.Conv2d(2, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 9, 3, padding=2, dilation=2, groups=3), nn.Tanh(),
        nn.MaxPool2d(3, 2), Flat(), nn.Linear(36, 4))


class Flat(nn.Module):
    """Channels last, as the engine flattens."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


x = wave((32, 8, 60), 0.5)
z = wave((32, 6, 30), 0.25)
labels = torch.arange(32) % 4
binary = (torch.arange(32) % 2).float().reshape(32, 1)
logit = nn.Sequential(nn.Conv1d(6, 8, 3, 2, 2, dilation=2, groups=2), nn.Sigmoid(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(8, 1))
print(json.dumps({
    "conv-autoencoder mse adam": record(conv_autoencoder(), x, x, nn.MSELoss(), lambda p: torch.optim.Adam(p, 1e-3)),
    "classifier softmax adamw": record(classifier(), z, labels, nn.CrossEntropyLoss(torch.tensor([1., 2., .5, 1.]), label_smoothing=0.1),
                                       lambda p: torch.optim.AdamW(p, 3e-3, weight_decay=0.01)),
    "planes residual softmax sgd": record(residual(), wave((32, 3, 12, 12), 0.25), labels, nn.CrossEntropyLoss(), lambda p: torch.optim.SGD(p, 0.05, momentum=0.9)),
    "planes classifier softmax adamw": record(plane_classifier(), wave((32, 2, 12, 10), 0.25), labels, nn.CrossEntropyLoss(),
                                              lambda p: torch.optim.AdamW(p, 3e-3, weight_decay=0.01)),
    "logit binary sgd": record(logit, z, binary, nn.BCEWithLogitsLoss(pos_weight=torch.tensor([3.])), lambda p: torch.optim.SGD(p, 0.05, momentum=0.9)),
}, indent=1))
