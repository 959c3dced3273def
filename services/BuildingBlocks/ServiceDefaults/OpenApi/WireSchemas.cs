using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>Schemas of types that our converters write: the generator cannot look into a converter.</summary>
internal static class WireSchemas
{
    private const string DecimalPattern = @"^-?\d+(\.\d+)?$";

    public static Task TransformAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        var kind = Nullable.GetUnderlyingType(type) ?? type;
        if (kind == typeof(Money))
            Shape(schema, Null(context, type));
        else if (kind == typeof(decimal))
            Decimal(schema, Null(context, type));
        else if (kind == typeof(string))
            schema.Type = JsonSchemaType.String | Null(context, type);
        else if (kind.IsEnum)
            schema.Type = JsonSchemaType.String;
        else if (kind == typeof(int) || kind == typeof(long))
            schema.Pattern = null;
        else if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Enumerable)
            schema.Items ??= Element(context.JsonTypeInfo.ElementType);
        else if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Dictionary)
            schema.AdditionalProperties = Value(schema.AdditionalProperties, context.JsonTypeInfo.ElementType);
        else if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object)
            Describe(schema, context.JsonTypeInfo);
        return Task.CompletedTask;
    }

    private static void Shape(OpenApiSchema schema, JsonSchemaType orNull)
    {
        var amount = new OpenApiSchema { Description = "Major units, with exactly the currency's decimals." };
        Decimal(amount, default);
        schema.Type = JsonSchemaType.Object | orNull;
        schema.Description = "An amount of money. A number is read for the amount too; it is always written as text.";
        schema.Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["amount"] = amount,
            ["currency"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Pattern = "^[A-Z]{3}$",
                Description = "ISO 4217.",
            },
        };
        schema.Required = new HashSet<string> { "amount", "currency" };
        schema.Examples = [new JsonObject { ["amount"] = "1250.00", ["currency"] = "USD" }];
    }

    private static void Decimal(OpenApiSchema schema, JsonSchemaType orNull)
    {
        schema.Type = JsonSchemaType.String | orNull;
        schema.Format = null;
        schema.Pattern = DecimalPattern;
    }

    /// <summary>Elements that a converter writes have no schema of their own.</summary>
    private static OpenApiSchema? Element(Type? type)
    {
        if (type != typeof(string) && type != typeof(decimal))
            return null;
        var schema = new OpenApiSchema { Type = JsonSchemaType.String };
        if (type == typeof(decimal))
            Decimal(schema, default);
        return schema;
    }

    private static IOpenApiSchema? Value(IOpenApiSchema? known, Type? type)
    {
        if (known is OpenApiSchema { Type: JsonSchemaType.Array } list && type?.IsArray == true)
            list.Items ??= Element(type.GetElementType());
        return Element(type) ?? known;
    }

    /// <summary>
    /// Fields get the words of the documentation comments, except where the field's type has words of its own.
    /// </summary>
    private static void Describe(OpenApiSchema schema, JsonTypeInfo info)
    {
        schema.Description ??= XmlDocs.Summary(info.Type);
        foreach (var property in info.Properties)
        {
            if (schema.Properties?.TryGetValue(property.Name, out var field) == true
                && field is OpenApiSchema own && own.Metadata?.ContainsKey("x-schema-id") != true
                && property.AttributeProvider is MemberInfo member)
                own.Description ??= XmlDocs.Summary(member);
        }
    }

    private static JsonSchemaType Null(OpenApiSchemaTransformerContext context, Type type) =>
        Nullable.GetUnderlyingType(type) is not null || context.JsonPropertyInfo?.IsGetNullable == true
            ? JsonSchemaType.Null
            : default;
}
