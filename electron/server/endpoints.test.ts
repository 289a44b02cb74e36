import { describe, expect, it } from 'vitest';
import { fail, request, setup } from './testing/client';
import { manifest } from './testing/scripted-engine';

describe('endpoints beside chat', () => {
  it('list and describe models', async () => {
    const other = manifest({ id: 'other-model', family: 'other' });
    const { app } = setup({ models: () => [other, manifest()] });
    const list = await (await request(app, '/v1/models')).json();
    expect(list).toMatchObject({
      object: 'list',
      data: [
        {
          id: 'autoglm-phone-nano',
          object: 'model',
          owned_by: 'autoglm-desktop',
          state: 'loaded',
          context_length: 2048,
        },
        { id: 'other-model', state: 'not-loaded' },
      ],
    });
    expect(await (await request(app, '/v1/models/other-model')).json()).toMatchObject({ id: 'other-model' });
    expect(await (await request(app, '/v1/models/autoglm-phone-9b')).json()).toMatchObject({
      id: 'autoglm-phone-nano',
    });
    expect(await fail(request(app, '/v1/models/gpt-5'))).toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
  });

  it('tell how the engine is', async () => {
    const { app, engine } = setup();
    const health = async () => (await request(app, '/health')).json();
    expect(await health()).toMatchObject({
      status: 'ok',
      model: { id: 'autoglm-phone-nano', provider: 'cpu' },
    });
    engine.current = { state: 'loading', modelId: 'autoglm-phone-nano', phase: 'read', fraction: 0.5 };
    expect(await health()).toMatchObject({ status: 'loading', model: { phase: 'read', progress: 0.5 } });
    engine.current = {
      state: 'failed',
      modelId: null,
      error: { code: 'model-damaged', message: 'sha256 differs' },
    };
    expect(await health()).toMatchObject({
      status: 'unavailable',
      model: { error: { code: 'model_damaged' } },
    });
    engine.current = { state: 'stopped' };
    expect(await health()).toMatchObject({ status: 'unavailable' });
  });

  it('answer OPTIONS and HEAD, refuse other methods, and know no other address', async () => {
    const { app } = setup();
    const options = await request(app, '/v1/chat/completions', { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST, OPTIONS']);
    expect([...options.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect((await request(app, '/health', { method: 'HEAD' })).status).toBe(200);
    expect(await fail(request(app, '/v1/chat/completions'))).toMatchObject({ status: 405 });
    expect(await fail(request(app, '/v1/models', { method: 'DELETE' }))).toMatchObject({ status: 405 });
    expect(await fail(request(app, '/v1/embeddings', { method: 'POST' }))).toMatchObject({
      status: 404,
      code: 'unknown_url',
    });
    expect(await fail(request(app, '/other'))).toMatchObject({ status: 404 });
  });
});
