/** What of Electron's session is asked. */
interface ProxyResolver {
  resolveProxy(url: string): Promise<string>;
}

/**
 * The proxy that the system's settings name for an address, a script of the network's included, for requests that are not Chromium's own.
 *
 * @returns its address; null: none, or of a kind that cannot be used.
 */
export async function systemProxy(session: ProxyResolver, url: string): Promise<string | null> {
  return firstProxy(await session.resolveProxy(url));
}

const SCHEMES: Readonly<Record<string, string>> = {
  PROXY: 'http',
  HTTP: 'http',
  HTTPS: 'https',
  SOCKS: 'socks5',
  SOCKS5: 'socks5',
};

/** Of a list as proxy scripts give it, `PROXY host:port; SOCKS5 host:port; DIRECT`: the first choice. */
export function firstProxy(list: string): string | null {
  const [first = ''] = list.split(';');
  const [kind = '', address = ''] = first.trim().split(/\s+/);
  const scheme = SCHEMES[kind.toUpperCase()];
  return scheme && address && URL.canParse(`${scheme}://${address}`) ? `${scheme}://${address}` : null;
}
