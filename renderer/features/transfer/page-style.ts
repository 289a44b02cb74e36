/** Of an exported page, which brings everything along. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --text: light-dark(#1c1c1a, #ececea);
  --mute: light-dark(#62625e, #a3a39e);
  --line: light-dark(#e3e3de, #34342f);
  --soft: light-dark(#f0f0ec, #262623);
  --page: light-dark(#fdfdfb, #191917);
  --accent: light-dark(#0b7a5e, #4cc2a0);
}
body {
  margin: 0;
  background: var(--page);
  color: var(--text);
  font:
    16px / 1.6 system-ui,
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    sans-serif;
  overflow-wrap: anywhere;
}
main {
  max-width: 45rem;
  margin: 0 auto;
  padding: 2rem 1.25rem 4rem;
}
h1 {
  font-size: 1.375rem;
  line-height: 1.3;
  margin: 0;
}
article + article,
nav + article {
  margin-top: 3rem;
  padding-top: 2rem;
  border-top: 1px solid var(--line);
}
time,
section > h2,
summary,
.file {
  color: var(--mute);
  font-size: 0.8125rem;
  font-weight: 400;
}
section {
  margin-top: 1.75rem;
}
section > h2 {
  margin: 0 0 0.25rem;
}
.said {
  white-space: pre-wrap;
}
.user > .said {
  background: var(--soft);
  border-radius: 0.75rem;
  padding: 0.5rem 0.875rem;
}
.user > .said:empty {
  display: none;
}
details {
  margin: 0 0 0.75rem;
}
summary {
  cursor: pointer;
}
details > .said {
  border-inline-start: 2px solid var(--line);
  color: var(--mute);
  font-size: 0.875rem;
  margin-top: 0.375rem;
  padding-inline-start: 0.875rem;
}
img {
  border-radius: 0.75rem;
  display: block;
  margin-bottom: 0.5rem;
  max-width: min(100%, 24rem);
}
a {
  color: var(--accent);
}
p,
ul,
ol,
blockquote,
pre,
.table {
  margin: 0 0 0.75rem;
}
pre,
code {
  background: var(--soft);
  border-radius: 0.5rem;
  font-family: ui-monospace, Menlo, Consolas, monospace;
  font-size: 0.875rem;
}
code {
  padding: 0.0625rem 0.25rem;
}
pre {
  overflow-x: auto;
  padding: 0.75rem 1rem;
}
pre code {
  background: none;
  padding: 0;
  overflow-wrap: normal;
}
blockquote {
  border-inline-start: 2px solid var(--line);
  color: var(--mute);
  margin-inline: 0;
  padding-inline-start: 0.875rem;
}
.table {
  overflow-x: auto;
}
table {
  border-collapse: collapse;
}
th,
td {
  border-bottom: 1px solid var(--line);
  padding: 0.375rem 1rem 0.375rem 0;
  text-align: start;
}
math[display="block"] {
  margin: 0.75rem 0;
}
@media print {
  section {
    break-inside: avoid-page;
  }
}
`;
