// Ids that are short enough to type and never meet: 50 random bits after the kind of thing they name.
import { randomBytes } from 'node:crypto';

const letters = '0123456789abcdefghjkmnpqrstvwxyz';

export function newId(kind: 'project' | 'model' | 'dataset' | 'variant' | 'job' | 'session' | 'repeat'): string {
  return `${kind}-${[...randomBytes(10)].map((byte) => letters[byte % 32]).join('')}`;
}
