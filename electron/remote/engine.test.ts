import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { answerOf, chunk, engineAt, fakeServer, json, question, raw, stream } from './testing/server';

const CHAT = '/v1/chat/completions';
const serve = (route: Parameters<typeof fakeServer>[0][string]) => fakeServer({ [CHAT]: route });

describe('an answer', () => {
  it('has its reasoning apart, by either name of the field, and the server’s own counts', async () => {
    const { url } = await serve(
      raw([
        chunk({ role: 'assistant', content: '' }),
        chunk({ reasoning_content: 'Let me ' }),
        chunk({ reasoning: 'see.' }),
        chunk({ content: '11' }),
        chunk({ content: '13' }),
        chunk({}, 'stop'),
        `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 12, completion_tokens: 9, completion_tokens_details: { reasoning_tokens: 5 } } })}\n\n`,
        'data: [DONE]\n\n',
      ]),
    );
    const { engine, reached } = engineAt(url);
    const { reasoning, answer, finished, events } = await answerOf(engine, question('384 + 729?'));
    expect({ reasoning, answer }).toEqual({ reasoning: 'Let me see.', answer: '1113' });
    expect(events[0]).toMatchObject({ type: 'started' });
    expect(finished).toMatchObject({
      reason: 'stop',
      stats: { promptTokens: 12, outputTokens: 9, reasoningTokens: 5, provider: 'remote' },
    });
    expect(finished?.stats.firstTokenMs).toBeGreaterThan(0);
    expect(finished?.stats.tokensPerSecond).toBeGreaterThan(0);
    expect(reached).toEqual([null]);
  });

  it.each([
    ['at once', ['<think>I see.</think>\n\nYes.']],
    ['in pieces', ['<th', 'ink>', 'I s', 'ee.</', 'thi', 'nk>', '\n\nY', 'es.']],
    ['after white space', ['\n', '<think>\nI see.</think>', 'Yes.']],
  ])('takes the tags off that stand in the text %s', async (_name, pieces) => {
    const { url } = await serve(stream(...pieces.map((content) => ({ content }))));
    const { engine, lessons } = engineAt(url);
    expect(await answerOf(engine, question('?'))).toMatchObject({ reasoning: 'I see.', answer: 'Yes.' });
    expect(lessons).toEqual([]);
  });

  it('a closing tag that nothing opened makes reasoning of what stands before it, and is known the next time', async () => {
    const pieces = ['I ', 'see.\n</', 'think>\n\n', 'Yes', '.'].map((content) => ({ content }));
    const { url } = await serve(stream(...pieces));
    const { engine, lessons } = engineAt(url);
    const first = await answerOf(engine, question('?'));
    expect(first).toMatchObject({ reasoning: 'I see.', answer: 'Yes.' });
    expect(first.events.map(({ type }) => type)).toContain('was-reasoning');
    expect(first.finished?.stats.reasoningTokens).toBeGreaterThan(0);
    expect(lessons).toEqual([{ opensThinking: true }]);
    const second = await answerOf(engine, question('?'));
    expect(second).toMatchObject({ reasoning: 'I see.\n', answer: 'Yes.' });
    expect(second.events.map(({ type }) => type)).not.toContain('was-reasoning');
  });

  it('what was taken for reasoning is the answer where nothing closes it, and that is known too', async () => {
    const { url } = await serve(stream({ content: 'Just an answer.' }));
    const opens = { refuses: [], opensThinking: true };
    const { engine, lessons } = engineAt(url, { model: { learned: opens } });
    expect(await answerOf(engine, question('?'))).toMatchObject({ answer: 'Just an answer.' });
    expect(lessons).toEqual([{ opensThinking: false }]);
    expect(await answerOf(engine, question('?'))).toMatchObject({ reasoning: '', answer: 'Just an answer.' });
  });

  it('a tag that a model without reasoning writes about is text', async () => {
    const { url } = await serve(stream({ content: 'Close it with </think>' }, { content: ', I think.' }));
    const { engine } = engineAt(url, { model: { thinking: 'none' } });
    expect((await answerOf(engine, question('?'))).answer).toBe('Close it with </think>, I think.');
  });

  it('reasoning in a field of its own makes tags in the text ordinary', async () => {
    const { url } = await serve(stream({ reasoning: 'Hm.' }, { content: 'Write </think> there.' }));
    const { engine } = engineAt(url);
    expect(await answerOf(engine, question('?'))).toMatchObject({
      reasoning: 'Hm.',
      answer: 'Write </think> there.',
    });
  });

  it('the tags around AutoGLM-Phone’s answers are taken off', async () => {
    const { url } = await serve(
      stream({ content: '<think>A shop.</think><ans' }, { content: 'wer>do(action="Tap")</answer>' }),
    );
    const { engine } = engineAt(url, { model: { id: 'zai-org/AutoGLM-Phone-9B' } });
    expect(await answerOf(engine, question('?'))).toMatchObject({
      reasoning: 'A shop.',
      answer: 'do(action="Tap")',
    });
  });

  it('is read through CRLF, comments, data over several lines, and characters cut between chunks', async () => {
    const euro = new TextEncoder().encode(chunk({ content: '价 €5 🙂' }));
    const cut = euro.length - 27;
    const { url } = await serve(
      raw([
        ': keep-alive\r\n\r\n',
        'event: message\r\nid: 7\r\nretry: 10\r\ndata: {"choices":[{"delta":\r\ndata: {"content":"A "}}]}\r\n\r\n',
        euro.subarray(0, cut),
        euro.subarray(cut, cut + 2),
        euro.subarray(cut + 2),
        ':\n\n',
        // No empty line, no [DONE].
        'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}',
      ]),
    );
    const { engine } = engineAt(url);
    expect(await answerOf(engine, question('?'))).toMatchObject({
      answer: 'A 价 €5 🙂',
      finished: { reason: 'stop' },
    });
  });

  it('of a server that does not stream comes at once', async () => {
    const message = { role: 'assistant', reasoning_content: 'Hm.', content: 'Yes.' };
    const { url } = await serve(json({ choices: [{ message, finish_reason: 'length' }] }));
    const { engine } = engineAt(url);
    expect(await answerOf(engine, question('?'))).toMatchObject({
      reasoning: 'Hm.',
      answer: 'Yes.',
      finished: { reason: 'length' },
    });
  });

  it('has content in parts where a server writes thinking as one', async () => {
    const { url } = await serve(
      stream(
        { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] },
        { content: [{ type: 'text', text: 'Yes.' }] },
      ),
    );
    const { engine } = engineAt(url);
    expect(await answerOf(engine, question('?'))).toMatchObject({ reasoning: 'Hm.', answer: 'Yes.' });
  });
});

