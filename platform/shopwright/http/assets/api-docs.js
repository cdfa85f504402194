// SPDX-License-Identifier: Apache-2.0
// Starts the viewer of the API documents; what it shows is named by the page's data attributes.
const root = document.getElementById("api-docs");
const urls = JSON.parse(root.dataset.documents);
window.ui = SwaggerUIBundle({
  domNode: root,
  urls,
  layout: "StandaloneLayout",
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  // The viewer's own logo brings an inline style, which our pages do not allow.
  plugins: [() => ({ components: { Logo: () => null } })],
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    request.headers["X-CSRF-Token"] = root.dataset.csrfToken;
    return request;
  },
});
