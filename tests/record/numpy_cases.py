"""Records what NumPy 2 answers, as cases that einloom's oracle and devices are held to.

    python numpy_cases.py > ../../expr/oracle/testdata/numpy.json

needs numpy >= 2, ml_dtypes (bfloat16) and mpmath (erf). The file is JSON:

    {"header": {"format": "einloom-numpy-cases/1", "numpy": "2.4.6", ...},
     "arrays": {"a0": {"dtype": "f32", "shape": [2, 3], "data": [1, "nan", -0.0, ...]}, ...},
     "cases": [{"op": "sum", "args": ["a0"], "axes": [1], "keepdims": true, "out": "a7"}, ...]}

- dtypes are einloom's short names; data is row-major: bool as 0 and 1, complex as re, im, re, im ..., and "nan", "inf", "-inf".
- an argument is the name of an array, or a number or [re, im], which is a weak (Python) scalar.
- the other keys of a case are the op's attributes; package tests/cases lists them.
- results of functions that NumPy does not round correctly are computed by NumPy in long double and rounded once, so that an answer here is
  right to half an ulp; everything else is what NumPy gave.
"""
import itertools
import json
import math
import sys
import warnings

import ml_dtypes
import mpmath
import numpy as np

BF16 = np.dtype(ml_dtypes.bfloat16)
NAMES = {
    "bool": np.dtype(bool), "i8": np.dtype("i1"), "i16": np.dtype("i2"), "i32": np.dtype("i4"), "i64": np.dtype("i8"),
    "u8": np.dtype("u1"), "u16": np.dtype("u2"), "u32": np.dtype("u4"), "u64": np.dtype("u8"), "f16": np.dtype("f2"), "bf16": BF16,
    "f32": np.dtype("f4"), "f64": np.dtype("f8"), "c64": np.dtype("c8"), "c128": np.dtype("c16"),
}
SHORT = {d: n for n, d in NAMES.items()}
INTS = [NAMES[n] for n in ("i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64")]
FLOATS = [NAMES[n] for n in ("f16", "bf16", "f32", "f64")]
COMPLEX = [NAMES["c64"], NAMES["c128"]]
NUMPY = [d for d in NAMES.values() if d != BF16]
EVERY = list(NAMES.values())

np.seterr(all="ignore")
warnings.simplefilter("ignore")
mpmath.mp.prec = 100
random = np.random.default_rng(20240601)
arrays, cases = {}, []


# Writing.

def plain(dtype, values):
    """The JSON elements of a flat array."""
    if dtype.kind == "c":
        parts = np.stack([values.real, values.imag], axis=-1).ravel()
        return plain(parts.dtype, parts)
    if dtype.kind in "iu":
        return [int(v) for v in values]
    if dtype.kind == "b":
        return [int(v) for v in values]
    out = []
    for v in values:
        f = float(v)
        if math.isnan(f) or math.isinf(f):
            out.append(str(f))
        elif dtype == np.float32:
            out.append(float(str(v)))  # the shortest text that reads back as the same float32
        else:
            out.append(f)
    return [int(v) if isinstance(v, float) and v.is_integer() and abs(v) < 1e6 and math.copysign(1, v) > 0 else v for v in out]


def name(a):
    a = np.asarray(a)
    body = {"dtype": SHORT[a.dtype], "shape": list(a.shape), "data": plain(a.dtype, a.ravel())}
    return arrays.setdefault(json.dumps(body), f"a{len(arrays)}")


def argument(a):
    if isinstance(a, bool):
        raise TypeError("a weak scalar is a number")
    if isinstance(a, complex):
        return [a.real, a.imag]
    if isinstance(a, (int, float)) and not isinstance(a, np.generic):
        return a
    return name(a)


def record(op, args, out, **attributes):
    case = {"op": op, "args": [argument(a) for a in args]}
    case.update(attributes)
    case["out"] = name(out)
    cases.append(case)


# Computing.

def wide(a):
    """a in the widest type that NumPy has."""
    a = np.asarray(a)
    if a.dtype.kind == "c":
        return a.astype(np.clongdouble)
    return a.astype(np.float64).astype(np.longdouble) if a.dtype == BF16 else a.astype(np.longdouble)


def narrow(a, dtype):
    """a long double result rounded once to dtype."""
    a = np.asarray(a)
    if dtype in (np.dtype("f2"), BF16):  # by way of float64, rounded to odd, so that the second rounding is the only one
        f = a.astype(np.float64)
        inexact = np.isfinite(f) & (f.astype(np.longdouble) != a)
        away = inexact & (np.abs(f.astype(np.longdouble)) > np.abs(a))
        f = np.where(away, np.nextafter(f, 0), f)
        bits = np.atleast_1d(f).view(np.int64) | np.atleast_1d(inexact).astype(np.int64)
        f = bits.view(np.float64).reshape(a.shape)
        if dtype == BF16:  # the parent of ml_dtypes' cast is float32: round to odd there too
            g = f.astype(np.float32)
            odd = np.isfinite(g) & (g.astype(np.float64) != f)
            g = np.where(odd & (np.abs(g.astype(np.float64)) > np.abs(f)), np.nextafter(g, np.float32(0)), g)
            over = np.isinf(g) & np.isfinite(f)
            bits = np.atleast_1d(g).view(np.int32) | np.atleast_1d(odd).astype(np.int32)
            g = np.where(np.atleast_1d(over), np.atleast_1d(g), bits.view(np.float32)).reshape(a.shape)
            return g.astype(dtype)
        return f.astype(dtype)
    return a.astype(dtype)


