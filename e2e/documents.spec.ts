import { pdf } from '../electron/documents/testing/files';
import { drop } from './support/files';
import { expect, test } from './support/fixtures';

/** Documents beside a question. Formats and faults are in electron/documents/extract.test.ts. */

// Long thoughts of the built-in model say nothing about documents.
test.use({ hostOptions: { settings: { thinking: false } } });

/** Far more than the built-in model can read at once; the answer's words stand in one place. */
function manual(pages: number): Buffer {
  return pdf(
    Array.from({ length: pages }, (_, page) => [
      `Section ${page + 1} of the manual for the garden pump.`,
      ...Array.from(
        { length: 12 },
        () => 'Keep the filter clean and the hose free of kinks, whatever the weather.',
      ),
      ...(page === 29 ? ['The warranty of the pump lasts seven years from the day of purchase.'] : []),
    ]),
  );
}

test('a document too long for the model is dropped, its best passages answer, and a follow-up has it after a reload', async ({
  app,
}) => {
  const { page } = app;
  await drop(page, { name: 'pump.pdf', type: 'application/pdf', bytes: manual(40) });
  const chip = page.getByRole('list', { name: 'Files' }).getByRole('button', { name: /^Read pump\.pdf/ });
  await expect(chip).toContainText('40 pages');
  await app.composer.fill('How long does the warranty last?');
  await expect(chip).toContainText(/tokens · \d+ of \d+ passages/);
  await expect(page.getByText(/pump\.pdf\u2069? is too long for this model/)).toBeVisible();
  await app.composer.press('Enter');
  await app.answered();
  const sent = app.questions.first().getByRole('button', { name: /^Read pump\.pdf/ });
  await expect(sent).toContainText(/40 pages · \d+ of \d+ passages used/);

  await page.reload();
  await app.ask('And the hose?');
  await app.answered();
  const followUp = app.answer.getByRole('list', { name: 'Documents' }).getByRole('button');
  await expect(followUp).toContainText(/From .*pump\.pdf.*: \d+ of \d+ passages/);

  // The viewer shows what was used, and finds.
  await sent.click();
  const viewer = page.getByRole('dialog', { name: 'pump.pdf' });
  await expect(viewer.getByRole('document')).toContainText('[Page 30]');
  await expect(viewer.getByRole('status')).toHaveText(/^1 of \d+$/);
  await viewer.getByRole('searchbox').fill('seven years');
  await expect(viewer.getByRole('status')).toHaveText('1 of 1');
  await page.keyboard.press('Escape');
  await expect(viewer).toBeHidden();
});

test('a short document is read whole, and one that cannot be read is refused with its reason', async ({
  app,
}) => {
  const { page } = app;
  await drop(
    page,
    { name: '备忘.txt', type: 'text/plain', bytes: Buffer.from('Pump: 7 years.') },
    { name: 'locked.pdf', type: 'application/pdf', bytes: pdf([['secret']], { encrypted: true }) },
  );
  await expect(page.getByText(/locked\.pdf\u2069? is protected by a password/).first()).toBeVisible();
  const chip = page.getByRole('button', { name: /^Read 备忘\.txt/ });
  await expect(chip).toContainText(/1 line · \d+ tokens/);
  await expect(chip).not.toContainText('passages');
  await chip.press('Delete');
  await expect(chip).toBeHidden();
});
