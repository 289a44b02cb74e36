/** A file of a conversation, as messages name it; its bytes are kept once, by their sum (media.ts). */
export interface Attachment {
  readonly sha256: string;
  readonly kind: 'image' | 'audio' | 'document';
  readonly mediaType: string;
  readonly name: string;
  readonly bytes: number;
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
  /** Of a document, as all below; its pages where it has any. */
  readonly pages?: number;
  readonly lines?: number;
  /** Of its text, in UTF-16 units. */
  readonly characters?: number;
  /** A recording whose words are the message's text: kept to be played, and not sent to the model a second time. */
  readonly transcribed?: boolean;
}
