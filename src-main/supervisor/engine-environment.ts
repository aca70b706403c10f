// The environment that makes an engine's arithmetic repeatable: thread counts are pinned, because results differ between 1 and 2 threads.

export function engineEnvironment(threads: number): Record<string, string> {
  return { TF_NUM_INTRAOP_THREADS: String(threads), TF_NUM_INTEROP_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '2' };
}
