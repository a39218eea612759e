"""A slow and obvious count of types with PyMongo; see peer.py for the protocol.
The argument has documents, which follow each other. The result is that of schema
in schema.mjs.

    schema.py schema FILE
    schema.py stats FILE

count the types of each path in a file, or its sizes, types and keys. Command
process measures them."""
import datetime
import json
import sys
from collections import Counter, defaultdict

import bson
from bson.binary import Binary, UuidRepresentation
from bson.code import Code
from bson.codec_options import CodecOptions
from bson.decimal128 import Decimal128
from bson.int64 import Int64
from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument
from bson.regex import Regex
from bson.timestamp import Timestamp

CODEC = CodecOptions(uuid_representation=UuidRepresentation.UNSPECIFIED)

TYPES = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "bool",
    int: "int",
    Int64: "long",
    float: "double",
    Decimal128: "decimal",
    bytes: "binData",
    Binary: "binData",
    ObjectId: "objectId",
    datetime.datetime: "date",
    Regex: "regex",
    Timestamp: "timestamp",
    MinKey: "minKey",
    MaxKey: "maxKey",
    type(None): "null",
}


def type_of(value):
    if type(value) is Code:
        return "javascript" if value.scope is None else "javascriptWithScope"
    return TYPES[type(value)]


def count(found, path, value):
    found[path][type_of(value)] += 1
    if type(value) is dict:
        for key, inner in value.items():
            count(found, path + (key,), inner)
    if type(value) is list:
        for inner in value:
            count(found, path + (0,), inner)


def count_all(docs):
    found = defaultdict(Counter)
    for doc in docs:
        for key, value in doc.items():
            count(found, (key,), value)
    return found


def run(data):
    found = count_all(bson.decode_all(data, CODEC))
    return json.dumps([{"path": path, "counts": counts} for path, counts in found.items()]).encode()


def stats(docs):
    types, keys = Counter(), Counter()

    def walk(value):
        types[type_of(value)] += 1
        if type(value) is dict:
            keys.update(value.keys())
            for inner in value.values():
                walk(inner)
        if type(value) is list:
            for inner in value:
                walk(inner)

    sizes = Counter()
    for doc in docs:
        sizes[len(doc.raw).bit_length()] += 1
        walk(bson.decode(doc.raw, CODEC))
    return sizes, types, keys


if len(sys.argv) == 3:
    with open(sys.argv[2], "rb") as f:
        if sys.argv[1] == "stats":
            stats(bson.decode_file_iter(f, CodecOptions(document_class=RawBSONDocument)))
        else:
            count_all(bson.decode_file_iter(f, CODEC))
    sys.exit()


for line in sys.stdin:
    op, arg = line.split(" ")
    try:
        print("ok", run(bytes.fromhex(arg)).hex(), flush=True)
    except Exception as e:
        print("err", type(e).__name__, str(e).replace("\n", " ")[:200], flush=True)
