// mingo as a peer for filters; see peer.py for the protocol.
import { createInterface } from "node:readline";
import { Query } from "mingo";
import { deserialize } from "bson";

for await (const line of createInterface({ input: process.stdin })) {
  try {
    const { filter, doc } = deserialize(Buffer.from(line.split(" ")[1], "hex"), { bsonRegExp: false });
    const matches = new Query(filter).test(doc);
    process.stdout.write("ok " + (matches ? "01" : "00") + "\n");
  } catch (e) {
    process.stdout.write("err " + String(e).replaceAll("\n", " ").slice(0, 200) + "\n");
  }
}
