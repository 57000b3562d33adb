/** The query as text: one line of Monaco with completion, and a mark under what cannot be read. */
import type { TimeRange } from '@grafana/data';
import type { Monaco, MonacoEditor } from '@grafana/ui';
import { CodeEditor, InlineField } from '@grafana/ui';
import { useEffect, useRef, useState } from 'react';
import type { Catalog } from '../data/catalog.ts';
import { functionListStart } from '../data/functionList.ts';
import type { TypedSelector } from '../data/typedSelector.ts';
import { formatTypedSelector, parseTypedSelector } from '../data/typedSelector.ts';
import { completeIn, languageId, markMistake, registerLanguage } from './selectorLanguage.ts';

interface Props {
  readonly catalog: Catalog;
  readonly range: TimeRange | undefined;
  readonly profileTypeId: string;
  readonly labelSelector: string;
  /** undefined: this type of query has no functions. */
  readonly functions: readonly string[] | undefined;
  readonly onChange: (part: Typed) => void;
}

interface Typed {
  readonly profileTypeId: string;
  readonly labelSelector: string;
  readonly functions: readonly string[];
}

const oneLine = {
  lineNumbers: 'off',
  folding: false,
  glyphMargin: false,
  lineDecorationsWidth: 8,
  lineNumbersMinChars: 0,
  minimap: { enabled: false },
  overviewRulerLanes: 0,
  renderLineHighlight: 'none',
  scrollBeyondLastLine: false,
  scrollbar: { vertical: 'hidden', horizontal: 'hidden', alwaysConsumeMouseWheel: false },
  fixedOverflowWidgets: true,
  wordWrap: 'off',
  padding: { top: 6, bottom: 6 },
  suggest: { showWords: false },
  ariaLabel: 'Query',
} as const;

interface Mounted {
  readonly editor: MonacoEditor;
  readonly monaco: Monaco;
}

/** A list of functions says nothing where a query has none. */
function parseFor(hasFunctions: boolean, text: string): TypedSelector {
  const parsed = parseTypedSelector(text);
  const listStart = functionListStart(text);
  if (hasFunctions || parsed.kind === 'mistake' || listStart === undefined) return parsed;
  const message = 'functions belong to the query type "Function share"';
  return { kind: 'mistake', message, offset: listStart - 1 };
}

export function CodeField({ catalog, range, profileTypeId, labelSelector, functions, onChange }: Props) {
  const saved = formatTypedSelector(profileTypeId, labelSelector, functions);
  const [text, setText] = useState(saved);
  const [mounted, setMounted] = useState<Mounted>();
  // What another control changed is shown here too.
  useEffect(() => setText(saved), [saved]);
  const hasFunctions = functions !== undefined;
  const parsed = parseFor(hasFunctions, text);
  const commit = (typed: string) => {
    const next = parseFor(hasFunctions, typed);
    if (next.kind === 'selector' && typed !== saved) onChange(next);
  };
  // Monaco calls what it was given when it was mounted.
  const latest = useRef({ commit, catalog, range });
  latest.current = { commit, catalog, range };
  useEffect(() => {
    if (mounted !== undefined) markMistake(mounted.monaco, mounted.editor, parsed);
  }, [mounted, text, hasFunctions]);
  useEffect(() => {
    if (mounted === undefined) return undefined;
    const { editor, monaco } = mounted;
    const enter = editor.onKeyDown((event) => {
      const chosen = editor.getDomNode()?.querySelector('.suggest-widget.visible .monaco-list-row.focused');
      // Enter takes the suggestion when there is one, and never begins a second line.
      if (event.keyCode !== monaco.KeyCode.Enter || (chosen !== null && chosen !== undefined)) return;
      event.preventDefault();
      event.stopPropagation();
      latest.current.commit(editor.getValue());
    });
    const completion = completeIn(monaco, editor, () => latest.current);
    return () => {
      enter.dispose();
      completion.dispose();
    };
  }, [mounted]);
  return (
    <InlineField
      label="Query"
      grow
      invalid={parsed.kind === 'mistake'}
      error={parsed.kind === 'mistake' ? `${parsed.message} (character ${parsed.offset + 1})` : undefined}
    >
      <CodeEditor
        language={languageId}
        value={text}
        height={32}
        width="100%"
        showMiniMap={false}
        showLineNumbers={false}
        monacoOptions={oneLine}
        onBeforeEditorMount={registerLanguage}
        onEditorDidMount={(editor, monaco) => setMounted({ editor, monaco })}
        onChange={setText}
        onBlur={commit}
      />
    </InlineField>
  );
}
