#!/usr/bin/env python3
"""The benchmarks of this folder done by NumPy, in milliseconds (medians): for a comparison in one sitting. Needs numpy."""
import statistics
import time

import numpy as np


def median(f, repeats=41):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        f()
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times)


n = 1 << 20
x = (np.arange(n) * 7919 % 1000 / 500 - 1).astype(np.float32)
y = x.copy()
a = x.reshape(1024, 1024)
b = a.astype(np.float64)
c = np.resize(x, (100000, 64))


def softmax():
    e = np.exp(a - a.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


for name, f in {
    "Chain1M": lambda: np.tanh(2 * x + y) * np.exp(-x * x),
    "Softmax1024": softmax,
    "Standardise100000x64": lambda: (c - c.mean(0)) / c.std(0),
    "Sum0_1024": lambda: a.sum(0),
    "Sum1_1024": lambda: a.sum(1),
    "Matmul/f32": lambda: a @ a,
    "Matmul/f64": lambda: b @ b,
}.items():
    print(f"{name:24s} {median(f):10.3f} ms")
