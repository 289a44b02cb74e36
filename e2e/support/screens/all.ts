import { around } from './around';
import { conversation } from './conversation';
import { files } from './files';
import { models } from './models';
import { settingsScreens } from './settings';
import type { Screen } from './steps';

export const screens: readonly Screen[] = [
  ...around,
  ...conversation,
  ...files,
  ...models,
  ...settingsScreens,
];
