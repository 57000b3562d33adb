/** What the app keeps, by its settings page or by provisioning. */
export type AppSettings = {
  /** The data source that pages start with; the first of profiles when left out. */
  readonly datasourceUid?: string;
};