describe('calls of tools', () => {
  const call = (index: number | undefined, more: object) => ({ tool_calls: [{ index, ...more }] });

  it('are put together from their pieces, several at once', async () => {
    const { url } = await serve(
      raw([
        chunk(call(0, { id: 'a', type: 'function', function: { name: 'add', arguments: '' } })),
        chunk(call(0, { function: { arguments: '{"x":' } })),
        chunk(call(1, { id: 'b', function: { name: 'mul', arguments: '{"y"' } })),
        chunk(call(0, { function: { arguments: ' 1}' } })),
        chunk(call(1, { function: { arguments: ': 2}' } })),
        chunk({}, 'tool_calls'),
        'data: [DONE]\n\n',
      ]),
    );
    const { engine } = engineAt(url);
    const { calls, finished } = await answerOf(engine, question('?'));
    expect(calls).toEqual([
      { id: 'a', name: 'add', arguments: '{"x": 1}' },
      { id: 'b', name: 'mul', arguments: '{"y": 2}' },
    ]);
    expect(finished?.reason).toBe('stop');
  });

  it('are told apart by their ids where all have the number 0, or none, and get ids where they have none', async () => {
    const { url } = await serve(
      raw([
        chunk(call(0, { id: 'a', function: { name: 'add', arguments: '{}' } })),
        chunk(call(0, { id: 'b', function: { name: 'mul', arguments: { y: 2 } } })),
        chunk(call(undefined, { id: 'c', function: { name: 'sub', arguments: '{"z"' } })),
        chunk(call(undefined, { function: { arguments: ': 3}' } })),
        chunk({}, 'stop'),
      ]),
    );
    const { engine } = engineAt(url);
    const { calls } = await answerOf(engine, question('?'));
    expect(calls.map(({ name, arguments: args }) => [name, args])).toEqual([
      ['add', '{}'],
      ['mul', '{"y":2}'],
      ['sub', '{"z": 3}'],
    ]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
  });
});

describe('what goes wrong', () => {
  it('a connection that breaks in the middle keeps what came, and says so', async () => {
    const { url } = await serve(raw([chunk({ content: 'Half of ' })], 'destroy'));
    const { engine } = engineAt(url);
    const { answer, error } = await answerOf(engine, question('?'));
    expect(answer).toBe('Half of ');
    expect(error).toMatchObject({ code: 'remote-failed', details: { kind: 'remote-broken' } });
  });

  it('a server that stops in the middle, without an end, is no finished answer', async () => {
    const { url } = await serve(raw([chunk({ content: 'Half of ' })], 'end'));
    const { engine } = engineAt(url);
    const { answer, error } = await answerOf(engine, question('?'));
    expect({ answer, kind: error?.details?.kind }).toEqual({ answer: 'Half of ', kind: 'remote-broken' });
  });

  it('an error in the middle of the stream is the server’s word', async () => {
    const { url } = await serve(
      raw([
        chunk({ content: 'A' }),
        'data: {"error":{"message":"CUDA error: out of memory","code":500}}\n\n',
      ]),
    );
    const { engine } = engineAt(url);
    const { answer, error } = await answerOf(engine, question('?'));
    expect(answer).toBe('A');
    expect(error).toMatchObject({ details: { kind: 'remote-said', reason: 'CUDA error: out of memory' } });
  });

  it('a server that says nothing any more is taken for gone', async () => {
    const { url } = await serve(raw([chunk({ content: 'A' })], 'wait'));
    const { engine } = engineAt(url, { idleMs: 60 });
    const { answer, error } = await answerOf(engine, question('?'));
    expect({ answer, kind: error?.details?.kind }).toEqual({ answer: 'A', kind: 'remote-timeout' });
  });

  it('a server that never begins to answer', async () => {
    const { url } = await serve(() => {});
    const { engine, reached } = engineAt(url, { firstWordMs: 60 });
    const { error } = await answerOf(engine, question('?'));
    expect(error?.details?.kind).toBe('remote-timeout');
    expect(reached).toEqual([error]);
  });

  it('an event without an end is cut off at a bound', async () => {
    const { url } = await serve(async (_asked, response, closed) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const garbage = 'x'.repeat(1 << 18);
      const drained = () => Promise.race([once(response, 'drain'), closed]);
      response.write('data: ');
      while (!response.destroyed) if (!response.write(garbage)) await drained();
    });
    const { engine } = engineAt(url);
    const { error } = await answerOf(engine, question('?'));
    expect(error?.details?.kind).toBe('remote-too-much');
  });

  it('what answers is a web page', async () => {
    const { url } = await serve((_asked, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><h1>Router</h1>');
    });
    const { error } = await answerOf(engineAt(url).engine, question('?'));
    expect(error?.details?.kind).toBe('remote-not-openai');
  });

  it('nobody listens there', async () => {
    const { error } = await answerOf(engineAt('http://127.0.0.1:9/v1').engine, question('?'));
    expect(error).toMatchObject({
      code: 'remote-failed',
      details: { kind: 'remote-unreachable', host: '127.0.0.1:9' },
    });
  });

  it.each([
    [401, { error: { message: 'Incorrect API key provided: sk-1***' } }, 'remote-key'],
    [402, { error: { message: 'Insufficient balance' } }, 'remote-quota'],
    [
      404,
      { error: { message: 'The model `m` does not exist.', code: 'model_not_found' } },
      'remote-model-gone',
    ],
    [404, 'Not Found', 'remote-not-openai'],
    [429, { error: { message: 'You exceeded your quota', code: 'insufficient_quota' } }, 'remote-quota'],
    [500, {}, 'remote-server'],
    [502, '<html>Bad Gateway</html>', 'remote-server'],
    [400, { detail: 'image input is not supported' }, 'remote-said'],
  ])('status %i is said as one sentence (%j)', async (status, body, kind) => {
    const { url } = await serve(json(body, status));
    const { error } = await answerOf(engineAt(url).engine, question('?'));
    expect(error?.details?.kind).toBe(kind);
    expect(error?.message).toMatch(/\.$|not supported$|^127/);
  });

  it.each([
    [
      "This model's maximum context length is 4096 tokens. However, your messages resulted in 5000 tokens.",
      { tokens: 5000, limit: 4096 },
    ],
    [
      "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4900 in the messages, 100 in the completion).",
      { tokens: 5000, limit: 4096 },
    ],
    [
      'The decoder prompt (length 5000) is longer than the maximum model length of 4096.',
      { tokens: 5000, limit: 4096 },
    ],
    [
      'The input (5000 tokens) is longer than the model\u2019s context length (4096 tokens).',
      { tokens: 5000, limit: 4096 },
    ],
  ])('too long, in the words of a server: %s', async (message, numbers) => {
    const { url } = await serve(json({ error: { message, code: 400 } }, 400));
    const { error } = await answerOf(engineAt(url).engine, question('?'));
    expect(error).toMatchObject({
      code: 'context-exceeded',
      details: { kind: 'conversation-too-long', ...numbers },
    });
  });

  it('a server that holds less than was thought is believed', async () => {
    const error = {
      code: 400,
      type: 'exceed_context_size_error',
      message: 'no',
      n_prompt_tokens: 900,
      n_ctx: 512,
    };
    const { url } = await serve(json({ error }, 400));
    const { engine, lessons, reached } = engineAt(url);
    const { error: shown } = await answerOf(engine, question('?'));
    expect(shown?.details).toMatchObject({ kind: 'conversation-too-long', tokens: 900, limit: 512 });
    expect(lessons).toEqual([{ contextLength: 512 }]);
    // The connection itself is fine.
    expect(reached).toEqual([]);
  });

  it('a busy server is asked again when it says', async () => {
    let asked = 0;
    const { url } = await serve((one, response, closed) => {
      asked++;
      if (asked < 3)
        return json({ error: { message: 'slow down' } }, 429, { 'retry-after': '0.02' })(
          one,
          response,
          closed,
        );
      return stream({ content: 'Now.' })(one, response, closed);
    });
    expect((await answerOf(engineAt(url).engine, question('?'))).answer).toBe('Now.');
    expect(asked).toBe(3);
  });

  it('and not where that is too long to wait: the sentence says how long', async () => {
    const { url, asked } = await serve(
      json({ error: { message: 'slow down' } }, 429, { 'retry-after': '90' }),
    );
    const { error } = await answerOf(engineAt(url).engine, question('?'));
    expect(error?.details).toMatchObject({ kind: 'remote-busy', seconds: 90 });
    expect(asked).toHaveLength(1);
  });

  it('a redirect gets neither key nor conversation', async () => {
    const elsewhere = await serve(stream({ content: 'thanks for the key' }));
    const { url } = await serve((_asked, response) => {
      response.writeHead(307, { location: `${elsewhere.url}/chat/completions` }).end();
    });
    const { engine } = engineAt(url, { headers: { authorization: 'Bearer secret' } });
    const { error } = await answerOf(engine, question('?'));
    expect(error?.details).toMatchObject({ kind: 'remote-redirect', target: elsewhere.origin });
    expect(elsewhere.asked).toEqual([]);
  });

  it('a content filter', async () => {
    const { url } = await serve(raw([chunk({ content: 'A' }), chunk({}, 'content_filter')]));
    expect((await answerOf(engineAt(url).engine, question('?'))).error?.details?.kind).toBe(
      'remote-filtered',
    );
  });
});

