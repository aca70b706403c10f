// Espalier's side of `formats`, one task a process: `import FILE FOLDER` as the importer does it, `onnx FILE FOLDER` from what that stored.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModelFile } from '#formats/model-file.ts';
import { writeOnnx } from '#formats/onnx/write/write-onnx.ts';
import { runImporterTask } from '#main/importer/run-importer-task.ts';
// Its code is loaded before memory is looked at, as Keras's is.
import '#main/importer/run-reading-task.ts';

const [task = '', file = '', folder = ''] = process.argv.slice(2);
const before = process.memoryUsage.rss();
const began = performance.now();
let stored = join(folder, 'model.espalier');
if (task === 'import') {
  const result = await runImporterTask({ kind: 'model', path: file, staging: folder });
  if (result.kind === 'model') stored = result.artifact.path;
} else {
  await writeOnnx(join(folder, 'large.onnx'), readModelFile(stored));
}
const seconds = (performance.now() - began) / 1000;
console.log(JSON.stringify({ seconds, peak: peakBytes(), before, stored }));

/** Linux counts the peak in kilobytes, and so does Node elsewhere. */
function peakBytes(): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // No such file: not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
