"""PyMongo as a peer. A line of input is an operation and its argument in
hexadecimal. A line of output is "ok" and the result in hexadecimal, or "err"
and the reason."""
import sys

import bson
from bson import json_util
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from bson.son import SON

assert bson.has_c(), "PyMongo has no C extension; run interop/setup"

KEPT = dict(
    document_class=SON,
    tz_aware=True,
    uuid_representation=UuidRepresentation.UNSPECIFIED,
)
CODEC = CodecOptions(**KEPT)


def options(mode):
    return json_util.JSONOptions(json_mode=mode, **KEPT)


MODES = {
    "canonical": options(json_util.JSONMode.CANONICAL),
    "relaxed": options(json_util.JSONMode.RELAXED),
    "legacy": options(json_util.JSONMode.LEGACY),
}


REPRESENTATIONS = {
    "uuid-python": UuidRepresentation.PYTHON_LEGACY,
    "uuid-java": UuidRepresentation.JAVA_LEGACY,
    "uuid-csharp": UuidRepresentation.CSHARP_LEGACY,
    "uuid-standard": UuidRepresentation.STANDARD,
}


def run_uuid(op, arg):
    kept = dict(KEPT, uuid_representation=REPRESENTATIONS[op])
    codec = CodecOptions(**kept)
    modes = json_util.JSONOptions(json_mode=json_util.JSONMode.LEGACY, **kept)
    text = json_util.dumps(bson.decode(arg, codec), json_options=modes)
    assert bson.encode(json_util.loads(text, json_options=modes), codec_options=codec) == arg
    return text.encode()


def run(op, arg):
    if op in REPRESENTATIONS:
        return run_uuid(op, arg)
    if op == "parse":
        doc = json_util.loads(arg.decode("utf-8"), json_options=MODES["canonical"])
        return bson.encode(doc, codec_options=CODEC)
    return json_util.dumps(bson.decode(arg, CODEC), json_options=MODES[op]).encode()


for line in sys.stdin:
    op, arg = line.split(" ")
    try:
        print("ok", run(op, bytes.fromhex(arg)).hex(), flush=True)
    except Exception as e:
        print("err", type(e).__name__, str(e).replace("\n", " ")[:200], flush=True)
