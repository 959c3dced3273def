using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OrderToCash.ServiceDefaults;

/// <summary>What every operation has in common and the generator cannot see.</summary>
internal static partial class Operations
{
    public static Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var description = context.Description;
        var metadata = description.ActionDescriptor.EndpointMetadata;
        var handler = metadata.OfType<MethodInfo>().FirstOrDefault();
        var takes = handler?.GetParameters().Select(parameter => parameter.ParameterType).ToHashSet() ?? [];
        var path = Constraint().Replace(description.RelativePath ?? "", "}");
        var method = description.HttpMethod ?? "";
        operation.OperationId ??= IdOf(method, path);
        operation.Summary ??= handler is null ? null : XmlDocs.Summary(handler);
        operation.Parameters ??= [];
        AddPathParameters(operation, path);
        if (takes.Contains(typeof(ListQuery)))
            AddListParameters(operation);
        NameTables(operation);
        if (takes.Contains(typeof(HttpCommand)))
            AddCommandHeaders(operation, method, NamesSomething(operation));
        AddProblems(operation, context.Document!, changes: takes.Contains(typeof(HttpCommand)));
        if (!metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security =
            [
                new OpenApiSecurityRequirement
                {
                    [new OpenApiSecuritySchemeReference(ApiDocument.BearerScheme, context.Document)] =
                        [.. metadata.OfType<ScopeMetadata>().Select(scope => scope.Scope)],
                },
            ];
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// <c>POST v1/invoices/{id}/void</c> as <c>postInvoicesByIdVoid</c>: unique because method and path are.
    /// </summary>
    internal static string IdOf(string method, string path)
    {
        var id = new StringBuilder(method.ToLowerInvariant());
        foreach (Match word in Word().Matches(path))
        {
            if (word.Value == "v1")
                continue;
            if (word.Index > 0 && path[word.Index - 1] == '{')
                id.Append("By");
            id.Append(char.ToUpper(word.Value[0], CultureInfo.InvariantCulture)).Append(word.ValueSpan[1..]);
        }

        return id.ToString();
    }

    /// <summary>A handler that reads its route values by hand still has them in its path.</summary>
    private static void AddPathParameters(OpenApiOperation operation, string path)
    {
        foreach (var name in PathParameter().Matches(path).Select(match => match.Groups["name"].Value))
        {
            if (operation.Parameters!.All(parameter => parameter.Name != name))
                Add(operation, ParameterLocation.Path, name, null, new OpenApiSchema { Type = JsonSchemaType.String });
        }
    }

    private static void AddListParameters(OpenApiOperation operation)
    {
        Add(operation, ParameterLocation.Query, "limit", "Rows per page.", new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Format = "int32",
            Minimum = "1",
            Maximum = ListQuery.MaxLimit.ToString(CultureInfo.InvariantCulture),
            Default = ListQuery.DefaultLimit,
        });
        Add(operation, ParameterLocation.Query, "cursor", "The `next` of the page before.",
            new OpenApiSchema { Type = JsonSchemaType.String });
        Add(operation, ParameterLocation.Query, "sort", "Fields, comma-separated; `-` before those that run downwards.",
            new OpenApiSchema { Type = JsonSchemaType.String });
        if (operation.Responses?.GetValueOrDefault("200")?.Content is { } content)
        {
            content.TryAdd(Tables.Csv, new OpenApiMediaType());
            content.TryAdd(Tables.Xlsx, new OpenApiMediaType());
        }
    }

    private static void NameTables(OpenApiOperation operation)
    {
        if (operation.Responses?.GetValueOrDefault("200")?.Content is not { } content)
            return;
        if (content.TryGetValue(Tables.Csv, out var csv))
            csv.Schema = new OpenApiSchema { Type = JsonSchemaType.String };
        if (content.TryGetValue(Tables.Xlsx, out var xlsx))
            xlsx.Schema = null;
    }

    private static bool NamesSomething(OpenApiOperation operation) =>
        operation.Parameters!.Any(parameter => parameter.In == ParameterLocation.Path);

    private static void AddCommandHeaders(OpenApiOperation operation, string method, bool namesSomething)
    {
        if (method == HttpMethods.Post)
        {
            Add(operation, ParameterLocation.Header, IdempotencyMiddleware.Header,
                "Makes a repeat harmless: the same key with the same request gets the same answer, for " +
                $"{IdempotencyKey.DaysKept} days.",
                new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    MinLength = 1,
                    MaxLength = IdempotencyKey.MaxLength,
                });
        }

        if (!namesSomething)
            return;
        Add(operation, ParameterLocation.Header, "If-Match",
            "The `ETag` that was read; 412 when it has changed since.",
            new OpenApiSchema { Type = JsonSchemaType.String });
    }

    private static void AddProblems(OpenApiOperation operation, OpenApiDocument document, bool changes)
    {
        var namesSomething = NamesSomething(operation);
        operation.Responses ??= [];
        foreach (var (status, applies) in new[]
        {
            ("400", true), ("401", true), ("403", true), ("404", namesSomething), ("409", changes),
            ("412", changes && namesSomething),
            ("413", operation.RequestBody is not null), ("415", operation.RequestBody is not null), ("422", changes),
            ("429", true), ("503", true),
        })
        {
            if (applies)
                operation.Responses[status] = new OpenApiResponseReference(ApiDocument.ProblemResponse, document);
        }
    }

    private static void Add(
        OpenApiOperation operation, ParameterLocation location, string name, string? description,
        OpenApiSchema schema) =>
        operation.Parameters!.Add(new OpenApiParameter
        {
            Name = name,
            In = location,
            Description = description,
            Required = location == ParameterLocation.Path,
            Schema = schema,
        });

    [GeneratedRegex(@"[:=?][^{}/]*\}", RegexOptions.None, 1000)]
    private static partial Regex Constraint();

    [GeneratedRegex("[A-Za-z0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"\{(?<name>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PathParameter();
}
