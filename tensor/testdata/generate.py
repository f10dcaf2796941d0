"""Writes what NumPy says to the tests: python generate.py, with numpy 2.4 and ml_dtypes 0.6 installed. The Go tests only read the results.

text.txt: cases of printing, each a line "dtype shape values...", then repr, str, and both again in a narrow style.
sums.txt: SHA-256 of many printed arrays (text_test.go makes the same by name), and of all small slices (range_test.go).
npy/:     small files in every dtype, order and version.
"""

import hashlib
import os

import ml_dtypes
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))

CASES = """
float64 () 3.5
float64 () 0
float64 () 1e16
float64 () 1e15
float64 () 9.999e-5
float64 () nan
float32 () 123456789
float32 () 0.1
float16 () 1000
float16 () 0.333
bool () 1
int64 () -3
uint64 () 18446744073709551615
complex128 () 1+2j
complex128 () 0+1j
complex64 () -0-0j
float64 (3,) 1 2 3
float64 (3,) 1 2.5 nan
float64 (4,) inf -inf nan 1e5
float64 (2,) nan nan
float64 (2,) nan -inf
float64 (3,) -0 0 1
float64 (3,) 0 0 0
float64 (2,) 1e8 1
float64 (2,) 99999999 99999999
float64 (2,) 1 1000
float64 (2,) 1 1000.5
float64 (2,) 1e-4 1e-4
float64 (2,) 9.9e-5 9.9e-5
float64 (3,) 0.1 0.12345678 0.123456789012
float64 (3,) 1e-300 1 1e300
float64 (3,) 1e-5 -2.5e10 nan
float64 (2,) 5e-324 1.7976931348623157e308
float64 (2,) 1e23 9007199254740993
float64 (3,) 0.3333333333333333 0.6666666666666666 2.0000000001
float64 (2,2) 1 2 3 4
float64 (2,3) 1.5 -2.25 3 100 0.125 7
float64 (2,1,2) 1 2 3 4
float64 (1,1,1,1) 7
float64 (0,)
float64 (0,3)
float64 (2,0,3)
float32 (0,)
float32 (2,) 0.1 1
float32 (2,) 123456 1
float32 (2,) 1e6 2e6
float32 (3,) 16777216 0.25 3
float32 (2,) 2.44140625e-4 9.5367431640625e-7
float32 (2,) 0.0001 0.0001
float16 (3,) 0.1 1 65504
float16 (2,) 999 1
float16 (2,) 5.96e-8 1
float16 (2,) inf -inf
int64 (3,) 1 -20 300
int8 (2,) -128 127
uint8 (2,2) 1 20 255 0
uint64 (2,) 18446744073709551615 0
int32 (1,) 5
bool (2,) 1 0
bool (2,2) 1 0 0 1
complex128 (2,) 1+2j -3.5-0.25j
complex128 (3,) nan+1j 1-infj inf+nanj
complex64 (2,) 0.1+1e-7j 1e6-1j
complex64 (1,2) 1+0j 0-1j
int64 (30,) range 0 7
float64 (30,) range 0 0.5
float64 (12,3) range -3 0.25
int64 (1001,) range 0 1
float32 (1001,) range 0 0.5
float64 (40,40) range 0 1
int32 (7,20,8) range -500 1
int16 (11,2,50) range 0 1
bool (2000,) range 0 1
complex64 (1100,) range 0 0.25
"""


def parse(dtype, shape, words):
    n = int(np.prod(shape))
    if words[:1] == ["range"]:
        start, step = map(float, words[1:])
        values = [start + i * step for i in range(n)]
    elif dtype.startswith("complex"):
        values = [complex(w) for w in words]
    elif dtype.startswith("float"):
        values = [float(w) for w in words]
    else:
        values = [int(w) for w in words]
    return np.array(values, dtype=dtype).reshape(shape)


