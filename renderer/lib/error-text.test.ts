import { createInstance, type i18n } from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { ERROR_KINDS, type ErrorKind } from '../../electron/contract/error-kinds';
import type { ErrorCode, ErrorInfo } from '../../electron/contract/errors';
import { en } from '../i18n/en';
import { zhCN } from '../i18n/zh-CN';
import { errorText } from './error-text';

const kinds = Object.keys(ERROR_KINDS) as ErrorKind[];
const languages = [
  ['en', en],
  ['zh-CN', zhCN],
] as const;

const SAMPLES: Readonly<Record<string, number>> = {
  needed: 6 * 2 ** 30,
  free: 3 * 2 ** 29,
  expectedBytes: 2048,
  actualBytes: 1024,
  seconds: 95,
  limitSeconds: 30,
  tokens: 12_345,
  limit: 2048,
  context: 4096,
  status: 503,
};

const sample = (kind: ErrorKind): ErrorInfo => ({
  code: 'internal',
  message: 'An English sentence.',
  details: {
    kind,
    ...Object.fromEntries(ERROR_KINDS[kind].map((name) => [name, SAMPLES[name] ?? `<${name}>`])),
  },
});

const say = (error: ErrorInfo, language: string) => errorText(error, page.getFixedT(language), language);

let page: i18n;

beforeAll(async () => {
  page = createInstance();
  await page.init({
    resources: { en: { translation: en }, 'zh-CN': { translation: zhCN } },
    interpolation: { escapeValue: false },
  });
});

describe.each(languages)('in %s', (language, strings) => {
  it('every kind has a sentence with exactly its parameters', () => {
    expect(Object.keys(strings.errors.kind).sort()).toEqual([...kinds].sort());
    for (const kind of kinds) {
      const used = [...strings.errors.kind[kind].matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name);
      expect(used.sort(), kind).toEqual([...ERROR_KINDS[kind]].sort());
    }
  });

  it('every code has a title and a sentence', () => {
    const codes = Object.keys(en.errors.title) as ErrorCode[];
    for (const code of codes) {
      expect(strings.errors.title[code], code).toBeTruthy();
      expect(strings.errors.text[code], code).toBeTruthy();
    }
  });

  it.each(kinds)('%s is said with its parameters', (kind) => {
    const { title, text, technical } = say(sample(kind), language);
    expect(text).not.toContain('{{');
    expect(text).not.toBe('An English sentence.');
    expect(technical).toBe('An English sentence.');
    expect(title).toBe(strings.errors.title.internal);
    if (language === 'zh-CN') expect(text).toMatch(/\p{Script=Han}/u);
    for (const name of ERROR_KINDS[kind]) if (!SAMPLES[name]) expect(text).toContain(`<${name}>`);
  });
});

describe('parameters', () => {
  it('are written as people read them', () => {
    const { details: needed } = sample('model-too-large');
    const error: ErrorInfo = {
      code: 'out-of-memory',
      message: 'No.',
      details: { ...needed, model: 'Nano' },
    };
    const { title, text } = say(error, 'en');
    expect(title).toBe('Not enough memory');
    expect(text).toContain('about 6 GB with a context of 4,096 tokens, and 1.5 GB are free');
    expect(say(sample('recording-too-long'), 'zh-CN').text).toMatch(/录音长 1 分.*35 秒.*\b30 秒/);
    const longer = { ...sample('recording-too-long'), message: '' };
    const details = { ...longer.details, seconds: 30.4, limitSeconds: 30 };
    expect(say({ ...longer, details }, 'en').text).toMatch(/30\.4 s.*\b30 s/);
    expect(say(sample('host-error'), 'en').text).toContain('503');
  });

  it('that are names stand apart from the text around them, files by their last part', () => {
    const file = 'C:\\models\\ملف.data';
    const { text } = say(
      { code: 'model-damaged', message: '', details: { kind: 'model-file-missing', file } },
      'en',
    );
    expect(text).toContain('\u2068ملف.data\u2069');
    expect(text).not.toContain('models');
  });
});

describe('without a kind that this page knows', () => {
  it('the code says it, and the English words are kept', () => {
    const error: ErrorInfo = { code: 'disk-full', message: 'No room.', details: { kind: 'from-the-future' } };
    expect(say(error, 'zh-CN')).toEqual({
      title: zhCN.errors.title['disk-full'],
      text: zhCN.errors.text['disk-full'],
      technical: 'No room.',
    });
  });

  it('a code from the future shows its own words', () => {
    const error = { code: 'flooded', message: 'Water.' } as unknown as ErrorInfo;
    expect(say(error, 'zh-CN')).toEqual({
      title: zhCN.errors.title.internal,
      text: 'Water.',
      technical: null,
    });
  });
});
