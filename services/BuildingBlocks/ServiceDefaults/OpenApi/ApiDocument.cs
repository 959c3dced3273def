using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// The OpenAPI document of a service: as the API really is on the wire, and the same bytes for the same code.
/// </summary>
public static class ApiDocument
{
    internal const string ProblemResponse = "Problem";
    internal const string BearerScheme = "bearer";

    /// <summary>Says that the endpoint answers in JSON, and as CSV or XLSX on request (<see cref="Tables"/>).</summary>
    public static RouteHandlerBuilder ProducesTable<T>(this RouteHandlerBuilder builder) =>
        builder.Produces<T>(StatusCodes.Status200OK, "application/json", Tables.Csv, Tables.Xlsx);

    internal static IServiceCollection AddApiDocument(this IServiceCollection services, string service)
    {
        services.AddOpenApi("v1", options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddSchemaTransformer(WireSchemas.TransformAsync);
            options.AddOperationTransformer(Operations.TransformAsync);
            options.AddDocumentTransformer((document, context, cancellation) =>
                CompleteAsync(document, context, service, cancellation));
        });
        return services;
    }

    private static async Task CompleteAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, string service,
        CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = $"OrderToCash {service}",
            Version = "v1",
            Description =
                "Errors are problem details (RFC 9457) with a stable code. Every POST takes an Idempotency-Key.",
        };

        // Addresses differ per installation; without this the document would name the host that asked for it.
        document.Servers?.Clear();
        var components = document.Components ??= new OpenApiComponents();
        components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        components.Schemas[nameof(Problem)] =
            await context.GetOrCreateSchemaAsync(typeof(Problem), cancellationToken: cancellation);
        components.Responses = new Dictionary<string, IOpenApiResponse>
        {
            [ProblemResponse] = new OpenApiResponse
            {
                Description = "What went wrong; code says it to programs, detail to people.",
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [Problem.MediaType] = new() { Schema = new OpenApiSchemaReference(nameof(Problem), document) },
                },
            },
        };
        components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [BearerScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "Scopes: " + string.Join("; ", Scopes.All.Select(one => $"`{one.Scope}` {one.Meaning}")),
            },
        };
        Sort(document, components);
    }

    private static void Sort(OpenApiDocument document, OpenApiComponents components)
    {
        components.Schemas = components.Schemas!
            .OrderBy(schema => schema.Key, StringComparer.Ordinal)
            .ToDictionary(schema => schema.Key, schema => schema.Value);
        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(path => path.Key, StringComparer.Ordinal))
            paths[path] = item;
        document.Paths = paths;
        document.Tags = document.Tags?.OrderBy(tag => tag.Name, StringComparer.Ordinal).ToHashSet();
    }
}
