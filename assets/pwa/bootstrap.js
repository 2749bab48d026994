// The build puts this after Flutter's own loader; start.js has set `flet` by then.
const config = {
  multiViewEnabled: flet.multiView,
  entrypointBaseUrl: flet.entrypointBaseUrl,
  assetBase: flet.assetBase,
  renderer: flet.webRenderer,
  canvasKitBaseUrl: flet.canvasKitBaseUrl,
  // The one that runs in every browser; the smaller one leans on Chromium's own text tables.
  canvasKitVariant: "full",
  fontFallbackBaseUrl: flet.fontFallbackBaseUrl,
};
_flutter.loader.load({
  config,
  onEntrypointLoaded: async (initializer) => {
    const engine = await initializer.initializeEngine(config);
    flet.flutterApp = await engine.runApp();
    flet.flutterAppResolve(flet.flutterApp);
  },
});
