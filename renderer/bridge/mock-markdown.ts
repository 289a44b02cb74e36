/** Everything that an answer may hold and the short samples do not: for looking at. */

const longQuestion = (zh: boolean) =>
  Array.from({ length: 24 }, (_, line) =>
    zh ? `第 ${line + 1} 行：这里贴了一段较长的文字。` : `Line ${line + 1} of something that was pasted.`,
  ).join('\n');

const english = `# A plan for the garden wall

A wall of **12 m** by *1.8 m*, in the order of the work. It needs about 1,560 bricks[^1].

## Before you begin

1. Mark the line and dig the footing:
   - 60 cm wide, 45 cm deep
   - level within 5 mm
     - check with a line, not with a board
2. Order the material.
3. Wait for a dry week.

- [x] Ask the neighbours
- [ ] Find out where the cables lie

### Material

| Item | Amount | Unit | Price each | Sum | Where it comes from |
| :--- | ---: | :--- | ---: | ---: | :--- |
| Facing bricks, frost-proof | 1,560 | pieces | €0.62 | €967.20 | Builders' merchant in the next town |
| Cement | 14 | bags of 25 kg | €6.40 | €89.60 | The same |
| Sharp sand | 1.2 | t | €38.00 | €45.60 | Quarry, delivered |

The bond repeats every \`2\` courses, so with $h = 6.5\\,\\text{cm}$ and a joint of $1\\,\\text{cm}$ there are $\\lfloor 180 / 7.5 \\rfloor = 24$.

\`\`\`bash
# One long line, which scrolls and does not wrap:
curl http://127.0.0.1:8000/v1/chat/completions -H 'content-type: application/json' -d '{"messages": [{"role": "user", "content": "How many bricks?"}]}'
\`\`\`

> A wall stands on its footing.
>
> > And a footing on dry ground.

---

#### What may go wrong

See [the notes](https://example.org/notes) and ![a drawing of the bond](https://example.org/bond.png). ~~Lime mortar~~ is not needed; press <kbd>Ctrl</kbd> + <kbd>P</kbd> to print this.

[^1]: 65 for a square metre, and a tenth more for what breaks.`;

const chinese = `# 院墙施工计划

墙长 **12 米**、高 *1.8 米*，按施工顺序排列，大约需要 1560 块砖[^1]。

## 开工之前

1. 放线、挖基槽：
   - 宽 60 厘米，深 45 厘米
   - 平整度 5 毫米以内
     - 用线检查，不要用木板
2. 订购材料。
3. 等一个不下雨的星期。

- [x] 征求邻居的意见
- [ ] 弄清电缆的位置

### 材料

| 名称 | 数量 | 单位 | 单价 | 合计 | 来源 |
| :--- | ---: | :--- | ---: | ---: | :--- |
| 清水砖（抗冻） | 1560 | 块 | ¥4.80 | ¥7488.00 | 邻镇的建材商店 |
| 水泥 | 14 | 袋（25 千克） | ¥18.00 | ¥252.00 | 同上 |
| 粗砂 | 1.2 | 吨 | ¥160.00 | ¥192.00 | 采石场，送货上门 |

砌法每 \`2\` 层重复一次，$h = 6.5\\,\\text{cm}$、灰缝 $1\\,\\text{cm}$，共 $\\lfloor 180 / 7.5 \\rfloor = 24$ 层。

\`\`\`bash
# 一行很长的命令，横向滚动而不折行：
curl http://127.0.0.1:8000/v1/chat/completions -H 'content-type: application/json' -d '{"messages": [{"role": "user", "content": "需要多少块砖？"}]}'
\`\`\`

> 墙立于基础之上。
>
> > 基础立于干土之上。

---

#### 可能出的问题

参见[说明](https://example.org/notes)和![砌法示意图](https://example.org/bond.png)。~~石灰砂浆~~不需要；按 <kbd>Ctrl</kbd> + <kbd>P</kbd> 打印。

[^1]: 每平方米 65 块，另加一成损耗。`;

export const everyMarkup = (zh: boolean) => ({
  question: longQuestion(zh),
  answer: zh ? chinese : english,
});
