#!/usr/bin/env python3
"""The rows of `einloom bench` done by NumPy, PyTorch and numexpr, whichever are here: one JSON object a line, with the peer's name.

    python3 tests/bench/peers.py [-run REGEXP] [-threads N]

With -serve it measures the rows whose names it reads from standard input, one a line, and answers each with its objects and an empty line:
tests/bench/compare asks so.
"""
import argparse
import importlib
import json
import os
import re
import statistics
import sys
import time

options = argparse.ArgumentParser()
options.add_argument("-run", default="", help="only rows whose names match this regular expression")
options.add_argument("-threads", type=int, default=os.cpu_count())
options.add_argument("-serve", action="store_true", help="measure the rows that standard input names")
options = options.parse_args()
for name in "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS":
    os.environ[name] = str(options.threads)
for name in "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE":
    os.environ.pop(name, None)


def library(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"peers: SKIPPED: {name} is not here", file=sys.stderr)


np = importlib.import_module("numpy")
torch = library("torch")
numexpr = library("numexpr")
if torch:
    torch.set_num_threads(options.threads)

TCCG = """efbad,cf->abcde efcad,bf->abcde dbea,ec->abcd ecbfa,fd->abcde deca,be->abcd bda,dc->abc ebad,ce->abcd dega,gfbc->abcdef
dfgb,geac->abcdef degb,gfac->abcdef degc,gfab->abcdef dca,bd->abc ea,ebcd->abcd eb,aecd->abcd ec,abed->abcd adec,ebd->abc cad,dcb->ab
acd,dbc->ab acd,db->abc adc,bd->abc ac,cb->ab aebf,fdec->abcd eafd,fbec->abcd aebf,dfce->abcd""".split()


def floats(*dims, dtype="f4"):
    n = int(np.prod(dims))
    return (np.arange(n) * 7919 % 1000 / 500 - 1).astype(dtype).reshape(dims)


rows = {}  # name -> a function that makes the data and gives peer -> a function without arguments


def both(name, make, numpy, with_torch, text=None):
    """A row on arrays that make() gives: as NumPy arrays, as tensors that share their memory, and in numexpr's words x and y."""

    def prepare():
        a = make()
        peers = {"numpy": lambda: numpy(*a)}
        if torch:
            t = [torch.from_numpy(x) for x in a]
            peers["torch"] = lambda: with_torch(*t)
        if numexpr and text:
            peers["numexpr"] = lambda: numexpr.evaluate(text, dict(zip("xy", a)))
        return peers

    rows[name] = prepare


def einsum(name, spec, *dims, dtype="f4", optimize=True):
    both(name, lambda: [floats(*d, dtype=dtype) for d in dims], lambda *a: np.einsum(spec, *a, optimize=optimize), lambda *t: torch.einsum(spec, *t))


for dtype, short in ("f4", "f32"), ("f8", "f64"):
    for n in 64, 256, 1000, 1024, 2048:
        both(f"matmul-{short}-{n}", lambda n=n, dtype=dtype: [floats(n, n, dtype=dtype)] * 2, lambda a, b: a @ b, lambda a, b: a @ b)
for n, count in (4, 100000), (8, 20000), (16, 5000), (64, 500):
    both(f"bmm-f32-{n}", lambda n=n, count=count: [floats(count, n, n)] * 2, lambda a, b: a @ b, lambda a, b: a @ b)
both("gram-f32-1000", lambda: [floats(1000, 1000)], lambda a: a.T @ a, lambda a: a.T @ a)
both("gemv-f32-4096", lambda: [floats(4096, 4096), floats(4096)], lambda a, b: a @ b, lambda a, b: a @ b)
for i, spec in enumerate(TCCG):
    terms = [t[::-1] for t in re.split(",|->", spec)]
    labels = len(set("".join(terms)))
    n = 4
    while 2 * (n + 4) ** labels <= 1.2e9:
        n += 4
    einsum(f"tccg-{i + 1:02}", f"{terms[0]},{terms[1]}->{terms[2]}", *([n] * len(t) for t in terms[:2]))

