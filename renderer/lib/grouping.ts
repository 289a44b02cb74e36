import type { ConversationSummary, Timestamp } from '../../electron/contract/conversations';

export type GroupName = 'pinned' | 'today' | 'yesterday' | 'week' | 'earlier';

export interface ConversationGroup {
  readonly name: GroupName;
  readonly conversations: readonly ConversationSummary[];
}

const order: readonly GroupName[] = ['pinned', 'today', 'yesterday', 'week', 'earlier'];

/** Days are those of the calendar where the reader is, not spans of 24 hours. */
export function groupConversations(
  conversations: readonly ConversationSummary[],
  now: Timestamp,
): ConversationGroup[] {
  const today = new Date(now).setHours(0, 0, 0, 0);
  const yesterday = startOfDay(today, -1);
  const week = startOfDay(today, -7);
  const groups: Record<GroupName, ConversationSummary[]> = {
    pinned: [],
    today: [],
    yesterday: [],
    week: [],
    earlier: [],
  };
  for (const conversation of conversations) {
    const { pinned, updatedAt } = conversation;
    if (pinned) groups.pinned.push(conversation);
    else if (updatedAt >= today) groups.today.push(conversation);
    else if (updatedAt >= yesterday) groups.yesterday.push(conversation);
    else if (updatedAt >= week) groups.week.push(conversation);
    else groups.earlier.push(conversation);
  }
  return order
    .filter((name) => groups[name].length > 0)
    .map((name) => ({ name, conversations: groups[name] }));
}

/** By the calendar, because days with a change of the clock are not 24 hours long. */
function startOfDay(day: Timestamp, offset: number): Timestamp {
  const date = new Date(day);
  date.setDate(date.getDate() + offset);
  return date.getTime();
}
