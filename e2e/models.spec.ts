import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { test as base, expect, open, watch } from './support/fixtures';
import { appFolder, Host, removeHome, temporaryHome } from './support/host';

/** The models page over the real engine: Nano's own files under other names, and small checkpoints of random weights. */

const nano = join(appFolder, 'models', 'nano');

const test = base.extend<{ readonly models: Locator; readonly folder: string }>({
  folder: async ({ host }, use) => {
    const folder = join(host.home, 'to import');
    mkdirSync(folder, { recursive: true });
    await use(folder);
  },
  models: async ({ app }, use) => {
    await openModels(app.page);
    await use(app.page.getByRole('dialog'));
  },
});

async function openModels(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Model: / }).click();
  await page.getByRole('menuitem', { name: 'Manage models…' }).click();
  await expect(page.getByRole('dialog', { name: 'Models' })).toBeVisible();
}

function packageIn(folder: string, id: string, name: string): string {
  const at = join(folder, id);
  cpSync(nano, at, { recursive: true });
  const file = join(at, 'autoglm.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...manifest, id, name }));
  return at;
}

/** A float32 checkpoint of the family autoglm-phone, `layers` of 50 million weights in each part. */
function checkpointIn(folder: string, name: string, layers: number): string {
  const at = join(folder, name);
  mkdirSync(at, { recursive: true });
  const hidden = 2048;
  const config = {
    model_type: 'autoglm-phone',
    vocab_size: 12_288,
    hidden_size: hidden,
    intermediate_size: 4 * hidden,
    num_attention_heads: 16,
    encoder_layers: layers,
    decoder_layers: layers,
    rope_theta: 10_000,
    rms_norm_eps: 1e-5,
    max_position_embeddings: 256,
    pad_token_id: 0,
    eos_token_id: 1,
    decoder_start_token_id: 4,
  };
  writeFileSync(join(at, 'config.json'), JSON.stringify(config));
  cpSync(join(nano, 'tokenizer.json'), join(at, 'tokenizer.json'));
  const header: Record<string, unknown> = {};
  let offset = 0;
  const add = (tensor: string, ...shape: number[]) => {
    const bytes = 2 * shape.reduce((a, b) => a * b, 1);
    header[tensor] = { dtype: 'BF16', shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  };
  add('embed_tokens.weight', 12_288, hidden);
  for (const part of ['encoder', 'decoder']) {
    for (let i = 0; i < layers; i++) {
      const layer = `${part}.layers.${i}`;
      add(`${layer}.input_layernorm.weight`, hidden);
      for (const matrix of ['q', 'k', 'v', 'o'])
        add(`${layer}.self_attn.${matrix}_proj.weight`, hidden, hidden);
      add(`${layer}.post_attention_layernorm.weight`, hidden);
      add(`${layer}.mlp.fc1.weight`, 4 * hidden, hidden);
      add(`${layer}.mlp.fc2.weight`, hidden, 4 * hidden);
    }
    add(`${part}.norm.weight`, hidden);
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = join(at, 'model.safetensors');
  writeFileSync(file, Buffer.concat([length, text]));
  // Zeros, without taking room: what they are does not matter to the page.
  truncateSync(file, 8 + text.length + offset);
  return at;
}

async function look(models: Locator, path: string): Promise<void> {
  await models.getByRole('button', { name: 'Add from a folder…' }).click();
  // Who has none is told where to get one.
  await expect(models.getByRole('button', { name: 'Get a model…' })).toBeVisible();
  await models.getByRole('textbox', { name: 'Folder' }).fill(path);
  await models.getByRole('button', { name: 'Look inside' }).click();
}

const row = (models: Locator, name: string) => models.getByRole('listitem', { name, exact: true });

async function choose(models: Locator, name: string, item: string): Promise<void> {
  await row(models, name)
    .getByRole('button', { name: `More about ${name}` })
    .click();
  await models.page().getByRole('menuitem', { name: item }).click();
}

test('the machine and the built-in model are described; what came with the app stays', async ({ models }) => {
  await expect(models.getByText(/of .* free/).first()).toBeVisible();
  const own = row(models, 'AutoGLM-Phone Nano');
  await expect(own).toContainText('In use');
  await expect(own).toContainText('Comes with the app');
  await own.getByRole('button', { name: /^More about/ }).click();
  await expect(models.page().getByRole('menuitem', { name: 'Remove' })).toHaveCount(0);
});

test('its speed is that of its answers on this machine', async ({ app }) => {
  await app.composer.fill('What is 384 + 729?');
  await app.send.click();
  await expect(app.send).toBeVisible();
  await expect(app.answers).toHaveCount(1);
  await openModels(app.page);
  await expect(row(app.page.getByRole('dialog'), 'AutoGLM-Phone Nano')).toContainText(
    /\d+ tokens\/s, first token after [\d.]+ m?s.*on CPU/,
  );
});

test('a package is imported, checked, used, made the default, removed and brought back', async ({
  models,
  folder,
  host,
}) => {
  await look(models, packageIn(folder, 'second', 'Second Nano'));
  await expect(models).toContainText('A finished package');
  await models.getByRole('button', { name: 'Import a copy' }).click();
  const second = row(models, 'Second Nano');
  await expect(second).toBeVisible();
  await expect(second).toContainText('Has not answered on this machine yet');
  expect(readdirSync(join(host.home, 'models'))).toContain('second');

  await choose(models, 'Second Nano', 'Check its files');
  await expect(row(models, 'Checking Second Nano')).toContainText('All files are as they should be');
  await expect(second).toContainText('Files checked on');

  await second.getByRole('button', { name: 'Use' }).click();
  await expect(second).toContainText('In use');
  await expect(row(models, 'AutoGLM-Phone Nano')).not.toContainText('In use');

  await choose(models, 'AutoGLM-Phone Nano', 'Make it the default');
  await expect(row(models, 'AutoGLM-Phone Nano')).toContainText('Default');

  await choose(models, 'Second Nano', 'Remove');
  await expect(second).toHaveCount(0);
  await expect(row(models, 'AutoGLM-Phone Nano')).toContainText('In use');
  await models.getByRole('button', { name: 'Undo' }).click();
  await expect(second).toBeVisible();
});

test('the same package again gets a name of its own', async ({ models, folder }) => {
  await look(models, packageIn(folder, 'autoglm-phone-nano', 'AutoGLM-Phone Nano'));
  await models.getByRole('button', { name: 'Import a copy' }).click();
  await expect(row(models, 'AutoGLM-Phone Nano (2)')).toBeVisible();
});

test('context length and provider of one model', async ({ models }) => {
  const own = row(models, 'AutoGLM-Phone Nano');
  await choose(models, 'AutoGLM-Phone Nano', 'Provider and context…');
  const context = own.getByRole('spinbutton', { name: 'Context length' });
  await context.fill('256');
  await context.press('Enter');
  await expect(own).toContainText('In use');
  await expect(context).toHaveValue('256');
  const guesses = own.getByRole('switch', { name: 'Guess repeated text' });
  await expect(guesses).toBeChecked();
  // By a key: the row changes its height while the model is loaded again, and a pointer may miss what moves.
  await guesses.press('Space');
  await expect(guesses).not.toBeChecked();
  await expect(own).toContainText('In use');
  await expect(context).toHaveValue('256');
  await models.page().keyboard.press('Escape');
  await models
    .page()
    .getByRole('button', { name: /of memory$/ })
    .click();
  await expect(models.page().getByRole('dialog', { name: 'About the model' })).toContainText('256 tokens');
});

test('a provider that is not there says so in one sentence, and another is loaded at once', async ({
  models,
}) => {
  const own = row(models, 'AutoGLM-Phone Nano');
  await choose(models, 'AutoGLM-Phone Nano', 'Provider and context…');
  await own.getByRole('combobox', { name: 'Runs on' }).click();
  await models.page().getByRole('option', { name: 'CUDA' }).click();
  await expect(own.getByRole('alert')).toContainText('There is no NVIDIA driver on this machine');
  await own.getByRole('combobox', { name: 'Runs on' }).click();
  await models.page().getByRole('option', { name: 'CPU' }).click();
  await expect(own).toContainText('In use');
});

test('damage is named, in a copy that is imported and in one that is installed', async ({
  models,
  folder,
  host,
}) => {
  const spoiled = packageIn(folder, 'spoiled', 'Spoiled Nano');
  spoil(join(spoiled, 'weights.data'));
  await look(models, spoiled);
  await models.getByRole('button', { name: 'Import a copy' }).click();
  const importing = row(models, 'Importing Spoiled Nano');
  await expect(importing.getByRole('alert')).toContainText('weights.data is damaged: its sha256 is');
  await importing.getByRole('button', { name: 'Dismiss' }).click();
  expect(existsSync(join(host.home, 'models', 'spoiled'))).toBe(false);

  await look(models, packageIn(folder, 'whole', 'Whole Nano'));
  await models.getByRole('button', { name: 'Import a copy' }).click();
  await expect(row(models, 'Whole Nano')).toBeVisible();
  spoil(join(host.home, 'models', 'whole', 'weights.data'));
  await choose(models, 'Whole Nano', 'Check its files');
  await expect(row(models, 'Checking Whole Nano').getByRole('alert')).toContainText('weights.data');
  await row(models, 'Whole Nano').getByRole('button', { name: 'Use' }).click();
  await expect(
    models
      .page()
      .getByText(/The model’s files are damaged/)
      .first(),
  ).toBeVisible();
  // Another can be loaded at once.
  await row(models, 'AutoGLM-Phone Nano').getByRole('button', { name: 'Use' }).click();
  await expect(row(models, 'AutoGLM-Phone Nano')).toContainText('In use');
});

test('a folder without a model and one with a broken checkpoint are refused by name', async ({
  models,
  folder,
}) => {
  const empty = join(folder, 'empty');
  mkdirSync(empty, { recursive: true });
  await look(models, empty);
  await expect(models.getByRole('alert')).toContainText('holds no model');
  const broken = checkpointIn(folder, 'broken', 1);
  truncateSync(join(broken, 'model.safetensors'), 100_000);
  await models.getByRole('textbox', { name: 'Folder' }).fill(broken);
  await models.getByRole('button', { name: 'Look inside' }).click();
  await expect(models.getByRole('alert')).toContainText('is truncated');
});

test('folders are found by browsing', async ({ models, folder }) => {
  packageIn(folder, 'browsed', 'Browsed Nano');
  await look(models, folder);
  await expect(models.getByRole('alert')).toBeVisible();
  // The list shows the folder of the last successful look; the path can be opened as well.
  await expect(models.getByRole('region', { name: /^Folders of/ })).toBeVisible();
});

base(
  'a checkpoint is converted, with progress; stopped, closed and gone on with after a restart',
  async ({ page }) => {
    base.setTimeout(180_000);
    const home = temporaryHome();
    const checkpoint = checkpointIn(home, 'Random Phone', 2);
    let host = await Host.start({ home });
    await host.modelReady();
    const problems = watch(page);
    let app = await open(page, host.url);
    await openModels(app.page);
    let models = page.getByRole('dialog');
    await look(models, checkpoint);
    await expect(models).toContainText('A checkpoint of the family autoglm-phone');
    await models.getByRole('textbox', { name: 'Name' }).fill('My Phone');
    await models.getByRole('button', { name: 'Convert' }).click();
    const task = row(models, 'Converting My Phone');
    const bar = task.getByRole('progressbar');
    await expect
      .poll(async () => Number(await bar.getAttribute('aria-valuenow')), { intervals: [50] })
      .toBeGreaterThan(3);
    await task.getByRole('button', { name: 'Stop' }).click();
    await expect(task).toContainText(/Stopped at \d+%/);
    expect(readdirSync(join(home, 'models'))).toEqual(['my-phone.convert']);
    host.child.kill('SIGTERM');
    await host.exit();

    host = await Host.start({ home });
    await host.modelReady();
    app = await open(page, host.url);
    await openModels(app.page);
    models = page.getByRole('dialog');
    const waiting = row(models, 'Converting My Phone');
    await waiting.getByRole('button', { name: 'Continue' }).click();
    await expect(row(models, 'My Phone')).toBeVisible({ timeout: 90_000 });
    await expect(waiting).toContainText('Done');
    expect(readdirSync(join(home, 'models'))).toEqual(['my-phone']);
    await row(models, 'My Phone').getByRole('button', { name: 'Use' }).click();
    await expect(row(models, 'My Phone')).toContainText('In use', { timeout: 60_000 });
    expect(problems).toEqual([]);
    host.child.kill('SIGTERM');
    await host.exit();
    removeHome(home);
  },
);

function spoil(file: string): void {
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000);
  writeFileSync(file, bytes);
}
