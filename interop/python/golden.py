"""Prints the pickles of this interpreter, for comparison with package pickle.
Needs Python 3.6 or later, and PyMongo's bson in its path.

A line of stdin is an ObjectId, in 24 hexadecimal digits. For each protocol the
script prints the pickles of all ids and of DOCS, documents with sizes near the
limits of frames and batches. The pickler in C and the one in Python must write
the same pickles of ids.
"""
import pickle
import sys

from bson.objectid import ObjectId
from bson.son import SON

IDS = [ObjectId(line.strip()) for line in sys.stdin if line.strip()]


def same_key(n, value):
    """Returns n documents. Equal keys are one object."""
    return [{"k": value(i), "s": "text %d" % i} for i in range(n)]


DOCS = [
    ("ids", lambda: IDS),
    ("thousand", lambda: {"k%d" % i: i for i in range(1000)}),
    ("thousand-and-one", lambda: {"k%d" % i: i for i in range(1001)}),
    ("two-thousand", lambda: {"l": [None] * 2000, "d": {"k%d" % i: None for i in range(2000)}}),
    ("son", lambda: SON([("k%d" % i, SON(a=i)) for i in range(1000)])),
    ("frames", lambda: {"docs": same_key(4000, lambda i: ObjectId("%024x" % i))}),
    ("large", lambda: {"a": "x" * 65536, "b": b"y" * 65535, "c": b"z" * 100000, "d": 1.5, "e": -1}),
    ("edges", lambda: {"a": "x" * 65500, "b": "y" * 65535, "c": "", "d": [["z" * 40000] for _ in range(1)]}),
]

for proto in range(pickle.HIGHEST_PROTOCOL + 1):
    for i in IDS:
        out = pickle.dumps(i, proto)
        if out != pickle._dumps(i, proto):
            raise SystemExit("the two picklers write different pickles of %s" % i)
        print("id", proto, out.hex())
    for name, make in DOCS:
        print(name, proto, pickle.dumps(make(), proto).hex())
