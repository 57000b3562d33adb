/**
 * What went wrong between Grafana and the server, as a sentence that says what to change.
 *
 * Shape: the status and body that Grafana's proxy handed on; a Connect error has {code, message}.
 */
export interface Failure {
  readonly status: number;
  readonly message: string;
  /** What the server itself said, if anything. */
  readonly serverMessage: string | undefined;
}

export function explainFailure(error: unknown): Failure {
  const fields = recordOf(error);
  const status = typeof fields['status'] === 'number' ? fields['status'] : 0;
  const data = recordOf(fields['data']);
  const serverMessage = textOf(data['message']) ?? textOf(data['error']) ?? textOf(fields['data']);
  const fallback = textOf(fields['statusText']) ?? textOf(fields['message']) ?? 'unknown error';
  return { status, serverMessage, message: sentence(status, serverMessage, fallback) };
}

function sentence(status: number, said: string | undefined, fallback: string): string {
  switch (status) {
    case 0:
      return `No answer: ${said ?? fallback}`;
    case 401:
      return `The server asks for a token, or knows another one (401): check the token in the data source settings`;
    case 403:
      return `The server refuses access (403): ${said ?? 'check token and tenant in the data source settings'}`;
    case 404:
      return `The server has no profile query API at this URL (404): check the URL; it ends with the port, without a path`;
    case 415:
    case 501:
      return `The server does not know this question (${status}): it is too old or of another kind`;
    case 502:
    case 504:
      return `Grafana cannot reach the server (${status}): check the URL, and that the server runs`;
    case 503:
      return `The server is not ready (503): ${said ?? fallback}`;
    default:
      return said ?? `${fallback} (${status})`;
  }
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' && value.length < 1000 ? value.trim() : undefined;