def exactly(f, *args, dtype=None):
    """f of the arguments, computed in long double and rounded once to the dtype that NumPy gives (or dtype)."""
    args = [np.asarray(a) for a in args]
    if dtype is None:
        dtype = np.asarray(f(*args)).dtype
    return narrow(f(*[wide(a) for a in args]), dtype)


def specials(d):
    """Elements on which dtype d is likely to go wrong."""
    if d.kind == "b":
        return np.array([False, True])
    if d.kind in "iu":
        info = np.iinfo(d)
        values = [0, 1, 2, 3, 5, 7, 100, info.max, info.max - 1, info.max // 2]
        if d.kind == "i":
            values += [-1, -2, -3, -7, -100, info.min, info.min + 1]
        return np.array(values, dtype=d)
    if d.kind == "c":
        parts = [0.0, -0.0, 1.0, -1.5, 2.25, 30.0]
        return np.array([complex(a, b) for a in parts for b in parts], dtype=d)
    info = ml_dtypes.finfo(d)
    values = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 1.5, -1.5, 2.0, 2.5, -2.5, 3.0, 0.1, -0.7, 10.0, -10.0, 88.5, -88.0, 100.0,
              math.pi, -math.e, 1e-3, -1e-3, 700.0, math.inf, -math.inf, math.nan]
    values += [float(info.max), float(info.smallest_normal), float(info.smallest_subnormal), -float(info.max), float(info.eps)]
    return np.array(values).astype(d)


def sample(d, *shape, low=-4.0, high=4.0):
    """Random elements of dtype d."""
    if d.kind == "b":
        return random.integers(0, 2, shape).astype(bool)
    if d.kind == "i":
        return random.integers(-9, 10, shape).astype(d)
    if d.kind == "u":
        return random.integers(0, 20, shape).astype(d)
    if d.kind == "c":
        return (random.uniform(low, high, shape) + 1j * random.uniform(low, high, shape)).astype(d)
    return np.asarray(random.uniform(low, high, shape)).astype(d)


# Functions that NumPy has not.

def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def silu(x):
    return np.where(x == -np.inf, -0.0, x * sigmoid(x))


def rsqrt(x):
    return 1 / np.sqrt(x)


def relu(x):
    return np.where(np.isnan(x), x, np.maximum(x, 0))


def by_element(f):
    """f, of numbers of 100 bits, as a function of long double arrays; a result of zero has the argument's sign."""
    def one(x):
        return x if np.isnan(x) else np.copysign(np.longdouble(mpmath.nstr(abs(f(mpmath.mpf(float(x)))), 25)), x)

    def g(x):
        return np.array([one(v) for v in np.ravel(x)], dtype=np.longdouble).reshape(np.shape(x))
    return g


def gelu_of(x):
    if abs(x) > 1000:
        return max(x, mpmath.mpf(0))
    return x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2


# The cases.

CORRECT = {  # NumPy rounds these correctly, or they are exact
    "negative": np.negative, "abs": np.abs, "sign": np.sign, "square": np.square, "sqrt": np.sqrt, "floor": np.floor, "ceil": np.ceil,
    "round": np.round, "trunc": np.trunc, "reciprocal": np.reciprocal, "isnan": np.isnan, "isinf": np.isinf, "isfinite": np.isfinite,
}
SMOOTH = {
    "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "log": np.log, "log2": np.log2, "log10": np.log10, "log1p": np.log1p,
    "tanh": np.tanh, "sin": np.sin, "cos": np.cos,
}
OWN = {"sigmoid": sigmoid, "silu": silu, "rsqrt": rsqrt, "relu": relu, "erf": by_element(mpmath.erf), "gelu": by_element(gelu_of)}


