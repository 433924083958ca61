#!/usr/bin/python3
"""The peer of TrainingSpeed: the same steps in Debian's python3-torch, one thread. Prints 'batch samples-per-second' lines."""
import time
import torch
from torch import nn

torch.set_num_threads(1)
for batch in (32, 256):
    model = nn.Sequential(
        nn.Conv1d(8, 32, 7, 2, 3), nn.ReLU(), nn.Conv1d(32, 16, 7, 2, 3), nn.ReLU(),
        nn.ConvTranspose1d(16, 16, 7, 2, 3, 1), nn.ReLU(), nn.ConvTranspose1d(16, 32, 7, 2, 3, 1), nn.ReLU(), nn.ConvTranspose1d(32, 8, 7, 1, 3))
    step, loss, x = torch.optim.Adam(model.parameters(), 1e-3), nn.MSELoss(), torch.rand(batch, 8, 60)
    best, begin = 1e9, time.perf_counter()
    while time.perf_counter() - begin < 4:
        turn, count = time.perf_counter(), 0
        while time.perf_counter() - turn < 0.2:
            step.zero_grad()
            loss(model(x), x).backward()
            step.step()
            count += 1
        best = min(best, (time.perf_counter() - turn) / count)
    print(batch, batch / best, flush=True)
