using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OrderToCash.Gateway;

/// <summary>
/// The API for people: one OpenAPI document and a page that shows it, both without a token and without the internet.
/// </summary>
internal static class ApiReference
{
    /// <summary>
    /// Scripts and styles of the page itself and nothing else; the page's library makes its styles at run time.
    /// </summary>
    private const string ContentPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
        "img-src 'self' data:; font-src 'self' data:";

    /// <summary>Comes before authentication: who reads the page has no token yet.</summary>
    public static void UseApiReference(this WebApplication app)
    {
        app.UseFileServer(new FileServerOptions
        {
            StaticFileOptions =
            {
                OnPrepareResponse = file => file.Context.Response.Headers.ContentSecurityPolicy = ContentPolicy,
            },
        });
    }

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapGet("/", () => Results.Redirect("/reference/")).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/openapi/v1.json", async (
            HttpRequest request, ApiDocument document, [FromKeyedServices("v1")] IOpenApiDocumentProvider own,
            CancellationToken cancellation) =>
        {
            var mine = await own.GetOpenApiDocumentAsync(cancellation);
            var json = await mine.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellation);
            return Results.Json(await document.MergeAsync(JsonNode.Parse(json)!.AsObject(), request, cancellation));
        }).AllowAnonymous().RequireRateLimiting(CallerLimits.Policy).ExcludeFromDescription();
    }
}
