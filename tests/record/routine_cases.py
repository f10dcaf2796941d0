"""Records what NumPy 2 answers where einloom calls a routine: linear algebra, sorting, Fourier transforms.

    python routine_cases.py > ../testdata/routines.json

needs numpy >= 2. The file has the format of numpy_cases.py. Of results that are not unique (factors, eigenvectors) nothing is recorded: tests
hold them to their laws.
"""
import json
import math
import sys

import numpy as np

SHORT = {np.dtype(n): s for n, s in (("f4", "f32"), ("f8", "f64"), ("c8", "c64"), ("c16", "c128"), ("i8", "i64"), ("i4", "i32"), ("u1", "u8"),
                                    ("i1", "i8"), ("f2", "f16"), ("?", "bool"))}
random = np.random.default_rng(20261123)
arrays, cases = {}, []


def plain(values):
    """The JSON elements of a flat array."""
    if values.dtype.kind == "c":
        return plain(np.stack([values.real, values.imag], axis=-1).ravel())
    if values.dtype.kind in "biu":
        return [int(v) for v in values]
    return [str(float(v)) if not math.isfinite(v) else float(str(v)) for v in values]


def name(a):
    a = np.asarray(a)
    body = {"dtype": SHORT[a.dtype], "shape": list(a.shape), "data": plain(a.ravel())}
    return arrays.setdefault(json.dumps(body), f"a{len(arrays)}")


def record(op, args, out, **attributes):
    cases.append({"op": op, "args": [name(a) for a in args], **attributes, "out": name(out)})


def matrices(dtype, *shape):
    a = random.normal(size=shape)
    if dtype in ("i4", "u1"):
        a = np.round(np.abs(a) * 9)
    return a.astype(dtype)


def systems():
    for dtype in ("f4", "f8", "i4"):
        for shape in ((1, 1), (3, 3), (2, 3, 3), (2, 1, 4, 4), (0, 0), (3, 0, 0)):
            a = matrices(dtype, *shape) + (4 * np.eye(shape[-1])).astype(dtype)
            record("inv", [a], np.linalg.inv(a))
            record("det", [a], np.linalg.det(a))
            sign, log = np.linalg.slogdet(a)
            record("slogdet sign", [a], sign)
            record("slogdet log", [a], log)
            b = matrices(dtype, shape[-1], 2)
            record("solve", [a, b], np.linalg.solve(a, b))
            record("solve", [a, b[:, 0].copy()], np.linalg.solve(a, b[:, 0]))
            many = matrices(dtype, 5, *[1] * (len(shape) - 2), shape[-1], 1)
            record("solve", [a, many], np.linalg.solve(a, many))
            spd = a.astype("f8") @ np.swapaxes(a, -1, -2).astype("f8")
            record("cholesky", [spd], np.linalg.cholesky(spd))
            record("eigvalsh", [spd], np.linalg.eigvalsh(spd))
    a = np.array([[1, 2], [2, 4.0]])
    record("det", [a], np.linalg.det(a))
    record("slogdet sign", [a], 0.0)
    record("slogdet log", [a], -math.inf)


def values():
    for dtype in ("f4", "f8", "i4"):
        for shape in ((1, 1), (3, 2), (2, 5), (2, 4, 3), (3, 0)):
            a = matrices(dtype, *shape)
            record("svdvals", [a], np.linalg.svd(a, compute_uv=False))
            if 0 in shape:
                continue
            record("pinv", [a], np.linalg.pinv(a), value=-1)
            record("matrix_rank", [a], np.linalg.matrix_rank(a))
            record("cond", [a], np.linalg.cond(a))
            if len(shape) == 2:
                for b in (matrices(dtype, shape[0], 2), matrices(dtype, shape[0])):
                    record("lstsq", [a, b], np.linalg.lstsq(a, b, rcond=None)[0])
    low = random.normal(size=(5, 2)) @ random.normal(size=(2, 4))
    record("matrix_rank", [low], np.linalg.matrix_rank(low))
    record("pinv", [low], np.linalg.pinv(low, rcond=1e-10), value=1e-10)
    record("lstsq", [low, low[:, :1].copy()], np.linalg.lstsq(low, low[:, :1], rcond=None)[0])


def orders():
    for dtype in ("f2", "f4", "f8", "i1", "u1", "i8", "?"):
        for shape in ((7,), (3, 5), (2, 3, 4), (0,), (2, 0), (100,)):
            x = (random.normal(size=shape) * 3).astype(dtype)
            if dtype in ("f2", "f4", "f8") and x.size > 4:
                x.ravel()[[1, 3]] = [math.nan, -0.0]
            for axis in range(-1, len(shape) - 1):
                record("sort", [x], np.sort(x, axis=axis), axis=axis)
                record("argsort", [x], np.argsort(x, axis=axis, kind="stable"), axis=axis)
    for dtype in ("f4", "f8", "i4", "?"):
        x = matrices(dtype, 3, 4, 5)
        for q in (0.0, 0.1, 0.25, 0.5, 0.77, 1.0):
            for axes in (None, (0,), (1, 2), (-1,)):
                y = x.astype("f8") if dtype == "?" else x
                record("quantile", [x], np.quantile(y, np.array(q, dtype=y.dtype) if y.dtype.kind == "f" else q, axis=axes), value=q,
                       **({} if axes is None else {"axes": list(axes)}))
        record("median", [x], np.median(x.astype("f8") if dtype == "?" else x, axis=1, keepdims=True), axes=[1], keepdims=True)
    x = np.array([[1, math.nan, 2], [3, 1, 2]])
    record("median", [x], np.median(x, axis=1), axes=[1])
    for dtype in ("f4", "f8", "i4", "u1"):
        row = np.sort(matrices(dtype, 9))
        for right in (0, 1):
            side = "right" if right else "left"
            for v in (row[::2].copy(), matrices(dtype, 2, 3), matrices(dtype)):
                record("searchsorted", [row, v], np.searchsorted(row, v, side=side), offset=right)
    record("searchsorted", [np.array([1, 2, 3]), np.array([0.5, 2.5])], np.searchsorted([1, 2, 3], [0.5, 2.5]), offset=0)


def transforms():
    for dtype in ("f4", "f8", "c8", "c16", "i4"):
        for shape in ((1,), (8,), (3, 5), (2, 6, 3)):
            x = matrices("f8", *shape)
            x = (x + 1j * matrices("f8", *shape)).astype(dtype) if dtype[0] == "c" else x.astype(dtype)
            for axis in range(-1, len(shape) - 1):
                record("fft", [x], np.fft.fft(x, axis=axis), axis=axis)
                record("ifft", [x], np.fft.ifft(x, axis=axis), axis=axis)
                if dtype[0] != "c":
                    record("rfft", [x], np.fft.rfft(x, axis=axis), axis=axis)
                for n in (1, 2, 4, 7, 2 * (shape[axis] - 1)):
                    if n > 0:
                        record("irfft", [x], np.fft.irfft(x, n=n, axis=axis), axis=axis, rows=n)


def main():
    for part in (systems, values, orders, transforms):
        part()
    header = {"format": "einloom-numpy-cases/1", "numpy": np.__version__, "recorder": "tests/record/routine_cases.py"}
    print('{"header": ' + json.dumps(header) + ',\n"arrays": {')
    print(",\n".join(f'"{label}": {body}' for body, label in arrays.items()))
    print('},\n"cases": [')
    print(",\n".join(json.dumps(c) for c in cases))
    print("]}")
    print(f"{len(cases)} cases, {len(arrays)} arrays", file=sys.stderr)


main()