def unary():
    for d in FLOATS:
        x = specials(d)
        for op, f in CORRECT.items():
            record(op, [x], f(x))
        for op, f in SMOOTH.items():
            record(op, [x], exactly(f, x, dtype=d))
        for op, f in OWN.items():
            record(op, [x], exactly(f, x, dtype=d))
    for d in FLOATS:
        y = sample(d, 2, 9)
        for op, f in (SMOOTH | OWN).items():
            record(op, [y], exactly(f, y, dtype=d))
    for d in INTS:
        x = specials(d)
        for op in ("negative", "abs", "sign", "square", "floor", "ceil", "trunc", "isnan", "isinf", "isfinite"):
            record(op, [x], CORRECT[op](x))
        record("round", [x], np.round(x))
        record("invert", [x], np.invert(x))
        for op in ("sqrt", "exp", "sin", "log1p"):
            y = np.abs(sample(d, 4))
            record(op, [y], exactly(getattr(np, op), y))
        record("reciprocal", [np.array([1, 2, 5], dtype=d)], 1 / np.array([1, 2, 5], dtype=d))
    b = specials(NAMES["bool"])
    record("invert", [b], np.invert(b))
    for op in ("exp", "sqrt", "cos"):
        record(op, [b], exactly(getattr(np, op), b))
    record("square", [b], np.square(b))
    for d in COMPLEX:
        z, w = specials(d), sample(d, 7)
        for op, f in (("negative", np.negative), ("conj", np.conj), ("real", np.real), ("imag", np.imag), ("isnan", np.isnan)):
            record(op, [z], f(z))
        for op, f in (("abs", np.abs), ("square", np.square)):
            record(op, [w], exactly(f, w))
            record(op, [z], exactly(f, z))
        record("reciprocal", [w], exactly(np.reciprocal, w))


ARITHMETIC = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide}
COMPARE = {"equal": np.equal, "not_equal": np.not_equal, "less": np.less, "less_equal": np.less_equal, "greater": np.greater,
           "greater_equal": np.greater_equal}
ORDER = {"maximum": np.maximum, "minimum": np.minimum}
BITS = {"bitwise_and": np.bitwise_and, "bitwise_or": np.bitwise_or, "bitwise_xor": np.bitwise_xor}
SHIFTS = {"left_shift": np.left_shift, "right_shift": np.right_shift}
MODULAR = {"floor_divide": np.floor_divide, "remainder": np.remainder}


def few(d):
    """The specials that matter to functions of two."""
    if d.kind == "f" or d == BF16:
        return np.array([0.0, -0.0, 1.0, -2.5, 3.0, 0.3, math.inf, -math.inf, math.nan]).astype(d)
    x = specials(d)
    if d.kind == "c":
        return sample(d, 6)
    if d.kind == "b":
        return x
    return np.concatenate([x[:4], x[7:8], x[10:12], x[13:16]])


def binary():
    for d in EVERY:
        x = few(d)
        grid = [x[:, None], x]
        for op, f in (ARITHMETIC | COMPARE | ORDER).items():
            if d.kind == "b" and op in ("subtract",) or d.kind == "c" and op not in ARITHMETIC and op not in ("equal", "not_equal"):
                continue
            out = f(*grid)
            if d.kind == "c" and op in ("multiply", "divide"):
                out = exactly(f, *grid)
            record(op, grid, out)
        if d.kind in "biu":
            for op, f in BITS.items():
                record(op, grid, f(*grid))
        if d.kind in "iu":
            counts = np.array([0, 1, 3, d.itemsize * 8 - 1], dtype=d)
            for op, f in SHIFTS.items():
                record(op, [x[:, None], counts], f(x[:, None], counts))
            y = x[x != 0]
            for op, f in MODULAR.items():
                record(op, [x[:, None], y], f(x[:, None], y))
            exponents = np.array([0, 1, 2, 3, 7], dtype=d)
            record("power", [x[:, None], exponents], np.power(x[:, None], exponents))
        if d.kind == "f" or d == BF16:
            record("power", grid, exactly(np.power, *grid, dtype=d))
            y, z = sample(d, 12, low=-20, high=20), sample(d, 12)
            if d != BF16:
                for op, f in MODULAR.items():
                    record(op, [y, z], f(y, z))
                    record(op, grid, f(*grid))
            base = sample(d, 8, low=0.1, high=4)
            record("power", [base, z[:8]], exactly(np.power, base, z[:8], dtype=d))


def promotion():
    """Every pair of dtypes, by an op with a common dtype, by true division and by a comparison."""
    x = {d: np.array([1, 0, 1]).astype(d) for d in NUMPY}
    y = {d: np.array([1, 1, 0]).astype(d) for d in NUMPY}
    for a, b in itertools.product(NUMPY, NUMPY):
        record("add", [x[a], y[b]], np.add(x[a], y[b]))
        if a.kind != "c" and b.kind != "c":
            record("less", [x[a], y[b]], np.less(x[a], y[b]))
            record("divide", [x[a], y[b]], np.divide(x[a], y[b]))
        record("where", [np.array([True, False, True]), x[a], y[b]], np.where([True, False, True], x[a], y[b]))
    for d in EVERY:
        v = sample(d, 3)
        for scalar in (2, 2.5, 1 + 2j):
            if d == BF16 and isinstance(scalar, complex):
                continue
            w = np.array(scalar, dtype=d) if d == BF16 else scalar  # ml_dtypes does not see that Python scalars are weak
            record("multiply", [v, scalar], np.multiply(v, w))
            record("add", [scalar, v], np.add(w, v))
        if d.kind != "b":
            record("divide", [v, 4], np.divide(v, 4))


