/** A call's arguments as people read them: JSON over several lines; what is none as it is. Null where there are none. */
export function readableArguments(json: string): string | null {
  try {
    const value: unknown = JSON.parse(json);
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    return isEmpty ? null : JSON.stringify(value, null, 2);
  } catch {
    return json.trim() === '' ? null : json;
  }
}
