import type { Locator } from '@playwright/test';
import { expect, open, watch } from './support/fixtures';
import type { AppPage } from './support/page';
import { scriptedTest } from './support/scripted';
import { seedConversation } from './support/seed';

/** What answers hold besides words (tables, code, formulas, Mermaid's diagrams): drawn in a real Chromium, under the page's own security policy. */

const FLOW =
  'flowchart LR\n  A[Question] --> B{Known?}\n  B -- yes --> C[Answer]\n  B -- no --> D[Think <b>first</b>]';
const KINDS: Readonly<Record<string, string>> = {
  sequence: 'sequenceDiagram\n  Alice->>Bob: Hello, Bob\n  Bob-->>Alice: Hi!\n  Note over Alice: waits',
  class: 'classDiagram\n  class Animal {\n    +String name\n    +speak() void\n  }\n  Animal <|-- Dog',
  state: 'stateDiagram-v2\n  [*] --> Idle\n  Idle --> Busy: work\n  Busy --> [*]',
  gantt:
    'gantt\n  title Plan\n  dateFormat YYYY-MM-DD\n  section One\n  Write :a1, 2026-01-01, 5d\n  Test :after a1, 3d',
  pie: 'pie title Pets\n  "Dogs" : 4\n  "Cats" : 6',
  mindmap: 'mindmap\n  root((Mind))\n    One\n    Two',
  er: 'erDiagram\n  CUSTOMER ||--o{ ORDER : places',
  chinese: 'flowchart TD\n  甲[开始] --> 乙[结束]',
};
const HOSTILE = [
  '%%{init: {"securityLevel": "loose", "htmlLabels": true, "themeCSS": "* { background: url(https://example.com/a.png) }"}}%%',
  'flowchart LR',
  '  A["<img src=x onerror=window.broken=1>"] --> B["<script>window.broken=1</script>text"]',
  '  click A call alert("x")',
  '  click B "javascript:window.broken=1"',
].join('\n');

const CODE = 'def area(r: float) -> float:\n    return 3.14 * r ** 2';
const MARKUP = [
  '| shape | area |\n| --- | ---: |\n| square | $a^2$ |\n| circle | $\\pi r^2$ |',
  `\`\`\`python\n${CODE}\n\`\`\``,
  '$$\n\\sum_{k=1}^{n} k = \\frac{n(n+1)}{2}\n$$',
  'A <script>window.broken = 1</script> and ![a picture](https://example.com/a.png).',
].join('\n\n');

const fenced = (source: string) => `Here:\n\n\`\`\`mermaid\n${source}\n\`\`\`\n\nAnd on.`;

const test = scriptedTest((home) => {
  seedConversation(home, 'Flow', [{ question: 'Draw.', answer: fenced(FLOW) }]);
  seedConversation(
    home,
    'Kinds',
    Object.values(KINDS).map((source, index) => ({ question: `Draw ${index}.`, answer: fenced(source) })),
  );
  seedConversation(home, 'Markup', [{ question: 'Areas?', answer: MARKUP }]);
  seedConversation(home, 'Broken', [
    { question: 'Draw.', answer: fenced('flowchart LR\n  A --> \n  B[[[ --> C') },
  ]);
  seedConversation(home, 'Hostile', [{ question: 'Draw.', answer: fenced(HOSTILE) }]);
}).extend<{ readonly app: AppPage }>({
  app: async ({ page, host }, use) => {
    const problems = watch(page);
    const outside: string[] = [];
    page.on('request', (request) => {
      if (/^(?:https?|wss?):/.test(request.url()) && new URL(request.url()).port !== String(host.port)) {
        outside.push(request.url());
      }
    });
    await use(await open(page, host.url));
    // Mermaid's sanitiser reads labels in a document where nothing runs; Chromium says of their handlers all the same that they may not.
    const other = problems.filter((text) => !text.startsWith('Executing inline event handler'));
    expect(other, 'what the page complained of').toEqual([]);
    expect(outside, 'what the page asked of others').toEqual([]);
  },
});

/** Where the engine holds itself (streaming-engine.mjs). */
const HOLD = '⏸';

const drawing = (app: AppPage): Locator => app.answer.getByRole('img', { name: 'Diagram' }).locator('svg');

