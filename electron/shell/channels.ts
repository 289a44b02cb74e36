/** The names preload and main agree on; the page sees none of them. */
export const REQUEST_CHANNEL = 'autoglm:request';
export const EVENT_CHANNEL = 'autoglm:event';
/** The page listens from now on. */
export const LISTENING_CHANNEL = 'autoglm:listening';
