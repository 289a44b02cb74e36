import { join } from 'node:path';
import { setImmediate as tick } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { AssistantMessage, StartTurn, TurnEvent } from '../../contract/conversations';
import { defaultSettings, type Settings } from '../../contract/settings';
import { Conversations } from '../conversations/conversations';
import { openDatabase } from '../database/open-database';
import { Turns, type TurnsOptions } from '../turns/turns';
import { ScriptedEngine, type ScriptedRun } from './scripted-engine';
import { temporaryHome } from './temporary-home';

/** Turns over a database of their own and an engine whose every word the test says. */
export function setup(settings: Partial<Settings> = {}, more: Partial<TurnsOptions> = {}) {
  const home = temporaryHome();
  const { database } = openDatabase(join(home, 'a.db'));
  onTestFinished(() => database.close());
  const conversations = new Conversations(database, { changed: () => {}, removed: () => {} });
  const engine = new ScriptedEngine();
  const events: TurnEvent[] = [];
  const turns = new Turns({
    database,
    conversations,
    engine,
    settings: () => ({ ...defaultSettings, ...settings }),
    attachmentPath: (sha256) => join(home, sha256),
    emit: (event) => events.push(event),
    log: () => {},
    ...more,
  });
  onTestFinished(() => turns.close());
  const nextRun = async (): Promise<ScriptedRun> => {
    const count = engine.runs.length;
    while (engine.runs.length === count) await tick();
    return engine.runs[count]!;
  };
  const finished = async (): Promise<AssistantMessage> => {
    for (;;) {
      const event = events.at(-1);
      if (event?.type === 'finished') return event.message;
      await tick();
    }
  };
  const answerIn = (conversationId: string) => conversations.get(conversationId).messages.at(-1);
  return { home, database, conversations, engine, events, turns, nextRun, finished, answerIn };
}

export function send(text: string, more: Partial<Extract<StartTurn, { kind: 'send' }>> = {}): StartTurn {
  return {
    kind: 'send',
    conversationId: null,
    parentId: null,
    text,
    attachments: [],
    thinking: true,
    ...more,
  };
}
