/** One line of logfmt per event on standard error, for people and for Loki. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export function createLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  const line =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      const pairs = Object.entries({ time: now().toISOString(), level, msg: message, ...fields });
      write(`${pairs.map(([key, value]) => `${key}=${formatValue(value)}`).join(' ')}\n`);
    };
  return { info: line('info'), warn: line('warn'), error: line('error') };
}

function formatValue(value: string | number | boolean): string {
  const text = String(value);
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text);
}