test('a finished block is drawn, in the colours of the theme, and its source can be seen and copied', async ({
  app,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await app.entry('Flow').click();
  const svg = drawing(app);
  await expect(svg).toContainText('Question');
  await expect(svg).toContainText('Known?');
  const fill = () =>
    svg
      .locator('.node rect')
      .first()
      .evaluate((shape) => getComputedStyle(shape).fill);
  await expect.poll(fill).toBe('rgb(229, 242, 237)');
  await app.page.evaluate(() => {
    document.documentElement.dataset.theme = 'dark';
  });
  await expect.poll(fill).toBe('rgb(29, 50, 43)');

  await app.answer.getByRole('button', { name: 'Copy the source of the diagram' }).click();
  await expect.poll(() => app.page.evaluate(() => navigator.clipboard.readText())).toBe(FLOW);
  await app.answer.getByRole('button', { name: 'Source', exact: true }).click();
  await expect(app.answer.locator('pre')).toContainText('A[Question] --> B{Known?}');
  await app.answer.getByRole('button', { name: 'Show the diagram' }).click();
  await expect(svg).toContainText('Question');
});

test('tables, highlighted code and formulas are drawn; code can be copied; nothing runs and nothing is fetched', async ({
  app,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await app.entry('Markup').click();
  const { answer, page } = app;
  await expect(answer.getByRole('row')).toHaveCount(3);
  await expect(answer.getByRole('cell', { name: 'square' })).toBeVisible();
  await expect(answer.locator('td .katex')).toHaveCount(2);
  await expect(answer.locator('.katex-display .mfrac')).toBeVisible();
  const colours = () =>
    answer
      .locator('pre span')
      .evaluateAll((spans) => new Set(spans.map((span) => getComputedStyle(span).color)).size);
  await expect.poll(colours).toBeGreaterThan(2);
  await answer.getByRole('button', { name: 'Copy the code' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(CODE);
  await expect(answer.locator('img')).toHaveCount(0);
  expect(await page.evaluate(() => 'broken' in window)).toBe(false);
});

test('with motion reduced, nothing of a drawing lies outside of its frame', async ({ app }) => {
  await app.page.emulateMedia({ reducedMotion: 'reduce' });
  await app.entry('Flow').click();
  const outside = await drawing(app).evaluate((svg: SVGSVGElement) => {
    const frame = svg.viewBox.baseVal;
    const box = svg.getBBox();
    return Math.max(
      frame.x - box.x,
      frame.y - box.y,
      box.x + box.width - frame.x - frame.width,
      box.y + box.height - frame.y - frame.height,
    );
  });
  expect(outside).toBeLessThanOrEqual(0.5);
});

test('every common kind of diagram is drawn', async ({ app }) => {
  await app.entry('Kinds').click();
  const answers = Object.keys(KINDS).length;
  await expect(app.answer).toContainText('And on.');
  for (let back = 0; back < answers; back++) {
    const answer = app.answers.filter({ hasText: 'And on.' }).nth(-1);
    await expect(answer.getByRole('img', { name: 'Diagram' })).toBeVisible();
    // Up, to the one before.
    await app.page.getByRole('region', { name: 'Conversation' }).press('PageUp');
  }
  await expect(app.page.getByText('could not be drawn')).toHaveCount(0);
});

test('a source that is wrong is shown, with one sentence', async ({ app }) => {
  await app.entry('Broken').click();
  await expect(
    app.answer.getByText(/This diagram could not be drawn.*so its source is shown\./),
  ).toBeVisible();
  await expect(app.answer.locator('pre')).toContainText('B[[[ --> C');
  // Mermaid leaves its own picture of an error, and its scaffolding, in the page when it is let.
  await expect(app.page.locator('body > [id^=ddiagram], body > svg')).toHaveCount(0);
});

test('nothing in a diagram runs, loads or leads anywhere', async ({ app }) => {
  await app.entry('Hostile').click();
  const svg = drawing(app);
  await expect(svg).toContainText('text');
  const found = await svg.evaluate((root) => ({
    elements: [...root.querySelectorAll('script, foreignObject, img, image, iframe')].length,
    handlers: [...root.querySelectorAll('*')].flatMap((element) =>
      [...element.attributes].filter(({ name }) => name.startsWith('on')),
    ).length,
    outside: root.outerHTML.includes('example.com') || /javascript:/i.test(root.outerHTML),
  }));
  expect(found).toEqual({ elements: 0, handlers: 0, outside: false });
  expect(await app.page.evaluate(() => 'broken' in window)).toBe(false);
});

test('while it is written it is code; then it is drawn, and nothing below moves up', async ({
  app,
  host,
}) => {
  await app.newConversation();
  const after = 'A last paragraph comes after it, in its own time, word by word until the end of it. '
    .repeat(6)
    .trim();
  await app.composer.fill(
    `write at 200 per second:\nFirst.\n\n\`\`\`mermaid\n${FLOW} ${HOLD} \n\`\`\`\n\n${after}`,
  );
  await app.composer.press('Enter');
  await expect(app.answer.locator('pre')).toContainText('B{Known');
  await expect(app.answer.getByRole('img', { name: 'Diagram' })).toHaveCount(0);
  await expect(app.answer).toHaveAttribute('aria-busy', 'true');
  const code = (await app.answer.locator('.code').boundingBox())?.height ?? 0;
  host.resumeEngine();
  await expect(app.answer.getByRole('img', { name: 'Diagram' })).toBeVisible();
  await app.answered();
  const drawn = (await app.answer.locator('figure').boundingBox())?.height ?? 0;
  expect(code).toBeGreaterThan(40);
  expect(drawn).toBeGreaterThanOrEqual(code - 1);
  await expect(app.answer.getByText(after)).toBeVisible();
});
