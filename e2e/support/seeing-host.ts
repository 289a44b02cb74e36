import { dataFolder } from '../../electron/app/paths';
import { writeModel } from '../../electron/app/testing/manifest';
import { serveApp } from './serve-app';

/** With a model that says how many images and recordings it was given. */
const seeing = writeModel(dataFolder(), 'seeing', { name: 'Seeing', modalities: ['text', 'image', 'audio'] });
await serveApp({ engine: './seeing-engine.mjs', models: [seeing] });
