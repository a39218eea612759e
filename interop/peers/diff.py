"""A comparison of two files of BSON with PyMongo, by _id:

    diff.py FILE FILE

prints the _id of each document that is only in one file, or not equal in both, and
ends with 1 if there is one. Command process measures it."""
import sys

import bson
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions

CODEC = CodecOptions(uuid_representation=UuidRepresentation.UNSPECIFIED)


def load(name):
    with open(name, "rb") as f:
        return {doc["_id"]: doc for doc in bson.decode_file_iter(f, CODEC)}


a, b = load(sys.argv[1]), load(sys.argv[2])
differ = [key for key, doc in a.items() if b.get(key) != doc]
differ += [key for key in b if key not in a]
for key in differ:
    print(key)
sys.exit(bool(differ))
