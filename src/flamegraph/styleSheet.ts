/** The drawing's style sheet. Colours and font are custom properties of its root. */
export const css = `
.plens-root { box-sizing: border-box; width: 100%; height: 100%; min-height: 0; display: flex; flex-direction: column;
  gap: 6px; position: relative; overflow: hidden; container-type: inline-size; color: var(--plens-text);
  background: var(--plens-background); font: 12px/1.5 var(--plens-font); }
.plens-root *, .plens-tooltip { box-sizing: border-box; }
.plens-root [hidden] { display: none !important; }
.plens-root button, .plens-root input { font: inherit; color: inherit; }
.plens-root :focus-visible { outline: 2px solid var(--plens-accent); outline-offset: -2px; }
.plens-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.plens-toolbar { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 8px; flex: none; }
.plens-search { flex: 1 1 160px; min-width: 0; max-width: 320px; height: 28px; padding: 0 8px;
  border: 1px solid var(--plens-border); border-radius: 2px; background: var(--plens-secondary-background); }
.plens-search::placeholder { color: var(--plens-secondary-text); opacity: 1; }
.plens-found { color: var(--plens-secondary-text); flex: 1 1 auto; }
.plens-found:empty { flex-basis: 0; }
.plens-button { height: 28px; padding: 0 8px; border: 1px solid var(--plens-border); border-radius: 2px;
  background: var(--plens-secondary-background); cursor: pointer; white-space: nowrap; }
.plens-button[aria-pressed="true"] { border-color: var(--plens-accent); box-shadow: inset 0 -2px 0 var(--plens-accent); }
.plens-button:disabled { opacity: 0.5; cursor: default; }
.plens-filters { gap: 4px 8px; }
.plens-filters .plens-button, .plens-select, .plens-hide { height: 24px; }
.plens-label { color: var(--plens-secondary-text); white-space: nowrap; }
.plens-select { width: auto; padding: 0 4px; border: 1px solid var(--plens-border); border-radius: 2px; font: inherit; color: var(--plens-text);
  background: var(--plens-secondary-background); }
.plens-hide { flex: 0 1 200px; }
.plens-chips { display: contents; }
.plens-chip { display: flex; align-items: center; gap: 6px; max-width: 200px; border-radius: 12px; }
.plens-chip-text { overflow: hidden; text-overflow: ellipsis; }
.plens-headline { flex: 1 1 auto; text-align: right; font-variant-numeric: tabular-nums; font-weight: 600; }
.plens-footer { flex: none; min-height: 18px; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px;
  color: var(--plens-secondary-text); }
.plens-legend { display: flex; flex-wrap: wrap; gap: 0 8px; }
.plens-legend-entry { display: flex; align-items: center; gap: 4px; }
.plens-legend-hatched::before { content: ""; width: 14px; height: 10px; border-radius: 2px;
  background: repeating-linear-gradient(-45deg, transparent 0 3px, var(--plens-text) 3px 4px) var(--plens-border); }
.plens-detail { flex: none; display: flex; align-items: center; justify-content: space-between; gap: 8px; padding: 0 0 0 8px;
  border-left: 3px solid var(--plens-accent); background: var(--plens-secondary-background); }
.plens-detail-text { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.plens-detail .plens-button { flex: none; height: 24px; }
.plens-compact > :is(.plens-toolbar, .plens-footer) { display: none; }
.plens-note { flex: none; }
.plens-note:empty { display: none; }
.plens-views { display: flex; }
.plens-views .plens-button { border-radius: 0; margin-left: -1px; }
.plens-views .plens-button:first-child { border-radius: 2px 0 0 2px; margin-left: 0; }
.plens-views .plens-button:last-child { border-radius: 0 2px 2px 0; }
.plens-views .plens-button[aria-pressed="true"] { border-color: var(--plens-accent); color: var(--plens-text);
  box-shadow: inset 0 -2px 0 var(--plens-accent); position: relative; font-weight: 600; }
.plens-views .plens-button[aria-pressed="false"], .plens-help-button { color: var(--plens-secondary-text); }
.plens-breadcrumb { display: flex; align-items: center; flex: none; overflow: hidden; color: var(--plens-secondary-text); }
.plens-crumb { flex: 0 1 auto; min-width: 24px; border: 0; padding: 0 2px; background: none; cursor: pointer;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.plens-crumb:hover { text-decoration: underline; }
.plens-crumb[aria-current] { color: var(--plens-text); font-weight: 600; flex-shrink: 0.4; cursor: default; }
.plens-crumb-gap { flex: none; padding: 0 2px; }
.plens-panes { flex: 1 1 0; min-height: 0; display: flex; gap: 8px; }
.plens-graphs { flex: 3 1 0; min-width: 0; min-height: 0; display: flex; flex-direction: column; gap: 4px; }
.plens-pane { flex: 1 1 0; min-height: 0; display: flex; flex-direction: column; }
.plens-heading { flex: none; color: var(--plens-secondary-text); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.plens-graph-pane { flex: 1 1 0; min-width: 0; min-height: 0; display: flex; gap: 6px; }
.plens-graph { flex: 1 1 0; min-width: 0; min-height: 0; overflow: hidden auto; position: relative; }
.plens-minimap { flex: none; width: 56px; position: relative; cursor: ns-resize; touch-action: none; }
.plens-minimap-canvas { display: block; }
.plens-minimap-frame { position: absolute; left: 0; right: 0; border: 1px solid var(--plens-text);
  background: color-mix(in srgb, var(--plens-text) 12%, transparent); }
.plens-graph-content { position: relative; }
.plens-canvas { display: block; position: sticky; top: 0; cursor: pointer; touch-action: pan-y; }
.plens-mark { position: absolute; pointer-events: none; border: 2px solid var(--plens-text); }
.plens-table { flex: 2 1 0; min-width: 0; min-height: 0; display: flex; flex-direction: column; position: relative;
  container-type: inline-size; }
.plens-table-head { flex: none; overflow: hidden; scrollbar-gutter: stable; border-bottom: 1px solid var(--plens-border); }
.plens-table-body { flex: 1 1 0; min-height: 0; overflow: hidden auto; scrollbar-gutter: stable; }
.plens-table-content { position: relative; }
.plens-table-window { position: sticky; top: 0; overflow: hidden; }
.plens-table { --plens-grid: minmax(0, 1fr) 132px 132px; }
.plens-table-diff { --plens-grid: minmax(0, 1fr) 78px 96px 118px 118px; flex-grow: 3; }
.plens-cell-share:empty { display: none; }
.plens-table-diff .plens-cell-bar { background: rgb(240 130 20); opacity: 0.4; }
.plens-table-diff .plens-cell-less { background: rgb(44 123 200); }
.plens-table-diff .plens-cell-number:nth-child(-n + 3) .plens-cell-bar { background: var(--plens-accent); opacity: 0.22; }
.plens-row { display: grid; grid-template-columns: var(--plens-grid); align-items: center; height: 26px; }
.plens-table-window .plens-row { position: absolute; left: 0; right: 0; cursor: pointer; }
.plens-table-window .plens-row:hover { background: var(--plens-secondary-background); }
.plens-row[aria-selected="true"] { box-shadow: inset 2px 0 0 var(--plens-accent); }
.plens-table-body:focus-visible .plens-row[data-current] { outline: 2px solid var(--plens-accent); outline-offset: -2px; }
.plens-cell { position: relative; height: 100%; padding: 0 6px; display: flex; align-items: center; gap: 6px;
  overflow: hidden; white-space: nowrap; }
.plens-cell-number { justify-content: flex-end; font-variant-numeric: tabular-nums; }
.plens-cell-text { position: relative; overflow: hidden; text-overflow: ellipsis; }
.plens-cell-share { position: relative; flex: none; width: 52px; text-align: right; color: var(--plens-secondary-text); }
.plens-cell-bar { position: absolute; left: 0; top: 3px; bottom: 3px; border-radius: 1px; background: var(--plens-accent); opacity: 0.22; }
.plens-cell-colour { flex: none; width: 10px; height: 10px; border-radius: 2px; }
.plens-sort { display: flex; gap: 4px; align-items: center; width: 100%; height: 100%; border: 0; padding: 0; background: none;
  cursor: pointer; color: var(--plens-secondary-text); font-weight: 600; }
.plens-cell-number .plens-sort { justify-content: flex-end; }
.plens-empty { position: absolute; inset: 0; display: flex; align-items: center; justify-content: center;
  color: var(--plens-secondary-text); pointer-events: none; }
.plens-tooltip { position: fixed; inset: auto; margin: 0; z-index: 10; max-width: min(480px, calc(100vw - 16px)); overflow: hidden;
  padding: 8px 10px; border: 1px solid var(--plens-border); border-radius: 2px; pointer-events: none;
  color: var(--plens-text); background: var(--plens-secondary-background); box-shadow: 0 4px 12px rgb(0 0 0 / 0.25); font: 12px/1.5 var(--plens-font); }
.plens-tooltip-name { font-weight: 600; overflow-wrap: anywhere; }
.plens-tooltip-package, .plens-tooltip-unit { color: var(--plens-secondary-text); overflow-wrap: anywhere; }
.plens-tooltip-figures { display: grid; grid-template-columns: repeat(var(--plens-columns), auto); justify-content: start; gap: 0 12px; margin: 4px 0 0;
  font-variant-numeric: tabular-nums; }
.plens-tooltip-figures span { text-align: right; }
.plens-tooltip-figures .plens-figure-label { color: var(--plens-secondary-text); text-align: left; }
.plens-menu { position: fixed; inset: auto; margin: 0; z-index: 11; min-width: 180px; max-width: min(360px, calc(100vw - 16px)); overflow: hidden auto;
  padding: 4px 0; border: 1px solid var(--plens-border); border-radius: 2px; color: var(--plens-text);
  background: var(--plens-secondary-background); box-shadow: 0 4px 12px rgb(0 0 0 / 0.25); font: 12px/1.5 var(--plens-font); outline: none; }
.plens-menu-title { padding: 4px 12px; color: var(--plens-secondary-text); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.plens-menu-item { display: block; box-sizing: border-box; width: 100%; padding: 5px 12px; border: 0; background: none; text-align: left; cursor: pointer; color: inherit;
  font: inherit; text-decoration: none; }
.plens-menu-item:hover, .plens-menu-item:focus { background: color-mix(in srgb, var(--plens-text) 10%, transparent); }
.plens-menu-group { border-top: 1px solid var(--plens-border); }
.plens-keys { position: absolute; right: 8px; top: 40px; z-index: 5; max-width: calc(100% - 16px); max-height: calc(100% - 48px); overflow: auto;
  padding: 10px 12px; border: 1px solid var(--plens-border); border-radius: 2px; background: var(--plens-secondary-background);
  box-shadow: 0 4px 12px rgb(0 0 0 / 0.25); }
.plens-keys dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 12px; margin: 0 0 8px; }
.plens-keys dt { font-weight: 600; }
.plens-keys dd { margin: 0; }
@container (max-width: 640px) {
  .plens-panes { flex-direction: column; }
  .plens-graphs { order: -1; }
  .plens-headline { order: 2; flex-basis: auto; text-align: right; }
  .plens-found:not(:empty) { order: 1; flex-basis: 100%; }
  .plens-search { max-width: none; flex-basis: 100%; }
}
@container (max-width: 640px) {
  .plens-row { --plens-grid: minmax(0, 1fr) 76px 76px; }
  .plens-table-diff .plens-row { --plens-grid: minmax(0, 1fr) 78px 96px 114px 114px; }
  .plens-table:not(.plens-table-diff) .plens-cell-share, .plens-table-diff .plens-row :nth-child(-n + 3) > .plens-cell-share { display: none; }
  .plens-table-diff .plens-cell-share { width: 50px; }
}
@container (max-width: 480px) {
  .plens-table-diff .plens-row { --plens-grid: minmax(0, 1fr) 76px 94px; }
  .plens-table-diff .plens-row > :nth-child(2), .plens-table-diff .plens-row > :nth-child(3) { display: none; }
  .plens-cell-share.plens-cell-share { display: none; }
  .plens-collapse { order: 1; }
  .plens-headline { order: 2; }
}
`;
