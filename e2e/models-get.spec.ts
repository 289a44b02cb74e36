import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { FakeHub, type FileRequest } from '../models/builder/hub/testing/fake-hub';
import { folderFiles } from '../models/builder/hub/testing/folder-files';
import { open, watch } from './support/fixtures';
import { Host, removeHome, temporaryHome } from './support/host';

/** A small checkpoint of random weights, from a hub of our own to an answer: what a person does on the models page. */

const REPOSITORY = 'someone/small-phone';
const checkpoint = folderFiles(join(import.meta.dirname, '..', 'models', 'builder', 'fixtures', 'glm4v'));

test('a model is found, fetched, paused, gone on with after a restart, converted, chosen, and answers', async ({
  page,
}) => {
  test.setTimeout(180_000);
  const hub = await FakeHub.start();
  hub.add(REPOSITORY, checkpoint, {
    tags: ['glm4v', 'safetensors', 'license:mit'],
    modelType: 'glm4v',
    downloads: 1234,
  });
  const home = temporaryHome();
  let host = await Host.start({ home, settings: { hubEndpoint: hub.url } });
  await host.modelReady();
  const problems = watch(page);
  let app = await open(page, host.url);

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('get a model');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Get a model' });
  await expect(dialog.getByRole('button', { name: /AutoGLM-Phone-9B/ })).toBeVisible();
  expect(hub.paths, 'nothing is asked before something is pressed').toEqual([]);

  const field = dialog.getByRole('textbox', { name: 'Name, address or words to search for' });
  await field.fill('someone/nothing');
  await field.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('has no someone/nothing');
  await field.fill('small');
  await field.press('Enter');
  await expect(dialog.getByRole('heading', { name: '1 model that can be run or converted' })).toBeVisible();
  await dialog.getByRole('button', { name: /small-phone/ }).click();
  await expect(dialog).toContainText('Checkpoint, converted here · glm4v');
  await expect(dialog).toContainText('Licence mit');
  await dialog.getByRole('button', { name: 'Show the files' }).click();
  await expect(dialog.getByText('model.safetensors')).toBeVisible();
  expect(
    hub.ranges.filter((line) => line.includes('safetensors')),
    'not a byte of it',
  ).toEqual([]);

  // Half of it comes, and then nothing more.
  let held = true;
  hub.onFile = ({ path, data, range, response }: FileRequest) => {
    if (!held || path !== 'model.safetensors') return false;
    const [from, to] = range ?? [0, data.length - 1];
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${data.length}` });
    response.write(data.subarray(from, from + 600_000));
    return true;
  };
  await dialog.getByRole('button', { name: 'Get and convert it' }).click();
  const models = page.getByRole('dialog', { name: 'Models' });
  const task = models.getByRole('listitem', { name: 'Getting small-phone' });
  await expect(task).toContainText(/Downloading · \d+ KB of 1 MB|Downloading · \d+ KB of 1\.\d MB/);
  await expect
    .poll(async () => Number(await task.getByRole('progressbar').getAttribute('aria-valuenow')))
    .toBeGreaterThan(10);
  await expect
    .poll(() => {
      const notes = join(home, 'downloads', 'small-phone', '.download.json');
      return existsSync(notes) && readFileSync(notes, 'utf8');
    })
    .toContain('[[0,600000]]');
  await task.getByRole('button', { name: 'Pause' }).click();
  await expect(task).toContainText(/Paused at \d+%/);
  host.child.kill('SIGTERM');
  await host.exit();

  held = false;
  hub.ranges.length = 0;
  host = await Host.start({ home });
  await host.modelReady();
  app = await open(page, host.url);
  await page.getByRole('button', { name: /^Model: / }).click();
  await page.getByRole('menuitem', { name: 'Manage models…' }).click();
  await expect(task).toContainText(/Paused at [1-9]\d*%/);
  expect(hub.ranges, 'nothing goes on by itself').toEqual([]);
  await task.getByRole('button', { name: 'Continue' }).click();
  await expect(task).toContainText('Done', { timeout: 60_000 });
  expect(hub.ranges).toEqual([`model.safetensors 600000-${checkpoint['model.safetensors']!.length - 1}`]);
  expect(readdirSync(join(home, 'models'))).toEqual(['small-phone']);
  expect(readdirSync(join(home, 'downloads'))).toEqual([]);

  const row = models.getByRole('listitem', { name: 'small-phone', exact: true });
  await row.getByRole('button', { name: 'Use' }).click();
  await expect(row).toContainText('In use', { timeout: 60_000 });
  await page.keyboard.press('Escape');
  await app.composer.fill('Hello');
  await app.send.click();
  await expect(app.answers).toHaveCount(1);
  await expect(app.answers.first()).toContainText(/\S/, { timeout: 60_000 });
  expect(problems).toEqual([]);
  host.child.kill('SIGTERM');
  await host.exit();
  await hub.close();
  removeHome(home);
});
