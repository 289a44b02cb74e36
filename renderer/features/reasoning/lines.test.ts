import { describe, expect, it } from 'vitest';
import { ReasoningLines, reasoningLines } from './lines';

describe('reasoning lines', () => {
  it('puts each step of a calculation on its own line', () => {
    expect(reasoningLines('4+9=13 c1;8+2+1=11 c1;3+7+1=11\n1113')).toEqual([
      '4+9=13 c1',
      '8+2+1=11 c1',
      '3+7+1=11',
      '1113',
    ]);
  });

  it('sets what is calculated and the result apart', () => {
    expect(reasoningLines('384+729: 4+9=13 carry; 8+2+1=11 carry; 3+7+1=11 => 1113')).toEqual([
      '384+729:',
      '4+9=13 carry',
      '8+2+1=11 carry',
      '3+7+1=11',
      '=> 1113',
    ]);
    expect(reasoningLines('12*3: 2*3=6；1*3=3 => 36')).toEqual(['12*3:', '2*3=6', '1*3=3', '=> 36']);
    expect(reasoningLines('=> 13; left 6')).toEqual(['=> 13', 'left 6']);
  });

  it('leaves sentences whole', () => {
    const sentence = 'The tree is tall; the house is not.';
    expect(reasoningLines(sentence)).toEqual([sentence]);
  });

  it('leaves no blank lines', () => {
    expect(reasoningLines('a\n\n\nb\n')).toEqual(['a', 'b']);
  });

  it('comes to the same whether the text arrives at once or a character at a time', () => {
    const text = 'Add the digits.\n384+729: 4+9=13;8+2+1=11; then => 5\n\nso 1113; done';
    const live = new ReasoningLines();
    for (let end = 1; end <= text.length; end += 1) live.update(text.slice(0, end));
    expect(live.lines.filter((line) => line !== '')).toEqual(reasoningLines(text));
  });

  it('never changes a line once the next has begun', () => {
    const live = new ReasoningLines();
    live.update('1+1=2;2');
    const first = live.update('1+1=2;2+2=4;x');
    expect(first).toBe(1);
    expect(live.lines).toEqual(['1+1=2', '2+2=4', 'x']);
  });
});
