/** What is dragged between the windows of the app, which each may take in its own way. */

/** Ids, as JSON. */
export const CONVERSATIONS = 'application/x-autoglm-conversations';
/** Text selected in the messages. */
export const QUOTATION = 'application/x-autoglm-quotation';

/** Anybody can drag something of that name into the window. */
export function readIds(text: string): readonly string[] {
  try {
    const ids: unknown = JSON.parse(text);
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
