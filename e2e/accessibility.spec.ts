import { expectAccessible } from './support/axe';
import { expect, test } from './support/fixtures';
import type { AppPage } from './support/page';

/** axe on every screen of the first conversation, in both themes: nothing serious or worse. */

const screens: readonly (readonly [name: string, show: (app: AppPage) => Promise<void>])[] = [
  ['the empty state', async () => {}],
  [
    'a conversation, its reasoning open',
    async (app) => {
      await app.ask('What is 384 + 729?');
      await app.answered();
      await app.reasoning().getByRole('button').click();
      await expect(app.statistics()).toBeVisible();
    },
  ],
  [
    'an answer being written',
    async (app) => {
      await app.ask('What is 4821 * 397?');
      await app.reasons();
    },
  ],
  [
    'the settings',
    async (app) => {
      await app.page.keyboard.press('Control+Comma');
      await expect(app.page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
    },
  ],
  [
    'the palette',
    async (app) => {
      await app.page.keyboard.press('Control+k');
      await expect(app.palette.getByRole('option').first()).toBeVisible();
    },
  ],
  [
    'the details',
    async (app) => {
      await app.page.keyboard.press('Control+Shift+B');
      await expect(app.page.getByRole('complementary', { name: 'Details' })).toBeVisible();
    },
  ],
];

test.use({ contextOptions: { reducedMotion: 'reduce' } });

for (const [name, show] of screens) {
  test(`axe finds nothing serious on ${name}, in either theme`, async ({ app, running }) => {
    const live = name === 'an answer being written';
    if (live) running.slowEngine();
    await show(app);
    if (live) running.pauseEngine();
    try {
      await expectAccessible(app.page);
    } finally {
      if (live) running.resumeEngine();
    }
  });
}
