// js-bson as a peer; see peer.py for the protocol.
import { createInterface } from "node:readline";
import { deserialize, serialize, EJSON } from "bson";

function run(op, arg) {
  if (op === "parse") {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(arg);
    return Buffer.from(serialize(EJSON.parse(text, { relaxed: false }), { ignoreUndefined: false }));
  }
  const doc = deserialize(arg, { promoteValues: false, bsonRegExp: true });
  return Buffer.from(EJSON.stringify(doc, { relaxed: op === "relaxed" }));
}

for await (const line of createInterface({ input: process.stdin })) {
  const [op, arg] = line.split(" ");
  try {
    process.stdout.write("ok " + run(op, Buffer.from(arg, "hex")).toString("hex") + "\n");
  } catch (e) {
    process.stdout.write("err " + String(e).replaceAll("\n", " ").slice(0, 200) + "\n");
  }
}
