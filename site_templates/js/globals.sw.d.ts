// What the build puts before the service worker.
declare const FRESH: boolean;
declare const FILES: Files;
