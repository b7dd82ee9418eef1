import { type AdminCall } from './call.presenter.js';

export type ExportFormat = 'csv' | 'ndjson';

export const contentTypeOf: Readonly<Record<ExportFormat, string>> = { csv: 'text/csv; charset=utf-8; header=present', ndjson: 'application/x-ndjson; charset=utf-8' };

const columns = ['id', 'orgId', 'userId', 'username', 'clientId', 'number', 'state', 'start', 'end', 'durationSeconds', 'endReason'] as const satisfies readonly (keyof AdminCall)[];
const END = '\r\n';

/** A text that a spreadsheet would take for a formula becomes one that it does not (CWE-1236). */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/** RFC 4180. Figures are written as they are, texts harmless and in quotes where they need them. */
function field(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = harmless(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const csvRow = (call: AdminCall): string => columns.map((name) => field(call[name])).join(',') + END;
const jsonRow = (call: AdminCall): string => `${JSON.stringify(call)}\n`;

/** One page of an export as text. */
export const pageText = (format: ExportFormat, calls: readonly AdminCall[]): string => calls.map(format === 'csv' ? csvRow : jsonRow).join('');

export const headOf = (format: ExportFormat): string => (format === 'csv' ? columns.join(',') + END : '');
