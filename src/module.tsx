/** What Grafana loads as the app: its pages, its settings, and the links that it adds elsewhere. */
import { AppPlugin } from '@grafana/data';
import { App } from './app/App.tsx';
import type { AppSettings } from './app/data/appSettings.ts';
import { links } from './app/links.ts';
import { SettingsPage } from './app/pages/SettingsPage.tsx';

export const plugin = links.reduce(
  (app, link) => app.addLink(link),
  new AppPlugin<AppSettings>()
    .setRootPage(App)
    .addConfigPage({ id: 'settings', title: 'Settings', icon: 'cog', body: SettingsPage }),
);