describe('stopping', () => {
  it('ends the request at the server', async () => {
    let closed: Promise<void> = Promise.resolve();
    const { url } = await serve(async (_asked, response, ends) => {
      closed = ends;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunk({ content: 'On ' }));
    });
    const { engine } = engineAt(url);
    const abort = new AbortController();
    const running = answerOf(engine, question('?'), abort.signal);
    await sleep(50);
    abort.abort();
    const { answer, finished } = await running;
    expect({ answer, reason: finished?.reason }).toEqual({ answer: 'On ', reason: 'aborted' });
    await closed;
  });

  it('before the first word, and while it waits to ask again', async () => {
    for (const route of [() => {}, json({}, 503, { 'retry-after': '15' })]) {
      const { url } = await serve(route);
      const abort = new AbortController();
      const running = answerOf(engineAt(url).engine, question('?'), abort.signal);
      await sleep(40);
      abort.abort();
      expect((await running).finished?.reason).toBe('aborted');
    }
  });
});

describe('what a server refuses', () => {
  const refusing = (field: string, body: object) =>
    serve((asked, response, closed) =>
      field in asked.body
        ? json(body, 400)(asked, response, closed)
        : stream({ content: 'Fine.' })(asked, response, closed),
    );

  it.each([
    ['top_k', { error: { message: 'Unrecognized request argument supplied: top_k' } }],
    ['top_k', { error: { message: 'bad', param: 'top_k' } }],
    ['top_k', { detail: [{ loc: ['body', 'top_k'], msg: 'Extra inputs are not permitted' }] }],
  ])('is left out, once and from then on (%s, %j)', async (field, body) => {
    const { url, asked } = await refusing(field, body);
    const { engine, lessons } = engineAt(url);
    const request = question('?', { sampling: { topK: 5, temperature: 0.5 } });
    expect((await answerOf(engine, request)).answer).toBe('Fine.');
    expect(lessons).toEqual([{ refuses: 'top_k' }]);
    await answerOf(engine, request);
    expect(asked.map((one) => ['top_k' in one.body, one.body.temperature])).toEqual([
      [true, 0.5],
      [false, 0.5],
      [false, 0.5],
    ]);
  });

  it('a length gets its newer name', async () => {
    const { url, asked } = await refusing('max_tokens', {
      error: { message: "Use 'max_completion_tokens' instead of 'max_tokens'.", param: 'max_tokens' },
    });
    const { engine } = engineAt(url, { connection: { server: 'other' } });
    expect((await answerOf(engine, question('?', { sampling: { maxTokens: 9 } }))).answer).toBe('Fine.');
    expect(asked[1]?.body).toMatchObject({ max_completion_tokens: 9 });
  });

  it('tools, where its parser is not switched on', async () => {
    const message = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set';
    const { url, asked } = await refusing('tools', { error: { message } });
    const { engine, lessons } = engineAt(url);
    const toolUse = { tools: [{ name: 'add' }], choice: 'auto', parallel: false } as const;
    expect((await answerOf(engine, question('?', { toolUse }))).answer).toBe('Fine.');
    expect(lessons).toEqual([{ refuses: 'tools' }]);
    expect(asked[1]?.body).not.toHaveProperty('parallel_tool_calls');
  });

  it('but not the form of the answer, which was asked for', async () => {
    const { url } = await refusing('response_format', {
      error: { message: "'response_format' is not supported" },
    });
    const { error } = await answerOf(
      engineAt(url).engine,
      question('?', { format: { type: 'json-object' } }),
    );
    expect(error?.details?.kind).toBe('remote-said');
  });
});