def broadcasting():
    d = NAMES["f64"]
    for a, b in (((2, 3), (3,)), ((2, 3), ()), ((), (2, 3)), ((2, 1), (1, 3)), ((4, 1, 3), (2, 1)), ((0, 3), (3,)), ((1,), (0,)),
                 ((5, 1, 1, 2), (3, 1, 1)), ((), ())):
        x, y = sample(d, *a), sample(d, *b)
        record("add", [x, y], x + y)
    c, x, y = sample(NAMES["bool"], 2, 1), sample(d, 3), sample(d, 4, 1, 1)
    record("where", [c, x, y], np.where(c, x, y))
    for e in (NAMES["f32"], NAMES["i32"], NAMES["u8"]):
        x = sample(e, 2, 5)
        record("clip", [x, 1, 3], np.clip(x, 1, 3))
    x = specials(NAMES["f32"])
    record("clip", [x, -1.5, 2.5], np.clip(x, np.float32(-1.5), np.float32(2.5)))


def reductions():
    for d in EVERY:
        for shape in ((2, 3, 4), (7,), (3, 1), (0, 3), ()):
            x = sample(d, *shape)
            variants = [(None, False)] + [((axis,), keep) for axis in range(len(shape)) for keep in (False, True)]
            if len(shape) == 3:
                variants += [((0, 2), False), ((-1,), False), ((0, 1), True)]
            for axes, keep in variants:
                reduce_all(d, x, axes, keep)
    for d in (NAMES["f32"], NAMES["f64"], NAMES["f16"], BF16):
        x = specials(d)[-9:-4].reshape(1, 5)  # infinities and NaN among them
        for op, f in (("sum", np.sum), ("max", np.max), ("min", np.min), ("argmax", np.argmax), ("argmin", np.argmin)):
            record(op, [x], f(x, axis=1), axes=[1])
        y = np.array([[3, 1, 3, 1], [math.nan, 2, math.nan, 2], [-0.0, 0.0, 0.0, -0.0]]).astype(d)
        record("argmax", [y], np.argmax(y, axis=1), axes=[1])
        record("argmin", [y], np.argmin(y, axis=1), axes=[1])
    for d in INTS:
        x = specials(d)
        record("sum", [x], np.sum(x))
        record("prod", [x[1:]], np.prod(x[1:]))
        record("max", [x], np.max(x))
        record("argmin", [x], np.argmin(x), axes=[0])
        record("mean", [x[:4]], np.mean(x[:4]))


def reduce_all(d, x, axes, keep):
    how = {} if axes is None else {"axes": list(axes)}
    if keep:
        how["keepdims"] = True
    along = dict(axis=axes, keepdims=keep)
    count = x.size if axes is None else math.prod(x.shape[a] for a in axes)
    for op, f in (("sum", np.sum), ("prod", np.prod)):
        if d.kind in "biu":
            record(op, [x], f(x, **along), **how)
        else:
            record(op, [x], narrow(f(wide(x), **along), d), **how)
    if d.kind in "biu" or d == NAMES["f32"]:
        record("any", [x], np.any(x, **along), **how)
        if d.kind == "b" and count > 0:
            record("max", [x], np.max(x, **along), **how)
            record("min", [x], np.min(x, **along), **how)
        record("all", [x], np.all(x, **along), **how)
    if d.kind in "fV" or d == BF16 or d.kind in "iu":
        kind = d if d.kind not in "iu" else np.dtype("f8")
        y = wide(x)
        if count > 0:
            record("max", [x], np.max(x, **along), **how)
            record("min", [x], np.min(x, **along), **how)
            record("mean", [x], narrow(np.mean(y, **along), kind), **how)
            record("var", [x], narrow(np.var(y, **along), kind), **how)
            record("std", [x], narrow(np.std(y, **along), kind), **how)
            if count > 1:
                record("var", [x], narrow(np.var(y, ddof=1, **along), kind), correction=1, **how)
                record("std", [x], narrow(np.std(y, ddof=1, **along), kind), correction=1, **how)
            if d.kind not in "iu":
                peak = np.max(y, axis=axes, keepdims=True)
                total = np.log(np.sum(np.exp(y - peak), axis=axes, keepdims=True)) + peak
                record("logsumexp", [x], narrow(total if keep else np.squeeze(total, axis=axes), d), **how)
            if axes is not None and len(axes) == 1:
                record("argmax", [x], np.argmax(x, axis=axes[0], keepdims=keep), **how)
                record("argmin", [x], np.argmin(x, axis=axes[0], keepdims=keep), **how)
        elif d.kind not in "iu":
            record("mean", [x], np.mean(x, **along), **how)
    if d.kind == "c" and count > 0:
        record("mean", [x], narrow(np.mean(wide(x), **along), d), **how)


