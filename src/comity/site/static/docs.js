// Shows this server's own OpenAPI document with the vendored Swagger UI; nothing is fetched from elsewhere.
window.addEventListener("DOMContentLoaded", () => {
  SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", validatorUrl: null, deepLinking: false });
});
