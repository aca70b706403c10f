// The environment that makes an engine's arithmetic repeatable: threads and oneDNN are pinned, because results differ in the last bits between 1 and 2 threads.

export function engineEnvironment(threads: number): Record<string, string> {
  return { TF_NUM_INTRAOP_THREADS: String(threads), TF_NUM_INTEROP_THREADS: '1', TF_ENABLE_ONEDNN_OPTS: process.env['TF_ENABLE_ONEDNN_OPTS'] ?? '1', TF_CPP_MIN_LOG_LEVEL: '2' };
}
