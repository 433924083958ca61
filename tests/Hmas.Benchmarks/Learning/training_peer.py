#!/usr/bin/python3
"""The peer of TrainingPeer: the same models and steps in Debian's python3-torch, and numpy's (OpenBLAS) product, one thread.

Its first line names the product's library and what it takes the machine for. Then it reads lines 'model batch cpu-seconds' and answers each with 'units cpu-seconds-used': samples trained, or floating-point operations for 'sgemm'.
'fit windows epochs' fits the convolutional autoencoder from the start, batches of 32, and answers 'samples cpu-seconds-used wall-seconds-used'.
"""
import ctypes
import os
import sys
import time
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
# OpenBLAS takes processors that are younger than itself for a Prescott and multiplies at a fifth of their speed.
with open("/proc/cpuinfo") as info:
    flags = next((line.split() for line in info if line.startswith("flags")), [])
if "OPENBLAS_CORETYPE" not in os.environ and "avx2" in flags:
    os.environ["OPENBLAS_CORETYPE"] = "SkylakeX" if "avx512vl" in flags else "Haswell"
import numpy
import torch
from torch import nn

torch.set_num_threads(1)
torch.set_flush_denormal(True)


def product_library():
    with open("/proc/self/maps") as maps:
        path = next((line.split()[-1] for line in maps if "libopenblas" in line), None)
    if path is None:
        sys.exit("numpy and torch multiply by another library than OpenBLAS; apt-get install libopenblas0-pthread")
    library = ctypes.CDLL(path)
    library.openblas_get_corename.restype = ctypes.c_char_p
    return "OpenBLAS for " + library.openblas_get_corename().decode()


def conv_autoencoder():
    return nn.Sequential(
        nn.Conv1d(8, 32, 7, 2, 3), nn.ReLU(), nn.Conv1d(32, 16, 7, 2, 3), nn.ReLU(),
        nn.ConvTranspose1d(16, 16, 7, 2, 3, 1), nn.ReLU(), nn.ConvTranspose1d(16, 32, 7, 2, 3, 1), nn.ReLU(), nn.ConvTranspose1d(32, 8, 7, 1, 3))


def dense_chain(sizes, norm):
    layers = []
    for i in range(len(sizes) - 1):
        layers.append(nn.Linear(sizes[i], sizes[i + 1]))
        if i < len(sizes) - 2:
            layers += [nn.BatchNorm1d(sizes[i + 1]), nn.ReLU()] if norm else [nn.ReLU()]
    return nn.Sequential(*layers)


def small_cnn():
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(2048, 64), nn.ReLU(), nn.Linear(64, 10))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1), nn.BatchNorm2d(outputs), nn.ReLU(), nn.Conv2d(outputs, outputs, 3, 1, 1), nn.BatchNorm2d(outputs))
        self.skip = nn.Identity() if stride == 1 else nn.Conv2d(inputs, outputs, 1, stride)

    def forward(self, x):
        return torch.relu(self.body(x) + self.skip(x))


def resnet8():
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, 1, 1), nn.BatchNorm2d(16), nn.ReLU(), Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


MODELS = {
    "ConvAE-60x8": (conv_autoencoder, (8, 60)),
    "MLP": (lambda: dense_chain((128, 64, 32, 64, 128), False), (128,)),
    "AD01": (lambda: dense_chain((640, 128, 128, 128, 128, 8, 128, 128, 128, 128, 640), True), (640,)),
    "SmallCnn": (small_cnn, (3, 32, 32)),
    "ResNet-8": (resnet8, (3, 32, 32)),
}


def training_step(name, batch):
    make, shape = MODELS[name]
    model = make()
    x = torch.rand(batch, *shape)
    labelled = len(shape) == 3
    target = torch.arange(batch) % 10 if labelled else x
    loss = nn.CrossEntropyLoss() if labelled else nn.MSELoss()
    optimiser = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9) if name == "ResNet-8" else torch.optim.Adam(model.parameters(), 1e-3)

    def step():
        optimiser.zero_grad()
        loss(model(x), target).backward()
        optimiser.step()
        return batch

    return step


def product_step(size):
    a = numpy.random.rand(size, size).astype(numpy.float32)
    b = numpy.random.rand(size, size).astype(numpy.float32)
    c = numpy.empty_like(a)

    def step():
        numpy.dot(a, b, out=c)
        return 2 * size ** 3

    return step


def fit(windows, epochs):
    model, x, loss = conv_autoencoder(), torch.rand(windows, 8, 60), nn.MSELoss()
    cpu, wall = time.process_time(), time.perf_counter()
    optimiser = torch.optim.Adam(model.parameters(), 1e-3)
    for _ in range(epochs):
        for batch in torch.randperm(windows).split(32):
            chosen = x[batch]
            optimiser.zero_grad()
            loss(model(chosen), chosen).backward()
            optimiser.step()
    print(windows * epochs, time.process_time() - cpu, time.perf_counter() - wall, flush=True)


print(product_library(), flush=True)
steps = {}
for line in sys.stdin:
    name, size, seconds = line.split()
    if name == "fit":
        fit(int(size), int(seconds))
        continue
    if (name, size) not in steps:
        steps[name, size] = product_step(int(size)) if name == "sgemm" else training_step(name, int(size))
    step, units, begin = steps[name, size], 0, time.process_time()
    while time.process_time() - begin < float(seconds):
        units += step()
    print(units, time.process_time() - begin, flush=True)
