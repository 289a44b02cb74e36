// @vitest-environment happy-dom
import '../../i18n';
import { expect, it } from 'vitest';
import { en } from '../../i18n/en';
import { zhCN } from '../../i18n/zh-CN';
import { clipName } from './clip-name';

it('tells files from recordings, whatever language they were made in', () => {
  for (const { voice } of [en, zhCN]) expect(clipName({ name: `${voice.recording}.wav` })).toBeNull();
  expect(clipName({ name: 'talk.mp3' })).toBe('talk.mp3');
});
