/**
 * Text as it can be kept: libsql ends a text at its first NUL, and a lone surrogate has no UTF-8. Both become U+FFFD, so that
 * what is shown, searched and sent to the model is the same.
 */
export function storable(text: string): string {
  return text.replace(/\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}
