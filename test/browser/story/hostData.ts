/** What the host asks Loki and Prometheus, as Grafana's own data sources would, and the frames it makes of the answers. */
import * as data from '@grafana/data';

interface Matrix {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}
interface Streams {
  readonly data: {
    readonly result: readonly {
      readonly stream: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [string, string])[];
    }[];
  };
}
export interface ShownLine {
  readonly timeMillis: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly text: string;
}

async function ask<Answer>(path: string, parameters: Readonly<Record<string, string>>): Promise<Answer> {
  const response = await fetch(`${path}?${new URLSearchParams(parameters).toString()}`);
  if (!response.ok) throw new Error(`${path} answers ${response.status}`);
  return (await response.json()) as Answer;
}

export async function askMetrics(
  uid: string,
  expr: string,
  legend: string,
  range: data.TimeRange,
): Promise<data.DataFrame[]> {
  const { data: answer } = await ask<Matrix>(`/datasource/${uid}/api/v1/query_range`, {
    query: expr,
    start: String(range.from.valueOf() / 1_000),
    end: String(range.to.valueOf() / 1_000),
    step: '15',
  });
  return answer.result.map(({ metric, values }) => {
    const name = legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? '');
    return data.toDataFrame({
      name,
      fields: [
        { name: 'Time', type: data.FieldType.time, values: values.map(([seconds]) => seconds * 1_000) },
        {
          name: 'Value',
          type: data.FieldType.number,
          config: { displayNameFromDS: name },
          values: values.map(([, value]) => Number(value)),
        },
      ],
    });
  });
}

/** The newest first. */
export async function askLogs(expr: string, range: data.TimeRange): Promise<readonly ShownLine[]> {
  const { data: answer } = await ask<Streams>('/datasource/loki/loki/api/v1/query_range', {
    query: expr,
    start: `${range.from.valueOf()}000000`,
    end: `${range.to.valueOf()}000000`,
    limit: '1000',
  });
  return answer.result
    .flatMap(({ stream, values }) =>
      values.map(([nanos, text]) => ({ timeMillis: Number(nanos.slice(0, -6)), labels: stream, text })),
    )
    .sort((a, b) => b.timeMillis - a.timeMillis);
}
