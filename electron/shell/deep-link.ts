import { type DeepLink, SETTINGS_SECTIONS } from '../contract/shell';

export const LINK_SCHEME = 'autoglm';

const MAX_LINK = 64_000;
const MAX_TEXT = 20_000;

/**
 * `autoglm://new?text=…`, `autoglm://conversation/<id>`, `autoglm://settings[/<section>]`. Any page in any browser can open one, so
 * whatever is not exactly one of these is null.
 */
export function parseDeepLink(link: string): DeepLink | null {
  if (link.length > MAX_LINK || !link.startsWith(`${LINK_SCHEME}://`) || !URL.canParse(link)) return null;
  const url = new URL(link);
  if (url.username || url.password || url.port || url.hash) return null;
  const [first, ...rest] = url.pathname.split('/').filter(Boolean);
  if (rest.length > 0) return null;
  switch (url.host) {
    case 'new':
      return first === undefined ? parseNew(url.searchParams) : null;
    case 'conversation':
      if (url.search || first === undefined || !/^[\w-]{1,100}$/.test(first)) return null;
      return { kind: 'conversation', id: first };
    case 'settings': {
      if (url.search) return null;
      const section = SETTINGS_SECTIONS.find((name) => name === (first ?? 'general'));
      return section ? { kind: 'settings', section } : null;
    }
    default:
      return null;
  }
}

function parseNew(parameters: URLSearchParams): DeepLink | null {
  const names = [...parameters.keys()];
  if (names.length > 1 || names.some((name) => name !== 'text')) return null;
  const text = (parameters.get('text') ?? '').replaceAll('\r\n', '\n');
  // Signs that are not seen could say something else than what the user reads; a tab and a new line are seen.
  if (text.length > MAX_TEXT || /[^\P{C}\n\t\u200c\u200d]/u.test(text)) return null;
  return { kind: 'new', text };
}

/** What the system hands over at the start, or through a second start: links and files among switches of Chromium. */
export function linksIn(argv: readonly string[]): readonly DeepLink[] {
  return argv.flatMap((argument) => parseDeepLink(argument) ?? []);
}
