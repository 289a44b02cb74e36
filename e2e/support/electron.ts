import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, _electron as electron, expect } from '@playwright/test';
import { AppProcess } from './app-process';
import { type AppFixtures, type AppWorkerFixtures, watch } from './fixtures';
import { appFolder, removeHome, temporaryHome } from './host';
import { AppPage } from './page';

/** Electron's executable where it has been fetched (build/scripts/start.mjs does that), or why it cannot be used here. */
export function electronBinary(): { readonly executable: string } | { readonly missing: string } {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return { missing: 'this machine has no display' };
  }
  const folder = join(appFolder, 'node_modules', 'electron');
  const named = join(folder, 'path.txt');
  if (!existsSync(named)) return { missing: 'its binary is not here' };
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist');
  const executable = join(dist, readFileSync(named, 'utf8').trim());
  return existsSync(executable) ? { executable } : { missing: 'its binary is not here' };
}

type ElectronApplication = Awaited<ReturnType<typeof electron.launch>>;

interface ElectronFixtures extends AppWorkerFixtures {
  readonly application: ElectronApplication;
}

/** The app in its own window; a browser's window is never opened. */
export const test = base.extend<AppFixtures, ElectronFixtures>({
  application: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names a fixture needs from this pattern.
    async ({}, use) => {
      const found = electronBinary();
      if ('missing' in found) throw new Error(found.missing);
      const home = temporaryHome();
      const env = Object.entries(process.env).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      );
      const application = await electron.launch({
        executablePath: found.executable,
        // As root in a container Chromium's sandbox cannot be set up.
        args: [appFolder, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
        env: { ...Object.fromEntries(env), AUTOGLM_HOME: home, LANG: 'en_US.UTF-8' },
      });
      await use(application);
      await application.close();
      removeHome(home);
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  running: [
    async ({ application }, use) => {
      const page = await application.firstWindow();
      const status = page.getByRole('complementary', { name: 'Conversations' });
      await expect(status.getByText(/^INT4 · /)).toBeVisible({ timeout: 45_000 });
      // The output's first lines may be gone before anybody listens.
      const engine = await application.evaluate(
        ({ app }) =>
          app.getAppMetrics().find(({ type, name }) => type === 'Utility' && /engine/i.test(name ?? ''))?.pid,
      );
      await use(new AppProcess(application.process(), engine));
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  app: async ({ application, running: _loaded }, use) => {
    const page = await application.firstWindow();
    const problems = watch(page);
    const app = new AppPage(page);
    await page.reload();
    await app.newConversation();
    await use(app);
    expect(problems, 'what the page complained of').toEqual([]);
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  anotherWindow: async ({}, use) => {
    await use(() => {
      throw new Error('The app in Electron has one window.');
    });
  },
});
