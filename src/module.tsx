/** What Grafana loads as the app: one page that says what is in it and how to start. */
import { AppPlugin } from '@grafana/data';
import { LandingPage } from './app/LandingPage.tsx';

export const plugin = new AppPlugin().setRootPage(LandingPage);
