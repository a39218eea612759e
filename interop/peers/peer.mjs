// js-bson and shell-bson-parser as peers; see peer.py for the protocol.
import { createInterface } from "node:readline";
import { parse, toJSString } from "@mongodb-js/shell-bson-parser";
import { Binary, deserialize, serialize, EJSON } from "bson";

function run(op, arg) {
  if (op === "eval") { // as the shell does, with the classes of js-bson
    const value = new Function("Binary", "return (" + arg.toString() + ")")(Binary);
    return Buffer.from(serialize({ a: value }));
  }
  if (op === "parse" || op === "parse-shell") {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(arg);
    const doc = op === "parse"
      ? EJSON.parse(text, { relaxed: false })
      : parse(text, { mode: "strict", allowComments: true });
    return Buffer.from(serialize(doc, { ignoreUndefined: false }));
  }
  const doc = deserialize(arg, { promoteValues: false, bsonRegExp: true });
  if (op === "stringify") return Buffer.from(JSON.stringify(doc));
  if (op === "shell") return Buffer.from(toJSString(doc));
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
