// Random secrets, and comparing them in a time that tells nothing of where they differ.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 32 random bytes as 64 hex digits: 256 bits. */
export function newSecret(): string {
  return randomBytes(32).toString('hex');
}

/** Hashing first makes both sides equally long, so that not even the length leaks. */
export function sameSecret(given: string | undefined, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given ?? ''), digest(expected)) && given !== undefined;
}
