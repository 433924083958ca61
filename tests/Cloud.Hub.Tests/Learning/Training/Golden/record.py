#!/usr/bin/python3
"""Records runs of an independent implementation (Debian's python3-torch) for GoldenRunTests.

    /usr/bin/python3 record.py > recorded.json

Inputs and first weights come from formulas that both sides compute, so the file holds results only:
per case the losses of 25 steps and, after the first step, of each parameter's gradient the sum, the sum of squares and up to 64 values at even steps.
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
            if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm)):
                m.weight.fill_(1)
                m.bias.fill_(0)
    return model


def some(gradient):
    flat = gradient.flatten()
    return [float(f"{v:.7g}") for v in flat[::(len(flat) + 63) // 64].tolist()]


def record(model, x, target, loss, optimiser):
    prepare(model)
    step = optimiser(model.parameters())
    losses, gradients = [], None
    for _ in range(25):
        step.zero_grad()
        value = loss(model(x), target)
        value.backward()
        if gradients is None:
            gradients = [[p.grad.double().sum().item(), (p.grad.double() ** 2).sum().item(), some(p.grad)] for p in model.parameters()]
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


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.norm, self.head = nn.GRU(6, 8, batch_first=True), nn.GRU(8, 5, batch_first=True), nn.LayerNorm(5), nn.Linear(5, 3)

    def forward(self, x):
        y, _ = self.first(x.transpose(1, 2))
        y, _ = self.second(y)
        return self.head(self.norm(y[:, -1]))


class Attentive(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.attention, self.norm, self.head = nn.Conv1d(6, 8, 3, 2, 1), nn.MultiheadAttention(8, 2, batch_first=True), nn.LayerNorm(8), nn.Linear(8, 3)

    def forward(self, x):
        y = torch.tanh(self.body(x)).transpose(1, 2)
        return self.head(self.norm(y + self.attention(y, y, y)[0]).mean(1))


class Coded(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.head = nn.Embedding(5, 6), nn.Linear(72, 8)

    def forward(self, codes):
        return self.head(self.table(codes).flatten(1))


def plane_autoencoder():
    return nn.Sequential(nn.Conv2d(2, 5, 3, 2, 1), nn.ReLU(), nn.ConvTranspose2d(5, 4, 3, 2, 1, 1), nn.ReLU(), nn.ConvTranspose2d(4, 2, 3, 1, 1))


def quantile(prediction, target):
    missing = target - prediction
    return torch.maximum(QUANTILES * missing, (QUANTILES - 1) * missing).mean()


def contrastive(prediction, groups):
    """Supervised contrastive loss, temperature 0.5."""
    z = nn.functional.normalize(prediction, dim=1)
    products = (z @ z.T / 0.5).masked_fill(torch.eye(len(z), dtype=torch.bool), -math.inf)
    shares = products - products.logsumexp(1, keepdim=True)
    friends = (groups[:, None] == groups[None, :]) & ~torch.eye(len(z), dtype=torch.bool)
    return -(shares.masked_fill(~friends, 0).sum(1) / friends.sum(1)).mean()


class Flat(nn.Module):
    """Channels last, as the engine flattens."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


x = wave((32, 8, 60), 0.5)
z = wave((32, 6, 30), 0.25)
labels = torch.arange(32) % 4
binary = (torch.arange(32) % 2).float().reshape(32, 1)
QUANTILES = torch.tensor([0.1, 0.5, 0.9])
steps = (torch.arange(32) % 4).float().reshape(32, 1) / 4
codes = torch.tensor([[(7 * i + b) % 5 for i in range(12)] for b in range(32)])
plane = wave((32, 2, 12, 10), 0.25)
logit = nn.Sequential(nn.Conv1d(6, 8, 3, 2, 2, dilation=2, groups=2), nn.Sigmoid(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(8, 1))
cases = {
    "conv-autoencoder mse adam": record(conv_autoencoder(), x, x, nn.MSELoss(), lambda p: torch.optim.Adam(p, 1e-3)),
    "classifier softmax adamw": record(classifier(), z, labels, nn.CrossEntropyLoss(torch.tensor([1., 2., .5, 1.]), label_smoothing=0.1),
                                       lambda p: torch.optim.AdamW(p, 3e-3, weight_decay=0.01)),
    "planes residual softmax sgd": record(residual(), wave((32, 3, 12, 12), 0.25), labels, nn.CrossEntropyLoss(), lambda p: torch.optim.SGD(p, 0.05, momentum=0.9)),
    "planes classifier softmax adamw": record(plane_classifier(), wave((32, 2, 12, 10), 0.25), labels, nn.CrossEntropyLoss(),
                                              lambda p: torch.optim.AdamW(p, 3e-3, weight_decay=0.01)),
    "recurrent layer-norm huber adam": record(Recurrent(), z, steps.expand(32, 3), nn.HuberLoss(delta=0.3), lambda p: torch.optim.Adam(p, 3e-3)),
    "attention quantile adamw": record(Attentive(), z, steps, quantile, lambda p: torch.optim.AdamW(p, 3e-3, weight_decay=0.01)),
    "plane autoencoder mse adam": record(plane_autoencoder(), plane, plane, nn.MSELoss(), lambda p: torch.optim.Adam(p, 3e-3)),
    "embedding contrastive sgd": record(Coded(), codes, labels, contrastive, lambda p: torch.optim.SGD(p, 0.05, momentum=0.9)),
    "logit binary sgd": record(logit, z, binary, nn.BCEWithLogitsLoss(pos_weight=torch.tensor([3.])), lambda p: torch.optim.SGD(p, 0.05, momentum=0.9)),
}
print("{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(case)}" for name, case in cases.items()) + "\n}")
