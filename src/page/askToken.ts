/** Asks a person for the server's token and keeps it until the tab is closed. */
import { find } from './element.ts';

const storageKey = 'pyrolens.token';

export const storedToken = (): string | undefined => sessionStorage.getItem(storageKey) ?? undefined;

/** Resolves when there is a token to try. */
export function askToken(): Promise<void> {
  const dialog = find('#token-dialog', HTMLDialogElement);
  const input = find('#token', HTMLInputElement);
  // Whoever is asked again gave one that the server does not know.
  find('#token-refused', HTMLElement).hidden = storedToken() === undefined;
  sessionStorage.removeItem(storageKey);
  input.value = '';
  dialog.showModal();
  return new Promise((resolve) => {
    const onClose = () => {
      if (input.value.trim() === '') {
        // Escape: without a token there is nothing to show.
        dialog.showModal();
        return;
      }
      dialog.removeEventListener('close', onClose);
      sessionStorage.setItem(storageKey, input.value.trim());
      input.value = '';
      resolve();
    };
    dialog.addEventListener('close', onClose);
  });
}
