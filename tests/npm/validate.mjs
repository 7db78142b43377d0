// node validate.mjs SCHEMA DATA: prints what is wrong with DATA by the JSON schema, as JSON; [] when nothing is.
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";

const [schema, data] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")));
const valid = new Ajv2020({ allErrors: true, strict: true, strictRequired: false }).compile(schema);
valid(data);
console.log(JSON.stringify((valid.errors || []).map((error) => `${error.instancePath} ${error.message}`)));
