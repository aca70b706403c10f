// Text from a file's bytes, and where it stops being text.

/** The first byte that is no UTF-8, counted from the beginning; the length where all of it is. Found by halving: asked for only in a refusal. */
export function firstNonUtf8(bytes: Uint8Array): number {
  const fits = (length: number): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let [good, bad] = [0, bytes.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
