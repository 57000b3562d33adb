/** Teaches Monaco typed selectors: colours, completion out of the catalog, and the mark under a mistake. */
import type { TimeRange } from '@grafana/data';
import type { Monaco, MonacoEditor, monacoTypes } from '@grafana/ui';
import { profileTypeLabel } from '../../flamegraph/profileTypeMeaning.ts';
import type { Catalog } from '../data/catalog.ts';
import type { Completion } from '../data/completeSelector.ts';
import { completionAt } from '../data/completeSelector.ts';
import { escapeRegex } from '../data/interpolate.ts';
import type { TypedSelector } from '../data/typedSelector.ts';

export const languageId = 'pyrolens-selector';
const markOwner = 'pyrolens';
/** A list longer than this helps nobody; typing narrows it. */
const mostSuggestions = 1_000;

interface Source {
  readonly catalog: Catalog;
  readonly range: TimeRange | undefined;
}

export function registerLanguage(monaco: Monaco): void {
  if (monaco.languages.getLanguages().some(({ id }) => id === languageId)) return;
  monaco.languages.register({ id: languageId });
  monaco.languages.setMonarchTokensProvider(languageId, {
    tokenizer: {
      root: [
        [/[\w./-]+(:[\w./-]*){4,5}/, 'type'],
        [/[\w.]+(?=\s*(=~|!~|!=|=))/, 'tag'],
        [/=~|!~|!=|=/, 'delimiter'],
        [/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/, 'string'],
        [/[{},|]/, 'delimiter.bracket'],
        [/\bor\b/, 'keyword'],
      ],
    },
  });
  monaco.languages.setLanguageConfiguration(languageId, {
    brackets: [['{', '}']],
    autoClosingPairs: [
      { open: '{', close: '}' },
      { open: '"', close: '"' },
    ],
  });
}

/** Completion is registered for the language, so each editor answers for its own text only. */
export function completeIn(monaco: Monaco, editor: MonacoEditor, source: () => Source): monacoTypes.IDisposable {
  return monaco.languages.registerCompletionItemProvider(languageId, {
    triggerCharacters: ['{', ',', '"', '=', ':', '|', '~'],
    provideCompletionItems: async (model, position) => {
      if (model.uri.toString() !== editor.getModel()?.uri.toString()) return { suggestions: [] };
      const completion = completionAt(model.getValue(), model.getOffsetAt(position));
      if (completion.kind === 'nothing') return { suggestions: [] };
      const [from, to] = [model.getPositionAt(completion.from), model.getPositionAt(completion.to)];
      const range = monaco.Range.fromPositions(from, to);
      const offered = await offers(completion, source());
      return {
        suggestions: offered.slice(0, mostSuggestions).map(({ label, insertText, detail }, order) => ({
          label,
          insertText,
          detail,
          range,
          filterText: insertText,
          sortText: String(order).padStart(4, '0'),
          kind: monaco.languages.CompletionItemKind.Value,
        })),
      };
    },
  });
}

interface Offer {
  readonly label: string;
  readonly insertText: string;
  readonly detail?: string;
}

async function offers(completion: Completion, { catalog, range }: Source): Promise<readonly Offer[]> {
  switch (completion.kind) {
    case 'nothing':
      return [];
    case 'profileType': {
      const ids = await catalog.profileTypeIds(range);
      return ids.map((id) => ({ label: id, insertText: id, detail: profileTypeLabel(id) }));
    }
    case 'labelName': {
      const names = await catalog.labelNames(completion.others, range);
      return names.map((name) => ({ label: name, insertText: name }));
    }
    case 'labelValue': {
      const values = await catalog.labelValues(completion.name, completion.others, range);
      const quoted = values.map((value) => JSON.stringify(value));
      return quoted.map((text, i) => ({
        label: values[i] ?? '',
        insertText: completion.isQuoted ? text.slice(1, -1) : text,
      }));
    }
    case 'functionKeyword':
      return ['function="', 'function=~"'].map((text) => ({ label: `${text}..."`, insertText: `${text}"` }));
    case 'functionName': {
      const { profileTypeId, labelSelector, isPattern, isQuoted } = completion;
      const names = await catalog.functionNames(profileTypeId, labelSelector, range);
      return names.map((name) => {
        const text = JSON.stringify(isPattern ? escapeRegex(name) : name);
        return { label: name, insertText: isQuoted ? text.slice(1, -1) : text };
      });
    }
  }
}

export function markMistake(monaco: Monaco, editor: MonacoEditor, parsed: TypedSelector): void {
  const model = editor.getModel();
  if (model === null) return;
  if (parsed.kind === 'selector') {
    monaco.editor.setModelMarkers(model, markOwner, []);
    return;
  }
  const length = model.getValueLength();
  // A mark needs a character to stand under, and what is missing has none.
  const start = model.getPositionAt(Math.max(0, Math.min(parsed.offset, length - 1)));
  const end = model.getPositionAt(Math.max(1, length));
  monaco.editor.setModelMarkers(model, markOwner, [
    {
      severity: monaco.MarkerSeverity.Error,
      message: parsed.message,
      startLineNumber: start.lineNumber,
      startColumn: start.column,
      endLineNumber: end.lineNumber,
      endColumn: Math.max(end.column, start.column + 1),
    },
  ]);
}
