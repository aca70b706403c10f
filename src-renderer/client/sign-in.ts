// Swaps the token of the address for a session: a cookie that scripts can't read, and a key that this tab keeps.
import { StudioError } from '#contract/errors.ts';

const keptAs = 'espalier-key';

/** The key of this tab's session, undefined before signing in. It survives a reload and ends with the tab. */
export function sessionKey(): string | undefined {
  return sessionStorage.getItem(keptAs) ?? undefined;
}

/** Uses the token where the address has one, and takes it out of the address and the history. @throws StudioError `unauthorised` */
export async function signIn(): Promise<void> {
  const token = /^#token=([0-9a-f]+)$/.exec(location.hash)?.[1];
  if (token === undefined) return;
  history.replaceState(null, '', location.pathname);
  const answer = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  const body: unknown = await answer.json();
  if (answer.ok && typeof body === 'object' && body !== null && 'key' in body && typeof body.key === 'string')
    sessionStorage.setItem(keptAs, body.key);
  else
    throw new StudioError('unauthorised', 'This address belongs to an earlier start of the studio.', {
      whatToDo: 'Open the address that it printed when it started last.',
    });
}

/** Whether the studio still knows this tab; undefined while it can't be reached. */
export async function isSignedIn(): Promise<boolean | undefined> {
  try {
    return (await fetch('/session', { headers: withKey() })).ok;
  } catch {
    return undefined;
  }
}

export function withKey(): Record<string, string> {
  return { 'x-espalier-key': sessionKey() ?? '' };
}
