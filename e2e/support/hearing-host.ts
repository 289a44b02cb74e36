import { join } from 'node:path';
import { dataFolder } from '../../electron/app/paths';
import { writeModel } from '../../electron/app/testing/manifest';
import { appFolder } from './host';
import { serveApp } from './serve-app';
import { writeTextOnly } from './text-only-model';

/** With a recogniser beside the built-in model without ears; none with `--deaf`. */
const args = process.argv.slice(2);
if (!args.includes('--deaf')) {
  const models = join(dataFolder(), 'models');
  writeModel(models, 'counter', { name: 'Counter', family: 'whisper', modalities: ['audio'] });
}
const textOnly = join(dataFolder(), 'text-only');
writeTextOnly(join(appFolder, 'models', 'nano'), textOnly);
await serveApp({
  engine: './hearing-engine.ts',
  models: [textOnly],
  args: args.filter((arg) => arg !== '--deaf'),
});
