import { describe, expect, it } from 'vitest';
import { AppError } from '../contract/errors';
import type { RequestDraft } from '../contract/request-draft';
import { complete, ErrorSchema, fail, post, question, readChunks, readSse, setup } from './testing/client';
import { answer, delta, endless, events, manifest, stats } from './testing/scripted-engine';

describe('plain answers', () => {
  it('carry the answer, the reasoning beside it, and the usage of both', async () => {
    const { app } = setup();
    const completion = await complete(app, { model: 'autoglm-phone-nano', ...question });
    expect(completion.model).toBe('autoglm-phone-nano');
    expect(completion.system_fingerprint).toBe('fp_autoglm-phone-nano-int4-cpu');
    expect(completion.choices[0]).toMatchObject({
      message: { content: 'I am AutoGLM.', reasoning_content: 'Who am I?' },
      finish_reason: 'stop',
    });
    expect(completion.usage).toEqual({
      prompt_tokens: 7,
      completion_tokens: 22,
      total_tokens: 29,
      completion_tokens_details: { reasoning_tokens: 9 },
    });
  });

  it('leave the reasoning out on request, and still count it', async () => {
    const { app } = setup();
    const completion = await complete(app, {
      ...question,
      return_reasoning: false,
      reasoning_format: 'inline',
    });
    expect(completion.choices[0].message).not.toHaveProperty('reasoning_content');
    expect(completion.choices[0].message.content).toBe('I am AutoGLM.');
    expect(completion.usage.completion_tokens_details.reasoning_tokens).toBe(9);
  });

  it('put the reasoning inline on request', async () => {
    const { app, engine } = setup();
    const inline = { ...question, reasoning_format: 'inline' };
    expect((await complete(app, inline)).choices[0].message.content).toBe(
      '<think>Who am I?</think>I am AutoGLM.',
    );
    engine.script = events(delta('reasoning', 'cut'), {
      type: 'finished',
      reason: 'length',
      stats: stats({}),
    });
    expect((await complete(app, inline)).choices[0]).toMatchObject({
      message: { content: '<think>cut</think>' },
      finish_reason: 'length',
    });
  });

  it.each([
    [{ enable_thinking: false }, false],
    [{ enable_thinking: true }, true],
    [{}, true],
    [{ enable_thinking: null }, true],
    [{ chat_template_kwargs: { enable_thinking: false } }, false],
    [{ enable_thinking: true, chat_template_kwargs: { enable_thinking: false } }, true],
  ])('think as %j asks', async (fields, expected) => {
    const { app, engine } = setup();
    await complete(app, { ...question, ...fields });
    expect(engine.requests[0]?.enableThinking).toBe(expected);
  });
});

describe('requests', () => {
  it('reach the engine with every parameter', async () => {
    const { app, engine } = setup();
    await complete(app, {
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hello' },
            { type: 'text', text: '!' },
          ],
          name: 'ann',
        },
        { role: 'assistant', content: '<think>secret</think>\n\nHi', reasoning_content: 'secret' },
        { role: 'user', content: 'half \ud800 and \u0000 \u001b and 😀' },
      ],
      temperature: 0.5,
      top_p: 0.9,
      top_k: -1,
      min_p: 0.1,
      frequency_penalty: -1,
      presence_penalty: 1,
      repetition_penalty: 1.1,
      seed: -1,
      stop: 'END',
      max_tokens: 5,
      max_completion_tokens: 9,
      logit_bias: { '12': -100 },
      n: 1,
      user: 'somebody',
      tools: [],
      unknown: { deeply: ['nested'] },
    });
    expect(engine.requests).toEqual([
      {
        messages: [
          { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Hello' },
              { type: 'text', text: '!' },
            ],
          },
          { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] },
          { role: 'user', content: [{ type: 'text', text: 'half \ufffd and \u0000 \u001b and 😀' }] },
        ],
        sampling: {
          temperature: 0.5,
          topP: 0.9,
          topK: 0,
          minP: 0.1,
          frequencyPenalty: -1,
          presencePenalty: 1,
          repetitionPenalty: 1.1,
          seed: 4_294_967_295,
          stop: ['END'],
          maxTokens: 9,
          logitBias: { 12: -100 },
        },
        enableThinking: true,
      },
    ]);
  });

  it('leave what they do not name to the model', async () => {
    const { app, engine } = setup();
    await complete(app, { ...question, temperature: null, stop: null, max_tokens: null, logit_bias: null });
    expect(engine.requests[0]?.sampling).toEqual({});
  });

  it('hand images to the host where the model takes them', async () => {
    const { app, engine } = setup({
      storeMedia: async () => ({ type: 'image', path: 'stored.png', sha256: 'ab' }),
    });
    const withImages = manifest({ modalities: ['text', 'image'] });
    if (engine.current.state === 'ready') {
      engine.current = { state: 'ready', model: { ...engine.current.model, manifest: withImages } };
    }
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } };
    await complete(app, { messages: [{ role: 'user', content: [image] }] });
    expect(engine.requests[0]?.messages[0]?.content).toEqual([
      { type: 'image', path: 'stored.png', sha256: 'ab' },
    ]);
    const sound = { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } };
    const error = await fail(post(app, { messages: [{ role: 'user', content: [sound] }] }));
    expect(error).toMatchObject({
      status: 400,
      param: 'messages[0].content[0]',
      code: 'unsupported_modality',
    });
  });
});