def moves():
    for d in EVERY:
        x = sample(d, 2, 3, 4)
        record("transpose", [x], x.transpose(2, 0, 1), axes=[2, 0, 1])
        record("reshape", [x], x.reshape(4, -1), dims=[4, -1])
        record("slice", [x], x[::-1, 1:, 3:0:-2], slices=[[None, None, -1], [1, None, 1], [3, 0, -2]])
    d = NAMES["i32"]
    x = np.arange(24, dtype=d).reshape(2, 3, 4)
    record("transpose", [x], x.T)
    for dims in ((24,), (6, 4), (2, -1), (1, 24, 1), (3, 2, 2, 2)):
        record("reshape", [x], x.reshape(dims), dims=list(dims))
    record("reshape", [x[:0]], x[:0].reshape(0, 7), dims=[0, 7])
    for shape, dims in (((3, 1), (2, 3, 4)), ((), (2, 2)), ((1,), (0,)), ((4,), (1, 4))):
        y = sample(d, *shape)
        record("broadcast", [y], np.broadcast_to(y, dims), dims=list(dims))
    for s in ([[0, 2, 1]], [[-1, None, 1]], [[None, None, 2]], [[None, None, 1], [2, None, -1]], [[5, 9, 1]], [[None, None, 1], [1, -1, 1]],
              [[1, 1, 1]], [[None, None, -1], [-1, -4, -2], [None, None, 3]]):
        record("slice", [x], x[tuple(slice(*r) for r in s)], slices=s)
    for axis in (0, 1, 3, -1):
        record("expand_dims", [x], np.expand_dims(x, axis), axes=[axis])
    y = x.reshape(1, 2, 1, 12)
    record("squeeze", [y], np.squeeze(y))
    record("squeeze", [y], np.squeeze(y, axis=2), axes=[2])
    for axes in ([0], [1, 2], [-1]):
        record("flip", [x], np.flip(x, axis=tuple(axes)), axes=axes)
    record("flip", [x], np.flip(x))
    for d in (NAMES["f32"], NAMES["i64"], NAMES["bool"], NAMES["c64"]):
        y = sample(d, 2, 3)
        record("pad", [y], np.pad(y, ((1, 0), (0, 2))), before=[1, 0], after=[0, 2], value=0)
        if d.kind != "b":
            record("pad", [y], np.pad(y, ((0, 1), (1, 1)), constant_values=7), before=[0, 1], after=[1, 1], value=7)
    a, b, c = x, x[:, :1] * 2, x[:, :0]
    record("concat", [a, b, c], np.concatenate([a, b, c], axis=1), axis=1)
    record("concat", [a, a], np.concatenate([a, a], axis=-1), axis=-1)
    record("stack", [a, a * 2, a * 3], np.stack([a, a * 2, a * 3], axis=0), axis=0)
    record("stack", [a, a * 2], np.stack([a, a * 2], axis=-1), axis=-1)
    record("concat", [a[0], np.float32(0.5) * a[0].astype("f4")], np.concatenate([a[0], np.float32(0.5) * a[0].astype("f4")]), axis=0)
    for offset, i, j in ((0, 0, 1), (1, 0, 1), (-1, 1, 2), (0, 2, 0), (5, 0, 1), (2, 1, 2)):
        record("diagonal", [x], np.diagonal(x, offset, i, j), offset=offset, axes=[i, j])


def indexing():
    for d in (NAMES["f32"], NAMES["i8"], NAMES["c128"], NAMES["bool"]):
        x = sample(d, 3, 4, 2)
        for axis, index in ((0, [2, 0, -1, 2]), (1, [[3, -4], [1, 1]]), (-1, [1]), (1, [])):
            i = np.array(index, dtype=np.int64)
            record("take", [x, i], np.take(x, i, axis=axis), axis=axis)
    x = sample(NAMES["f64"], 5)
    record("take", [x, np.array(3)], np.take(x, 3, axis=0), axis=0)
    x = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    for axis, i in ((0, 1), (1, -3), (-1, 2)):
        record("index", [x], np.take(x, i, axis=axis), axis=axis, offset=i)
    for i in ([1], [0, -1], [-1, 2, 3]):
        record("at", [x], x[tuple(i)], dims=i)


def creation():
    for start, stop, step in ((0, 5, 1), (2, 11, 3), (5, 0, -2), (0, 0, 1), (3, 1, 1)):
        record("arange", [], np.arange(start, stop, step), start=start, stop=stop, step=step, dtype="i64")
    for start, stop, step in ((0.0, 1.0, 0.25), (1.0, -1.0, -0.5)):
        record("arange", [], np.arange(start, stop, step), start=start, stop=stop, step=step, dtype="f64")
    for d in ("i32", "u8", "f32"):
        record("arange", [], np.arange(1, 9, 3, dtype=NAMES[d]), start=1, stop=9, step=3, dtype=d)
    for start, stop, n in ((0, 1, 5), (-1.5, 2, 8), (3, 3, 1), (1, 0, 0)):
        record("linspace", [], np.linspace(start, stop, n), start=start, stop=stop, rows=n, dtype="f64")
    for d in ("f32", "i64", "bool", "c64"):
        record("eye", [], np.eye(3, dtype=NAMES[d]), rows=3, dtype=d)
    for d in EVERY:
        record("full", [], np.full((2, 3), 1, dtype=d), dims=[2, 3], value=1, dtype=SHORT[d])
        record("zeros", [], np.zeros((0, 2), dtype=d), dims=[0, 2], dtype=SHORT[d])
        record("ones", [], np.ones((3,), dtype=d), dims=[3], dtype=SHORT[d])
    record("full", [], np.full((2,), -2.5, dtype=np.float16), dims=[2], value=-2.5, dtype="f16")
    record("full", [], np.full((), 9, dtype=np.int8), dims=[], value=9, dtype="i8")


