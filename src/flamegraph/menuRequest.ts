/** When a menu is asked for: by the right button, a long press of a finger, or the menu key (also Shift and F10). */
export interface MenuPlace {
  /** In the window. */
  readonly x: number;
  readonly y: number;
  readonly target: EventTarget | null;
}

const longPressMillis = 500;
const mostDriftPixels = 10;

export const isMenuKey = ({ key, shiftKey }: KeyboardEvent): boolean =>
  key === 'ContextMenu' || (key === 'F10' && shiftKey);

/** Where a menu for an element's box opens: under its beginning, wherever the pointer is. */
export const placeBeside = ({ left, bottom }: { readonly left: number; readonly bottom: number }): MenuPlace => ({
  x: left + 8,
  y: bottom,
  target: null,
});

/** Keys are left to the element that has them. Browsers that open a menu at a long press themselves are not asked twice. */
export function onMenuAsked(element: HTMLElement, onMenu: (place: MenuPlace) => void, signal: AbortSignal): void {
  let press: { readonly x: number; readonly y: number; readonly timer: ReturnType<typeof setTimeout> } | undefined;
  // Until the finger that opened a menu is lifted; then what it does is meant again.
  let isHeld = false;
  const forget = (): void => {
    clearTimeout(press?.timer);
    press = undefined;
  };
  const open = (event: MouseEvent): void => {
    forget();
    onMenu({ x: event.clientX, y: event.clientY, target: event.target });
  };
  const listen = <Name extends keyof HTMLElementEventMap>(
    name: Name,
    listener: (event: HTMLElementEventMap[Name]) => void,
  ): void => element.addEventListener(name, listener, { signal, capture: true });
  listen('contextmenu', (event) => {
    event.preventDefault();
    // The key was answered when it went down; its event has no pointer.
    const isFromKey = 'pointerType' in event && event.pointerType === '';
    if (!isFromKey && !isHeld) open(event);
  });
  listen('pointerdown', (event) => {
    forget();
    isHeld = false;
    if (event.pointerType !== 'touch') return;
    const timer = setTimeout(() => {
      isHeld = true;
      open(event);
    }, longPressMillis);
    press = { x: event.clientX, y: event.clientY, timer };
  });
  listen('pointermove', (event) => {
    if (press !== undefined && Math.hypot(event.clientX - press.x, event.clientY - press.y) > mostDriftPixels) forget();
  });
  for (const name of ['pointerup', 'pointercancel', 'pointerleave'] as const) listen(name, forget);
  listen('click', (event) => {
    if (isHeld) event.stopImmediatePropagation();
    isHeld = false;
  });
  signal.addEventListener('abort', forget);
}
