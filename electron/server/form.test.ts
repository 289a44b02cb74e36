import { describe, expect, it } from 'vitest';
import { HttpError } from './errors';
import { readForm } from './form';

const part = (head: string, body: string) =>
  `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
const FORM = `${part('name="model"', 'x')}${part('name="other"; filename="o"', 'abc')}${part('name="file"; filename="a.wav"', 'RIFF')}${part('name="language"', 'en')}--b--\r\n`;

const request = (body: string, type = 'multipart/form-data; boundary=b') =>
  new Request('http://localhost/', { method: 'POST', body, headers: { 'content-type': type } });
const options = { file: 'file', maxBytes: 1_000_000 };
const turn = () => new Promise((resolve) => setImmediate(resolve));

const TAKERS = {
  'reads it': async (file: AsyncIterable<Uint8Array>) => {
    let bytes = 0;
    for await (const piece of file) bytes += piece.byteLength;
    return bytes;
  },
  'refuses it at once': async () => {
    throw new HttpError(503, { message: 'Nothing hears.', code: 'no_recognizer' });
  },
  'leaves it after a piece': async (file: AsyncIterable<Uint8Array>) => {
    for await (const piece of file) return piece.byteLength;
    return 0;
  },
};

/** What is passed over: parts without a name or of another kind, and those above the limit. */
const SKIPPED = [
  '--b\r\nContent-Disposition: attachment; filename="x"\r\n\r\nabc\r\n',
  '--b\r\nContent-Disposition: form-data\r\n\r\nabc\r\n',
  '--b\r\nX-Other: y\r\n\r\nabc\r\n',
  '--b\r\n\r\nabc\r\n',
  part('name="many"', 'x').repeat(120),
  part('name="many"; filename="m"', 'x').repeat(120),
];

it.each(SKIPPED)('a form that is cut off in a part that is passed over is refused: %#', async (passed) => {
  const form = `${part('name="file"; filename="a.wav"', 'RIFF')}${passed}`;
  for (let length = form.length - 60; length < form.length; length++) {
    const outcome = readForm(request(form.slice(0, length)), options, TAKERS['reads it']);
    await expect(outcome).rejects.toMatchObject({ status: 400 });
    await turn();
  }
});

describe('a form that is cut off anywhere', () => {
  // An error that no one listens to would fail this run as it would end the app.
  it.each(Object.entries(TAKERS))('is an answer and no crash for who %s', async (_, take) => {
    expect(await readForm(request(FORM), options, take).catch(({ status }) => status)).toBeOneOf([4, 503]);
    for (let length = 0; length < FORM.length - 2; length++) {
      const outcome = await readForm(request(FORM.slice(0, length)), options, take).catch((error) => error);
      if (typeof outcome !== 'number') expect([length, outcome]).toEqual([length, expect.any(HttpError)]);
      await turn();
    }
  });
});

it.each(['', 'b'.repeat(5_000), 'b'.repeat(280), '"'])(
  'a boundary that is none is refused: %#',
  async (boundary) => {
    const type = `multipart/form-data; boundary=${boundary}`;
    await expect(readForm(request(FORM, type), options, TAKERS['reads it'])).rejects.toMatchObject({
      status: 400,
    });
  },
);