def products():
    shapes = (((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)),
              ((5, 1, 2, 3), (4, 3, 2)), ((5, 2, 3), (5, 3, 1)), ((3,), (5, 3, 2)), ((2, 0), (0, 3)))
    for d in EVERY:
        for a, b in shapes if d in (NAMES["f64"], NAMES["i32"]) else shapes[2:5]:
            x, y = sample(d, *a), sample(d, *b)
            if d.kind in "biu":
                record("matmul", [x, y], np.matmul(x, y))
            else:
                record("matmul", [x, y], narrow(np.matmul(wide(x), wide(y)), d))
        x, y = sample(d, 3), sample(d, 2)
        record("outer", [x, y], np.outer(x, y) if d.kind != "c" else exactly(np.outer, x, y))
    for d in (NAMES["f64"], NAMES["i64"], NAMES["c128"]):
        x, y = sample(d, 2, 3, 4), sample(d, 4, 3, 5)
        for axes in (([1, 2], [1, 0]), ([2], [0]), ([1], [1])):
            out = np.tensordot(x, y, axes) if d.kind == "i" else narrow(np.tensordot(wide(x), wide(y), axes), d)
            record("tensordot", [x, y], out, axes=axes[0], axes2=axes[1])
        for a, b in (((3,), (3,)), ((2, 3), (4, 3, 2)), ((), (2,))):
            x, y = sample(d, *a), sample(d, *b)
            record("dot", [x, y], np.dot(x, y) if d.kind == "i" else narrow(np.dot(wide(x), wide(y)), d))
    x, y = sample(NAMES["i32"], 2, 3), sample(NAMES["f32"], 3, 2)
    record("matmul", [x, y], narrow(np.matmul(wide(x), wide(y)), np.result_type(x, y)))


def compositions():
    for d in FLOATS:
        for shape, axis in (((2, 5), 1), ((3, 4), 0), ((2, 3, 4), -1), ((1, 1), 1)):
            x = sample(d, *shape)
            y = wide(x)
            e = np.exp(y - y.max(axis=axis, keepdims=True))
            record("softmax", [x], narrow(e / e.sum(axis=axis, keepdims=True), d), axes=[axis])
            shifted = y - y.max(axis=axis, keepdims=True)
            record("log_softmax", [x], narrow(shifted - np.log(e.sum(axis=axis, keepdims=True)), d), axes=[axis])
            if shape[axis] > 1:
                z = y - y.mean(axis=axis, keepdims=True)
                record("standardise", [x], narrow(z / y.std(axis=axis, keepdims=True), d), axes=[axis])
                record("layer_norm", [x], narrow(z / np.sqrt(y.var(axis=axis, keepdims=True) + wide(0.001)), d), axes=[axis], epsilon=0.001)


def casts():
    for a, b in itertools.product(EVERY, EVERY):
        if a.kind == "c" and b.kind != "c":
            continue
        x = few(a) if a.kind in "biu" else sample(a, 6)
        if a.kind in "iu" and b.kind in "iu":
            record("cast", [x], x.astype(b), dtype=SHORT[b])  # wraps
        elif b.kind == "u" and a.kind not in "biu":
            record("cast", [np.abs(x)], np.abs(x).astype(b), dtype=SHORT[b])
        elif a.kind in "iu" and b in (NAMES["f16"], BF16):
            record("cast", [x], narrow(wide(x), b), dtype=SHORT[b])
        else:
            record("cast", [x], x.astype(b), dtype=SHORT[b])
    for d in FLOATS:
        x = np.array([0.0, -0.0, 0.25, math.nan, math.inf]).astype(d)
        record("cast", [x], x.astype(bool), dtype="bool")
    x = np.array([65504, 65519.9, 65520, 70000, 1e-8, 5.96e-8, 2.98e-8, 3e-8, 1 + 2**-11, 1 + 3 * 2**-11, 3.3895e38, 3.3962e38, 1e39, math.nan])
    for d in FLOATS:
        record("cast", [x], narrow(x.astype(np.longdouble), d), dtype=SHORT[d])
    x = np.array([2**24 + 1, 2**24 + 3, 2**53 + 1, 2**63 - 1, -2**63, 2**62 + 2**38 + 1], dtype=np.int64)
    for d in ("f32", "f64"):
        record("cast", [x], x.astype(NAMES[d]), dtype=d)
    x = np.array([2**64 - 1, 2**63, 2**53 + 1, 2**40 + 2**16 + 1, 2**63 + 2**39 + 1], dtype=np.uint64)
    for d in ("f32", "f64"):
        record("cast", [x], x.astype(NAMES[d]), dtype=d)


