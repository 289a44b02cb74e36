import { describe, expect, it } from 'vitest';
import { isAllowedHost, isAllowedOrigin, isLoopbackName } from './guard';

describe('isAllowedHost', () => {
  it.each([
    '127.0.0.1:8000',
    '127.0.0.1',
    '127.3.2.1:1',
    'localhost:8000',
    'LocalHost',
    'localhost.:8000',
    '[::1]:8000',
    '[::1]',
  ])('answers to the loopback name %s', (host) => {
    expect(isAllowedHost(host, '127.0.0.1')).toBe(true);
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:8000',
    'localhost.evil.example',
    '127.0.0.1.evil.example:8000',
    '127.evil.example',
    'evil.example#localhost',
    'user@localhost:8000',
    'localhost:8000:8000',
    'localhost:port',
    'localhost, evil.example',
    '10.0.0.7:8000',
    '0.0.0.0:8000',
    '[::]:8000',
    '[fe80::1]:8000',
    '127.0.0.1 evil.example',
  ])('does not answer to %j when bound to loopback', (host) => {
    expect(isAllowedHost(host, '127.0.0.1')).toBe(false);
  });

  it('answers to the address or name it is bound to', () => {
    expect(isAllowedHost('192.168.1.5:8000', '192.168.1.5')).toBe(true);
    expect(isAllowedHost('192.168.1.6:8000', '192.168.1.5')).toBe(false);
    expect(isAllowedHost('Desk.local:8000', ['192.168.1.5', 'desk.local'])).toBe(true);
    expect(isAllowedHost('[fd00::5]:8000', 'fd00::5')).toBe(true);
  });

  it('bound to every interface it answers to addresses, not to names', () => {
    for (const bound of ['0.0.0.0', '::']) {
      expect(isAllowedHost('192.168.1.5:8000', bound)).toBe(true);
      expect(isAllowedHost('[fd00::5]:8000', bound)).toBe(true);
      expect(isAllowedHost('rebound.evil.example:8000', bound)).toBe(false);
    }
  });
});

describe('isAllowedOrigin', () => {
  it('lets programs and the own pages in', () => {
    expect(isAllowedOrigin(undefined, '127.0.0.1:8000')).toBe(true);
    expect(isAllowedOrigin('http://127.0.0.1:8000', '127.0.0.1:8000')).toBe(true);
    expect(isAllowedOrigin('http://localhost:8000', 'LOCALHOST:8000')).toBe(true);
    expect(isAllowedOrigin('http://[::1]:8000', '[::1]:8000')).toBe(true);
    expect(isAllowedOrigin('http://localhost', 'localhost:80')).toBe(true);
  });

  it.each([
    '',
    'null',
    'https://evil.example',
    'http://evil.example:8000',
    'http://127.0.0.1:3000',
    'http://localhost:8000',
    'http://127.0.0.1:8000.evil.example',
    'file://',
    'app://127.0.0.1:8000',
    'chrome-extension://abcdef',
    'not an origin',
  ])('keeps the page %j out', (origin) => {
    expect(isAllowedOrigin(origin, '127.0.0.1:8000')).toBe(false);
  });

  it('keeps a page out when there is no usable Host', () => {
    expect(isAllowedOrigin('http://127.0.0.1:8000', undefined)).toBe(false);
    expect(isAllowedOrigin('http://127.0.0.1:8000', '')).toBe(false);
  });
});

describe('isLoopbackName', () => {
  it('tells loopback from the rest', () => {
    expect(['127.0.0.1', 'localhost', '::1', '[::1]'].every(isLoopbackName)).toBe(true);
    expect(['0.0.0.0', '::', '192.168.1.5', 'example.org', ''].some(isLoopbackName)).toBe(false);
  });
});
