// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { Suspense } from 'react';
import { afterEach, expect, it } from 'vitest';
import { preloadable } from './preloadable';

afterEach(cleanup);

const fetchField = async () => ({ default: () => <input aria-label="Field" /> });

it('what was not preloaded keeps what is typed when its surroundings are drawn again', async () => {
  const field = preloadable(fetchField);
  const page = (
    <Suspense>
      <field.Component />
    </Suspense>
  );
  const { rerender } = render(page);
  fireEvent.change(await screen.findByRole('textbox'), { target: { value: 'typed' } });
  rerender(
    <Suspense>
      <field.Component />
    </Suspense>,
  );
  expect(screen.getByRole('textbox')).toHaveProperty('value', 'typed');
});

it('what was preloaded is there at once', async () => {
  const field = preloadable(fetchField);
  await field.preload();
  render(
    <Suspense>
      <field.Component />
    </Suspense>,
  );
  expect(screen.getByRole('textbox')).toBeDefined();
});
