import { describe, expect, it } from 'vitest';
import { loaded } from '../../bridge/mock-data';
import { initialSettings } from '../../stores/initial-settings';
import { diagnostics } from './diagnostics';

const info = {
  version: '1.2.3',
  host: 'browser',
  platform: 'linux',
  versions: { node: '20.1.0' },
  dataFolder: '/home/some body/.local/share/autoglm-desktop',
  notices: [],
} as const;
const base = { info, settings: { ...initialSettings, systemPrompt: 'A secret.' }, userAgent: 'Chromium 1' };

describe('diagnostics', () => {
  it('say what runs, where and how', () => {
    const text = diagnostics({ ...base, engine: { state: 'ready', model: loaded } });
    expect(text).toContain('AutoGLM Desktop 1.2.3 (browser, linux)');
    expect(text).toContain('node: 20.1.0');
    expect(text).toContain(loaded.manifest.id);
    expect(text).toContain('unloadAfterMinutes: null');
  });

  it('say nothing of the person: no folder, no prompt', () => {
    const error = {
      code: 'model-damaged',
      message: '/home/some body/My models/nano/weights.data and D:\\private\\nano\\a.onnx are damaged.',
    } as const;
    const text = diagnostics({ ...base, engine: { state: 'failed', modelId: 'nano', error } });
    expect(text).toContain('weights.data');
    expect(text).toContain('a.onnx');
    expect(text).not.toMatch(/some body|private|secret/);
  });
});
