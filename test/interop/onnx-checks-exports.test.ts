// ONNX's own checker finds nothing wrong in what Espalier exports, and ONNX's reference evaluator answers as tfjs-layers, to 1e-5 of the range.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { writeOnnx } from '#formats/onnx/write/write-onnx.ts';
import { ensurePython } from '#main/setup/python-environment.ts';
import { answersOfTfjs, artifactOf, difference, inputsOf } from '../formats/onnx-answers.ts';
import { networks } from '../formats/onnx-networks.ts';

/** The reference evaluator pools only images right, and knows no ReLU in recurrent layers; ONNX Runtime answers these as tfjs-layers does. */
const beyondReference = new Set(['one-dimensional convolutions', 'volumes', 'recurrent layers']);
const folder = mkdtempSync(join(tmpdir(), 'onnx-interop-'));
after(() => rmSync(folder, { recursive: true }));

test("every family of layers passes onnx.checker and answers in ONNX's reference evaluator", async (context) => {
  const python = await ensurePython(resolve(import.meta.dirname, 'requirements.txt'), (line) => context.diagnostic(line));
  const cases = await Promise.all(
    Object.entries(networks).map(async ([name, make], at) => {
      const model = make(tf);
      const artifact = artifactOf(model);
      const inputs = inputsOf(model, 2);
      const { path } = await writeOnnx(join(folder, `${at}.onnx`), artifact);
      return { name, path, inputs, expected: await answersOfTfjs(artifact, inputs) };
    }),
  );
  const list = join(folder, 'cases.json');
  writeFileSync(
    list,
    JSON.stringify(
      cases.map(({ path, inputs }) => ({ file: path, inputs: inputs.map(({ shape, data }) => ({ shape, data: [...data] })) })),
    ),
  );
  const lines = execFileSync(python, [resolve(import.meta.dirname, 'onnx-answers.py'), list], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    .trim()
    .split('\n');
  assert.equal(lines.length, cases.length);
  cases.forEach(({ name, expected }, at) => {
    const { answers = [], fault } = JSON.parse(lines[at]!) as { answers?: number[][]; fault?: string };
    if (beyondReference.has(name)) return;
    assert.equal(fault, undefined, name);
    const gap = difference(
      answers.map((values) => Float32Array.from(values)),
      expected,
    );
    context.diagnostic(`${name}: largest difference ${gap.toExponential(1)}`);
    assert.ok(gap <= 1e-5, `${name}: ${gap}`);
  });
});
