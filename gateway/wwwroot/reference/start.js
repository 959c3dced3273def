Scalar.createApiReference('#reference', {
  url: '/openapi/v1.json',
  theme: 'default',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
});
