/** A field of the editor that tells of a change when it is left or Enter is pressed, not with every key. */
import { InlineField, Input } from '@grafana/ui';
import { useEffect, useState } from 'react';

interface TextFieldProps {
  readonly label: string;
  readonly tooltip: string;
  readonly placeholder: string;
  readonly value: string;
  readonly width?: number;
  readonly onChange: (text: string) => void;
}

export function TextField({ label, tooltip, placeholder, value, width = 14, onChange }: TextFieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const commit = () => {
    if (text.trim() !== value) onChange(text.trim());
  };
  return (
    <InlineField label={label} tooltip={tooltip}>
      <Input
        aria-label={label}
        width={width}
        placeholder={placeholder}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
        }}
      />
    </InlineField>
  );
}

type NumberFieldProps = Omit<TextFieldProps, 'value' | 'onChange'> & {
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
};

export function NumberField({ value, onChange, ...rest }: NumberFieldProps) {
  return (
    <TextField
      {...rest}
      value={value === undefined ? '' : String(value)}
      onChange={(text) => {
        const number = Number(text);
        onChange(Number.isInteger(number) && number > 0 ? number : undefined);
      }}
    />
  );
}

type ListFieldProps = Omit<TextFieldProps, 'value' | 'onChange'> & {
  readonly value: readonly string[] | undefined;
  readonly onChange: (value: string[]) => void;
};

/** IDs, separated by commas or spaces. */
export function ListField({ value = [], onChange, ...rest }: ListFieldProps) {
  return (
    <TextField
      {...rest}
      width={24}
      value={value.join(', ')}
      onChange={(text) => onChange(text.split(/[\s,]+/).filter((id) => id !== ''))}
    />
  );
}
