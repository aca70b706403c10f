// Who may talk to this start of the studio: a token from the URL, swapped once for a cookie and a key.
import { newSecret, sameSecret } from './constant-time.ts';

/** Header in which the page sends its key; on a WebSocket it is the sub-protocol `key.<key>`. */
export const keyHeader = 'x-espalier-key';
export const socketProtocol = 'espalier';

/**
 * Three secrets a start. The token travels only in a URL fragment, which browsers never send. The cookie alone opens
 * nothing, because cookies ignore ports: another local server may read or set it. The key alone opens nothing either.
 */
export class StudioAccess {
  readonly token = newSecret();
  readonly #cookie = newSecret();
  readonly #key = newSecret();
  readonly #cookieName: string;

  constructor(port: number) {
    this.#cookieName = `espalier-${port}`;
  }

  /** What a page gets for the right token; undefined for a wrong one. A second tab gets the same two, so both keep working. */
  open(token: string): { readonly setCookie: string; readonly key: string } | undefined {
    if (!sameSecret(token, this.token)) return undefined;
    return { setCookie: `${this.#cookieName}=${this.#cookie}; Path=/; HttpOnly; SameSite=Strict`, key: this.#key };
  }

  /** Both halves are compared always, so that the time doesn't tell which one was wrong. */
  admits(cookieHeader: string | undefined, key: string | undefined): boolean {
    const pairs = (cookieHeader ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.#cookieName}=`));
    const cookie = pairs.length === 1 ? pairs[0]!.slice(this.#cookieName.length + 1) : undefined;
    const [cookieFits, keyFits] = [sameSecret(cookie, this.#cookie), sameSecret(key, this.#key)];
    return cookieFits && keyFits;
  }
}
