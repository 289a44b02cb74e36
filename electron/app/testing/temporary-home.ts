import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A data folder that is gone after the test. Its name holds what real user names hold. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), "autoglm 测试 o'"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}
