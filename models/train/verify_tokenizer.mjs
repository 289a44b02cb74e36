// node verify_tokenizer.mjs tokenizer.json cases.jsonl: the npm package must give the ids that tokenizer.py gives.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const resolve = createRequire(`${process.cwd()}/`).resolve;
const library = await import(pathToFileURL(resolve('@huggingface/tokenizers')).href);
const { Tokenizer } = library.Tokenizer ? library : library.default;
const [file, cases] = process.argv.slice(2);
const json = JSON.parse(readFileSync(file, 'utf8'));
// Special tokens are inserted as ids and never parsed from text, so the text tokenizer has none.
const tokenizer = new Tokenizer({ ...json, added_tokens: [] }, {});
let wrong = 0;
const lines = readFileSync(cases, 'utf8').trim().split('\n');
for (const line of lines) {
  const { text, ids } = JSON.parse(line);
  const got = Array.from(tokenizer.encode(text, { add_special_tokens: false }).ids);
  const back =
    ids.length === 0
      ? ''
      : tokenizer.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: false });
  if (JSON.stringify(got) !== JSON.stringify(ids) || back !== text) {
    if (wrong++ < 5) console.log(JSON.stringify({ text, ids, got, back }));
  }
}
console.log(`${lines.length} texts, ${wrong} differ`);
process.exitCode = wrong ? 1 : 0;
