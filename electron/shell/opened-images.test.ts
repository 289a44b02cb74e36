import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryHome } from '../app/testing/temporary-home';
import { AppError } from '../contract/errors';
import { imagesIn, takeImages } from './opened-images';

describe('imagesIn', () => {
  it('finds image files among switches, links and what is not there', () => {
    const folder = temporaryHome();
    for (const name of ['a 图.PNG', 'b.jpeg', 'c.txt', '-d.png']) writeFileSync(join(folder, name), '');
    mkdirSync(join(folder, 'folder.png'));
    const argv = [
      '--x=/e.png',
      'a 图.PNG',
      join(folder, 'b.jpeg'),
      'c.txt',
      '-d.png',
      'folder.png',
      'gone.png',
    ];
    expect(imagesIn([...argv, 'autoglm://new?text=x.png'], folder)).toEqual([
      join(folder, 'a 图.PNG'),
      join(folder, 'b.jpeg'),
    ]);
    expect(
      imagesIn(
        Array.from({ length: 50 }, () => 'b.jpeg'),
        folder,
      ),
    ).toHaveLength(20);
  });
});

describe('takeImages', () => {
  it('keeps what can be read, and says what cannot', async () => {
    const image = { sha256: 'a', kind: 'image', mediaType: 'image/png', name: 'a.png', bytes: 1 } as const;
    const add = async (_body: AsyncIterable<Uint8Array>, name: string) => {
      if (name === 'bad.png') throw new AppError('invalid-request', 'This is no image.');
      return image;
    };
    const folder = temporaryHome();
    for (const name of ['a.png', 'bad.png']) writeFileSync(join(folder, name), '');
    expect(await takeImages({ add }, [join(folder, 'a.png'), join(folder, 'bad.png')])).toEqual({
      images: [image],
      problems: [{ code: 'invalid-request', message: 'This is no image.' }],
    });
  });
});
