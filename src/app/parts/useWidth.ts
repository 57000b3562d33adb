/** The width of an element, as it is now. */
import type { RefCallback } from 'react';
import { useCallback, useRef, useState } from 'react';

export function useWidth(): { readonly ref: RefCallback<HTMLElement>; readonly width: number } {
  const [width, setWidth] = useState(0);
  const observer = useRef<ResizeObserver>(undefined);
  // React 18 tells of the end with null, and knows no clean-up function.
  const ref = useCallback((element: HTMLElement | null) => {
    observer.current?.disconnect();
    if (element === null) return;
    observer.current = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.current.observe(element);
    setWidth(element.clientWidth);
  }, []);
  return { ref, width };
}
