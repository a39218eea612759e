"""Print what this interpreter's picklers write, for comparison with package
pickle. Needs PyMongo's bson on the path; Python 3.6 or later.

Reads lines of 24 hexadecimal digits from stdin, one ObjectId each. Prints for
each, and for each protocol that the interpreter knows, the pickle of the id,
then, for each protocol, that of documents whose size matters: see DOCS. The C
pickler and the pure one must agree on ids.
"""
import pickle
import sys

from bson.objectid import ObjectId
from bson.son import SON

IDS = [ObjectId(line.strip()) for line in sys.stdin if line.strip()]


def same_key(n, value):
    """n documents, the keys of all of them one object."""
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
            raise SystemExit("the picklers differ on %s" % i)
        print("id", proto, out.hex())
    for name, make in DOCS:
        print(name, proto, pickle.dumps(make(), proto).hex())
