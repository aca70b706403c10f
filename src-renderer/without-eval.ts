// Must be imported before any schema is made: zod would otherwise try `new Function`, which the page's policy forbids and reports.
import { config } from 'zod';

config({ jitless: true });