def complexes(*dims):
    x = floats(*dims).astype("c8")
    return x - 1j * x[::-1]


for n in 64, 1024:
    both(f"matmul-c64-{n}", lambda n=n: [complexes(n, n)] * 2, lambda a, b: a @ b, lambda a, b: a @ b)
both("gemv-c64-1024", lambda: [complexes(1024, 1024), complexes(1024)], lambda a, b: a @ b, lambda a, b: a @ b)
both("bmm-c64-4", lambda: [complexes(10_000, 4, 4)] * 2, lambda a, b: a @ b, lambda a, b: a @ b)
both("chain-c64-1M", lambda: [complexes(1_000_000)] * 2, lambda x, y: x * y + x, lambda x, y: x * y + x)
einsum("mttkrp", "ijk,jr,kr->ir", (128, 128, 128), (128, 32), (128, 32))
einsum("bilinear", "bi,ijk,bk->bj", (64, 128), (128, 128, 128), (64, 128))
einsum("chain4", "ij,jk,kl,lm->im", (1000, 20), (20, 1000), (1000, 20), (20, 1000))


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


for n in 256, 2048:
    both(f"attention-{n}", lambda n=n: [floats(1, 8, n, 64)] * 3,
         lambda q, k, v: softmax(q @ k.swapaxes(-1, -2) * np.float32(1 / 8)) @ v,
         lambda q, k, v: torch.nn.functional.scaled_dot_product_attention(q, k, v))


def erf_gelu(x):  # NumPy has no erf: the tanh approximation, which is what its users write
    return 0.5 * x * (1 + np.tanh(np.float32(0.7978845608) * (x + np.float32(0.044715) * x * x * x)))


both("linear-gelu", lambda: [floats(512, 768), floats(768, 3072), floats(3072)], lambda x, w, b: erf_gelu(x @ w + b),
     lambda x, w, b: torch.nn.functional.gelu(x @ w + b))
for n, name in (1_000_000, "1M"), (10_000_000, "10M"):
    for kind, text, f, g in (
        ("add", "x+y", lambda x, y: x + y, lambda x, y: x + y),
        ("chain", "tanh(2*x+y)*exp(-x*x)", lambda x, y: np.tanh(2 * x + y) * np.exp(-x * x), lambda x, y: torch.tanh(2 * x + y) * torch.exp(-x * x)),
        ("poly", "(3*x*x+2*y-1)*x", lambda x, y: (3 * x * x + 2 * y - 1) * x, lambda x, y: (3 * x * x + 2 * y - 1) * x),
    ):
        both(f"{kind}-{name}", lambda n=n: [floats(n), floats(n)], f, g, text)
both("transpose-4096", lambda: [floats(4096, 4096)], lambda x: np.ascontiguousarray(x.T), lambda x: x.T.contiguous())
both("cast-u8-f32-10M", lambda: [(np.arange(10_000_000) * 7919 % 100).astype("u1")], lambda x: x.astype("f4"), lambda x: x.float())
both("take-1M", lambda: [floats(10_000_000), np.arange(1_000_000) * 7919 % 10_000_000], lambda x, i: x[i], lambda x, i: x[i])


def small(n, dtype):
    return ((np.arange(n) * 7919 + 13) % 100).astype(dtype) if dtype != "?" else np.arange(n) * 7919 % 100 < 50


