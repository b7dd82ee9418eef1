/** For a person: an object as lines, a list as a table. */
export function show(answer) {
  if (!Array.isArray(answer)) return lines(answer);
  return answer.length === 0 ? 'none\n' : table(answer);
}

function lines(object) {
  const fields = Object.entries(object);
  const width = Math.max(...fields.map(([key]) => key.length));
  return fields.map(([key, value]) => `${key.padEnd(width)}  ${text(value)}\n`).join('');
}

function table(rows) {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((key) => !['hash', 'previousHash', 'requestId'].includes(key));
  const cells = [keys, ...rows.map((row) => keys.map((key) => text(row[key])))];
  const widths = keys.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()}\n`).join('');
}

/** Nobody's name may steer a terminal. */
const harmless = (value) => value.replace(/\p{Cc}/gu, '?');

function text(value) {
  if (value === undefined) return '';
  if (value === null) return '-';
  if (Array.isArray(value)) return value.map(text).join(' ') || '-';
  if (typeof value === 'object') return Object.entries(value).map(([key, field]) => `${key}=${text(field)}`).join(' ') || '-';
  return harmless(String(value));
}
