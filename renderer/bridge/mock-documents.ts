import type { Attachment } from '../../electron/contract/conversations';
import type { DocumentUse, PassageRange } from '../../electron/contract/documents';

const paragraph = (zh: boolean, week: number) =>
  zh
    ? `第 ${week} 周\n\n东侧桥墩的浇筑在周三完成，比计划早一天。周四下雨，西岸的土方停工半天。测量组复核了第 ${week} 跨的标高，偏差在 ${week + 2} 毫米以内，不需要调整。材料方面，钢筋还够 ${20 - week} 天，下周二到货。\n\n`
    : `Week ${week}\n\nThe eastern pier was poured on Wednesday, a day earlier than planned. On Thursday it rained, and the earthworks on the west bank stood still for half a day. The surveyors checked the level of span ${week} again: it is within ${week + 2} mm, so nothing needs to be moved. There is steel for ${20 - week} days; more comes on Tuesday.\n\n`;

const WEEKS = 12;

function textOf(zh: boolean): string {
  const title = zh ? '# 桥梁工程周报\n\n' : '# Weekly reports of the bridge\n\n';
  return title + Array.from({ length: WEEKS }, (_, index) => paragraph(zh, index + 1)).join('');
}

/** The document of the sample conversation about one, and what its answer was shown of it. */
export function sampleDocument(zh: boolean): { attachment: Attachment; text: string; use: DocumentUse } {
  const text = textOf(zh);
  const used = [3, 7].map((week): PassageRange => {
    const body = paragraph(zh, week);
    const start = text.indexOf(body);
    return [start, start + body.trimEnd().length];
  });
  const name = zh ? '桥梁周报.md' : 'bridge-reports.md';
  const sha256 = (zh ? 'd1' : 'd0').repeat(32);
  return {
    text,
    attachment: {
      sha256,
      kind: 'document',
      mediaType: 'text/plain',
      name,
      bytes: text.length,
      characters: text.length,
      lines: text.split('\n').length,
    },
    use: { sha256, name, passages: WEEKS, used },
  };
}
