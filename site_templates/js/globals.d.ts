// What the build puts around the scripts.
declare const WORKER_SOURCE: string;
declare const Idiomorph: {
  morph(element: Element, html: string, options: { morphStyle: "innerHTML"; ignoreActiveValue: boolean }): void;
};