def erfc(x):
    """Of long doubles; it has not the sign of its argument, as by_element's functions have."""
    def one(v):
        return v if np.isnan(v) else np.longdouble(mpmath.nstr(mpmath.erfc(max(-200.0, min(200.0, float(v)))), 25))
    return np.array([one(v) for v in np.ravel(x)], dtype=np.longdouble).reshape(np.shape(x))


INVERSES = {
    "tan": np.tan, "arcsin": np.arcsin, "arccos": np.arccos, "arctan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "arcsinh": np.arcsinh,
    "arccosh": np.arccosh, "arctanh": np.arctanh, "cbrt": np.cbrt, "erfc": erfc,
}


def softplus(x):
    return np.logaddexp(x.dtype.type(0), x)


def inverses():
    for d in FLOATS:
        x = specials(d)
        record("softplus", [x], exactly(softplus, x, dtype=d))
        for op, f in INVERSES.items():
            record(op, [x], exactly(f, x, dtype=d))
        record("signbit", [x], np.signbit(x))
        a, b = x[[0, 1, 2, 4, 5, 7, 9, 14, 24, 25, 26, 27, 28, 29, 30]][:, None], x[[0, 1, 3, 4, 5, 12, 16, 24, 25, 26, 27, 29, 30]]
        record("arctan2", [a, b], exactly(np.arctan2, a, b, dtype=d))
        record("hypot", [a, b], exactly(np.hypot, a, b, dtype=d))
        record("copysign", [a, b], np.copysign(a, b))
    for d in INTS:
        x = np.array([0, 1, 2, 100], dtype=d)
        for op in ("sinh", "arctan", "cbrt"):
            record(op, [x], exactly(INVERSES[op], x))
        record("hypot", [x, x[::-1].copy()], exactly(np.hypot, x, x[::-1].copy()))
        record("copysign", [x, np.array([1, -1.0, -0.0, 2], dtype="f4")], np.copysign(x, np.array([1, -1.0, -0.0, 2], dtype="f4")))


COMPLEX_FUNCTIONS = {
    "exp": np.exp, "expm1": np.expm1, "log": np.log, "log2": np.log2, "log10": np.log10, "log1p": np.log1p, "sqrt": np.sqrt, "sin": np.sin,
    "cos": np.cos, "tan": np.tan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "arcsin": np.arcsin, "arccos": np.arccos,
    "arctan": np.arctan, "arcsinh": np.arcsinh, "arccosh": np.arccosh, "arctanh": np.arctanh, "angle": np.angle, "sign": np.sign,
}


def complexes():
    """Functions of complex numbers: on both sides of every cut, near the unit circle, and where NumPy has values of its own."""
    for d in COMPLEX:
        cuts, plain, small = specials(d), sample(d, 9), sample(d, 5) * d.type(1e-4)
        circle = np.exp(1j * random.uniform(-3, 3, 6)).astype(d)
        for op, f in COMPLEX_FUNCTIONS.items():
            poles = {"log1p": [-1], "arctan": [1j, -1j], "arctanh": [1, -1], "log": [0], "log2": [0], "log10": [0]}.get(op, [])
            for z in (cuts[~np.isin(cuts, poles)], plain, small, circle):
                record(op, [z], exactly(f, z, dtype=np.asarray(f(z)).dtype))
        z = sample(d, 8)
        record("round", [z], np.round(z))
        w = sample(d, 8, low=-2, high=2)
        record("power", [z, w], exactly(np.power, z, w))
        for n in (0, 1, 2, 3, -1, 0.5):
            record("power", [z, n], exactly(np.power, z, np.asarray(n, dtype=d)))
        record("power", [np.zeros(3, dtype=d), np.array([0, 2, 1 + 1j], dtype=d)], np.power(np.zeros(3, dtype=d), np.array([0, 2, 1 + 1j], dtype=d)))
    for d in (NAMES["f32"], NAMES["f64"], NAMES["i32"], NAMES["i8"]):
        x = np.array([0, 1, -1, 3, -7], dtype=d)
        record("angle", [x], np.angle(x))


