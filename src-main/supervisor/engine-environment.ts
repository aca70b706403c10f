// The environment that makes an engine's arithmetic repeatable: threads and oneDNN are pinned, because both change the last bits.

export function engineEnvironment(threads: number): Record<string, string> {
  return {
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: '1',
    // Else the thread that asks for a kernel sleeps while the others work: with two threads, small products take as long as with one.
    TF_ONEDNN_THREADPOOL_USE_CALLER_THREAD: 'true',
    TF_ENABLE_ONEDNN_OPTS: process.env['TF_ENABLE_ONEDNN_OPTS'] ?? '1',
    TF_CPP_MIN_LOG_LEVEL: '2',
  };
}
