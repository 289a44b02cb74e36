import { conversationSpecs } from './conversation.specs';
import { electronBinary, test } from './support/electron';

/** The conversation's specs in the app's own window, where Electron is there to open one. */
const found = electronBinary();
if ('missing' in found) test.skip(`the conversation in Electron: skipped, ${found.missing}`, () => {});
else conversationSpecs(test, { windows: 1 });
