// A process that opens a home, says so, and holds it until it is killed.
import { writeSync } from 'node:fs';
import { openStore } from '#main/store/open-store.ts';

await openStore(process.argv[2] ?? '');
writeSync(1, 'open\n');
setInterval(() => undefined, 1000);
