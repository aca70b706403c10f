// Turns TFLite's schema, as TensorFlow's wheel holds it in Python, into TypeScript: `node schema-to-typescript.mjs SCHEMA_PY > tflite-schema.ts`.
// SCHEMA_PY: tensorflow/lite/python/schema_py_generated.py of the wheel tensorflow 2.21.0 (Apache-2.0); generated, so perfectly regular.
import { readFileSync } from 'node:fs';

const source = readFileSync(process.argv[2], 'utf8');
const lines = [
  '// node schema-to-typescript.mjs tensorflow/lite/python/schema_py_generated.py > tflite-schema.ts   (TFLite\'s schema, of tensorflow 2.21.0, Apache-2.0)',
  "import type { Builder, Offset } from 'flatbuffers';",
];
for (const [, name, body] of source.matchAll(/^class (\w+)\(object\):\n((?: {4}\w+ = -?\d+\n)+)/gm)) {
  lines.push('', `export const ${name} = {`, ...[...body.matchAll(/ {4}(\w+) = (-?\d+)/g)].map(([, key, value]) => `  ${key}: ${value},`), '} as const;');
}
lines.push('', '/** How many fields each table has. */');
for (const [, name, fields] of source.matchAll(/^def (\w+)Start\(builder\):\n {4}builder\.StartObject\((\d+)\)/gm)) lines.push(`export const ${name}Fields = ${fields};`);
lines.push('');
const kinds = { UOffsetTRelative: 'Offset', Bool: 'Int8', Uint8: 'Int8', Uint32: 'Int32', Uint64: 'Int64' };
for (const [, table, field, type, slot, given] of source.matchAll(/^def (\w+?)Add(\w+)\(builder, \w+\):\n {4}builder\.Prepend(\w+)Slot\((\d+), .*?, ([^,)]+)\)\n/gm)) {
  const kind = kinds[type] ?? type;
  const wanted = type === 'Bool' ? 'boolean' : kind === 'Int64' ? 'bigint' : kind === 'Offset' ? 'Offset' : 'number';
  const otherwise = kind === 'Int64' ? `${given}n` : type === 'Bool' ? '0' : String(Number(given));
  lines.push(`export const ${table}Add${field} = (builder: Builder, value: ${wanted}): void => { builder.addField${kind}(${slot}, ${type === 'Bool' ? '+value' : 'value'}, ${otherwise}); };`);
}
process.stdout.write(`${lines.join('\n')}\n`);
