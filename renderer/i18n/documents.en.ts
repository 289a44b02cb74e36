/** Documents in a conversation. */
export const documents = {
  label: 'Documents',
  tray: 'Files',
  open: 'Read {{name}}, {{facts}}',
  pages_one: '{{count}} page',
  pages_other: '{{count, number}} pages',
  lines_one: '{{count}} line',
  lines_other: '{{count, number}} lines',
  tokens: '{{tokens}} tokens',
  /** Of a document that is too long: what is shown to the model. */
  passages: '{{used, number}} of {{passages, number}} passages',
  passagesUsed: '{{used, number}} of {{passages, number}} passages used',
  partOf: 'From {{name}}: {{used, number}} of {{passages, number}} passages',
  reading: 'Reading…',
  tooLong:
    '{{name}} is too long for this model. It gets the {{used, number}} of {{passages, number}} passages that suit the question best.',
  tooLongMany:
    'The documents are too long for this model. It gets the {{used, number}} of {{passages, number}} passages that suit the question best.',
  noneFits:
    'No part of {{name}} fits beside this conversation. Shorten it, begin a new one, or choose a model with a longer context.',
  pasted: 'Pasted text.txt',
  find: 'Find in the text',
  found: '{{index, number}} of {{count, number}}',
  notFound: 'Not found',
  previousHit: 'Previous place',
  nextHit: 'Next place',
  previousPassage: 'Previous passage that was used',
  nextPassage: 'Next passage that was used',
  save: 'Save the file',
  gone: 'This document is no longer there.',
  loading: 'Reading the text…',
} as const;
