/** Why there is nothing, and the way to where there is something. */
import { Button, EmptyState } from '@grafana/ui';
import type { MillisRange } from '../../datasource/data/requests.ts';

interface Props {
  readonly emptiness: { readonly message: string; readonly nearest?: MillisRange };
  readonly onGoTo: (range: MillisRange) => void;
}

export function NothingHere({ emptiness: { message, nearest }, onGoTo }: Props) {
  return (
    <EmptyState
      variant="not-found"
      role="status"
      hideImage
      message={message}
      button={nearest && <Button onClick={() => onGoTo(nearest)}>Go there</Button>}
    />
  );
}
