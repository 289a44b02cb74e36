import { test as plain } from '@playwright/test';
import { expect, open, watch } from './fixtures';
import { Host, hostProgram, removeHome, temporaryHome } from './host';
import type { AppPage } from './page';

/** The app over an engine that follows a script, on a home that `prepare` has written something into: one for all the tests of a file. */
export function scriptedTest(prepare: (home: string) => void) {
  return plain.extend<{ readonly app: AppPage }, { readonly host: Host }>({
    host: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures a fixture needs from here.
      async ({}, use) => {
        const home = temporaryHome();
        prepare(home);
        const host = await Host.start({ home, program: hostProgram('scripted-host') });
        await host.modelReady();
        await use(host);
        await host.stop();
        removeHome(home);
      },
      { scope: 'worker', timeout: 60_000 },
    ],
    app: async ({ page, host }, use) => {
      const problems = watch(page);
      await use(await open(page, host.url));
      expect(problems, 'what the page complained of').toEqual([]);
    },
  });
}
