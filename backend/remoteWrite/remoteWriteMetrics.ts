/** What is counted of remote write. Implemented where /metrics is. */
export interface RemoteWriteState {
  readonly pendingSamples: number;
  readonly pendingBytes: number;
  /** How long the oldest sample that was not sent yet has waited. */
  readonly lagSeconds: number;
}

/** queue_full: they made room for newer ones. */
export type DropReason = 'queue_full' | 'labels_too_long';

export interface RemoteWriteMetrics {
  countSent(samples: number, bytes: number): void;
  /** The receiver refused them for good. */
  countFailed(samples: number): void;
  countRetried(samples: number): void;
  countDropped(reason: DropReason, samples: number): void;
  /** Asked whenever /metrics is. */
  watch(state: () => RemoteWriteState): void;
}