def arrangements():
    """What is made of moves, choices and counts."""
    for d in (NAMES["f32"], NAMES["i16"], NAMES["c64"], NAMES["bool"], NAMES["f16"]):
        x = sample(d, 3, 4)
        for shift, axis in ((1, 0), (-1, 1), (9, 1), (0, 0)):
            record("roll", [x], np.roll(x, shift, axis), offset=shift, axis=axis)
        for axis in (0, 1):
            record("diff", [x], np.diff(x, axis=axis), axis=axis)
            record("repeat", [x], np.repeat(x, 3, axis=axis), offset=3, axis=axis)
            record("take_along_axis", [x, np.array([[1, 0, -1, 2]]).repeat(3, 0)], np.take_along_axis(x, np.array([[1, 0, -1, 2]]).repeat(3, 0), axis),
                   axis=axis)
        record("sliding_window_view", [x], np.lib.stride_tricks.sliding_window_view(x, 2, axis=0), offset=2, axis=0)
        record("sliding_window_view", [x], np.lib.stride_tricks.sliding_window_view(x, 3, axis=1), offset=3, axis=1)
        for counts in ((2,), (2, 1), (2, 3, 2), (0, 2)):
            record("tile", [x], np.tile(x, counts), dims=list(counts))
        record("split", [x], np.split(x, 2, axis=1)[1], rows=2, axis=1, offset=1)
        y = sample(d, 2, 3, 4)
        for a, b in ((0, 2), (2, 0), (-1, 1), (1, 1)):
            record("moveaxis", [y], np.moveaxis(y, a, b), axes=[a, b])
            record("swapaxes", [y], np.swapaxes(y, a, b), axes=[a, b])
        for k in (0, 1, -2, 5):
            record("tril", [y], np.tril(y, k), offset=k)
            record("triu", [x], np.triu(x, k), offset=k)
            record("diag", [x[0]], np.diag(x[0], k), offset=k)
        record("trace", [x], np.trace(x))
        record("trace", [y], np.trace(y, axis1=1, axis2=2))
        record("kron", [x, y[0, :2]], np.kron(x, y[0, :2]))
        record("kron", [y, x[0]], np.kron(y, x[0]))
        for mode in ("edge", "reflect", "symmetric", "wrap"):
            record("pad_" + mode, [x], np.pad(x, ((2, 1), (0, 3)), mode=mode), before=[2, 0], after=[1, 3])
        record("count_nonzero", [x], np.count_nonzero(x, axis=1), axes=[1])
    for d in (NAMES["f32"], NAMES["f64"], NAMES["f16"], NAMES["i32"]):
        x = sample(d, 4, 5)
        record("cov", [x], narrow(np.cov(wide(x)), np.cov(x).dtype if d != NAMES["f16"] and d != NAMES["f32"] else d))
        record("corrcoef", [x], narrow(np.corrcoef(wide(x)), np.cov(x).dtype if d != NAMES["f16"] and d != NAMES["f32"] else d))
        for axes in (None, (0,), (1,)):
            how = {} if axes is None else {"axes": list(axes)}
            record("norm", [x], narrow(np.sqrt(np.sum(np.square(wide(x)), axis=axes)), d if d.kind == "f" else np.dtype("f8")), **how)
        edges = np.array([-3, -1, 0, 2, 3], dtype=d)
        record("histogram", [x, edges], np.histogram(x, edges)[0])
        record("isclose", [x, x + np.asarray(1, dtype=d)], np.isclose(x, x + np.asarray(1, dtype=d)))
    z = sample(NAMES["c64"], 3, 4)
    record("cov", [z], narrow(np.cov(wide(z)), z.dtype))
    record("norm", [z], narrow(np.sqrt(np.sum(np.abs(wide(z)) ** 2, axis=1)), np.dtype("f4")), axes=[1])
    for d in (NAMES["f32"], NAMES["f64"]):
        x = sample(d, 4, 5)
        x[0, 1] = x[2, :] = x[3, 3] = math.nan
        y = x.copy()
        y[1, 1] = math.inf
        for op, f in (("nansum", np.nansum), ("nanmean", np.nanmean), ("nanvar", np.nanvar), ("nanstd", np.nanstd)):
            for axes in (None, (0,), (1,)):
                how = {} if axes is None else {"axes": list(axes)}
                record(op, [x], narrow(f(wide(x), axis=axes), d), **how)
        for op, f in (("nanmin", np.nanmin), ("nanmax", np.nanmax)):
            for a in (x, y):
                record(op, [a], f(a, axis=1), axes=[1])
                record(op, [a], f(a, axis=0), axes=[0])
        w = specials(d)
        record("isclose", [w, w * d.type(1 + 5e-6)], np.isclose(w, w * d.type(1 + 5e-6)))
        record("isclose", [w[:, None], w], np.isclose(w[:, None], w))
    for d in INTS:
        x = np.abs(sample(d, 30)) % 6
        record("bincount", [x.astype(d)], np.bincount(x.astype(np.int64), minlength=6), rows=6)
        record("bincount", [x.astype(d)], np.bincount(x.astype(np.int64), minlength=100), rows=100)


def main():
    for part in (unary, binary, promotion, broadcasting, reductions, moves, indexing, creation, products, compositions, casts, inverses,
                 complexes, arrangements):
        part()
    header = {"format": "einloom-numpy-cases/1", "numpy": np.__version__, "ml_dtypes": ml_dtypes.__version__,
              "recorder": "tests/record/numpy_cases.py"}
    print('{"header": ' + json.dumps(header) + ',\n"arrays": {')
    print(",\n".join(f'"{label}": {body}' for body, label in arrays.items()))
    print('},\n"cases": [')
    print(",\n".join(json.dumps(c) for c in cases))
    print("]}")
    print(f"{len(cases)} cases, {len(arrays)} arrays", file=sys.stderr)


main()
