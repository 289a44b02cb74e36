/** An address that may be opened outside, or a place in the page; null for every other scheme (`javascript:`, `file:`, …). */
export function linkTarget(href: string | undefined): string | null {
  if (!href) return null;
  if (href.startsWith('#')) return href;
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    // Relative addresses would point into this app.
    return null;
  }
  return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null;
}