def text():
    with open(os.path.join(here, "text.txt"), "w") as out:
        for line in CASES.strip().split("\n"):
            dtype, shape, *words = line.split()
            with np.errstate(all="ignore"):
                a = parse(dtype, eval(shape), words)
            out.write(f"case {line}\n{a!r}\n--\n{a!s}\n--\n")
            with np.printoptions(precision=3, threshold=20, edgeitems=2, linewidth=40):
                out.write(f"{a!r}\n--\n{a!s}\n--\n")


def bits(n):
    """The linear congruential generator that text_test.go has too."""
    state, all_bits = 1, np.empty(n, np.uint64)
    for i in range(n):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        all_bits[i] = state
    return all_bits


def sums():
    def add(name, arrays):
        digest = hashlib.sha256("".join(f"{a!r}\n{a!s}\n" for a in arrays).encode()).hexdigest()
        out.write(f"{name} {digest}\n")

    with open(os.path.join(here, "sums.txt"), "w") as out, np.errstate(all="ignore"):
        halves = np.arange(65536, dtype=np.uint16).view(np.float16)
        add("every-float16", (halves[i : i + 1] for i in range(65536)))
        raw = bits(30000)
        add("float64-bits", raw.view(np.float64).reshape(-1, 3))
        add("float32-bits", raw.view(np.float32).reshape(-1, 3))
        near = (raw >> np.uint64(11)).astype(np.float64) / 2**53
        add("float64-unit", near.reshape(-1, 3))
        add("float32-unit", near.astype(np.float32).reshape(-1, 3))
        cents = (raw % np.uint64(200000)).astype(np.float64) / 100 - 1000
        add("float64-cents", cents.reshape(-1, 6))
        add("float32-cents", cents.astype(np.float32).reshape(-1, 6))
        add("complex128-cents", cents.view(np.complex128).reshape(-1, 3))


def slices():
    """Which elements every small slice chooses."""
    ends = [None, *range(-6, 7)]
    digest = hashlib.sha256()
    for n in range(5):
        for start in ends:
            for stop in ends:
                for step in (None, -7, -3, -2, -1, 1, 2, 3, 7):
                    chosen = " ".join(map(str, range(n)[start:stop:step]))
                    digest.update(f"{n} {start} {stop} {step} [{chosen}]\n".encode())
    with open(os.path.join(here, "sums.txt"), "a") as out:
        out.write(f"slices {digest.hexdigest()}\n")


def files():
    def save(name, a, version=None):
        with open(os.path.join(here, "npy", name), "wb") as f:
            if version is None:
                np.save(f, a)
            else:
                np.lib.format.write_array(f, a, version=version)

    for dtype in "bool i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split():
        a = (np.arange(6) % 2 == 1 if dtype == "bool" else np.arange(6) - (0 if dtype[0] == "u" else 2)).astype(dtype)
        if dtype[0] == "c":
            a = a + a.dtype.type(0.5j)
        a = a.reshape(2, 3)
        save(f"{a.dtype.name}.npy", a)
        save(f"{a.dtype.name}-fortran.npy", np.asfortranarray(a))
        save(f"{a.dtype.name}-big.npy", a.astype(a.dtype.newbyteorder(">")))
    half = (np.arange(6) - 2).reshape(2, 3).astype(ml_dtypes.bfloat16)
    save("bfloat16.npy", half)
    save("bfloat16-fortran.npy", np.asfortranarray(half))
    save("scalar.npy", np.float32(2.5))
    save("empty.npy", np.zeros((0, 3), np.int16))
    save("vector.npy", np.arange(3.0))
    save("cube-fortran.npy", np.asfortranarray(np.arange(24, dtype=np.int32).reshape(2, 3, 4)))
    save("version2.npy", np.arange(3.0), (2, 0))
    save("version3.npy", np.arange(3.0), (3, 0))
    arrays = {"x": np.arange(3.0), "deep/y": np.eye(2, dtype=np.int32), "words": np.array(["a", "b"])}
    np.savez(os.path.join(here, "npy", "stored.npz"), **arrays)
    np.savez_compressed(os.path.join(here, "npy", "deflated.npz"), **arrays)


text()
sums()
slices()
files()
