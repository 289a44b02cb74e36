import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments';

describe('parseArguments', () => {
  it('has defaults and takes what is named', () => {
    expect(parseArguments([])).toEqual({ port: 8000, host: '127.0.0.1', open: false });
    expect(
      parseArguments([
        '--port',
        '0',
        '--host=::1',
        '--open',
        '--model',
        'nano',
        '--home',
        '/x',
        '--headless',
      ]),
    ).toEqual({ port: 0, host: '::1', open: true, model: 'nano', home: '/x' });
  });

  it.each([
    [['--port', 'http'], /--port must be a number/],
    [['--port', '70000'], /0 to 65535/],
    [['--port', '-1'], /port/],
    [['--host', '0.0.0.0'], /loopback/],
    [['--host', '192.168.1.5'], /read every conversation/],
    [['--prot', '1'], /--prot/],
    [['stray'], /stray/],
  ])('refuses %j', (args, message) => {
    expect(() => parseArguments(args)).toThrow(message);
  });
});
