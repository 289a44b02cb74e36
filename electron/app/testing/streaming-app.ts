import { forkEngine } from '../../host/fork-engine';
import { createApp } from '../app';

/** A program that begins an endless answer and reports what came and, every 20 ms, that it is there, for a test that kills it. Arguments: home, engine. */
const [home = '', engine = ''] = process.argv.slice(2);
const app = createApp({
  version: '0',
  host: 'browser',
  home,
  builtInModels: [],
  spawnEngine: () => forkEngine(engine),
  log: () => {},
});
app.onEvent((event) => {
  if (event.name === 'turn.event' && event.payload.type === 'delta') {
    // With its time, so that the test knows what half a second ago was: this program's own, as a busy machine holds it up.
    console.log(JSON.stringify({ text: event.payload.text, at: Date.now() }));
  }
});
setInterval(() => console.log(JSON.stringify({ at: Date.now() })), 20);
await app.handlers['turns.start']({
  kind: 'send',
  conversationId: null,
  parentId: null,
  text: 'slow answer please',
  attachments: [],
  thinking: true,
});
