import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DocumentCommand, DocumentMessage } from '../../contract/documents';
import { forkTool } from '../../host/fork-tool';
import type { DocumentProcess } from './document-reader';
import { DocumentTool, type DocumentToolOptions } from './document-tool';

const READER = fileURLToPath(new URL('../../documents/main.ts', import.meta.url));

interface Fake extends DocumentProcess {
  readonly sent: DocumentCommand[];
  readonly isKilled: () => boolean;
  say(message: DocumentMessage): void;
  exit(reason: string): void;
}

function fake(heard: (command: DocumentCommand) => void = () => {}, starts = true): Fake {
  const sent: DocumentCommand[] = [];
  const onMessage: ((message: DocumentMessage) => void)[] = [];
  const onExit: ((reason: string) => void)[] = [];
  let killed = false;
  return {
    sent,
    send: (command) => {
      sent.push(command);
      heard(command);
    },
    onMessage: (listener) => {
      onMessage.push(listener);
      if (starts) listener({ type: 'ready' });
    },
    onExit: (listener) => void onExit.push(listener),
    kill: () => {
      killed = true;
    },
    isKilled: () => killed,
    say: (message) => {
      for (const listener of onMessage) listener(message);
    },
    exit: (reason) => {
      for (const listener of onExit) listener(reason);
    },
  };
}

type Options = Omit<DocumentToolOptions, 'spawn'>;

/** @param quick whether the process with this index has its answer at once. */
function setup(options: Options = {}, quick: (index: number) => boolean = () => false) {
  const processes: Fake[] = [];
  const tool = new DocumentTool({
    spawn: () => {
      const index = processes.length;
      const process = fake(({ id }) => {
        if (quick(index)) process.say({ type: 'extracted', id, characters: index, lines: 1 });
      });
      processes.push(process);
      return process;
    },
    ...options,
  });
  onTestFinished(() => tool.close());
  const process = async (index: number) => {
    await expect.poll(() => processes[index]?.sent).toHaveLength(1);
    return processes[index]!;
  };
  const extract = () => tool.extract('/in', 'application/pdf', '/out');
  const rank = () => tool.rank({ paths: [], queries: [], characters: 1 });
  return { tool, processes, process, extract, rank };
}

