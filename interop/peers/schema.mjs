// Validators and schemas in JavaScript as peers; see peer.py for the protocol.
//
//   - validator: compile the text of a $jsonSchema with ajv, for valid.
//   - valid: whether the last validator accepts a document, 01 or 00.
//   - schema: what mongodb-schema says about documents, which follow each other. The
//     result is a list of paths: keys, with 0 for the elements of arrays, and the number
//     of values of each type.
//
// node schema.mjs FILE makes the schema of a file. Command process measures it.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import Ajv from "ajv";
import { deserialize } from "bson";
import { parseSchema } from "mongodb-schema";

const kept = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true };

const names = {
  Binary: "binData", BSONRegExp: "regex", BSONSymbol: "symbol", Boolean: "bool", Code: "javascript", CodeWScope: "javascriptWithScope",
  Date: "date", Decimal128: "decimal", Document: "object", Array: "array", Double: "double", Int32: "int", Long: "long", MaxKey: "maxKey",
  MinKey: "minKey", Null: "null", ObjectId: "objectId", String: "string", Timestamp: "timestamp", Undefined: "undefined",
};

// typeOf returns the alias of the type of a scalar of js-bson.
function typeOf(v) {
  if (v === null || v === undefined) return String(v);
  if (v._bsontype === "Code") return v.scope ? "javascriptWithScope" : "javascript";
  const name = v._bsontype ?? { string: "String", boolean: "Boolean" }[typeof v] ?? (v instanceof Date ? "Date" : "");
  if (!names[name]) throw new Error("no type of BSON: " + name);
  return names[name];
}

// hidden puts each scalar behind a function: for ajv an instance of a class is an object
// with properties.
function hidden(v) {
  if (Array.isArray(v)) return v.map(hidden);
  if (typeof v !== "object" || v === null || v._bsontype || v instanceof Date) return () => v;
  return Object.fromEntries(Object.entries(v).map(([key, value]) => [key, hidden(value)]));
}

const ajv = new Ajv({ strict: false, ownProperties: true });
ajv.addKeyword({
  keyword: "bsonType",
  validate: (types, v) => [types].flat().includes(typeof v === "function" ? typeOf(v()) : Array.isArray(v) ? "array" : "object"),
});
let validate;

function* documents(data) {
  for (let at = 0; at < data.length; ) {
    const end = at + data.readInt32LE(at);
    yield deserialize(data.subarray(at, end), kept);
    at = end;
  }
}

// paths lists the types at path and below. containers is the number of documents around
// them; for fields that are not in all of these, mongodb-schema has one more type at the end.
function paths(list, path, types, missing) {
  const counts = {};
  for (const t of missing > 0 ? types.slice(0, -1) : types) {
    counts[names[t.bsonType] ?? t.bsonType] = t.count;
    if (t.bsonType === "Document") fields(list, path, t.fields, t.count);
    if (t.bsonType === "Array" && t.types.length > 0) paths(list, [...path, 0], t.types, 0);
  }
  list.push({ path, counts });
}

function fields(list, path, all, containers) {
  for (const f of all) paths(list, [...path, f.name], f.types, containers - f.count);
}

async function run(op, arg) {
  switch (op) {
    case "validator":
      validate = ajv.compile(JSON.parse(arg.toString()).$jsonSchema);
      return Buffer.alloc(0);
    case "valid":
      return Buffer.from([validate(hidden(deserialize(arg, kept))) ? 1 : 0]);
    case "schema": {
      const schema = await parseSchema(documents(arg), { storeValues: false });
      const list = [];
      fields(list, [], schema.fields, schema.count);
      return Buffer.from(JSON.stringify(list));
    }
  }
  throw new Error("unknown operation " + op);
}

if (process.argv.length === 3) {
  await parseSchema(documents(readFileSync(process.argv[2])), { storeValues: false });
  process.exit();
}

for await (const line of createInterface({ input: process.stdin })) {
  const [op, arg] = line.split(" ");
  try {
    process.stdout.write("ok " + (await run(op, Buffer.from(arg, "hex"))).toString("hex") + "\n");
  } catch (e) {
    process.stdout.write("err " + String(e).replaceAll("\n", " ").slice(0, 200) + "\n");
  }
}