for n, name in (1_000_000, "1M"), (10_000_000, "10M"):
    for kind, dtype, f, g in (
        ("less-f32", "f4", lambda x, y: x < y, lambda x, y: x < y),
        ("mask", "?", lambda x, y: x & y | ~x, lambda x, y: x & y | ~x),
        ("add-u8", "u1", lambda x, y: x + y, lambda x, y: x + y),
        ("muladd-i16", "i2", lambda x, y: x * y + x, lambda x, y: x * y + x),
        ("select-f32", "f4", lambda x, y: np.where(x < y, x, y), lambda x, y: torch.where(x < y, x, y)),
        ("select-u8", "u1", lambda x, y: np.where(x < y, x, y), lambda x, y: torch.where(x < y, x, y)),
    ):
        both(f"{kind}-{name}", lambda n=n, dtype=dtype: [small(n, dtype), small(n, dtype)[::-1].copy()], f, g)
for kind, dtype, f, g in (
    ("cast-f32-u8", "f4", lambda x: x.astype("u1"), lambda x: x.to(torch.uint8)),
    ("cast-u8-i16", "u1", lambda x: x.astype("i2"), lambda x: x.to(torch.int16)),
    ("max-u8", "u1", lambda x: x.max(), lambda x: x.max()),
    ("any", "?", lambda x: x.any(), lambda x: x.any()),
    ("sum-u8", "u1", lambda x: x.sum(dtype=np.int64), lambda x: x.sum()),
    ("count", "?", lambda x: np.count_nonzero(x), lambda x: torch.count_nonzero(x)),
):
    both(f"{kind}-10M", lambda dtype=dtype: [np.zeros(10_000_000, "?") if dtype == "?" else small(10_000_000, dtype)], f, g)
for n, m in (32, 768), (100_000, 64), (1024, 1024):
    both(f"standardize-{n}x{m}", lambda n=n, m=m: [floats(n, m)], lambda x: (x - x.mean(0)) / x.std(0),
         lambda x: torch.nn.functional.batch_norm(x, None, None, training=True, eps=1e-12))
    both(f"softmax-{n}x{m}", lambda n=n, m=m: [floats(n, m)], softmax, lambda x: torch.softmax(x, 1))
for n, m in (32, 768), (8192, 1024):
    both(f"layernorm-{n}x{m}", lambda n=n, m=m: [floats(n, m)],
         lambda x: (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + np.float32(1e-5)),
         lambda x: torch.nn.functional.layer_norm(x, x.shape[1:]))
both("sum0-1024", lambda: [floats(1024, 1024)], lambda x: x.sum(0), lambda x: x.sum(0))
both("sum1-1024", lambda: [floats(1024, 1024)], lambda x: x.sum(1), lambda x: x.sum(1))
both("sum-10M", lambda: [floats(10_000_000)], lambda x: x.sum(), lambda x: x.sum())
both("cumsum-10M", lambda: [floats(10_000_000)], lambda x: x.cumsum(), lambda x: x.cumsum(0))
both("argmax-1024", lambda: [floats(1024, 1024)], lambda x: x.argmax(1), lambda x: x.argmax(1))
einsum("tiny-einsum", "ij,jk->ik", (4, 4), (4, 4), optimize=False)
einsum("tiny-eval", "ij,jk->ik", (4, 4), (4, 4), optimize=False)


def median(f):
    calls, start = 0, time.perf_counter()
    while calls == 0 or time.perf_counter() - start < 0.05:
        f()
        calls += 1
    batch = max(1, int(20e-6 * calls / (time.perf_counter() - start)))
    times, start = [], time.perf_counter()
    while len(times) < 7 or len(times) < 2001 and time.perf_counter() - start < 0.4:
        begin = time.perf_counter()
        for _ in range(batch):
            f()
        times.append((time.perf_counter() - begin) / batch)
    return statistics.median(times)


def measure(name):
    for peer, f in rows[name]().items():
        print(json.dumps({"name": name, "peer": peer, "ms": 1e3 * median(f), "threads": options.threads}), flush=True)


if options.serve:
    for line in sys.stdin:
        if line.strip() in rows:
            measure(line.strip())
        print(flush=True)
else:
    for name in rows:
        if re.search(options.run, name):
            measure(name)