describe('DocumentTool', () => {
  it('reads each file in a process of its own, one after the other', async () => {
    const { extract, process, processes } = setup();
    const both = [extract(), extract()];
    const first = await process(0);
    expect(processes).toHaveLength(1);
    first.say({ type: 'extracted', id: first.sent[0]!.id, characters: 3, lines: 1 });
    const second = await process(1);
    expect(first.isKilled()).toBe(true);
    second.say({ type: 'extracted', id: second.sent[0]!.id, characters: 5, lines: 1, pages: 2 });
    expect(await Promise.all(both)).toMatchObject([{ characters: 3 }, { characters: 5, pages: 2 }]);
  });

  it('refuses a file for the reason that is said, and one that ends its process or takes too long', async () => {
    const { extract, process } = setup({ extractMs: 100 });
    const said = extract();
    const first = await process(0);
    first.say({ type: 'refused', id: first.sent[0]!.id, reason: 'encrypted' });
    await expect(said).rejects.toMatchObject({ reason: 'encrypted' });

    const ended = extract();
    (await process(1)).exit('was ended by SIGKILL');
    await expect(ended).rejects.toMatchObject({ reason: 'too-complex' });

    const late = extract();
    const third = await process(2);
    await expect(late).rejects.toMatchObject({ reason: 'too-complex' });
    expect(third.isKilled()).toBe(true);
  });

  it('lets a file that takes long hold up nobody, however many of them there are', async () => {
    const { extract, process, processes } = setup({ quickMs: 30 }, (index) => index >= 2);
    const [long, longer, short] = [extract(), extract(), extract()];
    expect(await short).toMatchObject({ characters: 2 });
    // The first goes on beside the others, the second is put off.
    const [first, second] = [await process(0), await process(1)];
    expect([first, second].map(({ isKilled }) => isKilled())).toEqual([false, true]);
    expect(processes).toHaveLength(3);
    first.say({ type: 'extracted', id: first.sent[0]!.id, characters: 0, lines: 1 });
    expect(await long).toMatchObject({ characters: 0 });
    expect(await longer).toMatchObject({ characters: 3 });
    await expect.poll(() => processes.every(({ isKilled }) => isKilled())).toBe(true);
  });

  it('refuses a slow file too for the reason that is said', async () => {
    const { extract, process } = setup({ quickMs: 1 }, (index) => index === 1);
    const [slow, next] = [extract(), extract()];
    const first = await process(0);
    expect(await next).toMatchObject({ characters: 1 });
    first.say({ type: 'refused', id: first.sent[0]!.id, reason: 'no-text' });
    await expect(slow).rejects.toMatchObject({ reason: 'no-text' });
  });

  it('begins nothing after it was closed', async () => {
    const { extract, process, processes, tool } = setup();
    const [running, waiting] = [extract(), extract()].map((work) =>
      work.catch(({ code, reason }) => code ?? reason),
    );
    const first = await process(0);
    tool.close();
    expect(first.isKilled()).toBe(true);
    first.exit('was ended by SIGKILL');
    expect(await running).toBe('aborted');
    expect(await waiting).toBe('aborted');
    expect(processes).toHaveLength(1);
  });

  it('passes on what went wrong otherwise', async () => {
    const { extract, process } = setup();
    const failing = extract();
    const { say, sent } = await process(0);
    say({ type: 'failed', id: sent[0]!.id, error: { code: 'disk-full', message: 'The disk is full.' } });
    await expect(failing).rejects.toMatchObject({ code: 'disk-full' });
  });

  it('keeps the process that searches until nobody asks any more', async () => {
    const { rank, process, processes } = setup({ idleMs: 50 });
    const answer = (ranker: Fake) =>
      ranker.say({ type: 'ranked', id: ranker.sent.at(-1)!.id, passages: [], best: [] });
    const first = rank();
    const ranker = await process(0);
    answer(ranker);
    await first;
    const second = rank();
    await expect.poll(() => ranker.sent).toHaveLength(2);
    answer(ranker);
    await second;
    expect(processes).toHaveLength(1);
    await expect.poll(() => ranker.isKilled()).toBe(true);
    void rank().catch(() => {});
    await process(1);
  });

  it('says that the search died, and begins another', async () => {
    const { rank, process } = setup();
    const dying = rank();
    (await process(0)).exit('ended with code 1');
    await expect(dying).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('ended with code 1'),
    });
    const next = rank();
    const ranker = await process(1);
    ranker.say({ type: 'ranked', id: ranker.sent[0]!.id, passages: [2], best: [] });
    expect(await next).toMatchObject({ passages: [2] });
  });

  it('says of a process that cannot start that the app is at fault, not the file', async () => {
    const gone = fake(undefined, false);
    const tool = new DocumentTool({ spawn: () => gone });
    onTestFinished(() => tool.close());
    const [read, ranked] = [
      tool.extract('/in', 'text/plain', '/out'),
      tool.rank({ paths: [], queries: [], characters: 1 }),
    ];
    const missing = { code: 'internal', details: { kind: 'document-reader-missing' } };
    const both = Promise.all([
      expect(read).rejects.toMatchObject(missing),
      expect(ranked).rejects.toMatchObject(missing),
    ]);
    await new Promise(setImmediate);
    gone.exit('ended with code 1');
    await both;
    expect(gone.sent).toEqual([]);

    const unspawned = new DocumentTool({
      spawn: () => {
        throw new Error('ENOENT');
      },
    });
    await expect(unspawned.extract('/in', 'text/plain', '/out')).rejects.toMatchObject(missing);
    const silent = new DocumentTool({ spawn: () => fake(undefined, false), startMs: 1 });
    await expect(silent.extract('/in', 'text/plain', '/out')).rejects.toMatchObject(missing);
  });

  it('begins another process for a search where the one before has ended', async () => {
    const { rank, process } = setup();
    const first = rank();
    const ranker = await process(0);
    ranker.say({ type: 'ranked', id: ranker.sent[0]!.id, passages: [], best: [] });
    await first;
    ranker.exit('was ended by SIGKILL');
    void rank().catch(() => {});
    await process(1);
  });

  it('says the same of a real process whose file is not there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'document-tool-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const tool = new DocumentTool({ spawn: () => forkTool(join(folder, 'document-tool.js'), []) });
    onTestFinished(() => tool.close());
    await expect(tool.extract('/in', 'text/plain', '/out')).rejects.toMatchObject({
      message: expect.stringContaining('Install the app again'),
    });
  });

  it('ends a drawing that takes too long, and draws the next one', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'document-tool-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = (name: string, inner: string) => {
      const text = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600">${inner}</svg>`;
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const noise = '<feTurbulence baseFrequency="0.9" numOctaves="9"/>'.repeat(5_000);
    const square = '<rect width="900" height="600"';
    const slow = file('slow.svg', `<filter id="f">${noise}</filter>${square} filter="url(#f)"/>`);
    const quick = file('quick.svg', `${square}/>`);
    const processes: DocumentProcess[] = [];
    const exits: string[] = [];
    const spawn = () => {
      const process: DocumentProcess = forkTool(READER, ['--import', 'tsx']);
      processes.push(process);
      process.onExit((reason) => exits.push(reason));
      return process;
    };
    const tool = new DocumentTool({ spawn, drawMs: 4_000 });
    onTestFinished(() => tool.close());
    const out = join(folder, 'out');
    const [first, endless, next] = [
      tool.draw({ type: 'measure', path: quick }),
      tool.draw({ type: 'preview', path: slow, out }),
      tool.draw({ type: 'draw', path: quick, out }),
    ];
    const size = { width: 900, height: 600 };
    await expect(endless).rejects.toMatchObject({ reason: 'too-complex' });
    expect(await Promise.all([first, next])).toEqual([size, size]);
    expect(readFileSync(out).equals(Buffer.alloc(900 * 600 * 3))).toBe(true);
    expect([processes.length, exits]).toEqual([2, ['was ended by SIGKILL']]);
    expect(await tool.draw({ type: 'preview', path: quick, out })).toEqual(size);
    expect(processes).toHaveLength(2);
    await expect(tool.draw({ type: 'measure', path: file('bad.svg', '<') })).rejects.toMatchObject({
      reason: 'damaged',
    });
  });

  it('is refused in a host without such a process', async () => {
    await expect(new DocumentTool({ spawn: null }).extract('', 'text/plain', '')).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});
