// Puts the browser code of nestjs-phone-verify into this package, as it was built there, with its license.
import { cpSync, rmSync } from 'node:fs';

const file = (path) => new URL(path, import.meta.url);

rmSync(file('dist'), { recursive: true, force: true });
cpSync(file('../dist/client'), file('dist'), { recursive: true });
cpSync(file('../LICENSE'), file('LICENSE'));
