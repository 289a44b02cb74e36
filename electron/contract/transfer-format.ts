/** What a file of conversations says of itself first; apart from the schemas, which the page reads only when it imports. */
export const TRANSFER_FORMAT = 'autoglm-conversations';
export const TRANSFER_VERSION = 1;