describe('documents', () => {
  const document = {
    sha256: 'd',
    kind: 'document',
    mediaType: 'text/plain',
    name: 'a.txt',
    bytes: 1,
  } as const;
  const file = (content: object) => ({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'file', file: content },
          { type: 'text', text: 'What does it say?' },
        ],
      },
    ],
  });
  const data = 'data:text/plain;base64,aGk=';
  const stores = {
    storeDocument: async () => document,
    completeRequest: async (draft: RequestDraft) => ({
      request: { ...draft, messages: [] },
      documents: [{ sha256: 'd', name: 'a.txt', passages: 9, used: [[0, 5]] as const }],
    }),
  };

  it('are kept, put in, and told of where they were too long', async () => {
    const given: unknown[] = [];
    const { app, engine } = setup({
      storeDocument: async (input) => {
        given.push(input);
        return document;
      },
      completeRequest: async (draft) => {
        given.push(draft.messages);
        return stores.completeRequest(draft);
      },
    });
    const answer = await post(app, file({ filename: 'a.txt', file_data: data }));
    expect(given).toEqual([
      { name: 'a.txt', data },
      [
        {
          role: 'user',
          content: [
            { type: 'document', document },
            { type: 'text', text: 'What does it say?' },
          ],
        },
      ],
    ]);
    expect(engine.requests[0]?.messages).toEqual([]);
    expect(await answer.json()).toMatchObject({
      x_autoglm: { documents: [{ filename: 'a.txt', passages_used: 1, passages: 9 }] },
    });
    const streamed = await (await post(app, { ...file({ file_data: data }), stream: true })).text();
    expect(streamed).toContain('"documents":[{"filename":"a.txt","passages_used":1,"passages":9}]');
  });

  it.each<[object, string, number]>([
    [{ filename: 'a.txt' }, 'messages[0].content[0].file.file_data', 400],
    [{ file_id: 'file-1' }, 'messages[0].content[0].file.file_id', 400],
    [{ file_data: 5 }, 'messages[0].content[0].file.file_data', 400],
  ])('are refused as %j', async (content, param, status) => {
    expect(await fail(post(setup(stores).app, file(content)))).toMatchObject({ status, param });
  });

  it('say what is wrong with them: 413 for too large, 400 else', async () => {
    const refusing = (reason: string) =>
      setup({
        ...stores,
        storeDocument: async () => {
          throw new AppError('invalid-request', `The file is ${reason}.`, {
            kind: 'attachment-refused',
            name: 'a.pdf',
            reason,
          });
        },
      });
    const body = file({ file_data: data });
    expect(await fail(post(refusing('encrypted').app, body))).toMatchObject({ status: 400 });
    expect(await fail(post(refusing('too-large').app, body))).toMatchObject({
      status: 413,
      code: 'request_too_large',
    });
    expect(await fail(post(setup().app, body))).toMatchObject({ status: 400, code: 'unsupported_modality' });
  });
});

describe('streamed answers', () => {
  it('send a chunk a delta, then the finish reason and [DONE]', async () => {
    const { app } = setup();
    const response = await post(app, { ...question, stream: true });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const chunks = await readChunks(response);
    const deltas = chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.delta));
    expect(deltas[0]).toEqual({ role: 'assistant', content: '' });
    expect(deltas.map((part) => part.reasoning_content ?? '').join('')).toBe('Who am I?');
    expect(deltas.map((part) => part.content ?? '').join('')).toBe('I am AutoGLM.');
    expect(chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter(Boolean)).toEqual(['stop']);
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
    expect(chunks.every((chunk) => chunk.usage === undefined)).toBe(true);
  });

  it('end with the usage on request', async () => {
    const { app } = setup();
    const body = { ...question, stream: true, stream_options: { include_usage: true } };
    const chunks = await readChunks(await post(app, body));
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null && chunk.choices.length === 1)).toBe(
      true,
    );
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 29 } });
  });

  it('send each tag of inline reasoning as a delta of its own', async () => {
    const { app, engine } = setup();
    engine.script = answer('B', 'A');
    const chunks = await readChunks(
      await post(app, { ...question, stream: true, reasoning_format: 'inline' }),
    );
    const contents = chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.delta.content));
    expect(contents).toEqual(['', '<think>', 'A', '</think>', 'B', undefined]);
  });

  it('keep the connection alive while nothing is sent', async () => {
    const { app, engine } = setup({ timing: { firstEventMs: 10, keepAliveMs: 10 } });
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    engine.script = async function* (body, signal) {
      await begun;
      yield* answer('late')(body, signal);
    };
    const response = await post(app, { ...question, stream: true });
    const whole = readSse(response.clone());
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (let seen = ''; !/^:.*^:/ms.test(seen); ) seen += (await reader.read()).value ?? '';
    begin();
    void reader.cancel();
    const { comments, data } = await whole;
    expect(comments.length).toBeGreaterThan(1);
    expect(data.at(-1)).toBe('[DONE]');
  });

  it('report a failure before the first event with its own status, a later one in the stream', async () => {
    const { app, engine } = setup({ timing: { firstEventMs: 200, keepAliveMs: 1_000 } });
    const crash = {
      type: 'failed',
      error: { code: 'engine-crashed', message: 'The engine has died.' },
    } as const;
    engine.script = events(crash);
    expect(await fail(post(app, { ...question, stream: true }))).toMatchObject({
      status: 502,
      code: 'engine_crashed',
    });
    engine.script = events({ type: 'started', promptTokens: 1 }, delta('answer', 'I'), crash);
    const { data } = await readSse(await post(app, { ...question, stream: true }));
    expect(data.at(-1)).toBe('[DONE]');
    expect(ErrorSchema.parse(JSON.parse(data.at(-2)!)).error.message).toBe('The engine has died.');
  });

  it('stop the engine when the client goes away', async () => {
    const { app, engine } = setup();
    engine.script = endless();
    const response = await post(app, { ...question, stream: true });
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    await expect.poll(() => engine.ends).toEqual(['aborted']);
  });
});
