import { join } from 'node:path';
import { appFolder } from './host';
import { serveApp } from './serve-app';

/** Over an engine that follows a script. */
await serveApp({ engine: './streaming-engine.mjs', models: [join(appFolder, 'models', 'nano')] });
