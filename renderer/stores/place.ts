/** Where a draft lies. What is on its way to the draft of a conversation that has not begun finds it when it has. */
export interface Place {
  readonly conversationId: string | null;
}

let unbegun: { conversationId: string | null } = { conversationId: null };

export function placeOf(conversationId: string | null): Place {
  return conversationId === null ? unbegun : { conversationId };
}

/** The new conversation has begun; the next one is another. */
export function beginPlace(conversationId: string): void {
  unbegun.conversationId = conversationId;
  unbegun = { conversationId: null };
}
