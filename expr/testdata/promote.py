"""Records NumPy's promotion table as promote.txt: python promote.py > promote.txt (needs numpy and ml_dtypes).

Each row is a dtype, each column what it meets: another dtype, or a Python int, float or complex. Where ml_dtypes leaves bfloat16
undefined the entry is "-", and the test states einloom's own rule.
"""
import warnings

import ml_dtypes
import numpy as np

warnings.filterwarnings("ignore")
names = {
    "bool": "bool", "i8": "int8", "i16": "int16", "i32": "int32", "i64": "int64", "u8": "uint8", "u16": "uint16",
    "u32": "uint32", "u64": "uint64", "f16": "float16", "bf16": ml_dtypes.bfloat16, "f32": "float32", "f64": "float64",
    "c64": "complex64", "c128": "complex128",
}
dtypes = {short: np.dtype(long) for short, long in names.items()}
short = {d: s for s, d in dtypes.items()}


def meet(a, b):
    try:
        return short[np.promote_types(a, b)]
    except TypeError:
        return "-"


print(f"# NumPy {np.__version__}, ml_dtypes {ml_dtypes.__version__}")
print(" ".join(f"{s:5}" for s in ["", *dtypes, "int", "float", "cplx"]).rstrip())
for s, d in dtypes.items():
    row = [meet(d, e) for e in dtypes.values()]
    for scalar in (1, 1.0, 1j):
        row.append("-" if s == "bf16" else short[(np.zeros(1, d) + scalar).dtype])
    print(" ".join(f"{c:5}" for c in [s, *row]).rstrip())
